"""Grounds, cards, rules, progress, headings and the empty state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, gap, metrics
from fieldwork.desktop.kit.controls import Pressable
from fieldwork.desktop.kit.layout import Box, Flow, Item, Margins, Spaced, col, row
from fieldwork.desktop.kit.paint import CENTRE, cap_width, elide, paint_cap, paint_progress
from fieldwork.desktop.kit.scaled import Scaled, Whole
from fieldwork.desktop.kit.text import Text, lay_out


class Card(Scaled, QFrame):
    """A sheet with an edge. Use it for things one can open, not for grouping."""

    def __init__(
        self,
        *items: Item,
        pad: int = 16,
        space: int = 8,
        ground: str = "surface",
        edge: str = "line",
        width: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground, self._edge, self._width = ground, edge, width
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self.spaced = Spaced(layout, space, (pad, pad, pad, pad))
        for item in items:
            self.spaced.add(item)

    def set_edge(self, edge: str, width: int) -> None:
        self._edge, self._width = edge, width
        self.update()

    def rescale(self) -> None:
        self.spaced.apply()
        super().rescale()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colours()
        rounded(QPainter(self), self.rect(), palette[self._ground], palette[self._edge], self._width, dp(8))


class Pane(Box):
    """A plain coloured ground, with hairlines on the sides named in `lines` ("t", "b", "l", "r")."""

    def __init__(
        self,
        *items: Item,
        ground: str = "canvas",
        lines: str = "",
        margins: Margins = (0, 0, 0, 0),
        space: int = 0,
        down: bool = True,
        width: int | None = None,
    ) -> None:
        super().__init__(*items, down=down, space=space, margins=margins)
        self._ground, self._lines, self._dp_width = ground, lines, width
        self.rescale()

    def rescale(self) -> None:
        if self._dp_width:
            self.setFixedWidth(dp(self._dp_width))
        super().rescale()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rect, palette = QPainter(self), self.rect(), colours()
        painter.fillRect(rect, palette[self._ground])
        painter.setPen(palette["line"])
        sides = {
            "t": (rect.topLeft(), rect.topRight()),
            "b": (rect.bottomLeft(), rect.bottomRight()),
            "l": (rect.topLeft(), rect.bottomLeft()),
            "r": (rect.topRight(), rect.bottomRight()),
        }
        for side in self._lines:
            painter.drawLine(*sides[side])


class Rule(QWidget):
    """A hairline between things."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colours()["line"])


