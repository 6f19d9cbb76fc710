"""What can still be read of a damaged workspace, row by row, from a copy: the file itself is never opened.

A page that was harmed fails its seal, so whatever is read is what was written. Entries are taken only whole: with
all values they speak of but those that were erased, and with the hash under which they were kept.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.store.beside import drafts_path
from fieldwork.store.connection import connect, faults_told
from fieldwork.store.drafts import Draft, drafts_in
from fieldwork.store.entry import Entry, read_entry
from fieldwork.store.keys import FileKey, device_id, verifies
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

_ENOUGH = 1 << 24  # where nothing says how many entries there are


@dataclass
class Salvage:
    """meta: what belonged to the laptop alone. lost: entries that cannot be read, or not whole.

    opened: whether anything could be read at all. damaged: the pages whose seal does not hold.
    sound: nothing at all is wrong with the file.
    """

    opened: bool = False
    meta: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    lost: int = 0
    damaged: int = 0
    sound: bool = False

    def vouched_for(self, extra: list[Head]) -> tuple[list[Entry], int]:
        """Entries behind a head, or behind one of `extra`; and how many nobody vouches for."""
        by_hash = {entry.hash: entry for entry in self.entries}
        reached: set[bytes] = set()
        for head in (*self.heads, *extra):
            hash = head.hash
            while hash in by_hash and hash not in reached and by_hash[hash].device == head.device:
                reached.add(hash)
                hash = by_hash[hash].previous
        return [entry for entry in self.entries if entry.hash in reached], len(by_hash) - len(reached)

    def ends_of(self, device: Id) -> list[Entry]:
        """The last entry of every stretch of a laptop's own chain that can be read."""
        own = [entry for entry in self.entries if entry.device == device]
        before = {entry.previous for entry in own}
        return [entry for entry in own if entry.hash not in before]


def salvage(path: Path, key: FileKey, folder: Path) -> Salvage:
    """Read what can be read. folder: where there is room for a copy of the file."""
    found = Salvage()
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".rescue-") as temporary:
            copy = Path(temporary) / "damaged"
            _copied(path, copy)
            reader = _Reader(copy, key)
            try:
                _read(reader, found)
            finally:
                reader.close()
            found.sound = found.opened and not (found.damaged or found.lost) and _verifies(copy, key)
            drafts = drafts_path(path)
            if drafts.exists():
                _copied(drafts, copy.with_name("drafts"))
                with contextlib.suppress(Fault):
                    found.drafts = drafts_in(copy.with_name("drafts"), key)
    except OSError as error:
        raise Fault(f"{path.name} cannot be copied to {folder}: {error.strerror or error}.") from error
    return found


def _verifies(copy: Path, key: FileKey) -> bool:
    try:
        with Workspace.open_with_key(copy, key, delegated=True) as workspace:
            return not verify(workspace)
    except Fault:
        return False


def _copied(path: Path, copy: Path) -> None:
    for ending in ("", "-wal"):
        part = path.with_name(path.name + ending)
        if part.exists():
            shutil.copyfile(part, copy.with_name(copy.name + ending))


class _Reader:
    """A connection that is opened anew after each page that cannot be read."""

    def __init__(self, path: Path, key: FileKey) -> None:
        self._path, self._key = path, key
        self._db: Any = None

    def rows(self, query: str, *args: Any) -> list[Any] | None:
        """All rows, or None when one of them lies on a page that cannot be read."""
        try:
            if self._db is None:
                self._db = connect(self._path, self._key)
            with faults_told(self._path):
                return self._db.execute(query, args).fetchall()
        except Fault:
            self.close()
            return None

    def between(self, query: str, last: int) -> Iterator[tuple[int, list[Any] | None]]:
        """Rows of a query with two numbers, 1 to `last`, in ever smaller parts round what cannot be read."""
        parts = [(1, last)]
        while parts:
            low, high = parts.pop()
            rows = self.rows(query, low, high)
            if rows is not None or low == high:
                yield low, rows
            else:
                middle = (low + high) // 2
                parts += [(middle + 1, high), (low, middle)]

    def close(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlcipher.Error):
                self._db.close()
            self._db = None


def _read(reader: _Reader, found: Salvage) -> None:
    found.opened = reader.rows("SELECT count(*) FROM sqlite_schema") is not None
    if not found.opened:
        return
    found.damaged = len(reader.rows("PRAGMA cipher_integrity_check") or ())
    found.meta = dict(reader.rows("SELECT name, value FROM meta") or ())
    last = _last(reader)
    payloads: dict[int, dict[int, tuple[bytes, bytes]]] = {}
    query = "SELECT entry, place, salt, vals FROM payload WHERE entry BETWEEN ? AND ?"
    harmed: set[int] = set()
    for low, rows in reader.between(query, last):
        if rows is None:
            harmed.add(low)
        for number, place, salt, vals in rows or ():
            payloads.setdefault(number, {})[place] = (salt, vals)
    erased = {id for (id,) in reader.rows("SELECT id FROM erased") or ()}
    query = "SELECT no, hash, body FROM entry WHERE no BETWEEN ? AND ?"
    for _, rows in reader.between(query, last):
        if rows is None:
            found.lost += 1
        for number, hash, body in rows or ():
            entry = _whole(hash, body, payloads.get(number, {}), erased if number in harmed else None)
            if entry is None:
                found.lost += 1
            else:
                found.entries.append(entry)
    found.heads = _heads(reader)


def _last(reader: _Reader) -> int:
    """The number of the last entry, by whichever table can say it."""
    for query in (
        "SELECT max(no) FROM entry",
        "SELECT max(entry) FROM payload",
        "SELECT max(entry) FROM seen",
    ):
        rows = reader.rows(query)
        if rows and rows[0][0] is not None:
            return int(rows[0][0])
    return _ENOUGH


def _whole(
    hash: bytes, body: bytes, payloads: dict[int, tuple[bytes, bytes]], erased: set[Id] | None
) -> Entry | None:
    """erased: what may be missing where a page of the values is harmed; on whole pages all that is was dropped.

    An erasure that dropped words need not be in force any more, once a laptop that approved it was removed.
    """
    try:
        entry = read_entry(body, payloads)
    except Fault:
        return None
    if entry.hash != hash:
        return None
    if erased is None:
        return entry
    if any(group.id not in erased for group in entry.groups if group.values is None):
        return None
    return None if entry.lacks and not any(group.id in erased for group in entry.groups) else entry


def _heads(reader: _Reader) -> list[Head]:
    known = {
        no: (id, public) for no, id, public in reader.rows("SELECT no, id, public FROM device_known") or ()
    }
    rows: list[Any] = []
    for first in range(256):
        after = bytes([first + 1]) if first < 255 else b"\xff" * 33
        rows += (
            reader.rows(
                "SELECT device, n, hash, signature FROM signature WHERE hash >= ? AND hash < ?",
                bytes([first]),
                after,
            )
            or ()
        )
    heads = [Head(*known[no], n, hash, signature) for no, n, hash, signature in rows if no in known]
    return [
        head
        for head in heads
        if device_id(head.public) == head.device and verifies(head.public, head.signature, head.hash)
    ]
