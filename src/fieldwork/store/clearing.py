"""After an erasure: what besides the history holds the words on this laptop is cleared away, too.

The erasing transaction itself leaves a mark, and whatever is not done when the program ends is done after the
next act. Words also stand in the search index, in acts that wait or were put aside, in drafts, in the
write-ahead log and in earlier backups.
"""

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.store import keeping
from fieldwork.store.beside import drafts_path
from fieldwork.store.drafts import UNREADABLE, forget
from fieldwork.store.entry import Entry, Payload, read_entry
from fieldwork.store.opened import load
from fieldwork.store.standing import UNCLEARED, Standing, standing
from fieldwork.store.workspace import Workspace, raw

_Packed = list[Payload | None]
_EVERYTHING, _LOG_ALONE = 1, 2  # what is left to do, as the mark says it


def clear_if_marked(workspace: Workspace) -> None:
    """Clear away what an erasure has left; nothing where there was none. What cannot be done now stays marked."""
    left = workspace.meta(UNCLEARED)
    if not left:
        return
    if left == _EVERYTHING:
        ids = _clear_tables(workspace)
        if not _forgotten(workspace, ids) or not _new_backup(workspace):
            return
        _mark(workspace, _LOG_ALONE)
    if _empty_log(workspace):
        _mark(workspace, 0)


def _mark(workspace: Workspace, left: int) -> None:
    with workspace.write() as db:
        raw(db).execute("DELETE FROM meta WHERE name = ?", (UNCLEARED,))
        if left:
            raw(db).execute("INSERT INTO meta VALUES (?, ?)", (UNCLEARED, left))


def _clear_tables(workspace: Workspace) -> set[bytes]:
    """Everything within the workspace file; returns the records that are erased."""
    with workspace.write() as db:
        connection = raw(db)
        now = standing(connection)
        for table in ("parked", "held"):
            _clear_payloads(connection, table, now)
        _clear_snapshot(connection, now)
        _clear_withheld(connection, now)
        # deleted words stay in older parts of the index until these are written anew as one
        connection.execute("INSERT INTO found (found) VALUES ('optimize')")
        return {id for (id,) in connection.execute("SELECT id FROM erased")}


def without_erased(now: Standing, entry: Entry) -> _Packed:
    """What travels beside an entry, less what erasures in force name for everybody."""
    packed = entry.payloads()
    gone = [_erased_for_all(now, entry, group.id) for group in entry.groups]
    kept: _Packed = [None if any(gone) else packed[0]]
    return kept + [None if away else one for away, one in zip(gone, packed[1:], strict=True)]


def _erased_for_all(now: Standing, entry: Entry, id: bytes) -> bool:
    return now.erases(entry, id) and any(one.device is None for one in now.erasures[id])


def _clear_payloads(connection: Any, table: str, now: Standing) -> None:
    for hash, body, packed in connection.execute(f"SELECT hash, body, payloads FROM {table}").fetchall():
        cleared = _cleared(now, body, packed)
        if cleared != packed:
            connection.execute(f"UPDATE {table} SET payloads = ? WHERE hash = ?", (cleared, hash))


def _cleared(now: Standing, body: bytes, packed: bytes) -> bytes:
    beside = msgspec.msgpack.decode(packed, type=list[tuple[bytes, bytes] | None])
    return msgspec.msgpack.encode(without_erased(now, read_entry(body, beside)))


def _clear_snapshot(connection: Any, now: Standing) -> None:
    """What waited before the last merge is kept for the case that it is taken back."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'last_merge'").fetchone()
    if row is None:
        return
    before = msgspec.msgpack.decode(row[0])
    for waiting in before["tables"]["parked"]:
        waiting[-1] = _cleared(now, waiting[-2], waiting[-1])
    connection.execute(
        "UPDATE meta SET value = ? WHERE name = 'last_merge'", (msgspec.msgpack.encode(before),)
    )


def _clear_withheld(connection: Any, now: Standing) -> None:
    """What was kept back because its author alone had erased it goes once two members have."""
    for number, place, body in connection.execute(
        "SELECT w.entry, w.place, e.body FROM withheld w JOIN entry e ON e.no = w.entry"
    ).fetchall():
        entry = load(connection, number, body)
        if _erased_for_all(now, entry, entry.groups[place].id):
            connection.execute("DELETE FROM withheld WHERE entry = ? AND place = ?", (number, place))


def _forgotten(workspace: Workspace, ids: set[bytes]) -> bool:
    """Whether no draft holds the words any more; of drafts that could not be read, and were set aside, none is left."""
    drafts = drafts_path(workspace.path)
    try:
        forget(drafts, workspace.file_key, ids)
    except Fault:
        return False
    unread = list(drafts.parent.glob(f"{_escaped(drafts.name)}{UNREADABLE}*"))
    return _all_gone(unread)


def _all_gone(paths: Iterable[Path]) -> bool:
    """Remove files and folders; whether that could be done."""
    paths = list(paths)
    for path in paths:
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return not any(path.exists() for path in paths)


def _new_backup(workspace: Workspace) -> bool:
    """Earlier backups and damaged files set aside go, once a backup without the words has taken their place."""
    earlier = [one.path for one in keeping.kept(workspace.path)]
    damaged = list(workspace.path.parent.glob(f"{_escaped(workspace.path.stem)}.damaged-*"))
    if earlier:
        try:
            keeping.keep(workspace, "erasure")
        except Fault:
            return False
    return _all_gone([*earlier, *damaged])


def _escaped(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in stem)


def _empty_log(workspace: Workspace) -> bool:
    """Whether the write-ahead log could be emptied: nobody was reading an older state."""
    return workspace.outside_transactions(_truncated)


def _truncated(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
