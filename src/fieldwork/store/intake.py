"""Taking in what colleagues wrote: checked whole, put in causal order, applied in one transaction."""

import gc
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.package import Head, Outcome
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, Told, untold
from fieldwork.domain.values import Id
from fieldwork.store import held
from fieldwork.store.clearing import clear_if_marked, without_erased
from fieldwork.store.conflicting import Arisen, conflicts_in, open_heads
from fieldwork.store.connection import large_cache
from fieldwork.store.entry import NO_HASH, REASON, Entry, read_entry, span
from fieldwork.store.epochs import keep_given
from fieldwork.store.holding import held_hashes, keep_knowledge, keep_signatures
from fieldwork.store.known_laptops import (
    clock_words,
    forget_strangers,
    forked,
    hear_of,
    keep_clock,
    know,
    label_of,
    succeed,
)
from fieldwork.store.receipts import Receipt, write_receipt
from fieldwork.store.standing import standing
from fieldwork.store.state import SHIFT, Effect, count_again, take_effect
from fieldwork.store.vouching import Introduced, vouched_for
from fieldwork.store.workspace import Workspace, get_meta, raw, set_meta

BATCH = 100_000  # changes that take effect at a time

_STRANGER = (
    "It comes from a laptop that nobody here has invited or knows of yet; nothing was taken. If it is a colleague's, "
    "merge a package of one who knows it first, or ask it for one with everything."
)
_BROKEN = "The laptop that sent it has broken the chain of its own changes; nothing of it was taken."
MOST_WAITING = 50_000  # entries of laptops nobody here knows yet; more would let a stranger fill the disk
LARGEST_WAITING = 64 << 20  # bytes of them


@dataclass(frozen=True)
class Parcel:
    """A package as far as it could be read and its signatures checked.

    digest: of its bytes. made: its sender's wall time in milliseconds, 0 where it says none.
    """

    name: str
    sender: Id
    heads: tuple[Head, ...]
    entries: tuple[Entry, ...]
    digest: bytes = b""
    made: int = 0


@dataclass
class Intake:
    """What became of several packages that were taken in as one set."""

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()


@dataclass
class _Placement:
    """Entries in the order they can take effect, and those that must wait.

    broken: entries that do not continue the chain they claim to, and all that builds on them.
    admitted: laptops that are vouched for from now on; known: those that were before.
    """

    ready: list[Entry]
    waiting: list[Entry]
    broken: list[Entry]
    admitted: dict[Id, Introduced]
    known: set[Id]

    @property
    def vouched(self) -> set[Id]:
        return self.known | set(self.admitted)


class _DryRun(Exception):
    """Raised to roll the transaction back after everything was worked out."""


def take_in(
    workspace: Workspace,
    parcels: list[Parcel],
    *,
    dry_run: bool = False,
    now: int = 0,
    told: Told = untold,
    check: Callable[[Any], None] | None = None,
) -> Intake:
    """Apply all packages as one set, or, with dry_run, work out exactly what would happen and change nothing.

    check: is shown the connection when all has taken effect; what it raises rolls all of it back.
    """
    collecting = gc.isenabled()
    gc.disable()  # millions of short-lived values: the cyclic collector would double the time
    intake = Intake([])
    try:
        with workspace.write() as db, large_cache(raw(db)):
            intake, arisen = _take_in(db, workspace, parcels, now, told)
            if check is not None:
                check(raw(db))
            if dry_run:
                intake.conflicts = conflicts_in(db, workspace.device, arisen)
                raise _DryRun
            if arisen:
                intake.conflicts = Arisen(workspace, arisen)
            told(COMMITTING, 0, 0)
    except _DryRun:
        pass
    finally:
        if collecting:
            gc.enable()
    if not dry_run:
        clear_if_marked(workspace)
    return intake


