"""Drawing on reportlab's canvas so that nothing can be drawn outside a tag or an artifact.

The pen keeps the page's operators itself and hands them to the canvas page by page; of reportlab it uses the
page size, the TrueType subsets and the file writer.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from reportlab.pdfgen.canvas import Canvas

from fieldwork.reports.pdf.fonts import Face, face, visual
from fieldwork.reports.pdf.style import PAGE_HEIGHT, PAGE_WIDTH, Colour
from fieldwork.reports.pdf.tags import LinkArea, MarkedContent, Node


class Link:
    """Where a stretch of text leads; its node joins the tree when the first piece of it is drawn."""

    def __init__(self, target: str, text: str) -> None:
        self.target = target
        self.text = text
        self.node: Node | None = None

    def node_below(self, parent: Node) -> Node:
        """The link's node, made below `parent` at first."""
        if self.node is None:
            self.node = parent.add("Link")
        return self.node


class Fragment(NamedTuple):
    """Text of one line in one face and colour; `width` in thousandths is at size 1."""

    face: Face
    text: str
    colour: Colour
    link: Link | None
    width: float


class Line(NamedTuple):
    """One laid-out line; `width` at size 1. `ends_word` is false where a long word was cut."""

    fragments: tuple[Fragment, ...]
    width: float
    ends_word: bool = True


