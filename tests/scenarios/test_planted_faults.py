"""The random test is itself tested: faults planted in the engine must not get past it."""

import os

import planted_faults
import pytest

LONG = os.environ.get("FIELDWORK_LONG")


@pytest.mark.timeout(0 if LONG else 240)
@pytest.mark.parametrize("name", [n for n in planted_faults.FAULTS if LONG or n in planted_faults.SHORT])
def test_planted_fault_is_caught(name: str) -> None:
    fate, after = planted_faults.run(name)
    assert fate == ("survived" if name == planted_faults.CONTROL else "killed"), after


@pytest.mark.parametrize("name", planted_faults.FAULTS)
def test_every_fault_can_still_be_planted(name: str) -> None:
    """A fault whose place in the source has moved, or is not one place any more, would be tested no longer."""
    planted_faults.place_of(name)
