"""What is being typed, on disk before it is an entry.

NAME.drafts is a file of its own with its own connection, so a merge that holds the write lock
of the workspace never delays typing. Leaving the line turns its draft into an entry.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldwork.domain.values import Id, Value, storable
from fieldwork.store.connection import connect, faults_told
from fieldwork.store.workspace import Workspace, drafts_path


@dataclass(frozen=True)
class Draft:
    """Text that has not become an entry yet. at: wall milliseconds of the last keystroke kept."""

    id: Id
    kind: str
    fields: Mapping[str, Value]
    as_of: int | None
    at: int


class Drafts:
    """The drafts of one workspace. Calls may come from any one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = drafts_path(workspace.path)
        self._lock = threading.Lock()
        self._db: Any = connect(self.path, workspace.file_key)
        with faults_told(self.path):
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS draft "
                "(id BLOB PRIMARY KEY, kind TEXT, fields BLOB, as_of INTEGER, at INTEGER)"
            )

    def keep(self, id: Id, kind: str, fields: Mapping[str, Value], as_of: int | None = None) -> int:
        """Put a draft on disk; returns the wall time in milliseconds once the commit has returned."""
        now = int(time.time() * 1000)
        with self._lock, faults_told(self.path):
            self._db.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)",
                (
                    id,
                    kind,
                    msgspec.msgpack.encode({name: storable(value) for name, value in fields.items()}),
                    as_of,
                    now,
                ),
            )
        return now

    def drop(self, id: Id) -> None:
        """Forget a draft that has become an entry."""
        with self._lock, faults_told(self.path):
            self._db.execute("DELETE FROM draft WHERE id = ?", (id,))

    def all(self) -> list[Draft]:
        """All drafts, the oldest first."""
        with self._lock, faults_told(self.path):
            rows = self._db.execute(
                "SELECT id, kind, fields, as_of, at FROM draft ORDER BY at, id"
            ).fetchall()
        return [
            Draft(id, kind, msgspec.msgpack.decode(fields), as_of, at) for id, kind, fields, as_of, at in rows
        ]

    def close(self) -> None:
        with self._lock:
            self._db.close()
