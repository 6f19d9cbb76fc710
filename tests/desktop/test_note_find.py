"""Find and replace within a note, by keys."""

import os

import pytest
from accessibility import nameless, too_small
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from test_note_editor import CTRL, K, Person

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.note_find import places_in, replaced_in
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.desktop.pages.note_words import WordMark
from fieldwork.work import notes
from fieldwork.work.excerpts import tag_words
from fieldwork.work.themes import find_theme
from fieldwork.work.undoing import named, undo

SHIFT = Qt.KeyboardModifier.ShiftModifier
SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        someone.new()
        for text in ("the gatekeeper sent it back", "> Gatekeeper, gatekeeper", "nobody else"):
            someone.line(text)
        someone.settle()
        yield someone
        someone.close()


def chosen(person):
    live = person.editor.live
    return live.row.text, live.text.selected()


def test_enter_goes_from_place_to_place_and_round(person):
    person.key(K.Key_F, CTRL)
    person.type("gatekeeper")
    bar = person.editor.finder
    assert bar.said.text().startswith("3 in this note.")
    seen = []
    for _ in range(4):
        person.key(K.Key_Return)
        seen.append((*chosen(person), bar.said.text().split(" Enter")[0]))
    assert seen == [
        ("the gatekeeper sent it back", (4, 14), "1 of 3."),
        ("Gatekeeper, gatekeeper", (0, 10), "2 of 3."),
        ("Gatekeeper, gatekeeper", (12, 22), "3 of 3."),
        ("the gatekeeper sent it back", (4, 14), "1 of 3."),
    ]
    person.key(K.Key_Return, SHIFT)
    assert chosen(person) == ("Gatekeeper, gatekeeper", (12, 22))
    person.key(K.Key_Escape)
    assert not bar.isVisible() and QApplication.focusWidget() is person.editor.live.text
    person.key(K.Key_F3)
    assert chosen(person) == ("the gatekeeper sent it back", (4, 14))


def test_one_is_replaced_and_all_are_one_act(person):
    """What is typed in the other field takes the place of the words chosen; all at once is one undo."""
    person.key(K.Key_F, CTRL)
    person.type("gatekeeper")
    person.key(K.Key_Return)
    person.editor.finder.instead.setFocus()
    person.type("reviewer")
    person.key(K.Key_Return)
    person.settle()
    assert person.stored()[0].text == "the reviewer sent it back"
    assert named(person.workspace)[0].startswith("replacing words")
    person.editor.finder.all.setFocus()
    person.key(K.Key_Space)
    person.settle()
    assert person.stored()[1].text == "reviewer, reviewer"
    assert person.editor.finder.said.text() == "2 replaced in 1 line."
    undo(person.workspace)
    assert person.stored()[1].text == "Gatekeeper, gatekeeper"
    undo(person.workspace)
    assert person.stored()[0].text == "the gatekeeper sent it back"


def test_themes_stay_on_their_words(person):
    theme = find_theme(person.workspace, "relationships")
    line = person.stored()[0]
    for start, end in ((4, 14), (15, 19)):
        tag_words(
            person.workspace, target=line.id, start=start, end=end, words=line.text[start:end], theme=theme.id
        )
    person.editor.read()
    person.settle()
    person.key(K.Key_F, CTRL)
    person.type("gatekeeper")
    person.editor.finder.instead.setText("case reviewer")
    person.editor.finder.replace_all()
    person.settle()
    stored = notes.lines_of(person.workspace, person.editor.session)[0]
    text = stored.record.text
    assert [text[m.mark.span.start : m.mark.span.end] for m in stored.marked] == ["case reviewer", "sent"]


def test_what_is_not_replaced_is_said():
    """A colleague's words stay theirs, and no line is emptied by it."""
    rows = [
        NoteRow(b"1", "a", "file"),
        NoteRow(b"2", "b", "a file", by="Priya"),
        NoteRow(b"3", "c", "a.file"),
    ]
    found = replaced_in(rows, "file", "")
    assert ([row.text for row in found.rows], found.places, found.left) == (["a."], 1, 2)
    assert places_in(rows, ".") == [(2, 1, 2)] and places_in(rows, "") == []


def test_marks_on_parts_of_what_is_replaced():
    mark = WordMark(b"x", 2, 6, b"t", "T", "neutral")
    row = NoteRow(b"1", "a", "aabbccdd", words=(mark,))
    for words, instead, expected in (
        ("bb", "xyz", (2, 7)),
        ("aab", "-", (0, 4)),
        ("cdd", "-", (2, 6)),
        ("bbcc", "", (0, 0)),
        ("dd", "longer", (2, 6)),
        ("aa", "", (0, 4)),
    ):
        (after,) = replaced_in([row], words, instead).rows
        assert (after.words[0].start, after.words[0].end) == expected, words


def test_nowhere_is_said_and_changes_nothing(person):
    person.key(K.Key_F, CTRL)
    person.type("zebra(")
    person.key(K.Key_Return)
    person.editor.finder.replace_all()
    assert person.editor.finder.said.text().startswith("0 replaced")
    assert named(person.workspace)[0].startswith("line")


@pytest.mark.parametrize("shape", [(1280, 800, 1.0), (640, 900, 2.0)])
def test_pictures(person, shape):
    width, height, factor = shape
    person.key(K.Key_F, CTRL)
    person.type("gatekeeper")
    person.key(K.Key_Return)
    person.window.resize(width, height)
    appearance.apply("light", factor)
    person.settle()
    picture = person.window.grab()
    picture.save(f"{SHOTS}/find-{width}.png") if SHOTS else None
    assert (picture.width(), picture.height()) == (width, height)
    assert nameless(person.editor.finder) == [] and too_small(person.editor.finder) == []
