"""What everybody may read of sealed examinations: which are open to all, what they opened, what came too late."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.values import Id, Value
from fieldwork.store import unsealing
from fieldwork.store.entry import DELETED, Entry
from fieldwork.store.opened import load
from fieldwork.store.sealed_facts import facts, inners_of, releases
from fieldwork.store.sets import looked_up
from fieldwork.store.workspace import Workspace, raw


def released(workspace: Workspace) -> dict[Id, bytes]:
    """The sealed examinations that are open to all, each with the hash of the entry that opened it."""
    with workspace.read() as db:
        rows = db.exec_driver_sql("SELECT examination, opening FROM unsealed")
        return dict(tuple(row) for row in rows)


def sealed_files(workspace: Workspace) -> set[Id]:
    """The case files of which anything is sealed."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT DISTINCT o.owner FROM (SELECT DISTINCT examination FROM sealed_in) s "
            "CROSS JOIN object o ON o.id = s.examination WHERE o.owner IS NOT NULL"
        )
        return {id for (id,) in rows}


def opened_ids(workspace: Workspace, examinations: Collection[Id]) -> set[tuple[Id, Id]]:
    """The records that came out of the sealed acts of these examinations, each as (examination, record)."""
    with workspace.read() as db:
        rows = looked_up(
            raw(db),
            "SELECT DISTINCT d.examination, o.id FROM (VALUES {keys}) k "
            "CROSS JOIN opened d ON d.examination = k.column1 CROSS JOIN object o ON o.no = d.object",
            [(examination,) for examination in examinations],
        )
        return {(examination, id) for examination, id in rows}


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


def remarks(workspace: Workspace) -> list[str]:
    """What is odd about sealed examinations here, one sentence each; none of it changes what counts."""
    with workspace.read() as db:
        return unsealing.faults(raw(db))


# -- what was sealed of a record


def is_opened(workspace: Workspace, id: Id) -> bool:
    """Whether a record came out of sealed acts."""
    with workspace.read() as db:
        return _examination_of(raw(db), id) is not None


def _examination_of(db: Any, id: Id) -> Id | None:
    row = db.execute(
        "SELECT d.examination FROM object o JOIN opened d ON d.object = o.no WHERE o.id = ? LIMIT 1", (id,)
    ).fetchone()
    return row[0] if row else None


def sealed_copies(workspace: Workspace, id: Id) -> list[Id]:
    """The sealed records that hold what a record says: of an opened one its parts, late ones and all that was said
    in the same acts; of a sealed examination its parts, keys and release."""
    with workspace.read() as db:
        connection = raw(db)
        examination = _examination_of(connection, id)
        if examination is None:
            return _all_of(connection, id)
        wanted = {entry.hash for entry, _, inner in _read(connection, examination) if id in inner}
        return [
            group.id
            for entry in _entries_of(connection, examination)
            if entry.hash in wanted
            for group in entry.groups
            if group.kind == SealedPart.kind
        ]


def _all_of(db: Any, examination: Id) -> list[Id]:
    kinds = (SealedPart.kind, SealedKey.kind, Release.kind)
    entries = _entries_of(db, examination)
    return list(dict.fromkeys(g.id for entry in entries for g in entry.groups if g.kind in kinds))


def _entries_of(db: Any, examination: Id) -> list[Entry]:
    rows = db.execute(
        "SELECT e.no, e.body FROM sealed_in s JOIN entry e ON e.no = s.entry WHERE s.examination = ? ORDER BY e.no",
        (examination,),
    ).fetchall()
    return [load(db, no, body) for no, body in rows]


def _read(db: Any, examination: Id) -> list[tuple[Entry, int, dict[Id, "_Said"]]]:
    """Every part of a released examination that can be read, with what it said of which records."""
    found = facts(db, examination)
    good = releases(db, found)[0] if found is not None else []
    if found is None or not good:
        return []
    inners = inners_of(db, found, good[0].key, found.parts)
    return [
        (
            part.entry,
            part.change,
            {id: _Said(inner.act, inner.reason, fields) for _, id, fields in inner.said},
        )
        for part, inner in zip(found.parts, inners, strict=True)
        if inner is not None
    ]


@dataclass(frozen=True)
class _Said:
    act: str
    reason: str
    fields: dict[str, Value]


@dataclass(frozen=True)
class SealedStep:
    """One change of an opened record, as a sealed act made it. change: of the part that holds it."""

    entry: Entry
    change: int
    act: str
    reason: str
    field: str
    before: tuple[Value, ...]
    after: Value
    counts: bool


def sealed_steps(db: Any, id: Id) -> list[SealedStep]:
    """What sealed acts said of a record, in their order; none where it did not come out of any.

    counts: False for what came after the finish that counts.
    """
    examination = _examination_of(db, id)
    if examination is None:
        return []
    found = facts(db, examination)
    counted = {part.entry.hash for part in releases(db, found)[0][0].parts} if found is not None else set()
    held: dict[str, Value] = {}
    steps = []
    for entry, change, said in _read(db, examination):
        if id not in said:
            continue
        one = said[id]
        counts = entry.hash in counted
        for name, value in one.fields.items():
            if name in held and held[name] == value:
                continue
            before = (held[name],) if name in held else ()
            steps.append(SealedStep(entry, change, one.act, one.reason, name, before, value, counts))
        if counts:
            held = {} if DELETED in one.fields else {**held, **one.fields}
    return steps
