"""The log of what else there is to cite: documents that were read, and figures as they were published or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure
from fieldwork.domain.records import Body, Finding, NoteLine, Session, TeamMember, Visit
from fieldwork.domain.values import Id, Value, new_id
from fieldwork.store.reading import find_all, get, records
from fieldwork.store.recording import DELETE, Change, moment
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.attachments import Attached, attachments_of
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.file_dates import read_day
from fieldwork.work.finding_kinds import names
from fieldwork.work.inspections import body_names
from fieldwork.work.notes import open_items
from fieldwork.work.pinning import pins_on
from fieldwork.work.visits import session_title

KINDS: Final = (Document.kind, Figure.kind)
LONGEST: Final = 4000  # characters of a field: the log says what a document shows, it does not keep its words
MOST_ASKED: Final = 200  # lines that ask for a document; an inspection may have thousands
_DAYS = ("dated", "received", "read_on")
_REVISED = ("figure", "unit", "period")


@dataclass(frozen=True)
class Source:
    """A document or a figure in the log. body, visit, by: in words; points: sentences that it stands behind.

    files: what is attached to it.
    """

    record: Document | Figure
    body: str
    visit: str
    by: str
    points: tuple[str, ...]
    files: tuple[Attached, ...] = ()

    @property
    def id(self) -> Id:
        return self.record.id

    @property
    def kind(self) -> str:
        return self.record.kind


@dataclass(frozen=True)
class Asked:
    """A note line that asks for a document which has not come."""

    line: Id
    text: str
    where: str
    visit: Id | None
    body: str


@dataclass(frozen=True)
class Log:
    """Everything in the log as it stands at `moment`. bodies, visits: what may be chosen, by code or id in hex.

    asked: the latest of what was asked for and has not come, `waiting` of them in all.
    """

    documents: tuple[Source, ...]
    figures: tuple[Source, ...]
    asked: tuple[Asked, ...]
    bodies: tuple[tuple[str, str], ...]
    visits: tuple[tuple[str, str], ...]
    moment: int
    waiting: int


def log(workspace: Workspace) -> Log:
    """Documents by their reference, figures by their title, and what was asked for last and has not come."""
    now = moment(workspace)
    documents = sorted(
        records(workspace, Document), key=lambda one: (one.reference or one.title, one.title, one.id)
    )
    figures = sorted(records(workspace, Figure), key=lambda one: (one.title, one.period, one.id))
    pins = pins_on(workspace, [one.id for one in (*documents, *figures)])
    files = attachments_of(workspace, [one.id for one in (*documents, *figures)])
    bodies = body_names(workspace)
    visits = {one.id: one.title for one in records(workspace, Visit, order="planned_start")}
    people = {one.id: one.label for one in records(workspace, TeamMember)}
    come = {one.asked_in for one in documents}
    lines = [line for line in open_items(workspace, "@") if line.id not in come]

    def told(one: Document | Figure) -> Source:
        by = one.seen_by if isinstance(one, Document) else None
        body, visit = bodies.get(one.body, one.body), visits.get(one.visit or b"", "")
        pinned, held = pins.get(one.id, ()), files.get(one.id, ())
        return Source(one, body, visit, people.get(by or b"", ""), pinned, held)

    return Log(
        tuple(map(told, documents)),
        tuple(map(told, figures)),
        tuple(_asked(workspace, lines[: -MOST_ASKED - 1 : -1])),
        tuple(bodies.items()),
        tuple((id.hex(), title) for id, title in visits.items()),
        now,
        len(lines),
    )


def _asked(workspace: Workspace, lines: list[NoteLine]) -> list[Asked]:
    sessions = find_all(workspace, Session, [line.session for line in lines if line.session])
    found = []
    for line in lines:
        session = sessions.get(line.session or b"")
        where = session_title(session) if session is not None else ""
        visit, body = (session.visit, session.body) if session is not None else (None, "")
        found.append(Asked(line.id, line.tidied or line.text, where, visit, body))
    return found


def points(workspace: Workspace) -> list[tuple[Id, str, str]]:
    """What a document or a figure can be pinned to: the findings of the inspection, then points of visits.

    The id of each, its sentence and what its kind is called.
    """
    called = names(workspace)
    some = sorted(records(workspace, Finding), key=lambda one: (one.visit is not None, one.position, one.id))
    return [(one.id, one.text, called.get(one.finding_kind, "")) for one in some]


# -- documents


def log_document(
    workspace: Workspace,
    *,
    title: str = "",
    reference: str = "",
    dated: str = "",
    shows: str = "",
    body: str = "",
    visit: Id | None = None,
    received: str = "",
    asked_in: Id | None = None,
    at: int | None = None,
) -> Done:
    """Log a document that was read. asked_in: the note line that asked for it, which is ticked off with it."""
    fields = _checked(
        workspace,
        {"title": title, "reference": reference, "dated": dated, "shows": shows, "body": body}
        | {"received": received},
        visit,
    )
    if not fields.get("title") and not fields.get("reference"):
        raise Fault("A document needs a title or a reference.")
    changes = []
    if asked_in is not None:
        get(workspace, NoteLine, asked_in)
        fields["asked_in"] = asked_in
        changes.append(Change(NoteLine.kind, asked_in, {"settled": 1}))
    id = new_id()
    made = {name: value for name, value in fields.items() if value} | {"seen_by": workspace.identity.member}
    return do(workspace, "log a document", [Change(Document.kind, id, made), *changes], id=id, at=at)


def change_document(
    workspace: Workspace,
    *,
    document: Id,
    title: str | None = None,
    reference: str | None = None,
    dated: str | None = None,
    shows: str | None = None,
    body: str | None = None,
    visit: Id | None = None,
    no_visit: bool = False,
    received: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Change what the log says of a document; what is not given stays. no_visit: it belongs to none."""
    held = get(workspace, Document, document)
    given = {"title": title, "reference": reference, "dated": dated, "shows": shows, "body": body}
    fields = _checked(workspace, given | {"received": received}, visit, no_visit)
    if not fields.get("title", held.title) and not fields.get("reference", held.reference):
        raise Fault("A document needs a title or a reference; take it off the log if it is not wanted.")
    fields = {name: value for name, value in fields.items() if value != getattr(held, name)}
    change = Change(Document.kind, document, fields)
    return do(workspace, "change a document", [change], id=document, as_of=as_of, at=at)


