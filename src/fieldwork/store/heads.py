"""The heads of a field: the changes no other change replaces. The largest (logical time, then laptop id,
then hash) is shown, the others are rivals."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from fieldwork.domain.values import Value
from fieldwork.store.sets import looked_up

SHIFT = 20  # a change is its entry's local number << 20 | its index in it

Row = tuple[int, str, Value, int, int]  # object, field, value, change, time

_where = itemgetter(0, 1)
_time = itemgetter(4)


def settle(db: Any, edits: Iterable[Row], replaced: set[tuple[int, int, str]]) -> list[Row]:
    """Work out the heads of every field that was set again, beside those it has; returns what is shown."""
    fields = _by_field(edits)
    rivals = []
    for table in ("cell", "rival"):
        for row in looked_up(
            db,
            f"SELECT c.object, c.field, c.value, c.change, c.time FROM (VALUES {{keys}}) k "
            f"CROSS JOIN {table} c ON c.object = k.column1 AND c.field = k.column2",
            list(fields),
        ):
            if table == "rival":
                rivals.append((row[0], row[1], row[3]))
            if (row[3], row[0], row[1]) not in replaced:
                fields[row[0], row[1]].append(row)
    db.executemany("DELETE FROM rival WHERE object = ? AND field = ? AND change = ?", rivals)
    return _write(db, fields)


def set_anew(db: Any, objects: Iterable[int], heads: Iterable[Row]) -> None:
    """Give these records exactly these heads."""
    for no in objects:
        db.execute("DELETE FROM cell WHERE object = ?", (no,))
        db.execute("DELETE FROM rival WHERE object = ?", (no,))
    _write(db, _by_field(heads))


def _by_field(rows: Iterable[Row]) -> dict[tuple[int, str], list[Row]]:
    return {where: list(some) for where, some in groupby(sorted(rows, key=_where), _where)}


def _write(db: Any, fields: dict[tuple[int, str], list[Row]]) -> list[Row]:
    shown: list[Row] = []
    rivals: list[Row] = []
    for rows in fields.values():
        ranked = rows if len(rows) == 1 else _largest_first(db, rows)
        shown.append(ranked[0])
        rivals += ranked[1:]
    db.executemany(
        "INSERT INTO cell (object, field, value, change, time) VALUES (?,?,?,?,?) ON CONFLICT (object, field) "
        "DO UPDATE SET value = excluded.value, change = excluded.change, time = excluded.time",
        shown,
    )
    db.executemany("INSERT INTO rival (object, field, value, change, time) VALUES (?,?,?,?,?)", rivals)
    return shown


def _largest_first(db: Any, rows: list[Row]) -> list[Row]:
    """Whose entry it was, and which, is looked up only where times are equal."""
    ranked = sorted(rows, key=_time, reverse=True)
    if len(set(map(_time, ranked))) == len(ranked):
        return ranked
    return sorted(ranked, key=lambda row: (row[4], *_written(db, row[3])), reverse=True)


def _written(db: Any, change: int) -> tuple[bytes, bytes]:
    """The laptop that wrote a change, and the hash of its entry."""
    return db.execute(
        "SELECT d.id, e.hash FROM entry e JOIN device_known d ON d.no = e.device WHERE e.no = ?",
        (change >> SHIFT,),
    ).fetchone()
