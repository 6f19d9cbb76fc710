"""The HTML twin: one file that runs nothing, fetches nothing, and says what the report says."""

import re

import pytest
import report_samples as samples
from lxml import etree, html

from fieldwork.reports.document import (
    Bullets,
    Chart,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
    settled_blocks,
    tables,
)
from fieldwork.reports.html import render_html
from fieldwork.reports.plain import clean_text

SAMPLES = [samples.visit_summary, samples.long_report, samples.hostile_report, samples.empty_report]
_VOID = re.compile(r"<(meta)([^>]*)>")


def tree_of(text: str):
    """The page, read strictly: every element closed, every attribute quoted, every reference known."""
    strict = _VOID.sub(r"<\1\2/>", text.removeprefix("<!DOCTYPE html>\n"))
    return etree.fromstring(strict.encode())


def words(text: str) -> str:
    return " ".join(clean_text(text).split())


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
class TestEveryReport:
    def test_it_is_well_formed_and_has_its_landmarks(self, make):
        report = make()
        tree = tree_of(render_html(report))
        assert tree.get("lang") == "en-GB"
        assert words(tree.findtext("head/title")) == words(report.title or "Report")
        assert len(tree.findall(".//main")) == len(tree.findall(".//h1")) == 1
        for element in ("header", "footer"):
            assert (tree.find(f"body/{element}").text or "") == report.marking

    def test_nothing_runs_and_nothing_is_fetched(self, make):
        tree = tree_of(render_html(make()))
        tags = {element.tag for element in tree.iter()}
        assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
        for element in tree.iter():
            names = set(element.attrib)
            assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in names)
            href = element.get("href", "#")
            assert href.startswith(("#", "https://", "mailto:"))
            if href.startswith("#") and href != "#":
                assert tree.xpath("//*[@id=$id]", id=href[1:])

    def test_headings_and_tables_are_the_reports(self, make):
        report = make()
        tree = tree_of(render_html(report))
        headings = [block for block in settled_blocks(report) if isinstance(block, Heading)]
        found = tree.xpath("//h2|//h3|//h4|//h5|//h6")
        assert [(int(h.tag[1]) - 1, words("".join(h.itertext()))) for h in found] == [
            (block.level, words(block.text) or "Untitled") for block in headings
        ]
        for table, shown in zip(tables(report), tree.findall(".//table"), strict=True):
            assert words(shown.findtext("caption") or "") == words(table.caption)
            assert [words(cell.text or "") for cell in shown.findall("thead/tr/th")] == [
                *map(words, table.head)
            ]
            assert {cell.get("scope") for cell in shown.findall("thead/tr/th")} == {"col"}
            rows = [[words(cell.text or "") for cell in row] for row in shown.findall("tbody/tr")]
            assert rows == [[words(cell) for cell in row] for row in table.rows]
            if table.row_head and table.rows:
                assert {row[0].get("scope") for row in shown.findall("tbody/tr")} == {"row"}

    def test_running_text_comes_out_in_order(self, make):
        report = make()
        body = "".join(html.fromstring(render_html(report)).find(".//main").itertext())
        shown, place = words(body), 0
        for block in settled_blocks(report):
            if isinstance(block, Heading):
                said = [words(block.text)]
            elif isinstance(block, Paragraph):
                said = [words("".join(run.text for run in block.runs))]
            elif isinstance(block, Bullets):
                said = [words("".join(run.text for run in item)) for item in block.items]
            elif isinstance(block, Quote):
                said = [words("".join(run.text for run in block.runs)), words(block.attribution)]
            elif isinstance(block, (Table, Chart)):
                said = [words(block.caption)]
            else:
                said = []
            for text in said:
                found = shown.find(text, place)
                assert found >= 0, text
                place = found + len(text)


def test_charts_have_words_and_figures():
    tree = tree_of(render_html(samples.visit_summary()))
    chart = next(block for block in samples.visit_summary().blocks if isinstance(block, Chart))
    drawing = tree.find(".//figure/svg")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == chart.alt
    counts = {element.text for element in drawing.findall("text")}
    assert {"32", "6", "n = 41"} <= counts
    assert chart.labels[0] in "".join(tree.itertext())


def test_evidence_references_can_be_found_by_the_preview():
    tree = tree_of(render_html(samples.visit_summary()))
    assert [element.get("data-evidence") for element in tree.xpath("//*[@data-evidence]")] == [
        "P1",
        "P2",
        "P3",
        "P4",
    ]


def test_a_run_is_never_markup():
    attack = Run('"><script>alert(1)</script>', "strong", evidence='"><script>')
    report = samples.empty_report()
    page = render_html(type(report)("t", "", "", "", "", samples.MOMENT, "", (Paragraph((attack,)),)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
