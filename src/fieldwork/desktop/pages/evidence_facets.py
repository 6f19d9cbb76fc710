"""The pane beside the list of evidence: what it can be narrowed by, ticked with Space, each with its count."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import KeyHint, Pane, Row, RowList, flow
from fieldwork.desktop.kit.paint import paint_check
from fieldwork.desktop.kit.rows import RowDelegate
from fieldwork.work.evidence_facets import FacetLine, Side

FLAGS = "Still to do"


@dataclass(frozen=True)
class FacetRow(Row):
    """A code of a facet, ticked or not."""

    chosen: bool = False

    def spoken(self) -> str:
        return f"{super().spoken()}, {'ticked' if self.chosen else 'not ticked'}"


class FacetDelegate(RowDelegate):
    def _paint_left(self, painter: QPainter, area: QRectF, row: Row, on: bool) -> None:
        if isinstance(row, FacetRow):
            paint_check(painter, area.x() + dp(self._pad), area.center().y(), row.chosen)


class FacetList(RowList):
    """Facets by keyboard: arrows move, Space or a click ticks, Enter and Escape go back to the list."""

    ticked = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(name="Narrow by", fit=False, kind="small", chooses=True)
        self._delegate = FacetDelegate(self, 0, 28, "small", 10)
        self.setItemDelegate(self._delegate)
        self.clicked.connect(self._clicked)

    def _clicked(self, index: QModelIndex) -> None:
        self.ticked.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.row() >= 0:
            self.ticked.emit(self.row())
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FacetPane(Pane):
    """`toggled(facet, code)` when one was ticked; `left` when the keyboard goes back to the list."""

    toggled = Signal(str, str)
    left = Signal()

    def __init__(self, width: int) -> None:
        self.list = FacetList()
        hints = flow(KeyHint("f", "here"), KeyHint("Space", "tick"), KeyHint("x", "clear"), space=8)
        super().__init__(
            (self.list, 1), hints, ground="sunken", lines="r", margins=(8, 16, 8, 12), space=8, width=width
        )
        self.list.ticked.connect(self._ticked)
        self.list.left.connect(self.left)

    def show_side(self, side: Side) -> None:
        rows: list[Row] = [Row(FLAGS, head=True, ident=FLAGS)]
        rows += [_row(line) for line in side.flags]
        for title, lines in side.facets:
            rows.append(Row(title, head=True, ident=title))
            rows += [_row(line) for line in lines]
        self.list.set_rows(rows)

    def _ticked(self, index: int) -> None:
        ident = self.list.rows[index].ident if 0 <= index < len(self.list.rows) else None
        if isinstance(ident, tuple):
            self.toggled.emit(*ident)


def _row(line: FacetLine) -> FacetRow:
    return FacetRow(
        line.words, icon="check", trail=f"{line.count:,}", ident=(line.facet, line.code), chosen=line.chosen
    )
