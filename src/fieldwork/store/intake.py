"""Taking in what colleagues wrote: checked whole, put in causal order, applied in one transaction."""

import gc
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.package import Head, Outcome
from fieldwork.domain.records import Device, Invitation
from fieldwork.domain.values import Id
from fieldwork.store.conflicting import conflicts_in, open_heads
from fieldwork.store.entry import NO_HASH, Entry, Group, read_entry, span
from fieldwork.store.holding import held_hashes, keep_knowledge, keep_signatures
from fieldwork.store.keys import device_id, join_statement, verifies
from fieldwork.store.receipts import Receipt, write_receipt
from fieldwork.store.recording import entries_on
from fieldwork.store.state import SHIFT, take_effect
from fieldwork.store.workspace import Workspace, raw

_STRANGER = "It carries changes of a laptop that nobody in this inspection has invited; nothing was taken."
_BROKEN = "The laptop that sent it has broken the chain of its own changes; nothing of it was taken."


@dataclass(frozen=True)
class Parcel:
    """A package as far as it could be read and its signatures checked; digest is that of its bytes."""

    name: str
    sender: Id
    heads: tuple[Head, ...]
    entries: tuple[Entry, ...]
    digest: bytes = b""


@dataclass
class Intake:
    """What became of several packages that were taken in as one set."""

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


@dataclass
class _Placement:
    """Entries in the order they can take effect, those that must wait, and the laptops vouched for.

    broken: entries that do not continue the chain they claim to, and all that builds on them.
    """

    ready: list[Entry]
    waiting: list[Entry]
    broken: list[Entry]
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
        refused = _refused(good, placement)
        if not refused:
            break
        for name, reason in refused.items():
            outcomes[name] = Outcome(name, refused=reason)
        good = [parcel for parcel in good if parcel.name not in refused]
    before = open_heads(connection)
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
    keep_signatures(connection, [head for parcel in good for head in parcel.heads])
    for parcel in good:
        keep_knowledge(connection, parcel.sender, parcel.heads, now)
    _count(placement, carried_by, outcomes)
    after = open_heads(connection)
    arisen = {where: heads for where, heads in after.items() if before.get(where) != heads}
    brought = {number: carried_by[hash] for hash, number in numbers.items() if hash in carried_by}
    for heads in arisen.values():
        for bearer in {brought[change >> SHIFT] for change in heads if change >> SHIFT in brought}:
            outcomes[bearer].conflicting += 1
    _name_senders(connection, good, outcomes)
    for parcel in good:
        said = outcomes[parcel.name]
        write_receipt(
            db,
            Receipt("in", Path(parcel.name).name, parcel.sender, now, said.entries, said.new + said.changed),
            parcel.digest,
        )
    conflicts = conflicts_in(db, workspace.device, arisen)
    return Intake([outcomes[parcel.name] for parcel in parcels], changed, conflicts)


def _refused(parcels: Iterable[Parcel], placement: _Placement) -> dict[str, str]:
    """Packages to refuse whole: of strangers, and of who broke the chain of their own laptop.

    What somebody else broke is left out, and its bearer believed in all else.
    """
    vouched = placement.known | set(placement.admitted)
    broken = {entry.hash for entry in placement.broken}
    refused: dict[str, str] = {}
    for parcel in parcels:
        if any(entry.hash in broken and entry.device == parcel.sender for entry in parcel.entries):
            refused[parcel.name] = _BROKEN
        elif parcel.sender not in vouched or any(
            entry.device not in vouched and entry.hash not in broken for entry in parcel.entries
        ):
            refused[parcel.name] = _STRANGER
    return refused


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


