"""An answer as it was given, in the form in which it is kept."""

import math

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question
from fieldwork.domain.values import codes, joined
from fieldwork.questions.repeating import parted
from fieldwork.questions.values import text_number


def checked_value(question: Question, value: str) -> str:
    """The value as it is kept, several choices in the order of the question; a ranking keeps its own.

    Raises Fault when it is not an answer to this question.
    """
    value, named = value.strip(), parted(question.code)[0]
    if not value or question.kind not in (*CHOICE_KINDS, "integer", "decimal"):
        return value
    if question.kind in ("integer", "decimal"):
        number = text_number(value)
        if math.isnan(number):
            raise Fault(f'{named}: "{value}" is not a number.')
        if question.kind == "integer" and not number.is_integer():
            raise Fault(f'{named}: "{value}" is not a whole number.')
        return value
    given = codes(value) if question.kind in LIST_KINDS else (value,)
    for code in given:
        if question.choice(code) is None:
            known = ", ".join(choice.code for choice in question.choices)
            raise Fault(f'{named}: "{code}" is not one of its answers ({known}).')
    if question.kind == "select_multiple":
        return joined(choice.code for choice in question.choices if choice.code in given)
    return joined(dict.fromkeys(given))


def as_one_answer(question: Question, value: str) -> str:
    """The value by which answers are compared: several choices in one order; a ranking is its order."""
    return value if question.kind == "rank" else joined(sorted(codes(value)))
