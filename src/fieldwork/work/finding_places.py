"""Whatever a person may want to go to, found by a few letters of it."""

from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import ModeratedMark
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import CaseFile, Finding, Session, Visit
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.reading import find, kind_of, records
from fieldwork.store.workspace import Workspace
from fieldwork.work import references
from fieldwork.work.describing import describe_record
from fieldwork.work.evidence import look_up
from fieldwork.work.pieces import facts_of
from fieldwork.work.sources import KINDS as SOURCES
from fieldwork.work.visits import session_title

MOST = 12
PLACES = {
    "note_line": "Interviews",
    **dict.fromkeys(("answer", "agreed_answer", "moderated_mark", "marking_note"), "Files"),
}

HOMES = {
    "note_line": ("Interviews", "messages-square"),
    "session": ("Interviews", "messages-square"),
    "answer": ("Files", "folder-open"),
    "agreed_answer": ("Files", "folder-open"),
    "marking_note": ("Files", "folder-open"),
    "case_file": ("Files", "folder-open"),
    "visit": ("Visits", "calendar-days"),
    "document": ("Evidence", "file-text"),
    "figure": ("Evidence", "table-2"),
}
"""Where a record of a kind opens by its own id, and the sign it goes by."""


@dataclass(frozen=True)
class FoundPlace:
    """A record to go to: what it is called, in which place of the window it opens, and its id there."""

    title: str
    sub: str
    icon: str
    place: str
    id: Id


def place_of(workspace: Workspace, id: Id) -> FoundPlace | None:
    """Where the window shows a record; of words of a line or an answer, where that is. None where it does not."""
    known = facts_of(workspace, [id]).get(id)
    kind = kind_of(workspace, id)
    if kind == Excerpt.kind:
        held = find(workspace, Excerpt, id)
        return place_of(workspace, held.target) if held is not None and held.target is not None else None
    title, sub = describe_record(workspace, id), "what a reference names"
    if kind == Finding.kind:
        visit = known.visit if known is not None else None
        return FoundPlace(title, sub, "lightbulb", "Visits" if visit else "Findings", id)
    if kind == ModeratedMark.kind and known is not None and known.file is not None:
        return FoundPlace(title, sub, "folder-open", "Files", known.file)
    place, icon = HOMES.get(kind or "", ("", ""))
    return FoundPlace(title, sub, icon, place, id) if place else None


def _by_reference(workspace: Workspace, typed: str) -> list[FoundPlace]:
    """The place that a reference printed in a report leads to."""
    try:
        id = references.find(workspace, typed)
    except Fault:  # it names several: more of it is needed
        return []
    found = place_of(workspace, id) if id is not None else None
    return [found] if found is not None else []


def find_places(workspace: Workspace, typed: str) -> list[FoundPlace]:
    """What a reference names; visits, sessions, files and findings whose name holds the letters; then evidence."""
    wanted = typed.strip().lower()
    if len(wanted) < 2:
        return []
    found = _by_reference(workspace, typed)
    found += [
        FoundPlace(visit.title, "visit", "calendar-days", "Visits", visit.id)
        for visit in records(workspace, Visit)
        if wanted in visit.title.lower()
    ]
    found += [
        FoundPlace(session_title(s), METHODS.get(s.method, "session"), "messages-square", "Interviews", s.id)
        for s in records(workspace, Session)
        if wanted in session_title(s).lower()
    ]
    found += [
        FoundPlace(f"File {file.reference}", "case file", "folder-open", "Files", file.id)
        for file in records(workspace, CaseFile)
        if wanted in file.reference.lower()
    ]
    found += [
        FoundPlace(one.title or one.text, "finding", "lightbulb", "Findings", one.id)
        for one in records(workspace, Finding)
        if one.visit is None and (wanted in one.title.lower() or wanted in one.text.lower())
    ]
    if len(found) < MOST:
        for hit in look_up(workspace, f"{typed}*", limit=MOST - len(found)):
            place, target = PLACES.get(hit.kind), hit.parent
            if hit.kind in SOURCES:
                place, target = "Evidence", hit.id
            words = hit.snippet.replace("\x02", "").replace("\x03", "")
            if place and target:
                found.append(FoundPlace(words, hit.where, "search", place, target))
    return found[:MOST]
