"""Sealed examinations: keys, and the encrypted acts in which nothing but their number and size can be read.

A sealed part is nonce (12) || ChaCha20-Poly1305(key, padded msgpack of an `Inner`, with the inspection, the
examination, the sequence and the writing laptop beside it). Padding is to 512 bytes or a doubling of them, so that
a short answer looks like another. An examination's id is derived from its key's digest: there is never another key.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.records import Answer, EvidenceLink, Examination, Tag
from fieldwork.domain.values import LONGEST, Id, Value, derived_id, fits
from fieldwork.store.entry import DELETED

LEAST_PART = 512  # bytes before encryption; larger acts are padded to the next doubling
_FORM = 1
_NONCE = 12
_MOST_SEQUENCE = (1 << 63) - 1

Said = tuple[str, Id, dict[str, Value]]  # kind, id, fields


@dataclass(frozen=True)
class Inner:
    """What a sealed part holds: the act, its reason, and what it set on which records."""

    act: str
    reason: str
    said: tuple[Said, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, str, str, list[tuple[str, bytes, dict[str, Any]]]]).decode


def new_key() -> bytes:
    return os.urandom(32)


def commitment(key: bytes) -> bytes:
    """What names a key in clear, 32 bytes."""
    return hashlib.sha256(b"fieldwork sealing" + key).digest()


def sealed_id(file: Id, member: Id, device: Id, sealing: bytes) -> Id:
    """The id of a sealed examination: nobody else can begin it, nor under another key."""
    return derived_id(Examination.kind, file, member, device, sealing)


def instance_id(examination: Id) -> Id:
    """A new repeat instance's id in a sealed examination: half of it says to which one it belongs."""
    return derived_id(RepeatInstance.kind, examination)[:8] + os.urandom(8)


def wrap(key: bytes, recipient: str) -> bytes | None:
    """A key encrypted to one laptop; None where what stands in place of its own key is none."""
    try:
        return pyrage.encrypt(key, [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.RecipientError:
        return None


def unwrap(wrapped: bytes, identities: Iterable[str]) -> bytes | None:
    """The key again, by one of a laptop's own identities; None where none of them opens it."""
    try:
        return pyrage.decrypt(wrapped, [pyrage.x25519.Identity.from_str(one) for one in identities])
    except (pyrage.DecryptError, pyrage.IdentityError):
        return None


# -- parts


def make_part(key: bytes, inspection: Id, examination: Id, sequence: int, device: Id, inner: Inner) -> bytes:
    """One act, sealed. Raises Fault when it is too long for one part."""
    packed = _encode((_FORM, inner.act, inner.reason, [list(one) for one in inner.said]))
    size = LEAST_PART
    while size < len(packed) + 4:
        size *= 2
    if size + _NONCE + 16 > LONGEST:
        raise Fault("That is too long for one act; do it in several parts.")
    padded = len(packed).to_bytes(4, "big") + packed
    nonce = os.urandom(_NONCE)
    beside = _beside(inspection, examination, sequence, device)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, padded.ljust(size, b"\0"), beside)


def read_part(
    key: bytes, inspection: Id, examination: Id, sequence: int, device: Id, sealed: bytes
) -> Inner | None:
    """What a part holds; None where it is not what this laptop sealed there under this key."""
    try:
        beside = _beside(inspection, examination, sequence, device)
        padded = ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], beside)
        packed = padded[4 : 4 + int.from_bytes(padded[:4], "big")]
        form, act, reason, said = _decode(packed)
    except (InvalidTag, ValueError, OverflowError, msgspec.DecodeError):
        return None
    if form != _FORM or not all(_fits(one) for one in said):
        return None
    return Inner(act, reason, tuple(said))


def _fits(one: Said) -> bool:
    _, id, fields = one
    return len(id) == 16 and all(
        fits(value) and (not isinstance(value, (str, bytes)) or len(value) <= LONGEST)
        for value in fields.values()
    )


def _beside(inspection: Id, examination: Id, sequence: int, device: Id) -> bytes:
    return inspection + examination + sequence.to_bytes(8, "big") + device


def is_sequence(value: object) -> bool:
    return type(value) is int and 1 <= value <= _MOST_SEQUENCE


def digest_of(parts: Iterable[tuple[int, bytes]]) -> bytes:
    """What a finish says of its parts: SHA-256 over their sequences and the hashes of their entries, in order.

    Of the entries and not of the words, so that it still checks after an erasure.
    """
    made = hashlib.sha256()
    for sequence, hash in sorted(parts):
        made.update(sequence.to_bytes(8, "big") + hash)
    return made.digest()


# -- what parts come to


@dataclass
class Opened:
    """A record as sealed acts left it: what each field holds, and the part (its place in the order) that set it.

    parts: the places of all that touched it.
    """

    kind: str
    fields: dict[str, tuple[Value, int]] = field(default_factory=dict)
    parts: set[int] = field(default_factory=set)


def fold(examination: Id, inners: Sequence[Inner | None]) -> dict[Id, Opened]:
    """The records that sealed acts made, in the order they were done; a deleted one is not among them.

    Only what belongs to the examination counts: its answers and repeats, and themes and pins on its answers.
    """
    found: dict[Id, Opened] = {}
    answers: set[Id] = set()
    for place, inner in enumerate(inners):
        for kind, id, fields in inner.said if inner is not None else ():
            if not belongs(examination, kind, id, fields, answers):
                continue
            if kind == Answer.kind:
                answers.add(id)
            if fields.get(DELETED) is not None:
                found.pop(id, None)
                continue
            record = found.setdefault(id, Opened(kind))
            record.parts.add(place)
            for name, value in fields.items():
                if name != DELETED:
                    record.fields[name] = value, place
    return found


def belongs(examination: Id, kind: str, id: Id, fields: Mapping[str, Value], answers: set[Id]) -> bool:
    """Whether a sealed act may speak of a record: its id follows from the examination, so it is nobody else's."""
    if kind == Answer.kind:
        question, instance = fields.get("question"), fields.get("instance") or ""
        return (
            fields.get("examination") == examination
            and isinstance(question, str)
            and isinstance(instance, str)
            and id == derived_id(kind, examination, question, instance)
        )
    if kind == RepeatInstance.kind:
        return fields.get("examination") == examination and id[:8] == derived_id(kind, examination)[:8]
    names = {Tag.kind: ("target", "theme"), EvidenceLink.kind: ("finding", "evidence")}.get(kind)
    if names is None:
        return False
    one, other = (fields.get(name) for name in names)
    if not isinstance(one, bytes) or not isinstance(other, bytes):
        return False
    return (one if kind == Tag.kind else other) in answers and id == derived_id(kind, one, other)
