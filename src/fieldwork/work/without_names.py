"""Text from outside without what looks like a person: each such piece becomes a word in brackets."""

from collections.abc import Mapping
from typing import Final

from fieldwork.domain.personal import Kind, Lists, Suspect, suspects

_INSTEAD: Final[Mapping[Kind, str]] = {
    "name": "[name]",
    "phone": "[telephone]",
    "address": "[address]",
    "urn": "[case number]",
    "born": "[date of birth]",
    "email": "[email]",
    "insurance number": "[number]",
}
_BEFORE: Final = "with "
"""Put before a text, since the first word of a sentence is no name by itself, and a title often is nothing else."""


_PLACES: Final = frozenset(
    ["avenue", "building", "centre", "court", "drive", "green", "hall", "hill", "house", "lane", "park", "road",
     "square", "station", "street", "suite", "terrace", "tower", "way"]
)  # fmt: skip
"""Words that make of a name in front of them the name of a place."""


def without_names(text: str, lists: Lists, *, place: bool = False) -> str:
    """The text with what looks like a person in brackets.

    place: it says where, so that an address stands, and a house or street that is called like somebody.
    """
    cut = len(_BEFORE)
    kept = text
    for one in reversed(suspects(_BEFORE + text, lists)):
        if one.start >= cut and not (place and _is_place(_BEFORE + text, one)):
            kept = kept[: one.start - cut] + _INSTEAD[one.kind] + kept[one.end - cut :]
    return kept


def _is_place(text: str, one: Suspect) -> bool:
    if one.kind != "name":
        return one.kind == "address"
    said = text[one.start : one.end].split()
    after = text[one.end :].split(maxsplit=1)[:1] if text[one.end : one.end + 1] == " " else []
    return any(word.rstrip(",.;").lower() in _PLACES for word in (*said[1:], *after))
