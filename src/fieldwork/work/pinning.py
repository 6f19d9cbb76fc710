"""Points that an answer can be put behind, and those it stands behind already."""

from collections.abc import Collection

from fieldwork.domain.records import CaseFile, EvidenceLink, Finding
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import FINDING_KINDS
from fieldwork.store.reading import get, records
from fieldwork.store.workspace import Workspace


def points_for(workspace: Workspace, file: Id) -> list[Finding]:
    """The points of the visit a file belongs to, then the findings of no visit; strengths first in each."""
    visit = get(workspace, CaseFile, file).visit
    rank = {kind: place for place, kind in enumerate(FINDING_KINDS)}
    found = [one for one in records(workspace, Finding) if one.visit in (visit, None)]
    return sorted(
        found, key=lambda f: (f.visit is None, rank.get(f.finding_kind, len(rank)), f.position, f.id)
    )


def pins_on(workspace: Workspace, evidence: Collection[Id]) -> dict[Id, tuple[str, ...]]:
    """The sentences of the findings that pieces of evidence stand behind, by the piece."""
    links = records(workspace, EvidenceLink, evidence=list(evidence)) if evidence else []
    if not links:
        return {}
    sentences = {f.id: f.text for f in records(workspace, Finding, id={one.finding for one in links})}
    found: dict[Id, tuple[str, ...]] = {}
    for one in links:
        if one.evidence is not None and one.finding in sentences:
            found[one.evidence] = (*found.get(one.evidence, ()), sentences[one.finding])
    return found
