"""Files that leave: written whole, never over an inspection and never over a file of another kind."""

from collections.abc import Sequence
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.store.beside import private, write_whole

# endings of what belongs to an inspection: nothing else is ever written under such a name
KEPT = (".fieldwork", ".fieldwork-key", ".fieldwork-wal", ".fieldwork-shm", ".fieldwork-lock", ".drafts")


def check_target(path: Path, what: str, begins: Sequence[bytes] | None = ()) -> None:
    """Refuse a file name before anything is done. begins: how a file may begin that is replaced; None: as it likes.

    Raises Fault for a name an inspection keeps, a folder that is not there, and a file of another kind.
    """
    path = Path(path)
    if path.name.lower().endswith(KEPT):
        raise Fault(f"{path} is a name that inspections keep; write the {what} under another name.")
    if path.is_dir():
        raise Fault(f"{path} is a folder; give the {what} a file name in it.")
    if not path.parent.is_dir():
        raise Fault(f"There is no folder {path.parent}; check the name, and that the stick is in.")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror or error}; choose another name.") from error
    if start and begins is not None and not any(start.startswith(sign) for sign in begins):
        kind = f" and is no {what}" if begins else ""
        raise Fault(f"{path} is there already{kind}; choose another name.")


def write_out(
    path: Path, data: bytes, what: str, begins: Sequence[bytes] | None = (), *, secret: bool = False
) -> None:
    """Write a file that leaves, whole or not at all. secret: for its owner alone.

    Raises Fault as `check_target`, and when the disk refuses.
    """
    check_target(path, what, begins)
    try:
        write_whole(Path(path), data, opener=private if secret else None)
    except OSError as error:
        raise Fault(
            f"The {what} cannot be written to {path}: {error.strerror or error}; "
            "check that there is room and that it can be written."
        ) from error
