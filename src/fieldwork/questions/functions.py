"""The functions XLSForm expressions can call, with how many arguments each takes.

Each takes the values of its arguments and the scope of the evaluation, and never raises on odd answers:
what cannot be computed is NaN or the empty text, as in XForms.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from fieldwork.questions.patterns import matches
from fieldwork.questions.values import (
    Scalar,
    Value,
    day_number,
    moment_from_number,
    round_half_up,
    text_moment,
    text_number,
    text_time,
    to_list,
    to_number,
    to_scalar,
    to_text,
    to_truth,
)

MANY = 999
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Scope(Protocol):
    """What an expression can see while it is evaluated."""

    now: datetime

    def answer(self, code: str) -> Value:
        """The value of a question that applies; "" where it does not apply or is unanswered."""

    def own_answer(self) -> Value:
        """The value of the question the expression belongs to (`.`)."""

    def position(self) -> float:
        """Which instance of the repeat this is, 1-based; 1 outside repeats."""

    def column(self, heading: str) -> Value:
        """In a choice filter, the choice's cell under this heading; an empty node set if it has none."""

    def choice_label(self, choice: str, code: str) -> str:
        """The label of a choice of the question `code`."""

    def answer_at(self, code: str, position: int) -> Value:
        """The value of a question of a repeat in its instance `position`, 1-based."""


Implementation = Callable[[list[Value], Scope], Value]


@dataclass(frozen=True)
class Function:
    """What a function does and how many arguments it takes."""

    run: Implementation
    fewest: int
    most: int


FUNCTIONS: dict[str, Function] = {}


def _function(name: str, fewest: int, most: int | None = None) -> Callable[[Implementation], Implementation]:
    def register(run: Implementation) -> Implementation:
        FUNCTIONS[name] = Function(run, fewest, fewest if most is None else most)
        return run

    return register


def _numbers(arguments: list[Value]) -> list[float]:
    """The numbers in all arguments, unanswered ones left out."""
    return [to_number(item) for argument in arguments for item in to_list(argument) if item != ""]


def _codes(value: Value) -> list[str]:
    return to_text(value).split()


def _moment(value: Value) -> date | None:
    scalar = to_scalar(value)
    if isinstance(scalar, date):
        return scalar
    if isinstance(scalar, float):
        return moment_from_number(scalar)
    return text_moment(to_text(scalar))


@_function("not", 1)
def _not(arguments: list[Value], _scope: Scope) -> Value:
    return not to_truth(arguments[0])


@_function("true", 0)
def _true(_arguments: list[Value], _scope: Scope) -> Value:
    return True


@_function("false", 0)
def _false(_arguments: list[Value], _scope: Scope) -> Value:
    return False


@_function("boolean", 1)
def _boolean(arguments: list[Value], _scope: Scope) -> Value:
    return to_truth(arguments[0])


@_function("boolean-from-string", 1)
def _boolean_from_string(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).lower() in ("true", "1")


@_function("selected", 2)
def _selected(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[1]).strip() in _codes(arguments[0])


@_function("count-selected", 1)
def _count_selected(arguments: list[Value], _scope: Scope) -> Value:
    return float(len(_codes(arguments[0])))


@_function("selected-at", 2)
def _selected_at(arguments: list[Value], _scope: Scope) -> Value:
    codes, place = _codes(arguments[0]), to_number(arguments[1])
    if math.isnan(place) or not 0 <= place < len(codes):
        return ""
    return codes[int(place)]


@_function("jr:choice-name", 2)
def _choice_name(arguments: list[Value], scope: Scope) -> Value:
    return scope.choice_label(to_text(arguments[0]), to_text(arguments[1]).strip().strip("${}").strip())


@_function("position", 0, 1)
def _position(_arguments: list[Value], scope: Scope) -> Value:
    return scope.position()


@_function("regex", 2)
def _regex(arguments: list[Value], _scope: Scope) -> Value:
    return matches(to_text(arguments[0]), to_text(arguments[1]))


@_function("contains", 2)
def _contains(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[1]) in to_text(arguments[0])


@_function("starts-with", 2)
def _starts_with(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).startswith(to_text(arguments[1]))


