"""What the history says of an erasure: who asked and approved and when, what is gone here, who else holds it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldwork.domain.values import Id
from fieldwork.store.comparing import tips_reached
from fieldwork.store.entry import read_entry
from fieldwork.store.opened import load
from fieldwork.store.workspace import Workspace, raw


@dataclass(frozen=True)
class Said:
    """A laptop's act on a record. at: wall milliseconds, as that laptop's clock had it."""

    device: Id
    at: int


def first_said(workspace: Workspace, id: Id) -> Said:
    """Who made a record, and when."""
    with workspace.read() as db:
        body = _entries_on(raw(db), id)[0][1]
    entry = read_entry(body, {})
    return Said(entry.device, entry.wall)


def emptied(workspace: Workspace, ids: Collection[Id]) -> int:
    """How many entries here hold no longer what they said of these records."""
    gone: set[int] = set()
    with workspace.read() as db:
        connection = raw(db)
        for id in ids:
            for number, body in _entries_on(connection, id):
                groups = load(connection, number, body).groups
                if any(group.id == id and group.values is None for group in groups):
                    gone.add(number)
    return len(gone)


def _entries_on(connection: Any, id: Id) -> list[tuple[int, bytes]]:
    return connection.execute(
        "SELECT e.no, e.body FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
        "WHERE o.id = ? ORDER BY e.no",
        (id,),
    ).fetchall()


def holders(workspace: Workspace, ids: Collection[Id]) -> dict[Id, tuple[int, bool]]:
    """By laptop that a package came from: wall milliseconds of the last one, and whether it then held all that
    stands here of these records."""
    decode = msgspec.msgpack.Decoder(list[tuple[Id, int, bytes]]).decode
    with workspace.read() as db:
        connection = raw(db)
        wanted = {
            row
            for id in ids
            for row in connection.execute(
                "SELECT e.branch, e.n FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
                "WHERE o.id = ?",
                (id,),
            ).fetchall()
        }
        found = {}
        for device, heads, heard in connection.execute("SELECT device, heads, at FROM knowledge").fetchall():
            reached = tips_reached(connection, decode(heads))
            found[device] = (heard, all(n <= reached.get(branch, 0) for branch, n in wanted))
    return found
