"""Taking a case file that nobody has: by starting it or by a key, and what it looks like when two did."""

from collections.abc import Sequence
from datetime import datetime

from fieldwork.domain.conflict import Conflict, Version
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile, Device, TeamMember
from fieldwork.domain.values import Id
from fieldwork.store.drawn import places
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.files import ALLOCATES
from fieldwork.work.sampling import REPLACED, replacements


def claim(workspace: Workspace, *, file: Id, at: int | None = None) -> Done:
    """Take a case file that is allocated to nobody. Raises Fault that names who has it already."""
    return take(workspace, files=[file], at=at)


def take(workspace: Workspace, *, files: Sequence[bytes], at: int | None = None) -> Done:
    """Take several case files that are allocated to nobody, all of them or none."""
    if not files:
        raise Fault("Name a file to take.")
    some = [get(workspace, CaseFile, file) for file in dict.fromkeys(files)]
    for held in some:
        _require_free(workspace, held)
    changes = [change for held in some for change in claim_changes(workspace, held)]
    return do(workspace, "take a file", changes, id=some[0].id, at=at)


def give(workspace: Workspace, *, files: Sequence[bytes], member: Id, at: int | None = None) -> Done:
    """Give several case files to an examiner at once; only a lead does."""
    lead_or_fault(workspace, ALLOCATES)
    get(workspace, TeamMember, member)
    some = [get(workspace, CaseFile, file) for file in dict.fromkeys(files)]
    changes = [Change(CaseFile.kind, held.id, {"allocated": member}) for held in some]
    return do(workspace, "allocate", changes, id=some[0].id if some else None, at=at)


def _require_free(workspace: Workspace, held: CaseFile) -> None:
    if workspace.identity.member is None:
        raise Fault("This laptop belongs to no member of the team yet, so it cannot take a file.")
    instead = replacements(workspace).get(held.id)
    if instead is not None and places(workspace)[held.id].standing == REPLACED:
        raise Fault(f"File {held.reference} is no longer in the sample: it was {instead.rstrip('.')}.")
    holder = _holder(workspace, held)
    if holder not in (None, workspace.identity.member):
        raise Fault(
            f"File {held.reference} was taken by {_member(workspace, holder)}; leave it to them, "
            "examine it as well, or let the lead allocate it anew."
        )


def claim_changes(workspace: Workspace, file: CaseFile) -> list[Change]:
    """What makes a file this examiner's; nothing where somebody has it, who keeps it though two examine it."""
    me = workspace.identity.member
    if records(workspace, JointMarking, case_file=file.id):
        return []  # several mark it on purpose
    if me is None or file.allocated is not None or _holder(workspace, file) not in (None, me):
        return []
    return [Change(CaseFile.kind, file.id, {"allocated": me})]


def _holder(workspace: Workspace, file: CaseFile) -> Id | None:
    """Who has a file; of one that was entered twice, who has any of its entries."""
    ids = sets(workspace).members(file.id)
    if file.allocated is not None or len(ids) < 2:
        return file.allocated
    entries = records(workspace, CaseFile, id=ids, apart=True)
    return next((one.allocated for one in entries if one.allocated is not None), None)


def taken_twice(workspace: Workspace, conflict: Conflict) -> tuple[str, str] | None:
    """A clash over who has a file, in words: what happened, and who has it since when. None for any other."""
    if (conflict.kind, conflict.field, conflict.what) != (CaseFile.kind, "allocated", "changed"):
        return None
    versions = [version for version in conflict.versions if version.value is not None]
    if len({version.value for version in versions}) < 2:
        return None
    file = find(workspace, CaseFile, conflict.record)
    name = f"file {file.reference}" if file and file.reference else "a file"
    took = [_took(workspace, version) for version in versions]
    several = "Both" if len(versions) == 2 else f"{len(versions)} people"
    title = f"{several} took {name}" if all(took) else f"{name[:1].upper()}{name[1:]} was given to two"
    said = [
        f"{_member(workspace, version.value)}{'' if own else f', by {version.person}'} at {_clock(version, versions)}"
        for version, own in sorted(zip(versions, took, strict=True), key=lambda pair: pair[0].wall)
    ]
    return title, ", ".join(said)


def _took(workspace: Workspace, version: Version) -> bool:
    device = find(workspace, Device, version.device)
    return device is not None and device.member == version.value


def _member(workspace: Workspace, id: object) -> str:
    member = find(workspace, TeamMember, id) if isinstance(id, bytes) else None
    return (member.label if member else "") or "a colleague"


def _clock(version: Version, versions: list[Version]) -> str:
    """The time of day, with the day where they are of several."""
    when = datetime.fromtimestamp(version.wall / 1000)
    days = {datetime.fromtimestamp(one.wall / 1000).date() for one in versions}
    return f"{when:%H:%M}" if len(days) == 1 else f"{when:%H:%M} on {when.day} {when:%B}"
