"""What an act hands back: the record it made or touched, and everything that changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.store.recording import Change, Recorded, record
from fieldwork.store.workspace import Workspace


@dataclass(frozen=True)
class Done:
    """The outcome of one act. entry is None when nothing was different; changed: kind to ids."""

    id: Id | None = None
    entry: bytes | None = None
    changed: Mapping[str, frozenset[Id]] = field(default_factory=dict)


def do(
    workspace: Workspace,
    act: str,
    changes: Iterable[Change],
    *,
    id: Id | None = None,
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Record an act as one entry."""
    recorded: Recorded = record(workspace, act, changes, reason=reason, as_of=as_of, at=at)
    return Done(id, recorded.entry, recorded.changed)


def one_of(value: str, allowed: Iterable[str], what: str) -> str:
    """The value, or a Fault that says what is allowed."""
    known = list(allowed)
    if value not in known:
        raise Fault(f'{what}: "{value}" is not known; use one of {", ".join(k or "(none)" for k in known)}.')
    return value
