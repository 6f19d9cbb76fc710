"""The place for reports: what is written, and the results on screen that reports are written from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.page import Page
from fieldwork.desktop.pages.reports import ReportsPage
from fieldwork.desktop.pages.results import ResultsPage
from fieldwork.desktop.pages.results_kept import KeptPage
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
        self.kept: KeptPage | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.reports)
        self.fill(self.stack)

    def here(self) -> Page:
        """The one that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else self.reports

    def show_results(self) -> None:
        if self.results is None:
            self.results = ResultsPage(self.desk, self._now)
            self.results.commands_changed.connect(self.commands_changed)
            self.results.left.connect(self.show_reports)
            self.results.kept_asked.connect(self.show_kept)
            self._begin(self.results)
        self._show(self.results)

    def show_kept(self) -> None:
        if self.kept is None:
            self.kept = KeptPage(self.desk)
            self.kept.commands_changed.connect(self.commands_changed)
            self.kept.left.connect(self.show_results)
            self._begin(self.kept)
        self._show(self.kept)

    def show_reports(self) -> None:
        self._show(self.reports)

    def _begin(self, page: Page) -> None:
        page.narrow, page.short = self.narrow, self.short
        page.shape(self.narrow, self.short)
        self.stack.addWidget(page)
        page.refresh()

    def _show(self, page: Page) -> None:
        self.stack.setCurrentWidget(page)
        self.commands_changed.emit()
        self.take_focus()

    def open(self, target: object) -> None:
        if target == "results":
            self.show_results()
        else:
            self._show(self.reports)
            self.reports.open(target)

    def _pages(self) -> list[Page]:
        return [page for page in (self.reports, self.results, self.kept) if page is not None]

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
