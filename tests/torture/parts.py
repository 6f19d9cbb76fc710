"""Long runs in parts, each in a process of its own and kept as it ends: what was interrupted goes on where it stopped.

What was done of a run stands in build/torture, named by the commit, the promise, its rounds and the seed; it is taken
up again on the same code only, and deleted once everything that was asked for is done and written down.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import TESTS, Tally, faults

KEPT = TESTS.parent / "build" / "torture"
SIZES = {1: 50, 10: 5000, 12: 500}  # rounds of a part; what is not named is one part
ACTS = {2: 10, 3: 12, 4: 13}  # at the full length each act of these promises is a part


def commit() -> str:
    """The short commit this is, with a digest of what is changed since; "unknown" outside a repository."""

    def git(*words: str) -> bytes:
        return subprocess.run(["git", *words], cwd=TESTS, capture_output=True, check=True).stdout

    try:
        short = git("rev-parse", "--short", "HEAD").decode().strip()
        changed = git("diff", "HEAD", "--", "../src", ".", ":!torture/RESULTS.md")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{short}+{hashlib.sha256(changed).hexdigest()[:6]}" if changed else short


@dataclass
class Run:
    """A promise to be tried. rounds: 0 for all there are; begin: the number of the first;
    done: first round of a part -> what it came to."""

    promise: int
    rounds: int
    seed: int
    code: str
    keeps: bool
    begin: int = 0
    done: dict[int, Tally] = field(default_factory=dict)
    minutes: float = 0.0  # of all parts, one after the other

    @property
    def _path(self) -> Path:
        return KEPT / f"{self.code}-promise{self.promise}-rounds{self.rounds}-seed{self.seed}.jsonl"

    def parts(self) -> list[tuple[int, int]]:
        """First round (or act) and rounds of all that is not done yet."""
        if not self.rounds:
            return [(act, 0) for act in range(ACTS.get(self.promise, 1)) if act not in self.done]
        size = SIZES.get(self.promise, 0) or self.rounds
        end = self.begin + self.rounds
        return [
            (first, min(size, end - first))
            for first in range(self.begin, end, size)
            if first not in self.done
        ]

    def keep(self, first: int, came_to: Tally, minutes: float) -> None:
        self.done[first] = came_to
        self.minutes += minutes
        if self.keeps:
            KEPT.mkdir(parents=True, exist_ok=True)
            row = {"first": first, "minutes": minutes, "came_to": vars(came_to)}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)

    def came_to(self) -> Tally:
        """All parts together, in their order."""
        whole = Tally(self.promise)
        for _, part in sorted(self.done.items()):
            whole.add(part)
        return whole


def taken_up(promise: int, rounds: int, seed: int | None, code: str, new_seed: int, keeps: bool) -> Run:
    """The run that was begun on this code, if any and, where a seed is given, with it; else a new one."""
    given = str(seed) if seed is not None else r"\d+"
    name = re.compile(rf"{re.escape(code)}-promise{promise}-rounds{rounds}-seed({given})\.jsonl")
    held = sorted(KEPT.iterdir()) if keeps and code != "unknown" and KEPT.is_dir() else []
    found = next((match for path in held if (match := name.fullmatch(path.name))), None)
    if found is None:
        return Run(promise, rounds, new_seed if seed is None else seed, code, keeps)
    run = Run(promise, rounds, int(found[1]), code, keeps)
    for text in run._path.read_text("utf-8").splitlines():
        try:
            row = json.loads(text)
        except ValueError:  # killed while writing it: that part is done again
            continue
        run.done[row["first"]] = read(row["came_to"])
        run.minutes += row["minutes"]
    return run


def read(plain: dict) -> Tally:
    return Tally(**{**plain, "counts": Counter(plain["counts"])})


class Lanes:
    """Processes at work on parts, so many at once; all are ended when this one is."""

    def __init__(self, jobs: int, without_faults: set[int]) -> None:
        self.jobs, self.without_faults = jobs, without_faults
        self._begun: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def work(self, runs: list[Run], ended: Callable[[Run], None]) -> None:
        """Do all parts of all runs in this order; `ended` is told of each part's run, one at a time.

        Raises KeyboardInterrupt when interrupted or asked to end; what was done by then is kept.
        """
        with self._prepared() as (folder, environment), ThreadPoolExecutor(self.jobs) as lanes:

            def one(part: tuple[Run, int, int]) -> None:
                run, first, rounds = part
                came_to, minutes = self._tried(run, first, rounds, folder, environment)
                with self._lock:
                    run.keep(first, came_to, minutes)
                    ended(run)

            todo = [(run, *part) for run in runs for part in run.parts()]
            try:
                for _ in lanes.map(one, todo):
                    pass
            except BaseException:
                self._stop()
                lanes.shutdown(cancel_futures=True)
                raise

    @contextmanager
    def _prepared(self) -> Iterator[tuple[Path, dict[str, str]]]:
        """A folder for what parts share: the library, the stage, and what each says it came to."""
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            with tempfile.TemporaryDirectory(prefix="fieldwork-torture-") as name:
                folder = Path(name)
                (folder / "stage").mkdir()
                if not faults.why_not():
                    faults.build(folder)
                yield folder, {"TORTURE_STAGE": str(folder / "stage"), **os.environ, "PYTHONUNBUFFERED": "1"}
        finally:
            signal.signal(signal.SIGTERM, before)

    def _tried(
        self, run: Run, first: int, rounds: int, folder: Path, environment: dict[str, str]
    ) -> tuple[Tally, float]:
        name = f"{run.promise}-{first}"
        said, state = folder / f"{name}.json", folder / f"{name}.state"
        command = [sys.executable, "-m", "tests.torture", str(run.promise), "--part", str(said)]
        command += ["--rounds", str(rounds), "--first", str(first), "--seed", str(run.seed)]
        if run.promise not in self.without_faults:
            environment = {**environment, **faults.preloaded(folder, state)}
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            process = subprocess.Popen(command, env=environment, start_new_session=True)
            self._begun.add(process)
        code = process.wait()
        with self._lock:
            self._begun.discard(process)
            if self._stopped:
                raise KeyboardInterrupt
        if not said.exists():
            failed = Tally(run.promise)
            failed.fail(f"seed {run.seed}, rounds from {first} on: the process ended with {code}")
            return failed, 0.0
        plain = json.loads(said.read_text("utf-8"))
        return read(plain["came_to"]), plain["minutes"]

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._begun:
                os.killpg(process.pid, signal.SIGKILL)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
