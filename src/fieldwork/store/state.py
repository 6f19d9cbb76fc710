"""Entries take effect: the one way in for every change, typed here or come from a colleague.

The state of a field is a function of the standing entries: its heads are the changes no other
change replaces; the largest (logical time, then laptop id, then hash) is shown, the others are
rivals. Everything works on sets of changes in temporary tables, so that a merge of a hundred
thousand costs about what inserting them costs, and one keystroke's worth takes the same road.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

from fieldwork.domain.values import Id
from fieldwork.store import anew, deciding, following, heads, projection, sealed_facts, standing, unsealing
from fieldwork.store.entry import DELETED as DELETED
from fieldwork.store.entry import NO_HASH, REASON, Entry
from fieldwork.store.following import Alone
from fieldwork.store.heads import SHIFT as SHIFT
from fieldwork.store.heads import Row
from fieldwork.store.interning import Interned, intern
from fieldwork.store.opened import load
from fieldwork.store.sets import blob, looked_up


@dataclass
class Effect:
    """What entries changed: the ids touched by kind, and the local numbers of the entries.

    disputed: local numbers of records that are called by different kinds.
    """

    touched: dict[str, set[Id]] = field(default_factory=dict)
    entries: dict[bytes, int] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)


def take_effect(db: Any, entries: list[Entry]) -> Effect:
    """Write entries into history and state, in order. db is a raw connection inside a transaction.

    Each entry's predecessor and all it refers to must stand already or come earlier in the list,
    and its laptop must be known (`device_known`).
    """
    _temporary_tables(db)
    behind = deciding.note_times(db, entries)
    numbers = _write_history(db, entries)
    records = intern(db, entries)
    objects = records.numbers
    db.executemany(
        "INSERT INTO seen (object, entry) VALUES (?, ?)",
        sorted((objects[group.id], numbers[entry.hash]) for entry in entries for group in entry.groups),
    )
    db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", zip(sorted(objects.values())))
    again, decided = _worked_out_anew(db, entries, records.disputed)
    flat = _flatten(entries, {**behind, **numbers}, records, again)
    following.set_alone(db, flat.alone)
    shown, set_before = _insert_fresh(db, flat.fresh, records.known)
    flat.edits += set_before
    if flat.edits:
        shown += heads.settle(db, flat.edits, flat.replaced)
    numbered = [(numbers[entry.hash], entry) for entry in entries]
    unsealed = unsealing.apply(db, numbered, all_of_them=decided, cleared=again)
    again |= unsealed.changed
    direct = following.followed(records, shown, again, flat.alone)
    for no in unsealed.changed:
        direct.pop(no, None)
    projection.project(db, direct, moved=bool(again))
    if not records.disputed and projection.touched(db) == len(objects):  # nothing else came to look different
        return Effect(_by_kind(records.kinds), numbers)
    effect = _effect(db, numbers)
    effect.disputed = records.disputed
    _delete_objects(db, unsealed.gone)
    return effect


def _by_kind(kinds: Mapping[Id, str]) -> dict[str, set[Id]]:
    touched: dict[str, set[Id]] = {}
    for id, kind in kinds.items():
        touched.setdefault(kind, set()).add(id)
    return touched


def _effect(db: Any, numbers: dict[bytes, int]) -> Effect:
    effect = Effect(entries=numbers)
    for kind, id in db.execute("SELECT o.kind, o.id FROM touched t JOIN object o ON o.no = t.no"):
        effect.touched.setdefault(kind, set()).add(id)
    return effect


def _delete_objects(db: Any, gone: Iterable[int]) -> None:
    db.executemany("DELETE FROM object WHERE no = ?", ((no,) for no in gone))


def _worked_out_anew(db: Any, entries: list[Entry], disputed: set[int]) -> tuple[set[int], bool]:
    """Records whose state does not simply follow from adding these entries: rebuilt from their history.

    And whether who may do what, or what counts, may have changed.
    """
    now: standing.Standing | None = None
    again: set[int] = set()
    if standing.concerns(db, entries):
        now = standing.standing(db)
        again = standing.apply(db, now)
    again |= _beside_what_does_not_count(db) | disputed
    if again:
        anew.work_out(db, now or standing.standing(db), again)
    return again, now is not None


def _beside_what_does_not_count(db: Any) -> set[int]:
    """The touched records on which something stands that does not count."""
    if db.execute("SELECT 1 FROM entry WHERE counts <> 1 LIMIT 1").fetchone() is None:
        return set()
    rows = db.execute(
        "SELECT DISTINCT s.object FROM touched t JOIN seen s ON s.object = t.no "
        "JOIN entry e ON e.no = s.entry WHERE e.counts <> 1"
    )
    return {no for (no,) in rows}


def count_again(db: Any, objects: Iterable[int], gone: Iterable[int] = ()) -> Effect:
    """Work out anew who may do what and what counts, and these records, after entries were put aside.

    gone: records of which nothing was left.
    """
    _temporary_tables(db)
    gone = set(gone)
    anew.let_go(db, gone)
    now = standing.standing(db)
    again = standing.apply(db, now) | set(objects)
    anew.work_out(db, now, again)
    unsealed = unsealing.apply(db, [], all_of_them=True, cleared=again)
    projection.project(db, {}, moved=True)
    effect = _effect(db, {})
    _delete_objects(db, (gone - unsealed.changed) | unsealed.gone)
    return effect


def catch_up(db: Any, kinds: list[str]) -> None:
    """Bring a file from before these kinds were known to where it would be had they always been."""
    _temporary_tables(db)
    for no, body in db.execute("SELECT no, body FROM entry").fetchall():
        entry = load(db, no, body)
        sealed_facts.note(db, [(no, entry)])
        if standing.decides(entry):
            db.execute("UPDATE entry SET decides = 1 WHERE no = ?", (no,))
    now = standing.standing(db)
    again = standing.apply(db, now)
    anew.work_out(db, now, again)
    unsealing.apply(db, [], all_of_them=True, cleared=again)
    for kind in kinds:
        db.execute("INSERT OR IGNORE INTO touched SELECT no FROM object WHERE kind = ?", (kind,))
    projection.project(db, {}, moved=True)


def _temporary_tables(db: Any) -> None:
    projection.temporary_tables(db)


def last_number(db: Any) -> int:
    """The largest number an entry ever had here: one that was taken back leaves its own to nobody else."""
    return db.execute(
        "SELECT max(coalesce((SELECT max(no) FROM entry), 0), "
        "coalesce((SELECT value FROM meta WHERE name = 'numbered'), 0))"
    ).fetchone()[0]


def _write_history(db: Any, entries: list[Entry]) -> dict[bytes, int]:
    """Insert entries and their payloads, and keep the tips of the branches."""
    number = last_number(db)
    devices = dict(db.execute("SELECT id, no FROM device_known"))
    numbers: dict[bytes, int] = {}
    placed: dict[bytes, tuple[int, int]] = {}  # hash -> branch, n
    tips: dict[int, tuple[int, int]] = {}  # branch -> n, entry number
    rows, undoing, payloads = [], [], []
    for entry in entries:
        number += 1
        numbers[entry.hash] = number
        device = devices[entry.device]
        branch = _branch_for(db, entry, device, placed, tips, number)
        placed[entry.hash] = (branch, entry.n)
        tips[branch] = (entry.n, number)
        row = (
            *(number, device, branch, entry.n, entry.time, entry.act),
            *(blob(entry.hash), blob(entry.body), standing.decides(entry)),
        )
        if entry.undoes is None:
            rows.append(row)
        else:
            undoing.append((*row, entry.undoes))
        payloads += [
            (number, place, blob(packed[0]), blob(packed[1]))
            for place, packed in enumerate(entry.payloads(), REASON)
            if packed is not None
        ]
    columns = "no, device, branch, n, time, act, hash, body, decides"
    db.executemany(f"INSERT INTO entry ({columns}) VALUES (?,?,?,?,?,?,?,?,?)", rows)
    db.executemany(f"INSERT INTO entry ({columns}, undoes) VALUES (?,?,?,?,?,?,?,?,?,?)", undoing)
    db.executemany("INSERT INTO payload (entry, place, salt, vals) VALUES (?, ?, ?, ?)", payloads)
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


@dataclass
class _Flat:
    """All changes as rows: those that replace nothing, those that do, and what they replace.

    alone: new records of which a single group says all there is.
    """

    alone: list[Alone] = field(default_factory=list)
    fresh: list[Row] = field(default_factory=list)
    edits: list[Row] = field(default_factory=list)
    replaced: set[tuple[int, int, str]] = field(default_factory=set)


def _flatten(entries: list[Entry], numbers: Mapping[bytes, int], records: Interned, done: set[int]) -> _Flat:
    """Sort out what the groups set. numbers: of these entries and of all they build on.

    done: records that were worked out from their whole history already.

    A change whose values were erased stands and replaces like any other, with nothing for its value:
    else what it had replaced would come back.
    """
    flat = _Flat()
    fresh, edits, replaced = flat.fresh, flat.edits, flat.replaced
    for entry in entries:
        number = numbers[entry.hash]
        references = [numbers[hash] for hash in entry.references]
        change = number << SHIFT
        for group in entry.groups:
            no = records.numbers[group.id]
            count = len(group.fields)
            if no in done:
                change += count
                continue
            values = group.values if group.values is not None else (None,) * count
            changes = range(change, change + count)
            if not group.replaces and no in records.alone:
                flat.alone.append(following.alone(no, group, change, entry.time))
            elif not group.replaces:
                fresh += zip(repeat(no), group.fields, values, changes, repeat(entry.time), strict=False)
            else:
                for name, value, at, bases in zip(group.fields, values, changes, group.bases, strict=True):
                    (edits if bases else fresh).append((no, name, value, at, entry.time))
                    for base in bases:
                        replaced.add((references[base.reference] << SHIFT | base.index, no, name))
            change += count
    if replaced:
        flat.fresh = [row for row in fresh if (row[3], row[0], row[1]) not in replaced]
        flat.edits = [row for row in edits if (row[3], row[0], row[1]) not in replaced]
    flat.fresh.sort(key=itemgetter(0, 1))
    flat.alone.sort(key=itemgetter(0))
    return flat


def _insert_fresh(db: Any, fresh: list[Row], known: int) -> tuple[list[Row], list[Row]]:
    """Fields nobody here has set yet go straight in; returns these, and the rows whose field was set already.

    fresh is sorted by record and field; `known` is the largest number of a record that was here before.
    """
    first: list[Row] = []
    again: list[Row] = []
    before: tuple[int, str] | None = None
    for row in fresh:
        at = row[:2]
        (again if at == before else first).append(row)
        before = at
    taken = _set_already(db, [row[:2] for row in first[: bisect_right(first, known, key=itemgetter(0))]])
    if taken:
        again += [row for row in first if row[:2] in taken]
        first = [row for row in first if row[:2] not in taken]
    db.executemany("INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?)", first)
    return first, again


def _set_already(db: Any, fields: list[tuple[int, str]]) -> set[tuple[int, str]]:
    return set(
        looked_up(
            db,
            "SELECT c.object, c.field FROM (VALUES {keys}) k "
            "CROSS JOIN cell c ON c.object = k.column1 AND c.field = k.column2",
            fields,
        )
    )
