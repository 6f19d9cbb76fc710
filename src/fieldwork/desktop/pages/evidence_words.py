"""Evidence as the list shows it, and where it opens."""

from __future__ import annotations

from datetime import date

from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.hits import Hit, snippet_runs
from fieldwork.domain.values import Id
from fieldwork.store.sifting import CAN_CARRY
from fieldwork.work.evidence import Found
from fieldwork.work.sources import KINDS as SOURCES

ICONS = {
    "session": "messages-square",
    "finding": "lightbulb",
    "answer": "file-text",
    "agreed_answer": "file-text",
    "moderated_mark": "file-text",
    "marking_note": "circle-help",
    "note_line": "messages-square",
    "document": "file-text",
    "figure": "table-2",
}
OF_FILES = dict.fromkeys(("answer", "agreed_answer", "moderated_mark", "marking_note"), "Files")
_PLACES = {"finding": "Visits", **OF_FILES, **dict.fromkeys(SOURCES, "Evidence")}


def as_hit(one: Found, day: date) -> Hit:
    """A piece of evidence as the list shows it. day: today."""
    runs = snippet_runs(one.snippet)
    when = words.when_words(one.at, day)
    who = one.author if one.kind in OF_FILES else ""  # two may have examined one file
    trail = ", ".join(part for part in (who, one.body, when) if part)
    where = one.where or {"session": "Session", "finding": "Finding"}.get(one.kind, "")
    return Hit(
        "".join(text for text, _ in runs),
        where[:1].upper() + where[1:],
        icon=ICONS.get(one.kind, "messages-square"),
        trail=trail,
        mark=one.mark,
        answer=one.answer if one.kind in OF_FILES and one.answer else None,
        chips=one.themes,
        ident=one.id,
        runs=runs or (("(no words)", "quiet"),),
        carries=one.kind in CAN_CARRY,
    )


def home_of(one: Found) -> tuple[str, Id | None]:
    """The place of the window where a piece opens, and what to open there; None for what opens nowhere."""
    place = _PLACES.get(one.kind, "Interviews")
    if one.kind == "finding" and one.parent == one.id:  # of no visit: one of the inspection
        place = "Findings"
    return place, one.id if one.kind in (*CAN_CARRY, *SOURCES) else one.parent
