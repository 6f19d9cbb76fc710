"""A process of its own that starts, paints its first window, says when, and ends at once.

`python _starting.py bare`, or `ours [WORKSPACE PASSPHRASE]`: with a workspace it unlocks it and goes on until
Today has been painted with what it read; `read WORKSPACE PASSPHRASE` reads the same without a window. What is
seen goes to standard output: a word and time.monotonic().
"""

import os
import sys
import time
from pathlib import Path

POLL_MS = 2


def say(what: str) -> None:
    print(what, time.monotonic(), flush=True)


def read(path: Path, passphrase: str) -> None:
    """Open a workspace and read what Today shows."""
    from datetime import datetime

    from fieldwork.store.workspace import Workspace
    from fieldwork.work.today import today

    with Workspace.open(path, passphrase) as workspace:
        today(workspace, datetime.now())
    say("today")


if sys.argv[1] == "read":
    read(Path(sys.argv[2]), sys.argv[3])
    sys.exit(0)

from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget  # noqa: E402


class FirstPaint(QObject):
    """Calls `then` once a window has been painted and is on the screen."""

    def __init__(self, app: QApplication, then) -> None:
        super().__init__(app)
        self.then = then
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self.then)
        return False


def end() -> None:
    say("painted")
    os._exit(0)


def unlock(passphrase: str) -> None:
    """Type the passphrase into the sheet that is shown, and wait for Today."""
    from fieldwork.desktop.dialogs.unlock import UnlockSheet
    from fieldwork.desktop.main_window import MainWindow

    say("painted")
    for widget in QApplication.allWidgets():
        if isinstance(widget, UnlockSheet) and widget.isVisible():
            widget.form.passphrase.setText(passphrase)
            say("asked")
            widget.accept()
            break
    timer = QTimer(QApplication.instance())
    timer.setInterval(POLL_MS)

    def look() -> None:
        for window in QApplication.allWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window.here == "Today":
                if not window.desk.lanes.busy():
                    timer.stop()
                    window.repaint()
                    QTimer.singleShot(0, lambda: (say("today"), os._exit(0)))
                return

    timer.timeout.connect(look)
    timer.start()


def main() -> None:
    app = QApplication(sys.argv[:1])
    if sys.argv[1] == "bare":
        watch = FirstPaint(app, end)
        window = QMainWindow()
        window.resize(1280, 800)
        window.show()
        app.exec()
        return
    from fieldwork.cli import main as front_door

    opened = sys.argv[2:3]
    watch = FirstPaint(app, (lambda: unlock(sys.argv[3])) if opened else end)
    sys.exit(front_door(opened) if watch else 1)


if __name__ == "__main__":
    main()
