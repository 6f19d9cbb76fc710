"""What two who marked a file apart do not agree on, and what they agree then. Their own answers stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking
from fieldwork.domain.question_set import Question, needs_reason
from fieldwork.domain.records import Answer, CaseFile, TeamMember
from fieldwork.domain.values import Id
from fieldwork.questions.applying import Applied
from fieldwork.questions.compiling import compiled
from fieldwork.store.members import leads
from fieldwork.store.reading import get
from fieldwork.store.recording import Change, record
from fieldwork.store.sealed_reading import released
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import MODERATED, agreed_answers, agreed_id, stood_on
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane, applied_to, checked_value, open_file
from fieldwork.work.joint import joint_of, markings, members_of

DIFFERS, ASKED_NOW = "differs", "asked now"
CALLED_IN = "called in"
ONE_NOT_APPLICABLE, ONE_ASKED = "one said not applicable", "asked of one alone"
_NOT_APPLICABLE = "NA"


@dataclass(frozen=True)
class Disagreement:
    """A question to settle. one, other: the police and the prosecution examiner's answers, None where there is none.

    what: "differs", "one said not applicable", "asked of one alone" (an answer before it differs), "asked now"
    (nobody was asked before). agreed: what stands now; stale: that it was agreed on other answers than today's.
    since: of what is asked now, the answers its condition reads, by question.
    """

    question: Question
    one: Answer | None
    other: Answer | None
    what: str
    agreed: AgreedAnswer | None = None
    stale: bool = False
    since: tuple[tuple[Question, str], ...] = ()

    @property
    def settled(self) -> bool:
        return self.agreed is not None and self.agreed.value != "" and not self.stale


@dataclass(frozen=True)
class Reconciling:
    """A file whose examiners have both finished, as it stands. all: what they did not agree on, in the set's order.

    answers: what stands by question code, where something does; applied: which questions apply with that.
    """

    file: CaseFile
    joint: JointMarking
    all: tuple[Disagreement, ...]
    answers: Mapping[str, str]
    applied: Applied

    @property
    def open(self) -> tuple[Disagreement, ...]:
        """What is still to settle."""
        return tuple(one for one in self.all if not one.settled)

    @property
    def asked(self) -> frozenset[str]:
        return frozenset(self.applied.asked)


def to_reconcile(workspace: Workspace, file: Id) -> Reconciling:
    """What a file's examiners do not agree on. Raises Fault while their answers are not open to both."""
    joint, case = joint_of(workspace, file), get(workspace, CaseFile, file)
    if joint is None:
        raise Fault(f"File {case.reference} is not marked by a pair.")
    waiting = [one.name for one in markings(workspace, file) if one.state != "open"]
    if waiting:
        raise Fault(
            f"File {case.reference} is closed until both have finished and a key was given out; "
            f"it still waits for {' and '.join(waiting)}."
        )
    panes = [open_file(workspace, case.id, member) for member in members_of(joint)[:2]]
    agreed = _agreed(workspace, case.id)
    pairs = {
        q.code: (panes[0].answer(q.code), panes[1].answer(q.code)) for q in panes[0].questions.answerable
    }
    found = {
        q.code: one for q in panes[0].questions.answerable if (one := _compared(q, panes, agreed.get(q.code)))
    }
    answers = {
        code: said
        for code, pair in pairs.items()
        if (said := _standing(code, pair, found, panes, agreed.get(code)))
    }
    applied = _applied(panes[0], answers)
    while asked_now := [
        q
        for q in panes[0].questions.answerable
        if q.code in applied.asked and q.code not in found and _unasked(q, panes)
    ]:
        for question in asked_now:
            since = _read_by(panes[0], question, answers)
            one = Disagreement(question, None, None, ASKED_NOW, agreed.get(question.code), since=since)
            found[question.code] = one
            if one.settled and one.agreed is not None:
                answers[question.code] = one.agreed.value
        applied = _applied(panes[0], answers)
    applies = set(applied.asked)
    order = [found[q.code] for q in panes[0].questions.answerable if q.code in found and q.code in applies]
    standing = {code: said for code, said in answers.items() if code in applies}
    return Reconciling(case, joint, tuple(order), standing, applied)


