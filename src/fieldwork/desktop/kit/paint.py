"""Small things painted the same everywhere: key caps, chips, note kinds, progress, cut text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

DIRECTIONS = {"strength": "+", "concern": "\u2212", "neutral": "\u00b7", "mixed": "\u00b1"}
KIND_WORDS = {'"': "quote", ">": "paraphrase", "!": "follow-up", "@": "document asked for"}


def elide(
    painter: QPainter,
    rect: QRectF,
    text: str,
    face: QFont,
    ink: QColor,
    flags: Qt.AlignmentFlag = LEFT,
) -> None:
    """One line of text, cut with an ellipsis where it does not fit."""
    painter.setFont(face)
    painter.setPen(ink)
    shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.drawText(rect, flags, shown)


def cap_width(key: str) -> int:
    return max(dp(20), metrics("caption", 500).horizontalAdvance(key) + dp(10))


def paint_cap(
    painter: QPainter,
    x: float,
    middle: float,
    key: str,
    ink: QColor | None = None,
    edge: QColor | None = None,
    fill: QColor | None = None,
) -> int:
    """A key as it is printed on the keyboard, its left edge at x; returns its width."""
    palette, width, height = colours(), cap_width(key), dp(20)
    rect = QRectF(x, round(middle - height / 2), width, height)
    rounded(painter, rect, fill, edge or palette["outline"], 1, dp(4))
    painter.setFont(font("caption", 500))
    painter.setPen(ink or palette["text2"])
    painter.drawText(rect, CENTRE, key)
    return width


def chip_width(text: str, direction: str = "") -> int:
    return metrics("caption", 500).horizontalAdvance(text) + dp(14) + (dp(14) if direction else 0)


def paint_chip(
    painter: QPainter,
    x: float,
    middle: float,
    text: str,
    direction: str = "",
    on: bool = False,
    ground: str = "accent_soft",
) -> int:
    """A theme with the sign of its direction; returns its width."""
    palette, height, width = colours(), dp(22), chip_width(text, direction)
    rect = QRectF(x, round(middle - height / 2), width, height)
    fill, ink = (palette["accent"], palette["on_accent"]) if on else (palette[ground], palette["text"])
    rounded(painter, rect, fill, palette["outline"] if palette.high and not on else None, 1, height / 2)
    left = rect.x() + dp(7)
    if direction:
        painter.setFont(font("body", 700))
        painter.setPen(ink if on else palette["accent"])
        painter.drawText(QRectF(left, rect.y(), dp(12), height), CENTRE, DIRECTIONS[direction])
        left += dp(14)
    elide(painter, QRectF(left, rect.y(), width, height), text, font("caption", 500), ink)
    return width


def paint_kind(painter: QPainter, x: float, middle: float, mark: str) -> None:
    """The very character the inspector types, in a small square."""
    palette, side = colours(), dp(20)
    rect = QRectF(x, round(middle - side / 2), side, side)
    urgent = mark == "!"
    edge = palette["warn"] if urgent else palette["outline"] if palette.high else None
    rounded(painter, rect, palette["warn_soft" if urgent else "raised"], edge, 1, dp(4))
    quote = mark == '"'  # sits high in its line
    painter.setFont(font("lead" if quote else "label", 700))
    painter.setPen(palette["warn" if urgent else "text2"])
    painter.drawText(rect.translated(0, dp(2)) if quote else rect, CENTRE, mark)


def paint_progress(painter: QPainter, rect: QRectF, share: float) -> None:
    """A bar; `share` is 0 to 1. The figures stand beside it, never in it."""
    palette, radius = colours(), rect.height() / 2
    ground = palette["canvas" if palette.high else "raised"]
    rounded(painter, rect, ground, palette["outline"] if palette.high else None, 1, radius)
    if share > 0:
        width = max(rect.height(), rect.width() * min(share, 1))
        rounded(
            painter, QRectF(rect.x(), rect.y(), width, rect.height()), palette["accent"], None, radius=radius
        )


def paint_check(painter: QPainter, x: float, middle: float, on: bool) -> None:
    """A box of dp(16), ticked or not."""
    palette, side = colours(), dp(16)
    box = QRectF(x, middle - side / 2, side, side)
    edge = palette["accent" if on else "text2"]
    rounded(painter, box, palette["accent"] if on else palette["surface"], edge, 1.4, dp(3))
    if on:
        paint_icon(painter, "check", x + dp(2), middle - dp(6), dp(12), palette["on_accent"], 3)
