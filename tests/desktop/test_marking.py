"""The marking pane: a file marked by keys alone, and nothing typed or answered that is lost."""

import threading
import time

import pytest
from accessibility import nameless, too_small, unreached
from gallery import places
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.settings import Settings
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer, Examination, Tag, TeamMember
from fieldwork.domain.values import new_id
from fieldwork.store.conflicting import conflicts
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.work import examining, file_view, files, undoing
from worlds import small_inspection

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    workspace = small_inspection(tmp_path)
    desk = Desk(workspace)
    desk.drafts = Drafts(workspace)
    yield desk
    desk.lanes.wait_idle(5000)
    desk.drafts.close()
    workspace.close()


@pytest.fixture
def window(qtbot, desk):
    made = [Place(p.name, p.icon, p.key, FilesPage) if p.name == "Files" else p for p in places()]
    window = MainWindow(desk, made, Settings())
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("Files")
    page = window.page("Files")
    qtbot.waitUntil(lambda: bool(page.lines))
    settle(desk)
    return window


@pytest.fixture
def page(window):
    return window.page("Files")


@pytest.fixture
def pane(window, page):
    """The marking pane with A-V-001 open, at the first question still to answer."""
    return opened(page, "A-V-001")


def settle(desk):
    for _ in range(3):
        assert desk.lanes.wait_idle(5000)
        QApplication.processEvents()


def opened(page, reference, question=""):
    file = files.find_file(page.desk.workspace, reference).id
    page.open((file, question) if question else file)
    settle(page.desk)
    assert page.marking.pane.file.reference == reference
    return page.marking


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the keyboard"
    if isinstance(key, str):
        QTest.keyClicks(target, key, modifiers)
    else:
        QTest.keyClick(target, key, modifiers)


def write(text):
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(QApplication.focusWidget(), event)


def enter():
    press(Qt.Key.Key_Return)


def answer_of(desk, reference, code):
    file = files.find_file(desk.workspace, reference).id
    return examining.open_file(desk.workspace, file).answer(code)


def other_laptop(desk, field, text, code="A02", reference="A-V-001"):
    """What a merge brings: the same examiner's answer, changed elsewhere."""
    pane = examining.open_file(desk.workspace, files.find_file(desk.workspace, reference).id)
    return examining.answer_file(desk.workspace, file=pane.file.id, question=code, **{field: text})


# a whole file


def test_a_whole_file_by_keys_alone_and_on_to_the_next(window, page, desk):
    keys, words = mark_all(page, desk)
    pane = page.marking
    held = examining.open_file(desk.workspace, pane.pane.file.id)
    assert held.complete and held.examination.finished
    asked = len(held.asked)
    assert keys["answers"] == asked - keys["given before"]
    assert keys["fixed"] == 2  # Enter on the list, Enter on to the next file
    assert keys["enter"] <= words + keys["lists"]
    enter()
    settle(desk)
    assert pane.pane.file.reference == "A-V-002"
    assert QApplication.focusWidget() is pane.question.head


def mark_all(page, desk):
    """Mark the file that the list offers first; returns keys by sort, and how many texts were typed."""
    keys = {"fixed": 1, "answers": 0, "enter": 0, "lists": 0}
    texts = 0
    enter()
    settle(desk)
    pane = page.marking
    keys["given before"] = sum(pane.pane.answered(q) for q in pane.pane.asked)
    for turn in range(200):
        if pane.stack.currentIndex() == 1:
            break
        question = pane.current()
        last = not pane.pane.next_unanswered(question.code)
        assert not last or not pane.pane.unanswered, question.code
        if not pane.pane.unanswered:
            press("f")
            break
        keys["answers"] += 1
        if question.kind in ("text", "integer"):
            write("Nothing to add." if question.kind == "text" else "2")
            enter()
        elif question.kind == "select_multiple":
            press("1")
            enter()
            keys["lists"] += 1
        else:
            value = "2" if question.scored and turn % 9 == 0 else "1"
            press(value)
            if question.scored and value == "2":
                assert QApplication.focusWidget() is pane.question.reason
                write("Late, and without its list.")
                enter()
        if question.kind in ("text", "integer") or (
            question.scored and pane.pane.answer(question.code).reason
        ):
            texts += 1
            keys["enter"] += 1
        elif question.kind == "select_multiple":
            keys["enter"] += 1
    settle(desk)
    assert pane.pane.file.reference == "A-V-001"
    assert pane.stack.currentIndex() == 1
    keys["fixed"] += 1
    return keys, texts


