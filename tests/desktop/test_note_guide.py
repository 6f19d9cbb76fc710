"""The topic guide beside a note: read from a file, ticked by keys, what is left stands out."""

import os

import pytest
from accessibility import nameless, too_small
from PySide6.QtWidgets import QApplication
from test_note_editor import ALT, K, Person

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import CoveredTopic, GuideTopic
from fieldwork.store.reading import records
from fieldwork.work.guides import cover_topic, read_guide, set_guide
from fieldwork.work.undoing import named, undo

SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at
TEXT = "Roles and training\n  - since when\n  - who taught them\nThe portal\nFeedback on files\n"


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        someone.folder = tmp_path
        yield someone
        someone.close()


def guided(person):
    person.open("Focus group, response constables")
    path = person.folder / "Response officers.txt"
    path.write_text(TEXT)
    person.editor.read_guide(path)
    person.settle()
    return person.editor.side.guide


def test_a_guide_is_read_in_and_ticked_while_one_types(person):
    """Alt and a digit ticks without leaving the line; what is left is counted."""
    box = guided(person)
    assert box.isVisible() and box.title.text() == "Response officers"
    assert box.sub.text() == "3 of 3 not covered yet."
    assert [(row.title, row.sub) for row in box.list.rows] == [
        ("Roles and training", "since when \u00b7 who taught them"),
        ("The portal", ""),
        ("Feedback on files", ""),
    ]
    person.editor.take_focus()
    person.type("the portal is")
    person.key(K.Key_2, ALT)
    person.settle()
    person.type(" slow")
    assert person.editor.live.row.text == "the portal is slow"
    assert box.sub.text() == "2 of 3 not covered yet."
    assert [row.done for row in box.list.rows] == [False, True, False]
    assert named(person.workspace)[0].startswith("ticking off a topic")
    undo(person.workspace)
    assert not any(one.covered for one in records(person.workspace, CoveredTopic))


def test_shift_f6_goes_there_space_ticks_and_escape_comes_back(person):
    box = guided(person)
    person.editor.show_guide()
    assert QApplication.focusWidget() is box.list
    person.key(K.Key_Space)
    person.settle()
    assert box.list.rows[0].done
    person.key(K.Key_Space)
    person.settle()
    assert not box.list.rows[0].done
    person.key(K.Key_Escape)
    assert QApplication.focusWidget() is person.editor.live.text


def test_a_guide_read_again_keeps_what_was_ticked(person):
    box = guided(person)
    box.tick(1)
    person.settle()
    path = person.folder / "Response officers.csv"
    path.write_text("topic,prompts\nThe portal,logins\nVictims,\n")
    person.editor.read_guide(path)
    person.settle()
    shown = [(row.title, row.sub, row.done) for row in box.list.rows]
    assert shown == [("The portal", "logins", True), ("Victims", "", False)]


def test_a_guide_stands_beside_sessions_of_its_method(person):
    set_guide(person.workspace, title="Groups", topics=["One"], methods="focus_group")
    person.open("Focus group, response constables")
    assert person.editor.side.guide.title.text() == "Groups"
    person.new()
    assert not person.editor.side.guide.isVisible()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.docx", "x", "no text or CSV"),
        ("a.txt", "", "no topic"),
        ("a.csv", "subject\nx\n", 'no column "topic"'),
        ("a.txt", "Twice\nTwice\n", "twice"),
        ("a.txt", "\n".join(map(str, range(61))), "60 at most"),
        ("a.txt", "a\0b", "no topic guide"),
        ("a.txt", "x" * 201, "200 at most"),
    ],
)
def test_what_is_no_guide_changes_nothing(person, name, text, says):
    path = person.folder / name
    path.write_text(text)
    with pytest.raises(Fault, match=says):
        read_guide(person.workspace, path)
    with pytest.raises(Fault, match="cannot be read"):
        read_guide(person.workspace, person.folder / "nowhere.txt")
    assert records(person.workspace, GuideTopic) == []


def test_a_note_of_which_nothing_is_stored_says_what_to_do(person):
    set_guide(person.workspace, title="Any", topics=["One"])
    with pytest.raises(Fault, match="first line"):
        cover_topic(person.workspace, session=bytes(16), topic=records(person.workspace, GuideTopic)[0].id)


@pytest.mark.parametrize("shape", [(1280, 800, 1.0), (1280, 800, 2.0)])
def test_pictures(person, shape):
    width, height, factor = shape
    box = guided(person)
    box.tick(0)
    person.window.resize(width, height)
    appearance.apply("light", factor)
    person.settle()
    picture = person.window.grab()
    picture.save(f"{SHOTS}/guide-{round(factor * 100)}.png") if SHOTS else None
    assert (picture.width(), picture.height()) == (width, height)
    assert nameless(person.window) == [] and too_small(person.window) == []
