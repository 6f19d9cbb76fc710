"""What stands beside the answers on the marking pane: dates, points, undo, time."""

import pytest
from marking_kit import desk_over, enter, escape, files_window, opened, press, settle, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldwork.domain.records import EvidenceLink
from fieldwork.store.reading import records
from fieldwork.work import examining, files, pinning, undoing
from worlds import small_inspection


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with desk_over(small_inspection(tmp_path)) as desk:
        yield desk


@pytest.fixture
def window(qtbot, desk):
    return files_window(qtbot, desk)


@pytest.fixture
def pane(window):
    return opened(window, "A-V-001")


def test_dates_are_typed_in_place_judged_and_told_before_finishing(pane, desk):
    def kept():
        file = files.find_file(desk.workspace, "A-V-001")
        return file.reported, file.submitted, file.charged, file.first_hearing

    press("d")
    panel = pane.extras.panel
    panel.fields["reported"].setFocus()
    for typed in ("2/3/2026", "1 Jun 2026", "soon"):
        QApplication.focusWidget().selectAll()
        write(typed)
        enter()
    assert panel.below.text() == '"soon" is not a date; type it as 4/3/2025 or 2025-03-04.'
    assert QApplication.focusWidget() is panel.fields["charged"]
    QApplication.focusWidget().selectAll()
    write("10/8/2026")
    enter()
    QApplication.focusWidget().selectAll()
    write("1/7/2026")
    enter()
    settle(desk)
    assert kept() == ("2026-03-02", "2026-06-01", "2026-08-10", "2026-07-01")
    assert pane.extras.panel is None and QApplication.focusWidget() is pane.question.head
    told = pane.head.track.accessibleName()
    assert "Submitted 1 Jun, 91 days later, 61 of them working days; First hearing 1 Jul" in told
    press("d")  # at the date that is wrong
    panel = pane.extras.panel
    assert QApplication.focusWidget() is panel.fields["first_hearing"]
    assert panel.below.text() == "First hearing (1 Jul 2026) lies before charged (10 Aug 2026)."
    write("nonsense")
    escape()
    settle(desk)
    assert kept()[3] == "2026-07-01"
    press("f")
    rows = pane.finish_panel.list.rows
    at = next(i for i, r in enumerate(rows) if r.title.startswith("First hearing (1 Jul"))
    pane.finish_panel.list.go(at)
    enter()
    assert QApplication.focusWidget() is pane.extras.panel.fields["first_hearing"]
    assert pane.stack.currentIndex() == 0


def test_an_answer_is_pinned_to_a_point(pane, desk):
    press("p")
    assert pane.question.news.text().startswith("Answer the question first")
    pane.go_to("B01")
    press("1")
    settle(desk)
    pane.go_to("B01")
    press("p")
    settle(desk)
    panel = pane.extras.panel
    assert QApplication.focusWidget() is panel.list
    assert [row.title for row in panel.list.rows] == [
        f.text for f in pinning.points_for(desk.workspace, pane.pane.file.id)
    ]
    sentence = panel.list.rows[1].title
    press(Qt.Key.Key_Down)
    enter()
    settle(desk)
    links = records(desk.workspace, EvidenceLink, evidence=pane.pane.answer("B01").id)
    assert len(links) == 1
    assert pane.question.news.text() == f"B01 is pinned to \u201c{sentence}\u201d. Ctrl Z takes it back."
    assert pane.question.pins.text() == f"Pinned to \u201c{sentence}\u201d"
    assert QApplication.focusWidget() is pane.question.head
    press("p")
    escape()
    assert pane.extras.panel is None


def test_undo_goes_to_the_question_it_changed_and_says_so(pane, desk):
    def take_back(way):
        desk.act(getattr(undoing, way), then=lambda done: desk.undone.emit(way, done))
        settle(desk)

    pane.go_to("B01")
    press("1")
    settle(desk)
    pane.go_to("B01")
    press("2")
    settle(desk)
    pane.go_to("B03")
    take_back("undo")
    assert (pane.here, pane.question.news.text()) == ("B01", "B01 back to fully met")
    assert pane.question.answers.code() == "FM"
    pane.finish()
    take_back("undo")
    assert pane.stack.currentIndex() == 0
    assert pane.question.news.text() == "B01 back to not answered"
    pane.go_to("B03")
    take_back("redo")
    assert (pane.here, pane.question.news.text()) == ("B01", "B01 again fully met")


def test_the_time_worked_pauses_and_is_written_at_pauses_only(window, pane, desk):
    timer, now = pane.timer, [1000.0]
    timer.rest()
    timer.clock = lambda: now[0]
    settle(desk)
    start = timer.seconds()

    def worked():
        return round((examining.open_file(desk.workspace, pane.pane.file.id).examination.worked or 0) / 1000)

    def later(minutes):
        now[0] += minutes * 60

    timer.touch()
    later(2)
    pane.go_to("B01")
    press("1")
    settle(desk)
    assert timer.running and worked() == round(start)  # never for each key
    pane.timer._idle.timeout.emit()  # five minutes without a key
    settle(desk)
    assert not timer.running and worked() == round(start) + 120
    later(30)
    desk.touched.emit()
    later(1)
    press("t", modifiers=Qt.KeyboardModifier.AltModifier)
    settle(desk)
    assert worked() == round(start) + 180 and "paused at 3 min" in pane.head.place.text()
    desk.touched.emit()
    later(9)
    assert not timer.running
    press("t", modifiers=Qt.KeyboardModifier.AltModifier)
    later(1)
    window.cover()
    later(60)
    desk.touched.emit()
    settle(desk)
    assert not timer.running and worked() == round(start) + 240
    window.cover(False)
    later(1)
    before = pane.pane.file.id
    opened(window, "A-V-002")
    held = examining.open_file(desk.workspace, before).examination
    assert round(held.worked / 1000) == round(start) + 300
    desk.act(undoing.undo)  # takes back the answer, not the time
    settle(desk)
    held = examining.open_file(desk.workspace, before)
    assert round(held.examination.worked / 1000) == round(start) + 300
    assert held.answer("B01") is None
