"""What this laptop remembers of its hubs: each one's own id and the heads last seen there.

A hub that lost something is known by that, whatever it says of itself.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.exchange.hub_door import Hub
from fieldwork.store.comparing import HUBS
from fieldwork.store.reading import records_in
from fieldwork.store.workspace import Workspace, get_meta, set_meta

Tip = tuple[Id, int, bytes]  # laptop, number, hash


@dataclass
class Seen:
    """A hub as it was when last used. at: wall ms; letters: the newest letter read, by laptop;
    told: digest of the heads held here that the hub was last told of.
    """

    address: str
    at: int
    heads: list[Tip] = field(default_factory=list)
    letters: dict[Id, int] = field(default_factory=dict)
    told: bytes = b""

    @property
    def day(self) -> str:
        return f"{datetime.fromtimestamp(self.at / 1000):%d %B %Y %H:%M}"


@dataclass
class Past:
    """What is remembered of this hub, and what of it is there no longer, in sentences."""

    seen: Seen
    lost: list[Tip]
    found: list[str]


def compare(workspace: Workspace, hub: Hub) -> Past:
    """Hold the hub against what it had before."""
    with workspace.read() as db:
        every = _remembered(db)
        labels = labels_in(db)
    seen = every.get(hub.id)
    if seen is None:
        before = [one for one in every.values() if one.address == hub.at]
        found = []
        if before:
            last = max(before, key=lambda one: one.at)
            found = [
                f"The hub at {hub.at} is another one than on {last.day}, or was set up anew. Nothing was deleted "
                "here; push sends it what this laptop wrote, and the other laptops must push too."
            ]
        return Past(Seen(hub.at, 0), [], found)
    hashes = [hash for _, _, hash in seen.heads]
    there = {
        bytes(hash)
        for (hash,) in hub.connection.execute(
            "SELECT hash FROM fieldwork.entry WHERE inspection = %s AND hash = ANY(%s)",
            (hub.inspection, hashes),
        )
    }
    lost = [tip for tip in seen.heads if tip[2] not in there]
    if not lost:
        return Past(seen, [], [])
    whose = ", ".join(sorted({labels.get(device, device.hex()[:8]) for device, _, _ in lost}))
    return Past(
        seen,
        lost,
        [
            f"The hub at {hub.at} was put back to an earlier state: it lacks what it had of {whose} on {seen.day}. "
            "Nothing was deleted here; each of these laptops sends it again with push."
        ],
    )


def remember(
    workspace: Workspace,
    hub: Hub,
    past: Past,
    *,
    letters: dict[Id, int] | None = None,
    told: bytes | None = None,
) -> None:
    """Keep what the hub holds now, and what it ought to hold beside that."""
    there = tips_of(hub)
    hashes = {hash for _, _, hash in there}
    still_lost = [tip for tip in past.lost if tip[2] not in hashes and not _behind(hub, tip)]
    now = Seen(
        hub.at,
        int(time.time() * 1000),
        there + still_lost,
        {**past.seen.letters, **(letters or {})},
        past.seen.told if told is None else told,
    )
    with workspace.write() as db:
        every = {**_remembered(db), hub.id: now}
        set_meta(db, **{HUBS: msgspec.msgpack.encode({id: _plain(one) for id, one in every.items()})})


def tips_of(hub: Hub) -> list[Tip]:
    """Where every branch ends at the hub."""
    rows = hub.connection.execute(
        "SELECT device, n, hash FROM fieldwork.tip WHERE inspection = %s ORDER BY device, n, hash",
        (hub.inspection,),
    ).fetchall()
    return [(bytes(device), n, bytes(hash)) for device, n, hash in rows]


def labels_in(db: Any) -> dict[Id, str]:
    """What colleagues call each laptop."""
    return {device.id: device.label or device.id.hex()[:8] for device in records_in(db, Device, hidden=True)}


def _behind(hub: Hub, tip: Tip) -> bool:
    """Whether an entry has come back to the hub."""
    found = hub.connection.execute(
        "SELECT 1 FROM fieldwork.entry WHERE inspection = %s AND hash = %s", (hub.inspection, tip[2])
    )
    return found.fetchone() is not None


def _remembered(db: Any) -> dict[str, Seen]:
    found = get_meta(db, HUBS)
    if not found:
        return {}
    packed = msgspec.msgpack.decode(
        found, type=dict[str, tuple[str, int, list[Tip], dict[bytes, int], bytes]]
    )
    return {id: Seen(*one) for id, one in packed.items()}


def _plain(seen: Seen) -> tuple[Any, ...]:
    return seen.address, seen.at, seen.heads, seen.letters, seen.told
