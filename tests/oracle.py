"""What a workspace should say, worked out from the entries alone and in plain Python.

It shares nothing with the engine but the words of the entry format: it reads bodies and values
itself, keeps everything in dictionaries, and takes the long way wherever there is one.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec

import oracle_sealed
import oracle_standing

OWNER = {
    **{"session": "visit", "note_line": "session", "tag": "target", "examination": "case_file"},
    **dict.fromkeys(("answer", "sealed_part", "sealed_key", "release"), "examination"),
    **{
        "evidence_link": "finding",
        "sign_off": "finding",
        "joint_marking": "case_file",
        "guide_topic": "guide",
    },
    **dict.fromkeys(("excerpt", "mask"), "target"),
    **dict.fromkeys(("covered_topic", "diary_note"), "session"),
    **dict.fromkeys(("attachment", "quote_release"), "belongs"),
    **{"attachment_wish": "attachment", "coding_done": "check"},
}
FINDS_WORDS = {
    "target",
    "part",
    "quote",
    "before",
    "after",
    "start",
}  # of an excerpt: two that differ ask nobody

UNTIMELY = "untimely"  # the act of an altered program that says any time

Place = tuple[bytes, str]  # record, field
Change = tuple[bytes, int]  # entry, index


@dataclass
class Expected:
    """The state that follows from a set of entries."""

    kinds: dict[bytes, str] = field(default_factory=dict)
    heads: dict[Place, list[tuple[Change, Any]]] = field(default_factory=dict)  # the one shown first
    hidden: set[bytes] = field(default_factory=set)
    clashes: dict[Place, frozenset[Change]] = field(default_factory=dict)
    revived: dict[bytes, tuple[frozenset[bytes], frozenset[bytes]]] = field(default_factory=dict)
    ever: set[tuple[bytes, str, Any]] = field(default_factory=set)
    erased: set[bytes] = field(default_factory=set)


def expected(
    entries: list[tuple[bytes, bytes, dict[int, bytes]]],
    founder: bytes,
    inspection: bytes,
    dropped: bool = False,
) -> Expected:
    """The state that these entries make; each is (hash, body, payloads by place).

    founder: the id of the laptop that the inspection was founded on.
    dropped: an erasure took words that may be wanted again, since whoever asked for it counts no more.
    """
    said = Expected()
    bodies = {hash: msgspec.msgpack.decode(body) for hash, body, _ in entries}
    values = {
        hash: {at: msgspec.msgpack.decode(raw) for at, raw in held.items() if at >= 0}
        for hash, _, held in entries
    }
    payloads = {hash: held for hash, _, held in entries}
    verdict = oracle_standing.judge(bodies, values, founder, inspection)
    said.erased = {id for _, id in verdict.erased}
    set_by: dict[Change, tuple[bytes, str, Any]] = {}
    replaces: dict[tuple[Change, Place], set[Change]] = {}
    counted: set[Change] = set()
    kinds: dict[bytes, set[tuple[bool, bool, str]]] = defaultdict(set)
    called: dict[Change, str] = {}
    # whoever acted so, their new name came with it
    untimely = {body[1] for body in bodies.values() if body[7] == UNTIMELY}
    for hash, body in bodies.items():
        references = body[11]
        gone = {id for entry, id in verdict.erased if entry == hash}
        assert gone or dropped or (body[8] is None) == (-1 not in payloads[hash]), "a reason was lost"
        assert body[10] == bytes(32) or body[10] in bodies, "an entry took effect before the one behind it"
        assert all(reference in bodies for reference in references), "an entry took effect before its cause"
        index = 0
        for at, (kind, id, names, _, bases) in enumerate(body[12]):
            wanting = at not in values[hash]
            if id in gone and names != ["_deleted"]:
                assert at not in values[hash], "what was erased is still there"
                values[hash][at] = [None] * len(names)
            elif dropped:
                values[hash].setdefault(at, [None] * len(names))
            for place, name in enumerate(names):
                value = values[hash][at][place]
                counts = verdict.counts(hash, body, kind, id, name, value)
                kinds[id].add((not counts, not (counts and verdict.names_kind(body, kind, id)), kind))
                called[hash, index] = kind
                set_by[hash, index] = (id, name, value)
                if counts:
                    counted.add((hash, index))
                if id not in gone and not wanting:
                    said.ever.add((id, name, value))
                pairs = bases[place] if bases else []
                behind = replaces.setdefault(((hash, index), (id, name)), set())
                for reference, change in zip(pairs[::2], pairs[1::2], strict=True):
                    behind.add((references[reference], change))
                for reference in references:
                    timely = body[4] > bodies[reference][4]
                    altered = body[7] == UNTIMELY or (body[2] == 1 and body[1] in untimely)
                    assert timely or altered, "an entry's time is below what it builds on"
                index += 1
    said.kinds = {id: min(some)[2] for id, some in kinds.items()}
    decided = {id for id, some in kinds.items() if not min(some)[1]}
    counted = {
        change
        for change in counted
        if set_by[change][0] not in decided or called[change] == said.kinds[set_by[change][0]]
    }
    replaced = _behind(replaces, counted)
    heads: dict[Place, list[tuple[Any, Change, Any]]] = defaultdict(list)
    for change, (id, name, value) in set_by.items():
        if change in counted and (change, (id, name)) not in replaced:
            body = bodies[change[0]]
            heads[id, name].append(((body[4], body[1], change[0]), change, value))
    for where, standing in heads.items():
        standing.sort(key=lambda head: head[0], reverse=True)
        said.heads[where] = [(change, value) for _, change, value in standing]
    oracle_sealed.open_up(said, bodies, values, verdict.nothing | verdict.voided, inspection)
    _deletes(said, bodies)
    for (id, name), standing in said.heads.items():
        if said.kinds[id] == "excerpt" and name in FINDS_WORDS:
            continue
        if name != "_deleted" and any(value != standing[0][1] for _, value in standing):
            said.clashes[id, name] = frozenset(change for change, _ in standing)
    return said


def _behind(
    replaces: dict[tuple[Change, Place], set[Change]], counted: set[Change]
) -> set[tuple[Change, Place]]:
    """All that stands behind a change that counts, through those that do not."""
    found: set[tuple[Change, Place]] = set()

    def follow(change: Change, where: Place) -> None:
        for base in replaces.get((change, where), ()):
            if (base, where) not in found:
                found.add((base, where))
                if base not in counted:
                    follow(base, where)

    for change, where in replaces:
        if change in counted:
            follow(change, where)
    return found


def _deletes(said: Expected, bodies: dict[bytes, list[Any]]) -> None:
    owner = {
        id: said.heads[id, OWNER[kind]][0][1]
        for id, kind in said.kinds.items()
        if kind in OWNER and (id, OWNER[kind]) in said.heads
    }
    deleted = set()
    for id in said.kinds:
        deletes = [(c, v) for c, v in said.heads.get((id, "_deleted"), []) if v is not None]
        if not deletes:
            continue
        covered: set[bytes] = set()
        for (entry, _), view in deletes:
            for tip in (entry, *(view[at : at + 32] for at in range(0, len(view), 32))):
                while tip in bodies and tip not in covered:
                    covered.add(tip)
                    tip = bodies[tip][10]
        unseen = {
            change[0]
            for (other, name), standing in said.heads.items()
            if other == id or id in _above(other, owner)
            for change, value in standing
            if change[0] not in covered and not (other == id and name == "_deleted" and value is not None)
        }
        if unseen:
            said.revived[id] = (frozenset(entry for (entry, _), _ in deletes), frozenset(unseen))
        else:
            deleted.add(id)
    said.hidden = {id for id in said.kinds if id in deleted or deleted & _above(id, owner)}


def _above(id: bytes, owner: dict[bytes, bytes]) -> set[bytes]:
    """All that a record belongs to, however far up; a circle ends where it began."""
    found: set[bytes] = set()
    while isinstance(owner.get(id), bytes) and owner[id] not in found:
        id = owner[id]
        found.add(id)
    return found


# -- what a workspace says


def of(workspace: Any) -> Expected:
    """What a workspace should say, from the entries in it."""
    with workspace.read() as db:
        connection = db.connection.driver_connection
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        founder = hashlib.sha256(meta["founder_public"]).digest()[:16]
        return expected(entries_of(connection), founder, meta["inspection"], "dropped" in meta)


def counting(workspace: Any) -> set[bytes]:
    """The entries of a workspace that count whole."""
    with workspace.read() as db:
        connection = db.connection.driver_connection
        meta = dict(connection.execute("SELECT name, value FROM meta"))
        entries = entries_of(connection)
    bodies = {hash: msgspec.msgpack.decode(body) for hash, body, _ in entries}
    values = {
        h: {at: msgspec.msgpack.decode(raw) for at, raw in held.items() if at >= 0} for h, _, held in entries
    }
    founder = hashlib.sha256(meta["founder_public"]).digest()[:16]
    verdict = oracle_standing.judge(bodies, values, founder, meta["inspection"])
    return bodies.keys() - verdict.nothing - verdict.voided


def entries_of(connection: Any) -> list[tuple[bytes, bytes, dict[int, bytes]]]:
    """The standing entries of a workspace, as `expected` takes them."""
    values: dict[int, dict[int, bytes]] = defaultdict(dict)
    for number, place, raw in connection.execute("SELECT entry, place, vals FROM payload"):
        values[number][place] = raw
    rows = connection.execute("SELECT no, hash, body FROM entry").fetchall()
    return [(hash, body, values[number]) for number, hash, body in rows]


def differences(dump: dict[str, Any], said: Expected) -> list[str]:
    """Where a workspace's dump says something else than it should."""
    wrong: list[str] = []

    def check(what: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            wrong.append(f"{what}: found {found!r}, expected {wanted!r}")

    records = {bytes.fromhex(record["id"]): record for record in dump["records"]}
    check("records", sorted(records), sorted(said.kinds))
    for id, record in records.items():
        check(f"kind of {id.hex()}", record["kind"], said.kinds.get(id))
        check(f"erased {record['kind']} {id.hex()}", record.get("erased", False), id in said.erased)
        check(f"hidden {record['kind']} {id.hex()}", record["hidden"], id in said.hidden)
        for name in set(record["fields"]) | {name for other, name in said.heads if other == id}:
            heads = said.heads.get((id, name), [])
            values = [_plain(value, name) for _, value in heads]
            check(f"{name} of {id.hex()}", [record["fields"].get(name)], values[:1])
            rivals = record.get("rivals", {}).get(name, [])
            check(f"rivals of {name}", sorted(map(repr, rivals)), sorted(map(repr, values[1:])))
    clashes = {}
    revived = {}
    for conflict in dump["conflicts"]:
        id = bytes.fromhex(conflict["record"])
        versions = [(*_change(version["change"]), version["value"]) for version in conflict["versions"]]
        if conflict["what"] == "changed":
            clashes[id, conflict["field"]] = frozenset(version[:2] for version in versions)
        else:
            deletes = frozenset(hash for hash, _, value in versions if value == "deleted")
            revived[id] = (deletes, frozenset(hash for hash, _, value in versions if value == "changed"))
    check("conflicts", clashes, said.clashes)
    check("brought back", revived, said.revived)
    return wrong


def _change(text: str) -> Change:
    hash, index = text.split(":")
    return bytes.fromhex(hash), int(index)


def _plain(value: Any, name: str = "") -> Any:
    if name == "sealed" and isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    return {"bytes": value.hex()} if isinstance(value, bytes) else value
