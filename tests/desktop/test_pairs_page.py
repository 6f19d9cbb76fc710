"""A blind pair in the window, by keys alone: pairing, marking, packages, opening, reconciling; the results count."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import laptops
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.kit import Text
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking
from fieldwork.domain.records import Device
from fieldwork.exchange import sharing
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import get, records
from fieldwork.work import files, handing, joint, marking_notes, reconciling, results, sampling
from laptops import give, together
from marking_world import CHOICES, mark, put_in_use, three_laptops
from worlds import wall

ENTER, ESC, SHIFT = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier


class People:
    """The lead, the police and the prosecution examiner, each at a window of their own when wanted."""

    def __init__(self, qtbot, folder, some=None):
        self.qtbot, self.folder = qtbot, folder
        self.open: list[Bench] = []
        self.all = some or three_laptops(folder, per_stratum=1)
        if some:
            return
        marking_notes.note_marking(self.all[1], question="B01", text="No summary at all is not met.")
        together(*self.all)
        self.file = files.find_file(self.all[0], "V1").id

    def at(self, who):
        """This one's window on the files, opened now if it was not."""
        workspace = self.all[who]
        bench = next((one for one in self.open if one.workspace is workspace), None)
        if bench is None:
            bench = Bench(self.qtbot, workspace, "Files", FilesPage)
            bench.desk.drafts = Drafts(workspace)
            self.open.append(bench)
        bench.window.activateWindow()
        bench.page.refresh(None)
        bench.settle()
        bench.settle()
        return bench

    def close(self):
        for bench in self.open:
            bench.desk.lanes.wait_idle(60_000)
            bench.desk.drafts.close()
        for workspace in self.all:
            workspace.close()

    def pack(self, giver, *receivers):
        """A real package from one to others."""
        path = handing.share(self.all[giver], self.folder).path
        for other in receivers:
            assert not sharing.merge(self.all[other], [path]).outcomes[0].refused


def select(bench, reference):
    at = next(i for i, one in enumerate(bench.page.list.rows) if one.title == reference)
    bench.page.list.setFocus()
    bench.page.list.go(at)


def type_in(bench, words):
    QTest.keyClicks(bench.window.focusWidget(), words)


def sub(bench, reference):
    return next(one.sub for one in bench.page.list.rows if one.title == reference)


def texts(widget):
    return " ".join(one.text() for one in widget.findChildren(Text))


@pytest.fixture
def people(qtbot, tmp_path):
    made = People(qtbot, tmp_path)
    yield made
    made.close()


def pair_by_keys(people):
    """The lead pairs up V1: both mark all."""
    lead = people.at(0)
    lead.page.shows.choose(1)
    lead.page._choose_show(1)
    select(lead, "V1")
    lead.press_with("P", SHIFT)
    panel = lead.page.pairs.pairing
    names = [row.title for row in panel.panel.list.rows]
    police = next(i for i, row in enumerate(panel.panel.list.rows) if row.ident == _member(people, 1))
    panel.panel.list.go(police)
    lead.press(ENTER)
    rest = panel.panel.list.rows
    assert len(rest) == len(names) - 1, "nobody is paired with themselves"
    panel.panel.list.go(next(i for i, row in enumerate(rest) if row.ident == _member(people, 2)))
    lead.press(ENTER)
    lead.press(ESC)
    assert "prosecution" in panel.panel.title.text(), "Escape is a step back"
    panel.panel.list.go(next(i for i, r in enumerate(panel.panel.list.rows) if r.ident == _member(people, 2)))
    lead.press(ENTER)
    lead.press(Qt.Key.Key_Down)
    lead.press(ENTER)
    assert not records(lead.workspace, JointMarking), "nothing is done before it is said what and who"
    assert panel.warning.isHidden(), "the lead keeps the keys"
    assert nameless(lead.window) == []
    lead.press(ENTER)
    (made,) = records(lead.workspace, JointMarking)
    people.at(0)
    assert made.scope == "all" and "V1 is marked by a blind pair now" in lead.page.pairs.offer.due.text()
    assert "two examiners mark it" in sub(lead, "V1")


def _member(people, who):
    return people.all[who].identity.member


