"""A schedule out of a calendar: events become sessions once, and later revisions change them.

What was changed here since it was last read stands, and so does a session that was deleted here; both are said.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from fieldwork.domain.personal import Lists
from fieldwork.domain.records import Session, Visit
from fieldwork.domain.values import Id, Value, derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.tellings import Telling, last_of, tellings
from fieldwork.store.workspace import Workspace
from fieldwork.work.calendar_in import Meeting, Schedule
from fieldwork.work.calendar_out import LONDON, TOLD, USUAL_MINUTES, revised
from fieldwork.work.done import Done, do
from fieldwork.work.visits import session_title
from fieldwork.work.without_names import without_names
from fieldwork.work.word_lists import lists_of

LONGEST: Final = 200
"""Characters kept of a title or a place."""
CANCELLED: Final = "cancelled in the calendar"
READ: Final = "read a calendar in"


@dataclass(frozen=True)
class Comparison:
    """What reading a schedule in does, by the words of each session. changes: what is written for it.

    kept: what was changed here and stands, in sentences; deleted: sessions that were deleted here and stay so;
    left_out: what was not taken, and masked: where what looks like a person was left out, both with their line.
    apart: of the new ones, those on the days of no one visit, which stand with the notes outside any.
    """

    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Taken:
    """A schedule that was read in: the act, and what it did."""

    done: Done
    told: Comparison

    @property
    def changed(self) -> Mapping[str, frozenset[Id]]:
        return self.done.changed

    @property
    def entry(self) -> bytes | None:
        return self.done.entry


@dataclass
class _Telling:
    """A Comparison while it is made."""

    said: dict[str, list[str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def tell(self, what: str, words: str) -> None:
        self.said.setdefault(what, []).append(words)

    def done(self, left_out: Sequence[str]) -> Comparison:
        said = {what: tuple(some) for what, some in self.said.items()}
        said["left_out"] = (*left_out, *said.get("left_out", ()))
        return Comparison(**said, changes=tuple(self.changes))


def compared(workspace: Workspace, schedule: Schedule, visit: Id | None = None) -> Comparison:
    """What reading a schedule in would do. visit: of the new sessions; else the one whose days theirs is among."""
    held = {one.id: one for one in records(workspace, Session, hidden=True)}
    there = {one.id for one in records(workspace, Session)}
    visits, lists = records(workspace, Visit), lists_of(workspace)
    meetings = [(_session_of(workspace, one.uid), one) for one in schedule.meetings]
    told = tellings(workspace, [id for id, _ in meetings if id in held], {*TOLD, DELETED})
    made = _Telling()
    for id, meeting in meetings:
        one = _masked(made, schedule.name, meeting, lists)
        session = held.get(id)
        words = one.summary or (session_title(session) if session else "A session")
        ours = id == _ours(workspace, one.uid)
        if session is not None and id not in there and (ours or not _import_undone(told[id])):
            made.tell("deleted", words)
        elif session is None and ours:
            made.tell(
                "left_out", f"{schedule.name}, line {one.line}: a session of a colleague's; merge first."
            )
        elif session is None or id not in there:
            if one.cancelled:
                made.tell("left_out", f"{schedule.name}, line {one.line}: cancelled, and no session here.")
                continue
            on = visit or _visit_on(visits, one.start)
            fields = _new_fields(one, on)
            back = {DELETED: None} if session is not None else {}
            made.changes.append(Change(Session.kind, id, {**fields, **back}))
            made.tell("new", words)
            if on is None:
                made.tell("apart", words)
        else:
            _compare(made, session, one, told[id], ours=ours)
    return made.done(schedule.left_out)


def take_schedule(
    workspace: Workspace, schedule: Schedule, *, visit: Id | None = None, at: int | None = None
) -> Taken:
    """Read a schedule in: new sessions are planned, those that stand are moved or cancelled as it says; one act."""
    wanted = compared(workspace, schedule, visit)
    return Taken(do(workspace, READ, wanted.changes, at=at) if wanted.changes else Done(None), wanted)


def summary(told: Comparison) -> str:
    """What reading in does, in a sentence of counts: "2 new, 1 moved, 3 unchanged"."""
    counts = {
        "new": told.new,
        "moved": told.moved,
        "cancelled": told.cancelled,
        "unchanged": told.unchanged,
        "changed here, which stands": told.kept,
        "deleted here, which stays": told.deleted,
        "left out": told.left_out,
    }
    said = ", ".join(f"{len(some):,} {what}" for what, some in counts.items() if some)
    return f"{said}." if said else "There is no event in it."


def _masked(made: _Telling, name: str, one: Meeting, lists: Lists) -> Meeting:
    """An event without what looks like a person in its title or place; where that was is told."""
    summary, at = without_names(one.summary, lists), without_names(one.place, lists, place=True)
    for what, before, after in (("title", one.summary, summary), ("place", one.place, at)):
        if before != after:
            sentence = f"{name}, line {one.line}: what looks like a person was left out of its {what}."
            made.tell("masked", sentence)
    return replace(one, summary=summary[:LONGEST], place=at[:LONGEST])


# -- which session an event is


def _ours(workspace: Workspace, uid: str) -> Id | None:
    found = re.fullmatch(r"([0-9a-f]{32})@([0-9a-f]{32})\.fieldwork", uid)
    return bytes.fromhex(found[1]) if found and found[2] == workspace.inspection.hex() else None


def _session_of(workspace: Workspace, uid: str) -> Id:
    """The session an event of ours names; of another calendar's the one made of its name, on every laptop the same."""
    return _ours(workspace, uid) or derived_id(Session.kind, "ics", uid)


