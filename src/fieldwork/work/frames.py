"""The frame a sample is drawn from, and its targets, read from the lists people bring."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from unicodedata import category

from fieldwork.analysis.drawing import Case, sizes
from fieldwork.domain.faults import Fault
from fieldwork.domain.same import alike
from fieldwork.work import files
from fieldwork.work.tables import NAMED, Table, head, listed, read_table, rows_said

BETWEEN = " / "  # between the cells that name a stratum together
MOST_STRATA = 2000
_NO_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})
HEADER = tuple(column for column in files.COLUMNS if column not in files.NEEDED)


@dataclass(frozen=True)
class Frame:
    """The cases to draw from. columns: those that make the strata; headers: by reference, what else is said.

    strata: how many cases each holds, by name. name, digest: of the file, as `sha256sum` prints it.
    """

    name: str
    digest: str
    columns: tuple[str, ...]
    cases: tuple[Case, ...]
    headers: Mapping[str, dict[str, str]]
    strata: Mapping[str, int]


def read_frame(path: Path, strata: Sequence[str]) -> Frame:
    """Read a frame from CSV or XLSX: a column `reference`, the columns that make the strata, and a header's.

    Raises Fault, with the rows, for empty cells, references that stand twice, strata that are written in two
    ways, and columns that are not there.
    """
    table = read_table(path)
    columns = _columns(table, strata)
    table.refuse_errors(("reference", *columns, *HEADER))
    if not table.rows:
        raise Fault(f"{table.name} holds no case; nothing was drawn.")
    _refuse_empty(table, ("reference", *columns))
    _refuse_line_ends(table, ("reference", *columns))
    _refuse_twice(table)
    cases = tuple(
        Case(cells["reference"], BETWEEN.join(cells[column] for column in columns)) for _, cells in table.rows
    )
    _refuse_two_spellings(table, cases)
    found = sizes(cases)
    if len(found) > MOST_STRATA:
        raise Fault(
            f"{table.name}: {BETWEEN.join(columns)} makes {len(found)} strata of {len(cases)} cases; "
            "name columns with fewer different values."
        )
    headers = {
        cells["reference"]: files.checked_header(_header(cells), table.where(number))
        for number, cells in table.rows
    }
    return Frame(
        table.name,
        hashlib.sha256(table.content).hexdigest(),
        columns,
        cases,
        headers,
        dict(sorted(found.items())),
    )


def _columns(table: Table, strata: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(head(column) for column in strata)
    if not columns or not all(columns):
        raise Fault("Say which columns of the frame make the strata; give at least one name.")
    for column in columns:
        if column not in table.heads:
            raise Fault(
                f'{table.name}, row 1: there is no column "{column}"; its columns are {listed(table.heads)}.'
            )
        if column == "reference" or columns.count(column) > 1:
            raise Fault(f'The column "{column}" cannot make a stratum; name each other column once.')
    return columns


def _header(cells: Mapping[str, str]) -> dict[str, str]:
    return {column: cells[column] for column in ("reference", *HEADER) if cells.get(column)}


def _refuse_empty(table: Table, columns: Sequence[str]) -> None:
    for column in columns:
        rows = [number for number, cells in table.rows if not cells.get(column)]
        if rows:
            what = "every case needs a reference" if column == "reference" else "every case needs a stratum"
            raise Fault(
                f"{table.name}, {rows_said(rows)}, column {column}: {'it is' if len(rows) == 1 else 'they are'} "
                f"empty; {what}."
            )


def _refuse_line_ends(table: Table, columns: Sequence[str]) -> None:
    for number, cells in table.rows:
        for column in columns:
            text = cells[column]
            if not text.isprintable() and any(category(sign) in _NO_LINE for sign in text):
                raise Fault(
                    f"{table.where(number, column)}: it holds a line end or a control sign; give it in one line."
                )


def _refuse_twice(table: Table) -> None:
    rows: dict[str, list[int]] = {}
    for number, cells in table.rows:
        rows.setdefault(alike(cells["reference"]), []).append(number)
    called = {number: cells["reference"] for number, cells in table.rows}
    twice = [f"{called[some[0]]} in {rows_said(some)}" for some in rows.values() if len(some) > 1]
    if twice:
        raise Fault(
            f"{table.name}, column reference: references stand there more than once, {listed(twice)}; "
            "give each case once."
        )


def _refuse_two_spellings(table: Table, cases: Sequence[Case]) -> None:
    first: dict[str, tuple[str, int]] = {}
    for (number, _), case in zip(table.rows, cases, strict=True):
        held = first.setdefault(alike(case.stratum), (case.stratum, number))
        if held[0] != case.stratum:
            raise Fault(
                f'{table.where(number)}: the stratum "{case.stratum}" stands in row {held[1]} as "{held[0]}"; '
                "write it one way."
            )


def read_targets(target: str, frame: Frame) -> dict[str, int]:
    """How many of each stratum, by its name: one number for all, or a list with columns stratum and target.

    Raises Fault, with the row, for what is no target, and for one above what the frame holds.
    """
    wanted = target.strip()
    try:
        number = int(wanted)
    except ValueError:
        return _listed_targets(target, frame)
    if number < 1:
        raise Fault(f"The target is {number}; give 1 or more for each stratum.")
    small = [f"{name} ({size})" for name, size in frame.strata.items() if size < number]
    if small:
        raise Fault(
            f"The target {number} is above what {frame.name} holds of {listed(small)}; give a smaller one, "
            "or a list of targets by stratum."
        )
    return dict.fromkeys(frame.strata, number)


def _listed_targets(path: str, frame: Frame) -> dict[str, int]:
    with suppress(OSError):  # a name too long to be one
        if Path(path).is_file():
            return _of_table(read_table(Path(path), ("stratum", "target")), frame)
    raise Fault(f'The target "{path}" is neither a whole number nor a file; check the name.')


def _of_table(table: Table, frame: Frame) -> dict[str, int]:
    called = {alike(name): name for name in frame.strata}
    targets: dict[str, int] = {}
    at: dict[str, int] = {}
    above: list[str] = []
    for number, cells in table.rows:
        name = _stratum(cells.get("stratum", ""), table.where(number, "stratum"), called)
        if name in at:
            raise Fault(
                f"{table.where(number, 'stratum')}: {name} stands in row {at[name]} already; give it once."
            )
        at[name] = number
        said = cells.get("target", "")
        if not (said.isascii() and said.isdigit()):
            raise Fault(f'{table.where(number, "target")}: "{said}" is not a whole number of cases.')
        targets[name] = int(said[:10])
        if targets[name] > frame.strata[name]:
            above.append(f"row {number}, {said[:10]} for {name}, which has {frame.strata[name]}")
    if above:
        raise Fault(
            f"{table.name}: targets are above what {frame.name} holds: {'; '.join(above[:NAMED])}"
            f"{f'; and {len(above) - NAMED} more' if len(above) > NAMED else ''}."
        )
    missing = [name for name in frame.strata if name not in targets]
    if missing:
        raise Fault(f"{table.name}: there is no target for {listed(missing)}; give one, 0 to draw none.")
    return targets


def _stratum(said: str, where: str, called: Mapping[str, str]) -> str:
    """A stratum of the frame by its name, but for case and spaces."""
    if not said:
        raise Fault(f"{where}: it is empty; name a stratum.")
    if alike(said) not in called:
        raise Fault(f'{where}: the frame has no stratum "{said}"; it has {listed(list(called.values()))}.')
    return called[alike(said)]


def read_overlap(overlap: str) -> Fraction:
    """Per cent of each stratum's target for blind pairs, 0 to 100. Raises Fault for anything else."""
    said = overlap.strip().removesuffix("%").strip()
    try:
        percent = Fraction(said) if len(said) <= 10 and set(said) <= set("0123456789.") else None
    except (ValueError, ZeroDivisionError):
        percent = None
    if percent is None or percent > 100:
        raise Fault(f'The overlap "{overlap}" is not a percentage; give a number from 0 to 100.')
    return percent
