"""A finding's evidence by method and body, and where there is none although somebody was or will be there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Body, CaseFile, EvidenceLink, Finding, Session, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.columns import columns
from fieldwork.store.reading import get, records
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.finding_counts import AGAINST
from fieldwork.work.open_questions import next_visit_to, open_questions, question_change
from fieldwork.work.pieces import FILE_METHOD, facts_of

State = Literal["held", "gap", "not used here"]
Place = tuple[str, str]
"""The codes of a body and a method."""


@dataclass(frozen=True)
class Cell:
    """Pieces of evidence of one method about one body.

    A gap: there are none, though the method is used at that body.
    """

    supporting: int
    against: int
    state: State


@dataclass(frozen=True)
class Matrix:
    """Bodies in the order of the register and methods in theirs, as code and name; a cell for each pair.

    Evidence about no body stands under the body "", evidence about two under both.
    """

    finding: Id
    bodies: tuple[tuple[str, str], ...]
    methods: tuple[tuple[str, str], ...]
    cells: Mapping[Place, Cell]

    @cached_property
    def gaps(self) -> tuple[Place, ...]:
        """Where there could be evidence and is none, body by body."""
        return tuple(place for place, cell in self.cells.items() if cell.state == "gap")


def matrix(workspace: Workspace, finding: Id) -> Matrix:
    """A finding's evidence at every body that is visited or spoken of, by every method that is used anywhere."""
    get(workspace, Finding, finding)
    held: dict[str, Counter[Place]] = {"for": Counter(), AGAINST: Counter()}
    links = [
        (link.evidence, link.bearing)
        for link in records(workspace, EvidenceLink, finding=finding)
        if link.evidence is not None
    ]
    facts = facts_of(workspace, [evidence for evidence, _ in links])
    for evidence, bearing in links:
        piece = facts.get(evidence)
        if piece is not None and piece.method:
            for body in piece.bodies or ("",):
                held[AGAINST if bearing == AGAINST else "for"][body, piece.method] += 1
    used = _used(workspace)
    evident = {*held["for"], *held[AGAINST]}
    wanted = {body for body, _ in evident} | {body for body, _ in used if body}
    wanted |= {code for visit in records(workspace, Visit) for code in codes(visit.bodies)}
    register = [(body.code, body.name) for body in records(workspace, Body, order="position")]
    strange = sorted(wanted - {code for code, _ in register} - {""})
    bodies = [(code, name) for code, name in register if code in wanted] + [(code, code) for code in strange]
    if "" in wanted:
        bodies.append(("", "no one body"))
    by = {method for _, method in (*used, *evident)}
    methods = [(code, name) for code, name in METHODS.items() if code in by]
    cells = {}
    for body, _ in bodies:
        for method, _ in methods:
            place = (body, method)
            some = (held["for"][place], held[AGAINST][place])
            nothing: State = "gap" if place in used else "not used here"
            cells[place] = Cell(*some, "held" if any(some) else nothing)
    return Matrix(finding, tuple(bodies), tuple(methods), cells)


def _used(workspace: Workspace) -> set[Place]:
    """Where each method is used: sessions that were not cancelled, and case files."""
    with workspace.read() as db:
        sessions = list(columns(db, Session, ("body", "method", "state")))
        files = list(columns(db, CaseFile, ("force", "area")))
    used = {
        (body, method or "interview") for _, body, method, state in sessions if body and state != "cancelled"
    }
    return used | {(body, FILE_METHOD) for _, *both in files for body in both if body}


def plan_gaps(
    workspace: Workspace, *, finding: Id, body: str = "", method: str = "", at: int | None = None
) -> Done:
    """Write down an open question for each gap of a finding, of one body or method if given.

    It is put to the next visit to that body, and names the finding without its words. A gap that has an open
    question already gets no second one.
    """
    held = get(workspace, Finding, finding)
    found = matrix(workspace, finding)
    names, methods = dict(found.bodies), dict(found.methods)
    wanted = [gap for gap in found.gaps if body in ("", gap[0]) and method in ("", gap[1])]
    if not wanted:
        raise Fault("There is no gap there: nothing is missing where that method is used.")
    there = {(one.body, one.method) for one in open_questions(workspace, finding=finding)}
    visits = records(workspace, Visit)
    changes = [
        question_change(
            workspace,
            text=f"{names[at_body]}, {methods[by]}: is it so there?",
            method=by,
            finding=finding,
            theme=held.theme,
            body=at_body,
            visit=next_visit_to(visits, at_body),
        )
        for at_body, by in wanted
        if (at_body, by) not in there
    ]
    return do(workspace, "plan for gaps", changes, id=finding, at=at) if changes else Done(finding)
