"""From the report's blocks to blocks that stand on pages, with the structure tree built alongside."""

from collections.abc import Iterable, Iterator, Sequence

from fieldwork.reports.document import (
    Bullets,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Report,
    Run,
    Table,
    chart_table,
    closing_blocks,
    front_matter,
    settled_blocks,
)
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.charts import chart_blocks
from fieldwork.reports.pdf.contents import contents_block
from fieldwork.reports.pdf.flow import Flowing, NewPage
from fieldwork.reports.pdf.fonts import Variant
from fieldwork.reports.pdf.pen import Line
from fieldwork.reports.pdf.style import Colour
from fieldwork.reports.pdf.tables import table_block
from fieldwork.reports.pdf.tags import Node
from fieldwork.reports.pdf.text import Anchor, Missing, Span, TextBlock, break_lines, spans_of
from fieldwork.reports.plain import one_line

CONTENTS_FROM = 12
"""Reports with at least this many headings get a contents list."""

_LONGEST_BOOKMARK = 160
_FACTS_INDENT = 118.0
_NUMBER_INDENT = 36.0
_LIST_INDENT = 18.0
_LABEL_GAP = 6.0
_WIDEST_LABEL = 72.0


class Story:
    """The blocks of one report in order, and the structure tree they will be read by.

    `page_of` (heading key to page index) is read when the contents are drawn: fill it after the layout.
    """

    def __init__(self, report: Report, missing: Missing) -> None:
        self.tree = Node("Document")
        self.page_of: dict[str, int] = {}
        self._missing = missing
        settled = list(settled_blocks(report))
        self._keys = frozenset(block.key for block in settled if isinstance(block, Heading))
        numbers = [
            self._label(block.number) for block in settled if isinstance(block, Paragraph) and block.number
        ]
        self._number_indent = _label_indent(numbers, _NUMBER_INDENT) if numbers else 0.0
        self._sections = [self.tree]
        self.blocks: list[Flowing | NewPage] = [*self._masthead(report)]
        headings = [block for block in settled if isinstance(block, Heading)]
        if len(headings) >= CONTENTS_FROM:
            self.blocks += self._contents(headings)
        closing = len(settled) - len(closing_blocks(report))
        for place, block in enumerate(settled):
            made = list(self._blocks(block))
            if place >= closing:
                _keep_together(made)
            self.blocks += made

    # The head of the report ------------------------------------------------------------------------

    def _masthead(self, report: Report) -> Iterator[Flowing]:
        title = one_line(report.title) or "Report"
        yield self._text(title, self.tree.add("H1"), style.TITLE, style.TITLE_LEADING, "Bold", below=4.0)
        if report.subtitle.strip():
            node = self.tree.add("P")
            yield self._text(
                one_line(report.subtitle),
                node,
                style.SUBTITLE,
                style.SUBTITLE_LEADING,
                "Regular",
                style.MUTED,
                12.0,
            )
        facts = front_matter(report)
        for name, value in facts:
            node = self.tree.add("P")
            indented = style.TEXT_WIDTH - _FACTS_INDENT - 14
            block = self._text(
                one_line(value), node, style.CAPTION, 15.0, "Regular", below=0.0, width=indented
            )
            label = Span(name, "Regular", style.MUTED)
            block.label = break_lines([label], style.CAPTION, _FACTS_INDENT)[0]
            block.indent, block.label_x = _FACTS_INDENT + 14, 14.0
            block.bar = style.ACCENT
            yield block
        if facts:
            block.below = 20.0

    def _contents(self, headings: list[Heading]) -> Iterator[Flowing | NewPage]:
        title = Heading(1, "Contents", "")
        yield self._heading_text(title, self.tree.add("H2"))
        anchors = [self._anchor(heading) for heading in headings if heading.level <= 2]
        yield contents_block(anchors, self.tree.add("TOC"), self.page_of)
        yield NewPage()

    def _anchor(self, heading: Heading) -> Anchor:
        title = self._missing.printable(one_line(heading.text)) or "Untitled"
        if len(title) > _LONGEST_BOOKMARK:
            title = title[:_LONGEST_BOOKMARK].rstrip() + "…"
        return Anchor(title, heading.key, heading.level - 1)

    # Blocks ----------------------------------------------------------------------------------------

    def _blocks(self, block: object) -> Iterator[Flowing | NewPage]:
        if isinstance(block, Heading):
            yield self._heading(block)
        elif isinstance(block, Paragraph):
            yield self._paragraph(block)
        elif isinstance(block, Bullets):
            yield from self._bullets(block)
        elif isinstance(block, Quote):
            yield from self._quote(block)
        elif isinstance(block, Table):
            yield from self._table(block)
        elif isinstance(block, Chart):
            yield from self._chart(block)
        elif isinstance(block, PageBreak):
            yield NewPage()

    @property
    def _section(self) -> Node:
        return self._sections[-1]

    def _heading(self, heading: Heading) -> TextBlock:
        del self._sections[heading.level :]
        self._sections.append(self._section.add("Sect"))
        block = self._heading_text(heading, self._section.add(f"H{min(heading.level + 1, 6)}"))
        block.anchor = self._anchor(heading)
        return block

    def _heading_text(self, heading: Heading, node: Node) -> TextBlock:
        size, leading, above, below = style.HEADINGS[min(heading.level, len(style.HEADINGS)) - 1]
        text = one_line(heading.text) or "Untitled"
        colour = style.ACCENT if heading.level == 1 else style.INK
        block = self._text(text, node, size, leading, "Bold", colour, below)
        block.above, block.with_next = above, True
        return block

    def _text(
        self,
        text: str,
        node: Node,
        size: float,
        leading: float,
        variant: Variant,
        colour: Colour = style.INK,
        below: float = style.PARAGRAPH_GAP,
        *,
        width: float = style.TEXT_WIDTH,
    ) -> TextBlock:
        spans = [Span(self._missing.printable(text), variant, colour)]
        return TextBlock(break_lines(spans, size, width), size, leading, node, below=below)

    def _label(self, text: str, colour: Colour = style.MUTED) -> Line:
        return break_lines(
            [Span(self._missing.printable(one_line(text)), "Regular", colour)], style.BODY, 10_000.0
        )[0]

    def _running(self, runs: tuple[Run, ...], node: Node, indent: float, right: float = 0.0) -> TextBlock:
        spans = spans_of(runs, self._missing, self._keys)
        lines = break_lines(spans, style.BODY, style.TEXT_WIDTH - indent - right)
        return TextBlock(lines, style.BODY, style.BODY_LEADING, node, indent=indent)

    def _paragraph(self, paragraph: Paragraph) -> TextBlock:
        runs, label = paragraph.runs, None
        if paragraph.number:
            label = self._label(paragraph.number)
            if label.width * style.BODY + _LABEL_GAP > self._number_indent:
                runs, label = (Run(f"{one_line(paragraph.number)} "), *runs), None
        block = self._running(runs, self._section.add("P"), self._number_indent)
        block.label, block.rules, block.with_next = label, paragraph.lines, paragraph.keep
        block.above = style.OPENING_GAP if paragraph.opens else 0.0
        if paragraph.keep:
            block.below = style.KEPT_GAP
        return block

    def _bullets(self, bullets: Bullets) -> Iterator[TextBlock]:
        kind = "/Decimal" if bullets.ordered else "/Square" if bullets.boxes else "/Disc"
        holder = self._section.add("L", O="/List", ListNumbering=kind)
        count = len(bullets.items)
        labels = [
            self._label(bullets.mark(place), style.INK if bullets.boxes else style.ACCENT)
            for place in range(1, count + 1)
        ]
        indent = self._number_indent + _label_indent(labels, _LIST_INDENT)
        for place, (item, label) in enumerate(zip(bullets.items, labels, strict=True), start=1):
            entry = holder.add("LI")
            label_node = entry.add("Lbl")
            block = self._running(item, entry.add("LBody"), indent)
            block.label, block.label_node, block.label_x = label, label_node, self._number_indent + 2.0
            block.below = style.PARAGRAPH_GAP if place == count else 0.5 if bullets.boxes else 3.5
            block.with_next = bullets.boxes and place < count
            yield block

    def _quote(self, quote: Quote) -> Iterator[TextBlock]:
        node = self._section.add("BlockQuote")
        indent = 14.0 + self._number_indent
        words = self._running(quote.runs, node.add("P"), indent, 24.0)
        words.bar, words.bar_x, words.above = style.ACCENT_SOFT, self._number_indent, 2.0
        if quote.attribution:
            words.below, words.with_next = 0.0, True
        yield words
        if quote.attribution:
            block = self._text(
                one_line(quote.attribution),
                node.add("P"),
                style.SMALL,
                style.SMALL_LEADING + 2,
                "Regular",
                style.MUTED,
                width=style.TEXT_WIDTH - indent,
            )
            block.indent, block.bar, block.bar_x = indent, style.ACCENT_SOFT, self._number_indent
            yield block

    def _caption(self, text: str, node: Node) -> TextBlock:
        size, leading = style.CAPTION, style.CAPTION_LEADING
        caption = self._text(one_line(text), node, size, leading, "Bold", below=5.0)
        caption.above, caption.with_next = 6.0, True
        return caption

    def _table(self, table: Table) -> Iterator[Flowing]:
        node = self._section.add("Table")
        if table.caption.strip():
            yield self._caption(table.caption, node.add("Caption"))
        yield table_block(table, node, self._missing)

    def _chart(self, chart: Chart) -> Iterator[Flowing]:
        if chart.caption.strip():
            yield self._caption(chart.caption, self._section.add("P"))
        yield from chart_blocks(chart, self._section, self._missing)
        yield from self._table(chart_table(chart))


def _keep_together(blocks: Iterable[Flowing | NewPage]) -> None:
    """The words about the heads of the history stay on the page of the heads."""
    for block in blocks:
        if isinstance(block, TextBlock):
            block.with_next = True


def _label_indent(labels: Sequence[Line], least: float) -> float:
    """Room for the widest of the labels, within reason."""
    widest = max((label.width for label in labels), default=0.0) * style.BODY + _LABEL_GAP
    return min(max(widest, least), _WIDEST_LABEL)
