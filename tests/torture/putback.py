"""Promise 6: each page of an earlier version of the file put back, and the whole earlier file."""

from __future__ import annotations

import random
import shutil

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Session
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, notes, team

from . import Tally, scratch
from .damage import page_size, seen
from .stage import PASSPHRASE, Stage, set_stage

STEPS = 10  # times the evidence is changed between the earliest file and the last


def run(rounds: int, seed: int) -> Tally:
    """rounds: at most so many pages; 0 for every page that differs."""
    tally = Tally(6)
    dice = random.Random(seed)
    with scratch() as base:
        stage = set_stage(base)
        stage.again()
        versions = _versions(stage)
        size = page_size(stage.path, stage)
        latest = versions[-1]
        shutil.copy(stage.path, stage.side / "last.fieldwork")
        state = _state(stage, latest)
        swaps = [
            (version, page)
            for version, earlier in enumerate(versions[:-1])
            for page in range(len(earlier) // size)
            if earlier[page * size : (page + 1) * size] != latest[page * size : (page + 1) * size]
        ]
        if rounds and rounds < len(swaps):
            swaps = dice.sample(swaps, rounds)
        for version, page in swaps:
            _put_back(stage, versions[version], latest, size, page, state, tally)
        for version in range(len(versions) - 1):
            _whole_file(stage, versions[version], tally)
    return tally


def _versions(stage: Stage) -> list[bytes]:
    """The file after each of several changes of the evidence, closed each time."""
    made = [stage.path.read_bytes()]
    for step in range(STEPS):
        with Workspace.open_with_key(stage.path, stage.key) as workspace:
            session = records(workspace, Session, state="open")[0].id
            line = notes.lines_of(workspace, session)[0].record
            notes.write_line(workspace, session=session, line=line.id, text=f"> Put otherwise, {step} times")
            notes.write_line(workspace, session=session, text=f"A line of step {step} " + "and more " * 40)
            examining.answer(
                workspace, file="A-V-001", question="A01", value=("police_charge", "cps_charge_fct")[step % 2]
            )
            if step == STEPS - 1:
                team.share(workspace, stage.work / "last.fieldpackage", everything=True)
        made.append(stage.path.read_bytes())
    return made


def _state(stage: Stage, data: bytes) -> str | None:
    """The state of a file as text; None when it cannot be read."""
    path = stage.work / "state.fieldwork"
    path.write_bytes(data)
    try:
        with Workspace.open_with_key(path, stage.key) as workspace:
            said = canonical(dump(workspace))
            with workspace.read() as db:
                entries = db.exec_driver_sql("SELECT hash, body FROM entry ORDER BY hash").fetchall()
            return said + repr(entries)
    except Fault:
        return None
    finally:
        for file in path.parent.glob("state.*"):
            file.unlink()


def _put_back(
    stage: Stage, earlier: bytes, latest: bytes, size: int, page: int, state: str | None, tally: Tally
) -> None:
    tally.rounds += 1
    at = page * size
    mixed = latest[:at] + earlier[at : at + size] + latest[at + size :]
    if seen(stage, mixed):
        tally.counts["pages put back and named"] += 1
    elif _state(stage, mixed) == state:
        tally.counts["pages put back that held no evidence"] += 1
    else:
        tally.fail(f"page {page} of an earlier version put back: the evidence differs and nothing is said")


def _whole_file(stage: Stage, earlier: bytes, tally: Tally) -> None:
    """The earlier file is sound in itself; the first package from somebody who knew the later one tells."""
    tally.rounds += 1
    path = stage.work / "whole.fieldwork"
    path.write_bytes(earlier)
    shutil.copy(stage.start / "small.fieldwork-key", path.with_name(path.name + "-key"))
    with Workspace.open(path, PASSPHRASE) as workspace:
        if verify(workspace):
            tally.fail("a whole earlier file is called damaged")
        merged = team.merge(workspace, [stage.work / "last.fieldpackage"])
        outcome = merged.outcomes[0]
        words = " ".join(str(value) for value in vars(outcome).values())
        named = [text for text in ("this laptop", "restored", "copied back", "forgot") if text in words]
        forked = any(laptop.here and laptop.forked for laptop in team.laptops(workspace))
        if named or forked:
            tally.counts["earlier files put back and named at the first package"] += 1
        else:
            tally.fail(f"an earlier file put back is not named at the first package: {outcome}")
    for file in path.parent.glob("whole.*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
