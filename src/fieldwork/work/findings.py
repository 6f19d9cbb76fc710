"""Findings and the evidence for and against them. An emerging point is a finding of a visit."""

from collections.abc import Sequence

from fieldwork.domain.faults import Fault
from fieldwork.domain.order import between
from fieldwork.domain.records import Answer, EvidenceLink, Finding, NoteLine, Session, Visit
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.domain.vocabulary import FINDING_KINDS
from fieldwork.store.reading import get, kind_of, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do, one_of

BEARINGS = ("for", "against")


def add_finding(
    workspace: Workspace,
    *,
    text: str,
    kind: str = "concern",
    visit: Id | None = None,
    evidence: Sequence[Id] = (),
    at: int | None = None,
) -> Done:
    """Write a finding, or with a visit an emerging point, with the evidence for it if given."""
    one_of(kind, FINDING_KINDS, "kind of finding")
    if not text.strip():
        raise Fault("A finding needs a sentence; write one.")
    if visit is not None:
        get(workspace, Visit, visit)
    others = records(workspace, Finding, order="position")
    id = new_id()
    fields = {
        "text": text.strip(),
        "finding_kind": kind,
        "visit": visit,
        "position": between(others[-1].position if others else "", ""),
    }
    changes = [
        Change(Finding.kind, id, fields),
        *(link_change(workspace, id, one, "for", "") for one in evidence),
    ]
    return do(workspace, "finding", changes, id=id, at=at)


def change_finding(
    workspace: Workspace,
    *,
    finding: Id,
    text: str | None = None,
    kind: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Reword a finding or change its kind."""
    get(workspace, Finding, finding)
    fields: dict[str, str] = {}
    if text is not None:
        if not text.strip():
            raise Fault("A finding needs a sentence; delete it if it is not wanted.")
        fields["text"] = text.strip()
    if kind is not None:
        fields["finding_kind"] = one_of(kind, FINDING_KINDS, "kind of finding")
    return do(workspace, "reword", [Change(Finding.kind, finding, fields)], id=finding, as_of=as_of, at=at)


def move_finding(workspace: Workspace, *, finding: Id, down: bool, at: int | None = None) -> Done:
    """Move a finding past its neighbour of the same kind, up or down; at the end it stays where it is."""
    held = get(workspace, Finding, finding)
    same = records(workspace, Finding, visit=held.visit, finding_kind=held.finding_kind, order="position")
    place = next(number for number, other in enumerate(same) if other.id == finding)
    step = place + (1 if down else -1)
    if not 0 <= step < len(same):
        return Done(finding)
    beyond = place + (2 if down else -2)
    further = same[beyond].position if 0 <= beyond < len(same) else ""
    near = same[step].position
    position = between(near, further) if down else between(further, near)
    change = Change(Finding.kind, finding, {"position": position})
    return do(workspace, "order", [change], id=finding, at=at)


def delete_finding(workspace: Workspace, *, finding: Id, reason: str = "", at: int | None = None) -> Done:
    """Delete a finding; it stays in the history, and an edit made unseen elsewhere brings it back."""
    get(workspace, Finding, finding)
    change = Change(Finding.kind, finding, {DELETED: DELETE})
    return do(workspace, "delete a finding", [change], id=finding, reason=reason, at=at)


def pin(
    workspace: Workspace,
    *,
    finding: Id,
    evidence: Id,
    bearing: str = "for",
    note: str = "",
    at: int | None = None,
) -> Done:
    """Put a note line, an answer or a session for or against a finding."""
    get(workspace, Finding, finding)
    if sealed_examining.holding(workspace, evidence) is not None:
        raise Fault(
            "This answer is sealed: a pin would show what it is about. Pin it once both examiners have finished and "
            "their answers are open; a theme can be put on it now."
        )
    change = link_change(workspace, finding, evidence, bearing, note)
    return do(workspace, "pin", [change], id=change.id, at=at)


def unpin(workspace: Workspace, *, finding: Id, evidence: Id, at: int | None = None) -> Done:
    """Take evidence off a finding again."""
    id = derived_id(EvidenceLink.kind, finding, evidence)
    get(workspace, EvidenceLink, id)
    return do(workspace, "unpin", [Change(EvidenceLink.kind, id, {DELETED: DELETE})], id=id, at=at)


def link_change(workspace: Workspace, finding: Id, evidence: Id, bearing: str, note: str) -> Change:
    one_of(bearing, BEARINGS, "bearing")
    if kind_of(workspace, evidence) not in (NoteLine.kind, Answer.kind, Session.kind):
        raise Fault("Only a note line, an answer or a session can be evidence for a finding.")
    fields = {"finding": finding, "evidence": evidence, "bearing": bearing, "note": note, DELETED: None}
    return Change(EvidenceLink.kind, derived_id(EvidenceLink.kind, finding, evidence), fields)