class Bar(QWidget):
    """The upright rule beside guidance: in place, without a box."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(3)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(QPainter(self), self.rect(), colours()["outline"], None, radius=1.5)


class Progress(Scaled, QWidget):
    """A bar; put the figures beside it."""

    def __init__(self, done: int = 0, of: int = 0, thick: int = 6, name: str = "Progress") -> None:
        super().__init__()
        self._thick, self._name = thick, name
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set(done, of)

    def set(self, done: int, of: int) -> None:
        self._share = done / of if of else 0.0
        self.setAccessibleName(f"{self._name}: {done} of {of}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(dp(80), dp(self._thick))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_progress(QPainter(self), QRectF(self.rect()), self._share)


class Glyph(Scaled, QWidget):
    """An icon on a soft square: the head of a page before the frame is there."""

    def __init__(self, icon: str, size: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._size = icon, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(dp(self._size), dp(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, side = QPainter(self), colours(), self.width()
        edge = palette["accent"] if palette.high else None
        rounded(painter, self.rect(), palette["accent_soft"], edge, 2, side * 0.25)
        paint_icon(painter, self._icon, side * 0.25, side * 0.25, side * 0.5, palette["accent"])


class BigChoice(Pressable):
    """A large choice: icon, what it does, what it needs, its key."""

    def __init__(
        self, key: str = "", icon: str = "", title: str = "", sub: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key, self._icon, self._sub = key, icon, sub
        self.set(key, icon, title, sub)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set(self, key: str, icon: str, title: str, sub: str) -> None:
        self._key, self._icon, self._sub = key, icon, sub
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{sub}. Key {key}")
        self.rescale()

    def _room(self, width: int) -> float:
        return width - dp(76) - dp(28) - cap_width(self._key)

    def heightForWidth(self, width: int) -> int:
        room = self._room(width)
        title = lay_out([(self.text(), "")], room, "lead", 600)[1]
        return max(dp(80), round(title + lay_out([(self._sub, "")], room, "small")[1]) + dp(32))

    def sizeHint(self) -> QSize:
        return QSize(dp(400), self.heightForWidth(self.width() if self.width() > dp(200) else dp(600)))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(240), dp(80))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, rect = QPainter(self), colours(), QRectF(self.rect())
        rounded(
            painter, rect, palette["raised" if self.underMouse() else "surface"], palette["outline"], 1, dp(8)
        )
        side, middle = dp(40), rect.height() / 2
        edge = palette["accent"] if palette.high else None
        rounded(
            painter,
            QRectF(dp(20), middle - side / 2, side, side),
            palette["accent_soft"],
            edge,
            radius=dp(10),
        )
        paint_icon(painter, self._icon, dp(30), middle - dp(10), dp(20), palette["accent"])
        cap = cap_width(self._key)
        paint_cap(painter, rect.width() - dp(20) - cap, middle, self._key)
        room = self._room(self.width())
        title, high = lay_out([(self.text(), "")], room, "lead", 600)
        sub, low = lay_out([(self._sub, "quiet")], room, "small")
        top = middle - (high + low) / 2
        title.draw(painter, QRectF(dp(76), top, 0, 0).topLeft())
        sub.draw(painter, QRectF(dp(76), top + high, 0, 0).topLeft())
        if self.hasFocus():
            focus_ring(painter, rect, dp(8))


class _EmptyWords(Scaled, QWidget):
    """The middle of an empty state: icon over words over button."""

    def __init__(self, icon: str, *items: Item) -> None:
        super().__init__()
        self._icon = icon
        self.spaced = Spaced(QBoxLayout(QBoxLayout.Direction.TopToBottom, self), 4, (16, 0, 16, 16))
        self.rescale()
        for item in items:
            self.spaced.add(item)

    def rescale(self) -> None:
        self.setMaximumWidth(dp(460))
        self.spaced.apply()
        margins = self.spaced.layout.contentsMargins()
        margins.setTop(dp(56))
        self.spaced.layout.setContentsMargins(margins)
        super().rescale()

    def paintEvent(self, event: QPaintEvent) -> None:
        left = self.width() / 2 - dp(14)
        paint_icon(QPainter(self), self._icon, left, dp(18), dp(28), colours()["text2"], 1.5)


class Empty(Box):
    """What will be here, and the one key that starts it."""

    def __init__(self, icon: str, title: str, sub: str, button: QWidget | None = None) -> None:
        items: list[Item] = [
            Text(title, "strong", align=CENTRE, wrap=True),
            Text(sub, "small", "quiet", wrap=True, align=CENTRE),
        ]
        if button is not None:
            items += [8, row(None, button, None)]
        super().__init__(None, (_EmptyWords(icon, *items, None), 100), None, down=False)


class Badge(Whole, QWidget):
    """A large number with its words below: "2,318 new"."""

    def __init__(self, number: str, words: str, tone: str = "text") -> None:
        super().__init__()
        self._number, self._words, self._tone = number, words, tone
        self.setAccessibleName(f"{number} {words}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, number: str, words: str) -> None:
        self._number, self._words = number, words
        self.setAccessibleName(f"{number} {words}")
        self.rescale()

    def sizeHint(self) -> QSize:
        width = max(
            metrics("display").horizontalAdvance(self._number),
            metrics("small").horizontalAdvance(self._words),
        )
        return QSize(width + dp(4), dp(38) + dp(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        elide(painter, QRectF(0, 0, self.width(), dp(38)), self._number, font("display"), palette[self._tone])
        words = QRectF(0, dp(38), self.width(), dp(20))
        elide(painter, words, self._words, font("small"), palette["text2"])


class Head(Box):
    """The head of a page: where it belongs, title, one quiet line; buttons at the right or, narrow, below."""

    def __init__(self, title: str, sub: str = "", *right: QWidget, back: str = "") -> None:
        self.title = Text(title, "title", wrap=True)
        self.sub = Text(sub, "small", "quiet", wrap=True)
        self.back = Text(back, "caption", "quiet")
        self._right = Flow(*right, space=8)
        words = col(self.back, self.title, self.sub, space=2)
        self.sub.setVisible(bool(sub))  # only now that it has a parent, else it would show as a window
        self.back.setVisible(bool(back))
        super().__init__((words, 1), self._right, down=False, space=8)
        self.spaced.layout.setAlignment(self._right, Qt.AlignmentFlag.AlignVCenter)
        self._right.setVisible(bool(right))

    def set(self, title: str, sub: str = "", back: str = "") -> None:
        self.title.setText(title)
        for label, words in ((self.sub, sub), (self.back, back)):
            label.setText(words)
            label.setVisible(bool(words))
        self._fit()

    def rescale(self) -> None:
        super().rescale()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = self._right.natural_width() if not self._right.isHidden() else 0
        words = min(metrics("title").horizontalAdvance(self.title.text()), dp(320))
        down = bool(buttons) and buttons + gap(8) + words > self.width()
        wide = QSizePolicy.Policy.Preferred if down else QSizePolicy.Policy.Fixed
        policy = self._right.sizePolicy()
        policy.setHorizontalPolicy(wide)
        self._right.setSizePolicy(policy)
        self.turn(down)


def page_head(title: str, sub: str = "", *right: QWidget, back: str = "") -> Head:
    return Head(title, sub, *right, back=back)


def section(title: str, trail: str = "", indent: int = 10) -> Box:
    """A heading that stands over the text of its rows (indent 10), or flush over a table (0)."""
    items: list[Item] = [Text(title, "strong"), None]
    if trail:
        items.append(Text(trail, "caption", "quiet"))
    return row(*items, margins=(indent, 0, indent, 0))
