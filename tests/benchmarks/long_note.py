"""A note of 5,000 lines: opened, typed in, lines begun and left; the window's own work for each key.

Own work is the processor's time of the window's thread from a key until it is painted; beside it stands the time by
the clock with all that follows from it, in which the lanes that write share the interpreter and others the machine.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import worlds
from fieldwork.desktop.application import make_application
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.interviews import Interviews
from fieldwork.desktop.settings import Settings
from fieldwork.domain.values import Id
from fieldwork.store.drafts import Drafts
from fieldwork.store.workspace import Workspace
from fieldwork.work import notes, visits

LINES = 5_000  # of which a sixth carries a theme
OPENINGS = 7
KEYS = 600
ENTERS = 60
SAID = "the file came back late and nobody rang the officer about it "


def run(scale: float = 1.0) -> dict[str, float]:
    settings = Settings(appearance="light")
    make_application(settings=settings)
    os.environ.setdefault("FIELDWORK_KDF_MEMORY", "65536")
    with tempfile.TemporaryDirectory() as folder:
        workspace = worlds.small_inspection(Path(folder))
        sessions = [long_session(workspace, count) for count in (40, max(100, round(LINES * scale)))]
        desk = Desk(workspace)
        desk.drafts = drafts = Drafts(workspace)
        window = MainWindow(desk, [Place("Interviews", "messages-square", "3", Interviews)], settings)
        window.resize(1280, 800)
        window.show()
        QTest.qWaitForWindowActive(window)
        try:
            return measured(window, sessions, scale)
        finally:
            window.close()
            desk.lanes.wait_idle(60_000)
            drafts.close()
            workspace.close()


def long_session(workspace: Workspace, lines: int) -> Id:
    """A session of so many lines, as eight words each, every sixth under a theme."""
    session = visits.start_session(workspace, title=f"Long day of {lines} lines", method="interview").id
    assert session is not None
    marks = ("", '"', ">", "!", "", "")
    texts = [
        f"{marks[n % 6]}{n} {SAID}{'#relationships' if n % 6 == 0 else ''}".strip() for n in range(lines)
    ]
    notes.paste_lines(workspace, session=session, texts=texts)
    return session


def measured(window: MainWindow, sessions: list[Id], scale: float) -> dict[str, float]:
    window.go("Interviews")
    quiet(window)
    page = window.pages["Interviews"]
    openings: list[float] = []
    for _ in range(max(2, round(OPENINGS * scale))):
        page.show_note(sessions[0])
        quiet(window)
        openings.append(_opened(window, page, sessions[1]))
    found: dict[str, float] = {"opening by the clock, median ms": statistics.median(openings)}
    for what, times in _pressed(window, page, scale).items():
        for way, kind in enumerate(("own work", "by the clock")):
            some = statistics.quantiles([both[way] for both in times], n=100)
            for percent in (50, 99):
                found[f"{what}, {kind} in ms, percentile {percent}"] = some[percent - 1]
    return found


def _pressed(window: MainWindow, page: Interviews, scale: float) -> dict[str, list[tuple[float, float]]]:
    """What each key took, by the key: (own work, by the clock) in ms."""
    text, keys, lines = page.editor.live.text, max(20, round(KEYS * scale)), max(5, round(ENTERS * scale))
    letters = [_key(lambda n=n: QTest.keyClick(text, SAID[n % len(SAID)])) for n in range(keys)]
    enters = []
    for number in range(lines):
        QTest.keyClicks(text, f"line {number} of the long day")
        enters.append(_key(lambda: QTest.keyClick(text, Qt.Key.Key_Return)))
        if number % 5 == 4:
            quiet(window)
    ups = [_key(lambda: QTest.keyClick(text, Qt.Key.Key_Up)) for _ in range(lines)]
    quiet(window)
    return {"letter": letters, "Enter": enters, "line up": ups}


def quiet(window: MainWindow) -> None:
    """Until nothing is read or written."""
    for _ in range(3):
        window.desk.lanes.wait_idle(60_000)
        QTest.qWait(10)


def _opened(window: MainWindow, page: Interviews, session: Id) -> float:
    """ms from asking for a note until its lines are painted."""
    began = time.perf_counter()
    page.show_note(session)
    while page.editor.note is None or not page.editor.note.lines:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    page.editor.lines.viewport().repaint()
    took = (time.perf_counter() - began) * 1000
    quiet(window)
    return took


def _key(press: Callable[[], object]) -> tuple[float, float]:
    """ms of the window's own work for one key until it is painted, and by the clock with all that follows."""
    clock, own = time.perf_counter(), time.thread_time()
    press()
    QApplication.processEvents()
    worked = (time.thread_time() - own) * 1000
    for _ in range(3):
        QApplication.processEvents()
    return worked, (time.perf_counter() - clock) * 1000
