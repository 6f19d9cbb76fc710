"""What may be pasted into a note: kept as it is, said in one sentence where it is not, and never in the way."""

import os

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtTest import QTest
from stalls import StallProbe
from test_note_editor import Person

import worlds
from fieldwork.domain.faults import Fault
from fieldwork.domain.pasted import LONGEST_LINE, LONGEST_PASTE, pasted
from fieldwork.work.undoing import undo


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        yield someone
        someone.close()


def paste(person, text):
    data = QMimeData()
    data.setText(text)
    person.editor.live.text.insertFromMimeData(data)


@pytest.mark.parametrize(
    "text",
    [
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467 came",
        "\u202eright to left\u202c, \u05e9\u05dc\u05d5\u05dd and \u2068apart\u2069",
        "one\ttwo\tthree",
        "y dyn a ddwedodd \u0175 \u0177; caf\u0065\u0301",
    ],
)
def test_what_people_write_is_kept_to_the_character(person, text):
    person.new()
    paste(person, f"{text}\r\nsecond\r\n")
    person.settle()
    assert [line.text for line in person.stored()] == [text, "second"]
    assert person.told == []


def test_what_is_no_writing_is_left_out_and_counted():
    said = pasted("a\x00b\x1bc\ufffc\rd\x85e\ud83d!")
    assert [text for text, _ in said.lines] == ["abc", "d", "e\ufffd!"]
    assert said.told == "Pasted; 3 control signs were left out and 1 broken character is shown as \ufffd."


def test_one_sentence_says_what_was_left_out(person):
    person.new()
    paste(person, "a bell\x07 rang\nand again")
    person.settle()
    assert [line.text for line in person.stored()] == ["a bell rang", "and again"]
    assert person.told == ["Pasted; 1 control sign was left out."]


@pytest.mark.parametrize(
    ("text", "word"),
    [("x" * 10_000_000, "10,000,000"), ("a\n" * 5001, "5,001"), ("x" * (LONGEST_LINE + 1), "20,001")],
)
def test_what_is_too_much_changes_nothing(person, text, word):
    person.new()
    person.type("under the fingers")
    paste(person, text)
    person.settle()
    assert len(person.told) == 1 and word in person.told[0] and "nothing was pasted" in person.told[0]
    assert person.editor.live.row.text == "under the fingers"
    assert len(person.editor.model.rows) == 1


def test_as_much_as_may_be_is_taken():
    assert len(pasted("x" * 199 + "\n" + ("y" * 999 + "\n") * 999).lines) == 1000
    with pytest.raises(Fault):
        pasted("x" * (LONGEST_PASTE + 1))


LINES = 5000 if os.environ.get("FIELDWORK_LONG") else 1000  # half a minute, else a few seconds


def test_thousands_of_lines_are_one_act_and_the_keyboard_goes_on(person):
    """The line typed next is there at once and stands behind all that was pasted."""
    person.new()
    person.line("before")
    person.settle()
    with StallProbe(100) as probe:
        paste(person, "\r\n".join(f"{n} said this #relationships+ and that" for n in range(LINES)))
        person.type("typed at once")
        QTest.qWait(300)
    person.settle()
    print(f"{LINES:,} lines pasted: worst gap {probe.worst_ms:.0f} ms")
    person.editor.leave_line()
    person.settle()
    stored = person.stored()
    assert len(stored) == LINES + 2 == len({line.id for line in stored})
    assert stored[1].text == "0 said this and that" and stored[1].typed
    assert (stored[0].text, stored[-1].text) == ("before", "typed at once")
    assert [row.text for row in person.editor.model.rows] == [line.text for line in stored]
    undo(person.workspace)
    undo(person.workspace)
    assert [line.text for line in person.stored()] == ["before"]
    assert person.drafts() == []


def test_closing_waits_for_what_is_being_taken_apart(person):
    person.new()
    paste(person, "one\ntwo")
    assert person.page.unsaved()
    person.settle()
    assert not person.page.unsaved()
