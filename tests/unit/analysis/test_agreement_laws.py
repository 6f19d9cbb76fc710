"""What agreement must do whatever the marks: laws, hostile marks, and counts of disagreements."""

import math
import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldwork.analysis.agreement import (
    Coefficient,
    Disagreements,
    NotComputable,
    agreement,
    alpha,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    disagreements,
    fleiss_kappa,
    gwet,
    raw,
)
from fieldwork.analysis.ratings import from_rows, ratings

SCALES = ("nominal", "ordinal", "interval", "ratio")
NOMINAL = (raw, cohen_kappa, alpha, gwet, fleiss_kappa, conger_kappa, brennan_prediger)


def tables(raters=None, values=3, missing=True):
    """Rows of marks 0 .. values - 1, one a unit, with gaps."""
    raters = st.integers(2, 4) if raters is None else raters
    mark = st.integers(0, values - 1)
    cell = st.one_of(st.none(), mark) if missing else mark
    return raters.flatmap(lambda r: st.lists(st.tuples(*[cell] * r), min_size=1, max_size=12))


def close(one, other):
    """Two figures, the same but for rounding errors; of two reasons, the same words."""
    if isinstance(one, NotComputable) or isinstance(other, NotComputable):
        return one == other
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(a == b or (None not in (a, b) and math.isclose(a, b, abs_tol=1e-7)) for a, b in pairs)


@given(tables(), st.sampled_from(SCALES), st.randoms(use_true_random=False))
def test_neither_the_order_of_raters_nor_that_of_units_matters(rows, scale, chance):
    order = (0, 1, 2)
    before = agreement(from_rows(rows, scale=scale, order=order))
    columns = list(range(len(rows[0])))
    chance.shuffle(columns)
    mixed = [tuple(row[column] for column in columns) for row in rows]
    chance.shuffle(mixed)
    after = agreement(from_rows(mixed, scale=scale, order=order))
    assert all(close(before[name], after[name]) for name in before)


@given(tables(), st.permutations("xyz"))
def test_other_names_for_the_values_change_nothing_on_a_nominal_scale(rows, names):
    renamed = [[None if mark is None else names[mark] for mark in row] for row in rows]
    for figure in NOMINAL:
        before, after = figure(from_rows(rows)), figure(from_rows(renamed))
        if isinstance(before, NotComputable):
            assert isinstance(after, NotComputable), figure
        else:
            assert close(before, after), figure


@given(tables(), st.sampled_from((0.001, 7.0, 1e6)), st.floats(-1e3, 1e3))
def test_another_unit_of_measure_changes_nothing_on_an_interval_scale(rows, times, plus):
    moved = [[None if mark is None else mark * times + plus * times for mark in row] for row in rows]
    before, after = (agreement(from_rows(some, scale="interval")) for some in (rows, moved))
    for name in ("raw", "alpha", "weighted_kappa_linear", "weighted_kappa_quadratic", "ac2_linear"):
        if isinstance(before[name], Coefficient):
            assert math.isclose(before[name].value, after[name].value, abs_tol=1e-6), name


@given(tables(missing=False), st.sampled_from(SCALES))
def test_perfect_agreement_is_one(rows, scale):
    same = [(row[0],) * len(row) for row in rows]
    for name, figure in agreement(from_rows(same, scale=scale)).items():
        if isinstance(figure, Coefficient):
            assert figure.value == 1, name
        else:
            assert "that can be compared are" in figure.reason or "compares two raters" in figure.reason
    assert raw(from_rows(same)).value == 1


@given(tables(), st.sampled_from(SCALES))
def test_every_figure_stays_within_its_bounds(rows, scale):
    marks = from_rows(rows, scale=scale)
    figures = agreement(marks)
    for name, figure in figures.items():
        if isinstance(figure, NotComputable):
            assert figure.reason.endswith(".")
            continue
        assert figure.value <= 1, name
        if not name.startswith("ac2") or None not in {mark for row in rows for mark in row}:
            assert figure.value >= -1 - 1e-9, name
        assert figure.n == len(marks.paired) > 0
        if figure.low is not None:
            assert figure.low <= figure.value + 1e-12
            assert figure.value <= figure.high + 1e-12 <= 1 + 1e-12
    if isinstance(figures["raw"], Coefficient):
        assert 0 <= figures["raw"].low <= figures["raw"].high <= 1


@given(tables(raters=st.just(2)))
def test_two_values_need_no_weights(rows):
    two = from_rows([[mark and min(mark, 1) for mark in row] for row in rows])
    for figure in (cohen_kappa, gwet, alpha, fleiss_kappa):
        for weights in ("linear", "quadratic"):
            assert close(figure(two, "identity"), figure(two, weights))


@given(tables(raters=st.just(2), missing=False))
def test_of_two_raters_conger_is_cohen(rows):
    one, other = cohen_kappa(from_rows(rows)), conger_kappa(from_rows(rows))
    if isinstance(one, Coefficient):
        assert math.isclose(one.value, other.value, abs_tol=1e-12)
    else:
        assert one == other


@given(tables(), st.sampled_from(SCALES))
def test_alpha_is_what_going_through_all_pairs_gives(rows, scale):
    """Krippendorff's definition taken literally: every pair of marks, once within units and once anywhere."""
    found = alpha(from_rows(rows, scale=scale))
    units = [kept for row in rows if len(kept := [mark for mark in row if mark is not None]) > 1]
    marks = sorted(mark for unit in units for mark in unit)
    counts = Counter(marks)

    def apart(a, b):
        if a == b:
            return 0.0
        if scale == "nominal":
            return 1.0
        if scale == "ordinal":
            low, high = min(a, b), max(a, b)
            between = sum(count for value, count in counts.items() if low <= value <= high)
            return (between - (counts[a] + counts[b]) / 2) ** 2
        return float((a - b) ** 2) if scale == "interval" else ((a - b) / (a + b)) ** 2

    if len(counts) < 2:
        assert isinstance(found, NotComputable)
        return
    seen = sum(2 * apart(a, b) / (len(unit) - 1) for unit in units for a, b in combinations(unit, 2))
    due = sum(2 * apart(a, b) for a, b in combinations(marks, 2)) / (len(marks) - 1)
    assert math.isclose(found.value, 1 - seen / due, abs_tol=1e-9)


@given(tables(values=5))
def test_disagreements_are_all_pairs_of_marks(rows):
    found = disagreements(from_rows(rows, order=range(5)))
    apart = Counter(
        abs(a - b) for row in rows for a, b in combinations([mark for mark in row if mark is not None], 2)
    )
    between = apart[2] + apart[3]
    assert found == Disagreements(apart.total(), apart[0], apart[1], between, apart[4], 0)


def test_not_applicable_is_counted_beside_the_scale():
    rows = [("FM", "FM"), ("FM", "PM"), ("FM", "NM"), ("FM", "NA"), ("NA", "NA"), ("NA", "NK"), ("NM", None)]
    found = from_rows(rows, scale="ordinal", order=("NM", "PM", "FM"), apart=("NA", "NK"))
    assert disagreements(found) == Disagreements(
        pairs=3, agreed=1, adjacent=1, further=0, opposite=1, beside=2
    )
    assert raw(found).n == 3


def test_a_difference_of_two_values_is_opposite_and_without_an_order_only_further():
    assert disagreements(from_rows([("Y", "N")], order=("Y", "N"))).opposite == 1
    assert disagreements(from_rows([("late", "other")])).further == 1


def test_a_high_share_of_one_value_lowers_kappa_but_not_ac1():
    rows = [("FM", "FM")] * 95 + [("FM", "PM")] * 3 + [("PM", "FM")] * 2
    figures = agreement(from_rows(rows, order=("FM", "PM", "NM")))
    assert figures["raw"].value == 0.95
    assert figures["cohen_kappa"].value < 0 < 0.9 < figures["ac1"].value


def test_weights_need_an_order():
    figures = agreement(from_rows([("late", "other"), ("late", "late")]))
    for name in ("weighted_kappa_linear", "weighted_kappa_quadratic", "ac2_linear", "ac2_quadratic"):
        assert "no order" in figures[name].reason
    assert isinstance(figures["cohen_kappa"], Coefficient)


def test_kappa_is_of_two_raters():
    figures = agreement(from_rows([("1", "2", "2"), ("1", "1", "2")]))
    assert "compares two raters and there are 3" in figures["cohen_kappa"].reason
    assert isinstance(figures["alpha"], Coefficient)


def test_a_single_unit_has_no_interval():
    figures = agreement(from_rows([("1", "2")]))
    assert figures["alpha"] == Coefficient(0.0, 1)
    assert figures["ac1"].low is None


@pytest.mark.parametrize(
    ("rows", "options", "says"),
    [
        ([("a", "b"), ("a",)], {}, "unit 2 has 1 marks and the first unit 2"),
        ([("a", "b")], {"scale": "ordinal"}, 'the order of the values is not given, and "a" is not a number'),
        ([("1", "1.0")], {"scale": "ordinal"}, "written in two ways"),
        (
            [("a", "c")],
            {"scale": "ordinal", "order": "ab"},
            'unit 1, rater 2: "c" is not among the values a, b',
        ),
        ([("a", "c")], {"order": "ab"}, "unit 1, rater 2"),
        ([("1", "x")], {"scale": "interval"}, 'unit 1, rater 2: "x" is not a number'),
        ([("1", "1_0")], {"scale": "interval"}, '"1_0" is not a number'),
        ([(1, float("nan"))], {"scale": "interval"}, "is not a number"),
        ([(1, float("nan"))], {}, "is not a value"),
        ([("1", "1e101")], {"scale": "interval"}, "larger"),
        ([("1", "-1")], {"scale": "ratio"}, '"-1" is below 0'),
        ([("1", "4")], {"scale": "ratio", "order": "123"}, "not among"),
        ([("a", "b")], {"order": "aab"}, 'names "a" twice'),
        ([("a", "b")], {"order": ("a", "")}, "empty value"),
        ([("a", "b")], {"scale": "cardinal"}, "not a scale"),
    ],
)
def test_marks_that_are_wrong_are_named(rows, options, says):
    with pytest.raises(ValueError) as refused:
        from_rows(rows, **options)
    assert says in str(refused.value)


def test_a_second_mark_of_one_rater_is_refused():
    with pytest.raises(ValueError, match="unit A-1, rater P: there are two marks"):
        ratings([("A-1", "P", "FM"), ("A-1", "C", "FM"), ("A-1", "P", "PM")])


def test_nothing_to_compare_says_so():
    assert agreement(from_rows([]))["raw"] == NotComputable("There is no mark.")
    assert agreement(from_rows([(None, "")]))["alpha"] == NotComputable("There is no mark.")


@pytest.mark.parametrize("far", [1e-300, 1e-9, 1e9, 1e100])
def test_very_small_and_very_large_numbers_give_figures_and_no_nan(far):
    rows = [(0.0, far), (far, far), (0.0, 0.0), (far / 2, far), (1e-320, 0.0)]
    for scale in ("interval", "ratio"):
        for figure in agreement(from_rows(rows, scale=scale)).values():
            assert isinstance(figure, NotComputable) or math.isfinite(figure.value)
    near = from_rows([(0.0, 1e-200), (1e-200, 0.0), (1.0, None)], scale="interval")
    assert "too near" in alpha(near).reason


def test_many_marks_take_time_in_proportion():
    """Pairs of all these marks would be 1.8e9, and as many of the different values of the interval scale."""
    chance = random.Random(20_250_310)
    rows = [[round(chance.gauss(50, 10), 6) for _ in range(3)] for _ in range(20_000)]
    figure = alpha(from_rows(rows, scale="interval"))
    assert abs(figure.value) < 0.02
    many = from_rows([[chance.choice("abc") for _ in range(2_000)] for _ in range(20)])
    assert abs(alpha(many).value) < 0.01
    wide = from_rows([range(40_000)], scale="interval")
    assert disagreements(wide).adjacent == 39_999


def test_raters_and_units_that_never_meet_cost_no_table():
    marks = [(f"unit {number}", f"rater {number}", "a") for number in range(50_000)]
    assert raw(ratings(marks)) == NotComputable("No unit has the marks of two raters.")
