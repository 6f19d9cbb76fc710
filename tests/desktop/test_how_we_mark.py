"""How we mark, on the marking pane: written by a key, shown below the guidance, withdrawn."""

import pytest
from accessibility import nameless
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.kit import Text
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.work import files, marking_notes
from worlds import small_inspection


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, small_inspection(tmp_path), "Files", FilesPage)
    yield made
    made.close()


def texts(part):
    return [one.text() for one in part.findChildren(Text)]


def test_a_note_is_written_shown_under_the_guidance_and_withdrawn_by_keys(bench):
    marking = bench.page.marking
    bench.page.open((files.find_file(bench.workspace, "A-V-001").id, "D04"))
    bench.settle()
    assert marking.here == "D04" and not marking.question.notes.isVisible()
    bench.press("n")
    QTest.keyClicks(bench.window.focusWidget(), "A summary without dates is partially met.")
    bench.press(Qt.Key.Key_Return)
    (note,) = marking_notes.notes_of(bench.workspace, "D04")
    assert note.text == "A summary without dates is partially met."
    assert marking.extras.panel is None
    (quiet,) = texts(marking.question.notes)
    assert quiet.startswith("How we mark: 1 note of ")
    bench.press("?")
    assert note.text in texts(marking.question.notes) and nameless(bench.window) == []
    bench.press("j")
    assert not marking.question.notes.isVisible()
    bench.press("k")
    bench.press("n")
    bench.press(Qt.Key.Key_Tab)
    bench.press(Qt.Key.Key_Delete)
    assert marking_notes.notes_of(bench.workspace, "D04") == () and not marking.question.notes.isVisible()
    bench.press(Qt.Key.Key_Escape)
    assert marking.extras.panel is None
