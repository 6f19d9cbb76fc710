"""What two who marked a file apart do not agree on, and what they agree then. Their own answers stay as they are."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking, RepeatInstance
from fieldwork.domain.question_set import Choice, Question, Wording, needs_reason
from fieldwork.domain.records import Answer, CaseFile, TeamMember
from fieldwork.domain.values import Id
from fieldwork.questions.applying import Applied
from fieldwork.questions.compiling import compiled
from fieldwork.questions.repeating import by_place, parted, place_of, placed, sequence
from fieldwork.store.members import leads
from fieldwork.store.reading import get
from fieldwork.store.recording import Change, record
from fieldwork.store.sealed_reading import released
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import MODERATED, Place, agreed_answers, agreed_id, stood_on
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane, checked_value
from fieldwork.work.instances import Instances, widened
from fieldwork.work.joint import stands_alone
from fieldwork.work.jointly import Jointly, joint_of, jointly, members_of
from fieldwork.work.matching import Matched, by_file, matched, with_entries
from fieldwork.work.panes import applied_to, open_parts, root_of

DIFFERS, ASKED_NOW = "differs", "asked now"
CALLED_IN = "called in"
ONE_NOT_APPLICABLE, ONE_ASKED = "one said not applicable", "asked of one alone"
ENTERED_ALONE = "entered by one alone"
THERE, NOT_THERE = "yes", "no"
IS_IT_THERE = "One examiner entered it, the other did not. Does it stand?"
ADDED_HERE = "Neither examiner had entered it; it was added here. Does it stand?"
_HEX = re.compile("[0-9a-f]{32}")
_THERE_OR_NOT = (
    Choice(THERE, Wording((("", "It is there"),))),
    Choice(NOT_THERE, Wording((("", "It is not there"),))),
)
_NOT_APPLICABLE = "NA"


@dataclass(frozen=True)
class Disagreement:
    """A question to settle. one, other: the police and the prosecution examiner's answers, None where there is none.

    what: "differs", "one said not applicable", "asked of one alone" (an answer before it differs), "asked now"
    (nobody was asked before) or "entered by one alone" (one of a repeat, and whether it is there is the question).
    question: its code is the place; within: which of a repeat, in words. agreed: what stands now; stale: that it was
    agreed on other answers than today's. since: of what is asked now, the answers its condition reads, by question.
    """

    question: Question
    one: Answer | None
    other: Answer | None
    what: str
    agreed: AgreedAnswer | None = None
    stale: bool = False
    since: tuple[tuple[Question, str], ...] = ()
    within: str = ""

    @property
    def called(self) -> str:
        """The question as a person reads it: "S01", or "S01, Suspect 2"."""
        code = parted(self.question.code)[0]
        return f"{code}, {self.within}" if self.within else code

    @property
    def settled(self) -> bool:
        return self.agreed is not None and self.agreed.value != "" and not self.stale


@dataclass(frozen=True)
class Reconciling:
    """A file whose examiners have both finished, as it stands. all: what they did not agree on, in the set's order.

    pane: the file as what stands makes it, in the examination of the first; before: the places either was asked.
    """

    file: CaseFile
    joint: JointMarking
    all: tuple[Disagreement, ...]
    pane: Pane
    before: frozenset[str]

    @property
    def applied(self) -> Applied:
        """Which questions apply with what stands."""
        return self.pane.applied

    @property
    def answers(self) -> Mapping[str, str]:
        """What stands by place, where something does and is asked."""
        asked = self.asked
        return {place: held.value for place, held in self.pane.answers.items() if place in asked}

    def worded(self, one: Disagreement) -> str:
        """The words of a question, behind the suspect or submission it is asked of."""
        label = one.question.label
        said = str(label) if one.what == ENTERED_ALONE else self.pane.filled(one.question, label)
        return f"{one.within} \u00b7 {said}" if one.within else said

    @property
    def open(self) -> tuple[Disagreement, ...]:
        """What is still to settle."""
        return tuple(one for one in self.all if not one.settled)

    @property
    def asked(self) -> frozenset[str]:
        return frozenset(self.applied.asked)


def to_reconcile(workspace: Workspace, file: Id) -> Reconciling:
    """What a file's examiners do not agree on. Raises Fault while their answers are not open to both."""
    case = get(workspace, CaseFile, file)
    one = jointly(workspace, [file]).get(file)
    if one is None:
        raise Fault(f"File {case.reference} is not marked by a pair.")
    if stands_alone(one.joint):
        raise Fault(f"File {case.reference} stands on one examination; there is nothing to settle.")
    waiting = [marking.name for marking in one.markings if marking.state != "open"]
    if waiting:
        raise Fault(
            f"File {case.reference} is closed until both have finished and a key was given out; "
            f"it still waits for {' and '.join(waiting)}."
        )
    return reconciled(workspace, [one])[case.id]


