"""Who belongs to the team: leads are made, laptops admitted and removed, single acts voided.

Each of these is an entry of a lead that builds on all that its laptop holds, so that nobody reads it before
they know what it speaks of. A removal makes a new key of the inspection, given to each laptop that remains.
"""

import pyrage

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device, Epoch, EpochKey, Invitation, TeamMember, Voiding
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.store import epochs
from fieldwork.store.keys import new_device_keys
from fieldwork.store.members import (
    branch_tips,
    entries_beginning,
    heirs_and_guests,
    lead_or_fault,
    names_before,
    readers,
)
from fieldwork.store.reading import find, get
from fieldwork.store.recording import Change, Recorded, record, tips
from fieldwork.store.workspace import Workspace


def appoint(workspace: Workspace, device: Id) -> Recorded:
    """Make a laptop a lead's: what it says of laptops, voided acts and erasures counts from now on."""
    lead_or_fault(workspace, "makes another lead")
    found = get(workspace, Device, device)
    changes = [Change(Device.kind, device, {"leads": 1, "admitted": 1})]
    if found.member is not None and find(workspace, TeamMember, found.member) is not None:
        changes.append(Change(TeamMember.kind, found.member, {"role": "lead"}))
    return record(workspace, "appoint", changes, builds_on=tips(workspace))


def admit(workspace: Workspace, device: Id, at: int | None = None) -> Recorded:
    """Confirm a laptop that has joined."""
    lead_or_fault(workspace, "admits a laptop")
    change = Change(Device.kind, device, {"admitted": 1})
    return record(workspace, "admit", [change], builds_on=tips(workspace), at=at)


def remove(workspace: Workspace, device: Id, reason: str = "") -> Recorded:
    """End a laptop's membership: what it writes from now on counts for nothing, and new packages are closed to it.

    Up to here its entries stay. Names it had before go with it, since it has their keys. Laptops that took over
    from it or joined with its packs, so far as known here, stay too. Raises Fault for this laptop itself.
    """
    lead_or_fault(workspace, "removes a laptop")
    if device == workspace.device:
        raise Fault("This laptop cannot remove itself; another lead does that.")
    found = get(workspace, Device, device)
    if found.removed:
        raise Fault(f"{found.label} is removed already.")
    with workspace.read() as db:
        open_to = readers(db)
        standing = {d.id for d in open_to}
        earlier = [id for id in names_before(db, device) if id in standing and id != workspace.device]
        names = [device, *earlier]
        accepted = {id: b"".join(branch_tips(db, id)) for id in names}
        kept = {heir: None for id in names for heir in heirs_and_guests(db, id) if heir not in names}
    remaining = [d for d in open_to if d.id not in names]
    epoch = new_device_keys()
    changes = [
        *(Change(Device.kind, id, {"removed": 1, "accepted": tips}) for id, tips in accepted.items()),
        # said again by who removes: else what is accepted of them would fall with who had vouched for them
        *(Change(Device.kind, id, {"admitted": 1}, again=True) for id in [*names, *kept] if id in standing),
        *_epoch(epoch.recipient, epoch.identity, remaining),
    ]
    with_epoch = record(workspace, "remove", changes, reason=reason, builds_on=tips(workspace))
    with workspace.write() as db:
        epochs.keep(db, [(epoch.recipient, epoch.identity)])
    return with_epoch


def _epoch(recipient: str, identity: str, remaining: list[Device]) -> list[Change]:
    """A new key of the inspection, wrapped to each laptop that remains."""
    id = new_id()
    changes = []
    holders = []
    for device in remaining:
        try:
            key = pyrage.x25519.Recipient.from_str(device.recipient)
        except pyrage.RecipientError:
            continue  # what stands in place of a key is no key: this laptop asks for a pack
        holders.append(device.id)
        fields = {"epoch": id, "device": device.id, "wrapped": pyrage.encrypt(identity.encode(), [key])}
        changes.append(Change(EpochKey.kind, derived_id(EpochKey.kind, id, device.id), fields))
    return [Change(Epoch.kind, id, {"recipient": recipient, "holders": b"".join(holders)}), *changes]


def withdraw(workspace: Workspace, invitation: Id) -> Recorded:
    """Let nobody join with a pack any more; who joined with it already waits for a lead to admit it."""
    lead_or_fault(workspace, "withdraws a pack")
    if get(workspace, Invitation, invitation).withdrawn:
        raise Fault(f"The pack {invitation.hex()[-8:]} is withdrawn already.")
    change = Change(Invitation.kind, invitation, {"withdrawn": 1})
    return record(workspace, "withdraw", [change], builds_on=tips(workspace))


def accept_all(workspace: Workspace, device: Id) -> Recorded:
    """Let what a removed laptop wrote count up to what is here now."""
    lead_or_fault(workspace, "accepts a removed laptop's entries")
    found = get(workspace, Device, device)
    if not found.removed:
        raise Fault(f"{found.label} is not removed; all its entries count.")
    with workspace.read() as db:
        accepted = branch_tips(db, device)
    change = Change(Device.kind, device, {"accepted": b"".join(accepted)})
    return record(workspace, "accept", [change], builds_on=tips(workspace))


def void(workspace: Workspace, entry: str, *, lift: bool = False, reason: str = "") -> Recorded:
    """Let one act count for nothing, or lift that again. entry: its hash in hex, or its beginning.

    What it had replaced stands again. It stays in the history, and lifting it brings it back.
    """
    lead_or_fault(workspace, "voids an act")
    hash, name = _act(workspace, entry)
    id = derived_id(Voiding.kind, hash)
    held = find(workspace, Voiding, id)
    if bool(held and held.voided) != lift:
        raise Fault(f'The act "{name}" {"is not voided" if lift else "is voided already"}.')
    fields = {"entry": hash, "voided": int(not lift)}
    return record(
        workspace,
        "lift" if lift else "void",
        [Change(Voiding.kind, id, fields)],
        reason=reason,
        builds_on=[*tips(workspace), hash],
    )


def _act(workspace: Workspace, entry: str) -> tuple[bytes, str]:
    """The hash and the name of an act."""
    digits = entry.lower().partition(":")[0]
    if len(digits) < 8 or any(c not in "0123456789abcdef" for c in digits):
        raise Fault("Name the act by at least 8 digits of its change; `fieldwork history` shows them.")
    rows = entries_beginning(workspace, digits)
    if len(rows) != 1:
        raise Fault(f'"{entry}" names {"no act" if not rows else "more than one act"} here; give more of it.')
    return rows[0][0], rows[0][1]
