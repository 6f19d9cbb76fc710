"""Promise 13, the packages' side: what is missing is never deleted.

A new empty folder, a folder of other things, half a package, an old package, a package of another inspection:
after each, everything that was there is there.
"""

import tempfile
from pathlib import Path
from random import Random
from typing import Any

import laptops
from fieldwork.domain.values import new_id
from fieldwork.exchange import sharing
from fieldwork.store import keys
from fieldwork.store.reading import canonical, dump
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.work import handing

from . import Tally, tally

WAYS = ("new folder", "other things", "half a package", "old package", "another inspection", "nothing named")


def run(rounds: int, seed: int) -> Tally:
    return tally(13, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Each way in turn, against a laptop that goes on writing; deletions counts every record that went."""
    rng = Random(seed)
    deletions, done, examples = 0, 0, []
    with tempfile.TemporaryDirectory(prefix="missing-") as name:
        folder = Path(name)
        here, other = laptops.team(folder, 2)
        stranger = laptops.workspace_at(folder / "stranger.fieldwork", keys.new_file_key())
        laptops._found(stranger)
        theirs = sharing.share(stranger, folder / "theirs.fieldpackage").path
        early = new_id()
        record(other, "write line", [Change("note_line", early, {"text": "early"})])
        old = sharing.share(other, folder / "old.fieldpackage", everything=True).path
        sharing.merge(here, [old])
        record(here, "delete", [Change("note_line", early, {DELETED: DELETE})])
        record(here, "restore", [Change("note_line", early, {DELETED: None})])
        try:
            for number in range(rounds):
                way = WAYS[number % len(WAYS)]
                record(here, "write line", [Change("note_line", new_id(), {"text": f"line {number}"})])
                before = canonical(dump(here))
                place = folder / f"place {number}"
                place.mkdir()
                places = [place]
                if way == "other things":
                    (place / "photo.jpg").write_bytes(rng.randbytes(100))
                    (place / "empty.fieldpackage").write_bytes(b"")
                elif way == "half a package":
                    data = sharing.share(
                        here, place / "whole.fieldpackage", everything=True
                    ).path.read_bytes()
                    (place / "whole.fieldpackage").unlink()
                    (place / "half.fieldpackage").write_bytes(data[: rng.randrange(len(data))])
                elif way == "old package":
                    places = [old]
                elif way == "another inspection":
                    places = [theirs]
                elif way == "nothing named":
                    places = []
                preview = handing.preview(here, places)
                handing.take(here, preview.found.paths)
                done += 1
                if canonical(dump(here)) != before:
                    deletions += 1
                    examples.append(way)
        finally:
            for laptop in (here, other, stranger):
                laptop.close()
    return {
        "seed": seed,
        "tries": done,
        "deletions": deletions,
        "examples": examples[:5],
        "held": not deletions,
    }
