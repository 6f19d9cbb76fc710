"""A line tidied or translated: what was typed stays and is one key away."""

import os

import pytest
from accessibility import nameless, too_small
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from test_note_editor import CTRL, K, Person

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.domain.faults import Fault
from fieldwork.work.line_words import tidy_line, translate_line
from fieldwork.work.undoing import named, undo

SHIFT = Qt.KeyboardModifier.ShiftModifier
SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        someone.new()
        someone.line('"y ffeil yn hwyr teh file was late')
        someone.type("another")
        someone.settle()
        yield someone
        someone.close()


def painted(person):
    view = person.editor.lines
    return [row.read_as(view.tidied) for row in view.notes.rows]


def tidy(person):
    person.key(K.Key_Up)
    person.key(K.Key_T, CTRL)
    QApplication.focusWidget().selectAll()
    QTest.keyClicks(QApplication.focusWidget(), "The file was late")
    person.editor.tidy.translation.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "the file is late")
    person.key(K.Key_Return)
    person.settle()


def test_what_was_typed_stays_and_is_one_key_away(person):
    tidy(person)
    line = person.stored()[0]
    assert line.text == "y ffeil yn hwyr teh file was late"
    assert (line.tidied, line.translation, line.language) == ("The file was late", "the file is late", "cy")
    assert QApplication.focusWidget() is person.editor.live.text
    assert person.editor.live.row.text == line.text
    assert painted(person)[0].startswith("\u201cy ffeil yn hwyr teh file was late\u201d [the file is late]")
    person.key(K.Key_T, CTRL | SHIFT)
    assert painted(person)[0] == "\u201cThe file was late\u201d [the file is late]"
    assert "tidied: The file was late" in person.editor.model.rows[0].spoken()
    person.key(K.Key_T, CTRL | SHIFT)
    assert painted(person)[0].startswith("\u201cy ffeil")
    assert named(person.workspace)[0].startswith("translating a line")
    undo(person.workspace)
    undo(person.workspace)
    line = person.stored()[0]
    assert (line.tidied, line.translation) == ("", "")


def test_leaving_by_any_way_keeps_what_was_changed(person):
    person.key(K.Key_Up)
    person.key(K.Key_T, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), " again")
    person.settle()
    assert "tidied" in person.page.unsaved()
    person.key(K.Key_Escape)
    person.settle()
    assert person.stored()[0].tidied.endswith("late again") and not person.page.unsaved()
    person.key(K.Key_T, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), " twice")
    person.page.leave()
    person.settle()
    assert person.stored()[0].tidied.endswith("late again twice")


def test_what_cannot_be_written_is_open_again(person, monkeypatch):
    def full(*_, **__):
        raise Fault("The disk is full.")

    person.key(K.Key_Up)
    person.key(K.Key_T, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), " again")
    monkeypatch.setattr("fieldwork.desktop.pages.note_tidy.tidy_line", full)
    person.key(K.Key_Escape)
    person.settle()
    assert person.told == ["The disk is full."]
    panel = person.editor.tidy
    assert panel.isVisible() and panel.tidied.text().endswith("late again")


def test_an_empty_line_and_too_many_words_are_refused(person):
    person.key(K.Key_Return)
    person.key(K.Key_T, CTRL)
    assert person.told and "line that has words" in person.told[0]
    line = person.stored()[0].id
    for write in (tidy_line, translate_line):
        with pytest.raises(Fault, match="takes 20,000"):
            write(person.workspace, line=line, words="x" * 20_001)
    tidy_line(person.workspace, line=line, words=person.stored()[0].text)
    assert person.stored()[0].tidied == ""


@pytest.mark.parametrize("shape", [(1280, 800, 1.0), (640, 900, 2.0)])
def test_pictures(person, shape):
    width, height, factor = shape
    tidy(person)
    person.key(K.Key_Down)
    person.key(K.Key_T, CTRL | SHIFT)
    person.window.resize(width, height)
    appearance.apply("light", factor)
    person.settle()
    picture = person.window.grab()
    picture.save(f"{SHOTS}/tidied-{width}.png") if SHOTS else None
    person.key(K.Key_Up)
    person.key(K.Key_T, CTRL)
    person.settle()
    person.window.grab().save(f"{SHOTS}/tidy-{width}.png") if SHOTS else None
    assert (picture.width(), picture.height()) == (width, height)
    assert nameless(person.editor.tidy) == [] and too_small(person.editor.tidy) == []
