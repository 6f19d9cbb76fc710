"""The two strokes everything is drawn with: a rounded box and a ring of focus."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from fieldwork.desktop.appearance.tokens import colours, dp

RADIUS = 6


def rounded(
    painter: QPainter,
    rect: QRect | QRectF,
    fill: QColor | None = None,
    edge: QColor | None = None,
    width: float = 1.0,
    radius: float = RADIUS,
    dashed: bool = False,
) -> None:
    """A rounded box whose edge lies on whole pixels, inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        area.adjust(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(QPen(edge, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    if fill is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(fill)
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    painter.drawPath(path)
    painter.restore()


def focus_ring(painter: QPainter, rect: QRect | QRectF, radius: float | None = None) -> None:
    """The visible focus of every control."""
    palette = colours()
    rounded(
        painter, rect, None, palette["focus"], palette.focus_width, dp(RADIUS) if radius is None else radius
    )
