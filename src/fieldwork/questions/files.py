"""Opening a form file with suspicion: what it is, and whether it is safe to hand to the reader."""

import csv
import io
import struct
import zipfile
import zlib
from pathlib import Path

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from fieldwork.questions.faults import FormFault

EXTENSIONS = (".xlsx", ".xls", ".csv", ".md")
MOST_MEMBERS = 10_000
MOST_BYTES = 200_000_000
MOST_RATIO = 100
MOST_COLUMNS = 10_000
MOST_ROWS = 100_000
_SMALL_MEMBER = 100_000
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What opening a damaged archive raises."""
_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def form_bytes(path: Path) -> bytes:
    """The content of a form file, checked; text forms as UTF-8 without a mark. Raises FormFault."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise FormFault(
            f'"{path.name}" is not a form Fieldwork can read',
            remedy="save it as .xlsx, .xls, .csv or .md (a Markdown table)",
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FormFault(f'"{path.name}" is larger than {MOST_BYTES // 1_000_000} MB')
        content = path.read_bytes()
    except OSError as error:
        raise FormFault(f'"{path.name}" cannot be opened ({error.strerror})') from None
    if not content.strip():
        raise FormFault(f'"{path.name}" is empty', remedy="a form needs a sheet named survey")
    if extension == ".xlsx":
        check_workbook(path.name, content)
    elif extension == ".xls":
        _check_old_workbook(path.name, content)
    else:
        return _checked_text(path.name, content)
    return content


def _encrypted(name: str) -> FormFault:
    return FormFault(f'"{name}" is protected with a password', remedy="save a copy without one")


def _damaged(name: str, extension: str) -> FormFault:
    return FormFault(
        f'"{name}" is not a whole {extension} workbook', remedy="open it in a spreadsheet and save it again"
    )


def _check_old_workbook(name: str, content: bytes) -> None:
    if not content.startswith(_COMPOUND_FILE):
        raise _damaged(name, ".xls")


def check_workbook(name: str, content: bytes) -> None:
    if content.startswith(_COMPOUND_FILE):
        raise _encrypted(name) if _ENCRYPTED_STREAM in content else _damaged(name, ".xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(name, archive)
            _check_markup(name, archive)
    except _DAMAGE:
        raise _damaged(name, ".xlsx") from None


def _check_sizes(name: str, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise FormFault(f'"{name}" holds {len(members)} parts, more than the {MOST_MEMBERS} a workbook may')
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise FormFault(f'"{name}" would unpack to {total // 1_000_000} MB, more than a workbook may')
    for member in members:
        swollen = member.file_size > MOST_RATIO * max(member.compress_size, 1)
        if swollen and member.file_size > _SMALL_MEMBER:
            raise FormFault(
                f'"{name}" unpacks {member.filename} to more than {MOST_RATIO} times its size, '
                "as a file made to do harm would",
                remedy="save it again from a spreadsheet, without empty formatted rows",
            )


def _check_markup(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse document type declarations, the door to entity attacks. They stand before the root element."""
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(member) as stream:
                next(iter(iterparse(stream, events=("start",), forbid_dtd=True)), None)
        except DefusedXmlException:
            raise FormFault(
                f'"{name}" holds a document type declaration in {member.filename}, which no workbook needs'
            ) from None
        except SyntaxError:
            raise _damaged(name, ".xlsx") from None


def _checked_text(name: str, content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormFault(
            f'"{name}" is not UTF-8 text (byte {error.start + 1})', remedy="save it again as UTF-8"
        ) from None
    if "\0" in text:
        raise FormFault(f'"{name}" is not a text file')
    lines = text.splitlines()
    if len(lines) > MOST_ROWS or any(line.count(",") + line.count("|") > MOST_COLUMNS for line in lines):
        raise FormFault(
            f'"{name}" has more rows or columns than a form', remedy="keep the sheets of one form only"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def heading_rows(extension: str, content: bytes) -> dict[str, list[str]]:
    """The headings as they stand in the first row of each sheet, by sheet name; repeats included."""
    if extension == ".xlsx":
        return _workbook_headings(content)
    if extension == ".xls":
        return _old_workbook_headings(content)
    rows = csv.reader(io.StringIO(content.decode())) if extension == ".csv" else _markdown_rows(content)
    headings: dict[str, list[str]] = {}
    sheet = ""
    for row in rows:
        cells = [cell.strip() for cell in row]
        if cells and cells[0]:
            sheet = cells[0]
        if sheet and sheet not in headings and any(cells[1:]):
            headings[sheet] = cells[1:]
    return headings


def _workbook_headings(content: bytes) -> dict[str, list[str]]:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        return {
            sheet.title: ["" if cell is None else str(cell).strip() for cell in row]
            for sheet in workbook.worksheets
            for row in sheet.iter_rows(max_row=1, values_only=True)
        }
    finally:
        workbook.close()


def _old_workbook_headings(content: bytes) -> dict[str, list[str]]:
    from xlrd import open_workbook

    with open_workbook(file_contents=content, logfile=io.StringIO()) as workbook:
        return {
            sheet.name: [str(cell).strip() for cell in sheet.row_values(0)]
            for sheet in workbook.sheets()
            if sheet.nrows
        }


def _markdown_rows(content: bytes) -> list[list[str]]:
    lines = (line.strip() for line in content.decode().splitlines())
    return [
        line.strip("|").split("|") if line.endswith("|") else [] for line in lines if line.startswith("|")
    ]
