"""A link between a finding and a piece of evidence, as it is written and as it goes on with the words."""

from typing import Final

from fieldwork.domain.records import EvidenceLink
from fieldwork.domain.values import Id, Value, derived_id
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED

BEARINGS: Final = ("for", "against")


def link_fields(finding: Id, evidence: Id, bearing: str, note: str) -> dict[str, Value]:
    return {"finding": finding, "evidence": evidence, "bearing": bearing, "note": note, DELETED: None}


def linked_alike(link: EvidenceLink, finding: Id, evidence: Id) -> Change:
    """What puts other evidence, or the same behind another finding, as this link does: with its note and answer."""
    fields = link_fields(finding, evidence, link.bearing, link.note)
    if link.answered:
        fields |= {"answered": link.answered, "answered_by": link.answered_by}
    return Change(EvidenceLink.kind, derived_id(EvidenceLink.kind, finding, evidence), fields)
