"""A package: what one laptop hands to the others, and what became of it."""

from dataclasses import dataclass, field
from typing import Any

from fieldwork.domain.values import Id


@dataclass(frozen=True)
class Head:
    """The signed end of one branch of a laptop's chain; the signature vouches for all behind it.

    whole: who sent it holds all that is behind it. False while something before it has not arrived.
    """

    device: Id
    public: bytes
    n: int
    hash: bytes
    signature: bytes
    whole: bool = True


@dataclass
class Outcome:
    """What a package brought: changes that are new, that changed something, that clash; entries by fate.

    `refused` is the sentence that says why nothing of it was taken, or "", and `later` whether it may be taken
    another day as it is; `notes` are sentences about what
    else a person should know: a file that was copied, a wrong clock, what waits for an introduction.
    """

    name: str
    sender: str = ""
    new: int = 0
    changed: int = 0
    conflicting: int = 0
    duplicate: int = 0
    waiting: int = 0
    entries: int = 0
    refused: str = ""
    by_kind: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    later: bool = False

    def plain(self) -> dict[str, Any]:
        return {
            "package": self.name,
            "from": self.sender,
            "new": self.new,
            "changed": self.changed,
            "conflicting": self.conflicting,
            "duplicate": self.duplicate,
            "waiting": self.waiting,
            "entries": self.entries,
            "refused": self.refused or None,
            "notes": self.notes,
        }
