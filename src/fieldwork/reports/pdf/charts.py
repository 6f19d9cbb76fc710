"""Stacked bars with the counts printed in them, drawn as a Figure with an alternative text."""

from dataclasses import dataclass

from fieldwork.reports.document import Chart
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.fonts import face
from fieldwork.reports.pdf.pen import Line, Pen
from fieldwork.reports.pdf.tags import Node
from fieldwork.reports.pdf.text import Missing, Span, break_lines

_BAR = 17.0
_GAP = 8.0  # between bars
_SWATCH = 9.0
_LABELS = 0.36  # of the text width, at most
_TOTALS = 46.0
_LABEL_LINES = 3
_PIECE_HEIGHT = 520.0

Bar = tuple[list[Line], tuple[int, ...]]
"""A bar's label and its counts, one per series."""


@dataclass(slots=True)
class ChartBlock:
    """One chart. A chart with more bars than a page holds is laid out as several."""

    bars: list[Bar]
    legend: list[Line]
    node: Node
    label_width: float
    above: float = 4.0
    below: float = 12.0
    with_next: bool = False
    anchor: None = None

    @property
    def height(self) -> float:
        """Height of the legend and all bars."""
        return self._legend_height() + sum(_bar_height(label) for label, _ in self.bars)

    def least(self) -> float:
        """A figure is never split."""
        return self.height

    def split(self, room: float) -> None:
        """A figure is never split."""

    def _legend_places(self) -> list[tuple[float, int]]:
        """For each entry of the legend its x and its row."""
        places, x, row = [], style.LEFT, 0
        for line in self.legend:
            width = _SWATCH + 5 + line.width * style.SMALL + 18
            if x > style.LEFT and x + width - 18 > style.LEFT + style.TEXT_WIDTH:
                x, row = style.LEFT, row + 1
            places.append((x, row))
            x += width
        return places

    def _legend_height(self) -> float:
        return (max((row for _, row in self._legend_places()), default=0) + 1) * 15.0 + 7.0

    def draw(self, pen: Pen, top: float) -> None:
        """Draw the figure with its upper edge at `top`."""
        bottom = top - self.height
        right = style.LEFT + style.TEXT_WIDTH
        self.node.attributes |= {
            "/O": "/Layout",
            "/Placement": "/Block",
            "/BBox": (style.LEFT, bottom, right, top),
        }
        with pen.tagged(self.node):
            for index, (line, (x, row)) in enumerate(zip(self.legend, self._legend_places(), strict=True)):
                y = top - 11 - row * 15.0
                pen.rectangle(x, y - 1, _SWATCH, _SWATCH, style.SERIES[index % len(style.SERIES)][0])
                _draw_line(pen, line, x + _SWATCH + 5, y, style.SMALL)
            y = top - self._legend_height()
            for label, counts in self.bars:
                height = _bar_height(label)
                self._draw_bar(pen, y, height - _GAP, label, counts)
                y -= height

    def _draw_bar(
        self, pen: Pen, top: float, height: float, label: list[Line], counts: tuple[int, ...]
    ) -> None:
        middle = top - height / 2
        first = middle + (len(label) - 1) * style.SMALL_LEADING / 2 - style.SMALL * 0.36
        for index, line in enumerate(label):
            _draw_line(pen, line, style.LEFT, first - index * style.SMALL_LEADING, style.SMALL)
        x = style.LEFT + self.label_width
        width = style.TEXT_WIDTH - self.label_width - _TOTALS
        total = sum(counts)
        baseline = middle - style.SMALL * 0.36
        bold = face("NotoSans-Bold")
        if not total:
            pen.plain_text(x, baseline, "no answers", face("NotoSans-Italic"), style.SMALL, style.MUTED)
        for index, count in enumerate(counts):
            share = width * count / total if total else 0.0
            if not count:
                continue
            ground, ink = style.SERIES[index % len(style.SERIES)]
            pen.rectangle(x, middle - _BAR / 2, max(share - 1.2, 0.6), _BAR, ground)
            text = str(count)
            wide = bold.width(text) * style.SMALL
            if wide + 4 < share:
                pen.plain_text(x + (share - 1.2 - wide) / 2, baseline, text, bold, style.SMALL, ink)
            x += share
        end = style.LEFT + style.TEXT_WIDTH
        text = f"n = {total}"
        regular = face("NotoSans-Regular")
        x = end - regular.width(text) * style.SMALL
        pen.plain_text(x, baseline, text, regular, style.SMALL, style.MUTED)


def _draw_line(pen: Pen, line: Line, x: float, y: float, size: float) -> None:
    for fragment in line.fragments:
        pen.plain_text(x, y, fragment.text, fragment.face, size, fragment.colour)
        x += fragment.width * size


def _bar_height(label: list[Line]) -> float:
    return max(_BAR, len(label) * style.SMALL_LEADING) + _GAP


def chart_blocks(chart: Chart, parent: Node, missing: Missing) -> list[ChartBlock]:
    """The chart as Figure elements below `parent`: several when one page cannot hold all bars."""
    labels = [missing.printable(label) for label in chart.labels]
    most = style.TEXT_WIDTH * _LABELS
    longest = max(
        (line.width for label in labels for line in break_lines([Span(label)], style.SMALL, most)),
        default=0.0,
    )
    label_width = longest * style.SMALL + 12.0
    legend = [
        break_lines([Span(missing.printable(name).replace("\n", " "))], style.SMALL, style.TEXT_WIDTH)[0]
        for name, _ in chart.series
    ]
    bars: list[Bar] = []
    for index, label in enumerate(labels):
        bars.append((_label_lines(label, most), tuple(counts[index] for _, counts in chart.series)))
    blocks = []
    for piece in _pieces(bars):
        figure = parent.add("Figure")
        figure.alternative = missing.printable(chart.alt) or missing.printable(chart.caption)
        blocks.append(ChartBlock(piece, legend, figure, label_width))
    return blocks


def _label_lines(label: str, width: float) -> list[Line]:
    """The label's first lines; the table after the chart has it whole."""
    lines = break_lines([Span(label)], style.SMALL, width)
    if len(lines) > _LABEL_LINES:
        lines = lines[:_LABEL_LINES]
        more = break_lines([Span("…")], style.SMALL, width)[0].fragments
        lines[-1] = lines[-1]._replace(fragments=lines[-1].fragments + more)
    return lines


def _pieces(bars: list[Bar]) -> list[list[Bar]]:
    """The bars in groups which each fit a page."""
    pieces: list[list[Bar]] = []
    used = _PIECE_HEIGHT
    for bar in bars:
        height = _bar_height(bar[0])
        if used + height > _PIECE_HEIGHT:
            pieces.append([])
            used = 0.0
        pieces[-1].append(bar)
        used += height
    return pieces
