"""The schedule for a calendar: every session an event under a name that stays, changed where the session was."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from fieldwork.domain.personal import Lists
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.activity import log
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import records
from fieldwork.store.tellings import Telling, tellings
from fieldwork.store.workspace import Workspace
from fieldwork.work.inspections import body_names, inspection_of
from fieldwork.work.without_names import without_names
from fieldwork.work.word_lists import lists_of

LONDON: Final = ZoneInfo("Europe/London")
USUAL_MINUTES: Final = 45
TOLD: Final = frozenset(
    {"planned_start", "planned_end", "state", "venue", "method", "role", "body", "_deleted"}
)
"""Fields a calendar tells of: a change of one is a new revision of the event."""
_STATUS = {"cancelled": "CANCELLED", "done": "CONFIRMED", "open": "CONFIRMED"}


def uid_of(workspace: Workspace, session: Id) -> str:
    """What an event of this inspection is called, in every calendar and at every writing."""
    return f"{session.hex()}@{workspace.inspection.hex()}.fieldwork"


def calendar(workspace: Workspace, visit: Id | None = None) -> bytes:
    """The sessions that have a time as iCalendar, of one visit if given: method and role, never a title or a note.

    What looks like a person in a role or a room stands as a word in brackets. The same wherever the same changes stand.
    """
    from icalendar import Calendar

    some = records(workspace, Session, visit=visit) if visit else records(workspace, Session)
    timed = sorted(
        (one for one in some if one.planned_start), key=lambda one: (one.planned_start or 0, one.id)
    )
    made = Calendar()
    made.add("prodid", "-//Fieldwork//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", inspection_of(workspace).title)
    names, lists = body_names(workspace), lists_of(workspace)
    known = revisions(workspace, [one.id for one in timed])
    for one in timed:
        made.add_component(
            _event(one, uid_of(workspace, one.id), known[one.id], names.get(one.body, one.body), lists)
        )
    years = [datetime.fromtimestamp((one.planned_start or 0) // 1000, LONDON).year for one in timed]
    if years:
        made.add_missing_timezones(
            first_date=date(min(years) - 1, 1, 1), last_date=date(max(years) + 2, 1, 1)
        )
    return made.to_ical()


def _event(one: Session, uid: str, revised: tuple[int, int], body: str, lists: Lists) -> Any:
    from icalendar import Event

    sequence, changed = revised
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", datetime.fromtimestamp(changed // 1000, UTC))
    event.add("last-modified", datetime.fromtimestamp(changed // 1000, UTC))
    begins = datetime.fromtimestamp((one.planned_start or 0) // 1000, LONDON)
    ends = datetime.fromtimestamp(one.planned_end // 1000, LONDON) if one.planned_end else None
    event.add("dtstart", begins)
    event.add("dtend", ends if ends and ends > begins else begins + timedelta(minutes=USUAL_MINUTES))
    event.add("summary", _summary(one, lists))
    where = [body, without_names(one.venue, lists, place=True)]
    if any(where):
        event.add("location", ", ".join(part for part in where if part))
    event.add("status", _STATUS.get(one.state, "CONFIRMED"))
    event.add("class", "CONFIDENTIAL")
    return event


def write_calendar(workspace: Workspace, to: Path, visit: Id | None = None) -> None:
    """The schedule as an .ics file."""
    write_out(to, calendar(workspace, visit), "export", (b"BEGIN:VCALENDAR",))
    log(workspace, "export", to.name)


def _summary(one: Session, lists: Lists) -> str:
    method = METHODS.get(one.method, one.method) or "session"
    role = f", {without_names(one.role, lists)}" if one.role else ""
    return f"{method[:1].upper()}{method[1:]}{role}"


def revisions(workspace: Workspace, sessions: Collection[Id]) -> dict[Id, tuple[int, int]]:
    """Of each session how often what a calendar tells was changed after it was first said, and when last (wall ms)."""
    return {id: revised(some) for id, some in tellings(workspace, sessions, TOLD).items()}


def revised(some: Sequence[Telling]) -> tuple[int, int]:
    """How many acts changed these fields after they were first said, and when the last one did (wall ms)."""
    told = [one for one in some if one.field in TOLD]
    return max(len({one.entry for one in told}) - 1, 0), max((one.wall for one in told), default=0)
