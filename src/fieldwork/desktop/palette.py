"""Ctrl+K: any place, record or act by typing a few letters of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.jobs import Lanes
from fieldwork.desktop.kit.fields import Field
from fieldwork.desktop.kit.layout import Spaced
from fieldwork.desktop.kit.rows import Row, RowList
from fieldwork.desktop.kit.text import Text
from fieldwork.desktop.overlay import Overlay

MOST = 60


@dataclass(frozen=True)
class Hit:
    """Something found: words, where it belongs, icon, key, and what opening it does."""

    title: str
    sub: str = ""
    icon: str = ""
    open: Callable[[], object] = lambda: None
    key: str = ""


Provider = Callable[[str], Sequence[Hit]]


def match(typed: str, words: str) -> float:
    """How well the typed letters fit: 0 not at all; whole words and beginnings of words count most."""
    typed, words = typed.casefold().strip(), words.casefold()
    if not typed:
        return 1.0
    if typed in words:
        start = words.index(typed)
        at_word = start == 0 or not words[start - 1].isalnum()
        return 100.0 + (50 if at_word else 0) - start * 0.1 - len(words) * 0.01
    score, at, last = 0.0, 0, -2
    for letter in typed:
        if letter == " ":
            continue
        found = words.find(letter, at)
        if found < 0:
            return 0.0
        starts = found == 0 or not words[found - 1].isalnum()
        score += 3 if starts else 2 if found == last + 1 else 0.5
        last, at = found, found + 1
    return score if score >= len(typed) else 0.0  # letters strewn about are no match


def rank(typed: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that fit, best first; equal ones keep their order."""
    scored = [
        (max(match(typed, hit.title), match(typed, f"{hit.title} {hit.sub}") * 0.6), hit) for hit in hits
    ]
    return [hit for score, hit in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


class Palette(Overlay):
    """Quick providers answer at once and are ranked here; slow ones run in the read lane, already ranked."""

    took = Signal(str)

    def __init__(self, host: QWidget, lanes: Lanes) -> None:
        super().__init__(host, 620)
        self.setAccessibleName("Find or do anything")
        self._lanes = lanes
        self._quick: list[Provider] = []
        self._slow: list[Provider] = []
        self._hits: list[Hit] = []
        self._turn = itertools.count()
        self._now = -1
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._spaced = Spaced(layout, 6, (10, 10, 10, 10))
        self.field = Field(
            hint="A place, a record or what you want to do", name="Find or do anything", icon="search"
        )
        self.list = RowList(name="Found", fit=False, chooses=True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._none = Text("Nothing by that name.", "small", "quiet")
        for widget in (self.field, self.list, self._none):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._take(index.row()))

    def add_provider(self, provider: Provider, slow: bool = False) -> None:
        """`provider(text)` gives hits; slow ones touch the store and must give only what fits."""
        (self._slow if slow else self._quick).append(provider)

    def open(self) -> None:
        super().open()
        self.field.clear()
        self.field.setFocus()
        self._search("")

    def wanted_height(self) -> int:
        return dp(440)

    def rescale(self) -> None:
        self._spaced.apply()
        super().rescale()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps:
            self.list.go(min(max(self.list.row() + steps[key], 0), len(self._hits) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.row())
        elif key == Qt.Key.Key_Escape:
            self.close_panel()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _search(self, typed: str) -> None:
        self._now = next(self._turn)
        self._show(rank(typed, [hit for provider in self._quick for hit in provider(typed)]))
        if typed.strip():
            for provider in self._slow:
                job = self._lanes.start("read", lambda _, p=provider: list(p(typed)))  # type: ignore[misc]
                job.succeeded.connect(lambda hits, turn=self._now: self._late(turn, hits))

    def _late(self, turn: int, hits: list[Hit]) -> None:
        if turn == self._now and self.isVisible():
            self._show([*self._hits, *hits])

    def _show(self, hits: list[Hit]) -> None:
        self._hits = hits[:MOST]
        self.list.set_rows(
            [
                Row(hit.title, trail=hit.sub, icon=hit.icon, key=hit.key, ident=i)
                for i, hit in enumerate(self._hits)
            ]
        )
        self._none.setVisible(not self._hits)
        self.list.setVisible(bool(self._hits))
        self.list.go(0)

    def _take(self, index: int) -> None:
        if 0 <= index < len(self._hits):
            hit = self._hits[index]
            self.close_panel()
            self.took.emit(hit.title)
            hit.open()
