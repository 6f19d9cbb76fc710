"""An interview typed while a merge runs, tagged, found, edited by a colleague, and a finding from it signed by two."""

import pytest
from interview_day import Day, spend


@pytest.fixture
def day(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    made = Day(tmp_path)
    yield made
    made.partner.close()


def test_an_interview_from_the_first_key_to_a_signed_finding(qtbot, day):
    told = spend(day, minutes=1.5, factor=200, tags=3)
    assert told.letters > 900 and told.merged_lines == 400 and told.tagged == 3
