"""What was written since a moment, so that what was worked out before stands where nothing of it was touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fieldwork.domain.values import Id
from fieldwork.store.entry import DELETED, Entry, Group
from fieldwork.store.interning import OWNERS
from fieldwork.store.opened import load, load_all
from fieldwork.store.same import Sets, sets_in
from fieldwork.store.workspace import Workspace, get_meta, raw

MOST = 200
"""Entries that are looked through; after more, everything counts as touched."""
_DEPTH = 4  # an answer, its examination, its file; and one more


def moment_in(db: sa.Connection) -> tuple[int, int]:
    """Which entries stand: the last one's number, and the last there ever was when a merge was last taken back."""
    last: int = raw(db).execute("SELECT coalesce(max(no), 0) FROM entry").fetchone()[0]
    return last, get_meta(db, "numbered", 0)


@dataclass(frozen=True)
class Moment:
    """What stood when something was worked out: the entries, what was joined, and what releases open."""

    entries: tuple[int, int]
    joined: Mapping[Id, Id]
    opened: frozenset[tuple[Id, bytes]]

    @property
    def sets(self) -> Sets:
        return Sets(self.joined)


def moment_now(workspace: Workspace) -> Moment:
    """To be read before what is worked out: an entry that comes between is told as new then."""
    with workspace.read() as db:
        opened = raw(db).execute("SELECT examination, stamp FROM unsealed").fetchall()
        return Moment(moment_in(db), sets_in(db).shown, frozenset(map(tuple, opened)))


def touched_since(
    workspace: Workspace, before: Moment, *, top: str, below: frozenset[str], beside: frozenset[str]
) -> set[Id] | None:
    """The records of the kind `top` of which, or of what belongs to them, something was written since a moment.

    below: kinds that belong to one, at whatever depth. beside: kinds that do not matter. None where that cannot be
    told from what was written: another kind, an entry that does not count whole or decides what does, a record that
    came to belong elsewhere, other sets or releases, a merge that was taken back, or more than `MOST` entries.
    """
    now = moment_now(workspace)
    if now == before:
        return set()
    if (now.entries[1], now.joined, now.opened) != (before.entries[1], before.joined, before.opened):
        return None
    with workspace.read() as db:
        connection = raw(db)
        rows = connection.execute(
            "SELECT no, body, counts = 1 AND decides = 0 FROM entry WHERE no > ? ORDER BY no LIMIT ?",
            (before.entries[0], MOST + 1),
        ).fetchall()
        if len(rows) > MOST or not all(plain for _, _, plain in rows):
            return None
        found: set[Id] = set()
        for entry in load_all(connection, {no: body for no, body, _ in rows}).values():
            tops = _tops(connection, entry, before.entries[0], top, below, beside)
            if tops is None:
                return None
            found |= tops
    return found


def _tops(
    db: Any, entry: Entry, last: int, top: str, below: frozenset[str], beside: frozenset[str]
) -> set[Id] | None:
    found: set[Id] = set()
    for group in entry.groups:
        if not _of_that_kind(db, group, last):
            return None
        if group.kind in beside:
            continue
        one = _top(db, group.id, top) if group.kind in below or group.kind == top else None
        if one is None:
            return None
        found.add(one)
    return found


def _of_that_kind(db: Any, group: Group, last: int) -> bool:
    """Whether a record is of the kind that a group says, and was so at an entry, and belongs where it did."""
    kind, no = db.execute("SELECT kind, no FROM object WHERE id = ?", (group.id,)).fetchone()
    if kind != group.kind:
        return False
    query = "SELECT e.no, e.body FROM seen s JOIN entry e ON e.no = s.entry WHERE s.object = ? ORDER BY s.entry LIMIT 1"
    number, body = db.execute(query, (no,)).fetchone()
    if number > last:
        return True
    if {OWNERS.get(kind), DELETED} & set(group.fields):
        return False
    return any(one.id == group.id and one.kind == kind for one in load(db, number, body).groups)


def _top(db: Any, id: Id | None, top: str) -> Id | None:
    """The record of the kind `top` that this one belongs to; None where that is not known."""
    for _ in range(_DEPTH):
        row = db.execute("SELECT kind, owner FROM object WHERE id = ?", (id,)).fetchone()
        if row is None or row[0] == top:
            return id if row is not None else None
        id = row[1]
    return None
