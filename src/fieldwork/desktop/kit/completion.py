"""What may be meant, offered below what is being typed.

A child of the page's window and never a window itself, so that typing goes on; the field that is typed in
hands its keys to `handle` first.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import colours, dp
from fieldwork.desktop.kit.controls import KeyHint
from fieldwork.desktop.kit.layout import Spaced, row
from fieldwork.desktop.kit.rows import Row, RowList
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import Text

ROW = 28
DIGITS = 9


class Completion(Scaled, QFrame):
    """`taken(index of the row offered)` on a digit, Enter, Tab or a click; Escape closes it."""

    taken = Signal(int)

    def __init__(self, window: QWidget, hints: Sequence[tuple[str, str]] = (("Enter", "take"),)) -> None:
        super().__init__(window)
        self._window = window
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._spaced = Spaced(layout, 2, (6, 8, 6, 8))
        self._title = Text("", "overline", "quiet")
        self._head = row(
            self._title, None, *(KeyHint(key, word) for key, word in hints), margins=(10, 0, 4, 0), space=4
        )
        self._list = RowList(tall=ROW, name="Suggestions", chooses=True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.clicked.connect(lambda index: self._take(index.row()))
        layout.addWidget(self._head)
        layout.addWidget(self._list)
        self.setAccessibleName("Suggestions")
        self.hide()

    def offer(self, title: str, rows: Sequence[Row], at: QPoint, floor: int) -> None:
        """Show rows below `at`, ending above `floor` (both in the window's own pixels); no rows hides it.

        The rows get digits as their keys; as many are shown as there is room for, two at the least.
        """
        room = max(2, (floor - at.y() - dp(52)) // dp(ROW))
        shown = [
            Row(r.title, trail=r.trail, key=str(i + 1), ident=r.ident)
            for i, r in enumerate(rows[: min(room, DIGITS)])
        ]
        if not shown:
            self.hide()
            return
        self._title.setText(title)
        self._list.set_rows(shown)
        self._list.go(0)
        width = min(dp(348), self._window.width() - dp(16))
        height = dp(52) + dp(ROW) * len(shown)
        left = max(dp(8), min(at.x(), self._window.width() - width - dp(8)))
        self.setGeometry(left, at.y(), width, height)
        self.show()
        self.raise_()

    def handle(self, event: QKeyEvent) -> bool:
        """Use a key press meant for the field; whether it was used."""
        if not self.isVisible():
            return False
        key, at = event.key(), self._list.row()
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._take(at)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._list.go((at + step) % len(self._list.rows))
        elif event.text().isdigit() and 1 <= int(event.text()) <= len(self._list.rows):
            self._take(int(event.text()) - 1)
        else:
            return False
        return True

    def _take(self, index: int) -> None:
        self.hide()
        if index >= 0:
            self.taken.emit(index)

    def rescale(self) -> None:
        self._spaced.apply()
        super().rescale()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colours()
        rounded(QPainter(self), self.rect(), palette["surface"], palette["outline"], 1, dp(8))
