"""Questions that are asked once for each of several of the same: a suspect, a submission.

A place is a question's code, or within a repeat its code and which of them is meant: "S01/" and an id in hex.
An evaluation names the same place by number, `suspect[2]/S01`; numbers move when one is added, ids do not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.questions.applying import AnswerFault, Applied

_NUMBERED = re.compile(r"(.+)\[(\d+)\]/(.+)")
_DIVIDER = "/"  # no name of a question has one


def place_of(code: str, instance: str = "") -> str:
    """The place of a question; instance: an id in hex, "" outside repeats."""
    return f"{code}{_DIVIDER}{instance}" if instance else code


def parted(place: str) -> tuple[str, str]:
    """Code and instance of a place."""
    code, _, instance = place.partition(_DIVIDER)
    return code, instance


def placed(name: str, ids: Mapping[str, Sequence[str]]) -> str:
    """The place an evaluation's name means; ids: the instances of each repeat in order, in hex."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return name
    repeat, number, code = found[1], int(found[2]), found[3]
    held = ids.get(repeat, ())
    return place_of(code, held[number - 1]) if 0 < number <= len(held) else name


def by_place(applied: Applied, ids: Mapping[str, Sequence[str]]) -> Applied:
    """What applies, named by place."""
    if not ids:
        return applied

    def named(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(placed(name, ids) for name in names)

    return replace(
        applied,
        asked=named(applied.asked),
        required=named(applied.required),
        read_only=named(applied.read_only),
        faults=tuple(AnswerFault(placed(f.code, ids), f.message) for f in applied.faults),
        calculated={placed(name, ids): value for name, value in applied.calculated.items()},
        choices={placed(name, ids): some for name, some in applied.choices.items()},
    )


def sequence(questions: QuestionSet, ids: Mapping[str, Sequence[str]]) -> tuple[Question, ...]:
    """Every question in the order of the form, those of a repeat once for each instance under its place."""
    if not any(question.repeat for question in questions.questions):
        return questions.questions
    found: list[Question] = []
    block: list[Question] = []
    for number, question in enumerate(questions.questions):
        if not question.repeat:
            found.append(question)
            continue
        block.append(question)
        following = questions.questions[number + 1 : number + 2]
        if not following or following[0].repeat != question.repeat:
            for instance in ids.get(question.repeat, ()):
                found += [replace(one, code=place_of(one.code, instance)) for one in block]
            block = []
    return tuple(found)
