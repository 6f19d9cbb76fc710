"""Keys, damage and leaving in the window: what a person meets when something went wrong, by the keyboard."""

import ctypes
import gc
import os
import shutil
import subprocess
import sys
import time
import weakref

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from test_application import PASSPHRASE, opened, path, start, unlock  # noqa: F401

from fieldwork.desktop import away, doorbell
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.dialogs.damaged import DamagedSheet
from fieldwork.desktop.dialogs.recover import RecoverSheet
from fieldwork.domain.records import NoteLine
from fieldwork.store import keeping, recovery
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace

NEW = "nine loud geese upon sand"


def with_key(path):  # noqa: F811
    lines, recipient = recovery.new_key()
    with Workspace.open(path, PASSPHRASE) as workspace:
        workspace.set_recovery(PASSPHRASE, recipient)
    return lines.splitlines()


@pytest.mark.parametrize("make", [RecoverSheet, DamagedSheet])
def test_the_new_sheets_are_accessible(qtbot, make):
    sheet = make()
    qtbot.addWidget(sheet)
    if isinstance(sheet, DamagedSheet):
        sheet.offer("lead.fieldwork", "21 Nov 2026, 18:04")
    sheet.resize(900, 800)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    sheet.take_focus()
    for factor in (1.0, 2.0):
        appearance.apply(factor=factor)
        qtbot.wait(40)
        assert nameless(sheet) == []
        assert too_small(sheet) == []
    assert unreached(sheet) == []


def test_the_recovery_key_opens_it_and_a_slip_is_named(qtbot, start, path):  # noqa: F811
    lines = with_key(path)
    fieldwork = start(path)
    front = fieldwork.front
    qtbot.keyClick(front.unlock, Qt.Key.Key_F8)
    sheet = front.recover
    assert front.stack.currentWidget() is sheet
    for field, line in zip(sheet.lines, [lines[0], lines[1][::-1], *lines[2:]], strict=True):
        qtbot.keyClicks(field, line.lower())
    qtbot.keyClicks(sheet.passphrase, NEW)
    qtbot.keyClicks(sheet.again, NEW)
    qtbot.keyClick(sheet.again, Qt.Key.Key_Return)
    assert "Line 2" in sheet.problem.text() and fieldwork.session is None
    sheet.lines[1].clear()
    qtbot.keyClicks(sheet.lines[1], lines[1])
    qtbot.keyClick(sheet.lines[1], Qt.Key.Key_Return)
    opened(qtbot, fieldwork)
    assert all(not field.text() for field in (*sheet.lines, sheet.passphrase, sheet.again))
    fieldwork.session.window.close()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=10_000)
    Workspace.open(path, NEW).close()


def test_the_passphrase_is_changed_in_the_window(qtbot, start, path):  # noqa: F811
    before = path.read_bytes()
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    window.commands.run("passphrase")
    panel = fieldwork.session._panels["PassphrasePanel"]
    assert panel.now.hasFocus() and window.commands._held is not None
    qtbot.keyClicks(panel.now, "not this one at all")
    qtbot.keyClicks(panel.new, "password1234")
    qtbot.keyClick(panel.again, Qt.Key.Key_Return)
    assert "too weak" in panel.said.text()
    panel.new.clear()
    qtbot.keyClicks(panel.new, NEW)
    qtbot.keyClicks(panel.again, NEW)
    qtbot.keyClick(panel.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open" in panel.said.text(), timeout=10_000)
    panel.now.clear()
    qtbot.keyClicks(panel.now, PASSPHRASE)
    qtbot.keyClick(panel.now, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is changed" in panel.said.text(), timeout=10_000)
    assert not panel.new.text() and not panel.go.isVisible()
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible() and window.commands._held is None
    window.close()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=10_000)
    Workspace.open(path, NEW).close()
    assert path.read_bytes()[:16] == before[:16]


def test_a_recovery_key_is_made_in_the_window(qtbot, start, path, tmp_path):  # noqa: F811
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    window.commands.run("recovery")
    panel = fieldwork.session._panels["RecoveryPanel"]
    panel.path.setText(str(tmp_path / "key.pdf"))
    qtbot.keyClicks(panel.now, PASSPHRASE)
    qtbot.keyClick(panel.now, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Written to" in panel.said.text(), timeout=20_000)
    assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")
    assert fieldwork.session.opened.workspace.recoverable


def test_a_damaged_file_is_offered_for_rescue(qtbot, start, path):  # noqa: F811
    with Workspace.open(path, PASSPHRASE) as workspace:
        keeping.keep(workspace, "daily")
    data = bytearray(path.read_bytes())
    data[700] ^= 1
    path.write_bytes(data)
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    sheet = fieldwork.front.damaged
    qtbot.waitUntil(lambda: fieldwork.front.stack.currentWidget() is sheet, timeout=15_000)
    assert "newest backup" in sheet.told.text()
    qtbot.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sheet.done, timeout=30_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    window = opened(qtbot, fieldwork)
    assert window.here == "Today"
    aside = next(path.parent.glob("lead.damaged-*")) / path.name
    assert aside.read_bytes() == bytes(data)


def test_damage_found_while_it_is_open_is_said_and_offered_after_locking(qtbot, start, path):  # noqa: F811
    import sqlcipher3.dbapi2 as sqlcipher

    from fieldwork.store.connection import told

    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)

    def harmed(workspace):
        try:
            raise sqlcipher.DatabaseError("database disk image is malformed")
        except sqlcipher.DatabaseError as error:
            raise told(error, workspace.path) from error

    window.desk.ask(harmed, then=lambda _: None)
    qtbot.waitUntil(lambda: fieldwork.session.damaged, timeout=10_000)
    window.commands.run("lock")
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)
    assert fieldwork.front.stack.currentWidget() is fieldwork.front.damaged


