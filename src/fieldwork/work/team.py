"""The team: hand out the inspection, take colleagues in, share, merge, and settle what clashes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldwork.domain.conflict import Conflict, Version, plain_value
from fieldwork.domain.faults import Fault
from fieldwork.domain.progress import Told, untold
from fieldwork.domain.records import (
    KINDS,
    CaseFile,
    Device,
    TeamMember,
    field_words,
)
from fieldwork.domain.values import ERASED, Id, Value
from fieldwork.domain.vocabulary import INSPECTORATES
from fieldwork.exchange import joining, membership, sharing
from fieldwork.exchange.sharing import Merged, Shared, unshared_changes
from fieldwork.store import history as histories
from fieldwork.store.conflicting import conflicts
from fieldwork.store.known_laptops import clock_words
from fieldwork.store.members import standing_of, uncounted
from fieldwork.store.reading import Standing, device_standing, kind_of, records
from fieldwork.store.receipts import Receipt, receipts
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.same import sets
from fieldwork.store.standing import Standing as Decided
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import backups, joint, references
from fieldwork.work.claiming import taken_twice
from fieldwork.work.describing import describe_record, in_words
from fieldwork.work.done import Done, do, laptop_name, one_of
from fieldwork.work.excerpts import with_excerpts

KEEPS = ("ours", "theirs", "both")
NEEDED = frozenset(
    {"text", "title", "name", "label", "code", "reference"}
)  # never empty where they are given

__all__ = ["KEEPS", "Merged", "Receipt", "Shared", "conflicts", "receipts", "unshared_changes"]


def pack(workspace: Workspace, to: Path) -> str:
    """Write an inspection pack for one more laptop; returns its one-time code."""
    return joining.make_pack(workspace, to)


def join(
    pack_file: Path, path: Path, passphrase: str, *, code: str, device: str, inspectorate: str
) -> Workspace:
    """Make this laptop's workspace from an inspection pack."""
    one_of(inspectorate, INSPECTORATES, "inspectorate")
    name = laptop_name(device)
    opened = joining.open_pack(pack_file, code)
    return joining.join(opened, Path(path), passphrase, device=name, inspectorate=inspectorate)


def admit(workspace: Workspace, *, device: str, at: int | None = None) -> Done:
    """Confirm a laptop that has joined, by its label or the start of its id. A lead does that."""
    found = find_device(workspace, device)
    recorded = membership.admit(workspace, found.id, at)
    return Done(found.id, recorded.entry, recorded.changed)


def find_device(workspace: Workspace, name: str) -> Device:
    """The laptop with this label or whose id begins so. Raises Fault when none or several fit."""
    devices = records(workspace, Device)
    fits = [d for d in devices if d.label == name] or [
        d for d in devices if len(name) >= 4 and d.id.hex().startswith(name.lower())
    ]
    if len(fits) != 1:
        if fits:
            ids = ", ".join(sorted(f"{d.label} ({d.id.hex()[:8]})" for d in fits))
            raise Fault(f'"{name}" names more than one laptop here; give the start of its id: {ids}.')
        known = ", ".join(sorted(d.label for d in devices))
        raise Fault(f'"{name}" names no laptop here; known are {known}.')
    return fits[0]


def share(workspace: Workspace, to: Path, *, everything: bool = False) -> Shared:
    """Write a package with what some colleague may not have yet.

    Of files that a pair has finished on both sides, this laptop opens first what it can: `joint.release_due`.
    """
    joint.release(workspace)
    return sharing.share(workspace, to, everything=everything)


def merge(
    workspace: Workspace,
    packages: Sequence[Path],
    *,
    put_aside: bool = False,
    dry_run: bool = False,
    backed_up: bool = False,
    otherwise: Callable[[Fault], object] | None = None,
    told: Told = untold,
) -> Merged:
    """Take packages in, a backup made before where they change something; with dry_run only say what would happen.

    `told` hears how far it has come. put_aside: in place of packages, what merges that were taken back left here.
    backed_up: it was made already. otherwise: what to do when it cannot be made, before going on without; where
    that is None the Fault stops the merge, and nothing is changed.
    """

    def before() -> Path | None:
        try:
            return backups.before_merge(workspace)
        except Fault as fault:
            if otherwise is None:
                raise
            otherwise(fault)
            return None

    if put_aside:
        return sharing.merge_again(
            workspace, dry_run=dry_run, before=None if backed_up else before, told=told
        )
    if backed_up:
        return sharing.merge(workspace, packages, dry_run=dry_run, told=told)
    return sharing.merge(workspace, packages, dry_run=dry_run, before=before, told=told)


