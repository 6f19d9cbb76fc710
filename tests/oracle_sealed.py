"""What released examinations should show, from the entries alone and in plain Python.

It shares nothing with the engine but the words of the format, and opens what is sealed with the library itself.
"""

import hashlib
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

Bodies = dict[bytes, list[Any]]


def derived(kind: str, *parts: bytes | str) -> bytes:
    made = kind.encode()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made += len(raw).to_bytes(4, "big") + raw
    return hashlib.sha256(made).digest()[:16]


def open_up(
    said: Any, bodies: Bodies, values: dict[bytes, dict[int, Any]], void: set[bytes], inspection: bytes
) -> None:
    """Put into what a workspace should say what its released examinations hold, in place of all else on it.

    void: entries that do not count whole.
    """
    seen = _Seen(said, bodies, values, void)
    for examination in sorted(
        {e for _, _, kind, id, f in seen.groups for e in (id, f.get("examination")) if e}
    ):
        for id, (kind, fields) in seen.opened(examination, inspection).items():
            said.kinds[id] = kind
            for where in [where for where in said.heads if where[0] == id]:
                del said.heads[where]
            for name, (value, change) in fields.items():
                said.heads[id, name] = [(change, value)]
                said.ever.add((id, name, value))


class _Seen:
    """Everything that counts, as (entry, index of the first change, kind, record, fields)."""

    def __init__(
        self, said: Any, bodies: Bodies, values: dict[bytes, dict[int, Any]], void: set[bytes]
    ) -> None:
        self.bodies = bodies
        self.groups: list[tuple[bytes, int, str, bytes, dict[str, Any]]] = []
        self.member = {
            id: heads[0][1]
            for (id, name), heads in said.heads.items()
            if name == "member" and said.kinds[id] == "device"
        }
        for hash, body in bodies.items():
            index = 0
            for at, (kind, id, names, _, _) in enumerate(body[12]):
                held = values[hash].get(at)
                if hash not in void and held is not None:
                    self.groups.append((hash, index, kind, id, dict(zip(names, held, strict=True))))
                index += len(names)

    def start(self, examination: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
        """File, member, laptop, sealing."""
        for hash, _, kind, id, said in self.groups:
            parts = [said.get("case_file"), said.get("examiner"), self.bodies[hash][1], said.get("sealing")]
            whole = (
                kind == "examination" and id == examination and all(isinstance(one, bytes) for one in parts)
            )
            if whole and derived("examination", *parts) == examination:
                return parts[0], parts[1], parts[2], parts[3]
        return None

    def laptops(self, examination: bytes) -> set[bytes]:
        start = self.start(examination)
        return {start[2]} | {d for d, member in self.member.items() if member == start[1]} if start else set()

    def holders(self, examination: bytes) -> set[bytes]:
        have = self.laptops(examination)
        given = [
            (self.bodies[hash][1], said.get("device"))
            for hash, _, kind, _, said in self.groups
            if kind == "sealed_key" and said.get("examination") == examination
            if isinstance(said.get("wrapped"), bytes) and isinstance(said.get("device"), bytes)
        ]
        for _ in given:
            have = have | {to for giver, to in given if giver in have}
        return have

    def finished(self, examination: bytes) -> set[bytes]:
        return {
            hash
            for hash, _, kind, id, said in self.groups
            if kind == "examination" and id == examination and type(said.get("finished")) is int
            if isinstance(said.get("parts_digest"), bytes) and len(said["parts_digest"]) == 32
            if self.bodies[hash][1] in self.laptops(examination)
        }

    def chains(self, hash: bytes) -> set[bytes]:
        """All in the chains that end before an entry and with what it refers to."""
        found: set[bytes] = set()
        for end in (self.bodies[hash][10], *self.bodies[hash][11]):
            while end in self.bodies and end not in found:
                found.add(end)
                end = self.bodies[end][10]
        return found

    def released(self, examination: bytes) -> tuple[bytes, set[bytes]] | None:
        """The key, and the entries in which its parts may stand."""
        start = self.start(examination)
        if start is None:
            return None
        good = []
        for hash, _, kind, id, said in self.groups:
            body, key = self.bodies[hash], said.get("key")
            if (
                kind != "release"
                or said.get("examination") != examination
                or id != derived("release", examination)
            ):
                continue
            if not isinstance(key, bytes) or hashlib.sha256(b"fieldwork sealing" + key).digest() != start[3]:
                continue
            if body[1] not in self.holders(examination):
                continue
            if said.get("ground") == "called off" and body[1] not in self.laptops(examination):
                good.append(((body[4], body[1], hash), key, self.chains(hash)))
            named = said.get("finish")
            if said.get("ground") == "finished" and named in body[11] and named in self.finished(examination):
                others = {
                    id
                    for other, _, kind, id, _ in self.groups
                    if kind == "examination"
                    and other in body[11]
                    and id != examination
                    and other in self.finished(id)
                }
                starts = [self.start(other) for other in others]
                if any(one and one[0] == start[0] and one[1] != start[1] for one in starts):
                    good.append(((body[4], body[1], hash), key, self.chains(named)))
        return min(good)[1:] if good else None

    def parts(self, examination: bytes) -> list[tuple[int, bytes, int, bytes]]:
        """Sequence, entry, index of the first change, what is sealed; in order."""
        found = []
        for hash, index, kind, _, said in self.groups:
            sequence, body = said.get("sequence"), self.bodies[hash]
            if (
                (
                    kind == "sealed_part"
                    and said.get("examination") == examination
                    and isinstance(said.get("sealed"), bytes)
                )
                and type(sequence) is int
                and sequence > 0
                and body[1] in self.laptops(examination)
            ):
                found.append(((sequence, body[4], body[1], hash), index, said["sealed"]))
        return [(rank[0], rank[3], index, sealed) for rank, index, sealed in sorted(found)]

    def opened(self, examination: bytes, inspection: bytes) -> dict[bytes, tuple[str, dict[str, Any]]]:
        release = self.released(examination)
        found: dict[bytes, tuple[str, dict[str, Any]]] = {}
        answers: set[bytes] = set()
        for sequence, hash, index, sealed in self.parts(examination) if release else ():
            if release is None or hash not in release[1]:
                continue
            beside = inspection + examination + sequence.to_bytes(8, "big") + self.bodies[hash][1]
            for kind, id, said in unsealed(release[0], sealed, beside):
                if not _own(examination, kind, id, said, answers):
                    continue
                if kind == "answer":
                    answers.add(id)
                if said.pop("_deleted", None) is not None:
                    found.pop(id, None)
                    continue
                record = found.setdefault(id, (kind, {}))
                record[1].update({name: (value, (hash, index)) for name, value in said.items()})
        return found


def unsealed(key: bytes, sealed: bytes, beside: bytes) -> list[Any]:
    """The groups in a part, none where it does not open."""
    try:
        padded = ChaCha20Poly1305(key).decrypt(sealed[:12], sealed[12:], beside)
        return msgspec.msgpack.decode(padded[4 : 4 + int.from_bytes(padded[:4], "big")])[3]
    except (InvalidTag, ValueError, msgspec.DecodeError):
        return []


def _own(examination: bytes, kind: str, id: bytes, said: dict[str, Any], answers: set[bytes]) -> bool:
    if kind == "answer":
        at = derived("answer", examination, str(said.get("question")), str(said.get("instance") or ""))
        return said.get("examination") == examination and isinstance(said.get("question"), str) and id == at
    if kind == "repeat_instance":
        return said.get("examination") == examination and id[:8] == derived(kind, examination)[:8]
    if kind == "tag":
        return said.get("target") in answers and id == derived("tag", said["target"], said["theme"])
    if kind == "evidence_link":
        return said.get("evidence") in answers and id == derived(kind, said["finding"], said["evidence"])
    return False


def digest(workspace: Any, examination: bytes, finish: bytes) -> bytes:
    """What a finish should say of its parts: those in its chains, whatever of them counts since."""
    import oracle

    with workspace.read() as db:
        connection = db.connection.driver_connection
        entries = oracle.entries_of(connection)
    bodies = {hash: msgspec.msgpack.decode(body) for hash, body, _ in entries}
    values = {
        h: {at: msgspec.msgpack.decode(raw) for at, raw in held.items() if at >= 0} for h, _, held in entries
    }
    said = oracle.of(workspace)
    void = {hash for hash in bodies if hash not in oracle.counting(workspace)}
    seen = _Seen(said, bodies, values, void)
    made = hashlib.sha256()
    reached = seen.chains(finish)
    for sequence, hash in sorted((sequence, hash) for sequence, hash, _, _ in seen.parts(examination)):
        if hash in reached:
            made.update(sequence.to_bytes(8, "big") + hash)
    return made.digest()
