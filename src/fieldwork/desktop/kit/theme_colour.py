"""A theme's own colour under words that can be read on it, whichever it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import contrast, dp, font, metrics

SHIPPED = (
    ("#005ea5", "blue"),
    ("#2b8cc4", "light blue"),
    ("#28a197", "turquoise"),
    ("#006435", "green"),
    ("#85994b", "olive"),
    ("#ffbf47", "yellow"),
    ("#f47738", "orange"),
    ("#b10e1e", "red"),
    ("#d53880", "pink"),
    ("#912b88", "purple"),
    ("#2e358b", "indigo"),
    ("#6f777b", "grey"),
)
_BLACK, _WHITE = "#000000", "#ffffff"


def on_colour(colour: str) -> str:
    """Black or white, whichever is read better on a colour: of any colour one of them at 4.5 to 1 or more."""
    return max((_BLACK, _WHITE), key=lambda words: contrast(words, colour))


class ThemeChip(QWidget):
    """A theme's name on its colour."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._colour = name, colour
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = metrics("small").horizontalAdvance(self._name) + dp(20)
        return QSize(width, metrics("small").height() + dp(8))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(40), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rounded(painter, QRectF(self.rect()), QColor(self._colour))
        painter.setFont(font("small"))
        painter.setPen(QColor(on_colour(self._colour)))
        inside = self.rect().adjusted(dp(10), 0, -dp(10), 0)
        words = metrics("small").elidedText(self._name, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, words)