def _place(connection: Any, inspection: Id, pool: list[Entry]) -> _Placement:
    """Causal order: an entry is ready when its predecessor and all it builds on stand or are ready."""
    known = dict(connection.execute("SELECT id, public FROM device_known"))
    needed = {h for entry in pool for h in (entry.previous, *entry.references) if h != NO_HASH}
    standing = held_hashes(connection, sorted(needed - {entry.hash for entry in pool}))
    ends = _ends(connection, standing & {entry.previous for entry in pool})
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
    broken: dict[bytes, Entry] = {}
    admitted: dict[Id, bytes] = {}
    invited: dict[Id, set[bytes]] = {}
    while queue:
        entry = queue.popleft()
        if ends.get(entry.previous, (entry.device, 1, 1)) != (entry.device, entry.n, entry.first):
            broken[entry.hash] = entry
            continue
        if entry.device not in known and entry.device not in admitted:
            public = _vouched(connection, entry, inspection, invited, {**known, **admitted})
            if public is None:
                continue
            admitted[entry.device] = public
        for group in entry.groups:
            if group.kind == Invitation.kind:
                invited.setdefault(group.id, set()).update(_keys_set(group))
        ready.append(entry)
        ends[entry.hash] = (entry.device, entry.n + 1, entry.first + entry.changes)
        for follower in followers.get(entry.hash, ()):
            missing[follower.hash] -= 1
            if not missing[follower.hash]:
                queue.append(follower)
    spoilt = deque(broken)
    while spoilt:
        for follower in followers.get(spoilt.popleft(), ()):
            if follower.hash not in broken:
                broken[follower.hash] = follower
                spoilt.append(follower.hash)
    placed = {entry.hash for entry in ready}
    waiting = [entry for entry in pool if entry.hash not in placed and entry.hash not in broken]
    return _Placement(ready, waiting, list(broken.values()), admitted, set(known))


def _ends(connection: Any, hashes: Iterable[bytes]) -> dict[bytes, tuple[Id, int, int]]:
    """After each of these entries: whose the next one must be, its number, the number of its first change."""
    ends: dict[bytes, tuple[Id, int, int]] = {}
    for hash in hashes:
        device, n, body = connection.execute(
            "SELECT d.id, e.n, e.body FROM entry e JOIN device_known d ON d.no = e.device WHERE e.hash = ?",
            (hash,),
        ).fetchone()
        ends[hash] = (device, n + 1, sum(span(body)))
    return ends


def _keys_set(group: Group) -> set[bytes]:
    """The keys that changes to an invitation set on it."""
    pairs = zip(group.fields, group.values or (), strict=False)
    return {value for name, value in pairs if name == "key" and isinstance(value, bytes)}


def _invitation_keys(connection: Any, invitation: Id) -> set[bytes]:
    """Every key an invitation ever had: what is written on it later shuts nobody out who used it."""
    row = connection.execute("SELECT no FROM object WHERE id = ?", (invitation,)).fetchone()
    entries = entries_on(connection, row[0]) if row else []
    return {
        key
        for _, entry in entries
        for group in entry.groups
        if group.id == invitation
        for key in _keys_set(group)
    }


def _vouched(
    connection: Any,
    entry: Entry,
    inspection: Id,
    invited: Mapping[Id, set[bytes]],
    known: Mapping[Id, bytes],
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
            public, proof, invitation = said.get("sign_key"), said.get("proof"), said.get("invitation")
            if not (isinstance(public, bytes) and isinstance(proof, bytes) and isinstance(invitation, bytes)):
                return None
            keys = invited.get(invitation, set()) | _invitation_keys(connection, invitation)
            keys |= {known[invitation]} if invitation in known else set()
            statement = join_statement(inspection, entry.device)
            if device_id(public) == entry.device and any(verifies(key, proof, statement) for key in keys):
                return public
    return None


def _park(connection: Any, waiting: list[Entry]) -> None:
    connection.execute("DELETE FROM parked")
    connection.executemany(
        "INSERT INTO parked (hash, device, n, body, payloads) VALUES (?, ?, ?, ?, ?)",
        (
            (entry.hash, entry.device, entry.n, entry.body, msgspec.msgpack.encode(entry.payloads()))
            for entry in waiting
        ),
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
