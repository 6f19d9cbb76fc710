"""Team: who is in it, packages out and in, and settling what clashes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.pages.reading import ReadingPage
from fieldwork.desktop.pages.team_again import Again
from fieldwork.desktop.pages.team_agreement import Agreement
from fieldwork.desktop.pages.team_coding import Coding
from fieldwork.desktop.pages.team_conflicts import Conflicts
from fieldwork.desktop.pages.team_drift import Drift
from fieldwork.desktop.pages.team_hub import ByHub
from fieldwork.desktop.pages.team_merging import Taking
from fieldwork.desktop.pages.team_overview import Overview
from fieldwork.desktop.pages.team_twice import EnteredTwice
from fieldwork.desktop.pages.team_words import WordsLost
from fieldwork.domain.values import Id

Look = Conflicts | EnteredTwice | WordsLost | Coding | Drift | Agreement


class TeamPage(ReadingPage):
    """Targets of `open`: "share", "pack", "take" (or a Path), "hub", "conflicts", "twice", "words", "coding"."""

    title = "Team"
    scope = "team"
    watches: ClassVar = frozenset()  # every change may be one to share, to settle, or somebody's laptop

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self.overview = Overview(desk, self.button, now)
        self.taking = Taking(desk, self.button, now)
        self.by_hub = ByHub(desk, self.button, now)
        self.once_more = Again(desk, self.button, now)
        self.conflicts = Conflicts(desk, self.button, now)
        self.twice = EnteredTwice(desk, self.button, now)
        self.lost = WordsLost(desk, self.button)
        self.coding = Coding(desk, self.button)
        self.drift = Drift(desk, self.button)
        self.agreement = Agreement(desk, self.button)
        self.stack = QStackedWidget()
        self.looks = (self.conflicts, self.twice, self.lost, self.coding, self.drift, self.agreement)
        views: tuple[Overview | Taking | Look, ...] = (self.overview, *self.takings(), *self.looks)
        for view in views:
            view.setMinimumSize(1, 1)
            self.stack.addWidget(view)
            view.renewed.connect(self.commands_changed)
        for taking in self.takings():
            taking.merged.connect(self._merged)
        self.fill(self.stack)

    def takings(self) -> tuple[Taking, ...]:
        return self.taking, self.by_hub, self.once_more

    def shape(self, narrow: bool, short: bool) -> None:
        self.overview.shape(narrow)
        for taking in self.takings():
            taking.shape(narrow)
        for look in self.looks:
            look.shape(narrow, short)

    def read(self) -> None:
        """Only what is in sight: with hundreds of conflicts, their words take a while."""
        view = self.stack.currentWidget()
        if isinstance(view, Overview | Look):
            view.read()
        elif isinstance(view, Taking):
            view.again()

    def leave(self) -> None:
        self.conflicts.typing.hand_over()

    # Views

    def show_view(self, view: QWidget) -> None:
        self.stack.setCurrentWidget(view)
        if isinstance(view, Overview | Look):
            view.read()
        self.take_focus()
        self.commands_changed.emit()

    def make(self) -> None:
        self.show_view(self.overview)
        self.overview.open_panel(self.overview.make_panel)

    def pack(self) -> None:
        self.show_view(self.overview)
        self.overview.open_panel(self.overview.pack_panel)

    def take(self) -> None:
        self.taking.start()
        self.show_view(self.taking)

    def exchange(self) -> None:
        """Send and fetch by the hub: at once where its address is known."""
        self.show_view(self.by_hub)
        self.by_hub.start()

    def merge_again(self) -> None:
        """What a merge that was taken back has left here."""
        self.show_view(self.once_more)
        self.once_more.start()

    def decide(self) -> None:
        self.show_view(self.conflicts)

    def look_twice(self) -> None:
        self.show_view(self.twice)

    def look_for_words(self) -> None:
        self.show_view(self.lost)

    def look_at_coding(self) -> None:
        self.coding.leads = self.leads
        self.show_view(self.coding)

    def look_at_drift(self) -> None:
        self.show_view(self.drift)

    def look_at_agreement(self) -> None:
        self.show_view(self.agreement)

    @property
    def leads(self) -> bool:
        return self.overview.shown is not None and self.overview.shown.lead

    def back(self) -> None:
        if self.stack.currentWidget() is self.conflicts and self.conflicts.back():
            return
        self.show_view(self.overview)

    def _merged(self, arisen: int) -> None:
        """Straight on to what only a person can decide; what was reported stays behind Esc."""
        view = self.stack.currentWidget()
        if arisen and isinstance(view, Taking) and view.finished and self.isVisible():
            self.conflicts.tell(view.report())
            self.show_view(self.conflicts)

    def open(self, target: object) -> None:
        if isinstance(target, Path):
            self.take()
            self.taking.path.setText(str(target))
            self.taking.look_at()
            return
        views = {
            "share": self.make,
            "pack": self.pack,
            "take": self.take,
            "hub": self.exchange,
            "conflicts": self.decide,
            "twice": self.look_twice,
            "words": self.look_for_words,
            "coding": self.look_at_coding,
        }
        if isinstance(target, str) and target in views:
            views[target]()

    def record_here(self) -> Id | None:
        """The laptop one is at, else this one."""
        laptops = self.overview.shown.laptops if self.overview.shown is not None else ()
        return super().record_here() or (laptops[0].device.id if laptops else None)

    def take_focus(self) -> None:
        view = self.stack.currentWidget()
        if isinstance(view, Overview | Taking | Look):
            view.take_focus()

    def commands(self) -> dict[str, Callable[[], object]]:
        view = self.stack.currentWidget()
        handlers: dict[str, Callable[[], object]] = {
            "team.take": self.take,
            "team.make": self.make,
        }
        if view is self.overview:
            handlers |= {"team.hub": self.exchange}
            handlers |= {"team.pack": self.pack, "team.decide": self.decide, "team.twice": self.look_twice}
            if self.overview.panel is None:
                handlers |= {"team.words": self.look_for_words, "team.coding": self.look_at_coding}
            handlers |= self.overview.commands()
            handlers["team.agreement"] = self.look_at_agreement
            if self.leads:
                handlers["team.drift"] = self.look_at_drift
            if self.overview.shown is not None and self.overview.shown.last_merge.aside:
                handlers["team.again"] = self.merge_again
        elif isinstance(view, Taking):
            handlers |= {"team.back": self.back, "team.decide": self.decide, **view.commands()}
        elif isinstance(view, EnteredTwice | WordsLost | Coding | Drift | Agreement):
            handlers |= {"team.back": self.back, **view.commands()}
        else:
            handlers |= {
                "team.back": self.back,
                "history": self.conflicts.show_history,
                **self.conflicts.commands(),
            }
        return handlers
