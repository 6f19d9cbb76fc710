"""Findings and the evidence for and against them. An emerging point is a finding of a visit."""

from collections.abc import Sequence

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.order import between
from fieldwork.domain.records import Answer, EvidenceLink, Finding, NoteLine, Session, Theme, Visit
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.store.reading import find_all, get, is_hidden, kind_of, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.excerpts import mark_out
from fieldwork.work.finding_kinds import kind_or_fault
from fieldwork.work.linking import BEARINGS, link_fields, linked_alike
from fieldwork.work.signing import refuse_locked

CITABLE = frozenset(
    one.kind for one in (NoteLine, Excerpt, Answer, AgreedAnswer, Session, Document, Figure, ResultCell)
)
"""Kinds that can be evidence for a finding."""


def add_finding(
    workspace: Workspace,
    *,
    text: str,
    title: str = "",
    kind: str = "concern",
    visit: Id | None = None,
    evidence: Sequence[Id] = (),
    theme: Id | None = None,
    at: int | None = None,
) -> Done:
    """Write a finding, or with a visit an emerging point, with the evidence for it if given."""
    kind_or_fault(workspace, kind)
    if not text.strip():
        raise Fault("A finding needs a sentence; write one.")
    if visit is not None:
        get(workspace, Visit, visit)
    if theme is not None:
        get(workspace, Theme, theme)
    others = records(workspace, Finding, order="position")
    id = new_id()
    fields: dict[str, Id | str | None] = {
        "text": text.strip(),
        "finding_kind": kind,
        "visit": visit,
        "position": between(others[-1].position if others else "", ""),
    }
    more = {"title": " ".join(title.split()), "theme": theme}
    fields |= {name: value for name, value in more.items() if value}
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
    title: str | None = None,
    kind: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Reword a finding, give it another title or change its kind."""
    held = get(workspace, Finding, finding)
    refuse_locked(workspace, finding)
    fields: dict[str, str] = {}
    if text is not None:
        if not text.strip():
            raise Fault("A finding needs a sentence; delete it if it is not wanted.")
        fields["text"] = text.strip()
    if kind is not None and kind != held.finding_kind:
        fields["finding_kind"] = kind_or_fault(workspace, kind)
    if title is not None:
        fields["title"] = " ".join(title.split())
    return do(workspace, "reword", [Change(Finding.kind, finding, fields)], id=finding, as_of=as_of, at=at)


def put_under(workspace: Workspace, *, finding: Id, theme: Id | None = None, at: int | None = None) -> Done:
    """Put a finding under a theme, or where none is named under none."""
    get(workspace, Finding, finding)
    if theme is not None:
        get(workspace, Theme, theme)
    refuse_locked(workspace, finding)
    change = Change(Finding.kind, finding, {"theme": theme})
    return do(workspace, "theme of a finding", [change], id=finding, at=at)


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
    refuse_locked(workspace, finding)
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
    """Put a note line, words of one, an answer, a session, a document or a figure for or against a finding."""
    get(workspace, Finding, finding)
    refuse_locked(workspace, finding)
    _refuse_sealed(workspace, evidence)
    change = link_change(workspace, finding, evidence, bearing, note)
    return do(workspace, "pin", [change], id=change.id, at=at)


def pin_words(
    workspace: Workspace,
    *,
    finding: Id,
    target: Id,
    start: int,
    end: int,
    part: str = "text",
    words: str = "",
    bearing: str = "for",
    note: str = "",
    at: int | None = None,
) -> Done:
    """Put words of a line or an answer for or against a finding. start, end: characters.

    words: what was read there; where it is something else by now nothing is pinned.
    """
    get(workspace, Finding, finding)
    one_of(bearing, BEARINGS, "bearing")
    refuse_locked(workspace, finding)
    _refuse_sealed(workspace, target)
    marked = mark_out(workspace, target=target, start=start, end=end, part=part)
    if words and marked.fields["quote"] != words:
        raise Fault("The words were changed meanwhile; choose them again.")
    id = derived_id(EvidenceLink.kind, finding, marked.id)
    link = Change(EvidenceLink.kind, id, link_fields(finding, marked.id, bearing, note))
    return do(workspace, "pin", [marked, link], id=id, at=at)


def turn(workspace: Workspace, *, finding: Id, evidence: Id, bearing: str, at: int | None = None) -> Done:
    """Turn evidence that stands for a finding against it, or the other way round."""
    id = _link(workspace, finding, evidence)
    one_of(bearing, BEARINGS, "bearing")
    refuse_locked(workspace, finding)
    change = Change(EvidenceLink.kind, id, {"bearing": bearing})
    return do(workspace, "turn evidence", [change], id=id, at=at)


def answer_contrary(
    workspace: Workspace, *, finding: Id, evidence: Id, text: str, at: int | None = None
) -> Done:
    """Say how what stands against a finding is answered; blank takes the answer back."""
    id = _link(workspace, finding, evidence)
    if is_hidden(workspace, id) or get(workspace, EvidenceLink, id).bearing != "against":
        raise Fault("This does not stand against the finding; only what does is answered.")
    refuse_locked(workspace, finding)
    fields = {"answered": text.strip(), "answered_by": workspace.identity.member if text.strip() else None}
    return do(workspace, "answer evidence", [Change(EvidenceLink.kind, id, fields)], id=id, at=at)


def take_up(workspace: Workspace, *, finding: Id, points: Sequence[Id], at: int | None = None) -> Done:
    """Take points of visits up into a finding: their evidence stands behind it too, as it stands now."""
    if get(workspace, Finding, finding).visit is not None:
        raise Fault("This is a point of a visit itself; take points up into a finding of no visit.")
    refuse_locked(workspace, finding)
    found = find_all(workspace, Finding, points)
    gone = [id for id in points if id not in found or is_hidden(workspace, id) or found[id].visit is None]
    if not points or gone:
        raise Fault("Only points of visits are taken up into a finding; name one or more.")
    there = {one.evidence for one in records(workspace, EvidenceLink, finding=finding)}
    changes = []
    for id in dict.fromkeys(points):
        for link in records(workspace, EvidenceLink, finding=id):
            if link.evidence is not None and link.evidence not in there:
                there.add(link.evidence)
                changes.append(linked_alike(link, finding, link.evidence))
        changes.append(Change(Finding.kind, id, {"taken_up": finding}))
    return do(workspace, "take up points", changes, id=finding, at=at)


def unpin(workspace: Workspace, *, finding: Id, evidence: Id, at: int | None = None) -> Done:
    """Take evidence off a finding again."""
    id = _link(workspace, finding, evidence)
    refuse_locked(workspace, finding)
    return do(workspace, "unpin", [Change(EvidenceLink.kind, id, {DELETED: DELETE})], id=id, at=at)


def _link(workspace: Workspace, finding: Id, evidence: Id) -> Id:
    id = derived_id(EvidenceLink.kind, finding, evidence)
    get(workspace, EvidenceLink, id)
    return id


def _refuse_sealed(workspace: Workspace, evidence: Id) -> None:
    if sealed_examining.holding(workspace, evidence) is not None:
        raise Fault(
            "This answer is sealed: a pin would show what it is about. Pin it once both examiners have finished and "
            "their answers are open; a theme can be put on it now."
        )


def link_change(workspace: Workspace, finding: Id, evidence: Id, bearing: str, note: str) -> Change:
    one_of(bearing, BEARINGS, "bearing")
    if kind_of(workspace, evidence) not in CITABLE:
        raise Fault(
            "Only a note line, words of one, an answer, a session, a document, a figure or a result can be "
            "evidence for a finding."
        )
    id = derived_id(EvidenceLink.kind, finding, evidence)
    return Change(EvidenceLink.kind, id, link_fields(finding, evidence, bearing, note))
