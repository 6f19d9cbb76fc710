"""Who vouches for a laptop: an invitation it holds the key of, or the key of the laptop it takes over from.

A laptop's first entry is its introduction. Until one has arrived that somebody known here vouches
for, its entries wait; a signature alone says only that they are its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.records import Device, Invitation
from fieldwork.domain.values import Id
from fieldwork.store.entry import NO_HASH, Entry, Group
from fieldwork.store.keys import device_id, join_statement, verifies
from fieldwork.store.opened import load


@dataclass(frozen=True)
class Introduced:
    """A laptop that is vouched for: its key, and the laptop it takes over from, if any."""

    public: bytes
    takes_over: Id | None


@dataclass(frozen=True)
class _Claim:
    """What a laptop's first entry says of it. voucher: an invitation, or a laptop."""

    public: bytes
    voucher: Id
    proof: bytes


def vouched_for(
    connection: Any, inspection: Id, known: Mapping[Id, bytes], pool: Iterable[Entry]
) -> dict[Id, Introduced]:
    """The laptops in a pool of entries that are not known yet and that somebody known vouches for.

    An introduction counts before what it builds on has arrived: its proof is a signature, which needs nothing else.
    """
    pool = list(pool)
    claims = [
        (entry.device, claim)
        for entry in pool
        if entry.n == 1 and entry.device not in known
        for claim in _claims(entry)
    ]
    found: dict[Id, Introduced] = {}
    while claims:
        trusted = {**known, **{id: one.public for id, one in found.items()}}
        invited = _invited(pool, trusted)
        more = {}
        for id, claim in claims:
            keys = invited.get(claim.voucher, set()) | _invitation_keys(connection, claim.voucher)
            before = trusted.get(claim.voucher)
            keys |= {before} if before else set()
            if id not in found and _holds(claim, keys, inspection, id):
                more[id] = Introduced(claim.public, claim.voucher if before else None)
        if not more:
            break
        found |= more
    return found


def superseded(connection: Any, inspection: Id) -> set[Id]:
    """Laptops whose key has vouched for one that took over from them: after a restore, or once a copy was noticed."""
    known = dict(connection.execute("SELECT id, public FROM device_known WHERE vouched"))
    over: set[Id] = set()
    first = connection.execute(
        "SELECT d.id, e.no, e.body FROM branch b JOIN entry e ON e.branch = b.no AND e.n = 1 "
        "JOIN device_known d ON d.no = b.device WHERE b.base IS NULL"
    ).fetchall()
    entries = [load(connection, no, body) for _, no, body in first]
    for entry in entries:
        for claim in _claims(entry):
            before = known.get(claim.voucher)
            if before and claim.voucher != entry.device and _holds(claim, {before}, inspection, entry.device):
                over.add(claim.voucher)
    return over


def _holds(claim: _Claim, keys: Iterable[bytes], inspection: Id, device: Id) -> bool:
    statement = join_statement(inspection, device)
    return any(verifies(key, claim.proof, statement) for key in keys)


def _claims(entry: Entry) -> list[_Claim]:
    """What a first entry says of its own laptop; nothing where it does not fit the laptop's name."""
    if entry.n != 1 or entry.previous != NO_HASH:
        return []
    claims = []
    for group in entry.groups:
        if group.kind == Device.kind and group.id == entry.device and group.values is not None:
            said = dict(zip(group.fields, group.values, strict=True))
            public, proof, voucher = said.get("sign_key"), said.get("proof"), said.get("invitation")
            if (
                isinstance(public, bytes)
                and isinstance(proof, bytes)
                and isinstance(voucher, bytes)
                and device_id(public) == entry.device
            ):
                claims.append(_Claim(public, voucher, proof))
    return claims


def _invited(pool: Iterable[Entry], trusted: Mapping[Id, bytes]) -> dict[Id, set[bytes]]:
    """Keys of invitations that laptops known here have written, though they do not stand here yet."""
    invited: dict[Id, set[bytes]] = {}
    for entry in pool:
        if entry.device in trusted:
            for group in entry.groups:
                if group.kind == Invitation.kind:
                    invited.setdefault(group.id, set()).update(_keys_set(group))
    return invited


def _keys_set(group: Group) -> set[bytes]:
    """The keys that changes to an invitation set on it."""
    pairs = zip(group.fields, group.values or (), strict=False)
    return {value for name, value in pairs if name == "key" and isinstance(value, bytes)}


def _invitation_keys(connection: Any, invitation: Id) -> set[bytes]:
    """Every key an invitation ever had: what is written on it later shuts nobody out who used it."""
    rows = connection.execute(
        "SELECT e.no, e.body FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
        "WHERE o.id = ?",
        (invitation,),
    ).fetchall()
    return {
        key
        for no, body in rows
        for group in load(connection, no, body).groups
        if group.id == invitation
        for key in _keys_set(group)
    }
