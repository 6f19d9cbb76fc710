"""Text from outside without what looks like a person: each such piece becomes a word in brackets."""

from collections.abc import Mapping
from typing import Final

from fieldwork.domain.personal import Kind, Lists, suspects

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


def without_names(text: str, lists: Lists, *, place: bool = False) -> str:
    """The text with what looks like a person in brackets. place: it says where, so that an address stands."""
    cut = len(_BEFORE)
    kept = text
    for one in reversed(suspects(_BEFORE + text, lists)):
        if one.start >= cut and not (place and one.kind == "address"):
            kept = kept[: one.start - cut] + _INSTEAD[one.kind] + kept[one.end - cut :]
    return kept
