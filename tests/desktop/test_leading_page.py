"""What leads decide, erasing, and taking a merge back: in the window, by keys."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from test_team_page import (  # noqa: F401
    Laptops,
    bench,
    merged,
    merging_here,
    taken,
    template,
    three,
)

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.desktop.pages.team_laptops import laptop_row
from fieldwork.domain.records import Device
from fieldwork.store.held import put_aside, put_aside_since
from fieldwork.store.reading import canonical, dump, get, records
from fieldwork.work import leading, team

K = Qt.Key


def known(bench, three):  # noqa: F811
    """Ours knows both others."""
    three.give(three.second, three.third)
    merged(bench, three)
    bench.press(K.Key_Escape)
    return bench.page.overview


def go_to(bench, label):  # noqa: F811
    rows = bench.page.overview.laptops
    rows.setFocus()
    rows.go(next(at for at, row in enumerate(rows.rows) if row.title == label))
    bench.settle()
    return rows


def row_of(bench, label):  # noqa: F811
    return next(row for row in bench.page.overview.laptops.rows if row.title == label)


def test_a_lead_makes_another_by_one_key(bench, three):  # noqa: F811
    page = known(bench, three)
    go_to(bench, "HMICFRS laptop 2")
    assert page.leading.buttons["appoint"].isVisible() and page.leading.buttons["remove"].isVisible()
    bench.press(K.Key_M)
    assert row_of(bench, "HMICFRS laptop 2").trail == "lead"
    assert "lead\u2019s laptop now" in page.said.text()
    assert not page.leading.buttons["appoint"].isVisible()
    assert three.second.device in {d.id for d in records(three.ours, Device) if d.leads}


def test_a_laptop_is_removed_on_a_sheet_that_says_what_that_protects(bench, three):  # noqa: F811
    page = known(bench, three)
    go_to(bench, "HMCPSI laptop 5")
    bench.press(K.Key_R)
    sheet = bench.window.ask_panel
    assert sheet.isVisible() and sheet.field.hasFocus()
    said = " ".join(sheet.question.says)
    assert "Not protected" in said and "closed to it" in said
    bench.press(K.Key_Escape)
    assert not sheet.isVisible() and not get(three.ours, Device, three.third.device).removed
    bench.press(K.Key_R)
    bench.type(sheet.field, "The laptop was stolen")
    bench.press(K.Key_Return)
    assert not sheet.isVisible()
    assert get(three.ours, Device, three.third.device).removed
    assert row_of(bench, "HMCPSI laptop 5").trail == "removed"
    assert "is removed" in page.said.text()
    assert not page.leading.buttons["remove"].isVisible()


def test_what_a_removed_laptop_wrote_since_is_counted_and_accepted(bench, three):  # noqa: F811
    page = known(bench, three)
    go_to(bench, "HMCPSI laptop 5")
    bench.press(K.Key_R)
    bench.press(K.Key_Return)
    three.reword(three.third, "Written after the removal.", 1)
    three.give(three.third)
    merged(bench, three)
    bench.press(K.Key_Escape)
    go_to(bench, "HMCPSI laptop 5")
    assert "1 later act of it does not count" in row_of(bench, "HMCPSI laptop 5").sub
    assert three.line(1).text != "Written after the removal."
    bench.press(K.Key_C)
    assert three.line(1).text == "Written after the removal."
    assert "not count" not in row_of(bench, "HMCPSI laptop 5").sub and "count now" in page.said.text()


def test_who_does_not_lead_sees_no_key_of_a_lead(qtbot, three):  # noqa: F811
    three.give(three.ours, three.third)
    team.merge(three.second, sorted(three.stick.iterdir()))
    bench = Bench(qtbot, three.second, "Team", TeamPage)  # noqa: F811
    try:
        go_to(bench, "HMCPSI laptop 5")
        page = bench.page.overview.leading
        assert not any(key.isVisible() for key in page.buttons.values())
        held = bench.page.commands().keys()
        assert not {"team.admit", "team.appoint", "team.remove", "team.accept"} & held
        for key in (K.Key_A, K.Key_M, K.Key_R, K.Key_C):
            bench.press(key)
        assert not bench.window.ask_panel and bench.said == []
        assert row_of(bench, "HMCPSI laptop 4").trail == "lead"
    finally:
        bench.window.close()
        bench.desk.lanes.wait_idle(10_000)


def test_the_last_merge_is_taken_back_by_key_and_merged_again(bench, three):  # noqa: F811
    before = canonical(dump(three.ours))
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    after = canonical(dump(three.ours))
    assert after != before and bench.page.taking.unmerge_button.isVisible()
    bench.press(K.Key_U)
    assert canonical(dump(three.ours)) == before
    said = bench.page.taking.said.text()
    assert said.startswith("The merge is taken back: ") and "put aside" in said
    assert not bench.page.taking.unmerge_button.isVisible()
    bench.press(K.Key_Escape)
    page = bench.page.overview
    assert "counts until it is merged again" in page.leading.merge_sub.text()
    assert page.leading.merge_sub.text().startswith(f"{put_aside(three.ours)} ")
    assert page.receipts.rows[0].title == "Taken back: from a laptop not known yet"
    merged(bench, three)
    assert canonical(dump(three.ours)) == after
    bench.press(K.Key_Escape)
    assert page.leading.unmerge_button.text().startswith("Take back the merge of ")
    bench.press(K.Key_U)
    assert canonical(dump(three.ours)) == before


def test_what_was_taken_back_is_merged_again_by_keys_without_its_package(bench, three):  # noqa: F811
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    after = canonical(dump(three.ours))
    for package in three.stick.iterdir():
        package.unlink()
    bench.press(K.Key_U)
    before, count = canonical(dump(three.ours)), put_aside(three.ours)
    bench.press(K.Key_Escape)
    leading_page = bench.page.overview.leading
    assert leading_page.again_button.isVisible()
    since = f"{datetime.fromtimestamp(put_aside_since(three.ours) / 1000):%H:%M}"
    assert f"{count} acts of merges taken back wait here, put aside since today {since}; " in (
        leading_page.merge_sub.text()
    )
    bench.press(K.Key_G)
    view = bench.page.once_more
    assert bench.page.stack.currentWidget() is view and not view.path.isVisible()
    assert [line.words for line in view.brought.packages.lines] == ["What was put aside"]
    assert view.head.sub.text().startswith(f"{count} act") and canonical(dump(three.ours)) == before
    bench.press(K.Key_Escape)
    assert put_aside(three.ours) == count
    bench.press(K.Key_G)
    bench.press(K.Key_Return)
    assert canonical(dump(three.ours)) == after and put_aside(three.ours) == 0 and bench.said == []
    assert put_aside_since(three.ours) == 0
    bench.press(K.Key_Escape)
    assert not bench.page.overview.leading.again_button.isVisible()
    bench.press(K.Key_G)
    assert bench.page.stack.currentWidget() is bench.page.overview


def test_a_merge_somebody_built_on_says_why_it_stays(bench, three):  # noqa: F811
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    bench.press(K.Key_Escape)
    three.reword(three.ours, "Triage sends a third of all files back, it says.")
    bench.desk.changed.emit(None)
    bench.settle()
    page = bench.page.overview.leading
    assert "builds on what it brought" in page.merge_sub.text() and not page.unmerge_button.isVisible()
    bench.press(K.Key_U)
    assert three.line().text == "Triage sends a third of all files back, it says."


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_the_sheet_and_the_keys_can_be_read_out_and_reached(bench, three, size):  # noqa: F811
    appearance.apply("light", size)
    known(bench, three)
    go_to(bench, "HMCPSI laptop 5")
    assert not nameless(bench.page) and not too_small(bench.page) and not unreached(bench.page)
    bench.press(K.Key_R)
    sheet = bench.window.ask_panel
    assert sheet.isVisible() and not nameless(sheet) and not too_small(sheet) and not unreached(sheet)


def test_several_that_wait_are_admitted_one_after_the_other_by_one_key(bench, three):  # noqa: F811
    page = known(bench, three)
    bench.press(K.Key_A)
    assert page.said.text() == "Several wait; a admits HMCPSI laptop 5, and goes to the next."
    bench.press(K.Key_A)
    bench.press(K.Key_A)
    assert [row.trail for row in page.laptops.rows] == ["this laptop, lead", "admitted", "admitted"]


def test_three_versions_are_readable_as_soon_as_a_merge_ends(bench, three):  # noqa: F811
    for number, laptop in enumerate((three.ours, three.second, three.third)):
        three.reword(laptop, f"Worded on laptop {number}.")
    bench.window.resize(1280, 620)
    three.give(three.second, three.third)
    merged(bench, three)
    cards = bench.page.conflicts.deciders.cards
    assert len(cards) == 3
    for card in cards:
        assert card.height() >= card.heightForWidth(card.width()) > 100


def test_an_erasure_a_colleague_asked_for_is_approved_by_key(bench, three):  # noqa: F811
    line = three.line()
    leading.erase(three.second, records=[line.id], cause="A name was typed", hold_checked=True)
    three.give(three.second)
    merged(bench, three)
    bench.press(K.Key_Escape)
    page = bench.page.overview.leading
    (row,) = page.erasures.rows
    assert row.trail == "waiting" and page.approve_button.isVisible() and line.text not in row.spoken()
    bench.press(K.Key_Y)
    assert page.erasures.rows[0].trail == "in force" and not page.approve_button.isVisible()
    assert three.line().text == "[erased]"
    bench.press(K.Key_F)
    sheet = bench.window.ask_panel
    bench.type(sheet.field, str(three.folder))
    bench.press(K.Key_Return)
    (written,) = three.folder.glob("erasure-*.pdf")
    assert written.read_bytes().startswith(b"%PDF") and str(written) in bench.page.overview.said.text()


def test_a_restored_laptop_waits_for_a_lead_in_words(bench, three):  # noqa: F811
    ours = team.laptops(three.ours)[0]
    again = replace(ours.device, label="HMICFRS laptop 2 (2)", admitted=0)
    laptop = replace(ours, device=again, here=False, leads=False, takes_over="HMICFRS laptop 2")
    row = laptop_row(laptop, date(2026, 11, 24))
    assert row.title == "HMICFRS laptop 2 (2)" and row.trail == "not admitted"
    assert "takes over from HMICFRS laptop 2, " in row.sub and "a lead confirms it" in row.sub
    shut = laptop_row(replace(laptop, shut_out=True), date(2026, 11, 24))
    assert "Shut out until a lead admits it" in shut.sub and shut.tone == "danger"
