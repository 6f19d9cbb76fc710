"""The heads of a field: the changes no other change replaces. The largest (logical time, then laptop id,
then hash) is shown, the others are rivals."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from fieldwork.domain.values import Value

SHIFT = 20  # a change is its entry's local number << 20 | its index in it

Row = tuple[int, str, Value, int, int]  # object, field, value, change, time


def temporary_tables(db: Any) -> None:
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS candidate (object INTEGER, field TEXT, change INTEGER, value, "
        "time INTEGER, device BLOB, hash BLOB, PRIMARY KEY (object, field, change)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS replaced (change INTEGER, object INTEGER, field TEXT, "
        "PRIMARY KEY (change, object, field)) WITHOUT ROWID"
    )


def settle(db: Any, edits: Iterable[Row], replaced: set[tuple[int, int, str]]) -> None:
    """Work out the heads of every field that was set again, beside those it has."""
    db.execute("DELETE FROM replaced")
    db.executemany("INSERT INTO replaced VALUES (?, ?, ?)", sorted(replaced))
    _put(db, edits)
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
    _show(db)


def set_anew(db: Any, objects: Iterable[int], heads: Iterable[Row]) -> None:
    """Give these records exactly these heads."""
    for no in objects:
        db.execute("DELETE FROM cell WHERE object = ?", (no,))
        db.execute("DELETE FROM rival WHERE object = ?", (no,))
    _put(db, heads)
    _show(db)


def _put(db: Any, rows: Iterable[Row]) -> None:
    db.execute("DELETE FROM candidate")
    db.executemany(
        "INSERT INTO candidate SELECT ?1, ?2, ?4, ?3, ?5, d.id, e.hash "
        "FROM entry e JOIN device_known d ON d.no = e.device WHERE e.no = ?4 >> 20",
        sorted(rows, key=itemgetter(0, 1)),
    )


def _show(db: Any) -> None:
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
