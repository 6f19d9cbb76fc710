"""What is in conflict: computed from heads, never stored, so that it needs no merging of its own."""

import hashlib
from typing import Any

import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict, Version
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import Entry
from fieldwork.store.projection import unseen_heads
from fieldwork.store.recording import INDEX, load
from fieldwork.store.state import DELETED, SHIFT
from fieldwork.store.workspace import Workspace, raw

_CHANGED = (
    "SELECT DISTINCT r.object, r.field FROM rival r "
    "JOIN cell c ON c.object = r.object AND c.field = r.field WHERE r.value IS NOT c.value AND r.field <> '_deleted'"
)
_REVIVED = (
    "SELECT o.no FROM object o WHERE o.deleted = 0 AND o.no IN ("
    "SELECT object FROM cell WHERE field = '_deleted' AND value IS NOT NULL "
    "UNION SELECT object FROM rival WHERE field = '_deleted' AND value IS NOT NULL)"
)


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
    connection = raw(db)
    reader = _Reader(connection, here)
    found = [reader.changed(no, name) for no, name in connection.execute(_CHANGED).fetchall()]
    found += [reader.revived(no) for (no,) in connection.execute(_REVIVED).fetchall()]
    return sorted(found, key=lambda conflict: (conflict.record, conflict.field))


class _Reader:
    """Builds conflicts for people; each entry is decoded once."""

    def __init__(self, connection: Any, here: Id) -> None:
        self.connection = connection
        self.here = here
        self.entries: dict[int, Entry] = {}
        self.labels = dict(connection.execute("SELECT id, label FROM device").fetchall())

    def entry(self, number: int) -> Entry:
        if number not in self.entries:
            body = self.connection.execute("SELECT body FROM entry WHERE no = ?", (number,)).fetchone()[0]
            self.entries[number] = load(self.connection, number, body)
        return self.entries[number]

    def heads(self, no: int, name: str) -> list[tuple[int, Value]]:
        """All heads of a field, the one shown first."""
        shown = self.connection.execute(
            "SELECT change, value FROM cell WHERE object = ? AND field = ?", (no, name)
        ).fetchall()
        return (
            shown
            + self.connection.execute(
                "SELECT change, value FROM rival WHERE object = ? AND field = ? ORDER BY time DESC",
                (no, name),
            ).fetchall()
        )

    def version(self, change: int, value: Value, shown: bool) -> Version:
        entry = self.entry(change >> SHIFT)
        return Version(
            f"{entry.hash.hex()}:{change & INDEX}",
            value,
            entry.person,
            entry.device,
            self.labels.get(entry.device) or entry.device.hex()[:8],
            entry.wall,
            entry.device == self.here,
            shown,
        )

    def changed(self, no: int, name: str) -> Conflict:
        kind, id = self.connection.execute("SELECT kind, id FROM object WHERE no = ?", (no,)).fetchone()
        heads = self.heads(no, name)
        versions = tuple(
            self.version(change, value, place == 0) for place, (change, value) in enumerate(heads)
        )
        return Conflict(
            _conflict_id(id, name, versions),
            "changed",
            id,
            kind,
            name,
            self.before(heads),
            versions,
        )

    def revived(self, no: int) -> Conflict:
        """A record that was deleted while somebody changed it, or something it owns, unseen."""
        kind, id = self.connection.execute("SELECT kind, id FROM object WHERE no = ?", (no,)).fetchone()
        deletes = [head for head in self.heads(no, DELETED) if head[1] is not None]
        versions = tuple(self.version(change, "deleted", False) for change, _ in deletes)
        unseen = {change >> SHIFT: change for change in unseen_heads(self.connection, no)}
        versions += tuple(self.version(change, "changed", True) for change in unseen.values())
        return Conflict(_conflict_id(id, DELETED, versions), "deleted", id, kind, DELETED, None, versions)

    def before(self, heads: list[tuple[int, Value]]) -> Value:
        """What the field said before it was changed on both sides, if anything."""
        for change, _ in heads:
            entry = self.entry(change >> SHIFT)
            at = change & INDEX
            for group in entry.groups:
                if at < len(group.fields):
                    if group.bases[at]:
                        return self.value_at(
                            entry.references[group.bases[at][0].reference], group.bases[at][0].index
                        )
                    break
                at -= len(group.fields)
        return None

    def value_at(self, hash: bytes, index: int) -> Value:
        row = self.connection.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()
        if row is None:
            return None
        for group in self.entry(row[0]).groups:
            if index < len(group.fields):
                return group.values[index] if group.values is not None else None
            index -= len(group.fields)
        return None


def _conflict_id(record: Id, name: str, versions: tuple[Version, ...]) -> str:
    digest = hashlib.sha256(record + name.encode())
    for change in sorted(version.change for version in versions):
        digest.update(change.encode())
    return digest.hexdigest()[:12]