# -- the day's backup


def test_the_days_backup_is_made_and_gives_way_to_closing(qtbot, start, path, monkeypatch):  # noqa: F811
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    fieldwork.session.back_up()
    qtbot.waitUntil(lambda: bool(keeping.kept(path)), timeout=20_000)
    from fieldwork.work import backups

    begun = []

    def endless(workspace, stopping):
        begun.append(True)
        while not stopping():
            time.sleep(0.01)

    monkeypatch.setattr(backups, "daily", endless)
    fieldwork.session.back_up()
    qtbot.waitUntil(lambda: bool(begun), timeout=10_000)
    window.close()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=10_000)


# -- one window


def test_a_second_start_brings_the_first_to_the_front(qtbot, start, path):  # noqa: F811
    fieldwork = start(path)
    fieldwork.front.hide()
    code = (
        "import sys; from pathlib import Path; from fieldwork.desktop.application import run;"
        "sys.exit(10 + run(Path(sys.argv[1])))"
    )
    second = subprocess.Popen([sys.executable, "-c", code, str(path)])
    qtbot.waitUntil(fieldwork.front.isVisible, timeout=30_000)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.returncode == 10  # it ended by itself, without a window


def test_what_a_killed_window_left_is_no_bar(qtbot, qapp, tmp_path):
    workspace = tmp_path / "a.fieldwork"
    code = (
        "import sys, os; from pathlib import Path; from PySide6.QtCore import QCoreApplication;"
        "from fieldwork.desktop.doorbell import Doorbell; app = QCoreApplication([]); bell = Doorbell();"
        "bell.listen(Path(sys.argv[1])); print(1, flush=True); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(workspace)], capture_output=True)
    assert not doorbell.ring(workspace)
    bell = doorbell.Doorbell()
    bell.listen(workspace)
    with qtbot.waitSignal(bell.rung):
        assert doorbell.ring(workspace)
    assert not doorbell.ring(tmp_path / "b.fieldwork")
    bell.close()


# -- sleep and screen lock


def typed_and(qtbot, fieldwork, leave):
    """Type into a note, let something happen, and say what is in the file once it is locked."""
    window = opened(qtbot, fieldwork)
    window.commands.run("note.new")
    qtbot.waitUntil(lambda: window.here == "Interviews", timeout=10_000)
    qtbot.waitUntil(lambda: not window.desk.lanes.busy(), timeout=10_000)
    qtbot.keyClicks(QApplication.focusWidget(), "Typed before it slept")
    workspace = fieldwork.session.opened.workspace
    held = [weakref.ref(workspace.file_key), weakref.ref(workspace.device_keys)]
    leave(fieldwork.session._away)
    assert window.blank.isVisible() or not window.isVisible()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)
    assert fieldwork.front.isVisible() and not workspace.writes
    gc.collect()
    assert [key() for key in held] == [None, None], "something still holds the keys"
    with Workspace.open(workspace.path, PASSPHRASE) as again:
        return [line.text for line in records(again, NoteLine)]


EVENTS = {
    "sleep": lambda it: it.prepare_for_sleep(True),
    "screen locked": lambda it: it.screen_locked(),
    "screen saver": lambda it: it.saver_changed(True),
    "woke up": lambda it: it.tick(time.time() + 3600),
    "Windows suspends": lambda it: _windows(it, away.WM_POWERBROADCAST, away.PBT_APMSUSPEND),
    "Windows session locked": lambda it: _windows(it, away.WM_WTSSESSION_CHANGE, away.WTS_SESSION_LOCK),
}


def _windows(it, message, word):
    held = away._Message(None, message, word, 0)
    away.WindowsMessages(it).nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(held))


@pytest.mark.parametrize("event", EVENTS)
def test_leaving_locks_and_loses_nothing(qtbot, start, path, event):  # noqa: F811
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    assert typed_and(qtbot, fieldwork, EVENTS[event]) == ["Typed before it slept"]


def test_what_is_no_leaving_locks_nothing(qtbot):
    it = away.Away()
    with qtbot.assertNotEmitted(it.gone, wait=100):
        it.prepare_for_sleep(False)
        it.saver_changed(False)
        it.tick(time.time() + 6)
        _windows(it, away.WM_POWERBROADCAST, 0x12)
        _windows(it, 0x100, 7)


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon: install dbus")
def test_the_screen_saver_is_heard_over_a_real_bus(qtbot, tmp_path):
    """A bus of the test's own, in a process of its own: the session bus is found once per process."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
    )
    assert bus.stdout is not None
    address = bus.stdout.readline().strip()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _ON_A_BUS],
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": address},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == "heard", done.stderr
    finally:
        bus.terminate()
        bus.wait()
        bus.stdout.close()


_ON_A_BUS = """
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from fieldwork.desktop.away import Away
app = QCoreApplication([])
away = Away()
away.gone.connect(lambda: (print("heard"), app.quit()))
away.watch(0)
bus = QDBusConnection.sessionBus()
assert bus.registerService("org.freedesktop.ScreenSaver")
said = QDBusMessage.createSignal("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged")
said.setArguments([True])
QTimer.singleShot(300, lambda: bus.send(said))
QTimer.singleShot(10_000, app.quit)
app.exec()
"""
