"""Entered twice: two entries side by side, whether they are the same, and putting right where they differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Card,
    Empty,
    Pane,
    Row,
    RowList,
    Text,
    col,
    flow,
    page_head,
    row,
    scroll,
    section,
)
from fieldwork.desktop.kit.layout import Box, even
from fieldwork.desktop.pages import words
from fieldwork.domain.values import Id
from fieldwork.work import same
from fieldwork.work.same import Entered, Twice

ICONS = {"case_file": "folder-open", "visit": "calendar-days", "theme": "tag", "stratum": "folder-open"}
Key = tuple[Id, ...]


class EnteredTwice(Box):
    """The pairs that look alike, those read as one, and the one that is looked at. `renewed`: other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(down=False, space=0)
        self.desk, self._now = desk, now
        self.pairs: list[Twice] = []
        self.later: set[Key] = set()
        self.at: Twice | None = None
        self.busy = False
        self._onward: Twice | None = None  # where to go once it is joined
        self._known = False
        self.narrow = False
        self.list = RowList(name="Entered twice", fit=False, chooses=True)
        self.list.moved.connect(self._moved)
        self.list.opened.connect(lambda _: self._enter())
        self.side = Pane((self.list, 1), ground="sunken", lines="r", margins=(12, 16, 12, 12), width=268)
        self.head = page_head("Entered twice", " ", back="Team")
        self.cards = Box(space=16)
        self.differ_head = section("Where they differ", indent=0)
        self.differences = RowList(name="Where they differ", lead=0)
        self.differ_none = Text("They say the same in every field.", "small", "quiet", wrap=True)
        self.said = Text("", "small", wrap=True)
        self.said.hide()
        self.nothing = Empty(
            "circle-check",
            "Nothing is entered twice",
            "When two laptops entered one case file, visit, theme or stratum each for itself, both wait here.",
            button("team.back", words="Back to the team"),
        )
        self.yes = button("twice.same", "primary", big=True)
        self.no = button("twice.apart")
        self.put_off_button = button("twice.later", "quiet")
        self.right = button("twice.right")
        self.part = button("twice.apart", words="Not the same after all")
        self.kept = Text(
            "Both entries stay as they are, with all that hangs on them. It can be taken back at any time.",
            "caption",
            "quiet",
            wrap=True,
        )
        buttons = flow(self.yes, self.no, self.put_off_button, self.right, self.part, space=8)
        self.foot = Pane(buttons, self.kept, lines="t", margins=(32, 12, 32, 12), space=8)
        self.inner = Pane(
            self.head, self.cards, self.differ_head, self.differences, self.differ_none, self.said, self.nothing,
            None, margins=(32, 24, 32, 12), space=12,
        )  # fmt: skip
        self.area = scroll(self.inner, "Entered twice")
        self.add(self.side, (col((self.area, 1), self.foot, space=0), 1))
        self._show()

    def shape(self, narrow: bool, short: bool) -> None:
        self.narrow = narrow
        edge = 24 if narrow else 32
        self.inner.spaced.margins = (edge, 12 if narrow or short else 24, edge, 12)
        self.foot.spaced.margins = (edge, 8 if narrow else 12, edge, 8 if narrow else 12)
        for pane in (self.inner, self.foot):
            pane.rescale()
        self._show()

    # Reading

    def read(self) -> None:
        self.desk.ask(_all, then=self._take)

    def _take(self, pairs: list[Twice]) -> None:
        self._known = True
        self.pairs = pairs
        key = _key(self.at)
        self.at = next((one for one in pairs if _key(one) == key), None) or self._first()
        self._show()

    def _first(self) -> Twice | None:
        waiting = self._waiting()
        return waiting[0] if waiting else (self.pairs[0] if self.pairs else None)

    def _waiting(self) -> list[Twice]:
        """What is to decide, those put off last."""
        some = [one for one in self.pairs if not one.joined]
        return sorted(some, key=lambda one: _key(one) in self.later)

    # Showing

    def _show(self) -> None:
        waiting, joined = self._waiting(), [one for one in self.pairs if one.joined]
        rows = [Row(f"To decide: {len(waiting)}", head=True, ident="open")] if waiting else []
        rows += [self._row(one, "later" if _key(one) in self.later else "") for one in waiting]
        rows += [Row(f"Read as one: {len(joined)}", head=True, ident="joined")] if joined else []
        rows += [self._row(one, f"{len(one.entries)} entries") for one in joined]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        self.list.go(next((i for i, one in enumerate(rows) if one.ident == _key(self.at)), -1))
        self.list.blockSignals(False)
        self.side.setVisible(bool(self.pairs) and not self.narrow)
        self._show_current()

    def _row(self, one: Twice, trail: str) -> Row:
        return Row(one.title, _sub(one), icon=ICONS.get(one.kind, "git-merge"), trail=trail, ident=_key(one))

    def _show_current(self) -> None:
        one = self.at
        there = one is not None
        self.nothing.setVisible(not there and self._known)
        self.cards.clear()
        for widget in (self.cards, self.foot, self.differ_head):
            widget.setVisible(there)
        self.differences.setVisible(bool(one and one.differences))
        self.differ_none.setVisible(bool(one and not one.differences))
        if one is None:
            self.head.set("Entered twice", "", back="Team")
        else:
            sub = (
                "Read as one, under the first entry."
                if one.joined
                else f"Is this one {one.noun}, entered twice?"
            )
            self.head.set(one.title, sub, back="Team  /  Entered twice")
            cards = [even(self._card(entry, place, one)) for place, entry in enumerate(one.entries)]
            side_by_side = row(*((card, 1) for card in cards), space=16)
            side_by_side.turn(down=self.narrow or len(cards) > 3)
            self.cards.add(side_by_side)
            self.differences.set_rows(
                [
                    Row(_begun(difference.words), _beside(difference.values), ident=difference.field)
                    for difference in one.differences
                ]
            )
        joined = bool(one and one.joined)
        for button, wanted in (
            (self.yes, not joined), (self.no, not joined), (self.put_off_button, not joined),
            (self.right, joined and bool(one and one.differences)), (self.part, joined),
        ):  # fmt: skip
            button.setVisible(there and wanted)
            button.setEnabled(not self.busy)
        self.renewed.emit()

    def _card(self, entry: Entered, place: int, one: Twice) -> Card:
        first = "shown" if one.joined else "would be shown"
        when = words.when_words(entry.at, self._now().date()) if entry.at else ""
        who = f"Entered by {entry.who}, {when}" if entry.who else "Entered by a colleague"
        lines = [
            Text(f"{_ordinal(place)} entry{f', {first}' if not place else ''}", "caption", "quiet"),
            Text(entry.title, "strong", wrap=True),
            Text(who, "small", "quiet", wrap=True),
        ]
        lines += [Text(held, "small", wrap=True) for held in entry.holds]
        return Card(*lines, pad=16, space=4)

    def _say(self, sentence: str, tone: str = "text") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Moving

    def _moved(self, index: int) -> None:
        rows = self.list.rows
        wanted = rows[index].ident if 0 <= index < len(rows) else None
        found = next((one for one in self.pairs if _key(one) == wanted), None)
        if found is not None and found is not self.at:
            self.go_to(found)

    def go_to(self, one: Twice | None) -> None:
        self.at = one
        self._say("")
        self.area.verticalScrollBar().setValue(0)
        self._show()

    def step(self, by: int) -> None:
        ordered = [*self._waiting(), *(one for one in self.pairs if one.joined)]
        if ordered:
            keys = [_key(one) for one in ordered]
            at = keys.index(_key(self.at)) if _key(self.at) in keys else 0
            self.go_to(ordered[(at + by) % len(ordered)])

    def put_off(self) -> None:
        """Decide later: on to the next."""
        if self.at is None or self.at.joined:
            return
        self.later.add(_key(self.at))
        self.go_to(self._waiting()[0])
        self.list.setFocus()

    # Deciding

    def _enter(self) -> None:
        if self.at is not None and self.at.joined:
            self.differences.setFocus()

    def join(self) -> None:
        """Read both as one; where they differ in nothing there is nothing to put right, so on to the next."""
        if self.at is not None and not self.at.joined:
            one, other = (entry.id for entry in self.at.entries)
            waiting = [pair for pair in self._waiting() if pair is not self.at]
            self._onward = waiting[0] if waiting and not self.at.differences else None
            self._act(same.join_records, f"{self.at.title} is read as one now.", one=one, other=other)

    def tell_apart(self) -> None:
        """Not the same; of what is read as one, the last entry leaves."""
        if self.at is not None:
            one, other = self.at.entries[0].id, self.at.entries[-1].id
            self._act(same.lift_joining, f"{self.at.title}: they stand as two.", one=one, other=other)

    def put_right(self) -> None:
        """Give the entry that is shown what the other one says in the field chosen."""
        if self.at is None or not self.at.joined or not self.at.differences:
            return
        current = self.differences.current()
        field = current.ident if current is not None else self.at.differences[0].field
        found = next((one for one in self.at.differences if one.field == field), self.at.differences[0])
        place = next(at for at, value in enumerate(found.values) if value != found.values[0])
        shown, other = self.at.entries[0].id, self.at.entries[place].id
        said = f"{_begun(found.words)}: {found.values[place] or 'nothing'}."
        self._act(same.put_right, said, record=shown, field=found.field, value_of=other)

    def _act(self, act: Callable[..., object], said: str, **given: Any) -> None:
        if self.busy:
            return
        self.busy = True
        self.desk.act(act, then=lambda _: self._done(said), otherwise=self._failed, **given)

    def _done(self, said: str) -> None:
        self.busy = False
        onward, self._onward = self._onward, None
        if onward is not None:
            self.go_to(onward)
        self._say(said, "quiet")
        self.read()
        self.list.setFocus() if self.side.isVisibleTo(self) else self.setFocus()

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self._onward = None
        self._say(sentence_for(error), "danger")
        self.read()

    def take_focus(self) -> None:
        if self.side.isVisibleTo(self) and self.pairs:
            self.list.setFocus()
        else:
            (self.yes if self.at is not None and not self.at.joined else self.differences).setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        if self.at is None:
            return {}
        handlers: dict[str, Callable[[], object]] = {
            "twice.apart": self.tell_apart,
            "twice.next": lambda: self.step(1),
            "twice.previous": lambda: self.step(-1),
        }
        if self.at.joined:
            return {**handlers, "twice.right": self.put_right} if self.at.differences else handlers
        return {**handlers, "twice.same": self.join, "twice.later": self.put_off}


def _all(workspace: object) -> list[Twice]:
    return [*same.twice(workspace), *same.joined_sets(workspace)]  # type: ignore[arg-type]


def _key(one: Twice | None) -> Key:
    return tuple(entry.id for entry in one.entries) if one is not None else ()


def _sub(one: Twice) -> str:
    if not one.differences:
        return "the same in every field"
    return "differ in " + ", ".join(difference.words for difference in one.differences)


def _beside(values: tuple[str, ...]) -> str:
    return "   |   ".join(value or "nothing" for value in values)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ordinal(place: int) -> str:
    return ("First", "Second", "Third")[place] if place < 3 else f"{place + 1}th"
