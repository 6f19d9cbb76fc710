"""One list row for the whole application: what a row says, the model, how it is painted, the view."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit.answers import answer_words, paint_answer
from fieldwork.desktop.kit.paint import (
    KIND_WORDS,
    LEFT,
    cap_width,
    chip_width,
    elide,
    paint_cap,
    paint_chip,
    paint_kind,
    paint_progress,
)
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out, line_step

Index = QModelIndex | QPersistentModelIndex
Chips = tuple[tuple[str, str], ...]
RowRole = Qt.ItemDataRole.UserRole
KEPT_HEIGHTS = 20_000


@dataclass(frozen=True)
class Row:
    """One line of a list. `ident` tells rows apart when the list is set again (else their place does)."""

    title: str
    sub: str = ""
    lead: str = ""  # a time or a code, in a column of its own
    icon: str = ""
    tone: str = "text2"  # of the icon
    trail: str = ""  # quiet words at the right
    key: str = ""  # a key cap at the right
    mark: str = ""  # '!', '@', '"', '>'
    answer: str | None = None  # an answer code, or "" for the empty ring
    progress: tuple[int, int] | None = None  # done, of
    on: bool = False  # the one that matters now, whether or not the list is at it
    done: bool = False
    head: bool = False  # a heading over the rows below it
    chips: Chips = ()  # (theme, direction)
    ident: Hashable = None
    swatch: str = ""  # a colour of one's own (#rrggbb), in the icon's place

    def spoken(self) -> str:
        parts = [
            self.lead,
            KIND_WORDS.get(self.mark, ""),
            self.title,
            self.sub,
            answer_words(self.answer) if self.answer is not None else "",
            *(f"{text} {direction}".strip() for text, direction in self.chips),
            f"{self.progress[0]} of {self.progress[1]}" if self.progress else "",
            self.trail,
            "done" if self.done and self.trail != "done" else "",
        ]
        return ", ".join(part for part in parts if part)


class RowModel(QAbstractListModel):
    def __init__(self, rows: Sequence[Row] = ()) -> None:
        super().__init__()
        self.rows = list(rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and index.row() < len(self.rows) and self.rows[index.row()].head:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take new rows; where only words changed, nothing is reset."""
        rows = list(rows)
        same = [(r.ident, r.head) for r in rows] == [(r.ident, r.head) for r in self.rows]
        if same:
            old, self.rows = self.rows, rows
            changed = [i for i, (a, b) in enumerate(zip(old, rows, strict=True)) if a != b]
            if changed:
                self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], 0))
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Put further rows below; nothing above them moves."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()


@dataclass
class _Plan:
    """Where the parts of one row go: room for the words, and the height they need."""

    left: float
    right: float
    words_height: float
    title_height: float
    sub: str
    trail_below: bool


