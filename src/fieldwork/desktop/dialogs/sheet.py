"""A form on a card in the middle of the page; it scrolls where the window is too small for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import colours, dp
from fieldwork.desktop.kit.layout import Box, col, row, scroll
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.surfaces import Card


class Sheet(Scaled, QWidget):
    """Holds `body` (a plain widget a form was set up on), `width` dp wide at 100%; `left` on Escape."""

    left = Signal()

    def __init__(self, width: int, card: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dp_width = width
        self.body = QWidget()
        self._frame: QWidget = Card(self.body, pad=32) if card else Box(self.body)
        inner = col(None, row(None, (self._frame, 100), None), None, None, margins=(16, 16, 16, 16))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll(inner))
        self.rescale()

    def rescale(self) -> None:
        self._frame.setMaximumWidth(dp(self._dp_width))
        super().rescale()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """What Enter in a field does."""

    def take_focus(self) -> None:
        """Put the keyboard on the first field that wants words."""
        self.body.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colours()["canvas"])