def _name_kept(uid: str) -> str:
    """What is kept of another calendar's name for an event: a digest, for it may be long and may name a person."""
    return f"sha256:{hashlib.sha256(uid.encode()).hexdigest()[:32]}"


def _import_undone(some: Sequence[Telling]) -> bool:
    """Whether a session is gone because its reading in was taken back: then it may be read in again."""
    last = last_of(some, DELETED)
    return last is not None and last.act == "undo"


def _new_fields(one: Meeting, visit: Id | None) -> dict[str, object]:
    return {
        "visit": visit,
        "title": one.summary,
        "method": "interview",
        "planned_start": one.start,
        "planned_end": one.end,
        "venue": one.place,
        "state": "planned",
        "calendar_uid": _name_kept(one.uid),
        "calendar_revision": one.revision,
    }


# -- what it changes of one that stands


def _compare(made: _Telling, session: Session, one: Meeting, some: Sequence[Telling], *, ours: bool) -> None:
    """Tell what an event says of its session that is different now."""
    words = one.summary or session_title(session)
    known = revised(some)[0] if ours else session.calendar_revision or 0
    if one.revision < known or session.state in ("open", "done"):
        made.tell("unchanged", words)
        return
    if session.state == "cancelled":
        here = not one.cancelled and session.state_reason != CANCELLED
        made.tell(*(("kept", f"{words}: it was cancelled here.") if here else ("unchanged", words)))
        return
    fields = _changed(session, one)
    kept = [] if ours else _stands(session, one, fields, some, known)
    for sentence in kept:
        made.tell("kept", f"{words}: {sentence}")
    if fields:
        made.tell("cancelled" if "state" in fields else "moved", words)
        revision = {} if ours else {"calendar_revision": one.revision}
        made.changes.append(Change(Session.kind, session.id, {**fields, **revision}))
    elif not kept:
        made.tell("unchanged", words)


def _changed(session: Session, one: Meeting) -> dict[str, object]:
    """What an event says otherwise of a session that has not begun."""
    if one.cancelled:
        return {"state": "cancelled", "state_reason": CANCELLED}
    fields: dict[str, object] = {}
    if one.start != (session.planned_start or 0) // 1000 * 1000:
        fields["planned_start"] = one.start
        if session.first_planned is None and session.planned_start:
            fields["first_planned"] = session.planned_start
    ends = session.planned_end or (session.planned_start or 0) + USUAL_MINUTES * 60_000
    if one.end is not None and one.end - one.start != (ends - (session.planned_start or 0)) // 1000 * 1000:
        fields["planned_end"] = one.end
    elif "planned_start" in fields and session.planned_end:
        fields["planned_end"] = one.end or one.start + session.planned_end - (session.planned_start or 0)
    if session.calendar_uid and one.place != session.venue:
        fields["venue"] = one.place
    return fields


def _stands(
    session: Session, one: Meeting, fields: dict[str, object], some: Sequence[Telling], known: int
) -> list[str]:
    """Take out of `fields` what was changed here since the calendar was last read, and say so.

    Where a later revision says something new of it as well, the calendar counts: somebody moved it there knowingly.
    """
    kept = []
    for what, of, now in (
        ("time", ("planned_start", "planned_end", "first_planned"), one.start),
        ("room", ("venue",), one.place),
    ):
        wanted = [name for name in of if name in fields]
        read = _last_read(some, of[0])
        here = any(_changed_here(session, some, name) for name in of[:2])
        if wanted and here and (one.revision <= known or (now or None) == (read or None)):
            for name in wanted:
                del fields[name]
            kept.append(f"its {what} was changed here and stands.")
    return kept


def _last_read(some: Sequence[Telling], name: str) -> Value:
    """What a calendar said of a field when it was last read."""
    return next((one.value for one in reversed(some) if one.field == name and one.act == READ), None)


def _changed_here(session: Session, some: Sequence[Telling], name: str) -> bool:
    """Whether a field says something else than the calendar did, not because its reading in was taken back."""
    last = last_of(some, name)
    if last is None or last.act == "undo":
        return False
    return (getattr(session, name) or None) != (_last_read(some, name) or None)


def _visit_on(visits: Sequence[Visit], start: int) -> Id | None:
    """The visit whose planned days a moment is among, where there is one such."""
    day = datetime.fromtimestamp(start / 1000, LONDON).date()
    found = [one.id for one in visits if _among(one, day)]
    return found[0] if len(found) == 1 else None


def _among(one: Visit, day: date) -> bool:
    try:
        first = date.fromisoformat(one.planned_start)
        return first <= day <= date.fromisoformat(one.planned_end or one.planned_start)
    except ValueError:
        return False
