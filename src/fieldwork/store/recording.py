"""Acts done on this laptop become entries: what they change, and what they replace."""

import re
import time as clock
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.laptop_names import with_ending
from fieldwork.domain.records import Device, field_words
from fieldwork.domain.values import Erased, Id, Value, storable
from fieldwork.store.clearing import clear_if_marked
from fieldwork.store.entry import (
    MAX_CHANGES,
    MAX_TIME,
    MAX_WALL,
    NO_HASH,
    Base,
    Entry,
    Group,
    make_entry,
    make_group,
    pack_values,
)
from fieldwork.store.keys import DeviceKeys, join_statement, new_device_keys
from fieldwork.store.opened import Entries
from fieldwork.store.standing import standing
from fieldwork.store.state import DELETED, SHIFT, take_effect
from fieldwork.store.workspace import Workspace, forget_meta, get_meta, raw, set_meta

INDEX = (1 << SHIFT) - 1
LARGEST = 64 << 20  # bytes of one act; a package must be able to carry it


class _Delete:
    """The value that stands for "deleted by one who had seen all that is here"."""


DELETE = _Delete()


@dataclass(frozen=True)
class Change:
    """Fields to set on one record. With `settles`, the changes also close what is open on those fields.

    as_of: the `moment` at which this record was read; without it that of the whole act counts.
    again: say it even where it is said already.
    """

    kind: str
    id: Id
    fields: Mapping[str, Any]
    settles: bool = False
    as_of: int | None = None
    again: bool = False


@dataclass(frozen=True)
class Recorded:
    """What an act did: the entry's hash (None when nothing was different) and the ids touched by kind."""

    entry: bytes | None
    changed: Mapping[str, frozenset[Id]] = field(default_factory=dict)


@dataclass(frozen=True)
class Author:
    """Who writes an entry: the laptop's keys, and the name of who works on it."""

    keys: DeviceKeys
    person: str


@dataclass(slots=True)
class _Plan:
    """A field about to be set: its value, and the changes it replaces."""

    kind: str
    id: Id
    name: str
    value: Value
    replaces: list[int]


def record(
    workspace: Workspace,
    act: str,
    changes: Iterable[Change],
    *,
    reason: str = "",
    undoes: bytes | None = None,
    as_of: int | None = None,
    at: int | None = None,
    builds_on: Sequence[bytes] = (),
) -> Recorded:
    """Write one act as one entry, in one transaction.

    as_of: the `moment` of the form the person saw; what came in later is not counted as seen. A change
    that was read at another moment says so itself.
    at: wall time in milliseconds, for acts noted elsewhere first; else now.
    builds_on: hashes of entries that must stand wherever this one takes effect.
    Where this laptop's name is spoken under elsewhere too, it takes a new one first.
    """
    changes = list(changes)
    said = (reason, undoes, as_of, at, builds_on)
    recorded = None
    with workspace.write() as db:
        if not _speaks_elsewhere(db):
            author = Author(workspace.device_keys, workspace.identity.person)
            recorded = _record_in(db, author, act, changes, *said)
    if recorded is None:
        take_new_identity(workspace, "new identity", _next_label(workspace))
        author = Author(workspace.device_keys, workspace.identity.person)
        with workspace.write() as db:
            recorded = _record_in(db, author, act, changes, *said)
    clear_if_marked(workspace)
    return recorded


def _record_in(
    db: Any,
    author: Author,
    act: str,
    changes: Sequence[Change],
    reason: str = "",
    undoes: bytes | None = None,
    as_of: int | None = None,
    at: int | None = None,
    builds_on: Sequence[bytes] = (),
) -> Recorded:
    """Write one act inside a transaction that is open already."""
    entry = _build(db, author, act, changes, reason, undoes, as_of, at, builds_on)
    if entry is None:
        return Recorded(None)
    connection = raw(db)
    effect = take_effect(connection, [entry])
    _sign_tip(connection, entry, author.keys.sign(entry.hash))
    set_meta(db, tip=entry.hash, next=entry.first + entry.changes)
    return Recorded(entry.hash, {kind: frozenset(ids) for kind, ids in effect.touched.items()})


def speaks_elsewhere(workspace: Workspace) -> bool:
    """Whether another copy of this file is known to have written under this laptop's name, or to have taken it over."""
    with workspace.read() as db:
        return _speaks_elsewhere(db)


def _speaks_elsewhere(db: Any) -> bool:
    return bool(
        db.exec_driver_sql(
            "SELECT 1 FROM meta WHERE name = 'taken_over' UNION ALL "
            "SELECT 1 FROM meta m JOIN entry e ON e.hash = m.value JOIN device_known d ON d.no = e.device "
            "WHERE m.name = 'tip' AND d.forked"
        ).fetchone()
    )


