"""The evidence leaves as plain files: the dump as JSON, results as CSV or XLSX."""

import io
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.store.activity import log
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import canonical, dump
from fieldwork.store.workspace import Workspace
from fieldwork.work.reporting import results_csv
from fieldwork.work.results import result_rows, results


def write_dump(workspace: Workspace, to: Path) -> None:
    """The whole state as canonical JSON."""
    _write(workspace, to, canonical(dump(workspace)).encode())


def write_results(workspace: Workspace, to: Path, *, by: str = "") -> None:
    """Question results, as CSV or XLSX by the ending of the name."""
    if to.suffix.lower() == ".xlsx":
        _write(workspace, to, _xlsx(workspace, by))
    elif to.suffix.lower() == ".csv":
        _write(workspace, to, results_csv(workspace, by=by))
    else:
        raise Fault(f"{to.name}: results are written as .csv or .xlsx.")


def _write(workspace: Workspace, to: Path, data: bytes) -> None:
    write_out(to, data, "export", (b"{", b"\xef\xbb\xbf", b"PK\x03\x04"))
    log(workspace, "export", to.name)


def _xlsx(workspace: Workspace, by: str) -> bytes:
    """Cells are written as text or numbers, never as formulas."""
    import xlsxwriter

    heads, rows = result_rows(results(workspace, by=by))
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("results")
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, heads, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell and column > 4 and cell.replace(".", "", 1).isdigit():
                    sheet.write_number(number, column, float(cell))
                else:
                    sheet.write_string(number, column, cell)
    return out.getvalue()
