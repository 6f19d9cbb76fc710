"""What the first page is told, in one go."""

import pytest

from fieldwork.work.today import today
from worlds import NOW, small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with small_inspection(tmp_path) as made:
        yield made


def test_open_items_come_with_what_their_session_is_called(workspace):
    what = today(workspace, NOW)
    assert {what.sources[line.session] for line in what.follow_ups} == {
        "Focus group, response constables",
        "Inspector, file quality team",
    }
    assert sorted(what.lines.values()) == [0, 0, 6, 6]
    assert what.stratum == "Volume crime, charged"


def test_the_next_session_is_the_first_from_this_day_on(workspace):
    assert today(workspace, NOW).next_session.title == "Reviewing lawyer, charging team"
    later = today(workspace, NOW.replace(day=25))
    assert later.next_session.title == "Disclosure lead"
    assert today(workspace, NOW.replace(day=28)).next_session.title == "Reviewing lawyer, charging team"
