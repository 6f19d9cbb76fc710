"""Findings by keys: written, given evidence, answered, signed on two laptops, changed behind and opened again."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.pages.findings import FindingsPage
from fieldwork.domain.records import Answer, EvidenceLink, Finding, NoteLine
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import findings, signing
from worlds import NOW, small_inspection

K, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, small_inspection(tmp_path), "Findings", lambda desk: FindingsPage(desk, lambda: NOW))
    yield made
    made.close()


def rows(bench):
    return [row.title for row in bench.page.list.rows]


def test_a_finding_is_written_weighed_answered_and_signed_by_keys(bench):
    page, workspace = bench.page, bench.workspace
    assert page.empty.isVisible() and "findings.sign" not in page.commands()
    bench.press(K.Key_N)
    bench.type(QApplication.focusWidget(), "Redaction takes whole shifts.")
    bench.press(K.Key_Return)
    (finding,) = [one for one in records(workspace, Finding) if one.visit is None]
    assert rows(bench) == ["Emerging: 1", "Redaction takes whole shifts."] and page.at == finding.id
    bench.press(K.Key_S)
    assert "Evidence comes first" in page.said.text()
    bench.press(K.Key_A)
    assert bench.went[-1] == ("Evidence", ("pin", finding.id, "Redaction takes whole shifts."))
    bench.window.go("Findings")
    lines = [line.id for line in records(workspace, NoteLine)]
    answer = records(workspace, Answer)[0].id
    for evidence in (lines[0], lines[1], answer):
        bench.desk.act(findings.pin, finding=finding.id, evidence=evidence)
    bench.settle()
    assert rows(bench)[0] == "Supported: 1" and page.for_head.text() == "For: 3"
    page.for_it.setFocus()
    bench.press(K.Key_Minus)
    assert rows(bench)[0] == "Contested: 1" and page.against_head.text() == "Against: 1"
    page.against.setFocus()
    bench.press(K.Key_W)
    bench.type(QApplication.focusWidget(), "Only where the new tool is used.")
    bench.press(K.Key_Return)
    assert page.against_head.text() == "Against: 1, 1 answered"
    assert "Only where the new tool is used." in page.against.rows[0].sub and rows(bench)[0] != "Contested: 1"
    page.for_it.setFocus()
    bench.press(K.Key_Return)
    assert bench.went[-1][0] in ("Interviews", "Files")
    bench.window.go("Findings")
    page.against.setFocus()
    bench.press(K.Key_Delete)
    assert (
        page.against_head.text() == "Against: 0"
        and len(records(workspace, EvidenceLink, finding=finding.id)) == 2
    )

    bench.press(K.Key_S)
    assert "Signed." in page.said.text() and "HMCPSI lead signed" in page.signed.text()
    assert "HMICFRS lead has not signed" in page.signed.text()
    assert page.list.current().sub == "area of concern, signed by one"
    assert get(workspace, Finding, finding.id).version is None


def test_a_line_changed_behind_a_signed_finding_is_named_and_a_new_version_opened(bench):
    page, workspace = bench.page, bench.workspace
    line = records(workspace, NoteLine)[0]
    id = findings.add_finding(workspace, text="It holds.", kind="strength", evidence=[line.id]).id
    signing.sign(workspace, finding=id)
    record(workspace, "note", [Change(NoteLine.kind, line.id, {"text": "Other words by now."})])
    page.read()
    bench.settle()
    assert rows(bench)[0] == "Changed since signed: 1"
    assert page.changed.text().startswith("Changed since it was signed: Note line")
    assert "changed since signed" in page.for_it.rows[0].sub and "before it was changed" in page.signed.text()
    bench.press_with(K.Key_S, SHIFT)
    bench.type(QApplication.focusWidget(), "To be read again.")
    bench.press(K.Key_Return)
    assert rows(bench)[0] == "Emerging: 1" and "HMCPSI lead has not signed" in page.signed.text()


@pytest.mark.parametrize("size", [(1280, 800), (640, 600)])
def test_everything_has_a_name_and_is_reached(bench, size):
    workspace = bench.workspace
    line, other = records(workspace, NoteLine)[:2]
    id = findings.add_finding(workspace, text="It holds.", kind="strength", evidence=[line.id]).id
    findings.pin(workspace, finding=id, evidence=other.id, bearing="against")
    bench.page.read()
    bench.window.resize(*size)
    bench.settle()
    for key in (None, K.Key_Return, K.Key_R):
        if key is not None:
            bench.press(key, bench.page.list if key == K.Key_Return and bench.page.list.isVisible() else None)
        assert nameless(bench.page) == [] and too_small(bench.page) == [] and unreached(bench.page) == []


def test_words_are_released_and_taken_back_by_keys(bench):
    page, workspace = bench.page, bench.workspace
    lines = [one for one in records(workspace, NoteLine) if one.text.startswith("I ring the lawyer")]
    made = findings.add_finding(workspace, text="It is sorted.", kind="strength", evidence=[lines[0].id])
    page.open(made.id)
    bench.settle()
    page.for_it.setFocus()
    page.for_it.go(0)
    bench.press(Qt.Key.Key_Q)
    form = page.releasing
    assert form.isVisible() and form.text("wording").startswith("I ring the lawyer")
    form.put(attribution="")
    bench.press(Qt.Key.Key_Return, form.widgets["attribution"])
    assert "never by name" in form.problem.text()
    form.put(attribution="a response constable")
    bench.press(Qt.Key.Key_Return, form.widgets["attribution"])
    assert "Released" in page.said.text() and "released for printing" in page.for_it.rows[0].sub
    page.for_it.setFocus()
    bench.press_with(Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    assert "released" not in page.for_it.rows[0].sub
