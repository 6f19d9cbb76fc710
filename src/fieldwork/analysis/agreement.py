"""How far raters who marked the same units agree, beyond what chance would give.

Every coefficient is 1 − (disagreement found) ÷ (disagreement expected); they differ in what they expect.
Formulas are Cohen 1960 and 1968, Fleiss, Cohen and Everitt 1969 (the error of kappa), Krippendorff 2011
(alpha), and Gwet 2014 (AC1, AC2 and the errors of AC and alpha). Nothing here raises for marks that allow no
figure: the answer is then NotComputable, with the reason in words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Final, Literal

from fieldwork.analysis.distances import (
    Distance,
    Linear,
    Mark,
    Nominal,
    Squared,
    bipolar,
    circular,
    radical,
    ranked,
    ratio,
    steps,
)
from fieldwork.analysis.intervals import CONFIDENCE, score_bounds
from fieldwork.analysis.quantiles import normal_quantile, student_quantile
from fieldwork.analysis.ratings import Ratings

Weights = Literal["identity", "linear", "quadratic", "ordinal", "radical", "ratio", "bipolar", "circular"]
MOST_RATIOS: Final = 3000
"""Different values of a ratio scale that can be compared, each with each."""
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Coefficient:
    """A figure of agreement: 1 is perfect, 0 is chance, and below 0 is less than chance.

    n: units with the marks of two raters or more. low and high bound it at the confidence asked for; both
    are None, and so is the standard error, where the marks do not vary enough to estimate them.
    """

    value: float
    n: int
    low: float | None = None
    high: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class NotComputable:
    """There is no figure, and why, in words."""

    reason: str


Figure = Coefficient | NotComputable
_TOO_NEAR: Final = NotComputable("The values lie too near each other to be told apart.")
_NEAREST = 1e-12  # expected disagreement, of a scale that is 1 long, below which rounding errors show


@dataclass(frozen=True)
class Disagreements:
    """Pairs of marks that two raters gave to one unit, by how far apart they are.

    adjacent: one step of the order apart. opposite: from one end to the other. further: between these; and
    all that differ where the values have no order. beside: one or both marks are no value of the scale (not
    applicable) and they differ; these stand outside `pairs`.
    """

    pairs: int
    agreed: int
    adjacent: int
    further: int
    opposite: int
    beside: int


def disagreements(ratings: Ratings) -> Disagreements:
    """Count the pairs of marks. Of two values that are all there are, a difference is opposite."""
    ends = len(ratings.values) - 1
    first, last = (ratings.values[0], ratings.values[-1]) if ratings.values else ("", "")
    following = dict(pairwise(ratings.values)) if ratings.ordered and ends > 1 else {}
    pairs = agreed = adjacent = opposite = beside = 0
    for counts in ratings.paired:
        many = counts.total()
        pairs += many * (many - 1) // 2
        agreed += sum(count * (count - 1) // 2 for count in counts.values())
        adjacent += sum(count * counts.get(following.get(mark, ""), 0) for mark, count in counts.items())
        if ratings.ordered and ends > 0:
            opposite += counts.get(first, 0) * counts.get(last, 0)
    for marks, off in zip(ratings.units, ratings.apart, strict=True):
        many = off.total()
        beside += many * len(marks) + (many * many - sum(count * count for count in off.values())) // 2
    return Disagreements(pairs, agreed, adjacent, pairs - agreed - adjacent - opposite, opposite, beside)


def raw(ratings: Ratings, *, confidence: float = CONFIDENCE) -> Figure:
    """The part of all pairs of marks of a unit that are the same, averaged over units, with Wilson's interval.

    For more than two raters the interval is on the safe side: units then vary less than yes and no.
    """
    if why := _obstacle(ratings):
        return NotComputable(why)
    n = len(ratings.paired)
    value = sum(1 - _within(Nominal(), counts) for counts in ratings.paired) / n
    low, high = score_bounds(value, n, confidence)
    return Coefficient(value, n, 0.0 if value == 0 else low, 1.0 if value == 1 else high)


def cohen_kappa(ratings: Ratings, weights: Weights = "identity", *, confidence: float = CONFIDENCE) -> Figure:
    """Cohen's kappa of two raters over the units both marked, by weights if asked; its interval is normal."""
    if len(ratings.raters) > 2:
        return NotComputable(
            f"Cohen's kappa compares two raters and there are {len(ratings.raters)}; take alpha or AC1."
        )
    distance = _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    first, second = ratings.raters
    pairs = Counter((marks[first], marks[second]) for marks in ratings.units if len(marks) == 2)
    n = pairs.total()
    one: Counter[Mark] = Counter()
    other: Counter[Mark] = Counter()
    for (a, b), count in pairs.items():
        one[a] += count
        other[b] += count
    to_other = {mark: total / n for mark, total in distance.sums(one, other).items()}
    to_one = {mark: total / n for mark, total in distance.sums(other, one).items()}
    apart = {pair: distance.between(*pair) for pair in pairs}
    found = sum(count * apart[pair] for pair, count in pairs.items()) / n
    expected = sum(count * to_other[mark] for mark, count in one.items()) / n
    if expected < _NEAREST:
        return _TOO_NEAR
    part = found / expected
    spread = sum(
        count * (apart[a, b] - part * (to_other[a] + to_one[b]) + found) ** 2
        for (a, b), count in pairs.items()
    )
    return _figure(1 - part, n, sqrt(spread) / n / expected, normal_quantile(0.5 + confidence / 2))


