"""The choices sheet: lists of choices, with their scores and whatever other columns filters read."""

import math

from fieldwork.domain.question_set import Choice
from fieldwork.questions.cells import cell_text, extra_columns, wording
from fieldwork.questions.faults import FormFault
from fieldwork.questions.sheets import Row, Sheets
from fieldwork.questions.values import text_number

ChoiceLists = dict[str, list[Choice]]
_COLUMNS = frozenset({"__row", "list name", "name", "label", "score", "media"})


def read_choices(
    sheets: Sheets, languages: tuple[str, ...], faults: list[FormFault], warnings: list[str]
) -> ChoiceLists:
    """All choice lists by name; faults and warnings are added to the two lists given."""
    lists: ChoiceLists = {}
    for row in sheets.choices:
        if not set(row) - {"__row"}:
            continue
        number: int = row["__row"]
        list_name, code = cell_text(row.get("list name")), cell_text(row.get("name"))
        if not list_name:
            warnings.append(f"choices, row {number}: passed over, because it names no list")
            continue
        if not code:
            faults.append(
                FormFault("this choice has no name", "choices", number, "name", "give it a short code")
            )
            continue
        faults.extend(
            FormFault(
                f"{medium} beside a choice is not supported",
                "choices",
                number,
                medium,
                "remove it, or describe it in words",
                unsupported=True,
            )
            for medium in row.get("media", {})
        )
        lists.setdefault(list_name, []).append(
            Choice(
                code=code,
                label=wording(row.get("label"), languages, sheets.default_language),
                score=_score(row, faults),
                extra=extra_columns(row, _COLUMNS),
                row=number,
            )
        )
    return lists


def _score(row: Row, faults: list[FormFault]) -> float | None:
    text = cell_text(row.get("score"))
    if not text:
        return None
    score = text_number(text)
    if math.isfinite(score):
        return score
    faults.append(
        FormFault(
            f'the score "{text}" is not a number',
            "choices",
            row["__row"],
            "score",
            "write digits, such as 2, 1, 0 or 0.5, or leave the cell empty",
        )
    )
    return None
