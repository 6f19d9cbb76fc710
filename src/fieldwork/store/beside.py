"""What stands beside a workspace under its name: the wrapped key, what is being typed, the database's own files."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from platformdirs import user_data_path

from fieldwork.domain.faults import Fault, Stands
from fieldwork.store import keys

SUFFIX = ".fieldwork"


def home() -> Path:
    """Where Fieldwork keeps what belongs to no workspace; FIELDWORK_HOME moves it."""
    return Path(os.environ.get("FIELDWORK_HOME") or user_data_path("fieldwork", appauthor=False))


def files_of(path: Path) -> list[Path]:
    """The file of a workspace and all that may stand beside it."""
    endings = ("", "-key", "-key-next", "-wal", "-shm", "-lock")
    return [path.with_name(path.name + ending) for ending in endings] + [drafts_path(path)]


def drafts_path(path: Path) -> Path:
    """Where what is being typed is kept: NAME.drafts beside NAME.fieldwork."""
    return path.with_suffix(".drafts") if path.suffix == SUFFIX else path.with_name(path.name + ".drafts")


# -- the envelope that holds the wrapped key


def next_envelope_path(path: Path) -> Path:
    """Where the envelope of a new key waits while the file is written again under it."""
    return path.with_name(path.name + "-key-next")


def read_envelope(path: Path) -> bytes:
    """The wrapped key of a workspace: from beside it, else from this laptop's own copy."""
    if path.is_dir():
        raise Fault(f"{path} is a folder; name the workspace in it.")
    if not path.is_file():
        raise Fault(f"{path} is not there; check the name and the folder.")
    try:
        return keys.envelope_path(path).read_bytes()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise Fault(f"The key file of {path.name} cannot be read: {error.strerror}.") from error
    copy = envelope_copy(path)
    if copy is not None and copy.is_file():
        return copy.read_bytes()
    raise Fault(
        f"{path.name} is not a Fieldwork workspace, or its key file {keys.envelope_path(path).name} "
        "is missing; copy both together, or restore a backup."
    )


@dataclass(frozen=True)
class Foreign:
    """A key file that seems to be another workspace's. sure: no damage looks like it; words: a sentence."""

    words: str
    sure: bool


def key_of_another(path: Path) -> Foreign | None:
    """Whether the key file beside a workspace names another salt than the workspace; None where it does not."""
    salts = []
    for beside in (keys.envelope_path(path), next_envelope_path(path)):
        with contextlib.suppress(OSError, Fault):
            salts.append(keys.read(beside.read_bytes(), path.name).file_salt)
    try:
        with path.open("rb") as file:
            own = file.read(16)
    except OSError:
        return None
    if not salts or own in salts:
        return None
    key, copy = keys.envelope_path(path).name, envelope_copy(path, own)
    if copy is not None and copy.is_file():
        return Foreign(
            f"{path.name} does not open: the key file beside it belongs to another workspace; move {key} away, this "
            "laptop keeps a copy of the right one.",
            True,
        )
    return Foreign(
        f"Or the key file beside it belongs to another workspace: then put the right {key} there.", False
    )


def write_envelope(path: Path, envelope: bytes) -> None:
    """Replace the envelope in one step; this laptop's copy goes first, so no old passphrase outlives it."""
    copy = envelope_copy(path, _salt_of(envelope))
    if copy is not None:
        copy.unlink(missing_ok=True)
    write_whole(keys.envelope_path(path), envelope, opener=private)
    if copy is not None:
        with contextlib.suppress(OSError):  # a second copy is a convenience, never a condition
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(copy, envelope, opener=private)


def rewrap(path: Path, envelope: bytes) -> None:
    """Replace the envelope of a workspace. Raises Fault when the disk refuses; the old one then still holds."""
    try:
        write_envelope(path, envelope)
    except OSError as error:
        if _holds(keys.envelope_path(path), envelope):  # the last step failed: the folder, not the file
            raise Stands(
                f"The new key file of {path.name} is in place and opens it, but the disk did not confirm that: "
                f"{error.strerror or error}. Check the disk, and keep what opened it before until then."
            ) from error
        raise Fault(
            f"The key file of {path.name} cannot be written: {error.strerror or error}; "
            "what opened it before still does."
        ) from error


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _salt_of(envelope: bytes) -> bytes:
    length = int.from_bytes(envelope[6:8], "big")
    return msgspec.msgpack.decode(envelope[8 : 8 + length])[5]


def envelope_copy(path: Path, salt: bytes | None = None) -> Path | None:
    """SQLCipher keeps its salt as the first 16 bytes of the file: the name under which a copy is found."""
    if salt is None:
        try:
            with path.open("rb") as file:
                salt = file.read(16)
        except OSError:
            return None
    return home() / "keys" / salt.hex() if len(salt) == 16 else None


def private(path: str, flags: int) -> int:
    """Opens a file for `open`; one that is made by it is its owner's alone, from the first moment."""
    return os.open(path, flags, 0o600)


def write_whole(path: Path, data: bytes, *, opener: Callable[[str, int], int] | None = None) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut. opener: as for `open`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb", opener=opener) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Names in a folder outlive a power cut only once the folder itself is on disk."""
    if os.name == "posix":
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
