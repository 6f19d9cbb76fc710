"""The entry: one act, signed and chained, in the one format that cannot be changed cheaply.

Body, canonical msgpack:
    [format, device, n, first change, logical time, wall time, person, act,
     nil or SHA-256(salt || reason), undoes, previous hash, references, groups]
A group is one record: [kind, id, field names, SHA-256(salt || values), bases].
Payloads travel beside the body, so that they can be erased while the chain still verifies: first
that of the reason (place -1), then one per group (places 0, 1, ...). A payload is [salt, bytes]: a
random salt of 16 bytes, then the reason in UTF-8 or the values as a msgpack list; nil where there is
no reason, or where it was erased.
The id of an entry is the SHA-256 of its body; a change is named by its entry and its index in
it, never by device and number, which a copied-back file would use twice.
bases: for every field the changes it replaces, as [reference index, change index] pairs.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec

from fieldwork.domain.faults import Fault, NotYet
from fieldwork.domain.values import LONGEST, Id, Value, fits

DELETED = "_deleted"  # the field whose value says what had been seen by who deleted the record
FORMAT = 1
NO_HASH = bytes(32)
MAX_CHANGES = 1 << 20  # a change is kept as entry number << 20 | index
MAX_TIME = (1 << 63) - 1
MAX_WALL = 253_402_300_799_999  # the last millisecond of the year 9999
MAX_BODY = 64 << 20
MAX_FIELDS = 1000  # of one record
MAX_BASES = 10_000  # of one field

REASON = -1  # the place of the reason among the payloads; those of the groups follow

Payload = tuple[bytes, bytes]  # salt, packed values or the reason

# Lengths are limited where they are announced: an empty list is one byte in msgpack and sixty in memory.
_Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_Names = Annotated[list[str], msgspec.Meta(max_length=MAX_FIELDS)]
_Flat = Annotated[list[int], msgspec.Meta(max_length=2 * MAX_BASES)]
_Bases = Annotated[list[_Flat], msgspec.Meta(max_length=MAX_FIELDS)]
_PackedGroup = tuple[str, bytes, _Names, bytes, _Bases | None]
_Body = tuple[
    int,
    bytes,
    int,
    int,
    int,
    int,
    str,
    str,
    bytes | None,
    bytes | None,
    bytes,
    list[_Hash],
    list[_PackedGroup],
]
_LARGE = 1 << 16  # bytes of a body whose groups are looked at one by one before all are
LEAST_GROUP = 55  # bytes of a body; the smallest group there can be is larger

_encode = msgspec.msgpack.Encoder().encode
_decode_body = msgspec.msgpack.Decoder(_Body).decode
_decode_group = msgspec.msgpack.Decoder(_PackedGroup).decode
_decode_values = msgspec.msgpack.Decoder(list).decode
_split_values = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class Base(NamedTuple):
    """A change that another one replaces: reference index in the entry, change index in that entry."""

    reference: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a base


@dataclass(frozen=True, slots=True)
class Group:
    """What one entry set on one record. values is None once they were erased; replaces: whether there are bases."""

    kind: str
    id: Id
    fields: tuple[str, ...]
    digest: bytes
    bases: tuple[tuple[Base, ...], ...]
    replaces: bool
    salt: bytes | None
    values: tuple[Value, ...] | None
    packed: bytes | None = field(default=None, compare=False, repr=False)  # the values as they travel


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as it stands in the history. Times: logical = wall milliseconds << 12, wall = milliseconds.

    changes: how many its groups hold. reason is empty where none was given and where it was erased; only then
    reason_digest is set.
    """

    format: int
    device: Id
    n: int
    first: int
    time: int
    wall: int
    person: str
    act: str
    reason: str
    reason_digest: bytes | None
    reason_salt: bytes | None
    undoes: bytes | None
    previous: bytes
    references: tuple[bytes, ...]
    groups: tuple[Group, ...]
    changes: int
    body: bytes
    hash: bytes

    @property
    def lacks(self) -> bool:
        """Whether a payload that the body speaks of is missing."""
        unknown_reason = self.reason_digest is not None and self.reason_salt is None
        return unknown_reason or any(group.values is None for group in self.groups)

    def payloads(self) -> list[Payload | None]:
        """What travels beside the body: salt and reason, then salt and packed values of every group."""
        return [
            None if self.reason_salt is None else (self.reason_salt, self.reason.encode()),
            *(
                None
                if group.values is None or group.salt is None
                else (group.salt, group.packed or pack_values(group.values))
                for group in self.groups
            ),
        ]


def pack_values(values: Sequence[Value]) -> bytes:
    return _encode(list(values))


