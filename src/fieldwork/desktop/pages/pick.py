"""A line that opens in the page to choose one of many by typing: never a dialogue."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import Completion, Field, KeyHint, Row, Segments, Text
from fieldwork.desktop.kit.layout import Box, Flow
from fieldwork.desktop.palette import match

Make = Callable[[str], Sequence[Row]]
DIRECTION_KEYS = {
    "+": "strength",
    "-": "concern",
    "\u2212": "concern",
    ".": "neutral",
    "=": "mixed",
    "\u00b1": "mixed",
}
WHOLE = 80  # the score of a row that holds what was typed in one piece
DIRECTION_ORDER = ("strength", "concern", "neutral", "mixed")


def fitting(typed: str, rows: Sequence[Row]) -> list[Row]:
    """The rows whose words fit what was typed, best first."""
    if not typed.strip():
        return list(rows)
    scored = [(max(match(typed, row.title), match(typed, row.trail) * 0.9), row) for row in rows]
    least = (
        WHOLE if any(score >= WHOLE for score, _ in scored) else 0.1
    )  # strewn letters only for want of better
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score >= least]


class PickLine(Box):
    """`picked(ident of the row)` on Enter, a digit or a click; `left` on Escape. `direction` if it asks one."""

    picked = Signal(object)
    left = Signal()
    passed = Signal()  # Enter with nothing on offer: on to what comes next

    def __init__(
        self, page: QWidget, name: str, hint: str, directions: bool = False, bearings: bool = False
    ) -> None:
        self._page = page
        self.label = Text(name, "label", weight=600)
        self.field = Field(hint=hint, name=name)
        self.label.setBuddy(self.field)
        words = ("+ strength", "\u2212 concern", ". neutral", "= mixed")
        if bearings:
            self.segments = Segments("+ for", "\u2212 against", on=0, name="For or against")
        else:
            self.segments = Segments(*words, on=2, name="Direction")
        if not (directions or bearings):
            self.segments.hide()
        self._directions, self._bearings = directions, bearings
        hints = Flow(self.segments, KeyHint("Enter", "take"), KeyHint("Esc", "leave"), space=12)
        super().__init__(self.label, hints, self.field, space=6)  # what is offered drops down below all
        self.completion = Completion(page, hints=())
        self.completion.taken.connect(self._take)
        self._rows: list[Row] = []
        self._offered: list[Row] = []
        self._make: Make | None = None
        self._at_once = True
        self.field.textChanged.connect(self._offer)
        self.field.installEventFilter(self)
        self.hide()

    def ask(self, title: str, rows: Sequence[Row], make: Make | None = None, at_once: bool = True) -> None:
        """Open on these rows; `make(typed)` gives further ones. Not `at_once`: only once a letter is typed."""
        self._at_once = at_once
        self.label.setText(title)
        self._rows, self._make = list(rows), make
        self.segments.choose(0 if self._bearings else 2)
        self.field.clear()
        self.show()
        self.field.setFocus()
        QTimer.singleShot(0, self, self._offer)  # once the line has its place

    def direction(self) -> str:
        return DIRECTION_ORDER[self.segments.current()]

    def bearing(self) -> int:
        """0 for, 1 against."""
        return self.segments.current()

    def close_line(self) -> None:
        self.completion.hide()
        self.hide()

    def _offer(self) -> None:
        if not self.isVisible():
            return
        typed = self.field.text()
        made = list(self._make(typed)) if self._make is not None and typed.strip() else []
        wanted = self._at_once or bool(typed.strip())
        self._offered = [*fitting(typed, self._rows), *made] if wanted else []
        room = self._page.height()
        at = self.field.mapTo(self._page, QPoint(0, self.field.height() + 2))
        shown = self._offered[:9]
        if len(self._offered) > 9 and made:  # writing it new is always on offer
            shown = [*self._offered[: 9 - len(made)], *made]
        self._offered = shown
        self.completion.offer(self.field.accessibleName(), shown, at, room)

    def _take(self, index: int) -> None:
        if 0 <= index < len(self._offered):
            ident: Hashable = self._offered[index].ident
            self.close_line()
            self.picked.emit(ident)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusOut:
            self.completion.hide()
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # they end this line before they are a command of the screen
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close_line()
            self.left.emit()
            return True
        if self._directions and event.text() in DIRECTION_KEYS:
            self.segments.choose(DIRECTION_ORDER.index(DIRECTION_KEYS[event.text()]))
            return True
        if (
            self._bearings
            and not self.field.text()
            and DIRECTION_KEYS.get(event.text()) in DIRECTION_ORDER[:2]
        ):
            self.segments.choose(DIRECTION_ORDER.index(DIRECTION_KEYS[event.text()]))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.completion.isVisible():
            self.passed.emit()
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.completion.isVisible():
            self._offer()
            return True
        return self.completion.handle(event)
