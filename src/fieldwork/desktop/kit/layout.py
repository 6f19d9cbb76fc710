"""Rows, columns and a flow that wraps. An int is a gap, None a stretch, (widget, n) stretches the widget."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QWidget,
)

from fieldwork.desktop.appearance.tokens import dp, gap
from fieldwork.desktop.kit.scaled import Scaled

_SHOWN_OR_HIDDEN = Qt.WidgetAttribute.WA_WState_ExplicitShowHide  # somebody has decided already
Item = QWidget | int | None | tuple[QWidget, int]
Margins = tuple[int, int, int, int]


def drop(item: QLayoutItem) -> None:
    """Take the widget of a layout item off the screen for good."""
    widget = item.widget()
    if widget is not None:
        widget.hide()
        widget.setParent(None)
        widget.deleteLater()


class Spaced:
    """The spaces of a box layout as written at 100%; `apply` puts them at the text size in force."""

    def __init__(self, layout: QBoxLayout, space: int, margins: Margins) -> None:
        self.layout, self.space, self.margins = layout, space, margins
        self.gaps: list[tuple[QSpacerItem, int]] = []
        self.apply()

    def add(self, item: Item) -> None:
        if item is None:
            self.layout.addStretch(1)
        elif isinstance(item, int):
            spacer = QSpacerItem(0, 0)
            self.layout.addItem(spacer)
            self.gaps.append((spacer, item))
            self._size(spacer, item)
        elif isinstance(item, tuple):
            self.layout.addWidget(item[0], item[1])
        else:
            self.layout.addWidget(item)

    def apply(self) -> None:
        self.layout.setContentsMargins(*(gap(m) for m in self.margins))
        self.layout.setSpacing(gap(self.space))
        for spacer, size in self.gaps:
            self._size(spacer, size)
        self.layout.invalidate()

    def _size(self, spacer: QSpacerItem, size: int) -> None:
        down = self.layout.direction() in (QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.BottomToTop)
        fixed, loose = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum
        if down:
            spacer.changeSize(0, gap(size), loose, fixed)
        else:
            spacer.changeSize(gap(size), 0, fixed, loose)


class Box(Scaled, QWidget):
    """A plain widget with things in a row or a column."""

    def __init__(
        self,
        *items: Item,
        down: bool = True,
        space: int = 8,
        margins: Margins = (0, 0, 0, 0),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        direction = QBoxLayout.Direction.TopToBottom if down else QBoxLayout.Direction.LeftToRight
        self.spaced = Spaced(QBoxLayout(direction, self), space, margins)
        for item in items:
            self.spaced.add(item)

    def add(self, *items: Item) -> None:
        """Put things at the end; in a box that is seen they are shown at once, not a turn of the event loop later."""
        for item in items:
            self.spaced.add(item)
            widget = item[0] if isinstance(item, tuple) else item
            if (
                isinstance(widget, QWidget)
                and self.isVisible()
                and not widget.testAttribute(_SHOWN_OR_HIDDEN)
            ):
                widget.show()

    def turn(self, down: bool) -> None:
        """Make it a column or a row, for narrow windows."""
        direction = QBoxLayout.Direction.TopToBottom if down else QBoxLayout.Direction.LeftToRight
        self.spaced.layout.setDirection(direction)
        self.spaced.apply()

    def clear(self) -> None:
        """Take everything out and drop it."""
        self.spaced.gaps.clear()
        while (item := self.spaced.layout.takeAt(0)) is not None:
            drop(item)

    def rescale(self) -> None:
        self.spaced.apply()
        super().rescale()


def row(*items: Item, space: int = 8, margins: Margins = (0, 0, 0, 0)) -> Box:
    return Box(*items, down=False, space=space, margins=margins)


def col(*items: Item, space: int = 8, margins: Margins = (0, 0, 0, 0)) -> Box:
    return Box(*items, down=True, space=space, margins=margins)


class FlowLayout(QLayout):
    """Left to right, then the next line: chips and buttons at any text size."""

    def __init__(self, parent: QWidget | None = None, space: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._space = space
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def natural_width(self) -> int:
        """The width that needs one line only."""
        shown = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        return sum(shown) + gap(self._space) * max(0, len(shown) - 1)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = self.natural_width()
        widest = max((hint.width() for hint in shown), default=0)
        wanted = max(widest, min(width, dp(600)))
        return QSize(wanted, self.heightForWidth(wanted))

    def minimumSize(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(max((s.width() for s in shown), default=0), max((s.height() for s in shown), default=0))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _place(self, rect: QRect, move: bool) -> int:
        space, bottom = gap(self._space), rect.y()
        for line in self._lines(rect.width()):
            tall = max(item.sizeHint().height() for item in line)
            x, top = rect.x(), bottom + (space if bottom > rect.y() else 0)
            for item in line:
                hint = item.sizeHint()
                if move:
                    item.setGeometry(QRect(QPoint(x, top + (tall - hint.height()) // 2), hint))
                x += hint.width() + space
            bottom = top + tall
        return bottom - rect.y()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wanted = item.sizeHint().width()
            if lines and used + gap(self._space) + wanted <= width:
                lines[-1].append(item)
                used += gap(self._space) + wanted
            else:
                lines.append([item])
                used = wanted
        return lines


class Flow(Scaled, QWidget):
    """A widget whose children flow."""

    def __init__(self, *widgets: QWidget, space: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, space)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.add(*widgets)

    def add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self._flow.addWidget(widget)

    def natural_width(self) -> int:
        return self._flow.natural_width()

    def clear(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            drop(item)

    def rescale(self) -> None:
        self._flow.invalidate()
        super().rescale()


def flow(*widgets: QWidget, space: int = 6) -> Flow:
    return Flow(*widgets, space=space)


def lay_out_now() -> None:
    """Let every layout that waits take its place before anything is painted.

    Qt hands a new height up one level of nesting at a time, and paints in between: what was swapped for something
    taller would be seen squashed into the old height for a moment.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def scroll(inner: QWidget, name: str = "") -> QScrollArea:
    """`inner` in an area that scrolls down only, on the page's own ground."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    area.viewport().setAutoFillBackground(False)
    inner.setAutoFillBackground(False)
    if name:
        area.setAccessibleName(name)
    return area


def turn_page(area: QScrollArea, by: int) -> None:
    """Down (1) or up (-1) by what is seen, the last line of it staying in sight."""
    bar = area.verticalScrollBar()
    bar.setValue(bar.value() + by * max(bar.pageStep() - dp(40), dp(40)))


def even(widget: QWidget) -> QWidget:
    """Let a widget take exactly its share of a row, whatever its text would like."""
    policy = widget.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    widget.setSizePolicy(policy)
    return widget