def mark_by_keys(bench, *, b01, b02, first):
    """Section A where it is open, then the rest; a reason where one is asked for; f at the end."""
    page, pane = bench.page, bench.page.marking
    select(bench, "V1")
    page._left = None  # these laptops share one settings folder here, and with it where one left off
    bench.press(ENTER)
    if first:
        assert pane.here == "A01" and "section A first" in pane.head.others.text().replace(
            "Section", "section"
        )
        bench.press("1")
    assert pane.here == "B01"
    bench.settle()
    for value, reason in (b01, b02, ("1", "")):
        bench.press(value)
        if reason:
            type_in(bench, reason)
            bench.press(ENTER)
    bench.press("f")
    bench.settle()
    said = pane.finish_panel.sub.text()
    bench.press(ESC)
    bench.press(ESC)
    assert page.stack.currentIndex() == 0
    return said


def test_a_pair_through_the_window_of_three_laptops(people):
    pair_by_keys(people)
    people.pack(0, 1, 2)
    police = people.at(1)
    assert "blind pair: section A first" in sub(police, "V1")
    said = mark_by_keys(police, b01=("3", "No form at all."), b02=("2", "Late."), first=True)
    assert "Your colleague has not finished" in said
    police.page._choose_show(1)
    assert "sealed: your colleague has not finished" in sub(police, "V1")
    assert police.page.pairs.offer.isHidden()
    people.pack(1, 0, 2)

    prosecution = people.at(2)
    shown = texts(prosecution.window)
    assert "No form" not in shown and "Late." not in shown
    said = mark_by_keys(prosecution, b01=("1", ""), b02=("1", ""), first=False)
    assert "Both have finished" in said
    people.at(2)
    offer = prosecution.page.pairs.offer
    assert (
        "Both have finished V1" in offer.due.text() and "opens 1 file to your colleague" in offer.due.text()
    )
    assert [one.state for one in joint.markings(people.all[2], people.file)] == ["finished", "finished"]
    people.pack(2, 0, 1)  # carries this one's own key, as was said

    lead = people.at(0)
    assert "Both have finished V1" in lead.page.pairs.offer.due.text()
    assert "opens 1 file to both examiners" in lead.page.pairs.offer.due.text()
    assert [one.state for one in joint.markings(lead.workspace, people.file)] == ["finished", "open"]
    lead.press_with("O", SHIFT)
    assert joint.is_open(lead.workspace, people.file)
    people.pack(0, 1, 2)

    police = people.at(1)
    assert police.page.pairs.offer.waiting.text() == "1 file is to reconcile: V1."
    police.page.open("reconcile")
    police.settle()
    select(police, "V1")
    police.press(ENTER)
    page, pane = police.page, police.page.pairs.pane
    assert pane.here == "B01" and [row.lead for row in pane.list.rows] == ["B01", "B02"]
    assert "No form at all." in texts(pane.settling.police) and pane.settling.notes.isVisible()
    assert nameless(police.window) == [] and not unreached(page) and not too_small(page)

    police.press(ENTER)
    assert "which answer is to stand" in pane.settling.said.text()
    police.press("1")
    assert QApplication.focusWidget() is pane.settling.reason
    police.press(ENTER)
    assert "in a line why" in pane.settling.said.text()
    type_in(police, "The form is miss")
    people.qtbot.waitUntil(lambda: bool(police.desk.drafts.all()), timeout=20_000)
    assert police.desk.drafts.all()[0].kind == "reconciliation"
    again = FilesPage(police.desk)
    people.qtbot.addWidget(again)
    again.reconcile(people.file)
    police.settle()
    assert again.pairs.pane.settling.reason.text() == "The form is miss", "there again after a crash"
    type_in(police, "ing")
    police.press(ENTER)
    assert pane.here == "B02"
    police.press("l")
    assert pane.here == "B02", "nothing else is left"
    police.press("3")
    police.press(ESC)
    assert pane.deciding().choice == "" and page.stack.currentIndex() == 3, "back to the two answers"
    police.press("3")
    police.press("3")  # now the keys of the answers hold: not met
    type_in(police, "Neither was right.")
    police.press(ENTER)
    assert "Everything is settled" in pane.settling.said.text()
    agreed = {one.question: (one.value, one.reason) for one in records(police.workspace, AgreedAnswer)}
    assert agreed == {"B01": ("NM", "The form is missing"), "B02": ("NM", "Neither was right.")}
    people.qtbot.waitUntil(lambda: not police.desk.drafts.all(), timeout=20_000)
    police.press("k")
    assert pane.here == "B01" and "Agreed; this counts" in texts(pane.settling.agreed)
    police.press("w")
    police.press(ENTER)
    type_in(police, "To be sure.")
    police.press(ENTER)
    (made,) = records(police.workspace, JointMarking)
    assert made.called_in == _member(people, 0) and made.called_in_reason == "To be sure."
    police.press(ESC)
    assert page.stack.currentIndex() == 0 and "File V1 is reconciled" in page.count.text()
    people.pack(1, 0, 2)
    counted = {c.question.code: c.met for c in results.results(people.all[0])[0].questions if c.met}
    assert (counted["B01"].not_met, counted["B02"].not_met, counted["B03"].fully_met) == (1, 1, 1)
    assert reconciling.finished(people.all[2], people.file)


