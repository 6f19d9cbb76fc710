"""After an erasure: what besides the history holds the words on this laptop is cleared away, too.

The erasing transaction itself leaves a mark, and whatever is not done when the program ends is done at the next
opening, or after the next act. Words also stand in the search index, in acts that wait or were put aside, in
drafts, in the write-ahead log and in earlier backups. What the disk keeps of the file as it was dies with its key:
the next opening with the passphrase writes all of it again under a new one, and the backup of it too.
"""

import contextlib
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.store import attached, keeping
from fieldwork.store.beside import drafts_path, sync_folder
from fieldwork.store.drafts import UNREADABLE, forget
from fieldwork.store.entry import Entry, Payload, read_entry
from fieldwork.store.opened import load
from fieldwork.store.standing import DROPPED, UNCLEARED, Standing, standing
from fieldwork.store.workspace import Workspace, raw, set_meta

_Packed = list[Payload | None]
_CLEARED_AT = "cleared_at"
_EVERYTHING, _LOG_AND_KEY, _KEY, _BACKUPS = 1, 2, 3, 4  # what is left to do, as the mark says it


def clear_if_marked(workspace: Workspace) -> None:
    """Clear away what an erasure has left; nothing where there was none. What cannot be done now stays marked.

    The act that brought the erasure stands, so a disk that refuses here is no failure of it.
    """
    with contextlib.suppress(Fault):
        _clear(workspace, workspace.meta(UNCLEARED))


def _clear(workspace: Workspace, left: int | None) -> None:
    if left == _EVERYTHING:
        ids = _clear_tables(workspace)
        if not _forgotten(workspace, ids) or not attached.clear_erased(workspace):
            return
        if not _new_backup(workspace, _damaged(workspace)):
            return
        left = _mark(workspace, _LOG_AND_KEY)
    if left == _LOG_AND_KEY and _empty_log(workspace):
        _mark(workspace, _KEY)


def open_workspace(path: Path, passphrase: str, *, writing: bool = True) -> Workspace:
    """Open as `Workspace.open` does; with `writing`, what an erasure has left to do is done first.

    What the disk refuses stays for the next opening: it does not keep anybody from working.
    """
    workspace = Workspace.open(path, passphrase, writing=writing)
    if not writing:
        return workspace
    try:
        clear_if_marked(workspace)
        attached.sweep(workspace)
        if _wants_a_new_key(workspace):
            workspace = _under_a_new_key(workspace, passphrase)
        if workspace.meta(UNCLEARED) == _BACKUPS:
            with contextlib.suppress(Fault):
                if _new_backup(workspace):
                    _mark(workspace, 0)
    except BaseException:
        workspace.close()
        raise
    return workspace


def _wants_a_new_key(workspace: Workspace) -> bool:
    left = workspace.meta(UNCLEARED)
    by_earlier_version = not left and workspace.meta(DROPPED) and not workspace.meta(_CLEARED_AT)
    return left == _KEY or bool(by_earlier_version)


def _under_a_new_key(workspace: Workspace, passphrase: str) -> Workspace:
    try:
        workspace.change_key(passphrase)
    except Fault:  # one of the two keys opens it, and opening finds out which
        workspace.close()
        return Workspace.open(workspace.path, passphrase)
    _mark(workspace, _BACKUPS)
    return workspace


def cleared_at(workspace: Workspace) -> int | None:
    """Wall milliseconds at which all that erasures left here was cleared away, the file's old key with it.

    None while something is left to do, and where an earlier version did not change the key.
    """
    return None if workspace.meta(UNCLEARED) else workspace.meta(_CLEARED_AT)


def _mark(workspace: Workspace, left: int) -> int:
    with workspace.write() as db:
        raw(db).execute("DELETE FROM meta WHERE name = ?", (UNCLEARED,))
        set_meta(db, **({UNCLEARED: left} if left else {_CLEARED_AT: int(time.time() * 1000)}))
    return left


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
    gone = [any(one.device is None for one in now.erased_by(entry, group)) for group in entry.groups]
    kept: _Packed = [None if any(gone) else packed[0]]
    return kept + [None if away else one for away, one in zip(gone, packed[1:], strict=True)]


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
        if any(one.device is None for one in now.erased_by(entry, entry.groups[place])):
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
    try:
        for folder in {path.parent for path in paths}:
            sync_folder(folder)  # else a power cut brings them back after the mark is gone
    except OSError:
        return False
    return not any(path.exists() for path in paths)


def _damaged(workspace: Workspace) -> list[Path]:
    return list(workspace.path.parent.glob(f"{_escaped(workspace.path.stem)}.damaged-*"))


def _new_backup(workspace: Workspace, damaged: Sequence[Path] = ()) -> bool:
    """Earlier backups, and damaged files set aside, go once a backup without the words has taken their place."""
    earlier = [one.path for one in keeping.kept(workspace.path)]
    if earlier:
        try:
            keeping.keep(workspace, "erasure")
        except Fault:
            return False
    with contextlib.suppress(OSError):
        keeping.sweep(keeping.folder_of(workspace.path), age=0)
    return _all_gone([*earlier, *damaged])


def _escaped(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in stem)


def _empty_log(workspace: Workspace) -> bool:
    """Whether the write-ahead log could be emptied: nobody was reading an older state."""
    return workspace.outside_transactions(_truncated)


def _truncated(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
