"""The PDF: accessible, archivable, saying what the report says in its order, the same bytes every time."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import report_samples as samples

from fieldwork.reports.document import Attachment, Chart, Heading, Paragraph, Report, Run, Table
from fieldwork.reports.pdf.render import render_pdf
from fieldwork.reports.tables_csv import report_csvs
from pdf_gate import check_pdf, check_reading, tree_blocks, tree_text

SAMPLES = [samples.visit_summary, samples.long_report, samples.hostile_report, samples.empty_report]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> dict[str, Path]:
    """Every sample rendered once, by the sample's name."""
    folder = tmp_path_factory.mktemp("pdf")
    paths = {make.__name__: folder / f"{make.__name__}.pdf" for make in SAMPLES}
    for make in SAMPLES:
        render_pdf(make(), paths[make.__name__])
    return paths


def small(*blocks, **changes) -> Report:
    report = Report("Title", "Inspection", "OFFICIAL", "R-1", "Author", samples.MOMENT, "1", blocks)
    return replace(report, **changes)


def page_texts(path: Path) -> list[str]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [leaf.get_textpage().get_text_range() for leaf in pdf]
    finally:
        pdf.close()


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
def test_it_passes_the_gate(rendered, make):
    check_pdf(rendered[make.__name__])


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
def test_it_reads_as_the_report_does(rendered, make):
    check_reading(rendered[make.__name__], make())


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
def test_same_report_same_bytes(rendered, make, tmp_path):
    render_pdf(make(), tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == rendered[make.__name__].read_bytes()


def test_same_bytes_in_another_process(rendered, tmp_path):
    code = (
        "import sys; from pathlib import Path; from report_samples import hostile_report\n"
        "from fieldwork.reports.pdf.render import render_pdf\n"
        "render_pdf(hostile_report(), Path(sys.argv[1]))"
    )
    other = tmp_path / "other.pdf"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "4711",
        "PYTHONPATH": str(Path(__file__).parent),
        "TZ": "Asia/Tokyo",
    }
    subprocess.run([sys.executable, "-c", code, str(other)], check=True, env=environment)
    assert other.read_bytes() == rendered["hostile_report"].read_bytes()


def test_every_page_carries_its_furniture(rendered):
    texts = page_texts(rendered["long_report"])
    assert len(texts) > 20
    for number, text in enumerate(texts, start=1):
        assert text.count("OFFICIAL") >= 2
        assert f"Page {number} of {len(texts)}" in text
        assert "Building strong cases together" in text.replace("\r\n", " ")
        assert "version 0.9" in text
    assert all("Joint case building inspection" in text for text in texts)


def test_draft_stands_on_every_page_and_is_not_read(rendered):
    assert all(text.startswith("DRAFT") for text in page_texts(rendered["visit_summary"]))
    assert not any("DRAFT" in text for text in page_texts(rendered["long_report"]))
    assert "DRAFT" not in tree_text(rendered["visit_summary"])


def test_the_last_page_prints_the_heads_of_the_history(rendered):
    last = page_texts(rendered["visit_summary"])[-1]
    for head in samples.visit_summary().chain_heads:
        assert head.digest in last
        assert head.device in last


def test_the_contents_name_the_pages_and_bookmarks_lead_there(rendered):
    path = rendered["long_report"]
    first, *_ = page_texts(path)
    texts = page_texts(path)
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        pages = {leaf.obj.objgen: number for number, leaf in enumerate(pdf.pages, start=1)}
        tops = [(item.title, pages[item.destination[0].objgen]) for item in outline.root]
        assert [len(item.children) for item in outline.root] == [2] * 6 + [0]
    assert tops[-1][0] == "Annex: every answer"
    for title, page in tops:
        assert title in texts[page - 1]
        line = next(line for line in first.splitlines() if line.startswith(title))
        assert line.split()[-1] == str(page)


