"""Days, times and counts as people in the field say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from fieldwork.domain.records import Session, Visit
from fieldwork.domain.vocabulary import METHODS, MODES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PLURALS = {
    "reality test": "reality tests",
    "case-file examination": "files",
    "document review": "documents",
    "data return": "data returns",
}


def moment(wall: int | None) -> datetime | None:
    """Local time of wall milliseconds."""
    return datetime.fromtimestamp(wall / 1000) if wall else None


def clock(wall: int | None) -> str:
    """ "14:30", or nothing."""
    when = moment(wall)
    return f"{when:%H:%M}" if when else ""


def day_words(day: date, year: bool = False) -> str:
    """ "Tuesday 24 November"."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def short_day(day: date) -> str:
    """ "Tue 24 Nov"."""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def when_words(wall: int | None, today: date) -> str:
    """ "today 13:44", "yesterday 10:00", "17 Nov 09:15"."""
    when = moment(wall)
    if when is None:
        return ""
    ago = (today - when.date()).days
    if ago in (0, 1):
        return f"{('today', 'yesterday')[ago]} {when:%H:%M}"
    year = f" {when.year}" if when.year != today.year else ""
    return f"{when.day} {MONTHS[when.month - 1][:3]}{year} {when:%H:%M}"


def span_words(first: str, last: str) -> str:
    """Two ISO days as "23 to 25 November" or "30 November to 2 December"."""
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return ""
    tail = f"{end.day} {MONTHS[end.month - 1]} {end.year}"
    if start == end:
        return tail
    if start.month == end.month:
        return f"{start.day} to {tail}"
    return f"{start.day} {MONTHS[start.month - 1]} to {tail}"


def number(count: int) -> str:
    """Up to ten in words."""
    return SMALL[count] if 0 <= count < len(SMALL) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 line", "2 lines"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def visit_words(visit: Visit, today: date) -> str:
    """Where in the visit this day is: "day 2 of 3", "in 12 days", "ended 9 days ago"."""
    try:
        start = date.fromisoformat(visit.planned_start)
        end = date.fromisoformat(visit.planned_end or visit.planned_start)
    except ValueError:
        return ""
    if start <= today <= end:
        return f"day {(today - start).days + 1} of {(end - start).days + 1}"
    if today < start:
        ahead = (start - today).days
        return "begins tomorrow" if ahead == 1 else f"begins in {ahead} days"
    past = (today - end).days
    return "ended yesterday" if past == 1 else f"ended {past} days ago"


def ahead_words(wall: int | None, now: datetime) -> str:
    """How far off a planned moment is: "in 27 min", "45 min ago", or nothing when that is not today."""
    when = moment(wall)
    if when is None or when.date() != now.date():
        return ""
    minutes = round((when - now).total_seconds() / 60)
    size = f"{abs(minutes)} min" if abs(minutes) < 90 else f"{round(abs(minutes) / 60)} h"
    return "now" if minutes == 0 else f"in {size}" if minutes > 0 else f"{size} late"


def session_day(session: Session) -> date | None:
    """The day a session was held, else the one it is planned for."""
    when = moment(session.started or session.planned_start)
    return when.date() if when else None


def session_words(session: Session, body: str = "", lines: int = 0) -> str:
    """The second line of a session: method, mode, who came, how many lines."""
    words = [METHODS.get(session.method, session.method).capitalize()]
    if session.mode:
        words.append(MODES.get(session.mode, session.mode))
    if body:
        words.append(body)
    expected = session.planned_present or 0
    if session.state in ("open", "done"):
        if session.present and expected > 1:
            words.append(f"{session.present} of {expected} came")
        words.append(counted(lines, "line"))
    elif session.state == "cancelled":
        words = [f"Cancelled: {session.state_reason}"]
    elif expected > 1:
        words.append(f"{expected} expected")
    return ", ".join(word for word in words if word)


def method_counts(methods: Sequence[tuple[str, int]]) -> str:
    """Evidence by method: "2 interviews, 1 focus group, 4 files"."""
    parts = []
    for code, count in methods:
        one = METHODS.get(code, code)
        many = PLURALS.get(one, one + "s")
        parts.append(f"{count} {('file' if many == 'files' else one) if count == 1 else many}")
    return ", ".join(parts)


_DAY = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[\s./-]+([a-z]+|\d{1,2})(?:[\s./-]+(\d{2,4}))?$")


def read_day(typed: str, near: date) -> date | None:
    """A day as people type it: 2026-11-24, 24/11/2026, 24 Nov; without a year the one nearest `near`."""
    text = " ".join(typed.strip().lower().replace(",", " ").split())
    if text in ("today", "tomorrow"):
        return date.fromordinal(near.toordinal() + (text == "tomorrow"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    text = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]* ", "", text)
    found = _DAY.match(text)
    if not found:
        return None
    month = int(found[2]) if found[2].isdigit() else _month(found[2])
    years = [near.year - 1, near.year, near.year + 1]
    if found[3]:
        years = [int(found[3]) + (2000 if len(found[3]) == 2 else 0)]
    possible = []
    for year in years:
        try:
            possible.append(date(year, month, int(found[1])))
        except ValueError:
            continue
    return min(possible, key=lambda day: abs((day - near).days), default=None)


def _month(word: str) -> int:
    fits = [i for i, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.lower().startswith(word)]
    return fits[0] if len(fits) == 1 else 0


def read_time(typed: str) -> time | None:
    """A time of day: 14:30, 14.30, 1430, 9."""
    found = re.match(r"^(\d{1,2})(?:[:.]?(\d{2}))?$", typed.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
