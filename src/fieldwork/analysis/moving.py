"""What moved between two counts of the same things. Numbers in, numbers out."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Counted:
    """So many, of so many; n is None where it is counted beside the denominator (not applicable ...)."""

    count: int
    n: int | None = None

    def __str__(self) -> str:
        return str(self.count) if self.n is None else f"{self.count} of {self.n}"


@dataclass(frozen=True)
class Move(Generic[Key]):
    """One cell that is not what it was; None where there was, or is, no such cell."""

    key: Key
    before: Counted | None
    now: Counted | None

    def __str__(self) -> str:
        was = "was not counted" if self.before is None else f"was {self.before}"
        return f"{was}, is {'no longer counted' if self.now is None else self.now}"


def moved(before: Mapping[Key, Counted], now: Mapping[Key, Counted]) -> tuple[Move[Key], ...]:
    """The cells that differ, in the order of `before`, then those that are new. None of nothing is no cell."""
    found = []
    for key in (*before, *(key for key in now if key not in before)):
        was, is_ = before.get(key), now.get(key)
        if was != is_ and not (_nothing(was) and _nothing(is_)):
            found.append(Move(key, was, is_))
    return tuple(found)


def _nothing(some: Counted | None) -> bool:
    return some is None or (not some.count and not some.n)
