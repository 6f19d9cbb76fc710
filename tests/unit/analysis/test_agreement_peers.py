"""Our numbers beside those of statsmodels and scipy on random tables."""

import random

import pytest

from fieldwork.analysis.agreement import Coefficient, cohen_kappa, fleiss_kappa
from fieldwork.analysis.intervals import clopper_pearson, difference, share, wilson
from fieldwork.analysis.quantiles import student_quantile
from fieldwork.analysis.ratings import from_rows

WHY = "statsmodels and scipy are not installed; `uv sync` brings them"


@pytest.fixture(scope="module")
def inter_rater():
    return pytest.importorskip("statsmodels.stats.inter_rater", reason=WHY)


@pytest.fixture(scope="module")
def proportion():
    return pytest.importorskip("statsmodels.stats.proportion", reason=WHY)


@pytest.fixture(scope="module")
def scipy_stats():
    return pytest.importorskip("scipy.stats", reason=WHY)


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
def test_kappa_and_its_interval_are_statsmodels(weights, inter_rater):
    chance = random.Random(1969)
    compared = 0
    for _ in range(60):
        q = chance.randint(2, 6)
        table = [[chance.choice((0, 1, 2, 9)) for _ in range(q)] for _ in range(q)]
        order = [str(value) for value in range(q)]
        rows = [
            (order[a], order[b])
            for a, row in enumerate(table)
            for b, many in enumerate(row)
            for _ in range(many)
        ]
        ours = cohen_kappa(from_rows(rows, order=order), weights)
        if not isinstance(ours, Coefficient) or ours.error is None:
            continue
        theirs = inter_rater.cohens_kappa(table, wt={"identity": None}.get(weights, weights))
        assert ours.value == pytest.approx(theirs.kappa, abs=1e-12)
        assert ours.error == pytest.approx(theirs.std_kappa, abs=1e-12)
        if theirs.kappa_upp <= 1 and theirs.kappa_low >= -1:
            assert (ours.low, ours.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=1e-12)
        compared += 1
    assert compared > 40


def test_fleiss_kappa_is_statsmodels(inter_rater):
    chance = random.Random(1971)
    for _ in range(30):
        q, raters = chance.randint(2, 5), chance.randint(2, 6)
        rows = [[chance.randrange(q) for _ in range(raters)] for _ in range(chance.randint(5, 40))]
        counts = [[row.count(value) for value in range(q)] for row in rows]
        assert fleiss_kappa(from_rows(rows)).value == pytest.approx(
            inter_rater.fleiss_kappa(counts), abs=1e-12
        )


def test_intervals_of_a_proportion_are_statsmodels_and_scipys(proportion, scipy_stats):
    chance = random.Random(1927)
    for _ in range(150):
        n = chance.randint(1, 400)
        count, confidence = chance.randint(0, n), chance.choice((0.8, 0.95, 0.99))
        ours = wilson(count, n, confidence=confidence)
        theirs = proportion.proportion_confint(count, n, alpha=1 - confidence, method="wilson")
        assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)
        exact = clopper_pearson(count, n, confidence=confidence)
        scipys = scipy_stats.binomtest(count, n).proportion_ci(confidence, method="exact")
        assert (exact.low, exact.high) == pytest.approx((scipys.low, scipys.high), abs=1e-9)


def test_the_difference_of_two_groups_is_statsmodels(proportion):
    chance = random.Random(1998)
    for _ in range(150):
        n, m = chance.randint(1, 200), chance.randint(1, 200)
        count, other = chance.randint(0, n), chance.randint(0, m)
        ours = difference(share(count, n), share(other, m)).interval
        theirs = proportion.confint_proportions_2indep(count, n, other, m, method="newcomb")
        assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)


def test_students_quantiles_are_scipys(scipy_stats):
    for degrees in (*range(1, 30), 60, 199, 200, 201, 202, 500, 10_000, 1_000_000):
        for probability in (0.005, 0.025, 0.5, 0.9, 0.975, 0.995, 0.9995):
            theirs = scipy_stats.t.ppf(probability, degrees)
            assert student_quantile(probability, degrees) == pytest.approx(theirs, rel=1e-9, abs=1e-12)
