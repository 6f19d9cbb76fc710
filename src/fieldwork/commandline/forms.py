"""Commands that read question sets: check, applies."""

import argparse
from datetime import datetime
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer
from fieldwork.domain.faults import Fault


def add_commands(add: Add) -> None:
    parser = add("questions", questions, "read a question set, or ask which questions apply")
    parser.add_argument("what", choices=("check", "applies"))
    parser.add_argument("form", type=Path)
    parser.add_argument("answers", type=Path, nargs="?", metavar="ANSWERS.json")
    parser.add_argument("--now", metavar="TIME")
    parser.add_argument("--language", metavar="L", help="of messages and choice names, as the form names it")


def questions(options: argparse.Namespace) -> Answer:
    if options.what == "check":
        from fieldwork.questions.checking import describe_form, say_form

        if options.form.is_dir():
            raise Fault(f"{options.form} is a folder; name the form in it.")
        if not options.form.is_file():
            raise Fault(f"{options.form} is not there; check the name and the folder.")
        data = describe_form(options.form)
        return Answer(data, say_form(data, options.form.name), 0 if data["ok"] else 1)
    return _applies(options)


def _applies(options: argparse.Namespace) -> Answer:
    import json

    from fieldwork.questions.checking import applies, say_applies

    if options.answers is None:
        raise Fault("`questions applies` needs a form and a file of answers (JSON).")
    try:
        given = json.loads(options.answers.read_text("utf-8-sig"))
    except OSError as error:
        raise Fault(f"{options.answers} cannot be read: {error.strerror or error}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Fault(f"{options.answers} is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise Fault(f"{options.answers} is not one JSON object of answers by question code.")
    try:
        now = datetime.fromisoformat(options.now) if options.now else datetime.now()
    except ValueError as error:
        raise Fault(f'--now: "{options.now}" is not a time; write it as 2025-03-31T14:05.') from error
    data = applies(options.form, given, now, options.language or "")
    return Answer(data, say_applies(data))
