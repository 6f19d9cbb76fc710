"""Proportions against published figures, and results that keep their denominators apart."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldwork.analysis.intervals import (
    BY_HAND,
    CENSUS,
    NOTHING,
    Interval,
    Share,
    clopper_pearson,
    difference,
    may_be_ranked,
    rounded_percent,
    share,
    wilson,
)
from fieldwork.analysis.scores import NOT_ASKED, Score, choice_result, question_result, section_score


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (3, 8, 0.1368, 0.6943),
        (27, 30, 0.7438, 0.9654),
        (17, 20, 0.6396, 0.9476),
    ],
)
def test_wilson_gives_the_published_intervals(count, n, low, high):
    """The first four are Newcombe 1998's examples of a single proportion."""
    interval = wilson(count, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "n", "population", "low", "high"),
    [(5, 10, 40, 0.2612, 0.7388), (27, 30, 90, 0.7779, 0.9586), (60, 90, 120, 0.6162, 0.7136)],
)
def test_a_finite_population_narrows_the_interval(count, n, population, low, high):
    interval = wilson(count, n, population=population)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (27, 30, 0.7347, 0.9789)],
)
def test_clopper_and_pearson_give_the_published_intervals(count, n, low, high):
    interval = clopper_pearson(count, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_differences(one, other, low, high):
    """Newcombe 1998, Interval estimation for the difference between independent proportions, method 10."""
    interval = difference(share(*one), share(*other)).interval
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_no_interval_for_a_census_or_for_nothing():
    assert wilson(5, 10, population=10) is None
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("count", "n"), [(38, 38), (0, 77)])
def test_the_ends_stay_within_zero_and_one(count, n):
    interval = wilson(count, n)
    assert interval.low >= 0.0
    assert interval.high <= 1.0


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_proportion_and_mirrors(pair):
    count, n = pair
    interval, mirrored = wilson(count, n), wilson(n - count, n)
    assert 0 <= interval.low <= count / n <= interval.high <= 1
    assert interval.low == pytest.approx(1 - mirrored.high)


@pytest.mark.parametrize(("count", "n", "population"), [(3, 2, None), (-1, 2, None), (1, 10, 9)])
def test_impossible_proportions_are_refused(count, n, population):
    with pytest.raises(ValueError, match=r"proportion|population"):
        wilson(count, n, population=population)


def test_shares_round_half_up_from_counts_and_need_not_add_to_a_hundred():
    counts, n = (18, 16, 6), 40
    assert [rounded_percent(count, n) for count in counts] == [45.0, 40.0, 15.0]
    assert rounded_percent(1, 16) == 6.3
    assert rounded_percent(1, 2000) == 0.1
    assert rounded_percent(1, 2001) == 0.0
    assert rounded_percent(0, 0) is None
    assert sum(rounded_percent(count, 6) for count in (1, 1, 4)) == pytest.approx(100.1)


def test_a_share_says_its_n_and_a_dip_sample_has_no_interval():
    assert str(share(5, 10)) == "50.0% (5 of 10)"
    assert str(Share(0, 0)) == "no answers (n = 0)"
    assert Share(0, 0).fraction is None
    by_hand = share(5, 10, at_random=False)
    assert (by_hand.interval, by_hand.percent, str(by_hand)) == (None, None, "5 of 10")
    census = share(5, 10, population=10)
    assert (census.interval, census.percent) == (None, 50.0)  # known as it is, not a count alone


def test_a_question_keeps_its_kinds_of_silence_apart():
    answers = ["FM"] * 5 + ["PM"] * 3 + ["NM"] * 2 + ["NA"] * 4 + ["NK"] + [NOT_ASKED] * 6 + [None, ""]
    result = question_result(answers)
    assert (result.fully_met, result.partially_met, result.not_met, result.n) == (5, 3, 2, 10)
    assert (result.not_applicable, result.not_known, result.not_asked, result.unanswered) == (4, 1, 6, 2)
    assert result.score == Score(points=13, possible=20, n=10)
    assert result.score.percent == 65.0
    assert str(result.score) == "65.0% (n = 10)"
    assert (result.fully_met_share.percent, result.fully_met_share.n) == (50.0, 10)
    assert round(result.fully_met_share.interval.low, 4) == 0.2366


def test_nothing_but_not_applicable_has_no_share():
    result = question_result(["NA", "NK", NOT_ASKED])
    assert result.n == 0
    assert result.score.percent is None
    assert str(result.score) == "no answers (n = 0)"
    assert result.fully_met_share.interval is None


def test_codes_off_the_scale_are_kept_apart():
    met = question_result(["FM", "XX", "XX"])
    assert (met.n, met.outside, met.score) == (1, {"XX": 2}, Score(2, 2, 1))
    choice = choice_result(["Y", "maybe", ["Y", "gone"]], ["Y", "N"])
    assert (choice.n, choice.shares["Y"].count) == (3, 2)
    assert {code: str(part) for code, part in choice.outside.items()} == {
        "gone": "33.3% (1 of 3)",
        "maybe": "33.3% (1 of 3)",
    }


