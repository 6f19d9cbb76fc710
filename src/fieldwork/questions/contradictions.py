"""Rules of a form that contradict each other: limits nothing can keep to, defaults that are no answers."""

from collections.abc import Iterator

from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Group, Question, QuestionSet
from fieldwork.questions.applying import misfit, typed_answer
from fieldwork.questions.expressions import ExpressionFault, compile_expression
from fieldwork.questions.faults import FormFault
from fieldwork.questions.reasoning import never_true, verdict


def contradictions(question_set: QuestionSet) -> list[FormFault]:
    """Constraints that no answer meets, and fixed defaults that break a rule of their own question.

    Expressions that are not sound (`compiling.check_expressions`) are passed over.
    """
    found: list[FormFault] = []
    for question in (*question_set.headers, *question_set.questions):
        if not question.answerable or question.calculation or not _sound(question):
            continue
        if _impossible(question_set, question.constraint, question):
            found.append(
                FormFault(
                    f'no answer to "{question.code}" can ever meet the constraint "{question.constraint}"',
                    "survey",
                    question.row,
                    "constraint",
                    "check its limits",
                )
            )
        found.extend(
            FormFault(
                f'the default "{question.default}" of "{question.code}" {reason}',
                "survey",
                question.row,
                "default",
                remedy,
            )
            for reason, remedy in _default_faults(question)
        )
    return found


def never_asked(question_set: QuestionSet) -> list[str]:
    """Conditions that no fitting answers can make true, a warning for each."""
    items: list[Question | Group] = [*question_set.headers, *question_set.groups, *question_set.questions]
    return [
        f'survey, row {item.row}, column relevant: "{item.code}" can never be asked, '
        f'because "{item.relevant}" is never true'
        for item in sorted(items, key=lambda each: each.row)
        if _impossible(question_set, item.relevant, item)
    ]


def _sound(question: Question) -> bool:
    try:
        for text in (question.constraint, question.choice_filter):
            if text:
                compile_expression(text)
    except ExpressionFault:
        return False
    return True


def _impossible(question_set: QuestionSet, text: str, item: Question | Group) -> bool:
    """Whether one of the questions a condition reads makes it false, whatever its answer."""
    if not text:
        return False
    repeat = item.repeat if isinstance(item, Question) else ""
    if isinstance(item, Question) and never_true(text, ".", item, answered=True):
        return True
    read = compile_expression(text).references
    others = [each for each in (*question_set.headers, *question_set.questions) if each.code in read]
    return any(
        never_true(text, other.code, other, answered=False)
        for other in others
        if other is not item and other.repeat in ("", repeat)
    )


def _default_faults(question: Question) -> Iterator[tuple[str, str]]:
    """What a fixed default breaks: reason and remedy."""
    if not question.default or question.default_is_expression:
        return
    several = question.kind in LIST_KINDS
    value = typed_answer(question, question.default.split() if several else question.default)
    if said := misfit(question, value, None):
        yield "is no answer to it", said[:1].lower() + said[1:].rstrip(".")
        return
    if question.constraint and verdict(question.constraint, question, value) is False:
        yield f'breaks its constraint "{question.constraint}"', "change one of them"
    if not question.choice_filter or question.kind not in CHOICE_KINDS:
        return
    for code in str(value).split() if several else [str(value)]:
        choice = question.choice(code)
        if choice and verdict(question.choice_filter, question, value, choice) is False:
            yield (
                f'cannot be chosen: the filter "{question.choice_filter}" leaves out "{code}"',
                "change one of them",
            )
