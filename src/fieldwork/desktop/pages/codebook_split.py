"""A theme split: the evidence that goes to the new theme is chosen, then the new theme is named."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Field, Row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages.choosing import SeveralPanel
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id
from fieldwork.work import codebook
from fieldwork.work.codebook import Carried

LONGEST = 160  # characters of a line in the list


class Splitting(Box):
    """`opened(widget, title)` when one of its parts is to be shown; `asked` once it is; `split(done)` once written."""

    opened = Signal(object, str)
    asked = Signal()
    split = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(space=0)
        self.desk = desk
        self._theme: Theme | None = None
        self._tags: Sequence[Id] = ()
        self.panel: SeveralPanel | None = None
        self.naming = FormLine("What the new theme is called", {"name": ("Name", Field(), 260)}, "Split")
        self.naming.kept.connect(self._do)
        self.hide()

    def ask(self, theme: Theme) -> None:
        """Which of the evidence with this theme goes to a new one."""
        self._theme = theme
        self.desk.ask(codebook.carried_by, theme.id, then=self._choose)

    def _choose(self, some: Sequence[Carried]) -> None:
        if self._theme is None:
            return
        self.opened.emit(self, "")
        rows = [Row(one.words[:LONGEST], one.where, trail=one.direction, ident=one.tag) for one in some]
        title = f"Which evidence with \u201c{self._theme.name}\u201d goes to a new theme?"
        panel = SeveralPanel(title, rows, (), "name it", (1, "Choose what goes to the new theme."))
        self.panel = panel
        panel.chosen.connect(self._name)
        panel.closed.connect(self.naming.left)
        self.add(panel)
        self.show()
        panel.take_focus()
        self.asked.emit()

    def _name(self, tags: Sequence[Id]) -> None:
        self._tags = tags
        self.naming.put(name="")
        self.opened.emit(self.naming, f"What the new theme is called, with {len(tags)} of the evidence")

    def _do(self) -> None:
        if self._theme is not None:
            self.desk.act(
                codebook.split_theme,
                theme=self._theme.id,
                name=self.naming.text("name"),
                tags=self._tags,
                then=self.split.emit,
                otherwise=lambda error: self.naming.wrong("name", sentence_for(error)),
            )

    def clear(self) -> None:
        """Put the list away."""
        super().clear()
        self.panel = None
        self.hide()
