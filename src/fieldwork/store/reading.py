"""Reading what stands: records by kind, conflicts, the dump."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from fieldwork.domain.conflict import plain_value
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS, Record, field_rules
from fieldwork.domain.same import JOINABLE, REFERS
from fieldwork.domain.values import ERASED, Id, Value
from fieldwork.store.conflicting import open_conflicts
from fieldwork.store.same import NONE, Sets, sets_in
from fieldwork.store.schema import metadata, table_of
from fieldwork.store.workspace import Workspace, get_meta

R = TypeVar("R", bound=Record)
AT_ONCE = 500  # ids asked for in one query


@cache
def _columns(kind: str) -> tuple[list[str], dict[str, Any]]:
    """Names of a kind's fields, and the rule and default of each but the id."""
    some = fields(KINDS[kind])
    rules = field_rules(kind)
    return [item.name for item in some], {
        item.name: (rules[item.name].fits, item.default) for item in some if item.name != "id"
    }


def _made(cls: type[R], row: Sequence[Any]) -> R:
    """A record as it is read: what does not fit its field reads as nothing, and stays in the history."""
    names, rules = _columns(cls.kind)
    values: dict[str, Any] = {}
    for name, value in zip(names, row, strict=True):
        fits, default = rules.get(name, (_any, None))
        values[name] = value if fits(value) else default
    return cls(**values)


def erased_ids(workspace: Workspace) -> frozenset[Id]:
    """Records of which something that was said is erased."""
    with workspace.read() as db:
        return frozenset(_erased_in(db))


def _erased_in(db: sa.Connection) -> set[Id]:
    return {id for (id,) in db.exec_driver_sql("SELECT id FROM erased WHERE words = 1")}


@cache
def _wordy(kind: str) -> frozenset[str]:
    return frozenset(name for name, rule in field_rules(kind).items() if rule.long or rule.searched)


def _with_erased(db: sa.Connection, some: list[R]) -> list[R]:
    """Records that say "[erased]" where their words stood, unless somebody has written new ones since."""
    gone = _erased_in(db) if some else set()
    if not gone:
        return some
    return [_saying_erased(db, one) if one.id in gone else one for one in some]


def _saying_erased(db: sa.Connection, one: R) -> R:
    rows = db.exec_driver_sql(
        "SELECT c.field FROM object o JOIN cell c ON c.object = o.no WHERE o.id = ? AND c.value IS NULL",
        (one.id,),
    ).fetchall()
    said: dict[str, Any] = {name: ERASED for (name,) in rows if name in _wordy(one.kind)}
    return replace(one, **said)


def _any(_: object) -> bool:
    return True


def _select(cls: type[Record]) -> sa.Select[Any]:
    table = table_of(cls.kind)
    return sa.select(*(table.c[name] for name in _columns(cls.kind)[0]))


def records(
    workspace: Workspace,
    cls: type[R],
    *,
    order: str | Sequence[str] = (),
    hidden: bool = False,
    apart: bool = False,
    **equals: Value | Iterable[Value],
) -> list[R]:
    """All records of a kind whose fields equal what is given (a list or set: any of them).

    Deleted ones are left out unless asked for. Ordered by the fields named, then by id. What was entered
    twice and joined is read as one record, and links lead to that; apart: each as it was entered.
    """
    with workspace.read() as db:
        return records_in(db, cls, order=order, hidden=hidden, apart=apart, **equals)


def records_in(
    db: sa.Connection,
    cls: type[R],
    *,
    order: str | Sequence[str] = (),
    hidden: bool = False,
    apart: bool = False,
    **equals: Value | Iterable[Value],
) -> list[R]:
    table = table_of(cls.kind)
    query = _select(cls)
    if not hidden:
        query = query.where(table.c.hidden == 0)
    joined = NONE if apart else sets_in(db, cls.kind)
    query = _where(query, cls.kind, joined, equals)
    names = [order] if isinstance(order, str) else list(order)
    query = query.order_by(*(table.c[name] for name in names), table.c.id)
    found = _with_erased(db, [_made(cls, row) for row in db.execute(query)])
    return joined.as_one(cls, found) if joined else found


