"""A person at the real window, in a process of its own that can be killed: `python typist.py ORDER`.

The passphrase comes by FIELDWORK_PASSPHRASE, the workspace by the argument. What is seen goes to standard
output, one JSON object a line, each flushed before the next key is pressed.

    type   a new note; types for ever at a steady pace, lines of their own with marks and Enter
    merge  the same, while a package is merged and then the write lock is held, again and again, in the write lane
    look   opens the workspace and tells which line is open again, its text, and how long that took
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.application import make_application
from fieldwork.desktop.front import open_file
from fieldwork.desktop.pages.interviews import Interviews
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings

WORDS = ("the", "file", "came", "back", "late", "and", "nobody", "rang", "the", "officer", "about", "it")
MARKS = ("", ">", '"', "!", "@")
KEY_MS = 25
LINE_WORDS = 14
HELD_SECONDS = 3.0


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Typist:
    """Opens the workspace in the real window and presses real keys."""

    def __init__(self, path: Path, order: str) -> None:
        self.order = order
        self.app = make_application(settings=Settings(appearance="light"))
        started = time.monotonic()
        opened = open_file(path, os.environ["FIELDWORK_PASSPHRASE"])
        self.session = UnlockedSession(opened, Settings(appearance="light"))
        self.desk, self.window = self.session.desk, self.session.window
        self.window.resize(1280, 800)
        self.session.show()
        page = self.window.page("Interviews")
        assert isinstance(page, Interviews)
        self.page, self.editor = page, page.editor
        self.started = started
        self.desk.failed.connect(lambda sentence: say(failed=sentence))
        self.editor.acknowledged.connect(self._acknowledge)

    def _acknowledge(self, line: object, when: float) -> None:
        said = {"line": line.id.hex(), "session": line.session.hex(), "text": line.text}  # type: ignore[attr-defined]
        say(saved=when, **said)

    def run(self) -> None:
        if self.order == "look":
            QTimer.singleShot(0, self.look)
        else:
            QTimer.singleShot(0, self.begin)
        self.app.exec()

    # -- typing

    def begin(self) -> None:
        QTest.qWaitForWindowActive(self.window)
        QTest.keyClick(self.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        self.count, self.word, self.left = 0, 0, ""
        if self.order == "merge":
            self._merge()
        say(begun=time.time())
        self.clock = QTimer()
        self.clock.setTimerType(Qt.TimerType.PreciseTimer)
        self.clock.timeout.connect(self.press)
        self.clock.start(KEY_MS)

    def _merge(self) -> None:
        """Take in a colleague's package, as large as one gets in an evening."""
        from fieldwork.work import team

        began = time.time()
        say(merging=began)

        def merged(result: object) -> None:
            lines = len(result.changed.get("note_line", ()))  # type: ignore[attr-defined]
            say(merged=time.time() - began, lines=lines)
            self._hold()

        self.desk.act(team.merge, [Path(sys.argv[3])], then=merged)

    def _hold(self) -> None:
        """Hold the file's write lock in the write lane, as a long merge does, again and again."""

        def hold(workspace: object) -> None:
            with workspace.write():  # type: ignore[attr-defined]
                time.sleep(HELD_SECONDS)

        self.desk.act(hold, then=lambda _: self._hold())

    def press(self) -> None:
        """One key; what stands in the line after it is told before the next."""
        field = QApplication.focusWidget()
        if not self.left:
            self.word += 1
            if self.word % LINE_WORDS == 0:
                QTest.keyClick(field, Qt.Key.Key_Return)
                self.count += 1
                mark = MARKS[self.count % len(MARKS)]
                self.left = f"{mark}{self.count} "
                return
            self.left = f"{WORDS[self.word % len(WORDS)]}{self.word} "
        key, self.left = self.left[0], self.left[1:]
        QTest.keyClicks(field, key)
        live = self.editor.live.row
        say(typed=time.time(), line=live.id.hex(), text=live.text)

    # -- looking

    def look(self) -> None:
        editor = self.editor
        if editor._open is None and time.monotonic() - self.started < 8:
            QTimer.singleShot(20, self.look)
            return
        took = time.monotonic() - self.started
        live = editor.live.row
        cursor = editor.live.text.position()
        has_focus = QApplication.focusWidget() is editor.live.text
        open_line = editor._open is not None
        say(open=open_line, line=live.id.hex(), text=live.text, cursor=cursor, focus=has_focus, seconds=took)
        self.session.ended.connect(lambda _: self.app.quit())
        self.session.lock()


if __name__ == "__main__":
    Typist(Path(sys.argv[2]), sys.argv[1]).run()
