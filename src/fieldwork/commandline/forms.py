"""Commands that read question sets: check, applies, diff."""

import argparse
from datetime import datetime
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer, note
from fieldwork.domain.faults import Fault


def add_commands(add: Add) -> None:
    parser = add("questions", questions, "read a question set, ask which questions apply, compare two")
    parser.add_argument("what", choices=("check", "applies", "diff"))
    parser.add_argument("form", type=Path, metavar="FORM")
    parser.add_argument(
        "second", type=Path, nargs="?", metavar="ANSWERS.json|FORM", help="the answers, or the later version"
    )
    parser.add_argument("--now", metavar="TIME")
    parser.add_argument("--language", metavar="L", help="of messages and choice names, as the form names it")


def questions(options: argparse.Namespace) -> Answer:
    if options.what == "check":
        from fieldwork.questions.checking import describe_form, say_form

        data = describe_form(_there(options.form))
        return Answer(data, say_form(data, options.form.name), 0 if data["ok"] else 1)
    return _applies(options) if options.what == "applies" else _diff(options)


def note_warnings(form: Path) -> None:
    """Tell what was noticed in a form that has just been taken in."""
    from fieldwork.questions.reading import read_form

    for warning in read_form(form).warnings:
        note(f"{form.name}: {warning}")


def _there(form: Path) -> Path:
    if form.is_dir():
        raise Fault(f"{form} is a folder; name the form in it.")
    if not form.is_file():
        raise Fault(f"{form} is not there; check the name and the folder.")
    return form


def _diff(options: argparse.Namespace) -> Answer:
    from fieldwork.questions.telling import describe_difference, say_difference

    if options.second is None:
        raise Fault("`questions diff` needs two forms: the version before and the one after it.")
    data = describe_difference(_there(options.form), _there(options.second))
    return Answer(data, say_difference(data), 0 if data["ok"] else 1)


def _applies(options: argparse.Namespace) -> Answer:
    import json

    from fieldwork.questions.checking import applies, say_applies

    if options.second is None:
        raise Fault("`questions applies` needs a form and a file of answers (JSON).")
    try:
        given = json.loads(options.second.read_text("utf-8-sig"))
    except OSError as error:
        raise Fault(f"{options.second} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise Fault(f"{options.second} is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise Fault(f"{options.second} is not one JSON object of answers by question code.")
    try:
        now = datetime.fromisoformat(options.now) if options.now else datetime.now()
    except ValueError as error:
        raise Fault(f'--now: "{options.now}" is not a time; write it as 2025-03-31T14:05.') from error
    data = applies(options.form, given, now, options.language or "")
    return Answer(data, say_applies(data))
