"""Panels over the page: never over the marking bar or the status line, and the keyboard goes back after."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font
from fieldwork.desktop.kit.scaled import Scaled


class Overlay(Scaled, QFrame):
    """A child of `host`, as wide as wanted and as tall as there is room. Escape closes it."""

    opened = Signal()
    closed = Signal()

    def __init__(self, host: QWidget, width: int) -> None:
        super().__init__(host)
        self._host, self._dp_width = host, width
        self._back: QWidget | None = None
        host.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        if not self.isVisible():
            self._back = QApplication.focusWidget()
        self.place()
        self.show()
        self.raise_()
        self.opened.emit()

    def close_panel(self) -> None:
        if not self.isVisible():
            return
        self.hide()
        back, self._back = self._back, None
        if back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def wanted_height(self) -> int:
        """Pixels; cut to what the host has."""
        return self.sizeHint().height()

    def place(self) -> None:
        area: QRect = self._host.rect()
        width = min(dp(self._dp_width), area.width() - dp(16))
        height = min(self.wanted_height(), area.height() - dp(16))
        self.setGeometry((area.width() - width) // 2, dp(8), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def rescale(self) -> None:
        super().rescale()
        if self.isVisible():
            self.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colours()
        rounded(
            QPainter(self),
            self.rect(),
            palette["surface"],
            palette["outline"],
            2 if palette.high else 1,
            dp(8),
        )


class BlankScreen(QWidget):
    """Covers the page so that nobody reads over a shoulder; nothing typed reaches what is below."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Screen blanked. Press F9 to go on.")
        host.installEventFilter(self)
        self.hide()

    def toggle(self) -> bool:
        """Cover or uncover; whether it covers now."""
        if self.isVisible():
            self.hide()
            if self._back is not None:
                self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._back = QApplication.focusWidget()
            self.setGeometry(self._host.rect())
            self.show()
            self.raise_()
            self.setFocus()
        return self.isVisible()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return True  # Tab stays here

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.fillRect(self.rect(), palette["sunken"])
        painter.setFont(font("lead"))
        painter.setPen(palette["text2"])
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Blanked. F9 goes on where you were.")
