"""Stacked bars, one a line: counts in the bar, n and share beside it, what is outside n in words after it.

Every figure can be gone to by the arrow keys and opened. The same figures stand in a table (`kit/grid.py`) for
who would rather have that; a screen reader is told each figure in words as it is gone to.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import appearance, colours, dp, font
from fieldwork.desktop.kit.answers import ANSWER_TONE
from fieldwork.desktop.kit.bar_parts import (
    HEADER,
    BarLine,
    Columns,
    Figure,
    Spot,
    figures_of,
    flowing,
    paint_count,
    paint_header,
    tall,
    wide,
)
from fieldwork.desktop.kit.heat import ink_on
from fieldwork.desktop.kit.paint import RIGHT, elide
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
TALL, CODE, GAP = 26, 46, 16
N, SHARE, INTERVAL, APART = 44, 64, 84, 176
HEAD_ROOM = {1: (16, 10), 2: (12, 2)}  # dp above and below the words of a head
WIDE = 900  # dp from which what is outside n has a column of its own


class StackedBars(Scaled, QAbstractScrollArea):
    """`opened(ident)` on Enter or a double click, `moved(ident)` when another figure is the current one."""

    opened = Signal(object)
    moved = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[BarLine] = []
        self.intervals = False
        self._tops: list[int] = [0]
        self._at: tuple[int, Hashable] | None = None
        self._columns: tuple[tuple[int, float, bool], Columns] | None = None
        self._header = _Header(self)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.rescale()

    def put(self, lines: Sequence[BarLine]) -> None:
        """Other lines; the figure one is at stays where its ident still is."""
        here, self._at = self.ident(), None
        self.lines = list(lines)
        self.intervals = any(line.interval for line in lines)
        self._measure()
        if not self.go_to(here):
            self._go_first(stacked=True)
        self.viewport().update()
        self._header.update()

    # The figure one is at

    def ident(self) -> Hashable:
        """What the current figure stands for."""
        return self._at[1] if self._at else None

    def go_to(self, ident: Hashable) -> bool:
        """Make the figure with this ident the current one; whether there is one."""
        if ident is None:
            return False
        if ident == self.ident():
            return True
        for number, line in enumerate(self.lines):
            if any(figure.ident == ident for figure in figures_of(line)):
                self._go(number, ident)
                return True
        return False

    def idents(self) -> Iterator[Hashable]:
        """All that can be gone to, line by line."""
        return (figure.ident for line in self.lines for figure in figures_of(line))

    def _go_first(self, stacked: bool = False) -> None:
        """To the first figure; stacked: to the first that stands in a bar, if there is one, at the top."""
        held = [number for number, line in enumerate(self.lines) if figures_of(line)]
        bars = [number for number in held if not self.lines[number].loose and self.lines[number].total]
        if stacked and bars:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            held = bars
        if held:
            self._go(held[0], figures_of(self.lines[held[0]])[0].ident)

    def _go(self, number: int, ident: Hashable) -> None:
        self._at = (number, ident)
        top, bottom = self._tops[number], self._tops[number + 1]
        while number and self.lines[number - 1].head:  # its heading comes into sight with it
            number -= 1
            top = self._tops[number]
        bar, tall = self.verticalScrollBar(), self.viewport().height()
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + tall:
            bar.setValue(bottom - tall)
        self.viewport().update()
        figure = self.figure()
        if figure is not None:
            self.setAccessibleDescription(figure.spoken)
            if self.hasFocus():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, figure.spoken))
        self.moved.emit(ident)

    def figure(self) -> Figure | None:
        """The current one."""
        if self._at is None:
            return None
        return next((f for f in figures_of(self.lines[self._at[0]]) if f.ident == self._at[1]), None)

    def step(self, down: int, right: int) -> None:
        """To the next figure of the line, or to the one above or below."""
        if self._at is None:
            self._go_first()
            return
        number, ident = self._at
        spots = self._ways(number)
        place = next((i for i, spot in enumerate(spots) if spot.figure.ident == ident), 0)
        if right:
            if 0 <= place + right < len(spots):
                self._go(number, spots[place + right].figure.ident)
            return
        x = spots[place].rect.center().x()
        number += down
        while 0 <= number < len(self.lines):
            if near := self._ways(number):
                self._go(number, min(near, key=lambda s: abs(s.rect.center().x() - x)).figure.ident)
                return
            number += down
        if down < 0:
            self.verticalScrollBar().setValue(0)

    def _ways(self, number: int) -> list[Spot]:
        return [spot for spot in self._spots(number) if not spot.again]

    def _leap(self, down: int) -> None:
        """A page further; the figure in the same column."""
        for _ in range(max(1, self.viewport().height() // dp(44) - 1)):
            self.step(down, 0)

    def event(self, event: QEvent) -> bool:
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and event.key() in _ENTER and not event.modifiers():  # type: ignore[attr-defined]
            event.accept()  # Enter opens here, also where the screen has a command on it
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.step(*steps[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._leap(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Home:
            self._go_first()
        elif key in _ENTER and self._at is not None:
            self.opened.emit(self._at[1])
        else:
            event.ignore()

    def _spot_at(self, point: QPointF) -> tuple[int, Figure] | None:
        y = point.y() + self.verticalScrollBar().value()
        number = next((i for i in range(len(self.lines)) if self._tops[i] <= y < self._tops[i + 1]), -1)
        if number < 0:
            return None
        inside = QPointF(point.x(), y - self._tops[number])
        hit = next((spot for spot in self._spots(number) if spot.rect.contains(inside)), None)
        return (number, hit.figure) if hit else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if hit := self._spot_at(event.position()):
            self._go(hit[0], hit[1].ident)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if hit := self._spot_at(event.position()):
            self.opened.emit(hit[1].ident)

    # Measures

    def columns(self) -> Columns:
        """Where things stand at the width and the text size there are."""
        wanted = (self.viewport().width(), appearance.factor, self.intervals)
        if self._columns is None or self._columns[0] != wanted:
            self._columns = (wanted, self._columns_at(wanted[0]))
        return self._columns[1]

    def _columns_at(self, width: int) -> Columns:
        own = width >= dp(WIDE)
        end = float(width)
        apart = end - dp(APART) if own else 0.0
        interval_end = apart - dp(GAP) if own else end - dp(4)
        share_end = interval_end - (dp(INTERVAL) + dp(4) if self.intervals else 0)
        n_end = share_end - dp(SHARE)
        title = min(max(width * 0.27, dp(190)), dp(320))
        return Columns(title, n_end - dp(N), n_end, share_end, interval_end, apart, end)

    def _measure(self) -> None:
        at, self._tops = 0, [0]
        for number in range(len(self.lines)):
            at += self._tall(number)
            self._tops.append(at)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, at - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(dp(40))

    def _tall(self, number: int) -> int:
        line = self.lines[number]
        width = self._title_width(line)
        kind, weight = ("strong", None) if line.head == 1 else ("body", 500 if line.head else None)
        words = tall(line.title, width, kind, weight)
        if line.head:
            note = tall(line.note, width, "caption")
            above, below = HEAD_ROOM[line.head]
            return round(words + note) + dp(above + below)
        least = dp(TALL + (24 if line.note else 14))
        lowest = max((spot.rect.bottom() for spot in self._spots(number)), default=0.0)
        return max(least, round(words) + dp(12), round(lowest) + dp(8))

    def _title_width(self, line: BarLine) -> float:
        if line.head:
            return self.viewport().width() - (dp(CODE) if line.code else 0) - dp(12)
        return self.columns().bar - dp(CODE) - dp(12)

    def _spots(self, number: int) -> list[Spot]:
        """The figures of a line from left to right, their places below the line's top."""
        line, at = self.lines[number], self.columns()
        if line.head:
            return []
        top = float(dp(7))
        spots = self._boxes(line, at, top) if line.loose else self._stack(line, at, top)
        if line.total is not None:
            spots.append(Spot(QRectF(at.bar_end, top, at.n_end - at.bar_end, dp(TALL)), line.total, ""))
        narrow = [spot.figure for spot in spots if not line.loose and not self._fits(spot)]
        below = max((spot.rect.bottom() for spot in spots), default=top) + dp(8 if line.whisker else 1)
        told = [spot._replace(again=True) for spot in flowing(narrow, at.bar, below, at.bar_end)]
        if told and not at.apart:
            below = told[-1].rect.bottom()
        left, y, end = (at.apart, top, at.end) if at.apart else (at.bar, below, at.end)
        return spots + flowing(line.apart, left, y, end) + told

    def _stack(self, line: BarLine, at: Columns, top: float) -> list[Spot]:
        whole = sum(figure.count for figure in line.figures)
        room, x, spots = at.bar_end - dp(GAP) - at.bar, at.bar, []
        for figure in line.figures:
            width = room * figure.count / whole if whole else 0
            if figure.count:
                spots.append(Spot(QRectF(x, top, width, dp(TALL)), figure, ""))
            x += width
        return spots

    def _boxes(self, line: BarLine, at: Columns, top: float) -> list[Spot]:
        x, y, end, spots = at.bar, top, at.bar_end - dp(GAP), []
        for figure in line.figures:
            if not figure.count:
                continue
            words = f"{figure.words}  {figure.count}"
            width = min(wide(words, "caption", 500) + dp(18), end - at.bar)
            if x > at.bar and x + width > end:
                x, y = at.bar, y + dp(TALL + 4)
            spots.append(Spot(QRectF(x, y, width, dp(TALL)), figure, words))
            x += width + dp(6)
        return spots

    @staticmethod
    def _fits(spot: Spot) -> bool:
        """Whether mark and count can stand in that part of the bar; else it is told in words after it."""
        if not spot.figure.code:
            return True
        count = wide(str(spot.figure.count), "label", 600)
        return spot.rect.width() >= count + dp(18)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, at = QPainter(self.viewport()), self.columns()
        scrolled, tall = self.verticalScrollBar().value(), self.viewport().height()
        for number, line in enumerate(self.lines):
            if self._tops[number + 1] < scrolled or self._tops[number] > scrolled + tall:
                continue
            painter.save()
            painter.translate(0, self._tops[number] - scrolled)
            self._paint_line(painter, number, line, at)
            painter.restore()

    def _paint_line(self, painter: QPainter, number: int, line: BarLine, at: Columns) -> None:
        palette, tall = colours(), self._tops[number + 1] - self._tops[number]
        if line.head == 1:
            painter.fillRect(QRectF(0, tall - dp(4), at.end, 1), palette["line"])
        left = dp(CODE) if line.code or not line.head else 0
        kind, weight = ("strong", None) if line.head == 1 else ("body", 500 if line.head else None)
        title, high = lay_out([(line.title, "")], self._title_width(line), kind, weight)
        top = dp(HEAD_ROOM[line.head][0]) if line.head else dp(7) + max(0.0, (dp(TALL) - high) / 2)
        elide(
            painter, QRectF(0, top, left, min(high, dp(22))), line.code, font("label", 600), palette["accent"]
        )
        title.draw(painter, QPointF(left, top))
        if line.head:
            if line.note:
                note, _ = lay_out([(line.note, "quiet")], self._title_width(line), "caption")
                note.draw(painter, QPointF(left, top + high))
            return
        for spot in self._spots(number):
            self._paint_spot(painter, line, spot, self._at == (number, spot.figure.ident) and not spot.again)
        self._paint_numbers(painter, line, at)
        if line.whisker is not None and line.figures:
            self._paint_whisker(painter, line.whisker, at)

    def _paint_spot(self, painter: QPainter, line: BarLine, spot: Spot, here: bool) -> None:
        palette, rect, figure = colours(), spot.rect, spot.figure
        inner = rect.adjusted(0, 0, -min(2.0, rect.width() / 3), 0)
        if figure is line.total:
            elide(painter, rect, str(figure.count), font("body", 600), palette["text"], RIGHT)
        elif spot.words and line.loose and figure in line.figures:
            rounded(painter, inner, palette["surface"], palette["outline"], 1, dp(4))
            elide(
                painter,
                inner.adjusted(dp(8), 0, -dp(4), 0),
                spot.words,
                font("caption", 500),
                palette["text"],
            )
        elif spot.words:
            elide(painter, rect, spot.words, font("caption"), palette["text2"])
        else:
            ground = palette[ANSWER_TONE[figure.code]]
            rounded(painter, inner, ground, None, radius=min(dp(3), inner.width() / 2))
            if self._fits(spot):
                paint_count(painter, inner, figure, ink_on(ground))
        if here:
            ring = rect.adjusted(-dp(3), -dp(3), dp(1) if not spot.words else dp(3), dp(3))
            ring.setWidth(max(ring.width(), dp(12)))
            if self.hasFocus():
                focus_ring(painter, ring, dp(6))
            else:
                rounded(painter, ring, None, palette["outline"], 1, dp(6))

    def _paint_numbers(self, painter: QPainter, line: BarLine, at: Columns) -> None:
        palette, top = colours(), dp(7)
        share = QRectF(at.n_end, top, at.share_end - at.n_end, dp(TALL))
        elide(painter, share, line.share, font("body"), palette["text"], RIGHT)
        if line.note:
            note = QRectF(at.bar_end - dp(20), top + dp(TALL - 3), at.n_end - at.bar_end + dp(20), dp(16))
            elide(painter, note, line.note, font("caption"), palette["text2"], RIGHT)
        if self.intervals:
            interval = QRectF(at.share_end, top, at.interval_end - at.share_end, dp(TALL))
            elide(painter, interval, line.interval, font("small"), palette["text2"], RIGHT)

    def _paint_whisker(self, painter: QPainter, whisker: tuple[float, float], at: Columns) -> None:
        """Below the bar, from where to where its first part may reach."""
        room = at.bar_end - dp(GAP) - at.bar
        low, high = (at.bar + room * end for end in whisker)
        y = dp(7) + dp(TALL) + dp(4)
        painter.setPen(QPen(colours()["text"], max(1.0, dp(1))))
        painter.drawLine(QPointF(low, y), QPointF(high, y))
        for x in (low, high):
            painter.drawLine(QPointF(x, y - dp(3)), QPointF(x, y + dp(3)))

    # Size

    def rescale(self) -> None:
        self.setViewportMargins(0, dp(HEADER), 0, 0)
        self._place_header()
        self._measure()
        super().rescale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_header()
        self._measure()

    def _place_header(self) -> None:
        self._header.setGeometry(0, 0, self.viewport().width(), dp(HEADER))

    def sizeHint(self) -> QSize:
        return QSize(dp(600), dp(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(300), dp(120))


class _Header(QWidget):
    """The legend; it stays while the lines scroll."""

    def __init__(self, bars: StackedBars) -> None:
        super().__init__(bars)
        self._bars = bars
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_header(QPainter(self), self._bars.columns(), self._bars.intervals)
