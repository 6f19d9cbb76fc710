"""Some fields of many records, read in sets and without making records of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from fieldwork.domain.records import Record, field_rules
from fieldwork.domain.values import Id
from fieldwork.store.sets import looked_up
from fieldwork.store.workspace import raw


def columns(
    db: sa.Connection,
    cls: type[Record],
    names: Sequence[str],
    ids: Iterable[Id | None] | None = None,
    *,
    by: str = "",
) -> Iterator[tuple[Any, ...]]:
    """The id and these fields of the records of a kind that are not deleted, in no order.

    Of all, or of those with one of these ids; with `by` of those whose field of this name is one of them. What does
    not fit its field reads as nothing. What was entered twice stands as it was entered.
    """
    rules = [field_rules(cls.kind)[name] for name in names]
    fields = ", ".join(["k.id", *(f'k."{name}"' for name in names)])
    if ids is None:
        rows = iter(raw(db).execute(f'SELECT {fields} FROM "{cls.kind}" k WHERE k.hidden = 0'))
    else:
        wanted = [(id,) for id in sorted({id for id in ids if id is not None})]
        on = f'CROSS JOIN "{cls.kind}" k ON k."{by}" = v.column1'
        if not by:
            on = f'CROSS JOIN object o ON o.id = v.column1 CROSS JOIN "{cls.kind}" k ON k.no = o.no'
        rows = looked_up(raw(db), f"SELECT {fields} FROM (VALUES {{keys}}) v {on} WHERE k.hidden = 0", wanted)
    empty = [None if rule.storage != "TEXT" else "" for rule in rules]
    plain = [rule.storage == "BLOB" or (rule.storage == "TEXT" and not rule.day) for rule in rules]
    for id, *values in rows:
        yield (
            id,
            *(
                nothing if value is None or not (sure or rule.fits(value)) else value
                for value, nothing, sure, rule in zip(values, empty, plain, rules, strict=True)
            ),
        )


def kinds_of(db: sa.Connection, ids: Iterable[Id]) -> dict[Id, str]:
    """The kind of each of these records that is here and not deleted."""
    query = "SELECT o.id, o.kind FROM (VALUES {keys}) v CROSS JOIN object o ON o.id = v.column1 WHERE o.hidden = 0"
    return dict(looked_up(raw(db), query, [(id,) for id in sorted(set(ids))]))
