"""Backups Fieldwork makes by itself: before a merge, once a day, after an erasure; in NAME.backups by NAME.fieldwork.

They stand beside the workspace and not in the user's data folder: a person finds them without being told where,
they go along when the folder is moved, nothing of the evidence lies in a place nobody thinks of when it is to be
erased, and a rescue needs neither this laptop's profile nor its settings. A second disk is `fieldwork backup --to`.
"""

import contextlib
import hashlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.store import backup
from fieldwork.store.beside import SUFFIX, read_envelope, write_whole
from fieldwork.store.rotation import spared
from fieldwork.store.workspace import Workspace, raw

REASONS = ("merge", "daily", "erasure")
_NAME = re.compile(r"-(\d{8}-\d{6})-(?:merge|daily|erasure)" + re.escape(backup.SUFFIX) + "$")
_STAMP = "%Y%m%d-%H%M%S"
_LEFT_OVER_SECONDS = 3600


@dataclass(frozen=True)
class Kept:
    """A backup beside its workspace; at: local time at which it was made."""

    path: Path
    at: datetime


def folder_of(workspace: Path) -> Path:
    """Where the backups of a workspace stand: NAME.backups beside NAME.fieldwork."""
    name = workspace.stem if workspace.suffix == SUFFIX else workspace.name
    return workspace.with_name(name + ".backups")


def kept(workspace: Path) -> list[Kept]:
    """The backups Fieldwork made of it by itself, the newest first. Each was opened and checked when it was made."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder_of(workspace).iterdir():
            if said := _NAME.search(path.name):
                with contextlib.suppress(ValueError):
                    found.append(Kept(path, datetime.strptime(said[1], _STAMP)))
    return sorted(found, key=lambda one: (one.at, one.path.name), reverse=True)


def keep(workspace: Workspace, reason: str, stopping: Callable[[], bool] = lambda: False) -> Path:
    """Make a backup, open it, check it, and only then let it count; then drop those that are no longer wanted.

    reason: one of REASONS. Raises Fault when the disk refuses or the copy is not sound; nothing is dropped then.
    """
    folder = folder_of(workspace.path)
    now = datetime.now()
    try:
        folder.mkdir(exist_ok=True)
        sweep(folder, _LEFT_OVER_SECONDS)
        path = _free(folder, workspace.path.stem, now, reason)
    except OSError as error:
        raise Fault(f"No backup can be written to {folder}: {error.strerror or error}.") from error
    mark = _mark(workspace)
    backup.write(workspace, path, quick=True, stopping=stopping)
    with contextlib.suppress(OSError):  # what is lost with it is one backup more tomorrow
        write_whole(folder / "last", mark)
    _rotate(workspace.path, path, now)
    return path


def _free(folder: Path, stem: str, now: datetime, reason: str) -> Path:
    """A name nothing has; of two in one second the later waits for the next."""
    path = folder / f"{stem}-{now:{_STAMP}}-{reason}{backup.SUFFIX}"
    return (
        path
        if not path.exists()
        else _free(folder, stem, datetime.fromtimestamp(now.timestamp() + 1), reason)
    )


def sweep(folder: Path, age: float) -> None:
    """Take away what backups that were cut off have left behind. age: seconds since they were written to."""
    old = time.time() - age
    for path in folder.iterdir():
        if path.name.startswith(".") and path.stat().st_mtime <= old:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name.endswith(".part"):
                path.unlink(missing_ok=True)


def _rotate(workspace: Path, made: Path, now: datetime) -> None:
    """Drop what `rotation.spared` does not keep; never the one just made."""
    there = kept(workspace)
    wanted = spared((one.at for one in there), now)
    for one in there:
        if one.at not in wanted and one.path != made:
            with contextlib.suppress(OSError):
                one.path.unlink()


def due(workspace: Workspace, now: datetime | None = None) -> bool:
    """Whether the day's backup is wanted: none was made today, and something changed since the last."""
    there = kept(workspace.path)
    if there and there[0].at.date() >= (now or datetime.now()).date():
        return False
    try:
        return not there or (folder_of(workspace.path) / "last").read_bytes() != _mark(workspace)
    except OSError:
        return True


def _mark(workspace: Workspace) -> bytes:
    """Changes when the evidence or the passphrase does."""
    digest = hashlib.sha256(read_envelope(workspace.path))
    with workspace.read() as db:
        for part in backup.heads_of(raw(db)):
            digest.update(part)
    return digest.hexdigest().encode()
