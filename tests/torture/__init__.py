"""Faults below the store, by the thousand: the numbered promises of safety and what they come to when tried."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
for _folder in (TESTS / "unit" / "reports", TESTS):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))


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