def test_a_section_score_is_no_mean_of_means():
    small = question_result(["NM"])
    large = question_result(["FM"] * 9)
    assert section_score([small, large]) == Score(18, 20, 10)
    assert section_score([small, large]).percent == 90.0
    assert section_score([]).percent is None


def test_choices_are_counted_over_the_files_that_answered():
    result = choice_result(
        [["late", "other"], ["late"], "other", NOT_ASKED, None, []], ["late", "other", "none"]
    )
    assert (result.n, result.not_asked, result.unanswered) == (3, 1, 2)
    assert {code: each.count for code, each in result.shares.items()} == {"late": 2, "other": 2, "none": 0}
    assert result.shares["late"].n == 3
    assert result.shares["late"].percent == 66.7


def test_why_there_is_no_interval():
    assert share(5, 10, at_random=False).without == BY_HAND
    assert share(5, 10, population=10).without == CENSUS
    assert share(0, 0).without == NOTHING
    assert share(5, 10).without == ""


def test_a_census_stays_one_where_a_question_did_not_apply_to_every_file():
    answers = ["FM"] * 5 + ["NM"] * 5 + ["NA"] * 20 + [NOT_ASKED] * 10
    assert question_result(answers, population=40).fully_met_share.without == CENSUS
    part = question_result(answers, population=80).fully_met_share.interval
    assert part == wilson(5, 10, population=20)
    chosen = choice_result([["Y"]] * 5 + [["N"]] * 5 + [None] * 30, ["Y", "N"], population=80)
    assert chosen.shares["Y"].interval == part


@pytest.mark.parametrize(
    "wrong",
    [{"drawn": 9}, {"drawn": 50, "population": 40}, {"population": 9}, {"drawn": 9, "at_random": False}],
)
def test_a_sample_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="cannot come from"):
        share(5, 10, **wrong)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.data())
def test_a_sample_of_more_of_the_population_is_surer(pair, data):
    count, n = pair
    drawn = data.draw(st.integers(n, n + 50))
    population = data.draw(st.integers(drawn + 1, drawn + 500))
    finite = share(count, n, drawn=drawn, population=population).interval
    whole = share(count, n).interval
    assert whole.low - 1e-9 <= finite.low <= count / n <= finite.high <= whole.high + 1e-9


counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_a_difference_turns_round_with_its_groups(one, other):
    there = difference(share(*one), share(*other))
    back = difference(share(*other), share(*one))
    assert there.points == -back.points
    assert there.fraction == -back.fraction
    assert there.interval.low == pytest.approx(-back.interval.high)
    assert -1 <= there.interval.low <= there.fraction + 1e-12
    assert there.fraction - 1e-12 <= there.interval.high <= 1
    exact = abs(Fraction(*one) - Fraction(*other)) * 1000
    assert round(abs(there.points) * 10) == (2 * exact + 1) // 2


def test_a_difference_says_why_it_has_no_interval():
    by_hand, random_draw = share(5, 10, at_random=False), share(5, 10)
    census, nothing = share(7, 10, population=10), share(0, 0)
    assert (difference(by_hand, random_draw).without, difference(by_hand, random_draw).points) == (
        BY_HAND,
        0.0,
    )
    assert (difference(random_draw, nothing).without, difference(random_draw, nothing).points) == (
        NOTHING,
        None,
    )
    assert difference(random_draw, nothing).fraction is None
    assert difference(census, share(3, 12, population=12)).without == CENSUS
    mixed = difference(census, random_draw).interval
    assert mixed.low == pytest.approx(0.7 - random_draw.interval.high)
    with pytest.raises(ValueError, match="confidence"):
        difference(random_draw, Share(5, 10, wilson(5, 10, confidence=0.9)))
    assert difference(random_draw, Share(5, 10)).without == BY_HAND


def test_groups_whose_intervals_overlap_are_not_ranked():
    assert not may_be_ranked(share(5, 10), share(8, 10))
    assert may_be_ranked(share(50, 1000), share(80, 100))
    assert may_be_ranked(share(80, 100), share(50, 1000))
    assert not may_be_ranked(share(50, 1000, at_random=False), share(80, 100))
    assert not may_be_ranked(share(0, 0), share(80, 100))
    assert may_be_ranked(share(5, 10, population=10), share(6, 10, population=10))
    assert not may_be_ranked(share(5, 10, population=10), share(6, 10))
    assert isinstance(share(6, 10).interval, Interval)


@given(st.lists(st.sampled_from(("FM", "PM", "NM", "NA", "NK", NOT_ASKED, None, "XX")), max_size=80))
def test_every_answer_is_counted_once_and_shares_add_up_but_for_rounding(answers):
    result = question_result(answers)
    silent = result.not_applicable + result.not_known + result.not_asked + result.unanswered
    assert result.n + silent + sum(result.outside.values()) == len(answers)
    assert sum(part.count for part in result.shares.values()) == result.n
    assert all(part.n == result.n for part in result.shares.values())
    if result.n:
        assert abs(sum(part.percent for part in result.shares.values()) - 100) <= 0.15 + 1e-9
        for part in result.shares.values():
            exact = Fraction(100 * part.count, part.n)
            assert -Fraction(1, 20) < Fraction(str(part.percent)) - exact <= Fraction(1, 20)
