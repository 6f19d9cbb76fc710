"""What is known here of a team's laptops: who was introduced, who took over from whom, whose clock is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.store.state import SHIFT
from fieldwork.store.vouching import Introduced

TOLERANCE = 600_000  # milliseconds by which two clocks may differ without a word


def know(connection: Any, admitted: Mapping[Id, Introduced]) -> None:
    """Keep the keys of laptops that somebody known here vouches for."""
    connection.executemany(
        "INSERT INTO device_known (id, public) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET vouched = 1",
        sorted((id, one.public) for id, one in admitted.items()),
    )


def hear_of(connection: Any, devices: Iterable[Id], heads: Iterable[Head]) -> None:
    """Keep the keys of laptops whose entries wait for their introduction, so that they can be passed on."""
    wanted = set(devices)
    connection.executemany(
        "INSERT INTO device_known (id, public, vouched) VALUES (?, ?, 0) ON CONFLICT (id) DO NOTHING",
        sorted({(head.device, head.public) for head in heads if head.device in wanted}),
    )


def forget_strangers(connection: Any) -> None:
    """Drop the keys of laptops that were never introduced and of which nothing waits any more."""
    strangers = "FROM device_known WHERE NOT vouched AND id NOT IN (SELECT device FROM parked)"
    connection.execute(f"DELETE FROM signature WHERE device IN (SELECT no {strangers})")
    connection.execute(f"DELETE {strangers}")


def succeed(connection: Any, admitted: Mapping[Id, Introduced]) -> None:
    """What a laptop said it held says nothing once another has taken over; if it still works, it speaks again."""
    connection.executemany(
        "DELETE FROM knowledge WHERE device = ?", ((one.takes_over,) for one in admitted.values())
    )


def forked(connection: Any) -> set[Id]:
    """Laptops whose history goes on in two copies."""
    return {id for (id,) in connection.execute("SELECT id FROM device_known WHERE forked")}


def keep_clock(connection: Any, sender: Id, made: int, heads: Iterable[Head], now: int) -> int | None:
    """Milliseconds by which a sender's clock is ahead of this laptop's, or (negative) behind what it holds.

    None where nothing speaks against it. What laptops with a fast clock wrote proves nobody else slow.
    """
    if not made or not now:
        return None
    off: int | None = made - now
    if made - now <= TOLERANCE:
        latest = max(
            (wall for wall in _walls(connection, sender, heads) if wall <= now + TOLERANCE), default=0
        )
        off = made - latest if latest - made > TOLERANCE else None
    connection.execute("UPDATE device_known SET clock = ? WHERE id = ?", (off, sender))
    return off


def _walls(connection: Any, sender: Id, heads: Iterable[Head]) -> list[int]:
    """Wall times of the last entries of other laptops that a sender holds and that stand here."""
    walls = []
    for head in heads:
        row = connection.execute(
            "SELECT e.body FROM entry e JOIN device_known d ON d.no = e.device "
            "WHERE e.hash = ? AND d.id <> ? AND coalesce(d.clock, 0) <= 0",
            (head.hash, sender),
        ).fetchone()
        if row is not None:
            walls.append(msgspec.msgpack.decode(row[0])[5])
    return walls


def clock_words(off: int | None) -> str:
    """A wrong clock in words, to go on after "its clock is"; "" for a right one."""
    if off is None:
        return ""
    units = ((31_556_952_000, "year"), (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))
    size, unit = next((one for one in units if abs(off) >= one[0] * 0.95), units[-1])
    count = max(round(abs(off) / size), 1)
    length = f"about {count} {unit}{'s' if count > 1 else ''}"
    return f"{length} ahead of this laptop's" if off > 0 else f"{length} behind what it had seen itself"


def joined_twice(connection: Any, after: int) -> list[tuple[int, str]]:
    """Laptops that joined with one invitation, where one of them came in after entry number `after`.

    As the number of the entry that brought the last of them, and a sentence.
    """
    rows = connection.execute(
        "SELECT d.invitation, c.change >> ?, d.id FROM device d CROSS JOIN object o ON o.id = d.id "
        "CROSS JOIN cell c ON c.object = o.no AND c.field = 'invitation' WHERE d.invitation IN ("
        "SELECT invitation FROM device GROUP BY invitation HAVING count(*) > 1) "
        "AND d.invitation NOT IN (SELECT id FROM device) ORDER BY 1, 2",
        (SHIFT,),
    ).fetchall()
    shared: dict[bytes, list[tuple[int, Id]]] = {}
    for invitation, number, device in rows:
        shared.setdefault(invitation, []).append((number, device))
    told = []
    for used in shared.values():
        last = max(number for number, _ in used)
        if last > after:
            names = [label_of(connection, device) for _, device in used]
            told.append(
                (
                    last,
                    f"{', '.join(names[:-1])} and {names[-1]} joined with the same pack, which is for one laptop; "
                    "find out which of them is right, a lead can remove the other.",
                )
            )
    return told


def label_of(connection: Any, device: Id) -> str:
    """What colleagues call a laptop, else the beginning of its id."""
    row = connection.execute("SELECT label FROM device WHERE id = ?", (device,)).fetchone()
    return (row[0] if row else None) or device.hex()[:8]
