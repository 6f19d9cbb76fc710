"""The list of case files: strata, progress, filter, what comes next, and how other places open a file."""

import pytest
from accessibility import nameless, too_small, unreached
from gallery import places
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.file_rows import file_row
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.pages.files_strata import progress
from fieldwork.desktop.settings import Settings, settings_file
from fieldwork.domain.records import TeamMember
from fieldwork.domain.values import new_id
from fieldwork.store.recording import Change, record
from fieldwork.work import examining, files, sampling
from worlds import small_inspection

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    workspace = small_inspection(tmp_path)
    desk = Desk(workspace)
    yield desk
    desk.lanes.wait_idle(5000)
    workspace.close()


@pytest.fixture
def window(qtbot, desk):
    made = [Place(p.name, p.icon, p.key, FilesPage) if p.name == "Files" else p for p in places()]
    window = MainWindow(desk, made, Settings())
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("Files")
    qtbot.waitUntil(lambda: bool(window.page("Files").lines))
    settle(desk)
    return window


@pytest.fixture
def page(window):
    return window.page("Files")


def settle(desk):
    for _ in range(3):
        assert desk.lanes.wait_idle(5000)
        QApplication.processEvents()


def read_again(desk):
    """Wait for an act, and for the list that is read after it."""
    settle(desk)
    QTest.qWait(250)
    settle(desk)


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the keyboard"
    if isinstance(key, str):
        QTest.keyClicks(target, key, modifiers)
    else:
        QTest.keyClick(target, key, modifiers)


def titles(page):
    return [row.title for row in page.list.rows]


def test_files_stand_under_their_strata_with_progress(page):
    assert titles(page) == [
        "RASSO, charged:  0 of 2 finished, target 12",
        "A-R-005",
        "A-R-006",
        "Volume crime, charged:  0 of 4 finished, target 24",
        "A-V-001",
        "A-V-002",
        "A-V-003",
        "A-V-004",
    ]
    begun = next(row for row in page.list.rows if row.title == "A-V-001")
    assert begun.progress == (1, 47) and begun.trail == ""
    assert page.list.current().title == "A-V-001"  # the one begun
    assert QApplication.focusWidget() is page.list
    assert page.head.sub.text() == "0 of 6 for you are finished"


def test_filter_by_words_and_by_state(page, desk):
    press("/")
    assert QApplication.focusWidget() is page.filter
    press("rasso 006")
    assert titles(page)[1:] == ["A-R-006"]
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.list
    page.filter.setText("nothing like it")
    assert titles(page) == [] and page.count.text() == "No file fits the filter."
    page.filter.setText("")
    page.shows._buttons[2].click()
    assert titles(page) == [] and page.count.text() == "None."


def test_a_file_for_a_colleague_is_not_among_mine(page, desk):
    member = new_id()
    record(desk.workspace, "x", [Change(TeamMember.kind, member, {"label": "HMICFRS laptop 2"})])
    done = files.allocate(desk.workspace, file=files.find_file(desk.workspace, "A-V-003").id, member=member)
    desk.changed.emit(done.changed)
    QTest.qWait(250)
    settle(desk)
    assert "A-V-003" not in titles(page)
    page.shows._buttons[1].click()
    row = next(row for row in page.list.rows if row.title == "A-V-003")
    assert row.trail == "for HMICFRS laptop 2"


def test_enter_opens_and_escape_comes_back_to_the_same_row(window, page, desk):
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    settle(desk)
    assert page.marking.pane.file.reference == "A-V-002"
    press(Qt.Key.Key_Escape)
    settle(desk)
    assert page.stack.currentIndex() == 0
    assert page.list.current().title == "A-V-002"
    assert QApplication.focusWidget() is page.list


def test_next_file_takes_the_one_begun(page, desk):
    press(Qt.Key.Key_F4)
    settle(desk)
    assert page.marking.pane.file.reference == "A-V-001"


def test_commands_follow_what_is_shown(window, page, desk):
    def names():
        return {command.name for command in window.commands.available() if command.scope == "files"}

    assert {"files.find", "files.resume"} <= names() and "answer.go" not in names()
    press(Qt.Key.Key_F4)
    settle(desk)
    assert "answer.go" in names() and "files.find" not in names()
    assert "answer.1" not in names()  # A02 is no question of the scale
    page.marking.go_to("B01")
    assert "answer.1" in names()


def test_other_places_open_a_file_or_an_answer(window, page, desk):
    file = files.find_file(desk.workspace, "A-V-001").id
    pane = examining.open_file(desk.workspace, file)
    desk.go("Files", pane.answer("A01").id)
    settle(desk)
    assert (page.marking.pane.file.id, page.marking.here) == (file, "A01")
    desk.go("Files", files.find_file(desk.workspace, "A-R-006").id)
    settle(desk)
    assert page.marking.pane.file.reference == "A-R-006"
    desk.go("Files", (file, "B01"))
    settle(desk)
    assert page.marking.here == "B01"
    desk.go("Files", pane.examination.id)
    settle(desk)
    assert page.marking.pane.file.id == file


