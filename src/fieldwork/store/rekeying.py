"""A new key for the file: every page of it and of its drafts is written again, and the old key is wrapped no longer.

The new key stands, wrapped, in NAME.fieldwork-key-next before the first page changes. The database rewrites itself
in one transaction, so that exactly one of the two keys opens it at any moment; only when the drafts have
followed does the new envelope take the place of the old one. Where that was cut off, the next opening goes on.
"""

import contextlib
import glob
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.store import keys, recovery
from fieldwork.store.beside import (
    drafts_path,
    envelope_copy,
    next_envelope_path,
    private,
    read_envelope,
    sync_folder,
    write_envelope,
    write_whole,
)
from fieldwork.store.connection import connect, faults_told, is_damage
from fieldwork.store.keys import FileKey

Unwrap = Callable[[bytes], FileKey]


def change(path: Path, old: FileKey, passphrase: str) -> FileKey:
    """Rewrite a workspace that nobody has open, and its drafts, under a new key; passphrase and recovery key stay.

    Raises Fault when somebody reads it or the disk refuses: `finish` then says which key opens it.
    """
    new = keys.new_file_key()
    kept = recovery.kept(read_envelope(path), old)
    recoverable = None if kept is None else recovery.wrap_for(new, kept.recipient)
    envelope = keys.wrap(new, passphrase, recovery=recoverable)
    with _told(path):
        write_whole(next_envelope_path(path), envelope, opener=private)
    _rewrite(path, old, new)
    if drafts_path(path).exists():
        _rewrite_drafts(path, old, new)
    _switch(path, envelope)
    return new


def finish(path: Path, unwrap: Unwrap) -> FileKey:
    """Bring to its end a change of key that was cut off; returns the key that opens the file.

    Only for whoever holds the file's lock. Raises what `unwrap` raises, and Fault when neither key opens the file.
    """
    waiting = _waiting(path, unwrap)
    if waiting is None:
        return unwrap(read_envelope(path))
    new, envelope = waiting
    if _opens(path, new):
        _settle(path, new)
        drafts = drafts_path(path)
        if drafts.exists() and not _opens(drafts, new):
            _rewrite_drafts(path, unwrap(read_envelope(path)), new)
        _switch(path, envelope)
        return new
    old = unwrap(read_envelope(path))
    connect(path, old).close()
    with _told(path):
        next_envelope_path(path).unlink()
    return old


def key_that_opens(path: Path, unwrap: Unwrap) -> tuple[FileKey, bytes]:
    """The key and envelope by which the file can be read now, changing nothing."""
    waiting = _waiting(path, unwrap)
    if waiting is not None and _opens(path, waiting[0]):
        return waiting
    envelope = read_envelope(path)
    return unwrap(envelope), envelope


def key_of_pages(path: Path, unwrap: Unwrap) -> tuple[FileKey, bytes]:
    """The same by the salt in the file's first bytes, without opening it: for a file that may be damaged."""
    with contextlib.suppress(OSError):
        envelope = next_envelope_path(path).read_bytes()
        with path.open("rb") as file:
            salt = file.read(16)
        with contextlib.suppress(Fault):
            if keys.read(envelope, path.name).file_salt == salt:
                return unwrap(envelope), envelope
    envelope = read_envelope(path)
    return unwrap(envelope), envelope


def _waiting(path: Path, unwrap: Unwrap) -> tuple[FileKey, bytes] | None:
    """The key that a change has left waiting; None where there is none, or a disk has spoilt it."""
    after = next_envelope_path(path)
    if not after.exists():
        return None
    with _told(path):
        envelope = after.read_bytes()
    try:
        keys.read(envelope, path.name)
    except Fault:
        return None
    return unwrap(envelope), envelope


def _opens(path: Path, key: FileKey) -> bool:
    try:
        connect(path, key).close()
    except Fault as fault:
        if not is_damage(fault):
            raise
        return False
    return True


def _rewrite(path: Path, old: FileKey, new: FileKey) -> None:
    connection = connect(path, old, alone=True)
    try:
        with faults_told(path):
            connection.execute(f'PRAGMA rekey = "{new.pragma}"').fetchall()
            _empty_log(connection, path)
    finally:
        connection.close()
    if not _opens(path, new):
        raise Fault(f"{path.name} could not be written under a new key; its old one still opens it.")


def _rewrite_drafts(path: Path, old: FileKey, new: FileKey) -> None:
    """Drafts that the old key does not open either stay as they are: whoever wants them sets them aside."""
    if _opens(drafts_path(path), old):
        _rewrite(drafts_path(path), old, new)


def _settle(path: Path, new: FileKey) -> None:
    """What is in the log may not be on disk yet; the old key must not go before it is."""
    connection = connect(path, new, alone=True)
    try:
        with faults_told(path):
            _empty_log(connection, path)
    finally:
        connection.close()


def _empty_log(connection: Any, path: Path) -> None:
    if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] != 0:
        raise Fault(f"{path.name} is being read by another program; wait for it or close it, then try again.")


def _switch(path: Path, envelope: bytes) -> None:
    """The new envelope takes the place of the old, which is written over first, as far as a disk lets one."""
    with _told(path):
        with contextlib.suppress(Fault):
            copy = envelope_copy(path, keys.read(read_envelope(path), path.name).file_salt)
            if copy is not None and keys.read(envelope, path.name).file_salt.hex() != copy.name:
                _blot(copy)
                copy.unlink(missing_ok=True)
                _sweep(copy)
        _blot(keys.envelope_path(path))
        _sweep(keys.envelope_path(path))
        write_envelope(path, envelope)
        next_envelope_path(path).unlink()
        sync_folder(path.parent)


def _sweep(path: Path) -> None:
    """Take away what a writing of an envelope that was cut off has left of it: the old key may be in it."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        _blot(part)
        part.unlink(missing_ok=True)


def _blot(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _told(path: Path) -> Any:
    try:
        yield
    except OSError as error:
        raise Fault(
            f"The key file of {path.name} cannot be written: {error.strerror or error}; "
            "what opened it before still does."
        ) from error
