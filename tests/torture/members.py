"""Promise 11: only members' words enter.

Packages that nobody signed, that strangers signed, of another inspection, handed in twice, and words put into a
colleague's mouth: refused with one sentence, or, when handed in twice, without any effect.
"""

import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyrage

import laptops
from fieldwork.domain.package import Head
from fieldwork.domain.records import Device
from fieldwork.exchange import package, sharing
from fieldwork.store import keys
from fieldwork.store.entry import make_entry, make_group
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.keys import join_statement
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import get_meta, raw

from . import Tally, tally
from .hostile_world import rows_of

WAYS = (
    "unsigned",
    "signed by a stranger",
    "another inspection",
    "replayed",
    "forged",
    "another's key",
    "left out",
)
VISIT = b"visit-0123456789"


class Team:
    """Who receives, a colleague who lies, one in whose name is lied, and a stranger with an inspection of theirs."""

    def __init__(self, folder: Path) -> None:
        self.here, self.liar, self.other = laptops.team(folder, 3)
        self.stranger = laptops.workspace_at(folder / "stranger.fieldwork", keys.new_file_key())
        laptops._found(self.stranger)
        for number, laptop in enumerate((self.liar, self.other, self.stranger)):
            for title in ("north", "south", "east"):
                record(laptop, "plan", [Change("visit", VISIT, {"title": f"{title} {number}"})])
        laptops.give(self.other, self.liar)
        self.path = folder / "package.fieldpackage"
        with self.liar.read() as db:
            self.epoch = get_meta(db, "epoch_recipient")
            self.heads, self.packed = heads_held(raw(db)), lacking(raw(db), [])

    def close(self) -> None:
        for laptop in (self.here, self.liar, self.other, self.stranger):
            laptop.close()

    def sealed(self, content: bytes) -> bytes:
        return pyrage.encrypt(package.pad(content), [pyrage.x25519.Recipient.from_str(self.epoch)])

    def made(self, way: str, rng: Random) -> bytes:
        return self.sealed(getattr(self, "_" + way.replace(" ", "_").replace("'", ""))(rng))

    def _unsigned(self, rng: Random) -> bytes:
        content = laptops.signed(self.liar, self.heads, self.packed)
        signature = rng.choice((bytes(64), rng.randbytes(64), content[-64:-1] + bytes([content[-1] ^ 1])))
        return content[:-64] + signature

    def _signed_by_a_stranger(self, rng: Random) -> bytes:
        own = keys.new_device_keys()
        fields = {"label": "x", "sign_key": own.public, "invitation": rng.randbytes(16)}
        fields["proof"] = own.sign(join_statement(self.here.inspection, own.device))
        if rng.random() < 0.5:  # a real invitation, or a real laptop to take over from, without its key
            with self.liar.read() as db:
                rows = (
                    raw(db).execute("SELECT id FROM invitation UNION SELECT id FROM device_known").fetchall()
                )
            fields["invitation"] = rng.choice(rows)[0]
        group = make_group(Device.kind, own.device, list(fields), list(fields.values()), [[] for _ in fields])
        entry = _entry(own.device, 1, 1, bytes(32), group)
        head = Head(own.device, own.public, 1, entry.hash, own.sign(entry.hash))
        heads, packed = [head], [(entry.body, entry.payloads())]
        if rng.random() < 0.5:
            heads, packed = [*self.heads, head], [*self.packed, *packed]
        body = package.plain(package.Contents(self.here.inspection, own.device, 1, heads, packed))
        return body + own.sign(body)

    def _another_inspection(self, rng: Random) -> bytes:
        return laptops.content(self.stranger)

    def _forged(self, rng: Random) -> bytes:
        """A further entry in a colleague's name, signed by the liar in one of three ways."""
        head = next(h for h in self.heads if h.device == self.other.device)
        bodies = [msgspec.msgpack.decode(body) for body, _ in self.packed]
        first = 1 + sum(len(g[2]) for body in bodies if body[1] == head.device for g in body[12])
        group = make_group("visit", VISIT, ["title"], [f"forged {rng.random()}"], [[]])
        entry = _entry(head.device, head.n + 1, first, head.hash, group)
        sign = self.liar.device_keys.sign
        device, public = rng.choice(
            ((head.device, head.public), (self.liar.device, self.liar.device_keys.public))
        )
        new = Head(device, public, entry.n, entry.hash, sign(entry.hash))
        heads = [h for h in self.heads if h is not head] + [new]
        return laptops.signed(self.liar, heads, [*self.packed, (entry.body, entry.payloads())])

    def _anothers_key(self, rng: Random) -> bytes:
        own = keys.new_device_keys()
        victim = rng.choice([h for h in self.heads if h.device != self.liar.device])
        forged = Head(victim.device, own.public, victim.n, victim.hash, own.sign(victim.hash))
        return laptops.signed(self.liar, [forged if h is victim else h for h in self.heads], self.packed)

    def _left_out(self, rng: Random) -> bytes:
        """A colleague's words changed beside or inside what that colleague signed."""
        theirs = [
            at
            for at, (body, _) in enumerate(self.packed)
            if msgspec.msgpack.decode(body)[1] == self.other.device
        ]
        at = rng.choice(theirs)
        packed = list(self.packed)
        body, beside = packed[at]
        if rng.random() < 0.5:
            packed[at] = (body, [None if item is None else (bytes(16), b"\x91\xa1x") for item in beside])
        else:
            tree = msgspec.msgpack.decode(body)
            group = make_group("visit", VISIT, ["title"], ["forged"], [[]])
            tree[12] = [["visit", VISIT, ["title"], group.digest, None]]
            packed[at] = (msgspec.msgpack.encode(tree), [None, *group_payloads(group)])
        return laptops.signed(self.liar, self.heads, packed)


