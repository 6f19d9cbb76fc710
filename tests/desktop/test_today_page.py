"""Today: what is next, done by one key, over a real workspace."""

from datetime import timedelta

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.today import TodayPage
from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import NoteLine, Session
from fieldwork.store.reading import get, records
from fieldwork.work import notes, open_questions
from worlds import NOW, bare_inspection, small_inspection


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, small_inspection(tmp_path), "Today", lambda desk: TodayPage(desk, now=lambda: NOW))
    yield made
    made.close()


@pytest.fixture
def empty(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, bare_inspection(tmp_path), "Today", lambda desk: TodayPage(desk, now=lambda: NOW))
    yield made
    made.close()


def test_it_says_the_day_the_visit_and_the_three_things(bench):
    page = bench.page
    assert page.head.title.text() == "Tuesday 24 November"
    assert page.head.sub.text() == "Leicestershire with CPS East Midlands, day 2 of 3"
    assert page.interview_card.head.text() == "Next interview, 14:30"
    assert page.interview_card.title.text() == "Reviewing lawyer, charging team"
    assert page.file_card.title.text() == "File A-V-001, Volume crime, charged"
    assert "1 of 47 questions answered" in page.file_card.sub.text()
    assert page.left_card.title.text() == "Focus group, response constables"
    assert page.left_card.sub.text() == "Six lines so far. Started today 13:32."


def test_the_schedule_is_planned_and_achieved(bench):
    rows = bench.page.schedule.rows
    assert [row.lead for row in rows] == ["10:00", "13:30", "14:30"]
    assert [row.trail for row in rows] == ["done", "open", "in 27 min"]
    assert "7 of 9 came" in rows[1].sub
    assert rows[2].on


def test_i_starts_the_next_session_and_goes_there(bench):
    wanted = bench.page.shown.next_session.id
    bench.press(Qt.Key.Key_I)
    assert get(bench.workspace, Session, wanted).state == "open"
    assert bench.went == [("Interviews", wanted)]
    assert bench.window.page("Interviews").opened == wanted


def test_f_and_r_open_the_file_and_the_note(bench):
    file, session = bench.page.shown.next_file.id, bench.page.shown.open_session.id
    bench.page.run("today.file")
    bench.window.go("Today")
    bench.press(Qt.Key.Key_R)
    assert bench.went == [("Files", file), ("Interviews", session)]


def test_questions_wait_here_and_the_day_is_washed_up(bench):
    page, visit = bench.page, bench.page.shown.visit
    bench.desk.act(open_questions.ask, text="Who chases late files?", visit=visit.id, method="interview")
    bench.settle()
    assert page.open_count.text() == "2 follow-ups, 2 documents, 1 question"
    at = next(n for n, row in enumerate(page.items.rows) if row.title == "Who chases late files?")
    assert page.items.rows[at].sub == "to ask, interview"
    page.items.go(at)
    bench.press(Qt.Key.Key_Space, page.items)
    assert records(bench.workspace, OpenQuestion)[0].settled == 1
    assert page.open_count.text() == "2 follow-ups, 2 documents"
    bench.press(Qt.Key.Key_U)
    assert bench.went == [("Evidence", ("wash-up", visit.id, "2026-11-24", visit.title))]


def test_space_ticks_off_what_is_open_and_the_page_follows(bench):
    page = bench.page
    assert page.open_count.text() == "2 follow-ups, 2 documents"
    page.items.setFocus()
    assert page.items.current().title == "Who decides when a summary goes back to the officer?"
    line = page.items.current().ident
    bench.press(Qt.Key.Key_Space, page.items)
    assert get(bench.workspace, NoteLine, line).settled == 1
    assert [row.mark for row in page.items.rows] == ["!", "@", "@"]
    assert page.open_count.text() == "1 follow-up, 2 documents"


def test_it_follows_what_anybody_changes(bench):
    session = records(bench.workspace, Session, state="open")[0]
    bench.desk.act(notes.write_line, session=session.id, text="! Ask for the rota")
    bench.settle()
    assert "Ask for the rota" in [row.title for row in bench.page.items.rows]
    assert bench.page.left_card.sub.text().startswith("Seven lines")


def test_out_of_sight_it_waits_and_reads_when_shown(bench):
    bench.window.go("Files")
    session = records(bench.workspace, Session, state="open")[0]
    bench.desk.act(notes.write_line, session=session.id, text="One more")
    bench.settle()
    assert bench.page.left_card.sub.text().startswith("Six lines")
    bench.window.go("Today")
    bench.settle()
    assert bench.page.left_card.sub.text().startswith("Seven lines")


def test_p_goes_to_the_team_with_what_is_not_shared(bench):
    assert "on this laptop only" in bench.page.unshared.text()
    bench.press(Qt.Key.Key_P)
    assert bench.went == [("Team", None)]


def test_with_nothing_yet_it_says_what_will_be_here_and_the_one_key(empty):
    page = empty.page
    assert page.nothing.isVisible() and not page.acts.isVisible()
    empty.press(Qt.Key.Key_V)
    assert empty.went == [("Visits", "new")]


def test_two_weeks_later_it_still_says_where_one_is(bench):
    bench.page._now = lambda: NOW + timedelta(days=15)
    bench.page.refresh()
    bench.settle()
    assert bench.page.head.sub.text() == "Leicestershire with CPS East Midlands, ended 14 days ago"
    assert bench.page.schedule_title.text() == "The visit's schedule"
    assert [row.lead for row in bench.page.schedule.rows][:1] == ["24 Nov"]


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
def test_every_control_has_a_name_a_size_and_is_reached(bench, size, factor):
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    assert nameless(bench.window) == []
    assert too_small(bench.window) == []
    assert unreached(bench.page) == []
