"""The day of twelve laptops again: our merge against pygeodiff's rebases of the same edits, one after the other.

pygeodiff is installed for this alone (`uv pip install pygeodiff` into an environment or folder on PYTHONPATH);
without it only our side is measured. Its side: a table per kind in a plain GeoPackage-like SQLite file, each
laptop's copy edited by itself, then every copy rebased on what the ones before it have made of the first.
"""

import importlib.util
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from fieldwork.domain.records import field_rules
from fieldwork.exchange import package
from fieldwork.store.entry import Entry
from fieldwork.store.intake import take_in
from fieldwork.store.workspace import Workspace, raw

from . import Pair
from ._twelve import LAPTOPS, Twelve
from .twelve import seconds

KINDS = ("session", "examination", "answer", "note_line")
LEFT_OUT = "pygeodiff is not installed: `uv pip install pygeodiff` and run this again"


def run(scale: float = 1.0) -> dict[str, Pair | float | str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        twelve = Twelve(folder, scale)
        base = folder / "base.gpkg"
        _as_tables(twelve.laptops[0], base)
        for number in range(LAPTOPS):
            twelve.work(number)
        here = twelve.laptops[0]
        contents = [twelve.package(number) for number in range(1, LAPTOPS)]

        def merge() -> None:
            parcels = [package.read_content(data, here.inspection, str(n)) for n, data in enumerate(contents)]
            take_in(here, parcels)

        edits = [package.read_content(data, here.inspection, "") for data in contents]
        ours = seconds(merge)
        if importlib.util.find_spec("pygeodiff") is None:
            twelve.close()
            return {"reading and merging, seconds": ours, "rebasing": LEFT_OUT}
        copies = []
        for number, parcel in enumerate(edits, 1):
            copies.append(folder / f"copy{number}.gpkg")
            shutil.copy(base, copies[-1])
            _apply(copies[-1], [entry for entry in parcel.entries if entry.n > 1])
        failed: list[int] = []
        theirs = seconds(lambda: failed.extend(_rebased(base, copies, folder)))
        twelve.close()
    return {
        "reading and merging, against rebasing": Pair(ours, theirs, "s"),
        "rebases that failed": len(failed),
    }


def _as_tables(workspace: Workspace, path: Path) -> None:
    """The evidence as plain tables with a whole number as key, as GIS tools keep them."""
    plain = sqlite3.connect(path)
    with workspace.read() as db:
        connection = raw(db)
        for kind in KINDS:
            names = list(field_rules(kind))
            columns = ", ".join(f'"{name}"' for name in names)
            plain.execute(f"CREATE TABLE {kind} (fid INTEGER PRIMARY KEY, id BLOB, {columns})")
            rows = connection.execute(f'SELECT no, id, {columns} FROM "{kind}"').fetchall()
            marks = ",".join("?" * (len(names) + 2))
            plain.executemany(f"INSERT INTO {kind} VALUES ({marks})", rows)
            plain.execute(f"CREATE INDEX {kind}_id ON {kind} (id)")
    plain.commit()
    plain.close()


def _apply(path: Path, entries: list[Entry]) -> None:
    """One laptop's changes as statements on its copy."""
    plain = sqlite3.connect(path)
    for entry in entries:
        for group in entry.groups:
            if group.kind not in KINDS or group.values is None:
                continue
            found = plain.execute(f"SELECT fid FROM {group.kind} WHERE id = ?", (group.id,)).fetchone()
            if found is None:
                plain.execute(f"INSERT INTO {group.kind} (id) VALUES (?)", (group.id,))
            names = ", ".join(f'"{name}" = ?' for name in group.fields)
            plain.execute(f"UPDATE {group.kind} SET {names} WHERE id = ?", (*group.values, group.id))
    plain.commit()
    plain.close()


def _rebased(base: Path, copies: list[Path], folder: Path) -> list[int]:
    """Each copy rebased on all before it, as a server's clients would in turn; returns those that failed."""
    import pygeodiff

    tool: Any = pygeodiff.GeoDiff()
    server = folder / "server.gpkg"
    shutil.copy(copies[0], server)
    failed = []
    for number, copy in enumerate(copies[1:], 1):
        try:
            tool.rebase(str(base), str(server), str(copy), str(folder / f"conflicts{number}.json"))
        except pygeodiff.GeoDiffLibError:
            failed.append(number)
            continue
        shutil.copy(copy, server)
    return failed