def _agreed(workspace: Workspace, file: Id) -> dict[str, AgreedAnswer]:
    held = agreed_answers(workspace, file).get(file, {})
    return {question: one for (question, instance), one in held.items() if not instance}


def _compared(question: Question, panes: list[Pane], agreed: AgreedAnswer | None) -> Disagreement | None:
    """What there is to settle between the two answers to a question that both were asked; None where they agree.

    Words of one's own are nothing to agree on: both stand.
    """
    shares = [pane.share for pane in panes]
    if question.kind == "text":
        return None
    if any(share is None or question.code not in share.sealed for share in shares):
        return None
    one, other = (
        pane.answer(question.code) if question.code in pane.applied.asked else None for pane in panes
    )
    values = [held.value if held is not None else "" for held in (one, other)]
    if values[0] == values[1]:
        return None
    if "" in values:
        what = ONE_ASKED
    else:
        what = ONE_NOT_APPLICABLE if _NOT_APPLICABLE in values else DIFFERS
    stale = agreed is not None and agreed.source != MODERATED and agreed.stands_on != _stood_on(one, other)
    return Disagreement(question, one, other, what, agreed, stale)


def _standing(
    code: str,
    pair: tuple[Answer | None, Answer | None],
    found: Mapping[str, Disagreement],
    panes: list[Pane],
    moderated: AgreedAnswer | None,
) -> str:
    """What stands: what was agreed where they differed or a moderator did, else what was answered; "" for nothing."""
    if code in found:
        one = found[code]
        return one.agreed.value if one.settled and one.agreed is not None else ""
    if moderated is not None and moderated.source == MODERATED:
        return moderated.value
    given = [
        held.value for held, pane in zip(pair, panes, strict=True) if held and code in pane.applied.asked
    ]
    return next((value for value in given if value), "")


def _unasked(question: Question, panes: list[Pane]) -> bool:
    """Whether neither has answered a question that applies."""
    return not any(pane.answered(question) and question.code in pane.applied.asked for pane in panes)


def _read_by(pane: Pane, question: Question, answers: Mapping[str, str]) -> tuple[tuple[Question, str], ...]:
    """What stands at the questions that this one's condition reads."""
    reads = compiled(pane.questions).nodes[question.code].reads()
    return tuple(
        (q, answers[q.code]) for q in pane.questions.answerable if q.code in reads and answers.get(q.code)
    )


def _applied(pane: Pane, answers: Mapping[str, str]) -> Applied:
    at = pane.examination.finished
    now = datetime.now() if at is None else datetime.fromtimestamp(at / 1000)
    held = {code: Answer(id=b"", question=code, value=value) for code, value in answers.items()}
    return applied_to(pane.questions, pane.file, held, now)


def _stood_on(*answers: Answer | None) -> bytes:
    return stood_on(one for one in answers if one is not None)


def as_one(workspace: Workspace, panes: Sequence[Pane]) -> list[Pane]:
    """These panes, those of a pair whose answers are all open as one: the agreed answers before the originals.

    What is still to settle, and what hangs on it, is `differing` there.
    """
    pairs = {pane.file.id: pane for pane in panes if pane.share is not None and pane.released}
    both = {id for id in pairs if all(one.state == "open" for one in markings(workspace, id))}
    made: list[Pane] = [pane for pane in panes if pane.share is None or pane.file.id not in both]
    for id in sorted(both):
        standing, pane = to_reconcile(workspace, id), pairs[id]
        answers = {
            code: Answer(id=b"", question=code, value=value) for code, value in standing.answers.items()
        }
        differing = {one.question.code for one in standing.open if one.what != ASKED_NOW}
        if differing:
            hanging = compiled(pane.questions).hanging_on(differing)
            differing |= {
                code for code in hanging if code not in standing.asked and _any_asked(workspace, id, code)
            }
        made.append(
            replace(
                pane, answers=answers, applied=standing.applied, share=None, differing=frozenset(differing)
            )
        )
    return made