def make_group(
    kind: str, id: Id, fields: Sequence[str], values: Sequence[Value], bases: Sequence[Sequence[Base]]
) -> Group:
    """A group with a fresh salt."""
    salt = os.urandom(16)
    packed = pack_values(values)
    digest = hashlib.sha256(salt + packed).digest()
    some = tuple(tuple(b) for b in bases)
    return Group(kind, id, tuple(fields), digest, some, any(some), salt, tuple(values), packed)


def make_entry(
    *,
    device: Id,
    n: int,
    first: int,
    time: int,
    wall: int,
    person: str,
    act: str,
    reason: str,
    undoes: bytes | None,
    previous: bytes,
    references: Sequence[bytes],
    groups: Sequence[Group],
) -> Entry:
    """Build an entry and its hash; a reason gets a fresh salt."""
    salt = os.urandom(16) if reason else None
    digest = hashlib.sha256(salt + reason.encode()).digest() if salt is not None else None
    packed = [[g.kind, g.id, list(g.fields), g.digest, _pack_bases(g.bases)] for g in groups]
    body = _encode(
        [
            FORMAT,
            device,
            n,
            first,
            time,
            wall,
            person,
            act,
            digest,
            undoes,
            previous,
            list(references),
            packed,
        ]
    )
    if len(body) > MAX_BODY:
        raise Fault("That is too much for one act; do it in several.")
    return Entry(
        FORMAT,
        device,
        n,
        first,
        time,
        wall,
        person,
        act,
        reason,
        digest,
        salt,
        undoes,
        previous,
        tuple(references),
        tuple(groups),
        sum(len(group.fields) for group in groups),
        body,
        hashlib.sha256(body).digest(),
    )


def _pack_bases(bases: tuple[tuple[Base, ...], ...]) -> list[list[int]] | None:
    """None where nothing is replaced; else a flat [reference, index, ...] list per field."""
    if not any(bases):
        return None
    return [[number for base in some for number in base] for some in bases]


def read_entry(body: bytes, payloads: Sequence[Payload | None] | Mapping[int, Payload]) -> Entry:
    """Read an entry with what stands beside it, by place; all is checked before anything is believed.

    Raises Fault when it is of a newer format or malformed, or when values do not fit their digest.
    """
    try:
        return _read(body, payloads)
    except Fault:
        raise
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError, msgspec.DecodeError) as error:
        if format_of(body) > FORMAT:
            raise NotYet(
                "It holds entries written by a newer Fieldwork; install the newer version first."
            ) from error
        raise Fault("An entry in it is malformed; ask for the package again.") from error


def span(body: bytes) -> tuple[int, int]:
    """The number of an entry's first change, and how many changes it holds."""
    packed = _decode_body(body)
    return packed[3], sum(len(group[2]) for group in packed[12])


def author_of(body: bytes) -> Id:
    """The laptop that wrote an entry."""
    return _decode_body(body)[1]


def link(body: bytes) -> tuple[bytes, int, bytes]:
    """Where an entry stands in its laptop's chain: its hash, its number, the hash of the one before."""
    packed = _decode_body(body)
    return hashlib.sha256(body).digest(), packed[2], packed[10]


def timed(body: bytes) -> tuple[int, list[bytes]]:
    """The logical time of an entry, and the hashes of all it builds on: the one before it, and what it refers to."""
    packed = _decode_body(body)
    return packed[4], [packed[10], *packed[11]]


def written(body: bytes) -> int:
    """When an entry was written by its laptop's clock, in wall milliseconds."""
    return _decode_body(body)[5]


def format_of(body: bytes) -> int:
    """The number a list starts with, read without unpacking the rest; 0 where there is none."""
    kind = body[:1]
    start = 1 if b"\x90" <= kind <= b"\x9f" else {b"\xdc": 3, b"\xdd": 5}.get(kind, len(body))
    number = body[start : start + 9]
    if not number or number[0] < 0x80:
        return number[0] if number else 0
    width = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.get(number[0], 0)
    return int.from_bytes(number[1 : 1 + width], "big")


def announced(packed: bytes | memoryview) -> int:
    """How many items the list at the start of msgpack says it has; 0 where there is none."""
    kind = packed[0] if len(packed) else 0
    if 0x90 <= kind <= 0x9F:
        return kind & 15
    return int.from_bytes(packed[1 : {0xDC: 3, 0xDD: 5}.get(kind, 1)], "big")


@cache
def _group_splitter(most: int) -> Callable[[bytes], Any]:
    groups = Annotated[list[msgspec.Raw], msgspec.Meta(max_length=most)]
    return msgspec.msgpack.Decoder(tuple[(*_Body.__args__[:-1], groups)]).decode  # type: ignore[attr-defined, misc]


