"""Negative controls: a gate that never fails proves nothing, so each of these faults must be seen by it.

Every fault is put into a PDF that passes. The validator must object, or, for faults no validator can see, the
check of the reading order.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from report_samples import visit_summary

from fieldwork.reports.pdf.render import render_pdf
from pdf_gate import check_reading, pdf_failures


def elements(pdf: Pdf, tag: str) -> list[Dictionary]:
    return [
        item
        for item in pdf.objects
        if isinstance(item, Dictionary) and item.get("/Type") == "/StructElem" and item.get("/S") == f"/{tag}"
    ]


def drawn(pattern: bytes, replacement: bytes, page: int = 0) -> Callable[[Pdf], None]:
    """A fault in what a page draws: the first match of the pattern is replaced."""

    def fault(pdf: Pdf) -> None:
        leaf = pdf.pages[page]
        before = leaf.Contents.read_bytes()
        after = re.sub(pattern, replacement, before, count=1, flags=re.S)
        assert after != before
        leaf.Contents = pdf.make_stream(after)

    return fault


def described(pattern: bytes, replacement: bytes) -> Callable[[Pdf], None]:
    """A fault in the metadata packet."""

    def fault(pdf: Pdf) -> None:
        before = pdf.Root.Metadata.read_bytes()
        after = before.replace(pattern, replacement)
        assert after != before
        pdf.Root.Metadata = pdf.make_stream(after, Type=Name.Metadata, Subtype=Name.XML)

    return fault


def without(key: str) -> Callable[[Pdf], None]:
    def fault(pdf: Pdf) -> None:
        del pdf.Root[key]

    return fault


def from_each_font(key: str) -> Callable[[Pdf], None]:
    def fault(pdf: Pdf) -> None:
        for font in pdf.pages[0].Resources.Font.values():
            owner = font if key in font else font.FontDescriptor
            del owner[key]

    return fault


def no_alternative(pdf: Pdf) -> None:
    del elements(pdf, "Figure")[0]["/Alt"]


def no_scope(pdf: Pdf) -> None:
    for head in elements(pdf, "TH"):
        del head["/A"]


def missing_cell(pdf: Pdf) -> None:
    del elements(pdf, "TR")[2].K[1]


def skipped_heading_level(pdf: Pdf) -> None:
    elements(pdf, "H2")[0].S = Name.H4


def silent_link(pdf: Pdf) -> None:
    for leaf in pdf.pages:
        for note in leaf.get("/Annots", []):
            del note["/Contents"]


def untagged_link(pdf: Pdf) -> None:
    link = elements(pdf, "Link")[0]
    link.K = next(kid for kid in link.K if isinstance(kid, int))


def no_tab_order(pdf: Pdf) -> None:
    for leaf in pdf.pages:
        if "/Tabs" in leaf.obj:
            del leaf.obj["/Tabs"]


def item_outside_list(pdf: Pdf) -> None:
    elements(pdf, "L")[0].S = Name.Sect


def unknown_tag(pdf: Pdf) -> None:
    elements(pdf, "P")[3].S = Name.Paragraf


def no_parent_tree(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot["/ParentTree"]


def script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def unrelated_attachment(pdf: Pdf) -> None:
    del pdf.Root.AF[0]["/AFRelationship"]


def two_paragraphs_swapped(pdf: Pdf) -> None:
    parent = next(item for item in elements(pdf, "Sect") if len(item.K) > 2)
    parent.K = Array(list(reversed(list(parent.K))))


def heads_read_last(pdf: Pdf) -> None:
    row = elements(pdf, "TR")[1]
    row.K = Array(list(reversed(list(row.K))))


def paragraph_dropped(pdf: Pdf) -> None:
    paragraph = elements(pdf, "P")[5]
    paragraph.P.K = Array([kid for kid in paragraph.P.K if kid.objgen != paragraph.objgen])


VALIDATED = {
    "not marked as tagged": without("/MarkInfo"),
    "no language": without("/Lang"),
    "title not shown": without("/ViewerPreferences"),
    "no metadata": without("/Metadata"),
    "no structure": without("/StructTreeRoot"),
    "no output intent": without("/OutputIntents"),
    "no title": described(b"dc:title", b"dc:titel"),
    "does not say PDF/UA": described(b"<pdfuaid:part>1</pdfuaid:part>", b""),
    "does not say PDF/A": described(b"<pdfaid:part>3</pdfaid:part>", b""),
    "text outside the tags": drawn(rb"/P <</MCID \d+>> BDC(.*?)EMC", rb"\1"),
    "artifact inside a tag": drawn(rb"(/P <</MCID \d+>> BDC)", rb"\1 /Artifact BMC 0 0 9 9 re f EMC"),
    "tag inside an artifact": drawn(rb"(/P <</MCID \d+>> BDC.*?EMC)", rb"/Artifact BMC \1 EMC"),
    "picture without words": no_alternative,
    "column heads without scope": no_scope,
    "row with a cell missing": missing_cell,
    "heading level skipped": skipped_heading_level,
    "link without words": silent_link,
    "link outside the tags": untagged_link,
    "no tab order": no_tab_order,
    "list item outside a list": item_outside_list,
    "tag nobody knows": unknown_tag,
    "no way from page to tag": no_parent_tree,
    "font not embedded": from_each_font("/FontFile2"),
    "font without characters": from_each_font("/ToUnicode"),
    "script": script,
    "attachment of no relation": unrelated_attachment,
}
READ = {
    "section read backwards": two_paragraphs_swapped,
    "row read backwards": heads_read_last,
    "paragraph never read": paragraph_dropped,
    "words changed on the page": drawn(rb"Emerging strengths", rb"Emerging concerns!"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.pdf"
    render_pdf(visit_summary(), path)
    assert not pdf_failures(path)
    return path


def with_fault(sound: Path, fault: Callable[[Pdf], None], path: Path) -> Path:
    with pikepdf.open(sound) as pdf:
        fault(pdf)
        pdf.save(path)
    return path


@pytest.mark.parametrize("name", VALIDATED)
def test_the_validator_sees(name, sound, tmp_path):
    assert pdf_failures(with_fault(sound, VALIDATED[name], tmp_path / "faulty.pdf"))


@pytest.mark.parametrize("name", READ)
def test_the_reading_check_sees(name, sound, tmp_path):
    with pytest.raises(AssertionError):
        check_reading(with_fault(sound, READ[name], tmp_path / "faulty.pdf"), visit_summary())
