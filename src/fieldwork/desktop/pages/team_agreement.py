"""Agreement on the calibration files: a line for each question, and the marks of the one chosen side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from fieldwork.analysis.agreement import Coefficient, Figure
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    Button,
    Empty,
    Pane,
    Row,
    RowList,
    Text,
    col,
    page_head,
    row,
    scroll,
    section,
)
from fieldwork.desktop.kit.layout import Box, even
from fieldwork.desktop.pages import marking_words
from fieldwork.work import calibration
from fieldwork.work.calibration import Calibrated, QuestionAgreement


def figure_words(name: str, figure: Figure) -> str:
    if not isinstance(figure, Coefficient):
        return f"{name}: not computable. {figure.reason}"
    bounds = "" if figure.low is None or figure.high is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{name} {figure.value:.2f}{bounds}, n = {figure.n}"


def pairs_words(one: QuestionAgreement) -> str:
    """How many pairs of marks agree, and how far the others are apart."""
    apart = one.apart
    if not apart.pairs:
        return "no two marks to compare"
    said = [f"{apart.agreed} of {apart.pairs} pairs agree"]
    for count, words in (
        (apart.adjacent, "a step apart"),
        (apart.opposite, "opposite"),
        (apart.further, "otherwise apart"),
    ):
        if count:
            said.append(f"{count} {words}")
    return ", ".join(said)


class Agreement(Box):
    """`renewed`: other keys hold. Enter on a question opens its marks."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(space=0)
        self.desk = desk
        self.shown: Calibrated | None = None
        self.head = page_head("Agreement", " ", back="Team")
        self.waiting = Text("", "small", "quiet", wrap=True)
        self.marks = RowList(name="Marks side by side", lead=88)
        self.list = RowList(name="Questions", lead=52, chooses=True)
        self.list.moved.connect(lambda _: self._show_one())
        self.list.opened.connect(lambda _: self.marks.setFocus())
        self.figures = Box(space=4)
        self.empty = Empty(
            "users",
            "No calibration figures yet",
            "A lead chooses a file for calibration with Shift C in Files. Its figures show once all who are to "
            "mark it have finished.",
            button("team.back", words="Back to the team"),
        )
        side = col(section("Marks side by side"), self.figures, self.marks, None, space=8)
        self.beside = row((even(col(self.list, None)), 1), (even(side), 1), space=32)
        self.inner = Pane(
            self.head, self.waiting, self.beside, self.empty, None, margins=(32, 24, 32, 16), space=12
        )
        self.add((scroll(self.inner, "Agreement"), 1))

    def shape(self, narrow: bool, short: bool) -> None:
        self.beside.turn(narrow)
        self.inner.spaced.margins = (24, 12, 24, 12) if narrow or short else (32, 24, 32, 16)
        self.inner.rescale()

    def read(self) -> None:
        self.desk.ask(calibration.calibrated, then=self._take)

    def _take(self, found: Calibrated) -> None:
        self.shown = found
        files = "file" if found.files == 1 else "files"
        self.head.set(
            "Agreement",
            f"{found.finished} of {found.files} calibration {files} marked by all. They stand outside the results.",
            back="Team",
        )
        left = "; ".join(
            f"{reference}: {', '.join(who) or 'opens with the next packages'}"
            for reference, who in found.waiting
        )
        self.waiting.setText(f"Sealed until all have finished. {left}" if left else "")
        self.waiting.setVisible(bool(left))
        self.list.set_rows([self._row(one) for one in found.questions])
        self.beside.setVisible(bool(found.questions))
        self.empty.setVisible(not found.questions)
        if found.questions and self.list.row() < 0:
            self.list.go(0)
        self._show_one()
        self.renewed.emit()

    def _row(self, one: QuestionAgreement) -> Row:
        ac1 = one.figures["ac1"]
        return Row(
            pairs_words(one),
            sub=figure_words("AC1", ac1) if isinstance(ac1, Coefficient) else "AC1 not computable",
            lead=one.question.code,
            trail=f"{one.files} {'file' if one.files == 1 else 'files'}",
            ident=one.question.code,
        )

    def _show_one(self) -> None:
        at = self.list.row()
        if self.shown is None or not 0 <= at < len(self.shown.questions):
            return
        one = self.shown.questions[at]
        names = [("Raw agreement", "raw"), ("Alpha", "alpha"), ("AC1", "ac1")]
        names += [("AC2, weighted by steps", "ac2_linear")] if one.question.scored else []
        lines = [figure_words(words, one.figures[name]) for words, name in names]
        self.figures.clear()
        self.figures.add(Text(str(one.question.label), "body", wrap=True, weight=500))
        self.figures.add(*(Text(line, "small", "quiet", wrap=True) for line in lines))
        rows = []
        for marked in one.marks:
            for place, (who, value) in enumerate(marked.given):
                said = marking_words.in_words(one.question, value) or "blank or not asked"
                rows.append(
                    Row(
                        said,
                        lead=marked.reference if place == 0 else "",
                        trail=who,
                        ident=(marked.reference, place),
                    )
                )
        self.marks.set_rows(rows)

    def take_focus(self) -> None:
        (self.list if self.list.isVisibleTo(self) else self.empty).setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        return {}
