"""Where two versions of one text differ, word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

PAIRS = 200_000  # equal pairs of pieces up to which two texts are compared word by word
_PIECES = re.compile(r"\w+(?:['’\-]\w+)*|\s+|[^\w\s]")


def in_pieces(text: str) -> list[str]:
    """A text as words, runs of space and single signs; joined again they are the text."""
    return _PIECES.findall(text)


def word_differences(ours: str, theirs: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Both texts as runs (text, style), style "mark" where the words differ and "" where they agree.

    Joined again, the runs give each text exactly. A lone space between two differing words differs with them;
    a difference that is only space is marked too.
    """
    mine, other = in_pieces(ours), in_pieces(theirs)
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for kind, a, b, c, d in _blocks(mine, other):
        style = "" if kind == "equal" else "mark"
        _add(left, "".join(mine[a:b]), style)
        _add(right, "".join(other[c:d]), style)
    return left, right


def _blocks(mine: list[str], other: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Opcodes, with a lone space between two differences taken into them."""
    codes = SequenceMatcher(None, mine, other, autojunk=False).get_opcodes()
    result: list[tuple[str, int, int, int, int]] = []
    for place, (kind, a, b, c, d) in enumerate(codes):
        lone_space = kind == "equal" and b - a == 1 and mine[a].isspace() and 0 < place < len(codes) - 1
        kind = "replace" if lone_space else kind
        if result and kind != "equal" and result[-1][0] != "equal":
            _, a, _, c, _ = result.pop()
            kind = "replace"
        result.append((kind, a, b, c, d))
    return result


def _add(runs: list[tuple[str, str]], text: str, style: str) -> None:
    if text:
        runs.append((text, style))


def combined(before: str, ours: str, theirs: str) -> tuple[str, bool]:
    """Both changes of one text put together, word by word, and whether they fit without a choice.

    Where both changed the same words, ours stand first, then theirs: a person must choose there.
    """
    base = in_pieces(before)
    mine, other = in_pieces(ours), in_pieces(theirs)
    left, right = _changes(base, mine), _changes(base, other)
    pieces: list[str] = []
    at, fits = 0, True
    while left or right:
        start, end, ours_here, theirs_here = _next_change(base, left, right)
        pieces += base[at:start]
        if ours_here is None or theirs_here is None or ours_here == theirs_here:
            pieces += (ours_here if ours_here is not None else theirs_here) or []
        else:
            fits = False
            apart = bool(ours_here and theirs_here) and theirs_here[0][:1].isalnum()
            pieces += [*ours_here, *([" "] if apart else []), *theirs_here]
        at = end
    return "".join(pieces + base[at:]), fits


_Change = tuple[int, int, list[str]]  # from and to in the base, and what stands there instead


def _changes(base: list[str], said: list[str]) -> list[_Change]:
    return [(a, b, said[c:d]) for kind, a, b, c, d in _blocks(base, said) if kind != "equal"]


def _next_change(
    base: list[str], left: list[_Change], right: list[_Change]
) -> tuple[int, int, list[str] | None, list[str] | None]:
    """Take the next place where either side changed the base; changes that touch are one place."""
    start = min(some[0][0] for some in (left, right) if some)
    end = max(some[0][1] for some in (left, right) if some and some[0][0] == start)
    taken: tuple[list[_Change], list[_Change]] = ([], [])
    grown = True
    while grown:
        grown = False
        for some, held in zip((left, right), taken, strict=True):
            while some and some[0][0] <= end:
                end = max(end, some[0][1])
                held.append(some.pop(0))
                grown = True
    ours, theirs = (_said(base, held, start, end) if held else None for held in taken)
    return start, end, ours, theirs


def _said(base: list[str], held: list[_Change], start: int, end: int) -> list[str]:
    """What one side says from start to end of the base."""
    pieces: list[str] = []
    for first, last, instead in held:
        pieces += base[start:first] + instead
        start = last
    return pieces + base[start:end]


def common_start(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    size = min(len(one), len(other))
    return next((at for at in range(size) if one[at] != other[at]), size)


def comparable(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two texts can be compared word by word without it taking long."""
    counts: dict[str, int] = {}
    for piece in mine:
        counts[piece] = counts.get(piece, 0) + 1
    return sum(counts.get(piece, 0) for piece in theirs) <= PAIRS
