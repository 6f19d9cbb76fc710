"""The list of files as a moderator sees it: what waits, why, and drawing the dip sample."""

from __future__ import annotations

from collections.abc import Callable

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.moderating_view import cause_words
from fieldwork.domain.values import Id
from fieldwork.work import calibration, moderation_list
from fieldwork.work.file_view import FileLine
from fieldwork.work.moderation_list import ModerationBoard, Waiting


class ToModerate:
    """What waits for a moderator. renewed: called once it was read; told: hears a sentence for the person."""

    def __init__(self, desk: Desk, renewed: Callable[[], object], told: Callable[[str], object]) -> None:
        self.desk, self._renewed, self._told = desk, renewed, told
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

    def calibrate(self, row: Row | None) -> None:
        """Let all mark the file of a row, outside the results."""
        if row is not None and isinstance(row.ident, bytes):
            self.desk.act(
                calibration.calibrate,
                file=row.ident,
                then=lambda _: self._told(
                    f"File {row.title} is for calibration: all mark it, outside the results."
                ),
            )

    def draw(self) -> None:
        """Draw the dip sample: ten per cent of the finished files of every stratum."""
        self.desk.act(
            moderation_list.draw_dip,
            then=lambda done: self._told(
                "The dip sample is drawn: ten per cent of the finished files of every stratum."
                if done.changed
                else "The dip sample of these files is drawn already."
            ),
        )
