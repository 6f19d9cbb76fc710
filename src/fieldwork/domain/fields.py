"""How a field of a record is declared, and what the store and the window know of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class FieldRule:
    """What the store and the window know about one field of a record.

    storage is the SQL type; owner marks the field that names the record this one belongs to;
    long marks text of which two versions can both be kept; searched text enters the index.
    """

    name: str
    words: str
    storage: str
    owner: bool
    long: bool
    searched: bool
    day: bool

    def fits(self, value: object) -> bool:
        """Whether a value can be read as this field: a colleague's program may have written anything."""
        if self.storage == "INTEGER":
            return type(value) is int and EARLIEST <= value <= LATEST
        if self.storage == "BLOB":
            return type(value) is bytes
        return type(value) is str and (not self.day or value == "" or is_day(value))


# wall milliseconds that every calendar can tell: within the years 1 and 9999, a margin for time zones
EARLIEST, LATEST = -62_000_000_000_000, 253_000_000_000_000


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def kept(
    default: Any,
    storage: str,
    words: str,
    owner: bool = False,
    long: bool = False,
    searched: bool = False,
    day: bool = False,
) -> Any:
    about = {"storage": storage, "words": words, "owner": owner, "long": long, "searched": searched}
    return field(default=default, metadata={**about, "day": day})


def text(words: str, *, long: bool = False, searched: bool = False) -> Any:
    return kept("", "TEXT", words, long=long, searched=searched)


def day(words: str) -> Any:
    return kept("", "TEXT", words, day=True)


def number(words: str) -> Any:
    return kept(None, "INTEGER", words)


def flag(words: str) -> Any:
    return kept(0, "INTEGER", words)


def reference(words: str, *, owner: bool = False) -> Any:
    return kept(None, "BLOB", words, owner=owner)
