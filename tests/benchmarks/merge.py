"""Taking in colleagues' packages, against inserting the same rows into an append-only table of the file.

FIELDWORK_BENCH_CHANGES sets the size: 60,000 changes by default, 300,000 for a day of a large team.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import laptops
from fieldwork.domain.values import derived_id
from fieldwork.exchange import package
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.intake import take_in
from fieldwork.store.parcel import Parcel
from fieldwork.store.reading import dump
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

CHANGES = int(os.environ.get("FIELDWORK_BENCH_CHANGES", "60000"))
COLLEAGUES = 5
PER_ENTRY = 80
SHARED = 20  # one in so many answers is given by every colleague


def _day(workspace: Workspace, number: int) -> None:
    """One colleague's share: answers in the same examinations, some of them the same questions."""
    each = CHANGES // COLLEAGUES // 4
    examination = derived_id("examination", "benchmark")
    changes = []
    for place in range(each):
        who = "" if place % SHARED == 0 else str(number)
        id = derived_id("answer", examination, f"q{place}", who)
        text = f"what colleague {number} found in file {place}, in a sentence of usual length"
        fields = {"examination": examination, "question": f"q{place}", "value": f"{number}", "reason": text}
        changes.append(Change("answer", id, fields))
    for at in range(0, each, PER_ENTRY):
        record(workspace, "answer", changes[at : at + PER_ENTRY])


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def run() -> dict[str, float | int]:
    with tempfile.TemporaryDirectory() as folder:
        here, *colleagues = laptops.team(Path(folder), COLLEAGUES + 1)
        contents: list[bytes] = []
        for number, colleague in enumerate(colleagues):
            _day(colleague, number)
            contents.append(laptops.content(colleague, only=colleague.device))
        parcels: list[Parcel] = []
        reading = _timed(
            lambda: parcels.extend(
                package.read_content(data, here.inspection, str(at)) for at, data in enumerate(contents)
            )
        )
        rows = [
            (place, entry.time, group.kind, group.id, name, value)
            for parcel in parcels
            for entry in parcel.entries
            for group in entry.groups
            for place, (name, value) in enumerate(zip(group.fields, group.values or (), strict=True))
        ]
        merging = _timed(lambda: take_in(here, parcels))
        again = _timed(lambda: take_in(here, parcels))
        plain = _timed(lambda: _insert(here, rows))
        checking = _timed(lambda: verify(here))
        dumping = _timed(lambda: dump(here))
        found = {
            "changes": len(rows),
            "fields in conflict": conflict_count(here),
            "reading and checking packages / plain insert": reading / plain,
            "merging / plain insert": merging / plain,
            "reading and merging / plain insert": (reading + merging) / plain,
            "merging the same again / plain insert": again / plain,
            "verifying all / plain insert": checking / plain,
            "dump / plain insert": dumping / plain,
            "plain insert, seconds": plain,
        }
        for workspace in (here, *colleagues):
            workspace.close()
        return found


def _insert(workspace: Workspace, rows: list[tuple[object, ...]]) -> None:
    with workspace.write() as db:
        connection = raw(db)
        connection.execute("CREATE TABLE plain (no INTEGER PRIMARY KEY, place, time, kind, id, field, value)")
        connection.executemany(
            "INSERT INTO plain (place, time, kind, id, field, value) VALUES (?,?,?,?,?,?)", rows
        )
