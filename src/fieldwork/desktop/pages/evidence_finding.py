"""A finding begun from evidence: its sentence is typed where the evidence was marked, which stands for it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Choice, Field
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.values import Id
from fieldwork.store.sifting import CAN_PIN
from fieldwork.work import findings
from fieldwork.work.done import Done
from fieldwork.work.evidence import Board, Found


class Beginning(FormLine):
    """`begun(finding)` once it is written."""

    begun = Signal(object)

    def __init__(self, desk: Desk, board: Callable[[], Board | None]) -> None:
        super().__init__(
            "A new finding",
            {
                "text": ("What is found, in a sentence that can be tested", Field(), 460),
                "kind": ("Kind", Choice([("concern", "area of concern")]), 200),
            },
            "Write it",
        )
        self.desk, self._board = desk, board
        self._evidence: Sequence[Id] = ()
        self.kept.connect(self._write)

    def ask(self, some: Sequence[Found]) -> None:
        """Begin a finding that these stand for."""
        self._evidence = [one.id for one in some if one.kind in CAN_PIN]
        board = self._board()
        choice = self.widgets["kind"]
        assert isinstance(choice, Choice)
        if board is not None and board.new_kinds:
            choice.set_options(list(board.new_kinds))
        self.put(text="")
        pieces = words.counted(len(self._evidence), "piece of evidence", "pieces of evidence")
        self.open_line(f"A new finding of the inspection, with {pieces} for it")

    def _write(self) -> None:
        self.desk.act(
            findings.add_finding,
            text=self.text("text"),
            kind=self.text("kind"),
            evidence=self._evidence,
            then=self._written,
            otherwise=lambda error: self.wrong("text", sentence_for(error)),
        )

    def _written(self, done: Done) -> None:
        self.hide()
        self.begun.emit(done.id)
