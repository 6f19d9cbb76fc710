"""What is being typed, on disk before it is an entry.

NAME.drafts is a file of its own with its own connection, so a merge that holds the write lock
of the workspace never delays typing. Leaving the line turns its draft into an entry.
"""

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id, Value, storable
from fieldwork.store.beside import drafts_path
from fieldwork.store.connection import connect, faults_told, is_damage
from fieldwork.store.keys import FileKey
from fieldwork.store.workspace import Workspace

UNREADABLE = "-unreadable-"  # after the name of a drafts file that was set aside


@dataclass(frozen=True)
class Draft:
    """Text that has not become an entry yet. at: wall milliseconds of the last keystroke kept."""

    id: Id
    kind: str
    fields: Mapping[str, Value]
    as_of: int | None
    at: int


class Drafts:
    """The drafts of one workspace. Calls may come from any one thread at a time.

    set_aside: where a file that could not be read was moved, so that work can go on; else None.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.path = drafts_path(workspace.path)
        self.set_aside: Path | None = None
        self._lock = threading.Lock()
        try:
            self._db: Any = _opened(self.path, workspace.file_key)
        except Fault as fault:
            if not is_damage(fault):
                raise
            self.set_aside = _put_aside(self.path)
            self._db = _opened(self.path, workspace.file_key)

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
            return _drafts(self._db)

    def close(self) -> None:
        with self._lock:
            self._db.close()


def drafts_in(path: Path, key: FileKey) -> list[Draft]:
    """The drafts of a file that is not in use. Raises Fault when it cannot be read."""
    db = _opened(path, key)
    try:
        with faults_told(path):
            return _drafts(db)
    finally:
        db.close()


def forget(path: Path, key: FileKey, ids: Collection[Id]) -> None:
    """Drop from a drafts file, if there is one, all it holds of these records, and leave nothing in its pages.

    Raises Fault when that cannot be done: the disk refuses, or the file cannot be read and waits to be set aside.
    """
    if not path.exists() or not ids:
        return
    db = _opened(path, key)
    try:
        with faults_told(path):
            for draft in _drafts(db):
                _forget_in(db, draft, ids)
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        db.close()


def _forget_in(db: Any, draft: Draft, ids: Collection[Id]) -> None:
    """Take from a draft the lines that are of these records; a draft of nothing else goes."""
    packed = draft.fields.get("lines")
    lines = msgspec.msgpack.decode(packed) if isinstance(packed, bytes) else None
    if lines is None:
        gone = draft.id in ids or any(value in ids for value in draft.fields.values())
        left = [] if gone else [draft]
    else:
        left = [line for line in lines if line.get("id") not in ids]
        gone = len(left) < len(lines)
    if not gone:
        return
    if not left:
        db.execute("DELETE FROM draft WHERE id = ?", (draft.id,))
        return
    fields = msgspec.msgpack.encode({**draft.fields, "lines": msgspec.msgpack.encode(left)})
    db.execute("UPDATE draft SET fields = ? WHERE id = ?", (fields, draft.id))


def _drafts(db: Any) -> list[Draft]:
    rows = db.execute("SELECT id, kind, fields, as_of, at FROM draft ORDER BY at, id").fetchall()
    return [
        Draft(id, kind, msgspec.msgpack.decode(fields), as_of, at) for id, kind, fields, as_of, at in rows
    ]


def _opened(path: Path, key: FileKey) -> Any:
    """A connection to a drafts file every page and draft of which can be read."""
    db = connect(path, key)
    try:
        with faults_told(path):
            db.execute(
                "CREATE TABLE IF NOT EXISTS draft "
                "(id BLOB PRIMARY KEY, kind TEXT, fields BLOB, as_of INTEGER, at INTEGER)"
            )
            for (problem,) in db.execute("PRAGMA quick_check").fetchall():
                if problem != "ok":
                    raise sqlcipher.DatabaseError(f"malformed: {problem}")
            db.execute("SELECT id, kind, fields, as_of, at FROM draft").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def _put_aside(path: Path) -> Path:
    """Move a drafts file and what stands beside it to a dated name that is free."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    for again in range(1000):
        kept = path.with_name(f"{path.name}{UNREADABLE}{stamp}{f'-{again}' if again else ''}")
        if not kept.exists():
            break
    try:
        for ending in ("-wal", "-shm", ""):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(kept.with_name(kept.name + ending))
    except OSError as error:
        raise Fault(
            f"{path.name} cannot be read, nor moved aside: {error.strerror or error}; move it away by hand."
        ) from error
    return kept
