"""The order in which entries can take effect: causal, of laptops that somebody known here vouches for."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.values import Id
from fieldwork.store.entry import NO_HASH, Entry, span
from fieldwork.store.holding import held_hashes
from fieldwork.store.vouching import Introduced, vouched_for

MOST_WAITING = 50_000  # entries of laptops nobody here knows yet; more would let a stranger fill the disk
LARGEST_WAITING = 64 << 20  # bytes of them


@dataclass
class Placement:
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


def place(
    connection: Any,
    inspection: Id,
    pool: list[Entry],
    signed: set[tuple[Id, bytes]],
    incomplete: set[bytes],
) -> Placement:
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
) -> Placement:
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
    return Placement(ready, waiting, list(broken.values()), admitted, set(known))


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


def leave_out(placement: Placement, parked: set[bytes]) -> set[bytes]:
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