def test_a_pair_without_a_keeper_is_warned_of_before_it_is_made(people):
    lead = people.at(0)
    lead.page._choose_show(1)
    select(lead, "V1")
    lead.press_with("P", SHIFT)
    panel = lead.page.pairs.pairing
    for who in (0, 1):
        rows = panel.panel.list
        rows.go(next(i for i, one in enumerate(rows.rows) if one.ident == _member(people, who)))
        lead.press(ENTER)
    lead.press(ENTER)
    assert panel.warning.isVisible() and "loses what they answered" in panel.warning.text()
    assert [row.title for row in panel.panel.list.rows] == ["Pair up V1", "Not now"]
    for _ in range(4):
        lead.press(ESC)
    assert not panel.active and panel.isHidden() and not records(lead.workspace, JointMarking)
    inspector = people.at(1)
    select(inspector, "V1")
    inspector.press_with("P", SHIFT)
    assert not inspector.page.pairs.pairing.active, "only a lead pairs examiners"


LED = (
    "| survey |\n| | type | name | label | relevant | scale | lead | required |\n"
    "| | begin group | A | About | | | | |\n"
    "| | select_one yn | A01 | Sent? | | | J | true() |\n"
    "| | end group | | | | | | |\n"
    "| | begin group | B | Quality | | | | |\n"
    "| | select_one met | B01 | Summary fit | | met | J | true() |\n"
    "| | select_one met | P01 | File complete | | met | P | true() |\n"
    "| | select_one met | C01 | Advice clear | | met | C | true() |\n"
    "| | select_one met | C02 | What was missing was asked for | ${P01} = 'NM' | met | C | true() |\n"
    "| | end group | | | | | | |\n" + CHOICES + "| settings |\n| | form_id | version |\n| | led | 1 |\n"
)


@pytest.fixture
def overlap(qtbot, tmp_path):
    """Three laptops, and a draw of three files of which two are for a pair; each side leads questions of its own."""
    made = People(qtbot, tmp_path, laptops.team(tmp_path, 3))
    put_in_use(made.all[0], tmp_path, LED)
    frame = tmp_path / "frame.csv"
    frame.write_text("reference,stratum\n" + "".join(f"C-{number:02},volume\n" for number in range(1, 9)))
    sampling.draw_sample(
        made.all[0], frame=frame, strata=["stratum"], target="3", seed="s", overlap="50", at=wall(20, 9)
    )
    together(*made.all)
    yield made
    made.close()


