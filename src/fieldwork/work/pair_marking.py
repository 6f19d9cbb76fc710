"""Writing in a file that is marked jointly: what is agreed first stands open, the rest is sealed."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.records import Answer, Examination
from fieldwork.domain.values import Id, codes, derived_id, new_id
from fieldwork.questions import leading
from fieldwork.questions.repeating import parted
from fieldwork.store.reading import find
from fieldwork.store.recording import Change
from fieldwork.store.sealing import instance_id
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do
from fieldwork.work.joint import agreed_id, joint_of, keepers_of, markings, unfit_repeat
from fieldwork.work.sealed_examining import Standing

if TYPE_CHECKING:
    from fieldwork.work.examining import Pane

Given = Mapping[str, Mapping[str, object]]
"""By place, the fields of its answer."""


def write(
    workspace: Workspace,
    pane: "Pane",
    act: str,
    given: Given,
    *,
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Write answers of this examiner: of what is agreed first in the open, of the rest into one sealed act.

    Raises Fault when it is open already, somebody has finished and the first section would change, or that is
    not answered yet.
    """
    assert pane.share is not None
    _require_own(workspace, pane)
    first = {place: fields for place, fields in given.items() if pane.share.is_first(place)}
    if first:
        id = agreed_id(pane.file.id)
        some = [_answer(id, place, fields) for place, fields in first.items()]
        return _write_first(workspace, pane, act, some, reason, as_of, at)
    _require_first(pane)
    standing, _ = begun(workspace, pane, at)
    changes = [_answer(standing.examination, place, fields) for place, fields in given.items()]
    reopens = bool(pane.examination.finished) and any("value" in fields for fields in given.values())
    return sealed_examining.seal(workspace, standing, act, changes, reason=reason, reopens=reopens, at=at)


def enter(
    workspace: Workspace, pane: "Pane", act: str, repeat: str, said: Mapping[str, object], at: int | None
) -> Done:
    """Enter one more of a repeat: of what is agreed first in the open, else into one sealed act.

    said: its name and its place in the order.
    """
    assert pane.share is not None
    _require_own(workspace, pane)
    if repeat in pane.share.first_repeats:
        fields = {"examination": agreed_id(pane.file.id), "repeat": repeat, **said}
        change = Change(RepeatInstance.kind, new_id(), fields)
        return _write_first(workspace, pane, act, [change], "", None, at)
    _require_first(pane)
    standing, _ = begun(workspace, pane, at)
    fields = {"examination": standing.examination, "repeat": repeat, **said}
    change = Change(RepeatInstance.kind, instance_id(standing.examination), fields)
    reopens = bool(pane.examination.finished)
    return sealed_examining.seal(workspace, standing, act, [change], reopens=reopens, at=at)


def drop(
    workspace: Workspace,
    pane: "Pane",
    act: str,
    repeat: str,
    changes: Sequence[Change],
    reason: str,
    at: int | None,
) -> Done:
    """Drop one of a repeat; changes: that delete it and the answers in it."""
    assert pane.share is not None
    _require_own(workspace, pane)
    if repeat in pane.share.first_repeats:
        return _write_first(workspace, pane, act, changes, reason, None, at)
    standing, _ = begun(workspace, pane, at)
    reopens = bool(pane.examination.finished)
    return sealed_examining.seal(workspace, standing, act, changes, reason=reason, reopens=reopens, at=at)


def _require_first(pane: "Pane") -> None:
    assert pane.share is not None
    open_first = [pane.called(q.code) for q in pane.unanswered if pane.share.is_first(q.code)]
    if open_first:
        named = ", ".join(open_first[:8])
        raise Fault(
            f"File {pane.file.reference}: {named} comes first, in the open, and both examiners go by it; "
            "answer that before the rest."
        )


def _require_own(workspace: Workspace, pane: "Pane") -> None:
    if pane.released:
        raise Fault(sealed_examining.OPEN)
    _require_fit(workspace, pane)
    if pane.closed or pane.examination.examiner != workspace.identity.member:
        raise Fault(
            f"File {pane.file.reference} was sealed on another laptop; ask who keeps its key to hand it on to this one."
        )


def _require_fit(workspace: Workspace, pane: "Pane") -> None:
    """Of a set that was put in use after they were paired."""
    marked = joint_of(workspace, pane.file.id) if pane.instances else None
    if marked is not None:
        scope, first = marked.scope or leading.LED, codes(marked.first_sections)
        if unfit := unfit_repeat(pane.questions, scope=scope, first=first):
            raise Fault(unfit)


def _write_first(
    workspace: Workspace,
    pane: "Pane",
    act: str,
    said: Sequence[Change],
    reason: str,
    as_of: int | None,
    at: int | None,
) -> Done:
    if any(one.state in ("finished", "open") for one in markings(workspace, pane.file.id)):
        raise Fault(
            f"File {pane.file.reference}: an examiner has finished on what was agreed first; it is not changed any "
            "more, but settled at reconciliation."
        )
    id, changes = agreed_id(pane.file.id), list(said)
    if find(workspace, Examination, id) is None:
        begin = {
            "case_file": pane.file.id,
            "question_set": pane.examination.question_set,
            "started": _now(at),
        }
        changes.insert(0, Change(Examination.kind, id, begin))
    return do(workspace, act, changes, id=changes[-1].id, reason=reason, as_of=as_of, at=at)


def _answer(examination: Id, place: str, fields: Mapping[str, object]) -> Change:
    code, instance = parted(place)
    within = {"instance": instance} if instance else {}
    id = derived_id(Answer.kind, examination, code, instance)
    return Change(Answer.kind, id, {"examination": examination, "question": code, **within, **fields})


def begun(workspace: Workspace, pane: "Pane", at: int | None) -> tuple[Standing, Done]:
    """This examiner's sealed examination, begun now if it was not; its key goes to the keepers as well.

    Nobody takes a file that is a pair's: two would.
    """
    if pane.examination.sealing is not None:
        standing = sealed_examining.standing_of(workspace, pane.examination.id)
        if standing is not None:
            return standing, Done(standing.examination)
    _require_fit(workspace, pane)
    marked = joint_of(workspace, pane.file.id)
    assert marked is not None
    fields = {
        "case_file": pane.file.id,
        "examiner": workspace.identity.member,
        "question_set": pane.examination.question_set,
        "started": _now(at),
    }
    id, recorded = sealed_examining.begin(workspace, fields, keepers_of(marked), at)
    standing = sealed_examining.standing_of(workspace, id)
    assert standing is not None
    return standing, Done(id, recorded.entry, recorded.changed)


def finish(workspace: Workspace, pane: "Pane", now: int, at: int | None) -> Done:
    """Finish this examiner's part of a pair."""
    _require_own(workspace, pane)
    standing, _ = begun(workspace, pane, at)
    return sealed_examining.finish(workspace, standing, now, at)


def _now(at: int | None) -> int:
    return int(time.time() * 1000) if at is None else at
