"""Findings in Set-up: what they may be, in which order, and when one is supported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Choice, Field, Row, RowList, Text, page_head, scroll
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.vocabulary import METHODS
from fieldwork.work import finding_kinds, finding_rules, inspections
from fieldwork.work.finding_rules import Listed, Rules

WAYS = (("", "speaks against those inspected"), ("1", "speaks for those inspected"))
MOST_BODIES = 99


class FindingRules(Box):
    """`renewed` when other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(space=10)
        self.desk, self._latest = desk, Latest(desk)
        self.shown: Rules | None = None
        self._code = ""  # of the kind that is being changed, "" for a new one
        self._wanted = ""  # to be at once the list is read again
        self.buttons = tuple(button(name) for name in ("setup.kind", "setup.rename", "setup.support"))
        self.head = page_head("Findings", " ", *self.buttons)
        self.said = Text("", "small", "danger", wrap=True)
        self.said.hide()
        self.list = RowList(name="Kinds of findings")
        self.list.opened.connect(lambda _: self.rename())
        self.list.moved.connect(lambda _: self.renewed.emit())
        self.note = Text(
            "Findings stand in this order in the register and in reports. One that is offered no more stays what "
            "findings of it are called. Whether one is supported, emerging or contested is counted, never chosen.",
            "caption",
            "quiet",
            wrap=True,
        )
        self.naming = FormLine(
            "A new kind of finding",
            {
                "name": ("What it is called", Field(), 300),
                "favourable": ("Which way", Choice(list(WAYS)), 280),
            },
            "Keep",
        )
        self.needing = FormLine(
            "When a finding is supported",
            {"methods": ("Methods, at least", Field(), 160), "bodies": ("Bodies, at least", Field(), 160)},
            "Keep",
        )
        for line in (self.naming, self.needing):
            line.left.connect(self._close)
        self.naming.kept.connect(self.keep_kind)
        self.needing.kept.connect(self.keep_support)
        self.body = scroll(Box(self.list, self.note, None, space=12), "Kinds of findings")
        self.add(self.head, self.said, self.naming, self.needing, (self.body, 1))

    def shape(self, narrow: bool, short: bool) -> None:
        self.note.setVisible(not short)

    # Reading

    def read(self) -> None:
        self._latest.ask(finding_rules.rules_now, then=self._take)

    def _take(self, shown: Rules) -> None:
        self.shown = shown
        methods = words.counted(shown.methods, "method")
        bodies = words.counted(shown.bodies, "body", "bodies")
        self.head.set("Findings", f"Supported from {methods} and {bodies} on.")
        rows = [_row(one) for one in shown.kinds]
        self.list.set_rows(rows)
        if self._wanted:
            self.list.go(next((n for n, row in enumerate(rows) if row.ident == self._wanted), 0))
            self._wanted = ""
        elif self.list.row() < 0:
            self.list.go(0)
        self.renewed.emit()

    def at(self) -> Listed | None:
        current = self.list.current()
        some = self.shown.kinds if self.shown is not None else ()
        return next((one for one in some if current is not None and one.kind.code == current.ident), None)

    # Changing

    def add_kind(self) -> None:
        self._code = ""
        self.naming.put(name="", favourable="")
        self._open(self.naming, "A new kind of finding")

    def rename(self) -> None:
        one = self.at()
        if one is not None and self.shown is not None and self.shown.lead:
            self._code = one.kind.code
            self.naming.put(name=one.kind.name, favourable="1" if one.kind.favourable else "")
            self._open(self.naming, f"The kind \u201c{one.kind.name}\u201d")

    def keep_kind(self) -> None:
        self._act(
            finding_kinds.set_kind,
            lambda error: self.naming.wrong("name", sentence_for(error)),
            code=self._code,
            name=self.naming.text("name"),
            favourable=self.naming.text("favourable") == "1",
        )
        self._wanted = self._code

    def change_support(self) -> None:
        if self.shown is not None:
            self.needing.put(methods=str(self.shown.methods), bodies=str(self.shown.bodies))
            self._open(self.needing)

    def keep_support(self) -> None:
        typed = {name: self.needing.text(name) for name in ("methods", "bodies")}
        for name, most in (("methods", len(METHODS)), ("bodies", MOST_BODIES)):
            said = typed[name]
            if not (said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= most):
                self.needing.wrong(name, f"A whole number from 1 to {most} is wanted.")
                return
        self._act(
            inspections.set_thresholds,
            lambda error: self.needing.wrong("methods", sentence_for(error)),
            methods=int(typed["methods"]),
            bodies=int(typed["bodies"]),
        )

    def withdraw(self) -> None:
        """Offer it no more, or again."""
        one = self.at()
        if one is None:
            return
        kind = one.kind
        if kind.withdrawn:
            again = {"name": kind.name, "favourable": kind.favourable}
            self._act(finding_kinds.set_kind, self._refused, code=kind.code, **again)
        else:
            self._act(finding_kinds.withdraw_kind, self._refused, code=kind.code)

    def shift(self, step: int) -> None:
        """One place up or down."""
        one, shown = self.at(), self.shown
        if one is None or shown is None:
            return
        codes = [each.kind.code for each in shown.kinds]
        place = codes.index(one.kind.code) + step
        if 0 <= place < len(codes):
            after = codes[place] if step > 0 else (codes[place - 1] if place else "")
            self._wanted = one.kind.code
            self._act(finding_kinds.place_kind, self._refused, code=one.kind.code, after=after)

    def _act(
        self, act: Callable[..., object], otherwise: Callable[[BaseException], object], **given: Any
    ) -> None:
        self.desk.act(act, then=lambda _: self._done(), otherwise=otherwise, **given)

    def _done(self) -> None:
        self.said.hide()
        self._close()
        self.read()

    def _refused(self, error: BaseException) -> None:
        self.said.setText(sentence_for(error))
        self.said.show()

    # What the page calls

    def _open(self, line: FormLine, title: str = "") -> None:
        for other in (self.naming, self.needing):
            other.hide()
        line.open_line(title)
        self.renewed.emit()

    def _close(self) -> None:
        for line in (self.naming, self.needing):
            line.hide()
        self.renewed.emit()
        self.take_focus()

    def fit_buttons(self) -> None:
        for one in self.buttons:
            one.setVisible(self.shown is not None and self.shown.lead)

    def take_focus(self) -> None:
        self.list.setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        if self.shown is None or not self.shown.lead or self.naming.isVisible() or self.needing.isVisible():
            return {}
        return {
            "setup.kind": self.add_kind,
            "setup.rename": self.rename,
            "setup.support": self.change_support,
            "setup.offer": self.withdraw,
            "setup.kind_up": lambda: self.shift(-1),
            "setup.kind_down": lambda: self.shift(1),
        }


def _row(one: Listed) -> Row:
    kind = one.kind
    way = dict(WAYS)["1" if kind.favourable else ""]
    return Row(
        kind.name[:1].upper() + kind.name[1:],
        f"{way}, offered no more" if kind.withdrawn else way,
        icon="lightbulb",
        tone="outline" if kind.withdrawn else "text2",
        trail=words.counted(one.used, "finding") if one.used else "",
        ident=kind.code,
    )
