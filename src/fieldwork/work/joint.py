"""Case files that two mark unseen by each other: pairing them, where each stands, and opening what is sealed.

What a pair answers is sealed from the first answer on, and opened when both have finished: by a keeper's laptop, or
by each examiner's own at its next share. Nobody but the author reads anything of it before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.domain.records import CaseFile, Device, Examination, TeamMember
from fieldwork.domain.values import Id, codes, derived_id, joined
from fieldwork.questions import leading
from fieldwork.questions.repeating import parted
from fieldwork.store.members import lead_or_fault, leads, readers
from fieldwork.store.reading import find, get, records, records_of
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.sealed_reading import released
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.instances import repeats_of
from fieldwork.work.jointly import NOBODY as NOBODY
from fieldwork.work.jointly import Jointly, ids_in, jointly
from fieldwork.work.jointly import Marking as Marking
from fieldwork.work.jointly import joint_id as joint_id
from fieldwork.work.jointly import joint_of as joint_of
from fieldwork.work.jointly import members_of as members_of

PAIR, CALIBRATION = "pair", "calibration"
SCOPES = (leading.LED, leading.ALL)
FIRST = "A"
"""The section that is agreed before anything is sealed, where the set has it."""
NO_KEEPER = (
    "Nobody outside the pair keeps the keys of this file: who loses their laptop loses what they answered in it. "
    "Each laptop opens its own answers when it shares after both have finished."
)


def agreed_id(file: Id) -> Id:
    """The open examination of a file in which both write what is agreed first."""
    return derived_id(Examination.kind, file, b"agreed")


def stands_alone(joint: JointMarking) -> bool:
    """Whether it is of a pair of which one examination counts by itself."""
    return joint.purpose == PAIR and len(members_of(joint)) == 1


def examiners_words(workspace: Workspace, examiners: bytes) -> str:
    """Whom the field of that name holds, as a person reads it: "A and B", or "A alone"."""
    found = [find(workspace, TeamMember, id) for id in ids_in(examiners) if id != NOBODY]
    names = [(one.label if one is not None else "") or "a colleague" for one in found]
    return f"{names[0]} alone" if len(names) == 1 else " and ".join(names)


def without(joint: JointMarking, gone: Collection[Id]) -> bytes:
    """Its examiners as they are kept, the places of these empty."""
    return b"".join(NOBODY if one in gone else one for one in ids_in(joint.examiners))


def keepers_of(joint: JointMarking) -> tuple[Id, ...]:
    """The laptops that keep its keys."""
    return ids_in(joint.keepers)


def side_of(joint: JointMarking, member: Id | None) -> str:
    """P for the police examiner, C for the prosecution's; "" for anybody else."""
    examiners = ids_in(joint.examiners)
    if member is None or member == NOBODY or member not in examiners:
        return ""
    return leading.POLICE if examiners.index(member) == 0 else leading.PROSECUTION


@dataclass(frozen=True)
class Share:
    """What one examiner of a joint marking is asked. first: agreed before, by both; sealed: by them alone.

    first_repeats: the repeats that are entered before, by both; repeats: those this examiner enters sealed.
    alone: no second examiner stands beside.
    """

    side: str
    first: frozenset[str]
    sealed: frozenset[str]
    deferred: frozenset[str]
    first_repeats: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    alone: bool = False

    @property
    def asked(self) -> frozenset[str]:
        return self.first | self.sealed

    def asks(self, place: str) -> bool:
        """Whether a question is asked of this examiner, by its place."""
        code = parted(place)[0]
        return code in self.first or code in self.sealed

    def is_first(self, place: str) -> bool:
        """Whether a question is agreed before, by its place."""
        return parted(place)[0] in self.first

    def why_not(self, question: Question) -> str:
        """Why a question is not asked of this examiner, in a sentence."""
        code = parted(question.code)[0]
        if self.alone:
            return f"{code} was for the second examiner; this file stands on one examination, without it."
        if code in self.deferred:
            return f"{code} is asked at reconciliation: its condition reads what the other examiner answers."
        other = "prosecution" if self.side == leading.POLICE else "police"
        return f"{code} is led by the {other} examiner, and not asked of this one."


def parting(joint: JointMarking) -> tuple[str, str, bool]:
    """What its examiners' shares depend on, beside the question set and the side: equal, equal shares."""
    return joint.scope, joint.first_sections, stands_alone(joint)


