"""The field's fixed words: codes that are kept, and what a person reads for them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Inspectorate:
    """One of the two that inspect jointly. `side` says which questions its examiners lead."""

    code: str
    name: str
    side: str


INSPECTORATES: Mapping[str, Inspectorate] = {
    "HMCPSI": Inspectorate("HMCPSI", "HM Crown Prosecution Service Inspectorate", "C"),
    "HMICFRS": Inspectorate("HMICFRS", "HM Inspectorate of Constabulary and Fire & Rescue Services", "P"),
}

MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
DEFAULT_MARKING = "OFFICIAL-SENSITIVE"

BODY_KINDS: Mapping[str, str] = {
    "police_territorial": "territorial police force",
    "police_other": "other police body",
    "cps_area": "CPS Area",
    "cps_direct": "CPS Direct",
    "cps_division": "CPS central division",
}
METHODS: Mapping[str, str] = {
    "interview": "interview",
    "focus_group": "focus group",
    "observation": "observation",
    "reality_test": "reality test",
    "document_review": "document review",
    "data_return": "data return",
    "survey": "survey",
    "file_examination": "case-file examination",
}
SESSION_METHODS = tuple(code for code in METHODS if code not in ("file_examination", "survey"))
MODES: Mapping[str, str] = {"in_person": "in person", "remote": "remote"}
GRADE_BANDS: Mapping[str, str] = {
    "frontline": "front line",
    "supervisor": "supervisor",
    "middle": "middle manager",
    "senior": "senior leader",
    "legal": "lawyer",
    "mixed": "mixed",
}
SESSION_STATES: Mapping[str, str] = {
    "planned": "planned",
    "open": "open",
    "done": "done",
    "cancelled": "cancelled",
}
LINE_MARKS: Mapping[str, str] = {
    "": "note",
    '"': "quote",
    ">": "paraphrase",
    "!": "follow-up",
    "@": "document asked for",
}
LANGUAGES: Mapping[str, str] = {"cy": "Welsh"}  # beside English, which goes without a code
MASKS: Mapping[str, str] = {
    "redact": "left out",
    "pseudonym": "printed as somebody else",
    "leave": "let stand: it is no name",
}
SIDES: Mapping[str, str] = {"police": "police", "prosecution": "prosecution", "other": "other"}
DIRECTIONS: Mapping[str, str] = {
    "strength": "strength",
    "concern": "concern",
    "neutral": "neutral",
    "mixed": "mixed",
}
STRENGTHS: Mapping[str, str] = {
    "observed": "direct observation",
    "first_hand": "first-hand",
    "second_hand": "second-hand",
    "opinion": "opinion",
}
FINDING_KINDS: Mapping[str, str] = {
    "strength": "strength",
    "good_practice": "good practice",
    "concern": "area of concern",
    "improvement": "area for improvement",
    "issue": "issue to address",
}
FAVOURABLE = frozenset({"strength", "good_practice"})  # of these, what speaks for those inspected
ROLES: Mapping[str, str] = {"lead": "lead", "inspector": "inspector", "examiner": "examiner"}
PHASES: tuple[tuple[str, str], ...] = (
    ("scoping", "Scoping"),
    ("setting_up", "Setting up"),
    ("phase_1", "Phase 1 fieldwork"),
    ("interim", "Interim report"),
    ("phase_2", "Phase 2 fieldwork"),
    ("drafting", "Drafting"),
    ("accuracy", "Factual accuracy"),
    ("final", "Final report"),
    ("follow_up", "Follow-up"),
)
