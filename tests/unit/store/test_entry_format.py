"""The entry: the one format that cannot be changed cheaply."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import fits, storable
from fieldwork.store.entry import Base, make_entry, make_group, read_entry, span

REFERENCE = bytes(range(32))
values = st.none() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text() | st.binary()
values |= st.floats(allow_nan=False, allow_infinity=False)


def entry_with(groups, **other):  # type: ignore[no-untyped-def]
    said = {
        "device": bytes(16),
        "n": 3,
        "first": 7,
        "time": 5,
        "wall": 4,
        "person": "inspector",
        "act": "answer",
        "reason": "",
        "undoes": None,
        "previous": REFERENCE,
        "references": [REFERENCE],
        "groups": groups,
    }
    return make_entry(**(said | other))


@given(st.lists(values, min_size=1, max_size=5), st.booleans(), st.text())
def test_what_is_written_is_read(held: list, based: bool, reason: str) -> None:
    names = [f"field{number}" for number in range(len(held))]
    bases = [[Base(0, number)] if based else [] for number in range(len(held))]
    entry = entry_with([make_group("visit", b"i" * 16, names, held, bases)], reason=reason)
    again = read_entry(entry.body, entry.payloads())
    assert again == entry
    assert again.hash == hashlib.sha256(entry.body).digest()
    assert span(entry.body) == (7, len(held))


def test_the_format_stays_what_it_is() -> None:
    """The bytes of one entry, written down: if this fails, old workspaces can no longer be read."""
    group = make_group("visit", b"i" * 16, ["title"], ["north"], [[Base(0, 2)]])
    entry = entry_with([group])
    assert msgspec.msgpack.decode(entry.body) == [
        1, bytes(16), 3, 7, 5, 4, "inspector", "answer", None, None, REFERENCE, [REFERENCE],
        [["visit", b"i" * 16, ["title"], hashlib.sha256(group.salt + b"\x91\xa5north").digest(), [[0, 2]]]],
    ]  # fmt: skip
    assert entry.body[:3] == b"\x9d\x01\xc4"
    assert entry.payloads() == [None, (group.salt, b"\x91\xa5north")]


def test_a_reason_stands_beside_the_body_and_can_be_erased() -> None:
    group = make_group("visit", b"i" * 16, ["title"], ["x"], [[]])
    entry = entry_with([group], reason="naïve")
    reason, beside = entry.payloads()
    assert reason is not None and reason[1] == "naïve".encode()
    assert msgspec.msgpack.decode(entry.body)[8] == hashlib.sha256(reason[0] + reason[1]).digest()
    assert b"na" + "ï".encode() not in entry.body
    erased = read_entry(entry.body, [None, beside])
    assert (erased.reason, erased.hash, erased.lacks) == ("", entry.hash, True)
    assert not read_entry(entry.body, entry.payloads()).lacks
    assert read_entry(erased.body, erased.payloads()) == erased
    with pytest.raises(Fault):
        read_entry(entry.body, [(reason[0], b"another"), beside])
    with pytest.raises(Fault):
        read_entry(entry_with([group]).body, [reason, beside])


def test_two_acts_alike_have_different_digests() -> None:
    first, second = (make_group("visit", b"i" * 16, ["title"], ["x"], [[]]) for _ in range(2))
    assert first.digest != second.digest


def test_without_its_values_the_chain_still_verifies() -> None:
    entry = entry_with([make_group("visit", b"i" * 16, ["title"], ["x"], [[]])])
    erased = read_entry(entry.body, [None, None])
    assert erased.hash == entry.hash
    assert erased.groups[0].values is None


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(Fault):
        read_entry(body, [])


@given(st.integers(0, 10**4), st.integers(1, 255))
def test_an_altered_body_is_refused_or_another_entry(at: int, byte: int) -> None:
    entry = entry_with([make_group("visit", b"i" * 16, ["title", "bodies"], ["a", 2], [[Base(0, 1)], []])])
    body = bytearray(entry.body)
    body[at % len(body)] ^= byte
    try:
        other = read_entry(bytes(body), entry.payloads())
    except Fault:
        return
    assert other.hash != entry.hash


@given(st.text() | st.just("half \ud83d of one") | st.booleans() | values)
def test_what_can_be_stored_fits(value: object) -> None:
    kept = storable(value)
    assert fits(kept)
    if isinstance(kept, str):
        kept.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1 << 63, object(), [], "x" * ((16 << 20) + 1)])
def test_what_cannot_be_stored_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        storable(value)


def test_a_whole_character_left_in_two_halves_is_put_together() -> None:
    assert storable("\ud83d\ude00") == "\U0001f600"
    assert storable("a\ud83db") == "a\ufffdb"
