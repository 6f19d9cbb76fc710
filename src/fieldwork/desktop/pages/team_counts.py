"""A small table of counts: words in the first column, figures right-aligned; every cell a text of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp, gap
from fieldwork.desktop.kit import Rule, Tag, Text, col
from fieldwork.desktop.kit.layout import drop
from fieldwork.desktop.kit.scaled import Scaled


@dataclass(frozen=True)
class Line:
    """One row: words, a quieter line below them, figures; icon and tone say its state beside the words."""

    words: str
    sub: str = ""
    figures: tuple[int, ...] = ()
    icon: str = ""
    tone: str = "text2"
    state: str = ""  # what the icon says, for a screen reader
    strong: bool = False


class Counts(Scaled, QWidget):
    """heads: the words over the columns. The last column stands out where it is not nought."""

    def __init__(self, *heads: str, name: str = "") -> None:
        super().__init__()
        self._heads = heads
        self.lines: list[Line] = []
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)

    def set_lines(self, lines: Sequence[Line]) -> None:
        if list(lines) == self.lines:
            return
        self.lines = list(lines)
        while (item := self._grid.takeAt(0)) is not None:
            drop(item)
        self._put_heads()
        for number, line in enumerate(self.lines):
            self._put(1 + 2 * number, line)
        self.rescale()

    def _put_heads(self) -> None:
        for column, words in enumerate(self._heads):
            label = Text(words, "caption", "quiet", weight=500)
            if column == 0:
                self._grid.addWidget(label, 0, 0, 1, 2)
            else:
                self._grid.addWidget(label, 0, column + 1, Qt.AlignmentFlag.AlignRight)

    def _put(self, row: int, line: Line) -> None:
        last = len(self._heads)
        self._grid.addWidget(Rule(), row, 0, 1, last + 1)
        if line.icon:
            mark = Tag("", line.icon, line.tone)
            mark.setAccessibleName(line.state)
            self._grid.addWidget(mark, row + 1, 0, Qt.AlignmentFlag.AlignVCenter)
        weight = 600 if line.strong else 500 if line.sub else 400
        words = [Text(line.words, "body", wrap=True, weight=weight)]
        if line.sub:
            words.append(Text(line.sub, "caption", "quiet", wrap=True))
        start = 1 if line.icon else 0
        span = (2 if not line.icon else 1) + (last - 1 if not line.figures else 0)
        self._grid.addWidget(col(*words, space=0, margins=(0, 6, 0, 6)), row + 1, start, 1, span)
        for column, figure in enumerate(line.figures, 2):
            stands_out = line.strong or (column == last and figure)
            label = Text(
                f"{figure:,}" if figure else "\u2013",
                "body",
                "text" if figure else "quiet",
                weight=600 if stands_out else 400,
            )
            label.setAccessibleName(f"{self._heads[column - 1]}: {figure:,}")
            self._grid.addWidget(
                label, row + 1, column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )

    def rescale(self) -> None:
        self._grid.setHorizontalSpacing(gap(8))
        self._grid.setVerticalSpacing(0)
        self._grid.setRowMinimumHeight(0, dp(28))
        for column in range(2, len(self._heads) + 1):
            self._grid.setColumnMinimumWidth(column, dp(60))
        super().rescale()