def reconciled(workspace: Workspace, some: Sequence[Jointly]) -> dict[Id, Reconciling]:
    """By file, what examiners do not agree on of files of pairs that are open to all, read together."""
    wanted = [(one, member) for one in some for member in members_of(one.joint)[:2]]
    panes = by_file(open_parts(workspace, wanted))
    agreed = agreed_answers(workspace, [one.file.id for one in some])
    return {one.file.id: _reconciled(one, panes[one.file.id], agreed.get(one.file.id, {})) for one in some}


def _reconciled(
    one: Jointly, panes: Sequence[Pane], agreed_upon: Mapping[Place, AgreedAnswer]
) -> Reconciling:
    together = with_entries(matched(panes), panes[0].questions, entered_together(agreed_upon))
    both = _Both(tuple(panes), together)
    agreed = {both.together.common(place_of(*place)): held for place, held in agreed_upon.items()}
    alone = {id: _one_alone(both, id, repeat, agreed) for id, repeat in both.alone().items()}
    gone = {id for id, one in alone.items() if one.settled and one.agreed and one.agreed.value == NOT_THERE}
    unsettled = {id for id, one in alone.items() if not one.settled}
    found: dict[str, Disagreement] = {}
    answers: dict[str, str] = {}
    for q in both.together.sequence:
        if not q.answerable or parted(q.code)[1] in gone | unsettled:
            continue
        if differ := _compared(q, both, agreed.get(q.code), alone):
            found[q.code] = differ
        if said := _standing(q.code, both, found.get(q.code), agreed.get(q.code)):
            answers[q.code] = said
    pane = _as_agreed(both, answers, gone)
    while asked_now := [
        q
        for q in pane.sequence
        if q.answerable
        and q.code in pane.applied.asked
        and q.code not in found
        and parted(q.code)[1] not in unsettled
        and not both.answered(q.code)
    ]:
        for question in asked_now:
            since = _read_by(pane, question, answers)
            held = agreed.get(question.code)
            asked = Disagreement(question, None, None, ASKED_NOW, held, since=since)
            found[question.code] = replace(asked, within=pane.instance_called(question.code))
            if asked.settled and held is not None:
                answers[question.code] = held.value
        pane = _as_agreed(both, answers, gone)
    rows = _in_order(both, pane, found, alone)
    before = {q.code for q in both.together.sequence if both.asked(0, q.code) or both.asked(1, q.code)}
    return Reconciling(one.file, one.joint, rows, pane, frozenset(before))


def entered_together(known: Mapping[Place, AgreedAnswer]) -> list[RepeatInstance]:
    """Entries that were agreed to be there, among them those that neither examiner has."""
    some = [(place, one) for place, one in known.items() if place[1] and one.value == THERE]
    return [
        RepeatInstance(id=bytes.fromhex(instance), repeat=repeat, label=one.comment)
        for (repeat, instance), one in some
        if _HEX.fullmatch(instance)
    ]


@dataclass(frozen=True)
class _Both:
    """What the two answered, by the places of what they have together."""

    panes: tuple[Pane, ...]
    together: Matched

    def answer(self, number: int, place: str) -> Answer | None:
        own = self.together.place_in(number, place)
        return self.panes[number].answer(own) if own is not None else None

    def asked(self, number: int, place: str) -> bool:
        return self.together.place_in(number, place) in self.panes[number].applied.asked

    def given(self, place: str) -> tuple[Answer | None, Answer | None]:
        """What each answered of what they were asked."""
        one, other = (self.answer(n, place) if self.asked(n, place) else None for n in (0, 1))
        return one, other

    def answered(self, place: str) -> bool:
        return any(held is not None and held.value for held in self.given(place))

    def alone(self) -> dict[str, str]:
        """By id, the repeat of each entry that not both have who could both enter it; none that the form counts."""
        shares = [pane.share for pane in self.panes]
        repeats = frozenset.intersection(*(share.repeats for share in shares if share is not None))
        return {
            one.id.hex(): repeat
            for repeat, some in self.together.instances.items()
            if repeat in repeats and not self.panes[0].questions.group(repeat).repeat_count
            for one in some
            if any(one.id.hex() not in own for own in self.together.own)
        }