def _where(query: sa.Select[Any], kind: str, joined: Sets, equals: Mapping[str, object]) -> sa.Select[Any]:
    table = table_of(kind)
    for name, wanted in equals.items():
        value = joined.widened(kind, name, wanted) if joined else wanted
        column = table.c[name]
        if name == "id":
            query = query.where(
                _of_ids(kind, value if isinstance(value, (list, tuple, set, frozenset)) else [value])
            )
        elif isinstance(value, (list, tuple, set, frozenset)):
            query = query.where(column.in_(list(value)))
        else:
            query = query.where(column.is_(None) if value is None else column == value)
    return query


def _of_ids(kind: str, ids: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Records with one of these ids: their numbers stand in `object`."""
    object_ = metadata.tables["object"]
    return table_of(kind).c.no.in_(sa.select(object_.c.no).where(object_.c.id.in_(list(ids))))


def get(workspace: Workspace, cls: type[R], id: Id) -> R:
    """The record with this id. Raises Fault when there is none."""
    found = find(workspace, cls, id)
    if found is None:
        raise Fault(f"There is no {cls.words} {id.hex()[:8]} here; it may not have been merged yet.")
    return found


def find(workspace: Workspace, cls: type[R], id: Id | None) -> R | None:
    """The record with this id, deleted or not, or None; one that was joined as the one its set is read as."""
    if id is None:
        return None
    with workspace.read() as db:
        joined = sets_in(db, cls.kind)
        wanted = joined.of(id) if cls.kind in JOINABLE else id
        row = db.execute(_select(cls).where(_of_ids(cls.kind, [wanted]))).fetchone()
        held = _with_erased(db, [_made(cls, row)] if row else [])
    return joined.led(held[0]) if held else None


def find_all(workspace: Workspace, cls: type[R], ids: Iterable[Id]) -> dict[Id, R]:
    """As `find` for each of these ids that there is, by the id asked for."""
    asked = list(dict.fromkeys(ids))
    found: dict[Id, R] = {}
    with workspace.read() as db:
        joined = sets_in(db, cls.kind)
        shown = {id: joined.of(id) if cls.kind in JOINABLE else id for id in asked}
        wanted = list(dict.fromkeys(shown.values()))
        for at in range(0, len(wanted), AT_ONCE):
            rows = db.execute(_select(cls).where(_of_ids(cls.kind, wanted[at : at + AT_ONCE])))
            found |= {one.id: joined.led(one) for one in _with_erased(db, [_made(cls, row) for row in rows])}
    return {id: found[shown[id]] for id in asked if shown[id] in found}


def records_of(
    workspace: Workspace, cls: type[R], field: str, ids: Iterable[Id], *, hidden: bool = False
) -> list[R]:
    """As `records` of which a field names one of these, however many they are."""
    wanted = list(dict.fromkeys(ids))
    found: list[R] = []
    for at in range(0, len(wanted), AT_ONCE):
        some: dict[str, Any] = {field: wanted[at : at + AT_ONCE]}
        found += records(workspace, cls, hidden=hidden, **some)
    return found


def kind_of(workspace: Workspace, id: Id) -> str | None:
    with workspace.read() as db:
        row = db.exec_driver_sql("SELECT kind FROM object WHERE id = ?", (id,)).fetchone()
    return row[0] if row else None


def is_hidden(workspace: Workspace, id: Id) -> bool:
    with workspace.read() as db:
        return bool(db.exec_driver_sql("SELECT hidden FROM object WHERE id = ?", (id,)).scalar())


def count(workspace: Workspace, cls: type[Record], **equals: Value) -> int:
    """How many records of a kind stand; what is joined counts once."""
    return sum(counts_by(workspace, cls, "hidden", **equals).values())


def counts_by(workspace: Workspace, cls: type[Record], field: str, **equals: Value) -> dict[Value, int]:
    """How many records of a kind stand for each value of a field; what is joined counts once."""
    table = table_of(cls.kind)
    found: dict[Value, int] = {}
    with workspace.read() as db:
        joined = sets_in(db, cls.kind)
        if joined and cls.kind in JOINABLE:
            some = records_in(db, cls, order=(), hidden=False, apart=False, **equals)
            return dict(Counter(getattr(one, field, 0) for one in some))
        query = sa.select(table.c[field], sa.func.count()).where(table.c.hidden == 0).group_by(table.c[field])
        for value, number in db.execute(_where(query, cls.kind, joined, equals)):
            under = joined.of(value) if field in REFERS.get(cls.kind, ()) else value
            found[under] = found.get(under, 0) + number
    return found


def changed_by_others(workspace: Workspace, id: Id, since: int) -> bool:
    """Whether an entry of another laptop that came in after `since` (a `moment`) touches this record."""
    with workspace.read() as db:
        row = db.exec_driver_sql(
            "SELECT 1 FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
            "JOIN device_known d ON d.no = e.device WHERE o.id = ? AND e.no > ? AND d.id <> ? LIMIT 1",
            (id, since, workspace.device),
        ).fetchone()
    return row is not None


@dataclass(frozen=True)
class Standing:
    """What is known of a laptop: entries of it here, wall ms of its last package if any, whether it forked.

    clock: milliseconds by which its clock was ahead (or, negative, behind), None where it was right.
    """

    entries: int
    heard: int | None
    forked: bool
    clock: int | None


def device_standing(workspace: Workspace) -> dict[Id, Standing]:
    """What is known of every laptop that was introduced here."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT d.id, (SELECT count(*) FROM entry e WHERE e.device = d.no), k.at, d.forked, d.clock "
            "FROM device_known d LEFT JOIN knowledge k ON k.device = d.id WHERE d.vouched"
        ).fetchall()
    return {id: Standing(entries, heard, bool(forked), clock) for id, entries, heard, forked, clock in rows}


