"""Themes offered after a `#` in the live line."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit.completion import Completion
from fieldwork.desktop.kit.rows import Row
from fieldwork.desktop.pages.note_live import NO_HASH, LiveLine
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id
from fieldwork.work.themes import named, ranked

SHOWN = 9
DIRECTIONS = {"+": "strength", "-": "concern", "\u2212": "concern", "\u00b1": "mixed"}


class ThemeOffer(QObject):
    """`chosen(theme, name, direction)`; digits and Enter choose, + and - set the direction first.

    `chosen_for(theme, name, direction, start, end)` where words were chosen first.
    """

    chosen = Signal(object, str, str)
    chosen_for = Signal(object, str, str, int, int)

    def __init__(self, live: LiveLine, host: QWidget) -> None:
        super().__init__(host)
        self.themes: tuple[Theme, ...] = ()
        self.recent: list[Id] = []
        self._live, self._host = live, host
        self._completion: Completion | None = None
        self._offered: list[Theme] = []
        self._sign = ""
        self._last = (NO_HASH, QPoint())
        live.hashed.connect(self._hashed)
        live.text.signed.connect(self._take_sign)
        live.text.spaced.connect(self._take_space)
        live.text.chose.connect(self._offer_for_words)
        live.text.sought.connect(self._seek)

    def showing(self) -> bool:
        return self._completion is not None and self._completion.isVisible()

    def hide(self) -> None:
        if self._completion is not None:
            self._completion.hide()
        self._live.text.for_words = None

    def _panel(self) -> Completion:
        if self._completion is None:  # only now is there a window to lie in
            self._completion = Completion(self._host.window(), (("Enter", "take"), ("+ \u2212", "direction")))
            self._completion.taken.connect(self._take)
            self._live.text.completion = self._completion
        return self._completion

    def _hashed(self, start: str, where: QPoint) -> None:
        self._live.text.for_words = None
        self._offer(start, where)

    def _offer(self, start: str, where: QPoint) -> None:
        if start == NO_HASH or not self._host.isVisible():
            self.hide()
            return
        if not self.showing():
            self._sign = ""
        self._last = start, where
        self._offered = ranked(self.themes, start, self.recent)[:SHOWN]
        what = "Theme for the words chosen" if self._live.text.for_words else "Themes"
        title = f"Themes with \u201c{start}\u201d" if start else what
        floor = self._host.mapTo(self._host.window(), QPoint(0, self._host.height())).y()
        rows = [Row(theme.name, trail=self._trail(theme), ident=theme.id) for theme in self._offered]
        below = where + QPoint(0, dp(10))
        self._panel().offer(f"{self._sign} {title}".strip(), rows, below, floor)

    def _trail(self, theme: Theme) -> str:
        if theme.id in {id for id, _, _ in self._live.row.chips}:
            return "on this line"
        if theme.id in self.recent:
            return "used lately"
        return next((above.name for above in self.themes if above.id == theme.parent), "")

    def _offer_for_words(self) -> None:
        self._live.text.for_words = self._live.text.selected()
        where = self._live.text.cursorRect().bottomLeft()
        self._offer("", self._live.text.viewport().mapTo(self._live.window(), where))

    def _seek(self, letter: str) -> None:
        """A letter more, or one less; one that no theme has is not taken."""
        start, where = self._last
        wanted = start + letter if letter else start[:-1]
        if ranked(self.themes, wanted, self.recent):
            self._offer(wanted, where)

    def _take_sign(self, sign: str) -> None:
        self._sign = sign
        self._offer(*self._last)

    def _take_space(self) -> None:
        """A space ends the word: a theme written out in full is taken, and else a sign stays in the words."""
        whole = named(self._offered, self._last[0])
        if whole is not None:
            self._take(self._offered.index(whole))
        elif self._sign:
            self._live.text.insertPlainText(self._sign)
            self._sign = ""

    def _take(self, at: int) -> None:
        if 0 <= at < len(self._offered):
            theme = self._offered[at]
            self.recent = [theme.id, *(other for other in self.recent if other != theme.id)][:SHOWN]
            sign, words = DIRECTIONS.get(self._sign, "neutral"), self._live.text.for_words
            self._sign = ""
            self.hide()
            if words is None:
                self.chosen.emit(theme.id, theme.name, sign)
            else:
                self.chosen_for.emit(theme.id, theme.name, sign, *words)
