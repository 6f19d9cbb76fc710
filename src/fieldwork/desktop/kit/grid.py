"""A table of figures: arrows move the cell, Enter opens it, a screen reader hears row, column and words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QTextLayout
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit.paint import LEFT, RIGHT, elide
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out

Index = QModelIndex | QPersistentModelIndex
PAD = 8
MOST_WRAPPED = 1500  # rows beyond which only those of one cell wrap: to measure all would be felt
CellRole = Qt.ItemDataRole.UserRole
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@dataclass(frozen=True)
class GridCell:
    """One figure or word. `ident` is what opening it asks for, None where there is nothing to open.

    share: 0 to 1, for who paints it. spoken: for a screen reader, else the text.
    """

    text: str = ""
    ident: Hashable = None
    sub: str = ""
    spoken: str = ""
    share: float | None = None
    quiet: bool = False
    indent: int = 0  # dp, of words


@dataclass(frozen=True)
class GridColumn:
    """A column's heading and its width in dp; 0 takes the room that is left."""

    words: str
    width: int
    number: bool = True
    spoken: str = ""
    centred: bool = False


@dataclass(frozen=True)
class GridRow:
    """A line of the table; a head stands over the lines below it, and a single cell takes the whole line."""

    cells: tuple[GridCell, ...]
    head: bool = False


class GridModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.columns: list[GridColumn] = []
        self.rows: list[GridRow] = []

    def put(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> None:
        self.beginResetModel()
        self.columns, self.rows = list(columns), list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def cell(self, index: Index) -> GridCell:
        cells = self.rows[index.row()].cells
        return cells[index.column()] if index.column() < len(cells) else GridCell()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index)
        if role == CellRole:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell.spoken or " ".join(part for part in (cell.text, cell.sub) if part)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.words
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return column.spoken or column.words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.number else LEFT
        return None


