"""The laws of blind marking on random days, against an oracle; and faults planted in it, which must be caught."""

import os

import pytest
import sealed_days
import sealed_faults
from planted_faults import place_of

LONG = os.environ.get("FIELDWORK_LONG")


@pytest.mark.timeout(0 if LONG else 240)
def test_sealed_laws() -> None:
    """The suite's short run; FIELDWORK_LONG makes it 300 schedules."""
    for seed in range(300 if LONG else 2):
        sealed_days.run(seed, 60 if LONG else 25)


@pytest.mark.parametrize("name", sealed_faults.FAULTS)
def test_every_fault_can_still_be_planted(name: str) -> None:
    place_of(name, sealed_faults.FAULTS)


@pytest.mark.skipif(not LONG, reason="minutes; set FIELDWORK_LONG")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", sealed_faults.FAULTS)
def test_planted_fault_is_caught(name: str) -> None:
    fate, after = sealed_faults.run(name)
    assert fate == ("survived" if name == sealed_faults.CONTROL else "killed"), after
