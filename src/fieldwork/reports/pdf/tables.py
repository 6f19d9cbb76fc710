"""Tables of any length: every cell is broken into lines once, and rows are drawn straight onto the page.

Splitting only moves two indices. A tall row is cut into several physical rows which stay one row of the
structure tree, so that it fills the page it starts on and can be taller than a page; the column heads
repeated on later pages are artifacts, read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from fieldwork.reports.document import Table
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.pen import Line, Pen
from fieldwork.reports.pdf.tags import Node
from fieldwork.reports.pdf.text import Missing, Span, break_lines

_PAD_X = 6.0
_PAD_Y = 4.0
_WHOLE_LINES = 12  # rows up to this height are never parted
_PIECE_LINES = 4  # what a taller row is cut into, to be parted between any two
_MOST_HEAD_LINES = 8
_HEADING_GAP = 14.0
_MEASURED = 8  # of the longest cells and words of a column, to find its width


@dataclass(slots=True)
class _Row:
    """One physical row, or a piece of a tall one: the lines and structure nodes of its cells."""

    cells: list[list[Line]]
    nodes: list[Node]
    continues: bool = False
    goes_on: bool = False
    height: float = 0.0

    def __post_init__(self) -> None:
        lines = max(len(lines) for lines in self.cells)
        padding = _PAD_Y * ((not self.continues) + (not self.goes_on))
        self.height = lines * style.SMALL_LEADING + padding


@dataclass(slots=True)
class TableBlock:
    """A table's rows from `start` up to `stop`, below its column heads."""

    head: _Row
    rows: list[_Row]
    widths: list[float]
    right: list[bool]
    start: int
    stop: int
    continued: bool = False
    above: float = 0.0
    below: float = _HEADING_GAP
    with_next: bool = False
    anchor: None = None

    @property
    def height(self) -> float:
        """Height of the heads and the rows."""
        return self.head.height + sum(row.height for row in self.rows[self.start : self.stop])

    def least(self) -> float:
        """The heads and the first row."""
        first = self.rows[self.start].height if self.start < self.stop else 0.0
        return self.head.height + first

    def split(self, room: float) -> "tuple[TableBlock, TableBlock] | None":
        """The rows that fit `room` and the rest; None when not even one row fits below the heads."""
        used, cut = self.head.height, self.start
        while cut < self.stop and used + self.rows[cut].height <= room + 1e-6:
            used += self.rows[cut].height
            cut += 1
        if cut in (self.start, self.stop):
            return None
        return replace(self, stop=cut, below=0.0), replace(self, start=cut, continued=True, above=0.0)

    def draw(self, pen: Pen, top: float) -> None:
        """Draw heads and rows with the upper edge at `top`."""
        rows = self.rows[self.start : self.stop]
        self._draw_grounds(pen, top, rows)
        self._draw_row(pen, top, self.head, artifact=self.continued)
        y = top - self.head.height
        for row in rows:
            self._draw_row(pen, y, row)
            y -= row.height

    def _draw_grounds(self, pen: Pen, top: float, rows: Sequence[_Row]) -> None:
        width = sum(self.widths)
        with pen.artifact():
            y = top - self.head.height
            pen.rectangle(style.LEFT, y, width, self.head.height, style.ACCENT_SOFT)
            pen.rectangle(style.LEFT, y - 0.5, width, 1.0, style.ACCENT)
            for row in rows:
                y -= row.height
                if not row.goes_on:
                    pen.rectangle(style.LEFT, y, width, 0.5, style.HAIRLINE)

    def _draw_row(self, pen: Pen, top: float, row: _Row, *, artifact: bool = False) -> None:
        x = style.LEFT
        baseline = top - (0.0 if row.continues else _PAD_Y) - (style.SMALL_LEADING + style.SMALL * 0.71) / 2
        for width, right, lines, node in zip(self.widths, self.right, row.cells, row.nodes, strict=True):
            if lines and (len(lines) > 1 or lines[0].fragments):
                places = []
                for index, line in enumerate(lines):
                    shift = width - 2 * _PAD_X - line.width * style.SMALL if right else 0.0
                    places.append((x + _PAD_X + shift, baseline - index * style.SMALL_LEADING))
                pen.text(lines, places, style.SMALL, None if artifact else node, last=not row.goes_on)
            x += width


