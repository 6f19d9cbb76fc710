"""A package as the store takes it in: read and checked, or still to be read when its turn comes."""

from collections.abc import Callable
from dataclasses import dataclass

from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.store.entry import Entry


@dataclass(frozen=True)
class Parcel:
    """A package as far as it could be read and its signatures checked.

    digest: of its bytes. made: its sender's wall time in milliseconds, 0 where it says none.
    """

    name: str
    sender: Id
    heads: tuple[Head, ...]
    entries: tuple[Entry, ...]
    digest: bytes = b""
    made: int = 0

    def opened(self) -> "Parcel":
        return self


@dataclass(frozen=True)
class Sealed:
    """A package of which only its first lines were read, so that a large set never stands in memory as a whole.

    made: as in a parcel. hashes: the ids of its entries, unchecked. read: all of it. Both raise Fault with the one
    reason why it is refused.
    """

    name: str
    sender: Id
    made: int
    hashes: Callable[[], list[bytes]]
    read: Callable[[], Parcel]

    def opened(self) -> Parcel:
        return self.read()
