"""A question set on paper: all of it stands there, in an order a screen reader follows."""

from datetime import UTC, datetime

import docx
from lxml import html

from fieldwork.assets import asset
from fieldwork.questions.reading import read_form
from fieldwork.reports.html import render_html
from fieldwork.reports.pdf.render import render_pdf
from fieldwork.reports.printed_form import FormCover, printed_form
from fieldwork.reports.word import docx_bytes
from pdf_gate import check_pdf, check_reading, tree_text

COVER = FormCover("Inspection", "OFFICIAL-SENSITIVE", "R-1", "HMCPSI", datetime(2026, 11, 23, tzinfo=UTC))
FORM = """
| survey |
| | type | name | label::English | label::Cymraeg | hint::English | relevant | required | lead | calculation | constraint |
| | begin group | s | First part | Rhan gyntaf | A hint of the part | | | | | |
| | note | read | Read the file first. | Darllenwch. | | | | | | |
| | date | heard | First hearing? | Gwrandawiad? | On the court list. | | yes | P | | . > today() |
| | calculate | days | Days to go | Dyddiau | | | | | ${heard} - today() | |
| | rank yn | order | In which order? | Trefn? | | ${days} > 28 | yes | C | | |
| | acknowledge | ok | Log read | Wedi darllen | | | yes | | | |
| | end group | | | | | | | | | |
| | begin repeat | each | Suspects | Rhai | | ${days} > 1 | | | | |
| | text | who | Who? | Pwy? | | | | | | |
| | end repeat | | | | | | | | | |
| choices |
| | list_name | name | label::English | label::Cymraeg |
| | yn | Y | Yes | Ydw |
| | yn | N | No | Nac ydw |
"""  # noqa: E501


def test_the_shipped_set_passes_the_gate_and_reads_as_it_should(tmp_path):
    path = tmp_path / "shipped.xlsx"
    path.write_bytes(asset("questions/joint-case-building.xlsx").read_bytes())
    questions = read_form(path)
    report = printed_form(questions, COVER)
    render_pdf(report, tmp_path / "form.pdf")
    check_pdf(tmp_path / "form.pdf")
    check_reading(tmp_path / "form.pdf", report)
    said = tree_text(tmp_path / "form.pdf")
    for question in questions.answerable:
        assert f"{question.code} {question.label}" in said
    assert "Asked only where B03 is “Partially met” or “Not met”." in said
    assert said.count("☐\n") == sum(len(question.choices) for question in questions.answerable)


def test_every_kind_of_row_stands_on_paper_in_the_language_asked_for(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(FORM, "utf-8")
    questions = read_form(path)
    report = printed_form(questions, COVER)
    render_pdf(report, tmp_path / "form.pdf")
    check_pdf(tmp_path / "form.pdf")
    check_reading(tmp_path / "form.pdf", report)
    said = tree_text(tmp_path / "form.pdf")
    for wanted in (
        "A hint of the part",
        "Read the file first.",
        "heard First hearing?",
        "For the police examiner. Right only where the answer is after today. A date (day, month, year):",
        "days Days to go is worked out: heard − today.",
        "Number the boxes in order, 1 for the first.",
        "Tick when done.",
        "Asked once for each",
        "These are asked only where days is more than 1.",
        "Need not be answered. In words:",
    ):
        assert wanted in said, wanted
    tree = html.fromstring(render_html(report))
    assert len(tree.xpath("//ul[@class='boxes']/li")) == 3
    assert len(tree.xpath("//div[@class='write'][@aria-hidden='true']")) == 4
    (tmp_path / "form.docx").write_bytes(docx_bytes(report))
    lines = [line.text for line in docx.Document(str(tmp_path / "form.docx")).paragraphs]
    assert lines.count("☐\tYes") == 1 and "heard\tFirst hearing?" in lines
    welsh = "".join(html.fromstring(render_html(printed_form(questions, COVER, "Cymraeg"))).itertext())
    assert "Nac ydw" in welsh and "Rhan gyntaf" in welsh and "First part" not in welsh
