"""Documents and figures by keys: logged, revised, pinned, taken off, asked for in a note, opened from the evidence."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.evidence_place import EvidencePlace
from fieldwork.domain.finding_records import Document, Figure
from fieldwork.domain.records import EvidenceLink, NoteLine
from fieldwork.store.reading import get, records
from fieldwork.work import findings, sources
from worlds import NOW, small_inspection

K = Qt.Key


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, small_inspection(tmp_path), "Evidence", lambda desk: EvidencePlace(desk, lambda: NOW))
    made.page.list.hits.setFocus()
    yield made
    made.close()
    appearance.apply("light", 1.0)


def into(bench):
    bench.press(K.Key_D)
    return bench.page.sources


def fill(bench, form, **texts: str) -> None:
    for name, text in texts.items():
        form.widgets[name].setFocus()
        form.widgets[name].clear()
        QTest.keyClicks(form.widgets[name], text)


def go(page, words: str) -> None:
    page.list.go(
        next(n for n, row in enumerate(page.list.rows) if row.title.startswith(words) and not row.head)
    )


def test_a_document_is_logged_changed_pinned_and_taken_off(bench):
    page, workspace = into(bench), bench.workspace
    go(page, "Minutes")
    bench.press(K.Key_Return)
    assert bench.went[-1][0] == "Interviews"
    bench.window.go("Evidence")
    bench.press(K.Key_A)
    form = page.document_form
    assert QApplication.focusWidget() is form.widgets["title"]
    bench.press(K.Key_Return)
    assert "a title or a reference" in form.problem.text() and records(workspace, Document) == []
    fill(
        bench,
        form,
        title="Joint protocol",
        reference="D-7",
        dated="4/3/2025",
        shows="Both sides meet monthly.",
    )
    bench.press(K.Key_Return)
    (held,) = records(workspace, Document)
    assert held.dated == "2025-03-04" and page.list.current().ident == held.id
    assert page.list.current().sub == "D-7, Tuesday 4 March 2025" and "Both sides" in page.shows.text()
    bench.press(K.Key_E)
    fill(bench, form, shows="They met once.")
    bench.press(K.Key_Return)
    assert get(workspace, Document, held.id).shows == "They met once."
    bench.press(K.Key_P)
    QTest.keyClicks(QApplication.focusWidget(), "Feedback")
    bench.press(K.Key_Return, QApplication.focusWidget())
    assert [link.evidence for link in records(workspace, EvidenceLink, evidence=held.id)] == [held.id]
    assert "Feedback comes weeks late" in page.behind.text()
    bench.press(K.Key_X)
    bench.press(K.Key_Return)
    assert records(workspace, Document) == [] and "Taken off" in page.said.text()
    bench.press(K.Key_Escape)
    assert bench.page.here() is bench.page.list


def test_what_was_asked_for_is_logged_on_its_line(bench):
    page = into(bench)
    go(page, "Redaction guide")
    bench.press(K.Key_R)
    assert page.document_form.text("title") == "Redaction guide the file unit sent round in spring"
    bench.press(K.Key_Return)
    (held,) = records(bench.workspace, Document)
    assert held.received == "2026-11-24" and get(bench.workspace, NoteLine, held.asked_in).settled
    assert "Asked for, not here yet: 1" in [row.title for row in page.list.rows]


def test_a_figure_is_logged_and_revised_with_a_reason(bench):
    page, workspace = into(bench), bench.workspace
    bench.press(K.Key_G)
    form = page.figure_form
    assert not form.widgets["reason"].isVisible()
    fill(
        bench, form, title="Cases sent for charge", figure="49,586", unit="cases", period="2025", source="CPS"
    )
    form.put(provisional="provisional")
    bench.press(K.Key_Return)
    (held,) = records(workspace, Figure)
    assert (held.figure, held.provisional, held.read_on) == ("49,586", 1, "2026-11-24")
    bench.press(K.Key_E)
    fill(bench, form, figure="49,679")
    bench.press(K.Key_Return)
    assert "why the figure is revised" in form.problem.text()
    assert QApplication.focusWidget() is form.widgets["reason"]
    QTest.keyClicks(QApplication.focusWidget(), "Revised in January.")
    bench.press(K.Key_Return)
    assert get(workspace, Figure, held.id).figure == "49,679" and not form.isVisible()
    assert page.list.current().sub == "49,679 cases, provisional, 2025"


def test_what_is_found_and_what_stands_behind_a_finding_open_it(bench):
    id = sources.log_document(bench.workspace, title="Joint protocol", shows="They met once.").id
    findings.add_finding(bench.workspace, text="They do not meet.", evidence=[id])
    evidence = bench.page.list
    evidence.field.setText("protocol")
    bench.settle()
    assert [row.title.startswith("Joint protocol") for row in evidence.hits.rows] == [True]
    bench.press(K.Key_Return, evidence.hits)
    assert bench.went[-1] == ("Evidence", id)
    assert bench.page.here() is bench.page.sources and bench.page.sources.at == id
    assert "They do not meet." in bench.page.sources.behind.text()


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 600), 1.0), ((1280, 800), 2.0)])
def test_everything_has_a_name_and_is_reached(bench, size, factor):
    sources.log_document(bench.workspace, title="Joint protocol", shows="They met once.")
    sources.log_figure(bench.workspace, title="Cases", figure="12")
    appearance.apply("light", factor)
    bench.window.resize(*size)
    page = into(bench)
    for key in (None, K.Key_A, K.Key_Escape, K.Key_G):
        if key is not None:
            bench.press(key)
        assert nameless(page) == [] and too_small(page) == [] and unreached(page) == []