def _any_asked(workspace: Workspace, file: Id, code: str) -> bool:
    joint = joint_of(workspace, file)
    members = members_of(joint)[:2] if joint is not None else ()
    return any(code in open_file(workspace, file, member).applied.asked for member in members)


# -- agreeing


def agree(
    workspace: Workspace,
    *,
    file: Id,
    question: str,
    value: str,
    reason: str = "",
    comment: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Settle one question of a file that two have marked; the original answers stay.

    Who settles is one of the two, or who was called in. Where answers differ a reason is needed.
    """
    standing = to_reconcile(workspace, file)
    source = _source(workspace, standing)
    one = next((d for d in standing.all if d.question.code == question), None)
    if one is None:
        raise Fault(f"File {standing.file.reference}: there is nothing to settle at {question}.")
    kept = checked_value(one.question, value)
    if not kept:
        raise Fault(f"{question}: give the answer that is to stand.")
    if not reason.strip() and (one.what != ASKED_NOW or needs_reason(one.question, kept)):
        raise Fault(f"{question}: say in a line why this is to stand.")
    fields = {
        "case_file": standing.file.id,
        "question": question,
        "value": kept,
        "reason": reason.strip(),
        "comment": comment.strip(),
        "one": one.one.id if one.one else None,
        "other": one.other.id if one.other else None,
        "stands_on": _stood_on(one.one, one.other),
        # the two are known from the pair; naming which of them wrote it would be a clash where they wrote the same
        "by": workspace.identity.member if source == CALLED_IN else None,
        "source": "asked" if source == "reconciled" and one.what == ASKED_NOW else source,
    }
    id = agreed_id(workspace, standing.file.id, question)
    open_now = released(workspace)
    behind = sorted({open_now[e] for d in (one.one, one.other) if d and (e := d.examination) in open_now})
    change = Change(AgreedAnswer.kind, id, fields)
    recorded = record(workspace, "agree", [change], as_of=as_of, at=at, builds_on=behind)
    return Done(id, recorded.entry, recorded.changed)


def _source(workspace: Workspace, standing: Reconciling) -> str:
    me = workspace.identity.member
    if me is not None and me == standing.joint.called_in:
        return CALLED_IN
    if me in members_of(standing.joint):
        return "reconciled"
    raise Fault(
        f"File {standing.file.reference} is settled by its two examiners; they, or a lead, can call you in."
    )


def call_in(workspace: Workspace, *, file: Id, member: Id, reason: str, at: int | None = None) -> Done:
    """Call a third person in to settle what two do not agree on; one of the two does, or a lead."""
    joint = joint_of(workspace, file)
    if joint is None:
        raise Fault("This file is not marked by a pair; nobody needs to be called in.")
    third = get(workspace, TeamMember, member)
    if member in members_of(joint):
        raise Fault(f"{third.label} is one of the two; call in somebody else.")
    if workspace.identity.member not in members_of(joint) and workspace.device not in leads(workspace):
        raise Fault("Only one of the two examiners, or a lead, calls somebody in.")
    if not reason.strip():
        raise Fault("Say in a line why a third person is needed.")
    fields = {"called_in": member, "called_in_reason": reason.strip()}
    change = Change(JointMarking.kind, joint.id, fields)
    return do(workspace, "call in", [change], id=joint.id, at=at)


def finished(workspace: Workspace, file: Id) -> bool:
    """Whether both have finished, their answers are open, and nothing is left to settle."""
    if any(one.state != "open" for one in markings(workspace, file)):
        return False
    return joint_of(workspace, file) is not None and not to_reconcile(workspace, file).open
