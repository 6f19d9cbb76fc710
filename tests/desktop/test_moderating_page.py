"""Moderation in the window: from the list by m, own marks and agreement by keys, nothing typed lost."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.files import FilesPage
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, DipDraw, ModeratedMark, Moderation
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.work import agreed, calibration, files, marking_notes
from fieldwork.work.calibration_files import calibrating
from laptops import give, together
from marking_world import mark, three_laptops


@pytest.fixture
def laptops(tmp_path):
    lead, other, third = three_laptops(tmp_path, per_stratum=1)
    mark(other, "V1", B01="NM", B02="PM")
    mark(lead, "R1", B01="NM")
    marking_notes.note_marking(other, question="B01", text="No summary at all is not met.")
    together(lead, other, third)
    yield lead, other, third
    other.close()
    third.close()


@pytest.fixture
def bench(qtbot, laptops):
    made = Bench(qtbot, laptops[0], "Files", FilesPage)
    made.desk.drafts = Drafts(made.workspace)
    made.settle()
    yield made
    made.desk.lanes.wait_idle(60_000)
    made.desk.drafts.close()
    made.close()


def type_in(bench, words):
    QTest.keyClicks(bench.window.focusWidget(), words)


def test_a_file_is_moderated_by_keys_alone_and_the_agreed_answer_counts(bench, laptops):
    page, pane = bench.page, bench.page.moderating
    page.open("moderate")
    bench.settle()
    assert [row.title for row in page.list.rows if not row.head] == ["R1", "V1"]
    assert "1 of them your own" in page.count.text()
    bench.press(Qt.Key.Key_Down, page.list)
    assert page.list.current().title == "V1"
    bench.press("m", page.list)
    assert pane.isVisible() and pane.here == "B01"
    assert "an answer that calls for it: B01, B02" in pane.head.sub.text()
    assert "The form was missing." in " ".join(
        w.text() for w in pane.judging.given.findChildren(type(pane.head.sub))
    )
    assert pane.judging.notes.isVisible() and nameless(bench.window) == []
    assert not unreached(page) and not too_small(page)

    bench.press("f")
    assert "2 to mark" in pane.judging.said.text()
    bench.press("2")  # partially met: another mark than the examiner's, so the reason is asked for
    assert bench.window.focusWidget() is pane.judging.reason
    type_in(bench, "It came late.")
    bench.press(Qt.Key.Key_Return)
    assert pane.here == "B02"
    bench.press("=")  # agrees with the examiner
    assert "Not agreed yet: B01" in pane.judging.said.text()
    marks = {one.question: (one.value, one.reason) for one in records(bench.workspace, ModeratedMark)}
    assert marks == {"B01": ("PM", "It came late."), "B02": ("PM", "")}
    bench.press("f")
    assert pane.here == "B01" and "agree on an answer first" in pane.judging.said.text()
    bench.press("=")
    assert pane.panel is not None
    bench.press(Qt.Key.Key_Return)
    assert pane.panel is not None and not records(bench.workspace, AgreedAnswer)
    type_in(bench, "Served a day later.")
    bench.press(Qt.Key.Key_Return)
    file = files.find_file(bench.workspace, "V1").id
    held = agreed.agreed_answers(bench.workspace)[file]["B01", ""]
    assert (held.value, held.reason) == ("PM", "Served a day later.")
    bench.press("f")
    (look,) = records(bench.workspace, Moderation)
    assert look.finished and page.stack.currentIndex() == 0
    assert page.count.text().startswith("File V1 is moderated. 1 file to moderate")

    bench.press_with("D", Qt.KeyboardModifier.ShiftModifier)
    bench.press(Qt.Key.Key_Return)  # ten per cent unless another share is typed
    (draw,) = records(bench.workspace, DipDraw)
    assert draw.percent == 10 and len(draw.files) == 32
    assert "ten per cent" in page.count.text() and page.list.hasFocus()
    bench.press_with("C", Qt.KeyboardModifier.ShiftModifier)  # the file the list is at has been begun
    assert "R1 has been begun already" in bench.said[-1]


def test_a_lead_says_how_much_is_drawn_and_who_calibrates(bench, laptops):
    page, chosen = bench.page, bench.page.to_moderate
    bench.press_with("D", Qt.KeyboardModifier.ShiftModifier)
    assert chosen.panel.field.text() == "10" and nameless(bench.window) == []
    for typed, good in (("0", False), ("12.5", False), ("", False), ("60 %", True)):
        chosen.panel.field.clear()
        type_in(bench, typed)
        bench.press(Qt.Key.Key_Return)
        assert chosen.active != good
        assert good or "whole number from 1 to 100" in chosen.panel.below.text()
    assert [one.percent for one in records(bench.workspace, DipDraw)] == [60]
    assert "60 per cent" in page.count.text()
    bench.press_with("D", Qt.KeyboardModifier.ShiftModifier)
    bench.press(Qt.Key.Key_Escape)
    assert not chosen.active and page.list.hasFocus() and len(records(bench.workspace, DipDraw)) == 1

    file = files.add_case_file(bench.workspace, reference="V3", stratum="volume").id
    page.refresh(None)
    bench.settle()
    page._choose_show(1)
    page.list.go(next(i for i, one in enumerate(page.list.rows) if one.title == "V3"))
    bench.press_with("C", Qt.KeyboardModifier.ShiftModifier)
    panel = chosen.panel
    assert [row.trail for row in panel.list.rows] == ["in"] * 3 and nameless(bench.window) == []
    bench.press(Qt.Key.Key_Space)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Space)
    bench.press(Qt.Key.Key_Return)
    assert panel.below.text() == "Calibration needs two examiners or more." and chosen.active
    bench.press(Qt.Key.Key_Space)
    assert panel.below.text() == "2 of 3 taken in."
    bench.press(Qt.Key.Key_Return)
    assert not chosen.active and "V3 is for calibration: two mark it" in page.count.text()
    two = calibrating(bench.workspace)[file]
    assert len(two) == 2 and len({laptop.identity.member for laptop in laptops} - two) == 1
    page.list.setFocus()
    page.list.go(next(i for i, one in enumerate(page.list.rows) if one.title == "V3"))
    bench.press_with("C", Qt.KeyboardModifier.ShiftModifier)
    assert sorted(row.trail for row in chosen.panel.list.rows) == ["in", "in", "out"], "as it stands"
    bench.press(Qt.Key.Key_Escape)
    begun = next(one for one in laptops if one.identity.member in two and one is not bench.workspace)
    give(bench.workspace, begun)
    mark(begun, "V3", finish=False)
    give(begun, bench.workspace)
    kept = [one for one in {laptop.identity.member for laptop in laptops} if one != begun.identity.member]
    with pytest.raises(Fault, match="who stays among those who mark it"):
        calibration.calibrate(bench.workspace, file=file, members=kept)


def test_ones_own_file_cannot_be_marked_and_says_why(bench):
    page, pane = bench.page, bench.page.moderating
    page.moderate(files.find_file(bench.workspace, "R1").id)
    bench.settle()
    assert "is your own" in pane.judging.said.text()
    for key in ("1", "=", "e"):
        bench.press(key)
    assert not records(bench.workspace, ModeratedMark) and not records(bench.workspace, Moderation)
    bench.press(Qt.Key.Key_Escape)
    assert page.stack.currentIndex() == 0


def test_a_reason_is_a_draft_while_it_is_typed_and_there_again_after_a_crash(bench, qtbot, laptops):
    page = bench.page
    file = files.find_file(bench.workspace, "V1").id
    page.moderate(file)
    bench.settle()
    bench.press("1")
    type_in(bench, "Half a sent")
    qtbot.waitUntil(lambda: bool(bench.desk.drafts.all()), timeout=20_000)
    (draft,) = bench.desk.drafts.all()
    assert draft.kind == "moderation" and draft.fields["reason"] == "Half a sent"
    again = FilesPage(bench.desk)
    qtbot.addWidget(again)
    again.moderate(file, "B01")
    bench.settle()
    assert again.moderating.judging.reason.text() == "Half a sent"
    bench.press(Qt.Key.Key_Escape)  # out of the field: it is an entry now
    bench.settle()
    (mark_,) = records(bench.workspace, ModeratedMark)
    assert mark_.reason == "Half a sent"
    qtbot.waitUntil(lambda: not bench.desk.drafts.all(), timeout=20_000)


@pytest.mark.parametrize(("factor", "size"), [(1.0, (640, 900)), (2.0, (1280, 800))])
def test_it_fits_one_screen_narrow_and_with_large_text(bench, factor, size):
    page, pane = bench.page, bench.page.moderating
    appearance.apply("light", factor)
    bench.window.resize(*size)
    page.moderate(files.find_file(bench.workspace, "V1").id)
    bench.settle()
    bench.press("2")
    parts = (pane.judging.head.wording, pane.judging.given, pane.judging.answers, pane.judging.reason)
    for part in parts:
        assert part.visibleRegion().boundingRect().height() == part.height(), part
