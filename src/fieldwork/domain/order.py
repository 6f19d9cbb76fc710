"""Places in a list that two people extend at once, without numbering anything anew.

A place is text; places sort (by code point) as the list is read. Lines typed one after
another by one person form a run: the first gets a place from `between`, each further one
from `following`. A run carries a random id, so two people's runs at one spot stand one
behind the other and never interleave.
"""

import hashlib
import os
import re

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HANG = "-"  # sorts before the step mark and before every digit
_STEP = "."


def between(before: str, after: str, run: str = "") -> str:
    """The place that starts a run strictly between two others; "" is the start or end of the list.

    run: what the run is called, where two who put the same thing there mean one place (`run_of`).
    """
    run = run or _run_id()
    if not after:
        return f"{_middle(_head(before), '')}{_HANG}{run}"
    if not before:
        return f"{_middle('', _head(after))}{_HANG}{run}"
    if after.startswith(before + _HANG):
        ahead = _head(after[len(before) + 1 :])
        return f"{before}{_HANG}{_middle('', ahead)}{run}"
    return f"{before}{_HANG}{run}"


def following(place: str) -> str:
    """The next place of the same run. Only who started the run may extend it."""
    head, _, count = place.rpartition(_STEP)
    if head and count.isdigit():
        return f"{head}{_STEP}{int(count) + 1:06d}"
    return f"{place}{_STEP}{1:06d}"


def behind(before: str, after: str, own: bool) -> str:
    """A place for a new line between two; behind a line of one's own it goes on with that run if there is room."""
    if own and before:
        run_on = following(before)
        if not after or run_on < after:
            return run_on
    return between(before, after)


def _head(place: str) -> str:
    return re.split(r"[-.]", place, maxsplit=1)[0]


def run_of(name: str) -> str:
    """What a run is called after what is put there."""
    return _digits(hashlib.sha256(name.encode()).digest()[:6])


def _run_id() -> str:
    return _digits(os.urandom(6))


def _digits(some: bytes) -> str:
    return "".join(_DIGITS[1 + byte % (len(_DIGITS) - 1)] for byte in some)


def _middle(low: str, high: str) -> str:
    """A fraction strictly between two, in base 62; "" is nought on the left and one on the right."""
    result = ""
    position = 0
    while True:
        lower = _DIGITS.index(low[position]) if position < len(low) else 0
        upper = _DIGITS.index(high[position]) if high and position < len(high) else len(_DIGITS)
        if upper - lower > 1:
            return result + _DIGITS[(lower + upper) // 2]
        result += _DIGITS[lower]
        if upper > lower:
            high = ""
        position += 1
