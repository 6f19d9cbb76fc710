"""What stands at the hub is sealed: ChaCha20-Poly1305 under a key of the inspection, padded, bound to its place.

A row says under which key it is sealed (8 bytes). Entries that hand out a new key of the inspection, and
those before them, are sealed under a key of their own that their letter carries, encrypted with age to the
members: who lacks the new key can still read how it comes to them.
"""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fieldwork.domain.values import Id
from fieldwork.exchange.package import age_keys
from fieldwork.store import epochs
from fieldwork.store.members import readers
from fieldwork.store.workspace import get_meta

TO_MEMBERS = bytes(8)  # in place of a key's name: encrypted with age
_PURPOSE = b"fieldwork hub 1"
_LEAST = 256  # bytes; sizes are rounded up to this, larger ones to an eighth of their leading bit


class UnknownKey(Exception):
    """It is sealed under a key of the inspection that this laptop was not given."""


class Altered(Exception):
    """It is not what a member sealed for this place."""


@dataclass(frozen=True)
class Place:
    """Where a sealed part belongs; it opens nowhere else. part: "entry", "letter", or a payload's place."""

    inspection: Id
    device: Id
    n: int
    hash: bytes
    part: str

    def bound(self) -> bytes:
        return b"|".join(
            (_PURPOSE, self.inspection, self.device, b"%d" % self.n, self.hash, self.part.encode())
        )


@dataclass
class Keys:
    """The ciphers of this laptop by name, the one to seal with if there is one that no removed laptop was given,
    and who may read what is sealed with age.
    """

    ciphers: dict[bytes, ChaCha20Poly1305]
    current: bytes | None
    recipients: Sequence[str] = ()
    identities: Sequence[str] = field(default=(), repr=False)

    def add(self, key: bytes) -> bytes:
        """Take a key for what one letter vouches for; returns its name."""
        name = hashlib.sha256(_PURPOSE + key).digest()[:8]
        self.ciphers[name] = ChaCha20Poly1305(key)
        return name

    def seal(self, name: bytes, place: Place, plain: bytes) -> bytes:
        if name == TO_MEMBERS:
            bound = hashlib.sha256(place.bound()).digest()
            return pyrage.encrypt(bound + _pad(plain), age_keys(self.recipients))
        nonce = os.urandom(12)
        return nonce + self.ciphers[name].encrypt(nonce, _pad(plain), place.bound())

    def open(self, name: bytes, place: Place, sealed: bytes) -> bytes:
        """What was sealed for this place. Raises UnknownKey or Altered."""
        if name == TO_MEMBERS:
            return self._open_age(place, sealed)
        if name not in self.ciphers:
            raise UnknownKey(name.hex())
        try:
            return _unpad(self.ciphers[name].decrypt(sealed[:12], sealed[12:], place.bound()))
        except (InvalidTag, ValueError) as error:
            raise Altered from error

    def _open_age(self, place: Place, sealed: bytes) -> bytes:
        try:
            padded = pyrage.decrypt(
                sealed, [pyrage.x25519.Identity.from_str(text) for text in self.identities]
            )
        except pyrage.DecryptError as error:
            if "no matching keys" in str(error).lower():
                raise UnknownKey("a key made for other laptops") from error
            raise Altered from error
        if padded[:32] != hashlib.sha256(place.bound()).digest():
            raise Altered
        return _unpad(padded[32:])


def keys_of(db: Any) -> Keys:
    """The keys of this laptop as they stand now."""
    known = epochs.known(db)
    recipients = [device.recipient for device in readers(db) if device.recipient]
    current = epochs.current(db)
    everybody = epochs.recipient_now(db)
    earlier = get_meta(db, "old_identity", "").split()
    identities = [get_meta(db, "identity"), *earlier, *(key.identity for key in known.values())]
    return Keys(
        {name: ChaCha20Poly1305(key.derived(_PURPOSE)) for name, key in known.items()},
        current.id if current else None,
        [*recipients, everybody] if everybody else recipients,
        identities,
    )


# -- letters: signed heads on their way through the hub


def write_letter(content: bytes, key: bytes | None) -> bytes:
    """A package without entries, and the key of what it vouches for where that has one of its own."""
    return msgspec.msgpack.encode((content, key))


def read_letter(plain: bytes) -> tuple[bytes, bytes | None]:
    """The package and the key. Raises Altered."""
    with contextlib.suppress(msgspec.DecodeError, ValueError, RecursionError):
        content, key = msgspec.msgpack.decode(plain, type=tuple[bytes, bytes | None])
        if key is None or len(key) == 32:
            return content, key
    raise Altered


def _pad(plain: bytes) -> bytes:
    """Length, content, zeros, so that the size tells the hub little."""
    size = len(plain) + 4
    step = max(_LEAST, 1 << max(size.bit_length() - 4, 0))
    return len(plain).to_bytes(4, "big") + plain + bytes(-size % step)


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    if length > len(padded) - 4:
        raise ValueError("padding")
    return padded[4 : 4 + length]
