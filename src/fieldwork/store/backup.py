"""A backup is one file: the wrapped key and the database, opened and checked before it counts.

Restoring makes a new identity for the laptop, vouched for by the old one's key: the file it
comes from may have forgotten acts that colleagues know.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault, standing
from fieldwork.store import keys, recovery
from fieldwork.store.beside import files_of, private, read_envelope, sync_folder, write_envelope
from fieldwork.store.connection import connect, faults_told
from fieldwork.store.outgoing import check_target
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

MAGIC = b"FWBACKUP1"
SUFFIX = ".fieldwork-backup"
_LONGEST_ENVELOPE = 1 << 16
_STEP = 1024  # pages copied before anybody else has a turn


def back_up(workspace: Workspace, to: Path) -> Path:
    """Write a verified copy into a folder, or to a file. Raises Fault when it cannot be written or is unsound."""
    to = Path(to)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    if not to.is_dir() and not to.suffix:
        raise Fault(f"There is no folder {to}; make it first, or give a name that ends in {SUFFIX}.")
    path = to / f"{workspace.path.stem}-{stamp}{SUFFIX}" if to.is_dir() else to
    check_target(path, "backup", (MAGIC,))
    write(workspace, path)
    return path


def write(
    workspace: Workspace, path: Path, *, quick: bool = False, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Copy, check the copy, and give it its name: what has the name has been checked.

    quick: every page is read and its seal checked, and the rows of all tables and the heads of all chains are
    compared with the file's. In full, every entry's hash and signature is checked besides, and the state rebuilt
    from the history is compared with the state stored, which takes as long as writing all of it again. Whatever
    full checking would find beyond that stands in the file itself, not in the copying.
    stopping: asked between steps; when it says so, Fault is raised and nothing is left.
    """
    envelope = read_envelope(workspace.path)
    part = path.with_name(f".{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / "copy"
            counted = _copy_database(workspace, copy, stopping)
            (_check_quickly if quick else _check)(copy, workspace.file_key, path.name, counted)
            with open(part, "wb", opener=private) as out, copy.open("rb") as database:
                out.write(MAGIC + len(envelope).to_bytes(4, "big") + envelope)
                shutil.copyfileobj(database, out, 1 << 20)
                out.flush()
                os.fsync(out.fileno())
        part.replace(path)
        with standing(
            f"{path.name} is written and was checked.", "the disk's word that its name outlives a power cut"
        ):
            sync_folder(path.parent)
    except OSError as error:
        raise Fault(f"The backup cannot be written to {path.parent}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


Counted = tuple[dict[str, int], list[bytes]]


def _copy_database(workspace: Workspace, copy: Path, stopping: Callable[[], bool]) -> Counted:
    """One snapshot, copied in steps over a reading connection of its own, so that nobody waits to write.

    Returns what the snapshot holds: rows of each table and the heads of the chains.
    """

    def step(*_: int) -> None:
        if stopping():
            raise Fault("The backup was stopped.")

    with faults_told(copy), workspace.read() as db:
        counted = _counted(raw(db))  # this first read fixes the snapshot
        target = sqlcipher.connect(str(copy))
        try:
            target.execute(f'PRAGMA key = "{workspace.file_key.pragma}"')
            raw(db).backup(target, pages=_STEP, progress=step, sleep=0.0)
        finally:
            target.close()
    return counted


def _counted(connection: Any) -> Counted:
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    rows = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in tables
        if not name.startswith("sqlite_")
    }
    return rows, heads_of(connection)


def heads_of(connection: Any) -> list[bytes]:
    """The last entry of every chain and what waits for its turn, by hash."""
    return [
        bytes(hash)
        for (hash,) in connection.execute(
            "SELECT e.hash FROM branch b JOIN entry e ON e.no = b.tip UNION SELECT hash FROM parked ORDER BY 1"
        )
    ]


def _check_quickly(copy: Path, key: keys.FileKey, name: str, counted: Counted) -> None:
    connection = connect(copy, key)
    try:
        with faults_told(copy):
            problem = connection.execute("PRAGMA cipher_integrity_check").fetchone()
            if problem:
                raise Fault(f"{name} does not count as a backup: page check: {problem[0]}")
            if _counted(connection) != counted:
                raise Fault(f"{name} does not count as a backup: it holds something else than the workspace.")
    finally:
        connection.close()


def _check(copy: Path, key: keys.FileKey, name: str, counted: Counted) -> None:
    _check_quickly(copy, key, name, counted)
    workspace = Workspace(copy, key, None)
    try:
        problems = verify(workspace)
    finally:
        workspace.close()
    if problems:
        raise Fault(f"{name} does not count as a backup: {problems[0]}")


def read_backup(path: Path) -> tuple[bytes, int]:
    """The envelope of a backup, and where in the file its database begins. Raises Fault when the file is none."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + 4)
            length = int.from_bytes(head[len(MAGIC) :], "big")
            start = len(head) + length
            if (
                not head.startswith(MAGIC)
                or len(head) < len(MAGIC) + 4
                or length > _LONGEST_ENVELOPE
                or start >= path.stat().st_size
            ):
                raise Fault(f"{path.name} is not a Fieldwork backup.")
            return file.read(length), start
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error


def copy_database(backup: Path, to: Path) -> None:
    """Write the database in a backup to a file of its own, on disk when this returns."""
    _, start = read_backup(backup)
    with Path(backup).open("rb") as data, open(to, "wb", opener=private) as out:
        data.seek(start)
        shutil.copyfileobj(data, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())


def unpack(
    backup: Path,
    path: Path,
    passphrase: str,
    settle: Callable[[Workspace], None],
    *,
    recovery_key: str = "",
    held: tuple[keys.FileKey, bytes] | None = None,
) -> Workspace:
    """Put a backup's file in place as a workspace, opened for writing.

    recovery_key: opens the backup in place of its passphrase, and the one given is set anew.
    held: key and envelope of the file it was made of, where they are at hand: a backup from before the passphrase
    was changed opens with them, and with the passphrase of today.
    settle: what is done to it before it has its name. A kill at any moment leaves either the finished
    workspace or nothing that keeps the backup from being restored again.
    """
    envelope, _ = read_backup(backup)
    path = Path(path)
    if not _is_free(path, envelope):
        raise Fault(f"{path.name} exists already; restore under another name or move it away first.")
    if held is not None and keys.read(envelope, Path(backup).name).file_salt == held[0].salt:
        file_key, envelope = held
    elif recovery_key:
        file_key = recovery.unwrap(envelope, recovery_key, Path(backup).name)
        envelope = keys.wrap(file_key, passphrase, recovery=recovery.kept(envelope, file_key))
    else:
        file_key = keys.unwrap(envelope, passphrase, Path(backup).name)
    part = path.with_name(f".{path.name}.part")
    made = [*files_of(part), *([] if keys.envelope_path(path).exists() else [keys.envelope_path(path)])]
    try:
        for leftover in files_of(part):
            leftover.unlink(missing_ok=True)
        copy_database(backup, part)
        with Workspace.open_with_key(part, file_key) as workspace:
            settle(workspace)
        if part.with_name(part.name + "-wal").exists():
            raise Fault(f"{path.name} could not be written whole; try again.")
        write_envelope(path, envelope)
        part.replace(path)
        made += [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))]
        sync_folder(path.parent)
        workspace = Workspace.open_with_key(path, file_key)
    except BaseException as error:
        for file in made:
            file.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Fault(f"{path} cannot be written: {error.strerror or error}.") from error
        raise
    with contextlib.suppress(OSError):  # it stands; what lies about is swept with the next one
        for leftover in files_of(part):
            leftover.unlink(missing_ok=True)
    return workspace


def _is_free(path: Path, envelope: bytes) -> bool:
    """Whether a workspace can be put here: a restore that was cut off may have left this same key file."""
    if path.exists() or path.with_name(path.name + "-wal").exists():
        return False
    key_file = keys.envelope_path(path)
    return not key_file.exists() or key_file.read_bytes() == envelope
