"""Labels with a place in the type scale, and text in runs (search hits, differing words)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fieldwork.desktop.appearance.tokens import LEADING, TONES, colours, dp, font, metrics
from fieldwork.desktop.kit.scaled import Scaled

#: (text, style); style is words out of "mark", "theme", "strong", "quiet", "accent", or ""
Run = tuple[str, str]

_INTER_HEIGHT = 1.21  # line height of Inter over its size


def line_step(kind: str = "body", leading: float = LEADING) -> float:
    """From one baseline to the next, in pixels."""
    return metrics(kind).height() * leading / _INTER_HEIGHT


def lay_out(
    runs: Sequence[Run],
    width: float,
    kind: str = "body",
    weight: int | None = None,
    align: Qt.AlignmentFlag | None = None,
    ink: str | None = "text",
) -> tuple[QTextLayout, float]:
    """Runs as a laid-out text of that width, and its height; ink None takes the painter's pen."""
    layout = QTextLayout("".join(text for text, _ in runs), font(kind, weight))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    if align is not None:
        option.setAlignment(align)
    layout.setTextOption(option)
    layout.setFormats(_formats(runs, ink))
    step, y = line_step(kind), 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 20))
        line.setPosition(QPointF(0, y + (step - line.height()) / 2))
        y += step
    layout.endLayout()
    return layout, max(y, step)


def _formats(runs: Sequence[Run], ink: str | None) -> list[QTextLayout.FormatRange]:
    palette, formats, at = colours(), [], 0
    for text, style in runs:
        length = len(text.encode("utf-16-le")) // 2  # Qt counts UTF-16 units, Python counts characters
        look = QTextCharFormat()
        if ink:
            look.setForeground(QBrush(palette[ink]))
        if "mark" in style:
            look.setBackground(QBrush(palette["mark"]))
            look.setForeground(QBrush(palette["on_mark"]))
            look.setFontUnderline(True)
        if "theme" in style:
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            look.setUnderlineColor(palette["accent"])
        if "strong" in style:
            look.setFontWeight(600)
        if "quiet" in style:
            look.setForeground(QBrush(palette["text2"]))
        if "accent" in style:
            look.setForeground(QBrush(palette["accent"]))
            look.setFontWeight(500)
        stretch = QTextLayout.FormatRange()
        stretch.start, stretch.length, stretch.format = at, length, look
        formats.append(stretch)
        at += length
    return formats


def _grows_down(widget: QWidget) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


class Text(Scaled, QLabel):
    """A label with a kind out of TYPE and a tone out of TONES; `wrap` gives it lines and leading."""

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        tone: str = "text",
        wrap: bool = False,
        weight: int | None = None,
        align: Qt.AlignmentFlag | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._kind, self._weight = kind, weight
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setFont(font(kind, weight))
        self.set_tone(tone)
        self.set_wrap(wrap)
        if align is not None:
            self.setAlignment(align)

    def set_kind(self, kind: str) -> None:
        self._kind = kind
        self.rescale()

    def set_tone(self, tone: str) -> None:
        self.setForegroundRole(TONES[tone])

    def set_wrap(self, wrap: bool) -> None:
        self.setWordWrap(wrap)
        if wrap:
            _grows_down(self)

    def rescale(self) -> None:
        self.setFont(font(self._kind, self._weight))
        super().rescale()

    # A wrapping QLabel has no leading beyond the font's own, so it is laid out here.

    def _lay(self, width: int) -> tuple[QTextLayout, float]:
        return lay_out([(self.text(), "")], width, self._kind, self._weight, self.alignment(), ink=None)

    def heightForWidth(self, width: int) -> int:
        return round(self._lay(width)[1]) if self.wordWrap() else super().heightForWidth(width)

    def sizeHint(self) -> QSize:
        if not self.wordWrap():
            hint = super().sizeHint()
            return QSize(hint.width() + 1, hint.height())
        width = self.width() if self.width() > dp(120) else dp(320)
        width = min(width, metrics(self._kind, self._weight).horizontalAdvance(self.text()) + 4)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        if not self.wordWrap():
            return self.sizeHint()
        return QSize(dp(60), metrics(self._kind, self._weight).height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.wordWrap() and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        layout, height = self._lay(self.width())
        layout.draw(painter, QPointF(0, max(0, (self.height() - height) / 2)))


class Runs(Scaled, QWidget):
    """Wrapped text in runs: plain, strong, marked (search hit, differing word), quiet."""

    def __init__(self, runs: Sequence[Run] = (), kind: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: list[Run] = []
        self._kind = kind
        _grows_down(self)
        self.set_runs(runs)

    def set_runs(self, runs: Sequence[Run]) -> None:
        self._runs = list(runs)
        self.setAccessibleName("".join(text for text, _ in runs))
        self.setAccessibleDescription(
            ", ".join(f"differs: {text.strip()}" for text, style in runs if "mark" in style)
        )
        self.rescale()

    def text(self) -> str:
        return "".join(text for text, _ in self._runs)

    def heightForWidth(self, width: int) -> int:
        return round(lay_out(self._runs, width, self._kind)[1])

    def sizeHint(self) -> QSize:
        return QSize(dp(240), self.heightForWidth(self.width() if self.width() > dp(80) else dp(360)))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(60), round(line_step(self._kind)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        layout, _ = lay_out(self._runs, self.width(), self._kind)
        painter.setPen(colours()["text"])
        layout.draw(painter, QPointF(0, 0))
