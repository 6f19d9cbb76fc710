"""Suspects in the window where more than one judges: entered sealed by a pair, reconciled and moderated by keys."""

import os

import pytest
from accessibility import nameless
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import laptops
from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.domain.marking_records import AgreedAnswer, ModeratedMark, RepeatInstance
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.work import examining, files, joint, reconciling, repeating, undoing
from marking_world import CHOICES, put_in_use

FORM = (
    "| survey |\n| | type | name | label | scale | trigger |\n"
    "| | select_one met | B01 | Was the plan fit? | met | |\n"
    "| | begin repeat | suspect | Suspect | | |\n"
    "| | select_one met | S01 | Was the interview fit for the decision that was made? | met | NM |\n"
    "| | end repeat | | | | |\n" + CHOICES
)
ENTER = Qt.Key.Key_Return


@pytest.fixture
def at(qtbot, tmp_path):
    """Opens the window of the lead, the police or the prosecution examiner."""
    some = laptops.team(tmp_path, 3)
    put_in_use(some[0], tmp_path, FORM)
    file = files.add_case_file(some[0], reference="F-1", stratum="volume").id
    laptops.together(*some)
    joint.pair_up(some[0], file=file, police=some[1].identity.member, prosecution=some[2].identity.member)
    laptops.together(*some)
    made = []

    def opened(who):
        made.append(Bench(qtbot, some[who], "Files", FilesPage))
        made[-1].desk.drafts = Drafts(some[who])
        made[-1].settle()
        return made[-1]

    yield some, file, opened
    for bench in made:
        bench.desk.lanes.wait_idle(60_000)
        bench.desk.drafts.close()
        bench.window.close()
    for workspace in some:
        workspace.close()


def shown(bench, name):
    if folder := os.environ.get("PICTURES_TO"):
        bench.window.grab().save(f"{folder}/{name}.png")


def whole(bench, widget, name):
    """Whether all of it is seen when everything is twice as large."""
    appearance.apply("light", 2.0)
    bench.settle()
    shown(bench, name)
    seen = widget.visibleRegion().boundingRect().size() == widget.size()
    appearance.apply("light", 1.0)
    bench.settle()
    return seen


def type_in(bench, words):
    QTest.keyClicks(bench.window.focusWidget(), words)
    bench.press(ENTER)


def test_a_pair_enters_suspects_by_keys_and_each_is_reconciled_and_moderated(at):
    (lead, police, prosecution), file, opened = at
    bench = opened(1)
    bench.page.open(file)
    bench.settle()
    for _ in range(2):
        QTest.keyClicks(bench.window.focusWidget(), "+")
        bench.settle()
    marking = bench.page.marking
    there = marking.here
    assert marking.question.head.code.text() == "S01, Suspect 2"
    bench.press_with(Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    type_in(bench, "Entered twice.")
    assert marking.here == "B01" and len(marking.pane.instances["suspect"]) == 1
    bench.desk.act(undoing.undo, then=lambda done: bench.desk.undone.emit("undo", done))
    bench.settle()
    assert len(marking.pane.instances["suspect"]) == 2, "what was undone is shown"
    marking.go_to(there)
    bench.press_with(Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    type_in(bench, "Entered twice.")
    bench.press("1")
    assert marking.question.head.code.text() == "S01, Suspect 1"
    bench.press("1")
    shown(bench, "pair-marking")
    assert not records(police, RepeatInstance, hidden=True), "nothing of it stands in clear"
    examining.finish_examination(police, file=file)
    examining.answer_file(prosecution, file=file, question="B01", value="FM")
    for number, value in enumerate(("PM", "NM"), 1):
        repeating.add_instance(
            prosecution, file=file, repeat="suspect", label="The driver" if number == 2 else ""
        )
        given = {"value": value, "reason": "None was made."}
        examining.answer_file(prosecution, file=file, question=f"suspect[{number}]/S01", **given)
    examining.finish_examination(prosecution, file=file)
    laptops.together(lead, police, prosecution)
    joint.release(lead)
    laptops.together(lead, police, prosecution)

    bench.page.reconcile(file)
    bench.settle()
    pane = bench.page.pairs.pane
    assert [(row.lead, row.title.split(" \u00b7 ")[0], row.trail) for row in pane.list.rows] == [
        ("S01", "Suspect 1", "differs"),
        ("", "The driver", "entered by one"),
    ]
    assert pane.settling.head.wording.text().startswith("Suspect 1 \u00b7 Was the interview")
    shown(bench, "reconcile-differs")
    bench.press("2")
    type_in(bench, "It was short.")
    assert pane.settling.head.wording.text().startswith("The driver \u00b7 One examiner entered it")
    assert nameless(bench.window) == []
    shown(bench, "reconcile-alone")
    bench.press("2")
    type_in(bench, "The driver, too.")
    assert "Everything is settled" in pane.settling.said.text()
    assert whole(bench, pane.settling.said, "reconcile-settled-200")
    settled = sorted((one.question, one.value) for one in records(police, AgreedAnswer))
    assert settled == [("S01", "PM"), ("suspect", "yes")] and reconciling.finished(police, file)
    QTest.keyClicks(bench.window.focusWidget(), "+")
    shown(bench, "reconcile-add")
    type_in(bench, "The lookout")
    assert "Why is The lookout there" in pane.panel.label.text() and nameless(bench.window) == []
    type_in(bench, "")
    assert pane.panel.below.text() == "A few words are needed."
    type_in(bench, "On the custody record.")
    bench.settle()
    assert [row.trail for row in pane.list.rows] == ["settled", "settled", "settled", "asked now"]
    assert pane.settling.head.wording.text().startswith("The lookout \u00b7 Was the interview")
    shown(bench, "reconcile-added")
    bench.press("1")
    bench.press(ENTER)
    assert "Everything is settled" in pane.settling.said.text() and reconciling.finished(police, file)
    laptops.together(lead, police, prosecution)

    bench = opened(0)
    bench.page.moderate(file)
    bench.settle()
    pane = bench.page.moderating
    titles = [row.title.split(" \u00b7 ")[0] for row in pane.list.rows if not row.head]
    assert titles == ["Was the plan fit?", "Suspect 1", "The driver", "The lookout"]
    assert pane.judging.head.code.text() == "S01"
    assert pane.head.sub.text() == "To moderate: an answer that calls for it: S01"
    assert pane.judging.head.wording.text().startswith("The driver \u00b7 Was the interview")
    bench.press("2")
    type_in(bench, "There was one.")
    shown(bench, "moderate")
    bench.press("=")
    type_in(bench, "We found it.")
    assert "Everything that is to be moderated is marked" in pane.judging.said.text()
    (mark,) = records(lead, ModeratedMark)
    assert (mark.question, mark.value, len(mark.instance)) == ("S01", "PM", 32)
    assert [one.value for one in records(lead, AgreedAnswer, source="moderated")] == ["PM"]
