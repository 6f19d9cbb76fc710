"""What in a text may be about a person: a name, a telephone, an address, a case number, a date of birth.

Rules and lists, no model: quick, the same everywhere, and wrong at times both ways. It flags; it never decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["name", "phone", "address", "urn", "born", "email", "insurance number"]


@dataclass(frozen=True)
class Suspect:
    """Words that may be personal: characters from start to end of the text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class Lists:
    """Names in small letters without accents, and what stands beside them.

    words: names that are words too, such as "grace": no name by themselves. titles: what stands before a name.
    never: what is no name: places, and words of the field or one's own.
    """

    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


_CUES: Final = frozenset(
    ("victim", "suspect", "defendant", "witness", "complainant", "officer", "accused", "named", "called", "v")
)
"""Words behind which a family name alone is one."""

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019-](?=[^\W\d_]))*\.?|[.!?\n:;]")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<![\w+])(?:\+44 ?(?:\(0\) ?)?|\(?0)(?:[ ()-]?\d){9,10}(?!\d)")
_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b")
_URN = re.compile(r"\b\d{2}[ /]?(?=[A-Z\d]*[A-Z])[A-Z\d]{2}[ /]?\d{5,7}[ /]?\d{2}\b")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_STREET = re.compile(
    r"\b\d{1,4}[A-Za-z]?,? (?:[A-Z][a-z'\u2019-]{1,20} ){1,3}(?:Street|Road|Lane|Avenue|Close|Drive|Way|Court|Crescent|"
    r"Terrace|Place|Gardens|Grove|Hill|Square|View|Mews|Row|Walk|Green)\b"
)
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|born)\b[^\n]{0,12}?\d{1,4}(?:(?:st|nd|rd|th)? ?[A-Z][a-z]{2,8} ?|[-/.])\d{1,4}"
    r"(?:[-/.]\d{2,4})?|\b(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:19\d\d|200\d|201[0-5])\b",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", _EMAIL),
    ("born", _BORN),
    ("insurance number", _INSURANCE),
    ("urn", _URN),
    ("phone", _PHONE),
    ("address", _STREET),
    ("address", _POSTCODE),
)
_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöøùúûüýŵŷ", "aaaaaaceeeeiiiinoooooouuuuywy")


def suspects(text: str, lists: Lists) -> list[Suspect]:
    """What may be personal in a text, in order, none within another."""
    found: list[Suspect] = []
    for kind, pattern in _PATTERNS:
        found += [Suspect(one.start(), one.end(), kind) for one in pattern.finditer(text)]
    found += _names(text, lists)
    kept: list[Suspect] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str
    first: bool  # of a sentence

    @property
    def plain(self) -> str:
        return self.text.rstrip(".").lower().translate(_ACCENTS)

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


def _words(text: str, titles: frozenset[str]) -> Iterator[_Word]:
    first = True
    for match in _WORD.finditer(text):
        word = match[0]
        if not word[0].isalpha():
            first = True
            continue
        plain = word.rstrip(".")
        ends = word.endswith(".") and not (len(plain) == 1 or plain.lower() in titles)
        yield _Word(
            match.start(), match.start() + len(plain if ends else word), plain if ends else word, first
        )
        first = ends


def _names(text: str, lists: Lists) -> Iterator[Suspect]:
    words = list(_words(text, lists.titles))
    at = 0
    while at < len(words):
        many = _name_at(text, words, at, lists)
        if many:
            last = words[at + many - 1]
            yield Suspect(words[at].start, last.end, "name")
        at += max(many, 1)


def _name_at(text: str, words: list[_Word], at: int, lists: Lists) -> int:
    """How many words from here on are a name, 0 for none."""
    one = words[at]
    after = words[at + 1 : at + 3]
    follows = after[0] if after and _beside(text, one, after[0]) else None
    third = after[1] if follows is not None and len(after) > 1 and _beside(text, follows, after[1]) else None
    if one.plain in lists.titles:
        short = one.capital or one.plain in ("mr", "mrs", "ms", "dr")
        if follows is None or not short or not _may_be(follows, lists):
            return 0
        return 3 if _goes_on(follows, third, lists) else 2
    if not _may_be(one, lists):
        return 0
    if follows is not None and _may_be(follows, lists):
        if len(one.plain) == 1 and follows.plain in lists.last:
            return 2
        if one.plain in lists.first and (follows.plain in lists.last or one.plain not in lists.words):
            return 3 if _goes_on(follows, third, lists) else 2
    if one.plain in lists.first and one.plain not in lists.words and not one.first:
        return 1
    cue = at > 0 and words[at - 1].plain in _CUES and _beside(text, words[at - 1], one)
    return 1 if cue and one.plain in lists.last else 0


def _goes_on(before: _Word, word: _Word | None, lists: Lists) -> bool:
    """Whether a third word belongs to a name: a family name, or any behind a given one."""
    return (
        word is not None
        and _may_be(word, lists)
        and (word.plain in lists.last or before.plain in lists.first)
    )


def _may_be(word: _Word, lists: Lists) -> bool:
    return word.capital and word.plain not in lists.never


def _beside(text: str, one: _Word, other: _Word) -> bool:
    return text[one.end : other.start] in (" ", "\u00a0") and not other.first
