"""Answers from outside, checked for their shape before they are applied: one sentence says what is wrong where."""

import math
from collections.abc import Mapping
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import LIST_KINDS, Group, Question, QuestionSet
from fieldwork.questions.applying import MOST_INSTANCES, Answer

_KINDS_OF_VALUES = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}


def checked_answers(question_set: QuestionSet, given: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers as `apply` takes them. Codes the set does not have are left to it.

    Raises Fault where an answer has a shape its question cannot have, or stands where nothing reads it.
    """
    asked: list[Question | Group] = [*question_set.headers, *question_set.groups, *question_set.questions]
    items = {item.code: item for item in asked}
    for code, value in given.items():
        item = items.get(code)
        if isinstance(item, Question):
            if item.repeat:
                raise _fault(code, f'it is asked in the repeat "{item.repeat}"; give it in the objects there')
            _check_value(code, item, value)
        elif isinstance(item, Group):
            if not item.repeats:
                raise _fault(code, "it is a group, which has no answer; give those of the questions in it")
            _check_repeat(code, items, value)
    return dict(given)


def _check_repeat(repeat: str, items: Mapping[str, Question | Group], value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise _fault(
            repeat, f"it is a repeat, but {_named(value)} is given; give a list of objects, one for each time"
        )
    if len(value) > MOST_INSTANCES:
        raise _fault(repeat, f"it is given {len(value)} times; a repeat has at most {MOST_INSTANCES}")
    for number, instance in enumerate(value, start=1):
        place = f"{repeat}[{number}]"
        if not isinstance(instance, Mapping):
            raise _fault(
                place, f"{_named(instance)} is given where an object of question and answer is expected"
            )
        for code, answer in instance.items():
            item = items.get(code)
            if item is None:
                continue
            if not isinstance(item, Question) or item.repeat != repeat:
                raise _fault(f"{place}/{code}", f'it is no question of the repeat "{repeat}"')
            _check_value(f"{place}/{code}", item, answer)


def _check_value(place: str, question: Question, value: Any) -> None:
    if isinstance(value, Mapping):
        raise _fault(place, "an object is given where one answer is expected")
    if isinstance(value, list):
        if question.kind not in LIST_KINDS:
            raise _fault(place, "it takes one answer, but a list is given")
        for code in value:
            if not isinstance(code, str | int) or isinstance(code, bool):
                raise _fault(place, f"{_named(code)} is given among the choices; give a list of their codes")
    elif isinstance(value, int | float):
        _check_number(place, value)


def _check_number(place: str, value: float) -> None:
    try:
        usable = math.isfinite(value)
    except OverflowError:
        usable = False
    if not usable:
        raise _fault(place, "the number given is too large or no number")


def _named(value: Any) -> str:
    return _KINDS_OF_VALUES.get(type(value), "nothing" if value is None else f"the number {value}")


def _fault(place: str, reason: str) -> Fault:
    return Fault(f"The answers, {place}: {reason}.")
