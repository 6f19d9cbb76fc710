"""What a form says that would come to nothing: refused where it would be lost, told where it is kept."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pyxform import aliases

from fieldwork.domain.question_set import CHOICE_KINDS, KINDS_WITHOUT_ANSWER
from fieldwork.questions.cells import cell_text, expression
from fieldwork.questions.kinds import Kind
from fieldwork.questions.sheets import SHEETS, Row, Sheets

_WRITTEN = {
    "calculate": "calculation",
    "readonly": "read_only",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
    "jr:count": "repeat_count",
}
"""pyxform's inner names to the headings people write."""
_RULES_OF_ANSWERS = (
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "calculation",
    "read_only",
    "default",
    "choice_filter",
    "lead",
    "section",
    "trigger",
    "trigger_answers",
    "header",
)
_APPEARANCES = frozenset({"likert", "minimal", "multiline", "field-list"})
_HEADINGS = {
    "survey": (
        *("type", "name", "label", "hint", "guidance_hint", "relevant", "repeat_count", "appearance"),
        *("disabled", "parameters"),
        *_RULES_OF_ANSWERS,
    ),
    "choices": ("list_name", "name", "label", "score"),
    "settings": ("form_title", "form_id", "version", "default_language"),
}
_ALIKE = 0.8
"""From which likeness on (0 to 1) a heading is taken for a slip of the pen: `relevent`, `lable`."""


def heading_warnings(sheets: Sheets) -> Iterator[str]:
    """Sheets and columns that are not read, but are written nearly as one that is."""
    for name in sheets.names:
        if name.lower() not in SHEETS and (meant := _near(name.lower(), SHEETS)):
            yield f'the sheet "{name}" is not read; is "{meant}" meant?'
    headings = {
        "survey": sheets.survey_headings,
        "choices": sheets.choice_headings,
        "settings": [(heading,) for heading in sheets.raw_settings],
    }
    for sheet, columns in headings.items():
        known = _known(sheet)
        for heading in columns:
            if heading[0] in known:
                continue
            if meant := _near(heading[0].lower(), _HEADINGS[sheet]):
                written = "::".join(heading)
                yield (
                    f"{sheet}, row 1, column {written}: this is no column of a form, so it is kept but "
                    f'changes nothing; is "{"::".join((meant, *heading[1:]))}" meant?'
                )


def _known(sheet: str) -> set[str]:
    named = {
        "survey": aliases.survey_header,
        "choices": aliases.list_header,
        "settings": aliases.settings_header,
    }[sheet]
    return {
        *_HEADINGS[sheet],
        *named,
        "bind",
        "control",
        "media",
        "instance",
        "list name",
        "title",
        "id_string",
    }


def _near(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word, list(known), 1, _ALIKE)), "")


def cells(row: Row) -> dict[str, str]:
    """The filled cells of a row under the headings people write; texts in several languages under each."""
    found: dict[str, str] = {}
    for heading, cell in row.items():
        if heading == "__row":
            continue
        inner = (
            cell.items() if heading in ("bind", "control") and isinstance(cell, dict) else [(heading, cell)]
        )
        for name, content in inner:
            text = " ".join(map(str, content.values())) if isinstance(content, dict) else cell_text(content)
            if text:
                found[_WRITTEN.get(name, name)] = text
    return found


def idle_rules(row: Row, kind: Kind) -> Iterator[tuple[str, str, str]]:
    """Cells that would be lost on a row of this kind: column, reason and remedy of each."""
    given = cells(row)
    if kind.role == "begin":
        for column in _RULES_OF_ANSWERS:
            if expression(given.get(column)) not in ("", "false()"):
                yield (
                    column,
                    f"a {kind.name} has no answer, so this would do nothing",
                    "write it on the questions in it",
                )
    elif "choice_filter" in given and kind.name not in CHOICE_KINDS:
        yield "choice_filter", "there are no choices to filter", "empty this cell"
    if "repeat_count" in given and kind.name != "repeat":
        yield "repeat_count", "only a repeat has a count", 'write it on the row with "begin repeat"'


def idle_cells(row: Row, kind: Kind) -> Iterator[tuple[str, str]]:
    """Cells that are kept, or stand where nothing is read, and change nothing: column and what is said."""
    given = cells(row)
    if kind.role == "end":
        for column in sorted(given.keys() - {"type", "name", "label"}):
            yield (
                column,
                f'left out, because it stands beside "end {kind.name}"; write it beside the beginning',
            )
        return
    if kind.role == "begin":
        for column in ("hint", "guidance_hint"):
            if column in given:
                yield column, f"kept, but a {kind.name} does not show it; write a note in it instead"
    elif kind.name in KINDS_WITHOUT_ANSWER:
        for column in ("required", "constraint"):
            if expression(given.get(column)):
                yield column, f"kept, but nobody answers a {kind.name}, so it changes nothing"
    else:
        for column in ("required", "constraint"):
            if f"{column}_message" in given and not expression(given.get(column)):
                yield f"{column}_message", f"kept, but without a {column} nobody is shown it"
    for word in given.get("appearance", "").split():
        if word not in _APPEARANCES and not word.startswith("ex:") and "(" not in word:
            yield "appearance", f'"{word}" is kept, but looks like none here'
