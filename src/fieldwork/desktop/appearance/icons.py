"""Lucide icons (ISC), recoloured when drawn: Qt paints an SVG's `currentColor` black."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fieldwork.assets import asset
from fieldwork.desktop.appearance.tokens import colours, dp


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return asset(f"icons/{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str, stroke: float) -> QSvgRenderer:
    svg = (
        _source(name).replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{stroke}"')
    )
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(
    painter: QPainter, name: str, x: float, y: float, size: float, colour: QColor, stroke: float = 1.75
) -> None:
    """Draw the icon with its top left at (x, y); stroke is in the icon's own 24 units."""
    _renderer(name, colour.name(), stroke).render(painter, QRectF(x, y, size, size))


def icon(name: str, role: str = "text2", size: int = 18) -> QIcon:
    """A QIcon in a colour of the palette in force, for Qt's own menus and actions."""
    picture = QPixmap(dp(size) * 2, dp(size) * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, name, 0, 0, dp(size), colours()[role])
    painter.end()
    return QIcon(picture)
