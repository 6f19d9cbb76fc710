"""A table as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
import re

from fieldwork.reports.document import Report, Table, tables
from fieldwork.reports.plain import clean_text, file_stem, one_line

_FORMULA_SIGNS = ("=", "+", "-", "@")
_TRIMMED_AWAY = ("\t", "\r")  # a spreadsheet drops them and then reads what follows afresh
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")


def neutralise(cell: str) -> str:
    """`cell` with an apostrophe before it when a spreadsheet could take it for a formula.

    White space before the sign does not hide it. A real number such as -4, +1.5 or -12% stays a number.
    """
    bare = cell.lstrip()
    suspect = bare.startswith(_FORMULA_SIGNS) or cell.startswith(_TRIMMED_AWAY)
    return "'" + cell if suspect and not _NUMBER.fullmatch(cell) else cell


def safe_cell(text: str) -> str:
    return clean_text(neutralise(text))


def table_csv(table: Table) -> bytes:
    """The table's head and rows as CSV: UTF-8 with a byte order mark, lines ended by CR LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(cell) for cell in table.head])
    writer.writerows([safe_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def report_csvs(report: Report) -> list[tuple[str, str, bytes]]:
    """(file name, caption, bytes) of every table of the report, in its order, under names that sort so."""
    return [
        (
            f"table-{number:02}-{file_stem(table.caption, 'table')}.csv",
            one_line(table.caption),
            table_csv(table),
        )
        for number, table in enumerate(tables(report), start=1)
    ]
