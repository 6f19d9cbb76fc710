"""A place of the window with several pages, of which one is shown; each but the first is made once somebody looks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.page import Page
from fieldwork.domain.values import Id


class SeveralPages(Page):
    """What is asked of the place is asked of the page that is shown; what happened is told to all that were made."""

    def __init__(self, desk: Desk, first: Page) -> None:
        super().__init__(desk)
        self.setMinimumSize(1, 1)
        self._first = first
        self.stack = QStackedWidget()
        self.stack.addWidget(first)
        first.commands_changed.connect(self.commands_changed)
        self.fill(self.stack)

    def here(self) -> Page:
        """The one that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else self._first

    def begin(self, page: Page) -> None:
        """Take in a page that was made now."""
        page.commands_changed.connect(self.commands_changed)
        page.narrow, page.short = self.narrow, self.short
        page.shape(self.narrow, self.short)
        self.stack.addWidget(page)
        page.refresh()

    def show_page(self, page: Page) -> None:
        self.stack.setCurrentWidget(page)
        self.commands_changed.emit()
        self.take_focus()

    def _pages(self) -> list[Page]:
        some = (self.stack.widget(at) for at in range(self.stack.count()))
        return [page for page in some if isinstance(page, Page)]

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

    def unsaved(self) -> str:
        return next((said for page in self._pages() if (said := page.unsaved())), "")

    def record_here(self) -> Id | None:
        return self.here().record_here()
