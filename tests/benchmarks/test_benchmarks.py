"""Every benchmark still runs, with as little material as it can; what it measures is not judged here."""

import gc

import pytest

from . import Pair
from . import __main__ as runner


@pytest.fixture(scope="module", autouse=True)
def small_heap():
    """What the tests before have left is not gone through each time something is measured."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("name", runner.NAMES)
def test_it_runs(name, qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    found = runner.run(name, 0.01)
    assert found
    for measured in found.values():
        assert not isinstance(measured, Pair) or measured.bare > 0
