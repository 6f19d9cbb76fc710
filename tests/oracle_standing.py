"""Who may do what, what counts and what is erased, from the entries alone and in plain Python.

Like the oracle it belongs to, it shares nothing with the engine but the words of the entry format.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DECIDE = {
    *("device", "team_member", "voiding", "epoch", "epoch_key"),
    *("invitation", "erasing", "approval"),
}
SURVIVE_VOIDING = {"device", "team_member", "voiding", "epoch", "epoch_key"}


@dataclass
class Judgement:
    leads: set[bytes] = field(default_factory=set)
    nothing: set[bytes] = field(default_factory=set)  # hashes of entries that count for nothing
    voided: set[bytes] = field(default_factory=set)
    erased: set[tuple[bytes, bytes]] = field(default_factory=set)  # entry, record
    member_of: dict[bytes, set[bytes]] = field(default_factory=dict)  # whom a laptop's first entry names

    def counts(self, hash: bytes, body: list[Any], kind: str, id: bytes, name: str, value: Any) -> bool:
        if hash in self.nothing or (hash in self.voided and kind not in SURVIVE_VOIDING):
            return False
        lead, first, own = body[1] in self.leads, body[2] == 1, id == body[1]
        if kind == "device":
            if name in ("sign_key", "recipient", "invitation", "proof"):
                return first and own
            if name in ("admitted", "leads", "removed", "accepted", "_deleted"):
                return lead
            return lead or (own and (first or name == "label"))
        if kind == "team_member":
            new = (
                first
                and id in self.member_of.get(hash, ())
                and not any(any(g[4] or ()) for g in body[12] if g[1] == id)
            )
            return lead or (new and name != "_deleted" and not (name == "role" and value == "lead"))
        if kind in ("voiding", "epoch", "epoch_key"):
            return lead
        if kind in ("invitation", "approval") and name in ("withdrawn", "_deleted"):
            return lead
        return True

    def names_kind(self, body: list[Any], kind: str, id: bytes) -> bool:
        return kind in SURVIVE_VOIDING and (body[1] in self.leads or id == body[1])


def judge(
    bodies: dict[bytes, list[Any]], said: dict[bytes, dict[int, Any]], founder: bytes, inspection: bytes
) -> Judgement:
    """bodies by hash, the values of every group by place."""
    words = [h for h, body in bodies.items() if any(group[0] in DECIDE for group in body[12])]
    moments = _moments(bodies)
    words.sort(key=lambda h: (moments[h], bodies[h][1], h))

    def of(hash: bytes, kind: str) -> list[tuple[bytes, dict[str, Any]]]:
        return [
            (group[1], dict(zip(group[2], said[hash].get(at) or [None] * len(group[2]), strict=True)))
            for at, group in enumerate(bodies[hash][12])
            if group[0] == kind
        ]

    introduced = {
        id: fields
        for h in words
        for id, fields in of(h, "device")
        if bodies[h][2] == 1 and id == bodies[h][1]
    }
    heir_of: dict[bytes, bytes] = {}
    for id, fields in introduced.items():
        before = introduced.get(fields.get("invitation"))
        if before and _signed(before.get("sign_key"), fields.get("proof"), inspection, id):
            heir_of[id] = fields["invitation"]

    def chain(hash: bytes) -> set[bytes]:
        found = set()
        while hash in bodies:
            found.add(hash)
            hash = bodies[hash][10]
        return found

    def beyond(hash: bytes, cuts: dict[bytes, set[bytes]]) -> bool:
        body = bodies[hash]
        return body[1] in cuts and body[2] > 1 and hash not in cuts[body[1]]

    def after(id: bytes, but: set[bytes]) -> set[bytes]:
        """Who took over from a laptop, from these, and so on."""
        line: set[bytes] = set()
        while new := {h for h, before in heir_of.items() if before in {id, *line}} - line - but:
            line |= new
        return line

    def told(some: list[bytes]) -> tuple[set[bytes], dict[bytes, dict[str, Any]]]:
        leads: set[bytes] = {founder} | after(founder, set())
        laptops: dict[bytes, dict[str, Any]] = {}
        let_in: set[bytes] = set()
        for h in some:
            author = bodies[h][1]
            if author not in leads:
                continue
            for id, fields in of(h, "device"):
                if id != author and (fields.get("admitted") == 1 or fields.get("leads") == 1):
                    let_in.add(id)
            for id, fields in of(h, "device"):
                laptops[id] = {**laptops.get(id, {}), **fields}
                if fields.get("removed") == 1:
                    leads = leads - after(id, let_in | {author})
                if fields.get("leads") == 1:
                    gone = laptops[id].get("removed") == 1
                    leads = leads | {id} | (set() if gone else after(id, set()))
        return leads, laptops

    cuts: dict[bytes, set[bytes]] = {}
    heard: list[bytes] = []
    for h in words:
        if not beyond(h, cuts):
            heard.append(h)
            cuts = {
                id: set().union(*(chain(tip) for tip in _tips(fields.get("accepted"))))
                for id, fields in told(heard)[1].items()
                if fields.get("removed") == 1
            }
    good = [h for h in words if not beyond(h, cuts)]
    leads, _ = told(good)
    let_in = {  # by who leads in the end: not by who led once, through a laptop that was removed
        id: fields["admitted"]
        for h in good
        if bodies[h][1] in leads
        for id, fields in of(h, "device")
        if "admitted" in fields
    }
    admitted = {id for id, said in let_in.items() if said == 1} | {founder} | leads
    withdrawn: dict[bytes, Any] = {}
    inviters: dict[bytes, set[tuple[bytes, Any]]] = {}
    for h in good:
        for id, fields in of(h, "invitation"):
            if "key" in fields:
                inviters.setdefault(id, set()).add((bodies[h][1], fields["key"]))
            if bodies[h][1] in leads and "withdrawn" in fields:
                withdrawn[id] = fields["withdrawn"]

    def stands(id: bytes, above: tuple[bytes, ...] = ()) -> bool:
        if id in admitted or id not in introduced or not isinstance(introduced[id].get("invitation"), bytes):
            return True
        if id in above:
            return False
        if id in heir_of:
            return heir_of[id] not in cuts and stands(heir_of[id], (*above, id))
        invitation = introduced[id]["invitation"]
        guests = cuts.keys() & introduced.keys() - heir_of.keys()
        used_by_removed = any(introduced[other].get("invitation") == invitation for other in guests)
        return (
            not used_by_removed
            and withdrawn.get(invitation) != 1
            and any(
                other not in cuts
                and _signed(key, introduced[id].get("proof"), inspection, id)
                and stands(other, (*above, id))
                for other, key in inviters.get(invitation, ())
            )
        )

    shut = {id for id in introduced if not stands(id)}
    verdict = Judgement(leads)
    for h in words:
        verdict.member_of[h] = {f.get("member") for id, f in of(h, "device") if id == bodies[h][1]}
    verdict.nothing = {
        h for h, body in bodies.items() if beyond(h, cuts) or (body[1] in shut and body[2] > 1)
    }
    good = [h for h in good if h not in verdict.nothing]
    voiding: dict[bytes, dict[str, Any]] = {}
    for h in good:
        if bodies[h][1] in leads:
            for id, fields in of(h, "voiding"):
                voiding[id] = {**voiding.get(id, {}), **fields}
    verdict.voided = {v["entry"] for v in voiding.values() if v.get("voided") == 1 and v.get("entry")}
    verdict.voided -= verdict.nothing
    verdict.voided |= {  # of an introduction only who it is
        h
        for h, body in bodies.items()
        if body[2] == 1 and (body[1] in shut or (body[1] in cuts and h not in cuts[body[1]]))
    }
    good = [h for h in good if bodies[h][1] not in shut]
    _erasures(verdict, good, bodies, of)
    return verdict


def _moments(bodies: dict[bytes, list[Any]]) -> dict[bytes, list[int]]:
    """When each entry was written at the earliest: [the latest time among it and all behind it, steps after that]."""
    found: dict[bytes, list[int]] = {}
    asked = list(bodies)
    while asked:
        body = bodies[asked[-1]]
        behind = {hash for hash in (body[10], *body[11]) if hash in bodies}
        if unknown := behind - found.keys():
            asked += unknown
            continue
        after = [[time, steps + 1] for time, steps in map(found.get, behind)]
        found[asked.pop()] = max([[body[4], 0], *after])
    return found


def _erasures(verdict: Judgement, good: list[bytes], bodies: dict[bytes, list[Any]], of: Any) -> None:
    members: dict[bytes, Any] = {}
    voices: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for h in good:
        for id, fields in of(h, "device"):
            first = bodies[h][2] == 1 and id == bodies[h][1]
            if "member" in fields and (first or bodies[h][1] in verdict.leads):
                members[id] = fields["member"]
        for id, fields in of(h, "approval"):
            if fields.get("approved") == 1 and fields.get("erasing"):
                voices.setdefault(fields["erasing"], []).append((id, h))
    for h in good:
        for id, fields in of(h, "erasing"):
            named = fields.get("records") or b""
            heard = {
                bodies[at][1]
                for yes, at in voices.get(id, [])
                if at == h or yes == _derived("approval", id, bodies[at][1], named)
            }
            own = fields.get("unshared") == 1
            two = len({members.get(one) for one in heard}) > 1 and bool(heard & verdict.leads)
            if not fields.get("records") or not (own or two):
                continue
            records = {fields["records"][at : at + 16] for at in range(0, len(fields["records"]), 16)}
            for other, body in bodies.items():
                if other != h and h not in body[11] and (not own or body[1] == bodies[h][1]):
                    verdict.erased |= {
                        (other, group[1])
                        for group in body[12]
                        if group[1] in records and group[2] != ["_deleted"]
                    }


def _derived(kind: str, *parts: bytes) -> bytes:
    plain = kind.encode() + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(plain).digest()[:16]


def _tips(blob: Any) -> list[bytes]:
    return [blob[at : at + 32] for at in range(0, len(blob), 32)] if isinstance(blob, bytes) else []


def _signed(key: Any, proof: Any, inspection: bytes, id: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, b"fieldwork join" + inspection + id)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True
