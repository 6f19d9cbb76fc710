"""Beside what was typed on a line: its words in good order, and in English. What was typed stays above them."""

from __future__ import annotations

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Pane, Text, TextArea
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.work.line_words import tidy_line, translate_line


class TidyPanel(Pane):
    """One line at a time; whichever way one leaves, what was changed is kept. `left` when Enter was pressed,
    `refused` when that could not be written: it is open again."""

    left = Signal()
    refused = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(margins=(24, 16, 24, 16))
        self.desk = desk
        self.row: NoteRow | None = None
        self.typed = Text("", "body", wrap=True)
        self.tidied = TextArea(name="Tidied", lines=2, most=6, enter_submits=True)
        self.translation = TextArea(name="In English", lines=2, most=6, enter_submits=True)
        self.spaced.add(Text("Tidy or translate the line", "title", wrap=True))
        self.spaced.add(Text("As it was typed, which stays as it is:", "small", "quiet", wrap=True))
        self.spaced.add(self.typed)
        for words, area in (("Tidied", self.tidied), ("In English", self.translation)):
            self.spaced.add(8)
            self.spaced.add(Text(words, "label"))
            self.spaced.add(area)
            area.submitted.connect(self.left)
        self.spaced.add(None)

    def open(self, row: NoteRow) -> None:
        """Take a line up; its tidied words begin as what was typed."""
        self.row = row
        self.typed.setText(row.text)
        self.tidied.set_text(row.tidied or row.text)
        self.translation.set_text(row.translation)

    def take_focus(self) -> None:
        self.tidied.setFocus()
        self.tidied.to_end()

    def keep(self) -> None:
        """Write what was changed; nothing where nothing was."""
        row, self.row = self.row, None
        if row is None:
            return
        tidied, translation = self.tidied.text(), self.translation.text()

        def refused(error: BaseException) -> None:
            self.desk.tell(error)
            if self.row is None:  # what was typed comes back, to be kept by leaving again
                self.open(row)
                self.tidied.set_text(tidied)
                self.translation.set_text(translation)
                self.refused.emit()

        if " ".join(tidied.split()) != (row.tidied or row.text):
            self.desk.act(tidy_line, line=row.id, words=tidied, otherwise=refused)
        if " ".join(translation.split()) != row.translation:
            self.desk.act(translate_line, line=row.id, words=translation, otherwise=refused)

    def unsaved(self) -> str:
        """What is typed here and on no disk yet, in a sentence."""
        row = self.row
        changed = row is not None and (
            " ".join(self.tidied.text().split()) != (row.tidied or row.text)
            or " ".join(self.translation.text().split()) != row.translation
        )
        return "What you tidied is not on disk yet." if changed else ""
