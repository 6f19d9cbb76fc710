"""Documents and figures in words and rows, and the fields they are written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import Choice, Field, Row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine, Labelled
from fieldwork.domain.finding_records import Document, Figure
from fieldwork.work.sources import Asked, Log, Source

FINAL, PROVISIONAL = "", "provisional"
_DOCUMENT = ("title", "reference", "dated", "shows", "received")
_FIGURE = ("title", "figure", "unit", "period", "source", "address", "read_on", "shows")


@dataclass(frozen=True)
class Told:
    """One of the log in full. facts: what it is; shows: what it says; behind: what it is evidence for."""

    what: str
    facts: str
    shows: str
    behind: str


def document_fields() -> dict[str, tuple[str, QWidget, int]]:
    """As `FormLine` takes them."""
    return {
        "title": ("Title", Field(), 420),
        "reference": ("Reference", Field(), 150),
        "dated": ("Dated, as 4/3/2025", Field(), 160),
        "shows": ("What it shows, in your own words", Field(), 420),
        "received": ("Received, as 4/3/2025", Field(), 170),
        "body": ("About", Choice([("", "no one body")]), 260),
        "visit": ("Visit", Choice([("", "no visit")]), 300),
    }


def figure_fields() -> dict[str, tuple[str, QWidget, int]]:
    """As `FormLine` takes them."""
    kinds = [(FINAL, "final"), (PROVISIONAL, "provisional")]
    return {
        "title": ("What it counts", Field(), 420),
        "figure": ("Figure, as printed", Field(), 150),
        "unit": ("Unit", Field(), 130),
        "period": ("Period", Field(), 160),
        "source": ("Source", Field(), 260),
        "address": ("Where it is published", Field(), 300),
        "read_on": ("Read on, as 4/3/2025", Field(), 170),
        "provisional": ("It is", Choice(kinds), 150),
        "shows": ("What it shows", Field(), 420),
        "body": ("About", Choice([("", "no one body")]), 260),
        "visit": ("Visit", Choice([("", "no visit")]), 300),
        "reason": ("Why it is revised, where the figure is another", Field(), 420),
    }


def show_reason(form: FormLine, shown: bool) -> None:
    """Only a change is asked why."""
    beside = form.widgets["reason"].parentWidget()
    assert isinstance(beside, Labelled)
    beside.setVisible(shown)


def typed(source: Source) -> dict[str, str]:
    """What stands in the fields of a form when it is to be changed."""
    one = source.record
    if isinstance(one, Document):
        return {name: getattr(one, name) for name in _DOCUMENT}
    kept = {name: getattr(one, name) for name in _FIGURE}
    return kept | {"provisional": PROVISIONAL if one.provisional else FINAL, "reason": ""}


def called(source: Source) -> str:
    one = source.record
    return one.title or (one.reference if isinstance(one, Document) else "") or "(no title)"


def figure_words(one: Figure) -> str:
    """The figure with its unit, and that it is provisional."""
    said = " ".join(part for part in (one.figure, one.unit) if part)
    return f"{said}, provisional" if one.provisional else said


def counts(log: Log) -> str:
    return (
        f"{words.counted(len(log.documents), 'document')}, {words.counted(len(log.figures), 'figure')}, "
        f"{log.waiting:,} asked for and not here yet."
    )


def list_rows(log: Log) -> list[Row]:
    """Documents, figures and what was asked for, each under a heading."""
    rows = []
    if log.documents:
        rows.append(Row(f"Documents: {len(log.documents)}", head=True, ident="documents"))
        rows += [_row(one) for one in log.documents]
    if log.figures:
        rows.append(Row(f"Figures: {len(log.figures)}", head=True, ident="figures"))
        rows += [_row(one) for one in log.figures]
    if log.asked:
        some = (
            f"the latest {len(log.asked)} of {log.waiting:,}"
            if log.waiting > len(log.asked)
            else f"{log.waiting}"
        )
        rows.append(Row(f"Asked for, not here yet: {some}", head=True, ident="asked"))
        rows += [Row(one.text, one.where, mark="@", ident=one.line) for one in log.asked]
    return rows


def _row(source: Source) -> Row:
    one = source.record
    pinned = "pinned" if source.points else ""
    if isinstance(one, Document):
        sub = ", ".join(part for part in (one.reference, _day(one.dated), source.body) if part)
        return Row(called(source), sub, icon="file-text", trail=pinned, ident=one.id)
    sub = ", ".join(part for part in (figure_words(one), one.period, source.body) if part)
    return Row(called(source), sub, icon="table-2", trail=pinned, ident=one.id)


def _day(day: str) -> str:
    return words.day_words(date.fromisoformat(day), True) if day else ""


def told(source: Source) -> Told:
    one = source.record
    if isinstance(one, Document):
        facts = [
            f"Document {one.reference}".strip(),
            f"dated {_day(one.dated)}" if one.dated else "",
            f"received {_day(one.received)}" if one.received else "",
            f"read by {source.by}" if source.by else "",
        ]
    else:
        facts = [
            figure_words(one),
            one.period,
            f"from {one.source}" if one.source else "",
            one.address,
            f"read on {_day(one.read_on)}" if one.read_on else "",
        ]
    facts += [source.body, source.visit]
    behind = "; ".join(f"\u201c{sentence}\u201d" for sentence in source.points)
    return Told(
        called(source),
        "; ".join(part for part in facts if part) + ".",
        one.shows or "What it shows is not said yet.",
        f"It stands behind {behind}." if behind else "It is pinned to nothing yet.",
    )


def asked_told(one: Asked) -> Told:
    return Told(
        one.text,
        f"Asked for in {one.where}." if one.where else "Asked for in a note.",
        "",
        "Once it is here, r logs it and ticks the line off. Enter opens the line.",
    )
