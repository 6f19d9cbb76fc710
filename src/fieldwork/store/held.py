"""Taking back the last merge: what it brought is put aside on this laptop alone, until it is merged again.

Possible while nothing was shared since, no act here builds on what came, and it erased nothing. It does not unread
what was read.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from fieldwork.domain.acts import act_words
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, Told, untold
from fieldwork.domain.values import Id
from fieldwork.store.entry import Entry, Payload, read_entry
from fieldwork.store.opened import load
from fieldwork.store.parcel import Parcel
from fieldwork.store.receipts import LEFT
from fieldwork.store.state import Effect, count_again, last_number
from fieldwork.store.workspace import Workspace, forget_meta, get_meta, raw, set_meta

PUT_ASIDE = "what was put aside"  # its name as a package
_HEADS = "held_heads"  # meta: the signed ends of the chains that were put aside
_SINCE = "held_since"  # meta: wall milliseconds at which the first of what is put aside was
_KEPT = {
    "signature": "hash, device, n, signature",
    "knowledge": "device, heads, at",
    "parked": "hash, device, n, body, payloads",
    "device_known": "no, id, public, forked, vouched, limited, clock",
}


def as_it_stands(connection: Any) -> dict[str, Any]:
    """What a merge will change besides the history, to be put back when it is taken back."""
    tables = {
        table: [list(row) for row in connection.execute(f"SELECT {columns} FROM {table}")]
        for table, columns in _KEPT.items()
    }
    last = last_number(connection)
    receipt = connection.execute("SELECT coalesce(max(no), 0) FROM receipt").fetchone()[0]
    meta = {name: _meta(connection, name) for name in ("tip", "taken_over", "seed", "dropped")}
    return {"tables": tables, "last": last, "receipt": receipt, **meta}


def note_merge(db: sa.Connection, before: dict[str, Any], at: int) -> None:
    """Remember the merge that just took effect as the one that can be taken back. at: wall milliseconds."""
    last = db.exec_driver_sql("SELECT coalesce(max(no), 0) FROM entry").scalar_one()
    if last > before["last"]:
        set_meta(db, last_merge=msgspec.msgpack.encode({**before, "to": last, "at": at}))
        forget_meta(db, LEFT)
    db.exec_driver_sql(
        "DELETE FROM held WHERE (SELECT no FROM entry e WHERE e.hash = held.hash) > ? "
        "OR EXISTS (SELECT 1 FROM parked p WHERE p.hash = held.hash AND p.payloads = held.payloads)",
        (before["last"],),
    )
    if db.exec_driver_sql("SELECT 1 FROM held LIMIT 1").first() is None:
        forget_meta(db, _HEADS, _SINCE)


def can_take_back(workspace: Workspace) -> str:
    """Why the last merge can not be taken back, in a sentence; "" when it can."""
    with workspace.read() as db:
        try:
            _removable(db)
        except Fault as fault:
            return str(fault)
    return ""


def merged_at(workspace: Workspace) -> int:
    """Wall milliseconds of the last merge that could be taken back; 0 where there is none."""
    packed = workspace.meta("last_merge")
    return int(msgspec.msgpack.decode(packed)["at"]) if packed else 0


def merge_size(workspace: Workspace) -> int:
    """How many entries the last merge brought and acts since stand on it; 0 where there is none."""
    packed = workspace.meta("last_merge")
    if not packed:
        return 0
    with workspace.read() as db:
        last = db.exec_driver_sql("SELECT coalesce(max(no), 0) FROM entry").scalar_one()
    return int(last) - int(msgspec.msgpack.decode(packed)["last"])


def put_aside(workspace: Workspace) -> int:
    """How many entries of merges that were taken back wait here, put aside."""
    with workspace.read() as db:
        return db.exec_driver_sql("SELECT count(*) FROM held").scalar_one()


def put_aside_since(workspace: Workspace) -> int:
    """Wall milliseconds since when they wait; 0 where nothing does, or an earlier version put it aside."""
    return int(workspace.meta(_SINCE, 0))


def take_back(workspace: Workspace, told: Told = untold) -> tuple[int, Effect]:
    """Put aside what the last merge brought; returns how many entries, and what changed.

    Raises Fault when there is none, something was shared or erased since, or an act here builds on it.
    What `told` raises stops it, and nothing has happened then.
    """
    told(CHECKING, 0, 0)
    with workspace.write() as db:
        before, entries = _removable(db)
        connection = raw(db)
        set_meta(db, numbered=last_number(connection))
        _hold(connection, [entry for _, entry in entries], before["tables"]["parked"])
        if _meta(connection, _SINCE) is None and connection.execute("SELECT 1 FROM held").fetchone():
            set_meta(db, **{_SINCE: int(time.time() * 1000)})
        objects, gone = _forget(connection, entries, told)
        signed = _heads(connection)
        _put_back(connection, before)
        kept = {head.hash for head in _heads(connection)}
        _keep_heads(db, [*_heads_held(db), *(head for head in signed if head.hash not in kept)])
        effect = count_again(connection, objects - gone, gone)
        db.exec_driver_sql(
            "UPDATE receipt SET direction = 'back' WHERE no > ? AND direction = 'in'", (before["receipt"],)
        )
        forget_meta(db, "last_merge", *(() if before["taken_over"] else ("taken_over",)))
        told(COMMITTING, 0, 0)
    return len(entries), effect


def parcel(workspace: Workspace) -> Parcel:
    """All that was put aside, to be merged again without the packages it came in.

    Raises Fault where there is nothing.
    """
    with workspace.read() as db:
        rows = raw(db).execute("SELECT body, payloads FROM held").fetchall()
        heads = _heads_held(db)
    if not rows:
        raise Fault("Nothing is put aside here; only a merge that was taken back can be merged again so.")
    entries = tuple(
        read_entry(body, msgspec.msgpack.decode(packed, type=list[Payload | None])) for body, packed in rows
    )
    digest = hashlib.sha256(b"".join(sorted(entry.hash for entry in entries))).digest()
    return Parcel(PUT_ASIDE, workspace.device, tuple(heads), entries, digest)


def _heads(connection: Any) -> list[Head]:
    """The ends of chains that signatures here vouch for."""
    rows = connection.execute(
        "SELECT d.id, d.public, s.n, s.hash, s.signature FROM signature s JOIN device_known d ON d.no = s.device"
    )
    return [_head(row) for row in rows.fetchall()]


def _heads_held(db: sa.Connection) -> list[Head]:
    packed = get_meta(db, _HEADS)
    return [_head(row) for row in msgspec.msgpack.decode(packed)] if packed else []


def _head(row: Sequence[Any]) -> Head:
    device, public, n, hash, signature = row
    return Head(device, public, n, hash, signature, whole=False)


def _keep_heads(db: sa.Connection, heads: Iterable[Head]) -> None:
    rows = {head.hash: (head.device, head.public, head.n, head.hash, head.signature) for head in heads}
    set_meta(db, **{_HEADS: msgspec.msgpack.encode(list(rows.values()))})


def _removable(db: sa.Connection) -> tuple[dict[str, Any], list[tuple[int, Entry]]]:
    """The last merge and its entries, as (local number, entry)."""
    packed = get_meta(db, "last_merge")
    if packed is None:
        raise Fault("There is no merge that can be taken back.")
    before = msgspec.msgpack.decode(packed)
    connection = raw(db)
    if before["seed"] != get_meta(db, "seed"):
        raise Fault(
            "The merge cannot be taken back: it showed that this file goes on elsewhere, and this laptop has taken "
            "a new name since; a lead can void single acts instead."
        )
    shared = connection.execute(
        "SELECT name FROM receipt WHERE direction = 'out' AND no > ? LIMIT 1", (before["receipt"],)
    ).fetchone()
    if shared is not None:
        raise Fault(
            f"The merge cannot be taken back: {shared[0]} was shared since; a lead can void single acts instead."
        )
    if get_meta(db, LEFT):
        raise Fault(
            "The merge cannot be taken back: what is held here was given out or told to a hub since; a lead can void "
            "single acts instead."
        )
    if (_meta(connection, "dropped") or 0) != (before.get("dropped") or 0):
        raise Fault(
            "The merge cannot be taken back: words were erased with it, and nothing brings them back."
        )
    entries = _entries(connection, before["last"] + 1, before["to"])
    _nothing_builds_on(connection, entries, before["to"])
    return before, entries


def _entries(connection: Any, first: int, last: int) -> list[tuple[int, Entry]]:
    rows = connection.execute("SELECT no, body FROM entry WHERE no BETWEEN ? AND ?", (first, last)).fetchall()
    return [(no, load(connection, no, body)) for no, body in rows]


def _nothing_builds_on(connection: Any, entries: list[tuple[int, Entry]], last: int) -> None:
    hashes = {entry.hash for _, entry in entries}
    numbers = {no for no, _ in entries}
    new = {
        group.id
        for _, entry in entries
        for group in entry.groups
        if not _others_on(connection, group.id, numbers)
    }
    for _, later in _entries(connection, last + 1, 1 << 62):
        ids = {group.id for group in later.groups}
        ids |= {value for group in later.groups for value in group.values or () if isinstance(value, bytes)}
        if hashes & {later.previous, *later.references} or new & ids:
            raise Fault(
                f"The merge cannot be taken back: {act_words(later.act)} here since builds on what it brought; a lead "
                "can void single acts instead."
            )


def _others_on(connection: Any, id: Id, numbers: set[int]) -> bool:
    """Whether anything but these entries speaks of a record."""
    rows = connection.execute(
        "SELECT s.entry FROM object o JOIN seen s ON s.object = o.no WHERE o.id = ?", (id,)
    )
    return any(no not in numbers for (no,) in rows)


def _hold(connection: Any, entries: list[Entry], waited: Iterable[Sequence[Any]]) -> None:
    """Put aside what took effect with the merge and what came with it and waits, but for what waited before it as it is
    now. waited: those rows of `parked`."""
    rows = [(e.hash, e.body, msgspec.msgpack.encode(e.payloads())) for e in entries]
    rows += connection.execute("SELECT hash, body, payloads FROM parked").fetchall()
    before = {hash: payloads for hash, _, _, _, payloads in waited}
    connection.executemany(
        "INSERT OR REPLACE INTO held VALUES (?, ?, ?)", [row for row in rows if before.get(row[0]) != row[2]]
    )


def _forget(connection: Any, entries: list[tuple[int, Entry]], told: Told) -> tuple[set[int], set[int]]:
    """Take entries out of the history; returns the records they touched, and those of which nothing is left."""
    objects: set[int] = set()
    for done, (number, entry) in enumerate(entries):
        told(APPLYING, done, len(entries))
        for group in entry.groups:
            no = connection.execute("SELECT no FROM object WHERE id = ?", (group.id,)).fetchone()[0]
            objects.add(no)
            connection.execute("DELETE FROM seen WHERE object = ? AND entry = ?", (no, number))
        for table in ("payload", "withheld", "sealed_in"):
            connection.execute(f"DELETE FROM {table} WHERE entry = ?", (number,))
        connection.execute("DELETE FROM entry WHERE no = ?", (number,))
    connection.execute(
        "DELETE FROM branch WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.branch = branch.no)"
    )
    connection.execute(
        "UPDATE branch SET tip = t.no, n = t.n FROM (SELECT branch, max(n) AS n, max(no) AS no FROM entry "
        "GROUP BY branch) AS t WHERE t.branch = branch.no AND t.n <> branch.n"
    )
    gone = {
        no
        for no in objects
        if connection.execute("SELECT 1 FROM seen WHERE object = ? LIMIT 1", (no,)).fetchone() is None
    }
    return objects, gone


def _put_back(connection: Any, before: dict[str, Any]) -> None:
    """Signatures, what colleagues hold, what waits, and who is known, as they were; one's own last act stays signed."""
    now = _meta(connection, "tip")
    row = connection.execute(f"SELECT {_KEPT['signature']} FROM signature WHERE hash = ?", (now,)).fetchone()
    for table, columns in _KEPT.items():
        connection.execute(f"DELETE FROM {table}")
        marks = ",".join("?" * len(columns.split(",")))
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", before["tables"][table])
    if now != before["tip"]:
        connection.execute("DELETE FROM signature WHERE hash = ?", (before["tip"],))
        connection.execute(f"INSERT INTO signature ({_KEPT['signature']}) VALUES (?, ?, ?, ?)", row)


def _meta(connection: Any, name: str) -> Any:
    found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None
