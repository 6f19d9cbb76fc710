"""Commands on question sets: check, applies, diff, write; and taking one in."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldwork.commandline.answer import Add, Answer, note, open_workspace
from fieldwork.domain.faults import Fault


def add_commands(add: Add) -> None:
    parser = add("questions", questions, "read a question set, ask which apply, compare two, write one out")
    parser.add_argument("what", choices=("check", "applies", "diff", "write"))
    parser.add_argument("form", type=Path, metavar="FORM|WORKSPACE")
    parser.add_argument(
        "second", type=Path, nargs="?", metavar="ANSWERS.json|FORM", help="the answers, or the later version"
    )
    parser.add_argument("--now", metavar="TIME")
    parser.add_argument("--language", metavar="L", help="of messages and choice names, as the form names it")
    parser.add_argument(
        "--to", type=Path, metavar="FILE.xlsx|.pdf|.docx|.html", help="where to write the set"
    )
    parser.add_argument(
        "--version", dest="set_version", metavar="V", help="of a workspace, the version to write"
    )


def questions(options: argparse.Namespace) -> Answer:
    if options.what == "check":
        from fieldwork.questions.checking import describe_form, say_form

        data = describe_form(_there(options.form))
        return Answer(data, say_form(data, options.form.name), 0 if data["ok"] else 1)
    return {"applies": _applies, "diff": _diff, "write": _written}[options.what](options)


def _written(options: argparse.Namespace) -> Answer:
    from fieldwork.work import form_writing, question_sets

    if options.to is None:
        raise Fault(
            "`questions write` needs --to: a workbook (.xlsx), or a form to print (.pdf, .docx, .html)."
        )
    language = options.language or ""
    if options.form.suffix.lower() in form_writing.FORMS:
        if options.set_version is not None:
            raise Fault("--version names a version that a workspace keeps; a form is one already.")
        path = form_writing.write_form_again(_there(options.form), options.to, language=language)
    else:
        options.workspace = options.form
        with open_workspace(options) as workspace:
            named = options.set_version
            version = question_sets.find_version(workspace, named).id if named is not None else None
            path = form_writing.write_version(workspace, options.to, version=version, language=language)
    return Answer({"path": str(path)}, [str(path)])


def note_warnings(form: Path) -> None:
    """Tell what was noticed in a form that has just been taken in."""
    from fieldwork.questions.reading import read_form

    for warning in read_form(form).warnings:
        note(f"{form.name}: {warning}")


def import_questions(options: argparse.Namespace) -> Answer:
    """The command `import --as questions`: the difference first, then the new version."""
    from fieldwork.questions.telling import describe_differing, say_difference
    from fieldwork.work import question_sets

    with open_workspace(options, writing=not options.dry_run) as workspace:
        offer = question_sets.offered(workspace, _there(options.file))
        difference = describe_differing(offer.before or offer.new, offer.new, offer.refusals)
        lines = say_difference(difference) if offer.before else []
        for notice in offer.notices:
            note(f"{offer.name}: {notice}")
        data: dict[str, Any] = {
            "imported": {},
            "id": None,
            "difference": difference,
            "notices": list(offer.notices),
        }
        if offer.refusals or options.dry_run:
            lines.append(
                f"{offer.name} is refused; nothing was changed." if offer.refusals else "Nothing was changed."
            )
            return Answer(data, lines, 1 if offer.refusals else 0)
        done = question_sets.put_in_use(workspace, offer)
    if done.entry is None:
        note("this set was in use already")
    data |= {
        "imported": {kind: len(ids) for kind, ids in done.changed.items()},
        "id": done.id.hex() if done.id else None,
    }
    lines.append("Nothing new." if done.entry is None else f"{offer.new.title or offer.name} is in use.")
    return Answer(data, lines)


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
