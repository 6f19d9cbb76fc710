"""Records whose typed table and search index follow from what was just set, without reading anything back."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fieldwork.domain.records import KINDS, field_rules
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import Group
from fieldwork.store.heads import Row
from fieldwork.store.interning import OWNERS, Interned

_FITTING: dict[str, tuple[type, ...]] = {
    "TEXT": (str, int, float),
    "INTEGER": (int, float),
    "REAL": (float, int),
    "BLOB": (bytes,),
}


Alone = tuple[int, Group, int, int]  # the number of a new record, its only group, the first change, the time


@dataclass
class Direct:
    """A record, and what its fields show now of those that were set; id is None where it was here before."""

    kind: str
    id: Id | None
    values: dict[str, Value] = field(default_factory=dict)


Followed = dict[int, Direct | Group]  # by the record's local number


@dataclass(frozen=True)
class _Plan:
    """Where the values of a group go. cells: field and place by name; row: places of the columns, -1 for none."""

    cells: tuple[tuple[int, str], ...]
    row: tuple[int, ...]
    words: tuple[int, ...]
    follows: bool


@cache
def _plan(kind: str, fields: tuple[str, ...], types: tuple[type, ...]) -> _Plan:
    cells = tuple((place, name) for name, place in sorted(zip(fields, range(len(fields)), strict=True)))
    if kind not in KINDS:
        return _Plan(cells, (), (), True)
    places = dict(zip(fields, range(len(fields)), strict=True))
    row = tuple(
        places[name] if name in places and types[places[name]] in fitting else -1
        for name, fitting in _columns(kind).items()
    )
    words = tuple(places[name] for name in searched(kind) if name in places and types[places[name]] is str)
    return _Plan(
        cells, row, words, not any(types[places[n]] in (int, float) for n in searched(kind) if n in places)
    )


def _plan_of(group: Group) -> tuple[_Plan, tuple[Value, ...]]:
    values = group.values if group.values is not None else (None,) * len(group.fields)
    return _plan(group.kind, group.fields, tuple(map(type, values))), values


def set_alone(db: Any, alone: Iterable[Alone]) -> None:
    """The fields of new records, each told by a single group."""
    rows = []
    for no, group, change, time in alone:
        plan, values = _plan_of(group)
        for place, name in plan.cells:
            rows.append((no, name, values[place], change + place, time))
    db.executemany("INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?)", rows)


@cache
def searched(kind: str) -> tuple[str, ...]:
    """The fields of a kind whose words enter the search index."""
    return tuple(rule.name for rule in field_rules(kind).values() if rule.searched)


def followed(
    records: Interned, shown: Iterable[Row], again: Container[int], alone: Iterable[Alone]
) -> Followed:
    """The records of which what was set is all there is to do.

    Left out is what has to be worked out from all its cells: who belongs elsewhere now, words that are in the
    index already or are no text, and records that were rebuilt (`again`) or of which more than one thing is said.
    """
    found: Followed = {}
    for no, group, _, _ in alone:
        if no not in records.unsure and _plan_of(group)[0].follows:
            found[no] = group
    for id, no in records.numbers.items():
        if no not in again and no not in records.unsure and no not in records.alone:
            found[no] = Direct(records.kinds[id], id if no > records.known else None)
    for no, name, value, _, _ in shown:
        record = found.get(no)
        if not isinstance(record, Direct):
            continue
        if _follows(record, name, value):
            record.values[name] = value
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
        if isinstance(record, Group):
            if record.kind in KINDS:
                plan, told = _plan_of(record)
                told = (*told, None)
                new.setdefault(record.kind, []).append((no, record.id, *[told[place] for place in plan.row]))
                if text := "\n".join([_text(told[place]) for place in plan.words]).strip("\n"):
                    words.append((no, text))
            continue
        kind, values = record.kind, record.values
        if kind not in KINDS or not values:
            continue
        fitting = _columns(kind)
        if record.id is None:
            for name, value in values.items():
                if name in fitting:
                    fits = value if type(value) in fitting[name] else None
                    set_again.setdefault((kind, name), []).append((fits, no))
            continue
        row = [values.get(name) for name in fitting]
        for place, types in enumerate(fitting.values()):
            if row[place] is not None and type(row[place]) not in types:
                row[place] = None
        new.setdefault(kind, []).append((no, record.id, *row))
        if text := "\n".join(_text(values.get(name)) for name in searched(kind)).strip("\n"):
            words.append((no, text))
    for kind, rows in new.items():
        columns = ", ".join(f'"{name}"' for name in _columns(kind))
        marks = ", ".join("?" * len(rows[0]))
        db.executemany(f'INSERT INTO "{kind}" (no, id, {columns}) VALUES ({marks})', rows)
    for (kind, name), pairs in set_again.items():
        db.executemany(f'UPDATE "{kind}" SET "{name}" = ? WHERE no = ?', pairs)
    db.executemany("INSERT INTO searchable (no, words) VALUES (?, ?)", words)
    db.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", words)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


@cache
def _columns(kind: str) -> dict[str, tuple[type, ...]]:
    """The columns of a kind's table, and what fits them: the rest stays in its cell."""
    return {rule.name: _FITTING[rule.storage] for rule in field_rules(kind).values()}
