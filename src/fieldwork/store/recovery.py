"""The recovery key: a second key to the file, on paper, for the day the passphrase is forgotten.

It is an age identity (X25519). Its public half seals a copy of the file key in the envelope; its secret
half is printed once and kept nowhere. On paper it is four lines of three groups of five characters: the
first thirteen of a line are the secret, the last two check that line, so a slip is named by its line.
"""

import hashlib
import hmac
import re

import pyrage

from fieldwork.domain.faults import Fault
from fieldwork.store.keys import FileKey, RecoveryWrap, read

LINES, GROUPS, GROUP = 4, 3, 5
_LINE = GROUPS * GROUP
_SECRET = _LINE - 2
_PAPER = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is mistaken for another
_AGE = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # bech32's
_PREFIX = "AGE-SECRET-KEY-1"
_SEALED = b"FWREC1"
_LOOKALIKES = str.maketrans("OILU", "011V")


def new_key() -> tuple[str, str]:
    """A fresh recovery key: (the lines as they are printed, joined by line ends; its public half)."""
    identity = pyrage.x25519.Identity.generate()
    return "\n".join(lines_of(str(identity))), str(identity.to_public())


def lines_of(identity: str) -> list[str]:
    """The four lines of an age identity, groups apart by a space."""
    secret = identity[len(_PREFIX) :].translate(str.maketrans(_AGE, _PAPER))[: LINES * _SECRET]
    lines = []
    for number in range(LINES):
        line = secret[number * _SECRET : (number + 1) * _SECRET]
        whole = line + _check(number, line)
        lines.append(" ".join(whole[at : at + GROUP] for at in range(0, _LINE, GROUP)))
    return lines


def _check(number: int, line: str) -> str:
    """Two characters that only this line in this place has, one in 1,024."""
    digest = hashlib.sha256(f"fieldwork recovery {number + 1} {line}".encode()).digest()
    bits = int.from_bytes(digest[:2], "big")
    return _PAPER[bits & 31] + _PAPER[bits >> 5 & 31]


def plain(typed: str) -> str:
    """What was typed as it is printed: case, spaces, hyphens and look-alikes do not matter."""
    return "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKES)


def line_fault(number: int, typed: str) -> str:
    """What is wrong with line `number` (0 to 3) as it was typed; "" when it checks."""
    line = plain(typed)
    if strange := next((c for c in line if c not in _PAPER), ""):
        return f'Line {number + 1} holds "{strange}", which no recovery key has; compare it with the paper.'
    if len(line) != _LINE:
        return f"Line {number + 1} has {len(line)} characters instead of {_LINE}; compare it with the paper."
    if _check(number, line[:_SECRET]) != line[_SECRET:]:
        return f"Line {number + 1} has a slip in it; compare it with the paper, character by character."
    return ""


def identity_of(typed: str) -> str:
    """The age identity that four typed lines say. Raises Fault naming the first line that does not check."""
    lines = [line for line in re.split(r"[\r\n]+", typed) if line.strip() and not line.startswith("#")]
    if len(lines) == 1 and len(plain(lines[0])) == LINES * _LINE:
        whole = plain(lines[0])
        lines = [whole[at : at + _LINE] for at in range(0, len(whole), _LINE)]
    if len(lines) != LINES:
        raise Fault(f"A recovery key has {LINES} lines of {_LINE} characters; there are {len(lines)} here.")
    for number, line in enumerate(lines):
        if fault := line_fault(number, line):
            raise Fault(fault)
    secret = "".join(plain(line)[:_SECRET] for line in lines).translate(str.maketrans(_PAPER, _AGE))
    values = [_AGE.index(c) for c in secret]
    return _PREFIX + secret + "".join(_AGE[value] for value in _bech32_checksum(values))


def _bech32_checksum(values: list[int]) -> list[int]:
    """The six values that age's encoding of an identity ends in (BIP 173)."""
    human = _PREFIX[:-1].lower()
    spread = [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human]
    check = 1
    for value in [*spread, *values, 0, 0, 0, 0, 0, 0]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    check ^= 1
    return [check >> 5 * (5 - at) & 31 for at in range(6)]


def wrap_for(file_key: FileKey, recipient: str) -> RecoveryWrap:
    """The file key sealed to a recovery key's public half."""
    to = pyrage.x25519.Recipient.from_str(recipient)
    sealed = pyrage.encrypt(_SEALED + file_key.key + file_key.salt, [to])
    return RecoveryWrap(recipient, sealed, _mac(file_key, recipient, sealed))


def _mac(file_key: FileKey, recipient: str, sealed: bytes) -> bytes:
    """Only who holds the file key can have made this wrap: nobody slips in another."""
    said = recipient.encode() + b"\0" + sealed
    return hashlib.blake2b(said, key=file_key.key, digest_size=32, person=b"fw-recovery").digest()


def kept(envelope: bytes, file_key: FileKey) -> RecoveryWrap | None:
    """The recovery wrap of an envelope, if whoever held the file key made it."""
    held = read(envelope, "this workspace").recovery
    if held is None or not hmac.compare_digest(held.mac, _mac(file_key, held.recipient, held.sealed)):
        return None
    return held


def unwrap(envelope: bytes, typed: str, name: str) -> FileKey:
    """The file key by the recovery key as it was typed. Raises Fault with the one reason why not."""
    identity = pyrage.x25519.Identity.from_str(identity_of(typed))
    held = read(envelope, name).recovery
    if held is None:
        raise Fault(f"No recovery key was made for {name}; only its passphrase opens it.")
    if str(identity.to_public()) != held.recipient:
        raise Fault(
            f"This recovery key does not open {name}: it is of another inspection or laptop, "
            "or a newer one has taken its place."
        )
    try:
        opened = pyrage.decrypt(held.sealed, [identity])
    except pyrage.DecryptError as error:
        raise Fault(
            f"The key file of {name} is damaged; put back a good copy or restore a backup."
        ) from error
    at = len(_SEALED)
    file_key = FileKey(opened[at : at + 32], opened[at + 32 :])
    if not opened.startswith(_SEALED) or len(opened) != at + 48 or kept(envelope, file_key) is None:
        raise Fault(f"The key file of {name} is damaged; put back a good copy or restore a backup.")
    return file_key
