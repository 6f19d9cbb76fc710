"""How the files of blind pairs stand, for whoever looks at this laptop: in states, never in answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import (
    AgreedAnswer,
    JointMarking,
    MarkingNote,
    ModeratedMark,
    Moderation,
    RepeatInstance,
    SealedKey,
    SealedPart,
)
from fieldwork.domain.records import (
    Answer,
    CaseFile,
    EvidenceLink,
    Examination,
    Finding,
    NoteLine,
    Session,
    Tag,
    TeamMember,
    Theme,
)
from fieldwork.domain.values import Id
from fieldwork.questions import leading
from fieldwork.questions.compiling import compiled
from fieldwork.store.members import leads
from fieldwork.store.reading import records
from fieldwork.store.recording import moment
from fieldwork.store.same import sets
from fieldwork.store.sealed_reading import sealed_files
from fieldwork.store.since import Moment, moment_now, touched_since
from fieldwork.store.workspace import Workspace
from fieldwork.work import files, joint, reconciling, sealed_examining
from fieldwork.work.done import Done
from fieldwork.work.file_view import called
from fieldwork.work.files import FileState
from fieldwork.work.jointly import Jointly, jointly
from fieldwork.work.panes import asked_parts, open_parts

FIRST, MARK, SEALED, CLOSED, RECONCILE, AGREED, APART, OFF, ALONE = (
    "first",
    "mark",
    "sealed",
    "closed",
    "reconcile",
    "agreed",
    "apart",
    "off",
    "alone",
)


NAMED = 3  # files that are named before the rest is counted


@dataclass(frozen=True)
class Standing:
    """Where a paired file stands, seen from here.

    state: "first" (the section agreed first is open), "mark" (one's own part is), "sealed" (one's own is finished,
    the colleague's not), "closed" (both have finished, nothing is open yet), "reconcile", "agreed", "apart" (two
    others mark it), "off" (open in part, before both had finished: it was called off), or "alone" (open, and counted
    on one examination). section: what comes first. todo: questions to settle. settles: whether this examiner does.
    mine: whether they are one of the two. single: nobody marks it beside them. passing: the time of reading tells what
    applies in it.
    """

    file: CaseFile
    state: str
    section: str = ""
    todo: int = 0
    settles: bool = False
    mine: bool = False
    deferred: tuple[str, ...] = ()
    single: bool = False
    passing: bool = False

    @property
    def to_reconcile(self) -> bool:
        return self.state == RECONCILE


@dataclass(frozen=True)
class Team:
    """Who can be paired: (id, name, inspectorate's code), and the overlap files of the draw that wait for a pair.

    begun: of the file asked about, the police and the prosecution examiner who have begun and stay, None for a place
    that is free. scope: what each marks, where it stays; else "".
    """

    members: tuple[tuple[Id, str, str], ...]
    overlap: tuple[CaseFile, ...]
    begun: tuple[Id | None, Id | None] = (None, None)
    scope: str = ""


@dataclass(frozen=True)
class PairBoard:
    """What the window shows of pairs. due: files that can be opened here now; own_due: how many of them one marked.

    kept: files that a lead could call off here; single: those that one of two alone has begun, which a lead could let
    stand so.
    """

    by_file: Mapping[Id, Standing] = field(default_factory=dict)
    due: tuple[CaseFile, ...] = ()
    own_due: int = 0
    leads: bool = False
    kept: frozenset[Id] = frozenset()
    single: frozenset[Id] = frozenset()

    @property
    def mine(self) -> tuple[Standing, ...]:
        """What this examiner is to reconcile."""
        return tuple(one for one in self.by_file.values() if one.to_reconcile and one.settles)


@dataclass(frozen=True)
class _Stood:
    """What a file was found to be. due: it can be opened here; kept: it could be called off; single: one of two alone
    has begun.
    """

    standing: Standing | None
    due: bool
    kept: bool
    single: bool


@dataclass(frozen=True)
class _Kept:
    """What was found of every file with anything sealed or paired, and when."""

    moment: Moment
    reader: tuple[Id, Id | None]
    leads: bool
    stood: Mapping[Id, _Stood]


_BELOW = frozenset(
    {Examination.kind, Answer.kind, AgreedAnswer.kind, RepeatInstance.kind, SealedPart.kind, SealedKey.kind}
)
_BESIDE = frozenset(
    {NoteLine.kind, Session.kind, Finding.kind, EvidenceLink.kind, Tag.kind, Theme.kind}
    | {MarkingNote.kind, Moderation.kind, ModeratedMark.kind}
)


def pair_board(workspace: Workspace) -> PairBoard:
    """How all paired files stand. Nothing is written.

    What was found is kept with the open workspace: files of which nothing was written since are not looked at again.
    """
    kept = _all_stood(workspace)
    workspace.__dict__["pair_board"] = kept
    stood = {id: one for id, one in kept.stood.items() if one.standing is not None}
    if not stood:
        return PairBoard(leads=kept.leads)
    some = sorted((one.standing for one in stood.values() if one.standing), key=_by_reference)
    found = {one.file.id: one for one in some}
    due = tuple(one.file for id, one in found.items() if stood[id].due)
    return PairBoard(
        found,
        due,
        sum(found[file.id].mine for file in due),
        kept.leads,
        frozenset(id for id, one in kept.stood.items() if one.kept and kept.leads),
        frozenset(id for id, one in stood.items() if one.single and kept.leads),
    )


def _by_reference(one: Standing) -> tuple[str, Id]:
    return one.file.reference, one.file.id


def _all_stood(workspace: Workspace) -> _Kept:
    now, reader = moment_now(workspace), (workspace.device, workspace.identity.member)
    before: _Kept | None = workspace.__dict__.get("pair_board")
    touched: set[Id] | None = None
    if before is not None and before.reader == reader:
        touched = touched_since(workspace, before.moment, top=CaseFile.kind, below=_BELOW, beside=_BESIDE)
    if before is None or touched is None:
        return _Kept(now, reader, workspace.device in leads(workspace), _stood(workspace, _files(workspace)))
    passing = {id for id, one in before.stood.items() if one.standing is not None and one.standing.passing}
    again = {now.sets.of(id) for id in touched}
    if not again <= before.stood.keys():
        again &= {*before.stood, *map(now.sets.of, sealed_files(workspace))}
    again |= passing
    found = _stood(workspace, again) if again else {}
    return _Kept(now, reader, before.leads, {**before.stood, **found})


def _files(workspace: Workspace) -> set[Id]:
    """Every file that is paired, or of which anything is sealed."""
    together = sets(workspace)
    paired = {one.case_file for one in records(workspace, JointMarking, purpose=joint.PAIR)}
    return {together.of(file) for file in paired | sealed_files(workspace) if file is not None}


def _stood(workspace: Workspace, files: Collection[Id]) -> dict[Id, _Stood]:
    some, together = jointly(workspace, sorted(files)), sets(workspace)
    found = standings(workspace, some)
    due = {one.file.id for one in joint.due_among(workspace, some)}
    loose = [one for file in files if file not in some for one in together.members(file)]
    every = [
        *(one for its in some.values() for one in its.sealed),
        *sealed_examining.standings(workspace, loose),
    ]
    kept = {together.of(one.file) for one in joint.kept_of(workspace, every)}
    return {
        id: _Stood(found.get(id), id in due, id in kept, id in some and _begun_by_one(some[id]))
        for id in files
    }


def _begun_by_one(one: Jointly) -> bool:
    """Whether one of two alone has begun."""
    begun = [marking.begun for marking in one.markings]
    return not joint.stands_alone(one.joint) and any(begun) and not all(begun)


def standing(workspace: Workspace, file: Id) -> Standing | None:
    """How one file stands; None where no pair marks it."""
    return standings(workspace, jointly(workspace, [file])).get(file)


def standings(workspace: Workspace, some: Mapping[Id, Jointly]) -> dict[Id, Standing]:
    """How these files stand, so far as a pair marks them, read together."""
    me = workspace.identity.member
    paired = {id: one for id, one in some.items() if one.joint.purpose == joint.PAIR}
    states = {id: {marking.member: marking.state for marking in one.markings} for id, one in paired.items()}
    alone = {
        id for id, one in paired.items() if joint.stands_alone(one.joint) and "open" in states[id].values()
    }
    open_ones = [one for id, one in paired.items() if one.is_open and id not in alone]
    reconciled = reconciling.reconciled(workspace, open_ones)
    own = {
        id: one
        for id, one in paired.items()
        if me is not None and id not in alone and states[id].get(me) not in (None, "open")
    }
    found = {}
    for id, one in paired.items():
        if id in alone:
            found[id] = Standing(one.file, ALONE, mine=me in states[id], single=True)
        elif one.is_open:
            found[id] = _open(one, len(reconciled[one.file.id].open), me)
        elif id not in own:
            found[id] = _of_others(one, me in states[id])
    return found | _own(workspace, own, me)


def _open(one: Jointly, todo: int, me: Id | None) -> Standing:
    mine = any(marking.member == me for marking in one.markings)
    settles = mine or (me is not None and me == one.joint.called_in)
    called_off = any(part.released and part.finish is None for part in one.sealed)
    state = RECONCILE if todo else AGREED
    return Standing(one.file, state, todo=todo, settles=settles, mine=mine, passing=called_off)


def _closed(one: Jointly) -> bool:
    return all(marking.state in ("finished", "open") for marking in one.markings)


def _of_others(one: Jointly, mine: bool) -> Standing:
    """Of a file that is closed, where this examiner is none of the two, or their own part is open."""
    off = any(marking.state == "open" for marking in one.markings) and not _closed(one)
    state = OFF if off else CLOSED if _closed(one) else APART
    return Standing(one.file, state, mine=mine, single=joint.stands_alone(one.joint))


def _own(workspace: Workspace, some: Mapping[Id, Jointly], me: Id | None) -> dict[Id, Standing]:
    """Of closed files of which this examiner marks a part: what of it is to do."""
    if me is None or not some:
        return {}
    found = {}
    shares = asked_parts(workspace, [(one, me) for one in some.values()])
    for (id, one), (questions, share) in zip(some.items(), shares, strict=True):
        finished = any(marking.member == me and marking.state == "finished" for marking in one.markings)
        state = CLOSED if _closed(one) else SEALED if finished else MARK
        deferred = tuple(q.code for q in questions.answerable if q.code in share.deferred)
        single = joint.stands_alone(one.joint)
        found[id] = Standing(one.file, state, mine=True, deferred=deferred, single=single)
    marking = [id for id, one in found.items() if one.state == MARK]
    for id, pane in zip(marking, open_parts(workspace, [(some[id], me) for id in marking]), strict=True):
        first = next(
            (q for q in pane.unanswered if pane.share is not None and pane.share.is_first(q.code)), None
        )
        found[id] = replace(found[id], passing=bool(compiled(pane.questions).on_the_clock))
        if first is not None:
            found[id] = replace(found[id], state=FIRST, section=first.section)
    return found


# -- pairing


def team(workspace: Workspace, file: Id | None = None) -> Team:
    """Who can be paired, for a file if given, and which files of the draw wait for it."""
    members = tuple((one.id, called(one), one.inspectorate) for one in records(workspace, TeamMember))
    waiting = (state for state in files.file_states(workspace) if _waits(workspace, state))
    marked = joint.joint_of(workspace, file) if file is not None else None
    stays: dict[str, Id] = {}
    if marked is not None and marked.purpose == joint.PAIR:
        begun = [one.member for one in joint.markings(workspace, marked.case_file or b"") if one.begun]
        stays = {joint.side_of(marked, member): member for member in begun}
    return Team(
        tuple(sorted(members, key=lambda one: one[1])),
        tuple(state.file for state in waiting),
        (stays.get(leading.POLICE), stays.get(leading.PROSECUTION)),
        (marked.scope or leading.LED) if marked is not None and stays else "",
    )


def _waits(workspace: Workspace, state: FileState) -> bool:
    begun = any(one.started is not None for one in state.examinations)
    return state.paired and state.in_sample and not begun and joint.joint_of(workspace, state.file.id) is None


def warning(workspace: Workspace, pair: Collection[Id], file: Id | None = None) -> str:
    """What a lead should know before these two are paired for a file, in sentences; "" for nothing."""
    said = [] if joint.usual_keepers(workspace, pair) else [joint.NO_KEEPER]
    opened = [one.name for one in joint.markings(workspace, file) if one.state == "open"] if file else []
    if opened:
        said.append(
            f"What {opened[0]} answered is open to everybody: who marks beside it now could have read it, so it is "
            "not blind any more."
        )
    return " ".join(said)


def pair_all(
    workspace: Workspace, *, files: Sequence[Id], police: Id, prosecution: Id, scope: str = ""
) -> Done:
    """Pair up one file or several, each as `joint.pair_up` does; with the first that cannot be it ends."""
    if not files:
        raise Fault("Name a file to pair up.")
    return _together(
        joint.pair_up(workspace, file=file, police=police, prosecution=prosecution, scope=scope)
        for file in files
    )


def open_all(workspace: Workspace, *, files: Sequence[Id]) -> Done:
    """Open these files, whose examiners have finished, so far as this laptop can; no other."""
    return _together(joint.release(workspace, file=file) for file in files)


def _together(acts: Iterable[Done]) -> Done:
    last, changed = Done(), dict[str, frozenset[Id]]()
    for last in acts:
        for kind, ids in last.changed.items():
            changed[kind] = changed.get(kind, frozenset()) | ids
    return Done(last.id, last.entry, changed)


# -- what sending opens


def due_references(workspace: Workspace) -> tuple[str, ...]:
    """The files that sending opens: their examiners have all finished, and this laptop has a key."""
    return tuple(sorted(due.file.reference for due in joint.release_due(workspace)))


def sending_opens(references: Iterable[str]) -> str:
    """What a package or the hub carries the keys of, in a sentence; "" for nothing."""
    some = list(references)
    return f"All examiners have finished {named_by(some)}: sending opens their answers." if some else ""


def named_by(references: Iterable[str]) -> str:
    """Files by reference, at most three, and how many more."""
    some = list(references)
    if len(some) > NAMED:
        return f"{', '.join(some[:NAMED])} and {len(some) - NAMED} more"
    return " and ".join([", ".join(some[:-1]), some[-1]] if len(some) > 1 else some)


# -- reconciling


@dataclass(frozen=True)
class ToSettle:
    """A file at reconciliation. names: of the police and the prosecution examiner. others: who can be called in.

    called: who was called in. why_not: why this examiner does not settle it, "" where they do. moment: what was known.
    """

    file: CaseFile
    standing: reconciling.Reconciling
    names: tuple[str, str]
    others: tuple[tuple[Id, str], ...]
    called: str
    why_not: str
    moment: int


def open_reconciling(workspace: Workspace, file: Id) -> ToSettle:
    """What the reconcile page shows of a file. Raises Fault while it is closed."""
    seen = moment(workspace)
    found = reconciling.to_reconcile(workspace, file)
    pair = joint.members_of(found.joint)[:2]
    labels = {one.id: called(one) for one in records(workspace, TeamMember)}
    me, third = workspace.identity.member, found.joint.called_in
    allowed = me in pair or (me is not None and me == third)
    why_not = (
        "" if allowed else "This file is settled by its two examiners; they, or a lead, can call you in."
    )
    return ToSettle(
        found.file,
        found,
        (labels.get(pair[0], "the police examiner"), labels.get(pair[1], "the prosecution examiner")),
        tuple(sorted(((id, name) for id, name in labels.items() if id not in pair), key=lambda one: one[1])),
        labels.get(third or b"", "a colleague") if third else "",
        why_not,
        seen,
    )
