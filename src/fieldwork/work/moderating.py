"""Moderating: one's own mark beside the examiner's answer, and the answer both agree on, which then counts.

Nobody moderates their own file. That is refused here, and judged again wherever moderation is read, since two
laptops may not know of each other.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, ModeratedMark, Moderation
from fieldwork.domain.question_set import CHOICE_KINDS, Question
from fieldwork.domain.records import Answer, CaseFile, TeamMember
from fieldwork.domain.values import Id, derived_id
from fieldwork.questions.given_values import as_one_answer
from fieldwork.questions.repeating import parted, place_of, placed
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change, moment
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import MODERATED, agreed_answers, agreed_id, hands_on, stood_on
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane, checked_value, panes_of
from fieldwork.work.excerpts import with_excerpts
from fieldwork.work.files import foremost
from fieldwork.work.matching import matched, with_entries
from fieldwork.work.moderation_list import ASKED, DIP, TRIGGER, Waiting, finished_files, triggers_in, waiting
from fieldwork.work.reconciling import entered_together


def moderation_id(file: Id, member: Id) -> Id:
    """One moderation for each moderator of a file: two who begin make two."""
    return derived_id(Moderation.kind, file, member)


def mark_id(moderation: Id, question: str, instance: str = "") -> Id:
    return derived_id(ModeratedMark.kind, moderation, question, instance)


@dataclass(frozen=True)
class Given:
    """What one examiner answered. who: what the member is called."""

    who: str
    answer: Answer


@dataclass(frozen=True)
class Beside:
    """One question with what was answered, the moderator's mark and the agreed answer, where there are any.

    question: its code is the place, in a repeat one for each entry; within: that entry in words, "" outside repeats.
    triggers: whether an answer to it called for a second look. needed: whether it must be marked.
    """

    question: Question
    given: tuple[Given, ...]
    mark: ModeratedMark | None
    agreed: AgreedAnswer | None
    triggers: bool
    needed: bool
    within: str = ""

    @property
    def called(self) -> str:
        """The question as a person reads it: "S01", or "S01, Suspect 2"."""
        code = parted(self.question.code)[0]
        return f"{code}, {self.within}" if self.within else code

    @property
    def original(self) -> str:
        """What they reconciled, else the examiners' one answer; "" where they differ or left it blank."""
        if self.agreed is not None and self.agreed.source != MODERATED:
            return self.agreed.value
        values = {as_one_answer(self.question, one.answer.value) for one in self.given if one.answer.value}
        return next(one.answer.value for one in self.given if one.answer.value) if len(values) == 1 else ""

    @property
    def marked(self) -> bool:
        return self.mark is not None and bool(self.mark.value)

    @property
    def differs(self) -> bool:
        """Whether the mark is not the answer of every examiner, nor what they reconciled."""
        return self.mark is not None and bool(self.mark.value) and not self.is_original(self.mark.value)

    def is_original(self, value: str) -> bool:
        """Whether a value is the examiners' one answer, or what they reconciled."""
        return as_one_answer(self.question, value) == as_one_answer(self.question, self.original)

    @property
    def to_agree(self) -> bool:
        """Whether they differ and no moderator has agreed with the examiners since they settled it between them."""
        return self.differs and (self.agreed is None or self.agreed.source != MODERATED)


@dataclass(frozen=True)
class Moderated:
    """A file opened for moderation.

    pane: the first finished examination, with the entries of all in its repeats. moment: what stood here when it
    was read. why_not: why this laptop's member may not moderate it, "" if they may.
    others: who else moderates it, in words. causes: as in `Waiting`.
    """

    pane: Pane
    look: Moderation
    rows: tuple[Beside, ...]
    causes: tuple[tuple[str, str], ...]
    moment: int
    why_not: str
    others: tuple[str, ...]

    def row(self, place: str) -> Beside | None:
        return next((row for row in self.rows if row.question.code == place), None)

    @property
    def unmarked(self) -> tuple[Beside, ...]:
        return tuple(row for row in self.rows if row.needed and not row.marked)

    @property
    def open(self) -> tuple[Beside, ...]:
        """Where the moderator and an examiner differ and no answer is agreed yet."""
        return tuple(row for row in self.rows if row.to_agree)


