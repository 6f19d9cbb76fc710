"""The lines of a note, painted: only what is in sight is laid out, however long the note is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import appearance, colours, dp, font, metrics
from fieldwork.desktop.kit.paint import CENTRE, chip_width, elide, paint_chip, paint_kind
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out, line_step
from fieldwork.desktop.pages.note_rows import Index, NoteModel, NoteRow, alike, clock
from fieldwork.desktop.pages.note_words import runs_of

LEAD = 118  # time, speaker, kind
ABOVE, BELOW = 6, 7
STEP = 24  # of indent
NARROWEST = 340  # of a column, at 100%
EXTRA = 26  # a row of themes
KEPT_LAYOUTS = 200

#: (what is written, theme direction or "", icon or "", left edge in pixels, which row of extras)
Extra = tuple[str, str, str, float, int]


def extras(row: NoteRow, width: float) -> list[Extra]:
    """Themes, nods and whatever else stands below a line's text, wrapped to a width."""
    wanted: list[tuple[str, str, str, float]] = [
        (name, direction, "", chip_width(name, direction)) for _, name, direction in row.chips
    ]
    for mark in row.words:
        words = mark.chip(row.text)
        words = words if chip_width(words, mark.direction) <= width else mark.name
        wanted.append((words, mark.direction, "", chip_width(words, mark.direction)))
    quiet = [("users", row.nod_words), ("check", "followed up" if row.settled else "")]
    quiet += [("clock", f"on paper, typed {clock(row.typed)}" if row.noted else ""), ("users", row.by)]
    quiet += [("check", "tidied" if row.tidied else "")]
    quiet += [("clock", "not yet in the note" if row.waiting else "")]
    for icon, words in quiet:
        if words:
            wanted.append((words, "", icon, metrics("caption").horizontalAdvance(words) + dp(28)))
    placed: list[Extra] = []
    x, line = 0.0, 0
    for words, direction, icon, wide in wanted:
        if x and x + wide > width:
            x, line = 0.0, line + 1
        placed.append((words, direction, icon, x, line))
        x += wide + dp(6)
    return placed


def extras_height(placed: list[Extra]) -> int:
    return dp(EXTRA) * (placed[-1][4] + 1) if placed else 0


def paint_extras(
    painter: QPainter, x: float, top: float, placed: list[Extra], ground: str, on: int = -1
) -> None:
    """Themes and the rest, from `top` down; on: the one the person is at."""
    for at, (words, direction, icon, left, line) in enumerate(placed):
        middle = top + dp(EXTRA) * line + dp(EXTRA) / 2
        if not icon:
            paint_chip(painter, x + left, middle, words, direction, on=at == on, ground=ground)
            continue
        paint_icon(painter, icon, x + left + dp(4), middle - dp(7), dp(14), colours()["text2"], 2)
        wide = metrics("caption").horizontalAdvance(words) + 4
        rect = QRectF(x + left + dp(24), middle - dp(11), wide, dp(22))
        elide(painter, rect, words, font("caption"), colours()["text2"])


def paint_gutter(painter: QPainter, x: float, middle: float, row: NoteRow, live: bool) -> None:
    """Time, speaker and kind, left of the text."""
    palette = colours()
    time = QRectF(x + dp(8), middle - dp(11), dp(46), dp(22))
    elide(
        painter, time, row.time, font("caption", 600 if live else 500), palette["accent" if live else "text2"]
    )
    if row.speaker:
        painter.setFont(font("label", 700))
        painter.setPen(palette["text"])
        painter.drawText(QRectF(x + dp(56), middle - dp(11), dp(20), dp(22)), CENTRE, row.speaker)
    if row.mark:
        paint_kind(painter, x + dp(84), middle, row.mark)


