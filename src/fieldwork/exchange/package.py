"""The package file: signed, compressed, padded, encrypted with age to the inspection's members.

Inside age: length (8 bytes), content, zeros up to a round size. Content:
    magic | header length (4) | header | zstd(entries with their payloads) | signature of the sender (64)
Header, msgpack: [format, inspection, sender, made at, heads]; a head is
[device, public key, n, hash, signature, whether the sender holds all that is behind it].
age proves nothing about who sent it: the signatures do.
Everything is checked before anything is believed, and read under limits.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
import pyrage
import zstandard

from fieldwork.domain.faults import Fault, NotYet
from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.store.entry import LEAST_GROUP, MAX_WALL, Entry, Payload, announced, format_of, read_entry
from fieldwork.store.holding import Packed
from fieldwork.store.keys import device_id, verifies
from fieldwork.store.parcel import Parcel, Sealed

MAGIC = b"FWPKG1"
FORMAT = 1
SUFFIX = ".fieldpackage"
MAX_FILE = 200 << 20
MAX_RATIO = 100
MAX_UNPACKED = 400 << 20
SMALL = 64 << 20  # up to here the ratio does not matter: a page of blanks is no attack
MAX_HEADER = 4 << 20
MAX_AGE_HEADER = 20_000  # a hundred bytes a laptop; age takes time by the square of it, minutes for 200 KB
MAX_HEADS = 10_000
LEAST_ENTRY = 150  # bytes; the smallest entry there can be is larger
_SIGNATURE = 64

_PackedHead = tuple[bytes, bytes, int, bytes, bytes, bool]
_PackedHeads = Annotated[list[_PackedHead], msgspec.Meta(max_length=MAX_HEADS)]
_decode_header = msgspec.msgpack.Decoder(tuple[int, bytes, bytes, int, _PackedHeads]).decode
_decode_entries = msgspec.msgpack.Decoder(list[tuple[bytes, msgspec.Raw]]).decode
_decode_payloads = msgspec.msgpack.Decoder(list[Payload | None]).decode
CLOSED = (
    "It is closed to this laptop: it is of another inspection, was made before this laptop joined, or was made after "
    "this laptop was removed; ask who made it for a new one, and a lead whether this laptop still belongs."
)
_DAMAGED = "It is damaged; ask for the package again."


@dataclass(frozen=True)
class Contents:
    """What goes into a package besides its signature."""

    inspection: Id
    sender: Id
    made: int
    heads: Sequence[Head]
    entries: Sequence[Packed]


@dataclass(frozen=True)
class _Header:
    """What stands before the entries. made: wall milliseconds."""

    inspection: Id
    sender: Id
    made: int
    heads: tuple[Head, ...]


def seal(contents: Contents, signature_of: Callable[[bytes], bytes], recipients: Sequence[str]) -> bytes:
    """The bytes of a package file. signature_of: bytes -> 64 bytes, with the sender's key."""
    body = plain(contents)
    body += signature_of(body)
    return pyrage.encrypt(pad(body), age_keys(recipients))


