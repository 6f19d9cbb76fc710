"""What an inspector types on a note line, and what it means.

The first character may say what kind of line it is; a single capital and a colon say who in a
focus group spoke; `#word` puts a theme on the line, with + - or ± for its direction.
"""

import re
from dataclasses import dataclass

from fieldwork.domain.vocabulary import LINE_MARKS

_SPEAKER = re.compile(r"^([A-H]):\s+")
_NODS = re.compile(r"\s*\[(\d{1,3}) of \d{1,3}\]\s*$")
_THEME = re.compile(r"(?:^|(?<=\s))#([\w-]*[\w])([+\-±·]?)(?=\s|[.,;:!?]|$)")
_DIRECTION = {"+": "strength", "-": "concern", "±": "mixed", "·": "neutral", "": "neutral"}


@dataclass(frozen=True)
class TypedLine:
    """A line taken apart: kind, speaker, nods, the words themselves and (theme, direction) pairs."""

    mark: str
    speaker: str
    nods: int | None
    text: str
    themes: tuple[tuple[str, str], ...]


def read_line(typed: str, *, mark: bool = True, speaker: bool = True, nods: bool = True) -> TypedLine:
    """Take a typed line apart. Only what is unmistakable is taken; all else stays in the text.

    mark, speaker, nods: False where it is known otherwise, so that nothing is taken out of the words for it.
    """
    text = typed.strip()
    who = kind = ""
    for _ in range(2):  # mark and speaker may come in either order
        found = _SPEAKER.match(text)
        if found and speaker and not who:
            who, text = found[1], text[found.end() :]
        elif text[:1] in LINE_MARKS and text[:1] and mark and not kind:
            kind, text = text[0], text[1:].lstrip()
    count = None
    if nods and (found := _NODS.search(text)):
        count, text = int(found[1]), text[: found.start()]
    themes = tuple((match[1], _DIRECTION[match[2]]) for match in _THEME.finditer(text))
    return TypedLine(kind, who, count, text, themes)


def without_themes(text: str, words: set[str]) -> str:
    """The text without the `#word` marks that were understood as themes."""
    kept = _THEME.sub(lambda match: "" if match[1] in words else match[0], text)
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", kept)).strip()
