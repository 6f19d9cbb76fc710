"""Buttons with their key on them, key hints, chips, options, tags and segments."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit.layout import FlowLayout
from fieldwork.desktop.kit.paint import (
    CENTRE,
    DIRECTIONS,
    cap_width,
    chip_width,
    elide,
    paint_cap,
    paint_chip,
)
from fieldwork.desktop.kit.scaled import Scaled, Whole

KINDS = ("primary", "plain", "quiet", "chosen")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def fixed(widget: QWidget) -> None:
    """Exactly its size hint, both ways."""
    widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Pressable(Whole, QAbstractButton):
    """A button that Enter presses as well as Space, also where the screen has a command on Enter."""

    def event(self, event: QEvent) -> bool:
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and event.key() in _ENTER and not event.modifiers():  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class Button(Pressable):
    """primary: one to a screen; plain: outlined; quiet: words only; chosen: the one in force.

    The key is always shown; it is the words of `commands.caps`, not a shortcut of its own.
    """

    def __init__(
        self,
        text: str = "",
        key: str = "",
        kind: str = "plain",
        icon: str = "",
        big: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key, self._kind, self._icon_name, self._big = key, kind, icon, big
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        fixed(self)
        self.set_key(key)

    def set_key(self, key: str) -> None:
        self._key = key
        self.setAccessibleDescription(f"Key {key}" if key else "")
        self.rescale()

    def set_kind(self, kind: str) -> None:
        self._kind = kind
        self.rescale()

    def set_icon_name(self, name: str) -> None:
        self._icon_name = name
        self.rescale()

    def set_big(self, big: bool) -> None:
        self._big = big
        self.rescale()

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.rescale()

    key = Property(str, lambda self: self._key, set_key)
    kind = Property(str, lambda self: self._kind, set_kind)
    iconName = Property(str, lambda self: self._icon_name, set_icon_name)
    big = Property(bool, lambda self: self._big, set_big)

    def sizeHint(self) -> QSize:
        width = metrics("label").horizontalAdvance(self.text()) + 2
        width += dp(24) if self._icon_name else 0
        width += cap_width(self._key) + dp(10) if self._key else 0
        return QSize(width + dp(16 if self._kind == "quiet" else 28), dp(40 if self._big else 34))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        rect = QRectF(self.rect())
        ink, second, edge = palette["text"], palette["text2"], palette["outline"]
        if not self.isEnabled():
            rounded(painter, rect, palette["sunken"], palette["line"], 1, dp(6))
            ink = palette["text2"]
        elif self._kind == "primary":
            ink = second = palette["on_accent"]
            edge = QColor(ink)
            edge.setAlphaF(0.55)
            rounded(painter, rect, palette["accent"], None, radius=dp(6))
        elif self._kind == "chosen" or self.isChecked():
            rounded(painter, rect, palette["accent_soft"], palette["accent"], 2, dp(6))
        elif self._kind == "plain":
            ground = palette["raised" if self.underMouse() else "surface"]
            rounded(painter, rect, ground, palette["outline"], 1, dp(6))
        elif self.underMouse():
            rounded(painter, rect, palette["raised"], palette["line"] if palette.high else None, radius=dp(6))
        side = dp(8 if self._kind == "quiet" else 14)
        left, right = side, rect.width() - side
        if self._icon_name:
            paint_icon(painter, self._icon_name, left, (rect.height() - dp(16)) / 2, dp(16), ink)
            left += dp(24)
        if self._key:
            width = cap_width(self._key)
            paint_cap(painter, right - width, rect.height() / 2, self._key, second, edge)
            right -= width + dp(8)
        elide(painter, QRectF(left, 0, right - left + 2, rect.height()), self.text(), font("label"), ink)
        if self.hasFocus():
            if self._kind == "primary":
                focus_ring(painter, rect)
                rounded(painter, rect.adjusted(3, 3, -3, -3), None, palette["on_accent"], 2, dp(4))
            else:
                focus_ring(painter, rect)


class KeyHint(Whole, QWidget):
    """'Enter  next unanswered': a key cap and what it does."""

    def __init__(self, key: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._text = key, text
        self.setAccessibleName(f"{key}: {text}")
        fixed(self)

    def sizeHint(self) -> QSize:
        words = metrics("caption").horizontalAdvance(self._text)
        return QSize(cap_width(self._key) + dp(7) + words + dp(6), dp(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = paint_cap(painter, 0, self.height() / 2, self._key)
        left = width + dp(7)
        rect = QRectF(left, 0, self.width() - left, self.height())
        elide(painter, rect, self._text, font("caption"), colours()["text2"])


class Chip(Pressable):
    """A theme with the sign of its direction (a key of DIRECTIONS, or "")."""

    def __init__(
        self,
        text: str,
        direction: str = "",
        on: bool = False,
        ground: str = "accent_soft",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self._direction, self._on, self._ground = direction, on, ground
        self.setAccessibleName(f"{text}, {direction}" if direction in DIRECTIONS else text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        fixed(self)

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self.text(), self._direction), dp(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, 0, self.height() / 2, self.text(), self._direction, self._on, self._ground)
        if self.hasFocus():
            focus_ring(painter, self.rect(), dp(12))


class Option(Pressable):
    """One of several that can be chosen together; a tick as well as a ground, and its key if it has one."""

    def __init__(
        self, text: str, on: bool = False, key: str = "", code: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.key, self.code = key, code or text
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(f"Key {key}" if key else "")
        self.toggled.connect(self._resize)
        fixed(self)

    def _resize(self) -> None:
        self.rescale()

    def sizeHint(self) -> QSize:
        width = metrics("caption", 600).horizontalAdvance(self.text()) + dp(22)
        width += dp(18) if self.isChecked() else 0
        width += metrics("caption", 500).horizontalAdvance(self.key) + dp(8) if self.key else 0
        return QSize(width, dp(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, on = QPainter(self), colours(), self.isChecked()
        rect = QRectF(self.rect())
        ground, edge = palette["accent_soft" if on else "surface"], palette["accent" if on else "outline"]
        if self.underMouse() and not on:
            ground = palette["raised"]
        rounded(painter, rect, ground, edge, 2 if on else 1, rect.height() / 2)
        left = float(dp(11))
        if on:
            paint_icon(painter, "check", dp(9), (rect.height() - dp(14)) / 2, dp(14), palette["accent"], 2.5)
            left = float(dp(28))
        if self.key:
            width = metrics("caption", 500).horizontalAdvance(self.key)
            elide(
                painter,
                QRectF(left, 0, width + 2, rect.height()),
                self.key,
                font("caption", 500),
                palette["text2"],
            )
            left += width + dp(8)
        face = font("caption", 600 if on else 500)
        elide(painter, rect.adjusted(left, 0, 0, 0), self.text(), face, palette["text"])
        if self.hasFocus():
            focus_ring(painter, rect, rect.height() / 2)


class Tag(Whole, QWidget):
    """A word for a state, with a shape before it; `tone` is a colour's name in the palette."""

    def __init__(self, text: str, icon: str = "", tone: str = "text2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._icon, self._tone = text, icon, tone
        self.setAccessibleName(text)
        fixed(self)

    def set(self, text: str, icon: str = "", tone: str = "text2") -> None:
        self._text, self._icon, self._tone = text, icon, tone
        self.setAccessibleName(text)
        self.rescale()

    def sizeHint(self) -> QSize:
        words = metrics("caption", 500).horizontalAdvance(self._text)
        return QSize(words + (dp(20) if self._icon else 0) + dp(4), dp(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, left, ink = QPainter(self), 0, colours()[self._tone]
        if self._icon:
            paint_icon(painter, self._icon, 0, (self.height() - dp(14)) / 2, dp(14), ink, 2)
            left = dp(20)
        rect = QRectF(left, 0, self.width() - left, self.height())
        elide(painter, rect, self._text, font("caption", 500), ink)


class _Segment(Whole, QAbstractButton):
    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        fixed(self)

    def sizeHint(self) -> QSize:
        return QSize(metrics("caption", 600).horizontalAdvance(self.text()) + dp(22), dp(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, on = QPainter(self), colours(), self.isChecked()
        rect = QRectF(self.rect())
        if on:
            rounded(
                painter, rect, palette["accent" if palette.high else "surface"], palette["outline"], 1, dp(5)
            )
        ink = palette["on_accent"] if on and palette.high else palette["text" if on else "text2"]
        painter.setFont(font("caption", 600 if on else 500))
        painter.setPen(ink)
        painter.drawText(rect, CENTRE, self.text())
        if self.hasFocus():
            focus_ring(painter, rect, dp(5))


class Segments(Scaled, QWidget):
    """A few ways of seeing one thing; arrow keys move. `chosen(index)` when the person picks one."""

    chosen = Signal(int)

    def __init__(self, *words: str, on: int = 0, name: str = "View", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        layout = FlowLayout(self, 0)
        layout.setContentsMargins(0, 0, 0, 0)
        self._buttons = [_Segment(word, self) for word in words]
        for index, button in enumerate(self._buttons):
            layout.addWidget(button)
            button.setChecked(index == on)
            button.clicked.connect(lambda _=False, i=index: self.chosen.emit(i))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def choose(self, index: int) -> None:
        self._buttons[index].setChecked(True)

    def current(self) -> int:
        return next(i for i, button in enumerate(self._buttons) if button.isChecked())

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colours()
        edge = palette["outline"] if palette.high else None
        shown = self._buttons[0].geometry()
        for button in self._buttons:
            shown = shown.united(button.geometry())
        rounded(QPainter(self), shown, palette["raised"], edge, 1, dp(6))
