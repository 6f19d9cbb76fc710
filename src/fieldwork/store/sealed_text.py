"""Text that one person's laptops can read and nobody else's, whoever holds the file or the package.

Sealed with age to each of these laptops; padded to 512 bytes or a doubling of them, so that its length says little.
"""

from collections.abc import Iterable

import pyrage

from fieldwork.domain.faults import Fault
from fieldwork.store.workspace import Workspace

MOST: int = 200_000
"""Characters of one text."""
_LEAST = 512


def seal_text(text: str, recipients: Iterable[str]) -> bytes:
    """The text for these laptops' keys. Raises Fault when it is too long, or no key is one."""
    if len(text) > MOST:
        raise Fault(f"That is {len(text):,} characters; a sealed text has at most {MOST:,}.")
    keys = [key for one in dict.fromkeys(recipients) if (key := _recipient(one)) is not None]
    if not keys:
        raise Fault("This laptop has no key to seal with; tell your lead.")
    said = text.encode()
    size = _LEAST
    while size < len(said) + 4:
        size *= 2
    return pyrage.encrypt((len(said).to_bytes(4, "big") + said).ljust(size, b"\0"), keys)


def open_text(workspace: Workspace, sealed: bytes) -> str | None:
    """The text again, by this laptop's key or one it had before; None where it was sealed for others."""
    own = (workspace.device_keys.identity, *str(workspace.meta("old_identity", "")).split())
    try:
        padded = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(one) for one in own])
        return padded[4 : 4 + int.from_bytes(padded[:4], "big")].decode()
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        return None


def _recipient(text: str) -> pyrage.x25519.Recipient | None:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return None
