"""Text to lines, and blocks of lines that can stand on a page or be split over two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fieldwork.reports.document import Run, Runs
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.fonts import Variant, face, printable, split_by_face
from fieldwork.reports.pdf.pen import Fragment, Line, Link, Pen
from fieldwork.reports.pdf.style import Colour
from fieldwork.reports.pdf.tags import Node
from fieldwork.reports.plain import safe_link

_VARIANTS: dict[str, Variant] = {
    "plain": "Regular",
    "strong": "Bold",
    "emphasis": "Italic",
    "strong emphasis": "BoldItalic",
    "reference": "Regular",
}
# Where a word too long for the line may be cut before it is cut anywhere.
_SOFT_BREAK = re.compile(r"[-/\\_.,;:@?&=]")


@dataclass(frozen=True, slots=True)
class Span:
    """Printable text in one look."""

    text: str
    variant: Variant = "Regular"
    colour: Colour = style.INK
    link: Link | None = None


class Missing:
    """Collects characters that no face has, for the export log."""

    def __init__(self) -> None:
        self.characters: set[str] = set()

    def printable(self, text: str) -> str:
        """`text` as it is printed, remembering what was missing."""
        shown, missing = printable(text)
        self.characters.update(missing)
        return shown


def spans_of(
    runs: Runs,
    missing: Missing,
    keys: frozenset[str],
    variant: Variant | None = None,
    colour: Colour = style.INK,
) -> list[Span]:
    """Runs as spans. A link inside the report becomes one only when its key is in `keys`."""
    spans = []
    for run in runs:
        shown = missing.printable(run.text)
        spans.append(
            Span(shown, variant or _VARIANTS[run.style], _colour_of(run, colour), _link_of(run, keys, shown))
        )
        if spans[-1].link is not None:
            spans[-1] = replace(spans[-1], colour=style.LINK)
    return spans


def _colour_of(run: Run, colour: Colour) -> Colour:
    return style.MUTED if run.style == "reference" else colour


def _link_of(run: Run, keys: frozenset[str], shown: str) -> Link | None:
    target = safe_link(run.href)
    if not target or not shown.strip() or (target.startswith("#") and target[1:] not in keys):
        return None
    return Link(target, " ".join(shown.split()))


@dataclass(slots=True)
class _Word:
    """What stands between two places where a line may break: fragments, their width, and what follows."""

    fragments: list[Fragment] = field(default_factory=list)
    width: float = 0.0
    spaces: int = 0
    line_end: bool = False

    def append(self, fragment: Fragment) -> None:
        self.fragments.append(fragment)
        self.width += fragment.width


def _words(spans: Sequence[Span]) -> Iterator[_Word]:
    word = _Word()
    for span in spans:
        for piece in re.split(r"(\n| +)", span.text):
            if not piece:
                continue
            if piece == "\n":
                word.line_end = True
            elif piece[0] == " ":
                word.spaces = len(piece)
            else:
                if word.spaces or word.line_end:
                    yield word
                    word = _Word()
                for drawn_in, text in split_by_face(piece, span.variant):
                    word.append(Fragment(drawn_in, text, span.colour, span.link, drawn_in.width(text)))
                continue
            if word.line_end:
                yield word
                word = _Word()
    yield word


def _cut(word: _Word, width: float) -> tuple[_Word, _Word]:
    """The longest beginning of a word that fits `width` (at least one character), and its rest."""
    head, rest = _Word(), _Word(spaces=word.spaces, line_end=word.line_end)
    for place, fragment in enumerate(word.fragments):
        if head.width + fragment.width <= width:
            head.append(fragment)
            continue
        room = width - head.width
        fits = 0
        while fits < len(fragment.text) and fragment.face.width(fragment.text[: fits + 1]) <= room:
            fits += 1
        if fits == 0 and not head.fragments:
            fits = 1
        soft = max((match.end() for match in _SOFT_BREAK.finditer(fragment.text[:fits])), default=0)
        if soft > fits // 2:
            fits = soft
        taken = fragment.face.width(fragment.text[:fits])
        if fits:
            head.append(fragment._replace(text=fragment.text[:fits], width=taken))
        if fits < len(fragment.text):
            rest.append(fragment._replace(text=fragment.text[fits:], width=fragment.width - taken))
        for later in word.fragments[place + 1 :]:
            rest.append(later)
        break
    return head, rest


class _LineBuilder:
    """Joins words to lines, and neighbours of the same look to one fragment."""

    def __init__(self) -> None:
        self.fragments: list[Fragment] = []
        self.width = 0.0
        self.gap = 0

    def gap_width(self) -> float:
        return self.fragments[-1].face.width(" ") * self.gap if self.fragments else 0.0

    def add(self, word: _Word) -> None:
        if self.fragments and self.gap:
            last = self.fragments[-1]
            following = word.fragments[0] if word.fragments else None
            # A space after the last word of a link or of a right-to-left stretch belongs to neither.
            link = last.link if following and following.link is last.link else None
            between = last.face
            if between.right_to_left and not (following and following.face is between):
                between = face("NotoSans-Regular")
            spaces = " " * self.gap
            self._join(last._replace(face=between, text=spaces, width=between.width(spaces), link=link))
        for fragment in word.fragments:
            self._join(fragment)
        self.gap = word.spaces

    def _join(self, fragment: Fragment) -> None:
        self.width += fragment.width
        if self.fragments:
            last = self.fragments[-1]
            if last.face is fragment.face and last.colour == fragment.colour and last.link is fragment.link:
                self.fragments[-1] = last._replace(
                    text=last.text + fragment.text, width=last.width + fragment.width
                )
                return
        self.fragments.append(fragment)

    def line(self, *, ends_word: bool = True) -> Line:
        """The line so far; the builder starts afresh."""
        done = Line(tuple(self.fragments), self.width, ends_word)
        self.fragments, self.width, self.gap = [], 0.0, 0
        return done


def break_lines(spans: Sequence[Span], size: float, width: float) -> list[Line]:
    """The spans' text in lines at most `width` points wide. Always at least one line."""
    limit = width / size
    if len(spans) == 1 and "\n" not in spans[0].text and "  " not in spans[0].text:
        only = split_by_face(spans[0].text, spans[0].variant)
        if len(only) == 1:
            drawn_in, text = only[0]
            return _break_plain(
                text.strip(" "), Fragment(drawn_in, "", spans[0].colour, spans[0].link, 0.0), limit
            )
    lines: list[Line] = []
    builder = _LineBuilder()
    for word in _words(spans):
        if builder.fragments and builder.width + builder.gap_width() + word.width > limit:
            lines.append(builder.line())
        while word.width > limit and len(word.fragments) + len(word.fragments[0].text) > 2:
            head, word = _cut(word, limit)
            builder.add(head)
            lines.append(builder.line(ends_word=False))
        builder.add(word)
        if word.line_end:
            lines.append(builder.line())
    if builder.fragments or not lines:
        lines.append(builder.line())
    return lines


