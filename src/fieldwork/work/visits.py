"""Visits and the sessions on them, planned and achieved."""

from collections.abc import Sequence
from datetime import date

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Body, Inspection, Session, Visit
from fieldwork.domain.values import Id, codes, joined, new_id
from fieldwork.domain.vocabulary import GRADE_BANDS, MODES, SESSION_METHODS, SESSION_STATES
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of


def plan_visit(
    workspace: Workspace,
    *,
    title: str,
    bodies: Sequence[str],
    start: str,
    end: str = "",
    at: int | None = None,
) -> Done:
    """Plan a visit to one or more bodies. bodies: codes of the register; start, end: YYYY-MM-DD."""
    if not title.strip():
        raise Fault("A visit needs a title; give one.")
    known = {body.code for body in records(workspace, Body)}
    unknown = [code for code in bodies if code not in known]
    if unknown:
        raise Fault(f'There is no body "{unknown[0]}" in the register; use its code, such as P33 or A02.')
    if not bodies:
        raise Fault("A visit needs at least one body; name a police force, a CPS Area or both.")
    first, last = _day(start, "first day"), _day(end or start, "last day")
    if last < first:
        raise Fault("The last day of the visit is before the first; correct one of them.")
    inspection = get(workspace, Inspection, workspace.inspection)
    id = new_id()
    fields = {
        "title": title.strip(),
        "bodies": joined(bodies),
        "phase": inspection.phase,
        "planned_start": first.isoformat(),
        "planned_end": last.isoformat(),
    }
    return do(workspace, "plan a visit", [Change(Visit.kind, id, fields)], id=id, at=at)


def achieve_visit(workspace: Workspace, *, visit: Id, start: str, end: str, at: int | None = None) -> Done:
    """Record the days on which the visit took place."""
    held = get(workspace, Visit, visit)
    fields = {
        "achieved_start": _day(start, "first day").isoformat(),
        "achieved_end": _day(end, "last day").isoformat(),
    }
    return do(workspace, "achieve a visit", [Change(Visit.kind, held.id, fields)], id=held.id, at=at)


def _day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Fault(f'{what}: "{text}" is not a date; write it as 2025-03-31.') from error


def plan_session(
    workspace: Workspace,
    *,
    visit: Id | None = None,
    title: str = "",
    method: str = "interview",
    mode: str = "in_person",
    body: str = "",
    role: str = "",
    grade_band: str = "",
    planned_start: int | None = None,
    planned_present: int | None = None,
    minutes: int | None = None,
    at: int | None = None,
) -> Done:
    """Plan a session of a visit. planned_start in wall milliseconds; minutes: how long it is to take."""
    id = new_id()
    _check_body(workspace, body)
    fields = _session_fields(
        visit=visit,
        title=title,
        method=method,
        mode=mode,
        body=body,
        role=role,
        grade_band=grade_band,
        planned_start=planned_start,
        planned_present=planned_present,
    )
    if minutes and planned_start:
        fields["planned_end"] = planned_start + minutes * 60_000
    change = Change(Session.kind, id, {**fields, "state": "planned"})
    return do(workspace, "plan a session", [change], id=id, at=at)


def start_session(
    workspace: Workspace,
    *,
    session: Id | None = None,
    visit: Id | None = None,
    present: int | None = None,
    new: Id | None = None,
    at: int | None = None,
    **header: str,
) -> Done:
    """Start a planned session, or, without one, a new note whose header can wait; `new` is its id."""
    import time

    now = at if at is not None else int(time.time() * 1000)
    held = get(workspace, Session, session) if session is not None else None
    _check_body(workspace, header.get("body"), held)
    id = session or new or new_id()
    fields = {
        "state": "open",
        "started": now,
        "noted_by": workspace.identity.member,
        **({"present": present} if present is not None else {}),
        **({} if session else {"visit": visit}),
        **_session_fields(**header),
    }
    if session is None:
        fields.setdefault("method", "interview")
    return do(workspace, "start a session", [Change(Session.kind, id, fields)], id=id, at=at)


def describe_session(
    workspace: Workspace,
    *,
    session: Id,
    visit: Id | None = None,
    present: int | None = None,
    planned_start: int | None = None,
    planned_present: int | None = None,
    at: int | None = None,
    as_of: int | None = None,
    **header: str,
) -> Done:
    """Fill in or change a session's header: visit, method, mode, body, role, grade_band, title, numbers.

    None leaves what stands; an empty id takes it off its visit, a 0 takes a number back.
    """
    held = get(workspace, Session, session)
    _check_body(workspace, header.get("body"), held)
    numbers = {
        "visit": visit,
        "present": present,
        "planned_start": planned_start,
        "planned_present": planned_present,
    }
    fields = {
        **{name: value or None for name, value in numbers.items() if value is not None},
        **_moved(held, planned_start),
        **_session_fields(**header),
    }
    return do(
        workspace,
        "describe a session",
        [Change(Session.kind, session, fields)],
        id=session,
        at=at,
        as_of=as_of,
    )


