"""Taking in what colleagues wrote: checked whole, put in causal order, applied in one transaction."""

import gc
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.package import Head, Outcome
from fieldwork.domain.records import Device, Invitation
from fieldwork.domain.values import Id
from fieldwork.store.conflicting import open_conflicts
from fieldwork.store.entry import NO_HASH, Entry, read_entry
from fieldwork.store.keys import device_id, verifies
from fieldwork.store.state import take_effect
from fieldwork.store.workspace import Workspace, raw

JOIN_WORDS = b"fieldwork join"

_REFUSED_STRANGER = (
    "It carries changes of a laptop that nobody in this inspection has invited; nothing was taken."
)


@dataclass(frozen=True)
class Parcel:
    """A package as far as it could be read and its signatures checked."""

    name: str
    sender: Id
    heads: tuple[Head, ...]
    entries: tuple[Entry, ...]


@dataclass
class Intake:
    """What became of several packages that were taken in as one set."""

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


@dataclass
class _Placement:
    """Entries in the order they can take effect, those that must wait, and the laptops vouched for."""

    ready: list[Entry]
    waiting: list[Entry]
    admitted: dict[Id, bytes]
    known: set[Id]


class _DryRun(Exception):
    """Raised to roll the transaction back after everything was worked out."""


def take_in(workspace: Workspace, parcels: list[Parcel], *, dry_run: bool = False, now: int = 0) -> Intake:
    """Apply all packages as one set, or, with dry_run, work out exactly what would happen and change nothing."""
    collecting = gc.isenabled()
    gc.disable()  # millions of short-lived values: the cyclic collector would double the time
    intake = Intake([])
    try:
        with workspace.write() as db:
            intake = _take_in(db, workspace, parcels, now)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    finally:
        if collecting:
            gc.enable()
    return intake


def _take_in(db: sa.Connection, workspace: Workspace, parcels: list[Parcel], now: int) -> Intake:
    connection = raw(db)
    outcomes = {parcel.name: Outcome(parcel.name) for parcel in parcels}
    parked = _parked(connection)
    good = list(parcels)
    while True:
        fresh, carried_by = _fresh(connection, good, parked, outcomes)
        placement = _place(connection, workspace.inspection, [*parked, *fresh])
        vouched = placement.known | set(placement.admitted)
        bad = [p for p in good if {p.sender, *(entry.device for entry in p.entries)} - vouched]
        if not bad:
            break
        for parcel in bad:
            outcomes[parcel.name] = Outcome(parcel.name, refused=_REFUSED_STRANGER)
        good = [parcel for parcel in good if parcel not in bad]
    before = {c.id for c in open_conflicts(db, workspace.device)}
    connection.executemany(
        "INSERT INTO device_known (id, public) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        sorted(placement.admitted.items()),
    )
    changed: dict[str, frozenset[Id]] = {}
    numbers: Mapping[bytes, int] = {}
    if placement.ready:
        effect = take_effect(connection, placement.ready)
        numbers = effect.entries
        changed = {kind: frozenset(ids) for kind, ids in effect.touched.items()}
    _park(connection, placement.waiting)
    _keep_signatures(connection, good)
    _keep_knowledge(connection, good, now)
    _count(placement, carried_by, outcomes)
    conflicts = open_conflicts(db, workspace.device)
    arrived = {hash.hex(): carried_by.get(hash, "") for hash in numbers}
    for conflict in conflicts:
        if conflict.id not in before:
            for name in {arrived.get(v.change.split(":")[0]) for v in conflict.versions}:
                if name in outcomes:
                    outcomes[name].conflicting += 1
    _name_senders(connection, good, outcomes)
    fresh_conflicts = [c for c in conflicts if c.id not in before]
    return Intake([outcomes[parcel.name] for parcel in parcels], changed, fresh_conflicts)


def _parked(connection: Any) -> list[Entry]:
    return [
        read_entry(body, msgspec.msgpack.decode(payloads, type=list[tuple[bytes, bytes] | None]))
        for body, payloads in connection.execute("SELECT body, payloads FROM parked ORDER BY hash").fetchall()
    ]


def _fresh(
    connection: Any, parcels: Iterable[Parcel], parked: list[Entry], outcomes: Mapping[str, Outcome]
) -> tuple[list[Entry], dict[bytes, str]]:
    """Entries nobody here holds, each with the package that brought it first."""
    waiting = {entry.hash for entry in parked}
    fresh: list[Entry] = []
    carried_by: dict[bytes, str] = {}
    for parcel in parcels:
        duplicate = 0
        held = held_hashes(connection, [entry.hash for entry in parcel.entries])
        for entry in parcel.entries:
            if entry.hash in held or entry.hash in waiting or entry.hash in carried_by:
                duplicate += 1
            else:
                carried_by[entry.hash] = parcel.name
                fresh.append(entry)
        outcomes[parcel.name].duplicate = duplicate
        outcomes[parcel.name].entries = len(parcel.entries)
    return fresh, carried_by