def alpha(ratings: Ratings, weights: Weights | None = None, *, confidence: float = CONFIDENCE) -> Figure:
    """Krippendorff's alpha by the distance of the ratings' own scale, or by other weights; any gaps.

    Units with a single mark say nothing and are left out. The work grows with the marks and, on a ratio
    scale, with the pairs of different values.
    """
    if why := _obstacle(ratings) or _no_variety(ratings):
        return NotComputable(why)
    totals = _totals(ratings)
    distance = _own_distance(ratings, totals) if weights is None else _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    marks = totals.total()
    n = len(ratings.paired)
    to_all = {mark: total / marks for mark, total in distance.sums(totals, totals).items()}
    expected = sum(count * to_all[mark] for mark, count in totals.items()) / marks
    if expected < _NEAREST:
        return _TOO_NEAR
    mean = marks / n
    found = 0.0
    units: list[
        tuple[float, float, float]
    ] = []  # marks against the mean, disagreement, expected of its marks
    for counts in ratings.paired:
        many = counts.total()
        differs = _within(distance, counts)
        found += many * differs / marks
        units.append((many / mean, differs, sum(c * to_all[mark] for mark, c in counts.items()) / mean))
    part = found / expected
    held = found * (1 - 1 / marks)
    parts = [
        (size * (held - differs) + expected - held) / expected - 2 * part * (size - own / expected)
        for size, differs, own in units
    ]
    error = _error(ratings, parts, 1 - part)
    return _figure(1 - part * (1 - 1 / marks), n, error, _student(n, confidence))


def gwet(ratings: Ratings, weights: Weights = "identity", *, confidence: float = CONFIDENCE) -> Figure:
    """Gwet's AC1, or AC2 by weights; any number of raters, any gaps; its interval is Student's.

    All values of the scale count, so it matters whether an order names values that nobody gave.
    """
    distance = _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    n, q = len(ratings.counts), len(ratings.values)
    largest = distance.largest(ratings.values)
    weight = (q * q - _all_distances(distance, ratings) / largest) / (q * (q - 1))
    parts = _prevalence(ratings)
    chance = weight * sum(part * (1 - part) for part in parts.values())
    value = 1 - _found(ratings, distance) / largest / (1 - chance)
    several = n / len(ratings.paired)
    units = []
    for counts in ratings.counts:
        many = counts.total()
        own = weight * sum(count * (1 - parts[mark]) for mark, count in counts.items()) / many
        agreed = several * (1 - _within(distance, counts) / largest - chance) if many > 1 else 0.0
        units.append((agreed - 2 * (1 - value) * (own - chance)) / (1 - chance))
    return _figure(value, len(ratings.paired), _error(ratings, units, value), _student(n, confidence))


