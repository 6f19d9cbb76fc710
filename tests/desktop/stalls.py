"""How long the event loop was held up, watched from a thread of its own."""

import faulthandler
import tempfile
import threading
import time

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
                self.culprits.append(_stack_of(self._thread))


def _stack_of(thread: int, depth: int = 4) -> str:
    """Where a thread is, innermost first, without a reference to its frames.

    A frame held here would keep a QPainter of the window's thread alive after its paint event, and end it
    on this thread.
    """
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        told = file.read()
    _, _, rest = told.partition(f"hread 0x{thread:016x}")
    lines = rest.splitlines()[1:]
    return "\n".join(line.strip() for line in lines[:depth] if line.strip().startswith("File"))
