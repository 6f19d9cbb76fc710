"""Faults below the store, by the thousand: the numbered promises of safety and what they come to when tried."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
for _folder in (TESTS / "unit" / "reports", TESTS):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))


LARGEST = {"megabytes", "sentences"}  # counts of which the largest is told, not the sum


@contextmanager
def scratch(prefix: str = "fieldwork-torture-") -> Iterator[Path]:
    """A folder in memory where there is one: thousands of rounds need not wear a disk."""
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=prefix, dir=base) as folder:
        yield Path(folder).resolve()


@dataclass
class Tally:
    """What a promise came to. counts: in words; worst: seconds, the largest met; failures: one sentence each."""

    promise: int
    counts: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    rounds: int = 0

    def slowest(self, what: str, seconds: float) -> None:
        self.worst[what] = max(seconds, self.worst.get(what, 0.0))

    def add(self, other: Tally) -> None:
        """What a further part came to."""
        for what, count in other.counts.items():
            self.counts[what] = (
                max(self.counts[what], count) if what in LARGEST else self.counts[what] + count
            )
        for what, seconds in other.worst.items():
            self.slowest(what, seconds)
        self.failures += other.failures
        self.rounds += other.rounds

    def fail(self, sentence: str) -> None:
        self.failures.append(sentence)
        print(f"  FAILED: {sentence}", flush=True)


def tally(promise: int, rounds: int, found: dict[str, Any]) -> Tally:
    """found: counts, "slowest_seconds", whether the promise "held", and "examples" of what went wrong."""
    made = Tally(promise, rounds=rounds or found.get("written", 0))
    for name, value in found.items():
        if type(value) is int and name != "seed":
            made.counts[name.replace("_", " ")] = value
        elif type(value) is float and name.endswith("seconds"):
            made.slowest(name.removesuffix("seconds").strip("_ ") or "check", value)
    if not found["held"]:
        for example in found["examples"] or ["it was not held"]:
            made.fail(str(example))
    return made
