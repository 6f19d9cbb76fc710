"""Entered twice, in the window: offered beside the conflicts, decided by keys, one row in Files."""

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import new_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.same import sets
from fieldwork.work import same
from fieldwork.work.files import find_file
from worlds import NOW, small_inspection, wall

K = Qt.Key


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = small_inspection(tmp_path)
    fields = {"reference": "a-v-002", "charged": "2026-07-15", "force": "P33", "position": 9}
    record(made, "case file", [Change(CaseFile.kind, new_id(), fields)], at=wall(24, 9))
    return made


@pytest.fixture
def bench(qtbot, workspace):
    made = Bench(qtbot, workspace, "Team", lambda desk: TeamPage(desk, lambda: NOW))
    yield made
    made.close()


def open_twice(bench):
    assert bench.page.overview.twice_card.isVisible()
    assert bench.page.overview.twice_words.text() == "One thing looks entered twice"
    bench.press(K.Key_T)
    assert bench.page.stack.currentWidget() is bench.page.twice
    return bench.page.twice


def test_a_pair_is_joined_put_right_and_parted_by_keys(bench):
    view = open_twice(bench)
    assert view.at.title == "Case file A-V-002"
    assert [one.title for one in view.differences.rows][:1] == ["Reference"]
    bench.press(K.Key_1)
    assert len(records(bench.workspace, CaseFile)) == 6
    assert view.at.joined and view.right.isVisible() and not view.yes.isVisible()
    assert "read as one" in view.said.text()
    at = [one.ident for one in view.differences.rows].index("charged")
    view.differences.go(at)
    bench.press(K.Key_R)
    assert find_file(bench.workspace, "A-V-002").charged == "2026-07-15"
    assert "charged" not in [one.ident for one in view.differences.rows]
    bench.press(K.Key_2)
    assert not sets(bench.workspace) and same.candidates(bench.workspace) == []
    assert view.at is None and view.nothing.isVisible()
    bench.press(K.Key_Escape)
    assert not bench.page.overview.twice_card.isVisible()
    assert bench.said == []


def test_what_differs_in_nothing_is_joined_and_the_next_comes(bench):
    fields = {"reference": "A-0-ALIKE", "force": "P33"}
    for hour in (10, 11):
        record(bench.workspace, "case file", [Change(CaseFile.kind, new_id(), fields)], at=wall(24, hour))
    bench.desk.changed.emit(None)
    bench.settle()
    bench.press(K.Key_T)
    view = bench.page.twice
    view.go_to(next(one for one in view.pairs if one.title == "Case file A-0-ALIKE"))
    assert not view.at.differences
    bench.press(K.Key_1)
    assert view.at.title == "Case file A-V-002" and not view.at.joined
    assert view.said.text() == "Case file A-0-ALIKE is read as one now."


def test_not_the_same_is_not_offered_again_and_later_stays(bench):
    view = open_twice(bench)
    bench.press(K.Key_L)
    assert [one.trail for one in view.list.rows] == ["", "later"]
    bench.press(K.Key_2)
    assert same.candidates(bench.workspace) == [] and len(records(bench.workspace, CaseFile)) == 7


def test_everything_there_has_a_name_and_is_reached_by_keys(bench):
    open_twice(bench)
    assert nameless(bench.window) == [] and too_small(bench.window) == []
    assert unreached(bench.page) == []


def test_files_shows_one_row_with_its_entries_and_a_key_takes_a_file(qtbot, workspace):
    ((one, other),) = [pair for _, pair in same.candidates(workspace)]
    same.join_records(workspace, one=one, other=other)
    bench = Bench(qtbot, workspace, "Files", FilesPage)
    page = bench.page
    (row,) = [r for r in page.list.rows if r.title.lower() == "a-v-002"]
    assert "2 entries" in row.sub
    page.list.go(page.list.rows.index(row))
    page.list.setFocus()
    bench.press(K.Key_A)
    assert find_file(workspace, "A-V-002").allocated == workspace.identity.member
    assert bench.said == []
    bench.close()


def test_a_joining_that_comes_in_is_seen_by_the_list_of_files(qtbot, workspace):
    bench = Bench(qtbot, workspace, "Files", FilesPage)
    assert sum(not r.head for r in bench.page.list.rows) == 7
    ((one, other),) = [pair for _, pair in same.candidates(workspace)]
    done = same.join_records(workspace, one=one, other=other)
    bench.desk.changed.emit({kind: ids for kind, ids in done.changed.items() if kind == "joining"})
    qtbot.waitUntil(lambda: sum(not r.head for r in bench.page.list.rows) == 6)
    bench.close()
