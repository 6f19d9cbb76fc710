"""Which face draws which character, and how wide it is.

Noto Sans draws what it has; other scripts and symbols fall back along a fixed chain; what no shipped face
has is printed as "[U+738B]" and reported, because a missing glyph would be a silent gap in someone's words.
Arabic letters are joined through their presentation forms and right-to-left runs drawn in visual order; the
text itself stays with them as ActualText, so copying and reading aloud give back what was typed.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import Literal

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from fieldwork.assets import asset
from fieldwork.reports.plain import clean_text, code_mark

# Nothing in a report is fetched or opened by address; reportlab's own permission to do so is taken away as
# well.
rl_config.trustedHosts = []
rl_config.trustedSchemes = []

Variant = Literal["Regular", "Bold", "Italic", "BoldItalic"]

_WORDS_REMEMBERED = 50_000  # per face: about the vocabulary of a national inspection's notes
_FALLBACK = ("Arabic", "Hebrew", "Devanagari", "Gurmukhi", "Bengali", "Tamil", "Math", "Symbols2", "Symbols")
_RIGHT_TO_LEFT = ("NotoSansArabic-Regular", "NotoSansHebrew-Regular")
# Characters that are invisible by definition and that a font without shaping would print as a box.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)]
)


@dataclass(slots=True, eq=False)
class Face:
    """One font file: its characters and their widths in thousandths of the size."""

    name: str
    font: TTFont
    right_to_left: bool
    has: frozenset[int]
    _words: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Width of `text` at size 1, remembered per word."""
        known = self._words.get(text)
        if known is None:
            if len(self._words) > _WORDS_REMEMBERED:
                self._words.clear()
            widths, default = self.font.face.charWidths, self.font.face.defaultWidth
            known = self._words[text] = sum(widths.get(ord(char), default) for char in text) / 1000
        return known


@cache
def face(name: str) -> Face:
    """The face of resources/fonts/`name`.ttf, loaded once."""
    font = TTFont(name, BytesIO(asset(f"fonts/{name}.ttf").read_bytes()))
    pdfmetrics.registerFont(font)
    return Face(name, font, name in _RIGHT_TO_LEFT, frozenset(font.face.charToGlyph))


@cache
def _face_of(character: str, variant: Variant) -> Face | None:
    """The first face of the chain that has the character; None when no face has it."""
    base = face(f"NotoSans-{variant}")
    if ord(character) in base.has:
        return base
    for script in _FALLBACK:
        candidate = face(f"NotoSans{script}-Regular")
        if ord(character) in candidate.has:
            return candidate
    return None


def printable(text: str) -> tuple[str, str]:
    """(`text` as the PDF prints it, the characters of it that no face has).

    The first is cleaned, without invisible characters, and with "[U+738B]" for every missing glyph.
    """
    cleaned = clean_text(text)
    if cleaned.isascii():
        return cleaned, ""
    cleaned = cleaned.translate(_INVISIBLE)
    missing = {char for char in set(cleaned) if char != "\n" and _face_of(char, "Regular") is None}
    if not missing:
        return cleaned, ""
    return cleaned.translate({ord(char): code_mark(char) for char in missing}), "".join(sorted(missing))


def split_by_face(text: str, variant: Variant) -> list[tuple[Face, str]]:
    """`text` (printable, without line ends) in stretches that one face draws.

    Spaces stay with what they follow.
    """
    base = face(f"NotoSans-{variant}")
    if text.isascii():
        return [(base, text)]
    stretches: list[tuple[Face, str]] = []
    for is_space, characters in groupby(text, key=lambda char: char == " "):
        for char in characters:
            chosen = stretches[-1][0] if is_space and stretches else _face_of(char, variant) or base
            if stretches and stretches[-1][0] is chosen:
                stretches[-1] = (chosen, stretches[-1][1] + char)
            else:
                stretches.append((chosen, char))
    return stretches


@cache
def _arabic_forms() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Unicode's presentation forms: letter to {form: character}, and the same for lam with an alef."""
    letters: dict[str, dict[str, str]] = {}
    ligatures: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEFD)):
        form, *source = unicodedata.decomposition(chr(code)).split() or [""]
        base = "".join(chr(int(number, 16)) for number in source)
        if len(base) == 1:
            letters.setdefault(base, {})[form] = chr(code)
        elif len(base) == 2 and base[0] == "\u0644":
            ligatures.setdefault(base, {})[form] = chr(code)
    return letters, ligatures


def _joined(text: str, has: frozenset[int]) -> str:
    """Arabic letters in the forms they take beside their neighbours.

    Marks above and below do not part letters.
    """
    letters, ligatures = _arabic_forms()
    clusters: list[str] = []
    for char in text:
        if clusters and (unicodedata.combining(char) or clusters[-1] + char in ligatures):
            clusters[-1] += char
        else:
            clusters.append(char)

    def forms(cluster: str) -> dict[str, str]:
        return ligatures.get(cluster[:2]) or letters.get(cluster[0], {})

    joined = []
    for place, cluster in enumerate(clusters):
        own = forms(cluster)
        before = forms(clusters[place - 1]) if place else {}
        after = forms(clusters[place + 1]) if place + 1 < len(clusters) else {}
        linked_before = "<initial>" in before and "<final>" in own
        linked_after = "<initial>" in own and "<final>" in after
        form = {
            (True, True): "<medial>",
            (True, False): "<final>",
            (False, True): "<initial>",
            (False, False): "<isolated>",
        }[linked_before, linked_after]
        drawn = own.get(form, "")
        base_length = 2 if cluster[:2] in ligatures else 1
        joined.append(
            (drawn if drawn and ord(drawn) in has else cluster[:base_length]) + cluster[base_length:]
        )
    return "".join(joined)


def visual(stretch: str, drawn_by: Face) -> str:
    """A right-to-left stretch as it is drawn from left to right: letters joined, order turned round."""
    text = _joined(stretch, drawn_by.has)
    clusters: list[str] = []
    for char in text:
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return "".join(reversed(clusters))
