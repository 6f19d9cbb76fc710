"""A heat map: each share as a shade, as a length and in figures, so that none of them stands alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, contrast, dp, font
from fieldwork.desktop.kit.grid import CellRole, GridCell, GridView, Index
from fieldwork.desktop.kit.paint import elide
from fieldwork.desktop.kit.text import lay_out

CODE, GAP = 44, 12
DEEPEST = 0.62  # how much of the colour the fullest cell takes


def shade(share: float) -> QColor:
    """The ground of a cell, from the sheet's own to the colour of fully met."""
    palette = colours()
    if palette.high:
        return palette["surface"]
    low, high, part = palette["surface"], palette["fully"], DEEPEST * min(max(share, 0.0), 1.0)
    return QColor(
        *(
            round(a + (b - a) * part)
            for a, b in zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)  # type: ignore[index]
        )
    )


def ink_on(ground: QColor) -> QColor:
    """Black or white, whichever is read better there."""
    return QColor(max(("#FFFFFF", "#000000"), key=lambda ink: contrast(ink, ground.name())))


class HeatDelegate(QStyledItemDelegate):
    """The first column holds the words of the row; the others a share each."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view, cell = self.parent(), index.data(CellRole)
        assert isinstance(view, HeatMap)
        area = QRectF(option.rect)
        head = view.grid.rows[index.row()].head
        if index.column() == 0:
            self._words(painter, area, cell, head)
            return
        here = bool(option.state & QStyle.StateFlag.State_Selected)
        self._cell(painter, area.adjusted(1.5, 1.5, -1.5, -1.5), cell, head)
        if here:
            inner = area.adjusted(1, 1, -1, -1)
            if view.hasFocus():
                rounded(painter, inner, None, colours()["surface"], colours().focus_width + 2, dp(5))
                focus_ring(painter, inner, dp(5))
            else:
                rounded(painter, inner, None, colours()["accent"], 2, dp(5))

    def _words(self, painter: QPainter, area: QRectF, cell: GridCell, head: bool) -> None:
        palette = colours()
        rect = area.adjusted(0, 0, -dp(GAP), 0)
        if head:
            elide(painter, rect, cell.text, font("strong"), palette["text"])
            return
        code = QRectF(rect.x(), rect.y(), dp(CODE), rect.height())
        elide(painter, code, cell.text, font("label", 600), palette["accent"])
        layout, height = lay_out([(cell.sub, "")], rect.width() - dp(CODE), "small")
        layout.draw(painter, QPointF(rect.x() + dp(CODE), rect.y() + (rect.height() - height) / 2))

    def _cell(self, painter: QPainter, rect: QRectF, cell: GridCell, head: bool) -> None:
        palette = colours()
        if not cell.text:
            return
        if cell.share is None:
            rounded(painter, rect, palette["surface"], palette["line"], 1, dp(4))
            if cell.sub:  # a count alone
                self._figure(painter, rect, cell, head, palette["text"])
                return
            elide(painter, rect, cell.text, font("caption"), palette["text2"], Qt.AlignmentFlag.AlignCenter)
            return
        ground = shade(cell.share)
        rounded(painter, rect, ground, palette["outline"] if palette.high else palette["line"], 1, dp(4))
        ink = ink_on(ground)
        self._figure(painter, rect, cell, head, ink)
        length = (rect.width() - dp(12)) * cell.share
        foot = QRectF(rect.x() + dp(6), rect.bottom() - dp(6), length, dp(3))
        if length >= 1:
            rounded(painter, foot, ink, None, radius=dp(1.5))

    @staticmethod
    def _figure(painter: QPainter, rect: QRectF, cell: GridCell, head: bool, ink: QColor) -> None:
        """A figure with what it is of below it."""
        above = rect.y() + (rect.height() - dp(35)) / 2
        top = QRectF(rect.x(), above, rect.width(), dp(18))
        low = QRectF(rect.x(), above + dp(16), rect.width(), dp(16))
        middle = Qt.AlignmentFlag.AlignCenter
        elide(painter, top, cell.text, font("body", 700 if head else 600), ink, middle)
        elide(painter, low, cell.sub, font("caption"), ink, middle)


class HeatMap(GridView):
    """Rows of questions, columns of groups. It is a table to a screen reader, cell by cell."""

    tall, least = 46, 300

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setItemDelegate(HeatDelegate(self))

    def words_of(self, cell: GridCell) -> str:
        return cell.sub

    def words_tall(self, text: str, width: int) -> int:
        return round(lay_out([(text, "")], width - dp(CODE + GAP), "small")[1]) + dp(10)
