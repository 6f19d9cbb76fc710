"""Places in lists, ids, and what a typed line means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldwork.domain.note_text import read_line, without_themes
from fieldwork.domain.order import between, following
from fieldwork.domain.values import codes, derived_id, joined, new_id

gaps = st.lists(st.tuples(st.integers(0, 1000), st.booleans()), max_size=40)


def grown(steps: list[tuple[int, bool]]) -> list[str]:
    """A list into which lines were put at many places, some of them as runs."""
    places: list[str] = []
    for at, run in steps:
        gap = at % (len(places) + 1)
        before = places[gap - 1] if gap else ""
        after = places[gap] if gap < len(places) else ""
        first = between(before, after)
        new = [first, following(first)] if run else [first]
        places[gap:gap] = new
    return places


@settings(deadline=None)
@given(gaps)
def test_a_place_is_strictly_between(steps: list[tuple[int, bool]]) -> None:
    places = grown(steps)
    assert places == sorted(set(places))


@settings(deadline=None)
@given(gaps, st.integers(0, 1000), st.integers(1, 30), st.integers(1, 30))
def test_runs_of_two_people_at_one_spot_never_interleave(
    steps: list[tuple[int, bool]], at: int, mine: int, theirs: int
) -> None:
    places = grown(steps)
    gap = at % (len(places) + 1)
    before = places[gap - 1] if gap else ""
    after = places[gap] if gap < len(places) else ""
    runs = []
    for length in (mine, theirs):
        run = [between(before, after)]
        while len(run) < length:
            run.append(following(run[-1]))
        assert run == sorted(run)
        assert all(place > before and (not after or place < after) for place in run)
        runs.append(run)
    first, second = sorted(runs)
    assert sorted(first + second) == first + second


def test_a_line_put_into_a_run_does_not_part_it_from_its_end() -> None:
    run = [between("", "")]
    for _ in range(5):
        run.append(following(run[-1]))
    inside = between(run[2], run[3])
    assert run[2] < inside < run[3]
    again = between(run[2], inside)
    assert run[2] < again < inside


def test_places_stay_short_where_lines_are_added_at_the_end() -> None:
    place = between("", "")
    for _ in range(200):
        place = between(place, "")
    assert len(place) < 80


def test_ids_come_in_order_and_derived_ones_are_the_same_everywhere() -> None:
    made = [new_id() for _ in range(100)]
    assert [id[:6] for id in made] == sorted(id[:6] for id in made)
    assert len(set(made)) == 100 and all(len(id) == 16 for id in made)
    assert derived_id("answer", b"e", "q1", "") == derived_id("answer", b"e", "q1", "")
    assert derived_id("answer", "ab", "c") != derived_id("answer", "a", "bc")
    assert derived_id("answer", "a") != derived_id("tag", "a")


def test_codes_go_together_and_apart() -> None:
    assert codes(joined(["P33", "A02"])) == ("P33", "A02")
    assert codes(None) == codes("") == ()


@pytest.mark.parametrize(
    ("typed", "speaker", "nods", "text", "themes"),
    [
        ("They wait #delay-", "", None, "They wait #delay-", (("delay", "concern"),)),
        ("B: We never see it [7 of 9]", "B", 7, "We never see it", ()),
        (
            "#training+ and #pace± here",
            "",
            None,
            "#training+ and #pace± here",
            (("training", "strength"), ("pace", "mixed")),
        ),
        ("no#theme and C:no speaker", "", None, "no#theme and C:no speaker", ()),
        ("", "", None, "", ()),
    ],
)
def test_a_typed_line(
    typed: str, speaker: str, nods: int | None, text: str, themes: tuple[tuple[str, str], ...]
) -> None:
    line = read_line(typed)
    assert (line.speaker, line.nods, line.text, line.themes) == (speaker, nods, text, themes)


@given(st.text())
def test_any_line_can_be_read(typed: str) -> None:
    line = read_line(typed)
    assert without_themes(line.text, {word for word, _ in line.themes}) is not None


def test_only_themes_that_were_understood_leave_the_text() -> None:
    assert without_themes("late #delay- and #odd+.", {"delay"}) == "late and #odd+."
