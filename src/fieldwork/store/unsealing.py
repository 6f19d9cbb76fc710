"""Released examinations take effect: what their parts hold becomes records, the same wherever the same entries stand.

Nothing is written into the history for it. A record that came out of sealed parts shows what they say and nothing
else: whatever is said of it in clear does not count, so that the original answers stay what they were.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.marking_records import Release
from fieldwork.domain.records import KINDS
from fieldwork.domain.values import Id, derived_id
from fieldwork.store import anew, standing
from fieldwork.store.entry import Entry
from fieldwork.store.heads import SHIFT
from fieldwork.store.sealed_facts import (
    Facts,
    Opening,
    behind,
    digest_of_parts,
    facts,
    inners_of,
    note,
    releases,
)
from fieldwork.store.sealing import Opened, fold


@dataclass
class Unsealed:
    """Local numbers of records that were set from sealed parts, and of those of which nothing is left."""

    changed: set[int]
    gone: set[int]


def apply(
    db: Any, entries: list[tuple[int, Entry]], *, all_of_them: bool = False, cleared: Collection[int] = ()
) -> Unsealed:
    """Bring the records of released examinations up to date with what stands.

    entries: those just written, by their local numbers. all_of_them: who may do what, or what counts, may be another.
    cleared: records that were worked out anew from what is said of them in clear.
    """
    result = Unsealed(set(), set())
    wanted = note(db, entries)
    again = _touched(db, cleared)
    wanted |= again
    if all_of_them:
        wanted |= {id for (id,) in db.execute("SELECT DISTINCT examination FROM sealed_in")}
    for examination in sorted(wanted):
        _bring_up(db, examination, examination in again, result)
    return result


def _touched(db: Any, cleared: Collection[int]) -> set[Id]:
    """The released examinations of which a record was touched."""
    if db.execute("SELECT 1 FROM opened LIMIT 1").fetchone() is None:
        return set()
    rows = db.execute(
        "SELECT DISTINCT o.examination FROM touched t CROSS JOIN opened o ON o.object = t.no"
    ).fetchall()
    for no in cleared:
        rows += db.execute("SELECT examination FROM opened WHERE object = ? LIMIT 1", (no,)).fetchall()
    return {id for (id,) in rows}


def _standing(db: Any, objects: Collection[int]) -> set[int]:
    return {
        no for no in objects if db.execute("SELECT 1 FROM seen WHERE object = ? LIMIT 1", (no,)).fetchone()
    }


def _bring_up(db: Any, examination: Id, again: bool, result: Unsealed) -> None:
    row = db.execute("SELECT stamp FROM unsealed WHERE examination = ?", (examination,)).fetchone()
    if row is None and not again and not _spoken_of(db, examination):
        return
    found = facts(db, examination)
    opening = next(iter(releases(db, found)[0]), None) if found is not None else None
    stamp = _stamp(opening)
    if not again and (row[0] if row else None) == stamp:
        return
    _close(db, examination, result)
    db.execute("DELETE FROM unsealed WHERE examination = ?", (examination,))
    if found is not None and opening is not None:
        db.execute(
            "INSERT INTO unsealed VALUES (?, ?, ?, ?)",
            (examination, opening.entry.hash, opening.finish, stamp),
        )
        for id, record in records_of(db, found, opening).items():
            result.changed.add(_open(db, examination, id, record, opening, result))


def _spoken_of(db: Any, examination: Id) -> bool:
    """Whether anybody has said that it is released: an act before that need not read all its parts."""
    id = derived_id(Release.kind, examination)
    return db.execute("SELECT 1 FROM object WHERE id = ?", (id,)).fetchone() is not None


def _stamp(opening: Opening | None) -> bytes | None:
    """What a release opens, in short: the same stamp, the same records."""
    if opening is None:
        return None
    return hashlib.sha256(opening.entry.hash + digest_of_parts(opening.parts)).digest()


def records_of(db: Any, found: Facts, opening: Opening) -> dict[Id, Opened]:
    """The records that a release opens."""
    return fold(found.examination, inners_of(db, found, opening.key, opening.parts))


def _close(db: Any, examination: Id, result: Unsealed) -> None:
    """Take away what an earlier release showed; what was said in clear of the same records stands for itself."""
    rows = db.execute(
        "SELECT object, entry, only FROM opened WHERE examination = ?", (examination,)
    ).fetchall()
    db.execute("DELETE FROM opened WHERE examination = ?", (examination,))
    db.executemany(
        "DELETE FROM seen WHERE object = ? AND entry = ?", ((no, entry) for no, entry, only in rows if only)
    )
    objects = {no for no, _, _ in rows}
    clear = _standing(db, objects)
    anew.let_go(db, objects - clear)
    for no in clear:
        _empty(db, no)
    if clear:
        anew.work_out(db, standing.standing(db), clear)
    result.changed |= objects
    result.gone |= objects - clear


def _open(db: Any, examination: Id, id: Id, record: Opened, opening: Opening, result: Unsealed) -> int:
    """Let a record show what its parts say, and nothing else."""
    row = db.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()
    if row is None:
        no = db.execute(
            "INSERT INTO object (id, kind) VALUES (?, ?) RETURNING no", (id, record.kind)
        ).fetchone()[0]
    else:
        no = row[0]
        result.gone.discard(no)
        _empty(db, no)
        db.execute("UPDATE object SET kind = ? WHERE no = ?", (record.kind, no))
    parts = opening.parts
    db.executemany(
        "INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?)",
        (
            (no, name, value, parts[place].change, parts[place].entry.time)
            for name, (value, place) in record.fields.items()
        ),
    )
    for number in sorted({parts[place].change >> SHIFT for place in record.parts}):
        only = db.execute("INSERT OR IGNORE INTO seen (object, entry) VALUES (?, ?)", (no, number)).rowcount
        db.execute("INSERT INTO opened VALUES (?, ?, ?, ?)", (no, number, examination, int(only > 0)))
    for table in ("touched", "moved"):
        db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?)", (no,))
    return no


def _empty(db: Any, no: int) -> None:
    """Take a record's fields, and what follows from them, away."""
    kind, owner = db.execute("SELECT kind, owner FROM object WHERE no = ?", (no,)).fetchone()
    for table in ("cell", "rival"):
        db.execute(f"DELETE FROM {table} WHERE object = ?", (no,))
    if kind in KINDS:
        db.execute(f'DELETE FROM "{kind}" WHERE no = ?', (no,))
    db.execute("INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?", (owner,))
    db.execute("UPDATE object SET owner = NULL, deleted = 0, hidden = 0 WHERE no = ?", (no,))
    for table in ("touched", "moved"):
        db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?)", (no,))


