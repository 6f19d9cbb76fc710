"""What harms a day of work: packages with flipped bits, forged by a colleague, chains that do not hold."""

import hashlib
from typing import Any

import msgspec
from day import TALLY, VISITS, laptop
from hypothesis import strategies as st
from hypothesis.stateful import rule

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.exchange import package, sharing
from fieldwork.store.entry import make_entry, make_group
from fieldwork.store.holding import held_hashes
from fieldwork.store.intake import take_in
from fieldwork.store.keys import new_device_keys
from fieldwork.store.workspace import Workspace, raw


class HarmRules:
    """Rules to be mixed into a day."""

    team: list[Workspace]
    shelf: list[tuple[bytes, int]]
    at: Any
    take: Any
    hand_over: Any
    holds: Any

    @rule(j=laptop, which=st.integers(0, 60), at=st.integers(0, 10**6), bit=st.integers(0, 7))
    def corrupt(self, j: int, which: int, at: int, bit: int) -> None:
        if not self.shelf:
            return
        data = bytearray(self.shelf[which % len(self.shelf)][0])
        data[at % len(data)] ^= 1 << bit
        self.refused(self.at(j), bytes(data))

    @rule(i=laptop, j=laptop, way=st.integers(0, 5), which=st.integers(0, 50))
    def forge(self, i: int, j: int, way: int, which: int) -> None:
        """A colleague's own package, altered and signed again by that colleague."""
        i, j = self.at(i), self.at(j)
        if self.team[i].device == self.team[j].device:
            return
        liar = self.team[i]
        with liar.read() as db:
            heads, packed = sharing.heads_held(raw(db)), sharing.lacking(raw(db), [])
        others = [at for at, (body, _) in enumerate(packed) if msgspec.msgpack.decode(body)[1] != liar.device]
        here = self.holds(j)
        new = [at for at in others if hashlib.sha256(packed[at][0]).digest() not in here]
        some = new if way == 4 and new else others
        victim = some[which % len(some)]
        if way == 0:  # another's entry with other values
            body = msgspec.msgpack.decode(packed[victim][0])
            names = body[12][0][2]
            group = make_group("visit", VISITS[0], names, ["forged"] * len(names), [[] for _ in names])
            body[12][0][3] = group.digest
            first = (group.salt, msgspec.msgpack.encode(["forged"] * len(names)))
            beside = packed[victim][1]
            packed[victim] = (msgspec.msgpack.encode(body), [beside[0], first, *beside[2:]])
        elif way == 1:  # another's entry left out of the middle; the ends may always be missing
            by = [msgspec.msgpack.decode(body)[1] for body, _ in packed]
            forks = len({head.device for head in heads}) != len(heads)
            if forks or by[victim] not in by[:victim] or by[victim] not in by[victim + 1 :]:
                return
            del packed[victim]
        elif way == 2:  # another key under another's name
            keys = new_device_keys()
            heads = [
                Head(h.device, keys.public, h.n, h.hash, keys.sign(h.hash)) if h.device != liar.device else h
                for h in heads
            ]
        elif way == 3:  # another's values exchanged beside the body
            packed[victim] = (packed[victim][0], [(bytes(16), b"\x90") for _ in packed[victim][1]])
        elif way == 4:  # values left out
            packed[victim] = (packed[victim][0], [None for _ in packed[victim][1]])
        else:  # a further entry of another, signed with the liar's key
            head = next(h for h in heads if h.device != liar.device)
            entry = make_entry(
                device=head.device,
                n=head.n + 1,
                first=1000,
                time=1,
                wall=1,
                person="",
                act="forged",
                reason="",
                undoes=None,
                previous=head.hash,
                references=[],
                groups=[make_group("visit", VISITS[0], ["title"], ["forged"], [[]])],
            )
            packed.append((entry.body, entry.payloads()))
            signature = liar.device_keys.sign(entry.hash)
            heads = [h for h in heads if h is not head]
            heads.append(Head(head.device, head.public, entry.n, entry.hash, signature))
        data = laptops.signed(liar, heads, packed)
        if way == 4:  # it waits for a copy that has them
            self.take(j, [(data, i)])
            hash = hashlib.sha256(packed[victim][0]).digest()
            with self.team[j].read() as db:
                bare = "SELECT 1 FROM entry e WHERE hash = ? AND no NOT IN (SELECT entry FROM payload)"
                stands = raw(db).execute(bare, (hash,)).fetchone()
                asked = raw(db).execute("SELECT 1 FROM object WHERE kind = 'erasing'").fetchone()
            assert not (victim in new and stands and not asked), "it took effect without its words"
        else:
            self.refused(j, data)

    @rule(i=laptop, j=laptop, way=st.integers(0, 2))
    def break_own_chain(self, i: int, j: int, way: int) -> None:
        """A colleague's further entry that does not continue its own laptop's chain."""
        i, j = self.at(i), self.at(j)
        liar, to = self.team[i], self.team[j]
        if liar.device == to.device or any(
            self.team[k].device == liar.device for k in range(len(self.team)) if k != i
        ):
            return
        self.hand_over(i, j, everything=True)
        with liar.read() as db:
            heads = sharing.heads_held(raw(db))
        own = next(h for h in heads if h.device == liar.device)
        other = next(h for h in heads if h.device != liar.device)
        with to.read() as db:
            if way == 2 and not held_hashes(raw(db), [other.hash]):
                return  # what it claims to continue waits there, and so would it
        entry = make_entry(
            device=liar.device,
            n=(own.n + 2, own.n + 1, other.n + 1)[way],
            first=(1_000_000, 1_000_000, 1_000_000)[way],
            time=1,
            wall=1,
            person="",
            act="forged",
            reason="",
            undoes=None,
            previous=(own.hash, bytes(32), other.hash)[way],
            references=[],
            groups=[make_group("visit", VISITS[0], ["title"], ["forged"], [[]])],
        )
        head = Head(liar.device, own.public, entry.n, entry.hash, liar.device_keys.sign(entry.hash))
        self.refused(j, laptops.signed(liar, [head], [(entry.body, entry.payloads())]))

    @rule(i=laptop, j=laptop)
    def sign_what_another_wrote(self, i: int, j: int) -> None:
        """Heads that claim a colleague's entry for one's own: worthless, but they must do no harm."""
        i, j = self.at(i), self.at(j)
        liar = self.team[i]
        if i == j:
            return
        with liar.read() as db:
            heads = sharing.heads_held(raw(db))
        own = next(h for h in heads if h.device == liar.device)
        claims = [
            Head(liar.device, own.public, h.n, h.hash, liar.device_keys.sign(h.hash), False)
            for h in heads
            if h.device != liar.device
        ]
        self.take(j, [(laptops.signed(liar, claims, []), i)])

    def refused(self, j: int, data: bytes) -> None:
        """Taken in by nobody, and nothing is changed by trying."""
        to = self.team[j]
        before = self.everything(to)
        try:
            parcel = package.read_content(data, to.inspection, "harm")
        except Fault:
            pass
        else:
            assert take_in(to, [parcel]).outcomes[0].refused
        assert self.everything(to) == before
        TALLY["packages refused"] += 1

    def everything(self, workspace: Workspace) -> list[Any]:
        with workspace.read() as db:
            connection = raw(db)
            tables = ("entry", "payload", "parked", "object", "cell", "rival", "signature", "device_known")
            return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