class NoteView(Scaled, QListView):
    """The painted lines and, over one of them, the live one (`set_live`).

    `asked(place)`: the person wants to type in that line; `acted(place, what)`: "settle", "delete", "up", "down".
    """

    asked = Signal(int)
    acted = Signal(int, str)

    def __init__(self, model: NoteModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notes = model
        self.live: QWidget | None = None
        self._live_row = -1
        self._heights: list[int] = []
        self._known: list[NoteRow] = []  # the rows these heights are of
        self._live_was = -1  # and which of them the live one
        self._tops: list[int] = [0]
        self._measured: dict[bytes, tuple[NoteRow, int]] = {}
        self._layouts: dict[bytes, tuple[NoteRow, QTextLayout, float]] = {}
        self._shape: tuple[int, float] = (0, 0.0)
        self._settling = False
        self.tidied = self.apart = False
        self._anchor = -1  # where lines began to be chosen together
        self.laid_out = 0  # lines measured since the width last changed
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Note lines")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.asked.emit(index.row()))
        self.clicked.connect(lambda index: self.asked.emit(index.row()))

    # -- the live line

    def set_live(self, widget: QWidget | None, row: int) -> None:
        """Put the live line's widget over a row (-1: none)."""
        if self.live is not None and self.live is not widget:
            self.live.hide()
        self.live, self._live_row = (widget, row) if row >= 0 else (None, -1)
        if widget is not None and row >= 0:
            if widget.parent() is not self.viewport():
                widget.setParent(self.viewport())
            self.setCurrentIndex(self.notes.index(row, 0))
        elif widget is not None:
            widget.hide()
        self.relayout()
        if self.live is not None:
            self.live.show()
            self.live.raise_()
            self.show_live()

    def live_row(self) -> int:
        return self._live_row

    def live_grew(self) -> None:
        """The live line needs another height."""
        self._heights_of(self._live_row, self._live_row + 1)
        self._add_up()
        self._settle()
        self.show_live()

    def show_live(self) -> None:
        """Scroll so that the live line is in sight and in the upper two thirds."""
        if not 0 <= self._live_row < len(self._heights):
            return
        top, bottom = self._tops[self._live_row], self._tops[self._live_row + 1]
        bar, room = self.verticalScrollBar(), self.viewport().height()
        lowest = max(min(bottom - room * 2 // 3, top), bottom - room)  # a tall line: its end above all
        highest = max(0, top - dp(8))
        bar.setValue(min(max(bar.value(), lowest), max(highest, lowest)))
        self._settle()

    # -- heights, for what is in sight only

    def relayout(self) -> None:
        """Take the model's rows as they are now; nothing is measured that is out of sight."""
        shape = (self.viewport().width(), appearance.factor)
        if shape != self._shape:
            self._shape = shape
            self._measured.clear()
            self._layouts.clear()
            self.laid_out = 0
            self._heights = []
            self._known = []
        rows, known = self.notes.rows, self._known
        first = alike(rows, known)
        last = alike(rows[first:][::-1], known[first:][::-1])
        if self._live_was >= 0:  # it had the height of the widget
            first, last = min(first, self._live_was), min(last, max(0, len(known) - self._live_was - 1))
        middle = self._guessed(rows[first : len(rows) - last])
        self._heights[first : len(self._heights) - last] = middle
        self._known, self._live_was = list(rows), self._live_row
        self._heights_of(self._live_row, self._live_row + 1)
        self._add_up()
        self._settle()
        self.viewport().update()

    def _guessed(self, rows: Sequence[NoteRow]) -> list[int]:
        """The heights of rows: as they were measured, else about what their words will need."""
        per_char = max(metrics("body").averageCharWidth(), 1)
        step, edge, extra, heights = line_step(), dp(ABOVE) + dp(BELOW), dp(EXTRA), []
        for row in rows:
            known = self._measured.get(row.id)
            if known is not None and known[0] == row:
                heights.append(known[1])
                continue
            more = extra if row.chips or row.words or row.nods is not None or row.by or row.settled else 0
            lines = 1 + int(len(row.text) * per_char / self._text_width(row.indent))
            heights.append(round(lines * step) + edge + more)
        return heights

    def _text_width(self, indent: int) -> int:
        return max(self._column() - dp(LEAD) - dp(STEP) * indent - dp(8), dp(80))

    def _column(self) -> int:
        """The width a line has: with the lines of others to the right of one's own, half."""
        whole = self.viewport().width()
        return whole // 2 if self.apart and whole >= dp(2 * NARROWEST) else whole

    def stand_apart(self, apart: bool) -> None:
        """Others' lines to the right of one's own, where there is room, or all below one another."""
        if apart != self.apart:
            self.apart, self._shape = apart, (0, 0.0)
            self.relayout()

    def _add_up(self) -> None:
        self._tops = list(accumulate(self._heights, initial=0))
        room = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(room)
        bar.setSingleStep(dp(24))
        bar.setRange(0, max(0, self._tops[-1] + room // 3 - room))

    def _heights_of(self, first: int, last: int) -> bool:
        """Measure these rows; whether any height changed."""
        changed = False
        for at in range(max(first, 0), min(last, len(self._heights), len(self.notes.rows))):
            row = self.notes.rows[at]
            if at == self._live_row and self.live is not None:
                height = self.live.heightForWidth(self.viewport().width())
            else:
                known = self._measured.get(row.id)
                if known is not None and known[0] == row:
                    height = known[1]
                else:
                    height = round(self._layout(row)[1]) + dp(ABOVE) + dp(BELOW)
                    height += extras_height(extras(row, self._text_width(row.indent)))
                    self._measured[row.id] = (row, height)
                    self.laid_out += 1
            if height != self._heights[at]:
                self._heights[at] = height
                changed = True
        return changed

    def _layout(self, row: NoteRow) -> tuple[QTextLayout, float]:
        held = self._layouts.pop(row.id, None)
        if held is None or held[0] != row:
            held = (
                row,
                *lay_out(self._runs(row), self._text_width(row.indent), ink=None),
            )
            if len(self._layouts) >= KEPT_LAYOUTS:
                self._layouts.pop(next(iter(self._layouts)))
        self._layouts[row.id] = held
        return held[1], held[2]

    def _runs(self, row: NoteRow) -> list[tuple[str, str]]:
        words = () if self.tidied and row.tidied else row.words  # these stand in what was typed
        return runs_of(row.read_as(self.tidied), row.text, words)

    def read_tidied(self, tidied: bool) -> None:
        """Show lines tidied, or as they were typed."""
        self.tidied, self._shape = tidied, (0, 0.0)
        self.relayout()

    def in_sight(self) -> tuple[int, int]:
        """The rows in sight, as (first, one past the last)."""
        if not self._heights:
            return 0, 0
        top = self.verticalScrollBar().value()
        first = max(0, bisect_right(self._tops, top) - 1)
        last = bisect_right(self._tops, top + self.viewport().height())
        return min(first, len(self._heights)), min(last, len(self._heights))

    def _settle(self) -> None:
        """Measure what is in sight and keep still what the eye is on."""
        if self._settling or not self._heights or len(self._heights) != len(self.notes.rows):
            return  # the model is ahead; `relayout` is to come
        self._settling = True
        bar = self.verticalScrollBar()
        for _ in range(4):
            first, last = self.in_sight()
            anchor = self._live_row if first <= self._live_row < last else first
            offset = self._tops[anchor] - bar.value()
            if not self._heights_of(first, last):
                break
            self._add_up()
            bar.setValue(self._tops[anchor] - offset)
        self._settling = False
        if self.live is not None and self._live_row < len(self._heights):
            at = self._live_row
            self.live.setGeometry(0, self._tops[at] - bar.value(), self.viewport().width(), self._heights[at])
        self.viewport().update()

    # -- what QListView asks for

    def doItemsLayout(self) -> None:
        self.relayout()  # first: what comes next asks for the heights of rows that may be new
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        if len(self._heights) != len(self.notes.rows):
            self.relayout()
            return
        self._add_up()
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.relayout()
        self.show_live()

    def rescale(self) -> None:
        super().rescale()
        self.relayout()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._settle()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        at = index.row()
        if not index.isValid() or not 0 <= at < len(self._heights):
            return QRect()
        top = self._tops[at] - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._heights[at])

    def indexAt(self, point: QPoint) -> object:  # type: ignore[override]
        at = bisect_right(self._tops, point.y() + self.verticalScrollBar().value()) - 1
        return self.notes.index(at, 0) if 0 <= at < len(self._heights) else self.notes.index(-1, 0)

    def scrollTo(self, index: Index, hint: object = None) -> None:
        at = index.row()
        if not 0 <= at < len(self._heights) or at == self._live_row:
            return
        if len(self._heights) != len(self.notes.rows):
            return  # the model is ahead
        bar, room = self.verticalScrollBar(), self.viewport().height()
        self._heights_of(at, at + 1)
        self._add_up()
        bar.setValue(max(min(bar.value(), self._tops[at]), self._tops[at + 1] - room))
        self._settle()

    def moveCursor(self, action: object, modifiers: object) -> object:  # type: ignore[override]
        moves = QAbstractItemView.CursorAction
        last, at = len(self.notes.rows) - 1, self.currentIndex().row()
        first_seen, past = self.in_sight()
        page = max(1, past - first_seen - 1)
        steps = {
            moves.MoveUp: at - 1,
            moves.MoveDown: at + 1,
            moves.MoveHome: 0,
            moves.MoveEnd: last,
            moves.MovePageUp: at - page,
            moves.MovePageDown: at + page,
        }
        return self.notes.index(min(max(steps.get(action, at), 0), last), 0)  # type: ignore[call-overload]

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        self.selectionModel().select(index, command)  # type: ignore[call-overload]

    def visualRegionForSelection(self, selection: object) -> QRegion:
        return QRegion(self.viewport().rect())

    def together(self) -> range:
        """The lines chosen together by Shift and the arrows; the current one where there are no others."""
        at = self.currentIndex().row()
        other = self._anchor if 0 <= self._anchor < len(self.notes.rows) else at
        return range(min(at, other), max(at, other) + 1) if at >= 0 else range(0)

    def choose_together(self, first: int, last: int) -> None:
        """Choose lines from one to another."""
        self._anchor = first
        self.setCurrentIndex(self.notes.index(last, 0))
        self.viewport().update()

    # -- keys while no line is live

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at, key, held = self.currentIndex().row(), event.key(), event.modifiers()
        alt = held == Qt.KeyboardModifier.AltModifier
        acts = {Qt.Key.Key_Space: "settle", Qt.Key.Key_Delete: "delete"}
        if held == Qt.KeyboardModifier.ShiftModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and at >= 0:
            to = min(max(at + (1 if key == Qt.Key.Key_Down else -1), 0), len(self.notes.rows) - 1)
            self.choose_together(self._anchor if self._anchor >= 0 else at, to)
            return
        if not alt and key not in (Qt.Key.Key_Shift, Qt.Key.Key_Alt):
            self._anchor = -1
        if at < 0:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit(at)
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.acted.emit(at, "up" if key == Qt.Key.Key_Up else "down")
        elif key in acts and not held:
            self.acted.emit(at, acts[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are no search here: they would jump about the note."""

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if len(self._heights) != len(self.notes.rows):
            self.relayout()
        first, last = self.in_sight()
        value = self.verticalScrollBar().value()
        for at in range(first, last):
            if at == self._live_row:
                continue
            column = self._column()
            left = self.viewport().width() - column if self.notes.rows[at].by else 0
            rect = QRectF(left, self._tops[at] - value, column, self._heights[at])
            if self.live is None and self._anchor >= 0 and at in self.together():
                rounded(
                    painter, rect.adjusted(0, 1, -dp(2), -1), colours()["accent_soft"], None, radius=dp(6)
                )
            self._paint_row(painter, rect, self.notes.rows[at])
            if self.live is None and self.hasFocus() and at == self.currentIndex().row():
                focus_ring(painter, rect.adjusted(0, 1, -dp(2), -1))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: NoteRow) -> None:
        palette, x = colours(), rect.x() + dp(LEAD) + dp(STEP) * row.indent
        layout, high = self._layout(row)
        top = rect.y() + dp(ABOVE)
        paint_gutter(painter, rect.x(), top + line_step() / 2, row, live=False)
        if row.mark == '"':
            rounded(painter, QRectF(x - dp(8), top + 2, dp(2), high - 4), palette["accent"], None, radius=1)
        painter.setPen(palette["text2" if row.settled else "text"])
        layout.draw(painter, QPointF(x, top))
        placed = extras(row, self._text_width(row.indent))
        if placed:
            paint_extras(painter, x, top + high, placed, "accent_soft")
