"""A schedule out of a calendar: events become sessions once, and later revisions change them.

Who is invited, by whom, and what is written into an event is never read: it names people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Session, Visit
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.calendar_out import LONDON, USUAL_MINUTES, revision
from fieldwork.work.done import Done, do

MOST_BYTES: Final = 5_000_000
MOST_EVENTS: Final = 5_000
LONGEST: Final = 200
CANCELLED: Final = "cancelled in the calendar"
_BEGIN = re.compile(rb"^BEGIN:VEVENT\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Meeting:
    """An event of a calendar: start and end in wall milliseconds; line: where it begins in the file."""

    uid: str
    revision: int
    start: int
    end: int | None
    summary: str
    place: str
    cancelled: bool
    line: int


@dataclass(frozen=True)
class Schedule:
    """What a calendar holds that can be a session. left_out: what was not read, with its line, in sentences."""

    name: str
    meetings: tuple[Meeting, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What reading a schedule in would do, by the words of each session. changes: what is written for it."""

    new: tuple[str, ...]
    moved: tuple[str, ...]
    cancelled: tuple[str, ...]
    left: tuple[str, ...]
    changes: tuple[Change, ...]


# -- reading a file


def read_schedule(path: Path) -> Schedule:
    """The events of an .ics file. Raises Fault, with the line where one is known, for what is none."""
    from icalendar import Calendar

    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Fault(
                f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB; write a shorter time of the calendar."
            )
        content = path.read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error
    _refuse_damaged(path.name, content)
    try:
        held: Any = Calendar.from_ical(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Fault(f"{path.name}, line {line}: not UTF-8 text; write the calendar anew.") from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        at = getattr(error, "line_number", None) or getattr(error, "lineno", None)
        where = f", line {at}" if at else ""
        raise Fault(f"{path.name}{where}: not a calendar that can be read; write it anew.") from error
    if "VERSION" not in held:
        raise Fault(f"{path.name}, line 1: the calendar does not say which version of iCalendar it is in.")
    lines = [number for number, line in enumerate(content.splitlines(), 1) if _BEGIN.match(line)]
    events = held.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise Fault(f"{path.name} holds {len(events):,} events; bring at most {MOST_EVENTS:,} at once.")
    meetings, left_out = [], []
    for number, event in enumerate(events):
        line = lines[number] if number < len(lines) else 0
        read = _meeting(path.name, event, line)
        if isinstance(read, Meeting):
            meetings.append(read)
        else:
            left_out.append(read)
    return Schedule(path.name, tuple(_latest(meetings)), tuple(left_out))


def _refuse_damaged(name: str, content: bytes) -> None:
    """Every BEGIN has its END, and nothing is nested deeper than a calendar is."""
    open_ones: list[tuple[bytes, int]] = []
    number = 0
    for number, line in enumerate(content.splitlines(), 1):
        word, _, what = line.strip().upper().partition(b":")
        first = line.lstrip(b"\xef\xbb\xbf").strip().upper() if number == 1 else b"BEGIN:VCALENDAR"
        if first != b"BEGIN:VCALENDAR":
            raise Fault(f'{name}, line 1: a calendar begins with "BEGIN:VCALENDAR".')
        if word.lstrip(b"\xef\xbb\xbf") == b"BEGIN":
            open_ones.append((what, number))
            if len(open_ones) > 8:
                raise Fault(f"{name}, line {number}: nested deeper than any calendar is.")
        elif word == b"END":
            was = open_ones.pop()[0] if open_ones else None
            if was != what:
                raise Fault(f"{name}, line {number}: it ends what was not begun; write the calendar anew.")
    if not number:
        raise Fault(f"{name} is empty.")
    if open_ones:
        what, line_number = open_ones[-1]
        said = what.decode("ascii", "replace")[:40]
        raise Fault(f"{name}, line {line_number}: {said} is begun and not ended; the file is cut off.")


def _meeting(name: str, event: Any, line: int) -> Meeting | str:
    """An event, or why it is not read."""
    where = f"{name}, line {line}"
    if event.errors:
        field, _ = event.errors[0]
        raise Fault(f"{where}: {field} of the event cannot be read; write the calendar anew.")
    uid = _words(event.get("UID"))
    if not uid:
        raise Fault(
            f"{where}: the event has no UID, so that it could not be found again; write the calendar anew."
        )
    if any(key in event for key in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return f"{where}: an event that recurs was left out; a visit has no series."
    begins = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(begins, datetime):
        return (
            f"{where}: an event without a time of day was left out."
            if begins
            else f"{where}: an event without a start was left out."
        )
    ends = _end(event, begins)
    try:
        revision = int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        revision = 0
    summary = _words(event.get("SUMMARY"))[:LONGEST]
    cancelled = _words(event.get("STATUS")).upper() == "CANCELLED"
    place = _words(event.get("LOCATION"))[:LONGEST]
    return Meeting(uid[:LONGEST], revision, _wall(begins), ends, summary, place, cancelled, line)


def _end(event: Any, begins: datetime) -> int | None:
    ends = getattr(event.get("DTEND"), "dt", None)
    lasts = getattr(event.get("DURATION"), "dt", None)
    if isinstance(lasts, timedelta) and ends is None:
        ends = begins + lasts
    if not isinstance(ends, datetime):
        return None
    return _wall(ends) if _wall(ends) > _wall(begins) else None


def _wall(moment: datetime) -> int:
    """Wall milliseconds; a time without a zone is one of London."""
    there = moment if moment.tzinfo is not None else moment.replace(tzinfo=LONDON)
    return int(there.timestamp() * 1000)


def _words(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _latest(some: Sequence[Meeting]) -> Iterator[Meeting]:
    """One for each UID: the highest revision, of several the last in the file."""
    by_uid: dict[str, Meeting] = {}
    for one in some:
        if one.uid not in by_uid or one.revision >= by_uid[one.uid].revision:
            by_uid[one.uid] = one
    yield from by_uid.values()


# -- taking it in


def compared(workspace: Workspace, schedule: Schedule, visit: Id | None = None) -> Comparison:
    """What reading a schedule in would do. visit: of the new sessions; else the one whose days theirs is among."""
    held = {one.id: one for one in records(workspace, Session, hidden=True)}
    visits = records(workspace, Visit)
    new: list[str] = []
    moved: list[str] = []
    cancelled: list[str] = []
    left: list[str] = []
    changes = []
    for one in schedule.meetings:
        id = _session_of(workspace, one.uid)
        session = held.get(id)
        words = one.summary or (session.title if session else "") or "A session"
        if session is None:
            if one.cancelled:
                left.append(words)
                continue
            changes.append(Change(Session.kind, id, _new_fields(one, visit or _visit_on(visits, one.start))))
            new.append(words)
            continue
        known = session.calendar_revision or 0 if session.calendar_uid else revision(workspace, id)[0]
        fields = _changed(session, one) if one.revision >= known else {}
        if not fields:
            left.append(words)
        elif fields.get("state") == "cancelled":
            cancelled.append(words)
        else:
            moved.append(words)
        if fields:
            changes.append(Change(Session.kind, id, fields))
    return Comparison(tuple(new), tuple(moved), tuple(cancelled), tuple(left), tuple(changes))


def take_schedule(
    workspace: Workspace, schedule: Schedule, *, visit: Id | None = None, at: int | None = None
) -> Done:
    """Read a schedule in: new sessions are planned, those that stand are moved or cancelled as it says; one act."""
    wanted = compared(workspace, schedule, visit)
    return do(workspace, "read a calendar in", wanted.changes, at=at) if wanted.changes else Done(None)


def _session_of(workspace: Workspace, uid: str) -> Id:
    """The session an event of ours names; of another calendar's the one made of its name, on every laptop the same."""
    ours = re.fullmatch(r"([0-9a-f]{32})@([0-9a-f]{32})\.fieldwork", uid)
    if ours and ours[2] == workspace.inspection.hex():
        return bytes.fromhex(ours[1])
    return derived_id(Session.kind, "ics", uid)


def _new_fields(one: Meeting, visit: Id | None) -> dict[str, object]:
    return {
        "visit": visit,
        "title": one.summary,
        "method": "interview",
        "planned_start": one.start,
        "planned_end": one.end,
        "venue": one.place,
        "state": "planned",
        "calendar_uid": one.uid,
        "calendar_revision": one.revision,
    }


def _changed(session: Session, one: Meeting) -> dict[str, object]:
    """What an event says otherwise of a session that has not begun."""
    if session.state not in ("planned", ""):
        return {}
    if one.cancelled:
        return {"state": "cancelled", "state_reason": CANCELLED, **_revised(session, one)}
    fields: dict[str, object] = {}
    if one.start != (session.planned_start or 0) // 1000 * 1000:
        fields["planned_start"] = one.start
        if session.first_planned is None and session.planned_start:
            fields["first_planned"] = session.planned_start
    ends = session.planned_end or (session.planned_start or 0) + USUAL_MINUTES * 60_000
    if one.end is not None and one.end - one.start != (ends - (session.planned_start or 0)) // 1000 * 1000:
        fields["planned_end"] = one.end
    if session.calendar_uid and one.place != session.venue:
        fields["venue"] = one.place
    return {**fields, **_revised(session, one)} if fields else {}


def _revised(session: Session, one: Meeting) -> dict[str, object]:
    return {"calendar_revision": one.revision} if session.calendar_uid else {}


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
