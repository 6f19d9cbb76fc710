"""Tables of results that are kept as they stood, and what has moved since."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldwork.analysis.moving import Counted, Move, moved
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import SavedResults
from fieldwork.domain.records import Visit
from fieldwork.domain.values import Id, new_id
from fieldwork.store.history import entered_by
from fieldwork.store.reading import branch_heads, find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.result_tables import digest_of, figures_digest, figures_text
from fieldwork.work.results import BY, result_rows, results

Cell = tuple[str, str, str]
"""A group, a question (or "section A") and what is counted of it."""
APART = ("not applicable", "not known", "not asked", "unanswered", "examiners differ")
NEEDED = frozenset(
    ("group", "section", "question", "wording", "choice", "n", "count", "share of n (%)", *APART)
)
"""The headings a table must have to be read."""


@dataclass(frozen=True)
class Saved:
    """A table as it was saved. made: wall milliseconds; person: who saved it; visit: it is limited to, None for all.

    digest: SHA-256 of its figures in hex, as `fieldwork results` prints it; evidence: of the heads of the
    histories it was counted from. heads and rows are those of
    `results.result_rows` at the time; both are empty where what is kept is no table.
    """

    id: Id
    title: str
    by: str
    visit: Id | None
    limits: str
    made: int
    person: str
    digest: str
    evidence: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def day(self) -> str:
        """The day it was saved, as ISO."""
        return datetime.fromtimestamp(self.made / 1000).date().isoformat()

    @property
    def by_whom(self) -> str:
        """Who saved it, behind a day; "" where that is not known."""
        return f" by {self.person}" if self.person else ""

    def lines(self) -> list[dict[str, str]]:
        """Its rows by heading."""
        return [dict(zip(self.heads, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Since:
    """A saved table beside the present one: cells that moved, out of how many; digest: of the present figures."""

    saved: Saved
    moves: tuple[Move[Cell], ...]
    cells: int
    digest: str
    wordings: Mapping[str, str]


def save_results(
    workspace: Workspace, *, title: str, by: str = "", visit: Id | None = None, at: int | None = None
) -> Done:
    """Keep the table of results as it stands now, under a title of its own."""
    title = " ".join(title.split())
    if not title:
        raise Fault("Give the saved results a title, so that they are found again.")
    if any(one.title == title for one in records(workspace, SavedResults)):
        raise Fault(f'There are saved results called "{title}" already; choose another title.')
    one_of(by, ("", *BY), "by")
    if visit is not None:
        get(workspace, Visit, visit)
    some = results(workspace, visit=visit, by=by)
    if not any(group.files for group in some):
        raise Fault("No file has been examined to the end yet, so there are no results to save.")
    id = new_id()
    fields = {
        "title": title,
        "grouped": by,
        "limits": visit.hex() if visit else "",
        "figures": figures_text(some),
        "heads": evidence_digest(workspace),
        "made": int(time.time() * 1000) if at is None else at,
    }
    return do(workspace, "save results", [Change(SavedResults.kind, id, fields)], id=id, at=at)


def evidence_digest(workspace: Workspace) -> bytes:
    """SHA-256 of where every laptop's history stands here."""
    return hashlib.sha256(b"".join(sorted(hash for _, _, hash in branch_heads(workspace)))).digest()


def saved_tables(workspace: Workspace) -> list[Saved]:
    """All tables that were saved, the newest first."""
    held = records(workspace, SavedResults)
    wrote = entered_by(workspace, [one.id for one in held])
    some = [_saved(workspace, one, wrote[one.id][0] if one.id in wrote else "") for one in held]
    return sorted(some, key=lambda one: (one.made, one.id), reverse=True)


def find_saved(workspace: Workspace, name: str) -> Saved:
    """A saved table by its title or id (hex, at least eight digits). Raises Fault when none or several fit."""
    some = saved_tables(workspace)
    fits = [one for one in some if one.title == name] or [
        one
        for one in some
        if len(name) >= 8 and (one.id.hex().startswith(name) or one.id.hex().endswith(name))
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        ids = ", ".join(one.id.hex() for one in fits)
        raise Fault(f'Several saved results are called "{name}"; name one by its id: {ids}.')
    known = "; ".join(one.title for one in some) or "none yet"
    raise Fault(f'There are no saved results called "{name}"; saved are: {known}.')


def moved_since(workspace: Workspace, saved: Saved) -> Since:
    """What is counted otherwise now than when a table was saved. Raises Fault where what was saved is no table."""
    if not saved.heads:
        raise Fault(
            f'The saved results "{saved.title}" cannot be read: what is kept there is no table of figures.'
        )
    if saved.visit is not None and find(workspace, Visit, saved.visit) is None:
        raise Fault(f'The saved results "{saved.title}" are of a visit that is not here any more.')
    some = results(workspace, visit=saved.visit, by=saved.by)
    heads, rows = result_rows(some)
    now = [dict(zip(heads, row, strict=True)) for row in rows]
    before = saved.lines()
    was, is_ = cells(before), cells(now)
    return Since(
        saved,
        moved(was, is_),
        len(was.keys() | is_.keys()),
        figures_digest(some),
        {line["question"]: line["wording"] for line in (*before, *now)},
    )


def cells(lines: Sequence[Mapping[str, str]]) -> dict[Cell, Counted]:
    """Every figure of rows of results by its place; points of sections too. What is no number is left out."""
    found: dict[Cell, Counted] = {}
    for line in lines:
        group, question = line["group"], line["question"]
        points, _, possible = line["count"].partition(" of ")
        if possible and _number(points) is not None:
            found[group, question, "points"] = Counted(int(points), _number(possible))
            continue
        if (count := _number(points)) is not None:
            found[group, question, line["choice"]] = Counted(count, _number(line["n"]))
        for head in APART:
            if (beside := _number(line[head])) is not None:
                found[group, question, head] = Counted(beside)
    return found


def _saved(workspace: Workspace, one: SavedResults, person: str) -> Saved:
    heads, rows = _table(one.figures)
    visit = _id(one.limits)
    held = find(workspace, Visit, visit) if visit else None
    return Saved(
        one.id,
        one.title,
        one.grouped if one.grouped in BY else "",
        visit,
        (held.title if held else "a visit that is not here") if visit else "",
        one.made or 0,
        person,
        digest_of(one.figures),
        (one.heads or b"").hex(),
        heads,
        rows,
    )


def _table(figures: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heads and rows of what is kept, nothing where it is no table: whoever wrote it may have written anything."""
    try:
        heads, rows = json.loads(figures)
        held = tuple(map(str, heads)), tuple(tuple(map(str, row)) for row in rows)
    except (ValueError, TypeError, RecursionError):
        return (), ()
    whole = set(held[0]) >= NEEDED and all(len(row) == len(held[0]) for row in held[1])
    return held if whole else ((), ())


def _id(limits: str) -> Id | None:
    try:
        return bytes.fromhex(limits) or None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None
