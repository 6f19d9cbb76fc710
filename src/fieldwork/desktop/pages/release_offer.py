"""The offer to open what a pair has finished on both sides, and the way to what is to reconcile: two quiet lines."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Button, Card, Tag, Text, row
from fieldwork.desktop.pages.pair_words import named, offer_words, waiting_words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.work import pairs
from fieldwork.work.pairs import PairBoard

HEARD = frozenset(
    {"joint_marking", "examination", "release", "sealed_key", "agreed_answer", "answer", "device"}
)


class ReleaseOffer(Box):
    """Hidden where there is nothing to open or to settle. `renewed(board)` once it was read."""

    renewed = Signal(object)

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        self.desk = desk
        self.board = PairBoard()
        self._latest = Latest(desk)
        self._said, self._just_said = "", False
        self.due = Text("", "small", wrap=True)
        self.waiting = Text("", "small", wrap=True)
        self.open_button = button("pair.release")
        self.list_button = button("pair.waiting")
        lock = Tag("", "lock", "accent")
        lock.setAccessibleName("Sealed")
        scale = Tag("", "scale", "accent")
        scale.setAccessibleName("To reconcile")
        self._due = row(lock, (self.due, 1), self.open_button, space=8)
        self._waiting = row(scale, (self.waiting, 1), self.list_button, space=8)
        self.card = Card(self._due, self._waiting, pad=12, space=8)
        super().__init__(self.card, space=0)
        self.hide()

    def read(self) -> None:
        if self.desk.workspace is not None:
            self._latest.ask(pairs.pair_board, then=self._take)

    def _take(self, board: PairBoard) -> None:
        if board.due != self.board.due and not self._just_said:
            self._said = ""
        self.board, self._just_said = board, False
        self.due.setText(" ".join(part for part in (self._said, offer_words(board)) if part))
        self.waiting.setText(waiting_words(board))
        self.open_button.setVisible(bool(board.due))
        self._due.setVisible(bool(self.due.text()))
        self._waiting.setVisible(bool(board.mine))
        self.setVisible(bool(self.due.text() or board.mine))
        self.renewed.emit(board)

    def release(self) -> None:
        """Open what both have finished: only ever on a key or a click."""
        said = f"Opened: {named(self.board.due)}. Colleagues can read it once they have your package."
        files = [file.id for file in self.board.due]
        self.desk.act(pairs.open_all, files=files, then=lambda _: self.say(said))

    def say(self, sentence: str) -> None:
        """Show a sentence on what was done last, until the next, or until something else is to be opened."""
        self._said, self._just_said = sentence, True
        self.read()

    def commands(self) -> dict[str, Callable[[], object]]:
        return {"pair.release": self.release} if self.board.due else {}