def _take_in(
    db: sa.Connection, workspace: Workspace, parcels: list[Parcel], now: int, told: Told
) -> tuple[Intake, dict[tuple[int, str], tuple[int, ...]]]:
    """What became of them, and where conflicts arose."""
    connection = raw(db)
    stood = held.as_it_stands(connection)
    outcomes = {parcel.name: Outcome(parcel.name) for parcel in parcels}
    parked = _parked(connection)
    told(CHECKING, 0, 0)
    good = list(parcels)
    incomplete: set[bytes] = set()
    before, split = open_heads(connection), forked(connection)
    while True:
        fresh, carried_by = _fresh(connection, good, parked, outcomes)
        pool = _whole(parked, fresh)
        placement = _place(connection, workspace.inspection, pool, _signed(connection, good), incomplete)
        refused = _refused(good, placement)
        for name, reason in refused.items():
            outcomes[name] = Outcome(name, refused=reason, later=reason == _STRANGER)
        good = [parcel for parcel in good if parcel.name not in refused]
        if refused:
            continue
        lacking = any(entry.lacks for entry in placement.ready)
        if lacking:
            connection.execute("SAVEPOINT placed")
        left_out = _leave_out(placement, {entry.hash for entry in parked})
        vouchers = [head for parcel in good for head in parcel.heads]
        know(connection, placement.admitted)
        hear_of(connection, {entry.device for entry in placement.waiting} - placement.vouched, vouchers)
        effect = _apply(connection, placement.ready, told) if placement.ready else Effect()
        if not lacking:
            break
        unexplained = _unexplained(connection, placement.ready)
        if unexplained:
            connection.execute("ROLLBACK TO placed")
        connection.execute("RELEASE placed")
        if not unexplained:
            break
        incomplete |= unexplained
    numbers = effect.entries
    changed = {kind: frozenset(ids) for kind, ids in effect.touched.items()}
    for kind, ids in _fill_in(connection, good).items():
        changed[kind] = changed.get(kind, frozenset()) | ids
    _park(connection, placement.waiting)
    keep_signatures(connection, vouchers)
    for parcel in good:
        keep_knowledge(connection, parcel.sender, parcel.heads, now)
    succeed(connection, placement.admitted)
    forget_strangers(connection)
    _count(placement, carried_by, outcomes)
    if _goes_on_elsewhere(workspace.device, placement, carried_by):
        set_meta(db, taken_over=1)
    split = forked(connection) - split
    after = open_heads(connection)
    arisen = {where: heads for where, heads in after.items() if before.get(where) != heads}
    brought = {number: carried_by[hash] for hash, number in numbers.items() if hash in carried_by}
    for heads in arisen.values():
        for bearer in {brought[change >> SHIFT] for change in heads if change >> SHIFT in brought}:
            outcomes[bearer].conflicting += 1
    _name_senders(connection, good, outcomes)
    for parcel in good:
        notes = outcomes[parcel.name].notes
        notes += _noted(connection, workspace.device, parcel, placement, split, left_out)
        clock = keep_clock(connection, parcel.sender, parcel.made, parcel.heads, now)
        notes += (
            [f"The clock of {label_of(connection, parcel.sender)} is {clock_words(clock)}."] if clock else []
        )
    for parcel in good:
        said = outcomes[parcel.name]
        write_receipt(
            db,
            Receipt("in", Path(parcel.name).name, parcel.sender, now, said.entries, said.new + said.changed),
            parcel.digest,
        )
    if get_meta(db, "seed"):  # else the file is only being made, from a pack
        keep_given(db, workspace.device_keys)
        held.note_merge(db, stood, set(numbers), now)
    return Intake([outcomes[parcel.name] for parcel in parcels], changed), arisen


def _apply(connection: Any, ready: list[Entry], told: Told) -> Effect:
    """Let entries take effect in order, in batches, so that memory stays bounded and progress can be told."""
    total = sum(entry.changes for entry in ready)
    effect = Effect()
    done = at = 0
    while at < len(ready):
        told(APPLYING, done, total)
        start, wanted = at, done + BATCH
        while at < len(ready) and (at == start or done + ready[at].changes <= wanted):
            done += ready[at].changes
            at += 1
        some = take_effect(connection, ready[start:at])
        effect.entries |= some.entries
        for kind, ids in some.touched.items():
            effect.touched.setdefault(kind, set()).update(ids)
    told(APPLYING, total, total)
    return effect


def _refused(parcels: Iterable[Parcel], placement: _Placement) -> dict[str, str]:
    """Packages to refuse whole: of strangers, and of who broke the chain of their own laptop.

    What somebody else broke is left out, and its bearer believed in all else. What a bearer brings
    of laptops that nobody here knows yet waits.
    """
    broken = {entry.hash for entry in placement.broken}
    refused: dict[str, str] = {}
    for parcel in parcels:
        if any(entry.hash in broken and entry.device == parcel.sender for entry in parcel.entries):
            refused[parcel.name] = _BROKEN
        elif parcel.sender not in placement.vouched:
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
    """Entries nobody here holds, each with the package that brought it first.

    What waits here because something of it is missing is taken again from who has all of it.
    """
    waiting = {entry.hash for entry in parked}
    lacking = {entry.hash for entry in parked if entry.lacks}
    fresh: list[Entry] = []
    carried_by: dict[bytes, str] = {}
    for parcel in parcels:
        duplicate = 0
        here = held_hashes(connection, [entry.hash for entry in parcel.entries])
        for entry in parcel.entries:
            if (
                entry.hash in here
                or entry.hash in carried_by
                or entry.hash in waiting - lacking
                or (entry.hash in lacking and entry.lacks)
            ):
                duplicate += 1
            else:
                carried_by[entry.hash] = parcel.name
                fresh.append(entry)
        outcomes[parcel.name].duplicate = duplicate
        outcomes[parcel.name].entries = len(parcel.entries)
    return fresh, carried_by


