"""Drift and agreement under Team: for leads, a line with its n and a table that says the same."""

import pytest
from accessibility import nameless, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.pages.team import TeamPage
from fieldwork.work import calibration, files, joint, moderating
from laptops import give, together
from marking_world import mark, three_laptops
from worlds import wall


@pytest.fixture
def laptops(tmp_path):
    lead, other, third = three_laptops(tmp_path, per_stratum=1)
    calibration.calibrate(lead, file=files.find_file(lead, "R1").id)
    file = mark(other, "V1", at=wall(24, 9), B01="NM")
    together(lead, other, third)
    moderating.moderate(lead, file=file, question="B01", value="NM")
    moderating.finish_moderation(lead, file=file)
    together(lead, other, third)
    yield lead, other, third
    for one in (lead, other, third):
        one.close()


def test_a_lead_sees_the_drift_by_a_key_and_nobody_else_has_the_key(qtbot, laptops):
    bench = Bench(qtbot, laptops[0], "Team", TeamPage)
    page = bench.page
    bench.press("d", page.overview.laptops)
    assert page.stack.currentWidget() is page.drift and page.drift.line.isVisible()
    assert [row.title for row in page.drift.table.rows] == ["100.0% (1 of 1)"]
    assert page.drift.table.rows[0].sub == "the others: none judged"
    assert "100.0% (1 of 1)" in page.drift.line.accessibleDescription()
    assert nameless(bench.window) == [] and not unreached(page.drift)
    bench.window.grab()
    week = page.drift.table.rows[0].ident
    files.add_case_file(laptops[1], reference="V2", stratum="volume", at=wall(20, 9))
    mark(laptops[1], "V2", at=wall(30, 9), B01="NM")
    give(laptops[1], laptops[0])
    later = files.find_file(laptops[0], "V2").id
    moderating.moderate(laptops[0], file=later, question="B01", value="PM", reason="It came late.")
    moderating.moderate(laptops[0], file=later, question="B02", value="FM")
    moderating.agree_moderated(laptops[0], file=later, question="B01", value="PM", reason="so it is")
    page.drift.read()
    bench.settle()
    assert [row.ident for row in page.drift.table.rows] == [week, week + 7]
    bench.press("s")
    assert page.drift.weeks == 2 and "by two weeks" in page.drift.line.accessibleName()
    assert [(row.ident, row.title) for row in page.drift.table.rows] == [(week, "50.0% (1 of 2)")]
    bench.press("s")
    bench.press("s")
    assert page.drift.weeks == 1 and len(page.drift.table.rows) == 2
    bench.press(Qt.Key.Key_Escape)
    bench.press("e", page.overview.laptops)
    assert page.stack.currentWidget() is page.agreement and page.agreement.empty.isVisible()
    bench.press(Qt.Key.Key_Escape)
    for one in laptops:
        mark(one, "R1", B01="NM" if one is laptops[1] else "PM")
    together(*laptops)
    for one in laptops:
        joint.release(one)
    together(*laptops)
    bench.press("e", page.overview.laptops)
    page.agreement.read()
    bench.settle()
    rows = {row.lead: row.title for row in page.agreement.list.rows}
    assert rows["B01"] == "1 of 3 pairs agree, 2 a step apart" and rows["B03"] == "3 of 3 pairs agree"
    page.agreement.list.go(list(rows).index("B01"))
    assert sorted(row.title for row in page.agreement.marks.rows) == ["NM", "PM", "PM"]
    assert nameless(bench.window) == [] and not unreached(page.agreement)
    bench.window.close()

    other = Bench(qtbot, laptops[1], "Team", TeamPage)
    assert "team.drift" not in other.page.commands()
    other.press("d", other.page.overview.laptops)
    assert other.page.stack.currentWidget() is other.page.overview
    assert not any(one.name == "team.drift" for one in other.window.commands.available())
    other.window.close()
