"""Tables as CSV: the words come back, and nothing in them runs in a spreadsheet."""

import csv
import io

import pytest
from report_samples import NAMES, NAUGHTY, hostile_report, visit_summary

from fieldwork.reports.document import Table, tables
from fieldwork.reports.plain import clean_text
from fieldwork.reports.tables_csv import neutralise, report_csvs, table_csv


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        " =1",
        "\n+x",
        "-",
        "--1",
        "+44 20 7946",
    ],
)
def test_formulas_are_neutralised(cell):
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-4", "+1.5", "-12%", "-1,234.5", "12", "a=b", "", "CF0001", "3† (50.0%)"])
def test_numbers_and_words_stay(cell):
    assert neutralise(cell) == cell


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_no_cell_of_a_hostile_table_is_a_formula_and_all_text_comes_back():
    strings = (*NAUGHTY, *NAMES, "\t=1+1", "\r=1+1", " @x", "-7")
    table = Table("t", ("a", "b"), tuple((text, text) for text in strings))
    rows = read(table_csv(table))[1:]
    for (cell, _), text in zip(rows, strings, strict=True):
        assert cell == "-7" or not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert cell.removeprefix("'").strip() == clean_text(text).strip()


def test_every_table_of_a_report_has_its_file():
    for report in (visit_summary(), hostile_report()):
        files = report_csvs(report)
        assert len(files) == len(list(tables(report)))
        assert len({name for name, _, _ in files}) == len(files)
        assert all(name.isascii() and "/" not in name and name.endswith(".csv") for name, _, _ in files)
    first, _, _ = report_csvs(visit_summary())[0]
    assert first == "table-01-sessions-held-against-planned.csv"
