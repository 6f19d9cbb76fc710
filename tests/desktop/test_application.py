"""The application from the first window: unlock, wrong passphrase, in use, lock, resume, start, join."""

import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.application import Fieldwork
from fieldwork.desktop.front import open_file
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import diary, team, visits
from fieldwork.work.drafting import OpenLine, keep_draft
from fieldwork.work.inspections import new_inspection
from worlds import made_once

PASSPHRASE = "four plain words here"


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.delenv("FIELDWORK_PASSPHRASE", raising=False)
    path = tmp_path / "lead.fieldwork"
    made_once("joint", path, _set_up).close()
    return path


def _set_up(path):
    return new_inspection(path, PASSPHRASE, title="Joint", lead="HMCPSI", partner="HMICFRS")


@pytest.fixture
def start(qtbot, qapp, monkeypatch):
    """Start the application on a path; everything is shut afterwards."""
    running = []
    monkeypatch.setattr(QApplication, "quit", lambda *_: None)

    def make(path=None):
        fieldwork = Fieldwork(path, Settings(appearance="light"))
        running.append(fieldwork)
        qtbot.waitExposed(fieldwork.front)
        return fieldwork

    yield make
    for fieldwork in running:
        if fieldwork.session is not None:
            fieldwork.session.window.close()
            qtbot.waitUntil(lambda it=fieldwork: it.session is None, timeout=10_000)
        fieldwork.front.close()
        fieldwork.front.deleteLater()


def unlock(qtbot, fieldwork, words=PASSPHRASE):
    field = fieldwork.front.unlock.form.passphrase
    field.clear()
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def words_under_the_cursor():
    return getattr(QApplication.focusWidget(), "toPlainText", str)()


def opened(qtbot, fieldwork):
    qtbot.waitUntil(lambda: fieldwork.session is not None, timeout=15_000)
    window = fieldwork.session.window
    qtbot.waitUntil(lambda: not window.desk.lanes.busy(), timeout=15_000)
    return window


def test_the_passphrase_opens_today_and_a_wrong_one_says_so(qtbot, start, path):
    fieldwork = start(path)
    unlock(qtbot, fieldwork, "wrong")
    hint = fieldwork.front.unlock.form.hint
    qtbot.waitUntil(lambda: "does not open lead.fieldwork" in hint.text(), timeout=15_000)
    assert fieldwork.session is None
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    assert window.here == "Today"
    assert window.marking.marking == "OFFICIAL-SENSITIVE"
    assert fieldwork.front.isHidden()
    assert fieldwork.front.unlock.form.passphrase.text() == ""


def test_a_second_window_on_the_same_file_is_told(qtbot, start, path):
    with Workspace.open(path, PASSPHRASE):
        fieldwork = start(path)
        unlock(qtbot, fieldwork)
        hint = fieldwork.front.unlock.form.hint
        qtbot.waitUntil(lambda: "open in another Fieldwork" in hint.text(), timeout=15_000)


def test_not_a_workspace_is_told(qtbot, start, tmp_path):
    other = tmp_path / "plain.fieldwork"
    other.write_text("not a database", "utf-8")
    fieldwork = start(other)
    unlock(qtbot, fieldwork)
    hint = fieldwork.front.unlock.form.hint
    qtbot.waitUntil(lambda: "is not a Fieldwork workspace" in hint.text(), timeout=15_000)


def test_lock_closes_the_file_and_the_passphrase_opens_it_again(qtbot, start, path):
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    window.commands.run("note.new")
    qtbot.waitUntil(lambda: window.here == "Interviews", timeout=10_000)
    qtbot.waitUntil(lambda: not window.desk.lanes.busy(), timeout=10_000)
    target = QApplication.focusWidget()
    qtbot.keyClicks(target, "Typed before the lock")
    window.commands.run("lock")
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)
    assert fieldwork.front.isVisible()
    assert "locked at" in fieldwork.front.unlock.form.told.text()
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert [line.text for line in records(workspace, NoteLine)] == ["Typed before the lock"]
    unlock(qtbot, fieldwork)
    opened(qtbot, fieldwork)


def test_another_inspection_opened_here_before_is_a_digit_away(qtbot, start, path, tmp_path):
    other = tmp_path / "other.fieldwork"
    new_inspection(other, PASSPHRASE, title="Disclosure", lead="HMCPSI", partner="HMICFRS").close()
    fieldwork = start(path)
    front = fieldwork.front
    front.settings.recent = [str(path), str(tmp_path / "gone.fieldwork"), str(other)]
    qtbot.keyClick(front.unlock, Qt.Key.Key_Escape)
    assert [row.title for row in front.first_run.recent.rows] == ["lead", "other"]
    qtbot.keyClick(front.first_run, Qt.Key.Key_5)
    unlock(qtbot, fieldwork)
    assert opened(qtbot, fieldwork).desk.status.title == "Disclosure"


