"""The keys of the inspection that this laptop was given: one to begin with, another after each removal."""

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldwork.store.members import epoch_recipient
from fieldwork.store.workspace import get_meta


@dataclass(frozen=True)
class InspectionKey:
    """An inspection's age key of one time: the half to encrypt to, and the half that opens."""

    recipient: str
    identity: str

    @property
    def id(self) -> bytes:
        """Its name on what is sealed with it, 8 bytes."""
        return epoch_id(self.recipient)

    def derived(self, purpose: bytes) -> bytes:
        """A symmetric key of 32 bytes for one purpose."""
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(self.identity.encode())


def epoch_id(recipient: str) -> bytes:
    return hashlib.sha256(recipient.encode()).digest()[:8]


def known(db: Any) -> dict[bytes, InspectionKey]:
    """Every key of the inspection that this laptop holds, by its name."""
    own = [(get_meta(db, "epoch_recipient"), get_meta(db, "epoch_identity"))]
    own += db.exec_driver_sql("SELECT recipient, identity FROM epoch_own").fetchall()
    keys = [InspectionKey(recipient, identity) for recipient, identity in own if recipient and identity]
    return {key.id: key for key in keys}


def current(db: Any) -> InspectionKey | None:
    """The key to seal with, which no removed laptop was given; None where this laptop has no such key."""
    recipient = epoch_recipient(db)
    return known(db).get(epoch_id(recipient)) if recipient else None
