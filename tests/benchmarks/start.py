"""From starting a process to its first painted window, and on through the passphrase to Today.

The bare ones are an empty main window of Qt's, and a process without a window that opens the file and reads
the same. The passphrase is typed the moment the first window is painted, which no person can do.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import worlds

from . import Pair

CHILD = Path(__file__).with_name("_starting.py")
TIMES = 9
LONGEST = 120.0


def run(scale: float = 1.0) -> dict[str, Pair]:
    times = max(1, round(TIMES * scale))
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "FIELDWORK_HOME": str(Path(folder) / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        }
        workspace = worlds.small_inspection(Path(folder))
        path = workspace.path
        workspace.close()
        painted, today = [], []
        child(environment, "ours")  # both read their files once before anything is measured
        child(environment, "bare")
        for _ in range(times):
            ours, bare = child(environment, "ours"), child(environment, "bare")
            painted.append((ours["painted"], bare["painted"]))
            unlocking = [child(environment, way, str(path), worlds.PASSPHRASE) for way in ("ours", "read")]
            today.append((unlocking[0]["today"], unlocking[1]["today"]))
    return {
        "process start to the first painted window": _pair(painted),
        "process start, unlocked at once, to Today painted": _pair(today),
    }


def _pair(pairs: list[tuple[float, float]]) -> Pair:
    return Pair(statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))


def child(environment: dict[str, str], *arguments: str) -> dict[str, float]:
    """What a fresh process saw, in ms since it was started."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(CHILD), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a start failed: {done.stderr.strip()[-500:]}")
    return {
        what: (float(at) - began) * 1000 for what, at in (line.split() for line in done.stdout.splitlines())
    }
