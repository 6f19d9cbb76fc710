"""Drift: how often an examiner's answers were what the team settled on, week by week, as a line and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.analysis.drift import Span
from fieldwork.analysis.intervals import Share, rounded_percent
from fieldwork.desktop.appearance.tokens import colours, dp, font
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    Button,
    Empty,
    KeyHint,
    Pane,
    Row,
    RowList,
    Segments,
    Text,
    col,
    flow,
    page_head,
    scroll,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.kit.paint import CENTRE, RIGHT, elide
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.work import drifting
from fieldwork.work.drifting import Drifting

SPANS = (1, 2, 4)  # weeks


def day_of(begins: int) -> str:
    day = date.fromordinal(begins)
    return f"{day.day} {day:%b}"


def share_words(part: Share) -> str:
    percent = rounded_percent(part.count, part.n)
    return "none judged" if percent is None else f"{percent:.1f}% ({part.count} of {part.n})"


def span_words(weeks: int) -> str:
    return f"{words.number(weeks)} {'week' if weeks == 1 else 'weeks'}"


class DriftLine(Scaled, QWidget):
    """Per cent by week, n under each point; the others as a dashed line. The table beside it says the same."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: Sequence[Span] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def put(self, who: str, spans: Sequence[Span], weeks: int) -> None:
        self._spans = spans
        self.setAccessibleName(f"{who}: answers that the team settled on, by {span_words(weeks)}")
        self.setAccessibleDescription(
            "; ".join(f"from {day_of(one.begins)}, {share_words(one.own)}" for one in spans)
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(dp(360), dp(220))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(200), dp(220))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(dp(48), dp(12), self.width() - dp(64), self.height() - dp(12) - dp(48))
        for percent in (0, 50, 100):
            y = area.bottom() - area.height() * percent / 100
            painter.fillRect(QRectF(area.x(), y, area.width(), 1), palette["line"])
            words = QRectF(0, y - dp(10), area.x() - dp(8), dp(20))
            elide(painter, words, f"{percent}%", font("caption"), palette["text2"], RIGHT)
        if not self._spans:
            return
        places = self._places(area)
        painter.setPen(QPen(palette["text2"], 2, Qt.PenStyle.DashLine))
        for run in self._runs(area, places):
            painter.drawPolyline(QPolygonF(run))
            if len(run) == 1:
                painter.setPen(QPen(palette["text2"], 2))
                painter.drawEllipse(run[0], dp(4), dp(4))
                painter.setPen(QPen(palette["text2"], 2, Qt.PenStyle.DashLine))
        own = [
            QPointF(x, area.bottom() - area.height() * (one.own.fraction or 0))
            for x, one in zip(places, self._spans, strict=True)
        ]
        painter.setPen(QPen(palette["accent"], 3))
        painter.drawPolyline(QPolygonF(own))
        painter.setBrush(palette["accent"])
        for point in own:
            painter.drawEllipse(point, dp(4), dp(4))
        self._paint_words(painter, area, places)

    def _runs(self, area: QRectF, places: Sequence[float]) -> list[list[QPointF]]:
        """The line of the others, broken where none of theirs was judged."""
        runs: list[list[QPointF]] = [[]]
        for x, one in zip(places, self._spans, strict=True):
            if one.others.fraction is None:
                runs.append([])
            else:
                runs[-1].append(QPointF(x, area.bottom() - area.height() * one.others.fraction))
        return [run for run in runs if run]

    def _places(self, area: QRectF) -> list[float]:
        first, last = self._spans[0].begins, self._spans[-1].begins
        if first == last:
            return [area.center().x()]
        room = area.width() - dp(40)
        return [area.x() + dp(20) + room * (one.begins - first) / (last - first) for one in self._spans]

    def _paint_words(self, painter: QPainter, area: QRectF, places: Sequence[float]) -> None:
        palette, wide, free = colours(), dp(56), 0.0
        for x, one in zip(places, self._spans, strict=True):
            if x - wide / 2 < free:
                continue
            free = x + wide / 2
            for row, said in enumerate((day_of(one.begins), f"n = {one.own.n}")):
                rect = QRectF(x - wide / 2, area.bottom() + dp(6) + row * dp(18), wide, dp(18))
                elide(painter, rect, said, font("caption"), palette["text2"], CENTRE)


class Drift(Box):
    """For leads: the examiners, and the line and table of the one chosen. `renewed`: other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(space=0)
        self.desk, self._latest = desk, Latest(desk)
        self.shown: tuple[Drifting, ...] = ()
        self.head = page_head("Drift of examiners", " ", back="Team")
        self.list = RowList(name="Examiners", chooses=True)
        self.list.moved.connect(lambda _: self._show_one())
        self.spans = Segments(*(str(weeks) for weeks in SPANS), name="Weeks to a span")
        self.spans.chosen.connect(lambda _: self.read())
        self.span_row = flow(
            Text("Weeks to a span", "label", weight=600), self.spans, KeyHint("s", "the next"), space=8
        )
        self.line = DriftLine()
        self.key = Text(
            "The line is the examiner, the dashed line all others in the same time. Answers are judged again because "
            "they were drawn or called for it, so these are counts, not estimates, and say little where n is small.",
            "caption",
            "quiet",
            wrap=True,
        )
        self.table = RowList(name="By span", lead=64)
        self.empty = Empty(
            "users",
            "Nothing has been judged again yet",
            "Once files are moderated, it shows here how often each examiner's answers stood.",
            button("team.back", words="Back to the team"),
        )
        self.figures = col(self.list, self.span_row, self.line, self.table, self.key, space=12)
        self.inner = Pane(self.head, self.figures, self.empty, None, margins=(32, 24, 32, 16), space=16)
        self.add((scroll(self.inner, "Drift of examiners"), 1))

    def shape(self, narrow: bool, short: bool) -> None:
        self.inner.spaced.margins = (24, 12, 24, 12) if narrow or short else (32, 24, 32, 16)
        self.inner.rescale()

    def read(self) -> None:
        self._latest.ask(drifting.drifting, weeks=self.weeks, then=self._take)

    @property
    def weeks(self) -> int:
        return SPANS[self.spans.current()]

    def next_span(self) -> None:
        """Longer spans, and after the longest the shortest again."""
        self.spans.choose((self.spans.current() + 1) % len(SPANS))
        self.read()

    def _take(self, found: tuple[Drifting, ...]) -> None:
        self.shown = found
        self.head.set(
            "Drift of examiners",
            "How often answers that were judged again were what the team settled on. For leads.",
            back="Team",
        )
        self.list.set_rows([self._row(one) for one in found])
        self.figures.setVisible(bool(found))
        self.empty.setVisible(not found)
        if found and self.list.row() < 0:
            self.list.go(0)
        self._show_one()
        self.renewed.emit()

    def _row(self, one: Drifting) -> Row:
        count = sum(span.own.count for span in one.spans)
        n = sum(span.own.n for span in one.spans)
        return Row(one.who, trail=f"{count} of {n} stood", ident=one.member)

    def _show_one(self) -> None:
        at = self.list.row()
        if not 0 <= at < len(self.shown):
            return
        one = self.shown[at]
        self.line.put(one.who, one.spans, self.weeks)
        self.table.set_rows(
            [
                Row(
                    share_words(span.own),
                    sub=f"the others: {share_words(span.others)}",
                    lead=day_of(span.begins),
                    ident=span.begins,
                )
                for span in one.spans
            ]
        )

    def take_focus(self) -> None:
        self.list.setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        return {"team.span": self.next_span} if self.shown else {}
