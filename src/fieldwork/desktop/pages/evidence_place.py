"""The place for evidence: the list that is searched, the board of themes, and the log of documents and figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.pages.evidence import EvidencePage
from fieldwork.desktop.pages.several import SeveralPages
from fieldwork.desktop.pages.sources import SourcesPage
from fieldwork.desktop.pages.theme_board import ThemeBoard
from fieldwork.domain.values import Id
from fieldwork.work.filters import Filters


class EvidencePlace(SeveralPages):
    """`open("board")` shows the board, "sources" or the id of a document or a figure the log; else it is the list."""

    title = "Evidence"
    scope = "evidence"

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        self.list = EvidencePage(desk, now)
        super().__init__(desk, self.list)
        self._now = now
        self.list.board_asked.connect(self.show_board)
        self.board: ThemeBoard | None = None  # counted only once somebody looks
        self.sources: SourcesPage | None = None

    def show_board(self) -> None:
        if self.board is None:
            self.board = ThemeBoard(self.desk)
            self.board.left.connect(lambda: self.show_page(self.list))
            self.board.opened.connect(self._open_cell)
            self.begin(self.board)
        self.show_page(self.board)

    def show_sources(self, at: Id | None = None) -> None:
        """The log, at a document or a figure if one is named."""
        if self.sources is None:
            self.sources = SourcesPage(self.desk, self._now)
            self.sources.left.connect(lambda: self.show_page(self.list))
            self.begin(self.sources)
        if at is not None:
            self.sources.open(at)
        self.show_page(self.sources)

    def _open_cell(self, theme: Id, method: str, body: str) -> None:
        filters = Filters().only("theme", [theme.hex()])
        for facet, code in (("method", method), ("body", body)):
            filters = filters.only(facet, [code] if code else [])
        self.show_page(self.list)
        self.list.narrow_to(filters)

    def open(self, target: object) -> None:
        if target == "board":
            self.show_board()
        elif target == "sources" or isinstance(target, bytes):
            self.show_sources(target if isinstance(target, bytes) else None)
        else:
            self.show_page(self.list)
            self.list.open(target)

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers = super().commands()
        if self.here() is self.list:
            handlers["evidence.sources"] = self.show_sources
        return handlers