def share_of(joint: JointMarking, questions: QuestionSet, member: Id | None) -> Share:
    """What an examiner is asked."""
    first = frozenset(codes(joint.first_sections))
    scope = joint.scope or leading.LED
    side = side_of(joint, member)
    sealed = leading.asked_of(questions, side, scope=scope, first=first)
    inside = _inside(questions)
    return Share(
        side,
        frozenset(q.code for q in questions.questions if q.section in first),
        sealed,
        leading.deferred(questions, scope=scope, first=first),
        frozenset(code for code, some in inside.items() if some and all(q.section in first for q in some)),
        frozenset(code for code, some in inside.items() if any(q.code in sealed for q in some)),
        stands_alone(joint),
    )


def _inside(questions: QuestionSet) -> dict[str, list[Question]]:
    """The questions a person answers in each repeat."""
    return {
        group.code: [q for q in questions.answerable if q.repeat == group.code]
        for group in repeats_of(questions)
    }


def unfit_repeat(questions: QuestionSet, *, scope: str, first: Collection[str]) -> str:
    """Why two cannot mark files apart under this set, in a sentence that names the repeat; "" where they can.

    A repeat is entered before, by both, or by each examiner who is asked something in it; at reconciliation
    nothing can be entered.
    """
    sealed = {
        code
        for side in (leading.POLICE, leading.PROSECUTION)
        for code in leading.asked_of(questions, side, scope=scope, first=first)
    }
    for repeat, some in _inside(questions).items():
        group = questions.group(repeat)
        before = [q for q in some if q.section in first]
        if before and len(before) < len(some):
            return (
                f'The repeat "{repeat}" of the question set stands partly in section {before[0].section}, which a '
                "pair agrees first; keep all its questions in one section before files are paired."
            )
        if some and not before and not group.repeat_count and not any(q.code in sealed for q in some):
            return (
                f'The repeat "{repeat}" of the question set could be entered by neither examiner: all its questions '
                "are asked at reconciliation or led by neither; pair with each marking every question, or change "
                "who leads them."
            )
    return ""


# -- pairing


def pair_up(
    workspace: Workspace,
    *,
    file: Id,
    police: Id,
    prosecution: Id,
    keepers: Sequence[bytes] | None = None,
    scope: str = "",
    at: int | None = None,
) -> Done:
    """Let two examiners mark a case file unseen by each other; only a lead does.

    keepers: laptops that keep the keys, else those of leads who are neither of the two. scope: "led" (each marks
    the questions they lead and the joint ones) or "all"; "" for what it was, else "led".
    Once one of a pair has begun, another colleague can take the place of the second; what is marked stays.
    Raises Fault when somebody who would not be one of the two has begun it.
    """
    lead_or_fault(workspace, "pairs examiners")
    held = get(workspace, CaseFile, file)
    names = [get(workspace, TeamMember, member).label for member in (police, prosecution)]
    if police == prosecution:
        raise Fault("A pair is two examiners; name another one.")
    before = _begun_before(workspace, held, (police, prosecution))
    scope = scope or (before.scope if before else "") or leading.LED
    one_of(scope, SCOPES, "who marks what")
    if before is not None and scope != (before.scope or leading.LED):
        raise Fault(f"File {held.reference} was begun, so what each of the two marks stays as it was.")
    first = _first(workspace) if before is None else before.first_sections
    if unfit := unfit_repeat(_set_in_use(workspace), scope=scope, first=codes(first)):
        raise Fault(unfit)
    kept = usual_keepers(workspace, (police, prosecution)) if keepers is None else list(keepers)
    for keeper in kept:
        device = get(workspace, Device, keeper)
        if device.member in (police, prosecution):
            raise Fault(
                f"{device.label} is {names[device.member == prosecution]}'s own; a keeper is outside the pair."
            )
    fields = {
        "case_file": held.id,
        "purpose": PAIR,
        "examiners": police + prosecution,
        "keepers": b"".join(kept) or None,
        "scope": scope,
        "first_sections": first,
    }
    if before is not None and before.called_in in (police, prosecution):
        fields |= {"called_in": None, "called_in_reason": ""}
    return do(
        workspace, "pair a file", [Change(JointMarking.kind, joint_id(held.id), fields)], id=held.id, at=at
    )


