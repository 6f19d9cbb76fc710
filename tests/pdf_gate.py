"""The gate every PDF passes: PDF/UA-1, PDF/A-3a, and a reading order of our own.

No validator sees a wrong reading order, so `tree_blocks` reads a file as a screen reader would, element by
element in the order of the structure tree, and `expected_blocks` says what the report should read like.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page
import pikepdf

from fieldwork.reports.document import (
    Bullets,
    Chart,
    Heading,
    Paragraph,
    Quote,
    Report,
    Run,
    Table,
    chart_table,
    front_matter,
    settled_blocks,
)
from fieldwork.reports.pdf.fonts import printable
from fieldwork.reports.plain import one_line

PROFILES = ("ua1", "3a")
# Elements whose text is one block; what stands inside them (Link, Span) belongs to it.
_BLOCKS = {"P", "H1", "H2", "H3", "H4", "H5", "H6", "Lbl", "LBody", "TH", "TD", "Caption"}
_UNREAD = {"TOC", "Figure"}  # page numbers, and drawings which are read by their alternative text


def pdf_failures(path: Path) -> list[str]:
    """What the validator finds against PDF/UA-1 and PDF/A-3a, as "profile rule: message"."""
    limits = page.SafetyLimits(max_table_grid_rows=100_000, max_table_grid_cells=2_000_000)
    found = []
    for profile in PROFILES:
        report = page.validate_pdf(path, profile=profile, limits=limits)
        found += [f"{profile} {failure.rule_id}: {failure.message}" for failure in report.failures]
        if not report.is_compliant and not report.failures:
            found.append(f"{profile}: not compliant, no reason given")
    with pikepdf.open(path) as pdf:
        if "/StructTreeRoot" in pdf.Root:
            held = {kid.Obj.objgen for kid in _object_references(pdf.Root.StructTreeRoot.K)}
            notes = [note for leaf in pdf.pages for note in leaf.get("/Annots", [])]
            found += ["own rule: an annotation outside the tree" for note in notes if note.objgen not in held]
    return found


def check_pdf(path: Path) -> None:
    """Raise AssertionError listing the failures unless the file is PDF/UA-1 and PDF/A-3a."""
    found = pdf_failures(path)
    assert not found, f"{path.name} fails:\n" + "\n".join(found[:20])


def check_reading(path: Path, report: Report) -> None:
    """Raise AssertionError unless the file, read in the order of its tags, says what the report says."""
    read, expected = list(tree_blocks(path)), list(expected_blocks(report))
    for place, (was, should) in enumerate(zip(read, expected, strict=False)):
        assert was == should, f"block {place} reads {was!r}, the report says {should!r}"
    assert len(read) == len(expected), f"{len(read)} blocks are read, the report has {len(expected)}"


def tree_text(path: Path) -> str:
    """The file's text in reading order, one block per line, without contents list and figures."""
    return "\n".join(tree_blocks(path))


def tree_blocks(path: Path) -> Iterator[str]:
    """The text of each block in reading order, white space collapsed; empty blocks are left out."""
    with pikepdf.open(path) as pdf:
        drawn = {leaf.obj.objgen: _drawn_text(leaf.obj) for leaf in pdf.pages}
        for text in _blocks(pdf.Root.StructTreeRoot.K, drawn, None):
            if collapsed := " ".join(text.split()):
                yield collapsed


def expected_blocks(report: Report) -> Iterator[str]:
    """What `tree_blocks` should give for the report."""
    for text in _said(report):
        if collapsed := " ".join(printable(text)[0].split()):
            yield collapsed


def _said(report: Report) -> Iterator[str]:
    yield one_line(report.title) or "Report"
    yield one_line(report.subtitle)
    for name, value in front_matter(report):
        yield f"{name} {value}"
    settled = list(settled_blocks(report))
    if sum(isinstance(block, Heading) for block in settled) >= 12:
        yield "Contents"
    for block in settled:
        if isinstance(block, Heading):
            yield one_line(block.text) or "Untitled"
        elif isinstance(block, Paragraph):
            yield f"{block.number} {_joined(block.runs)}"
        elif isinstance(block, Bullets):
            for place, item in enumerate(block.items, start=1):
                yield block.mark(place)
                yield _joined(item)
        elif isinstance(block, Quote):
            yield _joined(block.runs)
            yield block.attribution
        elif isinstance(block, Table):
            yield from _table(block)
        elif isinstance(block, Chart):
            yield block.caption
            yield from _table(chart_table(block))


def _table(table: Table) -> Iterator[str]:
    yield table.caption
    yield from table.head
    for row in table.rows:
        yield from row


def _joined(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


# Reading a file -----------------------------------------------------------------------------------------


def _blocks(element: Any, drawn: dict[Any, dict[int, str]], home: Any) -> Iterator[str]:
    tag = str(element.S).lstrip("/")
    if tag in _UNREAD:
        return
    if tag in _BLOCKS:
        yield _inline(element, drawn, home)
        return
    home = element.Pg.objgen if "/Pg" in element else home
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _blocks(kid, drawn, home)
        else:
            yield _leaf(kid, drawn, home)


def _object_references(element: Any) -> Iterator[Any]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary):
            if "/Obj" in kid:
                yield kid
            elif "/S" in kid:
                yield from _object_references(kid)


def _inline(element: Any, drawn: dict[Any, dict[int, str]], home: Any) -> str:
    if "/ActualText" in element:
        return str(element.ActualText)
    home = element.Pg.objgen if "/Pg" in element else home
    parts = []
    for kid in _kids(element):
        nested = isinstance(kid, pikepdf.Dictionary) and "/S" in kid
        parts.append(_inline(kid, drawn, home) if nested else _leaf(kid, drawn, home))
    return "".join(parts)


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _leaf(kid: Any, drawn: dict[Any, dict[int, str]], home: Any) -> str:
    if isinstance(kid, pikepdf.Dictionary):
        return drawn[kid.Pg.objgen].get(int(kid.MCID), "") if "/MCID" in kid else ""
    return drawn[home].get(int(kid), "")


def _drawn_text(leaf: Any) -> dict[int, str]:
    """The text drawn on a page by marked-content number."""
    fonts = {name: _characters(font) for name, font in leaf.Resources.Font.items()}
    texts: dict[int, list[str]] = {}
    open_marks: list[int | None] = []
    characters: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(leaf, "BDC BMC EMC Tf Tj"):
        match str(operator):
            case "BDC":
                mcid = operands[1].get("/MCID") if isinstance(operands[1], pikepdf.Dictionary) else None
                open_marks.append(None if mcid is None else int(mcid))
            case "BMC":
                open_marks.append(None)
            case "EMC":
                open_marks.pop()
            case "Tf":
                characters = fonts[str(operands[0])]
            case "Tj" if open_marks and open_marks[-1] is not None:
                shown = "".join(characters.get(code, "\ufffd") for code in bytes(operands[0]))
                texts.setdefault(open_marks[-1], []).append(shown)
    return {mcid: "".join(parts) for mcid, parts in texts.items()}


def _characters(font: Any) -> dict[int, str]:
    mapping = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
    return {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be")
        for block in re.findall(r"beginbfchar(.*?)endbfchar", mapping, re.S)
        for code, text in re.findall(r"<([0-9A-F]+)> <([0-9A-F]+)>", block)
    }
