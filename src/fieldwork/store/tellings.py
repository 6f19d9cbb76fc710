"""What was said of many records' fields, read in one go: an act that wrote thousands of them is decoded once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fieldwork.domain.values import Id, Value
from fieldwork.store.opened import load_all
from fieldwork.store.sets import looked_up
from fieldwork.store.standing import ALL, still_counts
from fieldwork.store.workspace import Workspace, raw


@dataclass(frozen=True)
class Telling:
    """One change of a field that counts. wall in milliseconds; entry: the hash of its act."""

    act: str
    field: str
    value: Value
    wall: int
    entry: bytes


def tellings(workspace: Workspace, ids: Collection[Id], fields: Collection[str]) -> dict[Id, list[Telling]]:
    """The changes of these fields by record, oldest first by the logical clock; an unknown record has none.

    Of kinds that anybody may write and that are never sealed: who had the say in a field is not asked here.
    """
    found: dict[Id, list[Telling]] = {id: [] for id in ids}
    with workspace.read() as db:
        connection = raw(db)
        numbers = looked_up(
            connection,
            "SELECT s.entry FROM (VALUES {keys}) k CROSS JOIN object o ON o.id = k.column1 "
            "CROSS JOIN seen s ON s.object = o.no",
            [(id,) for id in found],
        )
        bodies = looked_up(
            connection,
            "SELECT e.no, e.body FROM (VALUES {keys}) k CROSS JOIN entry e ON e.no = k.column1",
            [(number,) for number in sorted({number for (number,) in numbers})],
        )
        entries = load_all(connection, dict(bodies))
        void = dict(connection.execute("SELECT no, counts FROM entry WHERE counts <> 1"))
    for number, entry in sorted(entries.items(), key=lambda one: (one[1].time, one[1].hash)):
        counts = void.get(number, ALL)
        for group in entry.groups:
            if group.id in found and group.values is not None and still_counts(counts, group):
                found[group.id] += [
                    Telling(entry.act, name, value, entry.wall, entry.hash)
                    for name, value in zip(group.fields, group.values, strict=True)
                    if name in fields
                ]
    return found


def last_of(some: Sequence[Telling], field: str) -> Telling | None:
    """The latest change of a field."""
    return next((one for one in reversed(some) if one.field == field), None)
