"""The patterns of `regex()`, matched in time that grows with the answer and no faster.

RE2 has no lookaround and no references back: what cannot be matched in linear time is refused when the form
is read, so that no pattern in a workbook can bring the window to a stand.
"""

import re
import warnings
from functools import lru_cache
from typing import Any

import re2

_MOST_MEMORY = 4 << 20


class PatternFault(ValueError):
    """A pattern that cannot be matched; `unsupported` where other programs may."""

    def __init__(self, reason: str, *, unsupported: bool) -> None:
        super().__init__(reason)
        self.unsupported = unsupported


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    return options


@lru_cache(maxsize=256)
def pattern(text: str) -> Any:
    """A compiled pattern. Raises PatternFault."""
    try:
        return re2.compile(_encodable(text), _options())
    except re2.error as error:
        said = error.args[0]
        raise PatternFault(
            said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said),
            unsupported=_others_read(text),
        ) from None


def matches(text: str, wanted: str) -> bool:
    """Whether the pattern fits the whole text; False if it is no pattern."""
    try:
        return pattern(wanted).fullmatch(_encodable(text)) is not None
    except PatternFault:
        return False


def _encodable(text: str) -> str:
    # Halves of surrogate pairs, which JSON may hold, are no UTF-8.
    return text.encode("utf-8", "replace").decode()


def _others_read(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError):
            return False
    return True
