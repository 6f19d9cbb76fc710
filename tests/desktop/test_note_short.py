"""Abbreviations by keys: letters become words on a space, Backspace takes them back, the panel keeps them."""

import os

import pytest
from accessibility import nameless
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from test_note_editor import CTRL, K, Person

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.domain.faults import Fault
from fieldwork.work.abbreviations import abbreviations, full_words, set_abbreviation
from fieldwork.work.undoing import named, undo

SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        set_abbreviation(workspace, short="vic", full="victim")
        set_abbreviation(workspace, short="bwv", full="body-worn video")
        someone = Person(workspace)
        yield someone
        someone.close()


def test_letters_become_words_on_a_space(person):
    person.new()
    person.type("the vic saw it, Vic said; bwv shown (vic there) service vicar ")
    assert person.editor.live.row.text == (
        "the victim saw it, Victim said; body-worn video shown (victim there) service vicar "
    )
    person.editor.leave_line()
    person.settle()
    assert person.stored()[0].text.startswith("the victim saw it")


def test_backspace_right_after_takes_it_back_and_later_deletes_one_letter(person):
    person.new()
    person.type("the vic ")
    person.key(K.Key_Backspace)
    assert person.editor.live.row.text == "the vic "
    person.type("said vic ")
    person.type("x")
    person.key(K.Key_Backspace)
    person.key(K.Key_Backspace)
    assert person.editor.live.row.text == "the vic said victim"


def test_the_fields_own_undo_takes_an_expansion_back_in_one_step(person):
    person.new()
    person.type("vic ")
    person.key(K.Key_Z, CTRL)
    assert person.editor.live.row.text.strip() in ("vic", "")


def test_the_panel_keeps_changes_and_drops_by_keys(person):
    person.new()
    person.type("before ")
    person.key(K.Key_F8)
    person.settle()
    panel = person.editor.short
    assert [row.lead for row in panel.list.rows] == ["bwv", "vic"]
    QTest.keyClicks(QApplication.focusWidget(), "cps")
    person.key(K.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "the Crown Prosecution Service")
    person.key(K.Key_Return)
    person.settle()
    assert abbreviations(person.workspace)["cps"] == "the Crown Prosecution Service"
    assert named(person.workspace)[0].startswith("keeping an abbreviation")
    QTest.keyClicks(QApplication.focusWidget(), "two words")
    person.key(K.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "x")
    person.key(K.Key_Return)
    person.settle()
    assert panel.problem.isVisible() and "without spaces" in panel.problem.text()
    panel.list.setFocus()
    panel.list.go(0)
    panel.drop.setFocus()
    person.key(K.Key_Space)
    person.settle()
    assert "bwv" not in abbreviations(person.workspace)
    person.key(K.Key_Escape)
    assert QApplication.focusWidget() is person.editor.live.text
    person.type("cps bwv ")
    assert person.editor.live.row.text == "before the Crown Prosecution Service bwv "
    undo(person.workspace)
    assert "bwv" in abbreviations(person.workspace)


def test_capitals_and_what_is_refused(person):
    known = {"vic": "victim"}
    assert [full_words(known, typed) for typed in ("vic", "Vic", "VIC", "x")] == [
        "victim",
        "Victim",
        "VICTIM",
        "",
    ]
    for short, full in (("", "x"), ("a b", "x"), ("x" * 21, "y"), ("vic", "x" * 201), ("vic", "VIC")):
        with pytest.raises(Fault):
            set_abbreviation(person.workspace, short=short, full=full)
    assert abbreviations(person.workspace)["vic"] == "victim"


@pytest.mark.parametrize("shape", [(1280, 800, 1.0), (640, 900, 2.0)])
def test_pictures(person, shape, tmp_path):
    """The panel fits the window as small as asked, and all of it has a name."""
    width, height, factor = shape
    person.new()
    person.key(K.Key_F8)
    person.window.resize(width, height)
    appearance.apply("light", factor)
    person.settle()
    picture = person.window.grab()
    picture.save(f"{SHOTS}/short-{width}.png") if SHOTS else None
    assert (picture.width(), picture.height()) == (width, height)
    assert nameless(person.editor.short) == []
