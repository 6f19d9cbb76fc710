"""A process of its own that merges packages, or inserts their changes plainly, and says what it took.

`python -m tests.benchmarks._merging merge|insert WORKSPACE PACKAGE...`, passphrase from FIELDWORK_PASSPHRASE.
One JSON object: processor seconds and those of reading and checking the packages among them, changes, peak memory in
MB; for a merge also conflicts and what was refused.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldwork.exchange import package
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.parcel import Sealed
from fieldwork.store.workspace import Workspace, get_meta
from fieldwork.work import team

from ._twelve import rows_of
from .twelve import insert


def main(what: str, path: str, *packages: str) -> dict[str, object]:
    with Workspace.open(Path(path), os.environ["FIELDWORK_PASSPHRASE"]) as workspace:
        began = time.process_time()
        if what == "merge":
            reading = _timed_reading()
            outcomes = team.merge(workspace, [Path(one) for one in packages]).outcomes
            said: dict[str, object] = {
                "changes": sum(one.new + one.changed for one in outcomes),
                "refused": [one.refused for one in outcomes if one.refused],
                "reading": sum(reading),
            }
        else:
            rows = _Counted(workspace, packages)
            insert(workspace, "plain", iter(rows))
            said = {"changes": rows.count, "reading": rows.reading}
        said["seconds"] = time.process_time() - began
        said["memory"] = peak()
        if what == "merge":
            said["conflicts"] = conflict_count(workspace)
    return said


class _Counted:
    """The rows of packages, read one at a time; how many they were, and the seconds their reading took."""

    def __init__(self, workspace: Workspace, packages: tuple[str, ...]) -> None:
        self.workspace, self.packages = workspace, packages
        self.count, self.reading = 0, 0.0

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        with self.workspace.read() as db:
            identities = [get_meta(db, "identity"), get_meta(db, "epoch_identity")]
        for one in self.packages:
            began = time.process_time()
            data = package.read_file(Path(one))
            rows = rows_of([package.unseal(data, identities, self.workspace.inspection, one)])
            self.reading += time.process_time() - began
            self.count += len(rows)
            yield from rows


def _timed_reading() -> list[float]:
    """From here on the processor seconds of each step in which a package is read, decrypted and checked."""
    taken: list[float] = []
    open_it = package.sealed

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*some: object) -> object:
            began = time.process_time()
            found = work(*some)
            taken.append(time.process_time() - began)
            return found

        return measured

    def opened(*some: Any) -> Sealed:
        one = timed(open_it)(*some)
        return replace(one, hashes=timed(one.hashes), read=timed(one.read))

    package.sealed = opened
    return taken


def peak() -> float:
    """Peak memory of this process in MB: its own, where the system tells it, not that of who started it."""
    own = Path("/proc/self/status")
    if own.exists():
        (line,) = (line for line in own.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / (1 << 10)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
