"""Lists that people bring: the first row of a CSV file or of a workbook's first sheet names the columns."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from fieldwork.domain.faults import Fault

MAX_ROWS = 100_000
MOST_BYTES = 200_000_000
NAMED = 8  # places that one sentence names
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


@dataclass(frozen=True)
class Table:
    """A list as it was read. rows: the number of each in the file and its cells by column; empty rows left out.

    name: the file, and the sheet where there are sheets. content: its bytes.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    content: bytes

    def where(self, row: int, column: str = "") -> str:
        return f"{self.name}, row {row}" + (f", column {column}" if column else "")

    def refuse_errors(self, columns: Collection[str]) -> None:
        """Raises Fault when a spreadsheet's error stands where something is to be read."""
        for number, cells in self.rows:
            for column, cell in cells.items():
                if cell in _ERRORS and column in columns:
                    raise Fault(f"{self.where(number, column)}: the cell holds the error {cell}; mend it.")


def head(text: str) -> str:
    """A column's name as it is compared: neither case nor spaces or underlines tell two apart."""
    return "_".join(text.strip().lower().split())


def read_table(path: Path, needed: Sequence[str] = ("reference",)) -> Table:
    """Read a list from CSV (UTF-8) or XLSX.

    Raises Fault, with the sheet and the row, for what is no table, and for a column missing or named twice.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Fault(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB; bring a shorter list.")
        content = path.read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        name, lines = _of_workbook(path.name, content)
    else:
        name, lines = path.name, _of_text(path.name, content)
    return _table(name, lines, needed, content)


def csv_table(path: Path) -> list[list[str]]:
    """All rows of a UTF-8 file whose cells are parted by commas, semicolons or tabs. Raises Fault, with the row."""
    try:
        return _of_text(path.name, path.read_bytes())
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error


def _of_text(name: str, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(
            f"{name}, byte {error.start + 1}: not UTF-8 text; save it as CSV UTF-8 and try again."
        ) from error
    if "\x00" in text:
        raise Fault(f"{name} is not a CSV file; save it as CSV UTF-8 and try again.")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise Fault(f"{name}, row {reader.line_num}: {error}; check the quotation marks.") from error


def _delimiter(text: str) -> str:
    """The one among comma, semicolon and tab that the first row uses most."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _of_workbook(name: str, content: bytes) -> tuple[str, list[list[str]]]:
    from openpyxl import load_workbook

    from fieldwork.questions.files import check_workbook

    check_workbook(name, content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            for sheet in workbook.worksheets:
                sheet.reset_dimensions()
                lines = list(_lines(sheet.iter_rows(values_only=True)))
                if lines:
                    return f"{name}, sheet {sheet.title}", lines
        finally:
            workbook.close()
    except Fault:
        raise
    except Exception as error:  # whatever a reader of other people's workbooks stumbles over
        raise Fault(
            f"{name} is not a whole .xlsx workbook; open it in a spreadsheet and save it again."
        ) from error
    return name, []


def _lines(rows: Iterator[Sequence[object]]) -> Iterator[list[str]]:
    """Rows as text, those behind the last that says anything left out."""
    empty: list[list[str]] = []
    for number, row in enumerate(rows):
        cells = [_said(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield from empty
            empty = []
            yield cells
        elif number > 2 * MAX_ROWS:
            return
        else:
            empty.append(cells)


def _said(cell: object) -> str:
    """A cell as a person reads it: days as 2025-03-31, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def column_heads(name: str, table: Sequence[Sequence[str]], needed: Sequence[str]) -> list[str]:
    """The names in a table's first row, in small letters. Raises Fault for a missing or a doubled one."""
    if not table or not any(cell.strip() for cell in table[0]):
        raise Fault(f"{name} is empty; it needs a first row with column names.")
    heads = [head(cell) for cell in table[0]]
    twice = next((one for one in heads if one and heads.count(one) > 1), None)
    if twice:
        raise Fault(f"{name}, row 1: the column {twice} stands there twice; keep one and try again.")
    missing = [column for column in needed if column not in heads]
    if missing:
        raise Fault(
            f"{name}, row 1: there is no column {' and no column '.join(missing)}; add it and try again."
        )
    return heads


def _table(name: str, lines: list[list[str]], needed: Sequence[str], content: bytes) -> Table:
    heads = column_heads(name, lines, needed)
    if len(lines) - 1 > MAX_ROWS:
        raise Fault(f"{name} has {len(lines) - 1} rows, more than the {MAX_ROWS} a case list may have.")
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(heads):
            raise Fault(f"{name}, row {number}: {len(cells)} cells under {len(heads)} column names.")
        said = {one: cell.strip() for one, cell in zip(heads, cells, strict=False) if one}
        rows.append((number, said))
    return Table(name, tuple(one for one in heads if one), tuple(rows), content)


def listed(some: Sequence[object]) -> str:
    """Several in words: "3, 7 and 12", of many the first and how many more."""
    words = [str(one) for one in some]
    if len(words) > NAMED:
        words = [*words[:NAMED], f"{len(words) - NAMED} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def rows_said(rows: Sequence[int]) -> str:
    """ "row 3", "rows 3 and 7"."""
    return f"{'row' if len(rows) == 1 else 'rows'} {listed(rows)}"
