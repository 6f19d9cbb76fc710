"""Proportions and how sure they are: shares that carry their n, Wilson and Newcombe intervals.

An interval assumes that the sample was drawn at random. For files picked by hand, give counts only.
"""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Final

from fieldwork.analysis.quantiles import normal_quantile, solved

CONFIDENCE = 0.95
NOTHING: Final = "nothing was counted"
BY_HAND: Final = "not drawn at random: counts only"
CENSUS: Final = "all there are were counted"


@dataclass(frozen=True)
class Interval:
    """A confidence interval of a proportion, both ends within 0 and 1."""

    low: float
    high: float
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Share:
    """A part of a whole, never without the whole: `count` out of `n`.

    `interval` is None where there is none to give; `without` then says why: NOTHING, CENSUS, or why the
    files say nothing of others: BY_HAND or what else the caller gave.
    """

    count: int
    n: int
    interval: Interval | None = None
    without: str = ""

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.count / self.n if self.n else None

    @property
    def counts_only(self) -> bool:
        """Whether it may be told as a count alone: its files say nothing of others, a percentage would."""
        return self.interval is None and self.without not in ("", NOTHING, CENSUS)

    @property
    def percent(self) -> float | None:
        """In per cent, rounded half up to one decimal from the counts; None of nothing, and of counts alone."""
        return None if self.counts_only else rounded_percent(self.count, self.n)

    def __str__(self) -> str:
        counts = f"{self.count} of {self.n}"
        if self.n and self.counts_only:
            return counts
        return f"{self.percent:.1f}% ({counts})" if self.n else "no answers (n = 0)"


