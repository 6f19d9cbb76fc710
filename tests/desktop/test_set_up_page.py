"""Set-up: a workbook read in with its difference first, the set written out, a sample drawn and a file replaced."""

from pathlib import Path

import pytest
from accessibility import nameless, too_small, unreached
from openpyxl import load_workbook
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.kit import Card
from fieldwork.desktop.pages.set_up import SetUpPage
from fieldwork.domain.records import DrawnCase, QuestionSetVersion
from fieldwork.questions.reading import read_form
from fieldwork.questions.writing import write_form
from fieldwork.store.reading import records
from fieldwork.work import undoing
from fieldwork.work.examining import question_set
from worlds import NOW, small_inspection


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, small_inspection(tmp_path), "Set-up", lambda desk: SetUpPage(desk, lambda: NOW))
    yield made
    made.close()


def changed(workspace, folder: Path, old: str, new: str) -> Path:
    """The set in use with one text of its workbook changed."""
    path = folder / "changed.xlsx"
    write_form(question_set(workspace), path)
    workbook = load_workbook(path)
    for sheet in workbook.worksheets:
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            if cell.value == old:
                cell.value = new
    workbook["settings"]["C2"] = "2"
    workbook.save(path)
    return path


def said(bench) -> str:
    """What the detail beside the list says."""
    return "\n".join(label.text() for label in bench.page.questions.detail.findChildren(QLabel))


def test_the_set_is_read_question_by_question_written_out_and_printed(bench, tmp_path):
    view = bench.page.questions
    assert view.head.sub.text() == "version 1, in use: 75 questions in 14 sections"
    assert view.list.rows[0].title == "Case facts (6)"
    assert QApplication.focusWidget() is view.list
    place = next(i for i, row in enumerate(view.list.rows) if row.ident == "B04")
    view.list.go(place)
    assert "What was the main weakness in supervision?" in said(bench)
    assert "B03 is \u201cPartially met\u201d or \u201cNot met\u201d" in said(bench)
    assert "late  Late" in said(bench)
    for key, name in ((Qt.Key.Key_W, "out.xlsx"), (Qt.Key.Key_P, "form.pdf")):
        bench.press(key)
        view.writing.put(path=str(tmp_path / name))
        bench.press(Qt.Key.Key_Return)
        assert view.said.text() == f"Written at 14:03:00: {tmp_path / name}"
    assert read_form(tmp_path / "out.xlsx") == question_set(bench.workspace)
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")
    bench.press(Qt.Key.Key_W)
    view.writing.put(path=str(tmp_path / "out.xlsx"))
    bench.press(Qt.Key.Key_Return)
    assert "is there already" in view.writing.problem.text()


def test_a_workbook_shows_its_difference_first_and_takes_the_place_unless_a_code_is_used_again(
    bench, tmp_path
):
    view = bench.page.questions
    path = changed(bench.workspace, tmp_path, "Which route did the case take?", "Which way did the case go?")
    bench.press(Qt.Key.Key_I)
    bench.type(QApplication.focusWidget(), "gone.xlsx")
    bench.press(Qt.Key.Key_Return)
    assert "gone.xlsx is not there" in view.reading.problem.text()
    view.reading.put(path=str(path))
    bench.press(Qt.Key.Key_Return)
    assert [row.title for row in view.pairs.rows] == ["Reworded (1)", "A01, wording"]
    assert "Which way did the case go?" in view.detail.findChildren(Card)[1].accessibleName()
    assert len(records(bench.workspace, QuestionSetVersion)) == 1
    bench.press(Qt.Key.Key_Escape)
    assert view.compared is None and question_set(bench.workspace).version == "1"
    bench.press(Qt.Key.Key_I)
    bench.press(Qt.Key.Key_Return)
    bench.press_with(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert question_set(bench.workspace).version == "2"
    assert view.said.text().startswith("Version 2 is in use since 14:03:00.")
    assert [row.trail for row in view.versions.rows] == ["in use", ""]
    bench.press(Qt.Key.Key_C)
    assert view.head.title.text() == "From version 1 to version 2, which is in use"
    bench.press(Qt.Key.Key_Escape)
    bench.desk.act(undoing.undo)
    bench.settle()
    assert view.head.sub.text().startswith("version 1, in use")
    path = changed(bench.workspace, tmp_path, "Out-of-court disposal", "Sent to another force")
    bench.press(Qt.Key.Key_I)
    view.reading.put(path=str(path))
    bench.press(Qt.Key.Key_Return)
    assert view.pairs.rows[0].title == "Refused (1)" and "never reused" in said(bench)
    assert "setup.use" not in bench.page.commands()
    bench.press_with(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert question_set(bench.workspace).version == "1"


def test_a_sample_is_drawn_and_a_file_replaced_by_keys(bench, tmp_path):
    rows = [f"D-{number:02d},{'RASSO' if number % 2 else 'Volume'}" for number in range(1, 21)]
    (tmp_path / "list.csv").write_text("\n".join(("reference,kind", *rows)), "utf-8")
    bench.press(Qt.Key.Key_S)
    view = bench.page.sample
    assert view.empty.isVisible() and view.parts.rows
    bench.press(Qt.Key.Key_N)
    view.line.put(frame=str(tmp_path / "list.csv"), strata="kind", target="3", overlap="50")
    bench.press(Qt.Key.Key_Return)
    assert "A draw needs a seed" in view.line.problem.text()
    bench.type(QApplication.focusWidget(), "s")
    bench.press(Qt.Key.Key_Return)
    assert view.said.text() == "Drawn at 14:03:00: 6 files to examine."
    heads = [row.title for row in view.cases.rows if row.head]
    assert heads[1] == "RASSO: 3 chosen of 10, 7 in reserve"
    assert [row.name for row in view.shown.parts if row.name == "RASSO"] == ["RASSO"]
    view.cases.go(2)
    gone = view.cases.current().title
    bench.press(Qt.Key.Key_R)
    bench.type(bench.window.ask_panel.field, "Sealed by the court")
    bench.press(Qt.Key.Key_Return, bench.window.ask_panel.field)
    assert [c.reference for c in records(bench.workspace, DrawnCase, replaced=1)] == [gone]
    assert "replaced" in {row.sub for row in view.cases.rows}
    before = view.parts.rows
    bench.press(Qt.Key.Key_B)
    bench.press(Qt.Key.Key_B)
    assert view.parts.rows != before and view.by.current() == 2


def test_it_is_named_reached_and_large_enough_at_every_size(bench, tmp_path):
    for size, factor in (((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)):
        appearance.apply(factor=factor)
        bench.window.resize(*size)
        for view in ("questions", "sample"):
            bench.window.go("Set-up", view)
            bench.settle()
            assert (nameless(bench.window), too_small(bench.window), unreached(bench.window)) == ([], [], [])
    bench.window.go("Set-up", "questions")
    bench.settle()
    view = bench.page.questions
    assert view.list.isVisible() and not view.about.isVisible()
    bench.press(Qt.Key.Key_Return)
    assert view.about.isVisible() and not view.list.isVisible()
    bench.press(Qt.Key.Key_PageDown)
    bench.press(Qt.Key.Key_Escape)
    assert view.list.hasFocus()
    bench.press(Qt.Key.Key_V)
    assert view.versions.hasFocus()
    bench.press(Qt.Key.Key_Return)
    assert view.list.hasFocus()
    appearance.apply(factor=1.0)
