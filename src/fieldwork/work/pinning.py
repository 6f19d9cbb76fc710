"""Points that an answer can be put behind, and those it stands behind already."""

from collections.abc import Collection

from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import CaseFile, EvidenceLink, Finding
from fieldwork.domain.values import Id
from fieldwork.store.reading import get, records, records_of
from fieldwork.store.workspace import Workspace
from fieldwork.work.finding_kinds import names, rank_of


def points_for(workspace: Workspace, file: Id) -> list[Finding]:
    """The points of the visit a file belongs to, then the findings of no visit; strengths first in each."""
    visit = get(workspace, CaseFile, file).visit
    rank = rank_of(workspace)
    found = [one for one in records(workspace, Finding) if one.visit in (visit, None)]
    return sorted(
        found, key=lambda f: (f.visit is None, rank.get(f.finding_kind, len(rank)), f.position, f.id)
    )


def points_in_words(workspace: Workspace, file: Id) -> list[tuple[Id, str, str]]:
    """As `points_for`: the id of each, its sentence and what its kind is called."""
    called = names(workspace)
    return [(one.id, one.text, called.get(one.finding_kind, "")) for one in points_for(workspace, file)]


def pins_on(workspace: Workspace, evidence: Collection[Id]) -> dict[Id, tuple[str, ...]]:
    """The sentences of the findings that pieces of evidence, or words of them, stand behind, by the piece."""
    if not evidence:
        return {}
    home: dict[Id, Id | None] = {id: id for id in evidence}
    words = records_of(workspace, Excerpt, "target", evidence)
    home |= {one.id: one.target for one in words}
    links = records_of(workspace, EvidenceLink, "evidence", home)
    if not links:
        return {}
    sentences = {f.id: f.text for f in records(workspace, Finding, id={one.finding for one in links})}
    found: dict[Id, tuple[str, ...]] = {}
    for one in links:
        piece = home.get(one.evidence or b"")
        if piece is not None and one.finding in sentences:
            found[piece] = tuple(dict.fromkeys((*found.get(piece, ()), sentences[one.finding])))
    return found
