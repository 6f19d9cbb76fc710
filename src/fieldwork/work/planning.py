"""Sessions planned, put in another's place, and what became of the plan: by kind, for a visit."""

from collections.abc import Sequence
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id, new_id
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS, SESSION_METHODS
from fieldwork.store.reading import get
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of

REPLACED = "another takes its place"


def replace_session(
    workspace: Workspace,
    *,
    session: Id,
    role: str,
    method: str = "",
    grade_band: str = "",
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Put a session in the place of a planned one, which is cancelled: visit, body, time and room stay. One act.

    method: "" for that of the one it replaces. Raises Fault where that one is not planned any more.
    """
    held = get(workspace, Session, session)
    if held.state != "planned":
        raise Fault("Only a planned session can be replaced; this one was held or cancelled already.")
    if not role.strip():
        raise Fault("Say which role will be seen instead, such as detective sergeant.")
    id = new_id()
    fields = {
        "visit": held.visit,
        "title": role.strip(),
        "role": role.strip(),
        "method": one_of(method or held.method or "interview", SESSION_METHODS, "method"),
        "mode": held.mode,
        "grade_band": one_of(grade_band, ("", *GRADE_BANDS), "grade band"),
        "body": held.body,
        "planned_start": held.planned_start,
        "planned_end": held.planned_end,
        "venue": held.venue,
        "replaces": session,
        "state": "planned",
    }
    why = reason.strip() or REPLACED
    changes = [
        Change(Session.kind, id, fields),
        Change(Session.kind, session, {"state": "cancelled", "state_reason": why}),
    ]
    return do(workspace, "replace a session", changes, id=id, reason=why, as_of=as_of, at=at)


@dataclass(frozen=True)
class Achieved:
    """What became of the sessions of one kind on a visit.

    planned: all that ever stood in the plan; done: of these, those that took place or go on; cancelled: of these, with
    `replaced` that another took the place of; walk_ins: held without having been planned; moved: to another time.
    """

    method: str
    planned: int
    done: int
    cancelled: int
    replaced: int
    walk_ins: int
    moved: int

    @property
    def to_come(self) -> int:
        return self.planned - self.done - self.cancelled


def achieved(sessions: Sequence[Session]) -> tuple[Achieved, ...]:
    """Planned against achieved by kind of session, in the vocabulary's order; kinds without a session have no line."""
    order = [*METHODS, *sorted({one.method for one in sessions} - set(METHODS))]
    return tuple(
        _achieved(method, some)
        for method in order
        if (some := [one for one in sessions if one.method == method])
    )


def walked_in(one: Session) -> bool:
    """Whether a session was held without having been planned."""
    return one.state in ("open", "done") and not one.planned_start


def _achieved(method: str, some: Sequence[Session]) -> Achieved:
    planned = [one for one in some if not walked_in(one)]
    taken = {one.replaces for one in some if one.replaces is not None}
    cancelled = [one for one in planned if one.state == "cancelled"]
    return Achieved(
        method,
        len(planned),
        sum(one.state in ("open", "done") for one in planned),
        len(cancelled),
        sum(one.id in taken for one in cancelled),
        len(some) - len(planned),
        sum(one.first_planned is not None for one in planned),
    )
