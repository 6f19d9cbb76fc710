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
_BEGIN = re.compile(rb"^BEGIN:VEVENT\s*$", re.IGNORECASE)
_PROPERTY = re.compile(rb"^([\w-]+)[;:]")
_READ: Final = frozenset(
    [b"UID", b"DTSTART", b"DTEND", b"DURATION", b"SEQUENCE", b"SUMMARY", b"LOCATION", b"STATUS", b"RRULE",
     b"RDATE", b"RECURRENCE-ID"]
)  # fmt: skip
"""What is read of an event; whatever else stands in it is never looked at."""
_YEARS: Final = range(1990, 2100)
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
        content.decode("utf-8-sig")
        held: Any = Calendar.from_ical(_what_is_read(content).decode())
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
        if number > 1 and line.strip() and not _PROPERTY.match(line):
            raise Fault(
                f"{name}, line {number}: no line of a calendar, which begins with a word and a colon; "
                "write the calendar anew."
            )
        word, _, what = line.strip().upper().partition(b":")
        first = line.lstrip(b"\xef\xbb\xbf").strip().upper() if number == 1 else b"BEGIN:VCALENDAR"
        if first != b"BEGIN:VCALENDAR":
            raise Fault(f'{name}, line 1: a calendar begins with "BEGIN:VCALENDAR".')
        if word.lstrip(b"\xef\xbb\xbf") == b"BEGIN":
            if number > 1 and not open_ones:
                raise Fault(f"{name}, line {number}: a second calendar begins; bring one at a time.")
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


def _what_is_read(content: bytes) -> bytes:
    """The calendar with its time zones, and of each event what is read: no alarm, guest or description."""
    kept: list[bytes] = []
    within: list[bytes] = []
    keep = False
    for line in content.removeprefix(b"\xef\xbb\xbf").splitlines():
        if not line.startswith(_MORE):
            word, _, what = line.strip().upper().partition(b":")
            if word == b"BEGIN":
                within.append(what)
            part = within[1] if len(within) > 1 else b""
            if part == b"VEVENT" and word not in (b"BEGIN", b"END"):
                found = _PROPERTY.match(line)
                keep = len(within) == 2 and found is not None and found[1].upper() in _READ
            else:
                keep = part in (b"", b"VTIMEZONE") or (part == b"VEVENT" and len(within) == 2)
            if word == b"END" and within:
                within.pop()
        if keep:
            kept.append(line)
    return b"\r\n".join([*kept, b""])


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
        if field and said and said[1].upper() == field.upper().encode():
            raise Fault(
                f"{name}, line {number}: {field} of the event cannot be read; write the calendar anew."
            )
    what = f"{field} of the event" if field else "a line of the event"
    raise Fault(f"{name}, line {begins}: {what} cannot be read; write the calendar anew.")


def _meeting(name: str, event: Any, line: int) -> Meeting | str:
    """An event, or why it is not read."""
    where = f"{name}, line {line}"
    uid = _words(_first(event, "UID"))
    if not uid:
        raise Fault(
            f"{where}: the event has no UID, so that it could not be found again; write the calendar anew."
        )
    if any(key in event for key in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return f"{where}: an event that recurs was left out; a visit has no series."
    start = event.get("DTSTART")
    begins = getattr(start, "dt", None)
    if not isinstance(begins, datetime):
        what = "its start twice" if isinstance(start, list) else "no time of day" if begins else "no start"
        return f"{where}: an event that says {what} was left out."
    zone = start.params.get("TZID")
    if zone and begins.tzinfo is None:
        return f"{where}: an event in a time zone that is not known here ({_words(zone)[:40]}) was left out."
    if begins.year not in _YEARS:
        return f"{where}: an event of the year {begins.year} was left out."
    return Meeting(
        uid,
        int(_first(event, "SEQUENCE") or 0),
        _wall(begins),
        _end(event, begins),
        _words(_first(event, "SUMMARY")),
        _words(_first(event, "LOCATION")),
        _words(_first(event, "STATUS")).upper() == "CANCELLED",
        line,
    )


def _end(event: Any, begins: datetime) -> int | None:
    ends = getattr(_first(event, "DTEND"), "dt", None)
    lasts = getattr(_first(event, "DURATION"), "dt", None)
    if ends is None and isinstance(lasts, timedelta) and lasts < timedelta(days=31):
        ends = begins + lasts
    if not isinstance(ends, datetime) or ends.year not in _YEARS:
        return None
    return _wall(ends) if _wall(ends) > _wall(begins) else None


def _first(event: Any, name: str) -> Any:
    """What an event says, the first time it does."""
    found = event.get(name)
    return found[0] if isinstance(found, list) else found


def _wall(moment: datetime) -> int:
    """Wall milliseconds; a time without a zone is one of London."""
    there = moment if moment.tzinfo is not None else moment.replace(tzinfo=LONDON)
    return int(there.timestamp() * 1000)


def _words(value: object) -> str:
    said = str(value) if value is not None else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())


def _latest(some: Sequence[Meeting]) -> Iterator[Meeting]:
    """One for each UID: the highest revision, of several the last in the file."""
    by_uid: dict[str, Meeting] = {}
    for one in some:
        if one.uid not in by_uid or one.revision >= by_uid[one.uid].revision:
            by_uid[one.uid] = one
    yield from by_uid.values()
