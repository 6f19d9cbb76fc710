"""Saved and earlier results as rows of a list and of a table, each figure in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fieldwork.analysis.intervals import Share
from fieldwork.analysis.moving import Counted
from fieldwork.desktop.kit import Row
from fieldwork.desktop.kit.grid import GridCell, GridColumn, GridRow
from fieldwork.desktop.pages.words import counted, day_words
from fieldwork.store.workspace import Workspace
from fieldwork.work import kept_results, saved_results
from fieldwork.work.kept_results import Against, Kept, Line
from fieldwork.work.result_desk import MET_WORDS
from fieldwork.work.saved_results import Saved

DRAWN = [("", "not said how drawn"), ("random", "drawn at random"), ("by hand", "picked by hand")]
SAVED, EARLIER = "saved", "earlier"
SHORT = 16  # signs of a digest that are shown where there is little room
NONE = "\u2013"
INDENT = 16


@dataclass(frozen=True)
class Opened:
    """One of them made ready to show; a cell's ident is its figure in a sentence."""

    title: str
    about: str
    notes: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]


def list_rows(kept: Kept) -> list[Row]:
    """Saved tables, then sources, each under a head."""
    rows = []
    if kept.saved:
        rows.append(Row("Saved here", head=True))
    for one in kept.saved:
        sub = f"{limits(one)} \u00b7 SHA-256 {one.digest[:SHORT]}\u2026"
        trail = f"saved on {day(one.day)}{one.by_whom}"
        rows.append(Row(one.title, sub=sub, trail=trail, ident=(SAVED, one.id.hex())))
    if kept.earlier:
        rows.append(Row("Earlier inspections", head=True))
    for source in kept.earlier:
        some = [counted(source.figures, "result")]
        some += [f"{source.provisional} provisional"] if source.provisional else []
        some += [f"{source.unread} cannot be read"] if source.unread else []
        some += [source.address] if source.address else []
        trail = f"read on {day(source.read_on)}" if source.read_on else ""
        rows.append(
            Row(source.source, sub=" \u00b7 ".join(some), trail=trail, ident=(EARLIER, source.source))
        )
    return rows


def day(iso: str) -> str:
    """A day as people read it; what is none is shown as it is."""
    try:
        return day_words(date.fromisoformat(iso), year=True)
    except ValueError:
        return iso


def limits(saved: Saved) -> str:
    """What a saved table is by and of."""
    by = f"by {saved.by}" if saved.by else "all files together"
    return f"{by}, {saved.limits}" if saved.limits else by


def opened(workspace: Workspace, what: str, name: str, comparing: bool, narrow: bool) -> Opened:
    """A saved table as it was saved, or beside the results of now; earlier results always stand beside them."""
    if what == EARLIER:
        return beside(kept_results.against_earlier(workspace, name), narrow)
    if comparing:
        return beside(kept_results.against_saved(workspace, name), narrow)
    return as_saved(saved_results.find_saved(workspace, name), narrow)


def as_saved(saved: Saved, narrow: bool) -> Opened:
    """Every figure as it stood on the day."""
    about = f"As it was saved on {day(saved.day)}{saved.by_whom}, {limits(saved)}. SHA-256 {saved.digest}"
    notes = "These figures stay as they were saved; c shows what has moved since."
    if not saved.heads:
        return Opened(saved.title, "What is kept here is no table of figures.", "", (), ())
    rows = []
    for (group, question), some in groupby(saved.lines(), lambda line: (line["group"], line["question"])):
        lines = list(some)
        head = f"{question}  {lines[0]['wording']}"
        rows.append(GridRow((GridCell(f"{head}, {group}" if saved.by else head),)))
        place = f"{group} {question}" if saved.by else question
        rows += [_saved_row(place, line, narrow) for line in lines]
        rows += [
            _saved_figure(place, apart, lines[0][apart], narrow)
            for apart in saved_results.APART
            if lines[0][apart] not in ("", "0")
        ]
    columns = [GridColumn("Answer", 0, number=False), GridColumn("Files", 110), GridColumn("Share", 70)]
    if not narrow:
        columns.append(GridColumn("95% interval", 260, number=False))
    return Opened(saved.title, about, notes, tuple(columns), tuple(rows))


def _saved_row(place: str, line: Mapping[str, str], narrow: bool) -> GridRow:
    answer = MET_WORDS.get(line["choice"], line["choice"]) or "points"
    count = line["count"] if " of " in line["count"] or not line["n"] else f"{line['count']} of {line['n']}"
    reach = f"{line['low (%)']} to {line['high (%)']}" if line["low (%)"] else ""
    return _saved_figure(
        place, answer, count, narrow, line["share of n (%)"], reach, line["no interval because"]
    )


def _saved_figure(
    place: str, answer: str, count: str, narrow: bool, share: str = "", reach: str = "", why: str = ""
) -> GridRow:
    told = [f"{share}%"] if share else []
    told += [f"95% interval {reach}"] if reach else [why] if why else []
    spoken = f"{place} {answer}: {', '.join([count, *told])}."
    cells = [GridCell(answer, indent=INDENT), GridCell(count, spoken, spoken=spoken)]
    cells.append(GridCell(f"{share}%" if share else NONE))
    if not narrow:
        cells.append(GridCell(reach or why, quiet=True))
    return GridRow(tuple(cells))


def beside(found: Against, narrow: bool) -> Opened:
    """Then and now of every figure that is told."""
    held = found.held
    title = held.title if isinstance(held, Saved) else held.source
    notes = [f"Figures of now: SHA-256 {found.digest}."]
    if isinstance(held, Saved):
        notes.insert(0, f"Figures as saved: SHA-256 {held.digest}. Only what moved is listed.")
    else:
        notes.insert(0, "More or fewer is said only where the intervals do not overlap.")
        notes += [f"Published at {held.address}."] if held.address else []
    rows = []
    last = ""
    for line in found.lines:
        if line.question != last:
            rows.append(GridRow((GridCell(f"{line.question}  {line.wording}".strip()),)))
        last = line.question
        rows.append(_line(line, narrow))
    columns = [GridColumn("Answer", 0, number=False), GridColumn("Then", 150), GridColumn("Now", 150)]
    if not narrow and not isinstance(held, Saved):
        columns.append(GridColumn("Difference", 360, number=False))
    return Opened(title, found.said, " ".join(notes), tuple(columns), tuple(rows))


def _line(line: Line, narrow: bool) -> GridRow:
    place = ", ".join(part for part in (line.group, line.answer) if part)
    provisional = " (provisional)" if line.provisional else ""
    then, now = figure(line.before), figure(line.now)
    spoken = f"{line.question} {place}{provisional}: then {then}, now {now}. {_sentence(line)}".strip()
    cells = [
        GridCell(f"{place}{provisional}", indent=INDENT),
        GridCell(then),
        GridCell(now, spoken, spoken=spoken),
    ]
    if not narrow and isinstance(line.before, Share):
        cells.append(GridCell(line.words, quiet=True))
    return GridRow(tuple(cells))


def _sentence(line: Line) -> str:
    if isinstance(line.before, Share):
        return f"{line.words[:1].upper()}{line.words[1:]}."
    return ""


def figure(some: Counted | Share | None) -> str:
    """A figure as the table shows it."""
    return "not counted" if some is None else str(some)
