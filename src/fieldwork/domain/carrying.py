"""Where marked words of a text went when it was changed, both texts being known."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from fieldwork.domain.anchors import Span
from fieldwork.domain.words import common_start, comparable, in_pieces

ALIKE = 0.7  # of a word that was put right
MOST_PUT_IN = 40  # letters put within words, or as many as they are; more was pieced together from elsewhere
NEAR = 16  # characters beside words, in which some word must stand unless they are the same and said once
RUN = 2  # words that follow each other, and say something
TELLING = 8  # letters
SHORT = 256  # characters of both up to which that is looked at


def carried(old: str, new: str, spans: Sequence[tuple[int, int]]) -> list[Span | None]:
    """Where spans (start, end) of an old text are in the new one, None for those of which too little is left.

    What was put within a span belongs to it up to a measure, at its edges it does not; what replaced words of it
    does. Where the change can be read in two ways, a span is carried only as far as both agree; where words
    changed places, only in front of and behind all that changed.
    """
    if old == new:
        return [Span(start, end) for start, end in spans]
    head, tail = common_start(old, new), common_start(old[::-1], new[::-1])
    spare = min(len(old), len(new))
    ways = [_steps(old, new, head, min(tail, spare - head))]
    if head + tail > spare:
        ways.append(_steps(old, new, spare - min(tail, spare), min(tail, spare)))
    found: list[Span | None] = []
    moved = any(_moved(old, new, steps) for steps in ways)
    for start, end in spans:
        read = [_carried_span(old, new, start, end, steps) for steps in ways]
        if moved and not (end <= head or len(old) - start <= tail):
            found.append(None)
            continue
        agree = read[0] == read[-1] or all(span and span.how != "changed" for span in read)
        found.append(read[0] if agree else None)
    return found


def followed(span: tuple[int, int], at: int, removed: int, added: int) -> tuple[int, int] | None:
    """Where a span is after one edit: so much removed at a place, and so much put there. None: nothing is left.

    What is put within joins it; at its edges, or in place of its outermost words, it does not.
    """
    start, end = span
    if start >= at + removed:
        start += added - removed
    elif start >= at:
        start = at + added
    if end > at + removed:
        end += added - removed
    elif end > at:
        end = at
    return (start, end) if start < end else None


_HERE = "\0"  # stands for what is the same
_Step = tuple[bool, int, int, int, int]  # whether equal, from and to in the old text, from and to in the new


def _carried_span(old: str, new: str, start: int, end: int, steps: Sequence[_Step]) -> Span | None:
    counted = _letters if _letters(old[start:end]) else _signs
    survived = begin = finish = 0
    for equal, a, b, c, d in steps:
        if equal:
            survived += counted(old[max(a, start) : max(a, start, min(b, end))])
        if a <= start < b:
            begin = c + (start - a if equal else 0 if start == a else d - c)
        if a < end <= b:
            finish = c + (end - a if equal else d - c if end == b else 0)
    while begin < finish and new[begin].isspace():
        begin += 1
    while begin < finish and new[finish - 1].isspace():
        finish -= 1
    now = counted(new[begin:finish])
    if (
        not survived
        or 2 * survived < min(counted(old[start:end]), now)
        or now > survived + max(survived, MOST_PUT_IN)
    ):
        return None
    quote, said = old[start:end], new[begin:finish]
    alone = quote == said and old.count(quote) == new.count(said) == 1
    at_edge = start == begin == 0 or (end, finish) == (len(old), len(new))
    if not alone and not at_edge:
        span = (start, end), (begin, finish)
        if not any(equal and _beside(old, place, *span) for equal, *place in steps):
            return None
    return Span(begin, finish, "changed" if said != quote else "there" if begin == start else "moved")


def _beside(old: str, place: Sequence[int], was: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether a place that is the same (from and to in the old text, from and to in the new) is beside a span still."""
    a, b, c, _ = place
    left, right = min(b, was[0]), max(a, was[1])
    if _letters(old[max(a, was[0] - NEAR) : left]) and now[0] - NEAR <= c + left - a <= now[0]:
        return True
    return bool(_letters(old[right : min(b, was[1] + NEAR)])) and now[1] <= c + right - a <= now[1] + NEAR


