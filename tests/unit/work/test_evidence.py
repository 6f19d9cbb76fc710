"""Evidence looked up: in words, by theme, and counted."""

import pytest

from fieldwork.domain.records import NoteLine, Theme
from fieldwork.store.reading import find, records
from fieldwork.work import codebook, evidence, examining, excerpts
from fieldwork.work.evidence_filters import Filters, look_up
from fieldwork.work.gathering import interview_facts
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


def test_a_theme_on_words_is_found_and_reported_with_its_line_and_goes_along_in_an_answer(workspace):
    line = next(f for f in evidence.look_up(workspace, "redacting", within="notes") if f.mark == ">")
    held = find(workspace, NoteLine, line.id)
    excerpts.tag_words(workspace, target=line.id, start=0, end=9, theme=theme(workspace, "relationships"))
    said = "Addresses left open; sent back for redaction"
    examining.answer(workspace, file="A-V-001", question="A01", comment=said)
    answer = evidence.look_up(workspace, "redaction", within="answers")[0].id
    excerpts.tag_words(
        workspace, target=answer, part="comment", start=10, end=19, theme=theme(workspace, "relationships")
    )
    reworded = "Two were left open here, sent back"
    examining.answer(workspace, file="A-V-001", question="A01", comment=reworded)
    narrowed = Filters().toggled("theme", theme(workspace, "relationships").hex())
    found = {one.id: one.themes for one in look_up(workspace, "", narrowed).found}
    assert ("relationships", "neutral") in found[line.id] and found[answer] == (("relationships", "neutral"),)
    (mark,) = excerpts.spans(workspace, [answer])[answer]
    assert reworded[mark.span.start : mark.span.end] == "left open"
    (told,) = [one for one in interview_facts(workspace, held.session).lines if one.text == held.text]
    assert f'relationships (neutral) on "{held.text[:9].strip()}"' in told.themes


def test_the_board_counts_each_way_and_puts_a_theme_below_its_own(workspace):
    above = theme(workspace, "disclosure")
    codebook.add_theme(workspace, name="bundles", parent=above)
    board = evidence.theme_board(workspace)
    names = [(one.theme.name, one.depth) for one in board]
    assert ("bundles", 1) in names[names.index(("disclosure", 0)) + 1 : names.index(("decisions", 0))]
    counts = {one.theme.name: one.counts for one in board}
    assert counts["relationships"] == (("strength", 2), ("concern", 1))
    assert counts["victims"] == ()
    assert next(one.total for one in board if one.theme.name == "relationships") == 3


def test_the_points_of_the_visit_under_way_come_with_it(workspace):
    what = evidence.board(workspace, NOW.date())
    assert what.visit_title == "Leicestershire with CPS East Midlands"
    assert [point.finding.finding_kind for point in what.points] == ["strength", "concern", "concern"]
