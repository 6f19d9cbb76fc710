"""Lists of results as earlier inspections published them, in CSV or XLSX."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from fieldwork.analysis.intervals import Share, share
from fieldwork.domain.faults import Fault
from fieldwork.work.tables import Table, head, read_table

MET_COLUMNS: Final = {"fully": "FM", "partially": "PM", "not_met": "NM"}
CHOICE_COLUMNS: Final = ("choice", "count")
DRAWN: Final = {"random": True, "by hand": False, "": None}
PROVISIONAL: Final = {"y": 1, "yes": 1, "n": 0, "no": 0, "": 0}
ALL: Final = ("", "all", "all files")
"""What a list may call all files together."""
MOST: Final = 10**9
THEN_BY_HAND: Final = "the earlier files were not drawn at random: counts only"
THEN_UNSAID: Final = "it is not said how the earlier files were drawn: counts only"


@dataclass(frozen=True)
class Figure:
    """One published result: of a group ("" for all files) and a question, files by choice code, and of how many.

    read_on: ISO day. at_random: whether the files were drawn so, None where it is not said.
    """

    source: str
    address: str
    read_on: str
    group: str
    question: str
    counts: Mapping[str, int]
    n: int
    at_random: bool | None = None
    provisional: bool = False

    def then(self, choice: str) -> Share:
        """The share of one choice, with an interval where the files were drawn at random."""
        because = THEN_UNSAID if self.at_random is None else THEN_BY_HAND
        return share(self.counts[choice], self.n, at_random=bool(self.at_random), because=because)


def read_earlier(
    path: Path, *, source: str = "", address: str = "", read_on: str = "", drawn: str = ""
) -> list[Figure]:
    """Earlier results from a CSV or XLSX: a row a question, with the files of each answer, or a row a choice.

    Columns: question, n, and fully, partially, not_met or choice, count; group, source, address, read_on,
    drawn (random, by hand) and provisional (Y, N) if known, else what is given here holds for all rows.
    Raises Fault that names the row and the column.
    """
    read = read_table(path, ("question", "n"))
    by_choice = set(CHOICE_COLUMNS) <= set(read.heads)
    if not by_choice and not set(MET_COLUMNS) <= set(read.heads):
        raise Fault(
            f"{read.name}, row 1: the counts are missing; add the columns fully, partially and not_met, "
            "or the columns choice and count."
        )
    if by_choice and set(MET_COLUMNS) & set(read.heads):
        raise Fault(
            f"{read.name}, row 1: the columns choice and fully, partially, not_met cannot stand together; keep one way."
        )
    given = {"source": source, "address": address, "read_on": read_on, "drawn": drawn}
    reading = _Reading(read, given, by_choice)
    for number, row in read.rows:
        reading.take(number, row)
    if not reading.figures:
        raise Fault(f"{read.name} has no row with a result; add one below the column names.")
    return [reading.figure(key) for key in reading.figures]


@dataclass
class _Held:
    """What the rows of one figure say: where the first stands, and their counts."""

    row: int
    said: tuple[object, ...]
    n: int
    counts: dict[str, int]


class _Reading:
    """A list of earlier results, row by row."""

    def __init__(self, read: Table, given: Mapping[str, str], by_choice: bool) -> None:
        self._read, self._given, self._by_choice = read, given, by_choice
        self._sources: dict[str, str] = {}
        self.figures: dict[tuple[str, str, str], _Held] = {}

    def take(self, number: int, row: Mapping[str, str]) -> None:
        """Raises Fault for what is no result."""
        source = self._said(number, row, "source")
        if not source:
            raise Fault(
                f"{self._read.where(number)}: say which source it is from, in a column source or with --source."
            )
        question = row.get("question", "")
        if not question:
            raise Fault(f"{self._read.where(number, 'question')}: the code of the question is missing.")
        group = row.get("group", "")
        source = self._sources.setdefault(source.casefold(), source)
        key = (source, "" if group.casefold() in ALL else group, question)
        said = (
            self._said(number, row, "address"),
            self._day(number, row),
            self._drawn(number, row),
            self._one_of(number, row, "provisional", PROVISIONAL),
        )
        n = self._count(number, row, "n")
        counts = self._choice(number, row, n) if self._by_choice else self._met(number, row, n)
        held = self.figures.setdefault(key, _Held(number, said, n, {}))
        if held.row != number:
            self._joins(number, held, said, n, counts)
        held.counts.update(counts)

    def figure(self, key: tuple[str, str, str]) -> Figure:
        source, group, question = key
        held = self.figures[key]
        address, read_on, at_random, provisional = held.said
        assert isinstance(address, str) and isinstance(read_on, str)
        random = at_random if isinstance(at_random, bool) else None
        return Figure(
            source, address, read_on, group, question, held.counts, held.n, random, bool(provisional)
        )

    def _joins(
        self, number: int, held: _Held, said: tuple[object, ...], n: int, counts: Mapping[str, int]
    ) -> None:
        if not self._by_choice or held.counts.keys() & counts:
            what = "choice" if self._by_choice else "question"
            raise Fault(
                f"{self._read.where(number, what)}: it stands in row {held.row} already; keep one of them."
            )
        if n != held.n:
            raise Fault(
                f"{self._read.where(number, 'n')}: {n} files here and {held.n} in row {held.row} for one question."
            )
        if said != held.said:
            raise Fault(
                f"{self._read.where(number)}: address, read_on, drawn and provisional are not those of row {held.row}, "
                "for one question."
            )

    def _met(self, number: int, row: Mapping[str, str], n: int) -> dict[str, int]:
        counts = {code: self._count(number, row, column) for column, code in MET_COLUMNS.items()}
        if sum(counts.values()) != n:
            sum_said = " + ".join(map(str, counts.values()))
            raise Fault(
                f"{self._read.where(number, 'n')}: {sum_said} makes {sum(counts.values())}, not {n}; "
                "n is fully, partially and not met together."
            )
        return counts

    def _choice(self, number: int, row: Mapping[str, str], n: int) -> dict[str, int]:
        choice = row.get("choice", "")
        if not choice:
            raise Fault(f"{self._read.where(number, 'choice')}: the choice is missing.")
        count = self._count(number, row, "count")
        if count > n:
            raise Fault(
                f"{self._read.where(number, 'count')}: {count} is more than the {n} files of this question."
            )
        return {choice: count}

    def _count(self, number: int, row: Mapping[str, str], column: str) -> int:
        cell = row.get(column, "")
        if not (cell.isascii() and cell.isdecimal() and int(cell[:12]) <= MOST and len(cell) <= 12):
            wrong = f'"{cell}" is no count of files' if cell else "the count is missing"
            raise Fault(
                f"{self._read.where(number, column)}: {wrong}; give a whole number, not a percentage."
            )
        return int(cell)

    def _said(self, number: int, row: Mapping[str, str], column: str) -> str:
        return row.get(column, "") or self._given[column].strip()

    def _day(self, number: int, row: Mapping[str, str]) -> str:
        said = self._said(number, row, "read_on") or date.today().isoformat()
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError as error:
            raise Fault(
                f'{self._read.where(number, "read_on")}: "{said}" is no day; write it as 2025-03-31.'
            ) from error

    def _drawn(self, number: int, row: Mapping[str, str]) -> bool | None:
        cell = self._said(number, row, "drawn")
        known = head(cell).replace("_", " ").replace("-", " ")
        if known not in DRAWN:
            raise Fault(f'{self._read.where(number, "drawn")}: "{cell}" is not known; use random or by hand.')
        return DRAWN[known]

    def _one_of(self, number: int, row: Mapping[str, str], column: str, known: Mapping[str, int]) -> int:
        cell = row.get(column, "")
        if cell.casefold() not in known:
            raise Fault(f'{self._read.where(number, column)}: "{cell}" is not known; use Y or N.')
        return known[cell.casefold()]