def _next_label(workspace: Workspace) -> str:
    """This laptop's label with a number: the place of its branch among those of its name, beyond any in use."""
    label = workspace.identity.label
    stem = re.sub(r" \(\d+\)$", "", label)
    with workspace.read() as db:
        taken = {held for (held,) in db.exec_driver_sql("SELECT label FROM device")}
        tips = db.exec_driver_sql(
            "SELECT e.hash FROM branch b JOIN entry e ON e.no = b.tip JOIN device_known d ON d.no = b.device "
            "WHERE d.id = ? ORDER BY e.hash",
            (workspace.device,),
        ).scalars()
        order = list(tips)
        tip = get_meta(db, "tip")
    number = 2 + (order.index(tip) if tip in order else 0)
    while (name := with_ending(stem, str(number))) in taken:
        number += 1
    return name


@dataclass(frozen=True)
class Act:
    """One of many acts that are written together; at: wall time in milliseconds."""

    name: str
    changes: Sequence[Change]
    at: int


AT_ONCE = 20_000  # changes that take effect together


def record_many(workspace: Workspace, acts: Iterable[Act]) -> tuple[int, int]:
    """Write many acts in one transaction, each the entry `record` would make; returns entries and changes.

    Acts on records that no act since the last batch touched are built together, so each sees what it replaces.
    """
    if speaks_elsewhere(workspace):
        take_new_identity(workspace, "new identity", _next_label(workspace))
    author = Author(workspace.device_keys, workspace.identity.person)
    entries = changes = 0
    pending: list[Entry] = []
    touched: set[Id] = set()
    with workspace.write() as db:
        for act in acts:
            ids = {change.id for change in act.changes}
            deletes = any(change.fields.get(DELETED) is DELETE for change in act.changes)
            if deletes or not touched.isdisjoint(ids) or len(touched) * 4 > AT_ONCE:
                _write(db, author, pending)
                pending, touched = [], set()
            entry = _build(db, author, act.name, act.changes, "", None, None, act.at, ())
            if entry is not None:
                pending.append(_behind(entry, pending[-1]) if pending else entry)
                touched |= ids
                entries, changes = entries + 1, changes + entry.changes
        _write(db, author, pending)
    return entries, changes


def _behind(entry: Entry, before: Entry) -> Entry:
    """The same act, chained to one that is not written yet."""
    return make_entry(
        device=entry.device,
        n=before.n + 1,
        first=before.first + before.changes,
        time=max(entry.time, before.time + 1),
        wall=entry.wall,
        person=entry.person,
        act=entry.act,
        reason=entry.reason,
        undoes=entry.undoes,
        previous=before.hash,
        references=entry.references,
        groups=entry.groups,
    )


def _write(db: Any, author: Author, entries: list[Entry]) -> None:
    """Let entries of this laptop take effect, the last one signed for all."""
    if not entries:
        return
    connection, last = raw(db), entries[-1]
    take_effect(connection, entries)
    connection.execute("DELETE FROM signature WHERE hash = ?", (entries[0].previous,))
    _sign_tip(connection, last, author.keys.sign(last.hash))
    set_meta(db, tip=last.hash, next=last.first + last.changes)


def take_new_identity(workspace: Workspace, act: str, label: str) -> None:
    """A new name and new keys for this laptop, vouched for by the old key; all in one transaction.

    For a file whose history may have gone on elsewhere: two acts under one name would be a fork.
    """
    old, was = workspace.device_keys, workspace.identity
    keys = new_device_keys()
    with workspace.write() as db:
        tip = get_meta(db, "tip")
        set_meta(db, seed=keys.seed, identity=keys.identity, recipient=keys.recipient)
        earlier = get_meta(db, "old_identity", "")
        set_meta(db, old_identity=f"{earlier}\n{old.identity}".strip())
        set_meta(db, old_tips=get_meta(db, "old_tips", b"") + (tip or b""))
        forget_meta(db, "tip", "next", "taken_over")
        # a package of its own that came back to it made it look like a colleague to be waited for
        db.exec_driver_sql("DELETE FROM knowledge WHERE device = ?", (old.device,))
        db.exec_driver_sql("INSERT INTO device_known (id, public) VALUES (?, ?)", (keys.device, keys.public))
        fields = {
            "label": label,
            "inspectorate": was.inspectorate,
            "member": was.member,
            "sign_key": keys.public,
            "recipient": keys.recipient,
            "invitation": old.device,
            "proof": old.sign(join_statement(workspace.inspection, keys.device)),
            "admitted": 1,
        }
        changes = [Change(Device.kind, keys.device, fields)]
        # it builds on the last act under the old name, so that nobody reads it before they know that one
        _record_in(db, Author(keys, was.person), act, changes, builds_on=[tip] if tip else [])
    for name in ("device_keys", "identity"):
        workspace.__dict__.pop(name, None)


