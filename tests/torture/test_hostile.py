"""The promises about hostile files, each with few rounds; `python -m tests.torture` has the long runs."""

from . import promise10


def test_hostile_packages_change_nothing():
    found = promise10.run(rounds=60, seed=10)
    assert found["packages"] == 60 and found["refused"] > 30
    assert found["held"], found["examples"]
