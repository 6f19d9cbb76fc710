"""Files attached to documents, figures, sessions and lines: taken in clean, opened, asked for, looked after."""

import hashlib
import io
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Attachment, AttachmentWish, Document, Figure
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.store import attached
from fieldwork.store.erasures import first_said
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import get, kind_of, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.attachment_cleaning import BROKEN, MOST_PIXELS, Cleaned, too_large
from fieldwork.work.cleaning_apart import clean_apart
from fieldwork.work.done import Done, do

CARRYING = frozenset(one.kind for one in (Document, Figure, Session, NoteLine))
"""Kinds that a file can be attached to."""


@dataclass(frozen=True)
class Prepared:
    """A file that was read and cleaned, before it is attached. came_as: SHA-256 of what came in."""

    cleaned: Cleaned
    came_as: bytes


@dataclass(frozen=True)
class Attached:
    """A file of a record. here: it is on this laptop; wished: this laptop has asked for it."""

    record: Attachment
    here: bool
    wished: bool

    @property
    def id(self) -> Id:
        return self.record.id


def prepare(_: Workspace, path: Path) -> Prepared:
    """Read a file and take out of it what is not to be kept; nothing is written. Takes a second for a photograph.

    Raises Fault with the one reason why it is not taken: its kind, its size, damage, a link in place of a file.
    """
    path = Path(path).expanduser()
    if path.is_symlink():
        raise Fault(f"{path.name} is a link to another file; name the file itself.")
    if path.is_dir():
        raise Fault(f"{path.name} is a folder; name a picture or a PDF in it.")
    if not path.exists():
        raise Fault(f"{path} is not there; check the name and the folder.")
    if not path.is_file():
        raise Fault(f"{path.name} is no file; name a picture or a PDF.")
    if path.stat().st_size > attached.LARGEST:
        raise too_large()
    data = attached.regular(path, attached.LARGEST)
    if data is None:
        raise Fault(f"{path.name} cannot be read; check that you may open it.")
    return Prepared(clean_apart(data, path.name), hashlib.sha256(data).digest())


def attach(workspace: Workspace, *, belongs: Id, prepared: Prepared, at: int | None = None) -> Done:
    """Keep a prepared file, and then say in a record what it is and what it belongs to."""
    if kind_of(workspace, belongs) not in CARRYING:
        raise Fault("A file is attached to a document, a figure, a session or a note line.")
    made = prepared.cleaned
    digest = hashlib.sha256(made.content).digest()
    there = records(workspace, Attachment, belongs=belongs)
    if any(digest == one.digest or prepared.came_as == one.came_as for one in there):
        raise Fault(f"{made.name} is attached here already.")
    file, key = os.urandom(16), os.urandom(32)
    attached.keep(workspace, file, attached.sealed(made.content, file, key))
    fields = {
        "belongs": belongs,
        "name": made.name,
        "media": made.media,
        "size": len(made.content),
        "digest": digest,
        "came_as": prepared.came_as,
        "key": key,
        "file": file,
        "cleaned": made.taken_out,
        "pages": made.pages,
        "added_by": workspace.identity.member,
    }
    id = new_id()
    try:
        change = Change(
            Attachment.kind, id, {name: value for name, value in fields.items() if value not in (None, "")}
        )
        return do(workspace, "attach a file", [change], id=id, at=at)
    except BaseException:
        if not records(workspace, Attachment, id=[id], hidden=True):
            attached.discard(workspace, file)
        raise


def attach_file(workspace: Workspace, *, belongs: Id, path: str, at: int | None = None) -> Done:
    """Attach a picture or a PDF to a document, a figure, a session or a note line."""
    return attach(workspace, belongs=belongs, prepared=prepare(workspace, Path(path)), at=at)


def remove_attachment(workspace: Workspace, *, attachment: Id, at: int | None = None) -> Done:
    """Take a file off what it belongs to; only an erasure destroys it."""
    get(workspace, Attachment, attachment)
    change = Change(Attachment.kind, attachment, {DELETED: DELETE})
    return do(workspace, "remove a file", [change], id=attachment, at=at)


def attachments_of(workspace: Workspace, belongs: Collection[Id]) -> dict[Id, tuple[Attached, ...]]:
    """The files of these records, in the order they were attached."""
    some = records(workspace, Attachment, belongs=set(belongs), order="id") if belongs else []
    wishes = records(workspace, AttachmentWish, device=workspace.device, wanted=1) if some else []
    wished = {one.attachment for one in wishes}
    found: dict[Id, tuple[Attached, ...]] = {}
    for one in some:
        if one.belongs is not None and one.key is not None:
            here = attached.holds(workspace, one)
            found[one.belongs] = (
                *found.get(one.belongs, ()),
                Attached(one, here, one.id in wished and not here),
            )
    return found


@dataclass(frozen=True)
class Picture:
    """A picture made small enough to be shown. points: RGB, three bytes each, by rows."""

    size: tuple[int, int]
    points: bytes


def picture(workspace: Workspace, attachment: Id, most: int = 1600) -> Picture:
    """An attached picture, no side of it above `most` points. Raises Fault as `content`."""
    from PIL import Image

    data = content(workspace, attachment)
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as held:
            if held.width * held.height > MOST_PIXELS:  # a colleague's program may have attached anything
                raise ValueError
            shown = held.convert("RGB")
            shown.thumbnail((most, most))
    except (Image.DecompressionBombError, *BROKEN) as error:
        raise Fault("This picture cannot be shown; save a copy to look at it elsewhere.") from error
    return Picture(shown.size, shown.tobytes())


def content(workspace: Workspace, attachment: Id) -> bytes:
    """What an attached file holds, in memory only. Raises Fault where it is not here or is damaged."""
    return attached.read(workspace, get(workspace, Attachment, attachment))


def save_copy(workspace: Workspace, *, attachment: Id, to: Path) -> Path:
    """Write a file out in clear, into a folder or under a name nothing has yet; returns where."""
    one = get(workspace, Attachment, attachment)
    data = attached.read(workspace, one)
    to = Path(to).expanduser()
    path = to / one.name if to.is_dir() else to
    write_out(path, data, "copy", secret=True)
    return path


def wish(workspace: Workspace, *, attachment: Id, wanted: bool = True, at: int | None = None) -> Done:
    """Ask colleagues for a file that is not on this laptop; who has it sends it with their next package."""
    one = get(workspace, Attachment, attachment)
    if wanted and attached.holds(workspace, one):
        raise Fault(f"{one.name} is on this laptop already.")
    id = derived_id(AttachmentWish.kind, attachment, workspace.device)
    fields = {"attachment": attachment, "device": workspace.device, "wanted": int(wanted), DELETED: None}
    return do(workspace, "ask for a file", [Change(AttachmentWish.kind, id, fields)], id=id, at=at)


def faults(workspace: Workspace) -> list[str]:
    """What is wrong with the files on this laptop: damaged, or attached here and gone. A sentence each."""
    found = []
    for one in records(workspace, Attachment, order="id"):
        if one.key is None or one.file is None:
            continue
        if attached.holds(workspace, one):
            try:
                attached.read(workspace, one)
            except Fault as fault:
                found.append(f"attached file {one.id.hex()[:12]}: {fault}")
        elif first_said(workspace, one.id).device == workspace.device:
            found.append(
                f"attached file {one.id.hex()[:12]}: {one.name} was attached here and is not in "
                f"{attached.folder_of(workspace.path).name} any more; ask for it from a colleague who has it."
            )
    return found