def _break_plain(text: str, look: Fragment, limit: float) -> list[Line]:
    """`break_lines` for the usual case, text of one look in one face: no fragment is made per word."""
    width_of = look.face.width
    space = width_of(" ")
    lines: list[Line] = []
    line: list[str] = []
    used = 0.0

    def finish(ends_word: bool = True) -> None:
        joined = " ".join(line)
        lines.append(Line((look._replace(text=joined, width=used),) if joined else (), used, ends_word))

    for word in text.split(" "):
        width = width_of(word)
        if line and used + space + width > limit:
            finish()
            line, used = [], 0.0
        while width > limit and len(word) > 1:
            head, rest = _cut(_Word([look._replace(text=word, width=width)], width), limit)
            line, used = [head.fragments[0].text], head.width
            finish(ends_word=False)
            line, used = [], 0.0
            word, width = rest.fragments[0].text, rest.width
        used += space + width if line else width
        line.append(word)
    finish()
    return lines


@dataclass(frozen=True, slots=True)
class Anchor:
    """A heading's place in the bookmarks: its title, key, and level from 0."""

    title: str
    key: str
    level: int


@dataclass(slots=True)
class TextBlock:
    """Lines standing on a page: a paragraph, a heading, a list item, a caption.

    `indent` is the space to the left of the lines; `label` (a bullet, a paragraph number) is drawn in it on
    the first line and read as `label_node`, or with the text when that is None. `bar` is the colour of a
    rule at the left; `rules` are lines below the text to write on. `above` and `below` are wanted space;
    `with_next` keeps the block on the page of what follows.
    """

    lines: list[Line]
    size: float
    leading: float
    node: Node
    indent: float = 0.0
    label: Line | None = None
    label_node: Node | None = None
    label_x: float = 0.0
    bar: Colour | None = None
    bar_x: float = 0.0
    above: float = 0.0
    below: float = style.PARAGRAPH_GAP
    with_next: bool = False
    anchor: Anchor | None = None
    goes_on: bool = False
    rules: int = 0

    @property
    def height(self) -> float:
        """Height of the lines, without the space above and below."""
        return len(self.lines) * self.leading + self.rules * style.RULE_GAP

    def least(self) -> float:
        """The smallest height worth starting with: two lines, so that none stands alone."""
        return self.height if len(self.lines) < 4 else 2 * self.leading

    def split(self, room: float) -> "tuple[TextBlock, TextBlock] | None":
        """The part that fits `room` and the rest, with no single line left over; None when that cannot be."""
        fits = int((room + 1e-6) // self.leading)
        fits = min(fits, len(self.lines) - 2) if len(self.lines) > 3 else 0
        if fits < 2:
            return None
        first = replace(self, lines=self.lines[:fits], below=0.0, goes_on=True, rules=0)
        rest = replace(self, lines=self.lines[fits:], label=None, anchor=None, above=0.0)
        return first, rest

    def draw(self, pen: Pen, top: float) -> None:
        """Draw the block with its upper edge at `top` (points from the paper's lower edge)."""
        if self.bar is not None:
            with pen.artifact():
                pen.rectangle(style.LEFT + self.bar_x, top - self.height, 2.5, self.height, self.bar)
        baseline = top - (self.leading + self.size * 0.71) / 2
        x = style.LEFT + self.indent
        if self.label is not None:
            place = [(style.LEFT + self.label_x, baseline)]
            pen.text([self.label], place, self.size, self.label_node or self.node, last=False)
        places = [(x, baseline - index * self.leading) for index in range(len(self.lines))]
        pen.text(self.lines, places, self.size, self.node, last=not self.goes_on)
        self._draw_rules(pen, top)

    def _draw_rules(self, pen: Pen, top: float) -> None:
        for place in range(1, self.rules + 1):
            y = top - len(self.lines) * self.leading - place * style.RULE_GAP
            with pen.artifact():
                pen.rectangle(
                    style.LEFT + self.indent, y, style.TEXT_WIDTH - self.indent, 0.6, style.WRITTEN_ON
                )