class RowDelegate(QStyledItemDelegate):
    """Heights follow the text size and wrap what does not fit; lengths given are dp at 100%."""

    def __init__(self, parent: RowList, lead: int, tall: int | None, kind: str, pad: int) -> None:
        super().__init__(parent)
        self._lead, self._tall, self._kind, self._pad = lead, tall, kind, pad
        self._heights: dict[tuple[Row, int], int] = {}

    def forget(self) -> None:
        """The text has another size: every height is another."""
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, RowList)
        return QSize(dp(80), self.height(index.data(RowRole), view.viewport().width()))

    def height(self, row: Row, width: int) -> int:
        """Pixels this row needs at that width; laid out once, as Qt asks for all of a list over and over."""
        if row.head:
            return dp(30)
        known = self._heights.get((row, width))
        if known is None:
            least = dp(self._tall or (52 if row.sub else 36))
            known = max(least, round(self._plan(row, width).words_height) + dp(10))
            if len(self._heights) >= KEPT_HEIGHTS:
                self._heights.clear()
            self._heights[row, width] = known
        return known

    def _title_weight(self, row: Row, chosen: bool) -> int:
        return 500 if row.sub else 600 if chosen else 400

    def _plan(self, row: Row, width: int) -> _Plan:
        left, right = float(dp(self._pad)), float(width - dp(self._pad))
        left += dp(self._lead) if self._lead else 0
        left += dp(26) if row.icon or row.swatch else 0
        left += dp(30) if row.mark else 0
        left += dp(26) if row.answer is not None else 0
        if row.key:
            right -= cap_width(row.key) + dp(10)
        if row.progress:
            right -= dp(48) + metrics("caption").horizontalAdvance(_share(row)) + dp(18)
        for text, direction in row.chips:
            right -= chip_width(text, direction) + dp(8)
        trail = metrics("caption").horizontalAdvance(row.trail) + dp(12) if row.trail else 0
        title_width = metrics(self._kind, 600).horizontalAdvance(row.title)
        below = bool(trail) and right - trail - left < min(title_width, dp(150))
        if not below:
            right -= trail
        sub = " \u00b7 ".join(part for part in (row.sub, row.trail if below else "") if part)
        room = max(right - left, dp(40))
        title = self._words_height(row.title, self._kind, 600, room)
        rest = self._words_height(sub, "caption", None, room) if sub else 0.0
        return _Plan(left, right, title + rest, title, sub, below)

    def _words_height(self, text: str, kind: str, weight: int | None, room: float) -> float:
        if metrics(kind, weight).horizontalAdvance(text) <= room:
            return line_step(kind)
        return lay_out([(text, "")], room, kind, weight)[1]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette, row = colours(), index.data(RowRole)
        area = QRectF(option.rect)
        if row.head:
            elide(
                painter, area.adjusted(dp(self._pad), 0, 0, 0), row.title, font("overline"), palette["text2"]
            )
            return
        view = self.parent()
        assert isinstance(view, RowList)
        selected = bool(option.state & QStyle.StateFlag.State_Selected) and view.chooses
        on = row.on or selected
        if on or option.state & QStyle.StateFlag.State_MouseOver:
            edge = palette["accent"] if on and palette.high else None
            rounded(
                painter,
                area.adjusted(0, 1, 0, -1),
                palette["accent_soft" if on else "raised"],
                edge,
                2,
                dp(6),
            )
        if on:
            bar = QRectF(area.x(), area.y() + dp(8), dp(3), area.height() - dp(16))
            rounded(painter, bar, palette["accent"], None, radius=1.5)
        plan = self._plan(row, option.rect.width())
        self._paint_left(painter, area, row, on)
        self._paint_right(painter, area, row, plan)
        self._paint_words(painter, area, row, plan, on)
        if option.state & QStyle.StateFlag.State_HasFocus and view.hasFocus():
            focus_ring(painter, area.adjusted(0, 1, 0, -1))

    def _paint_left(self, painter: QPainter, area: QRectF, row: Row, on: bool) -> None:
        palette, x, middle = colours(), area.x() + dp(self._pad), area.center().y()
        if self._lead:
            rect = QRectF(x, area.y(), dp(self._lead) - dp(4), area.height())
            elide(painter, rect, row.lead, font("label", 500), palette["accent" if on else "text2"])
            x += dp(self._lead)
        if row.swatch:
            square = QRectF(x + dp(2), middle - dp(6), dp(12), dp(12))
            rounded(painter, square, QColor(row.swatch), palette["outline"], 1, dp(3))
            x += dp(26)
        elif row.icon:
            paint_icon(painter, row.icon, x, middle - dp(8), dp(16), palette[row.tone], 2)
            x += dp(26)
        if row.mark:
            paint_kind(painter, x, middle, row.mark)
            x += dp(30)
        if row.answer is not None:
            paint_answer(painter, x, middle - dp(8), dp(16), row.answer)

    def _paint_right(self, painter: QPainter, area: QRectF, row: Row, plan: _Plan) -> None:
        palette, end, middle = colours(), area.right() - dp(self._pad), area.center().y()
        if row.key:
            width = cap_width(row.key)
            paint_cap(painter, end - width, middle, row.key)
            end -= width + dp(10)
        if row.progress:
            done, of = row.progress
            bar, words = dp(48), _share(row)
            paint_progress(painter, QRectF(end - bar, middle - dp(2), bar, dp(4)), done / of if of else 0)
            width = metrics("caption").horizontalAdvance(words)
            rect = QRectF(end - bar - width - dp(10), area.y(), width + 4, area.height())
            elide(painter, rect, words, font("caption"), palette["text2"])
            end -= bar + width + dp(18)
        if row.trail and not plan.trail_below:
            width = metrics("caption").horizontalAdvance(row.trail)
            rect = QRectF(end - width - 1, area.y(), width + 3, area.height())
            elide(painter, rect, row.trail, font("caption"), palette["text2"], LEFT)
            end -= width + dp(12)
        for text, direction in reversed(row.chips):
            width = chip_width(text, direction)
            paint_chip(
                painter, end - width, middle, text, direction, ground="surface" if row.on else "accent_soft"
            )
            end -= width + dp(8)

    def _paint_words(self, painter: QPainter, area: QRectF, row: Row, plan: _Plan, on: bool) -> None:
        palette, room = colours(), max(plan.right - plan.left, dp(40))
        top = area.y() + (area.height() - plan.words_height) / 2
        x = area.x() + plan.left
        title, _ = lay_out([(row.title, "")], room, self._kind, self._title_weight(row, on), ink=None)
        painter.setPen(palette["text2" if row.done else "text"])
        title.draw(painter, QPointF(x, top))
        if plan.sub:
            sub, _ = lay_out([(plan.sub, "")], room, "caption", ink=None)
            painter.setPen(palette["text2"])
            sub.draw(painter, QPointF(x, top + plan.title_height))


