"""The time worked on the open file: runs while the pane is in use, and is written at pauses only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from fieldwork.domain.values import Id
from fieldwork.work import timing
from fieldwork.work.file_view import FileView

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

IDLE_MS = 5 * 60_000  # so long without a key or the mouse pauses it
SHOWN_MS = 10_000


class WorkTimer(QObject):
    """Counts seconds of `clock`. paused: the person stopped it; they alone set it going again."""

    def __init__(self, marking: MarkingPane, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(marking)
        self._marking, self.clock = marking, clock
        self.file: Id | None = None
        self.paused = self._covered = False
        self._written = 0.0  # seconds that are on disk, or on their way
        self._spell = 0.0
        self._since: float | None = None
        self._idle = QTimer(self, interval=IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self.rest)
        self._tick = QTimer(self, interval=SHOWN_MS)
        self._tick.timeout.connect(self.show)
        marking.installEventFilter(self)
        marking.desk.touched.connect(self.touch)
        marking.desk.covered.connect(self.cover)

    @property
    def running(self) -> bool:
        return self._since is not None

    def seconds(self) -> float:
        """Worked on this file up to now."""
        going = self.clock() - self._since if self._since is not None else 0.0
        return self._written + self._spell + going

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self.rest()
        elif event.type() == QEvent.Type.Show:
            self.touch()
        return False

    def turn_to(self, view: FileView) -> None:
        """Another file is open, or the same one was read again."""
        file, worked = view.pane.file.id, (view.pane.examination.worked or 0) / 1000
        if file != self.file:
            self.rest()
            self.file, self._written, self._spell = file, worked, 0.0
            self.touch()
        else:
            self._written = max(self._written, worked)
        self.show()

    def touch(self) -> None:
        """Somebody is at work."""
        if self.file is None or self.paused or self._covered or not self._marking.isVisible():
            return
        if self._since is None:
            self._since = self.clock()
            self._tick.start()
            self.show()
        self._idle.start()

    def rest(self) -> None:
        """Stop counting and write what was counted; the next key goes on, unless the person paused it."""
        if self._since is not None:
            self._spell += self.clock() - self._since
        self._since = None
        self._idle.stop()
        self._tick.stop()
        self._write()
        self.show()

    def cover(self, on: bool) -> None:
        """The screen was blanked, or is shown again."""
        self._covered = on
        if on:
            self.rest()
        else:
            self.touch()

    def toggle(self) -> None:
        """The person pauses, or goes on."""
        self.paused = not self.paused
        if self.paused:
            self.rest()
        else:
            self.touch()
        self.show()
        minutes = self.words()
        self._marking.say(f"Paused at {minutes}" if self.paused else f"Going on at {minutes}")

    def _write(self) -> None:
        pane, ms = self._marking.pane, round(self._spell * 1000)
        begun = pane is not None and pane.file.id == self.file and pane.examination.started is not None
        given = pane is not None and bool(pane.answers)
        if self.file is None or ms < 1000 or not (begun or given):
            return
        self._written, self._spell = self._written + self._spell, 0.0
        self._marking.desk.act(timing.add_time, file=self.file, ms=ms)

    def words(self) -> str:
        """The time worked: "12 min", "1 h 05 min"."""
        hours, minutes = divmod(int(self.seconds() // 60), 60)
        return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"

    def show(self) -> None:
        words = self.words()
        self._marking.head.show_time(f"paused at {words}" if self.paused else words)
