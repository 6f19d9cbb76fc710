"""How the files of blind pairs stand, for whoever looks at this laptop: in states, never in answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile, TeamMember
from fieldwork.domain.values import Id
from fieldwork.questions import leading
from fieldwork.store.members import leads
from fieldwork.store.reading import find, records
from fieldwork.store.recording import moment
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, files, joint, reconciling
from fieldwork.work.done import Done
from fieldwork.work.file_view import called
from fieldwork.work.files import FileState

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
    mine: whether they are one of the two. single: nobody marks it beside them.
    """

    file: CaseFile
    state: str
    section: str = ""
    todo: int = 0
    settles: bool = False
    mine: bool = False
    deferred: tuple[str, ...] = ()
    single: bool = False

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


def pair_board(workspace: Workspace) -> PairBoard:
    """How all paired files stand. Nothing is written."""
    paired = records(workspace, JointMarking, purpose=joint.PAIR)
    ids = {sets(workspace).of(one.case_file) for one in paired if one.case_file}
    some = [one for id in ids if (one := standing(workspace, id)) is not None]
    found = {one.file.id: one for one in sorted(some, key=lambda one: (one.file.reference, one.file.id))}
    waiting = {one.file.id for one in joint.release_due(workspace)} if found else set()
    due = tuple(one.file for id, one in found.items() if id in waiting)
    own = sum(found[file.id].mine for file in due)
    kept = joint.could_call_off(workspace) if found else frozenset()
    leading_here = workspace.device in leads(workspace)
    begun = {
        id: [one.begun for one in joint.markings(workspace, id)]
        for id in (found if leading_here else ())
        if not found[id].single
    }
    single = frozenset(id for id, some in begun.items() if any(some) and not all(some))
    return PairBoard(found, due, own, leading_here, kept, single)


def standing(workspace: Workspace, file: Id) -> Standing | None:
    """How one file stands; None where no pair marks it."""
    marked, case = joint.joint_of(workspace, file), find(workspace, CaseFile, file)
    if marked is None or case is None or marked.purpose != joint.PAIR:
        return None
    states = {one.member: one.state for one in joint.markings(workspace, file)}
    me, single = workspace.identity.member, joint.stands_alone(marked)
    mine = me in states
    if single and "open" in states.values():
        return Standing(case, ALONE, mine=mine, single=True)
    if all(state == "open" for state in states.values()):
        open_ones = reconciling.to_reconcile(workspace, file).open
        settles = mine or (me is not None and me == marked.called_in)
        return Standing(
            case, RECONCILE if open_ones else AGREED, todo=len(open_ones), settles=settles, mine=mine
        )
    closed = all(state in ("finished", "open") for state in states.values())
    own = states.get(me) if me is not None else None
    if own in (None, "open"):
        off = "open" in states.values() and not closed
        return Standing(case, OFF if off else CLOSED if closed else APART, mine=mine, single=single)
    pane = examining.open_file(workspace, file)
    assert pane.share is not None
    deferred = tuple(q.code for q in pane.questions.answerable if q.code in pane.share.deferred)
    if closed or own == "finished":
        return Standing(case, CLOSED if closed else SEALED, mine=True, deferred=deferred, single=single)
    first = next((q for q in pane.unanswered if pane.share.is_first(q.code)), None)
    if first is not None:
        return Standing(case, FIRST, section=first.section, mine=True, deferred=deferred, single=single)
    return Standing(case, MARK, mine=True, deferred=deferred, single=single)


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
