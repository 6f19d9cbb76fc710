"""Where two versions of one text differ, word by word."""

import re
from difflib import SequenceMatcher

_PIECES = re.compile(r"\w+(?:['’\-]\w+)*|\s+|[^\w\s]")


def word_differences(ours: str, theirs: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Both texts as runs (text, style), style "mark" where the words differ and "" where they agree.

    Joined again, the runs give each text exactly. A lone space between two differing words differs with them;
    a difference that is only space is marked too.
    """
    mine, other = _PIECES.findall(ours), _PIECES.findall(theirs)
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
