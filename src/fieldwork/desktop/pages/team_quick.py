"""Settling by one key: a side and on to the next, both texts combined, all like the one on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldwork.desktop.kit.layout import turn_page
from fieldwork.desktop.pages.team_bulk import kind_words
from fieldwork.desktop.pages.team_versions import WRITE
from fieldwork.work import settling_many
from fieldwork.work.settling import Clash

if TYPE_CHECKING:
    from fieldwork.desktop.pages.team_conflicts import Conflicts


class Quick:
    """The quick ways of one list of conflicts."""

    def __init__(self, conflicts: Conflicts) -> None:
        self._on = conflicts

    def narrow_down(self, by: Callable[[list[Clash]], None]) -> None:
        """The next kind or colleague, or all again; the one on the screen stays if it is among them."""
        on = self._on
        by(on.open)
        ordered = on._ordered()
        if on.at is None or on.at.key not in {clash.key for clash in ordered}:
            on.at, on.gone = (ordered[0] if ordered else None), False
        on._show()
        on.list.setFocus()

    def filters(self) -> dict[str, Callable[[], object]]:
        on = self._on
        if not on.open:
            return {}
        return {
            "conflict.kind": lambda: self.narrow_down(on.filter.next_kind),
            "conflict.colleague": lambda: self.narrow_down(on.filter.next_colleague),
        }

    def commands(self) -> dict[str, Callable[[], object]]:
        """While a conflict is on the screen."""
        handlers: dict[str, Callable[[], object]] = {"conflict.alike": self.offer_alike}
        if self._on.at is not None and self._on.at.combination is not None:
            handlers["conflict.combine"] = self.combine
        if self._on.low:
            handlers["conflict.further"] = lambda: turn_page(self._on.area, 1)
            handlers["conflict.earlier"] = lambda: turn_page(self._on.area, -1)
        for side in settling_many.SIDES:
            handlers[f"conflict.quick_{side}"] = lambda side=side: self.quick(side)  # type: ignore[misc]
        if self._on.all_like.isVisibleTo(self._on):
            handlers["conflict.ours"] = lambda: self.offer_alike("ours")
            handlers["conflict.theirs"] = lambda: self.offer_alike("theirs")
        return handlers

    def combine(self) -> None:
        """Both texts word by word, to be read and settled as a new text."""
        both = self._on.at.combination if self._on.at is not None else None
        if both is None or self._on.at is None:
            return
        self._on._deciding().text = both[0]
        self._on.choose(WRITE)
        self._on.typing.touched(self._on.at.key)
        self._on._say(
            "Both changes fit together. Read it, then Enter settles."
            if both[1]
            else "Both changed the same words: ours stand first, then theirs. Choose among them, then Enter settles."
        )

    def quick(self, side: str) -> None:
        """One key: keep a side of the one on the screen and go to the next; in the offer of many, that side."""
        if self._on.at is None or self._on.gone:
            return
        if self._on.all_like.isVisibleTo(self._on):
            self.offer_alike(side)
            return
        sides = [s for s in self._on.at.sides if (s.shown if side == "shown" else s.ours == (side == "ours"))]
        if len(sides) != 1:
            self._on._say("That side has not one value here. Choose by its digit.")
            return
        self._on._deciding().choice = sides[0].change
        self._on.settle()

    def offer_alike(self, side: str = "") -> None:
        """What settling all like the one on the screen would do, before it is done."""
        if self._on.at is None or self._on.gone:
            return
        chosen = next((s for s in self._on.at.sides if s.change == self._on._deciding().choice), None)
        keep = side or ("shown" if chosen is None else "ours" if chosen.ours else "theirs")
        some = [clash for clash in self._on._ordered() if kind_words(clash) == kind_words(self._on.at)]
        self._on.all_like.offer(self._on.at, some, keep)
        self._on._show_current()
        self._on._bring_up(self._on.all_like)
        self._on.renewed.emit()

    def leave_alike(self) -> None:
        self._on.all_like.hide()
        self._on._show_current()
        self._on.take_focus()
        self._on.renewed.emit()

    def settle_alike(self) -> None:
        """All that are listed, as one act."""
        some = self._on.all_like.some
        if self._on.busy or not some:
            return
        self._on.busy = self._on._own_change = True
        self._on.all_like.go.setEnabled(False)
        self._on.desk.act(
            settling_many.settle_many,
            [clash.id for clash in some],
            self._on.all_like.keep,
            reason=self._on.all_like.reason.text(),
            then=self._settled_many,
            otherwise=self._on._failed,
        )

    def _settled_many(self, done: settling_many.SettledMany) -> None:
        self._on.busy = False
        gone = set(done.settled)
        settled = [clash for clash in self._on.open if clash.id in gone]
        self._on._settled |= gone
        self._on.open = [clash for clash in self._on.open if clash.id not in gone]
        for clash in settled:
            self._on.decided.append((f"Kept {self._on.all_like.keep}", clash))
            self._on.typing.settled(clash.key)
            self._on.later.discard(clash.key)
        self._on.all_like.hide()
        self._on.all_like.reason.clear()
        self._on.at, self._on.gone = self._on._first(), False
        self._on._show()
        self._on._say(f"{len(settled)} settled as one act. Each can be settled anew from its history.")
        self._on.list.setFocus() if self._on.at is not None else self._on.setFocus()
