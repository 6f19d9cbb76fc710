"""The theme board: every theme by body and method, which way its evidence points; a count opens what it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Choice, KeyHint, Segments, Text, col, flow, page_head
from fieldwork.desktop.kit.grid import GridCell, GridColumn, GridRow, GridView
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.domain.values import Id
from fieldwork.work import theme_table
from fieldwork.work.theme_table import ALL, ThemeTable, Ways
from fieldwork.work.theme_tree import Entry

BY_BODY, BY_METHOD = range(2)
THEME_WIDTH, COLUMN_WIDTH, STEP = 220, 116, 16  # dp
Place = tuple[Id, str, str]  # theme, method, body


class ThemeBoard(ReadingPage):
    """`opened(theme, method, body)` for the evidence behind a count, ALL for every one; `left` back to the list."""

    title = "Theme board"
    scope = "evidence"
    watches: ClassVar = frozenset({"tag", "theme", "excerpt", "session", "case_file", "joining"})
    opened = Signal(object, str, str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._latest = Latest(desk)
        self.shown: ThemeTable | None = None
        self.head = page_head("Theme board", " ", back="Evidence")
        self.by = Segments("Bodies", "Methods", name="Columns")
        self.by.chosen.connect(lambda _: self._turned())
        self.only = Choice([(ALL, "All methods")], "Only one method or body")
        self.only.chosen.connect(lambda _: self._show())
        self.grid = GridView("Themes by body or method")
        self.grid.opened.connect(self._open)
        self.key = Text(
            "Pieces of evidence with the theme; + of strength, \u2212 of concern. Enter shows them. A joint answer "
            "about two bodies stands under both, and is one in \u201call\u201d.",
            "caption",
            "quiet",
            wrap=True,
        )
        tools = flow(KeyHint("c", "columns"), self.by, KeyHint("o", "only"), self.only, space=10)
        self.inner = col(self.head, tools, (self.grid, 1), self.key, margins=(32, 20, 32, 12), space=12)
        self.fill(self.inner)

    def shape(self, narrow: bool, short: bool) -> None:
        self.key.setVisible(not short)

    # Reading

    def read(self) -> None:
        self._latest.ask(theme_table.theme_table, then=self._take)

    def _take(self, shown: ThemeTable) -> None:
        self.shown = shown
        themes = words.counted(len(shown.themes), "theme")
        self.head.set("Theme board", f"{themes}, and the lines and answers that carry them.", back="Evidence")
        self._offer()
        self._show()

    def _offer(self) -> None:
        """What the table can be limited to: what its columns do not show."""
        if self.shown is None:
            return
        bodies = self.by.current() == BY_BODY
        some = self.shown.methods if bodies else self.shown.bodies
        everything = "All methods" if bodies else "All bodies"
        kept = self.only.code()
        self.only.set_options([(ALL, everything), *((code, _begun(name)) for code, name in some)])
        self.only.set_code(kept if kept in dict(some) else ALL)

    def _turned(self) -> None:
        self._offer()
        self._show()
        self.commands_changed.emit()

    def _show(self) -> None:
        shown = self.shown
        if shown is None:
            return
        bodies = self.by.current() == BY_BODY
        across = shown.bodies if bodies else shown.methods
        columns = [
            GridColumn("Theme", THEME_WIDTH, number=False),
            GridColumn("All", COLUMN_WIDTH),
            *(GridColumn(_begun(name), COLUMN_WIDTH) for _, name in across),
        ]
        rows = [
            self._row(shown, entry, [ALL, *(code for code, _ in across)], bodies) for entry in shown.themes
        ]
        self.grid.put(columns, rows)

    def _row(self, shown: ThemeTable, entry: Entry, across: list[str], bodies: bool) -> GridRow:
        only, theme = self.only.code(), entry.theme
        places = [(theme.id, only, code) if bodies else (theme.id, code, only) for code in across]
        name = GridCell(theme.name, quiet=bool(theme.withdrawn), indent=STEP * entry.depth)
        return GridRow((name, *(_cell(shown.of(*place), place, theme.name) for place in places)))

    # Keys

    def _turn(self) -> None:
        self.by.choose(1 - self.by.current())
        self._turned()

    def _open(self, place: object) -> None:
        if isinstance(place, tuple):
            self.opened.emit(*place)

    def commands(self) -> dict[str, Callable[[], object]]:
        return {
            "board.back": self.left.emit,
            "board.columns": self._turn,
            "board.only": self.only.setFocus,
        }

    def take_focus(self) -> None:
        self.grid.setFocus()


def _cell(ways: Ways, place: Place, theme: str) -> GridCell:
    if not ways.total:
        return GridCell("", ident=place, quiet=True, spoken=f"{theme}: none")
    signs = [f"+{ways.strength}" if ways.strength else "", f"\u2212{ways.concern}" if ways.concern else ""]
    told = " ".join((f"{ways.total:,}", *filter(None, signs)))
    said = f"{theme}: {ways.total}, {ways.strength} of strength, {ways.concern} of concern"
    return GridCell(told, ident=place, spoken=said)


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]
