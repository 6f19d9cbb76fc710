"""Cells of a form: texts in several languages, expressions, and the columns Fieldwork has no use for."""

from collections.abc import Iterable
from typing import Any

from pyxform.aliases import BINDING_CONVERSIONS

from fieldwork.domain.question_set import Wording
from fieldwork.questions.sheets import Row, Sheets

SURVEY_COLUMNS = frozenset(
    {
        "__row",
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "default",
        "choice_filter",
        "disabled",
        "media",
    }
)
_BIND_COLUMNS = frozenset(
    {
        "relevant",
        "required",
        "constraint",
        "calculate",
        "readonly",
        "jr:constraintMsg",
        "jr:requiredMsg",
    }
)
_CONTROL_COLUMNS = frozenset({"appearance", "jr:count"})
_TRANSLATED = ("label", "hint", "guidance_hint")
_TRANSLATED_BINDS = ("jr:constraintMsg", "jr:requiredMsg")
_DROP_MEDIA = "remove it, or describe it in words"


def cell_text(cell: object) -> str:
    """The text of a plain cell, "" of an empty one."""
    return "" if cell is None or isinstance(cell, dict) else str(cell).strip()


def bind(row: Row, name: str) -> Any:
    """The cell of a column that pyxform groups under `bind`."""
    return row.get("bind", {}).get(name)


def expression(cell: object) -> str:
    """An expression cell: yes and no in all their spellings become true() and "", line breaks spaces."""
    text = " ".join(cell_text(cell).split("\n"))
    converted = BINDING_CONVERSIONS.get(text, text)
    return "" if converted == "false()" and text != "false()" else converted


def wording(cell: object, languages: tuple[str, ...], default_language: str) -> Wording:
    """A label or message cell in all its languages, in the order of `languages`."""
    if cell is None:
        return Wording()
    texts = cell if isinstance(cell, dict) else {default_language: cell}
    order = {language: place for place, language in enumerate(languages)}
    pairs = [(language, str(text)) for language, text in texts.items() if text]
    return Wording(tuple(sorted(pairs, key=lambda pair: order.get(pair[0], len(order)))))


def languages_of(sheets: Sheets) -> tuple[str, ...]:
    """The languages of labels, hints and messages: the default first, then in the order of the columns."""
    found: set[str] = set()
    for row in (*sheets.survey, *used_choices(sheets)):
        found.update(_languages(row.get(column) for column in _TRANSLATED))
        binds = row.get("bind", {})
        if isinstance(binds, dict):
            found.update(_languages(binds.get(column) for column in _TRANSLATED_BINDS))
    headings = (*sheets.survey_headings, *sheets.choice_headings)
    columns = tuple(dict.fromkeys(heading[-1] for heading in headings if heading[-1] in found))
    default = sheets.default_language
    if default in found or _has_unnamed(sheets) or not columns:
        return tuple(dict.fromkeys((default, *columns)))
    return columns


def used_choices(sheets: Sheets) -> list[Row]:
    """The rows of the choices sheet whose list some question uses."""
    used = {word for row in sheets.survey for word in cell_text(row.get("type")).split()[1:]}
    return [row for row in sheets.choices if cell_text(row.get("list name")) in used]


def _languages(cells: Iterable[object]) -> set[str]:
    return {language for cell in cells if isinstance(cell, dict) for language in cell}


def _has_unnamed(sheets: Sheets) -> bool:
    rows = (*sheets.survey, *used_choices(sheets))
    return any(isinstance(row.get(column), str) for row in rows for column in _TRANSLATED)


def extra_columns(row: Row, used: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The cells of columns that mean nothing to Fieldwork itself, kept as pairs of heading and text."""
    pairs: list[tuple[str, str]] = []
    for heading, cell in row.items():
        if heading in used:
            continue
        known = {"bind": _BIND_COLUMNS, "control": _CONTROL_COLUMNS}.get(heading, frozenset())
        pairs.extend(_flat(heading, cell, known))
    return tuple(sorted(pairs))


def _flat(heading: str, cell: object, known: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    if not isinstance(cell, dict):
        return [(heading, str(cell))]
    return [
        pair
        for name, inner in cell.items()
        if name not in known
        for pair in _flat(f"{heading}::{name}", inner)
    ]


def refused_cells(row: Row) -> list[tuple[str, str, str]]:
    """Cells that ask for something Fieldwork cannot do: column, reason and remedy of each."""
    refused = [
        (medium, f"{medium} beside a question is not supported", _DROP_MEDIA)
        for medium in row.get("media", {})
    ]
    if bind(row, "entities:saveto"):
        refused.append(("save_to", "entities are not something Fieldwork can use", "empty this cell"))
    if "${" in cell_text(row.get("trigger")):
        refused.append(
            (
                "trigger",
                "calculating only when another answer changes is not supported",
                "take the reference out; calculations always follow what they read",
            )
        )
    if parameters := cell_text(row.get("parameters")):
        refused.append(("parameters", f'"{parameters}" is not supported', "empty this cell"))
    appearance = cell_text(row.get("control", {}).get("appearance"))
    if appearance.startswith("ex:"):
        refused.append(("appearance", "opening another application is not supported", "empty this cell"))
    if "search(" in appearance:
        refused.append(("appearance", "choices from outside the form are not supported", "empty this cell"))
    return refused