def held_hashes(connection: Any, hashes: list[bytes]) -> set[bytes]:
    """Which of these entries stand here already."""
    held: set[bytes] = set()
    for at in range(0, len(hashes), 500):
        some = hashes[at : at + 500]
        marks = ",".join("?" * len(some))
        held.update(h for (h,) in connection.execute(f"SELECT hash FROM entry WHERE hash IN ({marks})", some))
    return held


def _place(connection: Any, inspection: Id, pool: list[Entry]) -> _Placement:
    """Causal order: an entry is ready when its predecessor and all it builds on stand or are ready."""
    known = dict(connection.execute("SELECT id, public FROM device_known"))
    invitations = dict(connection.execute("SELECT id, key FROM invitation"))
    needed = {h for entry in pool for h in (entry.previous, *entry.references) if h != NO_HASH}
    standing = held_hashes(connection, sorted(needed - {entry.hash for entry in pool}))
    missing: dict[bytes, int] = {}
    followers: dict[bytes, list[Entry]] = {}
    queue: deque[Entry] = deque()
    for entry in pool:
        wants = {h for h in (entry.previous, *entry.references) if h != NO_HASH and h not in standing}
        missing[entry.hash] = len(wants)
        for hash in wants:
            followers.setdefault(hash, []).append(entry)
        if not wants:
            queue.append(entry)
    ready: list[Entry] = []
    admitted: dict[Id, bytes] = {}
    while queue:
        entry = queue.popleft()
        if entry.device not in known and entry.device not in admitted:
            public = _vouched(entry, inspection, invitations, {**known, **admitted})
            if public is None:
                continue
            admitted[entry.device] = public
        for group in entry.groups:
            if group.kind == Invitation.kind and group.values is not None:
                invitations.update(
                    (group.id, v) for f, v in zip(group.fields, group.values, strict=True) if f == "key"
                )
        ready.append(entry)
        for follower in followers.get(entry.hash, ()):
            missing[follower.hash] -= 1
            if not missing[follower.hash]:
                queue.append(follower)
    placed = {entry.hash for entry in ready}
    waiting = [entry for entry in pool if entry.hash not in placed]
    return _Placement(ready, waiting, admitted, set(known))


def _vouched(
    entry: Entry, inspection: Id, invitations: Mapping[Id, bytes], known: Mapping[Id, bytes]
) -> bytes | None:
    """The key of a laptop whose first entry proves that it held an invitation, or the key it replaces."""
    for group in entry.groups:
        if (
            group.kind == Device.kind
            and group.id == entry.device
            and group.values is not None
            and entry.n == 1
        ):
            said = dict(zip(group.fields, group.values, strict=True))
            public, proof = said.get("sign_key"), said.get("proof")
            vouching = said.get("invitation") or b""
            key = invitations.get(vouching) or known.get(vouching)  # type: ignore[call-overload]
            if (
                isinstance(public, bytes)
                and isinstance(proof, bytes)
                and isinstance(key, bytes)
                and device_id(public) == entry.device
                and verifies(key, proof, join_statement(inspection, entry.device))
            ):
                return public
    return None


def join_statement(inspection: Id, device: Id) -> bytes:
    """What a joining laptop signs with the key of its invitation."""
    return JOIN_WORDS + inspection + device


def _park(connection: Any, waiting: list[Entry]) -> None:
    connection.execute("DELETE FROM parked")
    connection.executemany(
        "INSERT INTO parked (hash, device, n, body, payloads) VALUES (?, ?, ?, ?, ?)",
        (
            (entry.hash, entry.device, entry.n, entry.body, msgspec.msgpack.encode(entry.payloads()))
            for entry in waiting
        ),
    )


def _keep_signatures(connection: Any, parcels: Iterable[Parcel]) -> None:
    devices = {
        id: (no, forked) for id, no, forked in connection.execute("SELECT id, no, forked FROM device_known")
    }
    for parcel in parcels:
        for head in parcel.heads:
            if head.device not in devices:
                continue
            no, forked = devices[head.device]
            connection.execute(
                "INSERT OR IGNORE INTO signature (hash, device, n, signature) VALUES (?, ?, ?, ?)",
                (head.hash, no, head.n, head.signature),
            )
            if not forked:
                connection.execute(
                    "DELETE FROM signature WHERE device = ?1 AND n < (SELECT max(n) FROM signature WHERE device = ?1)",
                    (no,),
                )


