"""The keys of the inspection that this laptop was given: one to begin with, another after each removal."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyrage
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldwork.domain.records import Device, Epoch, EpochKey
from fieldwork.store.keys import DeviceKeys
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


def current(db: Any) -> InspectionKey | None:
    """The key to seal with, which no removed laptop was given; None where this laptop has no such key."""
    recipient = recipient_now(db)
    return known(db).get(epoch_id(recipient)) if recipient else None


def made_since(db: sa.Connection) -> list[list[str]]:
    """The keys of the inspection made since it was founded that this laptop holds, as [recipient, identity]."""
    return [list(row) for row in db.exec_driver_sql("SELECT recipient, identity FROM epoch_own")]


def keep(db: sa.Connection, keys: Sequence[Sequence[str]]) -> None:
    """Keep keys of the inspection that were made or given here."""
    for recipient, identity in keys:
        db.exec_driver_sql("INSERT OR IGNORE INTO epoch_own VALUES (?, ?)", (recipient, identity))


def keep_given(db: sa.Connection, keys: DeviceKeys) -> None:
    """Unwrap the keys of the inspection that leads have given this laptop."""
    own = {recipient for (recipient,) in db.exec_driver_sql("SELECT recipient FROM epoch_own")}
    epochs = {epoch.id: epoch.recipient for epoch in records_in(db, Epoch) if epoch.recipient not in own}
    if not epochs:
        return
    for given in records_in(db, EpochKey, device=keys.device):
        recipient = epochs.get(given.epoch or b"")
        identity = _unwrapped(given.wrapped, keys) if recipient else None
        if identity is not None and str(identity.to_public()) == recipient:
            db.exec_driver_sql("INSERT OR IGNORE INTO epoch_own VALUES (?, ?)", (recipient, str(identity)))


def _unwrapped(wrapped: bytes | None, keys: DeviceKeys) -> Any:
    try:
        own = pyrage.x25519.Identity.from_str(keys.identity)
        return pyrage.x25519.Identity.from_str(pyrage.decrypt(wrapped or b"", [own]).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError):
        return None  # not what it says it is: packages encrypted to this laptop itself still open


def recipient_now(db: sa.Connection) -> str:
    """The key to encrypt to besides each laptop's own: the newest one no removed laptop was given, or ""."""
    removed = {d.id for d in records_in(db, Device, removed=1)}
    if not removed:
        return str(get_meta(db, "epoch_recipient"))
    rows = db.exec_driver_sql(
        "SELECT k.recipient, k.holders FROM epoch k JOIN object o ON o.id = k.id "
        "JOIN cell c ON c.object = o.no AND c.field = 'recipient' WHERE k.hidden = 0 ORDER BY c.time DESC, k.id DESC"
    ).fetchall()
    for recipient, holders in rows:
        given = {bytes(holders or b"")[at : at + 16] for at in range(0, len(holders or b""), 16)}
        if recipient and not given & removed:
            return str(recipient)
    return ""
