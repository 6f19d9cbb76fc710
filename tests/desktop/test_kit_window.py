"""The window: places, commands, palette, key sheet, privacy, status, notices, closing."""

import time
from types import SimpleNamespace

import pytest
from accessibility import controls, nameless, too_small, unreached
from gallery import places
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.commands import COMMANDS, caps, clashes, find
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.palette import Hit, match, rank
from fieldwork.desktop.settings import Settings, load_settings, save_settings, settings_file
from fieldwork.domain.faults import Fault

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    desk = Desk(SimpleNamespace(words=[]))
    window = MainWindow(desk, places(), Settings())
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("Files")
    yield window
    desk.lanes.cancel_all()
    assert desk.lanes.wait_idle(5000)


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the keyboard"
    QTest.keyClick(target, key, modifiers)


def write(text):
    assert QApplication.focusWidget() is not None, "nothing has the keyboard"
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(QApplication.focusWidget(), event)


# the table


def test_names_are_single_and_every_key_is_one_of_qts():
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names))
    assert all(QKeySequence(key).toString() for command in COMMANDS for key in command.keys.split())


def test_no_screen_takes_a_key_that_holds_everywhere():
    everywhere = [command.name for command in COMMANDS if not command.scope]
    assert clashes(everywhere) == []
    for command in COMMANDS:
        assert clashes([*everywhere, command.name]) == []


def test_two_commands_of_one_screen_cannot_share_a_key(window):
    with pytest.raises(ValueError, match=r"x: answer\.rest and visit\.swap"):
        window.commands.enter({"answer.rest": print, "visit.swap": print})


def test_keys_as_printed():
    assert caps("Ctrl+Shift+Z") == "Ctrl Shift Z"
    assert caps("Ctrl++") == "Ctrl +"
    assert caps("Return") == "Enter"
    assert caps("?") == "?"
    assert caps(find("text.smaller").first_key) == "Ctrl \u2212"


# places


def test_pages_are_built_on_the_first_visit_only(window):
    assert list(window.pages) == ["Files"]
    press(Qt.Key.Key_1, CONTROL)
    assert window.here == "Today"
    assert set(window.pages) == {"Files", "Today"}
    first = window.pages["Today"]
    press(Qt.Key.Key_4, CONTROL)
    press(Qt.Key.Key_1, CONTROL)
    assert window.pages["Today"] is first
    assert first.left == 1
    assert window.rail.buttons["Today"].isChecked()


def test_the_desk_goes_to_a_record(window):
    window.desk.go("Visits", "Force A")
    assert window.here == "Visits"
    assert window.pages["Visits"].field.text() == "Force A"


def test_a_change_reaches_every_page_built(window, qtbot):
    window.go("Today")
    window.desk.act(lambda workspace: SimpleNamespace(changed={"answers"}))
    qtbot.waitUntil(lambda: window.pages["Today"].refreshed[-1] == {"answers"})
    assert "Saved" in window.status.notes()[0]


# commands


def test_letters_work_unless_one_types(window):
    gallery = window.pages["Files"]
    press(Qt.Key.Key_C)
    press(Qt.Key.Key_H)
    assert gallery.done == ["comment", "head"]
    gallery.field.setFocus()
    press(Qt.Key.Key_C)
    press(Qt.Key.Key_2)
    assert gallery.done == ["comment", "head"]
    assert gallery.field.text() == "c2"


def test_commands_of_a_page_end_with_it(window):
    gallery = window.pages["Files"]
    window.go("Team")
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_C)
    window.commands.run("answer.comment")
    assert gallery.done == []


def test_enter_presses_the_focused_button_and_not_the_command(window):
    gallery = window.pages["Files"]
    button = next(b for b in controls(gallery) if getattr(b, "text", str)() == "Facts and dates of the file")
    button.setFocus()
    press(Qt.Key.Key_Return)
    assert gallery.done == ["head"]
    gallery.answers.buttons[0].setFocus()
    press(Qt.Key.Key_Return)
    assert gallery.done == ["head", "next"]