def open_moderation(workspace: Workspace, file: Id) -> Moderated:
    """A file with its answers and this moderator's marks. Nothing is written.

    Raises Fault when no examination of it is finished.
    """
    seen = moment(workspace)
    case = get(workspace, CaseFile, file)
    panes = _finished(workspace, case)
    upon = agreed_answers(workspace, [case.id]).get(case.id, {})
    together = with_entries(matched(panes), panes[0].questions, entered_together(upon))
    me = workspace.identity.member
    pane = replace(panes[0], instances=together.instances, sequence=together.sequence)
    call = next(iter(waiting(workspace, case.id)), None)
    look = (call.mine(me) if call else None) or _none_yet(case, me, call, panes)
    marks = {
        together.common(place_of(one.question, one.instance)): one
        for one in records(workspace, ModeratedMark, moderation=look.id)
    }
    agreed = {together.common(place_of(*place)): one for place, one in upon.items()}
    labels = {member.id: member.label for member in records(workspace, TeamMember)}
    calling = {together.common(place) for one in panes for place in triggers_in(one)}
    dip = any(cause.cause == DIP for cause in call.causes) if call else False
    rows = []
    asked = {together.common(q.code) for one in panes for q in one.asked}  # each of a pair is asked their own
    asked |= {
        place for place, one in agreed.items() if one.source != MODERATED
    }  # some only at reconciliation
    for question in together.sequence:
        if not question.answerable or question.kind not in CHOICE_KINDS or question.code not in asked:
            continue
        given = tuple(
            Given(labels.get(one.examination.examiner or b"", "the examiner"), held)
            for number, one in enumerate(panes)
            if (own := together.place_in(number, question.code)) is not None
            and (held := one.answer(own)) is not None
            and own in one.applied.asked
        )
        calls = question.code in calling
        rows.append(
            Beside(
                question,
                given,
                marks.get(question.code),
                agreed.get(question.code),
                calls,
                calls or (dip and question.scored),
                pane.instance_called(question.code),
            )
        )
    others = tuple(
        f"{labels.get(one.moderator or b'', 'a colleague')} {'has moderated' if one.finished else 'moderates'} it"
        for one in (call.looks if call else ())
        if one.moderator != me
    )
    causes = tuple((cause.cause, cause.question) for cause in call.causes) if call else ()
    return Moderated(pane, look, tuple(rows), causes, seen, _why_not(workspace, case), others)


def _finished(workspace: Workspace, case: CaseFile) -> list[Pane]:
    """The finished examinations of a file that can be read here, the first finished first."""
    held = finished_files(workspace, case.id).get(case.id)
    if held is None:
        raise Fault(
            f"File {case.reference} cannot be moderated: no examination of it is finished and open here."
        )
    first = foremost(held[1])
    some = sorted(held[1], key=lambda one: (one is not first, one.finished or 0, one.id))
    return panes_of(workspace, some, {case.id: case})


def _none_yet(case: CaseFile, me: Id | None, call: Waiting | None, panes: list[Pane]) -> Moderation:
    """The moderation as it will be once the first mark is given."""
    first = call.causes[0] if call else None
    cause = first.cause if first and first.cause in (DIP, TRIGGER) else ASKED
    return Moderation(
        id=moderation_id(case.id, me or b""),
        case_file=case.id,
        moderator=me,
        cause=cause,
        cause_question=parted(first.question)[0] if first else "",
        question_set=panes[0].examination.question_set,
    )


def _why_not(workspace: Workspace, case: CaseFile) -> str:
    me = workspace.identity.member
    if me is None:
        return "This laptop belongs to no member of the team yet, so nothing can be moderated on it."
    if me in hands_on(workspace, [case.id])[case.id]:
        return f"File {case.reference} is your own: nobody moderates a file they have marked or agreed."
    return ""


def _allowed(workspace: Workspace, file: Id, question: str = "") -> tuple[Moderated, Beside | None]:
    view = open_moderation(workspace, file)
    if view.why_not:
        raise Fault(view.why_not)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in view.pane.instances.items()}
    row = view.row(placed(question, ids)) if question else None
    if question and row is None:
        known = parted(placed(question, ids))[0] in {q.code for q in view.pane.questions.answerable}
        why = "it has no list of answers or is not asked" if known else "there is no such question"
        raise Fault(f"{question} of file {view.pane.file.reference} cannot be moderated: {why}.")
    return view, row


