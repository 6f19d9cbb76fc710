"""A few fields that open in the page: Enter keeps, Escape leaves, what is wrong stands below them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import Button, Choice, Field, Text, TextArea, col
from fieldwork.desktop.kit.layout import Box, Flow

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Labelled(Box):
    """A word over its field, at a width of its own (dp at 100%)."""

    def __init__(self, words: str, widget: QWidget, width: int) -> None:
        self._dp_width = width
        label = Text(words, "label", weight=600)
        label.setBuddy(widget)
        widget.setAccessibleName(words)
        super().__init__(label, widget, space=4)
        self.rescale()

    def rescale(self) -> None:
        super().rescale()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedWidth(dp(self._dp_width))


def _level(widget: QWidget) -> QWidget:
    """On one line with the fields, whose words stand above them."""
    return col(Text(" ", "label"), widget, space=4)


class FormLine(Box):
    """`kept` on Enter or the button; `left` on Escape. `fields` maps a name to (words, widget, width).

    beside: buttons that stand behind a field, by its name.
    """

    kept = Signal()
    left = Signal()

    def __init__(
        self,
        title: str,
        fields: Mapping[str, tuple[str, QWidget, int]],
        keep: str,
        beside: Mapping[str, QWidget] = MappingProxyType({}),
    ) -> None:
        super().__init__(space=6)
        self.title = Text(title, "strong", wrap=True)
        self.widgets = {name: widget for name, (_, widget, _) in fields.items()}
        self.keep = Button(keep, "Enter")
        self.keep.clicked.connect(self.kept)
        self.leave = Button("Leave", "Esc", "quiet")
        self.leave.clicked.connect(self._leave)
        self.problem = Text("", "small", "danger", wrap=True)
        self.problem.hide()
        some: list[QWidget] = []
        for name, (words, widget, width) in fields.items():
            some.append(Labelled(words, widget, width))
            if name in beside:
                some.append(_level(beside[name]))
        self.add(
            self.title,
            Flow(*some, _level(Flow(self.keep, self.leave, space=8)), space=12),
            self.problem,
        )
        for widget in self.widgets.values():
            widget.installEventFilter(self)
        self.hide()

    def open_line(self, title: str = "") -> None:
        """Show it with the keyboard in its first field."""
        if title:
            self.title.setText(title)
        self.problem.hide()
        self.show()
        first = next(iter(self.widgets.values()))
        first.setFocus()
        if isinstance(first, Field):
            first.selectAll()

    def text(self, name: str) -> str:
        widget = self.widgets[name]
        if isinstance(widget, Choice):
            return widget.code()
        if isinstance(widget, TextArea):
            return widget.toPlainText().strip()
        assert isinstance(widget, Field)
        return widget.text().strip()

    def put(self, **texts: str) -> None:
        for name, text in texts.items():
            widget = self.widgets[name]
            if isinstance(widget, Choice):
                widget.set_code(text)
            elif isinstance(widget, TextArea):
                widget.setPlainText(text)
            elif isinstance(widget, Field):
                widget.setText(text)

    def wrong(self, name: str, sentence: str) -> None:
        """Say what is wrong and put the keyboard where it is."""
        self.problem.setText(sentence)
        self.problem.show()
        self.widgets[name].setFocus()

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Escape, *_ENTER):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if event.type() == QEvent.Type.ShortcutOverride and plain:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and plain:
                if event.key() == Qt.Key.Key_Escape:
                    self._leave()
                else:
                    self.kept.emit()
                return True
        return super().eventFilter(watched, event)
