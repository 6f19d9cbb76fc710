"""Ratios, measured in one run on one machine: ours against the bare library that does the work.

A module here has `run(scale) -> dict`: a phrase for each ratio to a `Pair` or a plain number. `scale` makes
the material smaller (the suite runs each once with a tiny one). Nothing is asserted about time.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
for _folder in (TESTS / "unit" / "reports", TESTS / "desktop", TESTS):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))


@dataclass(frozen=True)
class Pair:
    """What ours took and what the bare thing took, in the same unit."""

    ours: float
    bare: float
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.ours / self.bare if self.bare else float("inf")


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def interleaved(ours: Callable[[], float], bare: Callable[[], float], times: int) -> Pair:
    """The medians of two measurements taken in turn, so that a busy minute falls on both. Each returns ms."""
    pairs = []
    for _ in range(max(1, times)):
        gc.collect()
        pairs.append((ours(), bare()))
    return Pair(statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))
