"""The evidence leaves as plain files: the dump as JSON, results and files as CSV or XLSX."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.store.activity import log
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import canonical, dump, last_change
from fieldwork.store.workspace import Workspace
from fieldwork.work.reporting import results_csv
from fieldwork.work.result_tables import codebook_rows, figures_digest, file_rows
from fieldwork.work.results import of_section, result_rows, results

NUMBER_KINDS = ("integer", "decimal")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]*)?|-?\.[0-9]+")
Sheet = tuple[str, tuple[Sequence[str], Sequence[Sequence[str]]], Collection[int]]
MOST_OF_A_CELL: Final = 16_000
"""Characters kept of a text that is longer than a cell of a workbook can be."""


def write_dump(workspace: Workspace, to: Path) -> None:
    """The whole state as canonical JSON."""
    _write(workspace, to, canonical(dump(workspace)).encode())


def write_results(
    workspace: Workspace, to: Path, *, by: str = "", visit: Id | None = None, section: str = ""
) -> None:
    """Question results, as CSV or XLSX by the ending of the name; of one visit, or of one section, where named."""
    if to.suffix.lower() == ".xlsx":
        _write(workspace, to, _xlsx(workspace, by, visit, section))
    elif to.suffix.lower() == ".csv":
        _write(workspace, to, results_csv(workspace, visit=visit, by=by, section=section))
    else:
        raise Fault(f"{to.name}: results are written as .csv or .xlsx.")


def write_files(workspace: Workspace, to: Path) -> None:
    """A row for each file that is counted, as CSV: UTF-8 with a byte order mark, nothing in it a formula."""
    from fieldwork.reports.tables_csv import safe_cell

    heads, rows = file_rows(workspace)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in (heads, *rows))
    _write(workspace, to, out.getvalue().encode("utf-8-sig"))


def write_workbook(workspace: Workspace, to: Path) -> None:
    """Results, files and codebook, a sheet each."""
    _write(workspace, to, _xlsx(workspace))


def _write(workspace: Workspace, to: Path, data: bytes) -> None:
    write_out(to, data, "export", (b"{", b"\xef\xbb\xbf", b"PK\x03\x04"))
    log(workspace, "export", to.name)


def _xlsx(workspace: Workspace, by: str = "", visit: Id | None = None, section: str = "") -> bytes:
    """Three sheets: results, files, codebook. Cells are written as text or numbers, never as formulas."""
    some = of_section(results(workspace, by=by, visit=visit), section)
    codebook, files = codebook_rows(workspace, visit, section), file_rows(workspace, visit, section)
    figures = {row[0] for row in codebook[1] if row[3] in NUMBER_KINDS} | {"examinations"}
    sheets: list[Sheet] = [
        ("results", result_rows(some), range(5, 19)),
        ("files", files, [place for place, head in enumerate(files[0]) if head in figures]),
        ("codebook", codebook, (6,)),
    ]
    return workbook(last_change(workspace), f"Figures SHA-256 {figures_digest(some)}", sheets)


def workbook(when: int, comment: str, sheets: Sequence[Sheet]) -> bytes:
    """A workbook made at `when` (ms): of each sheet its name, heads and rows, and which columns hold numbers."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        made = datetime.fromtimestamp(when / 1000, UTC).replace(tzinfo=None)
        book.set_properties({"comments": comment, "created": made})
        bold = book.add_format({"bold": True})
        for name, (heads, rows), numbers in sheets:
            _sheet(book.add_worksheet(name), heads, rows, numbers, bold)
    return out.getvalue()


def _sheet(
    sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int], bold: Any
) -> None:
    """numbers: the columns whose figures are numbers; all else is text, whatever it looks like."""
    sheet.write_row(0, 0, heads, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell and column in numbers and _NUMBER.fullmatch(cell):
                sheet.write_number(number, column, float(cell))
            elif cell and sheet.write_string(number, column, cell) == -2:
                cut = f"{cell[:MOST_OF_A_CELL]} (cut here: the whole text stands in the CSV)"
                sheet.write_string(number, column, cut)