def test_what_is_on_disk_is_what_the_pane_showed(window, page, desk):
    mark_all(page, desk)
    shown = {code: (a.value, a.reason) for code, a in page.marking.pane.answers.items()}
    held = examining.open_file(desk.workspace, page.marking.pane.file.id)
    assert {code: (a.value, a.reason) for code, a in held.answers.items()} == shown


def test_an_answer_is_painted_at_once(pane, desk):
    opened_at = []
    pane.show_question("B01")
    for _ in range(12):
        start = time.perf_counter()
        press("1")
        pane.repaint()
        opened_at.append((time.perf_counter() - start) * 1000)
        assert pane.pane.answer(list(pane.pane.answers)[-1]) is not None
    settle(desk)
    assert sorted(opened_at)[len(opened_at) // 2] < 100


# conditions


def test_the_route_opens_and_closes_questions(window, page, desk):
    pane = opened(page, "A-V-002")
    assert {q.code for q in pane.pane.asked}.isdisjoint({"D01", "E01"})
    press("2")  # charged by the CPS
    assert {"D01", "E01", "I02"} <= {q.code for q in pane.pane.asked}
    assert "opened" in pane.question.news.text()
    pane.go_to("D02")
    press("1")
    assert pane.here == "D03"
    pane.go_to("D02")
    press("2")
    assert "D03" not in {q.code for q in pane.pane.asked}
    settle(desk)
    assert answer_of(desk, "A-V-002", "D02").value == "N"


def test_a_follow_up_question_is_announced_and_comes_next(pane):
    pane.go_to("D04")
    press("2")
    assert pane.question.news.text() == "Your answer opened 2 more questions"
    write("No interview record.")
    enter()
    assert pane.here == "D05"
    pane.go_to("B03")
    press("3")
    assert pane.question.news.text() == "Your answer opened one more question"


def test_a_dormant_answer_is_kept_shown_and_restored(pane, desk):
    pane.go_to("B03")
    press("2")
    write("Only ticks.")
    enter()
    assert pane.here == "B04"
    press("3")
    settle(desk)
    pane.go_to("B03")
    press("1")
    settle(desk)
    assert "B04" not in {q.code for q in pane.pane.asked}
    assert [q.code for q in pane.pane.dormant] == ["B04"]
    assert "kept (B04)" in pane.question.news.text()
    marks = {m.code: m.answer for s in pane.head.glance._sections for m in s.marks}
    assert marks["B04"] == "dormant"
    pane.go_to("B03")
    press("2")
    assert pane.pane.answer("B04").value == "tick_box"
    assert pane.pane.answered(pane.pane.questions.question("B04"))


def test_a_rule_of_the_question_keeps_one_there(pane, desk):
    pane.go_to("A06")
    write("-3")
    enter()
    assert pane.here == "A06" and pane.question.fault.text()
    pane.question.answers.setText("")
    write("many")
    enter()
    assert pane.here == "A06"
    assert "not a number" in pane.question.unsaved.text()
    pane.question.answers.setText("")
    write("3")
    enter()
    settle(desk)
    assert pane.here != "A06" and not pane.saving.unsaved


# reasons, comments, finishing


def test_a_missing_reason_is_said_and_keeps_the_file_open(pane, desk):
    pane.go_to("B01")
    press("3")
    assert QApplication.focusWidget() is pane.question.reason
    assert pane.question.need.isVisible()
    write("None on the file.")
    assert not pane.question.need.isVisible()
    pane.question.reason.selectAll()
    press(Qt.Key.Key_Delete)
    enter()
    assert pane.here == "B02"
    press("f")
    titles = [row.title for row in pane.finish_panel.list.rows]
    assert "A reason is missing" in titles and "Unanswered" in titles
    at = next(i for i, row in enumerate(pane.finish_panel.list.rows) if row.ident == "B01")
    pane.finish_panel.list.go(at + 0)
    places_of = [row.ident for row in pane.finish_panel.list.rows]
    pane.finish_panel.list.go(len(places_of) - 1 - places_of[::-1].index("B01"))
    enter()
    assert pane.here == "B01" and QApplication.focusWidget() is pane.question.reason


def test_shift_enter_starts_a_line(pane):
    pane.go_to("B01")
    press("2")
    write("one")
    press(Qt.Key.Key_Return, SHIFT)
    write("two")
    enter()
    assert pane.pane.answer("B01").reason == "one\ntwo"


def test_comment_and_escape_back_to_the_keys(pane, desk):
    pane.go_to("B02")
    press("c")
    write("A witness was named and never seen.")
    press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is pane.question.head
    settle(desk)
    assert answer_of(desk, "A-V-001", "B02").comment == "A witness was named and never seen."
    press("1")
    assert pane.here == "B03"


def test_letters_are_text_in_a_field(pane):
    pane.go_to("B01")
    press("2")
    write("first ")
    press("gcxtf?0")
    assert pane.question.reason.text() == "first gcxtf?0"
    assert pane.here == "B01" and pane.extras.panel is None


def test_several_choices_toggle_and_enter_confirms(pane, desk):
    pane.go_to("A03")
    before = len(records(desk.workspace, Answer))
    press("1")
    press("4")
    press("1")
    press("5")
    assert len(records(desk.workspace, Answer)) == before
    enter()
    settle(desk)
    assert answer_of(desk, "A-V-001", "A03").value == "hate vulnerable_victim"
    assert pane.here != "A03"


def test_seventeen_choices_each_have_a_key_of_their_own(pane):
    pane.go_to("D04")
    press("3")
    write("Nothing there.")
    enter()
    keys = [option.key for option in pane.question.answers.options]
    assert len(set(keys)) == 17 and all(keys)
    press(keys[-1])
    assert pane.pane.answer("D05").value == "other"


def test_clearing_an_answer(pane, desk):
    pane.go_to("B02")
    press("1")
    press(Qt.Key.Key_Up)
    assert pane.here == "B02"
    press(Qt.Key.Key_Backspace)
    assert not pane.pane.answered(pane.current())
    press("1")
    press("k")
    press("0")
    settle(desk)
    assert answer_of(desk, "A-V-001", "B02").value == ""


def test_moving_with_arrows_and_letters(pane):
    pane.go_to("B01")
    press(Qt.Key.Key_Down)
    assert pane.here == "B02"
    press("j")
    assert pane.here == "B03"
    press("k")
    press(Qt.Key.Key_Up)
    assert pane.here == "B01"


@pytest.mark.parametrize(("typed", "code"), [("d4", "D04"), ("D04", "D04"), ("7", "A01"), ("e", "E01")])
def test_going_to_a_code(pane, typed, code):
    pane.go_to("A01")
    press("g")
    press(typed)
    enter()
    assert pane.here == code or typed == "7"
    if typed == "7":
        assert "not asked" in pane.extras.panel.below.text()


def test_the_rest_of_a_section_for_one_reason(pane, desk):
    pane.go_to("F04")
    press("1")
    pane.go_to("F05")
    press("x")
    assert "F05" in pane.extras.panel.below.text()
    enter()
    assert "few words" in pane.extras.panel.below.text()
    write("No material of that kind.")
    enter()
    settle(desk)
    assert answer_of(desk, "A-V-001", "F05").value == "NA"
    assert answer_of(desk, "A-V-001", "F04").value == "FM"
    assert pane.here[0] != "F"


def test_a_theme_on_the_answer(pane, desk):
    pane.go_to("B01")
    press("3")
    write("No plan.")
    enter()
    pane.go_to("B01")
    press("t")
    press("dis")
    enter()
    settle(desk)
    tags = records(desk.workspace, Tag, target=answer_of(desk, "A-V-001", "B01").id)
    assert [tag.direction for tag in tags] == ["concern"]
    assert pane.view.tags["B01"] == (("disclosure", "concern"),)
    assert QApplication.focusWidget() is pane.question.head


def test_the_record_one_is_at_is_the_answer_or_the_examination(pane, desk):
    pane.go_to("B02")
    assert pane.extras.record_here() == pane.pane.examination.id
    press("1")
    settle(desk)
    pane.go_to("B02")
    assert pane.extras.record_here() == pane.pane.answer("B02").id


def test_guidance_in_place(pane):
    pane.go_to("D04")
    short = pane.question.guidance.text()
    press("?")
    assert "Asked because of A01." in pane.question.guidance.text()
    press("?")
    assert pane.question.guidance.text() == short


def test_next_and_previous_file(pane, desk):
    press(Qt.Key.Key_F4)
    settle(desk)
    assert pane.pane.file.reference == "A-V-002"
    press(Qt.Key.Key_F4, SHIFT)
    settle(desk)
    assert pane.pane.file.reference == "A-V-001"


# nothing is lost


def test_typed_words_are_drafts_before_they_are_entries(qtbot, pane, desk):
    pane.go_to("B01")
    press("2")
    write("Plan came late")
    qtbot.waitUntil(
        lambda: any(d.fields.get("reason") == "Plan came late" for d in desk.drafts.all()), timeout=2000
    )
    assert answer_of(desk, "A-V-001", "B01").reason == ""
    enter()
    settle(desk)
    assert answer_of(desk, "A-V-001", "B01").reason == "Plan came late"
    assert desk.drafts.all() == []


def test_after_a_crash_the_words_are_in_the_field_again(qtbot, window, page, desk):
    pane = opened(page, "A-V-001", "B01")
    press("2")
    write("Half a sent")
    pane.saving.keep_draft()
    settle(desk)
    left = desk.drafts.all()
    assert len(left) == 1
    second = FilesPage(desk)
    qtbot.addWidget(second)
    second.resize(1000, 700)
    second.show()
    assert second.resume(left)
    settle(desk)
    qtbot.waitUntil(lambda: second.marking.question.reason.text() == "Half a sent")
    assert second.marking.here == "B01"
    second.leave()
    settle(desk)
    assert answer_of(desk, "A-V-001", "B01").reason == "Half a sent"
    assert desk.drafts.all() == []


def test_leaving_the_page_and_resting_make_an_entry(window, page, desk):
    pane = opened(page, "A-V-001", "B01")
    press("2")
    write("Left early")
    window.go("Today")
    settle(desk)
    assert answer_of(desk, "A-V-001", "B01").reason == "Left early"
    window.go("Files")
    pane.question.open_reason()
    write(" again")
    pane.saving.idle.emit()
    settle(desk)
    assert answer_of(desk, "A-V-001", "B01").reason == "Left early again"
    write(" and more")
    enter()
    settle(desk)
    assert answer_of(desk, "A-V-001", "B01").reason == "Left early again and more"
    assert not conflicts(desk.workspace)


def test_a_write_that_fails_is_shown_kept_and_done_again(pane, desk, monkeypatch):
    real = file_view.store_answer

    def full(*_, **__):
        raise Fault("The disk is full; free some space.")

    pane.go_to("B02")
    monkeypatch.setattr(file_view, "store_answer", full)
    press("1")
    settle(desk)
    assert pane.here == "B03"
    press("k")
    assert pane.question.unsaved.text() == "Not saved. The disk is full; free some space."
    assert pane.question.answers.code() == "FM"
    assert desk.drafts.all()[0].fields["value"] == "FM"
    press("f")
    assert any("Not saved" in row.title for row in pane.finish_panel.list.rows)
    press(Qt.Key.Key_Escape)
    monkeypatch.setattr(file_view, "store_answer", real)
    press(Qt.Key.Key_F5)
    settle(desk)
    assert not pane.saving.unsaved and not pane.question.unsaved.isVisible()
    assert answer_of(desk, "A-V-001", "B02").value == "FM"
    assert desk.drafts.all() == []


def test_a_colleague_s_change_comes_in(pane, desk):
    pane.go_to("A04")
    done = other_laptop(desk, "value", "rasso")
    desk.changed.emit(done.changed)
    settle(desk)
    assert pane.here == "A04" and pane.pane.answer("A02").value == "rasso"


def test_a_colleague_s_change_never_overwrites_typing(pane, desk):
    pane.go_to("B01")
    press("2")
    settle(desk)
    write("Mine")
    done = other_laptop(desk, "reason", "Theirs", "B01")
    desk.changed.emit(done.changed)
    settle(desk)
    assert pane.question.reason.text() == "Mine"
    assert QApplication.focusWidget() is pane.question.reason
    enter()
    settle(desk)
    [clash] = conflicts(desk.workspace)
    assert {v.value for v in clash.versions} == {"Mine", "Theirs"}


def test_undo_shows_on_the_pane(pane, desk):
    pane.go_to("B02")
    press("1")
    settle(desk)
    pane.go_to("B02")
    desk.act(undoing.undo)
    settle(desk)
    assert not pane.pane.answered(pane.current())
    assert pane.question.answers.code() == ""
    desk.act(undoing.redo)
    settle(desk)
    assert pane.question.answers.code() == "FM"


def test_the_finish_check_keeps_the_row_in_sight(qtbot, pane, desk):
    press("f")
    qtbot.wait(50)
    for _ in range(30):
        press(Qt.Key.Key_Down)
    rows = pane.finish_panel.list
    at = rows.mapTo(pane.finish_area.viewport(), rows.visualRect(rows.currentIndex()).center())
    assert 0 < at.y() < pane.finish_area.viewport().height()


def test_own_writes_do_not_read_the_file_again(pane, desk, monkeypatch):
    pane.go_to("B01")
    press("1")
    settle(desk)
    asked = []
    monkeypatch.setattr(file_view, "view_file", lambda *a: asked.append(a))
    for _ in range(3):
        press("4")
    settle(desk)
    assert asked == []


def test_another_examiner_is_told_of_but_not_shown(window, page, desk):
    workspace = desk.workspace
    member, file = new_id(), files.find_file(workspace, "A-V-001").id
    id = examining.examination_id(file, member)
    questions = records(workspace, Examination)[0].question_set
    record(
        workspace,
        "answer",
        [
            Change(TeamMember.kind, member, {"label": "HMICFRS laptop 2", "inspectorate": "HMICFRS"}),
            Change(
                Examination.kind,
                id,
                {"case_file": file, "examiner": member, "question_set": questions, "started": 1},
            ),
            Change(
                Answer.kind,
                examining.answer_id(id, "B01"),
                {"examination": id, "question": "B01", "value": "NM"},
            ),
        ],
    )
    pane = opened(page, "A-V-001")
    assert pane.head.others.text() == ("The HMICFRS examiner has begun: their answers stay closed here")
    assert pane.pane.answer("B01") is None


# where one left off


def test_resume_where_left(qtbot, pane, desk, page):
    pane.go_to("D04")
    settle(desk)
    second = FilesPage(desk)
    qtbot.addWidget(second)
    second.show()
    second.refresh()
    settle(desk)
    assert second.carry_on.isVisible() and second.carry_on.text() == "Carry on: A-V-001 at D04"
    second.run("files.resume")
    settle(desk)
    assert second.marking.here == "D04"


# shape and access


@pytest.mark.parametrize(
    ("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((640, 480), 1.0), ((1280, 800), 2.0)]
)
def test_question_answers_and_reason_on_one_screen(qtbot, window, pane, desk, size, factor):
    appearance.apply("light", factor)

    def resized():
        window.resize(*size)
        return (window.width(), window.height()) == size

    qtbot.waitUntil(resized)  # a wide layout gives way before the window can shrink
    pane.go_to("D04")
    press("2")
    write("Summary and both key statements there. Body-worn video is named but not linked.")
    settle(desk)
    qtbot.wait(50)
    area = pane.area.viewport()
    for widget in (pane.question.head.wording, pane.question.answers, pane.question.reason):
        top = widget.mapTo(area, widget.rect().topLeft())
        end = widget.mapTo(area, widget.rect().bottomRight())
        assert top.y() >= 0 and end.y() <= area.height(), widget
        assert top.x() >= 0 and end.x() <= area.width(), widget
    assert window.width() == size[0]


@pytest.mark.parametrize("code", ["A01", "A03", "A06", "B01", "D04", "N03"])
def test_every_control_has_a_name_a_size_and_a_way_there(pane, window, desk, code):
    pane.go_to(code)
    settle(desk)
    assert nameless(pane) == []
    assert too_small(pane) == []
    assert unreached(pane) == []


def test_strip_and_sections_are_told_in_words(pane):
    assert pane.head.glance.accessibleName() == "Answers at a glance, 1 of 47 given"
    assert "A Case facts: 1 of 6" in pane.head.glance.accessibleDescription()
    model = pane.sections.list.model()
    assert model.data(model.index(0, 0)) == "A, Case facts, 1/6"
    assert pane.question.head.accessibleName() == "A02. Which work stream is this?"
    assert "not answered" in pane.question.head.accessibleDescription()


# behind a merge, on a full disk, on resuming


def held(desk):
    """The drafts of answers, as question to the words kept."""
    return {
        draft.fields["question"]: {n: draft.fields[n] for n in ("value", "reason") if n in draft.fields}
        for draft in desk.drafts.all()
    }


def test_a_keyed_answer_waiting_behind_a_merge_is_a_draft_and_is_resumed(qtbot, window, pane, desk):
    pane.go_to("A02")
    let_go = threading.Event()
    desk.act(lambda _: let_go.wait(20))
    press("2")
    first = pane.pane.answer("A02").value
    pane.go_to("A02")
    press("1")
    given = pane.pane.answer("A02").value
    assert given and given != first
    qtbot.waitUntil(lambda: held(desk).get("A02") == {"value": given}, timeout=5000)
    left = [draft for draft in desk.drafts.all() if draft.fields["question"] == "A02"]
    assert left[0].as_of is not None
    let_go.set()
    settle(desk)
    assert answer_of(desk, "A-V-001", "A02").value == given
    assert held(desk) == {} and conflicts(desk.workspace) == []
    page = FilesPage(desk)
    qtbot.addWidget(page)
    assert page.resume(left)  # as if the window had been killed before the draft was dropped
    settle(desk)
    page.leave()
    settle(desk)
    assert answer_of(desk, "A-V-001", "A02").value == given and conflicts(desk.workspace) == []
    assert held(desk) == {}


def test_an_answer_over_a_colleague_s_unseen_one_is_a_conflict(pane, desk):
    pane.go_to("A02")
    pane.renewal.take = lambda changed: None  # it came in and is not shown yet
    other_laptop(desk, "value", "rasso")
    press("1")
    settle(desk)
    assert len(conflicts(desk.workspace)) == 1
    pane.go_to("A02")
    press("2")
    settle(desk)
    assert len(conflicts(desk.workspace)) == 1


def test_an_answer_on_no_disk_keeps_the_window_open(pane, window, desk, monkeypatch):
    def full(*_, **__):
        raise Fault("The disk is full; free some space.")

    pane.go_to("A02")
    keep = desk.drafts.keep
    monkeypatch.setattr(file_view, "store_answer", full)
    monkeypatch.setattr(desk.drafts, "keep", full)
    press("1")
    settle(desk)
    window.close_to_lock()
    assert window.isVisible() and "A02 is not on disk yet" in window.notice.text()
    monkeypatch.setattr(desk.drafts, "keep", keep)
    window.close_to_lock()
    assert not window.isVisible() and set(held(desk)) == {"A02"}
