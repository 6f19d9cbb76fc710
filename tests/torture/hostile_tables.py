"""Workbooks and text tables made to harm, as a question set or a case list may be handed over."""

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from random import Random

import openpyxl

from .hostile_mutations import spoilt_bytes

SHEET = "xl/worksheets/sheet1.xml"
_LAUGHS = "".join(
    f'<!ENTITY {name} "{9 * f"&{of};"}">' for of, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BILLION = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">{_LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
DTD = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


@cache
def good_workbook() -> bytes:
    """A small form that is read without complaint."""
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    for row in (("type", "name", "label"), ("text", "a1", "Why?"), ("select_one yn", "a2", "Was it so?")):
        survey.append(row)
    choices = book.create_sheet("choices")
    for row in (("list_name", "name", "label"), ("yn", "y", "Yes"), ("yn", "n", "No")):
        choices.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(workbook: bytes, changed: dict[str, bytes], store: bool = False) -> bytes:
    """The workbook with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old:
        parts = {name: old.read(name) for name in old.namelist()} | changed
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if store else zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def part(workbook: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name).decode()


def crafted() -> Iterator[tuple[str, str, bytes, bool]]:
    """Name, ending, bytes, and whether it must be refused (else it may be read, as what it says)."""
    good = good_workbook()
    sheet = part(good, SHEET)
    head = sheet.index("<worksheet")
    yield "a good one", ".xlsx", good, False
    for name, markup in (
        ("billion laughs", BILLION),
        ("file from outside", OUTSIDE),
        ("dtd from outside", DTD),
    ):
        yield name, ".xlsx", with_parts(good, {SHEET: (markup + sheet[head:]).encode()}), True
        shared = (
            markup + '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
        ).encode()
        yield f"{name} in strings", ".xlsx", with_parts(good, {"xl/sharedStrings.xml": shared}), True
        rels = (markup + part(good, "_rels/.rels").split("?>", 1)[-1]).encode()
        yield f"{name} in relations", ".xlsx", with_parts(good, {"_rels/.rels": rels}), True
        wide = (markup + sheet[head:]).encode("utf-16")
        yield f"{name} in UTF-16", ".xlsx", with_parts(good, {SHEET: wide}), True
    yield "zip bomb", ".xlsx", with_parts(good, {SHEET: sheet.encode() + b" " * 150_000_000}), True
    yield "bomb beside", ".xlsx", with_parts(good, {"xl/media/x.bin": bytes(150_000_000)}), True
    many = {f"xl/media/{number}": b"" for number in range(10_001)}
    yield "ten thousand parts", ".xlsx", with_parts(good, many), True
    yield "deep markup", ".xlsx", with_parts(good, {SHEET: (sheet[:head] + "<a>" * 50_000).encode()}), True
    far = sheet.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    yield "a cell at the far end", ".xlsx", with_parts(good, {SHEET: far.encode()}), False
    beyond = sheet.replace(
        "</sheetData>", '<row r="99999999999"><c r="ZZZZZZ9"><v>1</v></c></row></sheetData>'
    )
    yield "a cell beyond the end", ".xlsx", with_parts(good, {SHEET: beyond.encode()}), True
    dimension = sheet.replace('<dimension ref="A1:C3"', '<dimension ref="A1:XFD1048576"')
    yield "a huge dimension", ".xlsx", with_parts(good, {SHEET: dimension.encode()}), False
    wide = sheet.replace(
        "</row>", "".join(f'<c t="inlineStr"><is><t>x{n}</t></is></c>' for n in range(20_000)) + "</row>", 1
    )
    yield "twenty thousand columns", ".xlsx", with_parts(good, {SHEET: wide.encode()}), False
    for name in ("../../outside.xml", "/outside.xml", "..\\..\\outside.xml", "xl/../../outside.xml"):
        yield f"a part named {name}", ".xlsx", with_parts(good, {name: b"<x/>"}), False
    formula = sheet.replace("<v>", '<f>HYPERLINK("http://127.0.0.1:9")</f><v>', 1)
    yield "a formula", ".xlsx", with_parts(good, {SHEET: formula.encode()}), False
    yield "macros", ".xlsx", with_parts(good, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(500)}), False
    link = {
        "xl/externalLinks/externalLink1.xml": b'<externalLink><x href="http://127.0.0.1:9"/></externalLink>'
    }
    yield "links to outside", ".xlsx", with_parts(good, link), False
    yield "no sheets", ".xlsx", with_parts(good, {"xl/workbook.xml": b"<workbook/>"}), True
    yield "not a workbook", ".xlsx", b"PK\x05\x06" + bytes(18), True
    yield "an old one under a new name", ".xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000), True
    locked = (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )
    yield "with a password", ".xlsx", locked, True
    yield "an old one that is none", ".xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 4000, True
    yield "a new one under an old name", ".xls", good, True
    table = b"survey,,,\n,type,name,label\n,text,a1,Why?\n"
    yield "a good csv", ".csv", table, False
    yield "nul bytes", ".csv", table.replace(b"Why", b"\0"), True
    yield "other bytes", ".csv", table + b"\xff\xfe", True
    yield "one endless line", ".csv", b"survey," + b"a," * 2_000_000, True
    yield "one endless cell", ".csv", table + b',text,a2,"' + b"x" * 5_000_000, True
    yield "one endless quotation", ".csv", b'"' * 1_000_001, True
    yield "half a million rows", ".csv", b"survey,,,\n,type,name,label\n" + b",,,\n" * 500_000, True
    yield (
        "a table in markdown",
        ".md",
        b"| survey |\n| | type | name | label |\n| | text | a1 | Why? |\n",
        False,
    )
    yield "bars only", ".md", b"|" * 1_000_000, True
    deep = "(" * 3000 + "1" + ")" * 3000
    nested = f"survey,,,,\n,type,name,label,relevant\n,text,a1,Why?,{deep}\n"
    yield "brackets in brackets", ".csv", nested.encode(), False
    long = " or ".join(["1"] * 20_000)
    yield (
        "a long condition",
        ".csv",
        f"survey,,,,\n,type,name,label,relevant\n,text,a1,W?,{long}\n".encode(),
        False,
    )
    slow = "regex(., '(a+)+$')"
    yield (
        "a slow pattern",
        ".csv",
        f'survey,,,,\n,type,name,label,constraint\n,text,a1,W?,"{slow}"\n'.encode(),
        False,
    )
    circle = (
        "survey,,,,\n,type,name,label,calculation\n,calculate,a,A,${b}\n,calculate,b,B,${a}\n,text,c,C?,\n"
    )
    yield "a circle", ".csv", circle.encode(), True


def spoilt(rng: Random) -> tuple[str, bytes]:
    """A form with faults anywhere: in the archive, inside one of its parts, or in a text table."""
    good = good_workbook()
    match rng.randrange(4):
        case 0:
            return ".xlsx", spoilt_bytes(good, rng)
        case 1:
            name = rng.choice(
                (SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels")
            )
            return ".xlsx", with_parts(good, {name: spoilt_bytes(part(good, name).encode(), rng)})
        case 2:
            table = b"survey,,,\n,type,name,label\n,text,a1,Why?\n,select_one yn,a2,So?\n"
            return ".csv", spoilt_bytes(table + b"choices,,,\n,list_name,name,label\n,yn,y,Y\n", rng)
        case _:
            return ".md", spoilt_bytes(
                b"| survey |\n| | type | name | label |\n| | text | a1 | Why? |\n", rng
            )


def case_lists() -> Iterator[tuple[str, bytes, bool]]:
    """Case lists: name, bytes, and whether they must be refused."""
    good = b"reference,stratum\nA-1,volume\n"
    yield "a good one", good, False
    yield "nul bytes", good + b"A-\x00,x\n", True
    yield "UTF-16", good.decode().encode("utf-16"), True
    yield "a workbook", good_workbook(), True
    yield "nothing", b"", True
    yield "no columns", b"\n\n\n", True
    yield "an open quotation", good + b'"A-2,volume\n', True
    yield "an endless cell", good + b"A-2," + b"x" * 400_000 + b"\n", True
    yield "too many rows", b"reference,stratum\n" + b"".join(b"A-%d,v\n" % n for n in range(100_002)), True
    yield "too many cells", good + b"A-2,volume" + b"," * 100_000 + b"\n", True
    yield "one reference twice", good + b"A-1,volume\n", True
    yield "a column twice", b"reference,reference,stratum\nA-1,A-2,v\n", True
    yield "formulas", good + b'"=HYPERLINK(""http://127.0.0.1:9"")",@SUM(1)\n', False
    yield "control characters", good + b"A-2\x1b[31m,vol\x07ume\n", False
    yield "a name from outside", good + b"../../outside,/etc/passwd\n", False
