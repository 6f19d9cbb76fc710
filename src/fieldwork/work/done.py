"""What an act hands back: the record it made or touched, and everything that changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fieldwork.domain import laptop_names
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


def laptop_name(given: str, otherwise: str = "") -> str:
    """What colleagues will know a laptop by, as it was given. Raises Fault for what is no name of one line."""
    name = given.strip() or otherwise
    if not name:
        raise Fault("This laptop needs a name that colleagues will know it by; give one.")
    if not all(map(laptop_names.belongs, name)):
        raise Fault(
            "The name of this laptop holds a line end or a control sign; give it in one line of plain text."
        )
    if len(name) > laptop_names.LONGEST:
        raise Fault(
            f"The name of this laptop is {len(name)} characters long; give one of at most {laptop_names.LONGEST}."
        )
    return name


def one_of(value: str, allowed: Iterable[str], what: str) -> str:
    """The value, or a Fault that says what is allowed."""
    known = list(allowed)
    if value not in known:
        raise Fault(f'{what}: "{value}" is not known; use one of {", ".join(k or "(none)" for k in known)}.')
    return value
