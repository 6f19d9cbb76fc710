"""Sealed diaries: what an inspector writes down of a session for themselves alone.

Sealed for the writer's own laptops before it is anywhere on disk, so that search, reports, exports, packages and dumps
have nothing to leave out; each opening is a line in this laptop's log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import DiaryNote
from fieldwork.domain.records import Device, Session
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.activity import log
from fieldwork.store.drafts import Draft, Drafts
from fieldwork.store.reading import changed_by_others, find, get, is_hidden, kind_of, records
from fieldwork.store.recording import Change, moment
from fieldwork.store.sealed_text import open_text, seal_text
from fieldwork.store.versions import versions_of
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.visits import session_title

KIND: Final = DiaryNote.kind


@dataclass(frozen=True)
class Diary:
    """One's own diary of a session as it was opened at `moment`.

    text: what stands or was being typed when the window last ended; also: what another laptop of one's own wrote apart.
    kept: what stands in the file; where two laptops of one's own changed it unseen, `text` is both, one after the
    other, and settles says that keeping it settles that. recipients: whom it is sealed for.
    """

    note: Id
    session: Id
    title: str
    text: str
    kept: str
    moment: int
    also: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    settles: bool = False


def open_diary(workspace: Workspace, session: Id, drafts: Drafts | None = None) -> Diary:
    """Open one's own diary of a session, which the log says. Raises Fault where that cannot be logged."""
    held = get(workspace, Session, session)
    if not workspace.writes:
        raise Fault(
            "A sealed diary is not opened in a file that is only read: its opening could not be logged."
        )
    now = moment(workspace)
    title = session_title(held)
    log(workspace, "open a sealed diary", title, f"The sealed diary of {title} stays closed.")
    note, kept, also = _own(workspace, session)
    sides = _sides(workspace, note)
    text = "\n\n".join(dict.fromkeys([kept, *(one for one in sides if one)])) if sides else kept
    left = next((one for one in _left(drafts.all() if drafts else ()) if one.id == note), None)
    typed = open_text(workspace, _sealed_in(left)) if left is not None else None
    shown = text if typed is None else typed
    return Diary(
        note,
        session,
        title,
        shown,
        kept,
        now,
        also,
        _own_laptops(workspace),
        bool(sides) and None not in sides,
    )


def write_diary(
    workspace: Workspace, *, diary: Diary, text: str, drafts: Drafts | None = None, at: int | None = None
) -> Done:
    """Keep what a diary says now; one act, which names none of it. Nothing where it says what stands."""
    done = Done(diary.note)
    if text != diary.kept:
        sealed = seal_text(text, diary.recipients) if text.strip() else None
        change = Change(KIND, diary.note, {"session": diary.session, "sealed": sealed}, diary.settles)
        done = do(
            workspace, "write a sealed diary", [change], id=diary.note, as_of=diary.moment, at=at
        )  # fmt: skip
    if drafts is not None:
        drafts.drop(diary.note)
    return done


def keep_draft(drafts: Drafts, diary: Diary, text: str) -> int:
    """Put what is being typed on disk, sealed; returns the wall time (ms) once the commit has returned."""
    sealed = seal_text(text, diary.recipients)
    return drafts.keep(diary.note, KIND, {"session": diary.session, "sealed": sealed}, diary.moment)


def write_left(workspace: Workspace, left: Iterable[Draft], drafts: Drafts) -> Done:
    """Write the diaries that were being typed when the window last ended, unseen; their drafts are done with.

    What nobody else wrote on since is taken as seen up to now, so that one's own words are no conflict with one's own.
    """
    some = list(_left(left))
    changes = []
    for one in some:
        session, sealed = one.fields["session"], _sealed_in(one)
        held = find(workspace, DiaryNote, one.id)
        stands = open_text(workspace, held.sealed) if held is not None and held.sealed else ""
        if _session_gone(workspace, session) or open_text(workspace, sealed) == stands:
            continue
        seen = one.as_of if held is not None and _changed_since(workspace, one) else None
        changes.append(Change(KIND, one.id, {"session": session, "sealed": sealed}, as_of=seen))
    done = do(workspace, "write a sealed diary", changes) if changes else Done()
    for one in some:
        drafts.drop(one.id)
    return done


def _changed_since(workspace: Workspace, draft: Draft) -> bool:
    return draft.as_of is not None and changed_by_others(workspace, draft.id, draft.as_of)


def _sides(workspace: Workspace, note: Id) -> list[str | None]:
    """What each side says of a note that was changed unseen by each other; None for one that does not open here."""
    some = versions_of(workspace, KIND).get(note, ())
    sealed = dict.fromkeys(one["sealed"] for one in some if one.get("sealed"))
    return [open_text(workspace, one) for one in sealed] if len(sealed) > 1 else []


def _own(workspace: Workspace, session: Id) -> tuple[Id, str, tuple[str, ...]]:
    """One's own note of a session with its words, and those of others that open here; a new one's id where none does.

    A note that does not open is a colleague's, or was sealed before this laptop was one's own: it is never
    written over.
    """
    opened = []
    for one in sorted(records(workspace, DiaryNote, session=session), key=lambda one: one.id):
        if one.sealed is not None and (text := open_text(workspace, one.sealed)) is not None:
            opened.append((one.id, text))
    mine = _ids(workspace, session)
    opened.sort(key=lambda one: mine.index(one[0]) if one[0] in mine else len(mine))
    if opened:
        return opened[0][0], opened[0][1], tuple(text for _, text in opened[1:])
    free = (one for one in mine if (held := find(workspace, DiaryNote, one)) is None or held.sealed is None)
    return next(free, mine[-1]), "", ()


def _ids(workspace: Workspace, session: Id) -> tuple[Id, ...]:
    """What one's note is called: by who one is, and where that one does not open, by the laptop."""
    member, device = workspace.identity.member, workspace.device
    own = [one for one in (member, device) if one is not None]
    return tuple(derived_id(KIND, session, one) for one in own)


def _own_laptops(workspace: Workspace) -> tuple[str, ...]:
    """The keys of this laptop and of all others of the same member of the team."""
    member = workspace.identity.member
    some = records(workspace, Device, member=member) if member is not None else []
    others = [one.recipient for one in some if not one.removed and one.recipient]
    return tuple(dict.fromkeys([workspace.device_keys.recipient, *others]))


def _left(drafts: Iterable[Draft]) -> Iterable[Draft]:
    return (
        one
        for one in drafts
        if one.kind == KIND
        and isinstance(one.fields.get("session"), bytes)
        and isinstance(one.fields.get("sealed"), bytes)
    )


def _sealed_in(draft: Draft) -> bytes:
    sealed = draft.fields["sealed"]
    return sealed if isinstance(sealed, bytes) else b""


def _session_gone(workspace: Workspace, session: object) -> bool:
    return (
        not isinstance(session, bytes) or kind_of(workspace, session) is None or is_hidden(workspace, session)
    )
