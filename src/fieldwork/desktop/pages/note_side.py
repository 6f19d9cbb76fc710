"""Beside the note: the topic guide, and what was asked for and is still open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.kit import Pane, Row, RowList, Text, scroll
from fieldwork.desktop.kit.layout import col
from fieldwork.desktop.pages.note_guide import GuideBox
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.domain.values import Id


class NoteSide(Pane):
    """`asked(line)`: go to that line."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(ground="sunken", lines="l", width=292, margins=(20, 20, 16, 16))
        self._ids: list[Id] = []
        self._shown: list[NoteRow] = []
        self.title = Text("", "strong", wrap=True)
        self.sub = Text("", "small", "quiet", wrap=True)
        self.list = RowList(name="Asked for in this note", tall=36)
        self.list.opened.connect(self._open)
        self.guide = GuideBox()
        inner = col(self.guide, self.title, self.sub, 8, self.list, None, space=0)
        self.spaced.add((scroll(inner), 1))
        self.show_open(())

    def show_open(self, rows: Sequence[NoteRow]) -> None:
        """The follow-ups and documents of the note, those still open first."""
        asked = sorted((r for r in rows if r.mark and r.mark in "!@"), key=lambda r: r.settled)
        if asked == self._shown and asked:
            return
        self._shown = asked
        left = sum(1 for r in asked if not r.settled)
        self._ids = [r.id for r in asked]
        self.title.setText("Asked for in this note")
        key = caps(find("session.topics").first_key)
        none = "Lines that begin with ! or @ gather here."
        self.sub.setText(f"{left} of {len(asked)} still open. {key} goes there." if asked else none)
        self.list.setAccessibleName("Follow-ups and documents asked for")
        self.list.set_rows(
            [
                Row(r.text, mark=r.mark, done=r.settled, trail="done" if r.settled else "", ident=r.id)
                for r in asked
            ]
        )

    def _open(self, at: int) -> None:
        if at < len(self._ids):
            self.asked.emit(self._ids[at])
