"""How far a colleague's laptop is from this one, by what their last package said they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec

from fieldwork.domain.values import Id
from fieldwork.store.entry import span
from fieldwork.store.holding import held_hashes, reach
from fieldwork.store.workspace import Workspace, get_meta, raw

HUBS = "hubs_seen"  # the name under which the hubs and what they held are remembered
Tip = tuple[Id, int, bytes]  # laptop, number of the entry, its hash


@dataclass(frozen=True)
class Distance:
    """Between a colleague's laptop and this one, as of their last package (`heard`, wall ms).

    lacks: for every laptop the changes that stand here and that they are not known to hold. ahead: for every
    laptop the acts they said they hold and that are not here.
    """

    heard: int
    lacks: Mapping[Id, int]
    ahead: Mapping[Id, int]


def distances(workspace: Workspace) -> dict[Id, Distance]:
    """For every laptop a package came from: how far it is from this one."""
    decode = msgspec.msgpack.Decoder(list[Tip]).decode
    with workspace.read() as db:
        connection = raw(db)
        known = connection.execute("SELECT device, heads, at FROM knowledge").fetchall()
        return {device: _distance(connection, decode(heads), heard) for device, heads, heard in known}


def hub_distances(workspace: Workspace) -> dict[str, Distance]:
    """By address, how far each hub was from this laptop when it was last used; nothing is asked of it."""
    with workspace.read() as db:
        packed = get_meta(db, HUBS)
        kept = msgspec.msgpack.decode(packed) if isinstance(packed, bytes) else {}
        newest = {one[0]: one for one in sorted(kept.values(), key=itemgetter(1))}
        return {
            address: _distance(raw(db), [tuple(tip) for tip in heads], at)
            for address, at, heads, *_ in newest.values()
        }


def _distance(connection: Any, heads: Sequence[Tip], heard: int) -> Distance:
    here = held_hashes(connection, [hash for _, _, hash in heads])
    lacks = changes_between(connection, _tips(connection, heads, here))
    return Distance(heard, lacks, _ahead(connection, heads, here))


def tips_reached(connection: Any, heads: Sequence[Tip]) -> dict[int, int]:
    """By local branch, up to which entry a laptop with these heads holds it."""
    here = held_hashes(connection, [hash for _, _, hash in heads])
    return reach(connection, _tips(connection, heads, here))


def _tips(connection: Any, heads: Sequence[Tip], here: set[bytes]) -> list[bytes]:
    beyond = [(device, n) for device, n, hash in heads if hash not in here]
    return [hash for _, _, hash in heads if hash in here] + _passed(connection, beyond)


def _passed(connection: Any, beyond: Sequence[tuple[Id, int]]) -> list[bytes]:
    """Ends of chains here that go on at a colleague's: who holds entry 40 of an unbroken chain holds our 37."""
    found = []
    for device, n in beyond:
        ends = connection.execute(
            "SELECT b.n, e.hash FROM branch b JOIN device_known d ON d.no = b.device "
            "JOIN entry e ON e.no = b.tip WHERE d.id = ?",
            (device,),
        ).fetchall()
        if len(ends) == 1 and ends[0][0] < n:
            found.append(ends[0][1])
    return found


def changes_between(connection: Any, tips: Sequence[bytes]) -> dict[Id, int]:
    """By laptop, how many changes stand here that are not behind any of these tips; two entries read a branch."""
    reached = reach(connection, tips)
    beyond: dict[Id, int] = {}
    for branch, device, base, base_n, n in connection.execute(
        "SELECT b.no, d.id, b.base, b.base_n, b.n FROM branch b JOIN device_known d ON d.no = b.device"
    ).fetchall():
        known = max(reached.get(branch, 0), base_n)
        if known < n:
            before = _changes_up_to(connection, base if known == base_n else branch, known)
            beyond[device] = beyond.get(device, 0) + _changes_up_to(connection, branch, n) - before
    return beyond


def _changes_up_to(connection: Any, branch: int | None, n: int) -> int:
    """How many changes a laptop had made once it had written entry n of a branch."""
    if branch is None or n == 0:
        return 0
    (body,) = connection.execute("SELECT body FROM entry WHERE branch = ? AND n = ?", (branch, n)).fetchone()
    return sum(span(body)) - 1


def _ahead(connection: Any, heads: Sequence[Tip], here: set[bytes]) -> dict[Id, int]:
    """By laptop, how many acts behind these heads are not here, what waits for others included."""
    highest = dict(
        connection.execute(
            "SELECT d.id, max(b.n) FROM branch b JOIN device_known d ON d.no = b.device GROUP BY d.id"
        )
    )
    ahead: dict[Id, int] = {}
    for device, n, hash in heads:
        if hash not in here:
            ahead[device] = max(ahead.get(device, 0), n - min(highest.get(device, 0), n - 1))
    return ahead
