"""The place for evidence: the list that is searched, the board of themes, and the log of documents and figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.page import Page
from fieldwork.desktop.pages.evidence import EvidencePage
from fieldwork.desktop.pages.sources import SourcesPage
from fieldwork.desktop.pages.theme_board import ThemeBoard
from fieldwork.domain.values import Id
from fieldwork.work.filters import Filters


class EvidencePlace(Page):
    """`open("board")` shows the board, "sources" or the id of a document or a figure the log; else it is the list."""

    title = "Evidence"
    scope = "evidence"

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self.setMinimumSize(1, 1)
        self._now = now
        self.list = EvidencePage(desk, now)
        self.list.commands_changed.connect(self.commands_changed)
        self.list.board_asked.connect(self.show_board)
        self.board: ThemeBoard | None = None  # counted only once somebody looks
        self.sources: SourcesPage | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.fill(self.stack)

    def here(self) -> Page:
        """The one that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else self.list

    def show_board(self) -> None:
        if self.board is None:
            self.board = ThemeBoard(self.desk)
            self.board.commands_changed.connect(self.commands_changed)
            self.board.left.connect(lambda: self._show(self.list))
            self.board.opened.connect(self._open_cell)
            self._begin(self.board)
        self._show(self.board)

    def show_sources(self, at: Id | None = None) -> None:
        """The log, at a document or a figure if one is named."""
        if self.sources is None:
            self.sources = SourcesPage(self.desk, self._now)
            self.sources.commands_changed.connect(self.commands_changed)
            self.sources.left.connect(lambda: self._show(self.list))
            self._begin(self.sources)
        if at is not None:
            self.sources.open(at)
        self._show(self.sources)

    def _begin(self, page: Page) -> None:
        page.narrow, page.short = self.narrow, self.short
        page.shape(self.narrow, self.short)
        self.stack.addWidget(page)
        page.refresh()

    def _open_cell(self, theme: Id, method: str, body: str) -> None:
        filters = Filters().only("theme", [theme.hex()])
        for facet, code in (("method", method), ("body", body)):
            filters = filters.only(facet, [code] if code else [])
        self._show(self.list)
        self.list.narrow_to(filters)

    def _show(self, page: Page) -> None:
        self.stack.setCurrentWidget(page)
        self.commands_changed.emit()
        self.take_focus()

    def open(self, target: object) -> None:
        if target == "board":
            self.show_board()
        elif target == "sources" or isinstance(target, bytes):
            self.show_sources(target if isinstance(target, bytes) else None)
        else:
            self._show(self.list)
            self.list.open(target)

    def _pages(self) -> list[Page]:
        return [page for page in (self.list, self.board, self.sources) if page is not None]

    def refresh(self, changed: object = None) -> None:
        for page in self._pages():
            page.refresh(changed)

    def shape(self, narrow: bool, short: bool) -> None:
        for page in self._pages():
            page.narrow, page.short = narrow, short
            page.shape(narrow, short)

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers = self.here().commands()
        if self.here() is self.list:
            handlers["evidence.sources"] = self.show_sources
        return handlers

    def take_focus(self) -> None:
        self.here().take_focus()

    def leave(self) -> None:
        self.here().leave()

    def record_here(self) -> Id | None:
        return self.here().record_here()
