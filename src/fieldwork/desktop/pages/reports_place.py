"""The place for reports: what is written, and the results on screen that reports are written from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.pages.reports import ReportsPage
from fieldwork.desktop.pages.results import ResultsPage
from fieldwork.desktop.pages.results_kept import KeptPage
from fieldwork.desktop.pages.several import SeveralPages


class ReportsPlace(SeveralPages):
    """`open("results")` shows the results; anything else goes to the reports."""

    title = "Reports"
    scope = "reports"

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        self.reports = ReportsPage(desk, now)
        super().__init__(desk, self.reports)
        self._now = now
        self.reports.results_asked.connect(self.show_results)
        self.results: ResultsPage | None = None  # read and counted only once somebody looks
        self.kept: KeptPage | None = None

    def show_results(self) -> None:
        if self.results is None:
            self.results = ResultsPage(self.desk, self._now)
            self.results.left.connect(self.show_reports)
            self.results.kept_asked.connect(self.show_kept)
            self.begin(self.results)
        self.show_page(self.results)

    def show_kept(self) -> None:
        if self.kept is None:
            self.kept = KeptPage(self.desk)
            self.kept.left.connect(self.show_results)
            self.begin(self.kept)
        self.show_page(self.kept)

    def show_reports(self) -> None:
        self.show_page(self.reports)

    def open(self, target: object) -> None:
        if target == "results":
            self.show_results()
        else:
            self.show_page(self.reports)
            self.reports.open(target)
