"""The pages of a finished PDF as pictures: drawn in a lane, shown on a sheet that scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from fieldwork.desktop.appearance.painting import focus_ring
from fieldwork.desktop.appearance.tokens import colours, dp

A4 = 297 / 210


@dataclass(frozen=True)
class Printed:
    """An evidence reference on a page: where, in parts of the page's width and height, and the id it names in hex."""

    left: float
    top: float
    right: float
    bottom: float
    words: str
    evidence: str

    def on(self, width: float, height: float) -> QRectF:
        """Where it is on a page of that size."""
        return QRectF(
            self.left * width,
            self.top * height,
            (self.right - self.left) * width,
            (self.bottom - self.top) * height,
        )


@dataclass(frozen=True)
class PageImage:
    """One page as pixels (BGRx), `number` from 0 of `of`, and the words on it in reading order."""

    number: int
    of: int
    width: int
    height: int
    stride: int
    data: bytes
    text: str
    references: tuple[Printed, ...] = ()


def draw_page(
    _: Any, pdf: bytes, number: int, width: int, references: Sequence[tuple[str, str]] = ()
) -> PageImage:
    """Draw one page of a PDF `width` pixels wide; a number beyond the last is the last.

    references: what is printed as one, and the id it names; those on the page are found on it.

    Pdfium may be used by one thread at a time: every call goes through one lane.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        of = len(document)
        number = min(max(number, 0), of - 1)
        page = document[number]
        bitmap = page.render(scale=width / page.get_size()[0], prefer_bgrx=True)
        words = page.get_textpage()
        text = words.get_text_bounded()
        there = _printed(page, words, [one for one in references if one[0] in text])
        data = bytes(bitmap.buffer)
        return PageImage(number, of, bitmap.width, bitmap.height, bitmap.stride, data, text, there)
    finally:
        document.close()


def _printed(page: Any, words: Any, references: Sequence[tuple[str, str]]) -> tuple[Printed, ...]:
    """Where these stand, in the order they are read."""
    wide, high = page.get_size()
    text, found = words.get_text_range(), []
    for printed, evidence in references:
        searcher = words.search(printed, match_case=True)
        while (place := searcher.get_next()) is not None:
            start, count = place
            beside = text[max(start - 1, 0) : start] + text[start + count : start + count + 1]
            if any(letter.isalnum() for letter in beside):
                continue
            for n in range(words.count_rects(start, count)):
                left, bottom, right, top = words.get_rect(n)
                one = Printed(left / wide, 1 - top / high, right / wide, 1 - bottom / high, printed, evidence)
                found.append((start, n, one))
    return tuple(one for _, _, one in sorted(found, key=lambda held: held[:2]))


class Sheet(QWidget):
    """The page shown. Arrows scroll; what is written on it is its description for a screen reader.

    `followed(id)` in hex, when an evidence reference on it is clicked or opened by key.
    """

    followed = Signal(str)

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self._at = -1  # which of the page's references has the ring
        self.setMouseTracking(True)
        self._image = QImage()
        self.page: PageImage | None = None
        self._wide = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_page(self, page: PageImage) -> None:
        if self.page is None or self.page.references != page.references:
            self._at = -1
        self.page = page
        image = QImage(page.data, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        self._image = image.copy()  # the bytes are not ours to keep
        self.setAccessibleName(f"Preview, page {page.number + 1} of {page.of}")
        self.setAccessibleDescription(page.text)
        self.set_wide(self._wide)
        self.update()

    def clear(self) -> None:
        self.page, self._image = None, QImage()
        self.setAccessibleName("Preview")
        self.setAccessibleDescription("")
        self.update()

    def set_wide(self, width: int) -> None:
        """Show it this wide, in the window's own pixels."""
        self._wide = width
        tall = self._image.height() / self._image.width() if self._image.width() else A4
        self.setFixedSize(QSize(width, round(width * tall)))

    # The references on it

    def step(self, by: int = 1) -> Printed | None:
        """To the next reference on the page, which is scrolled into sight; None where there is none."""
        some = self.page.references if self.page is not None else ()
        if not some:
            return None
        self._at = (self._at + by) % len(some)
        place = some[self._at].on(self.width(), self.height()).center().toPoint()
        self._area.ensureVisible(place.x(), place.y(), dp(60), dp(60))
        self.setFocus()
        self.update()
        return some[self._at]

    def follow(self) -> bool:
        """Open where the reference with the ring leads; False where none has it."""
        some = self.page.references if self.page is not None else ()
        if not 0 <= self._at < len(some):
            return False
        self.followed.emit(some[self._at].evidence)
        return True

    def _under(self, place: QPointF) -> int:
        some = self.page.references if self.page is not None else ()
        room = dp(4)
        fits = (
            n
            for n, one in enumerate(some)
            if one.on(self.width(), self.height()).adjusted(-room, -room, room, room).contains(place)
        )
        return next(fits, -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._under(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._under(event.position())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._at = at
            self.update()
            self.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        key = Qt.Key(event.key())
        if key not in steps:
            super().keyPressEvent(event)
            return
        down = key in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        bar = self._area.verticalScrollBar() if down else self._area.horizontalScrollBar()
        bar.setValue(bar.value() + steps[key] * dp(60))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, rect = QPainter(self), colours(), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull():
            painter.fillRect(rect, palette["surface"])
        else:
            painter.drawImage(rect, self._image)  # paper stays paper in the dark
        painter.setPen(palette["outline"])
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        if self.hasFocus():
            focus_ring(painter, rect, 0)
        if self.page is not None and 0 <= self._at < len(self.page.references):
            around = self.page.references[self._at].on(self.width(), self.height())
            painter.setPen(QPen(palette["accent"], 2))
            painter.drawRoundedRect(around.adjusted(-3, -2, 3, 2), 3, 3)