def test_tables_travel_as_csv(rendered):
    report = samples.long_report()
    with pikepdf.open(rendered["long_report"]) as pdf:
        held = {name: bytes(spec.get_file().read_bytes()) for name, spec in pdf.attachments.items()}
        assert all(spec.AFRelationship == "/Data" for spec in pdf.Root.AF)
        assert len(pdf.Root.AF) == len(held)
    expected = {name: data for name, _, data in report_csvs(report)}
    assert held == {**expected, "readme.txt": b"Tables as CSV.\n"}


def test_properties_come_from_the_report(rendered):
    with pikepdf.open(rendered["visit_summary"]) as pdf:
        with pdf.open_metadata(update_docinfo=False) as metadata:
            assert metadata["dc:title"] == "Visit summary: Northmarch"
            assert metadata["xmp:CreateDate"] == "2026-11-20T16:40:00Z"
            assert (metadata["pdfuaid:part"], metadata["pdfaid:part"]) == ("1", "3")
        assert str(pdf.docinfo["/Keywords"]) == "OFFICIAL-SENSITIVE"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261120164000Z"
        assert str(pdf.Root.Lang) == "en-GB"


def test_links_are_only_the_ones_allowed(rendered):
    with pikepdf.open(rendered["hostile_report"]) as pdf:
        annotations = [note for leaf in pdf.pages for note in leaf.get("/Annots", [])]
        addresses = [str(note.A.URI) for note in annotations if "/A" in note]
        assert addresses == ["mailto:team@example.org"]
        data = b"".join(item.read_raw_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream))
        assert b"/JavaScript" not in data
        assert "/OpenAction" not in pdf.Root
    with pikepdf.open(rendered["visit_summary"]) as pdf:
        notes = [note for leaf in pdf.pages for note in leaf.get("/Annots", [])]
        assert [str(note.A.URI) for note in notes if "/A" in note] == [
            "https://www.example.org/framework?a=1&b=2"
        ]
        assert [str(note.Contents) for note in notes if "/Dest" in note] == ["What we did"]


@pytest.mark.parametrize("name", samples.NAMES)
def test_a_name_in_any_script_comes_out(name, tmp_path):
    path = tmp_path / "name.pdf"
    rendered = render_pdf(
        small(Paragraph((Run(f"Spoke to {name} today."),)), Table("T", ("N",), ((name,),))), path
    )
    shown = name
    for char in rendered.missing:
        shown = shown.replace(char, f"[U+{ord(char):04X}]")
    assert list(tree_blocks(path))[-4:] == [f"Spoke to {shown} today.", "T", "N", shown]
    text = page_texts(path)[0]
    assert all(word in text for word in shown.split() if word.isprintable() and ord(max(word)) < 0xFFFF)
    check_pdf(path)


def test_a_missing_glyph_is_marked_and_reported(tmp_path):
    rendered = render_pdf(small(Paragraph((Run("王 said"),))), tmp_path / "x.pdf")
    assert rendered.missing == ("王",)
    assert "[U+738B] said" in page_texts(tmp_path / "x.pdf")[0]


def test_no_glyph_is_drawn_as_a_box(rendered):
    """Glyph 0 of a font is its empty box: no text of a report may use it."""
    for path in rendered.values():
        assert "\ufffd" not in tree_text(path)


