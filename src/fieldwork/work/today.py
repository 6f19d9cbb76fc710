"""The first page: what is next, what was left open, what is still on this laptop alone."""

from dataclasses import dataclass
from datetime import date, datetime

from fieldwork.domain.records import CaseFile, NoteLine, Session, Visit
from fieldwork.domain.values import codes
from fieldwork.exchange.sharing import unshared_changes
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import Pane, open_file
from fieldwork.work.files import FileState, file_states, next_file
from fieldwork.work.inspections import body_names
from fieldwork.work.notes import open_items
from fieldwork.work.visits import current_visit, sessions_of


@dataclass(frozen=True)
class Today:
    """Everything the Today page shows, read in one go.

    next_session: the next planned one; open_session: the note left open last; open_lines: how many lines
    it has; next_file with its pane; files: (finished by me, allocated to me or nobody) on the visit.
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


def today(workspace: Workspace, now: datetime) -> Today:
    """What this laptop's inspector has before them at this moment (local time)."""
    visit = current_visit(workspace, now.date())
    names = body_names(workspace)
    schedule = tuple(sessions_of(workspace, visit.id)) if visit else ()
    planned = [session for session in schedule if session.state == "planned"]
    me = workspace.identity.member
    open_sessions = [s for s in records(workspace, Session, state="open") if s.noted_by in (me, None)]
    left = max(open_sessions, key=lambda s: s.started or 0, default=None)
    lines = len(records(workspace, NoteLine, session=left.id)) if left else 0
    file = next_file(workspace)
    states = [s for s in file_states(workspace, visit=visit.id if visit else None) if _mine(s, me)]
    return Today(
        now.date(),
        visit,
        tuple(names.get(code, code) for code in codes(visit.bodies)) if visit else (),
        schedule,
        planned[0] if planned else None,
        left,
        lines,
        file,
        open_file(workspace, file.id) if file else None,
        sum(1 for s in states if s.mine and s.mine.finished),
        len(states),
        tuple(open_items(workspace, "!")),
        tuple(open_items(workspace, "@")),
        unshared_changes(workspace),
        conflict_count(workspace),
    )


def _mine(state: FileState, me: bytes | None) -> bool:
    return state.file.allocated in (me, None)
