"""The preloaded library of faults (faults.c), and child processes that run under it.

The harness itself runs with the library loaded and quiet. A child is a fork of it, so that an act costs
milliseconds and not the second a fresh program needs; what it is to meet is written to the shared state first.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
MODE, CALLS, AT, ERRNO, ON, TORN, AFTER, COUNT, MET, QUOTA, RECORD, REFUSED = range(12)
LIBRARY = "faults.so"
OFF, COUNTING, FAILING, KILLING = range(4)
CALL = {"open": 1, "write": 2, "fsync": 4, "rename": 8, "unlink": 16, "truncate": 32, "read": 64}
_SLOTS, _UNDER, _LOG = 32, 4096, 1024
SIZE = _SLOTS * 8 + _UNDER + _LOG


def why_not() -> str:
    """Why faults cannot be injected here; empty when they can."""
    if sys.platform != "linux":
        return "Faults are injected by a preloaded library, which needs Linux; run this on Linux."
    if shutil.which("cc") is None:
        return "Faults are injected by a library in C; install a compiler (cc) to run this."
    return ""


def build(folder: Path) -> Path:
    """Compile the library into a folder."""
    library = folder / LIBRARY
    command = ["cc", "-O2", "-shared", "-fPIC", "-pthread", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True)
    return library


class State:
    """The memory shared with the library, over a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists() or path.stat().st_size < SIZE:
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)
        self[QUOTA] = -1

    def __getitem__(self, slot: int) -> int:
        return struct.unpack_from("q", self._map, slot * 8)[0]

    def __setitem__(self, slot: int, value: int) -> None:
        struct.pack_into("q", self._map, slot * 8, value)

    def watch(self, *folders: Path) -> None:
        """The folders whose files are meant."""
        text = ":".join(str(folder) for folder in folders).encode()
        assert len(text) < _UNDER
        self._map[_SLOTS * 8 : _SLOTS * 8 + _UNDER] = text.ljust(_UNDER, b"\0")

    def record_to(self, log: Path | None) -> None:
        """Write all that is changed to a log; None: stop."""
        self[RECORD] = 0
        if log is not None:
            self._map[_SLOTS * 8 + _UNDER : SIZE] = str(log).encode().ljust(_LOG, b"\0")
            self[RECORD] = 1

    def quiet(self) -> None:
        self[MODE], self[QUOTA], self[RECORD] = OFF, -1, 0

    def arm(self, plan: Plan) -> None:
        self.quiet()
        self[COUNT] = self[MET] = self[REFUSED] = 0
        self[CALLS] = sum(CALL[name] for name in plan.calls)
        self[AT], self[ERRNO], self[ON] = plan.at, plan.error, int(plan.on)
        self[TORN], self[AFTER] = int(plan.torn), int(plan.after)
        self[MODE] = plan.mode


@dataclass(frozen=True)
class Plan:
    """What calls meet: the `at`-th of these kinds fails with `error` (and all later ones with `on`), or the
    process is killed before it (or `after` it). torn: half of the write is done first."""

    mode: int = COUNTING
    calls: tuple[str, ...] = ("write", "fsync", "rename")
    at: int = 0
    error: int = 5
    on: bool = False
    torn: bool = False
    after: bool = False

    def __str__(self) -> str:
        what = {FAILING: f"fails with {os.strerror(self.error)}", KILLING: "kills"}.get(self.mode, "counts")
        more = " torn" * self.torn + " and from then on" * self.on + " after it" * self.after
        return f"{'/'.join(self.calls)} {self.at} {what}{more}"


@dataclass(frozen=True)
class Outcome:
    """How a child ended: its exit code (None: killed), what it said, calls counted and faults met."""

    code: int | None
    out: str
    err: str
    count: int
    met: int
    seconds: float


state: State | None = None


def the_state() -> State:
    """The state this process was started with."""
    global state
    if state is None:
        state = State(Path(os.environ["FAULTS_STATE"]))
    return state


def preloaded(folder: Path, state_at: Path) -> dict[str, str]:
    """The environment that loads the library built in a folder, with a state of its own."""
    State(state_at)
    return {"LD_PRELOAD": str(folder / LIBRARY), "FAULTS_STATE": str(state_at)}


def attach(shared: State) -> None:
    """From here on this process, forked from another, meets what is planned in a state of its own."""
    ctypes.CDLL(None).faults_attach(str(shared.path).encode())


def mark(text: str) -> None:
    """Note in the log that something was acknowledged to the person."""
    ctypes.CDLL(None).faults_mark(text.encode())


def in_child(act: Callable[[], int], plan: Plan | None, folder: Path, log: Path | None = None) -> Outcome:
    """Fork, meet what is planned, do the act. Its result is the exit code; 70 for a traceback.

    folder: where its output goes, outside the watched ones. log: record all changes there.
    """
    shared = the_state()
    files = [folder / "out", folder / "err"]
    started = time.monotonic()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            for file, fd in zip(files, (1, 2), strict=True):
                to = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(to, fd)
            sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
            sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
            shared.arm(plan or Plan(OFF))
            shared.record_to(log)
            code = act()
        except BaseException:
            shared.quiet()
            traceback.print_exc()
        finally:
            shared[MODE] = shared[RECORD] = 0
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    if code is None:
        assert os.WTERMSIG(status) == signal.SIGKILL, f"ended by signal {os.WTERMSIG(status)}"
    out, err = (file.read_text("utf-8", "replace") for file in files)
    shared.quiet()
    return Outcome(code, out, err, shared[COUNT], shared[MET], time.monotonic() - started)
