"""Drift and agreement under Team: for leads, a line with its n and a table that says the same."""

import pytest
from accessibility import nameless, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.pages.team import TeamPage
from fieldwork.work import calibration, files, joint, moderating
from laptops import together
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