def test_only_an_open_interview_waits_an_hour_before_it_locks(qtbot, start, path):
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    idle = fieldwork.session._idle
    assert idle.interval() == 10 * 60_000
    window.go("Interviews")
    qtbot.waitUntil(lambda: not window.desk.lanes.busy(), timeout=10_000)
    idle.timeout.emit()  # ten minutes without a key
    assert fieldwork.session is not None and idle.interval() == 50 * 60_000
    window.go("Today")
    qtbot.keyClick(window, Qt.Key.Key_Down)
    assert idle.interval() == 10 * 60_000
    idle.timeout.emit()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)


def test_an_idle_lock_covers_the_screen_and_waits_until_all_is_saved(qtbot, start, path, monkeypatch):
    from fieldwork.desktop import session as of_session

    monkeypatch.setattr(of_session, "AGAIN_MS", 50)
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    unsaved = ["Something is not on disk yet."]
    window.pages["Today"].unsaved = lambda: unsaved[0]
    fieldwork.session._idle.timeout.emit()
    qtbot.wait(200)
    assert window.isVisible() and window.blank.isVisible() and fieldwork.session is not None
    unsaved[0] = ""
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)
    assert "is saved" in fieldwork.front.unlock.form.told.text()


def test_a_line_left_by_a_crash_is_open_again(qtbot, start, path):
    with Workspace.open(path, PASSPHRASE) as workspace:
        session = visits.start_session(workspace, title="Constables").id
        drafts = Drafts(workspace)
        line = OpenLine(new_id(), session, "V-abc", "half a sent", typed=1)
        keep_draft(workspace, drafts, line.id, [line])
        drafts.close()
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    qtbot.waitUntil(lambda: window.here == "Interviews", timeout=10_000)
    qtbot.waitUntil(lambda: "half a sent" in words_under_the_cursor(), timeout=10_000)


def test_a_sealed_diary_left_by_a_crash_is_kept_and_nothing_of_it_shown(qtbot, start, path):
    with Workspace.open(path, PASSPHRASE) as workspace:
        session = visits.start_session(workspace, title="Constables").id
        drafts = Drafts(workspace)
        diary.keep_draft(drafts, diary.open_diary(workspace, session), "half a thou")
        drafts.close()
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    desk = opened(qtbot, fieldwork).desk
    qtbot.waitUntil(lambda: desk.drafts.all() == [], timeout=10_000)
    assert diary.open_diary(desk.workspace, session).text == "half a thou"


def test_locking_keeps_and_shuts_an_open_diary(qtbot, start, path):
    with Workspace.open(path, PASSPHRASE) as workspace:
        session = visits.start_session(workspace, title="Constables").id
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    form = window.page("Visits").diary
    window.go("Visits")
    window.desk.act(diary.open_diary, session, window.desk.drafts, then=form._show)
    qtbot.waitUntil(lambda: form.diary is not None, timeout=10_000)
    form.area.setPlainText("half a thought")
    fieldwork.session._idle.timeout.emit()
    qtbot.waitUntil(lambda: fieldwork.session is None, timeout=15_000)
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert diary.open_diary(workspace, session).text == "half a thought"


@pytest.fixture
def busy(qtbot, qapp, path):
    """The window with what reads held up, so that a person types before anything was read; `busy.free()` lets it go."""
    made = Busy(path)
    yield made
    made.free()
    made.session.window.close()
    qtbot.waitUntil(lambda: made.ended, timeout=10_000)


class Busy:
    def __init__(self, path):
        with Workspace.open(path, PASSPHRASE) as workspace:
            self.session_id = visits.start_session(workspace, title="Constables").id
        self.path, self.ended, self._gate = path, False, threading.Event()
        self.free = self._gate.set

    def begin(self, qtbot):
        self.session = UnlockedSession(open_file(self.path, PASSPHRASE), Settings(appearance="light"))
        self.session.ended.connect(lambda _: setattr(self, "ended", True))
        self.desk = self.session.desk
        self.desk.ask(lambda _: self._gate.wait(20), then=lambda _: None)
        self.session.show()
        assert QTest.qWaitForWindowActive(self.session.window)
        qtbot.keyClick(self.session.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        return self.session.window.page("Interviews").editor


def test_what_is_typed_while_the_window_still_reads_stays_as_it_is(qtbot, busy):
    editor = busy.begin(qtbot)
    kept = []
    editor.acknowledged.connect(lambda line, when: kept.append(line.text))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editor.live.text, timeout=10_000)
    qtbot.keyClicks(QApplication.focusWidget(), "file1 ")
    qtbot.waitUntil(lambda: kept == ["file1 "], timeout=10_000)
    busy.free()
    qtbot.keyClicks(QApplication.focusWidget(), "late")
    assert busy.desk.lanes.wait_idle(10_000)
    qtbot.keyClicks(QApplication.focusWidget(), "4")
    assert words_under_the_cursor() == editor.live.row.text == "file1 late4"