def _one_alone(both: _Both, id: str, repeat: str, agreed: Mapping[str, AgreedAnswer]) -> Disagreement:
    """What there is to settle of an entry that one of the two has alone: whether it is there."""
    place = place_of(repeat, id)
    numbered = both.together.number(repeat, id)
    entry = both.together.instances[repeat][numbered - 1]
    label = both.panes[0].questions.group(repeat).label
    sides = [
        Answer(
            id=entry.id if id in own else b"",
            examination=pane.examination.id,
            question=repeat,
            instance=id,
            value=THERE if id in own else NOT_THERE,
            comment=entry.label if id in own else "",
        )
        for pane, own in zip(both.panes, both.together.own, strict=True)
    ]
    held = agreed.get(place)
    asks = IS_IT_THERE if any(id in own for own in both.together.own) else ADDED_HERE
    return Disagreement(
        Question(place, "select_one", Wording((("", asks),)), repeat=repeat, choices=_THERE_OR_NOT),
        sides[0],
        sides[1],
        ENTERED_ALONE,
        held,
        held is not None and held.stands_on != _stood_on(*sides),
        within=entry.label or f"{both.panes[0].applied.filled(str(label)) or repeat} {numbered}",
    )


def _in_order(
    both: _Both, pane: Pane, found: Mapping[str, Disagreement], alone: Mapping[str, Disagreement]
) -> tuple[Disagreement, ...]:
    """In the set's order; whether an entry is there stands before what is asked of it."""
    applies, waiting = set(pane.applied.asked), dict(alone)
    rows = []
    ids = {
        repeat: list(dict.fromkeys(one.id.hex() for one in (*some, *pane.instances.get(repeat, ()))))
        for repeat, some in both.together.instances.items()
    }
    for question in sequence(pane.questions, ids):
        there = waiting.pop(parted(question.code)[1], None)
        if there is not None and question.repeat in pane.applied.instances:
            rows.append(there)
        if question.code in found and question.code in applies:
            rows.append(found[question.code])
    return tuple(rows)


def _compared(
    question: Question, both: _Both, agreed: AgreedAnswer | None, alone: Collection[str]
) -> Disagreement | None:
    """What there is to settle between the two answers to a question that both were asked; None where they agree.

    Words of one's own are nothing to agree on: both stand. Nor is there anything in an entry that one has alone.
    """
    code, instance = parted(question.code)
    if question.kind == "text" or instance in alone:
        return None
    if any(pane.share is None or code not in pane.share.sealed for pane in both.panes):
        return None
    one, other = both.given(question.code)
    values = [held.value if held is not None else "" for held in (one, other)]
    if values[0] == values[1]:
        return None
    if "" in values:
        what = ONE_ASKED
    else:
        what = ONE_NOT_APPLICABLE if _NOT_APPLICABLE in values else DIFFERS
    stale = agreed is not None and agreed.source != MODERATED and agreed.stands_on != _stood_on(one, other)
    within = both.together.called(both.panes[0], question.code) if instance else ""
    return Disagreement(question, one, other, what, agreed, stale, within=within)


def _standing(place: str, both: _Both, differ: Disagreement | None, moderated: AgreedAnswer | None) -> str:
    """What stands: what was agreed where they differed or a moderator did, else what was answered; "" for nothing."""
    if differ is not None:
        return differ.agreed.value if differ.settled and differ.agreed is not None else ""
    if moderated is not None and moderated.source == MODERATED:
        return moderated.value
    return next((held.value for held in both.given(place) if held is not None and held.value), "")


def _read_by(pane: Pane, question: Question, answers: Mapping[str, str]) -> tuple[tuple[Question, str], ...]:
    """What stands at the questions that this one's condition reads."""
    code, instance = parted(question.code)
    reads = compiled(pane.questions).nodes[code].reads()
    return tuple(
        (replace(q, code=pane.called(q.code)), answers[q.code])
        for q in pane.sequence
        if parted(q.code)[0] in reads
        and (q.repeat != question.repeat or parted(q.code)[1] == instance)
        and q.answerable
        and answers.get(q.code)
    )


def _as_agreed(both: _Both, answers: Mapping[str, str], gone: Collection[str]) -> Pane:
    """The pane of what stands, with the entries of both but those that were settled as not there."""
    pane = both.panes[0]
    at = pane.examination.finished
    now = datetime.now() if at is None else datetime.fromtimestamp(at / 1000)
    held = {
        place: Answer(id=b"", question=parted(place)[0], instance=parted(place)[1], value=value)
        for place, value in answers.items()
    }
    instances: Instances = {
        repeat: tuple(one for one in some if one.id.hex() not in gone)
        for repeat, some in both.together.instances.items()
    }
    applied = applied_to(pane.questions, pane.file, held, now, instances)
    if instances:
        instances = widened(instances, root_of(pane.file, pane.examination, pane.share), applied.instances)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in instances.items()}
    return replace(
        pane,
        answers=held,
        applied=by_place(applied, ids),
        share=None,
        instances=instances,
        sequence=sequence(pane.questions, ids),
    )