def fleiss_kappa(ratings: Ratings, weights: Weights = "identity") -> Figure:
    """Fleiss' kappa (of two raters Scott's pi): chance is that of the values all raters gave. No interval."""
    distance = _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    parts = _prevalence(ratings)
    sums = distance.sums(parts, parts)
    expected = sum(part * sums[mark] for mark, part in parts.items())
    if expected < _NEAREST:
        return _TOO_NEAR
    return Coefficient(1 - _found(ratings, distance) / expected, len(ratings.paired))


def conger_kappa(ratings: Ratings, weights: Weights = "identity") -> Figure:
    """Conger's kappa: Cohen's for any number of raters, each with values given as they gave them. No interval."""
    distance = _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    by_rater: dict[int, Counter[Mark]] = {rater: Counter() for rater in ratings.raters}
    for marks in ratings.units:
        for rater, mark in marks.items():
            by_rater[rater][mark] += 1
    together: dict[Mark, float] = dict.fromkeys(ratings.values, 0.0)
    expected = 0.0
    for counts in by_rater.values():
        own = {mark: count / counts.total() for mark, count in counts.items()}
        for mark, part in own.items():
            together[mark] += part
        sums = distance.sums(own, own)
        expected -= sum(part * sums[mark] for mark, part in own.items())
    sums = distance.sums(together, together)
    expected += sum(part * sums[mark] for mark, part in together.items())
    expected /= len(ratings.raters) * (len(ratings.raters) - 1)
    if expected < _NEAREST:
        return _TOO_NEAR
    return Coefficient(1 - _found(ratings, distance) / expected, len(ratings.paired))


def brennan_prediger(ratings: Ratings, weights: Weights = "identity") -> Figure:
    """Brennan and Prediger's coefficient: chance gives every value of the scale alike. No interval."""
    distance = _prepared(ratings, weights)
    if isinstance(distance, NotComputable):
        return distance
    expected = _all_distances(distance, ratings) / len(ratings.values) ** 2
    return Coefficient(1 - _found(ratings, distance) / expected, len(ratings.paired))


def agreement(ratings: Ratings, *, confidence: float = CONFIDENCE) -> dict[str, Figure]:
    """All figures that are reported, by name: raw agreement first, then what is corrected for chance."""
    return {
        "raw": raw(ratings, confidence=confidence),
        "cohen_kappa": cohen_kappa(ratings, confidence=confidence),
        "weighted_kappa_linear": cohen_kappa(ratings, "linear", confidence=confidence),
        "weighted_kappa_quadratic": cohen_kappa(ratings, "quadratic", confidence=confidence),
        "alpha": alpha(ratings, confidence=confidence),
        "ac1": gwet(ratings, confidence=confidence),
        "ac2_linear": gwet(ratings, "linear", confidence=confidence),
        "ac2_quadratic": gwet(ratings, "quadratic", confidence=confidence),
    }


def bounds(
    figure: Coefficient, *, degrees: int | None = None, confidence: float = CONFIDENCE
) -> tuple[float, float] | None:
    """The bounds of a coefficient by its error: normal, or Student's with `degrees` of freedom if given."""
    if figure.error is None:
        return None
    high = 0.5 + confidence / 2
    times = normal_quantile(high) if degrees is None else student_quantile(high, degrees)
    return figure.value - times * figure.error, min(1.0, figure.value + times * figure.error)