def _begun_before(workspace: Workspace, file: CaseFile, pair: tuple[Id, Id]) -> JointMarking | None:
    """How a file was paired of which one of these two has begun; None where nobody has.

    Raises Fault where somebody else has, or where one of the two may read already what the other has sealed.
    """
    entries = sets(workspace).members(file.id)
    joint, begun = joint_of(workspace, file.id), False
    for one in records(workspace, Examination, case_file=entries):
        if one.started is None or one.examiner is None:
            continue
        begun = True
        who = find(workspace, TeamMember, one.examiner)
        name = who.label if who else "an examiner"
        if one.sealing is None or joint is None or joint.purpose != PAIR:
            raise Fault(f"File {file.reference} was begun by {name}; pair a file that nobody has begun.")
        side = side_of(joint, one.examiner)
        if not side and one.examiner not in pair:
            continue  # of an earlier pair, unseen by who made this one: it does not count
        if one.examiner not in pair or (side and pair["PC".index(side)] != one.examiner):
            place = {leading.POLICE: " as the police examiner", leading.PROSECUTION: " as the prosecution's"}
            raise Fault(
                f"File {file.reference} was begun by {name}{place.get(side, '')}, who stays one of the two; name "
                "another colleague beside."
            )
    for standing in sealed_examining.standings(workspace, entries) if begun else ():
        for device in () if standing.released else records(workspace, Device, id=list(standing.keys)):
            if device.member in pair and device.member != standing.member:
                raise Fault(
                    f"{device.label} keeps the key of what is sealed of file {file.reference}; a second examiner "
                    "is somebody who does not."
                )
    return joint if begun else None


def _set_in_use(workspace: Workspace) -> QuestionSet:
    from fieldwork.work.examining import question_set

    return question_set(workspace)


def _first(workspace: Workspace) -> str:
    return joined(s.code for s in _set_in_use(workspace).sections if s.code == FIRST)


def usual_keepers(workspace: Workspace, pair: Collection[Id]) -> list[Id]:
    """The laptops of leads who are none of those who mark."""
    leading_now = leads(workspace)
    with workspace.read() as db:
        return sorted(d.id for d in readers(db) if d.id in leading_now and d.member not in pair)


def warning(workspace: Workspace, file: Id) -> str:
    """What those who pair a file should know, in a sentence; "" where somebody keeps its keys."""
    joint = joint_of(workspace, file)
    if joint is None or keepers_of(joint):
        return ""
    return NO_KEEPER


# -- where each stands


def markings(workspace: Workspace, file: Id) -> list[Marking]:
    """Where each examiner of a joint marking stands: this much everybody may know."""
    found = jointly(workspace, [file])
    return list(found[file].markings) if found else []


def closed_examinations(workspace: Workspace, some: Collection[Examination]) -> frozenset[Id]:
    """Those of these examinations of which nobody but their author may read anything.

    Among them is one whose author is not an examiner of the file any more: what it says stays sealed in its parts.
    """
    return _left_out(workspace, some, waiting=False)


def uncounted_examinations(workspace: Workspace, some: Collection[Examination]) -> frozenset[Id]:
    """Those that do not count: the closed, and of a pair what was opened while the other's is still waited for."""
    return _left_out(workspace, some, waiting=True)


def _left_out(workspace: Workspace, some: Collection[Examination], *, waiting: bool) -> frozenset[Id]:
    sealed = [one for one in some if one.sealing is not None]
    if not sealed:
        return frozenset()
    open_now, together = released(workspace), sets(workspace)
    joints: dict[Id, list[JointMarking]] = {}
    files = {one.case_file for one in sealed if one.case_file}
    for joint in records_of(workspace, JointMarking, "case_file", files):
        joints.setdefault(together.of(joint.case_file or b""), []).append(joint)
    opened: dict[Id, set[Id | None]] = {}
    for one in records_of(workspace, Examination, "case_file", files) if waiting else ():
        if one.id not in open_now:
            continue
        opened.setdefault(together.of(one.case_file or b""), set()).add(one.examiner)

    def counts(one: Examination) -> bool:
        file = together.of(one.case_file or b"")
        its = [joint for joint in joints.get(file, ()) if one.examiner in members_of(joint)]
        if one.id not in open_now or not its:
            return False
        return not waiting or its[0].purpose != PAIR or opened.get(file, set()).issuperset(members_of(its[0]))

    return frozenset(one.id for one in sealed if not counts(one))


def is_open(workspace: Workspace, file: Id) -> bool:
    """Whether the answers of all examiners of a joint marking are open to all."""
    return all(one.state == "open" for one in markings(workspace, file))


# -- opening


