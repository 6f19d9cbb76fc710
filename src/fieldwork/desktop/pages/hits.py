"""The list of evidence found: where it stands, the words with what was looked for marked, the themes on it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import appearance, colours, dp, font, metrics
from fieldwork.desktop.kit.answers import paint_answer
from fieldwork.desktop.kit.paint import RIGHT, chip_width, elide, paint_check, paint_chip, paint_kind
from fieldwork.desktop.kit.rows import Row, RowList, RowRole
from fieldwork.desktop.kit.text import Run, lay_out, line_step

AT_ONCE = 12  # rows laid out before the window gets its turn again
MET = ("FM", "PM", "NM", "NA", "NK", "Y", "N")


def snippet_runs(snippet: str) -> tuple[Run, ...]:
    """A snippet as runs: what stands between characters 2 and 3 is marked, the marks themselves are gone."""
    runs: list[Run] = []
    for number, part in enumerate(snippet.split("\x02")):
        found, _, rest = part.partition("\x03") if number else ("", "", part)
        if found:
            runs.append((found, "mark"))
        if rest:
            runs.append((rest.replace("\x03", ""), ""))
    return tuple(runs)


@dataclass(frozen=True)
class Hit(Row):
    """A row whose words are runs; `title` holds the same words plain, `sub` where it stands."""

    runs: tuple[Run, ...] = ()
    carries: bool = True  # whether themes can stand on it
    marked: bool = False

    def spoken(self) -> str:
        found = ", ".join(text for text, style in self.runs if style == "mark")
        said = super().spoken() + (f", found: {found}" if found else "")
        return f"marked, {said}" if self.marked else said


class HitDelegate(QStyledItemDelegate):
    """One piece of evidence; heights are kept, since laying out words is what costs."""

    def __init__(self, parent: HitList) -> None:
        super().__init__(parent)
        self._heights: dict[tuple[object, int, float], int] = {}

    def forget(self) -> None:
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, HitList)
        return QSize(dp(80), self.height(index.data(RowRole), view.viewport().width()))

    def height(self, row: Hit, width: int) -> int:
        key = ((row.runs, bool(row.chips), row.carries), width, appearance.factor)
        if key not in self._heights:
            words = lay_out(row.runs, self._room(width))[1]
            below = dp(28) if row.chips else round(line_step("caption")) if row.carries else 0
            self._heights[key] = round(dp(20) + line_step("caption") + dp(3) + words + dp(4)) + below
        return self._heights[key]

    def _room(self, width: int) -> int:
        return max(width - dp(44) - dp(12), dp(80))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, area, palette = index.data(RowRole), QRectF(option.rect), colours()
        view = self.parent()
        assert isinstance(view, HitList) and isinstance(row, Hit)
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        if on:
            edge = palette["accent"] if palette.high else None
            rounded(painter, area.adjusted(0, 1, 0, -1), palette["accent_soft"], edge, 2, dp(6))
            bar = QRectF(area.x(), area.y() + dp(10), dp(3), area.height() - dp(20))
            rounded(painter, bar, palette["accent"], None, radius=1.5)
        else:
            if option.state & QStyle.StateFlag.State_MouseOver:
                rounded(painter, area.adjusted(0, 1, 0, -1), palette["raised"], None, radius=dp(6))
            line = QRectF(area.x() + dp(12), area.bottom() - 1, area.width() - dp(24), 1)
            painter.fillRect(line, palette["line"])
        self._paint_parts(painter, area, row, on)
        if on and view.hasFocus():
            focus_ring(painter, area.adjusted(0, 1, 0, -1))

    def _paint_parts(self, painter: QPainter, area: QRectF, row: Hit, on: bool) -> None:
        palette, x, top = colours(), area.x() + dp(12), area.y() + dp(10)
        middle = top + line_step("caption") / 2
        if row.marked:
            paint_check(painter, x + dp(2), middle, True)
        elif row.answer is not None and row.answer in MET:
            paint_answer(painter, x, middle - dp(9), dp(18), row.answer)
        elif row.mark:
            paint_kind(painter, x, middle, row.mark)
        else:
            paint_icon(painter, row.icon, x + dp(2), middle - dp(8), dp(16), palette["text2"], 2)
        left, room = area.x() + dp(44), self._room(int(area.width()))
        trail = min(metrics("caption").horizontalAdvance(row.trail) + 2, room // 2)
        step = line_step("caption")
        where = QRectF(left, top, room - trail - dp(12), step)
        elide(painter, where, row.sub, font("caption", 500), palette["text2"])
        end = QRectF(left + room - trail, top, trail, step)
        elide(painter, end, row.trail, font("caption"), palette["text2"], RIGHT)
        top += step + dp(3)
        words, height = lay_out(row.runs, room)
        words.draw(painter, QPointF(left, top))
        top += height + dp(4)
        if row.carries and not row.chips:
            rect = QRectF(left, top, room, step)
            elide(painter, rect, "no theme yet", font("caption"), palette["text2"])
        for number, (text, direction) in enumerate(row.chips):
            width = chip_width(text, direction)
            if number and left + width > area.right() - dp(12):
                rest = QRectF(left, top, dp(40), dp(24))
                elide(painter, rest, f"+{len(row.chips) - number}", font("caption"), palette["text2"])
                break
            ground = "surface" if on else "accent_soft"
            left += paint_chip(painter, left, top + dp(12), text, direction, ground=ground) + dp(6)


class HitList(RowList):
    """Evidence by keyboard: arrows move, Enter opens, Space marks; `left_up` when Up is pressed on the first row.

    Shift with an arrow marks on the way, Ctrl+A marks all that is there, Escape marks nothing. `near_end` when one
    comes close to the last row.
    """

    left_up = Signal()
    marks_changed = Signal()
    near_end = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name=name, fit=False, chooses=True)
        self._words = HitDelegate(self)
        self._marks: dict[Hashable, None] = {}
        self.setItemDelegate(self._words)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(AT_ONCE)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.moved.connect(self._come_to)

    def set_hits(self, hits: Sequence[Hit]) -> None:
        self._words.forget()
        there = {hit.ident for hit in hits}
        self._marks = {ident: None for ident in self._marks if ident in there}
        self.set_rows([self._as_marked(hit) for hit in hits])

    def add_hits(self, hits: Sequence[Hit]) -> None:
        """Further rows below those that are there."""
        self._rows.add_rows(hits)

    def marked(self) -> list[int]:
        """The places of the rows that are marked, in their order."""
        return [index for index, row in enumerate(self.rows) if row.ident in self._marks]

    def mark(self, idents: Iterable[Hashable], on: bool = True) -> None:
        for ident in idents:
            if on:
                self._marks[ident] = None
            else:
                self._marks.pop(ident, None)
        self.set_rows([self._as_marked(row) for row in self.rows if isinstance(row, Hit)])
        self.marks_changed.emit()

    def unmark_all(self) -> bool:
        """Whether something was marked."""
        some = bool(self._marks)
        if some:
            self.mark(list(self._marks), False)
        return some

    def _as_marked(self, hit: Hit) -> Hit:
        on = hit.ident in self._marks
        return hit if hit.marked == on else replace(hit, marked=on)

    def _scrolled(self, at: int) -> None:
        bar = self.verticalScrollBar()
        if at + 2 * bar.pageStep() >= bar.maximum():
            self.near_end.emit()

    def _come_to(self, index: int) -> None:
        if index >= len(self.rows) - AT_ONCE:
            self.near_end.emit()

    def rescale(self) -> None:
        self._words.forget()
        super().rescale()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.current()
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if key == Qt.Key.Key_Space and row is not None:
            self.mark([row.ident], row.ident not in self._marks)
        elif shift and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and row is not None:
            self.go(max(0, min(len(self.rows) - 1, self.row() + (1 if key == Qt.Key.Key_Down else -1))))
            following = self.current()
            self.mark([row.ident, following.ident if following else row.ident])
        elif key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.mark([one.ident for one in self.rows])
        elif key == Qt.Key.Key_Escape and self.unmark_all():
            return
        elif key == Qt.Key.Key_Up and self.row() <= 0:
            self.left_up.emit()
        else:
            super().keyPressEvent(event)