def test_undo_is_the_fields_first_and_then_the_windows(window):
    undone = []
    window.commands.bind("undo", lambda: undone.append(1))
    field = window.pages["Files"].field
    field.setFocus()
    write("typed")
    press(Qt.Key.Key_Z, CONTROL)
    assert (field.text(), undone) == ("", [])
    press(Qt.Key.Key_Z, CONTROL)
    assert undone == [1]


def test_text_size_and_appearance_are_remembered(window):
    press(Qt.Key.Key_Plus, CONTROL)
    assert appearance.factor == 1.1
    press(Qt.Key.Key_D, CONTROL | SHIFT)
    assert load_settings().text_size == 1.1
    assert load_settings().appearance == appearance.choice == "dark"
    press(Qt.Key.Key_0, CONTROL)
    assert appearance.factor == 1.0


# palette and key sheet


def test_the_palette_finds_places_records_and_acts(window, qtbot):
    opened = []
    window.palette_panel.add_provider(
        lambda typed: [Hit("File A-R-018", "RASSO", "folder-open", lambda: opened.append(typed))], slow=True
    )
    press(Qt.Key.Key_K, CONTROL)
    write("ntrvws")
    assert window.palette_panel._hits[0].title == "Interviews"
    press(Qt.Key.Key_Return)
    assert window.here == "Interviews"
    press(Qt.Key.Key_K, CONTROL)
    write("zzz A-R")
    qtbot.waitUntil(lambda: len(window.palette_panel._hits) == 1)
    press(Qt.Key.Key_Return)
    assert opened == ["zzz A-R"]


def test_escape_gives_the_keyboard_back(window):
    before = QApplication.focusWidget()
    press(Qt.Key.Key_K, CONTROL)
    assert QApplication.focusWidget() is window.palette_panel.field
    press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before


def test_matching():
    assert match("nxt", "Next unanswered") > 0
    assert match("qqq", "Next unanswered") == 0
    assert match("file", "Open the file") > match("file", "First in last")
    hits = [Hit("Profile"), Hit("Next file"), Hit("File A-R-018")]
    assert [hit.title for hit in rank("file", hits)] == ["File A-R-018", "Next file", "Profile"]


def test_the_key_sheet_lists_this_screen_then_everywhere(window):
    press(Qt.Key.Key_F1)
    titles = [row.title for row in window.key_sheet.list.rows]
    assert titles[0] == "Files"
    assert titles.index("Comment") < titles.index("Everywhere") < titles.index("Lock")
    assert "Undo" not in titles  # nothing bound, so nothing shown
    press(Qt.Key.Key_F1)
    assert not window.key_sheet.isVisible()


# privacy, status, faults


def test_a_blanked_screen_keeps_the_marking_and_takes_no_keys(window):
    field = window.pages["Files"].field
    field.setFocus()
    press(Qt.Key.Key_F9)
    assert window.blank.isVisible()
    assert window.marking.isVisible()
    press(Qt.Key.Key_A)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_1, CONTROL)
    assert (field.text(), window.here) == ("", "Files")
    press(Qt.Key.Key_F9)
    assert QApplication.focusWidget() is field


def test_a_fault_is_one_quiet_line_and_the_text_stays(window, qtbot):
    def refuse(workspace):
        raise Fault("The stick is full: free 20 MB on it and try again.")

    field = window.pages["Files"].field
    field.setFocus()
    write("half a sentence")
    window.desk.act(refuse)
    qtbot.waitUntil(lambda: window.notice.text() != "")
    assert window.notice.text() == "The stick is full: free 20 MB on it and try again."
    assert QApplication.focusWidget() is field
    assert field.text() == "half a sentence"
    window.desk.saved.emit(time.time())
    assert window.notice.text(), "the next keystroke's draft is no reason to take it away"
    window.notice._since -= 9  # it was there to be read
    window.desk.saved.emit(time.time())
    assert window.notice.text() == ""


def test_a_notice_goes_when_what_failed_succeeded(window):
    window.desk.failed.emit("A line is not in the note yet.")
    window.desk.mended.emit("Something else.")
    assert window.notice.text()
    window.desk.mended.emit("A line is not in the note yet.")
    assert window.notice.text() == ""


