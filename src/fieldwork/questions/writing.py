"""Question sets out: an XLSForm workbook that pyxform accepts and that reads back as the same set."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import (
    CHOICE_KINDS,
    UNNAMED_LANGUAGE,
    Choice,
    Group,
    Question,
    QuestionSet,
    Wording,
)

Cells = dict[str, str | float]
"""One row of a sheet: heading to cell."""

_WIDTHS = {"label": 60, "hint": 40, "guidance_hint": 60, "relevant": 45, "constraint": 40, "type": 22}
_PLAIN_WIDTH = 16
_LONGEST_CELL = 32_767
_SURVEY_ORDER = (
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "choice_filter",
    "repeat_count",
    "default",
    "appearance",
    "read_only",
    "header",
    "lead",
    "section",
    "trigger_answers",
)
_CHOICES_ORDER = ("list_name", "name", "label", "score")


def write_form(question_set: QuestionSet, path: Path | str) -> None:
    """Write the set as an XLSForm workbook (.xlsx) with the sheets survey, choices and settings.

    The same set gives the same bytes. Raises OSError if the file cannot be written, Fault if a text is longer
    than a cell can hold; then nothing is written.
    """
    _write(question_set, str(path))


def workbook_bytes(question_set: QuestionSet) -> bytes:
    """As `write_form`, without a file."""
    out = BytesIO()
    _write(question_set, out)
    return out.getvalue()


def _write(question_set: QuestionSet, out: str | BinaryIO) -> None:
    sheets = {
        "survey": (_survey_rows(question_set), _SURVEY_ORDER),
        "choices": (_choice_rows(question_set), _CHOICES_ORDER),
        "settings": ([_settings(question_set)], ("form_title", "form_id", "version")),
    }
    for name, (rows, _order) in sheets.items():
        _refuse_long_cells(name, rows)
    workbook = xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    # A fixed date: two writings of one set must not differ.
    workbook.set_properties({"title": question_set.title, "created": datetime(2000, 1, 1)})
    for name, (rows, order) in sheets.items():
        _write_sheet(workbook, name, rows, order, question_set)
    workbook.close()


def _refuse_long_cells(sheet: str, rows: list[Cells]) -> None:
    for row in rows:
        for heading, cell in row.items():
            if isinstance(cell, str) and len(cell) > _LONGEST_CELL:
                named = f' of "{row["name"]}"' if "name" in row else ""
                raise Fault(
                    f"The {heading}{named} on the sheet {sheet} has {len(cell)} characters, more than the "
                    f"{_LONGEST_CELL} a cell can hold; shorten it."
                )


def _settings(question_set: QuestionSet) -> Cells:
    cells: Cells = {"form_title": question_set.title, "form_id": question_set.form_id}
    if question_set.version:
        cells["version"] = question_set.version
    if question_set.default_language != UNNAMED_LANGUAGE:
        cells["default_language"] = question_set.default_language
    cells.update(question_set.settings)
    if _repeated_choices(question_set):
        cells["allow_choice_duplicates"] = "yes"
    return cells


def _repeated_choices(question_set: QuestionSet) -> bool:
    return any(
        len({choice.code for choice in question.choices}) < len(question.choices)
        for question in (*question_set.headers, *question_set.questions)
    )


def _survey_rows(question_set: QuestionSet) -> list[Cells]:
    """Header fields, then the questions with their groups opened and closed around them."""
    groups = {group.code: group for group in question_set.groups}
    rows = [{**_question_cells(question), "header": "yes"} for question in question_set.headers]
    open_codes: list[str] = []

    def close_to(depth: int) -> None:
        while len(open_codes) > depth:
            group = groups[open_codes.pop()]
            rows.append({"type": "end repeat" if group.repeats else "end group"})

    for question in question_set.questions:
        shared = 0
        while (
            shared < min(len(open_codes), len(question.groups))
            and open_codes[shared] == question.groups[shared]
        ):
            shared += 1
        close_to(shared)
        for code in question.groups[shared:]:
            rows.append(_group_cells(groups[code]))
            open_codes.append(code)
        rows.append(_question_cells(question))
    close_to(0)
    return rows


def _group_cells(group: Group) -> Cells:
    return _filled(
        {
            "type": "begin repeat" if group.repeats else "begin group",
            "name": group.code,
            **_texts("label", group.label),
            **_texts("hint", group.hint),
            **_texts("guidance_hint", group.guidance),
            "relevant": group.relevant,
            "appearance": group.appearance,
            "repeat_count": group.repeat_count,
            **dict(group.extra),
        }
    )


def _question_cells(question: Question) -> Cells:
    type_cell = f"{question.kind} {question.list_name}" if question.kind in CHOICE_KINDS else question.kind
    top = question.groups[0] if question.groups else ""
    return _filled(
        {
            "type": type_cell,
            "name": question.code,
            **_texts("label", question.label),
            **_texts("hint", question.hint),
            **_texts("guidance_hint", question.guidance),
            "required": "yes" if question.required == "true()" else question.required,
            **_texts("required_message", question.required_message),
            "relevant": question.relevant,
            "constraint": question.constraint,
            **_texts("constraint_message", question.constraint_message),
            "calculation": question.calculation,
            "choice_filter": question.choice_filter,
            "default": question.default,
            "appearance": question.appearance,
            "read_only": "yes" if question.read_only == "true()" else question.read_only,
            "lead": question.lead if question.answerable else "" if question.lead == "J" else question.lead,
            "section": "" if question.section == top else question.section,
            "trigger_answers": " ".join(question.trigger),
            **dict(question.extra),
        }
    )


def _choice_rows(question_set: QuestionSet) -> list[Cells]:
    lists: dict[str, tuple[Choice, ...]] = {}
    for question in (*question_set.headers, *question_set.questions):
        if question.list_name:
            lists.setdefault(question.list_name, question.choices)
    return [_choice_cells(list_name, choice) for list_name, choices in lists.items() for choice in choices]


def _choice_cells(list_name: str, choice: Choice) -> Cells:
    cells = _filled(
        {"list_name": list_name, "name": choice.code, **_texts("label", choice.label), **dict(choice.extra)}
    )
    if choice.score is not None:
        cells["score"] = choice.score
    return cells


def _texts(heading: str, wording: Wording) -> dict[str, str]:
    return {
        heading if language == UNNAMED_LANGUAGE else f"{heading}::{language}": text
        for language, text in wording.by_language
    }


def _filled(cells: Mapping[str, str]) -> Cells:
    return {heading: text for heading, text in cells.items() if text != ""}


def _headings(rows: Iterable[Cells], order: tuple[str, ...], question_set: QuestionSet) -> list[str]:
    """All headings in use: the known ones in their order and by language, then the further ones by name."""
    used = {heading for row in rows for heading in row}
    known = []
    for heading in order:
        known.append(heading)
        known.extend(f"{heading}::{language}" for language in question_set.languages)
    return [heading for heading in known if heading in used] + sorted(used - set(known))


def _write_sheet(
    workbook: Any, name: str, rows: list[Cells], order: tuple[str, ...], question_set: QuestionSet
) -> None:
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    headings = _headings(rows, order, question_set) or [*order[:3]]
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, _WIDTHS.get(heading.split("::")[0], _PLAIN_WIDTH), wrapped)
        sheet.write_string(0, column, heading, bold)
    for row_number, row in enumerate(rows, start=1):
        for column, heading in enumerate(headings):
            if heading not in row:
                continue
            cell = row[heading]
            if isinstance(cell, str):
                sheet.write_string(row_number, column, cell)
            else:
                sheet.write_number(row_number, column, cell)
    sheet.freeze_panes(1, 2 if name != "settings" else 0)
