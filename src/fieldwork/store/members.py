"""What the store knows of the team: who leads, where each laptop's entries end, what only this laptop holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device, Invitation
from fieldwork.domain.values import Id
from fieldwork.store.entry import written
from fieldwork.store.holding import reach
from fieldwork.store.reading import records_in
from fieldwork.store.standing import Standing, standing
from fieldwork.store.state import SHIFT
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


def readers(db: sa.Connection) -> list[Device]:
    """The laptops that may read what is written here: neither removed, nor shut out until a lead admits them."""
    limited = {id for (id,) in db.exec_driver_sql("SELECT id FROM device_known WHERE limited = 1")}
    return [device for device in records_in(db, Device) if not device.removed and device.id not in limited]


def names_before(db: sa.Connection, device: Id) -> list[Id]:
    """The names a laptop had before it went on under this one, whose keys it still has.

    Not beyond one that spoke again since then: somebody works under it.
    """
    took_over = standing(raw(db)).took_over
    heard = {id for (id,) in db.exec_driver_sql("SELECT device FROM knowledge")}
    names = [device]
    while (before := took_over.get(names[-1])) is not None and before not in {*heard, *names}:
        names.append(before)
    return names[1:]


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
        gone_out = get_meta(db, "gone_out")
        reached = reach(connection, [gone_out] if gone_out else [])
        for id in ids:
            for device, branch, n in connection.execute(
                "SELECT d.id, e.branch, e.n FROM object o JOIN seen s ON s.object = o.no "
                "JOIN entry e ON e.no = s.entry JOIN device_known d ON d.no = e.device WHERE o.id = ?",
                (id,),
            ):
                if device != workspace.device or n <= reached.get(branch, 0):
                    return False
    return True


def uncounted(workspace: Workspace) -> dict[Id, int]:
    """By laptop, how many of its entries here count for nothing: after its removal, or while it is shut out."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT d.id, count(*) FROM device_known d JOIN entry e ON e.device = d.no "
            "WHERE d.limited = 1 AND e.counts = 0 GROUP BY d.id"
        ).fetchall()
    return dict(tuple(row) for row in rows)


def is_limited(workspace: Workspace, device: Id) -> bool:
    """Whether not all a laptop writes counts: it was removed, or is shut out. Cheap: nothing is worked out."""
    with workspace.read() as db:
        row = db.exec_driver_sql("SELECT limited FROM device_known WHERE id = ?", (device,)).fetchone()
    return row is not None and bool(row[0])


def heirs_and_guests(db: sa.Connection, device: Id) -> list[Id]:
    """Laptops that took over from this one, joined with its packs or with the same pack as it, and count here."""
    invited = {
        id
        for (id,) in db.exec_driver_sql(
            "SELECT DISTINCT o.id FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
            "JOIN device_known d ON d.no = e.device WHERE d.id = ? AND o.kind = 'invitation'",
            (device,),
        )
    }
    now = standing(raw(db))
    shut_out = now.shut_out
    laptops = records_in(db, Device)
    invited |= {d.invitation for d in laptops if d.id == device and d.id not in now.took_over} - {None}
    return [
        d.id
        for d in laptops
        if d.invitation is not None
        and d.id != device
        and (d.invitation == device or d.invitation in invited)
        and d.id not in shut_out
        and not d.removed
    ]


@dataclass(frozen=True)
class Pack:
    """An invitation that was handed out in a pack, which laptop made it, when (wall ms), and by which entry.

    What the maker held by then goes with the pack.
    """

    id: Id
    maker: Id
    made: int
    entry: bytes


def open_packs(db: sa.Connection) -> list[Pack]:
    """Packs no laptop has joined with, so far as known here, and with which one still may; the oldest first."""
    now = standing(raw(db))
    used = {device.invitation for device in records_in(db, Device)}
    packs = []
    for invitation in records_in(db, Invitation):
        if invitation.id in used or invitation.id in now.withdrawn or invitation.key is None:
            continue
        device, body, entry = db.exec_driver_sql(
            "SELECT d.id, e.body, e.hash FROM object o JOIN cell c ON c.object = o.no AND c.field = 'key' "
            "JOIN entry e ON e.no = c.change >> ? JOIN device_known d ON d.no = e.device WHERE o.id = ?",
            (SHIFT, invitation.id),
        ).one()
        if device not in now.cuts and device not in now.shut_out:
            packs.append(Pack(invitation.id, device, written(body), entry))
    return sorted(packs, key=lambda pack: (pack.made, pack.id))
