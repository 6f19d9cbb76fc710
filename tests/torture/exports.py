"""Promise 18: exports are safe to open. Nothing in a CSV or XLSX is a formula, and the text comes back as stated."""

import csv
import io
import re
from random import Random
from typing import Any
from unittest.mock import Mock, patch

import openpyxl
from openpyxl.utils.escape import unescape

from fieldwork.reports.document import Table
from fieldwork.reports.plain import clean_text
from fieldwork.reports.tables_csv import table_csv
from fieldwork.work import exporting, reporting

from . import Tally, tally

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n=",
    " =",
    "\t=",
    "\r+",
    "\ufeff=",
    "=-",
    "@@",
    "'=",
    '"=',
    "\u200b=",
)
RESTS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://127.0.0.1:9","x")',
    "SUM(A1:A9)",
    "x",
    "",
    '";=1',
    "a,b;c\td",
    "2",
    "A1",
)
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")


def run(rounds: int, seed: int) -> Tally:
    return tally(18, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Strings of every start and rest, alone in a table and as names in the exports of an inspection."""
    rng = Random(seed)
    cells = [start + rest for start in STARTS for rest in RESTS]
    while len(cells) < rounds:
        cells.append("".join(rng.choice((*STARTS, *RESTS, "word", " ")) for _ in range(rng.randrange(1, 5))))
    found: dict[str, Any] = {"seed": seed, "cells": 0, "formulas": 0, "altered": 0, "examples": []}
    read = _csv(table_csv(Table("names", ("name",), tuple((cell,) for cell in cells))))[1:]
    for cell, row in zip(cells, read, strict=True):
        _judge(found, cell, row[0] if row else "", "CSV")
    _exports(found, cells[: len(STARTS) * len(RESTS)])
    found["held"] = not found["formulas"] and not found["altered"]
    return found


def _csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _judge(found: dict[str, Any], cell: str, came: str, where: str) -> None:
    """A cell of a CSV: no formula, and the text, with an apostrophe before it where that was needed."""
    found["cells"] += 1
    if came.lstrip().startswith(("=", "+", "-", "@")) and not _NUMBER.fullmatch(came):
        found["formulas"] += 1
        found["examples"].append(f"{where}: {cell!r} became {came!r}")
    if came not in (clean_text(cell), "'" + clean_text(cell), clean_text("'" + cell)):
        found["altered"] += 1
        found["examples"].append(f"{where}: {cell!r} became {came!r}")


def _exports(found: dict[str, Any], names: list[str]) -> None:
    """Results, files and codebook whose groups and questions are called so, as CSV and as a workbook."""
    rows = (("group", "question", "words", "kind"), [(name,) * 4 for name in names])
    nobody: Any = None
    with patch.object(reporting, "results"), patch.object(reporting, "result_rows", return_value=rows):
        for name, row in zip(names, _csv(reporting.results_csv(nobody))[1:], strict=True):
            for cell in row:
                _judge(found, name, cell, "results as CSV")
    of_it = {"results": [], "figures_digest": "", "last_change": 0}
    sheets = dict.fromkeys(("result_rows", "file_rows", "codebook_rows"), rows)
    with patch.multiple(exporting, **{n: Mock(return_value=v) for n, v in (of_it | sheets).items()}):
        book = openpyxl.load_workbook(io.BytesIO(exporting._xlsx(nobody, "")))
    assert len(book.worksheets) == len(sheets)
    together = [row for sheet in book.worksheets for row in sheet.iter_rows(min_row=2)]
    for name, cells in zip(names * len(sheets), together, strict=True):
        for cell in cells:
            found["cells"] += 1
            if cell.data_type == "f":
                found["formulas"] += 1
                found["examples"].append(f"XLSX: {cell.value!r}")
            elif unescape(cell.value or "").replace("\r", "\n") != name.replace("\r", "\n"):
                found["altered"] += 1
                found["examples"].append(f"XLSX: {name!r} became {cell.value!r}")
