"""Whether a condition can be true at all: decided for limits and choices, left open for everything else.

A condition is worked out at values that stand for all others. `. > 5 and . < 3` looks at numbers only through
5 and 3, so it is enough to try these, one between, one below and one above. What reads another question, the
clock or a text's letters counts as "perhaps". So "never" is said only where it is sure.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from fieldwork.domain.question_set import LIST_KINDS, Choice, Question
from fieldwork.questions.compiling import choice_cell
from fieldwork.questions.expressions import Expression, chained, compile_part, syntax_tree
from fieldwork.questions.values import (
    Scalar,
    Value,
    day_number,
    moment_from_number,
    text_moment,
    to_number,
    to_text,
)

Verdict = bool | None
"""True, False, or None for perhaps."""

_MOST_LIMITS = 100
_MOST_CHOICES = 500
_MOST_NAMED = 8
_ORDERED = frozenset({"integer", "decimal", "date", "dateTime"})
_UNJUDGED = frozenset({"position", "once", "jr:choice-name", "indexed-repeat"})
_HUGE = 1e300


class _OneValue:
    """A scope in which one question has a value, and its own answer is the same."""

    def __init__(self, value: Value, choice: Choice | None = None) -> None:
        self.now = datetime(2000, 1, 1)
        self.value = value
        self.choice = choice

    def answer(self, _code: str) -> Value:
        return self.value

    def own_answer(self) -> Value:
        return self.value

    def position(self) -> float:
        return 1.0

    def column(self, heading: str) -> Value:
        return choice_cell(self.choice, heading) if self.choice else []

    def choice_label(self, _choice: str, _code: str) -> str:
        return ""

    def answer_at(self, _code: str, _position: int) -> Value:
        return ""


def never_true(text: str, variable: str, question: Question, *, answered: bool) -> bool:
    """Whether the condition is false whatever this question's answer is, and whatever all others are.

    `variable` is "." where the condition is the question's own, else its code. `answered` leaves out the case
    of no answer; answers that do not fit their question are never counted. The condition must be sound.
    """
    judged = _Judged(text, variable, question)
    values = judged.values()
    if values is None:
        return False
    if not answered:
        values = [*values, ""]
    return all(judged.verdict(value) is False for value in values)


def verdict(text: str, question: Question, value: Value, choice: Choice | None = None) -> Verdict:
    """What the condition says of this answer or this choice, as far as it hangs on nothing else."""
    return _Judged(text, ".", question, exact=True, choice=choice).verdict(value)


class _Judged:
    """A condition taken apart at and, or and not; its smallest parts are known or perhaps."""

    def __init__(
        self,
        text: str,
        variable: str,
        question: Question,
        *,
        exact: bool = False,
        choice: Choice | None = None,
    ) -> None:
        self.text = text
        self.variable = variable
        self.question = question
        self.choice = choice
        self.exact = exact or question.kind == "select_one"
        """Whether each value that matters is tried, so that any part that reads nothing else is known."""
        self.constants: list[Scalar] = []
        self.verdict: Callable[[Value], Verdict] = self._taken_apart(syntax_tree(text))

    def _taken_apart(self, node: Any) -> Callable[[Value], Verdict]:
        if node.data in ("both", "either"):
            parts = [self._taken_apart(each) for each in chained(node.data, *node.children[::2])]
            decisive = node.data == "either"
            return lambda value: _joined((part(value) for part in parts), decisive)
        if node.data == "call" and node.children[0] == "not" and len(node.children) == 2:
            inner = self._taken_apart(node.children[1])
            return lambda value: None if (found := inner(value)) is None else not found
        if not self._known(node):
            return lambda _value: None
        part = compile_part(self.text, node)
        return lambda value: part.truth(_OneValue(value, self.choice))

    def _known(self, node: Any) -> bool:
        """Whether the values tried stand for all others in this part; its limits are noted."""
        if not self._reads_nothing_else(node):
            return False
        if self.exact or not self._reads_variable(node):
            return True
        if node.data == "compare":
            return self._known_comparison(node)
        if self.question.kind in LIST_KINDS and _is_call(node, "selected"):
            return self._is_variable(node.children[1]) and self._named(node.children[2])
        return False

    def _known_comparison(self, node: Any) -> bool:
        left, operator, right = node.children
        if self._reads_variable(right):
            left, right = right, left
        if self._reads_variable(right):
            return False
        kind = self.question.kind
        equality = operator in ("=", "!=")
        if kind in LIST_KINDS and _is_call(left, "count-selected"):
            return self._is_variable(left.children[1])
        if not self._is_variable(left) or (kind == "dateTime" and equality):
            return False
        constant = self._constant(right)
        if kind in LIST_KINDS:
            return equality and self._named(right)
        if kind == "text":
            self.constants.append(constant)
            return equality and isinstance(constant, str)
        self.constants.append(constant)
        return kind in _ORDERED and not isinstance(constant, bool)

    def _named(self, node: Any) -> bool:
        """Whether this is the fixed code of one choice."""
        if self._reads_variable(node):
            return False
        constant = self._constant(node)
        self.constants.append(constant)
        return isinstance(constant, str) and len(constant.split()) == 1

    def _constant(self, node: Any) -> Scalar:
        value = compile_part(self.text, node).evaluate(_OneValue(""))
        return "" if isinstance(value, list) else value

    def _is_variable(self, node: Any) -> bool:
        if self.variable == ".":
            return bool(node.data == "own") or _reference(node) == self.question.code
        return _reference(node) == self.variable

    def _reads_variable(self, node: Any) -> bool:
        return any(self._is_variable(part) for part in node.iter_subtrees())

    def _reads_nothing_else(self, node: Any) -> bool:
        part: Expression = compile_part(self.text, node)
        code = self.question.code if self.variable == "." else self.variable
        if part.uses_clock or part.references - {code} or (part.columns and self.choice is None):
            return False
        others = (each.data == "own" and self.variable != "." for each in node.iter_subtrees())
        return not any(others) and not any(
            each.data == "call" and each.children[0] in _UNJUDGED for each in node.iter_subtrees()
        )

    def values(self) -> list[Value] | None:
        """Values that stand for all the answers the question can get, None if there is no saying."""
        kind = self.question.kind
        codes = list(dict.fromkeys(choice.code for choice in self.question.choices))
        if len(self.constants) > _MOST_LIMITS or len(codes) > _MOST_CHOICES:
            return None
        if kind == "select_one":
            return list(codes) or None
        if kind in LIST_KINDS:
            return _selections(codes, {str(constant) for constant in self.constants})
        if kind in ("integer", "decimal"):
            limits = [to_number(constant) for constant in self.constants]
            return list(_numbers(limits, whole=kind == "integer"))
        if kind == "date":
            return [day for day in map(moment_from_number, _numbers(self._days(), whole=True)) if day]
        if kind == "dateTime":
            return list(_moments(self._days()))
        if kind == "text":
            texts = [to_text(constant) for constant in self.constants if constant != ""]
            return [*texts, "".join(texts) + "x"]
        return None

    def _days(self) -> list[float]:
        days = []
        for constant in self.constants:
            if isinstance(constant, str):
                moment = text_moment(constant)
                days.append(day_number(moment.replace(tzinfo=None) if isinstance(moment, datetime) else moment)
                            if moment else math.nan)  # fmt: skip
            else:
                days.append(to_number(constant))
        return days


def _joined(verdicts: Iterable[Verdict], decisive: bool) -> Verdict:
    """and (decisive: False), or (decisive: True) of several verdicts."""
    joined: Verdict = not decisive
    for each in verdicts:
        if each is decisive:
            return decisive
        joined = None if each is None else joined
    return joined


def _is_call(node: Any, name: str) -> bool:
    return bool(node.data == "call" and node.children[0] == name)


def _reference(node: Any) -> str:
    if node.data == "reference":
        return str(node.children[0][2:-1]).strip()
    return str(node.children[0]).replace("../", "") if node.data == "path" else ""


def _numbers(limits: Sequence[float], *, whole: bool) -> Iterator[float]:
    """Numbers at, between, below and above the limits; whole ones only, where that is asked."""
    marks = sorted({limit for limit in limits if math.isfinite(limit)}) or [0.0]
    found = {-_HUGE, _HUGE, math.nextafter(math.inf, 0), -math.nextafter(math.inf, 0)}
    for mark in marks:
        below, above = float(math.floor(mark)), float(math.ceil(mark))
        found.update((mark, below, above, below - 1, above + 1))
        found.update((math.nextafter(mark, math.inf), math.nextafter(mark, -math.inf)))
    found.update(one / 2 + other / 2 for one, other in pairwise(marks))
    return (
        number for number in sorted(found) if math.isfinite(number) and (not whole or number == int(number))
    )


def _moments(limits: Sequence[float]) -> Iterator[datetime]:
    marks = sorted({limit for limit in limits if math.isfinite(limit)}) or [0.0]
    between = [one / 2 + other / 2 for one, other in pairwise(marks)]
    for mark in (*marks, *between):
        for seconds in (0, -2, 2):
            try:
                yield datetime(1970, 1, 1) + timedelta(days=mark, seconds=seconds)
            except OverflowError:
                continue
    yield datetime.min
    yield datetime.max


def _selections(codes: Sequence[str], named: set[str]) -> list[Value] | None:
    """For all choices told apart by name, each combination; of the others, each number of them."""
    told_apart = [code for code in codes if code in named]
    others = [code for code in codes if code not in named]
    if not codes or len(told_apart) > _MOST_NAMED:
        return None
    found: list[Value] = []
    for size in range(len(told_apart) + 1):
        for some in combinations(told_apart, size):
            found += [" ".join((*some, *others[:count])) for count in range(len(others) + 1)]
    return [selection for selection in found if selection]