class Heads(QHeaderView):
    """Headings that wrap rather than lose a word."""

    def __init__(self, grid: GridModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid = grid
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _laid(self, section: int) -> tuple[QTextLayout, float]:
        column = self._grid.columns[section]
        align = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
        if column.centred:
            align = Qt.AlignmentFlag.AlignHCenter
        room = self.sectionSize(section) - dp(12)
        return lay_out([(column.words, "quiet")], room, "caption", 500, align)

    def fit(self) -> None:
        """As tall as the tallest heading."""
        talls = [self._laid(section)[1] for section in range(len(self._grid.columns))]
        self.setFixedHeight(max(dp(32), round(max(talls, default=0)) + dp(10)))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.fillRect(rect, colours()["sunken"])
        layout, tall = self._laid(section)
        layout.draw(painter, QPointF(rect.x() + dp(6), rect.bottom() - tall - dp(4)))
        painter.restore()


class GridDelegate(QStyledItemDelegate):
    """Figures at the right, words at the left; the cell one is at has ground, edge and focus."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view, cell = self.parent(), index.data(CellRole)
        assert isinstance(view, GridView)
        palette, area = colours(), QRectF(option.rect)
        head, number = view.grid.rows[index.row()].head, view.grid.columns[index.column()].number
        if head:
            painter.fillRect(area, palette["sunken"])
        painter.fillRect(QRectF(area.x(), area.bottom() - 1, area.width(), 1), palette["line"])
        self.paint_here(painter, area, option, view)
        ink = palette["text2" if cell.quiet else "text"]
        words = area.adjusted(dp(PAD), 0, -dp(PAD), 0)
        if len(view.grid.rows[index.row()].cells) == 1:  # stays in sight, however far one scrolled
            words.setLeft(max(words.left(), dp(PAD)))
            words.setRight(min(words.right(), view.viewport().width() - dp(PAD)))
        if number or head:
            face = font("body", 600 if head else None)
            elide(painter, words, cell.text, face, ink, RIGHT if number else LEFT)
            return
        words.setLeft(words.left() + dp(cell.indent))
        layout, tall = lay_out([(cell.text, "quiet" if cell.quiet else "")], words.width())
        if tall > words.height():
            elide(painter, words, cell.text, font("body"), ink)
            return
        layout.draw(painter, QPointF(words.x(), words.y() + max(0.0, (words.height() - tall) / 2)))

    @staticmethod
    def paint_here(painter: QPainter, area: QRectF, option: QStyleOptionViewItem, view: GridView) -> None:
        """The cell one is at."""
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        palette, inner = colours(), area.adjusted(1, 1, -1, -2)
        rounded(painter, inner, palette["accent_soft"], palette["accent"], 2 if palette.high else 1, dp(4))
        if view.hasFocus():
            focus_ring(painter, inner, dp(4))


class GridView(Scaled, QTableView):
    """`opened(ident)` on Enter or a double click, `moved(ident)` when another cell is the current one.

    tall: of a row, least: of a column of words, in dp at 100%.
    """

    opened = Signal(object)
    moved = Signal(object)
    tall, least = 34, 160

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = GridModel()
        self.setModel(self.grid)
        self.setItemDelegate(GridDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget())
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.heads = Heads(self.grid, self)
        self.setHorizontalHeader(self.heads)
        self.doubleClicked.connect(lambda index: self._open())
        self.rescale()

    def put(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> None:
        """Other figures; the cell one is at stays where its ident still is."""
        here = self.ident()
        self.clearSpans()
        self.grid.put(columns, rows)
        for number, row in enumerate(rows):
            if len(row.cells) == 1 and len(columns) > 1:
                self.setSpan(number, 0, 1, len(columns))
        self._fit()
        if not self.go_to(here):
            self._go_first()

    def ident(self) -> Hashable:
        """What the current cell stands for."""
        index = self.currentIndex()
        return self.grid.cell(index).ident if index.isValid() else None

    def go_to(self, ident: Hashable) -> bool:
        """Make the cell with this ident the current one; whether there is one."""
        if ident is None:
            return False
        if ident == self.ident():
            return True
        for row, line in enumerate(self.grid.rows):
            for column, cell in enumerate(line.cells):
                if cell.ident == ident:
                    self._leap(row, column)
                    return True
        return False

    def idents(self) -> Iterator[Hashable]:
        """All that can be gone to, line by line."""
        return (cell.ident for line in self.grid.rows for cell in line.cells if cell.ident is not None)

    def _go_first(self) -> None:
        for row, line in enumerate(self.grid.rows):
            column = next((i for i, cell in enumerate(line.cells) if cell.ident is not None), -1)
            if column >= 0:
                self._go(row, column)
                return

    def _leap(self, row: int, column: int) -> None:
        """To a cell from far away: what stands over it is seen too."""
        across = self.horizontalScrollBar().value()
        self.scrollTo(self.grid.index(row, column), QAbstractItemView.ScrollHint.PositionAtCenter)
        self.horizontalScrollBar().setValue(across)
        self._go(row, column)

    def _go(self, row: int, column: int) -> None:
        index = self.grid.index(row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.moved.emit(self.grid.cell(current).ident)

    def step(self, down: int, right: int) -> None:
        """To the nearest cell that way which can be opened; down and up pass over heads and gaps."""
        here = self.currentIndex()
        if not here.isValid():
            self._go_first()
            return
        row, column = here.row() + down, here.column() + right
        while 0 <= row < len(self.grid.rows) and 0 <= column < len(self.grid.columns):
            if self.grid.cell(self.grid.index(row, column)).ident is not None:
                self._go(row, column)
                return
            if down and (near := self._nearest(row, column)) >= 0:
                self._go(row, near)
                return
            row, column = row + down, column + right
        if down < 0:
            self.scrollToTop()

    def _nearest(self, row: int, column: int) -> int:
        some = [i for i, cell in enumerate(self.grid.rows[row].cells) if cell.ident is not None]
        return min(some, key=lambda i: abs(i - column), default=-1)

    def event(self, event: QEvent) -> bool:
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and event.key() in _ENTER and not event.modifiers():  # type: ignore[attr-defined]
            event.accept()  # Enter opens here, also where the screen has a command on it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ENTER:
            self._open()
        elif key in _MOVES and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step(*_MOVES[key])
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if (ident := self.ident()) is not None:
            self.opened.emit(ident)

    # Sizes

    def rescale(self) -> None:
        self.verticalHeader().setMinimumSectionSize(dp(20))
        self.heads.setMinimumSectionSize(dp(24))
        self._fit()
        super().rescale()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Columns at their widths; the loose ones share what is left, and never less than is legible."""
        given = sum(dp(column.width) for column in self.grid.columns)
        loose = [i for i, column in enumerate(self.grid.columns) if not column.width]
        room = (self.viewport().width() - given) // max(len(loose), 1)
        widths = [dp(one.width) if one.width else max(room, dp(self.least)) for one in self.grid.columns]
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)
        self.heads.fit()
        down = self.verticalHeader()
        down.setDefaultSectionSize(dp(self.tall))
        words = [i for i, column in enumerate(self.grid.columns) if not column.number]
        known: dict[tuple[str, int], int] = {}
        many = len(self.grid.rows) > MOST_WRAPPED
        for number, row in enumerate(self.grid.rows):
            measured = () if many and len(row.cells) > 1 else words
            tall = max([dp(self.tall), *(self._tall(row, i, widths[i], known) for i in measured)])
            if tall != down.sectionSize(number):
                down.resizeSection(number, tall)

    def _tall(self, row: GridRow, column: int, width: int, known: dict[tuple[str, int], int]) -> int:
        """Pixels that the words of a cell need, each text measured once."""
        if row.head or column >= len(row.cells):
            return 0
        if len(row.cells) == 1:
            width = min(sum(dp(one.width) or width for one in self.grid.columns), self.viewport().width())
        text, width = self.words_of(row.cells[column]), width - dp(row.cells[column].indent)
        if not text:
            return 0
        if (text, width) not in known:
            known[text, width] = self.words_tall(text, width)
        return known[text, width]

    def words_of(self, cell: GridCell) -> str:
        """What of a cell may wrap."""
        return cell.text

    def words_tall(self, text: str, width: int) -> int:
        """Pixels that words need in a column."""
        room = width - 2 * dp(PAD)
        if metrics("body").horizontalAdvance(text) <= room:
            return 0  # one line, which every row has room for
        return round(lay_out([(text, "")], room)[1]) + dp(12)
