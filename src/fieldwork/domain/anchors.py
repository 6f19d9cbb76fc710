"""Where some words of a text are, after the text was changed unseen.

An anchor keeps the words, what stood on both sides of them, and where they began. Where they are is worked out
each time the text is read. The law: never on other words; where that is not sure they are lost.
Places count characters (code points) from 0.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from fieldwork.domain.words import common_start, comparable, in_pieces

CONTEXT = 32  # characters kept on each side
ENOUGH = 8  # letters and digits of context that must stand for words to be known again
NEAR = 4  # of letters right beside the words, on each side, where neither side stands as a whole
PUT_BETWEEN = 16  # characters that may have been put into what stands
EDGE = 3  # what it counts for, in such letters, that the text begins or ends there still
DISTINCT = 24  # letters and digits of words that nobody says twice by chance
ALIKE = 0.75  # of words that changed between neighbours that both stand
ALIKE_ALONE = 0.85  # of words that changed beside one neighbour
LONGEST = 200_000  # characters of a text in which more than the very words are looked for
LOOKED = 10_000_000  # characters compared in looking for words that a text repeats
MOST = 200  # places that are weighed

_WORDS = re.compile(r"\w+")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_PLAIN = re.compile(r"[!-~]*(?: [!-~]+)*")


@dataclass(frozen=True)
class Anchor:
    """Some words of a text: quote, up to 32 characters before and after it, and where it began."""

    quote: str
    before: str = ""
    after: str = ""
    start: int = 0


@dataclass(frozen=True)
class Span:
    """Where words are, from start up to end. how: "there", "moved" or, when they were reworded, "changed"."""

    start: int
    end: int
    how: str = "there"


# -- making anchors


def described(text: str, start: int, end: int) -> Anchor:
    """The anchor of text[start:end], without space at its ends and with the marks that belong to its letters.

    Raises ValueError where no words stand there.
    """
    start, end = max(0, start), min(len(text), end)
    while 0 < start < len(text) and unicodedata.combining(text[start]):
        start -= 1
    while 0 < end < len(text) and unicodedata.combining(text[end]):
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start >= end:
        raise ValueError("no words there")
    return Anchor(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start)


# -- finding words again


@lru_cache(maxsize=1 << 14)
def located(text: str, anchor: Anchor) -> Span | None:
    """Where the words of an anchor are in a text, or None where they are lost.

    Found are: the very words where both sides stand (several: the nearest to where they were); the words, signs
    and case set aside, where enough stands beside them; and words put differently between what stands.
    """
    if not anchor.quote:
        return None
    exact = _untouched(text, anchor)
    if exact is not None:
        return exact
    if max(len(text), len(anchor.quote)) > LONGEST:
        return None
    body, known = _folded(text), _Known.of(anchor)
    found = _again(body, known, anchor.start) or _reworded(body, known, anchor.start)
    if found is None:
        return None
    start, end = body.raw(*found)
    if text[start:end] != anchor.quote:
        return Span(start, end, "changed")
    return Span(start, end, "there" if start == anchor.start else "moved")


def _untouched(text: str, anchor: Anchor) -> Span | None:
    """The very words between the very neighbours."""
    size = len(anchor.quote)
    if _stands(text, anchor, anchor.start):
        return Span(anchor.start, anchor.start + size)
    whole = anchor.before + anchor.quote + anchor.after
    places = (at + len(anchor.before) for at in _finds(text, whole))
    held = [at for at in places if _stands(text, anchor, at)]
    if not held:
        return None
    start = min(held, key=lambda at: (abs(at - anchor.start), at))
    return Span(start, start + size, "moved")


def _stands(text: str, anchor: Anchor, at: int) -> bool:
    end = at + len(anchor.quote)
    return (
        text.startswith(anchor.quote, at)
        and text[max(0, at - CONTEXT) : at] == anchor.before
        and text[end : end + CONTEXT] == anchor.after
    )


def _finds(text: str, wanted: str) -> Iterator[int]:
    at, left = text.find(wanted), LOOKED // max(1, len(wanted))
    while at >= 0 and left >= 0:
        yield at
        left -= 1
        at = text.find(wanted, at + 1)


@dataclass(frozen=True)
class _Folded:
    """A text with signs, spaces and case folded alike, and where each folded character began."""

    text: str
    starts: Sequence[int]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.starts[end]

    def parts_letters(self, at: int) -> bool:
        """Whether a place lies within what was one letter."""
        return 0 < at < len(self.text) and self.starts[at] == self.starts[at - 1]


@lru_cache(maxsize=512)
def _folded(text: str) -> _Folded:
    if _PLAIN.fullmatch(text):
        return _Folded(text.lower().replace("`", "'"), range(len(text) + 1))
    folded: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        if text[at].isspace():
            while end < len(text) and text[end].isspace():
                end += 1
            letters = " "
        else:
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            letters = unicodedata.normalize("NFC", text[at:end]).translate(_SIGNS).casefold()
        folded.append(letters)
        starts += [at] * len(letters)
        at = end
    return _Folded("".join(folded), [*starts, len(text)])


@dataclass(frozen=True)
class _Side:
    """What stood on one side of the words, folded. words: those that are whole, outward; edge: the text ended there."""

    text: str
    words: tuple[str, ...]
    edge: bool

    @property
    def weight(self) -> int:
        return sum(map(len, self.words))

    @staticmethod
    def of(raw: str, left: bool) -> "_Side":
        text = _folded(raw).text
        edge = len(raw) < CONTEXT
        found = _WORDS.findall(text)
        if left:
            found.reverse()
        cut = not edge and found and text[0 if left else -1].isalnum()
        return _Side(text, tuple(found[:-1] if cut else found), edge)


@dataclass(frozen=True)
class _Known:
    """An anchor, folded."""

    quote: str
    left: _Side
    right: _Side

    @staticmethod
    @lru_cache(maxsize=512)
    def of(anchor: Anchor) -> "_Known":
        return _Known(
            _folded(anchor.quote).text, _Side.of(anchor.before, True), _Side.of(anchor.after, False)
        )

    @property
    def letters(self) -> int:
        return sum(map(str.isalnum, self.quote))


def guessed(text: str, quote: str) -> tuple[int, int] | None:
    """From where to where the words of a text are that are the likest to some that are lost; a person looks at it."""
    said, wanted = _folded(text[:LONGEST]), _folded(quote[:LONGEST]).text
    mine, theirs = (list(_WORDS.finditer(some)) for some in (said.text, wanted))
    words, others = [m.group() for m in mine], [m.group() for m in theirs]
    if not comparable(words, others):
        return None
    matches = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
    at, _, size = max(matches, key=lambda match: sum(map(len, words[match.a : match.a + match.size])))
    return said.raw(mine[at].start(), mine[at + size - 1].end()) if size else None


# -- the same words, signs and case set aside


@dataclass(frozen=True)
class _Beside:
    """How one side of a candidate agrees with what stood there.

    weight: letters of context that stand; whole: with nothing put between, firm: up to the end of the text too;
    run: characters that are the same, outward; near: letters of the whole words among them.
    """

    weight: int
    whole: bool
    firm: bool
    run: int
    near: int


def _again(body: _Folded, known: _Known, start: int) -> tuple[int, int] | None:
    places = [at for at in _finds(body.text, known.quote) if _fits(body, known, at)]
    alone = len(places) == 1
    places.sort(key=lambda at: (abs(body.starts[at] - start), at))
    weighed = []
    for at in places[:MOST]:
        left = _beside(body.text[max(0, at - 4 * CONTEXT) : at][::-1], known.left, True)
        right = _beside(body.text[at + len(known.quote) :][: 4 * CONTEXT], known.right, False)
        if _sure(known, left, right, alone):
            weighed.append((_weight(left, right), left.run + right.run, at))
    if not weighed:
        return None
    best = max(weight for weight, _, _ in weighed), max(run for _, run, _ in weighed)
    chosen = next((at for weight, run, at in weighed if (weight, run) == best), None)
    return None if chosen is None else (chosen, chosen + len(known.quote))


def _fits(body: _Folded, known: _Known, at: int) -> bool:
    """Whether words begin and end at a place as they did where they were marked."""
    end = at + len(known.quote)
    if body.parts_letters(at) or body.parts_letters(end):
        return False
    text = body.text
    return text[at - 1 : at].isalnum() == known.left.text[-1:].isalnum() and (
        text[end : end + 1].isalnum() == known.right.text[:1].isalnum()
    )


def _beside(window: str, side: _Side, left: bool) -> _Beside:
    """How what stands beside a candidate, read outward from it, agrees with what stood beside the words."""
    wanted = side.text[::-1] if left else side.text
    run = common_start(window, wanted)
    whole = run == len(wanted)
    edge = side.edge and len(window) == len(wanted)
    firm = whole and (edge or not side.edge)
    weight = 0
    if side.words and (whole or _in_order(window[: len(wanted) + PUT_BETWEEN], side.words, left)):
        weight = side.weight if not side.edge or _ends_alike(window, side.words, left) else side.weight // 2
    near = sum(map(len, _WORDS.findall(wanted[:run].rpartition(" ")[0])))
    return _Beside(weight + (EDGE if firm and edge else 0), whole, firm, run, near)


def _in_order(window: str, words: Sequence[str], left: bool) -> bool:
    """Whether words stand in a window in this order, whatever was put between them."""
    found = iter(_WORDS.findall(window))
    return all((word[::-1] if left else word) in found for word in words)


def _ends_alike(window: str, words: Sequence[str], left: bool) -> bool:
    """Whether the text still begins (or ends) with the outermost of the words."""
    last = words[-1][::-1] if left else words[-1]
    found = _WORDS.findall(window)
    return len(window) < 4 * CONTEXT and bool(found) and found[-1] == last


def _weight(left: _Beside, right: _Beside) -> int:
    """What stands on both sides; what something was put into counts where the other side is right, too."""
    return sum(
        one.weight if one.whole or other.near or other.weight else 0
        for one, other in ((left, right), (right, left))
    )


def _sure(known: _Known, left: _Beside, right: _Beside, alone: bool) -> bool:
    if left.firm and right.firm:
        return True
    if _weight(left, right) >= ENOUGH:
        return True
    if not (known.left.text or known.right.text):  # the words were the whole text
        return alone and (left.firm or right.firm or known.letters >= DISTINCT // 2)
    near = left.near + right.near >= ENOUGH + NEAR and min(left.near, right.near) >= NEAR
    return alone and (near or known.letters >= DISTINCT)


# -- words put differently where they were


def _reworded(body: _Folded, known: _Known, start: int) -> tuple[int, int] | None:
    """The words between neighbours of which one at least stands as it was, when they are still much the same."""
    begins, ends = _ends_of(body, known.left), _begins_of(body, known.right)
    size = len(known.quote)
    runs = [
        (begin, end, ALIKE)
        for begin in begins
        for end in [end for end in ends if begin < end <= begin + 2 * size + CONTEXT][:1]
        if _ends_known(body.text[begin:end], known)
    ]
    if not runs and known.left.weight >= ENOUGH and not (ends and known.right.text):
        runs = [
            (begin, end, ALIKE_ALONE) for begin in begins for end in _word_ends(body.text, begin, known.quote)
        ]
    if not runs and known.right.weight >= ENOUGH and not (begins and known.left.text):
        runs = [
            (begin, end, ALIKE_ALONE) for end in ends for begin in _word_begins(body.text, end, known.quote)
        ]
    found = _alike(body, known.quote, runs, start)
    if not found:
        return None
    _, _, begin, end = max(found)
    return begin, end


def _ends_known(said: str, known: _Known) -> bool:
    """Whether a run ends with words of the quote where nothing stood beside them: what was added there is not of it."""
    words, now = set(_WORDS.findall(known.quote)), _WORDS.findall(said)
    return (
        bool(now)
        and (bool(known.left.text) or now[0] in words)
        and (bool(known.right.text) or now[-1] in words)
    )


def _ends_of(body: _Folded, side: _Side) -> list[int]:
    """Where what stood before the words ends in the text now; at its beginning where they began it."""
    if side.edge:
        return [len(side.text)] if body.text.startswith(side.text) else []
    return [at + len(side.text) for at in _finds(body.text, side.text)][:4]


def _begins_of(body: _Folded, side: _Side) -> list[int]:
    if side.edge:
        return [len(body.text) - len(side.text)] if body.text.endswith(side.text) else []
    return list(_finds(body.text, side.text))[:4]


def _word_ends(text: str, begin: int, quote: str) -> list[int]:
    """Where a run that begins here may end: behind a word of the quote."""
    size, words = len(quote), set(_WORDS.findall(quote))
    window = text[begin : begin + size * 4 // 3 + 2]
    found = (m for m in _WORDS.finditer(window) if m.end() >= size * 3 // 4)
    return [begin + m.end() for m in found if m.group() in words]


def _word_begins(text: str, end: int, quote: str) -> list[int]:
    size, words = len(quote), set(_WORDS.findall(quote))
    first = max(0, end - size * 4 // 3 - 2)
    found = (m for m in _WORDS.finditer(text[first:end]) if end - first - m.start() >= size * 3 // 4)
    return [first + m.start() for m in found if m.group() in words]


def _alike(
    body: _Folded, quote: str, runs: Sequence[tuple[int, int, float]], start: int
) -> list[tuple[float, int, int, int]]:
    """Of runs (begin, end, how like they must be) those that are, as (how like, nearness, begin, end)."""
    found = []
    for first, last, least in runs:
        said = body.text[first:last]
        begin, end = last - len(said.lstrip()), first + len(said.rstrip())
        if begin >= end or body.parts_letters(begin) or body.parts_letters(end):
            continue
        like = _likeness(quote, body.text[begin:end])
        if like >= least:
            found.append((like, -abs(body.starts[begin] - start), begin, end))
    return found


def _likeness(one: str, other: str) -> float:
    """How much two short texts have in common letter by letter, longer ones word by word: 0 to 1."""
    if max(len(one), len(other)) <= 8 * CONTEXT:
        matcher = SequenceMatcher(None, one, other, autojunk=False)
        return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
    mine, theirs = in_pieces(one), in_pieces(other)
    if not comparable(mine, theirs):
        return 0.0
    matches = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    same = sum(len("".join(mine[at : at + size])) for at, _, size in matches)
    return 2 * same / (len(one) + len(other))
