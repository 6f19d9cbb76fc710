"""A conflict: changes to one field that had not seen each other, or a delete against a change."""

import hashlib
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.records import KINDS, field_rules
from fieldwork.domain.values import Id, Value

SEALED = "sealed"  # the field whose value only its digest is shown of


def plain_value(value: Value, field: str = "") -> Any:
    """A value as JSON keeps it: bytes stand as {"bytes": hex}, what is sealed as {"sha256": hex}."""
    if field == SEALED and isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    return {"bytes": value.hex()} if isinstance(value, bytes) else value


@dataclass(frozen=True)
class Version:
    """One of the values that stand against each other: which change, who, when, on which laptop."""

    change: str  # entry hash and index: "HEX:INDEX"
    value: Value
    person: str
    device: Id
    label: str
    wall: int
    ours: bool
    shown: bool

    def plain(self, field: str) -> dict[str, Any]:
        return {
            "change": self.change,
            "value": plain_value(self.value, field),
            "person": self.person,
            "device": self.device.hex(),
            "laptop": self.label,
            "at": self.wall,
        }


@dataclass(frozen=True)
class Conflict:
    """A field that was changed unseen by each other, or a record deleted while another changed it.

    `what` is "changed" or "deleted". The id is derived: the same conflict has it on every laptop.
    """

    id: str
    what: str
    record: Id
    kind: str
    field: str
    before: Value
    versions: tuple[Version, ...]

    def plain(self) -> dict[str, Any]:
        """As it enters the dump: nothing in it depends on the laptop."""
        return {
            "id": self.id,
            "what": self.what,
            "record": self.record.hex(),
            "kind": self.kind,
            "field": self.field,
            "versions": sorted((v.plain(self.field) for v in self.versions), key=lambda v: v["change"]),
        }

    @property
    def long(self) -> bool:
        rule = field_rules(self.kind).get(self.field) if self.kind in KINDS else None
        return bool(rule and rule.long)
