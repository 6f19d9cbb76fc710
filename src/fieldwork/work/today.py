"""The first page: what is next, what was left open, what is still on this laptop alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import CaseFile, NoteLine, Session, Stratum, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.exchange.sharing import unshared_changes
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.reading import count, find, records
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import Pane, open_file
from fieldwork.work.file_queue import next_file
from fieldwork.work.files import FileState, file_states
from fieldwork.work.inspections import body_names
from fieldwork.work.notes import open_items
from fieldwork.work.open_questions import open_questions
from fieldwork.work.visits import current_visit, session_title, sessions_of


@dataclass(frozen=True)
class Today:
    """Everything the Today page shows, read in one go.

    next_session: the next planned one; open_session: the note left open last; open_lines: how many lines
    it has; next_file with its pane; files: (finished by me, allocated to me or nobody) on the visit.
    sources: what the session of an open item is called, by session; lines: how many lines each session of
    the schedule has; stratum: what the next file's stratum is called; names: bodies' names by code. questions:
    what is still to be asked on the visit, or anywhere where there is none.
    """

    day: date
    visit: Visit | None
    bodies: tuple[str, ...]
    schedule: tuple[Session, ...]
    next_session: Session | None
    open_session: Session | None
    open_lines: int
    next_file: CaseFile | None
    pane: Pane | None
    files_done: int
    files_all: int
    follow_ups: tuple[NoteLine, ...]
    documents: tuple[NoteLine, ...]
    unshared: int
    conflicts: int
    sources: Mapping[Id, str] = field(default_factory=dict)
    lines: Mapping[Id, int] = field(default_factory=dict)
    stratum: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[OpenQuestion, ...] = ()


def today(workspace: Workspace, now: datetime) -> Today:
    """What this laptop's inspector has before them at this moment (local time)."""
    visit = current_visit(workspace, now.date())
    names = body_names(workspace)
    schedule = tuple(sessions_of(workspace, visit.id)) if visit else ()
    planned = [session for session in schedule if session.state == "planned"]
    me = workspace.identity.member
    open_sessions = [s for s in records(workspace, Session, state="open") if s.noted_by in (me, None)]
    left = max(open_sessions, key=lambda s: s.started or 0, default=None)
    lines = count(workspace, NoteLine, session=left.id) if left else 0
    file = next_file(workspace)
    states = [s for s in file_states(workspace, visit=visit.id if visit else None) if _mine(s, me)]
    follow_ups, documents = open_items(workspace, "!"), open_items(workspace, "@")
    wanted = {line.session for line in (*follow_ups, *documents) if line.session is not None}
    return Today(
        now.date(),
        visit,
        tuple(names.get(code, code) for code in codes(visit.bodies)) if visit else (),
        schedule,
        _next(planned, now),
        left,
        lines,
        file,
        open_file(workspace, file.id) if file else None,
        sum(1 for s in states if s.mine and s.mine.finished),
        len(states),
        tuple(follow_ups),
        tuple(documents),
        unshared_changes(workspace),
        conflict_count(workspace),
        _titles(workspace, wanted),
        {session.id: count(workspace, NoteLine, session=session.id) for session in schedule},
        _stratum_name(workspace, file),
        names,
        tuple(open_questions(workspace, visit=visit.id if visit else None)),
    )


def _next(planned: list[Session], now: datetime) -> Session | None:
    """The first planned session from this day on; failing that, the first one that is still to be held."""
    midnight = int(datetime(now.year, now.month, now.day).timestamp() * 1000)
    ahead = [session for session in planned if (session.planned_start or midnight) >= midnight]
    return next(iter(ahead or planned), None)


def _titles(workspace: Workspace, sessions: set[Id]) -> dict[Id, str]:
    ids = sorted(sessions)
    found: dict[Id, str] = {}
    for at in range(0, len(ids), 500):
        some = records(workspace, Session, id=ids[at : at + 500])
        found.update({session.id: session_title(session) for session in some})
    return found


def _stratum_name(workspace: Workspace, file: CaseFile | None) -> str:
    if file is None or file.stratum is None:
        return ""
    stratum = find(workspace, Stratum, file.stratum)
    return stratum.name if stratum else ""


def _mine(state: FileState, me: bytes | None) -> bool:
    return state.is_for(me)
