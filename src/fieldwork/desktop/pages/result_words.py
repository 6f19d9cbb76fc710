"""Results as lines of bars, rows of a table and cells of a heat map, each figure in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldwork.analysis.intervals import BY_HAND, Share
from fieldwork.desktop.kit.bar_parts import BarLine, Figure
from fieldwork.desktop.kit.grid import GridCell, GridColumn, GridRow
from fieldwork.desktop.pages.words import counted
from fieldwork.domain.question_set import MET_POINTS
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace
from fieldwork.work import result_desk
from fieldwork.work.result_desk import (
    COUNTED,
    DIFFER,
    FEW,
    NOT_ASKED,
    UNANSWERED,
    Cell,
    Line,
    Part,
    Row,
    Section,
    Table,
)

BY_WORDS = {
    "": "All",
    "body": "Body",
    "stratum": "Stratum",
    "phase": "Phase",
    "unit": "Unit",
    "flag": "Flag",
}
DASH = "\u2013"
INDENT, MOST_SCORES = 16, 6
BARS, GRID, HEAT = range(3)


def percent(share: Share | None) -> str:
    """ "62%", "" of nothing."""
    return "" if share is None or share.percent is None else f"{share.percent:.0f}%"


def interval(share: Share | None) -> str:
    """ "56\u201375%", "" where there is none."""
    if share is None or share.interval is None:
        return ""
    return f"{share.interval.low * 100:.0f}{DASH}{share.interval.high * 100:.0f}%"


def why_none(share: Share | None) -> str:
    """Why there is no interval, in a sentence's words; "" where there is one."""
    if share is None or share.interval is not None or not share.n:
        return ""
    return share.without or BY_HAND


def asked(row: Row) -> str:
    """A question with its code, ended as a sentence is."""
    return f"{row.question} {row.wording}{'' if row.wording.endswith(('.', '?', '!')) else '.'}"


def figure_words(row: Row, line: Line, part: Part) -> str:
    """One figure in a sentence: question, group, how many of how many, and how sure that is."""
    said = f"{asked(row)} {line.words}: " if line.group else f"{asked(row)} "
    if part.cell.outcome == COUNTED:
        said += f"{counted(part.count, 'file')} counted in n"
    elif part in line.apart:
        said += f"{counted(part.count, 'file')} {part.words}, outside n"
    else:
        said += f"{part.count} of {line.n} {'' if row.scored else 'answered '}{part.words}"
    if part.share is not None and part.share.percent is not None:
        said += f", {part.share.percent:.1f}%"
        if reach := interval(part.share):
            said += f", 95% interval {reach.replace(DASH, ' to ')}"
        elif why := why_none(part.share):
            said += f"; no interval, {why}"
    elif part.share is not None and part.share.n and part.share.counts_only:
        said += f"; {part.share.without}"
    small = f" Small: n is {FEW} or fewer." if line.small else ""
    return f"{said}.{small}"


def total_of(line: Line, row: Row) -> Part:
    """All that is in n."""
    first = (*line.parts, *line.apart)[0].cell if line.parts or line.apart else Cell(row.question, COUNTED)
    cell = Cell(first.question, COUNTED, first.group, first.by, first.visit)
    return Part(cell, "counted in n", line.n)


def figures(row: Row) -> Iterator[tuple[Line, Part]]:
    """Every figure of a question."""
    for line in row.lines:
        for part in (*line.parts, total_of(line, row), *line.apart):
            yield line, part


def cell_words(row: Row, cell: Cell, shaded: bool) -> str:
    """A figure in words; shaded: the share that a heat map shows in its place, and whether groups differ."""
    for line, part in figures(row):
        if part.cell == cell:
            if shaded and line.n and row.scored:
                return f"{figure_words(row, line, line.parts[0])} {row.compared}".strip()
            return figure_words(row, line, part)
    return ""


def score_words(section: Section, at: int) -> str:
    """A section's points in words."""
    return section.scores[at].words


