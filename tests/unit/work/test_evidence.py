"""Evidence looked up: in words, by theme, and counted."""

import pytest

from fieldwork.domain.records import Theme
from fieldwork.store.reading import records
from fieldwork.work import evidence, examining, themes
from fieldwork.work.evidence_filters import Filters, look_up
from worlds import NOW, small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with small_inspection(tmp_path) as made:
        yield made


def theme(workspace, name):
    return next(one.id for one in records(workspace, Theme) if one.name == name)


def test_a_line_found_says_where_it_stands(workspace):
    one = next(f for f in evidence.look_up(workspace, "redacting", within="notes") if f.mark == ">")
    assert (one.where, one.body, one.method) == (
        "Focus group, response constables", "Leicestershire Police", "focus_group"
    )  # fmt: skip
    assert one.themes == (("IT", "concern"),)
    assert "\x02Redacting\x03" in one.snippet


def test_an_answer_found_says_its_file_and_what_was_answered(workspace):
    examining.answer(
        workspace, file="A-V-001", question="A01", comment="Addresses left open; sent back for redaction."
    )
    one = evidence.look_up(workspace, "redaction", within="answers")[0]
    assert (one.where, one.answer, one.body) == (
        "File A-V-001, A01",
        "cps_charge_fct",
        "Leicestershire Police, CPS East Midlands",  # both lead the question
    )


def test_without_words_a_theme_shows_all_that_carries_it_the_newest_first(workspace):
    narrowed = Filters().toggled("theme", theme(workspace, "relationships").hex())
    found = look_up(workspace, "", narrowed).found
    assert [one.snippet for one in found] == [
        'I ring the lawyer and it is sorted."',
        "A named lawyer settles most questions in minutes.",
        'We hear of a fault weeks later, if at all."',
    ] or len(found) == 3


def test_the_latest_lines_come_first_and_no_more_than_asked_for(workspace):
    page = look_up(workspace, "", Filters(), limit=3)
    found = page.found
    assert len(found) == 3 and page.more
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_the_board_counts_each_way_and_puts_a_theme_below_its_own(workspace):
    above = theme(workspace, "disclosure")
    themes.add_theme(workspace, name="schedules", parent=above)
    board = evidence.theme_board(workspace)
    names = [(one.theme.name, one.depth) for one in board]
    assert names[names.index(("disclosure", 0)) + 1] == ("schedules", 1)
    counts = {one.theme.name: one.counts for one in board}
    assert counts["relationships"] == (("strength", 2), ("concern", 1))
    assert counts["victims"] == ()
    assert next(one.total for one in board if one.theme.name == "relationships") == 3


def test_the_points_of_the_visit_under_way_come_with_it(workspace):
    what = evidence.board(workspace, NOW.date())
    assert what.visit_title == "Leicestershire with CPS East Midlands"
    assert [point.finding.finding_kind for point in what.points] == ["strength", "concern", "concern"]
