"""Spelling in the live line: quiet lines, put right by keys, and nothing of what is typed changed by itself."""

import pytest
from marking_kit import write
from PySide6.QtCore import Qt
from test_note_editor import Person

from fieldwork.desktop.pages.note_spelling import UNDERLINES
from fieldwork.domain.note_records import KnownWord
from fieldwork.domain.records import NoteLine
from fieldwork.store.reading import records
from worlds import small_inspection

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def person(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Person(small_inspection(tmp_path))
    made.key(K.Key_N, CTRL)
    made.editor.spelling.load()
    made.settle()
    yield made
    made.close()
    made.workspace.close()


def lined(person):
    """The words with a line under them, and whether it is that of names."""
    text = person.editor.live.text
    found = []
    for one in text.document().begin().layout().formats():
        style = one.format.underlineStyle()
        raw = text.toPlainText().encode("utf-16-le")[one.start * 2 : (one.start + one.length) * 2]
        word = raw.decode("utf-16-le")
        found += [(word, personal) for personal, (look, _) in UNDERLINES.items() if look == style]
    return found


def test_a_word_is_underlined_once_it_is_left_and_put_right_by_keys(person):
    person.type("we recieve")
    assert lined(person) == []  # still being typed
    person.type(" teh colour file")
    assert lined(person) == [("recieve", False), ("teh", False)]
    person.key(K.Key_Home)
    person.key(K.Key_Period, CTRL)
    person.settle()
    person.window.grab()
    offer = person.editor.live.text.spelling
    assert offer.isVisible()
    person.key(K.Key_Return)
    assert person.editor.live.text.toPlainText() == "we receive teh colour file"
    assert lined(person) == [("teh", False)]
    person.key(K.Key_Period, CTRL)
    person.key(K.Key_Escape)
    assert not offer.isVisible()
    person.type("x")  # a key that is not of the list is typed
    assert "x" in person.editor.live.text.toPlainText()
    person.key(K.Key_Backspace)
    person.key(K.Key_End)
    person.key(K.Key_Return)
    person.settle()
    assert [one.text for one in records(person.workspace, NoteLine)][-1] == "we receive teh colour file"


def test_a_word_becomes_the_teams_and_a_name_is_lined_otherwise(person):
    person.type("the snorple met Patricia Jones today")
    assert lined(person) == [("snorple", False), ("Patricia Jones", True)]
    person.key(K.Key_Home)
    person.key(K.Key_Period, CTRL)
    person.settle()
    person.type(str(len(person.editor.spelling._offered)))  # the last: add it
    person.settle()
    assert [one.word for one in records(person.workspace, KnownWord)] == ["snorple"]
    assert lined(person) == [("Patricia Jones", True)]
    person.editor.spelling.switch()
    assert lined(person) == []
    person.editor.spelling.switch()
    person.settle()
    assert lined(person) == [("Patricia Jones", True)]


def test_nothing_is_offered_where_every_word_is_known(person):
    person.type("every word is known")
    person.key(K.Key_Period, CTRL)
    assert person.editor.spelling.told.isVisible()
    write(" \U0001f600 teh \u202efile")
    assert lined(person) == [("teh", False)]
