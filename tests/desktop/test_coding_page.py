"""A coding check in the window: begun by a lead, coded by keys on two laptops, compared and adopted."""

import os

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.pages.team import TeamPage
from fieldwork.work import codebook, coding, notes, visits
from laptops import START, team, together
from worlds import NOW

K = Qt.Key
SAID = (
    "They wait weeks for the files to come back",
    "Nobody in the team has an answer to why",
    "The gatekeeper reads every file before it goes",
    "Morale is better since the unit was split",
)


@pytest.fixture
def laptops(qtbot, tmp_path):
    some = team(tmp_path, 3)
    note = visits.start_session(some[0], title="Focus group, gatekeepers", at=START).id
    for n, text in enumerate(SAID):
        notes.write_line(some[0], session=note, text=text, at=START + n)
    for name in ("Timeliness", "Gatekeeping", "Morale"):
        codebook.add_theme(some[0], name=name)
    together(*some)
    made = []

    def opened(who):
        made.append(Bench(qtbot, some[who], "Team", lambda desk: TeamPage(desk, lambda: NOW)))
        made[-1].press(K.Key_Q)
        return made[-1]

    yield some, opened
    for bench in made:
        bench.window.close()
        bench.desk.lanes.wait_idle(60_000)
    for one in some:
        one.close()


def shown(bench, name):
    if folder := os.environ.get("PICTURES_TO"):
        bench.window.grab().save(f"{folder}/{name}.png")


def put(bench, typed):
    """A theme on the line one is at, by its first letters and which way it points, and on to the next."""
    bench.press(K.Key_T)
    QTest.keyClicks(bench.window.focusWidget(), typed)
    bench.press(K.Key_Return)
    assert bench.page.coding.lines.hasFocus()
    bench.press(K.Key_Down)


def test_a_check_is_begun_coded_apart_and_compared_by_keys(laptops):
    some, opened = laptops
    lead = opened(0)
    view = lead.page.coding
    assert view.empty.isVisible() and view.new.isVisible()
    lead.press(K.Key_N)
    lead.press(K.Key_Space)
    lead.press(K.Key_Return)
    for _ in range(2):
        lead.press(K.Key_Down)
        lead.press(K.Key_Space)
    shown(lead, "coding-who")
    lead.press(K.Key_Return)
    [check] = coding.checks(some[0])
    assert set(check.coders.values()) == {"laptop 1", "laptop 2"}
    assert "waits for laptop 1 and laptop 2" in view.list.rows[0].sub
    together(*some)

    one = opened(1)
    assert not one.page.coding.new.isVisible()
    put(one, "Tim-")
    put(one, "Mor-")
    put(one, "Gate+")
    one.press(K.Key_X, one.page.coding.lines)
    assert one.page.coding.lines.rows[2].sub == "Gatekeeping +"  # the line below has none to take off
    shown(one, "coding-lines")
    assert nameless(one.window) == [] and not unreached(one.page.coding) and not too_small(one.page.coding)
    one.press(K.Key_F)
    assert "waits for laptop 2" in one.page.coding.head.findChildren(type(one.page.coding.said))[-1].text()
    assert one.page.coding.go_on.isVisible()

    two = opened(2)
    put(two, "Tim-")
    two.press(K.Key_Down)
    put(two, "Gate+")
    put(two, "Mor+")
    two.press(K.Key_F)
    together(*some)
    lead.window.activateWindow()
    lead.page.coding.read()
    lead.settle()
    assert [row.title for row in view.themes.rows] == ["Gatekeeping", "Morale", "Timeliness"]
    assert [row.sub for row in view.themes.rows][:2] == [
        "all 1, differing 0, none 3",
        "all 0, differing 2, none 2",
    ]
    lead.press(K.Key_Down, view.themes)
    assert [row.title for row in view.differing.rows] == [SAID[1], SAID[3]]
    shown(lead, "coding-compared")
    assert nameless(lead.window) == [] and not unreached(view) and not too_small(view)
    assert "2 agreed themes" in view.adopt_button.text()
    lead.press(K.Key_A, view.themes)
    assert not view.adopt_button.isVisible()
    lead.press(K.Key_Escape)
    assert lead.page.stack.currentWidget() is lead.page.overview
