"""The contents list: headings with their page numbers, each a link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.fonts import Variant, face
from fieldwork.reports.pdf.pen import Line, Link, Pen
from fieldwork.reports.pdf.tags import Node
from fieldwork.reports.pdf.text import Anchor, Span, break_lines

_INDENT = 16.0
_NUMBERS = 34.0
_ENTRY_GAP = 2.5


@dataclass(slots=True)
class _Entry:
    lines: list[Line]
    anchor: Anchor
    link: Link


@dataclass(slots=True)
class ContentsBlock:
    """Entries of the list. `page_of` is filled when the layout is finished, before anything is drawn."""

    entries: list[_Entry]
    node: Node
    page_of: Mapping[str, int]
    above: float = 0.0
    below: float = 16.0
    with_next: bool = False
    anchor: None = None

    @property
    def height(self) -> float:
        """Height of all entries."""
        return sum(_height(entry) for entry in self.entries)

    def least(self) -> float:
        """The first entry."""
        return _height(self.entries[0])

    def split(self, room: float) -> "tuple[ContentsBlock, ContentsBlock] | None":
        """The entries that fit `room` and the rest; None when none fits."""
        used, cut = 0.0, 0
        while cut < len(self.entries) and used + _height(self.entries[cut]) <= room + 1e-6:
            used += _height(self.entries[cut])
            cut += 1
        if cut in (0, len(self.entries)):
            return None
        return replace(self, entries=self.entries[:cut], below=0.0), replace(self, entries=self.entries[cut:])

    def draw(self, pen: Pen, top: float) -> None:
        """Draw the entries with their page numbers, the upper edge at `top`."""
        for entry in self.entries:
            self._draw_entry(pen, top, entry)
            top -= _height(entry)

    def _draw_entry(self, pen: Pen, top: float, entry: _Entry) -> None:
        reference = self.node.add("TOCI").add("Reference")
        size, leading = style.BODY, style.BODY_LEADING
        x = style.LEFT + entry.anchor.level * _INDENT
        right = style.LEFT + style.TEXT_WIDTH
        baseline = top - (leading + size * 0.71) / 2
        node = entry.link.node_below(reference)
        places = [(x, baseline - index * leading) for index in range(len(entry.lines))]
        pen.text(entry.lines, places, size, node, last=False)
        baseline = places[-1][1]
        number = str(self.page_of[entry.anchor.key] + 1)
        regular = face("NotoSans-Regular")
        number_x = right - regular.width(number) * size
        with pen.tagged(node):
            pen.plain_text(number_x, baseline, number, regular, size, style.INK)
        with pen.artifact():
            pen.dots(x + entry.lines[-1].width * size + 5, baseline + 1, number_x - 5, style.HAIRLINE)
        pen.link_area(entry.link, (x, top - _height(entry), right, top))


def _height(entry: _Entry) -> float:
    return len(entry.lines) * style.BODY_LEADING + _ENTRY_GAP


def contents_block(anchors: list[Anchor], node: Node, page_of: Mapping[str, int]) -> ContentsBlock:
    """The list of `anchors` below the TOC element `node`."""
    entries = []
    for anchor in anchors:
        room = style.TEXT_WIDTH - anchor.level * _INDENT - _NUMBERS
        variant: Variant = "Bold" if anchor.level == 0 else "Regular"
        lines = break_lines([Span(anchor.title, variant)], style.BODY, room)
        entries.append(_Entry(lines, anchor, Link(f"#{anchor.key}", anchor.title)))
    return ContentsBlock(entries, node, page_of)
