"""Promise 16: every backup opens, verifies, and holds as many rows as the inspection, also beside a writer."""

from __future__ import annotations

import os
import random
import threading

from fieldwork.domain.records import Session
from fieldwork.exchange import joining
from fieldwork.store import keys
from fieldwork.store.backup import back_up, copy_database, read_backup
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import notes, team

from . import Tally, scratch
from .stage import PASSPHRASE, Stage, set_stage


def run(rounds: int, seed: int) -> Tally:
    tally = Tally(16)
    dice = random.Random(seed)
    with scratch() as base:
        stage = set_stage(base)
        stage.again()
        with Workspace.open_with_key(stage.path, stage.key) as workspace:
            for number in range(rounds):
                tally.rounds += 1
                try:
                    _round(stage, workspace, number, dice, tally)
                except Exception as error:
                    tally.fail(f"backup {number}: {type(error).__name__} {error}")
    return tally


def _round(stage: Stage, workspace: Workspace, number: int, dice: random.Random, tally: Tally) -> None:
    """Some lines more, a merge in the middle, a backup; every third one is made while lines are being written."""
    session = records(workspace, Session)[0].id
    for line in range(dice.randrange(4)):
        notes.write_line(
            workspace, session=session, text=f"Before backup {number}, {line} " * dice.randrange(1, 60)
        )
    if number == 3:
        team.merge(workspace, [stage.work / "from-a-colleague.fieldpackage"])
    path = stage.work / f"{number}.fieldwork-backup"
    if number % 3 == 2:
        _beside_a_writer(stage, workspace, session, path, number)
        tally.counts["made while lines were written"] += 1
    else:
        back_up(workspace, path)
    envelope, _ = read_backup(path)
    copy = stage.side / "copy.fieldwork"
    copy_database(path, copy)
    with Workspace.open_with_key(copy, keys.unwrap(envelope, PASSPHRASE, path.name)) as back:
        problems = verify(back)
        assert not problems, problems[0]
        if number % 3 != 2:
            here, there = row_counts(workspace), row_counts(back)
            assert here == there, f"rows differ: {sorted(set(here.items()) ^ set(there.items()))[:4]}"
            assert canonical(dump(workspace)) == canonical(dump(back)), "another state"
            tally.counts["rows compared"] += sum(there.values())
    if number % 10 == 0:
        with joining.restore(path, stage.work / f"back{number}.fieldwork", PASSPHRASE) as again:
            assert not verify(again), "a restored backup does not verify"
        tally.counts["restored"] += 1
    for file in (path, *stage.side.glob("copy*"), *stage.work.glob("back[0-9]*")):
        os.unlink(file)


def _beside_a_writer(stage: Stage, workspace: Workspace, session: bytes, path, number: int) -> None:  # type: ignore[no-untyped-def]
    stop = threading.Event()

    def write() -> None:
        line = 0
        while not stop.is_set():
            notes.write_line(workspace, session=session, text=f"Beside backup {number}, {line}")
            line += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(workspace, path)
    finally:
        stop.set()
        writer.join()


def row_counts(workspace: Workspace) -> dict[str, int]:
    """How many rows every table holds."""
    with workspace.read() as db:
        names = db.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        return {name: db.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for (name,) in names}
