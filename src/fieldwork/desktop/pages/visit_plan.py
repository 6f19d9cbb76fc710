"""Planning a visit in the page: the bodies by typing a part of their names, then the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import Chip, Field, Row, Text
from fieldwork.desktop.kit.layout import Box, Flow
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.desktop.pages.words import read_day
from fieldwork.domain.records import Body
from fieldwork.domain.values import codes


@dataclass(frozen=True)
class Planned:
    """What the form says; days are ISO text."""

    title: str
    bodies: tuple[str, ...]
    start: str
    end: str


class VisitPlan(Box):
    """`kept` with a Planned; `left` on Escape."""

    kept = Signal(object)
    left = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(space=12)
        self._bodies: dict[str, Body] = {}
        self._chosen: list[str] = []
        self._today = date.today()
        self.pick = PickLine(page, "Forces and Areas", "Type a part of the name, or a code such as P33")
        self.pick.picked.connect(self._add)
        self.pick.passed.connect(self._go_on)
        self.pick.left.connect(self.left)
        self.chips = Flow(space=6)
        self.line = FormLine(
            "When",
            {
                "start": ("First day", Field(hint="24 Nov"), 150),
                "end": ("Last day", Field(hint="the same day"), 150),
                "title": ("What to call it (need not)", Field(hint="the names of the bodies"), 280),
            },
            "Keep the visit",
        )
        self.line.keep.set_key("Ctrl Enter")
        self.line.kept.connect(self.keep)
        self.line.left.connect(self.left)
        self.add(Text("Plan a visit", "title"), self.pick, self.chips, self.line)

    def begin(self, bodies: Sequence[Body], today: date) -> None:
        """An empty form with the keyboard where the bodies are typed."""
        self._bodies = {body.code: body for body in bodies}
        self._chosen, self._today = [], today
        self.line.put(title="", start="", end="")
        self.line.open_line()
        self._show_chosen()
        self._ask()

    def _ask(self) -> None:
        self.pick.ask("Forces and Areas", self._offer(), at_once=False)

    def _offer(self) -> list[Row]:
        """All bodies not yet chosen, the Areas of the forces chosen first."""
        near = [area for code in self._chosen for area in codes(self._bodies[code].areas)]
        order = [*near, *self._bodies]
        rest = [code for code in dict.fromkeys(order) if code in self._bodies and code not in self._chosen]
        return [self._row(self._bodies[code]) for code in rest]

    def _row(self, body: Body) -> Row:
        return Row(body.name, trail=body.code, ident=body.code)

    def _add(self, code: str) -> None:
        self._chosen.append(code)
        self._show_chosen()
        self._ask()

    def _remove(self, code: str) -> None:
        self._chosen.remove(code)
        self._show_chosen()
        self._ask()

    def _show_chosen(self) -> None:
        self.chips.clear()
        for code in self._chosen:
            chip = Chip(self._bodies[code].name)
            chip.setAccessibleDescription("Chosen. Press to take it out again.")
            chip.setToolTip("Press to take it out again")
            chip.clicked.connect(lambda _=False, one=code: self._remove(one))
            self.chips.add(chip)
        if not self._chosen:
            self.chips.add(
                Text("None chosen yet. Enter takes the one on top, Enter again goes on.", "small", "quiet")
            )

    def _go_on(self) -> None:
        self.line.widgets["start"].setFocus()

    def keep(self) -> None:
        """Check what can be checked here, and hand it over."""
        if not self._chosen:
            self.line.wrong(
                "start", "A visit needs at least one force or Area; type a part of its name above."
            )
            self.pick.field.setFocus()
            return
        start = read_day(self.line.text("start"), self._today)
        if start is None:
            self.line.wrong("start", "The first day is not a date; write it as 24 Nov or 24/11/2026.")
            return
        typed = self.line.text("end")
        end = read_day(typed, start) if typed else start
        if end is None or end < start:
            self.line.wrong("end", "The last day is not a date from the first day on; write it as 26 Nov.")
            return
        title = self.line.text("title") or " and ".join(self._bodies[code].name for code in self._chosen)
        self.kept.emit(Planned(title, tuple(self._chosen), start.isoformat(), end.isoformat()))