def remove_document(workspace: Workspace, *, document: Id, reason: str = "", at: int | None = None) -> Done:
    """Take a document off the log; what it stands behind says that it is gone."""
    get(workspace, Document, document)
    change = Change(Document.kind, document, {DELETED: DELETE})
    return do(workspace, "remove a document", [change], id=document, reason=reason.strip(), at=at)


# -- figures


def log_figure(
    workspace: Workspace,
    *,
    title: str,
    figure: str,
    unit: str = "",
    period: str = "",
    source: str = "",
    address: str = "",
    read_on: str = "",
    provisional: bool = False,
    shows: str = "",
    body: str = "",
    visit: Id | None = None,
    at: int | None = None,
) -> Done:
    """Log a published or supplied figure, exactly as it was printed."""
    given = {"title": title, "figure": figure, "unit": unit, "period": period, "source": source}
    given |= {"address": address, "read_on": read_on, "shows": shows, "body": body}
    fields = _checked(workspace, given, visit) | {"provisional": int(provisional)}
    _complete(str(fields["title"]), str(fields["figure"]))
    id = new_id()
    made = {name: value for name, value in fields.items() if value}
    return do(workspace, "log a figure", [Change(Figure.kind, id, made)], id=id, at=at)


def change_figure(
    workspace: Workspace,
    *,
    of: Id,
    title: str | None = None,
    figure: str | None = None,
    unit: str | None = None,
    period: str | None = None,
    source: str | None = None,
    address: str | None = None,
    read_on: str | None = None,
    provisional: bool | None = None,
    shows: str | None = None,
    body: str | None = None,
    visit: Id | None = None,
    no_visit: bool = False,
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Change what the log says of a figure; one that was revised needs a reason, and the one before stays known."""
    held = get(workspace, Figure, of)
    given = {"title": title, "figure": figure, "unit": unit, "period": period, "source": source}
    given |= {"address": address, "read_on": read_on, "shows": shows, "body": body}
    fields = _checked(workspace, given, visit, no_visit)
    if provisional is not None:
        fields["provisional"] = int(provisional)
    _complete(str(fields.get("title", held.title)), str(fields.get("figure", held.figure)))
    fields = {name: value for name, value in fields.items() if value != getattr(held, name)}
    if any(name in fields for name in _REVISED) and not reason.strip():
        raise Fault("Say in a line why the figure is revised; the one before stays in its history.")
    change = Change(Figure.kind, of, fields)
    return do(workspace, "revise a figure", [change], id=of, reason=reason.strip(), as_of=as_of, at=at)


def remove_figure(workspace: Workspace, *, of: Id, reason: str = "", at: int | None = None) -> Done:
    """Take a figure off the log; what it stands behind says that it is gone."""
    get(workspace, Figure, of)
    change = Change(Figure.kind, of, {DELETED: DELETE})
    return do(workspace, "remove a figure", [change], id=of, reason=reason.strip(), at=at)


def _complete(title: str, figure: str) -> None:
    if not title:
        raise Fault("Say what the figure counts, such as: Rape cases sent for charge.")
    if not figure:
        raise Fault("Type the figure, exactly as it was printed.")


def _checked(
    workspace: Workspace, given: Mapping[str, str | None], visit: Id | None, no_visit: bool = False
) -> dict[str, Value]:
    """What was given, in one line each, days as they are kept. Raises Fault for what no field takes."""
    fields: dict[str, Value] = {}
    for name, typed in given.items():
        if typed is None:
            continue
        text = typed.strip() if name == "shows" else " ".join(typed.split())
        if len(text) > LONGEST:
            raise Fault(
                f"That is {len(text):,} characters long; the log takes {LONGEST:,}. Say in short what it shows."
            )
        fields[name] = read_day(text) if name in _DAYS else text
    if fields.get("body"):
        one_of(str(fields["body"]), [one.code for one in records(workspace, Body)], "body")
    if visit is not None:
        get(workspace, Visit, visit)
        fields["visit"] = visit
    elif no_visit:
        fields["visit"] = None
    return fields
