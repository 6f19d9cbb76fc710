"""Short runs of every promise the torture tries; `make torture` runs them at full length (README.md here)."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from . import Tally, parts, results
from .faults import why_not

ROOT = Path(__file__).parents[2]
ROUNDS = {1: 1, 2: 5, 3: 4, 4: 1, 5: 30, 6: 12, 7: 1, 8: 8, 9: 6, 12: 12, 15: 1, 16: 3, 20: 6}

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "never")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stage")


def tried(stage: Path, tmp_path: Path, *arguments: str) -> dict:
    """What one promise came to, in a process of its own: the library is loaded before Python."""
    to = tmp_path / "came-to.json"
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", *arguments, "--json", str(to)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "TORTURE_STAGE": str(stage)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert to.exists(), done.stdout + done.stderr
    (came_to,) = json.loads(to.read_text("utf-8"))
    return came_to


@pytest.mark.parametrize("promise", sorted(ROUNDS))
def test_a_promise_holds(promise: int, stage: Path, tmp_path: Path) -> None:
    came_to = tried(stage, tmp_path, str(promise), "--rounds", str(ROUNDS[promise]))
    assert came_to["failures"] == []
    assert came_to["rounds"] >= min(ROUNDS[promise], 2) and sum(came_to["counts"].values()) > 0


def test_an_unknown_promise_is_a_mistake() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "77"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "promise 77 is not tried here" in done.stderr


def test_a_run_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "KEPT", tmp_path / "kept")
    begun = parts.taken_up(1, 120, None, "abc", 7, keeps=True)
    assert begun.parts() == [(0, 50), (50, 50), (100, 20)]
    begun.keep(50, Tally(1, Counter(keys=5), {"wait": 2.0}, ["one"], 50), 1.5)
    with begun._path.open("a") as file:
        file.write('{"first": 0, "min')  # killed in the middle of a line
    again = parts.taken_up(1, 120, None, "abc", 8, keeps=True)
    assert (again.seed, again.minutes, again.parts()) == (7, 1.5, [(0, 50), (100, 20)])
    again.keep(0, Tally(1, Counter(keys=2), {"wait": 1.0}, [], 50), 1.0)
    whole = again.came_to()
    assert (whole.rounds, whole.counts["keys"], whole.worst, whole.failures) == (
        100,
        7,
        {"wait": 2.0},
        ["one"],
    )
    for other in (("abd", 120, None), ("abc", 119, None), ("abc", 120, 9)):
        assert parts.taken_up(1, other[1], other[2], other[0], 8, keeps=True).done == {}
    again.forget()
    assert parts.taken_up(1, 120, None, "abc", 8, keeps=True).seed == 8


def test_an_interrupted_run_is_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    results.keep(Tally(12, rounds=500), 3, 1.0, "abc", wanted=1000)
    results.keep(Tally(12, rounds=20), 3, 1.0, "abd", wanted=None)
    assert "500 of 1000, interrupted" in results.RESULTS.read_text("utf-8")
    results.keep(Tally(12, rounds=1000), 3, 2.0, "abc", wanted=None)
    text = results.RESULTS.read_text("utf-8")
    assert "interrupted" not in text and "| 12 | 2 | 1,020 | 0 |" in text
