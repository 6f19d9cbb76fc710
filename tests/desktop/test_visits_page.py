"""Visits: planned, achieved and gathered into points, by keyboard, over a real workspace."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.visits import LIST, PLAN, VISIT, VisitsPage
from fieldwork.desktop.pages.week import Block, side_by_side
from fieldwork.domain.records import Finding, Session, Visit
from fieldwork.store import activity
from fieldwork.store.conflicting import conflicts
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import get, records
from fieldwork.work import diary, findings, undoing, visits
from worlds import NOW, bare_inspection, small_inspection, wall


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, small_inspection(tmp_path), "Visits", lambda desk: VisitsPage(desk, lambda: NOW))
    yield made
    made.close()


@pytest.fixture
def visit(bench):
    """The bench, on the page of the one visit."""
    bench.press(Qt.Key.Key_Return, bench.page.list)
    assert bench.page.stack.currentIndex() == VISIT
    return bench


def titled(bench, title: str) -> Session:
    return next(s for s in records(bench.workspace, Session) if s.title == title)


def test_blocks_at_one_time_stand_side_by_side():
    day = NOW.date()
    some = [
        Block(bytes([n]), day, *hours, "", "", "planned")
        for n, hours in enumerate([(9, 10), (9.5, 11), (10, 11), (12, 13)])
    ]
    assert side_by_side(some) == {b"\x00": (0, 2), b"\x01": (1, 2), b"\x02": (0, 2), b"\x03": (0, 1)}


def test_the_list_says_how_far_each_visit_is_and_enter_opens_it(bench):
    row = bench.page.list.rows[0]
    assert row.title == "Leicestershire with CPS East Midlands"
    assert row.sub == "2 of 4 sessions held, 0 of 6 files examined"
    assert row.lead == "23 to 25 November 2026" and row.trail == "day 2 of 3" and row.on
    bench.press(Qt.Key.Key_Return, bench.page.list)
    assert bench.page.view.head.title.text() == "Leicestershire with CPS East Midlands"
    bench.press(Qt.Key.Key_Escape)
    assert bench.page.stack.currentIndex() == LIST


def test_the_page_shows_planned_and_achieved_files_and_points(visit):
    view = visit.page.view
    assert [figure.number.text() for figure in view.figures] == ["2", "0", "0", "8"]
    assert [slot.block.state for slot in view.week._slots] == ["done", "open", "planned", "planned"]
    assert [row.progress for row in view.strata.rows] == [(0, 2), (0, 4)]
    assert view.points.rows[0].title == "A named lawyer settles things in minutes"
    assert view.points.rows[1].sub == "Area of concern: 2 focus groups, 1 interview"


def test_arrows_move_through_the_week_and_every_block_says_what_it_is(visit):
    view = visit.page.view
    assert (
        visit.window.focusWidget().accessibleName()
        == "Tue 24 Nov 14:30, Reviewing lawyer, charging team, planned"
    )
    visit.press(Qt.Key.Key_Up)
    assert view.session().title == "Focus group, response constables"
    visit.press(Qt.Key.Key_Right)
    assert view.session().title == "Disclosure lead"
    visit.press(Qt.Key.Key_Return)
    assert visit.went[-1] == ("Interviews", view.session().id)


def test_n_plans_a_session_and_says_what_is_wrong_in_place(visit):
    visit.press(Qt.Key.Key_N)
    form = visit.page.sessions.session_form
    assert visit.window.focusWidget() is form.widgets["role"]
    visit.press(Qt.Key.Key_Return)
    assert form.problem.isVisible() and "role" in form.problem.text()
    QTest.keyClicks(form.widgets["role"], "Gatekeeper")
    form.put(day="25 Nov", time="25:00")
    visit.press(Qt.Key.Key_Return, form.widgets["time"])
    assert "time" in form.problem.text() and visit.window.focusWidget() is form.widgets["time"]
    form.put(time="10.15", expected="2")
    visit.press(Qt.Key.Key_Return, form.widgets["time"])
    made = titled(visit, "Gatekeeper")
    assert (made.planned_start, made.planned_present, made.body, made.state) == (
        wall(25, 10, 15),
        2,
        "P33",
        "planned",
    )
    assert not form.isVisible() and visit.page.view.session().id == made.id


def test_a_walk_in_starts_at_once(visit):
    visit.press(Qt.Key.Key_A)
    form = visit.page.sessions.walk_in_form
    QTest.keyClicks(form.widgets["role"], "Progression officer")
    visit.press(Qt.Key.Key_Return, form.widgets["role"])
    made = titled(visit, "Progression officer")
    assert made.state == "open" and made.planned_start is None and made.visit == visit.page.visit
    assert visit.went == [("Interviews", made.id)]
    visit.window.go("Visits")
    visit.settle()
    assert "walk_in" in [slot.block.state for slot in visit.page.view.week._slots]


def test_x_cancels_the_chosen_session_only_with_a_reason(visit):
    visit.press(Qt.Key.Key_X)
    form = visit.page.sessions.cancel_form
    visit.press(Qt.Key.Key_Return, form.widgets["reason"])
    assert form.problem.isVisible()
    QTest.keyClicks(form.widgets["reason"], "Called to court")
    visit.press(Qt.Key.Key_Return, form.widgets["reason"])
    made = titled(visit, "Reviewing lawyer, charging team")
    assert (made.state, made.state_reason) == ("cancelled", "Called to court")
    assert visit.page.view.figures[0].of.text() == "of 3"


def test_m_moves_and_i_starts_the_chosen_session(visit):
    visit.press(Qt.Key.Key_M)
    visit.page.sessions.move_form.put(day="25 Nov", time="11")
    visit.press(Qt.Key.Key_Return, visit.page.sessions.move_form.widgets["time"])
    moved = titled(visit, "Reviewing lawyer, charging team")
    assert moved.planned_start == wall(25, 11)
    visit.press(Qt.Key.Key_I)
    assert get(visit.workspace, Session, moved.id).state == "open"
    assert visit.went[-1] == ("Interviews", moved.id)


def test_points_are_written_reworded_ordered_and_sent_for_evidence(visit):
    page = visit.page
    visit.press(Qt.Key.Key_P)
    QTest.keyClicks(page.points.form.widgets["text"], "Tools came without training")
    visit.press(Qt.Key.Key_Return, page.points.form.widgets["text"])
    assert [row.title for row in page.view.points.rows][-1] == "Tools came without training"
    page.view.points.setFocus()
    page.view.points.go(3)
    QTest.keyClick(page.view.points, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    visit.settle()
    assert [row.title for row in page.view.points.rows][2] == "Tools came without training"
    assert page.view.point().finding.text == "Tools came without training"
    visit.press(Qt.Key.Key_R)
    page.points.form.put(text="New tools came without training")
    visit.press(Qt.Key.Key_Return, page.points.form.widgets["text"])
    point = page.view.point().finding
    assert get(visit.workspace, Finding, point.id).text == "New tools came without training"
    visit.press(Qt.Key.Key_E)
    assert visit.went[-1] == ("Evidence", ("pin", point.id, "New tools came without training"))


def test_s_goes_to_the_visit_summary(visit):
    visit.press(Qt.Key.Key_S)
    assert visit.went == [("Reports", ("visit_summary", visit.page.visit))]


def test_the_list_is_the_twin_of_the_week(visit):
    view = visit.page.view
    visit.press(Qt.Key.Key_V)
    assert view.sessions.isVisible() and not view.week.isVisible()
    assert visit.window.focusWidget() is view.sessions
    assert [row.title for row in view.sessions.rows if not row.head] == [
        slot.block.title for slot in view.week._slots
    ]
    visit.press(Qt.Key.Key_V)
    assert view.week.isVisible()


def test_it_follows_what_anybody_changes(visit):
    session = titled(visit, "Disclosure lead")
    visit.desk.act(visits.cancel_session, session=session.id, reason="Leave")
    visit.settle()
    assert visit.page.view.week._slots[-1].block.state == "cancelled"


def test_a_visit_is_planned_by_typing_a_part_of_the_names(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    bench = Bench(qtbot, bare_inspection(tmp_path), "Visits", lambda desk: VisitsPage(desk, lambda: NOW))
    page = bench.page
    assert page.nothing.isVisible()
    bench.press(Qt.Key.Key_N)
    assert page.stack.currentIndex() == PLAN
    pick, line = page.plan.pick, page.plan.line
    QTest.keyClicks(pick.field, "leices")
    bench.press(Qt.Key.Key_Return, pick.field)
    QTest.keyClicks(pick.field, "east mid")
    bench.press(Qt.Key.Key_Return, pick.field)
    assert page.plan._chosen == ["P33", "A02"]
    bench.press(Qt.Key.Key_Return, pick.field)
    assert bench.window.focusWidget() is line.widgets["start"]
    bench.press(Qt.Key.Key_Return)
    assert "first day" in line.problem.text()
    QTest.keyClicks(line.widgets["start"], "7 Dec")
    QTest.keyClicks(line.widgets["end"], "9/12/2026")
    bench.press(Qt.Key.Key_Return, line.widgets["end"])
    made = records(bench.workspace, Visit)[0]
    assert (made.title, made.bodies, made.planned_start, made.planned_end) == (
        "Leicestershire Police and CPS East Midlands", "P33 A02", "2026-12-07", "2026-12-09"
    )  # fmt: skip
    assert page.stack.currentIndex() == VISIT and page.visit == made.id
    bench.close()


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
@pytest.mark.parametrize("where", ["list", "visit", "form", "plan", "diary"])
def test_every_control_has_a_name_a_size_and_is_reached(bench, where, size, factor):
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    assert bench.window.width() == size[0]
    if where in ("visit", "form", "diary"):
        bench.press(Qt.Key.Key_Return, bench.page.list)
    if where == "form":
        bench.page.run("visit.session")
    if where == "diary":
        bench.page.run("visit.diary")
    if where == "plan":
        bench.page.run("visit.new")
    bench.settle()
    assert nameless(bench.window) == []
    assert too_small(bench.window) == []
    assert unreached(bench.page) == []


def test_a_point_reworded_over_a_colleague_s_unseen_words_is_a_conflict(visit):
    page = visit.page
    page.view.points.setFocus()
    visit.press(Qt.Key.Key_R)
    point = page.view.point().finding
    findings.change_finding(visit.workspace, finding=point.id, text="Theirs")
    page.read()  # what came in is on the page now, but not in the form that is open
    visit.settle()
    page.points.form.put(text="Mine")
    visit.press(Qt.Key.Key_Return, page.points.form.widgets["text"])
    (clash,) = conflicts(visit.workspace)
    assert {version.value for version in clash.versions} == {"Theirs", "Mine"}


def test_a_few_letters_offer_roles_and_kinds_and_tab_takes_the_one_on_top(visit):
    visit.press(Qt.Key.Key_N)
    form = visit.page.sessions.session_form
    field = form.widgets["role"]
    QTest.keyClicks(field, "resp")
    visit.settle()
    (offer, *_) = visit.page.sessions._offers
    assert ("Response constables", "focus group") in [(row.title, row.trail) for row in offer.offered]
    QTest.keyClicks(field, "onse constables on")
    visit.press(Qt.Key.Key_Tab, field)
    said = (form.text("role"), form.text("method"), form.text("band"), form.text("expected"))
    assert said == ("Response constables on duty", "reality_test", "frontline", "4")
    assert visit.window.focusWidget() is field
    form.put(day="25 Nov", time="10:00")
    visit.press(Qt.Key.Key_Return, form.widgets["time"])
    made = titled(visit, "Response constables on duty")
    assert made.planned_end == made.planned_start + 45 * 60_000


def test_another_role_may_be_typed_and_what_looks_like_a_name_is_said_quietly(visit, qtbot):
    visit.press(Qt.Key.Key_N)
    form = visit.page.sessions.session_form
    said = visit.page.said
    QTest.keyClicks(form.widgets["role"], "DS Khan")
    qtbot.waitUntil(said.isVisible, timeout=5000)
    assert said.text() == "\u201cDS Khan\u201d looks like a name; a role stands better there."
    form.put(day="25 Nov", time="10:00")
    visit.press(Qt.Key.Key_Return, form.widgets["time"])
    assert titled(visit, "DS Khan").state == "planned"  # it is said, and never in the way
    visit.press(Qt.Key.Key_A)
    walk_in = visit.page.sessions.walk_in_form.widgets["role"]
    QTest.keyClicks(walk_in, "Anna Price")
    qtbot.waitUntil(said.isVisible, timeout=5000)
    walk_in.setText("Custody sergeant")
    qtbot.waitUntil(lambda: not said.isVisible(), timeout=5000)


def test_shift_x_puts_another_session_in_the_place_of_the_chosen_one_in_one_act(visit):
    visit.press_with(Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    form = visit.page.sessions.replace_form
    visit.press(Qt.Key.Key_Return, form.widgets["role"])
    assert "role" in form.problem.text()
    QTest.keyClicks(form.widgets["role"], "Paralegal")
    visit.press(Qt.Key.Key_Escape, form.widgets["role"])  # closes the offer alone
    assert form.isVisible()
    QTest.keyClicks(form.widgets["role"], " officer")
    visit.press(Qt.Key.Key_Tab, form.widgets["role"])
    visit.press(Qt.Key.Key_Return, form.widgets["role"])
    old, new = titled(visit, "Reviewing lawyer, charging team"), titled(visit, "Paralegal officer")
    assert (old.state, new.replaces, new.planned_start) == ("cancelled", old.id, old.planned_start)
    assert new.grade_band == "frontline"
    assert visit.page.view.session().id == new.id
    rows = {row.title: row.trail for row in visit.page.view.achieved.rows}
    assert "1 cancelled (1 replaced)" in rows["Interview"]
    assert undoing.named(visit.workspace)[0] == "replacing a session: Paralegal officer"
    undoing.undo(visit.workspace)
    assert get(visit.workspace, Session, old.id).state == "planned"


def test_planned_and_achieved_stand_by_kind(visit):
    rows = {row.title: row.trail for row in visit.page.view.achieved.rows}
    assert rows == {"Interview": "1 of 3 held", "Focus group": "1 of 1 held"}
    visits.start_session(visit.workspace, visit=visit.page.visit, method="observation", role="Triage")
    visit.page.read()
    visit.settle()
    assert visit.page.view.achieved.rows[-1].trail == "1 walk-in"


def test_a_schedule_comes_in_by_keys_and_says_first_what_it_changes(visit, tmp_path):
    path = tmp_path / "a.ics"
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:DS Khan\r\n"
        "DTSTART:20261125T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    visit.press_with(Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    form = visit.page.schedule.reading
    visit.press(Qt.Key.Key_Return, form.widgets["path"])
    assert "folder and file name" in form.problem.text()
    form.put(path=str(tmp_path / "none.ics"))
    visit.press(Qt.Key.Key_Return, form.widgets["path"])
    assert "cannot be read" in form.problem.text()
    form.put(path=str(path))
    visit.press(Qt.Key.Key_Return, form.widgets["path"])
    assert form.problem.text() == (
        "1 new. New: [name]. a.ics, line 4: what looks like a person was left out of its title. Enter takes it."
    )
    assert not [one for one in records(visit.workspace, Session) if one.calendar_uid]
    visit.press(Qt.Key.Key_Return, form.widgets["path"])
    assert titled(visit, "[name]").visit == visit.page.visit
    assert visit.page.said.text().startswith("Read in. 1 new.") and not form.isVisible()


def test_the_schedule_goes_out_by_keys_from_the_list_and_of_one_visit(bench, tmp_path):
    to = tmp_path / "out.ics"
    bench.press_with(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    form = bench.page.schedule.writing
    form.put(path=str(to))
    bench.press(Qt.Key.Key_Return, form.widgets["path"])
    assert to.read_bytes().count(b"BEGIN:VEVENT") == 4 and str(to) in bench.page.said.text()
    visits.plan_session(bench.workspace, role="Elsewhere", planned_start=wall(25, 10))
    bench.press(Qt.Key.Key_Return, bench.page.list)
    bench.page.run("visit.export")
    form.put(path=str(tmp_path / "visit.ics"))
    bench.press(Qt.Key.Key_Return, form.widgets["path"])
    assert (tmp_path / "visit.ics").read_bytes().count(b"BEGIN:VEVENT") == 4  # and not what is on no visit
    bench.page.run("visit.export")
    form.put(path=str(tmp_path / "none" / "out.ics"))
    bench.press(Qt.Key.Key_Return, form.widgets["path"])
    assert "There is no folder" in form.problem.text() and form.isVisible()


def test_d_opens_the_sealed_diary_which_is_on_disk_while_it_is_typed_and_kept_by_escape(visit, qtbot):
    drafts = visit.desk.drafts = Drafts(visit.workspace)
    form = visit.page.diary
    visit.press(Qt.Key.Key_D)
    assert visit.window.focusWidget() is form.area and form.title.text().endswith("charging team")
    QTest.keyClicks(form.area, "Quizzical; ask again")
    assert form.unsaved() == "What you typed in the sealed diary is not on disk yet."
    qtbot.waitUntil(lambda: not form.unsaved(), timeout=5000)
    (draft,) = drafts.all()
    assert draft.kind == "diary_note" and "Quizzical" not in str(draft)
    visit.press(Qt.Key.Key_Escape, form.area)
    assert form.isHidden() and form.area.text() == "" and drafts.all() == []
    assert visit.page.stack.currentIndex() == VISIT and visit.page.view.session() is not None
    visit.press(Qt.Key.Key_D)
    assert form.area.text() == "Quizzical; ask again"
    QTest.keyClicks(form.area, " alone")
    visit.window.go("Today")  # going elsewhere keeps it and shuts it
    visit.settle()
    assert form.diary is None and form.area.text() == ""
    session = titled(visit, "Reviewing lawyer, charging team")
    assert diary.open_diary(visit.workspace, session.id).text == "Quizzical; ask again alone"
    opened = [line.detail for line in activity.lines(visit.workspace) if line.act == "open a sealed diary"]
    assert opened == ["Reviewing lawyer, charging team"] * 3
    visit.desk.drafts = None
    drafts.close()


def test_a_diary_that_cannot_be_kept_stays_open_with_what_was_typed(visit, monkeypatch):
    visit.press(Qt.Key.Key_D)
    form = visit.page.diary
    form.area.setPlainText("x" * 200_001)
    visit.press(Qt.Key.Key_Escape, form.area)
    assert form.isVisible() and "at most 200,000" in form.problem.text() and len(form.area.text()) == 200_001
    form.area.setPlainText("")
    visit.press(Qt.Key.Key_Escape, form.area)
    assert form.isHidden()