def _obstacle(ratings: Ratings) -> str:
    """Why nothing at all can be said, or ""."""
    if not ratings.raters:
        return "There is no mark."
    if len(ratings.raters) == 1:
        return "Only one rater gave marks; agreement needs two."
    if not ratings.paired:
        return "No unit has the marks of two raters."
    return ""


def _no_variety(ratings: Ratings) -> str:
    totals = _totals(ratings)
    if len(totals) > 1:
        return ""
    return (
        f'All marks that can be compared are "{next(iter(totals))}"; where nothing varies, agreement cannot be '
        "told from chance."
    )


def _prepared(ratings: Ratings, weights: Weights) -> Distance | NotComputable:
    """The distance that goes with the weights, once it is clear that there is something to compare."""
    if why := _obstacle(ratings) or _no_variety(ratings):
        return NotComputable(why)
    if weights == "identity":
        return Nominal()
    if not ratings.ordered:
        return NotComputable(f"The values have no order, which {weights} weights need.")
    places = ratings.places
    if weights == "linear":
        return Linear(places)
    if weights == "quadratic":
        return Squared(places)
    if len(places) > MOST_RATIOS:
        return NotComputable(
            f"There are {len(places)} different values; {weights} weights take {MOST_RATIOS}."
        )
    if weights == "ordinal":
        return steps(ratings.values)
    return {"radical": radical, "ratio": ratio, "bipolar": bipolar, "circular": circular}[weights](places)


def _own_distance(ratings: Ratings, totals: Mapping[Mark, float]) -> Distance | NotComputable:
    if ratings.scale == "nominal":
        return Nominal()
    if ratings.scale == "ordinal":
        return ranked(ratings.values, totals)
    return _prepared(ratings, "quadratic" if ratings.scale == "interval" else "ratio")


def _totals(ratings: Ratings) -> Counter[Mark]:
    """How often each value was given in units that two or more have marked."""
    totals: Counter[Mark] = Counter()
    for counts in ratings.paired:
        totals.update(counts)
    return totals


def _within(distance: Distance, counts: Counter[Mark]) -> float:
    """The mean distance of two marks of one unit that has two or more."""
    if len(counts) == 1:
        return 0.0
    many = counts.total()
    sums = distance.sums(counts, counts)
    return sum(count * sums[mark] for mark, count in counts.items()) / (many * (many - 1))


def _found(ratings: Ratings, distance: Distance) -> float:
    """The mean distance of two marks of a unit, over units."""
    return sum(_within(distance, counts) for counts in ratings.paired) / len(ratings.paired)


def _prevalence(ratings: Ratings) -> dict[Mark, float]:
    """Each value's part of a unit's marks, averaged over all units with any."""
    totals: dict[Mark, float] = dict.fromkeys(ratings.values, 0.0)
    for counts in ratings.counts:
        many = counts.total() * len(ratings.counts)
        for mark, count in counts.items():
            totals[mark] += count / many
    return totals


def _all_distances(distance: Distance, ratings: Ratings) -> float:
    """The distances of every value to every value, added up."""
    return sum(distance.sums(ratings.values, dict.fromkeys(ratings.values, 1.0)).values())


def _error(ratings: Ratings, parts: list[float], value: float) -> float | None:
    """The standard error of a mean of what each unit gives; None for a single unit.

    Gwet divides by n where two raters marked every unit (a table of counts), otherwise by n − 1.
    """
    n = len(parts)
    if n < 2:
        return None
    table = len(ratings.raters) == 2 and len(ratings.paired) == len(ratings.counts)
    return sqrt(sum((part - value) ** 2 for part in parts) / (n if table else n - 1) / n)


def _student(n: int, confidence: float) -> float:
    return student_quantile(0.5 + confidence / 2, n - 1) if n > 1 else 0.0


def _figure(value: float, n: int, error: float | None, times: float) -> Coefficient:
    if error is None or n < 2 or error < _NO_SPREAD:
        return Coefficient(value, n)
    return Coefficient(value, n, value - times * error, min(1.0, value + times * error), error)
