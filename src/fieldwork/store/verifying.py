"""Is the evidence what its history says? Pages, hash chains, signatures, and the state rebuilt."""

import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS, field_rules, field_words
from fieldwork.store import migrations
from fieldwork.store.entry import NO_HASH, Entry
from fieldwork.store.keys import device_id, verifies
from fieldwork.store.recording import load
from fieldwork.store.state import take_effect
from fieldwork.store.workspace import Workspace, raw


def verify(workspace: Workspace) -> list[str]:
    """Everything that is wrong, one sentence each; an empty list means the workspace is sound."""
    with workspace.read() as db:
        connection = raw(db)
        problems = [f"page check: {text}" for (text,) in connection.execute("PRAGMA cipher_integrity_check")]
        problems += [
            f"database check: {text}" for (text,) in connection.execute("PRAGMA quick_check") if text != "ok"
        ]
        entries: list[Entry] = []
        problems += _chains(connection, entries)
        if not problems:
            problems += _rebuilt(connection, entries)
    return problems


def _chains(connection: Any, entries: list[Entry]) -> Iterator[str]:
    """Check every entry against its hash, its predecessor and its values; signatures at the heads."""
    known = dict(connection.execute("SELECT no, public FROM device_known"))
    ids = dict(connection.execute("SELECT no, id FROM device_known"))
    for no, public in known.items():
        if device_id(public) != ids[no]:
            yield f"laptop {ids[no].hex()[:8]}: its id is not the hash of its key."
    standing: dict[bytes, Entry] = {}
    for no, device, n, hash, body in connection.execute(
        "SELECT no, device, n, hash, body FROM entry ORDER BY no"
    ).fetchall():
        try:
            entry = load(connection, no, body)
        except Fault:
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its content was altered."
            continue
        before = standing.get(entry.previous)
        if hashlib.sha256(body).digest() != hash or entry.device != ids[device] or entry.n != n:
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its content was altered."
        elif entry.previous != NO_HASH and (before is None or before.n != n - 1):
            yield f"entry {n} of laptop {_label(connection, ids[device])}: the one before it is missing."
        standing[hash] = entry
        entries.append(entry)
    signed = set()
    for device, n, hash, signature in connection.execute("SELECT device, n, hash, signature FROM signature"):
        if not verifies(known[device], signature, hash):
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its signature does not hold."
        signed.add(hash)
    parked = set(_parked_predecessors(connection))
    for device, n, hash in connection.execute(
        "SELECT b.device, b.n, e.hash FROM branch b JOIN entry e ON e.no = b.tip"
    ):
        if hash not in signed and hash not in parked:
            yield f"entry {n} of laptop {_label(connection, ids[device])}: nobody has signed it."


def _parked_predecessors(connection: Any) -> list[bytes]:
    import msgspec

    return [msgspec.msgpack.decode(body)[10] for (body,) in connection.execute("SELECT body FROM parked")]


def _label(connection: Any, device: bytes) -> str:
    row = connection.execute("SELECT label FROM device WHERE id = ?", (device,)).fetchone()
    return (row[0] if row else None) or device.hex()[:8]


_STATE = (
    "SELECT o.id, o.kind, c.field, c.value, '' FROM cell c JOIN object o ON o.no = c.object "
    "UNION ALL SELECT o.id, o.kind, r.field, r.value, 'rival ' || hex(e.hash) FROM rival r "
    "JOIN object o ON o.no = r.object JOIN entry e ON e.no = r.change >> 20"
)


def _rebuilt(connection: Any, entries: list[Entry]) -> Iterator[str]:
    """Build the state anew from the history, in memory, and name every record that differs."""
    engine = sa.create_engine("sqlite://", module=sqlcipher, poolclass=sa.StaticPool)
    try:
        with engine.begin() as db:
            migrations.migrate(db, "rebuilt")
            fresh = raw(db)
            fresh.executemany(
                "INSERT INTO device_known (id, public) VALUES (?, ?)",
                connection.execute("SELECT id, public FROM device_known").fetchall(),
            )
            if entries:
                take_effect(fresh, entries)
            yield from _differences(connection, fresh)
    finally:
        engine.dispose()


def _differences(stored: Any, rebuilt: Any) -> Iterator[str]:
    told: set[bytes] = set()
    for id, kind, name, found, expected in _compare(stored, rebuilt, _STATE, key=(0, 2, 4)):
        told.add(id)
        yield _sentence(stored, kind, id, name, found, expected)
    hidden = "SELECT id, kind, 'hidden', hidden, '' FROM object"
    for id, kind, name, found, expected in _compare(stored, rebuilt, hidden, key=(0,)):
        if id not in told:
            told.add(id)
            yield _sentence(stored, kind, id, name, found, expected)
    for kind in KINDS:
        for name in ("hidden", *field_rules(kind)):
            typed = f"SELECT id, '{kind}', '{name}', \"{name}\", '' FROM \"{kind}\""
            for id, _, _, found, expected in _compare(stored, rebuilt, typed, key=(0,)):
                if id not in told:
                    told.add(id)
                    yield _sentence(stored, kind, id, name, found, expected)
    words = "SELECT o.id, o.kind, 'search', s.words, '' FROM searchable s JOIN object o ON o.no = s.no"
    for id, kind, _, _, _ in _compare(stored, rebuilt, words, key=(0,)):
        if id not in told:
            yield f"{_name(kind)} {_reference(stored, kind, id)}: the search index is out of date."


def _compare(stored: Any, rebuilt: Any, query: str, key: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    left = {tuple(row[k] for k in key): row for row in stored.execute(query)}
    right = {tuple(row[k] for k in key): row for row in rebuilt.execute(query)}
    for at in sorted(set(left) | set(right), key=repr):
        a, b = left.get(at), right.get(at)
        if a is None or b is None or a[3] != b[3] or type(a[3]) is not type(b[3]):
            row = a or b
            assert row is not None
            yield row[0], row[1], row[2], a[3] if a else "(nothing)", b[3] if b else "(nothing)"


def _sentence(stored: Any, kind: str, id: bytes, name: str, found: Any, expected: Any) -> str:
    return (
        f"{_name(kind)} {_reference(stored, kind, id)}, {field_words(kind, name)}: "
        f"the file says {_short(found)}, its history says {_short(expected)}."
    )


def _reference(connection: Any, kind: str, id: bytes) -> str:
    name = next(
        (
            n
            for n in ("reference", "label", "title", "code", "question")
            if kind in KINDS and n in field_rules(kind)
        ),
        None,
    )
    if name:
        row = connection.execute(f'SELECT "{name}" FROM "{kind}" WHERE id = ?', (id,)).fetchone()
        if row and row[0]:
            return f"{row[0]} ({id.hex()[:12]})"
    return id.hex()[:12]


def _name(kind: str) -> str:
    return KINDS[kind].words if kind in KINDS else kind


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'
