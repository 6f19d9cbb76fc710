"""A backup is one file: the wrapped key and the database, opened and checked before it counts.

Restoring makes a new identity for the laptop, vouched for by the old one's key: the file it
comes from may have forgotten acts that colleagues know.
"""

import os
import tempfile
from datetime import datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault
from fieldwork.store import keys
from fieldwork.store.connection import connect, faults_told
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw, read_envelope, write_envelope, write_whole

MAGIC = b"FWBACKUP1"
SUFFIX = ".fieldwork-backup"


def back_up(workspace: Workspace, to: Path) -> Path:
    """Write a verified copy into a folder, or to a file. Raises Fault when it cannot be written or is unsound."""
    to = Path(to)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    path = to / f"{workspace.path.stem}-{stamp}{SUFFIX}" if to.is_dir() else to
    envelope = read_envelope(workspace.path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / "copy"
            _copy_database(workspace, copy)
            data = copy.read_bytes()
            _check(copy, workspace.file_key, path.name)
        write_whole(path, MAGIC + len(envelope).to_bytes(4, "big") + envelope + data)
    except OSError as error:
        raise Fault(f"The backup cannot be written to {to}: {error.strerror or error}.") from error
    return path


def _copy_database(workspace: Workspace, copy: Path) -> None:
    with faults_told(copy), workspace.read() as db:
        target = sqlcipher.connect(str(copy))
        try:
            target.execute(f'PRAGMA key = "{workspace.file_key.pragma}"')
            raw(db).backup(target)
        finally:
            target.close()


def _check(copy: Path, key: keys.FileKey, name: str) -> None:
    connect(copy, key).close()
    workspace = Workspace(copy, key, None)
    try:
        problems = verify(workspace)
    finally:
        workspace.close()
    if problems:
        raise Fault(f"{name} does not count as a backup: {problems[0]}")


def read_backup(path: Path) -> tuple[bytes, bytes]:
    """Envelope and database of a backup. Raises Fault when the file is none."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + 4:
        raise Fault(f"{Path(path).name} is not a Fieldwork backup.")
    start = len(MAGIC) + 4
    length = int.from_bytes(data[len(MAGIC) : start], "big")
    return data[start : start + length], data[start + length :]


def unpack(backup: Path, path: Path, passphrase: str) -> Workspace:
    """Put a backup's file in place as a workspace, opened for writing; it still has its old identity."""
    envelope, data = read_backup(backup)
    path = Path(path)
    if path.exists() or keys.envelope_path(path).exists():
        raise Fault(f"{path.name} exists already; restore under another name or move it away first.")
    file_key = keys.unwrap(envelope, passphrase, Path(backup).name)
    try:
        write_whole(path, data)
        write_envelope(path, envelope)
        workspace = Workspace.open_with_key(path, file_key)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror or error}.") from error
    except Fault:
        path.unlink(missing_ok=True)
        keys.envelope_path(path).unlink(missing_ok=True)
        raise
    os.utime(path)
    return workspace
