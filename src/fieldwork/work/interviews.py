"""What the Interviews page shows: sessions by visit, and one session's note."""

from dataclasses import dataclass
from datetime import date

from fieldwork.domain.records import Body, NoteLine, Session, Theme, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.store.reading import counts_by, find, records
from fieldwork.store.recording import moment
from fieldwork.store.workspace import Workspace
from fieldwork.work.drafting import visit_today
from fieldwork.work.guides import Guide, guide_of
from fieldwork.work.notes import Line, lines_of
from fieldwork.work.roles import Suggestion, suggestions
from fieldwork.work.themes import complete
from fieldwork.work.visits import session_title, visit_title


@dataclass(frozen=True)
class Listed:
    """A session in the list: how many lines it has, and how many asked-for things are still open."""

    session: Session
    title: str
    body: str
    lines: int
    open_items: int


@dataclass(frozen=True)
class Fieldtrip:
    """A visit with its sessions in the order planned or started; visit is None for notes outside any."""

    visit: Visit | None
    title: str
    sessions: tuple[Listed, ...]


@dataclass(frozen=True)
class Note:
    """One session's note as of `moment`; session is None while its beginning is not stored yet."""

    id: Id
    session: Session | None
    title: str
    visit: str
    body: str
    lines: tuple[Line, ...]
    themes: tuple[Theme, ...]
    me: str
    moment: int
    guide: Guide | None = None


@dataclass(frozen=True)
class HeaderWords:
    """A session's header as of `moment`, None while nothing of it is stored, and what it chooses from.

    begins_on: the visit a note of today begins on; visits, bodies: as (code or id in hex, words).
    suggestions: roles and kinds of session out of the register.
    """

    session: Session | None
    moment: int
    begins_on: Id | None
    visits: tuple[tuple[str, str], ...]
    bodies: tuple[tuple[str, str], ...]
    suggestions: tuple[Suggestion, ...] = ()


def sessions_by_visit(workspace: Workspace) -> list[Fieldtrip]:
    """All sessions, the latest visit first, those outside any visit before all others."""
    bodies = {body.code: body.name for body in records(workspace, Body)}
    lines = counts_by(workspace, NoteLine, "session")
    wanted = {mark: counts_by(workspace, NoteLine, "session", mark=mark, settled=0) for mark in ("!", "@")}
    visits = {visit.id: visit for visit in records(workspace, Visit, order="planned_start")}
    together: dict[Id | None, list[Listed]] = {None: [], **{id: [] for id in reversed(list(visits))}}
    for session in sorted(
        records(workspace, Session), key=lambda s: (s.planned_start or s.started or 0, s.id)
    ):
        owner = session.visit if session.visit in visits else None
        asked = sum(some.get(session.id, 0) for some in wanted.values())
        together[owner].append(
            Listed(
                session,
                session_title(session),
                bodies.get(session.body, session.body),
                lines.get(session.id, 0),
                asked,
            )
        )
    return [
        Fieldtrip(visits.get(id) if id else None, _trip_title(visits.get(id) if id else None), tuple(some))
        for id, some in together.items()
        if some
    ]


def _trip_title(visit: Visit | None) -> str:
    if visit is None:
        return "Not on a visit"
    return visit.title or " and ".join(codes(visit.bodies))


def note_of(workspace: Workspace, session: Id) -> Note:
    """A session's note in reading order. The moment is taken first: what comes in while reading is unseen."""
    now = moment(workspace)
    held = find(workspace, Session, session)
    body = next(iter(records(workspace, Body, code=held.body)), None) if held and held.body else None
    return Note(
        session,
        held,
        session_title(held) if held else "Note without a header yet",
        visit_title(workspace, held.visit) if held and held.visit else "",
        body.name if body else "",
        tuple(lines_of(workspace, session)),
        tuple(complete(workspace, "")),
        workspace.identity.person,
        now,
        guide_of(workspace, held) if held else None,
    )


def header_words(workspace: Workspace, session: Id, today: date) -> HeaderWords:
    """A session's header, visits, latest first, and the bodies of those visits before all others."""
    now = moment(workspace)
    visits = list(reversed(records(workspace, Visit, order="planned_start")))
    near = [code for visit in visits for code in codes(visit.bodies)]
    bodies = records(workspace, Body, order="position")
    bodies.sort(key=lambda body: near.index(body.code) if body.code in near else len(near))
    return HeaderWords(
        find(workspace, Session, session),
        now,
        visit_today(workspace, today),
        (("", "No visit"), *((visit.id.hex(), _trip_title(visit)) for visit in visits)),
        (("", "Not said yet"), *((body.code, body.name) for body in bodies)),
        suggestions(workspace),
    )


def session_of(workspace: Workspace, id: Id) -> tuple[Id, Id | None] | None:
    """Where an id leads: (session, None) for a session, (its session, line) for a note line."""
    if find(workspace, Session, id) is not None:
        return id, None
    line = find(workspace, NoteLine, id)
    return (line.session, line.id) if line is not None and line.session is not None else None
