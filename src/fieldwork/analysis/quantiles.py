"""Quantiles of the normal and of Student's distribution, from the standard library alone."""

from collections.abc import Callable
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

_LARGE = 200  # degrees of freedom from which the expansion is exact to 10 digits


def normal_quantile(probability: float) -> float:
    """The value below which a standard normal falls with this probability, between 0 and 1."""
    return NormalDist().inv_cdf(probability)


def student_quantile(probability: float, degrees: int) -> float:
    """The same of Student's t with `degrees` of freedom, 1 or more."""
    if degrees < 1:
        raise ValueError(f"{degrees} degrees of freedom are too few")
    if probability < 0.5:
        return -student_quantile(1 - probability, degrees)
    if degrees <= _LARGE:
        high = 1.0
        while _student_below(high, degrees) < probability:
            high *= 2
        return solved(lambda t: _student_below(t, degrees) - probability, 0, high)
    z = normal_quantile(probability)
    # Cornish and Fisher's expansion in 1 / degrees (Abramowitz and Stegun 26.7.5)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, 1))


def solved(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises from below 0 at `low` to above 0 at `high` is 0, by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def _student_below(t: float, degrees: int) -> float:
    """P(T <= t) for t >= 0, by the closed series for whole degrees (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    square = cos(angle) ** 2
    term = cos(angle) if odd else 1.0
    total = 0.0 if degrees == 1 else term
    for k in range(3 if odd else 2, degrees - 1, 2):
        term *= square * (k - 1) / k
        total += term
    total *= sin(angle)
    return 0.5 + ((angle + total) / pi if odd else total / 2)
