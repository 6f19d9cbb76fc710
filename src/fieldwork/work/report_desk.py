"""What the place for reports works with: what a report can be about, and writing it without a surprise."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Session, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import reporting
from fieldwork.work.files import file_states
from fieldwork.work.reporting import Exported
from fieldwork.work.visits import session_title


@dataclass(frozen=True)
class Subject:
    """Something a report can be about: its id, what it is called, where it belongs, its ISO days."""

    id: Id
    title: str
    sub: str
    day: str = ""
    last: str = ""


def subjects(workspace: Workspace, needs: str) -> list[Subject]:
    """What there is for a kind of report that needs a "visit", a "session" or a "file"; the newest first.

    Files stay in the order of their strata.
    """
    if needs == "visit":
        return [_visit(visit) for visit in reversed(records(workspace, Visit, order="planned_start"))]
    if needs == "session":
        held = [s for s in records(workspace, Session) if s.state in ("open", "done")]
        visits = {visit.id: _visit(visit).title for visit in records(workspace, Visit)}
        held.sort(key=lambda s: (-(s.started or 0), s.id))
        return [Subject(s.id, session_title(s), visits.get(s.visit or b"", ""), _day(s)) for s in held]
    if needs == "file":
        begun = [state for state in file_states(workspace) if state.examinations]
        return [
            Subject(
                state.file.id,
                f"File {state.file.reference}",
                ", ".join(
                    part
                    for part in (
                        state.stratum.name if state.stratum else "",
                        "finished" if state.finished else "not finished",
                    )
                    if part
                ),
            )
            for state in begun
        ]
    return []


def _visit(visit: Visit) -> Subject:
    title = visit.title or " and ".join(codes(visit.bodies))
    return Subject(visit.id, title, "", visit.planned_start, visit.planned_end)


def _day(session: Session) -> str:
    return datetime.fromtimestamp(session.started / 1000).date().isoformat() if session.started else ""


def export(
    workspace: Workspace,
    kind: str,
    to: Path,
    *,
    visit: Id | None = None,
    session: Id | None = None,
    file: Id | None = None,
    published: bool = False,
    replace: bool = False,
) -> Exported:
    """As `reporting.export`, but a file that is there already is only replaced when asked to.

    Raises Fault when the folder is not there or the name is taken.
    """
    to = Path(to).expanduser()
    if not to.is_absolute() or not to.parent.is_dir():
        raise Fault(f"There is no folder {to.parent}; choose another one.")
    if to.exists() and not replace:
        raise TakenFault(f"{to.name} is there already; export again to replace it.")
    return reporting.export(workspace, kind, to, visit=visit, session=session, file=file, published=published)


class TakenFault(Fault):
    """The name is taken by a file that may be wanted."""
