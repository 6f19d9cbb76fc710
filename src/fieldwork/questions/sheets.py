"""The sheets of a form as pyxform reads them: rows with tidy headings and their row numbers.

pyxform is the reference implementation of XLSForm. It reads the file and normalises the headings here, and in
`check_with_pyxform` it has the last word on whether the form is one. Places in its messages are kept.
"""

import re
import warnings as quiet_warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from pyxform import aliases, xls2json_backends
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import dealias_and_group_headers
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import (
    Definition,
    DefinitionData,
    SupportedFileTypes,
    definition_to_dict,
)

from fieldwork.questions.faults import FormFault, in_sheet_order
from fieldwork.questions.files import form_bytes, heading_rows

SHEETS = ("survey", "choices", "settings")
_REFUSED_SHEETS = {
    "external_choices": "choices kept outside the form",
    "entities": "entities",
    "osm": "maps",
}
_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"'(survey|choices|settings|entities)' sheet|sheet: '(\w+)'")
_SAME_COLUMN = re.compile(
    r"for sheet: '(\w+)'. Headers that are different names .* found: '([^']+)', '([^']+)'"
)
_PLACE = re.compile(r"On the '\w+' sheet, the '[^']+' value is invalid\. (?=.)")
_COLUMN = re.compile(r"the '([^']+)' value")

# xlrd tells standard output what it thinks of a workbook, where the command line promises JSON and no more.
xls2json_backends.xlrd_open = partial(xls2json_backends.xlrd_open, logfile=StringIO())

Headings = tuple[tuple[str, ...], ...]
"""The columns of a sheet from left to right, such as ("label", "English (en)")."""
Row = dict[str, Any]
"""One row: heading to text, or heading to language or property to text; "__row" to its number."""


@dataclass
class Sheets:
    """The three sheets Fieldwork reads."""

    survey: Sequence[Row]
    choices: Sequence[Row]
    settings: Row
    raw_settings: dict[str, str]
    default_language: str
    survey_headings: Headings = ()
    choice_headings: Headings = ()
    names: tuple[str, ...] = ()
    """All sheets of the file, read or not."""
    warnings: list[str] = field(default_factory=list)
    stem: str = ""


def read_sheets(path: Path) -> tuple[Sheets, DefinitionData]:
    """The sheets of a form file, and pyxform's own reading of it. Raises FormFault."""
    content = form_bytes(path)
    extension = path.suffix.lower()
    try:
        with quiet_warnings.catch_warnings():
            # openpyxl warns of every drawing and validation it leaves out; none of them matters here.
            quiet_warnings.simplefilter("ignore", UserWarning)
            _check_headings(heading_rows(extension, content))
            data = definition_to_dict(
                Definition(BytesIO(content), SupportedFileTypes(extension), path.stem), extension
            )
    except FormFault:
        raise
    except PyXFormError as error:
        raise fault_from(error) from None
    except Exception as error:  # the readers of damaged workbooks raise nearly anything
        if extension in (".csv", ".md"):
            raise FormFault(
                f'"{path.name}" is not laid out as a form',
                remedy="its first column names the sheets survey, choices and settings",
            ) from None
        reason = "is protected with a password" if "encrypt" in str(error).lower() else "is damaged"
        raise FormFault(
            f'"{path.name}" cannot be read: it {reason}',
            remedy="open it in a spreadsheet and save a fresh copy",
        ) from None
    if not data.survey:
        what = "rows in its survey sheet" if data.survey_header else "sheet named survey"
        raise FormFault(f'"{path.name}" has no {what}', remedy="put the questions there, one a row")
    _refuse_sheets(data)
    try:
        return _tidy(data, path.stem), data
    except PyXFormError as error:
        raise fault_from(error) from None


def check_with_pyxform(data: DefinitionData, warnings: list[str]) -> None:
    """Have pyxform build the whole form. Raises FormFault with the place its message gives."""
    try:
        form = workbook_to_json(data, fallback_form_name=data.fallback_form_name, warnings=warnings)
        create_survey_element_from_dict(form).to_xml(validate=False, pretty_print=False, warnings=warnings)
    except PyXFormError as error:
        raise fault_from(error) from None
    except RecursionError:
        raise FormFault(
            "its groups stand too deep in one another", "survey", remedy="use fewer levels"
        ) from None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise FormFault(f"the form cannot be built ({type(error).__name__}: {error})", "survey") from None


def pyxform_says(path: Path) -> str:
    """What pyxform alone finds wrong with a form file, "" if it is content.

    It is shown the file as it stands but for Fieldwork's own column `trigger`. Raises FormFault for a file
    that is not safe to show it.
    """
    content = form_bytes(path)
    extension = path.suffix.lower()
    try:
        with quiet_warnings.catch_warnings():
            quiet_warnings.simplefilter("ignore", UserWarning)
            data = definition_to_dict(
                Definition(BytesIO(content), SupportedFileTypes(extension), path.stem), extension
            )
        _own_trigger_column(data)
        check_with_pyxform(data, [])
    except FormFault as fault:
        return fault.sentence
    except PyXFormError as error:
        return fault_from(error).sentence
    except Exception as error:  # the readers of damaged workbooks raise nearly anything
        return f"the file cannot be read ({type(error).__name__})."
    return ""