def _begun(view: Moderated, at: int | None, reopen: bool = True) -> list[Change]:
    """What makes the moderation, where it was not begun; a new mark opens a finished one again."""
    look = view.look
    if look.started is None:
        fields: Mapping[str, object] = {
            "case_file": look.case_file,
            "moderator": look.moderator,
            "cause": look.cause,
            "cause_question": look.cause_question,
            "question_set": look.question_set,
            "started": _now(at),
        }
        return [Change(Moderation.kind, look.id, fields)]
    return [Change(Moderation.kind, look.id, {"finished": None})] if look.finished and reopen else []


def _now(at: int | None) -> int:
    return int(time.time() * 1000) if at is None else at


def moderate(
    workspace: Workspace,
    *,
    file: Id,
    question: str,
    value: str | None = None,
    reason: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Give one's own mark to a question of a finished file, beside the examiner's answer, which stays.

    question: its code, within a repeat its place or, say, "suspect[2]/S01".
    value: as in `answer`; "" takes the mark back. Raises Fault when the file is the moderator's own.
    """
    view, row = _allowed(workspace, file, question)
    assert row is not None
    fields: dict[str, object] = {}
    if value is not None:
        fields["value"] = checked_value(row.question, value)
    if reason is not None:
        fields["reason"] = reason.strip()
    if not fields:
        raise Fault(f"{row.called}: give a mark or a reason.")
    code, instance = (row.mark.question, row.mark.instance) if row.mark else parted(row.question.code)
    id = mark_id(view.look.id, code, instance)
    changes = _begun(view, at, reopen=value is not None)
    named = {"moderation": view.look.id, "question": code, **_within(instance)}
    changes.append(Change(ModeratedMark.kind, id, {**named, **fields}))
    return do(workspace, "moderate", changes, id=id, as_of=as_of, at=at)


def agree_moderated(
    workspace: Workspace,
    *,
    file: Id,
    question: str,
    value: str,
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Keep the answer that moderator and examiner agree on; it counts from then on, and the originals stay.

    reason: one line, needed where it is not what the examiners answered.
    """
    view, row = _allowed(workspace, file, question)
    assert row is not None
    value = checked_value(row.question, value)
    if not value:
        raise Fault(f"{row.called}: choose the answer you agree on.")
    if not reason.strip() and not row.is_original(value):
        raise Fault(f"{row.called}: say in a line why the answer is another one now.")
    originals = [one.answer for one in row.given if one.answer.value]
    code, instance = (row.agreed.question, row.agreed.instance) if row.agreed else parted(row.question.code)
    id = agreed_id(workspace, view.pane.file.id, code, instance)
    fields = {
        "case_file": view.pane.file.id,
        "question": code,
        **_within(instance),
        "value": value,
        "reason": reason.strip(),
        "one": originals[0].id if originals else None,
        "other": originals[1].id if len(originals) > 1 else None,
        "stands_on": stood_on(originals),
        "by": workspace.identity.member,
        "source": MODERATED,
    }
    changes = [*_begun(view, at, reopen=False), Change(AgreedAnswer.kind, id, fields)]
    return do(workspace, "agree an answer", with_excerpts(workspace, changes), id=id, as_of=as_of, at=at)


def finish_moderation(workspace: Workspace, *, file: Id, at: int | None = None) -> Done:
    """Close the moderation. Raises Fault that names what is not marked or not agreed yet."""
    view, _ = _allowed(workspace, file)
    reference = view.pane.file.reference
    if view.unmarked:
        raise Fault(f"File {reference}: {len(view.unmarked)} to mark ({_named(view.unmarked)}).")
    if view.open:
        raise Fault(
            f"File {reference}: you and the examiner differ at {_named(view.open)}; agree on an answer first."
        )
    if not any(row.marked for row in view.rows):
        raise Fault(f"File {reference}: mark at least one question before you finish.")
    changes = [Change(Moderation.kind, view.look.id, {"finished": _now(at)})]
    return do(workspace, "finish a moderation", changes, id=view.look.id, at=at)


def _within(instance: str) -> dict[str, str]:
    return {"instance": instance} if instance else {}


def _named(rows: tuple[Beside, ...]) -> str:
    return ", ".join(row.called for row in rows[:8]) + (" …" if len(rows) > 8 else "")