def _whole(parked: list[Entry], fresh: list[Entry]) -> list[Entry]:
    """All that may take effect, each once: what came anew stands for what waited with something missing."""
    again = {entry.hash for entry in fresh}
    return [*(entry for entry in parked if entry.hash not in again), *fresh]


def _unexplained(connection: Any, entries: Iterable[Entry]) -> set[bytes]:
    """Entries of which something is missing that no erasure names: they wait for a copy that has it."""
    lacking = [entry for entry in entries if entry.lacks]
    if not lacking:
        return set()
    now = standing(connection)
    connection.execute(
        "INSERT OR IGNORE INTO meta VALUES ('dropped', 0)"
    )  # wanted again, once one is in force no more
    return {entry.hash for entry in lacking if not now.excuses(entry)}


def _fill_in(connection: Any, parcels: Iterable[Parcel]) -> dict[str, frozenset[Id]]:
    """Put back what was dropped here for an erasure that is no longer in force, from packages that hold it."""
    if connection.execute("SELECT 1 FROM meta WHERE name = 'dropped'").fetchone() is None:
        return {}
    now = standing(connection)
    objects: set[int] = set()
    for parcel in parcels:
        for entry in parcel.entries:
            row = connection.execute("SELECT no FROM entry WHERE hash = ?", (entry.hash,)).fetchone()
            gone = [now.erases(entry, group.id) for group in entry.groups] if row else []
            for place, packed in enumerate(entry.payloads() if row else (), REASON):
                if packed is None or (any(gone) if place == REASON else gone[place]):
                    continue
                put = connection.execute(
                    "INSERT OR IGNORE INTO payload VALUES (?, ?, ?, ?)", (row[0], place, *packed)
                )
                if put.rowcount and place != REASON:
                    id = entry.groups[place].id
                    objects.add(connection.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()[0])
    effect = count_again(connection, objects) if objects else Effect()
    return {kind: frozenset(ids) for kind, ids in effect.touched.items()}


def _signed(connection: Any, parcels: Iterable[Parcel]) -> set[tuple[Id, bytes]]:
    """Whose entries there are signatures for, here or in these packages, with the hash of each."""
    kept = connection.execute(
        "SELECT d.id, s.hash FROM signature s JOIN device_known d ON d.no = s.device"
    ).fetchall()
    return {*kept, *((head.device, head.hash) for parcel in parcels for head in parcel.heads)}


def _place(
    connection: Any,
    inspection: Id,
    pool: list[Entry],
    signed: set[tuple[Id, bytes]],
    incomplete: set[bytes],
) -> _Placement:
    """Sort a pool by what can take effect, once it is known who is vouched for.

    What breaks a chain vouches for nobody, so that all laptops come to the same answer; what only its
    signature vouched for goes with it, since it could never be passed on.
    """
    known = dict(connection.execute("SELECT id, public FROM device_known WHERE vouched"))
    broken: list[Entry] = []
    while True:
        admitted = vouched_for(connection, inspection, known, pool)
        placement = _sorted(connection, pool, known, admitted, incomplete)
        if not placement.broken:
            placement.broken = broken
            return placement
        spoilt = {entry.hash for entry in placement.broken}
        left = [entry for entry in pool if entry.hash not in spoilt]
        spoilt |= _unsigned(left, {entry.device for entry in placement.broken}, signed)
        broken += [entry for entry in pool if entry.hash in spoilt]
        pool = [entry for entry in left if entry.hash not in spoilt]


def _unsigned(pool: list[Entry], devices: set[Id], signed: set[tuple[Id, bytes]]) -> set[bytes]:
    """Entries of these laptops that no signature vouches for."""
    by_hash = {entry.hash: entry for entry in pool if entry.device in devices}
    reached: set[bytes] = set()
    for device, hash in signed:
        while hash in by_hash and by_hash[hash].device == device and hash not in reached:
            reached.add(hash)
            hash = by_hash[hash].previous
    return set(by_hash) - reached


def _sorted(
    connection: Any,
    pool: list[Entry],
    known: Mapping[Id, bytes],
    admitted: dict[Id, Introduced],
    incomplete: set[bytes],
) -> _Placement:
    """Causal order: an entry is ready when its predecessor and all it builds on stand or are ready.

    incomplete: entries that must wait whatever stands.
    """
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
        if not wants and entry.hash not in incomplete:
            queue.append(entry)
    ready: list[Entry] = []
    broken: dict[bytes, Entry] = {}
    while queue:
        entry = queue.popleft()
        if ends.get(entry.previous, (entry.device, 1, 1)) != (entry.device, entry.n, entry.first):
            broken[entry.hash] = entry
            continue
        if entry.device not in known and entry.device not in admitted:
            continue
        ready.append(entry)
        ends[entry.hash] = (entry.device, entry.n + 1, entry.first + entry.changes)
        for follower in followers.get(entry.hash, ()):
            missing[follower.hash] -= 1
            if not missing[follower.hash] and follower.hash not in incomplete:
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