def test_where_one_left_off_is_kept_for_this_device_alone(page, desk):
    press(Qt.Key.Key_F4)
    settle(desk)
    page.marking.go_to("C01")
    settle(desk)
    kept = settings_file().with_name("left.json").read_text()
    assert "C01" in kept and "A-V-001" not in kept


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
def test_the_list_has_names_sizes_and_fits(qtbot, window, page, size, factor):
    appearance.apply("light", factor)

    def resized():
        window.resize(*size)
        return (window.width(), window.height()) == size

    qtbot.waitUntil(resized)  # a wide layout gives way before the window can shrink
    assert nameless(page) == []
    assert too_small(page) == []
    assert unreached(page) == []


def test_an_inspection_without_files_says_what_will_be_here(qtbot, tmp_path, monkeypatch):
    from worlds import bare_inspection

    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    workspace = bare_inspection(tmp_path)
    desk = Desk(workspace)
    page = FilesPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    settle(desk)
    assert page.empty.isVisible() and not page.list.isVisible()
    desk.lanes.wait_idle(2000)
    workspace.close()


def test_reserves_are_not_listed_and_replaced_files_are_marked_and_not_counted(page, desk, qtbot, tmp_path):
    frame = tmp_path / "frame.csv"
    frame.write_text("reference,stratum\n" + "".join(f"S-{n},Drawn\n" for n in range(1, 9)), "utf-8")
    desk.act(sampling.draw_sample, frame=frame, strata=["stratum"], target="3", seed="s")
    qtbot.waitUntil(lambda: len(page.lines) == 9)
    drawn = [line.state.file for line in page.lines if line.state.standing == "chosen"]
    desk.act(sampling.replace_file, file=drawn[0].id, reason="Lost")
    qtbot.waitUntil(lambda: len(page.lines) == 10)
    (gone,) = [line for line in page.lines if line.instead]
    row = file_row(gone, left_here=False)
    assert (row.title, row.trail) == (drawn[0].reference, "replaced") and "Lost" in row.sub
    assert progress(page.lines, gone.state.file.stratum) == (0, 3, 3)
    assert gone not in page.shown()
    page._choose_show(1)
    assert gone in page.shown()


def test_several_files_are_taken_or_given_out_by_keys(page, desk):
    colleague = new_id()
    desk.changed.emit(
        record(desk.workspace, "x", [Change(TeamMember.kind, colleague, {"label": "HMICFRS 2"})]).changed
    )
    read_again(desk)
    panels = page.taking
    page.list.go(titles(page).index("A-V-002"))

    def choose(*extra):
        press(Qt.Key.Key_T, SHIFT)
        assert panels.active and page.window().focusWidget() is panels.panel.list
        for reference in extra:
            panels.panel.list.go([row.title for row in panels.panel.list.rows].index(reference))
            press(Qt.Key.Key_Space)
        press(Qt.Key.Key_Return)
        settle(desk)

    def allocated():
        some = {line.state.file.reference: line.state.file.allocated for line in page.lines}
        return {name for name, who in some.items() if who == me}, {
            n for n, who in some.items() if who == colleague
        }

    me = desk.workspace.identity.member
    mine, _ = allocated()
    choose("A-R-005")
    assert panels.panel.title.text() == "Who examines 2 files?"
    press(Qt.Key.Key_Escape)
    assert not panels.active and QApplication.focusWidget() is page.list
    choose("A-R-005")
    press(Qt.Key.Key_Return)
    read_again(desk)
    assert allocated() == (mine | {"A-V-002", "A-R-005"}, set())
    assert page.count.text().startswith("2 files are yours.") and QApplication.focusWidget() is page.list
    page.list.go(titles(page).index("A-V-003"))
    choose()
    panels.panel.list.go([row.ident for row in panels.panel.list.rows].index(colleague))
    press(Qt.Key.Key_Return)
    read_again(desk)
    assert allocated()[1] == {"A-V-003"} and "given out" in page.count.text()


def test_a_live_file_is_looked_at_again_when_its_day_has_come_by_keys(page, desk):
    page.list.go(titles(page).index("A-V-002"))
    press(Qt.Key.Key_L, SHIFT)
    press("4/3/2020")
    press(Qt.Key.Key_Return)
    settle(desk)
    assert "4 Mar 2020 is not still to come" in page.taking.panel.below.text()
    page.taking.panel.field.selectAll()
    press("4/3/2199")
    assert nameless(page.window()) == [] and too_small(page.window()) == []
    press(Qt.Key.Key_Return)
    read_again(desk)
    row = next(row for row in page.list.rows if row.title == "A-V-002")
    assert "live: look again on" in row.sub and "2199" in row.sub
    # its day comes: finished before it, it is to do again, until it is finished anew
    file = files.find_file(desk.workspace, "A-V-001")
    examination = examining.open_file(desk.workspace, file.id).examination
    long_ago = {"finished": 1_600_000_000_000}
    changes = [
        Change("examination", examination.id, long_ago),
        Change("case_file", file.id, {"live": "Y", "revisit": "2021-05-04"}),
    ]
    desk.changed.emit(record(desk.workspace, "x", changes).changed)
    read_again(desk)
    row = next(row for row in page.list.rows if row.title == "A-V-001")
    assert row.trail == "look again" and "1 to look at again" in page.head.sub.text()
