"""Who keeps the keys of what pairs have sealed: adding a keeper, and what goes with a laptop that is removed."""

from collections.abc import Collection
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile, Device
from fieldwork.domain.values import Id
from fieldwork.store.members import leads, names_before, readers
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done
from fieldwork.work.joint import joint_of, keepers_of, members_of
from fieldwork.work.sealed_examining import Standing

NAMED = 5  # files that are named before the rest is counted


# -- adding a keeper


def hand_on(workspace: Workspace, *, device: Id) -> Done:
    """Give a laptop the keys that this one holds of closed files: of its member's own, say in place of a lost one;
    or, where it is a lead's outside the pair, of all, so that it keeps them, say in place of a removed keeper.

    A lead's laptop keeps those of what is begun later, too.
    """
    to = get(workspace, Device, device)
    some, kept = _for(workspace, to, leads(workspace), sealed_examining.standings(workspace))
    if not some and not kept:
        raise Fault(f"This laptop holds no key of a closed file that {to.label} could go on with or keep.")
    changes = [
        Change(JointMarking.kind, one.id, {"keepers": b"".join((*keepers_of(one), to.id))}) for one in kept
    ]
    recorded = sealed_examining.hand_on(workspace, some, to, changes)
    return Done(device, recorded.entry, recorded.changed)


def could_have(workspace: Workspace) -> frozenset[Id]:
    """The laptops that this one could hand keys on to."""
    if not records(workspace, JointMarking):
        return frozenset()
    leads_now, standings = leads(workspace), sealed_examining.standings(workspace)
    return frozenset(
        to.id for to in records(workspace, Device) if any(_for(workspace, to, leads_now, standings))
    )


def _for(
    workspace: Workspace, to: Device, leads_now: Collection[Id], standings: Collection[Standing]
) -> tuple[list[Id], list[JointMarking]]:
    """The closed examinations whose keys this laptop can give another, and the files it would keep then."""
    if to.removed:
        return [], []
    held = [one for one in standings if one.holds and not one.released]
    some = [one.examination for one in held if _may_have(workspace, one, to, leads_now)]
    if to.id not in leads_now:
        return some, []
    leading = workspace.device in leads_now
    files = {one.file for one in held}
    opened = {one.file for one in standings if one.released}
    kept = [
        joint
        for joint in records(workspace, JointMarking)
        if joint.case_file is not None
        and (leading or joint.case_file in files)
        and joint.case_file not in opened
        and to.id not in keepers_of(joint)
        and to.member not in members_of(joint)
    ]
    return some, kept


def _may_have(workspace: Workspace, one: Standing, to: Device, leads_now: Collection[Id]) -> bool:
    if to.id in one.keys:
        return False
    joint = joint_of(workspace, one.file)
    pair = members_of(joint) if joint is not None else ()
    return to.member == one.member or (to.id in leads_now and to.member not in pair)


# -- what goes with a laptop


@dataclass(frozen=True)
class Loss:
    """What would be gone with a laptop, as references of files.

    lost: closed files of which nobody who stays could open what was answered. unkept: those whose keys only the
    examiners' own laptops would still have.
    """

    device: Id
    label: str
    lost: tuple[str, ...] = ()
    unkept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.unkept)

    @property
    def words(self) -> str:
        """What would be gone and what to do first, in a sentence or two; "" for nothing."""
        said = []
        if self.lost:
            said.append(
                f"{self.label} alone has the key of what was answered in {_named(self.lost)}: nobody could open that "
                "any more."
            )
        if self.unkept:
            said.append(
                f"{self.label} is the only laptop outside the pair that keeps the keys of {_named(self.unkept)}: an "
                "examiner who loses a laptop would lose what they answered."
            )
        if said:
            said.append(
                "First let a laptop that has the keys hand them on to another lead's (Team, k), or let a lead who "
                "keeps them call the pair off (Files, Shift X)."
            )
        return " ".join(said)

    @property
    def tick(self) -> str:
        """What who removes it all the same confirms; "" for nothing."""
        if self.lost:
            return f"Remove it though what was answered in {_named(self.lost)} is lost"
        return f"Remove it though nobody keeps the keys of {_named(self.unkept)} then" if self.unkept else ""


def _named(files: tuple[str, ...]) -> str:
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return f"{'file' if len(files) == 1 else 'files'} {', '.join(files[:NAMED])}{more}"


def loss(workspace: Workspace, device: Id) -> Loss:
    """What removing a laptop would take with it of what is sealed. Nothing is written."""
    leaving = get(workspace, Device, device)
    joints = records(workspace, JointMarking)
    if not joints:
        return Loss(device, leaving.label)
    with workspace.read() as db:
        gone = {device, *names_before(db, device)} - {workspace.device}
        names = {d.id: {d.id, *names_before(db, d.id)} for d in readers(db) if d.id not in gone}
    members = {d.id: d.member for d in records(workspace, Device)}
    standings = sealed_examining.standings(workspace)
    opened = {one.file for one in standings if one.released}
    lost, unkept = set[Id](), set[Id]()
    for one in standings:
        if one.released or not gone & one.keys:
            continue
        left = [id for id, known in names.items() if known & one.keys]
        if not left:
            lost.add(one.file)
        elif leaving.member != one.member and all(members[id] == one.member for id in left):
            unkept.add(one.file)
    for joint in joints:
        keepers = set(keepers_of(joint))
        others = any(known & keepers for known in names.values())
        if joint.case_file is not None and gone & keepers and not others and joint.case_file not in opened:
            unkept.add(joint.case_file)
    return Loss(device, leaving.label, _references(workspace, lost), _references(workspace, unkept - lost))


def _references(workspace: Workspace, files: Collection[Id]) -> tuple[str, ...]:
    found = (find(workspace, CaseFile, id) for id in files)
    return tuple(sorted(file.reference for file in found if file is not None))
