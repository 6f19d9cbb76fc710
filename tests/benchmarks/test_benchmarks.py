"""Every benchmark still runs, with as little material as it can; what it measures is not judged here."""

import pytest

from . import Pair
from . import __main__ as runner


@pytest.mark.parametrize("name", runner.NAMES)
def test_it_runs(name, qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    found = runner.run(name, 0.01)
    assert found
    for measured in found.values():
        assert not isinstance(measured, Pair) or measured.bare > 0
