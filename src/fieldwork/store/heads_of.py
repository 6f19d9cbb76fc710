"""Which changes stand on fields of records: what a signature names, since it tells nothing of the words."""

from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import NamedTuple

from fieldwork.domain.values import Id, Value
from fieldwork.store.opened import Entries
from fieldwork.store.recording import INDEX
from fieldwork.store.sets import looked_up
from fieldwork.store.state import SHIFT
from fieldwork.store.workspace import Workspace, raw

ERASE = "erase"
_HEADS = (
    f"WITH v(id) AS (VALUES {{keys}}) SELECT o.id, h.field, e.act = '{ERASE}', h.change, e.hash, "
    f"h.change & {INDEX}, d.id, h.value FROM ("
    "SELECT c.object AS object, c.field AS field, c.change AS change, c.value AS value FROM v "
    "CROSS JOIN object o ON o.id = v.id CROSS JOIN cell c ON c.object = o.no "
    "UNION ALL SELECT r.object, r.field, r.change, r.value FROM v "
    "CROSS JOIN object o ON o.id = v.id CROSS JOIN rival r ON r.object = o.no) h "
    f"CROSS JOIN object o ON o.no = h.object CROSS JOIN entry e ON e.no = h.change >> {SHIFT} "
    "CROSS JOIN device_known d ON d.no = e.device"
)


class Head(NamedTuple):
    """A change that stands: the hash of its entry, its place there, the laptop that wrote it, what it says."""

    entry: bytes
    place: int
    device: Id
    value: Value


Heads = Mapping[str, tuple[Head, ...]]
"""By field, the changes that stand on it; more than one where it was changed on several sides."""


def heads_of(workspace: Workspace, wanted: Mapping[Id, Collection[str]]) -> dict[Id, Heads]:
    """By record and field, of the fields that are asked for; nothing for what was never written.

    What an erasure says again, so that it outlives it, stands as it stood before.
    """
    found: dict[Id, dict[str, tuple[Head, ...]]] = {id: {} for id in wanted}
    with workspace.read() as db:
        connection = raw(db)
        entries = Entries(connection)
        for id, field, again, change, *head in looked_up(
            connection, _HEADS, [(id,) for id in sorted(wanted)]
        ):
            if field in wanted[id]:
                some = _before(entries, id, change, head[3]) if again else (Head(*head),)
                of = found[id]
                if field in of:
                    some = tuple(sorted((*of[field], *some), key=itemgetter(0, 1)))
                of[field] = some
    return dict(found)


def _before(entries: Entries, id: Id, change: int, value: Value) -> tuple[Head, ...]:
    """What an erasure's change replaced, where that said the same, or what it said was erased."""
    number, index = change >> SHIFT, change & INDEX
    entry, of = entries.entry(number), entries.group(number, index)
    own = (Head(entry.hash, index, entry.device, value),)
    if entry.act != ERASE or of is None:
        return own
    found: set[Head] = set()
    for base in of[0].bases[of[1]]:
        earlier = entries.number(entry.references[base.reference])
        said = entries.group(earlier, base.index)
        values = said[0].values if said is not None else None
        if said is None or (not _is_erased(entries, id) if values is None else values[said[1]] != value):
            return own
        found.update(_before(entries, id, earlier << SHIFT | base.index, value))
    return tuple(sorted(found, key=itemgetter(0, 1))) or own


def _is_erased(entries: Entries, id: Id) -> bool:
    """Whether an erasure in force names a record."""
    return entries.connection.execute("SELECT 1 FROM erased WHERE id = ?", (id,)).fetchone() is not None
