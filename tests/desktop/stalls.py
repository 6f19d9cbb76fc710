"""How long the event loop was held up, watched from a thread of its own."""

import sys
import threading
import time
import traceback

from PySide6.QtCore import QObject, Qt, QTimer


class StallProbe(QObject):
    """Beats every 4 ms on the window's thread; a watcher names the stack behind each late beat."""

    def __init__(self, limit_ms: float = 16) -> None:
        super().__init__()
        self.limit = limit_ms / 1000
        self.gaps: list[float] = []  # seconds between beats
        self.culprits: list[str] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(4)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._thread = threading.get_ident()
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "StallProbe":
        self._last = time.perf_counter()
        self._timer.start()
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._beat()
        self._stop.set()
        self._watcher.join()
        self._timer.stop()

    @property
    def worst_ms(self) -> float:
        return max(self.gaps, default=0) * 1000

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def _watch(self) -> None:
        while not self._stop.wait(0.004):
            if time.perf_counter() - self._last > self.limit and len(self.culprits) < 50:
                frame = sys._current_frames().get(self._thread)
                if frame:
                    self.culprits.append("".join(traceback.format_stack(frame, limit=3)))
