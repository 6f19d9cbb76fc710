"""How far the sample is: by stratum, by visit, by examiner; and what a draw chose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fieldwork.domain.records import Draw, DrawnCase, DrawnStratum, Examination, Visit
from fieldwork.domain.values import ERASED, Id
from fieldwork.store.reading import get, records
from fieldwork.store.workspace import Workspace
from fieldwork.work.files import FileState, file_states, strata
from fieldwork.work.sampling import CHOSEN, REPLACED
from fieldwork.work.team import members
from fieldwork.work.visits import visit_title

BY = ("stratum", "visit", "examiner")
NOBODY, NO_VISIT, NO_STRATUM = "nobody yet", "no visit", "no stratum"


@dataclass(frozen=True)
class DrawnPart:
    """One stratum of a draw in one tranche: its cases in the frame, and references in the order of the draw."""

    stratum: str
    cases: int
    target: int
    chosen: tuple[str, ...]
    reserves: tuple[str, ...]
    overlap: tuple[str, ...]
    replaced: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A draw with the strata of one tranche. frame: the digest of its cases and strata."""

    id: Id
    seed: str
    frame: str
    columns: tuple[str, ...]
    cases: int
    tranche: str
    strata: tuple[DrawnPart, ...]


def drawn(workspace: Workspace, draw: Id, tranche: str) -> Drawn:
    """What a draw chose in one tranche; the reserves are those of all tranches."""
    held = get(workspace, Draw, draw)
    names = {id: one.name for id, one in strata(workspace).items()}
    wanted = {one.stratum: one for one in records(workspace, DrawnStratum, draw=draw, tranche=tranche)}
    by_stratum: dict[Id | None, list[DrawnCase]] = {}
    for case in records(workspace, DrawnCase, draw=draw, order=("rank", "reference")):
        by_stratum.setdefault(case.stratum, []).append(case)
    parts = []
    for stratum, cases in by_stratum.items():
        of = wanted.get(stratum)
        mine = [case for case in cases if case.tranche == tranche]
        parts.append(
            DrawnPart(
                names.get(stratum or b"", NO_STRATUM),
                len(cases),
                (of.target or 0) if of else 0,
                _references(case for case in mine if case.standing == CHOSEN),
                _references(case for case in cases if case.standing not in (CHOSEN, REPLACED)),
                _references(case for case in mine if case.standing == CHOSEN and case.paired),
                _references(case for case in mine if case.standing == REPLACED),
            )
        )
    parts.sort(key=lambda part: part.stratum)
    columns = tuple(held.columns.split())
    return Drawn(held.id, held.seed, held.frame, columns, held.cases or 0, tranche, tuple(parts))


def _references(some: Iterable[DrawnCase]) -> tuple[str, ...]:
    return tuple(case.reference or ERASED for case in some)


@dataclass(frozen=True)
class Progress:
    """How far one part of the sample is, in files.

    target, replaced, reserves: of a stratum alone, else None. paired: for a blind pair, and of those how many
    two have finished. live: of live cases; due: to be looked at again by now, by whoever finished them.
    """

    name: str
    target: int | None
    files: int
    begun: int
    finished: int
    paired: int
    paired_finished: int
    live: int
    due: int
    replaced: int | None = None
    reserves: int | None = None


def progress(workspace: Workspace, by: str, today: date) -> list[Progress]:
    """The files to examine by "stratum", "visit" or "examiner", those that nobody drew among them."""
    states = file_states(workspace)
    if by == "stratum":
        return _by_stratum(workspace, states, today)
    if by == "visit":
        titles = {
            visit.id: visit_title(workspace, visit.id)
            for visit in records(workspace, Visit, order="planned_start")
        }
        titled = [titles.get(state.file.visit or b"", NO_VISIT) for state in states]
        names = [name for name in (*titles.values(), NO_VISIT) if name in titled]
        return [
            _counted(name, None, [s for s, its in zip(states, titled, strict=True) if its == name], today)
            for name in dict.fromkeys(names)
        ]
    return _by_examiner(workspace, states, today)


def _by_stratum(workspace: Workspace, states: Sequence[FileState], today: date) -> list[Progress]:
    known = strata(workspace)
    reserves: dict[Id | None, int] = {}
    replaced: dict[Id | None, int] = {}
    for case in records(workspace, DrawnCase):
        if case.standing == REPLACED:
            replaced[case.stratum] = replaced.get(case.stratum, 0) + 1
        elif case.standing != CHOSEN:
            reserves[case.stratum] = reserves.get(case.stratum, 0) + 1
    some: dict[Id | None, list[FileState]] = {id: [] for id in known}
    for state in states:
        some.setdefault(state.stratum.id if state.stratum else None, []).append(state)
    lines = []
    for id, group in some.items():
        name = known[id].name if id in known else NO_STRATUM
        target = known[id].target if id in known else None
        lines.append(_counted(name, target, group, today, replaced.get(id, 0), reserves.get(id, 0)))
    return sorted(lines, key=lambda line: line.name)


def _counted(
    name: str,
    target: int | None,
    states: Sequence[FileState],
    today: date,
    replaced: int | None = None,
    reserves: int | None = None,
) -> Progress:
    paired = [state for state in states if state.paired]
    return Progress(
        name,
        target,
        len(states),
        sum(any(e.started for e in state.examinations) and not state.finished for state in states),
        sum(state.finished for state in states),
        len(paired),
        sum(len({e.examiner for e in state.examinations if e.finished}) > 1 for state in paired),
        sum(state.file.live == "Y" for state in states),
        sum(_due(state, today) for state in states),
        replaced,
        reserves,
    )


def _due(state: FileState, today: date) -> bool:
    """Whether nobody has finished the file since the day it was to be looked at again."""
    if not state.finished or not state.file.revisit or state.file.revisit > today.isoformat():
        return False
    last = max(e.finished or 0 for e in state.examinations)
    return date.fromtimestamp(last / 1000).isoformat() < state.file.revisit


def _by_examiner(workspace: Workspace, states: Sequence[FileState], today: date) -> list[Progress]:
    """files: allocated to them; begun and finished: their own examinations, of whichever file."""
    labels = members(workspace)
    lines = []
    for id in (*labels, None):
        theirs = [state for state in states if state.file.allocated == id]
        own: list[Examination] = [
            e for state in states for e in state.examinations if id is not None and e.examiner == id
        ]
        base = _counted(labels.get(id, NOBODY) if id else NOBODY, None, theirs, today)
        lines.append(
            Progress(
                base.name,
                None,
                base.files,
                sum(bool(e.started) and not e.finished for e in own),
                sum(bool(e.finished) for e in own),
                base.paired,
                base.paired_finished,
                base.live,
                base.due,
            )
        )
    return [line for line in lines if line.name != NOBODY or line.files]