def test_all_overlap_files_are_paired_at_once_each_side_marks_what_it_leads_and_the_rest_is_asked_after(
    overlap,
):
    lead = overlap.at(0)
    lead.page._choose_show(1)
    some = [state.file for state in files.file_states(lead.workspace) if state.paired and state.in_sample]
    assert len(some) == 2
    go_first(lead)
    lead.press_with("P", SHIFT)
    panel = lead.page.pairs.pairing
    for who in (1, 2):
        choose(panel.panel.list, _member(overlap, who))
        lead.press(ENTER)
    lead.press(ENTER)  # what each side leads is the first choice
    rows = [row.title for row in panel.panel.list.rows]
    assert rows[1:] == ["Pair up all 2 overlap files of the draw", "Not now"]
    lead.press(Qt.Key.Key_Down)
    lead.press(ENTER)
    assert "2 files are marked by a blind pair now" in lead.page.pairs.offer.due.text()
    made = records(lead.workspace, JointMarking)
    assert {one.case_file for one in made} == {file.id for file in some}
    assert {one.scope for one in made} == {"led"}
    overlap.pack(0, 1, 2)

    file = some[0]
    overlap.file = file.id
    marked(overlap, 1, file.reference, ["A01", "B01", "P01"], {"P01": "3"})
    overlap.pack(1, 0, 2)
    marked(overlap, 2, file.reference, ["B01", "C01"], {})
    overlap.pack(2, 0, 1)
    lead = overlap.at(0)
    lead.press_with("O", SHIFT)
    overlap.pack(0, 1, 2)

    bench = overlap.at(2)
    bench.page._choose_show(1)
    select(bench, file.reference)
    assert "to reconcile: 1 question" in sub(bench, file.reference)
    bench.press_with("R", SHIFT)
    pane = bench.page.pairs.pane
    assert [row.lead for row in pane.list.rows] == [pane.here] == ["C02"]
    assert pane.list.rows[0].trail == "asked now" and pane.settling.cards.isHidden()
    assert "hangs on P01: NM" in pane.settling.since.text() and nameless(bench.window) == []
    bench.press(ENTER)
    assert "Give the answer first" in pane.settling.said.text()
    bench.press("3")
    bench.press(ENTER)
    assert "in a line why" in pane.settling.said.text()
    type_in(bench, "Nobody asked for it.")
    bench.press(ENTER)
    assert "Everything is settled" in pane.settling.said.text()
    (agreed,) = records(bench.workspace, AgreedAnswer)
    assert (agreed.question, agreed.value, agreed.source) == ("C02", "NM", "asked")
    overlap.pack(2, 0, 1)
    counted = {c.question.code: c.met for c in results.results(overlap.all[0])[0].questions if c.met}
    assert [counted[code].fully_met for code in ("B01", "P01", "C01", "C02")] == [1, 0, 1, 0]
    assert counted["C02"].not_met == counted["P01"].not_met == 1


def marked(people, who, reference, asked, answers):
    """One examiner's part by keys: fully met, but where another key is named; then why is asked."""
    bench = people.at(who)
    bench.page._choose_show(1)
    select(bench, reference)
    bench.page._left = None
    bench.press(ENTER)
    bench.settle()
    pane = bench.page.marking
    for code in asked:
        assert pane.here == code
        bench.press(answers.get(code, "1"))
        if code in answers:
            type_in(bench, "Half of it is missing.")
            bench.press(ENTER)
    bench.press("g")
    other = "C01" if who == 1 else "P01"
    type_in(bench, other)
    assert f"{other} is led by the" in texts(bench.page) and "not asked of this one" in texts(bench.page)
    bench.press(ESC)
    bench.press("f")
    bench.settle()
    assert "Asked at reconciliation: C02" in pane.finish_panel.sub.text()
    bench.press(ESC)
    bench.press(ESC)


def go_first(bench):
    rows = bench.page.list
    rows.setFocus()
    rows.go(next(at for at, row in enumerate(rows.rows) if isinstance(row.ident, bytes)))


def choose(rows, ident):
    rows.go(next(at for at, row in enumerate(rows.rows) if row.ident == ident))


