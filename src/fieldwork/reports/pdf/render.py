"""`render_pdf`: a report to one PDF file that is PDF/UA-1 and PDF/A-3a."""

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fieldwork.reports.document import Attachment, Report
from fieldwork.reports.files import replace_file
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.finish import Destination, finish
from fieldwork.reports.pdf.flow import Placed, to_pages
from fieldwork.reports.pdf.fonts import Variant, face
from fieldwork.reports.pdf.pen import Line, Pen
from fieldwork.reports.pdf.story import Story
from fieldwork.reports.pdf.text import Missing, Span, break_lines
from fieldwork.reports.plain import one_line
from fieldwork.reports.tables_csv import report_csvs


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was written: the number of pages, and the characters no font has, printed as "[U+XXXX]"."""

    pages: int
    missing: tuple[str, ...]


def render_pdf(report: Report, path: Path) -> Rendered:
    """Write `report` to `path`, replacing a file there only when the new one is complete.

    The same report gives the same bytes. Every table is attached as CSV beside the report's own attachments.
    Raises OSError when the folder cannot be written.
    """
    data, rendered = pdf_bytes(report)
    replace_file(path, data)
    return rendered


def pdf_bytes(report: Report) -> tuple[bytes, Rendered]:
    """The PDF in memory, for a preview or an encrypted package: nothing touches the disk."""
    with _collector_off():
        return _build(report)


def _build(report: Report) -> tuple[bytes, Rendered]:
    missing = Missing()
    story = Story(report, missing)
    pages = to_pages(story.blocks)
    destinations = [
        Destination(block.anchor, index, top)
        for index, placed in enumerate(pages)
        for top, block in placed
        if block.anchor is not None
    ]
    story.page_of.update({place.anchor.key: place.page for place in destinations})
    out = BytesIO()
    pen = Pen(out)
    furniture = _Furniture(report, missing, len(pages))
    for placed in pages:
        pen.new_page()
        _draw_page(pen, placed, furniture)
    pen.save()
    csvs = [Attachment(name, "text/csv", caption, data) for name, caption, data in report_csvs(report)]
    attachments = _with_distinct_names([*report.attachments, *csvs])
    data = finish(out.getvalue(), pen, story.tree, report, destinations, attachments)
    return data, Rendered(len(pages), tuple(sorted(missing.characters)))


@contextmanager
def _collector_off() -> Iterator[None]:
    """Rendering makes many small objects and no rubbish in circles: collecting only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _with_distinct_names(attachments: list[Attachment]) -> list[Attachment]:
    names = [attachment.name for attachment in attachments]
    if len(names) != len(set(names)):
        raise ValueError("two attachments have the same name")
    return attachments


def _draw_page(pen: Pen, placed: list[Placed], furniture: "_Furniture") -> None:
    furniture.draw(pen)
    for top, block in placed:
        block.draw(pen, top)


class _Furniture:
    """What stands on every page: the marking twice, title, inspection, page number, version, DRAFT."""

    def __init__(self, report: Report, missing: Missing, pages: int) -> None:
        self.draft = report.draft
        self.pages = pages
        width = style.TEXT_WIDTH
        self.marking = _first_line(missing.printable(one_line(report.marking)), "Bold", style.BODY, width)
        self.left = _first_line(
            missing.printable(one_line(report.title)), "Regular", style.SMALL, width * 0.56
        )
        self.right = _first_line(
            missing.printable(one_line(report.subtitle)), "Regular", style.SMALL, width * 0.4
        )
        self.version = " · ".join(
            missing.printable(one_line(text))
            for text in (report.reference, f"version {report.version}" if report.version else "")
            if text
        )

    def draw(self, pen: Pen) -> None:
        """Draw it on the current page, before anything else so that it lies behind the text."""
        right_edge = style.LEFT + style.TEXT_WIDTH
        if self.draft:
            with pen.artifact("Watermark"):
                slope = math.radians(54)
                pen.turned_text(
                    "DRAFT", face("NotoSans-Bold"), 150, style.WATERMARK, math.cos(slope), math.sin(slope)
                )
        with pen.artifact("Header"):
            top = style.PAGE_HEIGHT
            _centred(pen, self.marking, top - 32)
            if pen.page:
                _at(pen, self.left, style.LEFT, top - 52, style.SMALL)
                _at(pen, self.right, right_edge - self.right.width * style.SMALL, top - 52, style.SMALL)
                pen.rectangle(style.LEFT, top - 59, style.TEXT_WIDTH, 0.5, style.HAIRLINE)
        with pen.artifact("Footer"):
            pen.rectangle(style.LEFT, 59, style.TEXT_WIDTH, 0.5, style.HAIRLINE)
            version = _first_line(self.version, "Regular", style.SMALL, style.TEXT_WIDTH * 0.7)
            _at(pen, version, style.LEFT, 46, style.SMALL)
            page = _first_line(
                f"Page {pen.page + 1} of {self.pages}", "Regular", style.SMALL, style.TEXT_WIDTH
            )
            _at(pen, page, right_edge - page.width * style.SMALL, 46, style.SMALL)
            _centred(pen, self.marking, 25)


def _first_line(text: str, variant: Variant, size: float, width: float) -> Line:
    """As much of the text as fits one line; cut with an ellipsis, since each page repeats it."""
    colour = style.INK if variant == "Bold" else style.MUTED
    lines = break_lines([Span(text, variant, colour)], size, width)
    if len(lines) == 1:
        return lines[0]
    shorter = break_lines([Span(text, variant, colour)], size, width - size)[0]
    kept = "".join(fragment.text for fragment in shorter.fragments).rstrip() + "…"
    return break_lines([Span(kept, variant, colour)], size, 10_000.0)[0]


def _at(pen: Pen, line: Line, x: float, y: float, size: float) -> None:
    for fragment in line.fragments:
        pen.plain_text(x, y, fragment.text, fragment.face, size, fragment.colour)
        x += fragment.width * size


def _centred(pen: Pen, line: Line, y: float) -> None:
    _at(pen, line, (style.PAGE_WIDTH - line.width * style.BODY) / 2, y, style.BODY)
