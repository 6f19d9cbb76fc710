"""What a field can hold, and how identities are made.

A value is None, an integer, a real, text or bytes: what SQLite and msgpack both keep
exactly. Several choices are codes separated by spaces, as XForms writes them.
"""

import hashlib
import math
import os
import time
from collections.abc import Iterable
from typing import Any

Value = None | int | float | str | bytes
Id = bytes  # 16 bytes

LONGEST = 16 << 20  # characters of one text, bytes of one value

_last = 0


class Erased(str):
    """What is read where words were erased. Handed to an act it says nothing: the field stays as it is."""

    __slots__ = ()


ERASED = Erased("[erased]")


def typable(text: str) -> str:
    """A text as it is put into a field to be typed on: of an erased one nothing."""
    return "" if isinstance(text, Erased) else text


def fits(value: Any) -> bool:
    """Whether SQLite, msgpack and JSON all give this value back exactly as it is."""
    if type(value) is int:
        return -(1 << 63) <= value < 1 << 63
    if type(value) is float:
        return math.isfinite(value)
    return value is None or type(value) in (str, bytes)


def storable(value: Any) -> Value:
    """What was given, as a value that fits. Raises ValueError with a reason when it cannot be one.

    Halves of a character, which some programs leave in text, become U+FFFD: text that was typed
    is never refused for them.
    """
    if isinstance(value, str):
        value = str.__str__(value)
        if not value.isascii():
            value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    elif isinstance(value, int):
        value = int(value)
    if not fits(value):
        raise ValueError(
            f"{str(value)[:40]} cannot be kept: it is no text, no bytes and no number of 64 bits"
        )
    if isinstance(value, (str, bytes)) and len(value) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST >> 20} million characters; keep it as a file instead")
    return value


LONGEST_NAME = 80


def shown_name(text: str) -> str:
    """What somebody calls themselves or a laptop, on one line and of a sensible length."""
    if len(text) <= LONGEST_NAME and text.isprintable():
        return text
    line = " ".join(text[: 10 * LONGEST_NAME].split())
    whole = len(line) <= LONGEST_NAME and len(text) <= 10 * LONGEST_NAME
    return line if whole else f"{line[: LONGEST_NAME - 1]}…"


def new_id() -> Id:
    """A UUIDv7: 48 bits of milliseconds, then random bits; later ids sort after earlier ones."""
    global _last
    _last = max(time.time_ns() // 1_000_000, _last)
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | random[0] & 0x0F
    random[2] = 0x80 | random[2] & 0x3F
    return _last.to_bytes(6, "big") + bytes(random)


def derived_id(kind: str, *parts: bytes | str) -> Id:
    """The id of a record that others determine, so that two laptops making it make the same one."""
    digest = hashlib.sha256(kind.encode())
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()[:16]


def codes(value: str | None) -> tuple[str, ...]:
    """The codes in a value that holds several."""
    return tuple((value or "").split())


def joined(several: Iterable[str]) -> str:
    """Several codes as one value; the order given is kept."""
    return " ".join(several)
