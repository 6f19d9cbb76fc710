"""Trying again what could not be written: soon at first, then less often, and never long after it can be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import Shiboken

FIRST_MS = 400
GROWTH = 1.5
MOST_MS = 1350  # with the write itself, what is typed is on disk within two seconds of room being made


class Retry(QTimer):
    """`again` after each failure, `worked` once all is well. `tries`: failures in a row."""

    def __init__(self, call: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.tries = 0
        self.timeout.connect(call)

    def again(self) -> None:
        """Try once more in a while; what waits already is not put off.

        Nothing once the page it served is gone: a write may still fail after that, and its words are in the drafts.
        """
        if Shiboken.isValid(self) and not self.isActive():
            self.start(round(min(FIRST_MS * GROWTH**self.tries, MOST_MS)))
            self.tries = min(self.tries + 1, 10)

    def worked(self) -> None:
        if Shiboken.isValid(self):
            self.stop()
        self.tries = 0
