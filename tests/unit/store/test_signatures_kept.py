"""Of each chain only the signature nothing later vouches for is kept: told apart in one walk, however it forked."""

import random
import sqlite3

from fieldwork.store.holding import _behind_others


class Chains:
    """One laptop's entries: branches as the store numbers them, and some that wait for what is before them."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE entry (hash, branch, n)")
        self.db.execute("CREATE TABLE branch (no, base, base_n, n)")
        self.previous: dict[bytes, bytes] = {}
        self.parked: dict[bytes, bytes] = {}
        self.places: dict[bytes, tuple[int | None, int]] = {b"": (None, 0)}

    def add(self, before: bytes, waits: bool = False) -> bytes:
        hash = b"%d" % len(self.places)
        self.previous[hash] = before
        if waits or before in self.parked:
            self.parked[hash] = before or b"what is missing"
            self.places[hash] = (None, 0)
            return hash
        branch, n = self.places[before]
        row = self.db.execute("SELECT n FROM branch WHERE no = ?", (branch,)).fetchone()
        if row == (n,):
            self.db.execute("UPDATE branch SET n = ? WHERE no = ?", (n + 1, branch))
        else:
            self.db.execute("INSERT INTO branch VALUES (?, ?, ?, ?)", (len(self.places), branch, n, n + 1))
            branch = len(self.places)
        self.db.execute("INSERT INTO entry VALUES (?, ?, ?)", (hash, branch, n + 1))
        self.places[hash] = (branch, n + 1)
        return hash

    def stands_before(self, hash: bytes, other: bytes) -> bool:
        while other := self.previous[other]:
            if other == hash:
                return True
        return False


def test_those_that_stand_behind_another_are_found_whatever_the_branches() -> None:
    found = 0
    for seed in range(300):
        chance = random.Random(seed)
        chains = Chains()
        entries: list[bytes] = []
        for _ in range(chance.randint(2, 14)):
            waits = chance.random() < 0.2
            before = chance.choice(entries) if entries and (waits or chance.random() < 0.9) else b""
            entries.append(chains.add(before, waits))
        some = chance.sample(entries, chance.randint(1, len(entries)))
        wanted = {hash for hash in some if any(chains.stands_before(hash, other) for other in some)}
        assert set(_behind_others(chains.db, some, chains.parked)) == wanted, seed
        found += len(wanted)
    assert found > 500


def test_a_laptop_that_went_a_hundred_ways_costs_no_more_for_each_than_one_that_went_ten() -> None:
    """Any member can send a chain with thousands of ends; all pairs of them would stop every merge for an hour."""

    def questions(ways: int) -> int:
        chains, asked = Chains(), 0
        first = chains.add(b"")
        ends = [chains.add(first) for _ in range(ways)]

        def count(_: str) -> None:
            nonlocal asked
            asked += 1

        chains.db.set_trace_callback(count)
        assert _behind_others(chains.db, ends, {}) == []
        return asked

    assert questions(100) <= 10 * questions(10)
