"""Promise 14: evidence cannot change unseen.

With the key in hand, every column of every table that holds history, state or records is written to directly,
rows are taken out and put in; each time the check that a report and a package wait for must name it.
"""

import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import laptops
import worlds
from fieldwork.domain.records import KINDS
from fieldwork.domain.values import new_id
from fieldwork.store.connection import connect
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

from . import Tally, tally

HISTORY = ("entry", "payload", "branch", "signature", "device_known")
STATE = ("object", "cell", "rival", "seen", "searchable")
# Of this laptop alone, and no word of anybody's: the check does not compare these with what it rebuilds, so a
# change in them is counted apart ("local").
LOCAL = {("device_known", name) for name in ("clock", "forked", "vouched", "limited")} | {("branch", "no")}
CHANGES = 100_000


def run(rounds: int, seed: int) -> Tally:
    return tally(14, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Each column in turn, then at random; 0 rounds for each column once."""
    rng = Random(seed)
    found: dict[str, Any] = {
        "seed": seed,
        "written": 0,
        "named": 0,
        "local": 0,
        "local named": 0,
        "examples": [],
    }
    with (
        tempfile.TemporaryDirectory(prefix="direct-") as name,
        worlds.small_inspection(Path(name)) as workspace,
    ):
        record(workspace, "correct", [Change("visit", _visit(workspace), {"title": "as published"})])
        assert verify(workspace) == []
        connection = connect(workspace.path, workspace.file_key)
        places = _places(connection)
        rng.shuffle(places)
        for number in range(rounds or len(places)):
            _write(found, workspace, connection, *places[number % len(places)], rng)
        connection.close()
        if problems := verify(workspace):
            found["examples"].append(f"not put back: {problems[0]}")
    found["held"] = found["written"] == found["named"] > 0
    if not rounds:
        found |= _timed()
    return found


def _visit(workspace: Workspace) -> bytes:
    from fieldwork.domain.records import Visit
    from fieldwork.store.reading import records

    return records(workspace, Visit)[0].id


def _places(connection: Any) -> list[tuple[str, str]]:
    """Table and column of all that holds something; "" for the row itself."""
    places = []
    for table in (*HISTORY, *STATE, *KINDS):
        if not connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]:
            continue
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        places += [(table, column) for column in ["", *columns]]
    return places


def _write(
    found: dict[str, Any], workspace: Workspace, connection: Any, table: str, column: str, rng: Random
) -> None:
    """Write to one row, check, and put everything back as it was."""
    row = connection.execute(f'SELECT * FROM "{table}" ORDER BY random() LIMIT 1').fetchone()
    names = [entry[1] for entry in connection.execute(f'PRAGMA table_info("{table}")')]
    where = " AND ".join(f'"{name}" IS ?' for name in names)
    if column:
        new = list(row)
        new[names.index(column)] = _other(row[names.index(column)])
    try:
        connection.execute(f'DELETE FROM "{table}" WHERE {where}', row)
        if column:
            connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(names))})', new)
    except Exception:  # the table itself refuses it: nothing was written
        _put_back(connection, table, names, row, None)
        return
    local = (table, column) in LOCAL
    found["local" if local else "written"] += 1
    try:
        problems = verify(workspace)
    except Exception as error:
        found["examples"].append(f"{table}.{column}: the check fell over: {error!r:.300}")
        problems = []
    found["local named" if local else "named"] += bool(problems)
    if not problems and not local:
        found["examples"].append(f"{table}.{column or '(row)'}: nothing was said")
    _put_back(connection, table, names, row, new if column else None)


def _put_back(connection: Any, table: str, names: list[str], row: Any, new: Any) -> None:
    where = " AND ".join(f'"{name}" IS ?' for name in names)
    if new is not None:
        connection.execute(f'DELETE FROM "{table}" WHERE {where}', new)
    connection.execute(f'INSERT OR IGNORE INTO "{table}" VALUES ({", ".join("?" * len(names))})', row)


def _other(value: Any) -> Any:
    match value:
        case None:
            return 1
        case int():
            return value + 1
        case float():
            return value + 0.5
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1]) if value else b"\x01"
        case _:
            return value + "x"


def _timed() -> dict[str, Any]:
    """How long the check takes on many changes; told, not judged."""
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        (laptop,) = laptops.team(Path(name), 1)
        for _ in range(CHANGES // 160):
            record(
                laptop,
                "write lines",
                [Change("note_line", new_id(), {"text": "eleven herons", "nods": 1}) for _ in range(80)],
            )
        begun = time.process_time()
        problems = verify(laptop)
        took = time.process_time() - begun
        laptop.close()
    return {"changes": CHANGES, "seconds": round(took, 2), "unsound": len(problems)}
