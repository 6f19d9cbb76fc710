"""Is the evidence what its history says? Pages, hash chains, signatures, the log, and the state rebuilt."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS, field_rules, field_words
from fieldwork.domain.values import Id
from fieldwork.store import migrations
from fieldwork.store.activity import altered
from fieldwork.store.connection import says_its_salt
from fieldwork.store.entry import NO_HASH, Entry
from fieldwork.store.keys import device_id, verifies
from fieldwork.store.opened import load
from fieldwork.store.standing import standing
from fieldwork.store.state import take_effect
from fieldwork.store.workspace import Workspace, raw


def verify(workspace: Workspace) -> list[str]:
    """Everything that is wrong, one sentence each; an empty list means the workspace is sound."""
    with workspace.read() as db:
        connection = raw(db)
        # the page check reads the file alone; what a cut-off checkpoint tore there still stands whole in the log
        connection.execute("PRAGMA wal_checkpoint").fetchall()
        problems = [f"page check: {text}" for (text,) in connection.execute("PRAGMA cipher_integrity_check")]
        if not problems and not says_its_salt(workspace.path, workspace.file_key):
            problems = ["page check: the first bytes of the file were altered."]
        if problems:
            return problems  # what else a damaged file says is no evidence
        # opening a cursor drops what FTS5 remembers of its index from before another connection wrote;
        # without it the check below reads segments that are long gone and calls a sound file damaged
        connection.execute("SELECT rowid FROM found LIMIT 1").fetchall()
        problems += [
            f"database check: {text}" for (text,) in connection.execute("PRAGMA quick_check") if text != "ok"
        ]
        entries: list[Entry] = []
        connection.text_factory = lambda text: text.decode(errors="replace")  # tampering may leave any bytes
        try:
            problems += altered(connection)
            problems += _chains(connection, entries)
            if not problems:
                problems += _rebuilt(connection, entries)
        except (
            KeyError,
            TypeError,
            ValueError,
            IndexError,
        ) as error:  # an old page put back leaves any values
            problems.append(
                f"database check: its tables do not fit together ({type(error).__name__} {error})."
            )
        finally:
            connection.text_factory = str
    return problems


def _chains(connection: Any, entries: list[Entry]) -> Iterator[str]:
    """Check every entry against its hash, its predecessor and its values; signatures at the heads."""
    known = dict(connection.execute("SELECT no, public FROM device_known"))
    ids = dict(connection.execute("SELECT no, id FROM device_known"))
    for no, public in known.items():
        if device_id(public) != ids[no]:
            yield f"laptop {ids[no].hex()[:8]}: its id is not the hash of its key."
    lacking: list[tuple[Entry, Id]] = []
    altered = False
    before_it: dict[bytes, Entry] = {}
    for no, device, n, hash, body, *columns in connection.execute(
        "SELECT no, device, n, hash, body, time, act, undoes FROM entry ORDER BY no"
    ).fetchall():
        try:
            entry = load(connection, no, body)
        except Fault:
            altered = True
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its content was altered."
            continue
        before = before_it.get(entry.previous)
        stated = (entry.hash, entry.device, entry.n, entry.time, entry.act, entry.undoes)
        if stated != (hash, ids[device], n, *columns):
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its content was altered."
        elif entry.previous != NO_HASH and (
            before is None or (before.device, before.n) != (entry.device, n - 1)
        ):
            yield f"entry {n} of laptop {_label(connection, ids[device])}: the one before it is missing."
        elif entry.lacks:
            lacking.append((entry, ids[device]))
        before_it[hash] = entry
        entries.append(entry)
    if not altered:
        yield from _missing(connection, lacking)
    numbered = {entry.hash: entry.n for entry in entries}
    numbered.update(connection.execute("SELECT hash, n FROM parked").fetchall())
    signed = set()
    for device, n, hash, signature in connection.execute("SELECT device, n, hash, signature FROM signature"):
        stands = numbered.get(hash)
        if not verifies(known[device], signature, hash) or (stands is not None and stands != n):
            yield f"entry {n} of laptop {_label(connection, ids[device])}: its signature does not hold."
        signed.add(hash)
    parked = set(_parked_predecessors(connection))
    for device, n, hash in connection.execute(
        "SELECT b.device, b.n, e.hash FROM branch b JOIN entry e ON e.no = b.tip"
    ):
        if hash not in signed and hash not in parked:
            yield f"entry {n} of laptop {_label(connection, ids[device])}: nobody has signed it."


def _missing(connection: Any, lacking: list[tuple[Entry, Id]]) -> Iterator[str]:
    """What is not there though no erasure names it."""
    now = standing(connection) if lacking else None
    for entry, device in lacking:
        if now is not None and not now.excuses(entry):
            yield (
                f"entry {entry.n} of laptop {_label(connection, device)}: its values are missing, and no erasure "
                "names them; merge a package with everything from a colleague who holds them."
            )


def _parked_predecessors(connection: Any) -> list[bytes]:
    import msgspec

    return [msgspec.msgpack.decode(body)[10] for (body,) in connection.execute("SELECT body FROM parked")]


def _label(connection: Any, device: bytes) -> str:
    row = connection.execute("SELECT label FROM device WHERE id = ?", (device,)).fetchone()
    return (row[0] if row else None) or device.hex()[:8]


_CHANGE = "hex(e.hash) || ':' || ({0}.change & 1048575) || ' at ' || {0}.time"
_STATE = (
    f"SELECT o.id, o.kind, c.field, c.value, 'shown', {_CHANGE.format('c')}, typeof(c.value) FROM cell c "
    "JOIN object o ON o.no = c.object LEFT JOIN entry e ON e.no = c.change >> 20 "
    f"UNION ALL SELECT o.id, o.kind, r.field, r.value, 'rival ' || hex(e.hash), {_CHANGE.format('r')}, typeof(r.value) "
    "FROM rival r "
    "JOIN object o ON o.no = r.object LEFT JOIN entry e ON e.no = r.change >> 20"
)
_RECORDS = "SELECT id, kind, 'hidden', hidden, kind, deleted, owner FROM object"
_TOUCHED_BY = (
    "SELECT coalesce(o.id, x''), coalesce(o.kind, 'record'), e.hash, 'history', '' FROM seen s "
    "LEFT JOIN object o ON o.no = s.object LEFT JOIN entry e ON e.no = s.entry"
)
# branches by the hashes in them: their numbers are each file's own
_BRANCHES = (
    "SELECT t.hash, 'branch', '', d.id, b.n, b.base_n, b.base IS NULL, f.hash FROM branch b "
    "LEFT JOIN entry t ON t.no = b.tip LEFT JOIN device_known d ON d.no = b.device "
    "LEFT JOIN entry f ON f.branch = b.base AND f.n = b.base_n"
)
_ON_BRANCHES = (
    "SELECT e.hash, 'entry', '', t.hash, '' FROM entry e LEFT JOIN branch b ON b.no = e.branch "
    "LEFT JOIN entry t ON t.no = b.tip"
)
_WORDS = "SELECT o.id, o.kind, 'search', s.words, '' FROM searchable s JOIN object o ON o.no = s.no WHERE s.words <> ''"
_TERMS = (
    "SELECT o.id, o.kind, 'search', group_concat(v.term || v.offset, ' ' ORDER BY v.offset, v.term), '' "
    "FROM terms v JOIN object o ON o.no = v.doc GROUP BY v.doc"
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
            fresh.executemany(
                "INSERT INTO meta SELECT ?, ?",
                connection.execute(
                    "SELECT name, value FROM meta WHERE name IN ('founder_public', 'inspection')"
                ).fetchall(),
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
    for id, kind, name, found, expected in _compare(stored, rebuilt, _RECORDS, key=(0,)):
        if id not in told:
            told.add(id)
            yield _sentence(stored, kind, id, name, found, expected)
    for kind in KINDS:
        if stray := stored.execute(
            f'SELECT t.id FROM "{kind}" t LEFT JOIN object o ON o.no = t.no WHERE o.id IS NOT t.id'
        ).fetchone():
            yield f"{_name(kind)} {_reference(stored, kind, stray[0])}: its number is another record's."
        names = ("hidden", *field_rules(kind))
        whole = ", ".join(f'"{name}", typeof("{name}")' for name in names)
        if not any(_compare(stored, rebuilt, f"SELECT id, '{kind}', '', {whole} FROM \"{kind}\"", key=(0,))):
            continue
        for name in names:
            typed = f'SELECT id, \'{kind}\', \'{name}\', "{name}", typeof("{name}") FROM "{kind}"'
            for id, _, _, found, expected in _compare(stored, rebuilt, typed, key=(0,)):
                if id not in told:
                    told.add(id)
                    yield _sentence(stored, kind, id, name, found, expected)
    for query in (_BRANCHES, _ON_BRANCHES):
        if any(_compare(stored, rebuilt, query, key=(0,))):
            yield "the branches of the laptops' chains are not what the history says."
            break
    for id, kind, _, _, _ in _compare(stored, rebuilt, _TOUCHED_BY, key=(0, 2)):
        if id not in told:
            told.add(id)
            yield f"{_name(kind)} {_reference(stored, kind, id)}: the list of what changed it is not complete."
    for db in (stored, rebuilt):
        db.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab('main', 'found', 'instance')"
        )
    marks = "SELECT hash, 'entry', act, counts, decides FROM entry"
    for hash, _, act, _, _ in _compare(stored, rebuilt, marks, key=(0,)):
        yield f'entry {hash.hex()[:12]} ("{act}"): whether it counts is not what its history says.'
    erased = "SELECT id, 'record', 'erased', words, '' FROM erased"
    for id, *_ in _compare(stored, rebuilt, erased, key=(0,)):
        yield f"record {id.hex()[:12]}: whether it is erased is not what its history says."
    for query in (_WORDS, _TERMS):
        for id, kind, _, _, _ in _compare(stored, rebuilt, query, key=(0,)):
            if id not in told:
                told.add(id)
                yield f"{_name(kind)} {_reference(stored, kind, id)}: the search index is out of date."


def _compare(stored: Any, rebuilt: Any, query: str, key: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query (id, kind, field, value, ...) that are not the same in both, as
    (id, kind, field, value here, value rebuilt)."""
    here, anew = set(stored.execute(query)), set(rebuilt.execute(query))
    left = {tuple(row[k] for k in key): row for row in here - anew}
    right = {tuple(row[k] for k in key): row for row in anew - here}
    for at in sorted(left.keys() | right.keys(), key=repr):
        a, b = left.get(at), right.get(at)
        row = a or b
        assert row is not None
        place = next((k for k in range(3, len(row)) if a and b and a[k] != b[k]), 3)
        yield row[0], row[1], row[2], a[place] if a else "(nothing)", b[place] if b else "(nothing)"


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
        row = connection.execute(
            f'SELECT "{name}" FROM "{kind}" WHERE no = (SELECT no FROM object WHERE id = ?)', (id,)
        ).fetchone()
        if row and row[0]:
            return f"{row[0]} ({id.hex()[:12]})"
    return id.hex()[:12]


def _name(kind: str) -> str:
    return KINDS[kind].words if kind in KINDS else kind


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'
