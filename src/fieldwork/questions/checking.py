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
from fieldwork.questions.given import checked_answers
from fieldwork.questions.reading import read_form
from fieldwork.questions.sheets import pyxform_says


def describe_form(path: Path | str) -> dict[str, Any]:
    """A form as JSON-able data: `ok` true with its content, or `ok` false with all faults found.

    `verdict` tells a form that is "faulty" from one that is "unsupported": good for other programs, but with
    something in it that Fieldwork cannot ask. `pyxform` is what the reference implementation says by itself,
    null where the file is not safe to show it.
    """
    pyxform = _pyxform(Path(path))
    try:
        question_set = read_form(path)
    except FormFault as fault:
        others_may = all(each.unsupported for each in fault.all) and pyxform is not None and pyxform["good"]
        return {
            "ok": False,
            "verdict": "unsupported" if others_may else "faulty",
            "pyxform": pyxform,
            "faults": [describe_fault(each) for each in fault.all],
        }
    return {"ok": True, "verdict": "good", "pyxform": pyxform, **describe_set(question_set)}


def _pyxform(path: Path) -> dict[str, Any] | None:
    try:
        says = pyxform_says(path)
    except FormFault:
        return None
    return {"good": not says, "says": says or None}


def say_form(data: Mapping[str, Any], name: str) -> list[str]:
    """What `describe_form` found, as lines for a person; `name` is the file's."""
    if data["ok"]:
        kinds = ", ".join(f"{count} {kind}" for kind, count in data["kinds"].items())
        lines = [f"{data['title'] or name}: {kinds}"]
        if len(data["languages"]) > 1:
            lines.append(f"Languages, the default first: {', '.join(data['languages'])}")
        return lines + [f"Warning: {warning}" for warning in data["warnings"]]
    wrong = [fault["sentence"] for fault in data["faults"] if not fault["unsupported"]]
    unused = [fault["sentence"] for fault in data["faults"] if fault["unsupported"]]
    if data["verdict"] == "unsupported":
        return [f"{name} is a good form, but holds what Fieldwork cannot use:", *unused]
    if not wrong and data["pyxform"]:
        wrong = [f"pyxform, the reference reader, says: {data['pyxform']['says']}"]
    besides = ["Besides, it holds what Fieldwork cannot use:", *unused] if unused else []
    return [f"{name} is faulty:", *wrong, *besides]


def describe_fault(fault: FormFault) -> dict[str, Any]:
    """One fault: place (`row` and `column` null where unknown), reason, and the whole sentence."""
    return {
        "sheet": fault.sheet or None,
        "row": fault.row or None,
        "column": fault.column or None,
        "reason": fault.what,
        "sentence": fault.sentence,
        "unsupported": fault.unsupported,
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


def applies(
    path: Path | str, answers_json: Mapping[str, Any], now: datetime, language: str = ""
) -> dict[str, Any]:
    """Which questions of the form apply to these answers, as JSON-able data.

    Questions that have a default and no entry among the answers start with their default; an entry of null
    means unanswered. Messages and choice names are in `language`, "" for the form's default. Raises FormFault
    for a faulty form, Fault for answers of the wrong shape and for a language the form is not in.
    """
    if not isinstance(answers_json, Mapping):
        raise Fault('the answers are not one object of question and answer, such as {"A01": "cps_nfa"}')
    question_set = read_form(path)
    if language and language not in question_set.languages:
        known = ", ".join(question_set.languages)
        raise Fault(f'The form is not in "{language}"; it is in {known}.')
    answers = checked_answers(question_set, answers_json)
    applied = apply(question_set, {**initial_answers(question_set, now), **answers}, now, language=language)
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


def say_applies(data: Mapping[str, Any]) -> list[str]:
    """What `applies` found, as lines for a person; what there is none of is left out."""
    lines = [f"asked: {', '.join(data['asked']) or 'nothing'}"]
    if data["required"]:
        lines.append(f"still to be answered: {', '.join(data['required'])}")
    lines += [f"{fault['question']}: {fault['message']}" for fault in data["faults"]]
    lines += [f"{code} = {'' if value is None else value}" for code, value in data["calculated"].items()]
    lines += [f"{code} is one of {', '.join(codes) or 'nothing'}" for code, codes in data["choices"].items()]
    lines += [f"instances of {code}: {count}" for code, count in data["instances"].items()]
    if data["unknown"]:
        lines.append(f"not in the form: {', '.join(data['unknown'])}")
    return lines