def faults(db: Any) -> list[str]:
    """What is wrong with sealed examinations, one sentence each: releases that open nothing, digests that do not
    fit, parts that cannot be read."""
    problems: list[str] = []
    for (examination,) in db.execute(
        "SELECT DISTINCT examination FROM sealed_in ORDER BY examination"
    ).fetchall():
        name = examination.hex()[:12]
        found = facts(db, examination)
        if found is None:
            continue
        good, void = releases(db, found)
        if void:
            problems.append(
                f"sealed examination {name}: {len(void)} of its releases open nothing and do not count."
            )
        for entry, digest in found.finishes.values():
            if digest != digest_of_parts(behind(db, found, entry)) and not _something_erased(db, examination):
                problems.append(f"sealed examination {name}: its acts are not those that were finished.")
        if good:
            unread = sum(inner is None for inner in inners_of(db, found, good[0].key, good[0].parts))
            if unread:
                problems.append(f"sealed examination {name}: {unread} of its acts cannot be read.")
    return problems


def _something_erased(db: Any, examination: Id) -> bool:
    row = db.execute(
        "SELECT 1 FROM sealed_in s JOIN seen n ON n.entry = s.entry JOIN object o ON o.no = n.object "
        "JOIN erased r ON r.id = o.id WHERE s.examination = ? LIMIT 1",
        (examination,),
    ).fetchone()
    return row is not None
