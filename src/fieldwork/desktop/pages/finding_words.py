"""A finding, its evidence and its signatures in words, rows and cells."""

from __future__ import annotations

from datetime import datetime

from fieldwork.desktop.kit import Row
from fieldwork.domain.values import Id
from fieldwork.work.finding_desk import Listed
from fieldwork.work.finding_evidence import Evidence
from fieldwork.work.signing import CHANGED, Signature
from fieldwork.work.sources import KINDS as SOURCES

ORDER = ("changed", "emerging", "contested", "supported", "signed")
HEADS = {
    "changed": "Changed since signed",
    "emerging": "Emerging",
    "contested": "Contested",
    "supported": "Supported",
    "signed": "Signed by both",
}
HEARD = frozenset(
    {
        "finding",
        "evidence_link",
        "quote_release",
        "sign_off",
        "open_question",
        "finding_kind",
        "visit",
        "note_line",
    }
    | {
        "session",
        "answer",
        "examination",
        "case_file",
        "excerpt",
        "agreed_answer",
        "inspection",
        "team_member",
    }
    | {"device", "theme", "document", "figure"}
)
"""The kinds of records whose change the page shows."""
_ICONS = {
    "changed": ("triangle-alert", "warn"),
    "emerging": ("circle-dot", "text2"),
    "contested": ("triangle-alert", "warn"),
    "supported": ("circle-check", "accent"),
    "signed": ("shield-check", "accent"),
}


def group_of(one: Listed) -> str:
    """Under which heading a finding is listed."""
    if one.signing.state == CHANGED:
        return "changed"
    return "signed" if one.signing.state == "signed" else one.status


def finding_row(one: Listed, group: str) -> Row:
    """A finding in the list, under its heading."""
    icon, tone = _ICONS[group]
    unanswered = f", {one.point.against} against" if one.point.against else ""
    locked = ", locked" if one.signing.locked else ", signed by one" if one.signing.signatures else ""
    title = one.finding.title or one.finding.text
    return Row(title, f"{one.kind}{unanswered}{locked}", icon=icon, tone=tone, ident=one.finding.id)


def piece_row(piece: Evidence) -> Row:
    """A piece of evidence with where it is from and what is to know of it."""
    states = {
        "deleted since, or not here yet": piece.gone,
        "its words are not found any more": piece.lost,
        "changed since signed": piece.changed,
        f"answered: {piece.answered}": bool(piece.answered),
        piece.note: bool(piece.note),
        "released for printing": piece.released is not None and piece.released.stands,
        "released, but its words were changed since": piece.released is not None
        and not piece.released.stands,
    }
    told = [piece.where, *(state for state, so in states.items() if so)]
    return Row(
        piece.words or "A piece of evidence",
        ", ".join(one for one in told if one),
        mark=piece.mark,
        answer=piece.answer if piece.answer else None,
        ident=piece.id,
    )


def home_of(piece: Evidence) -> tuple[str, Id] | None:
    """The place of the window where a piece is at home, and what to open there; None for one that is gone."""
    if piece.kind in SOURCES:
        return None if piece.gone else ("Evidence", piece.target)
    if piece.home is None:
        return None
    return ("Files" if piece.kind in ("answer", "agreed_answer") else "Interviews"), piece.home


def signature_words(one: Signature) -> str:
    """Whose signature it is, of when, and whether it stands."""
    when = datetime.fromtimestamp(one.at / 1000)
    stands = "" if one.stands else ", before it was changed"
    return f"{one.inspectorate} lead signed {when.day} {when:%B %H:%M}{stands}"