@dataclass(frozen=True)
class Shown:
    """Results made ready for one view of them: lines of bars, or columns and rows."""

    table: Table
    view: int
    section: str
    notes: str
    lines: tuple[BarLine, ...] = ()
    columns: tuple[GridColumn, ...] = ()
    rows: tuple[GridRow, ...] = ()


def shown(
    workspace: Workspace,
    table: Table | None,
    by: str,
    visit: Id | None,
    view: int,
    section: str = "",
    narrow: bool = False,
) -> Shown:
    """The results counted, unless they are at hand, and made ready; not for the window's own thread."""
    held = table or result_desk.table(workspace, by=by, visit=visit)
    if all(one.code != section for one in held.sections):
        section = ""
    told = notes(held, section, view)
    if view == BARS:
        return Shown(held, view, section, told, lines=tuple(bar_lines(held, section)))
    columns, rows = heat_rows(held, section) if view == HEAT else table_rows(held, section, narrow)
    return Shown(held, view, section, told, (), tuple(columns), tuple(rows))


# Bars


def bar_lines(table: Table, section: str = "") -> list[BarLine]:
    """The lines of the chart: sections, questions, and below each question its groups."""
    lines: list[BarLine] = []
    last = ""
    titles = {one.code: one for one in table.sections}
    for row in table.rows_of(section):
        if row.section != last and row.section in titles:
            lines.append(_section_line(titles[row.section], table))
        last = row.section
        if table.by:
            lines.append(BarLine(row.wording, row.question, note=row.compared, head=2))
            lines += [_bar(row, line, line.words, "") for line in row.lines]
        else:
            lines += [_bar(row, line, row.wording, row.question) for line in row.lines]
    return lines


def _section_line(section: Section, table: Table) -> BarLine:
    scores, title = "", f"{section.code}  {section.label}"
    if any(score.n for score in section.scores):
        if len(table.groups) > MOST_SCORES:
            return BarLine(title, note="Its points by group stand in the heat map.", head=1)
        each = [
            f"{group.words} {score_words(section, at)}" if table.by else score_words(section, at)
            for at, group in enumerate(table.groups)
        ]
        scores = " \u00b7 ".join(each)
    return BarLine(title, note=scores, head=1)


def _bar(row: Row, line: Line, title: str, code: str) -> BarLine:
    def figure(part: Part) -> Figure:
        met = part.cell.outcome if row.scored and part.cell.outcome in MET_POINTS else ""
        return Figure(part.cell, part.words, part.count, met, figure_words(row, line, part))

    reach = line.share.interval if line.share else None
    return BarLine(
        title,
        code,
        tuple(figure(part) for part in line.parts),
        figure(total_of(line, row)),
        tuple(figure(part) for part in line.apart),
        percent(line.share) if line.n else "",
        interval(line.share),
        (reach.low, reach.high) if reach else None,
        note="n is small" if line.small else "",
        loose=not row.scored,
    )


# The table

_SCALE = (
    ("FM", "Fully", "Fully met", 54),
    ("PM", "Partially", "Partially met", 68),
    ("NM", "Not met", "Not met", 64),
)
_APART = (
    ("NA", "N/A", "Not applicable"),
    ("NK", "Not known", "Not known"),
    (NOT_ASKED, "Not asked", "Not asked"),
    (UNANSWERED, "No answer", "No answer given"),
    (DIFFER, "Differ", "Examiners differ"),
)


