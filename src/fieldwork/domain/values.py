"""What a field can hold, and how identities are made.

A value is None, an integer, a real, text or bytes: what SQLite and msgpack both keep
exactly. Several choices are codes separated by spaces, as XForms writes them.
"""

import hashlib
import os
import time
from collections.abc import Iterable

Value = None | int | float | str | bytes
Id = bytes  # 16 bytes

_last = 0


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