# -- who is here


@dataclass(frozen=True)
class Laptop:
    """A laptop of the team in words. heard: wall ms of the last package from it, None if never.

    clock: what is wrong with its clock, to go on after "its clock is"; "" where nothing is.
    takes_over: the laptop whose work it goes on with under a new name, after a restore or a copy.
    leads: its word decides. uncounted: acts of it that are here and do not count, since it was removed or
    is shut_out until a lead admits it.
    """

    device: Device
    here: bool
    changes: int
    heard: int | None
    forked: bool
    invitation_shared: bool
    clock: str = ""
    takes_over: str = ""
    leads: bool = False
    uncounted: int = 0
    shut_out: bool = False


def laptops(workspace: Workspace) -> list[Laptop]:
    """All laptops of the team, this one first."""
    devices = records(workspace, Device, order="label")
    standing = device_standing(workspace)
    used = [d.invitation for d in devices if d.invitation]
    labels = {device.id: device.label for device in devices}
    now, later = standing_of(workspace), uncounted(workspace)
    some = []
    for device in devices:
        known = standing.get(device.id, Standing(0, None, False, None))
        before = labels.get(device.invitation or b"", "")
        shared = device.invitation is not None and not before and used.count(device.invitation) > 1
        here = device.id == workspace.device
        clock = clock_words(known.clock)
        some.append(
            Laptop(
                device,
                here,
                known.entries,
                known.heard,
                known.forked,
                shared,
                clock,
                before,
                device.id in now.leads,
                later.get(device.id, 0),
                device.id in now.shut_out,
            )
        )
    return sorted(some, key=lambda laptop: not laptop.here)


def members(workspace: Workspace) -> dict[Id, str]:
    return {member.id: member.label for member in records(workspace, TeamMember)}


# -- settling


def find_conflict(workspace: Workspace, id: str) -> Conflict:
    """The open conflict whose id begins so. Raises Fault when there is none."""
    fits = [conflict for conflict in conflicts(workspace) if id and conflict.id.startswith(id)]
    if len(fits) > 1:
        raise Fault(f'More than one open conflict begins with "{id}"; give more of its id.')
    if not fits:
        raise Fault(
            f'There is no open conflict "{id}" here. It was settled or has changed since; list the conflicts again.'
        )
    return fits[0]


def resolve(
    workspace: Workspace,
    *,
    conflict: str,
    keep: str = "",
    value: str | None = None,
    reason: str = "",
    at: int | None = None,
) -> Done:
    """Settle a conflict: keep "ours", "theirs", "both", one change by its name, or a new text.

    Every value stays in the history. Raises Fault when "ours" or "theirs" is not exactly one value,
    and for "both" on anything but long text.
    """
    clash = find_conflict(workspace, conflict)
    if (value is None) == (not keep):
        raise Fault("Say which to keep, or give a new text: one of the two.")
    if value is not None and not value.strip() and clash.field in NEEDED:
        raise Fault(
            f"The {field_words(clash.kind, clash.field)} cannot be empty; give words, or keep a version and delete "
            f"the {KINDS[clash.kind].words} if it is not wanted."
        )
    if clash.what == "deleted":
        fields: dict[str, object] = {DELETED: _settled_delete(clash, keep, value)}
    else:
        fields = {clash.field: value if value is not None else _kept(clash, keep)}
    change = Change(clash.kind, clash.record, fields, settles=True)
    return do(
        workspace,
        "resolve",
        with_excerpts(workspace, [change]),
        id=clash.record,
        reason=reason.strip(),
        at=at,
    )


def _settled_delete(clash: Conflict, keep: str, value: str | None) -> object:
    if value is not None or keep == "both":
        raise Fault("A record is either kept or deleted; keep one of the two.")
    return DELETE if _chosen(clash, keep).value == "deleted" else None


