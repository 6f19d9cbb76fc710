"""The list of files as a moderator sees it: what waits, why, and drawing the dip sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.choosing import NumberPanel, SeveralPanel
from fieldwork.desktop.pages.moderating_view import cause_words
from fieldwork.domain.values import Id
from fieldwork.work import calibration, moderation_list
from fieldwork.work.calibration import WhoMarks
from fieldwork.work.file_view import FileLine
from fieldwork.work.moderation_list import ModerationBoard, Waiting


class ToModerate:
    """What waits for a moderator, and the panels for drawing and calibrating, which open in `slot`.

    renewed: called once it was read; told: hears a sentence for the person; moved: called when other keys hold;
    back: puts the keyboard back on the list.
    """

    def __init__(
        self,
        desk: Desk,
        renewed: Callable[[], object],
        told: Callable[[str], object],
        moved: Callable[[], object],
        back: Callable[[], object],
    ) -> None:
        self.desk, self._renewed, self._told, self._moved, self._back = desk, renewed, told, moved, back
        self.slot = Box()
        self.slot.hide()
        self.panel: SeveralPanel | NumberPanel | None = None
        self.board: ModerationBoard | None = None
        self.said = ""  # of the last one that was finished
        self._by_file: dict[Id, Waiting] = {}

    def read(self) -> None:
        self.desk.ask(moderation_list.moderation_board, then=self._take)

    def _take(self, board: ModerationBoard) -> None:
        self.board = board
        self._by_file = {one.file.id: one for one in board.waiting}
        self._renewed()

    @property
    def leads(self) -> bool:
        return self.board is not None and self.board.leads

    def waits(self, line: FileLine) -> bool:
        """Whether a file is to be moderated, by others where it is one's own."""
        one = self._by_file.get(line.state.file.id)
        return one is not None and not one.done

    def row(self, line: FileLine) -> Row:
        file = line.state.file
        one = self._by_file[file.id]
        look = one.mine(self.desk.workspace.identity.member)
        others = [other for other in one.looks if other is not look]
        sub = [cause_words([(cause.cause, cause.question) for cause in one.causes])]
        if others and all(other.finished for other in others):
            sub.append("moderated before")
        elif others:
            sub.append("a colleague moderates it too")
        trail = "your own file" if one.own else "begun" if look else ""
        return Row(
            file.reference,
            sub=" \u00b7 ".join(sub),
            icon="eye" if not one.own else "lock",
            tone="text2" if one.own else "accent",
            trail=trail,
            ident=file.id,
        )

    def count(self, shown: int) -> str:
        """How many wait, in words."""
        own = sum(one.own and not one.done for one in self._by_file.values())
        if not shown:
            drawn = self.board is not None and self.board.drawn
            hint = "" if drawn else " No dip sample is drawn yet; a lead draws one with Shift D."
            return f"{self.said} Nothing is to be moderated.{hint}".strip()
        left = f"; {own} of them your own, left to others" if own else ""
        return f"{self.said} {shown} {'file' if shown == 1 else 'files'} to moderate{left}".strip()

    # Choosing who and how much, in place

    @property
    def active(self) -> bool:
        return self.panel is not None

    def _open(self, panel: SeveralPanel | NumberPanel) -> None:
        self.slot.clear()
        self.panel = panel
        panel.closed.connect(self.leave)
        self.slot.add(panel)
        self.slot.show()
        panel.show()
        panel.take_focus()
        self._moved()

    def leave(self) -> None:
        """Out of the panel, back to the list."""
        if self.panel is not None:
            self.panel = None
            self.slot.clear()
            self.slot.hide()
            self._back()
            self._moved()

    def calibrate(self, row: Row | None) -> None:
        """Let all mark the file of a row, or those chosen, outside the results."""
        if row is not None and isinstance(row.ident, bytes):
            self.desk.ask(calibration.who_marks, row.ident, then=self._ask_who)

    def _ask_who(self, asked: WhoMarks) -> None:
        rows = [
            Row(one.name, sub="has begun it" if one.begun else "", ident=one.member) for one in asked.members
        ]
        panel = SeveralPanel(
            f"Calibration, file {asked.reference}: who marks it?",
            rows,
            [one.member for one in asked.members if one.chosen],
            "let them mark it",
            (2, "Calibration needs two examiners or more."),
        )
        panel.chosen.connect(lambda some: self._calibrate(asked, some))
        self._open(panel)

    def _calibrate(self, asked: WhoMarks, some: Sequence[Id]) -> None:
        self.leave()
        who = "all mark" if len(some) == len(asked.members) else f"{words.number(len(some))} mark"
        self.desk.act(
            calibration.calibrate,
            file=asked.file,
            members=some,
            then=lambda _: self._told(
                f"File {asked.reference} is for calibration: {who} it, outside the results."
            ),
        )

    def draw(self) -> None:
        """Draw the dip sample: so many per cent of the finished files of every stratum."""
        panel = NumberPanel(
            "Dip sample: how many per cent of the finished files?",
            moderation_list.PERCENT,
            1,
            100,
            "draw it",
            "Of every stratum, rounded up, by rank: the same again changes nothing.",
        )
        panel.given.connect(self._draw)
        self._open(panel)

    def _draw(self, percent: int) -> None:
        self.leave()
        self.desk.act(
            moderation_list.draw_dip,
            percent=percent,
            then=lambda done: self._told(
                f"The dip sample is drawn: {words.number(percent)} per cent of the finished files of every stratum."
                if done.changed
                else "The dip sample of these files is drawn already."
            ),
        )