@_function("ends-with", 2)
def _ends_with(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).endswith(to_text(arguments[1]))


@_function("substr", 2, 3)
def _substr(arguments: list[Value], _scope: Scope) -> Value:
    text = to_text(arguments[0])
    bounds = [to_number(argument) for argument in arguments[1:]]
    if any(math.isnan(bound) or math.isinf(bound) for bound in bounds):
        return ""
    return text[int(bounds[0]) : int(bounds[1]) if len(bounds) == 2 else None]


@_function("substring-before", 2)
def _substring_before(arguments: list[Value], _scope: Scope) -> Value:
    text, mark = to_text(arguments[0]), to_text(arguments[1])
    return text.partition(mark)[0] if mark and mark in text else ""


@_function("substring-after", 2)
def _substring_after(arguments: list[Value], _scope: Scope) -> Value:
    text, mark = to_text(arguments[0]), to_text(arguments[1])
    return text.partition(mark)[2] if mark else text


@_function("translate", 3)
def _translate(arguments: list[Value], _scope: Scope) -> Value:
    text, old, new = (to_text(argument) for argument in arguments)
    table: dict[int, str] = {}
    for place, letter in enumerate(old):
        table.setdefault(ord(letter), new[place] if place < len(new) else "")
    return text.translate(table)


@_function("normalize-space", 1)
def _normalize_space(arguments: list[Value], _scope: Scope) -> Value:
    return " ".join(to_text(arguments[0]).split())


@_function("string-length", 0, 1)
def _string_length(arguments: list[Value], scope: Scope) -> Value:
    return float(len(to_text(arguments[0] if arguments else scope.own_answer())))


@_function("upper-case", 1)
def _upper_case(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).upper()


@_function("lower-case", 1)
def _lower_case(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).lower()


@_function("concat", 0, MANY)
def _concat(arguments: list[Value], _scope: Scope) -> Value:
    return "".join(to_text(item) for argument in arguments for item in to_list(argument))


@_function("join", 1, MANY)
def _join(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0]).join(
        to_text(item) for argument in arguments[1:] for item in to_list(argument)
    )


@_function("string", 1)
def _string(arguments: list[Value], _scope: Scope) -> Value:
    return to_text(arguments[0])


@_function("number", 1)
def _number(arguments: list[Value], _scope: Scope) -> Value:
    return to_number(arguments[0])


@_function("int", 1)
def _int(arguments: list[Value], _scope: Scope) -> Value:
    number = to_number(arguments[0])
    return number if math.isnan(number) or math.isinf(number) else float(math.trunc(number))


@_function("round", 1, 2)
def _round(arguments: list[Value], _scope: Scope) -> Value:
    number = to_number(arguments[0])
    places = to_number(arguments[1]) if len(arguments) == 2 else 0.0
    if math.isnan(places) or abs(places) > 15:
        return math.nan
    factor = 10.0 ** int(places)
    return round_half_up(number * factor) / factor


@_function("floor", 1)
def _floor(arguments: list[Value], _scope: Scope) -> Value:
    number = to_number(arguments[0])
    return number if math.isnan(number) or math.isinf(number) else float(math.floor(number))


@_function("ceiling", 1)
def _ceiling(arguments: list[Value], _scope: Scope) -> Value:
    number = to_number(arguments[0])
    return number if math.isnan(number) or math.isinf(number) else float(math.ceil(number))


@_function("abs", 1)
def _abs(arguments: list[Value], _scope: Scope) -> Value:
    return abs(to_number(arguments[0]))


@_function("pow", 2)
def _pow(arguments: list[Value], _scope: Scope) -> Value:
    try:
        return math.pow(to_number(arguments[0]), to_number(arguments[1]))
    except (ValueError, OverflowError):
        return math.nan


@_function("sum", 1, MANY)
def _sum(arguments: list[Value], _scope: Scope) -> Value:
    return math.fsum(_numbers(arguments))


@_function("min", 1, MANY)
def _min(arguments: list[Value], _scope: Scope) -> Value:
    numbers = _numbers(arguments)
    return math.nan if not numbers or any(map(math.isnan, numbers)) else min(numbers)


