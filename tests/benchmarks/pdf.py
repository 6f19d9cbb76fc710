"""The tagged report against reportlab drawing the same lines at the same places."""

import gc
from collections.abc import Callable
from io import BytesIO
from unittest.mock import patch

from report_samples import long_report
from reportlab.pdfgen.canvas import Canvas

from fieldwork.reports.document import Report
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.pen import Line, Pen
from fieldwork.reports.pdf.render import pdf_bytes

from . import Pair, interleaved, milliseconds

PAGES = 60
Drawn = tuple[float, float, str, str, float]  # x, y, text, font, size


def report_of(scale: float) -> Report:
    """Chapters of running text and an annex of answers: about sixty pages at scale 1."""
    return long_report(max(1, round(46 * scale)), max(1, round(620 * scale)))


def run(scale: float = 1.0) -> dict[str, Pair | str]:
    report = report_of(scale)
    pages = drawn_by(report)
    times = 5 if scale >= 1 else 1
    pair = interleaved(
        lambda: milliseconds(lambda: pdf_bytes(report)), lambda: milliseconds(lambda: bare(pages)), times
    )
    return {f"tagged report of {len(pages)} pages, with contents, CSV and checks": pair}


def drawn_by(report: Report) -> list[list[Drawn]]:
    """Every piece of text the report draws, page by page."""
    pages: list[list[Drawn]] = []
    new_page, text, plain_text = Pen.new_page, Pen.text, Pen.plain_text

    def paged(pen: Pen) -> None:
        pages.append([])
        new_page(pen)

    def lines(
        pen: Pen, some: list[Line], places: list[tuple[float, float]], size: float, *rest, **kw
    ) -> None:
        for line, (x, y) in zip(some, places, strict=True):
            for part in line.fragments:
                pages[-1].append((x, y, part.text, part.face.name, size))
                x += part.width * size
        text(pen, some, places, size, *rest, **kw)

    def plain(pen: Pen, x: float, y: float, words: str, drawn_in, size: float, colour) -> None:
        pages[-1].append((x, y, words, drawn_in.name, size))
        plain_text(pen, x, y, words, drawn_in, size, colour)

    with _instead(new_page=paged, text=lines, plain_text=plain):
        pdf_bytes(report)
    return pages


def _instead(**methods: Callable[..., None]):
    return patch.multiple(Pen, **methods)


def bare(pages: list[list[Drawn]]) -> bytes:
    """The lines alone: no breaking, no tags, no contents, no checks."""
    out = BytesIO()
    gc.disable()
    try:
        canvas = Canvas(out, pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT), pageCompression=1)
        for page in pages:
            for x, y, words, font, size in page:
                canvas.setFont(font, size)
                canvas.drawString(x, y, words)
            canvas.showPage()
        canvas.save()
    finally:
        gc.enable()
    return out.getvalue()
