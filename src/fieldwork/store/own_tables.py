"""Tables that are one connection's own, in memory; and whether what was put there is still there."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa

from fieldwork.store.workspace import raw

turns = count(1)
"""Numbers to tell one filling of a table from the next: a transaction that failed takes it back."""


def put_table(db: sa.Connection, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Make a table of this connection alone, or empty the one there is, and fill it."""
    at = raw(db)
    keyed = " WITHOUT ROWID" if "PRIMARY KEY" in columns and "INTEGER PRIMARY" not in columns else ""
    at.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}){keyed}")
    at.execute(f"DELETE FROM temp.{name}")
    if rows:
        at.executemany(f"INSERT INTO temp.{name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def turn_of(db: sa.Connection, name: str = "turn") -> int:
    """The number in a table that keeps one, -1 where there is none."""
    there = raw(db).execute("SELECT 1 FROM sqlite_temp_schema WHERE name = ?", (name,)).fetchone()
    row = raw(db).execute(f"SELECT no FROM temp.{name}").fetchone() if there else None
    return row[0] if row else -1