def table_rows(
    table: Table, section: str = "", narrow: bool = False
) -> tuple[list[GridColumn], list[GridRow]]:
    """Columns and rows: a question that is not on the scale has a row a choice. Empty columns are left out.

    narrow: a question stands over its figures, not beside them.
    """
    some = table.rows_of(section)
    lines = [line for row in some for line in row.lines]
    choices = any(not row.scored for row in some)
    reach = any(part.share and part.share.interval for line in lines for part in line.parts)
    shares = any(part.share and part.share.percent is not None for line in lines for part in line.parts)
    held = {part.cell.outcome for line in lines for part in line.apart}
    apart = [one for one in _APART if one[0] in held]
    columns = [
        GridColumn(f"Question and {table.by}" if table.by else "Question", 0, number=False),
        *(GridColumn(words, width, spoken=full) for _, words, full, width in _SCALE),
        *([GridColumn("Chosen", 60, spoken="Files that chose it")] if choices else []),
        GridColumn("n", 76, spoken="n, the files counted"),
        *(
            [GridColumn("Share", 56, spoken="Share of n that is fully met, or that chose it")]
            if shares
            else []
        ),
        *([GridColumn("95% interval", 84)] if reach else []),
        *(GridColumn(words, 70, spoken=full) for _, words, full in apart),
    ]
    lay = _Lay(choices, shares, reach, tuple(code for code, _, _ in apart), "All files" if narrow else "")
    rows: list[GridRow] = []
    last = ""
    titles = {one.code: one for one in table.sections}
    for row in some:
        if row.section != last and row.section in titles:
            head = titles[row.section]
            rows.append(GridRow((GridCell(f"{head.code}  {head.label}"),), head=True))
        last = row.section
        if table.by or narrow or not row.scored:
            rows.append(GridRow((GridCell(f"{row.question}  {row.wording}"),)))
        for line in row.lines:
            rows += _table_lines(row, line, lay)
    return columns, rows


@dataclass(frozen=True)
class _Lay:
    """Which columns there are besides the scale, n and the share."""

    choices: bool
    shares: bool
    reach: bool
    apart: tuple[str, ...]
    every: str  # what all files together are called, "" where their question stands beside them


def _table_lines(row: Row, line: Line, lay: _Lay) -> list[GridRow]:
    apart = {part.cell.outcome: part for part in line.apart}
    total = total_of(line, row)

    def number(part: Part | None) -> GridCell:
        if part is None:
            return GridCell("0", quiet=True)
        return GridCell(
            str(part.count), part.cell if part.count else None, spoken=f"{part.count} {part.words}"
        )

    def lead(words: str) -> GridCell:
        title = f"{row.question}  {row.wording}"
        if not words:
            return GridCell(title, spoken=title)
        return GridCell(words, spoken=f"{title}, {words}", indent=INDENT)

    def end(share: Share | None) -> list[GridCell]:
        small = f" Small: {FEW} or fewer." if line.small else ""
        cells = [
            GridCell(
                f"{line.n}, small" if line.small else str(line.n),
                total.cell if line.n else None,
                spoken=f"{line.n}.{small}",
            ),
        ]
        if lay.shares:
            cells.append(GridCell(percent(share) if line.n else "", spoken=_share_words(share)))
        if lay.reach:
            words = interval(share) or (DASH if line.n else "")
            told = words.replace(DASH, " to ") if interval(share) else why_none(share)
            cells.append(GridCell(words, spoken=told, quiet=True))
        return [*cells, *(number(apart.get(code)) for code in lay.apart)]

    blank = (GridCell(),) * len(_SCALE)
    if row.scored:
        met = [number(part) for part in line.parts]
        rows = [
            GridRow(
                (lead(line.words if line.group else lay.every), *met, *blank[: lay.choices], *end(line.share))
            )
        ]
    else:
        rows = [
            GridRow((lead(_choice_words(line, part)), *blank, number(part), *end(part.share)))
            for part in line.parts
        ]
    gone = [part for part in line.apart if part.cell.outcome not in {code for code, _, _ in _APART}]
    column = len(_SCALE) if lay.choices else 0
    rows += [
        GridRow((lead(_choice_words(line, part)), *(GridCell(),) * column, number(part))) for part in gone
    ]
    return rows


def _choice_words(line: Line, part: Part) -> str:
    return f"{line.words}: {part.words}" if line.group else part.words


def _share_words(share: Share | None) -> str:
    if share is not None and share.n and share.counts_only:
        return share.without
    return f"{share.percent:.1f}%" if share is not None and share.percent is not None else "none"


# The heat map