def _require_bounded(body: bytes) -> None:
    """Refuse a large body at the first group that is wrong, before all of them stand in memory."""
    _require(len(body) <= MAX_BODY)
    if len(body) > _LARGE:
        for group in _group_splitter(1 << (len(body) // LEAST_GROUP).bit_length())(body)[-1]:
            _, _, names, _, bases = _decode_group(group)
            _require(len(set(names)) == len(names) and (bases is None or len(bases) == len(names)))


def _read(body: bytes, payloads: Sequence[Payload | None] | Mapping[int, Payload]) -> Entry:
    _require_bounded(body)
    raw = _decode_body(body)
    version, device, n, first, time, wall, person, act, digest, undoes, previous, references, packed = raw
    _require(version == FORMAT and _encode(raw) == body)  # one act has one body and so one hash
    _require(len(device) == 16)
    _require(n >= 1 and first >= 1 and n <= first <= MAX_TIME)
    _require(0 <= time <= MAX_TIME and 0 <= wall <= MAX_WALL)
    _require(undoes is None or _is_hash(undoes))
    _require(_is_hash(previous) and NO_HASH not in references)
    if isinstance(payloads, Mapping):
        payloads = [payloads.get(place) for place in range(REASON, len(packed))]
    _require(len(payloads) == 1 + len(packed))
    reason, salt = _read_reason(digest, payloads[0])
    groups = tuple(
        _read_group(item, payload, references) for item, payload in zip(packed, payloads[1:], strict=True)
    )
    changes = sum(len(names) for _, _, names, _, _ in packed)
    _require(0 < changes < MAX_CHANGES)
    _require(len({group.id for group in groups}) == len(groups))
    return Entry(
        version,
        device,
        n,
        first,
        time,
        wall,
        person,
        act,
        reason,
        digest,
        salt,
        undoes,
        previous,
        tuple(references),
        groups,
        changes,
        body,
        hashlib.sha256(body).digest(),
    )


def _read_reason(digest: bytes | None, payload: Payload | None) -> tuple[str, bytes | None]:
    """The reason and its salt; an empty one where there is none or it was erased."""
    _require(digest is None or _is_hash(digest))
    if payload is None:
        return "", None
    salt, text = payload
    _require(digest is not None and len(salt) == 16 and len(text) > 0)
    _require_digest(digest, payload)
    return text.decode(), salt


def _require_digest(digest: bytes | None, payload: Payload) -> None:
    if hashlib.sha256(payload[0] + payload[1]).digest() != digest:
        raise Fault("What an entry in it says was altered on the way; ask for the package again.")


def _read_group(packed: _PackedGroup, payload: Payload | None, references: Sequence[bytes]) -> Group:
    kind, id, names, digest, bases = packed
    _require(len(id) == 16 and _is_hash(digest) and len(set(names)) == len(names))
    if bases is None:
        read_bases: tuple[tuple[Base, ...], ...] = ((),) * len(names)
    else:
        _require(len(bases) == len(names) and any(bases))
        read_bases = tuple(
            tuple(Base(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)) for flat in bases
        )
        _require(
            all(
                0 <= base.reference < len(references) and 0 <= base.index < MAX_CHANGES
                for some in read_bases
                for base in some
            )
            and all(len(set(some)) == len(some) for some in read_bases)
        )
    if payload is None:
        return Group(kind, id, tuple(names), digest, read_bases, bases is not None, None, None)
    salt, packed_values = payload
    _require(len(salt) == 16)
    _require_digest(digest, payload)
    _require(announced(packed_values) == len(names))
    if len(packed_values) > _LARGE:
        _require(not any(_holds_others(memoryview(value)[0]) for value in _split_values(packed_values)))
    values = tuple(_decode_values(packed_values))
    _require(len(values) == len(names) and all(map(_takes, values)))
    _require(pack_values(values) == packed_values)  # else the digest would not fit when packed again
    if DELETED in names:
        _require(_is_view(values[names.index(DELETED)], references))
    return Group(kind, id, tuple(names), digest, read_bases, bases is not None, salt, values, packed_values)


def _is_view(value: Value, references: Sequence[bytes]) -> bool:
    """A delete names what its author held, and only what must stand wherever it takes effect."""
    if value is None:
        return True
    if not isinstance(value, bytes) or len(value) % 32:
        return False
    return {value[at : at + 32] for at in range(0, len(value), 32)} <= set(references)


def _holds_others(kind: int) -> bool:
    """Whether msgpack that starts with this byte is a list or a map, which no value is."""
    return 0x80 <= kind <= 0x9F or 0xDC <= kind <= 0xDF


def _takes(value: Value) -> bool:
    return fits(value) and (not isinstance(value, (str, bytes)) or len(value) <= LONGEST)


def _is_hash(value: bytes) -> bool:
    return len(value) == 32


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError("malformed")
