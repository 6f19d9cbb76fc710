"""What findings may be, in Set-up by keys: kinds added, renamed, ordered and withdrawn, and when one is supported."""

import os

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.pages.set_up import SetUpPage
from fieldwork.domain.records import Inspection
from fieldwork.store.recording import Change, record
from fieldwork.work import finding_kinds, undoing
from fieldwork.work.finding_counts import needs_of
from laptops import team, together
from worlds import NOW, small_inspection

K, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, small_inspection(tmp_path), "Set-up", lambda desk: SetUpPage(desk, lambda: NOW))
    made.press(K.Key_F)
    yield made
    made.close()


def codes(bench):
    return [one.code for one in finding_kinds.kinds(bench.workspace)]


def test_kinds_and_support_are_changed_by_keys(bench):
    view = bench.page.rules
    assert QApplication.focusWidget() is view.list
    assert view.head.sub.text().startswith("Supported from 2 methods and 2 bodies on")
    before = codes(bench)
    bench.press(K.Key_A)
    bench.type(QApplication.focusWidget(), "Promising practice")
    view.naming.put(favourable="1")
    bench.press(K.Key_Return, view.naming.widgets["name"])
    assert codes(bench) == [*before, "promising_practice"]
    assert finding_kinds.kinds(bench.workspace)[-1].favourable
    view.list.go(len(before))
    for _ in range(len(before) + 1):
        bench.press_with(K.Key_Up, ALT)
    assert codes(bench) == ["promising_practice", *before] and view.at().kind.code == "promising_practice"
    bench.press_with(K.Key_Down, ALT)
    assert codes(bench) == [before[0], "promising_practice", *before[1:]]
    if folder := os.environ.get("PICTURES_TO"):
        bench.window.grab().save(f"{folder}/finding-rules.png")
    assert nameless(bench.window) == [] and not unreached(view) and not too_small(view)
    bench.press(K.Key_X)
    assert "promising_practice" not in finding_kinds.offered(bench.workspace)
    assert "offered no more" in view.list.rows[1].sub
    bench.press(K.Key_X)
    assert "promising_practice" in finding_kinds.offered(bench.workspace)
    bench.press(K.Key_E)
    bench.type(QApplication.focusWidget(), "Strength")
    bench.press(K.Key_Return)
    assert 'called "Strength" already' in view.naming.problem.text()
    bench.press(K.Key_Escape)

    bench.press(K.Key_H)
    view.needing.put(methods="9", bodies="2")
    bench.press(K.Key_Return)
    assert "from 1 to 8" in view.needing.problem.text()
    view.needing.put(methods="3", bodies="2")
    bench.press(K.Key_Return, view.needing.widgets["methods"])
    assert needs_of(bench.workspace).methods == 3 and "from 3 methods" in view.head.sub.text()
    undoing.undo(bench.workspace)
    assert needs_of(bench.workspace).methods == 2


def test_who_does_not_lead_only_reads(qtbot, tmp_path):
    some = team(tmp_path, 2)
    record(some[0], "set up", [Change(Inspection.kind, some[0].inspection, {"title": "Early advice"})])
    together(*some)
    bench = Bench(qtbot, some[1], "Set-up", lambda desk: SetUpPage(desk, lambda: NOW))
    bench.press(K.Key_F)
    bench.press(K.Key_A)
    view = bench.page.rules
    assert len(view.list.rows) == 5 and not view.naming.isVisible()
    assert not any(button.isVisible() for button in view.buttons)
    bench.close()
    some[0].close()
