"""What several raters gave to the same units, gaps and all, and the scale their marks are on."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Literal, get_args

from fieldwork.analysis.distances import Mark

Scale = Literal["nominal", "ordinal", "interval", "ratio"]
SCALES: tuple[Scale, ...] = get_args(Scale)
LARGEST = 1e100


@dataclass(frozen=True)
class Ratings:
    """Marks by unit and rater. Made by `ratings` or `from_rows`, which check them."""

    units: tuple[Mapping[int, Mark], ...]
    """For each unit its marks by rater; raters are numbered from 0. A unit nobody marked has none."""
    apart: tuple[Counter[Mark], ...]
    """For each unit the marks that are no values of the scale (not applicable), counted."""
    scale: Scale
    values: tuple[Mark, ...]
    """All values there are, in their order where they have one."""
    ordered: bool

    @cached_property
    def counts(self) -> tuple[Counter[Mark], ...]:
        """For each unit that has a mark, how often each value was given."""
        return tuple(Counter(marks.values()) for marks in self.units if marks)

    @cached_property
    def paired(self) -> tuple[Counter[Mark], ...]:
        """The counts of the units that two raters or more have marked."""
        return tuple(counts for counts in self.counts if counts.total() > 1)

    @cached_property
    def raters(self) -> tuple[int, ...]:
        """The raters who gave any mark."""
        return tuple(sorted({rater for marks in self.units for rater in marks}))

    @property
    def places(self) -> dict[Mark, float]:
        """Where each value lies: the numbers of an interval or ratio scale, otherwise 0, 1, 2 ... in order."""
        if self.scale in ("interval", "ratio"):
            return {value: float(value) for value in self.values}
        return {value: float(number) for number, value in enumerate(self.values)}


def ratings(
    marks: Iterable[tuple[Hashable, Hashable, Mark | None]],
    *,
    scale: Scale = "nominal",
    order: Sequence[Mark] | None = None,
    apart: Collection[Mark] = (),
) -> Ratings:
    """Check marks, each with its unit and its rater; None or "" is a missing mark.

    order: all values of an ordinal or nominal scale from one end to the other; numbers need none. Of an
    interval or ratio scale it lists the numbers there can be. apart: marks such as not applicable, which
    are no values of the scale; coefficients take them as missing, and `disagreements` counts them apart.
    Raises ValueError, naming unit and rater, for a second mark of one rater, a mark that is not in the
    order, one that is no number on a scale that needs numbers; and for an ordinal scale without an order.
    """
    if scale not in SCALES:
        raise ValueError(f'"{scale}" is not a scale; it is one of {", ".join(SCALES)}')
    allowed = allowed_values(scale, order)
    units: dict[Hashable, dict[int, Mark]] = {}
    beside: dict[Hashable, Counter[Mark]] = {}
    numbers: dict[Hashable, int] = {}
    seen: set[tuple[Hashable, int]] = set()
    for unit, rater, mark in marks:
        number = numbers.setdefault(rater, len(numbers))
        own, off = units.setdefault(unit, {}), beside.setdefault(unit, Counter())
        if (unit, number) in seen:
            raise ValueError(f"unit {unit}, rater {rater}: there are two marks")
        seen.add((unit, number))
        if mark in apart and mark is not None:
            off[mark] += 1
            continue
        try:
            value = checked(mark, scale, allowed)
        except ValueError as error:
            raise ValueError(f"unit {unit}, rater {rater}: {error}") from None
        if value is not None:
            own[number] = value
    given = dict.fromkeys(mark for own in units.values() for mark in own.values())
    values, ordered = _in_order(scale, given, allowed)
    return Ratings(tuple(units.values()), tuple(beside.values()), scale, values, ordered)


def from_rows(
    rows: Iterable[Sequence[Mark | None]],
    *,
    scale: Scale = "nominal",
    order: Sequence[Mark] | None = None,
    apart: Collection[Mark] = (),
) -> Ratings:
    """The same from a table with one row a unit and one column a rater, both called by their number from 1.

    Raises ValueError for rows of unequal length, too.
    """
    table = [tuple(row) for row in rows]
    for number, row in enumerate(table, 1):
        if len(row) != len(table[0]):
            raise ValueError(f"unit {number} has {len(row)} marks and the first unit {len(table[0])}")
    marks = ((unit, rater, mark) for unit, row in enumerate(table, 1) for rater, mark in enumerate(row, 1))
    return ratings(marks, scale=scale, order=order, apart=apart)


def checked(mark: Mark | None, scale: Scale, order: Collection[Mark] | None = None) -> Mark | None:
    """One mark as the scale has it: a number on interval and ratio scales; None if it is missing.

    Raises ValueError with half a sentence that says what is wrong with it.
    """
    if mark is None or mark == "":
        return None
    if scale in ("interval", "ratio"):
        number = as_number(mark)
        if number is None:
            raise ValueError(f'"{mark}" is not a number, which the {scale} scale needs')
        if abs(number) > LARGEST:
            raise ValueError(f'"{mark}" is larger than the {LARGEST:g} a mark may be')
        if scale == "ratio" and number < 0:
            raise ValueError(f'"{mark}" is below 0, which the ratio scale does not have')
        mark = number
    elif isinstance(mark, float) and not isfinite(mark):
        raise ValueError(f'"{mark}" is not a value')
    if order is not None and mark not in order:
        raise ValueError(f'"{mark}" is not among the values {", ".join(map(str, order))}')
    return mark


def as_number(mark: Mark) -> float | None:
    """The number a mark is or is written as (3, -0.5, 1e3); None for any other."""
    if "_" in str(mark) or not str(mark).isascii():
        return None
    try:
        number = float(mark)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def allowed_values(scale: Scale, order: Sequence[Mark] | None) -> tuple[Mark, ...] | None:
    """The values an order names, as the scale has them. Raises ValueError for an empty or doubled one."""
    if order is None:
        return None
    values = tuple(checked(value, scale) for value in order)
    found = tuple(value for value in values if value is not None)
    if not found or len(found) < len(values):
        raise ValueError("the order has an empty value")
    twice = next((value for value in found if found.count(value) > 1), None)
    if twice is not None:
        raise ValueError(f'the order names "{twice}" twice')
    return found


def _in_order(
    scale: Scale, given: Iterable[Mark], allowed: tuple[Mark, ...] | None
) -> tuple[tuple[Mark, ...], bool]:
    """The values in their order, and whether they have one."""
    if scale in ("interval", "ratio"):
        return tuple(sorted(allowed if allowed is not None else given, key=float)), True
    if allowed is not None:
        return allowed, True
    values = list(given)
    numbers = [as_number(value) for value in values]
    if None not in numbers and len(set(numbers)) == len(numbers):
        return tuple(sorted(values, key=lambda value: as_number(value) or 0.0)), True
    if scale == "ordinal":
        word = next((value for value in values if as_number(value) is None), None)
        if word is None:
            raise ValueError("the order of the values is not given, and some numbers are written in two ways")
        raise ValueError(f'the order of the values is not given, and "{word}" is not a number')
    return tuple(sorted(values, key=str)), False
