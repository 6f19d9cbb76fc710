"""The team at a glance: who is in it, what went out and came in, what waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    Button,
    Card,
    Pane,
    RowList,
    Text,
    col,
    even,
    flow,
    page_head,
    row,
    scroll,
    section,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.desktop.pages.release_offer import ReleaseOffer
from fieldwork.desktop.pages.team_counts import Counts
from fieldwork.desktop.pages.team_laptops import having_line, hub_line, laptop_row, receipt_row, waits
from fieldwork.desktop.pages.team_leading import Leading
from fieldwork.desktop.pages.team_panels import MakePanel, PackPanel, Panel
from fieldwork.work import excerpt_repair, handing
from fieldwork.work.excerpt_repair import ToRepair
from fieldwork.work.handing import TeamNow

MOST_RECEIPTS = 40

MakeButton = Callable[..., Button]


class Overview(Box):
    """`renewed` when what can be done here has changed."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: MakeButton, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.desk, self._now = desk, now
        self._latest, self._latest_words = Latest(desk), Latest(desk)
        self.lost = 0
        self.shown: TeamNow | None = None
        self.panel: Panel | None = None
        self.head = page_head("Team", " ")
        self.take = button("team.take", big=True)
        self.make = button("team.make", "primary", big=True)
        self.hub = button("team.hub", big=True)
        self.decide = button("team.decide", "primary", big=True, words="Settle them")
        self.twice = button("team.twice", words="Look at them")
        self.find_words = button("team.words", words="Find them again")
        self.make_panel = MakePanel(
            desk,
            button("team.write", "primary"),
            button("team.browse"),
            button("team.back", "quiet"),
            self.shut,
        )
        self.pack_panel = PackPanel(
            desk,
            button("team.hand", "primary"),
            button("team.browse"),
            button("team.back", "quiet"),
            self.shut,
        )
        for panel in (self.make_panel, self.pack_panel):
            panel.hide()
        self.offer = ReleaseOffer(desk, button)
        self.offer.renewed.connect(lambda _: self.renewed.emit())
        self.laptops = RowList(name="Laptops of the team")
        self.leading = Leading(desk, button, self.laptops, self._say, self.renewed.emit)
        self.laptops.opened.connect(lambda _: self.leading.admit())
        self.laptops.moved.connect(lambda _: self._moved())
        self.havings = Counts("Who has what", "Ahead of us", "Not ours", "Not others'", name="Who has what")
        self.receipts = RowList(name="Packages out and in")
        self.no_receipts = Text(
            "Packages that go out and come in are listed here, with when and whose.",
            "small",
            "quiet",
            wrap=True,
        )
        self._build()

    def _build(self) -> None:
        self.waiting = Text("", "strong", wrap=True)
        waiting_sub = Text(
            "One value shows until then. Every value is kept in the history.",
            "small",
            "quiet",
            wrap=True,
        )
        self.waiting_card = Card(
            self.waiting, waiting_sub, 4, row(self.decide, None), pad=20, space=4, edge="accent", width=2
        )
        self.twice_words = Text("", "strong", wrap=True)
        self.twice_card = Card(
            self.twice_words,
            Text(
                "Say whether they are the same; all that hangs on either stays.", "small", "quiet", wrap=True
            ),
            4,
            row(self.twice, None),
            pad=20,
            space=4,
        )
        self.lost_words = Text("", "strong", wrap=True)
        self.lost_card = Card(
            self.lost_words,
            Text("Their line was changed; say which words are meant now.", "small", "quiet", wrap=True),
            4,
            row(self.find_words, None),
            pad=20,
            space=4,
        )
        self.unshared = Text("", "strong", wrap=True)
        self.unshared_sub = Text("", "small", "quiet", wrap=True)
        self.out_card = Card(self.unshared, self.unshared_sub, 4, row(self.make, None), pad=20, space=4)
        self.in_card = Card(
            Text("Packages from colleagues", "strong", wrap=True),
            Text(
                "You see what they would bring before anything is changed.",
                "small",
                "quiet",
                wrap=True,
            ),
            4,
            flow(self.take, self.hub, space=8),
            pad=20,
            space=4,
        )
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        lists = col(
            section("Laptops"),
            self.laptops,
            row((self.said, 1), margins=(10, 0, 10, 0)),
            row((self.leading.keys, 1), margins=(10, 0, 10, 0)),
            16,
            self.leading.erasing,
            col(self.havings, margins=(10, 0, 10, 0)),
            16,
            section("Packages out and in", "newest first"),
            self.receipts,
            row((self.no_receipts, 1), margins=(10, 0, 10, 0)),
            None,
            space=8,
        )
        side = col(
            self.offer,
            self.make_panel,
            self.pack_panel,
            self.waiting_card,
            self.twice_card,
            self.lost_card,
            self.out_card,
            self.in_card,
            self.leading.merge_card,
            None,
            space=16,
        )
        self.lists, self.side = even(lists), even(side)
        self.beside = row((self.lists, 6), (self.side, 5), space=40)
        self.inner = Pane(self.head, self.beside, None, margins=(32, 24, 32, 20), space=20)
        self.add((scroll(self.inner, "Team"), 1))

    def shape(self, narrow: bool) -> None:
        layout = self.beside.spaced.layout
        self.beside.turn(narrow)
        # narrow, what waits comes first
        first = self.side if narrow else self.lists
        if layout.indexOf(first) != 0:
            layout.removeWidget(first)
            layout.insertWidget(0, first, 5 if narrow else 6)
        self.inner.spaced.margins = (24, 12, 24, 16) if narrow else (32, 24, 32, 20)
        self.inner.rescale()

    # Reading

    def read(self) -> None:
        self._latest.ask(handing.team_now, then=self._show)
        self._latest_words.ask(excerpt_repair.to_repair, then=self._take_lost)
        self.offer.read()

    def _take_lost(self, lost: Sequence[ToRepair]) -> None:
        self.lost = len(lost)
        some = words.number(self.lost).capitalize()
        self.lost_words.setText(
            f"Marked words in {some.lower()} {'place are' if self.lost == 1 else 'places are'} not found any more"
        )
        self._show_cards()

    def _show(self, now: TeamNow) -> None:
        self.shown = now
        when = self._now()
        names = {laptop.device.id: laptop.device.label for laptop in now.laptops}
        self.laptops.set_rows([laptop_row(laptop, when.date()) for laptop in now.laptops])
        self.receipts.set_rows([receipt_row(r, names, when) for r in now.receipts[:MOST_RECEIPTS]])
        lines = [having_line(having, when.date()) for having in now.havings]
        lines += [hub_line(now.hub, when.date())] if now.hub is not None else []
        self.havings.set_lines(lines)
        self.havings.setVisible(bool(lines))
        self.receipts.setVisible(bool(now.receipts))
        self.no_receipts.setVisible(not now.receipts)
        waiting = sum(1 for laptop in now.laptops if waits(laptop))
        sub = words.counted(len(now.laptops), "laptop")
        if waiting:
            sub += f", {words.number(waiting)} waiting to be admitted"
        self.head.set("Team", f"{sub}.")
        self.leading.show(now, when.date())
        self._show_cards()
        fields = words.number(now.conflicts).capitalize()
        self.waiting.setText(
            f"{fields} {'field waits' if now.conflicts == 1 else 'fields wait'} for a decision"
        )
        entered = words.number(now.twice).capitalize()
        self.twice_words.setText(
            f"{entered} {'thing looks' if now.twice == 1 else 'things look'} entered twice"
        )
        self.twice.set_text("Look at it" if now.twice == 1 else "Look at them")
        self.make.set_kind("plain" if now.conflicts else "primary")
        self.unshared.setText(
            f"{words.counted(now.unshared, 'change is', 'changes are')} on this laptop only"
            if now.unshared
            else "Everything written here has gone out"
        )
        self.unshared_sub.setText(
            "Colleagues see them once a package has gone out."
            if now.unshared
            else "A package can still be made for a colleague who has lost theirs."
        )
        self.renewed.emit()

    # Panels

    def _show_cards(self) -> None:
        """While a panel is open it stands alone: there is one primary button to a screen."""
        alone = self.panel is not None
        self.out_card.setVisible(not alone)
        self.in_card.setVisible(not alone)
        self.leading.merge_card.setVisible(not alone and self.leading.wants_card())
        self.twice_card.setVisible(not alone and self.shown is not None and self.shown.twice > 0)
        self.lost_card.setVisible(not alone and self.lost > 0)
        self.waiting_card.setVisible(not alone and self.shown is not None and self.shown.conflicts > 0)

    def open_panel(self, panel: Panel) -> None:
        if self.panel is not panel:
            self.shut()
        self.panel = panel
        panel.show()
        panel.renew()
        self._show_cards()
        panel.path.setFocus()
        panel.path.selectAll()
        panel.remembered.offer("take")  # the stick the packages came from
        self.renewed.emit()

    def shut(self) -> None:
        """Put the open panel away; the code of a pack is then gone from the screen."""
        if self.panel is None:
            return
        self.pack_panel.forget()
        self.make_panel.said.hide()
        self.panel.hide()
        self.panel = None
        self._show_cards()
        self.laptops.setFocus()
        self.renewed.emit()

    # Deciding of laptops

    def _moved(self) -> None:
        self.leading.fit()
        self.renewed.emit()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = self.offer.commands()
        handlers["pair.waiting"] = lambda: self.desk.go("Files", "reconcile")
        if self.panel is not None:
            write = "team.write" if self.panel is self.make_panel else "team.hand"
            handlers |= {
                write: self.panel.write,
                "team.browse": self.panel.browse,
                "team.place": self.panel.path.setFocus,
                "team.back": self.shut,
            }
        return handlers | self.leading.commands()

    def take_focus(self) -> None:
        if self.panel is not None:
            self.panel.path.setFocus()
        else:
            self.laptops.setFocus()
