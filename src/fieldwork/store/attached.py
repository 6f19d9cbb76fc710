"""Files that belong to records: each encrypted under a key of its own, in a folder beside the workspace.

A file is MAGIC | ChaCha20-Poly1305(key, size (8) | content | zeros up to a round size; its name beside it). The key
is random and encrypts nothing else, so the nonce is zeros; it stands in the record alone, and dies with an erasure of
that. The name is random too, so the folder tells no more than how many files there are and about how large.
"""

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Attachment
from fieldwork.store.beside import SUFFIX, private, sync_folder, write_whole
from fieldwork.store.workspace import Workspace, raw

MAGIC: Final = b"FWATT1"
LARGEST: Final = 20 << 20  # bytes of content
LARGEST_SEALED: Final = LARGEST + (LARGEST >> 3) + 4096
ORPHANED: Final = 3600  # seconds after which a file that no record names is taken for what a crash left
_NONCE = bytes(12)


def folder_of(path: Path) -> Path:
    """Where the files of a workspace stand: NAME.files beside NAME.fieldwork."""
    return path.with_suffix(".files") if path.suffix == SUFFIX else path.with_name(path.name + ".files")


def path_of(workspace: Workspace, file: bytes) -> Path:
    return folder_of(workspace.path) / file.hex()


def sealed(content: bytes, file: bytes, key: bytes) -> bytes:
    """A file as it stands on disk. file: its name, 16 bytes; key: 32."""
    size = len(content) + 8
    step = max(4096, 1 << max(size.bit_length() - 4, 0))
    padded = len(content).to_bytes(8, "big") + content + bytes(-size % step)
    return MAGIC + ChaCha20Poly1305(key).encrypt(_NONCE, padded, MAGIC + file)


def opened(data: bytes, one: Attachment) -> bytes:
    """The content of a file as it stood on disk. Raises Fault where it is not what the record says."""
    try:
        if not data.startswith(MAGIC) or one.key is None or one.file is None:
            raise ValueError
        padded = ChaCha20Poly1305(one.key).decrypt(_NONCE, data[len(MAGIC) :], MAGIC + one.file)
        content = padded[8 : 8 + int.from_bytes(padded[:8], "big")]
    except (InvalidTag, ValueError) as error:
        raise Fault(f"The file {one.name} is damaged here; ask a colleague who has it for it.") from error
    if hashlib.sha256(content).digest() != one.digest:
        raise Fault(
            f"The file {one.name} is not the one its record names; ask a colleague who has it for it."
        )
    return content


def holds(workspace: Workspace, one: Attachment) -> bool:
    """Whether the file is on this laptop, whole or not."""
    return one.file is not None and path_of(workspace, one.file).is_file()


def keep(workspace: Workspace, file: bytes, data: bytes) -> None:
    """Write a sealed file, so that it is on disk before its record is. Raises Fault when the disk refuses."""
    folder = folder_of(workspace.path)
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            sync_folder(folder.parent)
        write_whole(folder / file.hex(), data, opener=private)
    except OSError as error:
        raise Fault(
            f"The file cannot be kept in {folder.name}: {error.strerror or error}; nothing was attached."
        ) from error


def read(workspace: Workspace, one: Attachment) -> bytes:
    """The content of an attachment. Raises Fault where it is not here, is damaged, or was erased."""
    return opened(read_sealed(workspace, one), one)


def read_sealed(workspace: Workspace, one: Attachment) -> bytes:
    """The file as it stands on disk. Raises Fault as `read`."""
    if one.key is None or one.file is None:
        raise Fault("This file was erased.")
    data = regular(path_of(workspace, one.file), LARGEST_SEALED)
    if data is None:
        raise Fault(f"The file {one.name} is not on this laptop; ask for it, and it comes with a package.")
    return data


def regular(path: Path, most: int) -> bytes | None:
    """The bytes of a plain file of no more than `most`; None for a link, a folder, a device, or nothing at all."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode) or about.st_size > most:
            return None
        try:
            return file.read(most + 1)[:most]
        except OSError:
            return None


# -- what is no longer wanted


def discard(workspace: Workspace, file: bytes) -> None:
    """Take back a file whose record could not be written."""
    with contextlib.suppress(OSError):
        path_of(workspace, file).unlink(missing_ok=True)


def clear_erased(workspace: Workspace) -> bool:
    """Remove the files of records that were erased; whether none is left."""
    with workspace.read() as db:
        files = raw(db).execute(
            'SELECT file FROM attachment WHERE file IS NOT NULL AND ("key" IS NULL OR id IN (SELECT id FROM erased))'
        )
        paths = [path_of(workspace, file) for (file,) in files if isinstance(file, bytes)]
    return _gone([path for path in paths if path.exists()])


def sweep(workspace: Workspace) -> None:
    """Remove what a crash left between a file and its record, where no record here or waiting can name it."""
    folder = folder_of(workspace.path)
    if not folder.is_dir():
        return
    with workspace.read() as db:
        if _waiting(raw(db)):  # what has not taken effect, or was put aside, may name any of them
            return
        named = {
            file.hex()
            for (file,) in raw(db).execute("SELECT file FROM attachment")
            if isinstance(file, bytes)
        }
    with contextlib.suppress(OSError):
        now = time.time()
        _gone(
            path
            for path in folder.iterdir()
            if path.name not in named and now - path.lstat().st_mtime > ORPHANED and not path.is_dir()
        )


def _waiting(connection: Any) -> bool:
    return any(
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
        for table in ("parked", "held")
    )


def _gone(paths: Iterable[Path]) -> bool:
    paths = list(paths)
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        for folder in {path.parent for path in paths}:
            sync_folder(folder)
    return not any(path.exists() for path in paths)
