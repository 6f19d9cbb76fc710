"""From drawn pages to a tagged, archivable file: what reportlab leaves out, added with pikepdf.

PDF/UA-1 (ISO 14289-1) asks for the structure tree, language, title and tab order; PDF/A-3a (ISO 19005-3) for
metadata that says so, an output intent with its colour profile, and attachments that state what they are.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from fieldwork.reports.document import Attachment, Report
from fieldwork.reports.pdf.pen import Pen
from fieldwork.reports.pdf.saving import save_bytes
from fieldwork.reports.pdf.tags import LinkArea, MarkedContent, Node
from fieldwork.reports.pdf.text import Anchor
from fieldwork.reports.plain import clean_text, one_line

_PRODUCER = "Fieldwork"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a heading came to stand: page index and upper edge in points."""

    anchor: Anchor
    page: int
    top: float


def finish(
    drawn: bytes,
    pen: Pen,
    tree: Node,
    report: Report,
    destinations: Sequence[Destination],
    attachments: Sequence[Attachment],
) -> bytes:
    """The finished file. The same arguments give the same bytes."""
    with pikepdf.open(BytesIO(drawn)) as pdf:
        _correct_fonts(pdf)
        _add_structure(pdf, pen, tree, destinations)
        _add_bookmarks(pdf, destinations)
        _add_attachments(pdf, attachments, report)
        _add_metadata(pdf, report)
        return save_bytes(pdf)


def _correct_fonts(pdf: Pdf) -> None:
    """Code 0 stands for no character, and characters beyond U+FFFF are written as two halves."""

    def entry(match: re.Match[bytes]) -> bytes:
        code = int(match[2], 16)
        character = chr(code).encode("utf-16-be").hex().upper()
        return b"<%s> <%s>" % (match[1], character.encode()) if code else b""

    def block(match: re.Match[bytes]) -> bytes:
        entries = [line for line in re.sub(rb"<(..)> <([0-9A-F]+)>", entry, match[1]).split(b"\n") if line]
        # The format allows a hundred entries in one block.
        groups = [entries[start : start + 100] for start in range(0, len(entries), 100)]
        return b"\n".join(
            b"%d beginbfchar\n%s\nendbfchar" % (len(group), b"\n".join(group)) for group in groups
        )

    fonts = pdf.pages[0].Resources.Font
    for name in sorted(fonts.keys()):
        mapping = fonts[name].get("/ToUnicode")
        if mapping is not None:
            text = mapping.read_bytes()
            text = re.sub(
                rb"<00> <[0-9A-F]{2}>\n(\d+ beginbfchar)", rb"<00> <FF>\nendcodespacerange\n\1", text
            )
            text = text.replace(b"endcodespacerange\nendcodespacerange", b"endcodespacerange")
            mapping.write(re.sub(rb"\d+ beginbfchar\n(.*?)\nendbfchar", block, text, flags=re.S))


# Structure -----------------------------------------------------------------------------------------


def _add_structure(pdf: Pdf, pen: Pen, tree: Node, destinations: Sequence[Destination]) -> None:
    tree.prune()
    pages = [page.obj for page in pdf.pages]
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    elements = {
        node: pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name("/" + node.tag)))
        for node in tree.walk()
    }
    parents: list[tuple[int, Any]] = []

    for index, nodes in enumerate(pen.pages):
        page = pages[index]
        page.StructParents = index
        page.Tabs = Name.S
        parents.append((index, pdf.make_indirect(Array([elements[node] for node in nodes]))))

    places = {place.anchor.key: place for place in destinations}
    annotations: dict[LinkArea, Any] = {}
    for key, area in enumerate(pen.links, start=len(pages)):
        annotation = pdf.make_indirect(_link_annotation(area, key, pages, places))
        annotations[area] = annotation
        page = pages[area.page]
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(annotation)
        parents.append((key, elements[area.node]))

    elements[tree].P = root
    for node, element in elements.items():
        _fill_element(node, element, elements, pages, annotations)

    root.K = elements[tree]
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([entry for pair in parents for entry in pair])))
    root.ParentTreeNextKey = len(parents)
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _fill_element(
    node: Node,
    element: Any,
    elements: dict[Node, Any],
    pages: Sequence[Any],
    annotations: dict[LinkArea, Any],
) -> None:
    """Write the node's kids and attributes into its element, and itself as their parent."""
    home = next((kid.page for kid in node.kids if isinstance(kid, MarkedContent)), None)
    if home is not None:
        element.Pg = pages[home]
    kids: list[Any] = []
    for kid in node.kids:
        if isinstance(kid, Node):
            elements[kid].P = element
            kids.append(elements[kid])
        elif isinstance(kid, LinkArea):
            kids.append(Dictionary(Type=Name.OBJR, Obj=annotations[kid], Pg=pages[kid.page]))
        elif kid.page == home:
            kids.append(kid.mcid)
        else:
            kids.append(Dictionary(Type=Name.MCR, Pg=pages[kid.page], MCID=kid.mcid))
    if kids:
        element.K = kids[0] if len(kids) == 1 else Array(kids)
    if node.attributes:
        element.A = Dictionary({name: _attribute(value) for name, value in node.attributes.items()})
    if node.alternative:
        element.Alt = String(node.alternative)
    if node.actual_text:
        element.ActualText = String(node.actual_text)