def _share(row: Row) -> str:
    return f"{row.progress[0]} / {row.progress[1]}" if row.progress else ""


class RowList(Scaled, QListView):
    """A list of rows. Arrows move, Enter or a double click opens.

    fit: as tall as its rows (a page's scroll area moves it); else it scrolls by itself.
    chooses: the current row has the chosen ground (a list that steers what stands beside it).
    """

    opened = Signal(int)  # index into `rows`
    moved = Signal(int)  # the current row changed, by the person or by set_rows
    dropped = Signal(
        int, int, bool
    )  # a row dragged: its index, that of the row it came to, onto it or behind it

    def __init__(
        self,
        rows: Sequence[Row] = (),
        lead: int = 0,
        tall: int | None = None,
        name: str = "",
        fit: bool = True,
        kind: str = "body",
        pad: int = 10,
        chooses: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fit, self.chooses = fit, chooses
        self._rows = RowModel(rows)
        self.setModel(self._rows)
        self._delegate = RowDelegate(self, lead, tall, kind, pad)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        vertical = QSizePolicy.Policy.Maximum if fit else QSizePolicy.Policy.Expanding
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        policy.setHeightForWidth(fit)
        self.setSizePolicy(policy)
        if fit:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    @property
    def rows(self) -> list[Row]:
        return self._rows.rows

    def row(self) -> int:
        """The index of the current row, -1 for none."""
        return self.currentIndex().row()

    def current(self) -> Row | None:
        index = self.row()
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def go(self, index: int) -> None:
        """Make this row the current one and show it."""
        if 0 <= index < len(self.rows):
            self.setCurrentIndex(self._rows.index(index, 0))
            if not self._fit:
                self.scrollTo(self.currentIndex())

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Put other rows; the current row stays current (by `ident`, else by place)."""
        before, place, at = self.current(), self.row(), self.verticalScrollBar().value()
        self._rows.set_rows(rows)
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        if before is None or self.row() >= 0:
            return
        same = [
            i for i, row in enumerate(self.rows) if before.ident is not None and row.ident == before.ident
        ]
        target = same[0] if same else min(place, len(self.rows) - 1)
        while 0 <= target < len(self.rows) and self.rows[target].head:
            target += 1
        self.go(target)
        self.verticalScrollBar().setValue(at)

    def let_drag(self) -> None:
        """Rows can be dragged; what that means is for who hears `dropped` to say."""
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)

    def dropEvent(self, event: QDropEvent) -> None:
        """Nothing is moved here: the rows come anew once it is written. In front of the first row is behind -1."""
        source, place = self.row(), event.position().toPoint()
        over = self.indexAt(place)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        target, onto = over.row(), False
        if not over.isValid():
            target = len(self.rows) - 1
        else:
            rect = self.visualRect(over)
            part = (place.y() - rect.top()) / max(rect.height(), 1)
            onto = 0.25 <= part <= 0.75
            target -= part < 0.25
        if source >= 0 and target != source:
            self.dropped.emit(source, target, onto)

    def rescale(self) -> None:
        self._delegate.forget()
        self.scheduleDelayedItemsLayout()
        super().rescale()

    def hasHeightForWidth(self) -> bool:
        return self._fit

    def heightForWidth(self, width: int) -> int:
        return sum(self._delegate.height(row, width) for row in self.rows)

    def sizeHint(self) -> QSize:
        width = self.width() if self.width() > dp(100) else dp(320)
        return QSize(dp(240), self.heightForWidth(width) if self._fit else dp(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(120), dp(24) if self._fit else dp(80))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._fit and self.row() >= 0:
            self.scrollTo(self.currentIndex())
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.moved.emit(current.row())

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        if self.row() < 0:
            self.go(next((i for i, row in enumerate(self.rows) if not row.head), -1))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() == Qt.KeyboardModifier.NoModifier and self.row() >= 0:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row() >= 0:
            self.opened.emit(self.row())
        else:
            super().keyPressEvent(event)
