"""Abbreviations: letters that become words on a space, taken back by Backspace, and the panel to edit them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Field, Pane, Row, RowList, Text, flow, row
from fieldwork.work.abbreviations import abbreviations, drop_abbreviation, full_words, set_abbreviation

_LAST = re.compile(r"(?:^|(?<=[\s(\"'\u201c\u2018/-]))([^\W_]+)$")


class Expansion(QObject):
    """What the letters before the cursor become in one field, and how that is taken back."""

    def __init__(self, field: QTextEdit) -> None:
        super().__init__(field)
        self.known: Mapping[str, str] = {}
        self._field = field
        self._just: tuple[int, str, str] | None = None  # behind which place, the letters, the words

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key was one of ours: a space behind letters we know, or Backspace right after that."""
        just, self._just = self._just, None
        held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if just is not None and event.key() == Qt.Key.Key_Backspace and not event.modifiers():
            return self._take_back(*just)
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self._just = just
        return event.text() == " " and not held and bool(self.known) and self._expand()

    def _expand(self) -> bool:
        cursor = self._field.textCursor()
        if cursor.hasSelection():
            return False
        before = cursor.block().text()[: cursor.positionInBlock()]
        found = _LAST.search(before)
        full = full_words(self.known, found[1]) if found else ""
        if not found or not full:
            return False
        self._put(cursor, len(found[1]), f"{full} ")
        self._just = self._field.textCursor().position(), found[1], full
        return True

    def _take_back(self, place: int, letters: str, full: str) -> bool:
        """The letters again, with their space, so that one can go on."""
        cursor = self._field.textCursor()
        units = len(f"{full} ".encode("utf-16-le")) // 2
        if cursor.hasSelection() or cursor.position() != place:
            return False
        self._put(cursor, units, f"{letters} ")
        return True

    def _put(self, cursor: QTextCursor, back: int, words: str) -> None:
        """Put words in place of what is before the cursor, as one step of the field's own undo."""
        cursor.beginEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
        cursor.insertText(words)
        cursor.endEditBlock()
        self._field.setTextCursor(cursor)


class ShortPanel(Pane):
    """One's own abbreviations: letters and words typed, Enter keeps; Delete in the list drops.

    `renewed(known)` when they were read.
    """

    renewed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(margins=(24, 16, 24, 16))
        self.desk = desk
        self.letters = Field(hint="Letters", name="Letters of the abbreviation")
        self.words = Field(hint="What they stand for", name="What the letters stand for")
        self.keep = Button("Keep", "Enter", "primary")
        self.drop = Button("Drop the chosen one", "", "plain")
        self.list = RowList(lead=120, name="Your abbreviations", fit=False)
        self.problem = Text("", "small", "danger", wrap=True)
        self.problem.hide()
        says = "Typed and followed by a space, the letters become the words; Backspace right after takes them back."
        self.spaced.add(Text("Your abbreviations", "title", wrap=True))
        self.spaced.add(Text(says, "small", "quiet", wrap=True))
        self.spaced.add(8)
        self.spaced.add(row(self.letters, (self.words, 2)))
        self.spaced.add(self.problem)
        self.spaced.add(8)
        self.spaced.add((self.list, 1))
        self.spaced.add(flow(self.keep, self.drop))
        self.letters.returnPressed.connect(self.words.setFocus)
        self.words.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.drop.clicked.connect(self._drop)
        self.list.opened.connect(self._take_up)

    def read(self) -> None:
        """Read them again; nothing where no file is open."""
        if self.desk.workspace is not None:
            self.desk.ask(abbreviations, then=self._show)

    def take_focus(self) -> None:
        self.letters.setFocus()

    def _show(self, known: Mapping[str, str]) -> None:
        self.list.set_rows([Row(full, lead=short, ident=short) for short, full in known.items()])
        self.drop.setEnabled(bool(known))
        self.renewed.emit(known)

    def _keep(self) -> None:
        self.desk.act(
            set_abbreviation, short=self.letters.text(), full=self.words.text(),
            then=lambda _: self._kept(), otherwise=self._refused,
        )  # fmt: skip

    def _kept(self) -> None:
        self.problem.hide()
        self.letters.clear()
        self.words.clear()
        self.letters.setFocus()
        self.read()

    def _refused(self, error: BaseException) -> None:
        self.problem.setText(sentence_for(error))
        self.problem.show()

    def _take_up(self, at: int) -> None:
        """Enter on one in the list: its letters and words, to be changed."""
        one = self.list.rows[at]
        self.letters.setText(one.lead)
        self.words.setText(one.title)
        self.words.setFocus()

    def _drop(self) -> None:
        one = self.list.current()
        if one is not None:
            self.desk.act(
                drop_abbreviation, short=one.lead, then=lambda _: self.read(), otherwise=self._refused
            )
