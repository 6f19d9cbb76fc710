"""An answer as it was given, in the form in which it is kept."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question
from fieldwork.domain.values import codes, joined
from fieldwork.questions.repeating import parted


def checked_value(question: Question, value: str) -> str:
    """The value as it is kept, several choices in the order of the question; a ranking keeps its own.

    Raises Fault when it is not an answer to this question.
    """
    value, named = value.strip(), parted(question.code)[0]
    if not value or question.kind not in (*CHOICE_KINDS, "integer", "decimal"):
        return value
    if question.kind in ("integer", "decimal"):
        try:
            number = float(value)
        except ValueError:
            raise Fault(f'{named}: "{value}" is not a number.') from None
        if question.kind == "integer" and number != int(number):
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
