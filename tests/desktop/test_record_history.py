"""The history beside any record: one key wherever a record is, Enter puts a value back, Ctrl+Z undoes it."""

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.session import places
from fieldwork.domain.records import Answer, CaseFile, Examination, Finding, NoteLine, Session, Visit
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import get, kind_of, records
from fieldwork.work import notes, settling, undoing
from worlds import small_inspection

CONTROL = Qt.KeyboardModifier.ControlModifier


class Person:
    """The whole window over a small inspection, by keys."""

    def __init__(self, qtbot, folder):
        self.workspace = small_inspection(folder)
        self.desk = Desk(self.workspace)
        self.desk.drafts = Drafts(self.workspace)
        self.window = MainWindow(self.desk, places())
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.window.go("Today")
        self.settle()

    def settle(self):
        for _ in range(3):
            assert self.desk.lanes.wait_idle(10_000)
            QTest.qWait(15)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
        self.settle()

    def history(self):
        self.press(Qt.Key.Key_H, CONTROL)
        return self.window.history

    def to_step(self, words):
        panel = self.window.history
        at = next(i for i, step in enumerate(panel.told.steps) if words in step.sentence)
        panel.steps.go(at)
        return panel.told.steps[at]

    def close(self):
        self.window.close()
        self.desk.lanes.wait_idle(10_000)
        self.desk.drafts.close()
        self.workspace.close()


@pytest.fixture
def person(qtbot, tmp_path):
    made = Person(qtbot, tmp_path)
    yield made
    made.close()


def line_of(person):
    return min(records(person.workspace, NoteLine), key=lambda line: line.typed)


def test_enter_on_a_step_puts_it_back_and_undo_takes_that_back(person):
    line = line_of(person)
    said = line.text
    notes.write_line(person.workspace, session=line.session, line=line.id, text="Said otherwise.")
    person.window.go("Interviews", line.id)
    person.settle()
    panel = person.history()
    assert panel.isVisible() and panel.steps.hasFocus() and panel.record == line.id
    assert panel.told.steps[0].sentence.endswith("Said otherwise.")
    person.to_step(f"nothing \u2192 {said}")
    panel.reason.setText("It was right the first time")
    person.press(Qt.Key.Key_Return)
    assert get(person.workspace, NoteLine, line.id).text == said
    newest = panel.told.steps[0]
    assert (
        newest.act == "restore value" and newest.reason == "It was right the first time" and newest.standing
    )
    assert "Ctrl Z undoes it" in panel.said.text()
    undoing.undo(person.workspace)
    assert get(person.workspace, NoteLine, line.id).text == "Said otherwise."
    person.press(Qt.Key.Key_Escape)
    assert panel.isHidden() and person.window.page("Interviews").in_note()


def test_what_stands_is_not_put_back_again(person):
    line = line_of(person)
    person.window.go("Interviews", line.id)
    person.settle()
    panel = person.history()
    before = len(panel.told.steps)
    person.press(Qt.Key.Key_Return)
    assert panel.said.text() == "That is how it stands now." and len(panel.told.steps) == before


def test_letters_and_digits_in_the_panel_are_not_the_pages(person):
    answers = {held.id: held.value for held in records(person.workspace, Answer)}
    file = next(iter(records(person.workspace, CaseFile)))
    person.window.go("Files", file.id)
    person.settle()
    panel = person.history()
    assert panel.isVisible() and kind_of(person.workspace, panel.record) in (Answer.kind, Examination.kind)
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_X, Qt.Key.Key_F):
        person.press(key)
    assert {held.id: held.value for held in records(person.workspace, Answer)} == answers
    person.press(Qt.Key.Key_Escape)
    assert panel.isHidden()


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        ("Today", {Session.kind, NoteLine.kind}),
        ("Visits", {Visit.kind, Session.kind, Finding.kind}),
        ("Interviews", {Session.kind, NoteLine.kind}),
        ("Files", {CaseFile.kind, Answer.kind, Examination.kind}),
        ("Evidence", {NoteLine.kind, Answer.kind, Finding.kind, "theme", "case_file"}),
        ("Team", {"device"}),
    ],
)
def test_one_key_shows_it_wherever_a_record_is(person, place, kinds):
    person.window.go(place)
    person.settle()
    for _ in range(20):  # once round the rail
        if person.window.page(place).record_here() is not None:
            break
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    panel = person.history()
    assert panel is not None and panel.isVisible()
    assert kind_of(person.workspace, panel.record) in kinds and panel.told.steps
    assert panel.told.steps == settling.told(person.workspace, panel.record).steps
    person.history()
    assert panel.isHidden()


def test_where_there_is_no_record_it_says_so(person):
    person.window.go("Reports")
    person.settle()
    person.press(Qt.Key.Key_H, CONTROL)
    if person.window.history is None:
        assert "Go to a record first" in person.window.notice.text()


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_it_can_be_read_out_and_reached(person, size):
    appearance.apply("light", size)
    person.window.go("Interviews", line_of(person).id)
    person.settle()
    panel = person.history()
    assert not nameless(panel) and not too_small(panel) and not unreached(panel)
    narrow = person.window.width() / size < 900
    assert person.window.stack.isVisible() is not narrow
