"""Tables that people bring as CSV files: read whole, or refused by row."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from fieldwork.domain.faults import Fault


def csv_table(path: Path) -> list[list[str]]:
    """All rows of a UTF-8 file whose cells are parted by commas, semicolons or tabs. Raises Fault, with the row."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(
            f"{path.name}, byte {error.start + 1}: not UTF-8 text; save it as CSV UTF-8 and try again."
        ) from error
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error
    if "\x00" in text:
        raise Fault(f"{path.name} is not a CSV file; save it as CSV UTF-8 and try again.")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise Fault(f"{path.name}, row {reader.line_num}: {error}; check the quotation marks.") from error


def _delimiter(text: str) -> str:
    """The one among comma, semicolon and tab that the first row uses most."""
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def column_heads(name: str, table: Sequence[Sequence[str]], needed: Sequence[str]) -> list[str]:
    """The names in a table's first row, in small letters. Raises Fault for a missing or a doubled one."""
    if not table or not any(cell.strip() for cell in table[0]):
        raise Fault(f"{name} is empty; it needs a first row with column names.")
    heads = [cell.strip().lower().replace(" ", "_") for cell in table[0]]
    twice = next((head for head in heads if head and heads.count(head) > 1), None)
    if twice:
        raise Fault(f"{name}, row 1: the column {twice} stands there twice; keep one and try again.")
    missing = [column for column in needed if column not in heads]
    if missing:
        raise Fault(
            f"{name}, row 1: there is no column {' and no column '.join(missing)}; add it and try again."
        )
    return heads
