"""The promises about hostile files, each with few rounds; `python -m tests.torture` has the long runs."""

from . import promise10, promise11, promise13


def test_hostile_packages_change_nothing():
    found = promise10.run(rounds=60, seed=10)
    assert found["packages"] == 60 and found["refused"] > 30
    assert found["held"], found["examples"]


def test_only_members_words_enter():
    found = promise11.run(rounds=42, seed=11)
    assert found["refused"] == 36
    assert found["held"], found["examples"]


def test_what_is_missing_is_never_deleted():
    found = promise13.run(rounds=12, seed=13)
    assert found["tries"] == 12
    assert found["held"], found["examples"]
