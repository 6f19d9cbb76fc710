"""What surrounds every page: the marking above, the places at the left, what is safe below."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.desk import Desk, Status
from fieldwork.desktop.kit.controls import Button, Pressable, Tag
from fieldwork.desktop.kit.layout import row
from fieldwork.desktop.kit.paint import CENTRE, RIGHT, cap_width, elide, paint_cap
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.kit.surfaces import Pane
from fieldwork.desktop.kit.text import Text

if TYPE_CHECKING:
    from fieldwork.desktop.page import Page


READ_SECONDS = 8.0  # a notice is shown at least this long


@dataclass(frozen=True)
class Place:
    """A place of the rail; Ctrl and `key` (a digit) go there, `factory(desk)` builds it on first visit."""

    name: str
    icon: str
    key: str
    factory: Callable[[Desk], Page]


class _Corner(Pressable):
    """Quiet words with a key cap at the end of a bar: "Find  Ctrl K", "F1  keys of this screen"."""

    def __init__(self, key: str, words: str, parent: QWidget, icon: str = "", kind: str = "label") -> None:
        super().__init__(parent)
        self._key, self._icon, self._kind = key, icon, kind
        self.setText(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(f"Key {key}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def widths(self) -> tuple[int, int]:
        """(with words, cap alone)"""
        cap = cap_width(self._key) + dp(8)
        words = metrics(self._kind).horizontalAdvance(self.text()) + dp(10)
        return cap + words + (dp(24) if self._icon else 0), cap

    def sizeHint(self) -> QSize:
        return QSize(self.widths()[0], dp(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, middle = QPainter(self), colours(), self.height() / 2
        cap, room = cap_width(self._key), self.width()
        words = room > self.widths()[1] + dp(10)
        if self._icon or not words:
            paint_cap(painter, room - cap - dp(4), middle, self._key)
            left, right = dp(4), room - cap - dp(10)
        else:
            paint_cap(painter, dp(4), middle, self._key)
            left, right = dp(4) + cap + dp(7), room
        if words:
            if self._icon:
                paint_icon(painter, self._icon, left, middle - dp(8), dp(16), palette["text2"])
                left += dp(24)
            rect = QRectF(left, 0, right - left, self.height())
            elide(painter, rect, self.text(), font(self._kind), palette["text2"])
        if self.hasFocus():
            focus_ring(painter, self.rect(), dp(4))


class MarkingBar(Scaled, QWidget):
    """The protective marking in words, in the middle, on every screen."""

    find_asked = Signal()

    def __init__(self, full: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._marking, self._full = "", "", full
        self._find = _Corner("Ctrl K", "Find or do anything", self, icon="search")
        self._find.clicked.connect(self.find_asked)
        self._find.setVisible(full)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set("", "OFFICIAL-SENSITIVE")

    def set(self, title: str, marking: str) -> None:
        self._title, self._marking = title, marking
        self.setAccessibleName(f"Protective marking: {marking}")
        self.setAccessibleDescription(title)
        self.setToolTip(title)
        self._arrange()
        self.update()

    @property
    def marking(self) -> str:
        return self._marking

    def sizeHint(self) -> QSize:
        return QSize(dp(320), dp(40))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(200), dp(40))

    def rescale(self) -> None:
        super().rescale()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _label(self) -> QRectF:
        width = metrics("marking").horizontalAdvance(self._marking) + dp(24)
        return QRectF((self.width() - width) / 2, dp(8), width, dp(24))

    def _arrange(self) -> None:
        room = self.width() - self._label().right() - dp(24)
        for words in ("Find or do anything", "Find"):
            self._find.setText(words)
            if self._find.widths()[0] <= room:
                break
        wide, narrow = self._find.widths()
        width = wide if wide <= room else narrow
        self._find.setGeometry(self.width() - dp(12) - width, dp(6), width, dp(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.fillRect(self.rect(), palette["sunken"])
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), palette["line"])
        label = self._label()
        ground, ink = (
            palette["canvas" if palette.high else "text"],
            palette["text" if palette.high else "canvas"],
        )
        rounded(painter, label, ground, palette["text"] if palette.high else None, 2, dp(4))
        painter.setFont(font("marking"))
        painter.setPen(ink)
        painter.drawText(label, CENTRE, self._marking)
        room = label.x() - dp(24)
        if room > dp(90):
            rect = QRectF(dp(16), 0, room - dp(8), self.height())
            elide(painter, rect, self._title, font("label", 600), palette["text"])


class _RailButton(Pressable):
    """One place: icon, word, digit; only the icon where the window is narrow."""

    def __init__(self, words: str, icon: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._key, self._badge, self.small = icon, key, "", False
        self.setText(words)
        self.setCheckable(key.isdigit())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleDescription(f"Ctrl {key}")
        self.setToolTip(f"{words}  (Ctrl {key})")
        self.set_badge("")

    def set_badge(self, badge: str) -> None:
        self._badge = badge
        self.setAccessibleName(f"{self.text()}, {badge} to decide" if badge else self.text())
        self.update()

    def nextCheckState(self) -> None:
        """The window says which place is shown, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, on = QPainter(self), colours(), self.isChecked()
        rect = QRectF(self.rect())
        middle = rect.center().y()
        if on:
            rounded(painter, rect, palette["accent" if palette.high else "raised"], None, radius=dp(6))
            if not palette.high:
                rounded(
                    painter, QRectF(0, middle - dp(9), dp(3), dp(18)), palette["accent"], None, radius=1.5
                )
        elif self.underMouse():
            edge = palette["line"] if palette.high else None
            rounded(painter, rect, palette["raised"], edge, radius=dp(6))
        ink = palette["on_accent"] if on and palette.high else palette["text" if on else "text2"]
        icon_ink = palette["accent"] if on and not palette.high else ink
        left = (rect.width() - dp(18)) / 2 if self.small else dp(9)
        paint_icon(painter, self._icon, left, middle - dp(9), dp(18), icon_ink)
        if self.small:
            self._paint_dot(painter, rect)
        else:
            self._paint_words(painter, rect, ink, on)
        if self.hasFocus():
            focus_ring(painter, rect)

    def _paint_dot(self, painter: QPainter, rect: QRectF) -> None:
        if self._badge:
            dot = QRectF(rect.right() - dp(9), dp(2), dp(8), dp(8))
            rounded(painter, dot, colours()["accent"], colours()["sunken"], 1, dp(4))

    def _paint_words(self, painter: QPainter, rect: QRectF, ink: Any, on: bool) -> None:
        palette, end, middle = colours(), rect.right() - dp(10), rect.center().y()
        words_end = end - dp(14)
        if self._key.isdigit():
            elide(
                painter,
                QRectF(end - dp(10), 0, dp(12), rect.height()),
                self._key,
                font("caption"),
                ink,
                RIGHT,
            )
        else:
            cap = f"Ctrl {self._key}"
            words_end = rect.right() - dp(4) - cap_width(cap)
            paint_cap(painter, words_end, middle, cap)
        if self._badge:
            width = metrics("caption", 600).horizontalAdvance(self._badge) + dp(12)
            badge = QRectF(end - dp(20) - width, middle - dp(10), width, dp(20))
            rounded(
                painter,
                badge,
                palette["accent_soft"],
                palette["outline"] if palette.high else None,
                1,
                dp(10),
            )
            painter.setFont(font("caption", 600))
            painter.setPen(palette["accent"])
            painter.drawText(badge, CENTRE, self._badge)
            words_end = badge.x() - dp(4)
        rect_words = QRectF(dp(38), 0, words_end - dp(38), rect.height())
        elide(painter, rect_words, self.text(), font("body", 600 if on else 400), ink)


