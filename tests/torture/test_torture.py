"""Short runs of every promise the torture tries; `make torture` runs them at full length (README.md here)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .faults import why_not

ROOT = Path(__file__).parents[2]
ROUNDS = {1: 1, 2: 5, 3: 4, 4: 1, 5: 30, 6: 12, 7: 1, 8: 8, 9: 6, 12: 12, 15: 1, 16: 3}

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
