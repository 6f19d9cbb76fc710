"""Attached files go out on request, beside a package, and come in the same way; and go along with a backup.

What goes beside a package is the file as it stands in the store: its key is in the record, which only members read, and
its name is random. Whoever has no wish for it, or no such record, takes nothing.
"""

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from fieldwork.domain.faults import Fault, Stands, standing
from fieldwork.domain.finding_records import Attachment, AttachmentWish
from fieldwork.store import attached
from fieldwork.store.beside import private, write_whole
from fieldwork.store.members import readers
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace

SUFFIX: Final = ".fieldfile"
HAVE: Final = "have a file"


def say_what_came(workspace: Workspace) -> None:
    """Own wishes that were answered are wishes no more; written before a package is made, so that it says so."""
    wishes = records(workspace, AttachmentWish, device=workspace.device, wanted=1)
    if wishes:
        known = {
            one.id: one for one in records(workspace, Attachment, id={wish.attachment for wish in wishes})
        }
        here = [
            wish
            for wish in wishes
            if (one := known.get(wish.attachment or b"")) and attached.holds(workspace, one)
        ]
        if here:
            record(workspace, HAVE, [Change(AttachmentWish.kind, wish.id, {"wanted": 0}) for wish in here])


def answer(workspace: Workspace, folder: Path) -> tuple[Path, ...]:
    """Put what other laptops ask for, and this one has, into a folder. Raises Stands when the disk refuses."""
    with workspace.read() as db:
        others = {device.id for device in readers(db)} - {workspace.device}
    asked = {one.attachment for one in records(workspace, AttachmentWish, wanted=1) if one.device in others}
    if not asked:
        return ()
    written = []
    for one in records(workspace, Attachment, id=asked):
        if one.file is None or not _sound(workspace, one):
            continue
        path = folder / (one.file.hex() + SUFFIX)
        try:
            write_whole(path, attached.read_sealed(workspace, one), opener=private)
        except OSError as error:
            raise Stands(
                f"The package is written; the file {one.name} that was asked for could not be put beside it: "
                f"{error.strerror or error}."
            ) from error
        written.append(path)
    return tuple(written)


def _sound(workspace: Workspace, one: Attachment) -> bool:
    try:
        attached.read(workspace, one)
    except Fault:
        return False
    return True


def take(workspace: Workspace, packages: Iterable[Path]) -> Sequence[str]:
    """Take in what was asked for and stands beside these packages; the names of what came."""
    folders = list(dict.fromkeys(Path(path).parent for path in packages))
    wishes = records(workspace, AttachmentWish, device=workspace.device, wanted=1)
    if not wishes:
        return ()
    came = []
    for one in records(workspace, Attachment, id={wish.attachment for wish in wishes}):
        if one.file is None or (attached.holds(workspace, one) and _sound(workspace, one)):
            continue
        for folder in folders:
            data = attached.regular(folder / (one.file.hex() + SUFFIX), attached.LARGEST_SEALED)
            if data is None or not _fits(data, one):
                continue
            attached.keep(workspace, one.file, data)
            came.append(one.name)
            break
    return tuple(came)


def _fits(data: bytes, one: Attachment) -> bool:
    try:
        attached.opened(data, one)
    except Fault:
        return False
    return True


# -- along with a backup, and back


def carry_out(workspace: Workspace, to: Path) -> int:
    """Copy the files that are here into NAME.files in a folder, as they stand; how many are there then.

    Raises Stands where the disk refuses: the backup beside them is whole.
    """
    files = [
        one
        for one in records(workspace, Attachment, hidden=True)
        if one.key is not None and attached.holds(workspace, one)
    ]
    folder = to / attached.folder_of(workspace.path).name
    if folder.absolute() == attached.folder_of(workspace.path).absolute():
        return len(files)
    with standing("The backup is written and was checked.", f"a copy of the attached files in {folder.name}"):
        for one in files:
            path = folder / (one.file or b"").hex()
            if not path.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                write_whole(path, attached.read_sealed(workspace, one), opener=private)
    return len(files)


def bring_back(workspace: Workspace, folders: Iterable[Path]) -> int:
    """Take files that are not here from any NAME.files in these folders; how many came."""
    places = [place for folder in folders for place in sorted(folder.glob("*.files")) if place.is_dir()]
    came = 0
    for one in records(workspace, Attachment, hidden=True) if places else ():
        if one.file is None or one.key is None or attached.holds(workspace, one):
            continue
        for place in places:
            data = attached.regular(place / one.file.hex(), attached.LARGEST_SEALED)
            with contextlib.suppress(Fault):
                if data is not None and attached.opened(data, one):
                    attached.keep(workspace, one.file, data)
                    came += 1
                    break
    return came
