"""Work that must not hold up the window.

Serial lanes by name: jobs of one lane run one after the other, in the order started. A job's signals are
emitted on the thread that made it, so any callable may be connected.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from threading import Event
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, QThreadPool, QTimer, Signal, Slot

PROGRESS_SECONDS = 0.05
SWITCH_SECONDS = 0.001  # a busy job then yields to the window within a millisecond

log = logging.getLogger(__name__)


class CancelledError(Exception):
    """The person asked for the job to stop."""


class Job(QObject):
    """One piece of background work. The work gets the job: `job.report(done, of)`, `job.tell`, `job.stopping()`."""

    progressed = Signal(int, int)  # done, of
    phased = Signal(str, int, int)  # phase, done, of
    succeeded = Signal(object)
    failed = Signal(object)  # the exception
    cancelled = Signal()
    finished = Signal()  # after one of the three above

    _told = Signal(int, int)
    _phase_told = Signal(str, int, int)
    _ended = Signal(str, object)

    def __init__(self, work: Callable[[Job], Any]) -> None:
        super().__init__()
        self.lane = ""
        self._work: Callable[[Job], Any] | None = work
        self._stop = Event()
        self._last_told = 0.0
        self._phase = ""
        self._told.connect(self._pass_on)
        self._phase_told.connect(self._pass_phase_on)
        self._ended.connect(self._end)

    def cancel(self) -> None:
        """Ask it to stop; a job that has not begun never begins."""
        self._stop.set()

    def stopping(self) -> bool:
        return self._stop.is_set()

    def report(self, done: int, of: int = 0) -> None:
        """Called by the work: how far it has come. Raises CancelledError when it should stop."""
        if self._stop.is_set():
            raise CancelledError
        now = time.monotonic()
        if now - self._last_told >= PROGRESS_SECONDS or (of and done >= of):
            self._last_told = now
            self._told.emit(done, of)

    def tell(self, phase: str, done: int, of: int) -> None:
        """As `report`, with the name of the phase; a new phase is always passed on."""
        if self._stop.is_set():
            raise CancelledError
        now = time.monotonic()
        if phase != self._phase or now - self._last_told >= PROGRESS_SECONDS:
            self._phase, self._last_told = phase, now
            self._phase_told.emit(phase, done, of)

    def run(self) -> None:
        """The work itself, on a thread of the pool."""
        work, self._work = self._work, None
        try:
            if self._stop.is_set() or work is None:
                raise CancelledError
            result = work(self)
        except CancelledError:
            self._ended.emit("cancelled", None)
        except Exception as error:
            self._ended.emit("failed", error)
        else:
            self._ended.emit("succeeded", result)

    @Slot(int, int)
    def _pass_on(self, done: int, of: int) -> None:
        self.progressed.emit(done, of)

    @Slot(str, int, int)
    def _pass_phase_on(self, phase: str, done: int, of: int) -> None:
        self.phased.emit(phase, done, of)

    @Slot(str, object)
    def _end(self, how: str, what: object) -> None:
        try:
            if how == "cancelled":
                self.cancelled.emit()
            elif how == "failed":
                self.failed.emit(what)
            else:
                self.succeeded.emit(what)
        finally:
            self.finished.emit()


class Lanes(QObject):
    """The serial lanes of one window; `failed` is the one place where every error of a job arrives."""

    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools: dict[str, QThreadPool] = {}
        self._jobs: set[Job] = set()
        sys.setswitchinterval(SWITCH_SECONDS)

    def start(self, lane: str, work: Callable[[Job], Any]) -> Job:
        """Start once the caller has had its turn to connect to the job."""
        job = Job(work)
        job.lane = lane
        self._jobs.add(job)
        job.failed.connect(self._failed)
        job.finished.connect(lambda: self._done(job))
        QTimer.singleShot(0, self, lambda: self._pool(lane).start(job.run))
        if len(self._jobs) == 1:
            self.busy_changed.emit(True)
        return job

    def busy(self) -> bool:
        return bool(self._jobs)

    def cancel_all(self) -> None:
        for job in self._jobs:
            job.cancel()

    def cancel(self, lane: str) -> None:
        """Ask what runs or waits in one lane to stop."""
        for job in self._jobs:
            if job.lane == lane:
                job.cancel()

    def wait_idle(self, milliseconds: int = 5000) -> bool:
        """Let the window live until every lane is empty; whether that came in time."""
        deadline = time.monotonic() + milliseconds / 1000
        while self._jobs and (left := deadline - time.monotonic()) > 0:
            loop = QEventLoop()
            self.busy_changed.connect(loop.quit)
            QTimer.singleShot(max(1, round(left * 1000)), loop, loop.quit)
            loop.exec()
            self.busy_changed.disconnect(loop.quit)
        return not self._jobs

    def _pool(self, lane: str) -> QThreadPool:
        if lane not in self._pools:
            pool = QThreadPool(self)
            pool.setMaxThreadCount(1)
            pool.setObjectName(f"lane-{lane}")
            self._pools[lane] = pool
        return self._pools[lane]

    def _failed(self, error: object) -> None:
        self.failed.emit(error)

    def _done(self, job: Job) -> None:
        self._jobs.discard(job)
        if not self._jobs:
            self.busy_changed.emit(False)