def test_keys_are_handed_on_and_a_pair_is_called_off_by_keys(people):
    """Without a keeper a removal says what is lost, and wants a tick; with one the pair can be called off, and the file
    stands then on what was marked, or is paired again."""
    lead, police, _ = people.all
    pair = {"police": _member(people, 1), "prosecution": _member(people, 2), "scope": "all"}
    joint.pair_up(lead, file=people.file, keepers=[], **pair)
    give(lead, *people.all[1:])
    mark(police, "V1", B01="NM")
    together(*people.all)
    team = Bench(people.qtbot, lead, "Team", TeamPage)
    at_laptop(team, police)
    assert "team.keys" not in team.page.commands(), "a lead without keys hands none on"
    team.press(Qt.Key.Key_R)
    sheet = team.window.ask_panel
    assert "alone has the key of what was answered in file V1" in texts(sheet) and "Shift X" in texts(sheet)
    assert nameless(team.window) == [] and sheet.tick.isVisible()
    team.press(ENTER)
    assert sheet.isVisible() and not get(lead, Device, police.device).removed, "it is asked twice"
    team.press(ESC)

    their = Bench(people.qtbot, police, "Team", TeamPage)
    at_laptop(their, lead)
    assert their.page.overview.leading.buttons["keys"].isVisible()
    their.press(Qt.Key.Key_K)
    assert "has the keys of sealed files now" in their.page.overview.said.text()
    assert "team.keys" not in their.page.commands()
    give(police, lead)
    team.window.activateWindow()
    team.page.read()
    team.settle()
    at_laptop(team, police)
    team.press(Qt.Key.Key_R)
    assert sheet.isVisible() and sheet.tick.isHidden()
    team.press(ESC)

    bench = people.at(0)
    bench.page._choose_show(1)
    select(bench, "R1")
    bench.press_with("X", SHIFT)
    assert "no key of R1" in bench.page.pairs.offer.due.text()
    select(bench, "V1")
    bench.press_with("X", SHIFT)
    asked = bench.window.ask_panel
    bench.press(ENTER)
    assert "why the pair is called off" in asked.said.text()
    type_in(bench, "An examiner is ill.")
    bench.press(ENTER)
    assert not asked.isVisible() and "V1 is called off" in bench.page.pairs.offer.due.text()
    assert [one.state for one in joint.markings(lead, people.file)] == ["open", "not begun"]
    bench.settle()
    assert "opened before both had finished" in sub(bench, "V1")
    select(bench, "V1")
    bench.press_with("P", SHIFT)
    pairing = bench.page.pairs.pairing
    assert "who is the prosecution examiner" in pairing.panel.title.text(), (
        "the police examiner has begun, and stays"
    )
    assert _member(people, 1) not in [row.ident for row in pairing.panel.list.rows]
    choose(pairing.panel.list, _member(people, 2))
    bench.press(ENTER)
    assert "Pair up?" in pairing.panel.title.text() and "could have read it" in pairing.warning.text()
    bench.press(ESC)
    bench.press(ESC)
    assert not pairing.active
    select(bench, "V1")
    bench.press_with("A", SHIFT)
    bench.press(ENTER)
    assert "without a second examiner" in asked.said.text()
    type_in(bench, "Nobody else is free.")
    bench.press(ENTER)
    bench.settle()
    assert not asked.isVisible() and "stands on one examination" in sub(bench, "V1")
    assert results.results(lead)[0].files == 1
    for one in (team, their):
        one.desk.lanes.wait_idle(60_000)
        one.window.close()


def at_laptop(bench, workspace):
    rows = bench.page.overview.laptops
    rows.setFocus()
    rows.go(next(i for i, row in enumerate(rows.rows) if row.ident == workspace.device))
    bench.settle()


@pytest.mark.parametrize(("factor", "size"), [(1.0, (640, 900)), (2.0, (1280, 800))])
def test_it_fits_one_screen_narrow_and_with_large_text(people, factor, size):
    lead = people.all[0]
    pair = {"police": _member(people, 1), "prosecution": _member(people, 2), "scope": "all"}
    joint.pair_up(lead, file=people.file, **pair)
    give(lead, *people.all[1:])
    mark(people.all[1], "V1", B01="NM")
    give(people.all[1], lead, people.all[2])
    _mark_rest(people.all[2])
    together(*people.all)
    joint.release(lead)
    together(*people.all)
    appearance.apply("light", factor)
    bench = people.at(1)
    bench.window.resize(*size)
    bench.page.reconcile(people.file)
    bench.settle()
    pane = bench.page.pairs.pane
    bench.press("1")
    for part in (pane.settling.head.wording, pane.settling.cards, pane.settling.reason):
        assert part.visibleRegion().boundingRect().height() == part.height(), part


def _mark_rest(workspace):
    from fieldwork.work import examining

    for code in ("B01", "B02", "B03"):
        examining.answer(workspace, file="V1", question=code, value="FM")
    examining.finish_examination(workspace, file=files.find_file(workspace, "V1").id)
