"""A calendar's file read: the events in it that can be sessions.

Who is invited, by whom, and what is written into an event is never read: it names people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from fieldwork.domain.faults import Fault
from fieldwork.work.calendar_out import LONDON

MOST_BYTES: Final = 5_000_000
MOST_EVENTS: Final = 5_000
LONGEST: Final = 200
_BEGIN = re.compile(rb"^BEGIN:VEVENT\s*$", re.IGNORECASE)
_PROPERTY = re.compile(rb"^([A-Za-z0-9-]+)[;:]")
_MORE: Final = (b" ", b"\t")
"""What the second and every further line of one that was folded begins with."""


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
    raw_lines = content.splitlines()
    lines = [number for number, line in enumerate(raw_lines, 1) if _BEGIN.match(line)]
    events = held.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise Fault(f"{path.name} holds {len(events):,} events; bring at most {MOST_EVENTS:,} at once.")
    meetings, left_out = [], []
    for number, event in enumerate(events):
        line = lines[number] if number < len(lines) else 0
        _refuse_unreadable(path.name, event, line, raw_lines)
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
        if number > 1 and line.startswith(_MORE):
            continue
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


def _refuse_unreadable(name: str, event: Any, begins: int, lines: Sequence[bytes]) -> None:
    """Raises Fault, with the line, for an event of which something cannot be read."""
    if not event.errors:
        return
    field = event.errors[0][0]
    for number in range(begins + 1, len(lines) + 1):
        line = lines[number - 1]
        said = _PROPERTY.match(line)
        if line.upper().startswith(b"END:VEVENT"):
            break
        if field is None and line.strip() and not said and not line.startswith(_MORE):
            raise Fault(
                f"{name}, line {number}: no line of a calendar, which begins with a word and a colon; "
                "write the calendar anew."
            )
        if field and said and said[1].upper() == field.upper().encode():
            raise Fault(
                f"{name}, line {number}: {field} of the event cannot be read; write the calendar anew."
            )
    what = f"{field} of the event" if field else "a line of the event"
    raise Fault(f"{name}, line {begins}: {what} cannot be read; write the calendar anew.")


def _meeting(name: str, event: Any, line: int) -> Meeting | str:
    """An event, or why it is not read."""
    where = f"{name}, line {line}"
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
    return Meeting(uid, revision, _wall(begins), ends, summary, place, cancelled, line)


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
