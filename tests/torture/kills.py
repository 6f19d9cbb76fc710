"""Promise 1: the real window killed while somebody types, at random moments and at each of the first calls in turn."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any, Protocol

from . import Tally, scratch
from .faults import AFTER, AT, CALL, CALLS, COUNT, KILLING, MODE, TORN, State, attach
from .stage import NAME, PASSPHRASE, Stage, set_stage

sys.path.insert(0, str(Path(__file__).parents[1] / "desktop"))
from test_kill import LOST_AT_MOST, TYPIST, missing, on_disk

KINDS = ("write", "fsync", "rename")
FIRST = 300  # calls after the first key that are tried in turn
LONGEST = 8.0  # seconds of typing before a kill
WINDOWS = 5  # at once: they mostly wait for their own keys


class Process(Protocol):
    """What is used of a child process."""

    stdout: IO[bytes] | None

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class Forked:
    """The typist as a fork of this process, which has read the program already: the window itself is made anew."""

    def __init__(self, order: str, path: Path, state: State, more: dict[str, str]) -> None:
        from typist import Typist

        read, write = os.pipe()
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.dup2(write, 1)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                os.closerange(3, 256)
                sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
                os.environ.update(more)
                attach(state)
                Typist(path, order).run()
            finally:
                os._exit(1)  # it is killed; by itself it never ends
        os.close(write)
        self.stdout: IO[bytes] | None = os.fdopen(read, "rb")

    def poll(self) -> int | None:
        if self._code is None:
            gone, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if gone else None
        return self._code

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code


class Typing:
    """The window in a process of its own under the library, and what it has told so far."""

    def __init__(self, folder: Path, path: Path, order: str = "type", *, fork: bool = False) -> None:
        self.state = State(folder / "state")
        self.state.watch(path.parent, folder / "home")
        self.told: list[dict[str, Any]] = []
        more = {
            "FAULTS_STATE": str(self.state.path),
            "FIELDWORK_HOME": str(folder / "home"),
            "FIELDWORK_PASSPHRASE": PASSPHRASE,
        }
        self.process: Process
        if fork:
            self.process = Forked(order, path, self.state, more)
        else:
            self.process = subprocess.Popen(
                [sys.executable, str(TYPIST), order, str(path)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **more},
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


def run(rounds: int, seed: int, first: int = 0) -> Tally:
    """first: the number of the first round; round k of a seed is the same in every run."""
    tally = Tally(1)
    import_module("typist")  # Qt and the program, read once for all forks
    with scratch() as base:
        stage = set_stage(base)
        # processes, not threads: each forks its windows, which a process with threads must not do
        with ProcessPoolExecutor(WINDOWS, get_context("fork")) as lanes:
            rounds_on = partial(_round, stage, seed)
            for done in lanes.map(rounds_on, range(first, first + rounds)):
                tally.add(done)
    return tally


def _round(stage: Stage, seed: int, number: int) -> Tally:
    """Every other kill is at a call: the first ones in turn, before and after it, the write torn or not."""
    tally = Tally(1, rounds=1)
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
        tally.fail(f"seed {seed}, round {number}: {type(error).__name__} {str(error)[:300]}")
    shutil.rmtree(folder, ignore_errors=True)
    return tally


def _killed(folder: Path, path: Path, dice: random.Random, tally: Tally, at: int) -> None:
    typing = Typing(folder, path, fork=True)
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
