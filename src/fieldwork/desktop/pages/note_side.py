"""Beside the note: what was asked for and is still open, or the history of one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.kit import Button, Pane, Row, RowList, Text, row, scroll
from fieldwork.desktop.kit.layout import col
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.domain.values import Id
from fieldwork.work.team import HistoryLine

LEFT_OUT = ("place in the note", "session", "noted by")  # of no use to a reader of the history


class NoteSide(Pane):
    """`asked(line)`: go to that line. `closed`: the history is no longer wanted."""

    asked = Signal(object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__(ground="sunken", lines="l", width=292, margins=(20, 20, 16, 16))
        self._ids: list[Id] = []
        self.history = False
        self.title = Text("", "strong", wrap=True)
        self.sub = Text("", "small", "quiet", wrap=True)
        self.close_button = Button("Close", caps(find("session.history").first_key), "quiet")
        self.close_button.clicked.connect(self.closed)
        self.list = RowList(name="Asked for in this note", tall=36)
        self.list.opened.connect(self._open)
        inner = col(self.list, None, space=0)
        self.spaced.add(row((self.title, 1), self.close_button))
        self.spaced.add(self.sub)
        self.spaced.add(8)
        self.spaced.add((scroll(inner), 1))
        self.show_open(())

    def show_open(self, rows: Sequence[NoteRow]) -> None:
        """The follow-ups and documents of the note, those still open first."""
        self.history = False
        asked = sorted((r for r in rows if r.mark in ("!", "@")), key=lambda r: r.settled)
        left = sum(1 for r in asked if not r.settled)
        self._ids = [r.id for r in asked]
        self.title.setText("Asked for in this note")
        key = caps(find("session.topics").first_key)
        none = "Lines that begin with ! or @ gather here."
        self.sub.setText(f"{left} of {len(asked)} still open. {key} goes there." if asked else none)
        self.close_button.hide()
        self.list.setAccessibleName("Follow-ups and documents asked for")
        self.list.set_rows(
            [
                Row(r.text, mark=r.mark, done=r.settled, trail="done" if r.settled else "", ident=r.id)
                for r in asked
            ]
        )

    def show_history(self, lines: Sequence[HistoryLine]) -> None:
        """What happened to one line, the latest first."""
        self.history = True
        self._ids = []
        told = [line for line in lines if line.field not in LEFT_OUT]
        self.title.setText("History of this line")
        self.sub.setText("The latest first." if told else "Nothing of this line is in the note yet.")
        self.close_button.show()
        self.list.setAccessibleName("History of this line")
        self.list.set_rows([_history_row(line) for line in reversed(told)])

    def _open(self, at: int) -> None:
        if at < len(self._ids):
            self.asked.emit(self._ids[at])


def _history_row(line: HistoryLine) -> Row:
    when = datetime.fromtimestamp(line.at / 1000)
    after = line.after or "nothing"
    if line.field == "first keystroke" and line.after.isdigit():
        after = datetime.fromtimestamp(int(line.after) / 1000).strftime("%H:%M:%S")
    words = f"{line.before} \u2192 {after}" if line.before else after
    reason = f" Reason: {line.reason}" if line.reason else ""
    return Row(f"{line.field}: {words}", f"{when:%d %B, %H:%M}, {line.who}.{reason}", ident=line.change)
