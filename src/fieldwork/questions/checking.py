"""What the command line says about a form: its content or its faults, and what applies to given answers."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.questions.applying import apply, initial_answers
from fieldwork.questions.faults import FormFault
from fieldwork.questions.reading import read_form


def describe_form(path: Path | str) -> dict[str, Any]:
    """A form as JSON-able data: `ok` true with its content, or `ok` false with all faults found."""
    try:
        question_set = read_form(path)
    except FormFault as fault:
        return {"ok": False, "faults": [describe_fault(each) for each in fault.all]}
    return {"ok": True, **describe_set(question_set)}


def describe_fault(fault: FormFault) -> dict[str, Any]:
    """One fault: place (`row` and `column` null where unknown), reason, and the whole sentence."""
    return {
        "sheet": fault.sheet or None,
        "row": fault.row or None,
        "column": fault.column or None,
        "reason": fault.what,
        "sentence": fault.sentence,
    }


def describe_set(question_set: QuestionSet) -> dict[str, Any]:
    """What is in a question set, as JSON-able data."""
    return {
        "form": question_set.form_id,
        "title": question_set.title,
        "version": question_set.version,
        "languages": list(question_set.languages),
        "questions": len(question_set.answerable),
        "scored": len(question_set.scored),
        "kinds": dict(sorted(Counter(question.kind for question in question_set.questions).items())),
        "leads": dict(sorted(Counter(question.lead for question in question_set.answerable).items())),
        "headers": [question.code for question in question_set.headers],
        "sections": [
            {
                "code": section.code,
                "title": str(section.label),
                "questions": sum(question.answerable for question in question_set.questions_in(section.code)),
                "scored": sum(question.scored for question in question_set.questions_in(section.code)),
            }
            for section in question_set.sections
        ],
        "repeats": [group.code for group in question_set.groups if group.repeats],
        "warnings": list(question_set.warnings),
    }


def applies(path: Path | str, answers_json: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Which questions of the form apply to these answers, as JSON-able data.

    Questions that have a default and no entry among the answers start with their default; an entry of null
    means unanswered. Raises FormFault for a faulty form, Fault if the answers are not an object.
    """
    if not isinstance(answers_json, Mapping):
        raise Fault('the answers are not one object of question and answer, such as {"A01": "cps_nfa"}')
    question_set = read_form(path)
    applied = apply(question_set, {**initial_answers(question_set, now), **answers_json}, now)
    return {
        "ok": True,
        "form": question_set.form_id,
        "version": question_set.version,
        "asked": list(applied.asked),
        "required": list(applied.required),
        "faults": [{"question": fault.code, "message": fault.message} for fault in applied.faults],
        "calculated": dict(applied.calculated),
        "choices": {code: list(codes) for code, codes in applied.choices.items()},
        "instances": dict(applied.instances),
        "unknown": list(applied.unknown),
    }
