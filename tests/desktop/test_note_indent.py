"""Levels of indent by Tab: kept with the line through Enter, splitting, moving, pasting, a crash and undo."""

import os

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication
from test_note_editor import ALT, K, Person

import worlds
from fieldwork.work.undoing import undo

SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        someone.new()
        yield someone
        someone.close()


def stored(person):
    person.settle()
    return [(line.text, line.indent or 0) for line in person.stored()]


def test_tab_goes_in_and_shift_tab_comes_out(person):
    """Enter keeps the level; there are three; nothing typed is nothing kept."""
    person.line("why")
    person.key(K.Key_Tab)
    person.line("because of the portal")
    person.key(K.Key_Tab)
    person.type("> and the training")
    for _ in range(3):
        person.key(K.Key_Tab)
    person.key(K.Key_Return)
    for _ in range(3):
        person.key(K.Key_Backtab)
    person.line("next")
    assert stored(person) == [
        ("why", 0), ("because of the portal", 1), ("and the training", 3), ("next", 0),
    ]  # fmt: skip
    person.key(K.Key_Up)
    assert person.editor.live.row.indent == 0
    person.key(K.Key_Backtab)
    assert QApplication.focusWidget() is not person.editor.live.text  # the way out by keys


def test_a_level_is_an_act_and_is_taken_back(person):
    person.line("why")
    person.settle()
    person.key(K.Key_Up)
    person.key(K.Key_Tab)
    assert person.editor.live.row.text == "why" and person.editor.live.row.indent == 1
    person.editor.leave_line()
    assert stored(person) == [("why", 1)]
    undo(person.workspace)
    assert stored(person) == [("why", 0)]


def test_split_move_and_paste_keep_levels(person):
    person.key(K.Key_Tab)
    person.type("one two")
    for _ in range(3):
        person.key(K.Key_Left)
    person.key(K.Key_Return)
    person.key(K.Key_Up, ALT)
    person.editor.leave_line()
    person.editor.open_new(person.editor.model.rows[-1])
    data = QMimeData()
    data.setText("top\n\tbelow\n\t\t\t\t\tdeep\n")
    person.editor.live.text.insertFromMimeData(data)
    assert stored(person) == [("two", 1), ("one", 1), ("top", 0), ("below", 1), ("deep", 3)]
    assert [(row.text, row.indent) for row in person.editor.model.rows[:5]] == stored(person)
    picture = person.window.grab()
    picture.save(f"{SHOTS}/indent.png") if SHOTS else None


def test_a_crash_leaves_the_level(person):
    person.key(K.Key_Tab)
    person.type("under the fingers")
    person.editor.keeper.keep_now()
    person.settle()
    (left,) = person.drafts()
    assert left.lines[-1].indent == 1
    person.page.resume(person.desk.drafts.all())
    person.settle()
    assert person.editor.live.row.indent == 1


def test_a_line_moved_before_it_was_written_stays_where_it_was_put(person):
    """A reading between the two entries shows where the line is, not where the first of them put it."""
    person.type("one two")
    for _ in range(3):
        person.key(K.Key_Left)
    person.key(K.Key_Return)
    person.key(K.Key_Up, ALT)
    person.editor.leave_line()
    person.editor.read()
    person.settle()
    assert [row.text for row in person.editor.model.rows] == ["two", "one"]
