"""Settling many conflicts of one kind in one act."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id, Value
from fieldwork.store.conflicting import conflicts
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import with_excerpts

SIDES = ("ours", "theirs", "shown")


@dataclass(frozen=True)
class SettledMany(Done):
    """settled: ids of the conflicts; left: ids of those without exactly one such value, which stay open."""

    settled: tuple[str, ...] = ()
    left: tuple[str, ...] = field(default=())


def settle_many(
    workspace: Workspace, ids: Sequence[str], keep: str, *, reason: str = "", at: int | None = None
) -> SettledMany:
    """Keep "ours", "theirs" or the value "shown" in each of these conflicts, as one act.

    Where a side is no value or several, the conflict is left. One that is settled already is passed over.
    Raises Fault when nothing can be settled so.
    """
    if keep not in SIDES:
        raise Fault(f'"{keep}" is no side; use one of {", ".join(SIDES)}.')
    wanted = set(ids)
    fields: dict[tuple[str, Id], dict[str, object]] = {}
    settled, left = [], []
    for clash in conflicts(workspace):
        if clash.id not in wanted:
            continue
        values = _values(clash, keep)
        if len(values) != 1:
            left.append(clash.id)
            continue
        (value,) = values
        if clash.what == "deleted":
            fields.setdefault((clash.kind, clash.record), {})[DELETED] = (
                DELETE if value == "deleted" else None
            )
        else:
            fields.setdefault((clash.kind, clash.record), {})[clash.field] = value
        settled.append(clash.id)
    if not settled:
        raise Fault(f'None of them has exactly one value that is "{keep}"; settle them one by one.')
    changes = [Change(kind, record, said, settles=True) for (kind, record), said in fields.items()]
    done = do(workspace, "resolve", with_excerpts(workspace, changes), reason=reason.strip(), at=at)
    return SettledMany(None, done.entry, done.changed, tuple(settled), tuple(left))


def _values(clash: Conflict, keep: str) -> set[Value]:
    if keep == "shown":
        return {version.value for version in clash.versions if version.shown}
    return {version.value for version in clash.versions if version.ours == (keep == "ours")}
