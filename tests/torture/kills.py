"""Promise 1: the real window killed while somebody types, at random moments and at each of the first calls in turn."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import Tally
from .faults import AFTER, AT, CALL, CALLS, COUNT, KILLING, MODE, TORN, State
from .stage import NAME, PASSPHRASE, Stage, scratch, set_stage

sys.path.insert(0, str(Path(__file__).parents[1] / "desktop"))
from test_kill import LOST_AT_MOST, TYPIST, missing, on_disk

KINDS = ("write", "fsync", "rename")
FIRST = 300  # calls after the first key that are tried in turn
LONGEST = 8.0  # seconds of typing before a kill


class Typing:
    """The window in a process of its own under the library, and what it has told so far."""

    def __init__(self, folder: Path, path: Path, order: str = "type") -> None:
        self.state = State(folder / "state")
        self.state.watch(path.parent, folder / "home")
        self.told: list[dict[str, Any]] = []
        environment = {
            **os.environ,
            "FAULTS_STATE": str(self.state.path),
            "FIELDWORK_HOME": str(folder / "home"),
            "FIELDWORK_PASSPHRASE": PASSPHRASE,
        }
        self.process = subprocess.Popen(
            [sys.executable, str(TYPIST), order, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._rest = b""

    def read(self) -> bool:
        """Take in what was told; False once the process is gone and all was read."""
        assert self.process.stdout is not None
        data = self.process.stdout.read()
        if data:
            *whole, self._rest = (self._rest + data).split(b"\n")
            self.told += [json.loads(text) for text in whole]
        return data != b""

    def until(self, what: str, seconds: float) -> None:
        """Wait for the first line that tells something of this name."""
        ends = time.monotonic() + seconds
        while not any(what in said for said in self.told):
            assert self.read() and time.monotonic() < ends, f"the window did not come to {what!r}"
            time.sleep(0.005)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        while self.read():
            time.sleep(0.005)
        assert self.process.stdout is not None
        self.process.stdout.close()


def run(rounds: int, seed: int) -> Tally:
    tally = Tally(1)
    with scratch() as base:
        stage = set_stage(base)
        with ThreadPoolExecutor(2) as two:
            for done in two.map(lambda number: _round(stage, number, seed), range(rounds)):
                _add(tally, done)
    return tally


def _add(tally: Tally, one: Tally) -> None:
    tally.rounds += 1
    tally.counts.update(one.counts)
    tally.failures += one.failures
    for what, seconds in one.worst.items():
        tally.slowest(what, seconds)


def _round(stage: Stage, number: int, seed: int) -> Tally:
    """Every other kill is at a call: the first ones in turn, before and after it, the write torn or not."""
    tally = Tally(1)
    dice = random.Random(seed + number)
    folder = stage.base / f"kill{number}"
    work = folder / "work"
    work.mkdir(parents=True)
    (folder / "home").mkdir()
    for name in (NAME, NAME + "-key"):
        shutil.copy(stage.start / name, work / name)
    try:
        if number % 2:
            _killed(folder, work / NAME, dice, tally, at=(number // 2 + seed) % FIRST + 1)
        else:
            _killed(folder, work / NAME, dice, tally, at=0)
    except Exception as error:
        tally.fail(f"seed {seed + number}: {type(error).__name__} {str(error)[:300]}")
    shutil.rmtree(folder, ignore_errors=True)
    return tally


def _killed(folder: Path, path: Path, dice: random.Random, tally: Tally, at: int) -> None:
    typing = Typing(folder, path)
    try:
        typing.until("begun", 60)
        ends = time.monotonic() + (LONGEST if at else dice.uniform(0.2, LONGEST))
        if at:
            shared = typing.state
            shared[CALLS] = sum(CALL[kind] for kind in KINDS)
            shared[COUNT], shared[AT] = 0, at
            shared[AFTER], shared[TORN] = dice.randrange(2), dice.randrange(2)
            shared[MODE] = KILLING
        while time.monotonic() < ends and typing.process.poll() is None:
            typing.read()
            time.sleep(0.005)
    finally:
        at_call = typing.process.poll() is not None
        died = time.time()
        typing.kill()
    texts, _ = on_disk(path)
    assert not list(path.parent.glob("*unreadable*")), "the drafts could not be read"
    lost = missing(typing.told, texts, died)
    failed = [said for said in typing.told if "failed" in said]
    assert not failed, failed[0]
    assert lost <= LOST_AT_MOST, f"{lost:.2f} s of typing lost"
    tally.slowest("typing not on disk", lost)
    tally.counts["killed at a call" if at_call else "killed at a moment"] += 1
    tally.counts["keys"] += sum("typed" in said for said in typing.told)
    tally.counts["acknowledgements checked"] += sum("saved" in said for said in typing.told)
