"""Forms: the committed Python is what uic makes of ui/, and the sheets around them give plain values."""

import importlib.util
from datetime import datetime
from pathlib import Path

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.dialogs.first_run import FirstRunSheet
from fieldwork.desktop.dialogs.join import Joining, JoinSheet
from fieldwork.desktop.dialogs.new_inspection import NewInspection, NewInspectionSheet
from fieldwork.desktop.dialogs.passphrase import strength_words
from fieldwork.desktop.dialogs.session_header import SessionHeader, SessionHeaderSheet
from fieldwork.desktop.dialogs.unlock import UnlockSheet

ROOT = Path(__file__).parents[2]
INSPECTORATES = [("HMICFRS", "HMICFRS"), ("HMCPSI", "HMCPSI")]
GOOD = "correct horse battery staple"


def build_forms():
    spec = importlib.util.spec_from_file_location("build_forms", ROOT / "packaging/build_forms.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def focused():
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def session_sheet():
    one = [("a", "Force A"), ("b", "Force B")]
    return SessionHeaderSheet(
        one, [("interview", "interview")], [("remote", "remote")], [("mixed", "mixed")], one
    )


SHEETS = {
    "unlock": UnlockSheet,
    "first run": FirstRunSheet,
    "new inspection": lambda: NewInspectionSheet(INSPECTORATES),
    "join": lambda: JoinSheet(INSPECTORATES),
    "session": session_sheet,
}


@pytest.fixture
def opened(qtbot):
    def show(sheet):
        qtbot.addWidget(sheet)
        sheet.resize(1000, 760)
        sheet.show()
        sheet.activateWindow()
        qtbot.waitUntil(sheet.isActiveWindow)
        sheet.take_focus()
        return sheet

    return show


def test_the_committed_forms_are_what_uic_makes():
    forms = build_forms()
    assert len(forms.sources()) == 5
    for source in forms.sources():
        assert forms.target(source).read_text(encoding="utf-8") == forms.compiled(source), source.name
    assert {forms.target(source) for source in forms.sources()} == set(forms.FORMS.glob("ui_*.py"))


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_are_accessible(opened, qtbot, name):
    sheet = opened(SHEETS[name]())
    for factor in (1.0, 2.0):
        appearance.apply(factor=factor)
        qtbot.wait(40)
        assert nameless(sheet) == []
        assert too_small(sheet) == []
    assert unreached(sheet) == []


def test_unlock_by_enter_and_refusal(opened, qtbot):
    sheet = opened(UnlockSheet("laptop 4"))
    QTest.keyClicks(focused(), "a secret")
    with qtbot.waitSignal(sheet.unlock_asked) as told:
        QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert told.args == ["a secret"]
    sheet.set_busy(True)
    assert not sheet.form.unlock.isEnabled()
    sheet.refuse("That is not the passphrase.")
    assert sheet.form.hint.text() == "That is not the passphrase."
    sheet.forget()
    assert sheet.form.passphrase.text() == ""


def test_first_run_by_digit(opened, qtbot):
    sheet = opened(FirstRunSheet())
    for key, signal in (
        (Qt.Key.Key_1, "pack_asked"),
        (Qt.Key.Key_2, "start_asked"),
        (Qt.Key.Key_3, "try_asked"),
    ):
        with qtbot.waitSignal(getattr(sheet, signal)):
            QTest.keyClick(focused(), key)


def test_a_new_inspection_says_what_is_missing(opened, qtbot):
    sheet = opened(NewInspectionSheet(INSPECTORATES))
    form = sheet.form
    sheet.accept()
    assert "title" in form.problem.text()
    form.name.setText("Joint case building")
    form.device.setText("HMICFRS laptop 2")
    form.passphrase.setText("short")
    sheet.accept()
    assert "too weak" in form.problem.text()
    form.passphrase.setText(GOOD)
    sheet.accept()
    assert "differ" in form.problem.text()
    form.again.setText(GOOD)
    with qtbot.waitSignal(sheet.made) as told:
        sheet.accept()
    assert told.args == [NewInspection("Joint case building", "HMICFRS", "HMCPSI", "HMICFRS laptop 2", GOOD)]


def test_joining(opened, qtbot):
    sheet = opened(JoinSheet(INSPECTORATES))
    with qtbot.waitSignal(sheet.browse_asked):
        sheet.form.browse.click()
    sheet.set_pack("/media/stick/joint.pack")
    assert QApplication.focusWidget() is sheet.form.code
    sheet.form.code.setText("AB12-CD34")
    sheet.form.device.setText("HMCPSI laptop 1")
    sheet.form.inspectorate.set_code("HMCPSI")
    for field in (sheet.form.passphrase, sheet.form.again):
        field.setText(GOOD)
    with qtbot.waitSignal(sheet.joined) as told:
        sheet.accept()
    assert told.args == [Joining("/media/stick/joint.pack", "AB12-CD34", "HMCPSI laptop 1", "HMCPSI", GOOD)]


def test_a_session_header_comes_back_as_it_went_in(opened, qtbot):
    sheet = opened(session_sheet())
    header = SessionHeader(
        "b", "interview", "remote", "detective sergeant", "mixed", 7, "a", datetime(2026, 11, 24, 14, 30)
    )
    sheet.show_header(header)
    with qtbot.waitSignal(sheet.kept) as told:
        sheet.form.keep.click()
    assert told.args == [header]


def test_strength_words():
    assert strength_words("short").startswith("Weak")
    assert strength_words("aaaaaaaaaaaaaaaa").startswith("Weak")
    assert strength_words("fieldwork fieldwork").startswith("Fair")
    assert strength_words(GOOD) == "Strong."