def heat_rows(table: Table, section: str = "") -> tuple[list[GridColumn], list[GridRow]]:
    """A row a question on the scale, a column a group; over each section its points."""
    wide = 150 if len(table.groups) <= MOST_SCORES // 2 else 116
    columns = [GridColumn("", 0, number=False, spoken="Question")]
    columns += [GridColumn(group.words, wide, True, f"{group.words}, {counted(group.files, 'file')}", True)
                for group in table.groups]  # fmt: skip
    rows: list[GridRow] = []
    last = ""
    titles = {one.code: one for one in table.sections}
    for row in table.rows_of(section):
        if not row.scored:
            continue
        if row.section != last and row.section in titles:
            rows.append(_heat_head(titles[row.section]))
        last = row.section
        cells = [GridCell(row.question, sub=row.wording)]
        cells += [_heat_cell(row, line) for line in row.lines]
        rows.append(GridRow(tuple(cells)))
    return columns, rows


def _heat_head(section: Section) -> GridRow:
    cells = [GridCell(f"{section.code}  {section.label}")]
    for at, score in enumerate(section.scores):
        words = score_words(section, at)
        if not score.n:
            cells.append(GridCell("no points"))
        elif score.percent is None:
            cells.append(
                GridCell(f"{score.points} of {score.possible}", sub=f"points, n {score.n}", spoken=words)
            )
        else:
            share = score.points / score.possible
            cells.append(
                GridCell(f"{score.percent:.0f}%", sub=f"points, n {score.n}", spoken=words, share=share)
            )
    return GridRow(tuple(cells), head=True)


def _heat_cell(row: Row, line: Line) -> GridCell:
    total = total_of(line, row)
    if not line.n:
        outside = ", ".join(f"{part.count} {part.words}" for part in line.apart)
        one = line.apart[0] if len(line.apart) == 1 else None
        words = one.words if one else "none in n"
        return GridCell(words, one.cell if one else None, spoken=f"{line.words}: {outside or 'no file'}")
    sub = f"n {line.n}{', small' if line.small else ''}"
    spoken = figure_words(row, line, line.parts[0])
    if line.share is not None and line.share.counts_only:  # no shade either: it would be read as a share
        small = "fully met, small" if line.small else "fully met"
        return GridCell(f"{line.share.count} of {line.n}", total.cell, sub=small, spoken=spoken)
    share = line.share.fraction if line.share else None
    return GridCell(percent(line.share), total.cell, sub=sub, spoken=spoken, share=share)


# What stands below


def notes(table: Table, section: str, view: int) -> str:
    """What has to be known to read the figures, in a few sentences."""
    some = ["n leaves out not applicable, not known, not asked and what two examiners answered differently."]
    shares = [line.share for row in table.rows_of(section) for line in row.lines if line.share and line.n]
    with_interval = sum(share.interval is not None for share in shares)
    if shares and not with_interval:
        reasons = list(dict.fromkeys(why_none(share) for share in shares))
        both = "percentages and no intervals" if all(share.counts_only for share in shares) else "intervals"
        some.append(f"No {both}: {'; '.join(reasons)}.")
    elif with_interval:
        some.append(
            "The line under a bar is the 95% interval of its fully met share." if view == BARS else ""
        )
    if table.by and len(table.groups) > 1:
        order = "the register" if table.by == "body" else "their list"
        some.append(f"Groups stand in the order of {order}, not of merit.")
        if view == HEAT or section:
            some.append(together([row for row in table.rows_of(section) if row.scored]))
    if table.by == "body":
        some.append("A file counts for its police force and for its CPS Area.")
    if table.by == "flag":
        some.append("A file counts under each of its flags.")
    return " ".join(part for part in some if part)


def together(rows: Sequence[Row]) -> str:
    """Of many questions, where the groups can be told apart."""
    told = [row for row in rows if row.compared]
    apart = [row.question for row in told if "do not overlap" in row.compared]
    if not told or any(row.compared.startswith("Counts only") for row in told):
        return ""
    if not apart:
        return "Intervals overlap in every question: no difference between groups can be told."
    names = ", ".join(apart[:6]) + (f" and {len(apart) - 6} more" if len(apart) > 6 else "")
    return f"Intervals of some groups do not overlap in {names}; in all others no difference can be told."
