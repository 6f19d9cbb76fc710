"""The schedule for a calendar: every session an event under a name that stays, changed where the session was."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fieldwork.domain.records import Session
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.activity import log
from fieldwork.store.history import history
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.inspections import body_names, inspection_of

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

    The same wherever the same changes stand.
    """
    from icalendar import Calendar, Event

    names = body_names(workspace)
    some = records(workspace, Session, visit=visit) if visit else records(workspace, Session)
    timed = sorted(
        (one for one in some if one.planned_start), key=lambda one: (one.planned_start or 0, one.id)
    )
    made = Calendar()
    made.add("prodid", "-//Fieldwork//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", inspection_of(workspace).title)
    for one in timed:
        sequence, changed = revision(workspace, one.id)
        event = Event()
        event.add("uid", uid_of(workspace, one.id))
        event.add("sequence", sequence)
        event.add("dtstamp", datetime.fromtimestamp(changed // 1000, UTC))
        event.add("last-modified", datetime.fromtimestamp(changed // 1000, UTC))
        begins = datetime.fromtimestamp((one.planned_start or 0) // 1000, LONDON)
        ends = datetime.fromtimestamp(one.planned_end // 1000, LONDON) if one.planned_end else None
        event.add("dtstart", begins)
        event.add("dtend", ends if ends and ends > begins else begins + timedelta(minutes=USUAL_MINUTES))
        event.add("summary", _summary(one))
        where = [names.get(one.body, one.body), one.venue]
        if any(where):
            event.add("location", ", ".join(part for part in where if part))
        event.add("status", _STATUS.get(one.state, "CONFIRMED"))
        event.add("class", "CONFIDENTIAL")
        made.add_component(event)
    years = [datetime.fromtimestamp((one.planned_start or 0) // 1000, LONDON).year for one in timed]
    if years:
        made.add_missing_timezones(
            first_date=date(min(years) - 1, 1, 1), last_date=date(max(years) + 2, 1, 1)
        )
    return made.to_ical()


def write_calendar(workspace: Workspace, to: Path, visit: Id | None = None) -> None:
    """The schedule as an .ics file."""
    write_out(to, calendar(workspace, visit), "export", (b"BEGIN:VCALENDAR",))
    log(workspace, "export", to.name)


def _summary(one: Session) -> str:
    method = METHODS.get(one.method, one.method) or "session"
    role = f", {one.role}" if one.role else ""
    return f"{method[:1].upper()}{method[1:]}{role}"


def revision(workspace: Workspace, session: Id) -> tuple[int, int]:
    """How often what a calendar tells was changed after it was first said, and when last (wall ms)."""
    steps = [step for step in history(workspace, session) if step.field in TOLD and step.counts]
    acts: Sequence[str] = list(dict.fromkeys(step.change.partition(":")[0] for step in steps))
    return max(len(acts) - 1, 0), max((step.wall for step in steps), default=0)
