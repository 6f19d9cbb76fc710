"""The pages of a finished PDF as pictures: drawn in a lane, shown on a sheet that scrolls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from fieldwork.desktop.appearance.painting import focus_ring
from fieldwork.desktop.appearance.tokens import colours, dp

A4 = 297 / 210


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


def draw_page(_: Any, pdf: bytes, number: int, width: int) -> PageImage:
    """Draw one page of a PDF `width` pixels wide; a number beyond the last is the last.

    Pdfium may be used by one thread at a time: every call goes through one lane.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        of = len(document)
        number = min(max(number, 0), of - 1)
        page = document[number]
        bitmap = page.render(scale=width / page.get_size()[0], prefer_bgrx=True)
        text = page.get_textpage().get_text_bounded()
        return PageImage(number, of, bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer), text)
    finally:
        document.close()


class Sheet(QWidget):
    """The page shown. Arrows scroll; what is written on it is its description for a screen reader."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self._image = QImage()
        self.page: PageImage | None = None
        self._wide = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_page(self, page: PageImage) -> None:
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