@_function("max", 1, MANY)
def _max(arguments: list[Value], _scope: Scope) -> Value:
    numbers = _numbers(arguments)
    return math.nan if not numbers or any(map(math.isnan, numbers)) else max(numbers)


@_function("count", 1)
def _count(arguments: list[Value], _scope: Scope) -> Value:
    return float(len(to_list(arguments[0])))


@_function("count-non-empty", 1)
def _count_non_empty(arguments: list[Value], _scope: Scope) -> Value:
    return float(sum(item != "" for item in to_list(arguments[0])))


def _within(total: float, bounds: list[Value]) -> bool:
    """Whether a total stands between two bounds, -1 meaning no bound."""
    fewest, most = to_number(bounds[0]), to_number(bounds[1])
    return (fewest < 0 or total >= fewest) and (most < 0 or total <= most)


@_function("checklist", 2, MANY)
def _checklist(arguments: list[Value], _scope: Scope) -> Value:
    return _within(float(sum(to_truth(argument) for argument in arguments[2:])), arguments)


@_function("weighted-checklist", 2, MANY)
def _weighted_checklist(arguments: list[Value], _scope: Scope) -> Value:
    pairs = zip(arguments[2::2], arguments[3::2], strict=False)
    return _within(math.fsum(to_number(weight) for truth, weight in pairs if to_truth(truth)), arguments)


@_function("today", 0)
def _today(_arguments: list[Value], scope: Scope) -> Value:
    return scope.now.date()


@_function("now", 0)
def _now(_arguments: list[Value], scope: Scope) -> Value:
    return scope.now


@_function("date", 1)
def _date(arguments: list[Value], _scope: Scope) -> Value:
    moment = _moment(arguments[0])
    if moment is None:
        return ""
    return moment.date() if isinstance(moment, datetime) else moment


@_function("date-time", 1)
def _date_time(arguments: list[Value], _scope: Scope) -> Value:
    moment = _moment(arguments[0])
    if moment is None:
        return ""
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)


@_function("decimal-date-time", 1)
def _decimal_date_time(arguments: list[Value], _scope: Scope) -> Value:
    moment = _moment(arguments[0])
    return math.nan if moment is None else day_number(moment)


@_function("decimal-time", 1)
def _decimal_time(arguments: list[Value], _scope: Scope) -> Value:
    clock = text_time(to_text(arguments[0]))
    if clock is None:
        return math.nan
    return (clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6) / 86_400


def _formatted(moment: date, layout: str) -> str:
    clock = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    parts = {
        "Y": f"{clock.year:04d}",
        "y": f"{clock.year % 100:02d}",
        "m": f"{clock.month:02d}",
        "n": str(clock.month),
        "b": _MONTHS[clock.month - 1],
        "d": f"{clock.day:02d}",
        "e": str(clock.day),
        "H": f"{clock.hour:02d}",
        "h": str(clock.hour),
        "M": f"{clock.minute:02d}",
        "S": f"{clock.second:02d}",
        "3": f"{clock.microsecond // 1000:03d}",
        "a": _DAYS[clock.weekday()],
        "%": "%",
    }
    return re.sub(r"%(.)", lambda match: parts.get(match[1], match[0]), layout)


@_function("format-date", 2)
@_function("format-date-time", 2)
def _format_date(arguments: list[Value], _scope: Scope) -> Value:
    moment = _moment(arguments[0])
    return "" if moment is None else _formatted(moment, to_text(arguments[1]))


@_function("indexed-repeat", 3)
def _indexed_repeat(arguments: list[Value], scope: Scope) -> Value:
    place = to_number(arguments[2])
    if math.isnan(place) or place < 1:
        return ""
    return scope.answer_at(to_text(arguments[0]), int(place))


def typed(kind: str, text: str) -> Scalar:
    """An answer's text as the value its question's kind makes of it; text that does not fit stays text."""
    if kind in ("integer", "decimal"):
        number = text_number(text)
        return text if math.isnan(number) else number
    if kind in ("date", "dateTime"):
        moment = text_moment(text)
        if moment is None:
            return text
        return moment.replace(tzinfo=None) if isinstance(moment, datetime) else moment
    return text
