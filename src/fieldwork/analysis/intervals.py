"""Proportions and how sure they are: shares that carry their n, and Wilson intervals.

An interval assumes that the sample was drawn at random. For files picked by hand, give counts only.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A confidence interval of a proportion, both ends within 0 and 1."""

    low: float
    high: float
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Share:
    """A part of a whole, never without the whole: `count` out of `n`.

    `interval` is None where there is none to give: nothing counted, no random draw, or a census.
    """

    count: int
    n: int
    interval: Interval | None = None

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.count / self.n if self.n else None

    @property
    def percent(self) -> float | None:
        """In per cent, rounded half up to one decimal from the counts; None of nothing."""
        return rounded_percent(self.count, self.n)

    def __str__(self) -> str:
        return f"{self.percent:.1f}% ({self.count} of {self.n})" if self.n else "no answers (n = 0)"


def rounded_percent(count: int, n: int) -> float | None:
    """100 × count ÷ n rounded half up to one decimal, exactly; None if n is 0.

    Whole numbers throughout: binary fractions would round 0.25 one way and 0.35 the other.
    """
    if n == 0:
        return None
    return ((2000 * count + n) // (2 * n)) / 10


def wilson(
    count: int, n: int, *, population: int | None = None, confidence: float = CONFIDENCE
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
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    proportion = count / n
    spread = z * sqrt(proportion * (1 - proportion) / size + z * z / (4 * size * size))
    middle = proportion + z * z / (2 * size)
    scale = 1 + z * z / size
    # At the ends the formula gives 0 and 1 only up to rounding errors.
    low = 0.0 if count == 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if count == n else min(1.0, (middle + spread) / scale)
    return Interval(low, high, confidence)


def share(count: int, n: int, *, at_random: bool = True, population: int | None = None) -> Share:
    """`count` out of `n` with its Wilson interval; without one if the files were not drawn at random."""
    return Share(count, n, wilson(count, n, population=population) if at_random else None)
