"""Taking several files at once, or giving them out, and saying when a live one is looked at again; in the page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Box, Row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.choosing import SeveralPanel
from fieldwork.desktop.pages.marking_panels import ListPanel, PromptPanel
from fieldwork.domain.values import Id
from fieldwork.work import claiming, file_dates, pairs
from fieldwork.work.file_view import FileLine
from fieldwork.work.pairs import Team


class Taking:
    """The panels, which open in `slot` over the list of files.

    told: hears a sentence for the person; moved: called when other keys hold; back: puts the keyboard on the list.
    """

    def __init__(
        self,
        desk: Desk,
        told: Callable[[str], object],
        moved: Callable[[], object],
        back: Callable[[], object],
    ) -> None:
        self.desk, self._told, self._moved, self._back = desk, told, moved, back
        self.slot = Box()
        self.slot.hide()
        self.panel: SeveralPanel | ListPanel | PromptPanel | None = None

    @property
    def active(self) -> bool:
        return self.panel is not None

    def leave(self) -> None:
        """Out of the panel, back to the list."""
        if self.panel is not None:
            self.panel = None
            self.slot.clear()
            self.slot.hide()
            self._back()
            self._moved()

    def _open(self, panel: SeveralPanel | ListPanel | PromptPanel) -> None:
        self.slot.clear()
        self.panel = panel
        panel.closed.connect(self.leave)
        self.slot.add(panel)
        self.slot.show()
        panel.show()
        panel.take_focus()
        self._moved()

    # Several files

    def take(self, lines: Sequence[FileLine], at: Row | None, leads: bool) -> None:
        """Choose among the files shown that nobody has; the one the list is at is in already."""
        free = [line for line in lines if _is_free(line)]
        if not free:
            self._told("No file that is shown here is still to be taken.")
            return
        rows = [
            Row(line.state.file.reference, sub=", ".join(line.bodies), ident=line.state.file.id)
            for line in free
        ]
        on = [row.ident for row in rows if at is not None and row.ident == at.ident]
        panel = SeveralPanel(
            "Take files: which?",
            rows,
            on,
            "on: who examines them" if leads else "take them",
            (1, "Choose a file: Space takes it in."),
        )
        panel.list.go(next((n for n, row in enumerate(rows) if row.ident in on), 0))
        panel.chosen.connect(self._who if leads else self._take)
        self._open(panel)

    def _who(self, files: Sequence[Id]) -> None:
        self.desk.ask(pairs.team, then=lambda team: self._ask_who(files, team))

    def _ask_who(self, files: Sequence[Id], team: Team) -> None:
        me = self.desk.workspace.identity.member
        rows = [Row("Yourself", icon="users", ident=me)] if me is not None else []
        rows += [Row(name, icon="users", ident=id) for id, name, _ in team.members if id != me]
        panel = ListPanel(f"Who examines {_count(files)}?", rows, "give")
        panel.opened.connect(lambda member: self._give(files, member))
        self._open(panel)

    def _give(self, files: Sequence[Id], member: Hashable) -> None:
        if member == self.desk.workspace.identity.member:
            self._take(files)
            return
        self.leave()
        said = f"{_count(files)} given out; your next package tells."
        self.desk.act(claiming.give, files=files, member=member, then=lambda _: self._told(said))

    def _take(self, files: Sequence[Id]) -> None:
        self.leave()
        said = f"{_count(files)} {'is' if len(files) == 1 else 'are'} yours."
        self.desk.act(claiming.take, files=files, then=lambda _: self._told(said))

    # A live file

    def again(self, at: Row | None) -> None:
        """Ask for the day the file the list is at is to be looked at again."""
        if at is None or not isinstance(at.ident, bytes):
            return
        reference, file = at.title, at.ident
        panel = PromptPanel(f"Look at {reference} again on", "4/3/2027", "keep it")
        panel.below.setText(
            "It counts as live, and is to do again from that day on. Nothing typed takes the day away."
        )
        panel.field.submitted.connect(lambda day: self._keep(panel, file, reference, day))
        self._open(panel)

    def _keep(self, panel: PromptPanel, file: Id, reference: str, day: str) -> None:
        kept = f"{reference} is to be looked at again on {day.strip()}."
        said = kept if day.strip() else f"{reference} is not to be looked at again."

        def done(_: object) -> None:
            self.leave()
            self._told(said)

        self.desk.act(
            file_dates.look_again,
            file=file,
            day=day,
            then=done,
            otherwise=lambda error: panel.below.setText(sentence_for(error)),
        )


def _is_free(line: FileLine) -> bool:
    state = line.state
    begun = any(one.started is not None for one in state.examinations)
    return state.in_sample and state.file.allocated is None and not state.examiners and not begun


def _count(files: Sequence[Id]) -> str:
    return words.counted(len(files), "file")
