"""Acts done on this laptop become entries: what they change, and what they replace."""

import time as clock
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import NO_HASH, Base, Entry, Group, make_entry, make_group, read_entry
from fieldwork.store.state import DELETED, SHIFT, take_effect
from fieldwork.store.workspace import Workspace, get_meta, raw, set_meta

INDEX = (1 << SHIFT) - 1


class _Delete:
    """The value that stands for "deleted by one who had seen all that is here"."""


DELETE = _Delete()


@dataclass(frozen=True)
class Change:
    """Fields to set on one record. With `settles`, the changes also close what is open on those fields."""

    kind: str
    id: Id
    fields: Mapping[str, Any]
    settles: bool = False


@dataclass(frozen=True)
class Recorded:
    """What an act did: the entry's hash (None when nothing was different) and the ids touched by kind."""

    entry: bytes | None
    changed: Mapping[str, frozenset[Id]] = field(default_factory=dict)


@dataclass
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

    as_of: the `moment` of the form the person saw; what came in later is not counted as seen.
    at: wall time in milliseconds, for acts noted elsewhere first; else now.
    builds_on: hashes of entries that must stand wherever this one takes effect.
    """
    with workspace.write() as db:
        entry = _build(db, workspace, act, list(changes), reason, undoes, as_of, at, builds_on)
        if entry is None:
            return Recorded(None)
        connection = raw(db)
        effect = take_effect(connection, [entry])
        signature = workspace.device_keys.sign(entry.hash)
        _sign_tip(connection, entry, signature)
        set_meta(db, tip=entry.hash, next=entry.first + entry.changes)
    return Recorded(entry.hash, {kind: frozenset(ids) for kind, ids in effect.touched.items()})


def moment(workspace: Workspace) -> int:
    """The point in the local order of entries up to which a form loaded now has seen."""
    with workspace.read() as db:
        return db.exec_driver_sql("SELECT coalesce(max(no), 0) FROM entry").scalar_one()


def _sign_tip(connection: Any, entry: Entry, signature: bytes) -> None:
    device = connection.execute("SELECT no FROM device_known WHERE id = ?", (entry.device,)).fetchone()[0]
    connection.execute("DELETE FROM signature WHERE hash = ?", (entry.previous,))
    connection.execute(
        "INSERT OR REPLACE INTO signature (hash, device, n, signature) VALUES (?, ?, ?, ?)",
        (entry.hash, device, entry.n, signature),
    )


def _build(
    db: Any,
    workspace: Workspace,
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
    for change in changes:
        for name, value in change.fields.items():
            if value is DELETE:
                tips = tips if tips is not None else _tips(connection)
                value = b"".join(tips)
            plan, time = _plan(connection, change, name, value, as_of)
            latest = max(latest, time)
            if plan is not None:
                plans.append(plan)
    if not plans:
        return None
    previous = get_meta(db, "tip", NO_HASH)
    references, place = _references(connection, plans, [*builds_on, *(tips or ())])
    wall = int(clock.time() * 1000) if at is None else at
    return make_entry(
        device=workspace.device,
        n=_next_n(connection, previous),
        first=get_meta(db, "next", 1),
        time=max(wall << 12, latest + 1),
        wall=wall,
        person=workspace.identity.person,
        act=act,
        reason=reason,
        undoes=undoes,
        previous=previous,
        references=references,
        groups=_groups(plans, place),
    )


def _next_n(connection: Any, previous: bytes) -> int:
    row = connection.execute("SELECT n FROM entry WHERE hash = ?", (previous,)).fetchone()
    return row[0] + 1 if row else 1


def _tips(connection: Any) -> list[bytes]:
    """Hashes of the last entry of every branch held here, sorted."""
    return sorted(
        h for (h,) in connection.execute("SELECT e.hash FROM branch b JOIN entry e ON e.no = b.tip")
    )


def _plan(
    connection: Any, change: Change, name: str, value: Value, as_of: int | None
) -> tuple[_Plan | None, int]:
    """What setting a field replaces, and the latest logical time among its heads.

    None where the field already has the value and nothing is to be settled.
    """
    shown = connection.execute(
        "SELECT c.change, c.value, c.time, c.object FROM object o JOIN cell c ON c.object = o.no "
        "WHERE o.id = ? AND c.field = ?",
        (change.id, name),
    ).fetchone()
    if shown is None:
        return (None if value in (None, "") else _Plan(change.kind, change.id, name, value, [])), 0
    head, current, time, no = shown
    rivals = connection.execute(
        "SELECT change, value, time FROM rival WHERE object = ? AND field = ?", (no, name)
    ).fetchall()
    latest = max([time, *(rival[2] for rival in rivals)])
    if change.settles:
        if value == current and not rivals:
            return None, latest
        return _Plan(change.kind, change.id, name, value, [head, *(rival[0] for rival in rivals)]), latest
    heads = [(head, current), *((rival[0], rival[1]) for rival in rivals)]
    if as_of is not None and head >> SHIFT > as_of:
        known = [item for item in heads if item[0] >> SHIFT <= as_of] or _heads_at(
            connection, no, name, as_of
        )
        if known and known[0][1] == value:
            return None, latest
        return _Plan(change.kind, change.id, name, value, [at for at, _ in known]), latest
    if value == current and type(value) is type(current) and not rivals:
        return None, latest
    if value == current and rivals and name != DELETED:
        return None, latest
    same = [at for at, held in heads[1:] if held == current]
    if name == DELETED:
        same = [at for at, _ in heads[1:]]
    return _Plan(change.kind, change.id, name, value, [head, *same]), latest


def _heads_at(connection: Any, no: int, name: str, as_of: int) -> list[tuple[int, Value]]:
    """The heads a field had when only the entries up to `as_of` stood here, from its history."""
    set_by: dict[int, Value] = {}
    replaced: set[int] = set()
    for number, entry in entries_on(connection, no):
        if number > as_of:
            continue
        change = number << SHIFT
        for group in entry.groups:
            for place, field_name in enumerate(group.fields):
                if group.values is not None and field_name == name and _object_of(connection, group.id) == no:
                    set_by[change + place] = group.values[place]
                    for base in group.bases[place]:
                        hash = entry.references[base.reference]
                        replaced.add(_number(connection, hash) << SHIFT | base.index)
            change += len(group.fields)
    return sorted((item for item in set_by.items() if item[0] not in replaced), reverse=True)


def _object_of(connection: Any, id: Id) -> int:
    return connection.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()[0]


def _number(connection: Any, hash: bytes) -> int:
    return connection.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()[0]


def entries_on(connection: Any, no: int) -> list[tuple[int, Entry]]:
    """All entries that touched a record, oldest first here, as (local number, entry)."""
    numbers = connection.execute(
        "SELECT e.no, e.body FROM seen s JOIN entry e ON e.no = s.entry WHERE s.object = ? ORDER BY e.no",
        (no,),
    ).fetchall()
    return [(number, load(connection, number, body)) for number, body in numbers]


def load(connection: Any, number: int, body: bytes) -> Entry:
    """An entry of the history with the values that still stand beside it."""
    held = connection.execute("SELECT place, salt, vals FROM payload WHERE entry = ?", (number,))
    return read_entry(body, {place: (salt, vals) for place, salt, vals in held})


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
    hashes += [tip for tip in tips if tip not in hashes]
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
