"""The frame of a panel that asks for something before one act: words, fields, what came of it, go or leave."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Button, Field, Text, col, flow, scroll
from fieldwork.desktop.overlay import Overlay

WIDTH = 560


class ActPanel(Overlay):
    """`asked` on Enter in a field or the button; Escape closes it. Never modal: the page lies under it."""

    asked = Signal()

    def __init__(self, desk: Desk, host: QWidget, name: str, go: str, leave: str) -> None:
        super().__init__(host, WIDTH)
        self.desk = desk
        self.title = Text("", "title", wrap=True)
        self.said = Text("", "body", wrap=True)
        self.said.hide()
        self.go = Button(go, "Enter", "primary")
        self.leave = Button(leave, "Esc", "quiet")
        self.go.clicked.connect(self.asked)
        self.leave.clicked.connect(self.close_panel)
        self.inner = col(self.title, space=6, margins=(20, 16, 20, 16))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(scroll(self.inner, name))

    def fill(self, parts: Sequence[QWidget | int]) -> None:
        """Put words and fields between the title and what came of it; a number is a gap."""
        self.inner.add(*parts, self.said, 4, flow(self.go, self.leave, space=8))

    def fields(self) -> list[Field]:
        return list(self.inner.findChildren(Field))

    def set_title(self, title: str) -> None:
        self.setAccessibleName(title)
        self.title.setText(title)

    def wanted_height(self) -> int:
        return self.inner.heightForWidth(dp(self._dp_width) - dp(8)) + dp(12)

    def say(self, sentence: str, tone: str = "quiet") -> None:
        """What is going on or came of it; "" for nothing."""
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.go.isVisible() and self.go.isEnabled():
                self.asked.emit()
        else:
            super().keyPressEvent(event)
