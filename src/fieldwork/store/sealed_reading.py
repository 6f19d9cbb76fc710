"""What everybody may read of sealed examinations: which are open to all, what they opened, what came too late."""

from collections.abc import Collection
from dataclasses import dataclass

from fieldwork.domain.values import Id
from fieldwork.store.sealed_facts import facts, releases
from fieldwork.store.workspace import Workspace, raw


def released(workspace: Workspace) -> dict[Id, bytes]:
    """The sealed examinations that are open to all, each with the hash of the entry that opened it."""
    with workspace.read() as db:
        rows = db.exec_driver_sql("SELECT examination, opening FROM unsealed")
        return dict(tuple(row) for row in rows)


def opened_ids(workspace: Workspace, examinations: Collection[Id]) -> set[Id]:
    """The records that came out of the sealed acts of these examinations."""
    found: set[Id] = set()
    with workspace.read() as db:
        for examination in examinations:
            found |= {
                id
                for (id,) in db.exec_driver_sql(
                    "SELECT DISTINCT o.id FROM opened d JOIN object o ON o.no = d.object WHERE d.examination = ?",
                    (examination,),
                )
            }
    return found


@dataclass(frozen=True)
class Late:
    """A sealed act that came after the finish that counts: kept and passed on, never applied. at: wall ms."""

    examination: Id
    sequence: int
    device: Id
    at: int


def late(workspace: Workspace, examination: Id) -> list[Late]:
    """What was sealed after the finish that counts, or on a branch that it does not know; nothing before a release."""
    with workspace.read() as db:
        found = facts(raw(db), examination)
        good = releases(raw(db), found)[0] if found is not None else []
        if found is None or not good:
            return []
        counted = {part.entry.hash for part in good[0].parts}
    return [
        Late(examination, part.sequence, part.entry.device, part.entry.wall)
        for part in found.parts
        if part.entry.hash not in counted
    ]
