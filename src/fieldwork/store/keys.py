"""Keys: the passphrase wraps a random file key; the laptop's own keys live inside the file.

The envelope stands beside the workspace (NAME.fieldwork-key): version, Argon2id parameters,
salt and the file key sealed with ChaCha20-Poly1305, whose associated data are all the rest, so
that weaker parameters cannot be slipped in. A new passphrase re-wraps, never rewrites the file.
With a recovery key (version 2) the same associated data hold a second sealed copy of the file key.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id

_MAGIC, _MAGIC_RECOVERABLE = b"FWKEY1", b"FWKEY2"
_LEAST_MEMORY = 64 * 1024  # KiB; an envelope that asks for less is refused
_DEFAULT_MEMORY = 256 * 1024
# What an envelope may ask for before anything in it can be checked: whoever alters it must not stop a laptop with it
_MOST_MEMORY, _MOST_PASSES, _MOST_LANES = 1 << 20, 16, 16
_PASSES, _LANES = 2, 4


@dataclass(frozen=True)
class FileKey:
    """What SQLCipher is given raw: 32 bytes of key, 16 bytes of salt."""

    key: bytes
    salt: bytes

    @property
    def pragma(self) -> str:
        return f"x'{self.key.hex()}{self.salt.hex()}'"


def new_file_key() -> FileKey:
    return FileKey(os.urandom(32), os.urandom(16))


@dataclass(frozen=True)
class RecoveryWrap:
    """The file key sealed to a recovery key. recipient: its public half; mac: made with the file key."""

    recipient: str
    sealed: bytes
    mac: bytes


@dataclass(frozen=True)
class Envelope:
    """An envelope taken apart: what is authenticated, and the file key sealed under the passphrase."""

    memory: int
    passes: int
    lanes: int
    salt: bytes
    nonce: bytes
    file_salt: bytes
    recovery: RecoveryWrap | None
    stated: bytes  # version and head as they stand: the associated data
    sealed: bytes


def wrap(
    file_key: FileKey, passphrase: str, *, memory: int | None = None, recovery: RecoveryWrap | None = None
) -> bytes:
    """The envelope that opens with this passphrase, and with the recovery key if one is given.

    memory in KiB; FIELDWORK_KDF_MEMORY sets it lower for tests.
    """
    memory = memory or int(os.environ.get("FIELDWORK_KDF_MEMORY", _DEFAULT_MEMORY))
    memory = min(max(memory, _LEAST_MEMORY), _MOST_MEMORY)
    salt, nonce = os.urandom(16), os.urandom(12)
    parts: list[object] = [memory, _PASSES, _LANES, salt, nonce, file_key.salt]
    if recovery is not None:
        parts += [recovery.recipient, recovery.sealed, recovery.mac]
    head = msgspec.msgpack.encode(parts)
    magic = _MAGIC if recovery is None else _MAGIC_RECOVERABLE
    sealed = ChaCha20Poly1305(_derive(passphrase, salt, memory, _PASSES, _LANES)).encrypt(
        nonce, file_key.key, magic + head
    )
    return magic + len(head).to_bytes(2, "big") + head + sealed


def read(envelope: bytes, name: str) -> Envelope:
    """An envelope taken apart, nothing in it believed yet. Raises Fault when it is damaged or asks for too little."""
    try:
        magic = envelope[:6]
        if magic not in (_MAGIC, _MAGIC_RECOVERABLE):
            raise ValueError
        length = int.from_bytes(envelope[6:8], "big")
        head, sealed = envelope[8 : 8 + length], envelope[8 + length :]
        if magic == _MAGIC:
            memory, passes, lanes, salt, nonce, file_salt = msgspec.msgpack.decode(head, type=_Plain)
            recovery = None
        else:
            found = msgspec.msgpack.decode(head, type=_Recoverable)
            memory, passes, lanes, salt, nonce, file_salt = found[:6]
            recovery = RecoveryWrap(*found[6:])
        if memory > _MOST_MEMORY or passes > _MOST_PASSES or lanes > _MOST_LANES:
            raise Fault(
                f"The key file of {name} asks for more memory or time than Fieldwork gives to open a file "
                f"(1 GiB, {_MOST_PASSES} passes, {_MOST_LANES} lanes); put back a good copy or restore a backup."
            )
        if memory < _LEAST_MEMORY or passes < 1 or lanes < 1:
            raise ValueError
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise _damaged(name) from error
    return Envelope(memory, passes, lanes, salt, nonce, file_salt, recovery, magic + head, sealed)


_Plain = tuple[int, int, int, bytes, bytes, bytes]
_Recoverable = tuple[int, int, int, bytes, bytes, bytes, str, bytes, bytes]


def unwrap(envelope: bytes, passphrase: str, name: str) -> FileKey:
    """The file key. Raises Fault on a wrong passphrase or a damaged envelope; `name` is for the sentence."""
    held = read(envelope, name)
    try:
        derived = _derive(passphrase, held.salt, held.memory, held.passes, held.lanes)
    except (ValueError, TypeError) as error:
        raise _damaged(name) from error
    try:
        return FileKey(
            ChaCha20Poly1305(derived).decrypt(held.nonce, held.sealed, held.stated), held.file_salt
        )
    except (InvalidTag, ValueError) as error:
        raise Fault(f"The passphrase does not open {name}; try again, it is case sensitive.") from error


def _damaged(name: str) -> Fault:
    return Fault(f"The key file of {name} is damaged; put back a good copy or restore a backup.")


def _derive(passphrase: str, salt: bytes, memory: int, passes: int, lanes: int) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return kdf.derive(passphrase.encode())


def seal_under_code(data: bytes, code: str, purpose: bytes) -> bytes:
    """Data that open with a one-time code of 100 random bits: salt, nonce, sealed data."""
    salt, nonce = os.urandom(16), os.urandom(12)
    key = _derive(code, salt, _LEAST_MEMORY, _PASSES, _LANES)
    return salt + nonce + ChaCha20Poly1305(key).encrypt(nonce, data, purpose)


def open_under_code(sealed: bytes, code: str, purpose: bytes) -> bytes:
    """The data again. Raises ValueError when the code is another or anything was altered."""
    key = _derive(code, sealed[:16], _LEAST_MEMORY, _PASSES, _LANES)
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[16:28], sealed[28:], purpose)
    except InvalidTag as error:
        raise ValueError("the code does not open it") from error


def envelope_path(workspace: Path) -> Path:
    return workspace.with_name(workspace.name + "-key")


@dataclass(frozen=True)
class DeviceKeys:
    """The laptop's own secrets: signing seed (Ed25519) and age identity (X25519)."""

    seed: bytes
    identity: str
    recipient: str

    @cached_property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @cached_property
    def device(self) -> Id:
        return device_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def device_id(public_key: bytes) -> Id:
    """A laptop's id is the hash of its key, so it cannot be claimed with another."""
    return hashlib.sha256(public_key).digest()[:16]


def verifies(public_key: bytes, signature: bytes, message: bytes | memoryview) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except Exception:  # any malformed key or signature is simply not a good one
        return False
    return True


def new_device_keys() -> DeviceKeys:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    return DeviceKeys(os.urandom(32), str(identity), str(identity.to_public()))


def join_statement(inspection: Id, device: Id) -> bytes:
    """What vouches for a laptop signs: the key of its invitation, or of the laptop it takes over from."""
    return b"fieldwork join" + inspection + device
