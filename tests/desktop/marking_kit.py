"""What tests of the marking pane share: a window over a small inspection, and keys."""

from contextlib import contextmanager
from datetime import datetime

from gallery import places
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.settings import Settings
from fieldwork.store.drafts import Drafts
from fieldwork.work import files

SHIFT = Qt.KeyboardModifier.ShiftModifier


@contextmanager
def desk_over(workspace):
    """A desk over a workspace, which it closes."""
    desk = Desk(workspace)
    desk.drafts = Drafts(workspace)
    yield desk
    desk.lanes.wait_idle(5000)
    desk.drafts.close()
    workspace.close()


def files_window(qtbot, desk):
    """The window at the list of files."""
    made = [Place(p.name, p.icon, p.key, FilesPage) if p.name == "Files" else p for p in places()]
    window = MainWindow(desk, made, Settings())
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("Files")
    qtbot.waitUntil(lambda: bool(window.page("Files").lines), timeout=60_000)
    settle(desk)
    return window


def settle(desk):
    for _ in range(3):
        assert desk.lanes.wait_idle(60_000)
        QApplication.processEvents()


def opened(window, reference, question=""):
    """The marking pane with a file open."""
    page = window.page("Files")
    file = files.find_file(page.desk.workspace, reference).id
    page.open((file, question) if question else file)
    settle(page.desk)
    assert page.marking.pane.file.reference == reference
    return page.marking


def press(*keys, modifiers=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the keyboard"
        if isinstance(key, str):
            QTest.keyClicks(target, key, modifiers)
        else:
            QTest.keyClick(target, key, modifiers)


def write(text):
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(QApplication.focusWidget(), event)


def enter():
    press(Qt.Key.Key_Return)


def escape():
    press(Qt.Key.Key_Escape)


def wall(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000)
