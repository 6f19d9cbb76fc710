"""The Word file: opens, with real headings and header rows, and says what the report says."""

from datetime import datetime

import docx
import pytest
import report_samples as samples
from docx.oxml.ns import qn

from fieldwork.reports.document import Heading, Paragraph, settled_blocks, tables
from fieldwork.reports.plain import clean_text
from fieldwork.reports.word import docx_bytes

SAMPLES = [samples.visit_summary, samples.long_report, samples.hostile_report, samples.empty_report]


def words(text: str) -> str:
    return " ".join(clean_text(text).split())


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda make: make.__name__)
def written(request, tmp_path_factory):
    """(the report, its file read back, the file's path)"""
    path = tmp_path_factory.mktemp("word") / "report.docx"
    path.write_bytes(docx_bytes(request.param()))
    return request.param(), docx.Document(path), path


def test_headings_are_headings(written):
    report, document, _ = written
    shown = [
        (int(line.style.name.removeprefix("Heading ")), words(line.text))
        for line in document.paragraphs
        if line.style.name.startswith("Heading ")
    ]
    assert shown == [
        (block.level, words(block.text) or "Untitled")
        for block in settled_blocks(report)
        if isinstance(block, Heading)
    ]
    assert document.paragraphs[0].style.name == "Title"


def test_tables_are_the_reports_and_repeat_their_heads(written):
    report, document, _ = written
    expected = list(tables(report))
    assert len(document.tables) == len(expected)
    for shown, table in zip(document.tables, expected, strict=True):
        rows = [
            ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in row.tc_lst]
            for row in shown._tbl.tr_lst
        ]
        assert rows == [
            [clean_text(cell).replace("\n", "") for cell in row] for row in (table.head, *table.rows)
        ]
        assert shown._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
    captions = [line.text for line in document.paragraphs if line.style.name == "Caption"]
    assert captions == [words(table.caption) for table in expected if table.caption.strip()]


def test_running_text_is_whole(written):
    report, document, _ = written
    shown = {
        words("".join(node.text or "" for node in line._p.iter(qn("w:t")))) for line in document.paragraphs
    }
    for block in settled_blocks(report):
        if (
            isinstance(block, Paragraph)
            and not block.number
            and "\n" not in "".join(r.text for r in block.runs)
        ):
            assert words("".join(run.text for run in block.runs)) in shown


def test_marking_language_and_properties(written):
    report, document, _ = written
    section = document.sections[0]
    assert section.header.paragraphs[0].text == section.footer.paragraphs[0].text == report.marking
    properties = document.core_properties
    assert properties.title == (words(report.title) or "Report")[:255]
    assert properties.language == "en-GB"
    assert properties.created.replace(tzinfo=None) == datetime(2026, 11, 20, 16, 40)
    assert document.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "en-GB"


def test_only_allowed_links_leave_the_file(written):
    _, document, _ = written
    outside = [part.target_ref for part in document.part.rels.values() if part.is_external]
    assert all(target.startswith(("https://", "mailto:")) for target in outside)


def test_same_report_same_bytes(written):
    report, _, path = written
    assert docx_bytes(report) == path.read_bytes()
