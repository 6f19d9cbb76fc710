"""Entries that decide who may do what, as they are read for it, and what each laptop joined with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from fieldwork.domain.records import Device
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import Entry, Group
from fieldwork.store.keys import join_statement, verifies


@dataclass(frozen=True)
class Word:
    """An entry that decides, and where it stands in its laptop's chain."""

    entry: Entry
    branch: int

    def said(self, kind: str) -> Iterable[tuple[Group, dict[str, Value]]]:
        for group in self.entry.groups:
            if group.kind == kind:
                yield group, dict(zip(group.fields, group.values or (None,) * len(group.fields), strict=True))


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
