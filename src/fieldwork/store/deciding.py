"""Entries that decide who may do what, as they are read for it, and what each laptop joined with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fieldwork.domain.records import Device
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import NO_HASH, Entry, Group, timed
from fieldwork.store.keys import join_statement, verifies
from fieldwork.store.sets import looked_up


@dataclass(frozen=True)
class Word:
    """An entry that decides, and where it stands in its laptop's chain."""

    entry: Entry
    branch: int

    def said(self, kind: str) -> Iterable[tuple[Group, dict[str, Value]]]:
        for group in self.entry.groups:
            if group.kind == kind:
                yield group, dict(zip(group.fields, group.values or (None,) * len(group.fields), strict=True))


# -- the order they are judged in

_TIMELY = "timely"  # meta: whether all entries here say a later time than what they build on


def in_order(db: Any, words: Iterable[Word]) -> list[Word]:
    """What was known before who knew it, whatever the times say; else by logical time, laptop, hash."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_TIMELY,)).fetchone()
    raised = {} if row == (1,) else _raised(db)

    def rank(word: Word) -> tuple[tuple[int, int], Id, bytes]:
        entry = word.entry
        return raised.get(entry.hash, (entry.time, 0)), entry.device, entry.hash

    return sorted(words, key=rank)


def _raised(db: Any) -> dict[bytes, tuple[int, int]]:
    """Of every entry the latest time it says or builds on, and how many steps it stands behind who said that.

    That grows along every chain and reference. Nobody's program but an altered one makes it differ from the time an
    entry says, until somebody has written the last moment: then all that follows says that one too.
    """
    found: dict[bytes, tuple[int, int]] = {}
    for hash, body in db.execute("SELECT hash, body FROM entry ORDER BY no"):
        time, behind = timed(body)
        latest, steps = max((found[one] for one in behind if one != NO_HASH), default=(-1, 0))
        found[hash] = (time, 0) if time > latest else (latest, steps + 1)
    return found


def note_times(db: Any, entries: Iterable[Entry]) -> dict[bytes, int]:
    """Keep whether all entries are timely; these are about to be written. Returns what they build on: its number here.

    A file from before this was kept is looked through once.
    """
    times = {entry.hash: entry.time for entry in entries}
    needed = {hash for entry in entries for hash in (entry.previous, *entry.references)}
    numbers: dict[bytes, int] = {}
    for no, hash, time in looked_up(
        db,
        "SELECT e.no, e.hash, e.time FROM (VALUES {keys}) k CROSS JOIN entry e ON e.hash = k.column1",
        [(hash,) for hash in needed - times.keys() - {NO_HASH}],
    ):
        numbers[hash], times[hash] = no, time
    times[NO_HASH] = -1
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_TIMELY,)).fetchone()
    timely = row[0] if row else all(rank[1] == 0 for rank in _raised(db).values())
    timely = timely and all(_after(entry, times) for entry in entries)
    if row is None or row[0] != timely:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_TIMELY, int(timely)))
    return numbers


def _after(entry: Entry, times: Mapping[bytes, int]) -> bool:
    return entry.time > times[entry.previous] and all(entry.time > times[hash] for hash in entry.references)


# -- what laptops joined with


class Voucher(NamedTuple):
    """What a laptop joined with: an invitation, or the laptop it took over from; and what proves that it did."""

    id: Id
    took_over: bool
    proof: bytes
    statement: bytes

    def proved_by(self, key: Value) -> bool:
        return isinstance(key, bytes) and verifies(key, self.proof, self.statement)


def vouchers_of(db: Any, words: Iterable[Word]) -> dict[Id, Voucher]:
    """By laptop, what it joined with."""
    row = db.execute("SELECT value FROM meta WHERE name = 'inspection'").fetchone()
    keys = dict(db.execute("SELECT id, public FROM device_known"))
    found: dict[Id, Voucher] = {}
    for word in words:
        for group, said in word.said(Device.kind):
            voucher, proof = said.get("invitation"), said.get("proof")
            if word.entry.n != 1 or group.id != word.entry.device or not isinstance(voucher, bytes):
                continue
            statement = join_statement(row[0], group.id) if row is not None else b""
            one = Voucher(voucher, False, proof if isinstance(proof, bytes) else b"", statement)
            found[group.id] = one._replace(took_over=one.proved_by(keys.get(voucher)))
    return found
