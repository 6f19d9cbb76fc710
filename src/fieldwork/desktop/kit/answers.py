"""The five answers: told apart by key, by shape and by word, then by colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, gap, metrics
from fieldwork.desktop.kit.paint import CENTRE, cap_width, elide, paint_cap
from fieldwork.desktop.kit.scaled import Scaled

ANSWERS = {
    "FM": "Fully met",
    "PM": "Partially met",
    "NM": "Not met",
    "NA": "Not applicable",
    "NK": "Not known",
}
ANSWER_TONE = {"FM": "fully", "PM": "partly", "NM": "notmet"}
DORMANT = "dormant"


def answer_words(code: str) -> str:
    return ANSWERS.get(code) or ("kept, not asked now" if code == DORMANT else code or "not answered")


def paint_answer(
    painter: QPainter, x: float, y: float, side: float, code: str, current: bool = False
) -> None:
    """Tick, half disc, cross, dash, query or ring in a square; any other code is a plain dot."""
    palette = colours()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(x, y, side, side).adjusted(side * 0.08, side * 0.08, -side * 0.08, -side * 0.08)
    edge = palette[ANSWER_TONE.get(code, "outline" if code in ("", DORMANT) else "text2")]
    width = max(1.3, side * 0.1)
    inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setPen(QPen(edge, width, Qt.PenStyle.DotLine if code == DORMANT else Qt.PenStyle.SolidLine))
    if code in ("FM", "NM"):
        painter.setBrush(edge)
    painter.drawEllipse(inner)
    centre = rect.center()
    stroke = QPen(palette["surface"], max(1.4, side * 0.12))
    stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if code == "FM":
        painter.setPen(stroke)
        tick = ((-0.2, 0.01), (-0.05, 0.16), (0.21, -0.14))
        painter.drawPolyline([centre + QPointF(dx * side, dy * side) for dx, dy in tick])
    elif code == "PM":
        half = QPainterPath(QPointF(centre.x(), rect.top()))
        half.arcTo(rect, 90, 180)
        half.closeSubpath()
        painter.fillPath(half, edge)
    elif code == "NM":
        painter.setPen(stroke)
        reach = 0.15 * side
        painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))
        painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
    elif code == "NA":
        painter.setPen(QPen(edge, width * 1.2))
        painter.drawLine(centre + QPointF(-0.17 * side, 0), centre + QPointF(0.17 * side, 0))
    elif code == "NK":
        face = QFont(font("caption", 700))
        face.setPixelSize(max(8, round(side * 0.62)))
        painter.setFont(face)
        painter.setPen(edge)
        painter.drawText(rect, CENTRE, "?")
    elif code and code != DORMANT:  # an answer off the met scale: a number, a text, a choice
        painter.setBrush(edge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(centre, side * 0.2, side * 0.2)
    if current:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette["focus"], max(2, side * 0.12)))
        painter.drawEllipse(rect.adjusted(-side * 0.2, -side * 0.2, side * 0.2, side * 0.2))
    painter.restore()


class AnswerButton(Scaled, QAbstractButton):
    def __init__(self, key: str, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.code = key, code
        self.setText(ANSWERS[code])
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(ANSWERS[code])
        self.setAccessibleDescription(f"Key {key}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def natural(self) -> int:
        """The width that shows everything."""
        words = metrics("label", 600).horizontalAdvance(self.text())
        return dp(10 + 7 + 18 + 7 + 10) + cap_width(self.key) + words

    def sizeHint(self) -> QSize:
        return QSize(self.natural(), dp(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, on = QPainter(self), colours(), self.isChecked()
        rect = QRectF(self.rect())
        ground = palette["accent_soft" if on else "raised" if self.underMouse() else "surface"]
        width = (3 if palette.high else 2) if on else 1
        rounded(painter, rect, ground, palette["accent" if on else "outline"], width, dp(6))
        middle, left = rect.height() / 2, dp(10)
        if on:
            left += paint_cap(
                painter, left, middle, self.key, palette["on_accent"], palette["accent"], palette["accent"]
            )
        else:
            left += paint_cap(painter, left, middle, self.key)
        left += dp(7)
        paint_answer(painter, left, middle - dp(9), dp(18), self.code)
        left += dp(18) + dp(7)
        words = QRectF(left, 0, rect.width() - left - dp(4), rect.height())
        elide(painter, words, self.text(), font("label", 600 if on else 500), palette["text"])
        if self.hasFocus():
            focus_ring(painter, rect)


class AnswerBar(Scaled, QWidget):
    """One row of five, else three and two, pairs, or a column. `chosen(code)` when the person answers."""

    chosen = Signal(str)

    def __init__(self, code: str = "", name: str = "Answer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.buttons = [AnswerButton(str(i + 1), answer, self) for i, answer in enumerate(ANSWERS)]
        for button in self.buttons:
            button.clicked.connect(lambda _=False, b=button: self.chosen.emit(b.code))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.choose(code)

    def choose(self, code: str) -> None:
        """Show this answer as given ("" for none) without emitting."""
        for button in self.buttons:
            button.setAutoExclusive(False)
            button.setChecked(button.code == code)
        for button in self.buttons:
            button.setAutoExclusive(True)

    def code(self) -> str:
        return next((button.code for button in self.buttons if button.isChecked()), "")

    def press(self, digit: int) -> None:
        """Answer as if the person had pressed that digit, 1 to 5."""
        button = self.buttons[digit - 1]
        self.choose(button.code)
        self.chosen.emit(button.code)

    def _lines(self, width: int) -> list[list[tuple[AnswerButton, float, float]]]:
        """Rows of (button, x, width)."""
        space = gap(8)
        natural = [button.natural() for button in self.buttons]
        free = width - sum(natural) - 4 * space
        if free >= 0:
            line, x = [], 0.0
            for button, wanted in zip(self.buttons, natural, strict=True):
                line.append((button, x, wanted + free / 5))
                x += wanted + free / 5 + space
            return [line]
        per = next((n for n in (3, 2) if n * max(natural) + (n - 1) * space <= width), 1)
        each = (width - (per - 1) * space) / per
        return [
            [(button, j * (each + space), each) for j, button in enumerate(self.buttons[i : i + per])]
            for i in range(0, len(self.buttons), per)
        ]

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        count = len(self._lines(width))
        return count * dp(44) + (count - 1) * gap(8)

    def sizeHint(self) -> QSize:
        return QSize(dp(320), self.heightForWidth(max(self.width(), dp(160))))

    def minimumSizeHint(self) -> QSize:
        return QSize(max(button.natural() for button in self.buttons), dp(44))

    def rescale(self) -> None:
        super().rescale()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _arrange(self) -> None:
        for i, line in enumerate(self._lines(self.width())):
            for button, x, width in line:
                button.setGeometry(round(x), i * (dp(44) + gap(8)), round(width), dp(44))
