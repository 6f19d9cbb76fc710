"""Proportions against published figures, and results that keep their denominators apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldwork.analysis.intervals import Share, rounded_percent, share, wilson
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
    interval = wilson(count, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "n", "population", "low", "high"),
    [(5, 10, 40, 0.2612, 0.7388), (27, 30, 90, 0.7779, 0.9586), (60, 90, 120, 0.6162, 0.7136)],
)
def test_a_finite_population_narrows_the_interval(count, n, population, low, high):
    interval = wilson(count, n, population=population)
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
    assert share(5, 10, at_random=False).interval is None


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
