"""What is still to be asked, written down where a gap in the evidence shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Choice, Field
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.vocabulary import METHODS
from fieldwork.work import open_questions
from fieldwork.work.evidence import Board, Found


class Asking(FormLine):
    """One question of the team: it waits on Today, and on the visit to whom it is about. `done(sentence)`."""

    done = Signal(str)

    def __init__(self, desk: Desk, board: Callable[[], Board | None]) -> None:
        super().__init__(
            "What is to be asked",
            {
                "text": ("Question", Field(hint="In a sentence"), 420),
                "method": ("By which method", Choice([("", "any"), *METHODS.items()]), 180),
            },
            "Keep",
        )
        self.desk, self._board = desk, board
        self.kept.connect(self._keep)

    def ask(self, about: Found) -> None:
        """Ask about the body that a piece of evidence is about."""
        self.put(text="", method="")
        self.open_line(f"What is to be asked, after {about.where}")

    def _keep(self) -> None:
        board = self._board()
        text = self.text("text")
        if not text:
            self.wrong("text", "Say what is to be asked, in a sentence.")
            return
        self.desk.act(
            open_questions.ask,
            text=text,
            method=self.text("method"),
            visit=board.visit.id if board is not None and board.visit is not None else None,
            then=lambda _: self._written(text),
            otherwise=lambda error: self.wrong("text", sentence_for(error)),
        )

    def _written(self, text: str) -> None:
        self.hide()
        self.done.emit(f"To be asked: \u201c{text}\u201d. It waits on Today.")