def moment(workspace: Workspace) -> int:
    """The point in the local order of entries up to which a form loaded now has seen."""
    with workspace.read() as db:
        return db.exec_driver_sql("SELECT coalesce(max(no), 0) FROM entry").scalar_one()


def tips(workspace: Workspace) -> list[bytes]:
    """Hashes of the last entry of every branch held here, for acts that must come after all of them."""
    with workspace.read() as db:
        return _tips(raw(db))


def _sign_tip(connection: Any, entry: Entry, signature: bytes) -> None:
    device = connection.execute("SELECT no FROM device_known WHERE id = ?", (entry.device,)).fetchone()[0]
    connection.execute("DELETE FROM signature WHERE hash = ?", (entry.previous,))
    connection.execute(
        "INSERT OR REPLACE INTO signature (hash, device, n, signature) VALUES (?, ?, ?, ?)",
        (entry.hash, device, entry.n, signature),
    )


def _build(
    db: Any,
    author: Author,
    act: str,
    changes: Sequence[Change],
    reason: str,
    undoes: bytes | None,
    as_of: int | None,
    at: int | None,
    builds_on: Sequence[bytes],
) -> Entry | None:
    connection = raw(db)
    plans: list[_Plan] = []
    latest = 0
    tips: list[bytes] | None = None
    entries = Entries(connection)
    for change in _merged(changes, as_of):
        first = len(change.fields) > 1 and _is_new(connection, change.id)
        for name, value in change.fields.items():
            if value is DELETE:
                tips = tips if tips is not None else _tips(connection)
                value = b"".join(tips)
            said = _kept(change.kind, name, value)
            plan, time = (_first_plan(change, name, said), 0) if first else _plan(entries, change, name, said)
            latest = max(latest, time)
            if plan is not None:
                plans.append(plan)
    if not plans:
        return None
    if len(plans) >= MAX_CHANGES or len(pack_values([plan.value for plan in plans])) > LARGEST:
        raise Fault("That is more than one act can hold; do it in several parts.")
    previous = get_meta(db, "tip", NO_HASH)
    known = _erasures_of(connection, {plan.id for plan in plans})
    references, place = _references(connection, plans, [*builds_on, *known, *(tips or ())])
    latest = max([latest, *(_time_of(connection, hash) for hash in (previous, *references))])
    wall = min(max(int(clock.time() * 1000) if at is None else at, 0), MAX_WALL)
    return make_entry(
        device=author.keys.device,
        n=_next_n(connection, previous),
        first=get_meta(db, "next", 1),
        time=min(max(wall << 12, latest + 1), MAX_TIME),
        wall=wall,
        person=author.person,
        act=act,
        reason=str(storable(reason)),
        undoes=undoes,
        previous=previous,
        references=references,
        groups=_groups(plans, place),
    )


def _erasures_of(connection: Any, ids: set[Id]) -> list[bytes]:
    """The erasures in force of these records: what is written knowing of them is not erased by them."""
    named = ids & {id for (id,) in connection.execute("SELECT id FROM erased")}
    if not named:
        return []
    now = standing(connection).erasures
    return sorted({erasure.entry for id in named for erasure in now.get(id, ())})


def _merged(changes: Sequence[Change], as_of: int | None) -> list[Change]:
    """One change per record, way of settling and moment; of a field named twice the last value counts."""
    together: dict[tuple[Id, bool, int | None, bool], Change] = {}
    of: dict[Id, list[tuple[Id, bool, int | None, bool]]] = {}
    for change in changes:
        seen = as_of if change.as_of is None else change.as_of
        at = (change.id, change.settles, seen, change.again)
        for key in of.setdefault(change.id, []):
            before = together[key]
            rest = {name: value for name, value in before.fields.items() if name not in change.fields}
            together[key] = replace(before, fields=rest)
        if at not in together:
            of[change.id].append(at)
        held = together.get(at)
        said = {name: value for name, value in change.fields.items() if not isinstance(value, Erased)}
        fields = {**(held.fields if held else {}), **said}
        together[at] = Change(change.kind, change.id, fields, change.settles, seen, change.again)
    return list(together.values())


def _kept(kind: str, name: str, value: Any) -> Value:
    try:
        return storable(value)
    except ValueError as error:
        raise Fault(f"The {field_words(kind, name)} cannot be saved: {error}.") from error


def _time_of(connection: Any, hash: bytes) -> int:
    """An entry's time lies above all it builds on, whatever the clock says."""
    row = connection.execute("SELECT time FROM entry WHERE hash = ?", (hash,)).fetchone()
    return row[0] if row else 0


