"""What others do while a file is marked: a new version of the set, the file taken back; and a very long reason."""

import pytest
from marking_kit import write
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import laptops
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.store.conflicting import conflicts
from fieldwork.store.drafts import Drafts
from fieldwork.work import examining, files, undoing
from marking_world import SURVEY, form, put_in_use, three_laptops

LONG = "It was not said why. " * 50_000  # a megabyte


@pytest.fixture
def bench(qtbot, tmp_path):
    lead, other, third = three_laptops(tmp_path, per_stratum=2)
    made = Bench(qtbot, other, "Files", FilesPage)
    made.desk.drafts = Drafts(other)
    made.lead = lead
    made.settle()
    yield made
    made.desk.lanes.wait_idle(60_000)
    made.desk.drafts.close()
    made.window.close()
    for one in (lead, other, third):
        one.close()


def marking(bench, reference, question):
    bench.page.open((files.find_file(bench.desk.workspace, reference).id, question))
    bench.settle()
    assert bench.page.marking.here == question
    return bench.page.marking


def brought(bench):
    """What the lead did comes in while the pane stands open."""
    laptops.give(bench.lead, bench.desk.workspace)
    bench.desk.changed.emit(None)
    bench.settle()


def held(bench, reference):
    return examining.open_file(bench.desk.workspace, files.find_file(bench.desk.workspace, reference).id)


def test_a_new_version_leaves_the_file_begun_as_it_is_and_the_words_where_they_are(bench, tmp_path):
    marking(bench, "V1", "A01")
    bench.press("1")
    pane = marking(bench, "V1", "B01")
    bench.press("3")
    write("The summary was")
    without = "".join(line for line in SURVEY.splitlines(keepends=True) if "| B01 |" not in line)
    put_in_use(bench.lead, tmp_path, form("2", without))
    brought(bench)
    assert pane.here == "B01" and pane.question.reason.text() == "The summary was"
    assert QApplication.focusWidget() is pane.question.reason
    write(" missing.")
    bench.press(Qt.Key.Key_Return)
    given = held(bench, "V1")
    assert (given.answer("B01").value, given.answer("B01").reason) == ("NM", "The summary was missing.")
    assert given.answer("A01").value == "Y"
    assert "B01" not in {one.code for one in held(bench, "V2").questions.questions}


def test_a_file_taken_back_while_it_is_marked_stays_with_what_was_typed(bench):
    files.add_case_file(bench.lead, reference="X1", stratum="rasso")
    brought(bench)
    marking(bench, "X1", "B01")
    bench.press("3")
    write("Nobody had")
    undoing.undo(bench.lead)
    brought(bench)
    write(" signed.")
    bench.press(Qt.Key.Key_Return)
    assert held(bench, "X1").answer("B01").reason == "Nobody had signed."
    assert [one.what for one in conflicts(bench.desk.workspace)] == ["deleted"]


def test_a_reason_of_a_megabyte_is_kept_whole(bench):
    marking(bench, "V1", "B01")
    bench.press("3")
    write(LONG)
    bench.press(Qt.Key.Key_Return)
    assert held(bench, "V1").answer("B01").reason == LONG.strip()
