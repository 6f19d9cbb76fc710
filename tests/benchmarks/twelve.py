"""Eleven colleagues' day (314,710 changes) merged as one set, and how the time grows with the size.

The bare thing is `executemany` of the same changes into a table without an index in the same encrypted file:
one statement, one transaction, the same pragmas. Seconds are the processor's.
"""

import gc
import math
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from fieldwork.exchange import package
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.intake import take_in
from fieldwork.store.workspace import Workspace, raw

from . import Pair
from ._twelve import Twelve, rows_of

PARTS = (0.1, 0.25, 0.5, 1.0)  # of the whole day, for how it grows


def run(scale: float = 1.0) -> dict[str, Pair | float]:
    found: dict[str, Pair | float] = {}
    sizes: list[tuple[int, float]] = []
    for part in PARTS if scale >= 0.1 else (0.5, 1.0):
        measured = measure(part * scale)
        sizes.append((measured["changes"], measured["both"]))
    bare = measured["bare"]
    found["changes of eleven laptops"] = measured["changes"]
    found["fields in conflict"] = measured["conflicts"]
    found["merging as one set"] = Pair(measured["merging"], bare, "s")
    found["reading, checking and merging as one set"] = Pair(measured["both"], bare, "s")
    found["merging the same again"] = Pair(measured["again"], bare, "s")
    found["growth exponent of reading and merging"] = exponent(sizes)
    return found


def measure(scale: float) -> dict[str, float]:
    """Seconds and counts of one day at a scale."""
    with tempfile.TemporaryDirectory() as folder:
        twelve = Twelve(Path(folder), scale)
        for number in range(twelve.count):
            twelve.work(number)
        contents = [twelve.package(number) for number in range(1, twelve.count)]
        here = twelve.laptops[0]
        gc.collect()
        began = time.process_time()
        parcels = [package.read_content(data, here.inspection, str(at)) for at, data in enumerate(contents)]
        read = time.process_time() - began
        rows = rows_of(parcels)
        merging = seconds(lambda: take_in(here, parcels))
        again = seconds(lambda: take_in(here, parcels))
        bare = min(seconds(lambda name=f"plain{n}": insert(here, name, rows)) for n in range(3))
        conflicts = conflict_count(here)
        twelve.close()
    return {
        "changes": len(rows),
        "conflicts": conflicts,
        "merging": merging,
        "both": read + merging,
        "again": again,
        "bare": bare,
    }


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def insert(workspace: Workspace, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with workspace.write() as db:
        connection = raw(db)
        connection.execute(
            f"CREATE TABLE {table} (no INTEGER PRIMARY KEY, place, time, kind, id, field, value)"
        )
        statement = f"INSERT INTO {table} (place, time, kind, id, field, value) VALUES (?,?,?,?,?,?)"
        connection.executemany(statement, rows)


def exponent(sizes: list[tuple[int, float]]) -> float:
    """The slope of log time over log changes, by least squares."""
    points = [(math.log(size), math.log(taken)) for size, taken in sizes]
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
