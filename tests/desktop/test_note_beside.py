"""Two inspectors' notes of one session: interleaved by time, or side by side."""

import os

import pytest
from test_note_editor import K, Person

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import new_id
from fieldwork.store.recording import Change, record

SHOTS = os.environ.get("FIELDWORK_SHOTS")  # a folder to look at


@pytest.fixture
def person(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as workspace:
        someone = Person(workspace)
        session = someone.open("Focus group, response constables")
        first = min(line.typed for line in someone.stored())
        for n, text in enumerate(
            ("Priya heard the same, and that the tool crashes twice a shift", "> and this")
        ):
            fields = {
                "session": session, "place": f"zz{n}", "text": text, "author": "Priya", "typed": first + 60_000 + n,
            }  # fmt: skip
            record(workspace, "note", [Change(NoteLine.kind, new_id(), fields)])
        someone.editor.read()
        someone.settle()
        yield someone
        someone.close()


def side_by_side(person):
    for _ in range(3):
        person.key(K.Key_F7)
    person.settle()


def test_f7_comes_to_the_notes_side_by_side_in_the_order_of_time(person):
    side_by_side(person)
    editor = person.editor
    assert editor.view == "Side by side" and editor.lines.apart
    rows = [row for row in editor.model.rows if row.typed]
    assert [row.typed for row in rows] == sorted(row.typed for row in rows)
    assert [bool(row.by) for row in rows[:3]] == [False, True, True]
    person.key(K.Key_F7)
    assert editor.view == "Everybody" and not editor.lines.apart


def test_a_narrow_window_puts_them_below_one_another(person):
    side_by_side(person)
    lines = person.editor.lines
    assert lines._column() == lines.viewport().width() // 2
    person.window.resize(640, 900)
    person.settle()
    assert lines._column() == lines.viewport().width()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_pictures(person, look):
    side_by_side(person)
    appearance.apply(look, 1.0)
    person.settle()
    person.editor.lines.verticalScrollBar().setValue(0)
    picture = person.window.grab()
    picture.save(f"{SHOTS}/beside-{look}.png") if SHOTS else None
    assert (picture.width(), picture.height()) == (1280, 800)
