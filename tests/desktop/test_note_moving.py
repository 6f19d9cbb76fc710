"""Several lines of a note moved together by keys."""

import pytest
from PySide6.QtCore import Qt
from test_note_editor import ALT, K, Person

import worlds
from fieldwork.work.undoing import named, undo

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        someone.new()
        for text in "abcde":
            someone.line(text)
        someone.settle()
        yield someone
        someone.close()


def order(person):
    person.settle()
    stored = "".join(line.text for line in person.stored())
    assert "".join(row.text for row in person.editor.model.rows) == stored
    return stored


def test_lines_chosen_together_move_together_as_one_act(person):
    before = {line.id: (line.text, line.typed) for line in person.stored()}
    person.key(K.Key_Escape)
    person.key(K.Key_Home)
    person.key(K.Key_Down)
    person.key(K.Key_Down, SHIFT)
    assert list(person.editor.lines.together()) == [1, 2]
    person.key(K.Key_Down, ALT)
    assert order(person) == "adbce"
    person.key(K.Key_Down, ALT)
    assert order(person) == "adebc"
    person.key(K.Key_Down, ALT)
    assert order(person) == "adebc"
    for _ in range(3):
        person.key(K.Key_Up, ALT)
    assert order(person) == "bcade"
    assert {line.id: (line.text, line.typed) for line in person.stored()} == before
    assert named(person.workspace)[0].startswith("moving lines")
    undo(person.workspace)
    person.editor.read()
    assert order(person) == "abcde"


def test_an_arrow_alone_chooses_one_again(person):
    person.key(K.Key_Escape)
    person.key(K.Key_Home)
    person.key(K.Key_Down, SHIFT)
    person.key(K.Key_Down)
    assert list(person.editor.lines.together()) == [2]
    person.key(K.Key_Up, ALT)
    assert order(person) == "acbde"
