"""A key pressed until its letter is painted, and a line's words until they are on disk, in the note editor.

The bare ones are a plain text edit of Qt's and one commit to an encrypted file.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

import worlds
from fieldwork.desktop.application import make_application
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.interviews import Interviews
from fieldwork.desktop.pages.note_editor import NoteEditor
from fieldwork.desktop.settings import Settings
from fieldwork.store.connection import connect
from fieldwork.store.drafts import Drafts

from . import Pair

KEYS = 400
COMMITS = 60
LONGEST_MS = 10_000
WORDS = "the file came back late and nobody rang the officer about it "


class _Painted(QObject):
    """Whether a widget was painted since `clear`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False


def run(scale: float = 1.0) -> dict[str, Pair]:
    settings = Settings(appearance="light")
    make_application(settings=settings)
    os.environ.setdefault("FIELDWORK_KDF_MEMORY", "65536")
    keys, commits = max(20, round(KEYS * scale)), max(3, round(COMMITS * scale))
    with tempfile.TemporaryDirectory() as folder:
        workspace = worlds.small_inspection(Path(folder))
        desk = Desk(workspace)
        desk.drafts = drafts = Drafts(workspace)
        window = MainWindow(desk, [Place("Interviews", "messages-square", "3", Interviews)], settings)
        window.resize(1280, 800)
        window.show()
        QTest.qWaitForWindowActive(window)
        try:
            return measured(window, keys, commits, Path(folder) / "bare.drafts")
        finally:
            window.close()
            desk.lanes.wait_idle(20_000)
            drafts.close()
            workspace.close()


def measured(window: MainWindow, keys: int, commits: int, beside: Path) -> dict[str, Pair]:
    window.go("Interviews")
    window.desk.lanes.wait_idle()
    editor: NoteEditor = window.pages["Interviews"].editor
    window.commands.run("note.new")
    window.desk.lanes.wait_idle()
    plain = QPlainTextEdit()
    plain.resize(1280, 800)
    plain.show()
    QTest.qWaitForWindowExposed(plain)
    bare, ours = [], []
    for _ in range(4):  # in turn, so that a busy moment falls on both
        bare += painted(plain, plain.viewport(), keys // 4)
        window.activateWindow()
        editor.take_focus()
        QTest.qWait(20)
        ours += painted(editor.live.text, editor.live.text.viewport(), keys // 4)
    plain.close()
    return {
        "a key to its painted letter, median": Pair(statistics.median(ours), statistics.median(bare)),
        "a key to its painted letter, 99th percentile": Pair(_highest(ours), _highest(bare)),
        "the live line's words to disk, without the pause before it": on_disk(
            window, editor, commits, beside
        ),
    }


def _highest(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def painted(edit: QWidget, surface: QWidget, keys: int) -> list[float]:
    """ms from each of `keys` keys until the surface has been painted again."""
    watch = _Painted(surface)
    times = []
    for number in range(keys):
        watch.seen = False
        began = time.perf_counter()
        QTest.keyClick(edit, WORDS[number % len(WORDS)])
        while not watch.seen and time.perf_counter() - began < 1:
            QApplication.processEvents()
        times.append((time.perf_counter() - began) * 1000)
    surface.removeEventFilter(watch)
    return times


def on_disk(window: MainWindow, editor: NoteEditor, commits: int, beside: Path) -> Pair:
    """The editor's way from a line to a commit that has returned, against the commit alone."""
    connection = connect(beside, window.desk.workspace.file_key)
    connection.execute("CREATE TABLE draft (id BLOB PRIMARY KEY, fields BLOB)")
    ours, bare = [], []
    for _ in range(commits):
        window.desk.lanes.wait_idle()
        QTest.keyClick(editor.live.text, "x")
        began = time.perf_counter()
        _until(editor.acknowledged, editor.keeper.keep_now)
        ours.append((time.perf_counter() - began) * 1000)
        words = editor.live.text.toPlainText().encode()
        began = time.perf_counter()
        connection.execute("INSERT OR REPLACE INTO draft VALUES (?, ?)", (b"x" * 16, words))
        bare.append((time.perf_counter() - began) * 1000)
    connection.close()
    return Pair(statistics.median(ours), statistics.median(bare))


def _until(signal, start: Callable[[], object]) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(LONGEST_MS, loop, loop.quit)
    start()
    loop.exec()
    signal.disconnect(loop.quit)
