"""From the history beside a record: erasing what it says, and voiding or lifting an act, by keys."""

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_record_history import Person, line_of

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import ERASED, Erased
from fieldwork.store import history
from fieldwork.store.reading import erased_ids, get
from fieldwork.work import leading, notes, settling, team

K = Qt.Key
CAUSE = "A name was typed by mistake"


@pytest.fixture
def person(qtbot, tmp_path):
    made = Person(qtbot, tmp_path)
    yield made
    made.close()


def at_history(person, line):
    person.window.go("Interviews", line.id)
    person.settle()
    return person.history()


def ask_to_erase(person, line):
    panel = at_history(person, line)
    person.press(K.Key_E)
    sheet = person.window.ask_panel
    assert sheet.isVisible() and sheet.field.hasFocus()
    return panel, sheet


def fill_in(person, sheet, cause=CAUSE):
    QTest.keyClicks(sheet.field, cause)
    person.press(K.Key_Tab)
    assert sheet.tick.hasFocus()
    person.press(K.Key_Space)
    person.press(K.Key_Return)


def test_own_words_never_shared_go_at_once_and_read_erased(person):
    line = line_of(person)
    said = line.text
    panel, sheet = ask_to_erase(person, line)
    assert said not in " ".join((sheet.question.title, *sheet.question.says))
    assert "go at once" in sheet.question.says[0] and leading.ERASING_LEAVES in sheet.question.says
    person.press(K.Key_Return)
    assert "Say why" in sheet.said.text()
    QTest.keyClicks(sheet.field, CAUSE)
    person.press(K.Key_Return)
    assert "Tick the line above" in sheet.said.text() and sheet.tick.hasFocus()
    assert not erased_ids(person.workspace)
    person.press(K.Key_Space)
    person.press(K.Key_Return)
    assert not sheet.isVisible() and panel.said.text().startswith("Erased: Note line")
    assert line.id in erased_ids(person.workspace)
    assert isinstance(get(person.workspace, NoteLine, line.id).text, Erased)
    told = settling.told(person.workspace, line.id)
    assert any(step.erased and step.after == ERASED for step in told.steps)
    assert not any(said in step.sentence for step in told.steps)
    at = next(i for i, step in enumerate(panel.told.steps) if step.erased)
    panel.steps.go(at)
    assert panel.put_back.isHidden()


def test_an_erased_line_stays_as_it_is_unless_typed_anew(person):
    line = line_of(person)
    leading.erase(person.workspace, records=[line.id], cause=CAUSE, hold_checked=True)
    person.window.go("Interviews", line.id)
    person.settle()
    note = person.window.page("Interviews").editor
    model = note.model
    at = model.at(line.id)
    assert model.rows[at].shown == ERASED and "erased" in model.rows[at].spoken()
    note.open_row(at)
    before = len(history.history(person.workspace, line.id))
    assert note.live.words() == ""
    person.press(K.Key_Down)
    assert note.lines.live_row() == at + 1
    person.press(K.Key_Up)
    assert note.lines.live_row() == at
    assert len(history.history(person.workspace, line.id)) == before
    QTest.keyClicks(note.live.text, "Said anew, without the name.")
    person.press(K.Key_Down)
    note.hand_over()
    person.settle()
    assert get(person.workspace, NoteLine, line.id).text == "Said anew, without the name."
    assert model.rows[at].shown == "Said anew, without the name."


def test_what_was_shared_waits_and_the_team_page_lists_it(person, tmp_path):
    team.share(person.workspace, tmp_path)
    line = line_of(person)
    said = line.text
    panel, sheet = ask_to_erase(person, line)
    assert "waits for a second member" in sheet.question.says[0]
    fill_in(person, sheet)
    assert panel.said.text().startswith("Asked for: Note line")
    assert get(person.workspace, NoteLine, line.id).text == said and not erased_ids(person.workspace)
    person.press(K.Key_Escape)
    person.window.go("Team")
    person.settle()
    page = person.window.page("Team").overview.leading
    (row,) = page.erasures.rows
    assert row.trail == "waiting" and CAUSE in row.sub and "waits for a second member" in row.sub
    assert said not in row.spoken() and not page.approve_button.isVisible()


def test_a_lead_voids_the_act_of_a_step_and_lifts_it(person):
    line = line_of(person)
    said = line.text
    notes.write_line(person.workspace, session=line.session, line=line.id, text="Said by mistake.")
    panel = at_history(person, line)
    step = person.to_step("Said by mistake.")
    assert panel.void_key.isVisible() and not panel.lift_key.isVisible()
    person.press(K.Key_V)
    sheet = person.window.ask_panel
    person.press(K.Key_Return)
    assert "Say why" in sheet.said.text()
    QTest.keyClicks(sheet.field, "Typed into the wrong note")
    person.press(K.Key_Return)
    assert get(person.workspace, NoteLine, line.id).text == said
    at = next(i for i, one in enumerate(panel.told.steps) if one.change == step.change)
    assert panel.told.steps[at].note == "does not count: a lead has voided it"
    assert "voided" in panel.steps.rows[at].sub
    panel.steps.go(at)
    assert panel.lift_key.isVisible() and not panel.void_key.isVisible()
    person.press(K.Key_L)
    person.press(K.Key_Return)
    assert get(person.workspace, NoteLine, line.id).text == "Said by mistake."


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_the_sheet_can_be_read_out_and_reached(person, size):
    appearance.apply("light", size)
    panel, sheet = ask_to_erase(person, line_of(person))
    assert not nameless(sheet) and not too_small(sheet) and not unreached(sheet)
    assert not nameless(panel) and not too_small(panel)
