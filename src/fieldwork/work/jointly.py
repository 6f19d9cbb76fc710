"""How jointly marked files stand, read for many of them at once: who marks each, and how far each of these is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile, TeamMember
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import find_all, records
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.sealed_examining import Standing

NOBODY = bytes(16)
"""In the place of the one of a pair who is no more, where the other's examination stands alone."""


def joint_id(file: Id) -> Id:
    return derived_id(JointMarking.kind, file)


def ids_in(blob: bytes | None) -> tuple[Id, ...]:
    """Ids that are kept one after the other."""
    return tuple((blob or b"")[at : at + 16] for at in range(0, len(blob or b"") - 15, 16))


def members_of(joint: JointMarking) -> tuple[Id, ...]:
    """Its examiners, the police examiner first; one alone where no second stands beside."""
    return tuple(one for one in ids_in(joint.examiners) if one != NOBODY)


def joint_of(workspace: Workspace, file: Id) -> JointMarking | None:
    """How a file is marked jointly; of one that was entered twice, how any of its entries is."""
    return joints_of(workspace, [file]).get(file)


def joints_of(workspace: Workspace, files: Iterable[Id]) -> dict[Id, JointMarking]:
    """As `joint_of`, of many files: those that are marked jointly, by the ids given."""
    together = sets(workspace)
    ids = {file: [joint_id(one) for one in together.members(file)] for file in files}
    held = find_all(workspace, JointMarking, (id for some in ids.values() for id in some))
    found = {
        file: next((held[id] for id in some if id in held and members_of(held[id])), None)
        for file, some in ids.items()
    }
    return {file: one for file, one in found.items() if one is not None}


@dataclass(frozen=True)
class Marking:
    """How far one examiner of a joint marking is: "not begun", "begun", "finished" or "open"."""

    member: Id
    name: str
    state: str

    @property
    def begun(self) -> bool:
        return self.state != "not begun"


@dataclass(frozen=True)
class Jointly:
    """A file that several mark. sealed: its sealed examinations, those of the file entered twice among them."""

    file: CaseFile
    joint: JointMarking
    sealed: tuple[Standing, ...]
    markings: tuple[Marking, ...]

    @property
    def is_open(self) -> bool:
        """Whether the answers of all its examiners are open to all."""
        return all(one.state == "open" for one in self.markings)


def jointly(workspace: Workspace, files: Iterable[Id]) -> dict[Id, Jointly]:
    """Those of these files that are marked jointly and are here, by the ids given."""
    joints = joints_of(workspace, list(files))
    cases = find_all(workspace, CaseFile, joints)
    together = sets(workspace)
    names = {member.id: member.label for member in records(workspace, TeamMember)}
    entries = {one for file in joints for one in together.members(file)}
    sealed: dict[Id, list[Standing]] = {}
    for standing in sealed_examining.standings(workspace, entries) if entries else ():
        sealed.setdefault(together.of(standing.file), []).append(standing)
    found = {}
    for file, joint in joints.items():
        if file in cases:
            some = tuple(sealed.get(together.of(file), ()))
            found[file] = Jointly(cases[file], joint, some, _markings(joint, some, names))
    return found


def _markings(
    joint: JointMarking, sealed: Iterable[Standing], names: Mapping[Id, str]
) -> tuple[Marking, ...]:
    states = []
    for member in members_of(joint):
        some = [one for one in sealed if one.member == member]
        if any(one.released for one in some):
            state = "open"
        elif any(one.finish for one in some):
            state = "finished"
        else:
            state = "begun" if some else "not begun"
        states.append(Marking(member, names.get(member, "") or "an examiner", state))
    return tuple(states)
