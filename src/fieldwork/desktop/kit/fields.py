"""Where people type. A field's own undo goes first; when it has none left, the key goes on to the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QSizePolicy, QTextEdit, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.style import FIELD_FRAME
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit.scaled import Scaled


def _leaves_undo_to_window(event: QEvent, undoable: bool, redoable: bool) -> bool:
    """Whether this is an undo or redo key the field has no use for."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo):
        return not undoable
    return event.matches(QKeySequence.StandardKey.Redo) and not redoable


class Field(Scaled, QLineEdit):
    """One line of text with the padding of a button, so that both stand on one baseline."""

    def __init__(
        self, text: str = "", hint: str = "", name: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self.setPlaceholderText(hint)
        if name or hint:
            self.setAccessibleName(name or hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rescale()

    def rescale(self) -> None:
        self.setFont(font("body"))
        self.setTextMargins(dp(34 if self._icon else 8), 0, dp(8), 0)
        super().rescale()

    def sizeHint(self) -> QSize:
        return QSize(dp(200), dp(36))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(80), dp(36))

    def event(self, event: QEvent) -> bool:
        if _leaves_undo_to_window(event, self.isUndoAvailable(), self.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._icon:
            top = (self.height() - dp(16)) / 2
            paint_icon(QPainter(self), self._icon, dp(12), top, dp(16), colours()["text2"], 2)


class TextArea(Scaled, QTextEdit):
    """Several lines of plain text; wraps, and grows from `lines` to `most` lines before it scrolls.

    With `enter_submits`, Enter emits `submitted` and Shift+Enter starts a new line.
    """

    submitted = Signal()

    def __init__(
        self,
        text: str = "",
        name: str = "",
        hint: str = "",
        lines: int = 3,
        most: int = 12,
        enter_submits: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines, self._most, self._enter_submits = lines, most, enter_submits
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.viewport().setAutoFillBackground(False)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self.updateGeometry())
        self.rescale()
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Replace the text; this is not something to undo."""
        self.setPlainText(text)
        leading = QTextBlockFormat()  # the same leading as laid-out text
        leading.setLineHeight(112, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(leading)
        self.document().clearUndoRedoStacks()
        self.document().setModified(False)

    def text(self) -> str:
        return self.toPlainText()

    def to_end(self) -> None:
        self.moveCursor(QTextCursor.MoveOperation.End)

    def rescale(self) -> None:
        self.setFont(font("body"))
        self.document().setDocumentMargin(dp(10) - FIELD_FRAME)
        super().rescale()

    def _height(self) -> int:
        line = metrics("body").height() * 1.12
        edges = 2 * dp(10)
        wanted = self.document().size().height() + 2 * FIELD_FRAME
        return round(min(max(wanted, self._lines * line + edges), self._most * line + edges))

    def sizeHint(self) -> QSize:
        return QSize(dp(320), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(120), self._height())

    def event(self, event: QEvent) -> bool:
        document = self.document()
        if _leaves_undo_to_window(event, document.isUndoAvailable(), document.isRedoAvailable()):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self._enter_submits and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.submitted.emit()
            return
        super().keyPressEvent(event)


class Choice(Scaled, QComboBox):
    """A closed list of (code, words); `chosen(code)` when the person picks one."""

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]] = (),
        name: str = "",
        code: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda _: self.chosen.emit(self.code()))
        self.rescale()
        self.set_options(options)
        if code:
            self.set_code(code)

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        now = self.code()
        self.clear()
        for code, words in options:
            self.addItem(words, code)
        self.set_code(now)

    def code(self) -> str:
        return self.currentData() or ""

    def set_code(self, code: str) -> None:
        index = self.findData(code)
        if index >= 0:
            self.setCurrentIndex(index)

    def rescale(self) -> None:
        self.setFont(font("body"))
        super().rescale()
