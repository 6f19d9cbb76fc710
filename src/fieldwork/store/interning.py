"""Local numbers of records: small, in the order they became known here, never leaving the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.records import KINDS, owner_field
from fieldwork.domain.values import Id
from fieldwork.store.entry import Entry, Group
from fieldwork.store.sets import blob, looked_up

OWNERS = {kind: name for kind in KINDS if (name := owner_field(kind))}


@dataclass
class Interned:
    """The records that some entries speak of. known: the largest number of those that were here before.

    alone: those that are new, and of which a single group says all there is.
    unsure: those of which more than one thing is said: what kind they are, or whom they belong to.
    disputed: those of them that entries call by different kinds.
    """

    numbers: dict[Id, int]
    kinds: dict[Id, str]
    known: int
    alone: set[int]
    unsure: set[int]
    disputed: set[int]


def intern(db: Any, entries: Iterable[Entry]) -> Interned:
    """Local numbers of records; what nobody here has seen gets one."""
    kinds: dict[Id, str] = {}
    owners: dict[Id, Id | None] = {}
    several: set[Id] = set()
    unsure: set[Id] = set()
    disputed: set[Id] = set()
    for entry in entries:
        for group in entry.groups:
            kind, id = group.kind, group.id
            if id in kinds:
                several.add(id)
                if kinds[id] != kind:
                    kinds[id] = min(kind, kinds[id])
                    disputed.add(id)
            else:
                kinds[id] = kind
            if OWNERS.get(kind) in group.fields:
                if id in owners:
                    unsure.add(id)
                owners[id] = _owner(group)
    ids = sorted(kinds)
    known = db.execute("SELECT coalesce(max(no), 0) FROM object").fetchone()[0]
    numbers: dict[Id, int] = {}
    for no, id, old in looked_up(
        db,
        "SELECT o.no, o.id, o.kind FROM (VALUES {keys}) k CROSS JOIN object o ON o.id = k.column1",
        [(id,) for id in ids],
    ):
        numbers[id] = no
        if kinds[id] != old:
            disputed.add(id)
        if kinds[id] < old:
            _change_kind(db, no, old, kinds[id])
        else:
            kinds[id] = old
        if id in owners:
            unsure.add(id)
    unsure |= disputed
    new = [id for id in ids if id not in numbers]
    numbers.update(zip(new, range(known + 1, known + 1 + len(new)), strict=True))
    owned, unowned = [], []
    for id in new:
        owner = None if id in unsure else owners.get(id)
        if owner is None:
            unowned.append((numbers[id], blob(id), kinds[id]))
        else:
            owned.append((numbers[id], blob(id), kinds[id], blob(owner)))
    db.executemany("INSERT INTO object (no, id, kind) VALUES (?, ?, ?)", unowned)
    db.executemany("INSERT INTO object (no, id, kind, owner) VALUES (?, ?, ?, ?)", owned)
    alone = {numbers[id] for id in new if id not in several}
    unsure_numbers, disputed_numbers = ({numbers[id] for id in some} for some in (unsure, disputed))
    return Interned(numbers, kinds, known, alone, unsure_numbers, disputed_numbers)


def _owner(group: Group) -> Id | None:
    """Whom a record belongs to, by a group that sets it."""
    value = group.values[group.fields.index(OWNERS[group.kind])] if group.values is not None else None
    return value if type(value) is bytes else None


def _change_kind(db: Any, no: int, old: str, new: str) -> None:
    """Entries that disagree about a record's kind: the smallest name counts, in whatever order they come."""
    db.execute(
        "INSERT OR IGNORE INTO touched SELECT p.no FROM object o JOIN object p ON p.id = o.owner WHERE o.no = ?",
        (no,),
    )
    if old in KINDS:
        db.execute(f'DELETE FROM "{old}" WHERE no = ?', (no,))
    db.execute("UPDATE object SET kind = ?, owner = NULL WHERE no = ?", (new, no))
    db.execute("INSERT OR IGNORE INTO moved VALUES (?)", (no,))
