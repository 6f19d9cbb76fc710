"""The promises about hostile files, each with few rounds; `python -m tests.torture` has the long runs."""

from . import exports, files_of_others, members, missing, packages, printed, tampering


def test_hostile_packages_change_nothing():
    found = packages.tried(rounds=20, seed=10)
    assert found["packages"] == 20 and found["refused"] > 10
    assert found["held"], found["examples"]


def test_only_members_words_enter():
    found = members.tried(rounds=42, seed=11)
    assert found["refused"] == 36
    assert found["held"], found["examples"]


def test_what_is_missing_is_never_deleted():
    found = missing.tried(rounds=12, seed=13)
    assert found["tries"] == 12
    assert found["held"], found["examples"]


def test_published_evidence_cannot_change_unseen():
    found = tampering.tried(rounds=12, seed=14)
    assert found["held"], found["examples"]


def test_files_from_others_are_safe_to_read():
    found = files_of_others.tried(rounds=20, seed=17)
    assert found["refused"] > 40
    assert found["held"], found["examples"]


def test_exports_are_safe_to_open():
    found = exports.tried(rounds=300, seed=18)
    assert found["cells"] > 1000
    assert found["held"], found["examples"]


def test_the_pdf_says_what_the_database_says():
    found = printed.tried(rounds=1, seed=19)
    assert found["fields"] > 300
    assert found["held"], found["examples"]