def test_who_types_already_is_not_taken_to_a_line_a_crash_left(qtbot, busy):
    with Workspace.open(busy.path, PASSPHRASE) as workspace:
        drafts = Drafts(workspace)
        line = OpenLine(new_id(), busy.session_id, "V-abc", "half a sent", typed=1)
        keep_draft(workspace, drafts, line.id, [line])
        drafts.close()
    editor = busy.begin(qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editor.live.text, timeout=10_000)
    qtbot.keyClicks(QApplication.focusWidget(), "new words")
    busy.free()
    assert busy.desk.lanes.wait_idle(10_000)
    qtbot.keyClicks(QApplication.focusWidget(), " go on")
    assert words_under_the_cursor() == editor.live.row.text == "new words go on"
    assert "half a sent" in [line.text for line in records(busy.desk.workspace, NoteLine)]


def test_damaged_drafts_are_set_aside_and_named(qtbot, start, path):
    path.with_suffix(".drafts").write_bytes(b"damaged " * 2000)
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    assert window.notice.isVisible()
    kept = [
        found.name for found in path.parent.iterdir() if "drafts" in found.name and found.suffix != ".drafts"
    ]
    assert any(name in window.notice.text() for name in kept), (kept, window.notice.text())


def test_an_inspection_is_started_by_the_keyboard(qtbot, start, path):
    fieldwork = start(None)
    front = fieldwork.front
    qtbot.keyClick(front.first_run, Qt.Key.Key_2)
    form = front.new.form
    qtbot.keyClicks(form.name, "Disclosure")
    qtbot.keyClicks(form.device, "HMCPSI laptop 9")
    qtbot.keyClicks(form.passphrase, PASSPHRASE)
    qtbot.keyClicks(form.again, PASSPHRASE)
    qtbot.keyClick(form.again, Qt.Key.Key_Return)
    window = opened(qtbot, fieldwork)
    assert window.desk.workspace.path.name == "Disclosure.fieldwork"
    assert window.desk.status.title == "Disclosure"
    window.commands.run("undo")
    qtbot.waitUntil(lambda: not window.desk.lanes.busy(), timeout=10_000)


def test_a_colleague_joins_by_the_keyboard(qtbot, start, path, tmp_path):
    with Workspace.open(path, PASSPHRASE) as workspace:
        code = team.pack(workspace, tmp_path / "for-you.fieldpack")
    fieldwork = start(None)
    front = fieldwork.front
    qtbot.keyClick(front.first_run, Qt.Key.Key_1)
    form = front.join.form
    qtbot.keyClicks(form.pack, str(tmp_path / "for-you.fieldpack"))
    qtbot.keyClicks(form.device, "HMICFRS laptop 1")
    qtbot.keyClicks(form.passphrase, PASSPHRASE)
    qtbot.keyClicks(form.again, PASSPHRASE)
    qtbot.keyClicks(form.code, "0000-0000")
    qtbot.keyClick(form.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "code does not open" in form.problem.text(), timeout=15_000)
    form.code.clear()
    qtbot.keyClicks(form.code, code.lower())
    qtbot.keyClick(form.code, Qt.Key.Key_Return)
    window = opened(qtbot, fieldwork)
    assert window.desk.status.title == "Joint"


def test_undo_and_redo_of_own_acts_across_screens(qtbot, start, path):
    fieldwork = start(path)
    unlock(qtbot, fieldwork)
    window = opened(qtbot, fieldwork)
    desk = window.desk
    desk.act(visits.plan_session, title="Planned")
    qtbot.waitUntil(lambda: not desk.lanes.busy(), timeout=10_000)
    assert [s.title for s in records(desk.workspace, Session)] == ["Planned"]
    for way, left, word in (("undo", 0, "Undone"), ("redo", 1, "Done again"), ("undo", 0, "Undone")):
        window.commands.run(way)
        qtbot.waitUntil(lambda: not desk.lanes.busy(), timeout=10_000)
        assert len(records(desk.workspace, Session)) == left
        assert window.notice.text() == f"{word}: planning a session: Planned."
        offered = {one.name: one.words for one in window.commands.available()}
        other = "redo" if way == "undo" else "undo"
        assert (
            offered[other]
            == window.commands.action(other).text()
            == f"{other.title()} planning a session: Planned"
        )
        assert offered[way] == way.title()


def test_nothing_heavy_is_imported_before_the_first_paint(path):
    code = f"""
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from fieldwork.desktop import front
front.QTimer.singleShot = lambda *_: None  # what is done after the first paint stays undone
from fieldwork.desktop.application import Fieldwork
running = Fieldwork(Path({str(path)!r}))
running.front.grab()
print([m for m in ("sqlalchemy", "sqlcipher3", "reportlab", "pyxform", "lark", "cryptography", "pyrage")
       if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr
