"""Agreement against every published figure we know of, to the digits that were printed."""

import pytest

from fieldwork.analysis.agreement import (
    Coefficient,
    NotComputable,
    agreement,
    alpha,
    bounds,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet,
    raw,
)
from fieldwork.analysis.ratings import from_rows


def by_rater(*rows, scale="nominal", order=None):
    """Ratings from one row a rater, marks apart by blanks; * and - are missing."""
    marks = [[None if mark in "*-" else mark for mark in row.split()] for row in rows]
    return from_rows(zip(*marks, strict=True), scale=scale, order=order)


def by_table(table, *, scale="nominal", values=None):
    """Two raters' marks from their table of counts."""
    values = values or [str(number) for number in range(1, len(table) + 1)]
    pairs = [
        (values[one], values[other])
        for one, row in enumerate(table)
        for other, count in enumerate(row)
        for _ in range(count)
    ]
    return from_rows(pairs, scale=scale, order=values)


KRIPPENDORFF_A = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
KRIPPENDORFF_B = ("a a b b d c c c e d d a", "b a b b b c c c e d d d")
KRIPPENDORFF_C = (
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
)
WIKIPEDIA = (
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
)
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
FOUR_RATERS = (
    "1 2 3 3 2 1 4 1 2 - - -",
    "1 2 3 3 2 2 4 1 2 5 - -",
    "- 3 3 3 2 3 4 2 2 5 1 3",
    "1 2 3 3 2 4 4 1 2 5 1 -",
)
FIVE_OBSERVERS = (
    "1 1 2 - 0 0 1 1 2 2 - 0 1 3 1",
    "1 1 3 0 0 0 0 - 2 1 1 0 2 3 1",
    "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1",
    "- 1 3 - - - - 0 - 1 0 0 2 2 -",
    "2 - - 0 0 0 1 - 2 - - - - 3 1",
)
BEN_AND_GERRY = ("a a b b d c c c e d d a", "b a b b b c c c e - d d")
TWO_GROUPS = (
    "a b c c b a d a b - - - b b",
    "a b c c b b d a b e - - b a",
    "- c c c b c d b b e a c c c",
    "a b c c b d d a b e a - b b",
)
GENDER = (
    "a a a a a b b b c a a a a a b",
    "a a a a b a b c c a a a a b a",
    "a b b c a a b b c a b b c a a",
    "c c c c a a b b c c c c c a a",
)
FLEISS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip


def printed(figure, digits=3):
    assert isinstance(figure, Coefficient), figure
    return round(figure.value, digits)


@pytest.mark.parametrize(
    ("marks", "scale", "value"),
    [
        pytest.param(KRIPPENDORFF_A, "nominal", 0.095, id="Krippendorff 2011, A"),
        pytest.param(KRIPPENDORFF_B, "nominal", 0.692, id="Krippendorff 2011, B"),
        pytest.param(KRIPPENDORFF_C, "nominal", 0.743, id="Krippendorff 2011, C"),
        pytest.param(KRIPPENDORFF_C, "ordinal", 0.815, id="Krippendorff 2011, D, ordinal"),
        pytest.param(KRIPPENDORFF_C, "interval", 0.849, id="Krippendorff 2011, E, interval"),
        pytest.param(KRIPPENDORFF_C, "ratio", 0.797, id="Krippendorff 2011, E, ratio"),
        pytest.param(WIKIPEDIA, "nominal", 0.691, id="Wikipedia, 3 coders, nominal"),
        pytest.param(WIKIPEDIA, "ordinal", 0.807, id="Wikipedia, 3 coders, ordinal"),
        pytest.param(WIKIPEDIA, "interval", 0.811, id="Wikipedia, 3 coders, interval"),
        pytest.param(WIKIPEDIA, "ratio", 0.809, id="Wikipedia, 3 coders, ratio"),
        pytest.param(FOUR_RATERS, "nominal", 0.743, id="Gwet 2014, 4 raters"),
        pytest.param(FIVE_OBSERVERS, "nominal", 0.481, id="Gwet 2014, 5 observers"),
        pytest.param(TWO_GROUPS, "nominal", 0.632, id="irrCAC raw_g1g2"),
        pytest.param(BEN_AND_GERRY, "nominal", 0.665, id="irrCAC raw_ben_gerry"),
        pytest.param(GENDER, "nominal", 0.143, id="irrCAC raw_gender"),
    ],
)
def test_alpha_is_the_published_one(marks, scale, value):
    assert printed(alpha(by_rater(*marks, scale=scale))) == value


@pytest.mark.parametrize(
    ("table", "digits", "value"),
    [
        pytest.param([[20, 5], [10, 15]], 3, 0.400, id="Wikipedia, Cohen's kappa, 20 5 10 15"),
        pytest.param([[45, 15], [25, 15]], 4, 0.1304, id="same raw agreement, kappa 0.13"),
        pytest.param([[25, 35], [5, 35]], 4, 0.2593, id="same raw agreement, kappa 0.26"),
        pytest.param(ABSTRACTORS, 3, 0.796, id="Gwet 2014, abstractors"),
    ],
)
def test_cohens_kappa_is_the_published_one(table, digits, value):
    assert printed(cohen_kappa(by_table(table)), digits) == value


def test_two_tables_of_the_same_raw_agreement_have_different_kappas():
    """Wikipedia's pair: 60 of 100 in both."""
    assert raw(by_table([[45, 15], [25, 15]])).value == raw(by_table([[25, 35], [5, 35]])).value == 0.6


def test_the_error_of_kappa_is_the_published_one():
    """The table 20 5 10 15: error 0.127, 0.151 to 0.649."""
    kappa = cohen_kappa(by_table([[20, 5], [10, 15]]))
    assert (round(kappa.error, 3), round(kappa.low, 3), round(kappa.high, 3)) == (0.127, 0.151, 0.649)


def test_the_abstractors_of_gwet():
    """Gwet 2014, 3x3 abstractors, as irrCAC's table tests print it."""
    table = by_table(ABSTRACTORS)
    assert printed(raw(table)) == 0.890
    kappa = cohen_kappa(table)
    assert (round(kappa.low, 3), round(kappa.high, 3)) == (0.681, 0.912)
    assert tuple(round(end, 3) for end in bounds(kappa, degrees=99)) == (0.680, 0.913)
    assert printed(cohen_kappa(table, "linear")) == 0.843
    assert printed(cohen_kappa(table, "quadratic")) == 0.892
    assert printed(fleiss_kappa(table)) == 0.796  # of two raters, Scott's pi
    assert printed(alpha(table)) == 0.797
    assert printed(brennan_prediger(table)) == 0.835
    ac1 = gwet(table)
    assert (printed(ac1), round(ac1.low, 3), round(ac1.high, 3)) == (0.849, 0.764, 0.935)
    assert printed(gwet(table, "linear")) == 0.900
    assert printed(gwet(table, "quadratic")) == 0.940


def test_the_four_raters_of_gwet():
    """Gwet 2014, page 120: 4 raters, 12 units, marks missing."""
    marks = by_rater(*FOUR_RATERS)
    assert printed(raw(marks)) == 0.818
    ac1 = gwet(marks)
    assert (printed(ac1), round(ac1.error, 3)) == (0.775, 0.143)
    assert (round(ac1.low, 3), ac1.high) == (0.461, 1)
    assert printed(fleiss_kappa(marks)) == 0.761
    assert printed(conger_kappa(marks)) == 0.763
    assert printed(brennan_prediger(marks)) == 0.773


@pytest.mark.parametrize(
    ("weights", "value"),
    [
        ("linear", 0.859),
        ("ordinal", 0.899),
        ("quadratic", 0.914),
        ("radical", 0.820),
        ("ratio", 0.857),
        ("bipolar", 0.900),
        ("circular", 0.830),
    ],
)
def test_ac2_by_every_weight_of_gwet(weights, value):
    """Gwet 2014, 4 raters, by the weights irrCAC tests."""
    assert printed(gwet(by_rater(*FOUR_RATERS, scale="ratio"), weights)) == value


@pytest.mark.parametrize(
    ("weights", "value", "error", "low"),
    [
        ("identity", 0.743, 0.146, 0.419),
        ("linear", 0.800, 0.135, 0.499),
        ("ordinal", 0.834, 0.131, 0.542),
        ("quadratic", 0.849, 0.129, 0.561),
        ("radical", 0.772, 0.140, 0.461),
        ("ratio", 0.797, 0.140, 0.484),
        ("bipolar", 0.835, 0.128, 0.549),
        ("circular", 0.790, 0.141, 0.476),
    ],
)
def test_alpha_by_every_weight_of_gwet(weights, value, error, low):
    """Gwet 2014, 4 raters, with the errors irrCAC tests; every upper bound is 1."""
    figure = alpha(by_rater(*FOUR_RATERS, scale="ratio"), weights)
    assert (printed(figure), round(figure.error, 3), round(figure.low, 3)) == (value, error, low)
    assert figure.high == 1


def test_the_five_observers_of_gwet():
    """Gwet 2014, page 125, as irrCAC's raw_5observers has it."""
    marks = by_rater(*FIVE_OBSERVERS)
    ac1 = gwet(marks)
    assert (printed(ac1), round(ac1.error, 3)) == (0.497, 0.122)
    assert (round(ac1.low, 3), round(ac1.high, 3)) == (0.235, 0.758)
    assert printed(fleiss_kappa(marks)) == 0.458
    assert printed(conger_kappa(marks)) == 0.469
    assert printed(brennan_prediger(marks)) == 0.487
    figure = alpha(marks)
    assert (round(figure.error, 3), round(figure.low, 3), round(figure.high, 3)) == (0.114, 0.237, 0.724)


@pytest.mark.parametrize(
    ("marks", "value", "error", "low", "high"),
    [
        pytest.param(TWO_GROUPS, 0.685, 0.134, 0.396, 0.973, id="irrCAC raw_g1g2"),
        pytest.param(BEN_AND_GERRY, 0.661, 0.184, 0.257, 1, id="irrCAC raw_ben_gerry"),
        pytest.param(GENDER, 0.208, 0.091, 0.014, 0.403, id="irrCAC raw_gender"),
    ],
)
def test_ac1_of_other_tables(marks, value, error, low, high):
    ac1 = gwet(by_rater(*marks))
    assert (printed(ac1), round(ac1.error, 3)) == (value, error)
    assert (round(ac1.low, 3), round(ac1.high, 3)) == (low, high)


def test_fleiss_kappa_is_the_published_one():
    """irrCAC raw_gender; and the 10 units by 14 raters of Wikipedia's article on Fleiss' kappa."""
    assert printed(fleiss_kappa(by_rater(*GENDER))) == 0.129
    rows = [[str(value) for value, count in enumerate(row) for _ in range(count)] for row in FLEISS]
    assert printed(fleiss_kappa(from_rows(rows))) == 0.210


def test_raters_without_a_common_unit_have_no_agreement():
    """INCEpTION issue 2219 printed 1.0 here."""
    figures = agreement(by_rater("1 2 - -", "- - 1 2"))
    assert set(figures.values()) == {NotComputable("No unit has the marks of two raters.")}


def test_marks_that_are_all_the_same_agree_but_have_no_kappa():
    for order in (None, ["FM", "PM", "NM"]):
        figures = agreement(by_rater("FM FM FM", "FM FM FM", order=order))
        assert figures.pop("raw").value == 1
        assert all("that can be compared are" in figure.reason for figure in figures.values())


def test_one_rater_has_no_agreement():
    for rows in (("1 2 3",), ("1 2 3", "- - -")):
        figures = agreement(by_rater(*rows))
        assert {figure.reason for figure in figures.values()} == {
            "Only one rater gave marks; agreement needs two."
        }


def test_missing_pairs_do_not_shift_the_rows():
    """JASP issue 2307: SPSS printed 0.873, JASP -0.031 once marks were missing."""
    one, other = "a b a b b a a b a b", "a b a b b a a b a a"
    whole = cohen_kappa(by_rater(one, other))
    gaps = cohen_kappa(by_rater("- b " + one + " - a", "b - " + other + " a -"))
    between = cohen_kappa(by_rater(one[:8] + " - a " + one[8:], other[:8] + " b - " + other[8:]))
    assert whole == gaps == between
    assert printed(whole) == 0.800
