"""Promise 5: bits flipped at several places of every page; pages zeroed and swapped; the file cut short."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

from . import Tally, scratch
from .stage import PASSPHRASE, Stage, set_stage

PLACES = 8  # of each page, besides its first and last bytes


def run(rounds: int, seed: int) -> Tally:
    """rounds: at most so many damaged files; 0 for every page."""
    tally = Tally(5)
    dice = random.Random(seed)
    with scratch() as base:
        stage = set_stage(base)
        stage.again()
        sound = stage.path.read_bytes()
        size = page_size(stage.path, stage)
        damaged = list(_damages(len(sound) // size, size, dice))
        if rounds and rounds < len(damaged):
            damaged = dice.sample(damaged, rounds)
        for what in damaged:
            tally.rounds += 1
            kind = what[0]
            said = seen(stage, _apply(sound, size, *what))
            tally.counts[f"{kind}, seen"] += bool(said)
            if not said:
                tally.fail(f"{' '.join(map(str, what))}: not seen")
        if seen(stage, sound):
            tally.fail("the sound file is called damaged")
    return tally


def page_size(path: Path, stage: Stage) -> int:
    with Workspace.open_with_key(path, stage.key) as workspace, workspace.read() as db:
        return int(db.exec_driver_sql("PRAGMA page_size").scalar_one())


def seen(stage: Stage, data: bytes) -> str:
    """What is said of a file by opening and verifying it; empty when nothing is."""
    path = stage.work / "tried.fieldwork"
    path.write_bytes(data)
    shutil.copy(stage.start / "small.fieldwork-key", path.with_name(path.name + "-key"))
    try:
        with Workspace.open(path, PASSPHRASE) as workspace:
            return "; ".join(verify(workspace))
    except Fault as fault:
        return str(fault)
    finally:
        for file in path.parent.glob("tried.*"):
            file.unlink()


def _damages(pages: int, size: int, dice: random.Random) -> Iterator[tuple]:
    for page in range(pages):
        places = {0, 15, 16, size - 1, size - 17, size - 81} | {dice.randrange(size) for _ in range(PLACES)}
        for at in sorted(places):
            yield "bits flipped", page, at, dice.randrange(8)
        yield "pages zeroed", page
        yield "pages swapped", page, (page + dice.randrange(1, pages)) % pages
        yield "files cut at a page", page
        yield "files cut in a page", page, dice.randrange(1, size)


def _apply(sound: bytes, size: int, kind: str, page: int, *more: int) -> bytes:
    data = bytearray(sound)
    at = page * size
    if kind == "bits flipped":
        data[at + more[0]] ^= 1 << more[1]
    elif kind == "pages zeroed":
        data[at : at + size] = bytes(size)
    elif kind == "pages swapped":
        other = more[0] * size
        data[at : at + size], data[other : other + size] = sound[other : other + size], sound[at : at + size]
    else:
        del data[at + sum(more) :]
    return bytes(data)
