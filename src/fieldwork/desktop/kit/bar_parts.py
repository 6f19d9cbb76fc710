"""What stacked bars are made of: figures, lines, their places, and how a part of a bar is painted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from fieldwork.desktop.appearance.tokens import appearance, colours, dp, font, metrics
from fieldwork.desktop.kit.answers import ANSWER_TONE, ANSWERS, paint_answer
from fieldwork.desktop.kit.paint import CENTRE, RIGHT, elide
from fieldwork.desktop.kit.text import lay_out

SCALE = tuple(ANSWER_TONE)
HEADER = 34  # dp


@dataclass(frozen=True)
class Figure:
    """A count. code: of the met scale, else ""; spoken: all of it in words."""

    ident: Hashable
    words: str
    count: int
    code: str = ""
    spoken: str = ""


@dataclass(frozen=True)
class BarLine:
    """A line of the chart. figures: parts of `total`, or with `loose` boxes that are not stacked.

    whisker: the interval of the first figure's share, from 0 to 1. head: words over the lines below it.
    """

    title: str
    code: str = ""
    figures: tuple[Figure, ...] = ()
    total: Figure | None = None
    apart: tuple[Figure, ...] = ()
    share: str = ""
    interval: str = ""
    whisker: tuple[float, float] | None = None
    note: str = ""
    loose: bool = False
    head: int = 0  # 1: of a section, 2: of a question


class Columns(NamedTuple):
    """Where the parts of a line begin, in pixels."""

    bar: float
    bar_end: float
    n_end: float
    share_end: float
    interval_end: float
    apart: float  # 0 where it stands below the bar
    end: float


class Spot(NamedTuple):
    rect: QRectF
    figure: Figure
    words: str  # as painted; "" for a part of a bar
    again: bool = False  # told in words because its part of the bar is too narrow; gone to there


@lru_cache(maxsize=4096)
def _wide(text: str, kind: str, weight: int | None, factor: float) -> int:
    return metrics(kind, weight).horizontalAdvance(text)


def wide(text: str, kind: str = "caption", weight: int | None = None) -> int:
    """Pixels a line of text takes; the same words come again and again in a chart."""
    return _wide(text, kind, weight, appearance.factor)


@lru_cache(maxsize=4096)
def _tall(text: str, width: float, kind: str, weight: int | None, factor: float) -> float:
    return lay_out([(text, "")], width, kind, weight)[1]


def tall(text: str, width: float, kind: str, weight: int | None = None) -> float:
    """Pixels that wrapped words take."""
    return _tall(text, width, kind, weight, appearance.factor) if text else 0.0


def figures_of(line: BarLine) -> list[Figure]:
    total = [line.total] if line.total is not None else []
    return [*(f for f in line.figures if f.count), *total, *line.apart]


def flowing(figures: Sequence[Figure], left: float, top: float, end: float) -> list[Spot]:
    """Figures in words one after the other, wrapped."""
    x, y, spots = left, top, []
    for figure in figures:
        words = f"{figure.count} {figure.words}"
        width = wide(words) + 4
        if x > left and x + width > end:
            x, y = left, y + dp(24)
        spots.append(Spot(QRectF(x, y, min(width, end - left), dp(24)), figure, words))
        x += width + dp(12)
    return spots


def paint_count(painter: QPainter, rect: QRectF, figure: Figure, ink: QColor) -> None:
    """The mark of the answer and the count, in the middle of its part of the bar."""
    face, words = font("label", 600), str(figure.count)
    width = metrics("label", 600).horizontalAdvance(words)
    left = rect.x() + (rect.width() - width - dp(12)) / 2
    _mark(painter, QRectF(left, rect.center().y() - dp(4), dp(8), dp(8)), figure.code, ink)
    painter.setFont(face)
    painter.setPen(ink)
    painter.drawText(QRectF(left + dp(12), rect.y(), width + 2, rect.height()), CENTRE, words)


def _mark(painter: QPainter, rect: QRectF, code: str, ink: QColor) -> None:
    """Tick, half disc or cross, as everywhere for these answers."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(ink, max(1.4, dp(1.6)))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    if code == "FM":
        painter.drawPolyline(
            [
                QPointF(rect.left(), rect.center().y()),
                QPointF(rect.center().x() - dp(1), rect.bottom() - dp(1)),
                QPointF(rect.right(), rect.top() + dp(1)),
            ]
        )
    elif code == "PM":
        half = QPainterPath(QPointF(rect.center().x(), rect.top()))
        half.arcTo(rect, 90, 180)
        half.closeSubpath()
        painter.fillPath(half, ink)
        painter.drawEllipse(rect)
    else:
        painter.drawLine(rect.topLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomLeft())
    painter.restore()


def paint_header(painter: QPainter, at: Columns, intervals: bool) -> None:
    """What the parts of the bars and the columns mean."""
    palette = colours()
    tall, face = dp(28), font("caption", 500)
    widths = [dp(33) + metrics("caption", 500).horizontalAdvance(ANSWERS[code]) for code in SCALE]
    x = max(0.0, min(at.bar, at.bar_end - sum(widths)))
    for code in SCALE:
        paint_answer(painter, x, (tall - dp(14)) / 2, dp(14), code)
        width = widths[SCALE.index(code)]
        elide(painter, QRectF(x + dp(19), 0, width - dp(19), tall), ANSWERS[code], face, palette["text"])
        x += width
    heads = [(at.bar_end, at.n_end, "n"), (at.n_end, at.share_end, "fully met")]
    if intervals:
        heads.append((at.share_end, at.interval_end, "95% interval"))
    for left, right, words in heads:
        elide(painter, QRectF(left, 0, right - left, tall), words, face, palette["text2"], RIGHT)
    if at.apart:
        rect = QRectF(at.apart, 0, at.end - at.apart, tall)
        elide(painter, rect, "Outside n", face, palette["text2"])
    painter.fillRect(QRectF(0, tall + dp(2), at.end, 1), palette["line"])