def _kept(clash: Conflict, keep: str) -> Value:
    if keep == "both":
        if not clash.long:
            raise Fault(
                f"Both can be kept of long text only; for {field_words(clash.kind, clash.field)} choose one."
            )
        ordered = sorted(clash.versions, key=lambda v: (v.wall, v.change))
        return "\n".join(dict.fromkeys(str(v.value) for v in ordered if v.value))
    return _chosen(clash, keep).value


def _chosen(clash: Conflict, keep: str) -> Version:
    if keep in ("ours", "theirs"):
        fits = [v for v in clash.versions if v.ours == (keep == "ours")]
        if len({v.value for v in fits}) != 1:
            names = ", ".join(v.change for v in clash.versions)
            raise Fault(f'"{keep}" is {len(fits)} values here; name the change to keep: {names}.')
        return fits[0]
    fits = [v for v in clash.versions if v.change.startswith(keep)]
    if len(fits) != 1:
        raise Fault(f'"{keep}" names no value of this conflict; use ours, theirs, both or a change.')
    return fits[0]


# -- what a person reads


def conflict_rows(workspace: Workspace) -> list[dict[str, object]]:
    """Open conflicts for the command line, in words and with all values."""
    return [
        {
            **clash.plain(),
            "where": describe_record(workspace, clash.record),
            "words": _clash_words(workspace, clash),
            "before": _before(clash),
        }
        for clash in conflicts(workspace)
    ]


def _before(clash: Conflict) -> Value:
    plain = plain_value(clash.before, clash.field)
    return next(iter(plain.values())) if isinstance(plain, dict) else plain  # bytes or their digest, in hex


def _clash_words(workspace: Workspace, clash: Conflict) -> str:
    taken = taken_twice(workspace, clash)
    if taken is not None:
        return ": ".join(taken)
    return field_words(clash.kind, clash.field) if clash.what == "changed" else "deleted and changed"


@dataclass(frozen=True)
class HistoryLine:
    """A step of a record's history, its values as they are kept; `settling.told` says them in words."""

    at: int
    who: str
    act: str
    field: str
    before: str
    after: str
    reason: str
    change: str
    note: str = ""  # why it does not count; "" where it does


def history(workspace: Workspace, id: Id) -> list[HistoryLine]:
    """The history of a record, the oldest step first."""
    decided = standing_of(workspace)
    lines = []
    for step in histories.history(workspace, id):
        kind = kind_of(workspace, id) or ""
        before = " / ".join(in_words(workspace, value) for value in step.before if value not in (None, ""))
        name = "deleted" if step.field == DELETED else field_words(kind, step.field)
        after = ("yes" if step.after else "no") if step.field == DELETED else in_words(workspace, step.after)
        before = ("yes" if before else "no") if step.field == DELETED else before
        after = ERASED if step.erased and step.field != DELETED else after
        note = "" if step.counts else why_not_counted(decided, step)
        lines.append(
            HistoryLine(step.wall, step.person, step.act, name, before, after, step.reason, step.change, note)
        )
    return lines


def entry_of(change: str) -> bytes:
    """The hash of the entry that a change is named after."""
    return bytes.fromhex(change.partition(":")[0])


def why_not_counted(decided: Decided, step: histories.Step) -> str:
    """Why a step does not count, in the words of window and command line."""
    if entry_of(step.change) in decided.voided:
        return "does not count: a lead has voided it"
    if step.device in decided.shut_out:
        return "does not count: its laptop is shut out until a lead admits it"
    if step.device in decided.cuts:
        return "does not count: written after its laptop was removed"
    return "does not count: a lead\u2019s to say"


def find_record(workspace: Workspace, reference: str) -> Id:
    """A record's id from its hex (or at least 8 digits of it) or a case file's reference."""
    files = records(workspace, CaseFile, reference=reference, hidden=True, apart=True)
    if files:
        return sets(workspace).of(files[0].id)
    found = references.find(workspace, reference)
    if found is None:
        raise Fault(f'There is no record or case file "{reference}" here.')
    return found
