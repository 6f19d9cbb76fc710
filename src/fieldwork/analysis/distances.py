"""How far apart two values of a scale are. Agreement by weights is agreement with these as what it lacks.

Sums over many marks are taken by counts of values: for the usual distances in one pass over the values,
not over pairs of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from math import pi, sin, sqrt
from typing import Protocol

Mark = str | float
"""One value that a rater gave."""


class Distance(Protocol):
    """From 0 for the same value upwards; the same in both directions."""

    def between(self, one: Mark, other: Mark) -> float:
        """The distance of two values."""
        ...

    def sums(self, marks: Iterable[Mark], counts: Mapping[Mark, float]) -> dict[Mark, float]:
        """For each of `marks`, its distances to all marks in `counts`, added up."""
        ...

    def largest(self, values: Sequence[Mark]) -> float:
        """The largest distance there is between any two of `values`, given in their order."""
        ...


class Nominal:
    """1 between any two values that differ."""

    def between(self, one: Mark, other: Mark) -> float:
        return float(one != other)

    def sums(self, marks: Iterable[Mark], counts: Mapping[Mark, float]) -> dict[Mark, float]:
        total = sum(counts.values())
        return {mark: total - counts.get(mark, 0) for mark in marks}

    def largest(self, values: Sequence[Mark]) -> float:
        return float(len(values) > 1)


class Linear:
    """The steps, or the numbers, between the places of two values, as a part of the whole scale."""

    def __init__(self, places: Mapping[Mark, float]) -> None:
        self._places = _within_one(places)

    def between(self, one: Mark, other: Mark) -> float:
        return abs(self._places[one] - self._places[other])

    def sums(self, marks: Iterable[Mark], counts: Mapping[Mark, float]) -> dict[Mark, float]:
        ordered = sorted((self._places[mark], count) for mark, count in counts.items())
        places = [place for place, _ in ordered]
        below = list(accumulate((count for _, count in ordered), initial=0.0))
        moments = list(accumulate((place * count for place, count in ordered), initial=0.0))
        found: dict[Mark, float] = {}
        for mark in marks:
            place = self._places[mark]
            at = bisect_right(places, place)
            found[mark] = place * (2 * below[at] - below[-1]) - 2 * moments[at] + moments[-1]
        return found

    def largest(self, values: Sequence[Mark]) -> float:
        places = [self._places[value] for value in values]
        return max(places) - min(places)


class Squared:
    """The square of the steps, or of the numbers, between two values, both as parts of the whole scale."""

    def __init__(self, places: Mapping[Mark, float]) -> None:
        self._places = _within_one(places)

    def between(self, one: Mark, other: Mark) -> float:
        return (self._places[one] - self._places[other]) ** 2

    def sums(self, marks: Iterable[Mark], counts: Mapping[Mark, float]) -> dict[Mark, float]:
        total = first = second = 0.0
        for mark, count in counts.items():
            place = self._places[mark]
            total += count
            first += count * place
            second += count * place * place
        found = {}
        for mark in marks:
            place = self._places[mark]
            found[mark] = max(0.0, total * place * place - 2 * place * first + second)
        return found

    def largest(self, values: Sequence[Mark]) -> float:
        places = [self._places[value] for value in values]
        return (max(places) - min(places)) ** 2


class Pairwise:
    """Any other distance of two places; its sums cost the number of pairs of different values."""

    def __init__(self, places: Mapping[Mark, float], distance: Callable[[float, float], float]) -> None:
        self._places = places
        self._distance = distance

    def between(self, one: Mark, other: Mark) -> float:
        return 0.0 if one == other else self._distance(self._places[one], self._places[other])

    def sums(self, marks: Iterable[Mark], counts: Mapping[Mark, float]) -> dict[Mark, float]:
        return {
            mark: sum(count * self.between(mark, other) for other, count in counts.items()) for mark in marks
        }

    def largest(self, values: Sequence[Mark]) -> float:
        return max(self.between(one, other) for one in values for other in values)


def _within_one(places: Mapping[Mark, float]) -> dict[Mark, float]:
    """Places with the middle of the scale at 0 and one unit between its ends, whatever their size was."""
    low, high = min(places.values(), default=0.0), max(places.values(), default=0.0)
    middle, extent = (low + high) / 2, (high - low) or 1.0
    return {value: (place - middle) / extent for value, place in places.items()}


def ranked(values: Sequence[Mark], counts: Mapping[Mark, float]) -> Squared:
    """Krippendorff's ordinal distance: the squared difference of the mean ranks that the marks give the values.

    values: in their order; counts: how many marks each has.
    """
    places: dict[Mark, float] = {}
    below = 0.0
    for value in values:
        count = counts.get(value, 0)
        places[value] = below + count / 2
        below += count
    return Squared(places)


def ratio(places: Mapping[Mark, float]) -> Pairwise:
    """The squared part that the difference is of the sum; the places are 0 or above."""
    return Pairwise(places, lambda one, other: ((one - other) / (one + other)) ** 2)


def steps(values: Sequence[Mark]) -> Pairwise:
    """Gwet's ordinal distance: the number of pairs of places within the stretch from one value to the other."""
    places = {value: float(number) for number, value in enumerate(values)}
    return Pairwise(places, lambda one, other: abs(one - other) * (abs(one - other) + 1) / 2)


def radical(places: Mapping[Mark, float]) -> Pairwise:
    """The square root of the difference."""
    return Pairwise(places, lambda one, other: sqrt(abs(one - other)))


def bipolar(places: Mapping[Mark, float]) -> Pairwise:
    """Differences count for more the nearer they lie to an end of the scale."""
    low, high = min(places.values()), max(places.values())
    return Pairwise(
        places,
        lambda one, other: (one - other) ** 2 / ((one + other - 2 * low) * (2 * high - one - other)),
    )


def circular(places: Mapping[Mark, float]) -> Pairwise:
    """The two ends of the scale lie beside each other, one apart."""
    around = max(places.values()) - min(places.values()) + 1
    return Pairwise(places, lambda one, other: sin(pi * (one - other) / around) ** 2)
