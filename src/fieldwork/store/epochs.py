"""The keys of the inspection that this laptop was given: one to begin with, another after each removal."""

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldwork.domain.records import Epoch
from fieldwork.store.reading import records_in
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


def current(db: Any) -> InspectionKey:
    """The key to seal with: the newest that this laptop was given, by the removals that stand here."""
    own = known(db)
    announced = [epoch for epoch in records_in(db, Epoch) if epoch_id(epoch.recipient) in own]
    if announced:
        return own[epoch_id(max(announced, key=lambda epoch: epoch.id).recipient)]
    return own[epoch_id(get_meta(db, "epoch_recipient"))]
