"""Question sets as canonical JSON text, the form in which a workspace keeps them.

The same set always gives the same text: keys sorted, no spaces, fields that hold their default left out. What is
no part of a set (rows of the workbook, warnings of its reader) is left out, too, so that the text names the set.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

import msgspec

from fieldwork.domain.question_set import Choice, Group, Question, QuestionSet, Section, Wording

FORMAT = 1
_VALUES = (QuestionSet, Question, Group, Section, Choice, Wording)


def to_json(question_set: QuestionSet) -> str:
    """The set as canonical JSON text."""
    content = {"format": FORMAT, "set": _plain(question_set)}
    return msgspec.json.encode(content, order="sorted").decode()


def from_json(text: str) -> QuestionSet:
    """The set that `to_json` wrote. Raises ValueError on any other text."""
    try:
        content = msgspec.json.decode(text)
        if content["format"] != FORMAT:
            raise ValueError(f"question sets of format {content['format']} are from a later Fieldwork")
        return msgspec.convert(_worded(content["set"]), QuestionSet)
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this text is not a question set ({error})") from None


def _plain(value: Any) -> Any:
    if isinstance(value, Wording):
        return [list(pair) for pair in value.by_language]
    if isinstance(value, _VALUES):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.compare and (field.default is MISSING or getattr(value, field.name) != field.default)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


_WORDINGS = frozenset({"label", "hint", "guidance", "required_message", "constraint_message"})


def _worded(value: Any) -> Any:
    """Undo the short writing of texts in several languages."""
    if isinstance(value, Mapping):
        return {
            name: {"by_language": item} if name in _WORDINGS else _worded(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_worded(item) for item in value]
    return value
