"""Several suspects and submissions on the marking pane, by keys."""

import pytest
from marking_kit import SHIFT, desk_over, enter, escape, files_window, opened, press, settle, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.work import examining, files
from fieldwork.work.inspections import new_inspection

FORM = """
| survey | | | | | |
| | type | name | label | relevant | repeat_count |
| | begin group | A | Case facts | | |
| | integer | many | How many submissions? | | |
| | end group | | | | |
| | begin repeat | suspect | Suspect | | |
| | select_one yn | S01 | Was the suspect interviewed? | | |
| | text | S02 | Why not? | ${S01} = 'N' | |
| | end repeat | | | | |
| | begin repeat | submission | Submission | | ${many} |
| | select_one yn | T01 | Was it complete? | | |
| | end repeat | | | | |
| choices | | | |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
| | yn | NA | Not applicable |
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    form = tmp_path / "form.md"
    form.write_text(FORM, "utf-8")
    workspace = new_inspection(
        tmp_path / "a.fieldwork", "x", title="T", lead="HMCPSI", partner="HMICFRS", questions=form
    )
    files.add_case_file(workspace, reference="F-1", stratum="one")
    with desk_over(workspace) as desk:
        yield desk


def test_suspects_are_added_answered_walked_and_dropped_by_keys(qtbot, desk):
    window = files_window(qtbot, desk)
    pane = opened(window, "F-1")
    view = pane.question

    def kept():
        held = examining.open_file(desk.workspace, pane.pane.file.id)
        return {held.called(place): answer.value for place, answer in held.answers.items() if answer.value}

    def rows():
        return [(row.title, row.trail) for row in pane.sections.list.rows]

    assert rows() == [("Case facts", "0/1"), ("Suspect: none yet", "+")]
    assert view.several.text() == "One more: Suspect"
    pane.finish()
    assert ("Suspect", "Enter adds one") in [(row.title, row.sub) for row in pane.finish_panel.list.rows]
    pane.back()
    write("2")
    enter()
    settle(desk)
    assert view.head.code.text() == "T01, Submission 1"
    press("+")
    settle(desk)
    assert view.head.code.text() == "S01, Suspect 1"
    press("2")
    assert view.head.code.text() == "S02, Suspect 1"
    write("Left the country.")
    enter()
    settle(desk)
    assert view.head.code.text() == "T01, Submission 1"
    pane.go_to("many")
    escape()
    press("+")
    settle(desk)
    assert view.head.code.text() == "S01, Suspect 2"
    press("1")
    assert view.head.code.text() == "T01, Submission 1"
    press("1")
    assert view.head.code.text() == "T01, Submission 2"
    press("[")
    assert view.head.code.text() == "T01, Submission 1"
    press("]")
    settle(desk)
    assert view.head.code.text() == "T01, Submission 2"
    assert rows() == [
        ("Case facts", "\u2713"),
        ("Suspect 1", "\u2713"),
        ("Suspect 2", "\u2713"),
        ("Submission 1", "\u2713"),
        ("Submission 2", "0/1"),
    ]
    for typed, there in (("s01 2", "S01, Suspect 2"), ("S01", "S01, Suspect 2"), ("S01 1", "S01, Suspect 1"),
                         ("t1 2", "T01, Submission 2")):  # fmt: skip
        press("g")
        write(typed)
        enter()
        settle(desk)
        assert view.head.code.text() == there, typed
    press("g")
    write("S01 3")
    assert "is not asked" in pane.extras.panel.below.text()
    escape()
    assert kept() == {
        "many": "2",
        "S01, Suspect 1": "N",
        "S02, Suspect 1": "Left the country.",
        "S01, Suspect 2": "Y",
        "T01, Submission 1": "Y",
    }
    press(Qt.Key.Key_Delete, modifiers=SHIFT)
    assert pane.extras.panel is None
    assert view.news.text() == "How many there are follows from other answers; nothing is dropped here."
    pane.go_to(next(q.code for q in pane.pane.asked if pane.pane.called(q.code) == "S01, Suspect 1"))
    press(Qt.Key.Key_Delete, modifiers=SHIFT)
    panel = pane.extras.panel
    assert panel.label.text() == "Why is Suspect 1 dropped?"
    assert panel.below.text().startswith("Its 2 answers go with it.")
    enter()
    assert panel.below.text() == "A few words are needed."
    write("Entered twice.")
    enter()
    settle(desk)
    assert [row[0] for row in rows()] == ["Case facts", "Suspect 1", "Submission 1", "Submission 2"]
    assert kept()["S01, Suspect 1"] == "Y"
    assert pane.pane.at(pane.here) is not None
    assert QApplication.focusWidget() is view.head
    for _ in range(2):
        press("+")
        settle(desk)
    assert view.head.code.text() == "S01, Suspect 3"
    press("x")
    panel = pane.extras.panel
    assert panel.label.text() == "Why does the rest of Suspect 3 not apply?"
    assert panel.below.text() == "Not applicable: S01, Suspect 3"
    write("Not charged.")
    enter()
    settle(desk)
    assert kept()["S01, Suspect 3"] == "NA" and "S01, Suspect 2" not in kept()
    for factor in (1.0, 2.0):
        appearance.apply("light", factor)
        window.resize(640, 800)
        settle(desk)
        code = pane.head.code if factor == 2.0 else view.head.code
        rest = code.heightForWidth(code.width()) if code.hasHeightForWidth() else code.sizeHint().height()
        words = max(code.fontMetrics().horizontalAdvance(word) for word in code.text().split())
        assert code.isVisible() and code.width() >= words and code.height() >= rest
        assert code.hasHeightForWidth() or code.width() >= code.sizeHint().width()
    press("x")
    settle(desk)
    panel = pane.extras.panel
    assert panel.label.width() > panel.field.width() * 0.8, "the question is not squeezed beside the keys"
    escape()
    appearance.apply("light", 1.0)
    window.resize(640, 800)
    settle(desk)
    assert pane.where.name.isVisible() and not pane.where.letter.isVisible()
