"""What the visits' places show: the list of visits, and one visit with its schedule, files and points."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import Body, NoteLine, Session, Stratum, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.store.reading import get, records
from fieldwork.store.recording import moment
from fieldwork.store.workspace import Workspace
from fieldwork.work.excerpts import tags_within
from fieldwork.work.files import file_states
from fieldwork.work.finding_counts import Point, points
from fieldwork.work.finding_kinds import offered
from fieldwork.work.inspections import body_names
from fieldwork.work.open_questions import open_questions
from fieldwork.work.planning import Achieved, achieved
from fieldwork.work.roles import Suggestion, suggestions
from fieldwork.work.visits import current_visit, sessions_of

AT_ONCE = 500


@dataclass(frozen=True)
class VisitLine:
    """A visit in the list: bodies by name, sessions held of those planned, files examined of those allocated."""

    visit: Visit
    bodies: tuple[str, ...]
    held: int
    sessions: int
    examined: int
    files: int


@dataclass(frozen=True)
class VisitList:
    """All visits, the one under way (else the next, else the last), and the register in its order."""

    visits: tuple[VisitLine, ...]
    current: Id | None
    bodies: tuple[Body, ...]


def visit_list(workspace: Workspace, today: date) -> VisitList:
    """The visits in the order of their days, and what a new one is chosen from."""
    bodies = tuple(records(workspace, Body, order="position"))
    names = {body.code: body.name for body in bodies}
    wanted: Counter[Id | None] = Counter()
    held: Counter[Id | None] = Counter()
    for session in records(workspace, Session):
        if session.state != "cancelled":
            wanted[session.visit] += 1
            held[session.visit] += session.state in ("open", "done")
    files: Counter[Id | None] = Counter()
    examined: Counter[Id | None] = Counter()
    for state in file_states(workspace):
        files[state.file.visit] += 1
        examined[state.file.visit] += state.finished
    current = current_visit(workspace, today)
    lines = tuple(
        VisitLine(
            visit,
            tuple(names.get(code, code) for code in codes(visit.bodies)),
            held[visit.id],
            wanted[visit.id],
            examined[visit.id],
            files[visit.id],
        )
        for visit in records(workspace, Visit, order="planned_start")
    )
    return VisitList(lines, current.id if current else None, bodies)


@dataclass(frozen=True)
class StratumProgress:
    """A stratum's files on a visit: how many, how many examined, and the first that is not."""

    stratum: Stratum | None
    examined: int
    files: int
    next_file: Id | None


@dataclass(frozen=True)
class VisitPage:
    """One visit: its sessions with their number of lines, files by stratum, points, figures as (done, of).

    names: every body of the register by its code; lines: by session; moment: what stood when it was read.
    kinds: of findings, by code, that a point can be given; questions: what is still to be asked there.
    achieved: planned against achieved by kind of session; suggestions: what a session is planned from.
    """

    visit: Visit
    moment: int
    names: Mapping[str, str]
    sessions: tuple[Session, ...]
    lines: Mapping[Id, int]
    strata: tuple[StratumProgress, ...]
    points: tuple[Point, ...]
    sessions_held: tuple[int, int]
    files_examined: tuple[int, int]
    documents_received: tuple[int, int]
    lines_with_theme: tuple[int, int]
    kinds: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[OpenQuestion, ...] = ()
    achieved: tuple[Achieved, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def visit_page(workspace: Workspace, visit: Id) -> VisitPage:
    """Everything a visit's page shows, read in one go."""
    now = moment(workspace)
    sessions = tuple(sessions_of(workspace, visit))
    lines = _lines(workspace, [session.id for session in sessions])
    per_session = Counter(line.session for line in lines)
    asked = [line for line in lines if line.mark == "@"]
    strata = _strata(workspace, visit)
    going = [session for session in sessions if session.state != "cancelled"]
    return VisitPage(
        get(workspace, Visit, visit),
        now,
        body_names(workspace),
        sessions,
        {session.id: per_session[session.id] for session in sessions},
        strata,
        tuple(points(workspace, visit)),
        (sum(session.state in ("open", "done") for session in going), len(going)),
        (sum(one.examined for one in strata), sum(one.files for one in strata)),
        (sum(bool(line.settled) for line in asked), len(asked)),
        (_tagged(workspace, [line.id for line in lines]), len(lines)),
        offered(workspace),
        tuple(open_questions(workspace, visit=visit)),
        achieved(sessions),
        suggestions(workspace),
    )


def _lines(workspace: Workspace, sessions: Sequence[Id]) -> list[NoteLine]:
    found: list[NoteLine] = []
    for at in range(0, len(sessions), AT_ONCE):
        found += records(workspace, NoteLine, session=list(sessions[at : at + AT_ONCE]))
    return found


def _tagged(workspace: Workspace, lines: Sequence[Id]) -> int:
    return len({line for line, _ in tags_within(workspace, lines)})


def _strata(workspace: Workspace, visit: Id) -> tuple[StratumProgress, ...]:
    strata: dict[Id | None, Stratum | None] = {}
    files: Counter[Id | None] = Counter()
    examined: Counter[Id | None] = Counter()
    following: dict[Id | None, Id] = {}
    for state in file_states(workspace, visit=visit):
        key = state.stratum.id if state.stratum else None
        strata[key] = state.stratum
        files[key] += 1
        examined[key] += state.finished
        if not state.finished:
            following.setdefault(key, state.file.id)
    return tuple(
        StratumProgress(stratum, examined[key], files[key], following.get(key))
        for key, stratum in strata.items()
    )
