"""Whether this laptop is still one of the team, in words for whoever writes on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.exchange import package, sharing
from fieldwork.store.members import is_limited
from fieldwork.store.reading import find
from fieldwork.store.receipts import receipts
from fieldwork.store.workspace import Workspace

REMOVED = (
    "This laptop was removed from the inspection. What is written on it since is kept here and counts for nothing, and "
    "new packages are closed to it. Ask a lead: they can accept what you wrote, or hand you a new pack."
)
SHUT_OUT = (
    "This laptop is shut out of the inspection: who let it in was removed, or its invitation was withdrawn. What you "
    "write is kept and passed on, and counts once a lead admits this laptop. Ask a lead."
)


def outside(workspace: Workspace) -> str:
    """What to know, and to do, where this laptop is no longer one of the team or may not be; "" while it is."""
    if is_limited(workspace, workspace.device):
        own = find(workspace, Device, workspace.device)
        return REMOVED if own is not None and own.removed else SHUT_OUT
    closed = _closed(workspace)
    if not closed:
        return ""
    packages, they = ("The last package does", "it opens")
    if closed > 1:
        packages, they = (f"The last {closed} packages do", "they open")
    return (
        f"{packages} not open on this laptop. If {they} for colleagues, this laptop was removed from the inspection, "
        "and what is written on it since counts for nothing. Ask a lead before you go on."
    )


def _closed(workspace: Workspace) -> int:
    """How many packages that were closed to this laptop came since the last one that was not."""
    names: set[str] = set()
    for receipt in receipts(workspace):
        if receipt.direction == "in":
            break
        if receipt.reason == package.CLOSED:
            names.add(receipt.name)
    return len(names)


@dataclass(frozen=True)
class SetAside:
    """Packages that are refused and have their receipts. changed: what pages read again."""

    count: int
    changed: dict[str, frozenset[Id]] = field(default_factory=lambda: {"receipt": frozenset()})


def set_aside(workspace: Workspace, paths: Sequence[Path]) -> SetAside:
    """Keep receipts of packages that nothing can be taken of, so that it stays known that they came."""
    return SetAside(len(sharing.merge(workspace, paths).refused))
