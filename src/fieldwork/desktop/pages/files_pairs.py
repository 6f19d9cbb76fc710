"""Blind pairs as the list of files has them: where each stands, pairing up, opening, and what is to reconcile."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import Button, Row
from fieldwork.desktop.pages.pair_words import pair_row, standing_words
from fieldwork.desktop.pages.pairing import Pairing
from fieldwork.desktop.pages.reconciling import ReconcilingPane
from fieldwork.desktop.pages.release_offer import ReleaseOffer
from fieldwork.domain.values import Id
from fieldwork.work import joint, standing_alone
from fieldwork.work.file_view import FileLine
from fieldwork.work.pairs import PairBoard, pair_board


class FilesPairs(QObject):
    """Owns the offer, the pairing steps and the reconcile page. `renewed` once the standings were read.

    `moved` when other keys hold. back: puts the keyboard back on the list.
    """

    renewed = Signal()
    moved = Signal()

    def __init__(
        self,
        desk: Desk,
        button: Callable[..., Button],
        back: Callable[[], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.said = ""  # of the last one that was reconciled
        self.offer = ReleaseOffer(desk, button)
        self.pairing = Pairing(desk, self.offer.say, back)
        self.pane = ReconcilingPane(desk, button)
        self.pairing.moved.connect(self.moved)
        self.offer.renewed.connect(lambda _: self.renewed.emit())

    def refresh(self, changed: object) -> None:
        self.pane.refresh(changed)

    def read(self) -> None:
        self.offer.read()

    def words(self, file: Id) -> str:
        """How a file stands; "" for one no pair marks."""
        one = self.offer.board.by_file.get(file)
        return standing_words(one) if one is not None else ""

    def waits(self, line: FileLine) -> bool:
        """Whether a file is to be reconciled, by whomever."""
        one = self.offer.board.by_file.get(line.state.file.id)
        return one is not None and one.to_reconcile

    def go_on(self, lines: Sequence[FileLine], reconcile: Callable[[Id], object]) -> None:
        """From a settled file to the next in the list that this examiner is to reconcile; back to it after the last."""
        ids = [line.state.file.id for line in lines]
        here = self.pane.view.file.id if self.pane.view is not None else None
        at = ids.index(here) + 1 if here in ids else 0

        def take(board: PairBoard) -> None:
            mine = {one.file.id for one in board.mine} - {here}
            following = next((id for id in ids[at:] + ids[:at] if id in mine), None)
            if following is None:
                self.pane.back()
            else:
                reconcile(following)

        self.desk.ask(pair_board, then=take)

    def row(self, line: FileLine) -> Row:
        return pair_row(self.offer.board.by_file[line.state.file.id])

    def count(self, shown: int) -> str:
        """How many are to be reconciled, in words."""
        if not shown:
            return f"{self.said} Nothing is to be reconciled.".strip()
        return f"{self.said} {shown} {'file' if shown == 1 else 'files'} to reconcile".strip()

    def pair(self, row: Row | None) -> None:
        """Pair examiners for the file of a row."""
        if row is not None and isinstance(row.ident, bytes):
            self.pairing.ask(row.ident, row.title)

    def call_off(self, row: Row | None) -> None:
        """Open a file though not both have finished, once a lead has said why."""
        if row is None:
            return
        reference = row.title
        if row.ident not in self.offer.board.kept:
            self.offer.say(f"This laptop keeps no key of {reference} that is still closed.")
            return
        self.desk.put(
            Question(
                f"Call off the pair of {reference}",
                (
                    "What its examiners answered so far is opened to all, though not both have finished. It is not "
                    "blind any more, and cannot be sealed again.",
                ),
                "Call it off",
                joint.call_off,
                lambda _: self.offer.say(
                    f"The pair of {reference} is called off: what was answered is open.{self._next(row)}"
                ),
                {"file": row.ident},
                wanted="Say in a few words why the pair is called off.",
            )
        )

    def _next(self, row: Row) -> str:
        """What can be done with a file of which one of two alone had begun."""
        if row.ident not in self.offer.board.single:
            return ""
        return " Shift P pairs it with another second examiner, Shift A lets the one examination stand."

    def let_stand(self, row: Row | None) -> None:
        """Let a file stand on the one examination that was begun, once a lead has said why."""
        if row is None:
            return
        reference = row.title
        if row.ident not in self.offer.board.single:
            self.offer.say(f"{reference} is not a file that one of two alone has begun.")
            return
        self.desk.put(
            Question(
                f"Let {reference} stand on one examination",
                (
                    "What its one examiner answers counts by itself once it is finished and open; what the second "
                    "would have been asked is asked of nobody. Pairing it again brings a second back.",
                ),
                "Let it stand",
                standing_alone.let_stand_alone,
                lambda _: self.offer.say(f"{reference} stands on one examination now."),
                {"file": row.ident},
                wanted="Say in a few words why it stands without a second examiner.",
            )
        )

    def commands(self, current: Callable[[], Row | None]) -> dict[str, Callable[[], object]]:
        """What can be done now; current: the row the list is at."""
        if self.pairing.active:
            return {"file.back": self.pairing.step_back}
        handlers = self.offer.commands()
        if self.offer.board.leads:
            handlers["pair.up"] = lambda: self.pair(current())
        if self.offer.board.kept:
            handlers["pair.call_off"] = lambda: self.call_off(current())
        if self.offer.board.single:
            handlers["pair.alone"] = lambda: self.let_stand(current())
        return handlers
