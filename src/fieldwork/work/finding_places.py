"""Whatever a person may want to go to, found by a few letters of it."""

from dataclasses import dataclass

from fieldwork.domain.records import CaseFile, Finding, Session, Visit
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.evidence import look_up
from fieldwork.work.visits import session_title

MOST = 12
PLACES = {
    "note_line": "Interviews",
    **dict.fromkeys(("answer", "agreed_answer", "moderated_mark", "marking_note"), "Files"),
}


@dataclass(frozen=True)
class FoundPlace:
    """A record to go to: what it is called, in which place of the window it opens, and its id there."""

    title: str
    sub: str
    icon: str
    place: str
    id: Id


def find_places(workspace: Workspace, typed: str) -> list[FoundPlace]:
    """Visits, sessions, files and findings whose name holds the letters, then evidence that holds the words."""
    wanted = typed.strip().lower()
    if len(wanted) < 2:
        return []
    found = [
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
            place = PLACES.get(hit.kind)
            words = hit.snippet.replace("\x02", "").replace("\x03", "")
            if place and hit.parent:
                found.append(FoundPlace(words, hit.where, "search", place, hit.parent))
    return found[:MOST]