def table_block(table: Table, node: Node, missing: Missing) -> TableBlock:
    """The table as a block of the page; its rows are added below the Table element `node`."""
    head_texts = [missing.printable(cell) for cell in table.head]
    texts = [[missing.printable(cell) for cell in row] for row in table.rows]
    widths = column_widths(table, head_texts, texts)
    right = [align == "right" for align in table.align or ("left",) * len(table.head)]

    def lines_of(cells: Sequence[str], variants: Sequence[Span]) -> list[list[Line]]:
        return [
            break_lines([replace(look, text=text)], style.SMALL, width - 2 * _PAD_X)
            for text, look, width in zip(cells, variants, widths, strict=True)
        ]

    bold = Span("", "Bold")
    plain = Span("")
    # Without rows there is no body, and a head may not stand without one.
    head_row = node.add("THead").add("TR") if table.rows else node.add("TR")
    head_nodes = [head_row.add("TH", O="/Table", Scope="/Column") for _ in table.head]
    head_cells = lines_of(head_texts, [bold] * len(widths))
    repeated = [lines[:_MOST_HEAD_LINES] for lines in head_cells]
    head = _Row(repeated, head_nodes)
    rows: list[_Row] = []
    if any(len(lines) > _MOST_HEAD_LINES for lines in head_cells):
        head.goes_on = True
        rows = _physical_rows([lines[_MOST_HEAD_LINES:] for lines in head_cells], head_nodes)

    body = node.add("TBody") if table.rows else node
    for cells in texts:
        row_node = body.add("TR")
        nodes = [row_node.add("TD") for _ in cells]
        if table.row_head:
            nodes[0].tag, nodes[0].attributes = "TH", {"/O": "/Table", "/Scope": "/Row"}
        rows.extend(_physical_rows(lines_of(cells, [plain] * len(widths)), nodes))
    return TableBlock(head, rows, widths, right, 0, len(rows))


def _physical_rows(cells: list[list[Line]], nodes: list[Node]) -> list[_Row]:
    tallest = max(len(lines) for lines in cells)
    if tallest <= _WHOLE_LINES:
        return [_Row(cells, nodes)]
    return [
        _Row(
            [lines[start : start + _PIECE_LINES] for lines in cells],
            nodes,
            continues=start > 0,
            goes_on=start + _PIECE_LINES < tallest,
        )
        for start in range(0, tallest, _PIECE_LINES)
    ]


def column_widths(table: Table, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Widths in points, filling the text width: by the table's shares, or by what the columns hold.

    A column that wants no more than an equal share gets what its longest cell needs and leaves the rest
    to the others. Those divide what is left by what they want, and by their longest words.
    """
    if table.widths:
        total = sum(table.widths)
        return [style.TEXT_WIDTH * share / total for share in table.widths]
    wanted, needed = [], []
    for column, title in enumerate(head):
        want, need = _appetite(title, [row[column] for row in rows])
        wanted.append(want)
        needed.append(min(need, style.TEXT_WIDTH / 3))
    spare = style.TEXT_WIDTH - sum(wanted)
    if spare >= 0:
        # Figures stay close to what they belong to: the room left over goes to the first column.
        return [wanted[0] + spare, *wanted[1:]]
    widths = [0.0] * len(wanted)
    hungry = set(range(len(wanted)))
    room = style.TEXT_WIDTH
    while content := {column for column in hungry if wanted[column] <= room / len(hungry)}:
        hungry -= content
        for column in content:
            widths[column] = wanted[column]
            room -= wanted[column]
    total = sum(wanted[column] for column in hungry)
    shares = {column: max(needed[column], room * wanted[column] / total) for column in hungry}
    for column, share in shares.items():
        widths[column] = share * room / sum(shares.values())
    return widths


def _appetite(title: str, cells: Sequence[str]) -> tuple[float, float]:
    """The width of the column's longest cell and of its longest word. Only the likeliest few are measured."""
    bold, plain = Span("", "Bold"), Span("")
    texts = set(cells)
    likely = [(title, bold), *((text, plain) for text in nlargest(_MEASURED, sorted(texts), key=len))]
    words = sorted({word for text in texts for word in text.split()})
    likely_words = [(word, bold) for word in title.split()]
    likely_words += [(word, plain) for word in nlargest(_MEASURED, words, key=len)]
    want = max(_natural_width(text, look) for text, look in likely)
    need = max((_natural_width(word, look) for word, look in likely_words), default=2 * _PAD_X)
    return want, need


def _natural_width(text: str, look: Span) -> float:
    lines = break_lines([replace(look, text=text)], style.SMALL, 10_000.0)
    return max(line.width for line in lines) * style.SMALL + 2 * _PAD_X + 0.01
