"""What the note editor offers lies over the window, and goes when the person goes elsewhere."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import worlds
from fieldwork.desktop.front import opened
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings


@pytest.fixture
def window(qtbot, tmp_path):
    session = UnlockedSession(opened(worlds.small_inspection(tmp_path)), Settings(appearance="light"))
    session.show()
    QTest.qWaitForWindowActive(session.window)
    yield session.window
    with qtbot.waitSignal(session.ended):
        session.window.close()


def test_it_does_not_stay_over_another_place(window):
    window.commands.run("note.new")
    assert window.desk.lanes.wait_idle(10_000)
    QTest.keyClicks(window.focusWidget(), "Rings the lawyer #rel")
    offer = window.page("Interviews").editor.offer
    assert offer.showing()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.here == "Today" and not offer.showing()
    window.desk.changed.emit(None)
    assert window.desk.lanes.wait_idle(10_000)
    assert not offer.showing()
