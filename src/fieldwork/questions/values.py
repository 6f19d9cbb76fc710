"""Values of XLSForm expressions and XPath 1.0's rules for turning one kind into another.

A value is text, a number (float), a truth value, a date, a point in time, or a list of values (a node set:
the answers of one question in all instances of a repeat). An unanswered question is the empty text.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

Scalar = str | float | bool | date
Value = Scalar | list[Scalar]

_NUMBER = re.compile(r"\s*(-?(?:\d+(?:\.\d*)?|\.\d+))\s*")
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 86_400


class StoredTruth(str):
    """What a calculation that came to a truth value is stored as: the text "true" or "false".

    It compares as that text, but a condition that is nothing but it holds only if it is true.
    """

    __slots__ = ()


def stored(value: Value) -> Value:
    """A calculation's result as what refers to it finds it stored."""
    return StoredTruth("true" if value else "false") if isinstance(value, bool) else value


def to_scalar(value: Value) -> Scalar:
    """The first of a node set, "" of an empty one; any other value as it is."""
    if isinstance(value, list):
        return value[0] if value else ""
    return value


def to_list(value: Value) -> list[Scalar]:
    """A node set as it is; anything else as a node set of one."""
    return value if isinstance(value, list) else [value]


def to_text(value: Value) -> str:
    """XPath string(): whole numbers without a point, truth as true/false, dates as ISO 8601."""
    value = to_scalar(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    return number_text(value)


def number_text(number: float) -> str:
    """XPath's decimal writing of a number: no exponent, "NaN", "Infinity"."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number):
        return str(int(number))
    shortest = repr(number)
    return f"{number:.20f}".rstrip("0") if "e" in shortest else shortest


def text_number(text: str) -> float:
    """XPath number() of a text: digits with an optional sign and point, else NaN."""
    match = _NUMBER.fullmatch(text)
    return float(match[1]) if match else math.nan


def day_number(moment: date) -> float:
    """Days since 1 January 1970, with the time of day as a fraction."""
    days = float(moment.toordinal() - _EPOCH)
    if isinstance(moment, datetime):
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
        days += seconds / _DAY_SECONDS
    return days


def moment_from_number(days: float) -> date | None:
    """The calendar day that many days after 1 January 1970, None outside the calendar.

    With a fraction of a day it is that point in time, to the millisecond.
    """
    if math.isnan(days) or math.isinf(days):
        return None
    whole = math.floor(days)
    try:
        day = date.fromordinal(_EPOCH + whole)
        if days == whole:
            return day
        clock = timedelta(milliseconds=round((days - whole) * _DAY_SECONDS * 1000))
        return datetime(day.year, day.month, day.day) + clock
    except (ValueError, OverflowError):
        return None


def text_moment(text: str) -> date | None:
    """A date or a point in time written as ISO 8601, None if it is neither."""
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def text_time(text: str) -> time | None:
    """A time of day written as ISO 8601, None if it is not one."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def to_number(value: Value) -> float:
    """XPath number(); a date counts its days since 1 January 1970."""
    value = to_scalar(value)
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, StoredTruth):
        return 1.0 if value == "true" else 0.0
    if isinstance(value, str):
        return text_number(value)
    return day_number(value)


def to_truth(value: Value) -> bool:
    """XForms boolean(): a text that is not empty, a number that is neither 0 nor NaN, any date."""
    value = to_scalar(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, StoredTruth):
        return value == "true"
    if isinstance(value, str):
        return value != ""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return True


def _same(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_truth(left) == to_truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return to_number(left) == to_number(right)
    if isinstance(left, date) and isinstance(right, date):
        return day_number(left) == day_number(right)
    return to_text(left) == to_text(right)


def _ordering_number(value: Scalar, other: Scalar) -> float:
    # A date typed as text beside a date is what authors write; XPath alone would make it NaN.
    if isinstance(value, str) and isinstance(other, date):
        moment = text_moment(value)
        return day_number(moment) if moment else math.nan
    return to_number(value)


def _any_pair(left: Value, right: Value, holds: Callable[[Scalar, Scalar], bool]) -> bool:
    if not isinstance(left, list) and not isinstance(right, list):
        return holds(left, right)
    return any(holds(one, other) for one in to_list(left) for other in to_list(right))


def equal(left: Value, right: Value) -> bool:
    """XPath "=": true of a node set if it is true of any of its members."""
    return _any_pair(left, right, _same)


def unequal(left: Value, right: Value) -> bool:
    """XPath "!=": not the opposite of "=" for node sets, but true of any differing member."""
    return _any_pair(left, right, lambda one, other: not _same(one, other))


def less(left: Value, right: Value) -> bool:
    """XPath "<": by number, false where either is not one."""
    return _any_pair(
        left, right, lambda one, other: _ordering_number(one, other) < _ordering_number(other, one)
    )


def at_most(left: Value, right: Value) -> bool:
    """XPath "<=": by number, false where either is not one."""
    return _any_pair(
        left, right, lambda one, other: _ordering_number(one, other) <= _ordering_number(other, one)
    )


def round_half_up(number: float) -> float:
    """XPath round(): halves towards plus infinity; NaN and infinities stay."""
    if math.isnan(number) or math.isinf(number):
        return number
    return float(math.floor(number + 0.5))


def divide(left: float, right: float) -> float:
    """XPath div: IEEE 754, so nothing is raised on division by zero."""
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def remainder(left: float, right: float) -> float:
    """XPath mod: the sign of the left side, NaN on division by zero."""
    if right == 0 or math.isnan(left) or math.isnan(right) or math.isinf(left):
        return math.nan
    return math.fmod(left, right)
