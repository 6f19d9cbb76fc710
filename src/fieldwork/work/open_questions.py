"""What is still to be asked, of whom and where: gaps in the evidence become questions of a later visit."""

from collections.abc import Collection

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import Body, Finding, Session, Theme, Visit
from fieldwork.domain.values import Id, codes, new_id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.reading import get, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of


def open_questions(
    workspace: Workspace, *, visit: Id | None = None, finding: Id | None = None, settled: bool = False
) -> list[OpenQuestion]:
    """What is still to be asked, with settled also what was answered; as it was written down.

    Of a visit: what is to be asked on it, and what no visit was named for, of its bodies or of anybody.
    """
    some = records(workspace, OpenQuestion, finding=finding) if finding else records(workspace, OpenQuestion)
    if visit is not None:
        bodies = {"", *codes(get(workspace, Visit, visit).bodies)}
        some = [one for one in some if one.visit == visit or (one.visit is None and one.body in bodies)]
    return [one for one in some if settled or not one.settled]


def ask(
    workspace: Workspace,
    *,
    text: str,
    finding: Id | None = None,
    theme: Id | None = None,
    body: str = "",
    method: str = "",
    visit: Id | None = None,
    at: int | None = None,
) -> Done:
    """Write down what is still to be asked; for a finding, under a theme, of a body, by a method, on a visit."""
    for cls, id in ((Finding, finding), (Theme, theme), (Visit, visit)):
        if id is not None:
            get(workspace, cls, id)
    if body:
        one_of(body, [one.code for one in records(workspace, Body)], "body")
    change = question_change(
        workspace, text=text, finding=finding, theme=theme, body=body, method=method, visit=visit
    )
    return do(workspace, "ask", [change], id=change.id, at=at)


def question_change(workspace: Workspace, *, text: str, method: str, **fields: Id | str | None) -> Change:
    """The change that writes an open question down."""
    text = " ".join(text.split())
    if not text:
        raise Fault("Say what is to be asked.")
    one_of(method, ("", *METHODS), "method")
    said = {"text": text, "method": method, **fields, "by": workspace.identity.member}
    return Change(OpenQuestion.kind, new_id(), {name: value for name, value in said.items() if value})


def settle(
    workspace: Workspace,
    *,
    question: Id,
    answered_in: Id | None = None,
    settled: bool = True,
    at: int | None = None,
) -> Done:
    """Tick an open question off, with the session that answered it if there was one; or open it again."""
    get(workspace, OpenQuestion, question)
    if answered_in is not None:
        get(workspace, Session, answered_in)
    fields = {"settled": int(settled), "answered_in": answered_in if settled else None}
    return do(
        workspace, "settle a question", [Change(OpenQuestion.kind, question, fields)], id=question, at=at
    )


def drop(workspace: Workspace, *, question: Id, at: int | None = None) -> Done:
    """Delete an open question that is not wanted any more."""
    get(workspace, OpenQuestion, question)
    change = Change(OpenQuestion.kind, question, {DELETED: DELETE})
    return do(workspace, "drop a question", [change], id=question, at=at)


def next_visit_to(visits: Collection[Visit], body: str) -> Id | None:
    """The first visit to a body that is not over, None where there is none."""
    ahead = [one for one in visits if body in codes(one.bodies) and not one.achieved_end]
    ahead.sort(key=lambda one: (one.planned_start == "", one.planned_start, one.id))
    return ahead[0].id if ahead else None
