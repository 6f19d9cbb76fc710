"""Figures of the results as evidence: how one stood when it was cited, and what it comes to now."""

import hashlib
import time
from dataclasses import dataclass

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import ResultCell
from fieldwork.domain.records import Answer, EvidenceLink, Examination, Finding, Visit
from fieldwork.domain.values import Id, Value, derived_id, new_id
from fieldwork.store.heads_of import heads_of
from fieldwork.store.reading import get, records, records_of
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.linking import BEARINGS, link_fields
from fieldwork.work.result_desk import COUNTED, Cell, Part, Row, behind, table
from fieldwork.work.results import BY
from fieldwork.work.signing import refuse_locked


@dataclass(frozen=True)
class Figures:
    """How many files have it, of how many; the ends of its interval per mille, None where it has none."""

    count: int
    n: int
    low: int | None = None
    high: int | None = None


def pin_cell(
    workspace: Workspace,
    *,
    finding: Id,
    question: str,
    outcome: str,
    group: str = "",
    by: str = "",
    visit: Id | None = None,
    bearing: str = "for",
    note: str = "",
    at: int | None = None,
) -> Done:
    """Put a figure of the results for or against a finding, as it stands now.

    outcome: a code of the question's answers; group, by: as in the results. To cite it again is to read it anew.
    """
    get(workspace, Finding, finding)
    one_of(bearing, BEARINGS, "bearing")
    one_of(by, ("", *BY), "by")
    if visit is not None:
        get(workspace, Visit, visit)
    refuse_locked(workspace, finding)
    cell = Cell(question, outcome, group, by, visit)
    found = _found(workspace, cell)
    if found is None:
        raise Fault(
            f'The results have no figure "{outcome}" of question "{question}"; look it up in the results.'
        )
    row, part, figures = found
    id = _id_of(workspace, cell)
    fields: dict[str, Value] = {
        "question": question,
        "outcome": outcome,
        "grouped": by,
        "group": group,
        "visit": visit,
        "count": figures.count,
        "n": figures.n,
        "low": figures.low,
        "high": figures.high,
        "heads": _stands_on(workspace, cell),
        "read": int(time.time() * 1000) if at is None else at,
        "shows": f"{row.wording}: {part.words}" + (f", {group}" if group else ""),
        DELETED: None,
    }
    link = derived_id(EvidenceLink.kind, finding, id)
    changes = [
        Change(ResultCell.kind, id, fields),
        Change(EvidenceLink.kind, link, link_fields(finding, id, bearing, note)),
    ]
    return do(workspace, "pin", changes, id=link, at=at)


def _id_of(workspace: Workspace, cell: Cell) -> Id:
    """The id of the cell on every laptop; where its group is a name that somebody typed, that of the one here."""
    held = records(
        workspace,
        ResultCell,
        question=cell.question,
        outcome=cell.outcome,
        grouped=cell.by,
        group=cell.group,
        visit=cell.visit,
    )
    if held:
        return held[0].id
    if cell.by not in ("", "body", "flag"):
        return new_id()
    return derived_id(ResultCell.kind, cell.question, cell.outcome, cell.by, cell.group, cell.visit or b"")


def figures_now(workspace: Workspace, cell: ResultCell) -> Figures | None:
    """What a cited figure comes to now, None where the results have it no more. It counts all results: seconds."""
    found = _found(workspace, Cell(cell.question, cell.outcome, cell.group, cell.grouped, cell.visit))
    return found[2] if found is not None else None


def words_of(cell: ResultCell) -> str:
    """A cited figure with what it says: the question, the answer, how many of how many files."""
    return f"{cell.shows or cell.question}: {cell.count or 0} of {cell.n or 0} files"


def _found(workspace: Workspace, cell: Cell) -> tuple[Row, Part, Figures] | None:
    row = table(workspace, by=cell.by, visit=cell.visit).row(cell.question)
    if row is None:
        return None
    for line in row.lines:
        for part in (*line.parts, *line.apart):
            if part.cell == cell:
                return row, part, _figures(part, line.n)
    return None


def _figures(part: Part, n: int) -> Figures:
    interval = part.share.interval if part.share is not None else None
    if interval is None:
        return Figures(part.count, n)
    return Figures(part.count, n, round(interval.low * 1000), round(interval.high * 1000))


def _stands_on(workspace: Workspace, cell: Cell) -> bytes:
    """SHA-256 of the changes that stand on the answers of the files it counts."""
    files = behind(workspace, Cell(cell.question, COUNTED, cell.group, cell.by, cell.visit))
    examinations = records_of(workspace, Examination, "case_file", files)
    answers = records_of(workspace, Answer, "examination", [one.id for one in examinations])
    heads = heads_of(workspace, {one.id: ("value",) for one in answers if one.question == cell.question})
    told = [[id, [[one.entry, one.place] for one in of.get("value", ())]] for id, of in sorted(heads.items())]
    return hashlib.sha256(msgspec.msgpack.encode(told)).digest()