def branch_heads(workspace: Workspace) -> list[tuple[str, int, bytes]]:
    """Where every laptop's history stands here: label, number of its last entry, that entry's hash."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT coalesce(v.label, hex(d.id)), b.n, e.hash FROM branch b JOIN device_known d ON d.no = b.device "
            "JOIN entry e ON e.no = b.tip LEFT JOIN device v ON v.id = d.id ORDER BY 1, e.hash"
        ).fetchall()
    return [(label, n, hash) for label, n, hash in rows]


def last_change(workspace: Workspace) -> int:
    """Logical time of the latest entry as wall milliseconds: the same wherever the same entries stand."""
    with workspace.read() as db:
        return (db.exec_driver_sql("SELECT coalesce(max(time), 0) FROM entry").scalar_one()) >> 12


# -- the dump


def dump(workspace: Workspace) -> dict[str, Any]:
    """The whole state as plain values: equal on two laptops exactly when they hold the same standing entries."""
    with workspace.read() as db:
        objects = db.exec_driver_sql("SELECT no, id, kind, hidden FROM object ORDER BY id").fetchall()
        cells: dict[int, dict[str, Any]] = {}
        for no, name, value in db.exec_driver_sql(
            "SELECT object, field, value FROM cell ORDER BY object, field"
        ):
            cells.setdefault(no, {})[name] = plain_value(value, name)
        rivals: dict[int, dict[str, list[Any]]] = {}
        for no, name, value in db.exec_driver_sql(
            "SELECT r.object, r.field, r.value FROM rival r JOIN entry e ON e.no = r.change >> 20 "
            "ORDER BY r.object, r.field, r.time, e.hash"
        ):
            rivals.setdefault(no, {}).setdefault(name, []).append(plain_value(value, name))
        heads = db.exec_driver_sql(
            "SELECT d.id, b.n, e.hash FROM branch b JOIN device_known d ON d.no = b.device "
            "JOIN entry e ON e.no = b.tip ORDER BY d.id, e.hash"
        ).fetchall()
        inspection = get_meta(db, "inspection")
        erased = _erased_in(db)
        clashes = [conflict.plain() for conflict in open_conflicts(db, workspace.device)]
    return {
        "inspection": inspection.hex(),
        "heads": [[device.hex(), n, hash.hex()] for device, n, hash in heads],
        "records": [
            {
                "id": id.hex(),
                "kind": kind,
                "hidden": bool(hidden),
                "fields": cells.get(no, {}),
                **({"rivals": rivals[no]} if no in rivals else {}),
                **({"erased": True} if id in erased else {}),
            }
            for no, id, kind, hidden in objects
        ],
        "conflicts": clashes,
    }


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
