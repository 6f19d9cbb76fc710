"""Two versions of one text side by side, the differing words marked in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit.controls import Button, Tag
from fieldwork.desktop.kit.layout import Box, col, even, row
from fieldwork.desktop.kit.surfaces import Card, Rule
from fieldwork.desktop.kit.text import Runs, Text
from fieldwork.domain.words import word_differences

BESIDE = 560  # width over text size from which two stand beside each other
ROOM = 420  # and from which a button has room beside whose a version is


@dataclass(frozen=True)
class Version:
    """One side: whose ("Ours: HMCPSI laptop 4"), when and by whom, the text, the words on its button."""

    who: str
    when: str
    text: str
    keep: str


class VersionCard(Card):
    """One version with its button; `chosen` when the person keeps it."""

    chosen = Signal()

    def __init__(
        self,
        version: Version,
        key: str,
        runs: list[tuple[str, str]],
        on: bool = False,
        shown: bool | None = None,
    ) -> None:
        self._keep = Button(version.keep, key)
        self._shown = Tag("shown now", "eye", "accent")
        self._follows = shown is None  # without being told, the one in force is the one shown
        words = Runs(runs, "lead")
        head = row(
            (
                col(
                    Text(version.who, "strong", wrap=True),
                    Text(version.when, "caption", "quiet", wrap=True),
                    space=0,
                ),
                1,
            ),
            self._shown,
        )
        self._head, self._foot = head, row(self._keep, None)
        self._tight = False
        super().__init__(head, 4, Rule(), 4, words, 8, None, self._foot, pad=20, space=6)
        self.setAccessibleName(f"{version.who}, {version.when}")
        self._keep.clicked.connect(self.chosen)
        self._shown.setVisible(bool(shown))
        self.set_on(on)

    def tighten(self, on: bool) -> None:
        """The button beside whose it is, less space: two of them under each other in a low window."""
        if on == self._tight:
            return
        self._tight = on
        if on:
            self._head.spaced.layout.addWidget(self._keep)
        else:
            self._foot.spaced.layout.insertWidget(0, self._keep)
        self._foot.setHidden(on)
        self.spaced.space = 2 if on else 6
        self.spaced.margins = (16, 4, 16, 6) if on else (20, 20, 20, 20)
        self.rescale()

    def set_on(self, on: bool) -> None:
        self.set_edge("accent" if on else "line", 2 if on else 1)
        self._keep.set_kind("chosen" if on else "plain")
        self._keep.set_icon_name("check" if on else "")
        if self._follows:
            self._shown.setVisible(on)


class VersionPair(Box):
    """Ours and theirs; one under the other where there is no room. `chosen(0)` ours, `chosen(1)` theirs.

    on: the one that is kept, -1 while none is. shown: the one seen meanwhile; None: the same.
    """

    chosen = Signal(int)

    def __init__(
        self,
        ours: Version,
        theirs: Version,
        on: int = 0,
        shown: int | None = None,
        marked: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        both = (
            word_differences(ours.text, theirs.text) if marked else ([(ours.text, "")], [(theirs.text, "")])
        )
        self.cards = [
            VersionCard(side, str(at + 1), runs, on == at, None if shown is None else shown == at)
            for at, (side, runs) in enumerate(zip((ours, theirs), both, strict=True))
        ]
        super().__init__(*((even(card), 1) for card in self.cards), down=False, space=16, parent=parent)
        for index, card in enumerate(self.cards):
            card.chosen.connect(lambda i=index: self._choose(i))
        self._low = False

    def be_low(self, low: bool) -> None:
        """low: the window is so low that two cards under each other have to be."""
        self._low = low
        self._fit()

    def _choose(self, index: int) -> None:
        self.show_chosen(index)
        self.chosen.emit(index)

    def show_chosen(self, index: int) -> None:
        """Mark one as the version in force; -1 for neither."""
        for place, card in enumerate(self.cards):
            card.set_on(place == index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        down = self.width() < dp(BESIDE)
        self.spaced.space = 6 if self._low and down else 16
        self.turn(down)
        for card in self.cards:
            card.tighten(self._low and down and self.width() >= dp(ROOM))


class VersionGrid(Box):
    """More than two versions, two beside each other where there is room. `chosen(place)`.

    shown: the place of the one seen meanwhile, -1 for none.
    """

    chosen = Signal(int)

    def __init__(self, versions: Sequence[Version], shown: int = -1) -> None:
        self.cards = [
            VersionCard(side, str(at + 1) if at < 9 else "", [(side.text, "")], False, at == shown)
            for at, side in enumerate(versions)
        ]
        self._rows = [
            row(*((even(card), 1) for card in self.cards[at : at + 2]), space=12)
            for at in range(0, len(self.cards), 2)
        ]
        if len(self.cards) % 2:
            self._rows[-1].add((even(QWidget()), 1))
        self._low = False
        super().__init__(*self._rows, space=12)
        for index, card in enumerate(self.cards):
            card.chosen.connect(lambda i=index: self.chosen.emit(i))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def be_low(self, low: bool) -> None:
        """As of a pair."""
        self._low = low
        self._fit()

    def _fit(self) -> None:
        down = self.width() < dp(BESIDE)
        for line in self._rows:
            line.turn(down)
        for card in self.cards:
            card.tighten(self._low and down and self.width() >= dp(ROOM))