def _keep_knowledge(connection: Any, parcels: Iterable[Parcel], now: int) -> None:
    for parcel in parcels:
        heads = msgspec.msgpack.encode([[head.device, head.n, head.hash] for head in parcel.heads])
        connection.execute(
            "INSERT INTO knowledge (device, heads, at) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (device) DO UPDATE SET heads = ?2, at = ?3",
            (parcel.sender, heads, now),
        )


def _count(placement: _Placement, carried_by: Mapping[bytes, str], outcomes: Mapping[str, Outcome]) -> None:
    for entry in placement.ready:
        outcome = outcomes.get(carried_by.get(entry.hash, ""))
        if outcome is None:
            continue
        for group in entry.groups:
            edits = sum(1 for bases in group.bases if bases)
            outcome.changed += edits
            outcome.new += len(group.fields) - edits
            if not any(group.bases):
                outcome.by_kind[group.kind] = outcome.by_kind.get(group.kind, 0) + 1
    for entry in placement.waiting:
        if entry.hash in carried_by:
            outcomes[carried_by[entry.hash]].waiting += 1


def _name_senders(connection: Any, parcels: Iterable[Parcel], outcomes: Mapping[str, Outcome]) -> None:
    for parcel in parcels:
        row = connection.execute("SELECT label FROM device WHERE id = ?", (parcel.sender,)).fetchone()
        outcomes[parcel.name].sender = (row[0] if row else None) or parcel.sender.hex()[:8]


# -- what others lack


def heads_held(connection: Any) -> list[Head]:
    """The signed heads of all branches held here, parked entries included."""
    rows = connection.execute(
        "SELECT d.id, d.public, s.n, s.hash, s.signature FROM signature s JOIN device_known d ON d.no = s.device "
        "WHERE s.hash IN (SELECT hash FROM entry UNION ALL SELECT hash FROM parked) ORDER BY d.id, s.n, s.hash"
    )
    return [Head(*row) for row in rows.fetchall()]


def lacking(connection: Any, floor: list[bytes]) -> list[tuple[bytes, list[tuple[bytes, bytes] | None]]]:
    """Entries that are not behind any of these tips, oldest first, as (body, payloads); parked ones too."""
    reach = _reach(connection, floor)
    rows = connection.execute("SELECT no, branch, n, body FROM entry ORDER BY no").fetchall()
    wanted = {no: body for no, branch, n, body in rows if n > reach.get(branch, 0)}
    payloads: dict[int, dict[int, tuple[bytes, bytes]]] = {}
    least = min(wanted, default=0)
    for no, place, salt, vals in connection.execute(
        "SELECT entry, place, salt, vals FROM payload WHERE entry >= ?", (least,)
    ):
        if no in wanted:
            payloads.setdefault(no, {})[place] = (salt, vals)
    result: list[tuple[bytes, list[tuple[bytes, bytes] | None]]] = []
    for no, body in wanted.items():
        beside = payloads.get(no, {})
        groups = len(msgspec.msgpack.decode(body)[12])
        result.append((body, [beside.get(place) for place in range(groups)]))
    for body, packed in connection.execute("SELECT body, payloads FROM parked ORDER BY hash"):
        result.append((body, msgspec.msgpack.decode(packed, type=list[tuple[bytes, bytes] | None])))
    return result


def _reach(connection: Any, tips: list[bytes]) -> dict[int, int]:
    """For every branch, up to which number the tips cover it."""
    reach: dict[int, int] = {}
    for hash in tips:
        row = connection.execute("SELECT branch, n FROM entry WHERE hash = ?", (hash,)).fetchone()
        while row is not None and row[0] is not None:
            branch, n = row
            reach[branch] = max(reach.get(branch, 0), n)
            row = connection.execute("SELECT base, base_n FROM branch WHERE no = ?", (branch,)).fetchone()
    return reach


def changes_beyond(connection: Any, tips: list[bytes], device: Id) -> int:
    """How many changes of this laptop are not behind any of these tips."""
    reach = _reach(connection, tips)
    branches = connection.execute(
        "SELECT b.no FROM branch b JOIN device_known d ON d.no = b.device WHERE d.id = ?", (device,)
    ).fetchall()
    total = 0
    for (branch,) in branches:
        for (body,) in connection.execute(
            "SELECT body FROM entry WHERE branch = ? AND n > ?", (branch, reach.get(branch, 0))
        ):
            total += sum(len(group[2]) for group in msgspec.msgpack.decode(body)[12])
    return total
