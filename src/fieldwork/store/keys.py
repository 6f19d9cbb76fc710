"""Keys: the passphrase wraps a random file key; the laptop's own keys live inside the file.

The envelope stands beside the workspace (NAME.fieldwork-key): version, Argon2id parameters,
salt and the file key sealed with ChaCha20-Poly1305, whose associated data are all the rest, so
that weaker parameters cannot be slipped in. A new passphrase re-wraps, never rewrites the file.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id

_MAGIC = b"FWKEY1"
_LEAST_MEMORY = 64 * 1024  # KiB; an envelope that asks for less is refused
_DEFAULT_MEMORY = 256 * 1024
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


def wrap(file_key: FileKey, passphrase: str, *, memory: int | None = None) -> bytes:
    """The envelope that opens with this passphrase. memory in KiB; FIELDWORK_KDF_MEMORY sets it lower for tests."""
    memory = memory or int(os.environ.get("FIELDWORK_KDF_MEMORY", _DEFAULT_MEMORY))
    memory = max(memory, _LEAST_MEMORY)
    salt, nonce = os.urandom(16), os.urandom(12)
    head = msgspec.msgpack.encode([memory, _PASSES, _LANES, salt, nonce, file_key.salt])
    sealed = ChaCha20Poly1305(_derive(passphrase, salt, memory, _PASSES, _LANES)).encrypt(
        nonce, file_key.key, _MAGIC + head
    )
    return _MAGIC + len(head).to_bytes(2, "big") + head + sealed


def unwrap(envelope: bytes, passphrase: str, name: str) -> FileKey:
    """The file key. Raises Fault on a wrong passphrase or a damaged envelope; `name` is for the sentence."""
    try:
        if not envelope.startswith(_MAGIC):
            raise ValueError
        length = int.from_bytes(envelope[6:8], "big")
        head, sealed = envelope[8 : 8 + length], envelope[8 + length :]
        memory, passes, lanes, salt, nonce, file_salt = msgspec.msgpack.decode(head)
        if memory < _LEAST_MEMORY or memory > 4 << 20 or not 1 <= passes <= 64 or not 1 <= lanes <= 64:
            raise ValueError
        derived = _derive(passphrase, salt, memory, passes, lanes)
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise Fault(
            f"The key file of {name} is damaged; put back a good copy or restore a backup."
        ) from error
    try:
        return FileKey(ChaCha20Poly1305(derived).decrypt(nonce, sealed, _MAGIC + head), file_salt)
    except (InvalidTag, ValueError) as error:
        raise Fault(f"The passphrase does not open {name}; try again, it is case sensitive.") from error


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

    @property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def device(self) -> Id:
        return device_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def device_id(public_key: bytes) -> Id:
    """A laptop's id is the hash of its key, so it cannot be claimed with another."""
    return hashlib.sha256(public_key).digest()[:16]


def verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
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