def _attribute(value: str | int | tuple[float, ...]) -> Any:
    if isinstance(value, tuple):
        return Array([round(number, 2) for number in value])
    return Name(value) if isinstance(value, str) else value


def _link_annotation(area: LinkArea, key: int, pages: Sequence[Any], places: dict[str, Destination]) -> Any:
    annotation = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(edge, 2) for edge in area.rectangle]),
        Border=Array([0, 0, 0]),
        F=4,
        StructParent=key,
        Contents=String(area.text),
    )
    if area.target.startswith("#"):
        annotation.Dest = _destination(places[area.target[1:]], pages)
    else:
        address = quote(area.target, safe=":/?#[]@!$&'()*+,;=%~-._")
        annotation.A = Dictionary(S=Name.URI, URI=String(address))
    return annotation


def _destination(place: Destination, pages: Sequence[Any]) -> Any:
    return Array([pages[place.page], Name.XYZ, 0, round(place.top + 8, 2), 0])


def _add_bookmarks(pdf: Pdf, destinations: Sequence[Destination]) -> None:
    pages = [page.obj for page in pdf.pages]
    pdf.Root.PageMode = Name.UseOutlines if destinations else Name.UseNone
    with pdf.open_outline() as outline:
        open_items: list[pikepdf.OutlineItem] = []
        for place in destinations:
            item = pikepdf.OutlineItem(place.anchor.title, _destination(place, pages))
            item.is_closed = place.anchor.level > 0
            del open_items[place.anchor.level :]
            (open_items[-1].children if open_items else outline.root).append(item)
            open_items.append(item)


# Attachments and metadata --------------------------------------------------------------------------


def _add_attachments(pdf: Pdf, attachments: Sequence[Attachment], report: Report) -> None:
    if not attachments:
        return
    names, specifications = Array(), Array()
    for attachment in sorted(attachments, key=lambda attachment: attachment.name):
        stream = pdf.make_stream(attachment.data)
        stream.Type = Name.EmbeddedFile
        stream.Subtype = Name("/" + attachment.media_type)
        stream.Params = Dictionary(
            Size=len(attachment.data),
            ModDate=String(_pdf_date(report)),
            CheckSum=String(hashlib.md5(attachment.data, usedforsecurity=False).digest()),
        )
        specification = pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(attachment.name),
                UF=String(attachment.name),
                Desc=String(one_line(attachment.description)),
                AFRelationship=Name.Data,
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        names.append(String(attachment.name))
        names.append(specification)
        specifications.append(specification)
    pdf.Root.AF = specifications
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))


def _pdf_date(report: Report) -> str:
    """The report's moment as PDF writes it, in UTC."""
    seconds = report.date.utctimetuple()
    return "D:{:04}{:02}{:02}{:02}{:02}{:02}Z".format(*seconds[:6])


def _add_metadata(pdf: Pdf, report: Report) -> None:
    pdf.Root.Lang = String(report.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    facts = {
        "/Title": _title(report),
        "/Author": one_line(report.author),
        "/Subject": one_line(report.subtitle),
        "/Keywords": one_line(report.marking),
        "/Creator": _PRODUCER,
        "/Producer": _PRODUCER,
        "/CreationDate": _pdf_date(report),
        "/ModDate": _pdf_date(report),
    }
    for name in list(pdf.docinfo.keys()):
        del pdf.docinfo[name]
    for name, value in facts.items():
        if value:
            pdf.docinfo[name] = String(value)
    metadata = pdf.make_stream(_xmp(report).encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata
    profile = pdf.make_stream(srgb_profile())
    profile.N = 3
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([intent])


def _title(report: Report) -> str:
    return one_line(report.title) or "Report"


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
{described}<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def _xmp(report: Report) -> str:
    """The metadata packet. Optional facts are left out when empty, as in the document information."""
    author, subject, keywords = (one_line(text) for text in (report.author, report.subtitle, report.marking))
    described = ""
    if author:
        described += f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>\n"
    if subject:
        language = '<rdf:li xml:lang="x-default">'
        described += (
            f"<dc:description><rdf:Alt>{language}{escape(subject)}</rdf:li></rdf:Alt></dc:description>\n"
        )
    if keywords:
        described += f"<pdf:Keywords>{escape(keywords)}</pdf:Keywords>\n"
    return _XMP.format(
        title=escape(_title(report)),
        described=described,
        language=escape(clean_text(report.language)),
        producer=_PRODUCER,
        moment="{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*report.date.utctimetuple()[:6]),
    )


@cache
def srgb_profile() -> bytes:
    """The sRGB colour profile, with the date LittleCMS stamps into it replaced by a fixed one."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07d000010001000000000000")
    return bytes(profile)