def _leave_out(placement: _Placement, parked: set[bytes]) -> set[bytes]:
    """Take from what waits what is too much of laptops nobody here knows; all new entries of one, or none.

    They are not refused for good: who sent them will send them again as long as they are not held here.
    """
    chains: dict[Id, list[Entry]] = {}
    count = size = 0
    for entry in placement.waiting:
        if entry.device not in placement.vouched:
            if entry.hash in parked:
                count, size = count + 1, size + _bulk(entry)
            else:
                chains.setdefault(entry.device, []).append(entry)
    left_out: set[bytes] = set()
    for _, chain in sorted(chains.items()):
        more = count + len(chain), size + sum(map(_bulk, chain))
        if more[0] > MOST_WAITING or more[1] > LARGEST_WAITING:
            left_out |= {entry.hash for entry in chain}
        else:
            count, size = more
    placement.waiting = [entry for entry in placement.waiting if entry.hash not in left_out]
    return left_out


def _bulk(entry: Entry) -> int:
    return len(entry.body) + sum(len(packed[1]) for packed in entry.payloads() if packed)


def _goes_on_elsewhere(own: Id, placement: _Placement, fresh: Container[bytes]) -> bool:
    """Whether another copy of this file speaks under this laptop's name, or has taken over from it."""
    return any(one.takes_over == own for one in placement.admitted.values()) or any(
        entry.device == own and entry.hash in fresh for entry in (*placement.ready, *placement.waiting)
    )


def _noted(
    connection: Any, own: Id, parcel: Parcel, placement: _Placement, split: set[Id], left_out: set[bytes]
) -> list[str]:
    """What else a person should know of a package, one sentence each."""
    notes = []
    mine = {entry.hash for entry in parcel.entries}
    devices = {entry.device for entry in parcel.entries}
    brought = (e for e in (*placement.ready, *placement.waiting) if e.device == own) if own in devices else ()
    if any(entry.hash in mine for entry in brought) or any(
        one.takes_over == own and id in devices for id, one in placement.admitted.items()
    ):
        notes.append(
            f"{label_of(connection, own)} goes on in another copy of this file; both histories are kept, and "
            "this laptop takes a new name before its next act."
        )
    for device in sorted(split & devices - {own}):
        notes.append(
            f"{label_of(connection, device)} goes on in two copies of its file; both histories are kept."
        )
    if any(entry.device not in placement.vouched and entry.hash in mine for entry in placement.waiting):
        notes.append(
            "It carries changes of a laptop that nobody here knows of yet; they wait until its introduction comes."
        )
    if mine & left_out:
        notes.append(
            "It carries too many changes of laptops that nobody here knows of yet, and those were left out; "
            "merge a package of a colleague who knows them, then this one again."
        )
    return notes


def _park(connection: Any, waiting: list[Entry]) -> None:
    connection.execute("DELETE FROM parked")
    erased = connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() if waiting else None
    now = standing(connection) if erased else None
    connection.executemany(
        "INSERT INTO parked (hash, device, n, body, payloads) VALUES (?, ?, ?, ?, ?)",
        (
            (
                *(entry.hash, entry.device, entry.n, entry.body),
                msgspec.msgpack.encode(without_erased(now, entry) if now else entry.payloads()),
            )
            for entry in waiting
        ),
    )


def _count(placement: _Placement, carried_by: Mapping[bytes, str], outcomes: Mapping[str, Outcome]) -> None:
    for entry in placement.ready:
        outcome = outcomes.get(carried_by.get(entry.hash, ""))
        if outcome is None:
            continue
        outcome.new += entry.changes
        for group in entry.groups:
            if group.replaces:
                edits = sum(1 for bases in group.bases if bases)
                outcome.changed += edits
                outcome.new -= edits
            else:
                outcome.by_kind[group.kind] = outcome.by_kind.get(group.kind, 0) + 1
    for entry in placement.waiting:
        if entry.hash in carried_by:
            outcomes[carried_by[entry.hash]].waiting += 1


def _name_senders(connection: Any, parcels: Iterable[Parcel], outcomes: Mapping[str, Outcome]) -> None:
    for parcel in parcels:
        outcomes[parcel.name].sender = label_of(connection, parcel.sender)