def test_an_unexpected_error_says_what_is_safe(window, qtbot):
    def stumble(workspace):
        raise ZeroDivisionError

    window.desk.act(stumble)
    qtbot.waitUntil(lambda: "what you typed is still here" in window.notice.text())


def test_the_status_line_says_what_is_not_shared(window):
    window.desk.set_status(
        title="Joint case building", unshared=1237, badges={"Team": "9"}, last_merge="13:20"
    )
    assert window.status.notes() == ["1,237 changes not yet shared", "last merge 13:20"]
    assert window.rail.buttons["Team"].accessibleName() == "Team, 9 to decide"
    assert window.marking.accessibleName() == "Protective marking: OFFICIAL-SENSITIVE"
    window.desk.saved.emit(time.time())
    assert window.status.notes()[0].startswith("Saved ")


# shape


def test_narrow_is_width_over_text_size(window, qtbot):
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.rail.width() == 184)
    window.resize(640, 800)
    qtbot.waitUntil(lambda: window.rail.width() == 52)
    assert window.pages["Files"].narrow
    window.resize(1280, 800)
    appearance.apply(factor=2.0)
    assert window.pages["Files"].narrow
    assert window.pages["Files"].short


# accessibility


@pytest.mark.parametrize("place", ["Files", "Today"])
def test_every_control_has_a_name(window, place):
    window.go(place)
    assert nameless(window) == []


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 500), 1.0), ((1280, 800), 2.0)])
def test_targets_are_large_enough(window, qtbot, size, factor):
    window.resize(*size)
    appearance.apply(factor=factor)
    qtbot.wait(60)
    assert too_small(window) == []


@pytest.mark.parametrize("place", ["Files", "Today"])
def test_tab_reaches_every_control(window, place):
    window.go(place)
    reached_by_arrows = ("Fully met", "Not met", "Not applicable", "Not known", "Side by side", "By time")
    left = [one for one in unreached(window) if not one.endswith(reached_by_arrows)]
    assert left == []


# settings and closing


def test_a_damaged_settings_file_means_the_usual_settings(qapp):
    settings_file().parent.mkdir(parents=True)
    settings_file().write_bytes(b'{"text_size": "large"')
    assert load_settings() == Settings()
    save_settings(Settings(text_size=1.5, recent=["a.fieldwork"]))
    assert load_settings().recent == ["a.fieldwork"]


def test_closing_waits_for_what_is_being_written(window):
    done = []

    def slow(workspace):
        time.sleep(0.2)
        done.append(1)

    window.desk.act(slow)
    window.close()
    assert done == [1]
    assert window.pages["Files"].desk is window.desk
    assert load_settings().geometry is not None


def test_pages_do_not_import_the_store():
    import subprocess
    import sys

    code = (
        "import sys, fieldwork.desktop.main_window, fieldwork.desktop.application, fieldwork.desktop.kit\n"
        "print([m for m in ('sqlalchemy', 'sqlcipher3', 'reportlab', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# anything at all


@pytest.mark.parametrize("seed", range(3))
def test_random_keys_never_raise(window, qtbot, seed):
    import random

    chance = random.Random(seed)
    keys = [
        Qt.Key.Key_Tab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Space,
    ]
    chords = [
        Qt.Key.Key_1,
        Qt.Key.Key_4,
        Qt.Key.Key_K,
        Qt.Key.Key_Z,
        Qt.Key.Key_Plus,
        Qt.Key.Key_0,
        Qt.Key.Key_A,
    ]
    for _ in range(250):
        target = QApplication.focusWidget() or window
        draw = chance.random()
        if draw < 0.5:
            QTest.keyClick(target, chance.choice(keys))
        elif draw < 0.65:
            QTest.keyClick(target, chance.choice(chords), CONTROL)
        elif draw < 0.75:
            QTest.keyClick(target, chance.choice([Qt.Key.Key_F1, Qt.Key.Key_F9, Qt.Key.Key_2]))
        else:
            event = QInputMethodEvent()
            event.setCommitString(chance.choice(["Q01", "é漢\U0001f642", "'; drop", "%", " "]))
            QApplication.sendEvent(target, event)
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    assert window.isVisible()
    assert window.marking.isVisible()
