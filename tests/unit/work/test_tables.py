"""Case lists as people bring them: CSV of several kinds and workbooks, and what is wrong with them by place."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from fieldwork.domain.faults import Fault
from fieldwork.work.files import read_case_list
from fieldwork.work.tables import listed, read_table


def workbook(path, *rows, title="Cases", first=()):
    book = Workbook()
    sheet = book.active
    if first is not None:
        sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def said(path, text, encoding="utf-8"):
    path.write_text(text, encoding)
    return path


def test_a_workbook_reads_like_the_csv_of_it(tmp_path):
    head = ["Reference", "Stratum", "Has victim", "charged", "Notes"]
    book = workbook(
        tmp_path / "cases.xlsx",
        head,
        [1001, "RASSO", True, datetime(2025, 3, 31), "x"],
        [],
        [1002.0, " Volume ", "n", date(2025, 4, 1), None],
    )
    listing = said(
        tmp_path / "cases.csv",
        "Reference;Stratum;Has victim;charged;Notes\n1001;RASSO;Y;2025-03-31;x\n;;;;\n1002;Volume;n;2025-04-01;\n",
        "utf-8-sig",
    )
    assert read_case_list(book) == read_case_list(listing)
    assert [row["reference"] for row in read_case_list(book).rows] == ["1001", "1002"]
    assert read_case_list(book).left_out == ("notes",)
    assert [number for number, _ in read_table(book).rows] == [2, 4]
    assert read_table(book).name == "cases.xlsx, sheet Cases"


def test_what_is_wrong_in_a_workbook_is_named_by_sheet_row_and_column(tmp_path):
    book = workbook(tmp_path / "c.xlsx", ["reference", "stratum"], ["A-1", "x"], ["A-2", None])
    with pytest.raises(Fault, match=r"^c\.xlsx, sheet Cases, row 3, column stratum: it is empty"):
        read_case_list(book)
    book = workbook(tmp_path / "c.xlsx", ["reference", "stratum"], ["A-1", "#N/A"])
    with pytest.raises(Fault, match=r"row 2, column stratum: the cell holds the error #N/A"):
        read_case_list(book)
    with pytest.raises(Fault, match=r"c\.xlsx is empty; it needs a first row"):
        read_case_list(workbook(tmp_path / "c.xlsx"))


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:200], lambda data: b"PK\x03\x04" + data[99:], bytes.swapcase]
)
def test_what_is_no_workbook_is_refused_with_a_sentence(tmp_path, spoil):
    book = workbook(tmp_path / "c.xlsx", ["reference", "stratum"], ["A-1", "x"])
    book.write_bytes(spoil(book.read_bytes()))
    with pytest.raises(Fault, match=r"c\.xlsx.*workbook"):
        read_case_list(book)


def test_a_workbook_with_entities_is_not_opened(tmp_path):
    book = workbook(tmp_path / "c.xlsx", ["reference", "stratum"], ["A-1", "x"])
    made = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.namelist():
            text = old.read(member)
            if member.endswith("sheet2.xml"):
                text = b'<!DOCTYPE a [<!ENTITY b "c">]>' + text.split(b"?>")[-1]
            new.writestr(member, text)
    book.write_bytes(made.getvalue())
    with pytest.raises(Fault, match="document type declaration"):
        read_case_list(book)


def test_several_places_in_words():
    assert listed([3]) == "3" and listed([3, 7]) == "3 and 7"
    assert listed(range(1, 12)) == "1, 2, 3, 4, 5, 6, 7, 8 and 3 more"
