"""The dates of a file on one line, with the days between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit.paint import CENTRE, elide
from fieldwork.desktop.kit.scaled import Scaled

Step = tuple[str, str]


class DateTrack(Scaled, QWidget):
    """`steps` are (what, date as words); `days` the whole days between neighbours, None where not known.

    `working`: the working days among them, in the same places.
    """

    def __init__(
        self,
        steps: Sequence[Step] = (),
        days: Sequence[int | None] = (),
        working: Sequence[int | None] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_steps(steps, days, working)

    def set_steps(
        self, steps: Sequence[Step], days: Sequence[int | None], working: Sequence[int | None] = ()
    ) -> None:
        """`days` and `working` have one entry fewer than `steps`; `working` may be left out."""
        self._steps, self._days = list(steps), list(days)
        self._working = [*working, *[None] * (len(self._days) - len(working))]
        told = []
        for i, (what, when) in enumerate(self._steps):
            after = self._days[i - 1] if i else None
            later = f", {after} days later" if after is not None else ""
            if later and (in_work := self._working[i - 1]) is not None:
                later += f", {in_work} of them working days"
            told.append(f"{what} {when}{later}")
        self.setAccessibleName("Dates: " + "; ".join(told))
        self.rescale()

    def _width_of(self, step: Step) -> int:
        return (
            max(
                metrics("caption").horizontalAdvance(step[0]),
                metrics("caption", 600).horizontalAdvance(step[1]),
            )
            + 2
        )

    def _between(self, i: int) -> tuple[str, str]:
        """The words over and under the arrow from one step to the next."""
        days = self._days[i] if i < len(self._days) else None
        if days is None:
            return "", ""
        working = self._working[i]
        return (f"{days} d", "") if working is None else (f"{working} wd", f"{days} d")

    def _space(self, i: int) -> int:
        """How wide the arrow behind a step must be for its words."""
        return max(
            dp(48), *(metrics("caption").horizontalAdvance(said) + dp(12) for said in self._between(i))
        )

    def _lines(self, width: int) -> list[list[int]]:
        """Which steps stand on which line."""
        lines: list[list[int]] = []
        used = 0
        for i, step in enumerate(self._steps):
            need = self._width_of(step)
            if lines and used + self._space(i - 1) + need <= width:
                lines[-1].append(i)
                used += self._space(i - 1) + need
            else:
                lines.append([i])
                used = need
        return lines

    def heightForWidth(self, width: int) -> int:
        return max(1, len(self._lines(width))) * dp(44)

    def sizeHint(self) -> QSize:
        wanted = sum(self._width_of(s) for s in self._steps) + sum(
            self._space(i) for i in range(len(self._steps) - 1)
        )
        return QSize(wanted, self.heightForWidth(self.width() if self.width() > dp(100) else wanted))

    def minimumSizeHint(self) -> QSize:
        return QSize(max((self._width_of(s) for s in self._steps), default=dp(80)), dp(44))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, line in enumerate(self._lines(self.width())):
            top, x = number * dp(44), 0.0
            words = sum(self._width_of(self._steps[i]) for i in line)
            spare = self.width() - words - sum(self._space(i) for i in line[:-1])
            more = max(0.0, min(spare / max(1, len(line) - 1), dp(24)))
            for place, i in enumerate(line):
                what, when = self._steps[i]
                width = self._width_of(self._steps[i])
                elide(
                    painter,
                    QRectF(x, top + dp(2), width + 2, dp(20)),
                    what,
                    font("caption"),
                    palette["text2"],
                )
                elide(
                    painter,
                    QRectF(x, top + dp(21), width + 2, dp(20)),
                    when,
                    font("caption", 600),
                    palette["text"],
                )
                x += width
                if place < len(line) - 1:
                    free = self._space(i) + more
                    self._arrow(painter, x + dp(5), x + free - dp(5), top, self._between(i))
                    x += free

    def _arrow(self, painter: QPainter, start: float, end: float, top: float, said: tuple[str, str]) -> None:
        over, under = said
        palette, y = colours(), top + dp(22 if under else 26)
        painter.setPen(QPen(palette["outline"], 1.2))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        tip = dp(4)
        painter.drawPolyline([QPointF(end - tip, y - tip), QPointF(end, y), QPointF(end - tip, y + tip)])
        for words, down in ((over, 2 if under else 4), (under, 23)):
            if words:
                place = QRectF(start - dp(5), top + dp(down), end - start + dp(10), dp(20))
                elide(painter, place, words, font("caption"), palette["text2"], CENTRE)