def fault_from(error: Exception | str) -> FormFault:
    """pyxform's message as a fault: its row, sheet and column taken out of the sentence."""
    message = " ".join(str(error).split())
    if aliased := _SAME_COLUMN.search(message):
        return FormFault(
            f'the columns "{aliased[2]}" and "{aliased[3]}" are two names of the same column',
            aliased[1],
            1,
            aliased[3],
            "rename or remove one of them",
        )
    row = _ROW.search(message)
    sheet = _SHEET.search(message)
    column = _COLUMN.search(message)
    # The place stands before the sentence already.
    text = (
        _PLACE.sub("", _ROW.sub("", message).split(" Learn more:")[0].split(" For XLSForms, ")[0])
        .strip()
        .rstrip(".")
    )
    return FormFault(
        text[:1].lower() + text[1:],
        sheet=(sheet[1] or sheet[2]) if sheet else ("survey" if row else ""),
        row=int(row[1]) if row else 0,
        column=column[1] if column else "",
    )


def _check_headings(headings: dict[str, list[str]]) -> None:
    faults = []
    for sheet, row in headings.items():
        if sheet.lower() not in SHEETS and len(headings) > 1:
            continue
        seen: set[str] = set()
        for heading in row:
            if heading and heading in seen:
                faults.append(
                    FormFault(
                        f'two columns are headed "{heading}"',
                        sheet.lower(),
                        1,
                        heading,
                        "rename or remove one of them",
                    )
                )
            seen.add(heading)
    if faults:
        raise in_sheet_order(faults)


def _refuse_sheets(data: DefinitionData) -> None:
    faults = [
        FormFault(
            f"{what} are not something Fieldwork can use",
            sheet,
            1,
            remedy="remove this sheet",
            unsupported=True,
        )
        for sheet, what in _REFUSED_SHEETS.items()
        if getattr(data, sheet)
    ]
    if faults:
        raise in_sheet_order(faults)


def _tidy(data: DefinitionData, stem: str) -> Sheets:
    """Headings in their one canonical spelling, languages and properties grouped, rows numbered."""
    for rows in (data.survey, data.choices, data.survey_header, data.choices_header):
        _unnamed_first(rows)
    settings: Row = {}
    if data.settings:
        settings = dealias_and_group_headers(
            "settings",
            data.settings,
            data.settings_header or [],
            aliases.settings_header,
            set(Survey.get_slot_names()),
        ).data[0]
    language = str(settings.get("default_language", "default"))
    survey, asked = _rows("survey", data.survey, data.survey_header, MultipleChoiceQuestion, language)
    choices, chosen = _rows("choices", data.choices, data.choices_header, Option, language)
    sheets = Sheets(
        survey=survey,
        choices=choices,
        settings=settings,
        raw_settings=dict(data.settings[0]) if data.settings else {},
        default_language=language,
        survey_headings=asked,
        choice_headings=chosen,
        names=tuple(data.sheet_names or ()),
        warnings=[
            f"settings, row {number}: left out, because only the first row of settings counts"
            for number, _row in enumerate((data.settings or [])[1:], start=3)
        ],
        stem=stem,
    )
    _own_trigger_column(data)
    _refuse_two_names(asked, language, "survey")
    _refuse_two_names(chosen, language, "choices")
    return sheets


def _rows(
    sheet: str, rows: Any, headings: Any, columns: Any, language: str
) -> tuple[Sequence[Row], Headings]:
    """The rows of a sheet, and its columns from left to right."""
    if not rows:
        return (), ()
    survey = sheet == "survey"
    tidy = dealias_and_group_headers(
        sheet,
        [{head: _masked(cell) for head, cell in row.items()} for row in rows],
        headings or [],
        aliases.survey_header if survey else aliases.list_header,
        set(columns.get_slot_names()),
        headers_required={"type"} if survey else {"name"},
        default_language=language,
        strip_whitespace=survey,
        add_row_number=True,
    )
    return [_unmasked(row) for row in tidy.data], tidy.headers


# pyxform makes curly quotes straight, as expressions need them, in wordings too; those stay as they were written.
_CURLY, _MASKS, _STRAIGHT = "\u2018\u2019\u201c\u201d", "\ufdd0\ufdd1\ufdd2\ufdd3", "''\"\""
_WORDINGS = frozenset(("label", "hint", "guidance_hint", "jr:constraintMsg", "jr:requiredMsg"))


def _masked(cell: Any) -> Any:
    return cell.translate(str.maketrans(_CURLY, _MASKS)) if isinstance(cell, str) else cell


def _unmasked(value: Any, wording: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _unmasked(held, wording or key in _WORDINGS) for key, held in value.items()}
    if isinstance(value, str):
        return value.translate(str.maketrans(_MASKS, _CURLY if wording else _STRAIGHT))
    return value


def _refuse_two_names(headings: Headings, language: str, sheet: str) -> None:
    """A plain `label` is in the default language, so `label::English` beside it would be dropped."""
    for heading in headings:
        if (*heading, language) in headings:
            named = "::".join((*heading, language))
            raise FormFault(
                f'the columns "{heading[-1]}" and "{named}" are two names of the same column',
                sheet,
                1,
                named,
                "rename or remove one of them",
            )


def _unnamed_first(rows: Any) -> None:
    # A plain `label` to the right of `label::Cymraeg` would push that one out, in pyxform and so here.
    for place, row in enumerate(rows or ()):
        if None in row:  # a cell under no heading: said elsewhere
            continue
        plain = {heading.strip().lower() for heading in row if ":" not in heading}
        last = {
            heading: ":" in heading and heading.partition(":")[0].strip().lower() in plain for heading in row
        }
        if any(last.values()):
            rows[place] = {heading: row[heading] for heading in sorted(row, key=last.__getitem__)}


def _own_trigger_column(data: DefinitionData) -> None:
    # XLSForm's `trigger` holds references; a list of answers there is Fieldwork's and unknown to pyxform.
    for row in data.survey or ():
        if "${" not in row.get("trigger", "${"):
            del row["trigger"]