def _stood_on(*answers: Answer | None) -> bytes:
    return stood_on(one for one in answers if one is not None)


def as_one(workspace: Workspace, panes: Sequence[Pane]) -> list[Pane]:
    """These panes, those of a pair whose answers are all open as one: the agreed answers before the originals.

    What is still to settle, and what hangs on it, is `differing` there.
    """
    pairs = {pane.file.id: pane for pane in panes if pane.released and not pane.by_itself}
    both = [one for one in jointly(workspace, pairs).values() if one.is_open]
    standings = reconciled(workspace, both)
    made: list[Pane] = [pane for pane in panes if pane.by_itself or pane.file.id not in standings]
    for id, standing in sorted(standings.items()):
        agreed = standing.pane
        made.append(
            replace(
                pairs[id],
                answers={place: agreed.answers[place] for place in standing.answers},
                applied=agreed.applied,
                share=None,
                instances=agreed.instances,
                sequence=agreed.sequence,
                differing=_differing(standing),
            )
        )
    return made


def _differing(standing: Reconciling) -> frozenset[str]:
    """What is still to settle and what hangs on it, by place; of an entry that may not be there all that is in it."""
    pane = standing.pane
    codes, places = set(), set()
    for one in standing.open:
        code, instance = parted(one.question.code)
        if one.what != ASKED_NOW:
            codes.add(code)
        if one.what == ENTERED_ALONE:
            places |= {place for place in standing.before if parted(place)[1] == instance}
        elif one.what != ASKED_NOW:
            places.add(one.question.code)
    if not codes:
        return frozenset()
    hanging = compiled(pane.questions).hanging_on(codes)
    return frozenset(
        places
        | {
            q.code
            for q in pane.sequence
            if parted(q.code)[0] in hanging and q.code not in standing.asked and q.code in standing.before
        }
    )


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

    question: its code, within a repeat its place; a repeat and one of its entries for whether that is there.
    Who settles is one of the two, or who was called in. Where answers differ a reason is needed.
    """
    standing = to_reconcile(workspace, file)
    source = source_of(workspace, standing)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in standing.pane.instances.items()}
    place = placed(question, ids)
    one = next((d for d in standing.all if d.question.code == place), None)
    if one is None:
        raise Fault(f"File {standing.file.reference}: there is nothing to settle at {question}.")
    kept = checked_value(one.question, value)
    if not kept:
        raise Fault(f"{one.called}: give the answer that is to stand.")
    if not reason.strip() and (one.what != ASKED_NOW or needs_reason(one.question, kept)):
        raise Fault(f"{one.called}: say in a line why this is to stand.")
    code, instance = (one.agreed.question, one.agreed.instance) if one.agreed else parted(place)
    records_of = [d.id if d is not None and one.what != ENTERED_ALONE else None for d in (one.one, one.other)]
    fields = {
        "case_file": standing.file.id,
        "question": code,
        **({"instance": instance} if instance else {}),
        "value": kept,
        "reason": reason.strip(),
        "comment": comment.strip(),
        "one": records_of[0],
        "other": records_of[1],
        "stands_on": _stood_on(one.one, one.other),
        # the two are known from the pair; naming which of them wrote it would be a clash where they wrote the same
        "by": workspace.identity.member if source == CALLED_IN else None,
        "source": "asked" if source == "reconciled" and one.what == ASKED_NOW else source,
    }
    id = agreed_id(workspace, standing.file.id, code, instance)
    open_now = released(workspace)
    behind = sorted({open_now[e] for d in (one.one, one.other) if d and (e := d.examination) in open_now})
    change = Change(AgreedAnswer.kind, id, fields)
    recorded = record(workspace, "agree", [change], as_of=as_of, at=at, builds_on=behind)
    return Done(id, recorded.entry, recorded.changed)


def source_of(workspace: Workspace, standing: Reconciling) -> str:
    """How what this laptop's examiner settles comes about. Raises Fault where the file is not theirs to settle."""
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
    one = jointly(workspace, [file]).get(file)
    return one is not None and one.is_open and not to_reconcile(workspace, file).open
