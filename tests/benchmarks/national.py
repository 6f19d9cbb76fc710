"""The packages of a whole national inspection (40 laptops, 4,000,000 changes) merged as one set, and its memory.

That takes long, so it is done with FIELDWORK_LONG=1 (`make national`), and so is the growth from the typical size to
it; else the typical size stands in, and with a small scale the small one. FIELDWORK_NATIONAL names a folder to keep
the evidence in, or to find it in.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fieldwork.work.generating import LAPTOPS, generate

from . import TESTS, Pair

PASSPHRASE = "made up for a benchmark"


def run(scale: float = 1.0) -> dict[str, Pair | float]:
    if not os.environ.get("FIELDWORK_LONG"):
        return _merged("small" if scale < 0.5 else "typical")[0]
    less, fewer, shorter = _merged("typical")
    found, changes, seconds = _merged("national")
    growth = math.log(seconds / shorter) / math.log(changes / fewer)
    return {**less, **found, "growth of merging from typical to national, exponent": growth}


def _merged(size: str) -> tuple[dict[str, Pair | float], float, float]:
    """What merging the packages of a size came to; its changes and processor seconds."""
    kept = os.environ.get("FIELDWORK_NATIONAL")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(kept or folder) / size
        found: dict[str, Pair | float] = {}
        if not source.exists():
            source.mkdir(parents=True)
            began = time.process_time()
            made = generate(source / "one.fieldwork", PASSPHRASE, size=size)
            found[f"{size}: changes made"] = made.changes
            found[f"{size}: acts made"] = made.entries
            found[f"{size}: making them, processor seconds"] = time.process_time() - began
        packages = sorted((source / "one-packages").iterdir())
        merging = _apart("merge", source, Path(folder) / "merged", packages)
        plain = _apart("insert", source, Path(folder) / "plain", packages)
    if merging["refused"]:
        raise RuntimeError(str(merging["refused"]))
    inserting = plain["seconds"] - plain["reading"]
    found[f"{size}: packages of {LAPTOPS[size] - 1} laptops, changes"] = merging["changes"]
    found[f"{size}: fields in conflict"] = merging["conflicts"]
    alone = merging["seconds"] - merging["reading"]
    found[f"{size}: merging as one set"] = Pair(alone, inserting, "s")
    found[f"{size}: reading, checking and merging as one set"] = Pair(merging["seconds"], inserting, "s")
    found[f"{size}: peak memory while merging"] = Pair(merging["memory"], plain["memory"], "MB")
    return found, merging["changes"], merging["seconds"]


def _apart(what: str, source: Path, folder: Path, packages: list[Path]) -> dict:  # type: ignore[type-arg]
    """What a process of its own says that works on a copy of the lead's workspace."""
    folder.mkdir()
    for name in ("one.fieldwork", "one.fieldwork-key"):
        shutil.copy(source / name, folder / name)
    call = [sys.executable, "-m", "tests.benchmarks._merging", what, str(folder / "one.fieldwork")]
    environment = {**os.environ, "FIELDWORK_PASSPHRASE": PASSPHRASE}
    environment["PYTHONPATH"] = os.pathsep.join([str(TESTS), environment.get("PYTHONPATH", "")])
    done = subprocess.run(
        [*call, *map(str, packages)],
        cwd=TESTS.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