def _next_n(connection: Any, previous: bytes) -> int:
    row = connection.execute("SELECT n FROM entry WHERE hash = ?", (previous,)).fetchone()
    return row[0] + 1 if row else 1


def _tips(connection: Any) -> list[bytes]:
    """Hashes of the last entry of every branch held here, sorted."""
    return sorted(
        h for (h,) in connection.execute("SELECT e.hash FROM branch b JOIN entry e ON e.no = b.tip")
    )


def _is_new(connection: Any, id: Id) -> bool:
    return connection.execute("SELECT 1 FROM object WHERE id = ?", (id,)).fetchone() is None


def _first_plan(change: Change, name: str, value: Value) -> _Plan | None:
    """What is said where nothing stood before; saying nothing there is no change."""
    return None if value in (None, "") else _Plan(change.kind, change.id, name, value, [])


def _plan(entries: Entries, change: Change, name: str, value: Value) -> tuple[_Plan | None, int]:
    """What setting a field replaces, and the latest logical time among its heads.

    None where the field already has the value and nothing is to be settled.
    """
    connection = entries.connection
    shown = connection.execute(
        "SELECT c.change, c.value, c.time, c.object FROM object o JOIN cell c ON c.object = o.no "
        "WHERE o.id = ? AND c.field = ?",
        (change.id, name),
    ).fetchone()
    if shown is None:
        return _first_plan(change, name, value), 0
    head, current, time, no = shown
    rivals = connection.execute(
        "SELECT change, value, time FROM rival WHERE object = ? AND field = ? ORDER BY time DESC, change",
        (no, name),
    ).fetchall()
    latest = max([time, *(rival[2] for rival in rivals)])
    heads = [(head, current), *((rival[0], rival[1]) for rival in rivals)]
    as_of = change.as_of
    if as_of is not None and any(at >> SHIFT > as_of for at, _ in heads):
        heads = _heads_at(entries, no, change.id, name, as_of)
    if not heads:
        return _first_plan(change, name, value), latest
    seen = heads[0][1]
    same = value == seen and type(value) is type(seen)
    if same and not change.again and not (change.settles and len(heads) > 1):
        return None, latest
    replaces = [at for at, held in heads if change.settles or name == DELETED or held == seen]
    return _Plan(change.kind, change.id, name, value, replaces), latest


def _heads_at(entries: Entries, no: int, id: Id, name: str, as_of: int) -> list[tuple[int, Value]]:
    """The heads a field had when only the entries up to `as_of` stood here, the one shown first."""
    rank: dict[int, tuple[int, Id, bytes]] = {}
    set_by: dict[int, Value] = {}
    replaced: set[int] = set()
    numbers = entries.connection.execute(
        "SELECT entry FROM seen WHERE object = ? AND entry <= ?", (no, as_of)
    ).fetchall()
    for (number,) in numbers:
        found = entries.group_on(number, id)
        if found is None or name not in found[0].fields:
            continue
        group, start = found
        entry = entries.entry(number)
        place = group.fields.index(name)
        change = number << SHIFT | start + place
        set_by[change] = group.values[place] if group.values is not None else None
        rank[change] = (entry.time, entry.device, entry.hash)
        for base in group.bases[place]:
            replaced.add(entries.number(entry.references[base.reference]) << SHIFT | base.index)
    standing = sorted((at for at in set_by if at not in replaced), key=rank.__getitem__, reverse=True)
    return [(at, set_by[at]) for at in standing]


def _references(
    connection: Any, plans: Sequence[_Plan], tips: Sequence[bytes]
) -> tuple[list[bytes], dict[int, int]]:
    """Hashes of all entries built on, and where each local entry number stands among them."""
    numbers = sorted({change >> SHIFT for plan in plans for change in plan.replaces})
    hashes = [
        connection.execute("SELECT hash FROM entry WHERE no = ?", (number,)).fetchone()[0]
        for number in numbers
    ]
    place = {number: at for at, number in enumerate(numbers)}
    hashes += dict.fromkeys(tip for tip in tips if tip not in set(hashes))
    return hashes, place


def _groups(plans: Sequence[_Plan], place: Mapping[int, int]) -> list[Group]:
    together: dict[Id, list[_Plan]] = {}
    for plan in plans:
        together.setdefault(plan.id, []).append(plan)
    return [
        make_group(
            some[0].kind,
            id,
            [plan.name for plan in some],
            [plan.value for plan in some],
            [[Base(place[at >> SHIFT], at & INDEX) for at in plan.replaces] for plan in some],
        )
        for id, some in together.items()
    ]
