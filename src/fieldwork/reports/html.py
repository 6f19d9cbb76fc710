"""A report as one accessible HTML file: the preview in the window, and the twin of the published PDF.

Nothing in it runs and nothing is fetched: no scripts, styles inline in the head, charts as SVG. A content
security policy says so to the browser as well.
"""

from collections.abc import Iterator
from html import escape

from fieldwork.reports.document import (
    Block,
    Bullets,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Report,
    Run,
    Runs,
    Table,
    chart_table,
    front_matter,
    settled_blocks,
)
from fieldwork.reports.palette import SERIES
from fieldwork.reports.plain import clean_text, one_line, safe_link

_TAGS = {
    "plain": ("", ""),
    "strong": ("<strong>", "</strong>"),
    "emphasis": ("<em>", "</em>"),
    "strong emphasis": ("<strong><em>", "</em></strong>"),
    "reference": ('<span class="reference">', "</span>"),
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light; --ink: #17191c; --muted: #565a61; --accent: #0b5f6b; --line: #c9ccd1; }
body { margin: 0; color: var(--ink); background: #fff; font: 1rem/1.5 "Noto Sans", "Segoe UI", sans-serif; }
main, .marking { max-width: 46rem; margin: 0 auto; padding: 0 1.5rem; }
.marking { text-align: center; font-weight: 700; padding-block: 1rem; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 1.5rem 0 .25rem; }
h2 { color: var(--accent); font-size: 1.5rem; line-height: 1.3; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1.15rem; margin: 1.6rem 0 .3rem; }
h4, h5, h6 { font-size: 1rem; margin: 1.3rem 0 .2rem; }
p, li, td, th { overflow-wrap: anywhere; white-space: pre-line; }
p { margin: 0 0 .8rem; }
a { color: #1d4f91; }
.subtitle { color: var(--muted); font-size: 1.2rem; margin-bottom: 1rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.5rem; margin: 0 0 2rem;
  padding-left: 1rem; border-left: 3px solid var(--accent); }
.facts dt, .number, .reference, .by { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.boxes { list-style: "☐ "; padding-left: 2.2rem; }
.write { height: 2rem; border-bottom: 1px solid #7a7f87; }
.write:last-of-type { margin-bottom: .8rem; }
.keep { margin-bottom: .3rem; break-after: avoid; }
.opens { margin-top: 1.6rem; }
.numbered { display: grid; grid-template-columns: 3rem 1fr; }
.draft { color: #a3201b; font-weight: 700; letter-spacing: .2em; }
blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid #c7dfe1; }
blockquote p { margin: 0; }
.by { font-size: .875rem; }
.wide { overflow-x: auto; margin: 1.2rem 0 1.6rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 700; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
thead th { background: #e1eff0; border-bottom: 2px solid var(--accent); }
tbody th { font-weight: 400; }
.right { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 1.2rem 0; }
figcaption { font-weight: 700; margin-bottom: .4rem; }
svg { width: 100%; height: auto; }
@media print {
  @page { size: A4; margin: 22mm 20mm; }
  main, .marking { max-width: none; padding: 0; }
  .bottom { position: fixed; bottom: -14mm; left: 0; right: 0; }
  h2, h3, h4, caption, figcaption { break-after: avoid; }
  tr, blockquote, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  .break { break-before: page; }
}
"""


def render_html(report: Report) -> str:
    """The report as the text of one HTML file (UTF-8), complete in itself."""
    return "".join(_document(report))


def _document(report: Report) -> Iterator[str]:
    title = _text(one_line(report.title) or "Report")
    settled = list(settled_blocks(report))
    ids = {
        block.key: f"section-{place}"
        for place, block in enumerate((block for block in settled if isinstance(block, Heading)), start=1)
    }
    yield (
        f'<!DOCTYPE html>\n<html lang="{_text(report.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    yield _marking(report, "header", "")
    yield f"<main>\n<h1>{title}</h1>\n"
    if report.draft:
        yield '<p class="draft">DRAFT</p>\n'
    if report.subtitle.strip():
        yield f'<p class="subtitle">{_text(one_line(report.subtitle))}</p>\n'
    facts = [
        f"<dt>{_text(name)}</dt> <dd>{_text(one_line(value))}</dd>\n" for name, value in front_matter(report)
    ]
    if facts:
        yield f'<dl class="facts">\n{"".join(facts)}</dl>\n'
    for block in settled:
        yield from _block(block, ids)
    yield "</main>\n" + _marking(report, "footer", " bottom") + "</body>\n</html>\n"


def _marking(report: Report, element: str, extra: str) -> str:
    return f'<{element} class="marking{extra}">{_text(one_line(report.marking))}</{element}>\n'


def _text(text: str) -> str:
    return escape(clean_text(text), quote=True)


def _runs(runs: Runs, ids: dict[str, str]) -> str:
    return "".join(_run(run, ids) for run in runs)


def _run(run: Run, ids: dict[str, str]) -> str:
    before, after = _TAGS[run.style]
    if run.evidence:
        before = f'<span class="reference" data-evidence="{_text(run.evidence)}">'
        after = "</span>"
    href = safe_link(run.href)
    if href.startswith("#"):
        href = f"#{ids[href[1:]]}" if href[1:] in ids else ""
    if href:
        before, after = f'<a href="{_text(href)}">{before}', f"{after}</a>"
    return f"{before}{_text(run.text)}{after}"


def _block(block: Block, ids: dict[str, str]) -> Iterator[str]:
    if isinstance(block, Heading):
        level = min(block.level + 1, 6)
        yield f'<h{level} id="{ids[block.key]}">{_text(one_line(block.text) or "Untitled")}</h{level}>\n'
    elif isinstance(block, Paragraph):
        yield _paragraph(block, ids)
        yield '<div class="write" aria-hidden="true"></div>\n' * block.lines
    elif isinstance(block, Bullets):
        element = "ol" if block.ordered else "ul"
        items = "".join(f"<li>{_runs(item, ids)}</li>\n" for item in block.items)
        if items:
            boxes = ' class="boxes"' if block.boxes else ""
            yield f"<{element}{boxes}>\n{items}</{element}>\n"
    elif isinstance(block, Quote):
        by = f'<p class="by">{_text(block.attribution)}</p>' if block.attribution else ""
        yield f"<blockquote><p>{_runs(block.runs, ids)}</p>{by}</blockquote>\n"
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Chart):
        yield from _chart(block)
    elif isinstance(block, PageBreak):
        yield '<div class="break"></div>\n'


def _paragraph(paragraph: Paragraph, ids: dict[str, str]) -> str:
    kinds = {"numbered": bool(paragraph.number), "keep": paragraph.keep, "opens": paragraph.opens}
    names = " ".join(name for name, on in kinds.items() if on)
    start = f'<p class="{names}">' if names else "<p>"
    if not paragraph.number:
        return f"{start}{_runs(paragraph.runs, ids)}</p>\n"
    number = f'<span class="number">{_text(paragraph.number)} </span>'
    return f"{start}{number}<span>{_runs(paragraph.runs, ids)}</span></p>\n"


def _table(table: Table) -> Iterator[str]:
    right = [
        ' class="right"' if align == "right" else "" for align in table.align or ("left",) * len(table.head)
    ]
    caption = f"<caption>{_text(one_line(table.caption))}</caption>" if table.caption.strip() else ""
    # Reachable by keyboard, since a wide table scrolls sideways.
    name = _text(one_line(table.caption) or "Table")
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{name}">'
    yield f"<table>{caption}\n<thead><tr>"
    for cell, side in zip(table.head, right, strict=True):
        yield f'<th scope="col"{side}>{_text(cell)}</th>'
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        yield "<tr>"
        for place, (cell, side) in enumerate(zip(row, right, strict=True)):
            if table.row_head and place == 0:
                yield f'<th scope="row"{side}>{_text(cell)}</th>'
            else:
                yield f"<td{side}>{_text(cell)}</td>"
        yield "</tr>\n"
    yield "</tbody></table></div>\n"


# Charts --------------------------------------------------------------------------------------------

_WIDTH, _LABELS, _TOTALS = 720, 250, 70
_ROW, _BAR, _LEGEND = 34, 24, 34
_LONGEST_LABEL = 42


def _chart(chart: Chart) -> Iterator[str]:
    yield "<figure>\n"
    if chart.caption.strip():
        yield f"<figcaption>{_text(one_line(chart.caption))}</figcaption>\n"
    legend_rows = (len(chart.series) + 3) // 4
    top = _LEGEND * max(legend_rows, 1)
    height = top + _ROW * len(chart.labels)
    yield (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{_text(one_line(chart.alt))}" '
        'font-family="Noto Sans, Segoe UI, sans-serif" font-size="14">\n'
    )
    for place, (name, _) in enumerate(chart.series):
        x, y = place % 4 * 180, place // 4 * _LEGEND
        yield f'<rect x="{x}" y="{y + 4}" width="14" height="14" fill="#{SERIES[place % len(SERIES)][0]}"/>'
        yield f'<text x="{x + 20}" y="{y + 16}">{_shortened(name, 20)}</text>\n'
    for bar, label in enumerate(chart.labels):
        yield from _bar(chart, bar, label, top + bar * _ROW)
    yield "</svg>\n</figure>\n"
    yield from _table(chart_table(chart))


def _bar(chart: Chart, bar: int, label: str, y: float) -> Iterator[str]:
    total = chart.total(bar)
    middle = y + _BAR / 2 + 5
    yield f'<text x="0" y="{middle:g}">{_shortened(label, _LONGEST_LABEL)}</text>'
    x = float(_LABELS)
    width = _WIDTH - _LABELS - _TOTALS
    for place, (_, counts) in enumerate(chart.series):
        count = counts[bar]
        if not count:
            continue
        share = width * count / total
        ground, ink = SERIES[place % len(SERIES)]
        shape = f'x="{x:.1f}" y="{y:g}" width="{max(share - 1.5, 0.5):.1f}" height="{_BAR}"'
        yield f'<rect {shape} fill="#{ground}"/>'
        if share > 12 + 9 * len(str(count)):
            place_of_text = f'x="{x + share / 2:.1f}" y="{middle:g}" text-anchor="middle"'
            yield f'<text {place_of_text} fill="#{ink}">{count}</text>'
        x += share
    yield f'<text x="{_WIDTH}" y="{middle:g}" text-anchor="end">n = {total}</text>\n'


def _shortened(text: str, most: int) -> str:
    """The drawing's own words may be cut: the table after it has them whole."""
    plain = one_line(text)
    return _text(plain if len(plain) <= most else plain[: most - 1].rstrip() + "…")