def _moved(held: Session, start: int | None) -> dict[str, object]:
    """What goes along when a planned session moves: its end, and when it was planned first."""
    if not start or not held.planned_start or start == held.planned_start:
        return {}
    fields: dict[str, object] = {}
    if held.planned_end:
        fields["planned_end"] = held.planned_end + start - held.planned_start
    if held.first_planned is None and held.state == "planned":
        fields["first_planned"] = held.planned_start
    return fields


def finish_session(
    workspace: Workspace, *, session: Id, present: int | None = None, at: int | None = None
) -> Done:
    """Close a session that took place."""
    import time

    get(workspace, Session, session)
    fields = {"state": "done", "ended": at if at is not None else int(time.time() * 1000)}
    if present is not None:
        fields["present"] = present
    return do(workspace, "finish a session", [Change(Session.kind, session, fields)], id=session, at=at)


def cancel_session(
    workspace: Workspace, *, session: Id, reason: str, as_of: int | None = None, at: int | None = None
) -> Done:
    """Record that a planned session did not take place, and why."""
    get(workspace, Session, session)
    if not reason.strip():
        raise Fault("A cancelled session needs a reason; say why it did not take place.")
    fields = {"state": "cancelled", "state_reason": reason.strip()}
    return do(
        workspace,
        "cancel a session",
        [Change(Session.kind, session, fields)],
        id=session,
        reason=reason,
        as_of=as_of,
        at=at,
    )


def delete_session(workspace: Workspace, *, session: Id, reason: str = "", at: int | None = None) -> Done:
    """Delete a session with all it holds; what a colleague adds unseen brings it back."""
    get(workspace, Session, session)
    change = Change(Session.kind, session, {DELETED: DELETE})
    return do(workspace, "delete a session", [change], id=session, reason=reason, at=at)


def _check_body(workspace: Workspace, body: str | None, held: Session | None = None) -> None:
    """Raises Fault when a body is new to a session and not in the register."""
    code = (body or "").strip()
    if not code or (held is not None and held.body == code):
        return
    known = [one.code for one in records(workspace, Body, order="position")]
    if code not in known:
        raise Fault(f'There is no body "{code}" in the register; use one of its codes: {", ".join(known)}.')


def _session_fields(**header: object) -> dict[str, object]:
    """The header fields that were given, checked against the field's words."""
    allowed = {
        "method": SESSION_METHODS,
        "mode": ("", *MODES),
        "grade_band": ("", *GRADE_BANDS),
        "state": SESSION_STATES,
    }
    known = {"title", "body", "role", "visit", "planned_start", "planned_present", *allowed}
    for name, value in header.items():
        if name not in known:
            raise Fault(f'A session has no field "{name}".')
        if name in allowed and isinstance(value, str):
            one_of(value, allowed[name], name.replace("_", " "))
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in header.items()
        if value is not None
    }


def sessions_of(workspace: Workspace, visit: Id | None) -> list[Session]:
    """The sessions of a visit in the order they were planned or started."""
    some = records(workspace, Session, visit=visit)
    return sorted(some, key=lambda s: (s.planned_start or s.started or 0, s.id))


def session_title(session: Session) -> str:
    """What a person calls a session: its title, else its role, else that the header is still to come."""
    return session.title or session.role or "Note without a header yet"


def current_visit(workspace: Workspace, today: date) -> Visit | None:
    """The visit under way today, else the next one, else the latest."""
    visits = records(workspace, Visit, order="planned_start")
    day = today.isoformat()
    for visit in visits:
        if visit.planned_start <= day <= (visit.planned_end or visit.planned_start):
            return visit
    later = [visit for visit in visits if visit.planned_start > day]
    return later[0] if later else (visits[-1] if visits else None)


def visit_title(workspace: Workspace, visit: Id | None) -> str:
    found = find(workspace, Visit, visit)
    if found is None:
        return "no visit"
    return found.title or " and ".join(codes(found.bodies))


def find_visit(workspace: Workspace, name: str) -> Visit:
    """A visit by its title or by its id (hex, at least eight digits). Raises Fault when none or several fit.

    One that was entered twice and joined is found by each of its titles and ids.
    """
    visits = records(workspace, Visit)
    entered = records(workspace, Visit, apart=True)
    fits = (
        [v for v in entered if v.title == name]
        or [v for v in entered if v.title.startswith(name)]
        or [
            v
            for v in entered
            if len(name) >= 8 and (v.id.hex().startswith(name) or v.id.hex().endswith(name))
        ]
    )
    joined = sets(workspace)
    wanted = {joined.of(v.id) for v in fits}
    fits = [v for v in visits if v.id in wanted]
    if len(fits) != 1:
        known = "; ".join(v.title or v.id.hex() for v in visits) or "none yet"
        raise Fault(
            f'"{name}" names {"no" if not fits else "more than one"} visit here; visits are: {known}.'
        )
    return fits[0]