def number(value: float) -> str:
    """A coordinate as PDF writes it: at most three decimals, no exponent."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


class Pen:
    """Draws one PDF, page after page, into `out`.

    After `save`, `pages` holds for every page its nodes by marked-content number, and `links` all link areas.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._canvas = Canvas(
            out,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            pageCompression=0,
            pdfVersion=(1, 7),
            initialFontName=face("NotoSans-Regular").name,
        )
        self._document = self._canvas._doc
        self._subset_names: dict[tuple[Face, int], str] = {}
        self.pages: list[list[Node]] = []
        self.links: list[LinkArea] = []
        self._operators: list[str] = []
        self._font: tuple[str, float] | None = None
        self._fill: Colour | None = None
        self._open = False

    # Pages -----------------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """Index of the current page, from 0."""
        return len(self.pages) - 1

    def new_page(self) -> None:
        """Finish the current page, if any, and start the next."""
        if self.pages:
            self._finish_page()
        self.pages.append([])

    def _finish_page(self) -> None:
        self._canvas.addLiteral("\n".join(self._operators))
        self._canvas.showPage()
        self._operators = []
        self._font = self._fill = None

    def save(self) -> None:
        """Finish the last page and write the file."""
        self._finish_page()
        self._canvas.save()

    # Marked content --------------------------------------------------------------------------------

    @contextmanager
    def artifact(self, pagination: str = "") -> Iterator[None]:
        """Draw decoration, which nobody reads aloud; `pagination` is Header, Footer or Watermark."""
        if pagination:
            self._begin(f"/Artifact <</Type /Pagination /Subtype /{pagination}>> BDC")
        else:
            self._begin("/Artifact BMC")
        yield
        self._end()

    @contextmanager
    def tagged(self, node: Node) -> Iterator[None]:
        """Draw content that belongs to `node`."""
        self._begin(self._mark(node))
        yield
        self._end()

    def _mark(self, node: Node) -> str:
        nodes = self.pages[-1]
        node.kids.append(MarkedContent(self.page, len(nodes)))
        nodes.append(node)
        return f"/{node.tag} <</MCID {len(nodes) - 1}>> BDC"

    def _begin(self, operator: str) -> None:
        if self._open:
            raise RuntimeError("marked content does not nest")
        self._operators.append(operator)
        self._open = True

    def _end(self) -> None:
        self._operators.append("EMC")
        self._open = False

    def _draw(self, *operators: str) -> None:
        if not self._open:
            raise RuntimeError("nothing is drawn outside a tag or an artifact")
        self._operators.extend(operators)

    # Shapes ----------------------------------------------------------------------------------------

    def fill(self, colour: Colour) -> None:
        """Use `colour` for what is filled from here on."""
        if colour != self._fill:
            self._draw("{} {} {} rg".format(*map(number, colour)))
            self._fill = colour

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle with its lower left corner at (x, y)."""
        self.fill(colour)
        self._draw(f"{number(x)} {number(y)} {number(width)} {number(height)} re f")

    def dots(self, x: float, y: float, until: float, colour: Colour) -> None:
        """A dotted line from x to `until`."""
        stroke = "{} {} {} RG".format(*map(number, colour))
        self._draw(
            f"q {stroke} 0.8 w 1 J [0.01 3.5] 0 d {number(x)} {number(y)} m {number(until)} {number(y)} l S Q"
        )

    def turned_text(
        self, text: str, drawn_in: Face, size: float, colour: Colour, cosine: float, sine: float
    ) -> None:
        """Text centred on the page along a slope, for the watermark."""
        self.fill(colour)
        left, low = -drawn_in.width(text) * size / 2, -size * 0.36
        x = PAGE_WIDTH / 2 + cosine * left - sine * low
        y = PAGE_HEIGHT / 2 + sine * left + cosine * low
        self._draw("BT", " ".join(map(number, (cosine, sine, -sine, cosine, x, y))) + " Tm")
        self._show(drawn_in, size, text)
        self._draw("ET")

    # Text ------------------------------------------------------------------------------------------

    def _show(self, drawn_in: Face, size: float, text: str) -> None:
        font = drawn_in.font
        if text.isascii() and self._ascii_subset(drawn_in):
            pieces = [(0, f"({_literal(text)})")]
        else:
            pieces = [(subset, f"<{raw.hex()}>") for subset, raw in font.splitString(text, self._document)]
        for subset, shown in pieces:
            name = self._subset_names.get((drawn_in, subset))
            if name is None:
                name = font.getSubsetInternalName(subset, self._document)
                self._subset_names[drawn_in, subset] = name
            if self._font != (name, size):
                self._operators.append(f"{name} {number(size)} Tf")
                self._font = (name, size)
            self._operators.append(f"{shown} Tj")

    def _ascii_subset(self, drawn_in: Face) -> bool:
        """Whether ASCII has its own codes in the first subset of a face, which reportlab must have met."""
        if (drawn_in, 0) not in self._subset_names:
            drawn_in.font.splitString(" ", self._document)
        return bool(drawn_in.font._asciiReadable)

    def plain_text(self, x: float, y: float, text: str, drawn_in: Face, size: float, colour: Colour) -> None:
        """One line of text in one face inside the marked content that is open."""
        self.fill(colour)
        self._draw("BT", f"1 0 0 1 {number(x)} {number(y)} Tm")
        self._show(drawn_in, size, text)
        self._draw("ET")

    def text(
        self,
        lines: Sequence[Line],
        places: Sequence[tuple[float, float]],
        size: float,
        node: Node | None,
        *,
        last: bool = True,
    ) -> None:
        """Lines of text, each at its (x, baseline), read as `node`'s; with None they are an artifact.

        `last` says that the text ends here, else its last line gets a space so that the words of the next
        page's first line are not read as one with it.
        """
        current: object = None
        underlined: list[tuple[float, float, float, Fragment]] = []
        self._operators.append("BT")
        for index, (line, (x, y)) in enumerate(zip(lines, places, strict=True)):
            self._operators.append(f"1 0 0 1 {number(x)} {number(y)} Tm")
            spaced = line.ends_word and not (last and index == len(lines) - 1)
            for place, fragment in enumerate(line.fragments):
                if fragment.link is not None and node is not None:
                    underlined.append((x, y, fragment.width * size, fragment))
                x += fragment.width * size
                final = spaced and place == len(line.fragments) - 1
                current = self._fragment(fragment, size, node, current, " " if final else "")
        if current is not None:
            self._end()
        self._operators.append("ET")
        self._underline(underlined, size)

    def _fragment(
        self, fragment: Fragment, size: float, node: Node | None, current: object, tail: str
    ) -> object:
        """Show one fragment inside its own marked content; returns what is open afterwards."""
        owner: Node | None = node
        if node is not None and fragment.link is not None:
            owner = fragment.link.node_below(node)
        if fragment.face.right_to_left and owner is not None:
            if current is not None:
                self._end()
            # The text is given on the structure element only: readers that look at the page alone (PDFium)
            # turn right-to-left stretches round by themselves and would turn text given with the content as
            # well.
            span = owner.add("Span")
            span.actual_text = fragment.text
            self._begin(self._mark(span))
            self._ink(fragment, size, visual(fragment.text, fragment.face))
            self._end()
            if not tail:
                return None
            self._begin(self._mark(owner))
            self._show(face("NotoSans-Regular"), size, tail)
            return owner
        wanted: object = owner if owner is not None else "artifact"
        if current is not wanted:
            if current is not None:
                self._end()
            self._begin("/Artifact BMC" if owner is None else self._mark(owner))
        self._ink(fragment, size, fragment.text + tail)
        return wanted

    def _ink(self, fragment: Fragment, size: float, text: str) -> None:
        self.fill(fragment.colour)
        self._show(fragment.face, size, text)

    def _underline(self, stretches: list[tuple[float, float, float, Fragment]], size: float) -> None:
        if not stretches:
            return
        with self.artifact():
            for x, y, width, fragment in stretches:
                self.rectangle(x, y - size * 0.16, width, 0.6, fragment.colour)
        for x, y, width, fragment in stretches:
            if fragment.link is not None and fragment.link.node is not None:
                self.link_area(fragment.link, (x, y - size * 0.3, x + width, y + size * 0.95))

    def link_area(self, link: Link, rectangle: tuple[float, float, float, float]) -> None:
        """Make a rectangle of the current page lead to where `link`, drawn before, leads."""
        if link.node is None:
            raise RuntimeError("a link's text is drawn before its area")
        area = LinkArea(self.page, rectangle, link.target, link.text, link.node)
        link.node.kids.append(area)
        self.links.append(area)
