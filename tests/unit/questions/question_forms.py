"""Small forms for the tests, written as Markdown tables."""

from datetime import datetime
from pathlib import Path

from fieldwork.questions.faults import FormFault
from fieldwork.questions.reading import read_form

NOW = datetime(2025, 7, 31, 14, 5)


def markdown(survey: str, choices: str = "", settings: str = "") -> str:
    """A form from rows of cells, one row a line, the first line the headings."""
    lines = []
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        cells = [line.strip() for line in rows.strip().splitlines()]
        if cells:
            lines.append(f"| {name} |")
            lines += [f"| | {row} |" for row in cells]
    return "\n".join(lines)


def form(folder: Path, survey: str, choices: str = "", settings: str = ""):
    """The question set of a small form."""
    path = folder / "form.md"
    path.write_text(markdown(survey, choices, settings), encoding="utf-8")
    return read_form(path)


def faults(folder: Path, survey: str, choices: str = "", settings: str = "") -> tuple[FormFault, ...]:
    """All faults of a small form that must have some."""
    try:
        form(folder, survey, choices, settings)
    except FormFault as fault:
        return fault.all
    raise AssertionError("the form was read")
