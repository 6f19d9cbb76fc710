"""Finding words in the open note, and putting others in their place: one line or all of them, as one act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.kit import Button, Field, Pane, Text, flow, row
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.desktop.pages.note_words import WordMark
from fieldwork.work.drafting import OpenLine

if TYPE_CHECKING:
    from fieldwork.desktop.pages.note_editor import NoteEditor

ACT = "replace words"


@dataclass(frozen=True)
class Replaced:
    """What replacing in all lines comes to: rows as they are to be, how many places, and how many were left."""

    rows: tuple[NoteRow, ...]
    places: int
    left: int


def places_in(rows: Sequence[NoteRow], words: str) -> list[tuple[int, int, int]]:
    """Where words stand, capitals set aside: (which row, from, to)."""
    if not words:
        return []
    sought = re.compile(re.escape(words), re.IGNORECASE)
    return [(at, m.start(), m.end()) for at, one in enumerate(rows) for m in sought.finditer(one.text)]


def replaced_in(rows: Sequence[NoteRow], words: str, instead: str) -> Replaced:
    """Other words in the place of some in all of one's own lines; themes on words go where their words go.

    A colleague's line, and one that would say nothing afterwards, is left as it is.
    """
    sought = re.compile(re.escape(words), re.IGNORECASE)
    changed, done, left = [], 0, 0
    for one in rows:
        found = [m.span() for m in sought.finditer(one.text)] if words else []
        text, marks = one.text, one.words
        for start, end in reversed(found):
            text = text[:start] + instead + text[end:]
            marks = tuple(_moved(mark, start, end, len(instead)) for mark in marks)
        if found and (one.by or not text.strip()):
            left += len(found)
        elif text != one.text:
            done += len(found)
            changed.append(replace(one, text=text, words=marks, waiting=True))
    return Replaced(tuple(changed), done, left)


def _moved(mark: WordMark, start: int, end: int, added: int) -> WordMark:
    """A mark after words from one place up to another became so many characters; those within it stay within."""
    if mark.lost:
        return mark
    shift = added - (end - start)
    first = mark.start if mark.start <= start else mark.start + shift if mark.start >= end else start
    last = mark.end if mark.end <= start else mark.end + shift if mark.end >= end else start + added
    return replace(mark, start=first, end=last) if first < last else replace(mark, start=0, end=0)


class _Sought(Field):
    """Enter goes on, Shift and Enter goes back."""

    def __init__(self, bar: FindBar) -> None:
        super().__init__(hint="Find in this note", name="Find in this note", icon="search")
        self._bar = bar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._bar.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)


class FindBar(Pane):
    """Above the lines while it is asked for; the keyboard stays in it until Escape."""

    def __init__(self, editor: NoteEditor) -> None:
        super().__init__(lines="b", ground="raised", margins=(24, 10, 24, 10))
        self.editor = editor
        self.sought = _Sought(self)
        self.instead = Field(hint="Replace with", name="Replace with")
        self.said = Text("", "small", "quiet", wrap=True)
        self.one = Button("Replace", "", "plain")
        self.all = Button("Replace all", "", "plain")
        self.spaced.add(row(self.sought, self.instead))
        self.spaced.add(8)
        self.spaced.add(flow(self.one, self.all, space=8))
        self.spaced.add(self.said)
        self.one.clicked.connect(self.replace_one)
        self.all.clicked.connect(self.replace_all)
        self.instead.returnPressed.connect(self.replace_one)
        self.sought.textChanged.connect(lambda _: self._count(None))
        self.hide()

    def ask(self) -> None:
        """Show it; words that are chosen in the line are what is sought."""
        chosen = self.editor.live.text.textCursor().selectedText() if self.editor.is_live() else ""
        self.show()
        if chosen:
            self.sought.setText(chosen)
        self.sought.setFocus()
        self.sought.selectAll()
        self._count(None)

    def _count(self, at: int | None) -> None:
        """Say how many places there are, and which of them one is at."""
        words = self.sought.text()
        many = len(places_in(self.editor.model.rows, words))
        if not words:
            said = ""
        elif not many:
            said = "Nowhere in this note."
        else:
            said = f"{at + 1} of {many:,}." if at is not None else f"{many:,} in this note."
            said += " Enter: next, Shift Enter: back."
        self.said.setText(said)

    def go(self, step: int) -> None:
        """To the next place or the one before, round the note; the words there are chosen in the live line."""
        editor = self.editor
        places = places_in(editor.model.rows, self.sought.text())
        if not places:
            self._count(None)
            return
        here = editor.lines.live_row() if editor.is_live() else editor.lines.currentIndex().row()
        start, end = editor.live.text.selected() if editor.is_live() else (-1, -1)
        if step > 0:
            found = next((i for i, (at, a, _) in enumerate(places) if (at, a) >= (here, end)), 0)
        else:
            before = [i for i, (at, _, b) in enumerate(places) if (at, b) <= (here, start)]
            found = before[-1] if before else len(places) - 1
        at, first, last = places[found]
        editor.choose_words(editor.model.rows[at].id, first, last)
        self._count(found)

    def replace_one(self) -> None:
        """Other words in the place of those chosen, then on to the next."""
        editor, words = self.editor, self.sought.text()
        chosen = editor.live.text.textCursor().selectedText() if editor.is_live() else ""
        if words and chosen.lower() == words.lower():
            editor.replace_chosen(self.instead.text())
        self.go(1)

    def replace_all(self) -> None:
        """Other words in all of one's own lines: one act, taken back by one undo."""
        editor = self.editor
        if not self.sought.text() or editor.session is None:
            return
        editor.leave_line()
        found = replaced_in(editor.model.rows, self.sought.text(), self.instead.text())
        if found.rows:
            lines: list[OpenLine] = [one.opened(editor.session) for one in found.rows]
            editor.overlay.put_all(found.rows)
            editor.keeper.write(lines, act=ACT)
            editor.rebuild()
        left = f" {found.left:,} left: in a colleague's line, or all that a line says." if found.left else ""
        self.said.setText(f"{found.places:,} replaced in {_many(len(found.rows))}.{left}")


def _many(lines: int) -> str:
    return f"{lines:,} line{'' if lines == 1 else 's'}"
