"""What is in conflict: computed from heads, never stored, so that it needs no merging of its own."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict, Version
from fieldwork.domain.note_records import LOCATING, Excerpt
from fieldwork.domain.values import Id, Value
from fieldwork.store.opened import Entries
from fieldwork.store.projection import unseen_heads
from fieldwork.store.recording import INDEX
from fieldwork.store.state import DELETED, SHIFT
from fieldwork.store.workspace import Workspace, raw

# of an excerpt two who carried it along with its words need not be asked: readers try what each of them said
_LEFT_OUT = (
    f"r.field IN ({', '.join(map(repr, sorted(LOCATING)))}) "
    f"AND EXISTS (SELECT 1 FROM object o WHERE o.no = r.object AND o.kind = '{Excerpt.kind}')"
)
_CHANGED = (
    "SELECT DISTINCT r.object, r.field FROM rival r "
    "JOIN cell c ON c.object = r.object AND c.field = r.field "
    f"WHERE r.value IS NOT c.value AND r.field <> '_deleted' AND NOT ({_LEFT_OUT})"
)
_REVIVED = (
    "SELECT o.no FROM object o WHERE o.deleted = 0 AND o.no IN ("
    "SELECT object FROM cell WHERE field = '_deleted' AND value IS NOT NULL "
    "UNION SELECT object FROM rival WHERE field = '_deleted' AND value IS NOT NULL)"
)
_HEADS = (
    f"SELECT c.object, c.field, c.change, c.value, 0 AS rank, c.time FROM ({_CHANGED}) t "
    "CROSS JOIN cell c ON c.object = t.object AND c.field = t.field "
    f"UNION ALL SELECT r.object, r.field, r.change, r.value, 1, r.time FROM ({_CHANGED}) t "
    "CROSS JOIN rival r ON r.object = t.object AND r.field = t.field"
)
_IN_ORDER = "ORDER BY object, field, rank, time DESC, change"
_DELETES = (
    "SELECT change FROM cell WHERE object = ?1 AND field = '_deleted' AND value IS NOT NULL "
    "UNION SELECT change FROM rival WHERE object = ?1 AND field = '_deleted' AND value IS NOT NULL"
)

_Where = tuple[int, str]


def conflicts(workspace: Workspace) -> list[Conflict]:
    """All open conflicts, by record and field."""
    with workspace.read() as db:
        return open_conflicts(db, workspace.device)


def conflict_count(workspace: Workspace) -> int:
    with workspace.read() as db:
        return count(db)


def count(db: sa.Connection) -> int:
    return db.exec_driver_sql(
        f"SELECT (SELECT count(*) FROM ({_CHANGED})) + (SELECT count(*) FROM ({_REVIVED}))"
    ).scalar_one()


def open_conflicts(db: sa.Connection, here: Id) -> list[Conflict]:
    """Every open conflict, sorted by record id and field."""
    return conflicts_in(db, here, open_heads(raw(db)))


def open_heads(connection: Any) -> dict[_Where, tuple[int, ...]]:
    """Where conflicts are open, as (record's local number, field), and the changes that make each."""
    found: dict[_Where, list[int]] = {}
    for no, name, change in connection.execute(f"SELECT object, field, change FROM ({_HEADS}) {_IN_ORDER}"):
        found.setdefault((no, name), []).append(change)
    for (no,) in connection.execute(_REVIVED).fetchall():
        found[no, DELETED] = [
            *(change for (change,) in connection.execute(_DELETES, (no,))),
            *sorted({change >> SHIFT: change for change in sorted(unseen_heads(connection, no))}.values()),
        ]
    return {where: tuple(changes) for where, changes in found.items()}


def conflicts_in(db: sa.Connection, here: Id, where: Mapping[_Where, tuple[int, ...]]) -> list[Conflict]:
    """The conflicts at these places, for people."""
    if not where:
        return []
    connection = raw(db)
    reader = _Reader(connection, here)
    values: dict[_Where, list[tuple[int, Value]]] = {}
    for no, name, change, value in connection.execute(
        f"SELECT object, field, change, value FROM ({_HEADS}) {_IN_ORDER}"
    ).fetchall():
        if (no, name) in where:
            values.setdefault((no, name), []).append((change, value))
    found = [reader.changed(*at, heads) for at, heads in values.items()]
    found += [reader.revived(no, changes) for (no, name), changes in where.items() if name == DELETED]
    return sorted(found, key=lambda conflict: (conflict.record, conflict.field))


class Arisen(Sequence[Conflict]):
    """The conflicts that a merge left open, put into words when somebody looks: that takes longer than finding them."""

    def __init__(self, workspace: Workspace, where: Mapping[_Where, tuple[int, ...]]) -> None:
        self.workspace, self.where = workspace, where

    @cached_property
    def _read(self) -> list[Conflict]:
        with self.workspace.read() as db:
            return conflicts_in(db, self.workspace.device, self.where)

    def __len__(self) -> int:
        return len(self._read)

    def __getitem__(self, at: Any) -> Any:
        return self._read[at]


class _Reader:
    """Builds conflicts for people."""

    def __init__(self, connection: Any, here: Id) -> None:
        self.connection = connection
        self.here = here
        self.entries = Entries(connection)

    def version(self, change: int, value: Value, shown: bool) -> Version:
        entry = self.entries.entry(change >> SHIFT)
        return Version(
            f"{entry.hash.hex()}:{change & INDEX}",
            value,
            self.entries.author(entry),
            entry.device,
            self.entries.people.get(entry.device, ("",))[0] or entry.device.hex()[:8],
            entry.wall,
            entry.device == self.here,
            shown,
        )

    def changed(self, no: int, name: str, heads: list[tuple[int, Value]]) -> Conflict:
        """A field that was set on several sides; `heads` begins with the one shown."""
        kind, id = self.connection.execute("SELECT kind, id FROM object WHERE no = ?", (no,)).fetchone()
        versions = tuple(
            self.version(change, value, place == 0) for place, (change, value) in enumerate(heads)
        )
        return Conflict(
            _conflict_id(id, name, versions), "changed", id, kind, name, self.before(heads), versions
        )

    def revived(self, no: int, changes: tuple[int, ...]) -> Conflict:
        """A record that was deleted while somebody changed it, or something it owns, unseen."""
        kind, id = self.connection.execute("SELECT kind, id FROM object WHERE no = ?", (no,)).fetchone()
        deletes = {change for (change,) in self.connection.execute(_DELETES, (no,))}
        versions = tuple(
            self.version(change, "deleted" if change in deletes else "changed", change not in deletes)
            for change in changes
        )
        return Conflict(_conflict_id(id, DELETED, versions), "deleted", id, kind, DELETED, None, versions)

    def before(self, heads: list[tuple[int, Value]]) -> Value:
        """What the field said before it was changed on both sides, if anything."""
        for change, _ in heads:
            found = self.entries.group(change >> SHIFT, change & INDEX)
            if found is not None and found[0].bases[found[1]]:
                base = found[0].bases[found[1]][0]
                return self.value_at(
                    self.entries.entry(change >> SHIFT).references[base.reference], base.index
                )
        return None

    def value_at(self, hash: bytes, index: int) -> Value:
        row = self.connection.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()
        found = self.entries.group(row[0], index) if row else None
        return found[0].values[found[1]] if found is not None and found[0].values is not None else None


def _conflict_id(record: Id, name: str, versions: tuple[Version, ...]) -> str:
    digest = hashlib.sha256(record + name.encode())
    for change in sorted(version.change for version in versions):
        digest.update(change.encode())
    return digest.hexdigest()[:12]
