"""A report as a Word file with real styles, for drafting together and for bodies that comment in Word."""

from collections.abc import Iterator
from datetime import UTC
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from fieldwork.reports.document import (
    Block,
    Bullets,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Report,
    Run,
    Runs,
    Table,
    chart_table,
    front_matter,
    settled_blocks,
)
from fieldwork.reports.plain import clean_text, one_line, safe_link

_ACCENT = RGBColor(0x0B, 0x5F, 0x6B)
_INK = RGBColor(0x17, 0x19, 0x1C)
_MUTED = RGBColor(0x56, 0x5A, 0x61)
_LINK = RGBColor(0x1D, 0x4F, 0x91)
_FONT = "Arial"
_LONGEST_PROPERTY = 255
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx_bytes(report: Report) -> bytes:
    """The report as a Word file: the same report gives the same bytes."""
    writer = _Writer(report)
    writer.write()
    out = BytesIO()
    writer.document.save(out)
    return _with_fixed_times(out.getvalue())


def _with_fixed_times(data: bytes) -> bytes:
    """The package with the clock's time taken out of its directory."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


class _Writer:
    """One report on its way into one Word document."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document = docx.Document()
        self.settled = list(settled_blocks(report))
        headings = [block for block in self.settled if isinstance(block, Heading)]
        self.bookmarks = {block.key: f"section_{place}" for place, block in enumerate(headings, start=1)}

    def write(self) -> None:
        self._properties()
        self._styles()
        self._furniture()
        self._masthead()
        for block in self.settled:
            self._block(block)

    # The whole document ----------------------------------------------------------------------------

    def _properties(self) -> None:
        report, properties = self.report, self.document.core_properties
        properties.title = (one_line(report.title) or "Report")[:_LONGEST_PROPERTY]
        properties.subject = one_line(report.subtitle)[:_LONGEST_PROPERTY]
        properties.author = one_line(report.author)[:_LONGEST_PROPERTY]
        properties.last_modified_by = properties.author
        properties.keywords = one_line(report.marking)[:_LONGEST_PROPERTY]
        properties.version = one_line(report.version)[:_LONGEST_PROPERTY]
        properties.comments = ""
        properties.language = report.language
        moment = report.date.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        properties.created = properties.modified = properties.last_printed = moment

    def _styles(self) -> None:
        styles = self.document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size, normal.font.color.rgb = _FONT, Pt(11), _INK
        normal.paragraph_format.space_after = Pt(8)
        normal.element.get_or_add_rPr().append(_element("lang", val=self.report.language))
        sizes = {
            "Title": 25,
            "Subtitle": 13,
            "Heading 1": 16,
            "Heading 2": 13,
            "Heading 3": 11,
            "Caption": 10,
        }
        for name, size in sizes.items():
            style = styles[name]
            style.font.size, style.font.bold, style.font.italic = Pt(size), name != "Subtitle", False
            style.font.color.rgb = _ACCENT if name == "Heading 1" else _MUTED if name == "Subtitle" else _INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for attribute in list(fonts.attrib):
                if "Theme" in attribute:
                    del fonts.attrib[attribute]
            style.font.name = _FONT
        styles["Caption"].paragraph_format.keep_with_next = True

    def _furniture(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        marking = one_line(self.report.marking)
        for part in (section.header, section.footer):
            line = part.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(marking).bold = True
        state = "DRAFT" if self.report.draft else ""
        texts = (self.report.title, self.report.subtitle, state)
        above = section.header.add_paragraph(" · ".join(filter(None, map(one_line, texts))))
        above.alignment = WD_ALIGN_PARAGRAPH.CENTER
        version = f"version {one_line(self.report.version)}" if self.report.version else ""
        facts = " · ".join(filter(None, (one_line(self.report.reference), version)))
        below = section.footer.add_paragraph(f"{facts}   Page " if facts else "Page ")
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._field(below, "PAGE")
        below.add_run(" of ")
        self._field(below, "NUMPAGES")

    def _field(self, paragraph: Any, code: str) -> None:
        """A field that Word fills in, such as the page's number."""
        field = _element("fldSimple", instr=code)
        run = _element("r")
        text = _element("t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)

    def _masthead(self) -> None:
        self.document.add_paragraph(one_line(self.report.title) or "Report", style="Title")
        if self.report.subtitle.strip():
            self.document.add_paragraph(one_line(self.report.subtitle), style="Subtitle")
        for name, value in front_matter(self.report):
            line = self.document.add_paragraph()
            line.paragraph_format.space_after = Pt(0)
            line.add_run(f"{name}: ").font.color.rgb = _MUTED
            line.add_run(one_line(value))

    # Blocks ----------------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            text = one_line(block.text) or "Untitled"
            self._bookmark(self.document.add_heading(text, block.level), self.bookmarks[block.key])
        elif isinstance(block, Paragraph):
            line = self.document.add_paragraph()
            line.paragraph_format.keep_with_next = block.keep or None
            if block.opens:
                line.paragraph_format.space_before = Pt(12)
            if block.number:
                line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(1.3), Cm(-1.3)
                line.paragraph_format.tab_stops.add_tab_stop(Cm(1.3))
                line.add_run(f"{one_line(block.number)}\t")
            self._runs(line, block.runs)
            for _ in range(block.lines):
                self._ruled_line()
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, Quote):
            line = self.document.add_paragraph(style="Quote")
            self._runs(line, block.runs)
            if block.attribution:
                by = self.document.add_paragraph()
                by.paragraph_format.left_indent = Cm(0.8)
                by.add_run(one_line(block.attribution)).font.color.rgb = _MUTED
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Chart):
            # Word gets the figures: a drawing nobody can edit would only be pasted over.
            self.document.add_paragraph(one_line(block.alt))
            self._table(chart_table(block))
        elif isinstance(block, PageBreak):
            self.document.add_page_break()

    def _bookmark(self, paragraph: Any, name: str) -> None:
        number = name.rpartition("_")[2]
        paragraph._p.insert(1, _element("bookmarkStart", id=number, name=name))
        paragraph._p.append(_element("bookmarkEnd", id=number))

    def _ruled_line(self) -> None:
        """An empty line to write on."""
        line = self.document.add_paragraph()
        borders = _element("pBdr")
        borders.append(_element("bottom", val="single", sz="4", space="1", color="7A7F87"))
        line._p.get_or_add_pPr().append(borders)
        line.paragraph_format.space_before = Pt(8)  # after the borders: Word wants them in this order

    def _bullets(self, bullets: Bullets) -> None:
        for place, item in enumerate(bullets.items, start=1):
            if not bullets.ordered and not bullets.boxes:
                self._runs(self.document.add_paragraph(style="List Bullet"), item)
                continue
            # Word's own numbering would run on from one list to the next, so the number is text.
            line = self.document.add_paragraph()
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(1.3), Cm(-0.7)
            line.paragraph_format.tab_stops.add_tab_stop(Cm(1.3))
            line.add_run(f"{bullets.mark(place)}\t")
            self._runs(line, item)

    def _runs(self, paragraph: Any, runs: Runs) -> None:
        for run in runs:
            self._run(paragraph, run)

    def _run(self, paragraph: Any, run: Run) -> None:
        made = paragraph.add_run(clean_text(run.text))
        made.bold = True if "strong" in run.style else None
        made.italic = True if "emphasis" in run.style else None
        if run.style == "reference":
            made.font.color.rgb = _MUTED
        host = self._hyperlink(paragraph, safe_link(run.href))
        if host is not None:
            made.font.color.rgb, made.underline = _LINK, True
            host.append(made._r)

    def _hyperlink(self, paragraph: Any, href: str) -> Any:
        """The element a linked run belongs into, or None where there is nothing to link to."""
        if href.startswith("#"):
            if href[1:] not in self.bookmarks:
                return None
            link = _element("hyperlink", anchor=self.bookmarks[href[1:]])
        elif href:
            link = OxmlElement("w:hyperlink")
            link.set(
                qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            )
        else:
            return None
        paragraph._p.append(link)
        return link

    def _table(self, table: Table) -> None:
        if table.caption.strip():
            self.document.add_paragraph(one_line(table.caption), style="Caption")
        made = self.document.add_table(len(table.rows) + 1, len(table.head), style="Table Grid")
        right = [align == "right" for align in table.align or ("left",) * len(table.head)]
        head, *body = made._tbl.tr_lst
        head.get_or_add_trPr().append(_element("tblHeader", val="true"))
        for row in (head, *body):
            row.get_or_add_trPr().insert(0, _element("cantSplit", val="true"))
        self._fill(head, table.head, right, bold=True)
        for row, cells in zip(body, table.rows, strict=True):
            self._fill(row, cells, right)
        look = made._tbl.tblPr.find(qn("w:tblLook"))
        if look is not None:
            look.set(qn("w:firstColumn"), "1" if table.row_head else "0")
        self.document.add_paragraph()

    def _fill(self, row: Any, cells: tuple[str, ...], right: list[bool], *, bold: bool = False) -> None:
        """Write cells straight into the row: python-docx's own cell objects take minutes for long tables."""
        for cell, text, to_right in zip(row.tc_lst, cells, right, strict=True):
            paragraph = cell.p_lst[0]
            properties = paragraph.get_or_add_pPr()
            properties.append(_element("spacing", before="40", after="40"))
            if to_right:
                properties.append(_element("jc", val="right"))
            run = _element("r")
            if bold:
                run.append(_element("rPr"))
                run[0].append(_element("b"))
            for part in _lines(clean_text(text)):
                run.append(part)
            paragraph.append(run)


def _lines(text: str) -> Iterator[Any]:
    for place, line in enumerate(text.split("\n")):
        if place:
            yield _element("br")
        element = _element("t")
        element.set(qn("xml:space"), "preserve")
        element.text = line
        yield element
