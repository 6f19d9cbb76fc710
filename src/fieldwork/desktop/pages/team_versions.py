"""One conflict on the screen: what was before, the values that stand against each other, what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import (
    Button,
    Field,
    Runs,
    Text,
    TextArea,
    Version,
    VersionCard,
    VersionGrid,
    VersionPair,
    col,
    flow,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_typing import Deciding
from fieldwork.work.settling import Clash, Side

WRITE, BOTH = "write", "both"
PICKS = ("ours", "theirs", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
EMPTIED = "Nothing: the field was emptied."


def side_words(clash: Clash, side: Side, now: datetime) -> Version:
    """A side for the card: whose, when, what, and what keeping it means."""
    whose = " and ".join(side.laptops)
    has_ours = any(one.ours for one in clash.sides)
    if has_ours:
        whose = f"{'Ours' if side.ours else 'Theirs'}: {whose}"
    when = words.when_words(side.at, now.date())
    if side.person and side.person not in side.laptops:
        when += f", {side.person}"
    keep = ("Keep ours" if side.ours else "Keep theirs") if has_ours else "Keep this"
    if clash.what == "deleted":
        keep = "Delete it" if side.value == "deleted" else "Keep it"
    return Version(whose, when, side.words or EMPTIED, keep)


class Deciders(Box):
    """The versions of one conflict, the other ways out, a new text and the reason. `chosen(choice)`."""

    chosen = Signal(str)
    settle = Signal()
    typed = Signal()

    def __init__(self, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(space=12)
        self._button, self._now = button, now
        self.clash: Clash | None = None
        self.cards: list[VersionCard] = []
        self.pair: VersionPair | None = None
        self._low = False
        self.before = Runs([("", "")], "small")
        self.versions = Box(space=12)
        self.others = Box()
        self.both: Button | None = None
        self.write: Button | None = None
        self.text_label = Text("The new text", "label", weight=600)
        self.text = TextArea(name="The new text", lines=3, most=8, enter_submits=True)
        self.text_label.setBuddy(self.text)
        self.text_hint = Text("Shift Enter begins a new line.", "caption", "quiet")
        self.text.textChanged.connect(self.typed)
        self.text.submitted.connect(self.settle)
        self.reason_label = Text("Why, in one line", "label", weight=600)
        self.reason = Field(name="Why, in one line", hint="stays in the history beside the decision")
        self.reason_label.setBuddy(self.reason)
        self.reason.textEdited.connect(lambda _: self.typed.emit())
        self.reason.returnPressed.connect(self.settle)
        self.text_box = col(self.text_label, self.text, self.text_hint, space=4)
        self.add(
            self.before,
            self.versions,
            self.others,
            self.text_box,
            col(self.reason_label, self.reason, space=6),
        )
        self.text_box.hide()

    def show_clash(self, clash: Clash, deciding: Deciding) -> None:
        """Put a conflict on the screen, with what is being decided of it."""
        if clash != self.clash:
            self._show_versions(clash)
        self.clash = clash
        self.show_deciding(deciding)

    def _show_versions(self, clash: Clash) -> None:
        before = clash.before or "nothing"
        self.before.set_runs([("Before: ", "strong"), (before, "quiet")])
        self.before.setVisible(clash.what == "changed")
        self.versions.clear()
        self.cards, self.pair = [], None
        sides = [side_words(clash, side, self._now()) for side in clash.sides]
        shown = next((at for at, side in enumerate(clash.sides) if side.shown), -1)
        if len(sides) == 2:
            self.pair = VersionPair(sides[0], sides[1], -1, shown, marked=clash.what == "changed")
            self.pair.chosen.connect(self._picked)
            self.cards = self.pair.cards
            self.pair.be_low(self._low)
            self.versions.add(self.pair)
        else:
            grid = VersionGrid(sides, shown)
            grid.chosen.connect(self._picked)
            self.cards = grid.cards
            grid.be_low(self._low)
            self.versions.add(grid)
        self._show_others(clash, len(sides) > 2)

    def _show_others(self, clash: Clash, many: bool) -> None:
        self.others.clear()
        self.both = self.write = None
        buttons: list[QWidget] = []
        if clash.long and clash.what == "changed":
            self.both = self._button("conflict.all" if many else "conflict.both")
            buttons.append(self.both)
        if clash.typed:
            self.write = self._button("conflict.new" if many else "conflict.write")
            buttons.append(self.write)
        if clash.combination is not None:
            buttons.append(self._button("conflict.combine"))
        buttons.append(self._button("conflict.alike", "quiet"))
        buttons.append(self._button("conflict.later", "quiet"))
        self.others.add(flow(*buttons, space=8))

    def be_low(self, low: bool) -> None:
        """Both values have to be read in a window of few lines."""
        self._low = low
        for shown in self.versions.findChildren(VersionPair) + self.versions.findChildren(VersionGrid):
            shown.be_low(low)

    def _picked(self, at: int) -> None:
        if self.clash is not None and at < len(self.clash.sides):
            self.chosen.emit(self.clash.sides[at].change)

    def show_deciding(self, deciding: Deciding) -> None:
        """Mark what is chosen and put back what was typed."""
        assert self.clash is not None
        for card, side in zip(self.cards, self.clash.sides, strict=True):
            card.set_on(deciding.choice == side.change)
        for button, choice in ((self.both, BOTH), (self.write, WRITE)):
            if button is not None:
                button.set_kind("chosen" if deciding.choice == choice else "plain")
                button.set_icon_name("check" if deciding.choice == choice else "")
        self.text_box.setVisible(deciding.choice == WRITE)
        if deciding.text is not None and deciding.text != self.text.text():
            self.text.blockSignals(True)
            self.text.set_text(deciding.text)
            self.text.blockSignals(False)
        if deciding.reason != self.reason.text():
            self.reason.setText(deciding.reason)

    def picks(self) -> dict[str, Callable[[], object]]:
        """Handlers of the keys that hold for this conflict."""
        clash = self.clash
        if clash is None:
            return {}
        many = len(clash.sides) > 2
        handlers: dict[str, Callable[[], object]] = {}
        for at, name in enumerate(PICKS[: len(clash.sides)]):
            handlers[f"conflict.{name}"] = lambda at=at: self._picked(at)  # type: ignore[misc]
        if self.both is not None:
            handlers["conflict.all" if many else "conflict.both"] = lambda: self.chosen.emit(BOTH)
        if self.write is not None:
            handlers["conflict.new" if many else "conflict.write"] = lambda: self.chosen.emit(WRITE)
        return handlers
