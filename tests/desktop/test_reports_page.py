"""Reports: seen before they leave, written where one says, and never in the way."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.report_making import file_name
from fieldwork.desktop.pages.reports import SETTLE_MS, ReportsPage
from fieldwork.domain.records import CaseFile, Session, Visit
from fieldwork.store.reading import records
from fieldwork.work import findings, notes, visits
from fieldwork.work.finding_places import find_places
from worlds import NOW, bare_inspection, small_inspection


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, small_inspection(tmp_path), "Reports", lambda desk: ReportsPage(desk, lambda: NOW))
    drawn(made)
    yield made
    made.close()


def drawn(bench) -> None:
    """Until the preview stands."""
    QTest.qWait(SETTLE_MS + 50)
    bench.settle()


def at(bench, kind: str) -> None:
    bench.page.kinds.go(next(i for i, row in enumerate(bench.page.kinds.rows) if row.ident == kind))
    drawn(bench)


def test_a_name_for_the_file_says_what_it_is():
    assert file_name("visit_summary", "Force A & Área 1/2", NOW) == "visit-summary-force-a-rea-1-2-2026-11-24"


def test_it_opens_on_the_visit_summary_with_its_marking_in_sight(bench):
    page = bench.page
    assert page.report_title.text() == "Visit summary: Leicestershire with CPS East Midlands"
    assert page.marking.accessibleName() == "OFFICIAL-SENSITIVE" and page.marking.isVisible()
    assert page.sheet.page.of >= 1 and page.page_count.text() == f"Page 1 of {page.sheet.page.of}"
    assert "A named lawyer settles things in minutes" in page.sheet.accessibleDescription()
    assert page.state.text().startswith("As the evidence stood at 14:03:00")


def test_visits_sends_its_visit_here(bench):
    at(bench, "results")
    visit = records(bench.workspace, Visit)[0].id
    bench.window.go("Reports", ("visit_summary", visit))
    drawn(bench)
    assert bench.page._about == {"visit": visit}
    assert bench.page.report_title.text().startswith("Visit summary")


def test_other_kinds_ask_what_they_are_about(bench):
    page = bench.page
    at(bench, "interview_record")
    assert page.about_label.text() == "Which session"
    assert [row.title for row in page.subjects.rows] == [
        "Focus group, response constables", "Inspector, file quality team"
    ]  # fmt: skip
    session = next(s for s in records(bench.workspace, Session) if s.title.startswith("Inspector"))
    bench.type(page.filter, "inspector")
    drawn(bench)
    assert page._about == {"session": session.id}
    assert "a fault weeks later" in page.sheet.accessibleDescription()
    at(bench, "file_record")
    file = next(f for f in records(bench.workspace, CaseFile) if f.reference == "A-V-001")
    assert page._about == {"file": file.id}
    at(bench, "results")
    assert not page.subjects.isVisible() and page._about == {}
    assert page.no_subjects.text() == "It covers the whole inspection."


def test_pages_turn_and_grow_by_keys(bench):
    page = bench.page
    at(bench, "file_record")
    assert page.sheet.page.of > 1
    bench.press(Qt.Key.Key_PageDown)
    assert page.sheet.page.number == 1 and page.page_count.text().startswith("Page 2 of")
    bench.press(Qt.Key.Key_PageUp)
    bench.press(Qt.Key.Key_PageUp)
    assert page.sheet.page.number == 0
    wide = page.sheet.width()
    bench.press(Qt.Key.Key_Plus)
    assert page.sheet.width() > wide and "125% of the width" in page.page_count.text()
    bench.press(Qt.Key.Key_Minus)
    assert page.sheet.width() == wide
    assert not page.area.horizontalScrollBar().isVisible()


def test_what_changes_is_in_the_preview_soon_after(bench):
    visit = records(bench.workspace, Visit)[0].id
    bench.desk.act(findings.add_finding, text="Rotas leave no time for redaction", visit=visit)
    bench.settle()
    drawn(bench)
    assert "Rotas leave no time for redaction" in bench.page.sheet.accessibleDescription()


@pytest.mark.parametrize(
    ("number", "suffix", "begins"),
    [
        (0, ".pdf", b"%PDF"),
        (1, ".html", b"<!DOCTYPE html>"),
        (2, ".docx", b"PK"),
        (3, ".csv", b"\xef\xbb\xbf"),
    ],
)
def test_it_is_written_in_each_format_where_one_says(bench, tmp_path, number, suffix, begins):
    page = bench.page
    page.path.setText(str(tmp_path / "summary.pdf"))
    page.formats._buttons[number].click()
    assert page.path.text() == str(tmp_path / f"summary{suffix}")
    page.take_focus()
    bench.press(Qt.Key.Key_E)
    bench.settle()
    data = (tmp_path / f"summary{suffix}").read_bytes()
    assert data[:15].lower().startswith(begins.lower())
    assert page.said.text() == f"Written at 14:03:00: {tmp_path / f'summary{suffix}'}"
    assert page.export_button.isEnabled()


def test_a_name_that_is_taken_is_only_replaced_when_asked_again(bench, tmp_path):
    page, there = bench.page, tmp_path / "summary.pdf"
    there.write_bytes(b"something wanted")
    page.path.setText(str(there))
    page.run("report.export")
    bench.settle()
    assert there.read_bytes() == b"something wanted" and "export again to replace it" in page.said.text()
    page.run("report.export")
    bench.settle()
    assert there.read_bytes().startswith(b"%PDF")


def test_a_folder_that_is_not_there_is_said_in_a_quiet_line(bench, tmp_path):
    bench.page.path.setText(str(tmp_path / "nowhere" / "summary.pdf"))
    bench.page.run("report.export")
    bench.settle()
    assert bench.page.said.text().startswith("There is no folder")
    assert bench.said == []


def test_typing_an_ending_chooses_the_format_and_keeps_the_path(bench, tmp_path):
    page = bench.page
    page.path.clear()
    bench.type(page.path, str(tmp_path / "x.html"))
    assert page.formats.current() == 1
    page.refresh({"finding": frozenset()})
    bench.settle()
    assert page.path.text() == str(tmp_path / "x.html")


def test_with_nothing_to_report_on_it_says_what_will_be_here(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    bench = Bench(qtbot, bare_inspection(tmp_path), "Reports", lambda desk: ReportsPage(desk, lambda: NOW))
    assert "no visit yet" in bench.page.no_subjects.text()
    at(bench, "results")
    assert bench.page.sheet.page is not None
    bench.close()


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
@pytest.mark.parametrize("look", [False, True])
def test_every_control_has_a_name_a_size_and_is_reached(bench, size, factor, look):
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    assert bench.window.width() == size[0]
    bench.page.take_focus()
    if look:
        bench.page.run("report.preview")
    drawn(bench)
    assert nameless(bench.window) == []
    assert too_small(bench.window) == []
    assert unreached(bench.page) == []


def test_a_printed_reference_leads_back_to_its_line(bench):
    """By keys and by the mouse, from the preview; by Ctrl+K from paper."""
    page = bench.page
    drawn(bench)
    went = []
    bench.desk.going.connect(lambda place, target: went.append((place, target)))
    bench.press(Qt.Key.Key_N)
    drawn(bench)
    while not page.sheet.page.references:
        bench.press(Qt.Key.Key_N)
        drawn(bench)
    assert len(page.sheet.page.references) == 5
    page.sheet._at = -1
    first = page.sheet.step()
    bench.window.grab()
    bench.press(Qt.Key.Key_O)
    [(place, target)] = went
    assert place in ("Interviews", "Files") and target == bytes.fromhex(first.evidence)
    middle = first.on(page.sheet.width(), page.sheet.height()).center().toPoint()
    QTest.mouseMove(page.sheet, middle)
    QTest.mouseClick(page.sheet, Qt.MouseButton.LeftButton, pos=middle)
    bench.settle()
    assert went[1] == went[0]
    QTest.mouseClick(page.sheet, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    bench.settle()
    assert len(went) == 2
    found = find_places(bench.workspace, first.words)[0]
    assert (found.place, found.id) == went[0]
    assert find_places(bench.workspace, "00000000") == []
    page.published.click()
    drawn(bench)
    assert page.sheet.page.references == () and "report.follow" not in page.commands()


def test_words_that_may_name_people_are_kept_out_by_keys(bench):
    page = bench.page
    session = visits.start_session(bench.workspace, title="A supervisor").id
    notes.write_line(bench.workspace, session=session, text="Sergeant Patricia Jones signs them all")
    bench.window.go("Reports", ("interview_record", session))
    drawn(bench)
    assert "Jones" in page.flags.text() and "Jones" in page.sheet.accessibleDescription()
    bench.press(Qt.Key.Key_M)
    panel = page.keeping.panel
    at_ = next(n for n, row in enumerate(panel.list.rows) if "Jones" in row.title)
    panel.list.go(at_)
    bench.press(Qt.Key.Key_Space)
    bench.window.grab()
    bench.press(Qt.Key.Key_Return)
    bench.type(bench.window.focusWidget(), "Officer A")
    bench.press(Qt.Key.Key_Return)
    drawn(bench)
    assert "Kept out" in page.said.text()
    assert "Jones" not in page.sheet.accessibleDescription()
    assert "Officer A signs them all" in page.sheet.accessibleDescription()
    bench.press(Qt.Key.Key_M)  # nothing is left that may name people
    assert page.keeping.panel is None and not page.flags.isVisible()
