"""Choosing in place before an act: several people from a list, or a number in a small field."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.kit import Card, KeyHint, Row, RowList, Text, row
from fieldwork.desktop.pages.marking_panels import PromptPanel

FITS = 10  # rows; more scroll


class SeveralPanel(Card):
    """Rows that Space takes in and leaves out; Enter does it with those taken in. `chosen(idents)`, `closed()`.

    least: how many there must be, with the sentence said where there are fewer.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        on: Collection[Hashable],
        action: str,
        least: tuple[int, str],
    ) -> None:
        self._rows, self._on, self._least = list(rows), set(on), least
        self.title = Text(title, "strong", wrap=True)
        self.list = RowList([self._shown(one) for one in rows], name=title, fit=len(rows) <= FITS)
        self.below = Text("", "caption", "quiet", wrap=True)
        keys = (("Space", "in or out"), ("Enter", action), ("Esc", "close"))
        super().__init__(
            row((self.title, 1), *(KeyHint(*one) for one in keys), space=12),
            self.list,
            self.below,
            pad=12,
            space=6,
            ground="sunken",
        )
        self.list.opened.connect(lambda _: self._do())
        self.list.installEventFilter(self)
        self.list.go(0)
        self._tell()

    def _shown(self, one: Row) -> Row:
        on = one.ident in self._on
        trail = ", ".join(part for part in (one.trail, "in" if on else "out") if part)
        return replace(
            one, icon="circle-check" if on else "circle", tone="accent" if on else "outline", trail=trail
        )

    def _tell(self) -> None:
        count = sum(one.ident in self._on for one in self._rows)
        self.below.set_tone("quiet")
        self.below.setText(f"{count} of {len(self._rows)} taken in.")

    def toggle(self) -> None:
        """Take the row the list is at in, or leave it out."""
        current = self.list.current()
        if current is not None:
            self._on ^= {current.ident}
            self.list.set_rows([self._shown(one) for one in self._rows])
            self._tell()

    def _do(self) -> None:
        some = [one.ident for one in self._rows if one.ident in self._on]
        if len(some) < self._least[0]:
            self.below.set_tone("danger")
            self.below.setText(self._least[1])
        else:
            self.chosen.emit(some)

    def take_focus(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            self.toggle()
            return True
        return super().eventFilter(watched, event)


class NumberPanel(PromptPanel):
    """A whole number between two; what Enter will do stands below. `given(number)`."""

    given = Signal(int)

    def __init__(self, title: str, usual: int, least: int, most: int, action: str, says: str) -> None:
        super().__init__(title, f"{least} to {most}", action)
        self._least, self._most = least, most
        self.below.setText(says)
        self.field.setText(str(usual))
        self.field.selectAll()
        self.field.submitted.connect(self._give)

    def _give(self, typed: str) -> None:
        said = typed.strip().rstrip("%").strip()
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else self._least - 1
        if self._least <= number <= self._most:
            self.given.emit(number)
        else:
            self.below.setText(f"A whole number from {self._least} to {self._most} is wanted.")