def test_a_row_taller_than_a_page_stays_one_row(tmp_path):
    path = tmp_path / "tall.pdf"
    rendered = render_pdf(small(Table("t", ("a", "b"), (("x", samples.words(5000, 3)),))), path)
    assert rendered.pages > 4
    check_pdf(path)
    with pikepdf.open(path) as pdf:
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        assert sum(item.S == "/TR" for item in elements) == 2
        note = [item for item in elements if item.S == "/TD"][-1]
        pages = {mark.Pg.objgen for mark in note.K if isinstance(mark, pikepdf.Dictionary)} | {note.Pg.objgen}
        assert len(pages) == rendered.pages


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"old")

    def refuse(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        render_pdf(small(), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_bytes() == b"old"


def test_streams_never_end_ambiguously(tmp_path):
    """One stream in 256 would end in a carriage return: ninety reports have some thousands of streams."""
    path = tmp_path / "x.pdf"
    guarded = 0
    for number in range(90):
        attached = tuple(
            Attachment(f"{n}.txt", "text/plain", "", bytes([n, number, 255 - n, n * number % 256]) * 9)
            for n in range(20)
        )
        render_pdf(small(Paragraph((Run(f"Report {number}"),)), attachments=attached), path)
        assert b"\r\nendstream" not in path.read_bytes()
        with pikepdf.open(path) as pdf:
            held = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
            assert held == {attachment.name: attachment.data for attachment in attached}
        if b"\r\n\nendstream" in path.read_bytes():
            guarded += 1
            check_pdf(path)
    assert guarded > 0


def test_packed_streams_are_settled_and_the_index_moves_along(rendered, tmp_path, monkeypatch):
    """Every packed stream gets its line feed here, not only those that end in a carriage return."""
    from fieldwork.reports.pdf import saving

    monkeypatch.setattr(saving, "_AMBIGUOUS_END", b"endstream")
    monkeypatch.setattr(saving, "_CARRIAGE_RETURNS", tuple(bytes([value]) for value in range(256)))
    path = tmp_path / "x.pdf"
    render_pdf(samples.long_report(), path)
    assert len(path.read_bytes()) > len(rendered["long_report"].read_bytes())
    check_pdf(path)
    check_reading(path, samples.long_report())
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_a_file_without_packing_passes_too(tmp_path, monkeypatch):
    from fieldwork.reports.pdf import saving

    monkeypatch.setattr(saving, "_AMBIGUOUS_END", b"endstream")
    monkeypatch.setattr(saving, "_INDEX", re.compile(b"no such index"))
    render_pdf(samples.visit_summary(), tmp_path / "x.pdf")
    assert b"/ObjStm" not in (tmp_path / "x.pdf").read_bytes()
    check_pdf(tmp_path / "x.pdf")
    check_reading(tmp_path / "x.pdf", samples.visit_summary())


def test_two_attachments_of_one_name_are_refused(tmp_path):
    twice = (Attachment("a.txt", "text/plain", "", b"1"), Attachment("a.txt", "text/plain", "", b"2"))
    with pytest.raises(ValueError, match="same name"):
        render_pdf(small(attachments=twice), tmp_path / "x.pdf")


def test_extremes_of_layout(tmp_path):
    """Many bars, many columns, huge headings and captions, one word longer than a page."""
    huge = "word " * 3000
    report = small(
        Heading(1, huge, "h"),
        Paragraph((Run("x" * 20_000, href="https://example.org"),), "9" * 40),
        Chart(
            huge,
            huge,
            tuple(f"bar {n} {huge[: n * 9]}" for n in range(60)),
            tuple((f"s{n}" * n, (n,) * 60) for n in range(9)),
        ),
        Table(huge, tuple(f"column {n}" for n in range(25)), (tuple("cell " * n for n in range(25)),) * 3),
        Table("t", (huge, "b"), (("", "x" * 9000),)),
        Chart("nothing", "No bars", (), ()),
        Chart("zero", "One empty bar", ("z",), (("s", (0,)),)),
    )
    rendered = render_pdf(report, tmp_path / "x.pdf")
    check_pdf(tmp_path / "x.pdf")
    check_reading(tmp_path / "x.pdf", report)
    pdf = pypdfium2.PdfDocument(tmp_path / "x.pdf")
    try:
        assert len(pdf) == rendered.pages
        for leaf in pdf:
            for item in leaf.get_objects(filter=[1]):
                left, bottom, right, top = item.get_bounds()
                assert left >= 40 and right <= 555 and bottom >= 15 and top <= 830, item.get_bounds()
    finally:
        pdf.close()


def test_the_shipped_fonts_are_the_ones_known_to_work():
    """Glyph widths decide every line break: another build of a font would change every report's bytes."""
    from fieldwork.assets import asset

    digest = hashlib.sha256(asset("fonts/NotoSans-Regular.ttf").read_bytes()).hexdigest()
    assert digest.startswith(EXPECTED_FONT)


EXPECTED_FONT = "89c3c497f618fdaa"