def _moved(old: str, new: str, steps: Sequence[_Step]) -> bool:
    """Whether words changed places: some that follow each other were taken out here and put in there."""
    out = " ".join(old[a:b] if not equal else _HERE for equal, a, b, _, _ in steps if b > a)
    put = " ".join(new[c:d] if not equal else _HERE for equal, _, _, c, d in steps if d > c)
    return not _runs(out).isdisjoint(_runs(put))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [text[a:b] for a, b in _words(text)]
    runs = (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    return {run for run in runs if _HERE not in run and _letters("".join(run)) >= TELLING}


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _signs(text: str) -> int:
    return sum(map(len, text.split()))


def _steps(old: str, new: str, head: int, tail: int) -> list[_Step]:
    """How a text became another: so much is the same at both ends, between them word by word."""
    while head and (_within_word(old, head) or _within_word(new, head)):
        head -= 1
    while tail and (_within_word(old, len(old) - tail) or _within_word(new, len(new) - tail)):
        tail -= 1
    steps: list[_Step] = [(True, 0, head, 0, head)] if head else []
    last_old, last_new = len(old) - tail, len(new) - tail
    steps += _between(old[head:last_old], new[head:last_new], head)
    if tail:
        steps.append((True, last_old, len(old), last_new, len(new)))
    return steps


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _between(old: str, new: str, offset: int) -> list[_Step]:
    """Word by word, case set aside; space is no word. What is between words that are the same is a gap."""
    mine, theirs = _words(old), _words(new)
    said, says = ([text[a:b].lower() for a, b in some] for text, some in ((old, mine), (new, theirs)))
    if not comparable(said, says):
        return [(False, offset, offset + len(old), offset, offset + len(new))]
    steps: list[_Step] = []
    at_old = at_new = 0
    for i, j, size in SequenceMatcher(None, said, says, autojunk=False).get_matching_blocks():
        for n in range(size):
            (a, b), (c, d) = mine[i + n], theirs[j + n]
            if b - a != d - c:
                continue
            steps += _gap(old, new, (at_old, a), (at_new, c))
            steps.append((True, a, b, c, d))
            at_old, at_new = b, d
    steps += _gap(old, new, (at_old, len(old)), (at_new, len(new)))
    return [(equal, a + offset, b + offset, c + offset, d + offset) for equal, a, b, c, d in steps]


def _words(text: str) -> list[tuple[int, int]]:
    """From where to where each word and sign of a text is."""
    found, at = [], 0
    for piece in in_pieces(text):
        if not piece.isspace():
            found.append((at, at + len(piece)))
        at += len(piece)
    return found


def _gap(old: str, new: str, was: tuple[int, int], now: tuple[int, int]) -> list[_Step]:
    """Steps through words that stand in place of others; word for word where there are as many."""
    mine = [(was[0] + a, was[0] + b) for a, b in _words(old[slice(*was)])]
    theirs = [(now[0] + a, now[0] + b) for a, b in _words(new[slice(*now)])]
    if not mine:
        return [(False, *was, *now)]
    if len(mine) != len(theirs):
        last = theirs[-1][1] if theirs else now[0]
        first = theirs[0][0] if theirs else now[0]
        mine, theirs = [(mine[0][0], mine[-1][1])], [(first, last)]
    steps: list[_Step] = []
    at_old, at_new = was[0], now[0]
    for (a, b), (c, d) in zip(mine, theirs, strict=True):
        steps += [(False, at_old, a, at_new, c), *_put_right(old, new, (a, b, c, d))]
        at_old, at_new = b, d
    return [*steps, (False, at_old, was[1], at_new, now[1])]


def _put_right(old: str, new: str, places: tuple[int, int, int, int]) -> list[_Step]:
    """A word that was put right, letter by letter; one that was replaced by others as one step."""
    a, b, c, d = places
    mine, theirs = old[a:b], new[c:d]
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if len(mine) + len(theirs) > SHORT or " " in mine + theirs or matcher.ratio() < ALIKE:
        return [(False, a, b, c, d)]
    return [(kind == "equal", a + i, a + j, c + k, c + n) for kind, i, j, k, n in matcher.get_opcodes()]
