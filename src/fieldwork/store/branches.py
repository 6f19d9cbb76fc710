"""The branches held here, entry by entry: what a hub lacks of them, and what it has beyond them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldwork.domain.records import Epoch, EpochKey
from fieldwork.domain.values import Id
from fieldwork.store.entry import REASON, Payload
from fieldwork.store.holding import held_hashes, reach


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a chain: its local number, its number in the chain, its hash, the bytes of its body."""

    no: int
    n: int
    hash: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry as it goes out: payloads by place, without those that were erased."""

    n: int
    hash: bytes
    previous: bytes
    body: bytes
    payloads: dict[int, Payload]


def tips(connection: Any) -> list[tuple[Id, int, bytes]]:
    """The last entry of every branch that stands here: laptop, number, hash."""
    return connection.execute(
        "SELECT d.id, b.n, e.hash FROM branch b JOIN entry e ON e.no = b.tip "
        "JOIN device_known d ON d.no = b.device ORDER BY d.id, b.no"
    ).fetchall()


def present(connection: Any, hashes: Iterable[bytes]) -> set[bytes]:
    """Which of these entries are here, standing or waiting."""
    asked = list(hashes)
    held = held_hashes(connection, asked)
    if len(held) < len(asked):
        held.update({h for (h,) in connection.execute("SELECT hash FROM parked")} & set(asked))
    return held


def chains_beyond(connection: Any, device: Id, floor: Sequence[bytes]) -> list[list[Link]]:
    """What stands here of a laptop and is behind none of these tips: one list per branch, oldest first."""
    reached = reach(connection, floor)
    chains = []
    for (branch,) in connection.execute(
        "SELECT b.no FROM branch b JOIN device_known d ON d.no = b.device WHERE d.id = ? ORDER BY b.no",
        (device,),
    ).fetchall():
        rows = connection.execute(
            "SELECT no, n, hash, length(body) FROM entry WHERE branch = ? AND n > ? ORDER BY n",
            (branch, reached.get(branch, 0)),
        ).fetchall()
        if rows:
            chains.append([Link(*row) for row in rows])
    return chains


def counts(connection: Any) -> dict[Id, int]:
    """How many entries of each laptop stand here."""
    return dict(
        connection.execute(
            "SELECT d.id, count(*) FROM entry e JOIN device_known d ON d.no = e.device GROUP BY d.id"
        ).fetchall()
    )


def load(connection: Any, links: Collection[Link]) -> list[Sent]:
    """These entries whole, in the same order."""
    bodies: dict[int, bytes] = {}
    payloads: dict[int, dict[int, Payload]] = {}
    numbers = [link.no for link in links]
    for at in range(0, len(numbers), 500):
        some = numbers[at : at + 500]
        marks = ",".join("?" * len(some))
        bodies.update(connection.execute(f"SELECT no, body FROM entry WHERE no IN ({marks})", some))
        for no, place, salt, vals in connection.execute(
            f"SELECT entry, place, salt, vals FROM payload WHERE entry IN ({marks})", some
        ):
            payloads.setdefault(no, {})[place] = (salt, vals)
    return [
        Sent(
            link.n,
            link.hash,
            msgspec.msgpack.decode(bodies[link.no])[10],
            bodies[link.no],
            payloads.get(link.no, {}),
        )
        for link in links
    ]


def key_carriers(connection: Any) -> set[bytes]:
    """Entries that hand out a key of the inspection: who reads them cannot have that key yet."""
    rows = connection.execute(
        "SELECT DISTINCT e.hash FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
        "WHERE o.kind IN (?, ?)",
        (Epoch.kind, EpochKey.kind),
    )
    return {hash for (hash,) in rows}


def erased_places(connection: Any) -> list[tuple[bytes, int]]:
    """Where values of erased records stood: entry and place, of entries that are still here."""
    rows = connection.execute(
        "SELECT DISTINCT e.no, e.hash, e.body FROM erased x JOIN object o ON o.id = x.id "
        "JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry ORDER BY e.no"
    ).fetchall()
    missing = []
    for no, hash, body in rows:
        read = msgspec.msgpack.decode(body)
        held = {p for (p,) in connection.execute("SELECT place FROM payload WHERE entry = ?", (no,))}
        spoken = {*range(len(read[12])), *([REASON] if read[8] is not None else [])}
        missing += [(hash, place) for place in sorted(spoken - held)]
    return missing
