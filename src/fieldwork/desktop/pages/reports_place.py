"""The place for reports: what is written, and the results on screen that reports are written from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.page import Page
from fieldwork.desktop.pages.reports import ReportsPage
from fieldwork.desktop.pages.results import ResultsPage
from fieldwork.domain.values import Id


class ReportsPlace(Page):
    """`open("results")` shows the results; anything else goes to the reports."""

    title = "Reports"
    scope = "reports"

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self.setMinimumSize(1, 1)
        self._now = now
        self.reports = ReportsPage(desk, now)
        self.reports.commands_changed.connect(self.commands_changed)
        self.reports.results_asked.connect(self.show_results)
        self.results: ResultsPage | None = None  # read and counted only once somebody looks
        self.stack = QStackedWidget()
        self.stack.addWidget(self.reports)
        self.fill(self.stack)

    def here(self) -> Page:
        """The one that is shown."""
        shown = self.results if self.stack.currentIndex() and self.results is not None else None
        return shown or self.reports

    def show_results(self) -> None:
        if self.results is None:
            self.results = ResultsPage(self.desk, self._now)
            self.results.commands_changed.connect(self.commands_changed)
            self.results.left.connect(self.show_reports)
            self.results.narrow, self.results.short = self.narrow, self.short
            self.results.shape(self.narrow, self.short)
            self.stack.addWidget(self.results)
            self.results.refresh()
        self._show(1)

    def show_reports(self) -> None:
        self._show(0)

    def _show(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self.commands_changed.emit()
        self.take_focus()

    def open(self, target: object) -> None:
        if target == "results":
            self.show_results()
        else:
            self._show(0)
            self.reports.open(target)

    def _pages(self) -> list[Page]:
        return [self.reports, *([self.results] if self.results is not None else [])]

    def refresh(self, changed: object = None) -> None:
        for page in self._pages():
            page.refresh(changed)

    def shape(self, narrow: bool, short: bool) -> None:
        for page in self._pages():
            page.narrow, page.short = narrow, short
            page.shape(narrow, short)

    def commands(self) -> dict[str, Callable[[], object]]:
        return self.here().commands()

    def take_focus(self) -> None:
        self.here().take_focus()

    def leave(self) -> None:
        self.here().leave()

    def record_here(self) -> Id | None:
        return self.here().record_here()
