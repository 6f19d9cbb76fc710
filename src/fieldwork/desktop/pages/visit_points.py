"""The emerging points of a visit: written, reworded, put in order and sent for evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fieldwork.desktop.kit import Choice, Field
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.values import Id, typable
from fieldwork.domain.vocabulary import FINDING_KINDS
from fieldwork.work import findings

if TYPE_CHECKING:
    from fieldwork.desktop.pages.visits import VisitsPage


class PointForm(QObject):
    """The one form of points, and what is done with the chosen one."""

    def __init__(self, page: VisitsPage) -> None:
        super().__init__(page)
        self._page, self._desk = page, page.desk
        self._reworded: Id | None = None
        self.kinds = Choice(list(FINDING_KINDS.items()), code="concern")
        self.form = FormLine(
            "New point",
            {
                "text": ("A sentence that can be tested", Field(hint="Redaction costs whole shifts"), 460),
                "kind": ("Kind", self.kinds, 200),
            },
            "Keep",
        )

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {"visit.point": self._ask}
        if self._page.view.point() is not None:
            handlers |= {
                "visit.reword": self.reword,
                "visit.pin": self._pin,
                "visit.up": lambda: self._order(False),
                "visit.down": lambda: self._order(True),
            }
        return handlers

    def _ask(self) -> None:
        self._reworded = None
        self.kinds.set_options(list(self._page.view.kinds_of_points().items()))
        self.form.put(text="", kind="concern")
        self._page.open_form(self.form, "New point")

    def reword(self) -> None:
        point = self._page.view.point()
        if point is not None:
            self._page.see()
            self._reworded = point.finding.id
            own = {point.finding.finding_kind: point.kind_name or point.finding.finding_kind}
            self.kinds.set_options(list({**own, **self._page.view.kinds_of_points()}.items()))
            self.form.put(text=typable(point.finding.text), kind=point.finding.finding_kind)
            self._page.open_form(self.form, "Reword the point")

    def keep(self) -> None:
        text, kind = self.form.text("text"), self.form.text("kind")
        if not text:
            self.form.wrong("text", "A point is a sentence; write one.")
        elif self._reworded is not None:
            self._desk.act(
                findings.change_finding,
                finding=self._reworded,
                text=text,
                kind=kind,
                as_of=self._page.as_of,
                then=lambda _: self._kept("Reworded. Ctrl Z takes it back."),
            )
        else:
            self._desk.act(
                findings.add_finding,
                text=text,
                kind=kind,
                visit=self._page.visit,
                then=lambda _: self._kept("Kept. e finds evidence for the chosen point."),
            )

    def _kept(self, sentence: str) -> None:
        self._page.kept(self.form, sentence)
        self._page.view.points.setFocus()

    def _pin(self) -> None:
        point = self._page.view.point()
        if point is not None:
            self._desk.go("Evidence", ("pin", point.finding.id, point.finding.text))

    def _order(self, down: bool) -> None:
        point = self._page.view.point()
        if point is not None:
            self._desk.act(findings.move_finding, finding=point.finding.id, down=down)
