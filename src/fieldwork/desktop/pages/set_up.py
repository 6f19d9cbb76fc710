"""Set-up: the question set, the sample and what findings may be, as leads change them; the team's codebook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Segments, row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages.codebook import CodebookView
from fieldwork.desktop.pages.finding_rules import FindingRules
from fieldwork.desktop.pages.question_set import QuestionSetView
from fieldwork.desktop.pages.reading import ReadingPage
from fieldwork.desktop.pages.sample import SampleView
from fieldwork.domain.values import Id

VIEWS = ("questions", "sample", "codebook", "findings")


class SetUpPage(ReadingPage):
    """Targets of `open`: "questions", "sample", "codebook", "findings"."""

    title = "Set-up"
    scope = "setup"
    watches: ClassVar = frozenset(
        {"inspection", "question_set", "examination", "draw", "drawn_case", "drawn_stratum", "case_file"}
        | {"stratum", "visit", "team_member", "device", "theme", "joining", "tag", "finding_kind", "finding"}
    )

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self.questions = QuestionSetView(desk, self.button, now)
        self.sample = SampleView(desk, self.button, now)
        self.codebook = CodebookView(desk, self.button, now)
        self.rules = FindingRules(desk, self.button)
        self.views = (self.questions, self.sample, self.codebook, self.rules)
        self.which = Segments("Question set", "Sample", "Codebook", "Findings", name="What is set up")
        self.which.chosen.connect(self._choose)
        self.stack = QStackedWidget()
        for view in self.views:
            view.setMinimumSize(1, 1)
            self.stack.addWidget(view)
            view.renewed.connect(self._renew)
        self.around = Box(row(self.which, None), (self.stack, 1), space=12, margins=(32, 20, 32, 12))
        self.fill(self.around)

    def view(self) -> QuestionSetView | SampleView | CodebookView | FindingRules:
        return self.views[self.stack.currentIndex()]

    def read(self) -> None:
        self.view().read()

    def _renew(self) -> None:
        for view in self.views:
            view.fit_buttons()
        self.commands_changed.emit()

    def _choose(self, index: int) -> None:
        self.which.choose(index)
        self.stack.setCurrentIndex(index)
        self.read()
        self._renew()
        self.take_focus()

    def open(self, target: object) -> None:
        if target in VIEWS:
            self._choose(VIEWS.index(str(target)))

    def shape(self, narrow: bool, short: bool) -> None:
        side = 20 if narrow else 32
        self.around.spaced.margins = (side, 8 if short else 20, side, 8)
        self.around.spaced.apply()
        for view in self.views:
            view.shape(narrow, short)

    def record_here(self) -> Id | None:
        return self.codebook.record_here() if self.view() is self.codebook else super().record_here()

    def take_focus(self) -> None:
        self.view().take_focus()

    def commands(self) -> dict[str, Callable[[], object]]:
        return {
            "setup.questions": lambda: self._choose(0),
            "setup.sample": lambda: self._choose(1),
            "setup.codebook": lambda: self._choose(2),
            "setup.findings": lambda: self._choose(3),
            **self.view().commands(),
        }
