"""The note editor as a person types in it: real key events on the real window, a real workspace behind it."""

import threading
import time
from dataclasses import replace

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from stalls import StallProbe

import worlds
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.interviews import Interviews
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_text import read_line
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store.conflicting import conflict_count, conflicts
from fieldwork.store.drafts import Drafts
from fieldwork.store.history import undo
from fieldwork.store.reading import get, records
from fieldwork.store.recording import moment
from fieldwork.work import notes, team, visits
from fieldwork.work.drafting import OpenLine, keep_draft, left_open, write_open_lines

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
K = Qt.Key


class Person:
    """Somebody at the window: keys go where the focus is."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.told = []
        self.start()

    def start(self):
        self.desk = Desk(self.workspace)
        self.desk.drafts = Drafts(self.workspace)
        self.desk.failed.connect(self.told.append)
        self.window = MainWindow(self.desk, [Place("Interviews", "messages-square", "3", Interviews)])
        self.window.resize(1280, 800)
        self.window.show()
        QTest.qWaitForWindowActive(self.window)
        self.window.go("Interviews")
        self.page = self.window.pages["Interviews"]
        self.editor = self.page.editor
        self.settle()

    def close(self):
        self.window.close()
        self.desk.lanes.wait_idle(20_000)
        self.desk.drafts.close()

    def settle(self):
        """Everything under way is done."""
        for _ in range(3):
            self.desk.lanes.wait_idle(20_000)
            QTest.qWait(5)

    def type(self, text):
        for character in text:
            QTest.keyClicks(QApplication.focusWidget(), character)

    def key(self, key, held=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)

    def line(self, text):
        self.type(text)
        self.key(K.Key_Return)

    def open(self, title):
        held = next(s for s in records(self.workspace, Session) if s.title == title)
        self.page.show_note(held.id)
        self.settle()
        return held.id

    def new(self):
        self.key(K.Key_N, CTRL)
        self.settle()

    def stored(self):
        return [line.record for line in notes.lines_of(self.workspace, self.editor.session)]

    def shown(self):
        return [row.text for row in self.editor.model.rows]

    def drafts(self):
        return left_open(self.workspace, self.desk.drafts.all())


@pytest.fixture
def workspace(tmp_path, monkeypatch, dressed):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with worlds.small_inspection(tmp_path) as held:
        yield held


@pytest.fixture
def person(workspace):
    someone = Person(workspace)
    yield someone
    someone.close()


def test_ctrl_n_is_a_note_at_once(person):
    """The keyboard is in the live line before anything is stored; the header waits."""
    person.key(K.Key_N, CTRL)
    assert QApplication.focusWidget() is person.editor.live.text
    person.type("Before anything else")
    person.settle()
    person.key(K.Key_Return)
    person.settle()
    (line,) = person.stored()
    held = get(person.workspace, Session, line.session)
    assert line.text == "Before anything else" and held.state == "open" and held.title == ""


def test_marks_speakers_nods_and_themes(person):
    person.new()
    person.line('"Nobody told us')
    person.line("> they said so")
    person.line("!Ask the gatekeeper")
    person.line("@the guide of spring")
    person.key(K.Key_B, ALT)
    person.type("we all ring")
    person.key(K.Key_N, ALT)
    person.type("4")
    person.key(K.Key_Return)
    person.type(" the lawyer #rel+")
    person.key(K.Key_Return)
    assert person.editor.live.text.toPlainText() == "we all ring the lawyer "
    person.key(K.Key_Return)
    person.line("C: typed with a colon #disclosure- here")
    person.settle()
    lines = person.stored()
    assert [line.mark for line in lines] == ['"', ">", "!", "@", "", ""]
    assert lines[1].text == "they said so"
    assert (lines[4].speaker, lines[4].nods, lines[4].text) == ("B", 4, "we all ring the lawyer")
    assert (lines[5].speaker, lines[5].text) == ("C", "typed with a colon here")
    tags = [
        [(theme.code, tag.direction) for theme, tag in line.tags]
        for line in notes.lines_of(person.workspace, person.editor.session)
    ]
    assert tags[4:] == [[("relationships", "strength")], [("disclosure", "concern")]]


def test_first_keystroke_is_the_time(person):
    person.new()
    before = int(time.time() * 1000)
    person.type("a")
    after = int(time.time() * 1000)
    QTest.qWait(60)
    person.line("nd later")
    person.settle()
    assert before <= person.stored()[0].typed <= after


def test_split_join_and_move_keep_identities(person):
    person.new()
    person.line("One and two")
    person.line("Three")
    person.settle()
    one, three = person.stored()
    person.key(K.Key_Up)
    person.key(K.Key_Up)
    for _ in range(len(" and two")):
        person.key(K.Key_Left)
    person.key(K.Key_Return)
    person.settle()
    first, second, last = person.stored()
    assert (first.id, first.text) == (one.id, "One")
    assert (second.text, second.typed) == ("and two", one.typed)
    assert last.id == three.id
    person.key(K.Key_Backspace)
    assert person.shown() == ["One and two", "Three"]
    person.key(K.Key_End)
    person.key(K.Key_Delete)
    assert person.shown() == ["One and two Three"]
    person.key(K.Key_Escape)
    person.settle()
    (joined,) = person.stored()
    assert (joined.id, joined.text, joined.typed) == (one.id, "One and two Three", one.typed)
    undo(person.workspace)
    assert [line.text for line in person.stored()] == ["One", "and two", "Three"]


def test_move_up_and_down(person):
    person.new()
    for text in ("one", "two", "three"):
        person.line(text)
    person.key(K.Key_Up)
    person.key(K.Key_Up, ALT)
    person.key(K.Key_Up, ALT)
    assert person.shown()[:3] == ["three", "one", "two"]
    person.key(K.Key_Down, ALT)
    person.settle()
    assert [line.text for line in person.stored()] == ["one", "three", "two"]
    person.type("!")
    person.key(K.Key_Escape)
    person.settle()
    assert [line.text for line in person.stored()] == ["one", "three!", "two"]


def test_lines_put_between_stand_between(person):
    person.new()
    for text in ("one", "four"):
        person.line(text)
    person.key(K.Key_Up)
    person.key(K.Key_Up)
    person.key(K.Key_Return)
    person.line("two")
    person.type("three")
    person.key(K.Key_Escape)
    person.settle()
    assert [line.text for line in person.stored()] == ["one", "two", "three", "four"]


def test_paste_makes_lines_in_one_act(person):
    person.new()
    person.line("before")
    data = QMimeData()
    data.setText('"first of them\n\n> second #it-\nD: third\n')
    person.editor.live.text.insertFromMimeData(data)
    person.line("after")
    person.settle()
    lines = person.stored()
    assert [(line.mark, line.speaker, line.text) for line in lines] == [
        ("", "", "before"),
        ('"', "", "first of them"),
        (">", "", "second"),
        ("", "D", "third"),
        ("", "", "after"),
    ]
    undo(person.workspace)
    undo(person.workspace)
    assert [line.text for line in person.stored()] == ["before"]
    assert person.drafts() == []


def test_backspace_takes_the_mark_off_before_it_joins(person):
    person.new()
    person.line("one")
    person.type("!two")
    person.key(K.Key_Home)
    person.key(K.Key_Backspace)
    assert person.shown() == ["one", "two"] and person.editor.live.row.mark == ""
    person.key(K.Key_Backspace)
    assert person.shown() == ["one two"]


def test_a_whole_interview(person):
    """Forty lines, every third one changed afterwards."""
    person.new()
    wanted = []
    for number in range(40):
        text = f"{('', '>', '!', '@')[number % 4]}Line {number} of what they said"
        if number % 5 == 0:
            person.key(K(K.Key_A.value + number % 8), ALT)
        person.line(text)
        wanted.append(text.lstrip(">!@"))
    for number in range(39, -1, -1):
        person.key(K.Key_Up)
        if number % 3 == 0:
            person.type(" more")
            wanted[number] += " more"
    person.key(K.Key_Escape)
    person.settle()
    lines = person.stored()
    assert [line.text for line in lines] == wanted
    assert [line.mark for line in lines] == [("", ">", "!", "@")[n % 4] for n in range(40)]
    assert [bool(line.speaker) for line in lines] == [n % 5 == 0 for n in range(40)]
    assert [line.typed for line in lines] == sorted(line.typed for line in lines)
    assert conflict_count(person.workspace) == 0 and person.drafts() == [] and person.told == []


def test_drafts_land_while_a_long_job_holds_the_write_lane(person):
    """A merge neither delays a draft nor a key; the lines become entries when it is over."""
    person.new()
    let_go = threading.Event()

    def hold(workspace):
        with workspace.write():
            let_go.wait(30)

    person.desk.act(hold)
    QTest.qWait(100)
    acknowledged = []
    person.editor.acknowledged.connect(lambda line, when: acknowledged.append(line.text))
    person.line("said during the merge")
    person.type("and this too")
    end = time.monotonic() + 5
    while "and this too" not in acknowledged and time.monotonic() < end:
        QTest.qWait(10)
    assert [line.text for found in person.drafts() for line in found.lines] == [
        "said during the merge",
        "and this too",
    ]
    assert records(person.workspace, NoteLine, session=person.editor.session) == []
    assert person.shown() == ["said during the merge", "and this too"]
    let_go.set()
    person.key(K.Key_Escape)
    person.settle()
    assert [line.text for line in person.stored()] == ["said during the merge", "and this too"]
    assert person.drafts() == []


def test_an_entry_that_cannot_be_written_stays_on_screen_and_in_the_drafts(person, monkeypatch):
    from fieldwork.desktop.pages import note_keeping

    person.new()

    def full(*_, **__):
        raise Fault("The disk that holds small.fieldwork is full; nothing was changed.")

    monkeypatch.setattr(note_keeping, "write_open_lines", full)
    person.line("written on a full disk")
    person.settle()
    assert person.shown()[0] == "written on a full disk"
    assert [line.text for found in person.drafts() for line in found.lines] == ["written on a full disk"]
    assert len(person.told) == 1 and "disk" in person.told[0]
    assert not person.editor.trouble_pane.isHidden()
    monkeypatch.setattr(note_keeping, "write_open_lines", write_open_lines)
    person.editor.keeper._again()
    person.settle()
    assert [line.text for line in person.stored()] == ["written on a full disk"]
    assert person.drafts() == [] and person.editor.trouble_pane.isHidden()


def test_an_older_refused_entry_never_overwrites_a_newer_one(person, monkeypatch):
    from fieldwork.desktop.pages import note_keeping

    person.new()
    monkeypatch.setattr(
        note_keeping, "write_open_lines", lambda *_, **__: (_ for _ in ()).throw(Fault("Full."))
    )
    person.line("old")
    person.settle()
    monkeypatch.setattr(note_keeping, "write_open_lines", write_open_lines)
    person.key(K.Key_Up)
    person.type("er and newer")
    person.key(K.Key_Escape)
    person.settle()
    person.editor.keeper._again()
    person.settle()
    assert [line.text for line in person.stored()] == ["older and newer"]
    assert person.drafts() == []


def test_what_a_colleague_changed_unseen_is_a_conflict(person):
    """Text that came in while one typed is not overwritten."""
    person.open("Focus group, response constables")
    person.key(K.Key_Up)
    person.type(" Mine.")
    line = person.editor.live.row.id
    as_of = person.editor.current().as_of
    theirs = OpenLine(line, person.editor.session, person.editor.live.row.place, "Theirs.", as_of=as_of)
    write_open_lines(person.workspace, [theirs])
    person.key(K.Key_Escape)
    person.settle()
    (clash,) = conflicts(person.workspace)
    assert {version.value for version in clash.versions} == {
        "Theirs.",
        "Disclosure schedules come last, at the end of a shift. Mine.",
    }


def test_a_join_deletes_nothing_a_colleague_changed_unseen(person, monkeypatch):
    """Their text stands beside the joined one until somebody has seen both."""
    from fieldwork.work import drafting

    person.open("Focus group, response constables")
    person.key(K.Key_Up)
    person.key(K.Key_Home)
    lower = person.editor.live.row.id
    person.key(K.Key_Backspace)
    monkeypatch.setattr(drafting, "changed_by_others", lambda _, id, since: id == lower)
    person.key(K.Key_Escape)
    person.settle()
    texts = [line.text for line in person.stored()]
    assert texts[-2].endswith("Disclosure schedules come last, at the end of a shift.")
    assert person.stored()[-1].id == lower and person.shown() == texts


def test_leaving_and_coming_back_is_no_conflict_with_oneself(person):
    person.open("Focus group, response constables")
    person.key(K.Key_Up)
    for _ in range(5):
        person.type(" more")
        person.key(K.Key_Up)
        person.key(K.Key_Down)
    person.key(K.Key_Escape)
    person.settle()
    assert conflict_count(person.workspace) == 0
    assert person.stored()[-1].text.endswith(" more more more more more")


def test_what_is_typed_is_open_again_after_a_crash(person):
    person.open("Focus group, response constables")
    person.type("Half a thought")
    end = time.monotonic() + 5
    while not person.drafts() and time.monotonic() < end:
        QTest.qWait(10)
    drafts = person.desk.drafts.all()
    person.editor._typed = person.editor._sent = 0  # as if the process had gone
    person.window.close()
    person.desk.drafts.close()
    person.start()
    person.page.resume(drafts)
    person.settle()
    live = person.editor.live
    assert live.row.text == "Half a thought" and QApplication.focusWidget() is live.text
    assert live.text.position() == len("Half a thought")
    person.type(" and the rest")
    person.key(K.Key_Escape)
    person.settle()
    assert person.stored()[-1].text == "Half a thought and the rest"
    assert person.drafts() == []


def test_drafts_other_than_the_last_become_entries(person):
    session = person.open("Focus group, response constables")
    for number, text in enumerate(("first left", "second left")):
        line = OpenLine(new_id(), session, f"z{number}", text, typed=1)
        keep_draft(person.workspace, person.desk.drafts, line.id, [line])
        QTest.qWait(3)
    person.page.resume(person.desk.drafts.all())
    person.settle()
    assert person.editor.live.row.text == "second left"
    assert "first left" in [line.text for line in person.stored()]


def test_thirty_idle_seconds_make_an_entry_and_the_line_stays(person):
    person.new()
    person.type("idle")
    person.editor._idle.timeout.emit()
    person.settle()
    assert [line.text for line in person.stored()] == ["idle"] and person.drafts() == []
    person.type(" no more")
    person.window.pages["Interviews"].leave()
    person.settle()
    assert [line.text for line in person.stored()] == ["idle no more"]
    assert person.editor.live.row.text == "idle no more" and conflict_count(person.workspace) == 0


def test_a_line_handed_over_and_left_is_painted_as_it_was_typed(person):
    person.new()
    person.type("handed over")
    person.editor.hand_over()
    person.key(K.Key_Escape)
    assert person.shown() == ["handed over"]
    person.settle()
    assert person.shown() == ["handed over"] and not person.editor.model.rows[0].waiting
    person.key(K.Key_Return)
    person.type(" #")
    person.editor.hand_over()
    person.settle()
    person.key(K.Key_Escape)
    person.key(K.Key_Escape)
    assert person.shown() == ["handed over #"]


def test_tick_header_and_views(person):
    person.open("Focus group, response constables")
    for _ in range(3):
        person.key(K.Key_Up)
    assert person.editor.live.row.mark == "!"
    person.key(K.Key_D, CTRL)
    person.settle()
    assert [line.settled for line in person.stored() if line.mark == "!"] == [1]
    line = next(line for line in person.stored() if line.mark == "!")
    assert person.editor.record_here() == line.id
    person.settle()
    person.key(K.Key_F2)
    person.settle()
    sheet = person.editor.header.sheet
    sheet.form.present.setValue(9)
    person.key(K.Key_Return)
    person.settle()
    assert get(person.workspace, Session, person.editor.session).present == 9
    assert QApplication.focusWidget() is person.editor.live.text
    person.key(K.Key_F7)
    assert person.editor.view == "Mine"


def test_what_the_list_view_says_to_a_screen_reader(person):
    person.open("Focus group, response constables")
    person.key(K.Key_Escape)
    view = QAccessible.queryAccessibleInterface(person.editor.lines)
    assert view.role() == QAccessible.Role.List
    spoken = [view.child(n).text(QAccessible.Text.Name) for n in range(view.childCount())]
    first = next(words for words in spoken if "Nobody taught us" in words)
    assert first.startswith("13:34, speaker A") and "theme capability, concern" in first
    assert any("follow-up, Who decides" in words for words in spoken)
    person.key(K.Key_Home)
    person.key(K.Key_Down)
    assert person.editor.lines.currentIndex().row() == 1
    person.key(K.Key_Return)
    assert person.editor.live.row.text.startswith("Nobody taught us")
    assert "speaker A" in person.editor.live.text.accessibleDescription()


@pytest.mark.parametrize("where", ["list", "note"])
def test_everything_is_named_reached_and_large_enough(person, where):
    if where == "note":
        person.open("Focus group, response constables")
    assert nameless(person.window) == [] and too_small(person.window) == []
    if where == "note":
        person.key(K.Key_Escape)  # Tab indents the line that is typed; Escape, then Tab, leads out of it
    assert unreached(person.window) == []


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
@pytest.mark.parametrize("shape", [(1280, 800, 1.0), (640, 900, 1.0), (1280, 800, 2.0), (640, 900, 2.0)])
def test_pictures(person, look, shape):
    """In every palette, narrow and at 200%: the window is as small as asked, and the live line is in sight."""
    width, height, factor = shape
    person.open("Focus group, response constables")
    person.type("> A thought that is long enough to need a second line in a narrow window #")
    person.window.resize(width, height)
    appearance.apply(look, factor)
    person.settle()
    QTest.qWait(30)
    picture = person.window.grab()
    live = person.editor.live
    assert (picture.width(), picture.height()) == (width, height)
    assert live.isVisible() and live.y() >= 0
    assert live.geometry().bottom() <= person.editor.lines.viewport().height()
    assert live.text.height() >= live.text.document().size().height()
    assert person.editor.offer.showing()


def test_f6_goes_to_what_was_asked_for_and_escape_comes_back(person):
    person.open("Focus group, response constables")
    person.key(K.Key_F6)
    assert QApplication.focusWidget() is person.editor.side.list
    person.key(K.Key_Escape)
    assert QApplication.focusWidget() is person.editor.live.text
    person.key(K.Key_F6)
    person.key(K.Key_Return)
    assert person.editor.live.row.text.startswith("Who decides")


def test_five_thousand_lines_are_laid_out_on_demand(person):
    """Opening a long note measures what is in sight; typing in it holds the window up for nothing long."""
    session = visits.start_session(person.workspace, title="A long one").id
    texts = [
        f"Line {n}: the file came back late and nobody rang the officer about it." * (1 + n % 3)
        for n in range(5000)
    ]
    notes.paste_lines(person.workspace, session=session, texts=texts)
    began = time.perf_counter()
    person.editor.show_session(session)
    person.settle()
    opened = time.perf_counter() - began
    view = person.editor.lines
    assert len(person.editor.model.rows) == 5001
    assert view.laid_out < 200
    with StallProbe() as probe:
        for character in "typed at the very end of a very long note":
            QTest.keyClicks(QApplication.focusWidget(), character)
            QTest.qWait(15)
        typing = sorted(probe.gaps)
        person.key(K.Key_Return)
        QTest.qWait(200)
    print(
        f"5,000 lines: open {opened * 1000:.0f} ms, {view.laid_out} laid out; while typing worst gap "
        f"{typing[-1] * 1000:.0f} ms, Enter and all after it {probe.worst_ms:.0f} ms"
    )
    view.verticalScrollBar().setValue(0)
    assert view.laid_out < 400


def test_rows_say_all_they_show():
    row = NoteRow(b"1", "a", "Text", "!", "B", 4, 7, 0, chips=((b"t", "it", "concern"),), settled=True)
    assert row.spoken() == "speaker B, follow-up, Text, theme it, concern, 4 of 7 nod, followed up"
    assert replace(row, mark='"', text='said."').shown == "\u201csaid.\u201d"


def test_what_is_given_is_not_taken_out_of_the_words():
    assert read_line("A: said", speaker=False).text == "A: said"
    assert read_line("> said", mark=False).text == "> said"
    assert read_line("A: > said [4 of 7]").text == "said"


def test_history_names_the_line(person):
    person.new()
    person.line("kept")
    person.settle()
    told = team.history(person.workspace, person.stored()[0].id)
    assert "text" in {line.field for line in told} and moment(person.workspace) > 0


class Full:
    """The drafts file on a full disk."""

    def __init__(self, drafts):
        self.drafts, self.full = drafts, True

    def keep(self, *args):
        if self.full:
            raise Fault("The disk is full; free some space.")
        return self.drafts.keep(*args)

    def __getattr__(self, name):
        return getattr(self.drafts, name)


def full_disk(person, monkeypatch):
    from fieldwork.desktop.pages import note_keeping

    def full(*_, **__):
        raise Fault("The disk is full; free some space.")

    disk = person.desk.drafts = Full(person.desk.drafts)
    monkeypatch.setattr(note_keeping, "write_open_lines", full)
    return disk, lambda: monkeypatch.setattr(note_keeping, "write_open_lines", write_open_lines)


def test_nothing_is_closed_or_locked_while_words_are_on_no_disk(person, monkeypatch):
    disk, mend = full_disk(person, monkeypatch)
    person.new()
    person.type("not on any disk")
    person.window.close()
    assert person.window.isVisible() and person.editor.live.row.text == "not on any disk"
    assert "not on disk yet" in person.window.notice.text()
    assert "within 10 seconds" in person.window.notice.text()
    for _ in range(2):
        person.window.close_to_lock()
        assert person.window.isVisible() and "Nothing is locked" in person.window.notice.text()
    person.window._refused_at = time.monotonic() - 11
    person.window.close()
    assert person.window.isVisible()
    disk.full = False
    person.window.close_to_lock()
    assert not person.window.isVisible() and person.window.unsaved() == ""
    assert [line.text for found in person.drafts() for line in found.lines] == ["not on any disk"]
    mend()


def test_room_made_on_a_full_disk_is_used_without_a_key(person, monkeypatch):
    disk, mend = full_disk(person, monkeypatch)
    person.new()
    person.line("a line on no disk")
    person.type("nor this")
    QTest.qWait(1500)
    assert not person.editor.trouble_pane.isHidden() and person.drafts() == []
    end = time.monotonic() + 10
    disk.full = False
    mend()
    while person.window.unsaved() or not person.stored() or not person.editor.trouble_pane.isHidden():
        assert time.monotonic() < end
        QTest.qWait(10)
    assert [line.text for line in person.stored()] == ["a line on no disk"]


def test_the_person_may_give_up_what_cannot_be_saved_by_closing_twice(person, monkeypatch):
    full_disk(person, monkeypatch)
    person.new()
    person.type("given up")
    person.window.close()
    assert person.window.isVisible()
    person.window.close()
    assert not person.window.isVisible()


def test_closing_waits_behind_a_long_write_and_says_so(person):
    let_go = threading.Event()
    person.desk.act(lambda _: let_go.wait(20))
    person.key(K.Key_N, CTRL)
    person.type("said while a merge runs")
    person.window.close()
    assert person.window.isVisible() and "Finishing" in person.window.notice.text()
    let_go.set()
    end = time.monotonic() + 10
    while person.window.isVisible() and time.monotonic() < end:
        QTest.qWait(20)
    assert not person.window.isVisible()
    assert [line.text for line in person.stored()] == ["said while a merge runs"]


def test_an_untouched_note_is_nowhere(person):
    before = {session.id for session in records(person.workspace, Session)}
    person.new()
    person.key(K.Key_F2)
    person.settle()
    person.editor.header.sheet.form.keep.click()
    person.settle()
    person.editor.finish()
    person.settle()
    assert {session.id for session in records(person.workspace, Session)} == before
    person.key(K.Key_N, CTRL)
    person.key(K.Key_F2)
    person.settle()
    shown = person.editor.header.sheet.form.visit.code()
    person.editor.header.sheet.form.role.setText("Custody sergeant")
    person.editor.header.sheet.form.keep.click()
    person.settle()
    held = get(person.workspace, Session, person.editor.session)
    assert (held.role, held.state, held.method, held.mode) == ("Custody sergeant", "open", "interview", "")
    assert held.present is None and held.planned_start is None
    assert (held.visit.hex() if held.visit else "") == shown
    person.key(K.Key_F2)
    person.settle()
    sheet = person.editor.header.sheet
    sheet.form.present.setValue(3)
    sheet.form.keep.click()
    person.key(K.Key_F2)  # before that is written
    person.settle()
    assert person.editor.header.sheet.form.present.value() == 3
    person.editor.header.sheet.form.present.setValue(0)
    person.editor.header.sheet.form.keep.click()
    person.settle()
    assert get(person.workspace, Session, person.editor.session).present is None
    assert conflict_count(person.workspace) == 0


def test_the_header_offers_roles_and_says_quietly_what_looks_like_a_name(person, qtbot):
    person.open("Focus group, response constables")
    person.key(K.Key_F2)
    person.settle()
    sheet = person.editor.header.sheet
    sheet.form.role.clear()
    qtbot.keyClicks(sheet.form.role, "district crown")
    qtbot.keyClick(sheet.form.role, K.Key_Tab)
    assert (sheet.header().role, sheet.header().band) == ("District crown prosecutor", "middle")
    sheet.form.role.setText("With Anna Price")
    qtbot.waitUntil(lambda: "looks like a name" in sheet.form.problem.text(), timeout=5000)


def test_the_header_sends_what_was_changed_and_what_it_had_seen(person):
    id = person.open("Focus group, response constables")
    held = get(person.workspace, Session, id)
    person.key(K.Key_F2)
    person.settle()
    person.editor.header.sheet.form.keep.click()
    person.settle()
    assert get(person.workspace, Session, id) == held
    person.key(K.Key_F2)
    person.settle()
    visits.describe_session(person.workspace, session=id, role="Theirs", present=8)
    person.editor.header.sheet.form.role.setText("Mine")
    person.editor.header.sheet.form.keep.click()
    person.settle()
    (clash,) = [one for one in conflicts(person.workspace) if one.field == "role"]
    assert {version.value for version in clash.versions} == {"Theirs", "Mine"}
    assert get(person.workspace, Session, id).present == 8
