"""The days of a visit side by side, each session in its place: every block a real control."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font
from fieldwork.desktop.kit.controls import Pressable
from fieldwork.desktop.kit.paint import RIGHT, elide
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.text import lay_out, line_step
from fieldwork.desktop.pages.words import short_day
from fieldwork.domain.values import Id

LEAST = 26  # a block is drawn no shorter
TWO_LINES = 42  # and so tall where there is room
USUAL = 0.75  # hours a session takes where nobody said how long
EARLIEST, LATEST = 8, 17
ICONS = {
    "done": "circle-check",
    "open": "circle-dot",
    "cancelled": "x",
    "planned": "circle",
    "walk_in": "plus",
}
WORDS = {"walk_in": "not planned, added on the day"}


@dataclass(frozen=True)
class Block:
    """A session in the week: its day, hours as fractions, what it says. `state` also knows walk_in."""

    id: Id
    day: date
    start: float
    end: float
    title: str
    sub: str
    state: str


def side_by_side(blocks: Sequence[Block], least: float = 0) -> dict[Id, tuple[int, int]]:
    """For blocks of one day: which of how many lanes each takes, so that none covers another.

    least: the hours that even the shortest block covers as it is drawn.
    """
    lanes: dict[Id, tuple[int, int]] = {}
    cluster: list[tuple[Block, int]] = []
    ends: list[float] = []

    def close() -> None:
        for block, lane in cluster:
            lanes[block.id] = (lane, len(ends))
        cluster.clear()
        ends.clear()

    for block in sorted(blocks, key=lambda b: (b.start, b.end, b.id)):
        if ends and block.start >= max(ends):
            close()
        lane = next((i for i, end in enumerate(ends) if end <= block.start), len(ends))
        end = max(block.end, block.start + least)
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        cluster.append((block, lane))
    close()
    return lanes


class _Slot(Pressable):
    """One session in the week; only the chosen one is met by Tab, arrows go on from there."""

    def __init__(self, block: Block, week: Week) -> None:
        super().__init__(week)
        self.block, self._week = block, week
        self.setText(block.title)
        when = f"{short_day(block.day)} {int(block.start):02}:{round(block.start % 1 * 60):02}"
        state = WORDS.get(block.state, block.state)
        self.setAccessibleName(", ".join(part for part in (when, block.title, state) if part))
        self.setAccessibleDescription(block.sub)
        self.setToolTip(f"{block.title}\n{block.sub}" if block.sub else block.title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.clicked.connect(lambda: week.press(block.id))

    def sizeHint(self) -> QSize:
        return QSize(dp(80), dp(24))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._week.choose(self.block.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._week.step(event.key()):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, rect = QPainter(self), colours(), QRectF(self.rect())
        state, chosen = self.block.state, self._week.chosen == self.block.id
        off, live = state == "cancelled", state == "open"
        fill = palette["canvas" if off else "surface" if state == "planned" else "accent_soft"]
        edge = palette[
            "accent" if live or chosen or state == "walk_in" else "outline" if state == "planned" else "line"
        ]
        width = 2 if live or chosen else 1
        rounded(painter, rect, fill, edge, width, dp(5), dashed=state == "walk_in" and not chosen)
        tone = palette["text2" if state in ("planned", "cancelled") else "accent"]
        room = rect.width() - dp(34)
        ink = palette["text2" if off else "text"]
        face = QFont(font("label", 500))
        face.setStrikeOut(off)
        words, height = lay_out([(self.text(), "")], room, "label", 500, ink=None)
        step = line_step("label")
        whole = all(QFontMetricsF(face).horizontalAdvance(word) <= room for word in self.text().split())
        wraps = whole and step < height <= rect.height() - dp(4)
        height = height if wraps else step
        below = bool(self.block.sub) and rect.height() >= height + dp(22)
        top = (rect.height() - height - (dp(17) if below else 0)) / 2
        paint_icon(painter, ICONS.get(state, "circle"), dp(8), top + dp(2), dp(14), tone, 2)
        if wraps and not off:
            painter.setPen(ink)
            words.draw(painter, QPointF(dp(28), top))
        else:
            elide(painter, QRectF(dp(28), top, room, step), self.text(), face, ink)
        if below:
            line = QRectF(dp(28), top + height, room, dp(17))
            elide(painter, line, self.block.sub, font("caption"), palette["text2"])
        if self.hasFocus():
            focus_ring(painter, rect, dp(5))


class Week(Scaled, QWidget):
    """`moved(id)` when another session is chosen, `opened(id)` on Enter or a second click."""

    moved = Signal(object)
    opened = Signal(object)

    def __init__(self, now: Callable[[], datetime] = datetime.now, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.days: list[date] = []
        self.chosen: Id | None = None
        self._slots: list[_Slot] = []
        self._first, self._last = float(EARLIEST), float(LATEST)
        self.setAccessibleName("Schedule of the visit, day by day")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def fits(self, days: int, width: int) -> bool:
        """Whether that many days can stand side by side with their words legible."""
        return 0 < days <= 5 and (width - dp(44)) / days >= dp(170)

    def set_blocks(self, days: Sequence[date], blocks: Sequence[Block], notes: Sequence[str]) -> None:
        """`notes` says of each day how much of it was held."""
        focused = any(slot.hasFocus() for slot in self._slots)
        self.days, self._notes = list(days), list(notes)
        for slot in self._slots:
            slot.hide()
            slot.setParent(None)
            slot.deleteLater()
        self._slots = [_Slot(block, self) for block in sorted(blocks, key=lambda b: (b.day, b.start, b.id))]
        self._first = min([EARLIEST, *(int(block.start) for block in blocks)])
        self._last = max([LATEST, *(-int(-block.end // 1) for block in blocks)])
        ids = [slot.block.id for slot in self._slots]
        if self.chosen not in ids:
            self.chosen = next(
                (s.block.id for s in self._slots if s.block.state == "planned"), ids[0] if ids else None
            )
        for slot in self._slots:
            slot.show()
        self._mark()
        self._place()
        if focused:
            self.setFocus()
        self.updateGeometry()
        self.update()

    def choose(self, id: Id | None) -> None:
        if id != self.chosen:
            self.chosen = id
            self._mark()
            self.moved.emit(id)

    def press(self, id: Id) -> None:
        self.choose(id)
        self.opened.emit(id)

    def setFocus(self, *_: object) -> None:
        slot = next((slot for slot in self._slots if slot.block.id == self.chosen), None)
        if slot is not None:
            slot.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, key: int) -> bool:
        """Up and down within the day and on; left and right to the nearest hour of the next day."""
        here = next((i for i, slot in enumerate(self._slots) if slot.block.id == self.chosen), None)
        if here is None:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            there = here + (1 if key == Qt.Key.Key_Down else -1)
            if not 0 <= there < len(self._slots):
                return True
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            block, way = self._slots[here].block, 1 if key == Qt.Key.Key_Right else -1
            days = sorted(
                {
                    s.block.day
                    for s in self._slots
                    if (s.block.day > block.day) == (way > 0) and s.block.day != block.day
                }
            )
            if not days:
                return True
            day = days[0] if way > 0 else days[-1]
            there = min(
                (i for i, s in enumerate(self._slots) if s.block.day == day),
                key=lambda i: abs(self._slots[i].block.start - block.start),
            )
        else:
            return False
        self.choose(self._slots[there].block.id)
        self._slots[there].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _mark(self) -> None:
        for slot in self._slots:
            mine = slot.block.id == self.chosen
            slot.setFocusPolicy(Qt.FocusPolicy.StrongFocus if mine else Qt.FocusPolicy.ClickFocus)
            slot.update()

    # Geometry

    def sizeHint(self) -> QSize:
        return QSize(dp(480), dp(30) + round((self._last - self._first) * dp(50)))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(200), self.sizeHint().height())

    def rescale(self) -> None:
        super().rescale()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _y(self, hour: float) -> float:
        return dp(30) + (hour - self._first) * (self.height() - dp(38)) / max(self._last - self._first, 1)

    def _column(self, number: int) -> QRectF:
        width = (self.width() - dp(44)) / max(len(self.days), 1)
        return QRectF(dp(44) + number * width, 0, width - dp(10), self.height())

    def _place(self) -> None:
        least = dp(LEAST) / max(self._y(1) - self._y(0), 1)
        for number, day in enumerate(self.days):
            some = [slot for slot in self._slots if slot.block.day == day]
            lanes = side_by_side([slot.block for slot in some], least)
            column = self._column(number)
            for slot in some:
                lane, of = lanes[slot.block.id]
                width = column.width() / of
                top, bottom = self._y(slot.block.start) + 1, self._y(slot.block.end) - 1
                below = [o.block.start for o in some if o.block.start >= slot.block.start + least]
                room = self._y(min(below)) - top - 2 if below else dp(TWO_LINES)
                tall = max(round(bottom - top), round(min(dp(TWO_LINES), room)), dp(LEAST))
                slot.setGeometry(
                    QRect(
                        round(column.x() + lane * width),
                        round(top),
                        round(width - (2 if of > 1 else 0)),
                        tall,
                    )
                )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, now = QPainter(self), colours(), self._now()
        for number, day in enumerate(self.days):
            column = self._column(number)
            today = day == now.date()
            name = f"Today, {short_day(day)}" if today else short_day(day)
            head = QRectF(column.x(), 0, column.width(), dp(20))
            elide(painter, head, self._notes[number], font("caption"), palette["text2"], RIGHT)
            elide(painter, head, name, font("label", 600), palette["accent" if today else "text"])
        for hour in range(int(self._first), int(self._last) + 1):
            line = round(self._y(hour))
            painter.fillRect(QRectF(dp(44), line, self.width() - dp(54), 1), palette["line"])
            elide(
                painter,
                QRectF(0, line - dp(10), dp(40), dp(20)),
                f"{hour:02}:00",
                font("caption"),
                palette["text2"],
            )
        if now.date() in self.days:
            column = self._column(self.days.index(now.date()))
            y = self._y(now.hour + now.minute / 60)
            if self._y(self._first) <= y <= self._y(self._last):
                painter.fillRect(
                    QRectF(column.x() - dp(4), y - 1, column.width() + dp(8), 2), palette["danger"]
                )
                rounded(
                    painter,
                    QRectF(column.x() - dp(8), y - dp(4), dp(8), dp(8)),
                    palette["danger"],
                    None,
                    radius=dp(4),
                )
