"""Themes on words of a line, put there by keys: chosen words stay, typing moves them, they are seen and heard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from test_note_editor import ALT, K, Person

import worlds
from fieldwork.work import notes

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        yield someone
        someone.close()


def on_words(person):
    """By text: the words of each line that carry a theme, and which."""
    found = {}
    for line in notes.lines_of(person.workspace, person.editor.session):
        text = line.record.text
        for words in line.marked:
            span = words.mark.span
            said = text[span.start : span.end] if span else None
            found.setdefault(text, []).extend((said, theme.name, tag.direction) for theme, tag in words.tags)
    return found


def choose(person, back, many):
    """Go some characters back and choose so many with Shift and the arrows."""
    for _ in range(back):
        person.key(K.Key_Left)
    for _ in range(many):
        person.key(K.Key_Right, SHIFT)


def test_a_theme_goes_on_chosen_words_by_keys_and_stays_on_them_while_the_line_is_typed(person):
    person.new()
    editor = person.editor
    person.type("They ")
    editor.live.text.insertPlainText("\U0001f600 ")  # no key types it here
    person.type("wait for files and go")
    choose(person, back=21, many=14)
    assert editor.live.text.textCursor().selectedText() == "wait for files"
    person.type("#")
    assert editor.offer.showing()
    person.type("re")
    editor.live.resize(editor.live.width() - 7, editor.live.height())  # what moves the line hides nothing
    assert editor.offer.showing()
    person.type("la")
    assert editor.live.words() == "They \U0001f600 wait for files and go"
    person.type("-")
    person.type("1")
    person.settle()
    assert not editor.offer.showing()
    text = "They \U0001f600 wait for files and go"
    assert on_words(person) == {text: [("wait for files", "relationships", "concern")]}
    assert "theme relationships, concern, on the words wait for files" in (
        editor.live.text.accessibleDescription()
    )
    assert [one.cursor.selectedText() for one in editor.live.text.extraSelections()] == ["wait for files"]
    person.key(K.Key_Home)
    person.type("Today ")
    for _ in range(len("They  wait ") + 1):
        person.key(K.Key_Right)
    person.type("long ")
    assert [one.cursor.selectedText() for one in editor.live.text.extraSelections()] == [
        "wait long for files"
    ]
    person.key(K.Key_End)
    person.key(K.Key_Return)
    person.settle()
    text = "Today They \U0001f600 wait long for files and go"
    assert on_words(person) == {text: [("wait long for files", "relationships", "concern")]}
    row = next(row for row in editor.model.rows if row.text == text)
    assert "theme relationships, concern, on the words wait long for files" in row.spoken()
    heard = editor.model.data(
        editor.model.index(editor.model.at(row.id), 0), Qt.ItemDataRole.AccessibleTextRole
    )
    assert "wait long for files" in heard
    # the line in two, through the words, and joined again
    editor._asked(editor.model.at(row.id))
    editor.live.text.put_cursor(text.index("for files"))
    person.key(K.Key_Return)
    person.settle()
    assert on_words(person) == {
        "Today They \U0001f600 wait long": [("wait long", "relationships", "concern")],
        "for files and go": [("for files", "relationships", "concern")],
    }
    editor.live.text.put_cursor(0)
    person.key(K.Key_Backspace)
    person.key(K.Key_End)
    person.key(K.Key_Return)
    person.settle()
    assert {said for said, _, _ in on_words(person)[text]} == {"wait long", "for files"}
    shown = next(row for row in editor.model.rows if row.text == text)
    assert {text[mark.start : mark.end] for mark in shown.words} == {"wait long", "for files"}


def test_escape_leaves_chosen_words_alone_and_words_taken_out_are_lost_not_moved(person):
    person.new()
    editor = person.editor
    person.type("files come and files go")
    choose(person, back=23, many=5)
    person.type("#")
    person.type("x")
    person.key(K.Key_Escape)
    assert editor.live.words() == "files come and files go" and not editor.offer.showing()
    assert editor.live.text.textCursor().selectedText() == "files"
    person.key(K.Key_End)
    person.type(" #re")
    assert editor.offer.showing() and editor.offer._completion._title.text().startswith("Themes with")
    for _ in range(4):
        person.key(K.Key_Backspace)
    choose(person, back=23, many=5)
    person.type("#1")
    person.settle()
    ((marked,),) = on_words(person).values()
    assert marked[0] == "files"
    person.key(K.Key_Home)
    while editor.live.words() != "files go":
        person.key(K.Key_Delete)
    person.key(K.Key_End)
    person.key(K.Key_Return)
    person.settle()
    assert [words[0] for words in on_words(person)["files go"]] == [None]
    row = next(row for row in editor.model.rows if row.text == "files go")
    assert "on words no longer found: files" in row.spoken()


def test_a_theme_reached_by_alt_and_the_arrows_takes_a_direction_and_how_it_is_known(person, monkeypatch):
    said = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    person.new()
    editor = person.editor
    person.type("They wait for files")
    choose(person, back=14, many=4)
    person.type("#1")
    person.settle()
    person.type(" #relationships+")
    person.key(K.Key_Space)
    person.settle()

    def known():
        (line,) = (one for one in notes.lines_of(person.workspace, editor.session) if one.marked or one.tags)
        tags = (
            [tag for _, tag in (*line.tags, *line.marked[0].tags)]
            if line.marked
            else [t for _, t in line.tags]
        )
        return [(tag.direction, tag.strength) for tag in tags]

    person.key(K.Key_Right, ALT)
    person.type("-")
    person.settle()
    person.key(K.Key_Right, ALT)
    assert "on the words wait" in said[-1]
    person.type("=2")
    person.settle()
    assert known() == [("concern", ""), ("mixed", "first_hand")]
    assert editor.live.words() == "They wait for files"
    person.key(K.Key_Delete)
    person.settle()
    assert known() == [("concern", "")]
    person.key(K.Key_End)
    person.type("x")  # back in the words
    assert editor.live.words() == "They wait for filesx"