class Rail(Scaled, QWidget):
    """The places. `asked(name)` when one is pressed; the pitch shrinks in a short window, never below 24."""

    asked = Signal(str)
    lock_asked = Signal()

    def __init__(self, places: list[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._small = False
        self.setAccessibleName("Places")
        self.buttons = {place.name: _RailButton(place.name, place.icon, place.key, self) for place in places}
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, n=name: self.asked.emit(n))
        lock = find("lock")
        self.lock = _RailButton(lock.words, lock.icon, lock.keys[-1], self)
        self.lock.clicked.connect(self.lock_asked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_small(self, small: bool) -> None:
        self._small = small
        for button in (*self.buttons.values(), self.lock):
            button.small = small
        self.rescale()

    def show_here(self, name: str) -> None:
        for place, button in self.buttons.items():
            button.setChecked(place == name)

    def set_badges(self, badges: dict[str, str]) -> None:
        for place, button in self.buttons.items():
            button.set_badge(badges.get(place, ""))

    def sizeHint(self) -> QSize:
        return QSize(dp(52 if self._small else 184), dp(300))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), (len(self.buttons) + 1) * dp(26) + dp(24))

    def rescale(self) -> None:
        super().rescale()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        room = (self.height() - dp(56)) // max(1, len(self.buttons))
        pitch = max(dp(26), min(dp(40), room))
        y, width = (dp(12) if pitch == dp(40) else dp(6)), self.width() - dp(16)
        tall = max(dp(24), pitch - dp(4))
        for button in self.buttons.values():
            button.setGeometry(dp(8), y, width, tall)
            y += pitch
        self.lock.setGeometry(dp(8), self.height() - dp(42), width, dp(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.fillRect(self.rect(), palette["sunken"])
        painter.fillRect(QRect(self.width() - 1, 0, 1, self.height()), palette["line"])
        painter.fillRect(QRectF(dp(8), self.height() - dp(46), self.width() - dp(16), 1), palette["line"])
        free = self.height() - dp(76) - dp(12) - len(self.buttons) * dp(40)
        if not self._small and free > 0:
            rect = QRectF(dp(18), self.height() - dp(76), self.width() - dp(24), dp(20))
            elide(painter, rect, "Ctrl + number goes there", font("caption"), palette["text2"])


class StatusLine(Scaled, QWidget):
    """What is safe, what is not shared, when last merged; and the keys of this screen."""

    keys_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved = ""
        self._notes: list[str] = []
        self._keys = _Corner(caps(find("keys").keys), "keys of this screen", self, kind="caption")
        self._keys.clicked.connect(self.keys_asked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()

    def set_saved(self, when: float) -> None:
        """`when` is time.time() of a commit that has returned."""
        self._saved = f"Saved {time.strftime('%H:%M:%S', time.localtime(when))}"
        self._tell()

    def set_status(self, status: Status) -> None:
        changes = f"{status.unshared:,} change{'' if status.unshared == 1 else 's'} not yet shared"
        self._notes = [changes if status.unshared else "everything shared"]
        self._notes.append(f"last merge {status.last_merge}" if status.last_merge else "not merged yet")
        self._tell()

    def notes(self) -> list[str]:
        return [note for note in (self._saved, *self._notes) if note]

    def _tell(self) -> None:
        self.setAccessibleName(", ".join(self.notes()) or "Nothing saved yet")
        self.setToolTip(" \u00b7 ".join(self.notes()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(dp(320), dp(30))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(160), dp(30))

    def rescale(self) -> None:
        super().rescale()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        wide, narrow = self._keys.widths()
        width = wide if self.width() > dp(760) else narrow
        self._keys.setGeometry(self.width() - dp(12) - width, dp(2), width, dp(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        painter.fillRect(self.rect(), palette["sunken"])
        painter.fillRect(QRect(0, 0, self.width(), 1), palette["line"])
        x, middle = float(dp(16)), self.height() / 2
        limit = self._keys.x() - dp(8)
        for place, note in enumerate(self.notes()):
            saved = note == self._saved
            if saved:
                paint_icon(painter, "check", x, middle - dp(7), dp(14), palette["accent"], 2.5)
                x += dp(20)
            elif place:
                elide(
                    painter, QRectF(x, 0, dp(12), self.height()), "\u00b7", font("caption"), palette["text2"]
                )
                x += dp(12)
            weight = 500 if saved else None
            width = metrics("caption", weight).horizontalAdvance(note)
            rect = QRectF(x, 0, max(0.0, min(width + 2, limit - x)), self.height())
            elide(painter, rect, note, font("caption", weight), palette["text" if saved else "text2"])
            x += width + dp(8)
            if x > limit:
                break


class Banner(Pane):
    """One quiet line below the marking, there for as long as what it says is so."""

    def __init__(self) -> None:
        self._words = Text("", "small", wrap=True)
        mark = Tag("", "shield-alert", "warn")
        mark.setAccessibleName("Warning")
        super().__init__(
            row(mark, (self._words, 1), space=4),
            ground="surface",
            lines="b",
            margins=(16, 6, 16, 6),
        )
        self.hide()

    def text(self) -> str:
        return self._words.text()

    def tell(self, sentence: str) -> None:
        """Show it; an empty one puts the banner away."""
        if sentence == self.text():
            return
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
        self._words.updateGeometry()
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))


class Notice(Pane):
    """One quiet line above the status line: what did not work and what to do. It covers nothing.

    It stays until closed, until what failed succeeded (`take_back`), or, with `fade`, until it was shown
    long enough to be read.
    """

    closed = Signal()

    def __init__(self) -> None:
        self._words = Text("", "label", "danger", wrap=True)
        self._close = Button("Close", "", "quiet")
        self._close.clicked.connect(self.clear)
        self._since = 0.0
        super().__init__(
            row((self._words, 1), self._close, space=12), ground="surface", lines="t", margins=(16, 6, 8, 6)
        )
        self.hide()

    def say(self, sentence: str) -> None:
        self._since = time.monotonic()
        said = sentence == self.text()  # a screen reader does not hear the same for each attempt
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
        self._words.updateGeometry()
        if not said:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def text(self) -> str:
        return self._words.text() if not self.isHidden() else ""

    def fade(self, *_: object) -> None:
        """Something else succeeded: go, unless this was said just now."""
        if time.monotonic() - self._since >= READ_SECONDS:
            self.clear()

    def take_back(self, sentence: str) -> None:
        """What this sentence told of is well again."""
        if self.text() == sentence:
            self.clear()

    def clear(self, *_: object) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()
