"""Entries take effect: the one way in for every change, typed here or come from a colleague.

The state of a field is a function of the standing entries: its heads are the changes no other
change replaces; the largest (logical time, then laptop id, then hash) is shown, the others are
rivals. Everything works on sets of changes in temporary tables, so that a merge of a hundred
thousand costs about what inserting them costs, and one keystroke's worth takes the same road.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

from fieldwork.domain.records import KINDS
from fieldwork.domain.values import Id, Value
from fieldwork.store import projection
from fieldwork.store.entry import DELETED as DELETED
from fieldwork.store.entry import NO_HASH, REASON, Entry

SHIFT = 20

_Row = tuple[int, str, Value, int, int]  # object, field, value, change, time


@dataclass
class Effect:
    """What entries changed: the ids touched by kind, and the local numbers of the entries."""

    touched: dict[str, set[Id]] = field(default_factory=dict)
    entries: dict[bytes, int] = field(default_factory=dict)


def take_effect(db: Any, entries: list[Entry]) -> Effect:
    """Write entries into history and state, in order. db is a raw connection inside a transaction.

    Each entry's predecessor and all it refers to must stand already or come earlier in the list,
    and its laptop must be known (`device_known`).
    """
    _temporary_tables(db)
    numbers = _write_history(db, entries)
    known = db.execute("SELECT coalesce(max(no), 0) FROM object").fetchone()[0]
    objects = _intern(db, entries)
    fresh, edits, replaced, seen = _flatten(db, entries, numbers, objects)
    edits += _insert_fresh(db, fresh, known)
    if edits:
        _settle_fields(db, edits, replaced)
    db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", sorted(seen))
    db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((no,) for no in set(objects.values())))
    projection.project(db)
    effect = Effect(entries=numbers)
    for kind, id in db.execute("SELECT o.kind, o.id FROM touched t JOIN object o ON o.no = t.no"):
        effect.touched.setdefault(kind, set()).add(id)
    return effect


def _temporary_tables(db: Any) -> None:
    projection.temporary_tables(db)
    if db.execute("SELECT 1 FROM sqlite_temp_schema WHERE name = 'wanted'").fetchone():
        return
    for statement in (
        "CREATE TEMP TABLE wanted (id BLOB PRIMARY KEY, kind TEXT) WITHOUT ROWID",
        "CREATE TEMP TABLE candidate (object INTEGER, field TEXT, change INTEGER, value, time INTEGER, "
        "device BLOB, hash BLOB, PRIMARY KEY (object, field, change)) WITHOUT ROWID",
        "CREATE TEMP TABLE replaced (change INTEGER, object INTEGER, field TEXT, "
        "PRIMARY KEY (change, object, field)) WITHOUT ROWID",
    ):
        db.execute(statement)


def _write_history(db: Any, entries: list[Entry]) -> dict[bytes, int]:
    """Insert entries and their payloads, and keep the tips of the branches."""
    number = db.execute("SELECT coalesce(max(no), 0) FROM entry").fetchone()[0]
    devices = dict(db.execute("SELECT id, no FROM device_known"))
    numbers: dict[bytes, int] = {}
    placed: dict[bytes, tuple[int, int]] = {}  # hash -> branch, n
    tips: dict[int, tuple[int, int]] = {}  # branch -> n, entry number
    rows, payloads = [], []
    for entry in entries:
        number += 1
        numbers[entry.hash] = number
        device = devices[entry.device]
        branch = _branch_for(db, entry, device, placed, tips, number)
        placed[entry.hash] = (branch, entry.n)
        tips[branch] = (entry.n, number)
        rows.append(
            (number, device, branch, entry.n, entry.time, entry.act, entry.undoes, entry.hash, entry.body)
        )
        payloads += [
            (number, place, *packed)
            for place, packed in enumerate(entry.payloads(), REASON)
            if packed is not None
        ]
    db.executemany(
        "INSERT INTO entry (no, device, branch, n, time, act, undoes, hash, body) VALUES (?,?,?,?,?,?,?,?,?)",
        rows,
    )
    db.executemany("INSERT INTO payload VALUES (?, ?, ?, ?)", payloads)
    db.executemany(
        "UPDATE branch SET n = ?, tip = ? WHERE no = ?",
        ((n, tip, branch) for branch, (n, tip) in tips.items()),
    )
    return numbers


def _branch_for(
    db: Any,
    entry: Entry,
    device: int,
    placed: Mapping[bytes, tuple[int, int]],
    tips: dict[int, tuple[int, int]],
    number: int,
) -> int:
    """The branch this entry extends; a new one where its predecessor already has another successor."""
    base: tuple[int, int] | None = None
    if entry.previous != NO_HASH:
        base = placed.get(entry.previous) or tuple(
            db.execute("SELECT branch, n FROM entry WHERE hash = ?", (entry.previous,)).fetchone()
        )
        branch, n = base
        tip = (
            tips[branch][0]
            if branch in tips
            else db.execute("SELECT n FROM branch WHERE no = ?", (branch,)).fetchone()[0]
        )
        if tip == n:
            return branch
    new = db.execute(
        "INSERT INTO branch (device, base, base_n, n, tip) VALUES (?, ?, ?, ?, ?) RETURNING no",
        (device, base[0] if base else None, base[1] if base else 0, entry.n, number),
    ).fetchone()[0]
    if db.execute("SELECT count(*) FROM branch WHERE device = ?", (device,)).fetchone()[0] > 1:
        db.execute("UPDATE device_known SET forked = 1 WHERE no = ?", (device,))
    return new


def _intern(db: Any, entries: list[Entry]) -> dict[Id, int]:
    """Local numbers of records; what nobody here has seen gets one."""
    kinds: dict[Id, str] = {}
    for entry in entries:
        for group in entry.groups:
            kinds[group.id] = min(group.kind, kinds.get(group.id, group.kind))
    db.execute("DELETE FROM wanted")
    db.executemany("INSERT INTO wanted VALUES (?, ?)", sorted(kinds.items()))
    both = "FROM wanted w CROSS JOIN object o ON o.id = w.id"
    for no, old, new in db.execute(f"SELECT o.no, o.kind, w.kind {both} WHERE w.kind < o.kind").fetchall():
        _change_kind(db, no, old, new)
    db.execute(
        "INSERT INTO object (id, kind) SELECT id, kind FROM wanted WHERE true ON CONFLICT (id) DO NOTHING"
    )
    return dict(db.execute(f"SELECT o.id, o.no {both}"))


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


def _flatten(
    db: Any, entries: list[Entry], numbers: Mapping[bytes, int], objects: Mapping[Id, int]
) -> tuple[list[_Row], list[_Row], set[tuple[int, int, str]], set[tuple[int, int]]]:
    """All changes as rows: those that replace nothing, those that do, what they replace, who saw what.

    A change whose values were erased stands and replaces like any other, with nothing for its value:
    else what it had replaced would come back.
    """
    known: dict[bytes, int] = dict(numbers)
    fresh: list[_Row] = []
    edits: list[_Row] = []
    replaced: set[tuple[int, int, str]] = set()
    seen: set[tuple[int, int]] = set()
    for entry in entries:
        number = numbers[entry.hash]
        references = [_number_of(db, hash, known) for hash in entry.references]
        change = number << SHIFT
        for group in entry.groups:
            no = objects[group.id]
            seen.add((no, number))
            count = len(group.fields)
            values = group.values if group.values is not None else (None,) * count
            changes = range(change, change + count)
            if not any(group.bases):
                fresh += zip(repeat(no), group.fields, values, changes, repeat(entry.time), strict=False)
            else:
                for name, value, at, bases in zip(group.fields, values, changes, group.bases, strict=True):
                    (edits if bases else fresh).append((no, name, value, at, entry.time))
                    replaced.update(
                        (references[base.reference] << SHIFT | base.index, no, name) for base in bases
                    )
            change += count
    if replaced:
        fresh = [row for row in fresh if (row[3], row[0], row[1]) not in replaced]
        edits = [row for row in edits if (row[3], row[0], row[1]) not in replaced]
    fresh.sort(key=itemgetter(0, 1))
    return fresh, edits, replaced, seen


def _number_of(db: Any, hash: bytes, known: dict[bytes, int]) -> int:
    if hash not in known:
        known[hash] = db.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()[0]
    return known[hash]


def _insert_fresh(db: Any, fresh: list[_Row], known: int) -> list[_Row]:
    """Fields nobody here has set yet go straight in; returns the rows whose field was set already.

    fresh is sorted by record and field; `known` is the largest number of a record that was here before.
    """
    insert = "INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?)"
    sure: list[_Row] = []
    doubtful: list[_Row] = []
    again: list[_Row] = []
    before: tuple[int, str] | None = None
    for row in fresh:
        at = row[:2]
        if at == before:
            again.append(row)
        elif row[0] > known:
            sure.append(row)
        else:
            doubtful.append(row)
        before = at
    db.executemany(insert, sure)
    held = "SELECT 1 FROM cell WHERE object = ? AND field = ?"
    taken = {row[3] for row in doubtful if db.execute(held, row[:2]).fetchone()}
    db.executemany(insert, (row for row in doubtful if row[3] not in taken))
    return again + [row for row in doubtful if row[3] in taken]


def _settle_fields(db: Any, edits: Iterable[_Row], replaced: set[tuple[int, int, str]]) -> None:
    """Work out the heads of every field that was set again: one is shown, the others are rivals."""
    db.execute("DELETE FROM replaced")
    db.executemany("INSERT INTO replaced VALUES (?, ?, ?)", sorted(replaced))
    db.execute("DELETE FROM candidate")
    db.executemany(
        "INSERT INTO candidate SELECT ?1, ?2, ?4, ?3, ?5, d.id, e.hash "
        "FROM entry e JOIN device_known d ON d.no = e.device WHERE e.no = ?4 >> 20",
        sorted(edits, key=itemgetter(0, 1)),
    )
    for table in ("cell", "rival"):
        db.execute(
            f"INSERT OR IGNORE INTO candidate SELECT c.object, c.field, c.change, c.value, c.time, d.id, e.hash "
            f"FROM (SELECT DISTINCT object, field FROM candidate) t "
            f"CROSS JOIN {table} c ON c.object = t.object AND c.field = t.field "
            f"JOIN entry e ON e.no = c.change >> 20 JOIN device_known d ON d.no = e.device "
            f"WHERE NOT EXISTS (SELECT 1 FROM replaced r "
            f"WHERE r.change = c.change AND r.object = c.object AND r.field = c.field)"
        )
    db.execute("DELETE FROM rival WHERE (object, field) IN (SELECT DISTINCT object, field FROM candidate)")
    ranked = (
        "SELECT object, field, value, change, time, row_number() OVER "
        "(PARTITION BY object, field ORDER BY time DESC, device DESC, hash DESC) AS place FROM candidate"
    )
    db.execute(
        f"INSERT OR REPLACE INTO cell (object, field, value, change, time) "
        f"SELECT object, field, value, change, time FROM ({ranked}) WHERE place = 1"
    )
    db.execute(
        f"INSERT INTO rival (object, field, value, change, time) "
        f"SELECT object, field, value, change, time FROM ({ranked}) WHERE place > 1"
    )
