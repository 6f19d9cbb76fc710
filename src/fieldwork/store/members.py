"""What the store knows of the team: who leads, where each laptop's entries end, which keys were given here."""

from collections.abc import Sequence
from typing import Any

import pyrage
import sqlalchemy as sa

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device, Epoch, EpochKey
from fieldwork.domain.values import Id
from fieldwork.store.holding import reach
from fieldwork.store.keys import DeviceKeys
from fieldwork.store.reading import records_in
from fieldwork.store.standing import Standing, standing
from fieldwork.store.workspace import Workspace, get_meta, raw


def standing_of(workspace: Workspace) -> Standing:
    """Who leads, what counts, and what is erased."""
    with workspace.read() as db:
        return standing(raw(db))


def leads(workspace: Workspace) -> set[Id]:
    """The laptops whose word decides."""
    return standing_of(workspace).leads


def lead_or_fault(workspace: Workspace, what: str) -> None:
    """Raises Fault unless this is a lead's laptop. what: "removes a laptop"."""
    if workspace.device not in leads(workspace):
        raise Fault(f"Only a lead {what}; ask a lead of this inspection.")


def branch_tips(db: sa.Connection, device: Id) -> list[bytes]:
    """The last entry of every branch of a laptop."""
    rows = db.exec_driver_sql(
        "SELECT e.hash FROM branch b JOIN device_known d ON d.no = b.device JOIN entry e ON e.no = b.tip "
        "WHERE d.id = ? ORDER BY e.hash",
        (device,),
    )
    return [hash for (hash,) in rows]


def entries_beginning(workspace: Workspace, digits: str) -> list[tuple[bytes, str]]:
    """Up to two entries whose hash begins with these hex digits, as (hash, act)."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT hash, act FROM entry WHERE lower(hex(hash)) LIKE ? LIMIT 2", (digits + "%",)
        ).fetchall()
    return [(hash, act) for hash, act in rows]


def never_shared(workspace: Workspace, ids: Sequence[Id]) -> bool:
    """Whether all that was ever said of these records was said here, and no package or hub carried it out."""
    with workspace.read() as db:
        connection = raw(db)
        shared = get_meta(db, "shared_tip")
        reached = reach(connection, [shared] if shared else [])
        for id in ids:
            for device, branch, n in connection.execute(
                "SELECT d.id, e.branch, e.n FROM object o JOIN seen s ON s.object = o.no "
                "JOIN entry e ON e.no = s.entry JOIN device_known d ON d.no = e.device WHERE o.id = ?",
                (id,),
            ):
                if device != workspace.device or n <= reached.get(branch, 0):
                    return False
    return True


def heirs_and_guests(db: sa.Connection, device: Id) -> list[Id]:
    """Laptops that took over from this one or joined with its packs, and count here."""
    invited = {
        id
        for (id,) in db.exec_driver_sql(
            "SELECT DISTINCT o.id FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
            "JOIN device_known d ON d.no = e.device WHERE d.id = ? AND o.kind = 'invitation'",
            (device,),
        )
    }
    shut_out = standing(raw(db)).shut_out
    return [
        d.id
        for d in records_in(db, Device)
        if d.invitation is not None
        and (d.invitation == device or d.invitation in invited)
        and d.id not in shut_out
        and not d.removed
    ]


# -- keys of the inspection


def epochs_since(db: sa.Connection) -> list[list[str]]:
    """The keys of the inspection made since it was founded that this laptop holds, as [recipient, identity]."""
    return [list(row) for row in db.exec_driver_sql("SELECT recipient, identity FROM epoch_own")]


def keep_epochs(db: sa.Connection, keys: Sequence[Sequence[str]]) -> None:
    """Keep keys of the inspection that were made or given here."""
    for recipient, identity in keys:
        db.exec_driver_sql("INSERT OR IGNORE INTO epoch_own VALUES (?, ?)", (recipient, identity))


def keep_given(db: sa.Connection, keys: DeviceKeys) -> None:
    """Unwrap the keys of the inspection that leads have given this laptop."""
    own = {recipient for (recipient,) in db.exec_driver_sql("SELECT recipient FROM epoch_own")}
    epochs = {epoch.id: epoch.recipient for epoch in records_in(db, Epoch) if epoch.recipient not in own}
    if not epochs:
        return
    for given in records_in(db, EpochKey, device=keys.device):
        recipient = epochs.get(given.epoch or b"")
        identity = _unwrapped(given.wrapped, keys) if recipient else None
        if identity is not None and str(identity.to_public()) == recipient:
            db.exec_driver_sql("INSERT OR IGNORE INTO epoch_own VALUES (?, ?)", (recipient, str(identity)))


def _unwrapped(wrapped: bytes | None, keys: DeviceKeys) -> Any:
    try:
        own = pyrage.x25519.Identity.from_str(keys.identity)
        return pyrage.x25519.Identity.from_str(pyrage.decrypt(wrapped or b"", [own]).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError):
        return None  # not what it says it is: packages encrypted to this laptop itself still open


def epoch_recipient(db: sa.Connection) -> str:
    """The key to encrypt to besides each laptop's own: the newest one no removed laptop was given, or ""."""
    removed = {d.id for d in records_in(db, Device, removed=1)}
    if not removed:
        return str(get_meta(db, "epoch_recipient"))
    rows = db.exec_driver_sql(
        "SELECT k.recipient, k.holders FROM epoch k JOIN object o ON o.id = k.id "
        "JOIN cell c ON c.object = o.no AND c.field = 'recipient' WHERE k.hidden = 0 ORDER BY c.time DESC, k.id DESC"
    ).fetchall()
    for recipient, holders in rows:
        given = {bytes(holders or b"")[at : at + 16] for at in range(0, len(holders or b""), 16)}
        if recipient and not given & removed:
            return str(recipient)
    return ""


def epoch_identities(db: sa.Connection) -> list[str]:
    """The secret halves of every key of the inspection this laptop holds."""
    kept = [identity for (identity,) in db.exec_driver_sql("SELECT identity FROM epoch_own")]
    first = get_meta(db, "epoch_identity")
    return [*kept, first] if first else kept
