"""Suggestions below a field of a form, by a few letters; what is typed may also stay as it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import Completion, Field, Row
from fieldwork.desktop.pages.pick import fitting
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS
from fieldwork.work.roles import Suggestion

AT_MOST = 6
PAUSE_MS = 350
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def role_rows(some: Sequence[Suggestion]) -> list[Row]:
    """What a session is planned from, as rows whose ident is its place."""
    return [
        Row(one.role, trail=METHODS.get(one.method) or GRADE_BANDS.get(one.grade_band, ""), ident=place)
        for place, one in enumerate(some)
    ]


def name_words(name: str) -> str:
    """That a role which is typed looks like a name, "" where it does not."""
    return f"\u201c{name}\u201d looks like a name; a role stands better there." if name else ""


class Suggesting(QObject):
    """Offers rows that fit what is typed into a field. `taken(ident of the row)`; Escape closes the offer alone.

    Tab takes the one on top, a digit any. Enter belongs to the form, with what was typed, until an arrow went
    into the offer.
    """

    taken = Signal(object)
    paused = Signal(str)  # what stands in the field, once nobody types for a moment

    def __init__(self, page: QWidget, field: Field) -> None:
        super().__init__(field)
        self._page, self._field = page, field
        self._rows: Sequence[Row] = ()
        self._offered: list[Row] = []
        self._moved = False  # an arrow went into the offer
        self._completion = Completion(page, (("Tab", "take"), ("Enter", "as typed")))
        self._completion.taken.connect(self._take)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(lambda: self.paused.emit(self._field.text().strip()))
        field.textEdited.connect(lambda _: self._offer())
        field.textChanged.connect(lambda _: self._pause.start())
        field.installEventFilter(self)  # after the form's own, so that it is asked first

    def set_rows(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    @property
    def offered(self) -> list[Row]:
        """What is on offer now."""
        return self._offered if self._completion.isVisible() else []

    def _offer(self) -> None:
        typed, self._moved = self._field.text().strip(), False
        self._offered = fitting(typed, self._rows)[:AT_MOST] if len(typed) > 1 else []
        if len(self._offered) == 1 and any(row.title == typed for row in self._offered):
            self._offered = []  # it stands there already
        at = self._field.mapTo(self._page, QPoint(0, self._field.height() + 2))
        self._completion.offer(self._field.accessibleName(), self._offered, at, self._page.height())

    def _take(self, index: int) -> None:
        if 0 <= index < len(self._offered):
            self.taken.emit(self._offered[index].ident)
            self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._completion.hide()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape and self._completion.isVisible():
                event.accept()  # it closes the offer before it is a command of the screen
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _ENTER and not self._moved:
            self._completion.hide()
            return False
        self._moved = self._moved or key in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        return self._completion.handle(event)