def group_payloads(group: Any) -> list[Any]:
    return [(group.salt, msgspec.msgpack.encode(list(group.values)))]


def _entry(device: bytes, n: int, first: int, previous: bytes, group: Any) -> Any:
    return make_entry(
        device=device,
        n=n,
        first=first,
        time=1 << 40,
        wall=laptops.START,
        person="",
        act="act",
        reason="",
        undoes=None,
        previous=previous,
        references=[],
        groups=[group],
    )


def run(rounds: int, seed: int) -> Tally:
    return tally(11, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Each way in turn; a package that is honest comes in at the end, so that refusing all would be seen."""
    rng = Random(seed)
    counts: Counter[str] = Counter()
    examples: list[str] = []
    with tempfile.TemporaryDirectory(prefix="members-") as name:
        team = Team(Path(name))
        try:
            honest = sharing.share(team.liar, Path(name) / "honest.fieldpackage", everything=True).path
            taken = [outcome.refused for outcome in sharing.merge(team.here, [honest]).outcomes]
            titles = [visit.title for visit in records(team.here, _visit())]
            for number in range(rounds):
                way = WAYS[number % len(WAYS)]
                before = _rows(team)
                path = honest
                if way != "replayed":
                    path = team.path
                    path.write_bytes(team.made(way, rng))
                outcome = sharing.merge(team.here, [path]).outcomes[0]
                counts["packages"] += 1
                said = outcome.refused.endswith(".") and "\n" not in outcome.refused
                if way == "replayed":
                    good = not outcome.refused and outcome.new == outcome.changed == 0
                else:
                    good = said
                    counts["refused"] += bool(outcome.refused)
                if not good or _rows(team) != before:
                    counts["entered"] += 1
                    examples.append(f"{way}: {outcome}")
        finally:
            team.close()
    return {
        "seed": seed,
        "packages": counts["packages"],
        "refused": counts["refused"],
        "entered": counts["entered"],
        "examples": examples[:10],
        "held": not counts["entered"] and taken == [""] and len(titles) == 1,
    }


def _visit() -> Any:
    from fieldwork.domain.records import Visit

    return Visit


def _rows(team: Team) -> dict[str, str]:
    """Digests of all tables but those that say what came in when."""
    with team.here.read() as db:
        rows = rows_of(raw(db))
    return {name: digest for name, digest in rows.items() if name not in ("receipt", "knowledge", "meta")}
