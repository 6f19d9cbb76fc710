"""Every answer of a file as one mark, grouped by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fieldwork.desktop.appearance.tokens import colours, dp, font
from fieldwork.desktop.kit.answers import answer_words, paint_answer
from fieldwork.desktop.kit.paint import elide
from fieldwork.desktop.kit.scaled import Scaled


@dataclass(frozen=True)
class GlanceMark:
    """One question: its code ("D04"), its answer code ("" while unanswered), how it is called if otherwise."""

    code: str
    answer: str = ""
    name: str = ""


@dataclass(frozen=True)
class GlanceSection:
    letter: str
    name: str
    marks: tuple[GlanceMark, ...] = ()


class GlanceStrip(Scaled, QWidget):
    """Wraps by section; a section longer than a line wraps within. `chosen(question code)` on a click.

    Keyboard users go by the section list and the go-to key, so the strip itself takes no focus;
    a screen reader gets the counts as its name and each section in its description.
    """

    chosen = Signal(str)

    def __init__(
        self, sections: Sequence[GlanceSection] = (), current: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._sections: tuple[GlanceSection, ...] = ()
        self._current = ""
        self.set_sections(sections, current)

    def set_sections(self, sections: Sequence[GlanceSection], current: str = "") -> None:
        self._sections, self._current = tuple(sections), current
        self._describe()
        self.rescale()

    def _describe(self) -> None:
        marks = [mark for section in self._sections for mark in section.marks]
        given = sum(bool(mark.answer) for mark in marks)
        self.setAccessibleName(f"Answers at a glance, {given} of {len(marks)} given")
        self.setAccessibleDescription(
            "; ".join(
                f"{s.letter} {s.name}: {sum(bool(m.answer) for m in s.marks)} of {len(s.marks)}"
                for s in self._sections
            )
        )

    def _places(self, width: int) -> Iterator[tuple[GlanceSection, GlanceMark | None, int, int]]:
        """(section, mark or None for its letter, x, y) of the top left of each cell, 24 dp high."""
        x = y = 0
        step, letter = dp(13), dp(13)
        for section in self._sections:
            if x and x + letter + len(section.marks) * step > width:
                x, y = 0, y + dp(24)
            yield section, None, x, y
            x += letter
            for mark in section.marks:
                if x + step > width:
                    x, y = letter, y + dp(24)
                yield section, mark, x, y
                x += step
            x += dp(5)

    def heightForWidth(self, width: int) -> int:
        return max((y for *_, y in self._places(max(width, dp(60)))), default=0) + dp(24)

    def sizeHint(self) -> QSize:
        return QSize(dp(300), self.heightForWidth(self.width() if self.width() > dp(100) else dp(600)))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(120), dp(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _mark_at(self, point: QPoint) -> tuple[GlanceSection, GlanceMark] | None:
        for section, mark, x, y in self._places(self.width()):
            if mark is not None and x <= point.x() < x + dp(13) and y <= point.y() < y + dp(24):
                return section, mark
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._mark_at(event.position().toPoint())
        if hit and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(hit[1].code)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self._mark_at(event.pos())
            words = f"{hit[1].name or hit[1].code}: {answer_words(hit[1].answer)}" if hit else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        for section, mark, x, y in self._places(self.width()):
            if mark is None:
                here = any(m.code == self._current for m in section.marks)
                rect = QRectF(x, y, dp(14), dp(24))
                elide(
                    painter, rect, section.letter, font("caption", 600), palette["text" if here else "text2"]
                )
            else:
                paint_answer(painter, x, y + dp(6), dp(11.6), mark.answer, mark.code == self._current)
