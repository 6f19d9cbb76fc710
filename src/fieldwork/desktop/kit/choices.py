"""Questions with a list of choices: one of them (a column) or several (a flow), each with its key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp
from fieldwork.desktop.kit.controls import Option
from fieldwork.desktop.kit.layout import Box, Flow
from fieldwork.desktop.kit.paint import cap_width, paint_cap
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out

#: letters that mean something on the marking pane stay free
RESERVED = "cdfghjknprtx"
CHOICE_KEYS = "123456789" + "".join(x for x in "abcdefghijklmnopqrstuvwxyz" if x not in RESERVED)


def choice_keys(count: int) -> list[str]:
    """A key for each choice in order; "" once they have run out."""
    return [CHOICE_KEYS[i] if i < len(CHOICE_KEYS) else "" for i in range(count)]


class _Line(Scaled, QAbstractButton):
    """One choice of a column: key, ring, words that wrap."""

    def __init__(self, code: str, words: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.code, self.key = code, key
        self.setText(words)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(words)
        self.setAccessibleDescription(f"Key {key}" if key else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _left(self) -> int:
        return dp(10) + (cap_width(self.key) + dp(8) if self.key else 0) + dp(18) + dp(8)

    def heightForWidth(self, width: int) -> int:
        _, height = lay_out([(self.text(), "")], width - self._left() - dp(10))
        return max(dp(36), round(height) + dp(14))

    def sizeHint(self) -> QSize:
        return QSize(dp(280), self.heightForWidth(max(self.width(), dp(200))))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(120), dp(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, on = QPainter(self), colours(), self.isChecked()
        rect = QRectF(self.rect())
        ground = palette["accent_soft" if on else "raised" if self.underMouse() else "surface"]
        rounded(painter, rect, ground, palette["accent" if on else "outline"], 2 if on else 1, dp(6))
        middle, left = rect.height() / 2, float(dp(10))
        if self.key:
            left += paint_cap(painter, left, middle, self.key) + dp(8)
        side = dp(18)
        ring = QRectF(left, middle - side / 2, side, side)
        rounded(painter, ring, palette["surface"], palette["accent" if on else "outline"], 2, side / 2)
        if on:
            inner = side * 0.28
            rounded(painter, ring.adjusted(inner, inner, -inner, -inner), palette["accent"], radius=side)
        left += side + dp(8)
        layout, height = lay_out(
            [(self.text(), "")], rect.width() - left - dp(10), weight=600 if on else None
        )
        layout.draw(painter, QPointF(left, (rect.height() - height) / 2))
        if self.hasFocus():
            focus_ring(painter, rect)


class ChoiceColumn(Box):
    """One of (code, words). `chosen(code)` when the person picks; arrows move within, Space picks."""

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        code: str = "",
        name: str = "Choices",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(space=6, parent=parent)
        self.setAccessibleName(name)
        self.lines = [
            _Line(value, words, key, self)
            for (value, words), key in zip(choices, choice_keys(len(choices)), strict=True)
        ]
        for line in self.lines:
            self.add(line)
            line.clicked.connect(lambda _=False, one=line: self.chosen.emit(one.code))
        self.choose(code)

    def choose(self, code: str) -> None:
        for line in self.lines:
            line.setAutoExclusive(False)
            line.setChecked(line.code == code)
        for line in self.lines:
            line.setAutoExclusive(True)

    def code(self) -> str:
        return next((line.code for line in self.lines if line.isChecked()), "")

    def press(self, key: str) -> bool:
        """Pick by key; whether it was one of ours."""
        line = next((line for line in self.lines if key and line.key == key.lower()), None)
        if line is not None:
            self.choose(line.code)
            self.chosen.emit(line.code)
        return line is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.press(event.text()):
            super().keyPressEvent(event)


class OptionFlow(Flow):
    """Several of (code, words). `changed(list of codes)` in the order shown, when the person toggles one."""

    changed = Signal(list)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        codes: Iterable[str] = (),
        name: str = "Choices, any number",
        keys: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        chosen = set(codes)
        shown = choice_keys(len(choices)) if keys else [""] * len(choices)
        self.options = [
            Option(words, value in chosen, key, value)
            for (value, words), key in zip(choices, shown, strict=True)
        ]
        super().__init__(*self.options, parent=parent)
        self.setAccessibleName(name)
        for option in self.options:
            option.clicked.connect(self._tell)

    def _tell(self) -> None:
        self.changed.emit(self.codes())

    def codes(self) -> list[str]:
        return [option.code for option in self.options if option.isChecked()]

    def choose(self, codes: Iterable[str]) -> None:
        wanted = set(codes)
        for option in self.options:
            option.setChecked(option.code in wanted)

    def press(self, key: str) -> bool:
        option = next((one for one in self.options if key and one.key == key.lower()), None)
        if option is not None:
            option.toggle()
            self._tell()
        return option is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.press(event.text()):
            super().keyPressEvent(event)
