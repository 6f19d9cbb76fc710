"""What results are set against, tables saved here and earlier inspections: as they are kept, or beside those of now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Choice, Empty, Field, Row, RowList, Text, col, page_head
from fieldwork.desktop.kit.grid import GridView
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import kept_words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.kept_words import Opened
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.domain.marking_records import EarlierResult, SavedResults
from fieldwork.work import earlier_results, kept_results
from fieldwork.work.kept_results import Kept

LIST, FIGURES = range(2)
Ident = tuple[str, str]


class KeptPage(ReadingPage):
    """A list, and the figures of the one that was opened. `left` when the person goes back to the results of now."""

    title = "Saved and earlier results"
    scope = "reports"
    watches: ClassVar = frozenset({SavedResults.kind, EarlierResult.kind})
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lists, self._figures = Latest(desk), Latest(desk)
        self.opened: Ident | None = None
        self.comparing = False
        self.head = page_head(
            "Saved and earlier results",
            " ",
            self.button("kept.compare"),
            self.button("kept.import"),
            back="Results",
        )
        self.list = RowList(name="Saved and earlier results", chooses=True)
        self.list.opened.connect(lambda _: self._open())
        self.empty = Empty(
            "table-2",
            "Nothing to set results against yet",
            "Save a table in Results with s, or bring a list of an earlier inspection's results with i.",
        )
        self.grid = GridView("Figures")
        self.grid.moved.connect(lambda _: self._tell())
        self.said = Text("", "small", wrap=True)
        self.notes = Text("", "caption", "quiet", wrap=True)
        self.stack = QStackedWidget()
        self.stack.addWidget(col(self.list, self.empty, None))
        self.stack.addWidget(col((self.grid, 1), self.said, self.notes, space=6))
        self.form = FormLine(
            "Bring in the results of an earlier inspection",
            {
                "file": ("File: .csv or .xlsx", Field(), 420),
                "source": ("Source", Field(), 220),
                "address": ("Where it is published", Field(), 220),
                "read_on": ("Read on, as 2026-03-31", Field(), 180),
                "drawn": ("Its files were", Choice(kept_words.DRAWN, "Its files were"), 210),
            },
            "Bring in",
        )
        self.form.kept.connect(self._import)
        self.form.left.connect(self.take_focus)
        self.body = Box(self.head, (self.stack, 1), self.form, space=10, margins=(32, 24, 32, 12))
        self.fill(self.body)

    def shape(self, narrow: bool, short: bool) -> None:
        side = 20 if narrow else 32
        self.body.spaced.margins = (side, 12 if short else 24, side, 8 if short else 12)
        self.body.spaced.apply()
        self.notes.setVisible(not short)
        if self.opened is not None:
            self._ask(self.opened, self.comparing)

    # The list

    def read(self) -> None:
        self._lists.ask(kept_results.kept, then=self._take)

    def _take(self, kept: Kept) -> None:
        rows = kept_words.list_rows(kept)
        self.list.set_rows(rows)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows and self.list.row() < 0:
            self.list.go(next(place for place, row in enumerate(rows) if not row.head))
        if self.opened is None:
            self._say_list()

    def _say_list(self) -> None:
        self.head.set(
            self.title, "Enter opens one as it is kept, c sets it beside the results of now.", back="Results"
        )

    def _here(self) -> Ident | None:
        if self.opened is not None:
            return self.opened
        row: Row | None = self.list.current()
        return row.ident if row is not None and isinstance(row.ident, tuple) else None

    # One of them

    def _open(self) -> None:
        if self.stack.currentIndex() == LIST:
            self._ask(self._here(), False)

    def _compare(self) -> None:
        self._ask(self._here(), not self.comparing if self.opened is not None else True)

    def _ask(self, ident: Ident | None, comparing: bool) -> None:
        """Figures as they are kept, or beside those of now."""
        if ident is not None:
            what = (*ident, comparing, self.narrow)
            self._figures.ask(
                kept_words.opened, *what, then=lambda found: self._show(ident, comparing, found)
            )

    def _show(self, ident: Ident, comparing: bool, found: Opened) -> None:
        self.opened, self.comparing = ident, comparing
        self.head.set(found.title, found.about, back=self.title)
        self.grid.put(found.columns, found.rows)
        self.grid.setVisible(bool(found.rows))
        self.notes.setText(found.notes)
        self.stack.setCurrentIndex(FIGURES)
        self._tell()
        self.commands_changed.emit()
        self.take_focus()

    def _tell(self) -> None:
        """The figure one is at, in words."""
        ident = self.grid.ident()
        self.said.setText(ident if isinstance(ident, str) else "")

    def _back(self) -> None:
        if self.opened is None:
            self.left.emit()
            return
        self.opened, self.comparing = None, False
        self.stack.setCurrentIndex(LIST)
        self._say_list()
        self.commands_changed.emit()
        self.take_focus()

    # Bringing in

    def _ask_file(self) -> None:
        self.form.open_line()

    def _import(self) -> None:
        typed = {name: self.form.text(name) for name in self.form.widgets}
        if not typed["file"]:
            self.form.wrong("file", "Say which file: a folder and a file name.")
            return
        path = Path(typed.pop("file")).expanduser()
        self.desk.act(
            earlier_results.import_earlier,
            path,
            **typed,
            then=lambda _: self._imported(),
            otherwise=lambda error: self.form.wrong("file", sentence_for(error)),
        )

    def _imported(self) -> None:
        self.form.put(file="", source="", address="", read_on="")
        self.form.hide()
        self.read()
        self.take_focus()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "kept.compare": self._compare,
            "kept.import": self._ask_file,
            "kept.back": self._back,
        }
        if self.stack.currentIndex() == LIST:
            handlers["kept.open"] = self._open
        return handlers

    def take_focus(self) -> None:
        if self.stack.currentIndex() == FIGURES:
            (self.grid if not self.grid.isHidden() else self.head).setFocus()
        else:
            (self.list if not self.list.isHidden() else self.head).setFocus()