def age_keys(recipients: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Keys to encrypt to. What a colleague wrote in place of a key is passed over: it must not stop a package."""
    keys = []
    for text in sorted(set(recipients)):
        with contextlib.suppress(pyrage.RecipientError):
            keys.append(pyrage.x25519.Recipient.from_str(text))
    return keys


def plain(contents: Contents) -> bytes:
    header = msgspec.msgpack.encode(
        [
            FORMAT,
            contents.inspection,
            contents.sender,
            contents.made,
            [[h.device, h.public, h.n, h.hash, h.signature, h.whole] for h in contents.heads],
        ]
    )
    stream = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(list(contents.entries)))
    return MAGIC + len(header).to_bytes(4, "big") + header + stream


def pad(content: bytes) -> bytes:
    """Length, content, zeros: the size tells an onlooker no more than its leading bits."""
    size = len(content) + 8
    step = max(4096, 1 << max(size.bit_length() - 4, 0))
    return len(content).to_bytes(8, "big") + content + bytes(-size % step)


def unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:8], "big")
    if length > len(padded) - 8:
        raise Fault(_DAMAGED)
    return padded[8 : 8 + length]


def read_file(path: Path) -> bytes:
    """The bytes of a package, under the size limit."""
    try:
        if path.is_dir():
            raise Fault("It is a folder; name the packages in it, such as FOLDER/*.fieldpackage.")
        if path.stat().st_size > MAX_FILE:
            raise Fault(f"It is larger than {MAX_FILE >> 20} MB, which no package is.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Fault("It is not there; check the name and that the stick is in.") from error
    except OSError as error:
        raise Fault(f"It cannot be read: {error.strerror or error}.") from error


def sealed(path: Path, data: bytes, identities: Sequence[str], inspection: Id) -> Sealed:
    """A package on disk, these bytes now, whose entries are read when their turn comes.

    Raises Fault where it is no package for this laptop.
    """
    digest = hashlib.sha256(data).digest()
    header, _ = _checked(_decrypted(data, identities), inspection)

    def content() -> bytes:
        again = read_file(path)
        if hashlib.sha256(again).digest() != digest:
            raise Fault("It was changed while it was being read; try again.")
        return _decrypted(again, identities)

    def hashes() -> list[bytes]:
        _, stream = _checked(content(), inspection)
        return [hashlib.sha256(body).digest() for body, _ in _unpacked(stream)]

    def read() -> Parcel:
        return replace(read_content(content(), inspection, str(path)), digest=digest)

    return Sealed(str(path), header.sender, header.made, hashes, read)


def unseal(data: bytes, identities: Sequence[str], inspection: Id, name: str) -> Parcel:
    """Decrypt and check a package. Raises Fault with the one reason why it is refused."""
    return read_content(_decrypted(data, identities), inspection, name)


def _decrypted(data: bytes, identities: Sequence[str]) -> bytes:
    if not data.startswith(b"age-encryption.org/v1"):
        raise Fault("It is not a Fieldwork package.")
    if data.find(b"\n---", 0, MAX_AGE_HEADER) < 0:
        raise Fault(_DAMAGED)
    try:
        padded = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(text) for text in identities])
    except pyrage.DecryptError as error:
        if "no matching keys" in str(error).lower():
            raise NotYet(CLOSED) from error
        raise Fault("It is damaged, cut short or altered; ask for the package again.") from error
    return unpad(padded)


def read_content(content: bytes, inspection: Id, name: str) -> Parcel:
    """Check everything in a decrypted package: format, inspection, sender's signature, heads, entries."""
    header, stream = _checked(content, inspection)
    entries = _entries(stream)
    check_vouched(header.heads, entries)
    return Parcel(name, header.sender, header.heads, tuple(entries), made=header.made)


def _checked(content: bytes, inspection: Id) -> "tuple[_Header, memoryview]":
    """What stands before the entries of a decrypted package, all signatures checked, and the entries, compressed."""
    if not content.startswith(MAGIC) or len(content) < len(MAGIC) + 4 + _SIGNATURE:
        raise Fault("It is not a Fieldwork package.")
    body, signature = memoryview(content)[:-_SIGNATURE], content[-_SIGNATURE:]
    start = len(MAGIC) + 4
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    if end > len(body) or end - start > MAX_HEADER:
        raise Fault(_DAMAGED)
    header = _read_header(content[start:end])
    heads = header.heads
    if header.inspection != inspection:
        raise Fault("It belongs to another inspection; nothing of it was taken.")
    publics = {head.device: head.public for head in heads}
    if any(device_id(head.public) != head.device for head in heads):
        raise Fault("A laptop in it claims a name that is not its own; nothing of it was taken.")
    if header.sender not in publics or not verifies(publics[header.sender], signature, body):
        raise Fault("The signature of who sent it does not hold; nothing of it was taken.")
    if not all(verifies(head.public, head.signature, head.hash) for head in heads):
        raise Fault("A signature in it does not hold; nothing of it was taken.")
    return header, body[end:]


def _read_header(header: bytes) -> "_Header":
    try:
        if format_of(header) > FORMAT:
            raise NotYet("It was made by a newer Fieldwork; install the newer version first.")
        version, inspection, sender, made, rows = _decode_header(header)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, msgspec.DecodeError) as error:
        raise Fault(_DAMAGED) from error
    heads = tuple(Head(*row) for row in rows)
    if version != FORMAT or len(heads) > MAX_HEADS or not all(1 <= head.n < 1 << 63 for head in heads):
        raise Fault(_DAMAGED)
    if not 0 <= made <= MAX_WALL:
        raise Fault(_DAMAGED)
    return _Header(inspection, sender, made, heads)


def _unpacked(stream: memoryview) -> list[tuple[bytes, msgspec.Raw]]:
    limit = min(max(len(stream) * MAX_RATIO, SMALL), MAX_UNPACKED)
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(stream) as reader:
            unpacked = reader.read(limit + 1)
        if len(unpacked) > limit:
            raise Fault("It unpacks to far more than a package can hold; nothing of it was taken.")
        if announced(unpacked) * LEAST_ENTRY > len(unpacked):
            raise Fault("It announces more entries than it holds; nothing of it was taken.")
        return _decode_entries(unpacked)
    except (ValueError, zstandard.ZstdError, RecursionError, msgspec.DecodeError, MemoryError) as error:
        raise Fault(_DAMAGED) from error


def _entries(stream: memoryview) -> list[Entry]:
    try:
        entries = [read_entry(body, _payloads(body, beside)) for body, beside in _unpacked(stream)]
    except (ValueError, RecursionError, msgspec.DecodeError, MemoryError) as error:
        raise Fault(_DAMAGED) from error
    if len({entry.hash for entry in entries}) != len(entries):
        raise Fault("It holds the same entry twice; ask for the package again.")
    return entries


def _payloads(body: bytes, beside: msgspec.Raw) -> list[Payload | None]:
    """What stands beside a body, if it is no more than the body can have groups: a nil is one byte only."""
    if announced(memoryview(beside)) * LEAST_GROUP > len(body) + LEAST_GROUP:
        raise Fault(_DAMAGED)
    return _decode_payloads(beside)


def check_vouched(heads: Sequence[Head], entries: Sequence[Entry]) -> None:
    """Every entry must stand in the chain behind a signed head, numbered without a gap."""
    by_hash = {entry.hash: entry for entry in entries}
    reached: set[bytes] = set()
    for head in heads:
        hash, n = head.hash, head.n
        while hash in by_hash and hash not in reached:
            entry = by_hash[hash]
            if entry.device != head.device or entry.n != n:
                raise Fault("A chain in it is broken; nothing of it was taken.")
            reached.add(hash)
            hash, n = entry.previous, n - 1
    if len(reached) != len(by_hash):
        raise Fault("It holds changes that nobody has signed; nothing of it was taken.")


def random_name() -> str:
    """A name that tells nothing about sender, inspection or day."""
    return os.urandom(8).hex() + SUFFIX
