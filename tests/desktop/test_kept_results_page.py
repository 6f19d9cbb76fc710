"""Results kept and set against others by keys: saved, opened as saved, compared, earlier ones brought in."""

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from test_results_page import Window

from counted import examined_inspection
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.kept_words import day
from fieldwork.work import files, saved_results

KEY = Qt.Key


@pytest.fixture
def bench(qtbot, tmp_path):
    workspace = examined_inspection(tmp_path)
    made = Window(qtbot, workspace)
    made.workspace = workspace
    yield made
    appearance.apply("light", 1.0)
    made.window.close()
    made.settle()
    workspace.close()


def typed(bench, form, **texts):
    for name, text in texts.items():
        form.put(**{name: text})
    bench.press(KEY.Key_Return)


def test_a_table_is_saved_opened_and_compared_by_keys(bench, tmp_path):
    page = bench.page
    bench.press(KEY.Key_B, KEY.Key_S)
    assert bench.window.focusWidget() is page.save_form.widgets["title"]
    assert page.save_form.title.text() == "Save every question, by body, as it stands now"
    bench.press(KEY.Key_Return)
    assert page.save_form.problem.text().startswith("Give the saved results a title")
    typed(bench, page.save_form, title="Before the check")
    assert not page.save_form.isVisible() and bench.window.focusWidget() is page.bars
    assert bench.said().startswith("Saved at") and "as Before the check;" in bench.said()
    (saved,) = saved_results.saved_tables(bench.workspace)

    bench.press(KEY.Key_C)
    reports = bench.window.page("Reports")
    kept = reports.kept
    assert reports.here() is kept and bench.window.focusWidget() is kept.list
    assert [row.title for row in kept.list.rows] == ["Saved here", "Before the check"]
    assert f" by {bench.workspace.identity.person}" in kept.list.rows[1].spoken()
    assert saved.digest[:16] in kept.list.rows[1].spoken() and day(saved.day) in kept.list.rows[1].spoken()
    bench.press(KEY.Key_Return)
    assert bench.window.focusWidget() is kept.grid and saved.digest in kept.head.sub.text()
    was = [[cell.text for cell in row.cells] for row in kept.grid.grid.rows]
    assert ["B01  The plan fits the case, P33"] in was and ["fully met", "2 of 2", "\u2013"] in [
        row[:3] for row in was
    ]
    assert ["not applicable", "1", "\u2013", ""] in was
    words = "P33 B01 fully met: 2 of 2, not drawn at random: counts only."  # for who does not see the table
    assert kept.grid.go_to(words) and kept.said.text() == words

    file = files.find_file(bench.workspace, "A-R-005")
    bench.desk.act(files.describe_case_file, file=file.id, force="P33")
    bench.settle()
    bench.press(KEY.Key_C)
    assert "figures have moved" in kept.head.sub.text()
    rows = [[cell.text for cell in row.cells] for row in kept.grid.grid.rows]
    assert ["Leicestershire Police, not met", "0 of 2", "1 of 3"] in rows
    spoken = "B01 Leicestershire Police, not met: then 0 of 2, now 1 of 3."
    assert kept.grid.go_to(spoken) and kept.said.text() == spoken
    bench.press(KEY.Key_C)  # and back: what was saved has not changed
    assert [[cell.text for cell in row.cells] for row in kept.grid.grid.rows] == was
    bench.press(KEY.Key_Escape)
    assert kept.opened is None and bench.window.focusWidget() is kept.list

    bench.press(KEY.Key_I)
    form = kept.form
    assert bench.window.focusWidget() is form.widgets["file"]
    list_ = tmp_path / "earlier.csv"
    list_.write_text("question,fully,partially,not_met,n\nB01,4,12,4,21\n", "utf-8")
    typed(bench, form, file=str(list_), source="Phase 1", drawn="random")
    assert "row 2, column n: 4 + 12 + 4 makes 20, not 21" in form.problem.text()
    list_.write_text("question,fully,partially,not_met,n\nB01,4,12,4,20\n", "utf-8")
    typed(bench, form)
    assert not form.isVisible() and [row.title for row in kept.list.rows if not row.head] == [
        "Before the check", "Phase 1",
    ]  # fmt: skip
    bench.press(KEY.Key_Down, KEY.Key_C)
    assert kept.head.title.text() == "Phase 1"
    first = kept.grid.grid.rows[1].cells
    assert [cell.text for cell in first] == [
        "fully met", "20.0% (4 of 20)", "2 of 4", "not drawn at random: counts only",
    ]  # fmt: skip
    assert first[2].spoken.endswith("then 20.0% (4 of 20), now 2 of 4. Not drawn at random: counts only.")
    for size, factor in (((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)):
        appearance.apply("light", factor)
        bench.window.resize(*size)
        bench.settle()
        assert nameless(bench.window) == [] and too_small(bench.window) == [] and unreached(kept) == []
        assert bench.window.width() == size[0]
        bench.press(KEY.Key_Escape)
        assert unreached(kept) == [] and kept.list.isVisible()
        bench.press(KEY.Key_Return)
    bench.press(KEY.Key_Escape, KEY.Key_Escape)
    assert reports.here() is page