def rounded_percent(count: int, n: int) -> float | None:
    """100 × count ÷ n rounded half up to one decimal, exactly; None if n is 0.

    Whole numbers throughout: binary fractions would round 0.25 one way and 0.35 the other.
    """
    if n == 0:
        return None
    return ((2000 * count + n) // (2 * n)) / 10


def wilson(
    count: int, n: int, *, population: float | None = None, confidence: float = CONFIDENCE
) -> Interval | None:
    """Wilson's score interval without continuity correction for `count` out of `n`.

    With the size of the `population` the sample was drawn from, n counts as n(N-1)/(N-n), which narrows the
    interval. None for n = 0, and for a census (n = N), which has nothing to estimate.
    Raises ValueError unless 0 <= count <= n <= population.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is not a proportion")
    if population is not None and population < n:
        raise ValueError(f"a sample of {n} cannot come from a population of {population}")
    if n == 0 or n == population:
        return None
    size = float(n) if population is None else n * (population - 1) / (population - n)
    low, high = score_bounds(count / n, size, confidence)
    # At the ends the formula gives 0 and 1 only up to rounding errors.
    return Interval(0.0 if count == 0 else low, 1.0 if count == n else high, confidence)


def score_bounds(proportion: float, size: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's bounds of a proportion seen in a sample that counts as `size` (above 0, need not be whole)."""
    z = normal_quantile(0.5 + confidence / 2)
    spread = z * sqrt(proportion * (1 - proportion) / size + z * z / (4 * size * size))
    middle = proportion + z * z / (2 * size)
    scale = 1 + z * z / size
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def clopper_pearson(count: int, n: int, *, confidence: float = CONFIDENCE) -> Interval | None:
    """The exact binomial interval: wider than Wilson's, never less sure than it says. None for n = 0.

    Raises ValueError unless 0 <= count <= n.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is not a proportion")
    if n == 0:
        return None
    tail = (1 - confidence) / 2

    def at_most(most: int, p: float) -> float:
        return sum(
            exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))
            for k in range(most + 1)
        )

    low = 0.0 if count == 0 else solved(lambda p: 1 - at_most(count - 1, p) - tail, 0, 1)
    high = 1.0 if count == n else solved(lambda p: tail - at_most(count, p), 0, 1)
    return Interval(low, high, confidence)


def share(
    count: int,
    n: int,
    *,
    at_random: bool = True,
    population: float | None = None,
    drawn: int | None = None,
    because: str = BY_HAND,
) -> Share:
    """`count` out of `n` with its Wilson interval; without one if the files were not drawn at random.

    because: why they cannot stand for others, where they cannot.
    population: how many files the sample was drawn from. drawn: how many were drawn, if not all of them
    stand in n; the part of the population that n stands for is then taken to be in the same proportion, so
    that a census stays one where a question did not apply to every file.
    Raises ValueError unless 0 <= count <= n <= drawn <= population.
    """
    if drawn is not None and not n <= drawn:
        raise ValueError(f"{n} answers cannot come from {drawn} files")
    if population is not None and drawn is not None and population < drawn:
        raise ValueError(f"a sample of {drawn} cannot come from a population of {population}")
    if not at_random:
        if not 0 <= count <= n:
            raise ValueError(f"{count} of {n} is not a proportion")
        return Share(count, n, None, because)
    if n == 0:
        return Share(count, n, wilson(count, n), NOTHING)
    whole: float | None = population
    if population is not None and drawn is not None:
        whole = n if population == drawn else population * n / drawn
    interval = wilson(count, n, population=whole)
    return Share(count, n, interval, "" if interval else CENSUS)


@dataclass(frozen=True)
class Difference:
    """How far the share of one group lies above that of another, with Newcombe's interval where there is one.

    `without` says why there is none: as one of the shares does, or CENSUS where both groups were counted whole.
    """

    one: Share
    other: Share
    interval: Interval | None = None
    without: str = ""

    @property
    def fraction(self) -> float | None:
        """Between -1 and 1; None where a group counts nothing."""
        one, other = self.one.fraction, self.other.fraction
        return None if one is None or other is None else one - other

    @property
    def points(self) -> float | None:
        """In percentage points, rounded from the counts to one decimal, halves away from 0 on both sides."""
        if not (self.one.n and self.other.n):
            return None
        difference = self.one.count * self.other.n - self.other.count * self.one.n
        rounded = rounded_percent(abs(difference), self.one.n * self.other.n) or 0.0
        return -rounded if difference < 0 and rounded else rounded


def difference(one: Share, other: Share) -> Difference:
    """The difference of two independent groups, with the interval of Newcombe 1998, method 10.

    It is put together from the two Wilson intervals, so what narrowed them (a finite population) narrows it;
    a group that was counted whole adds no doubt. Both must be of one confidence, else ValueError.
    """
    reasons = [reason for reason in (_without(one), _without(other)) if reason not in ("", CENSUS)]
    if reasons:
        return Difference(one, other, None, NOTHING if NOTHING in reasons else reasons[0])
    if one.interval is None and other.interval is None:
        return Difference(one, other, None, CENSUS)
    confidence = {part.interval.confidence for part in (one, other) if part.interval}
    if len(confidence) > 1:
        raise ValueError("two shares of different confidence cannot be compared")
    (p, low, high), (q, below, above) = _bounds(one), _bounds(other)
    return Difference(
        one,
        other,
        Interval(
            max(-1.0, p - q - sqrt((p - low) ** 2 + (above - q) ** 2)),
            min(1.0, p - q + sqrt((high - p) ** 2 + (q - below) ** 2)),
            confidence.pop(),
        ),
    )


def may_be_ranked(one: Share, other: Share) -> bool:
    """Whether one may be put before the other: never where their intervals overlap or one has none to give."""
    if {_without(one), _without(other)} - {"", CENSUS}:
        return False
    (_, low, high), (_, below, above) = _bounds(one), _bounds(other)
    return high < below or above < low


def _without(part: Share) -> str:
    if part.interval is not None:
        return ""
    return NOTHING if part.n == 0 else part.without or BY_HAND


def _bounds(part: Share) -> tuple[float, float, float]:
    """The proportion with its bounds; a census is known as it is."""
    p = part.count / part.n
    return (p, part.interval.low, part.interval.high) if part.interval else (p, p, p)
