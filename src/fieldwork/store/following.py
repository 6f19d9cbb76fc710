"""Records whose typed table and search index follow from what was just set, without reading anything back."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, cast

from fieldwork.domain.records import KINDS, field_rules
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import Group
from fieldwork.store.heads import Row
from fieldwork.store.interning import OWNERS, Interned
from fieldwork.store.sets import blob

_FITTING: dict[str, tuple[type, ...]] = {
    "TEXT": (str, int, float),
    "INTEGER": (int, float),
    "REAL": (float, int),
    "BLOB": (bytes,),
}


@dataclass
class Direct:
    """A record, and what its fields show now of those that were set; id is None where it was here before."""

    kind: str
    id: Id | None
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    """Where the values of a group go, all by their places in it.

    cells: by field name; blobs: which are bytes; insert: the statement for the typed row of number, id and the
    values at row, "" where this version does not know the kind; words: what enters the search index.
    """

    cells: tuple[tuple[int, str], ...]
    blobs: tuple[int, ...]
    insert: str
    row: tuple[int, ...]
    words: tuple[int, ...]
    follows: bool


class Alone(NamedTuple):
    """A new record of which a single group says all. change: of its first value."""

    no: int
    id: Id
    plan: _Plan
    values: Sequence[Value | bytearray]
    change: int
    time: int


Followed = dict[int, Direct | Alone]  # by the record's local number


@cache
def _plan(kind: str, fields: tuple[str, ...], types: tuple[type, ...]) -> _Plan:
    places = dict(zip(fields, range(len(fields)), strict=True))
    cells = tuple((place, name) for name, place in sorted(places.items()))
    blobs = tuple(place for place, found in enumerate(types) if found is bytes)
    if kind not in KINDS:
        return _Plan(cells, blobs, "", (), (), True)
    columns = [
        name
        for name, fitting in _columns(kind).items()
        if name in places and types[places[name]] in fitting  # NULL is left out: binding it takes time
    ]
    words = tuple(places[name] for name in searched(kind) if name in places and types[places[name]] is str)
    return _Plan(
        cells,
        blobs,
        _insert(kind, columns),
        tuple(places[name] for name in columns),
        words,
        not any(types[places[n]] in (int, float) for n in searched(kind) if n in places),
    )


def _insert(kind: str, columns: Iterable[str]) -> str:
    names = ["no", "id", *(f'"{name}"' for name in columns)]
    return f'INSERT INTO "{kind}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'


def alone(no: int, group: Group, change: int, time: int) -> Alone:
    values = group.values if group.values is not None else (None,) * len(group.fields)
    return _alone(no, group.kind, group.id, group.fields, values, change, time)


def _alone(
    no: int, kind: str, id: Id, fields: tuple[str, ...], values: Sequence[Value], change: int, time: int
) -> Alone:
    plan = _plan(kind, fields, tuple(map(type, values)))
    if not plan.blobs:
        return Alone(no, id, plan, values, change, time)
    bound: list[Value | bytearray] = list(values)
    for place in plan.blobs:
        bound[place] = blob(cast(bytes, values[place]))
    return Alone(no, id, plan, bound, change, time)


def set_alone(db: Any, new: Iterable[Alone]) -> None:
    """The fields of new records, each told by a single group."""
    rows = [
        (no, name, values[place], change + place, time)
        for no, _, plan, values, change, time in new
        for place, name in plan.cells
    ]
    db.executemany("INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?)", rows)


@cache
def searched(kind: str) -> tuple[str, ...]:
    """The fields of a kind whose words enter the search index."""
    return tuple(rule.name for rule in field_rules(kind).values() if rule.searched)


def followed(
    records: Interned, shown: Iterable[Row], again: Container[int], new: Iterable[Alone]
) -> Followed:
    """The records of which what was set is all there is to do.

    Left out is what has to be worked out from all its cells: who belongs elsewhere now, words that are in the
    index already or are no text, and records that were rebuilt (`again`) or of which more than one thing is said.
    """
    found: Followed = {}
    for record in new:
        if record.no not in records.unsure and record.plan.follows:
            found[record.no] = record
    for id, no in records.numbers.items():
        if no not in again and no not in records.unsure and no not in records.alone:
            found[no] = Direct(records.kinds[id], id if no > records.known else None)
    for no, name, value, _, _ in shown:
        direct = found.get(no)
        if not isinstance(direct, Direct):
            continue
        if _follows(direct, name, value):
            direct.values[name] = value
        else:
            del found[no]
    return found


def _follows(record: Direct, name: str, value: Value) -> bool:
    if record.kind not in KINDS:
        return True
    if record.id is None:
        return name != OWNERS.get(record.kind) and name not in searched(record.kind)
    return value is None or type(value) in (str, bytes) or name not in searched(record.kind)


def write(db: Any, direct: Followed) -> None:
    """Typed rows and search index of these records."""
    new: dict[str, list[tuple[Any, ...]]] = {}
    set_again: dict[tuple[str, str], list[tuple[Value, int]]] = {}
    words: list[tuple[int, str]] = []
    for no in sorted(direct):
        record = direct[no]
        if isinstance(record, Direct):
            kind, said = record.kind, record.values
            if record.id is None and kind in KINDS:
                columns = _columns(kind)
                for name, value in said.items():
                    if name in columns:
                        fits = value if type(value) in columns[name] else None
                        set_again.setdefault((kind, name), []).append((fits, no))
            if record.id is None or not said:
                continue
            record = _alone(no, kind, record.id, tuple(said), tuple(said.values()), 0, 0)
        _, id, plan, values, _, _ = record
        if not plan.insert:
            continue
        row = (no, blob(id), *[values[place] for place in plan.row])
        if plan.insert in new:
            new[plan.insert].append(row)
        else:
            new[plan.insert] = [row]
        if plan.words and (text := "\n".join([str(values[place]) for place in plan.words]).strip("\n")):
            words.append((no, text))
    for statement, rows in new.items():
        db.executemany(statement, rows)
    for (kind, name), pairs in set_again.items():
        db.executemany(f'UPDATE "{kind}" SET "{name}" = ? WHERE no = ?', pairs)
    db.executemany("INSERT INTO searchable (no, words) VALUES (?, ?)", words)
    db.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", words)


@cache
def _columns(kind: str) -> dict[str, tuple[type, ...]]:
    """The columns of a kind's table, and what fits them: the rest stays in its cell."""
    return {rule.name: _FITTING[rule.storage] for rule in field_rules(kind).values()}