@dataclass(frozen=True)
class Due:
    """A file whose examiners have all finished, of which this laptop can open something.

    finishes: by examination. beside: nobody else's finish stands behind it, since the other's was opened before or
    there is no other; then only a keeper's laptop opens it.
    """

    file: CaseFile
    finishes: Mapping[Id, bytes]
    beside: bool = False


def release_due(workspace: Workspace) -> list[Due]:
    """The files this laptop can open now: all their examiners have finished. Nothing is written."""
    waiting = _waiting(workspace, records(workspace, Examination))
    return _due(workspace, jointly(workspace, sorted(waiting)))


def due_among(workspace: Workspace, some: Mapping[Id, Jointly]) -> list[Due]:
    """As `release_due`, of these files alone."""
    waiting = _waiting(workspace, records_of(workspace, Examination, "case_file", some))
    return _due(workspace, {id: one for id, one in some.items() if id in waiting})


def _waiting(workspace: Workspace, some: Iterable[Examination]) -> set[Id]:
    """The files of which something is finished and still closed."""
    sealed = [one for one in some if one.sealing is not None and one.finished]
    closed, together = closed_examinations(workspace, sealed), sets(workspace)
    return {together.of(one.case_file) for one in sealed if one.id in closed and one.case_file}


def _due(workspace: Workspace, some: Mapping[Id, Jointly]) -> list[Due]:
    return [due for one in some.values() if (due := _due_of(workspace, one)) is not None]


def _due_of(workspace: Workspace, one: Jointly) -> Due | None:
    members, held = members_of(one.joint), one.file
    done = [one for one in one.sealed if one.member in members and (one.finish is not None or one.released)]
    if {one.member for one in done} != set(members) or all(one.released or not one.holds for one in done):
        return None
    finishes = {one.examination: one.finish for one in done if one.finish is not None}
    if len({one.member for one in done if one.finish is not None}) > 1:
        return Due(held, finishes)
    kept = {
        one.examination: one.finish
        for one in done
        if one.finish is not None and not one.released and workspace.device not in one.laptops and one.holds
    }
    return Due(held, kept, beside=True) if kept else None


def release(workspace: Workspace, *, file: Id | None = None) -> Done:
    """Open the answers of the files (or of this one) whose examiners have all finished, so far as this laptop can."""
    due = [one for one in release_due(workspace) if file is None or one.file.id == sets(workspace).of(file)]
    if file is not None and not due:
        raise Fault(
            "Nothing of this file can be opened here: both must have finished, and a key must be held here."
        )
    last = Done()
    changed: dict[str, frozenset[Id]] = {}
    for one in due:
        if one.beside:
            recorded = sealed_examining.call_off(
                workspace, list(one.finishes), "finished, with none beside it"
            )
        else:
            recorded = sealed_examining.release(workspace, one.finishes)
        last = Done(one.file.id, recorded.entry)
        for kind, ids in recorded.changed.items():
            changed[kind] = changed.get(kind, frozenset()) | ids
    return Done(last.id, last.entry, changed)


def call_off(workspace: Workspace, *, file: Id, reason: str) -> Done:
    """Open a joint marking though not all have finished, for a stated reason; only a lead who keeps its keys does."""
    lead_or_fault(workspace, "calls a pair off")
    if not reason.strip():
        raise Fault("Say in a few words why the pair is called off.")
    mine = _kept_here(workspace, sets(workspace).members(file))
    if not mine:
        raise Fault("This laptop keeps no key of this file that is still closed; ask the laptop that does.")
    recorded = sealed_examining.call_off(workspace, [one.examination for one in mine], reason.strip())
    return Done(file, recorded.entry, recorded.changed)


def could_call_off(workspace: Workspace) -> frozenset[Id]:
    """The files of which `call_off` would open something here."""
    if workspace.device not in leads(workspace):
        return frozenset()
    return frozenset(sets(workspace).of(one.file) for one in _kept_here(workspace, None))


def _kept_here(workspace: Workspace, files: Collection[Id] | None) -> list[sealed_examining.Standing]:
    return kept_of(workspace, sealed_examining.standings(workspace, files))


def kept_of(
    workspace: Workspace, some: Iterable[sealed_examining.Standing]
) -> list[sealed_examining.Standing]:
    """Of sealed examinations those that are closed, and not this laptop's own, whose key it has."""
    return [one for one in some if one.holds and not one.released and workspace.device not in one.laptops]
