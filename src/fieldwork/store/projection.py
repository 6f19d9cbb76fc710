"""From cells to what is read: who belongs to whom, what is hidden, typed tables, the search index."""

from functools import cache
from typing import Any

from fieldwork.domain.records import KINDS, Device, TeamMember, field_rules
from fieldwork.domain.values import Id, shown_name
from fieldwork.store.following import Followed, searched, write
from fieldwork.store.interning import OWNERS
from fieldwork.store.sets import looked_up

_NAMES = [(kind, name) for kind in (Device.kind, TeamMember.kind) for name in ("label", "inspectorate")]


def temporary_tables(db: Any) -> None:
    """Empty lists of what was touched, what came to belong elsewhere, and what is projected from its cells."""
    for name in ("touched", "moved", "unsure"):
        db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} (no INTEGER PRIMARY KEY)")
        db.execute(f"DELETE FROM {name}")


def project(db: Any, direct: Followed, *, moved: bool = False) -> None:
    """Bring everything derived up to date for the records in the temporary table `touched`.

    Those that came to belong elsewhere, or were deleted or brought back, are kept in `moved`; it says
    whether there are some already. direct: of which what was set is all there is to do.
    """
    _list_unsure(db, direct)
    listed = touched(db)
    _set_owners(db)
    hidden = _set_hidden(db, moved)
    for no in hidden:
        direct.pop(no, None)
    if hidden or touched(db) != listed:
        _list_unsure(db, direct)
    kinds = _kinds_unsure(db)
    for kind in kinds:
        db.execute(_typed(kind), (kind,))
    _index(db, [kind for kind in kinds if searched(kind)])
    write(db, direct)
    _shorten_names(db)


def _shorten_names(db: Any) -> None:
    """What laptops and people call themselves stands all over the pages: one line of it, of a sensible length."""
    for kind, name in _NAMES:
        rows = db.execute(
            f'SELECT k."{name}", k.no FROM "{kind}" k CROSS JOIN touched t ON t.no = k.no WHERE k."{name}" IS NOT NULL'
        ).fetchall()
        db.executemany(
            f'UPDATE "{kind}" SET "{name}" = ? WHERE no = ?',
            ((short, no) for text, no in rows if (short := shown_name(text)) != text),
        )


def _list_unsure(db: Any, direct: Followed) -> None:
    """The touched records that are worked out from their cells."""
    rest = [(no,) for (no,) in db.execute("SELECT no FROM touched").fetchall() if no not in direct]
    db.executemany("INSERT OR IGNORE INTO unsure VALUES (?)", rest)


def touched(db: Any) -> int:
    """How many records are listed as touched."""
    return db.execute("SELECT count(*) FROM touched").fetchone()[0]


def _kinds_unsure(db: Any) -> list[str]:
    """Kinds of these records, so far as this version knows them."""
    kinds = db.execute("SELECT DISTINCT o.kind FROM unsure t CROSS JOIN object o USING (no)").fetchall()
    return [kind for (kind,) in kinds if kind in KINDS]


def _set_owners(db: Any) -> None:
    """Whom each record belongs to; whom it belonged to before is looked at again as well."""
    moved = (
        "FROM unsure t CROSS JOIN object o ON o.no = t.no CROSS JOIN cell c ON c.object = o.no AND c.field = ?2 "
        "WHERE o.kind = ?1 AND o.owner IS NOT CASE WHEN typeof(c.value) = 'blob' THEN c.value END"
    )
    for kind in _kinds_unsure(db):
        name = OWNERS.get(kind)
        if name is None:
            continue
        rows = db.execute(
            f"SELECT CASE WHEN typeof(c.value) = 'blob' THEN c.value END, o.owner, o.no {moved}", (kind, name)
        ).fetchall()
        db.executemany(
            "INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?",
            ((old,) for _, old, _ in rows if old is not None),
        )
        db.executemany("UPDATE object SET owner = ?1 WHERE no = ?3 AND ?2 IS owner", rows)
        db.executemany("INSERT OR IGNORE INTO moved VALUES (?)", ((no,) for _, _, no in rows))


_FITTING = {
    "TEXT": "('text', 'integer', 'real')",
    "INTEGER": "('integer', 'real')",
    "REAL": "('real', 'integer')",
    "BLOB": "('blob')",
}


@cache
def _typed(kind: str) -> str:
    """A value of a type that the column cannot hold stays in its cell: readers are promised the type."""
    rules = field_rules(kind).values()
    columns = ", ".join(f'"{rule.name}"' for rule in rules)
    values = ", ".join(
        f"max(CASE WHEN c.field = '{rule.name}' AND typeof(c.value) IN {_FITTING[rule.storage]} THEN c.value END)"
        for rule in rules
    )
    return (
        f'INSERT OR REPLACE INTO "{kind}" (no, id, hidden, {columns}) '
        f"SELECT o.no, o.id, o.hidden, {values} FROM unsure t CROSS JOIN object o ON o.no = t.no "
        f"JOIN cell c ON c.object = o.no WHERE o.kind = ? GROUP BY o.no"
    )


def _index(db: Any, kinds: list[str]) -> None:
    db.execute(
        "INSERT INTO found (found, rowid, words) "
        "SELECT 'delete', s.no, s.words FROM unsure t CROSS JOIN searchable s ON s.no = t.no"
    )
    db.execute("DELETE FROM searchable WHERE no IN (SELECT no FROM unsure)")
    for kind in kinds:
        words = " || char(10) || ".join(f"coalesce(k.\"{name}\", '')" for name in searched(kind))
        db.execute(
            f"INSERT INTO searchable (no, words) SELECT k.no, trim({words}, char(10)) "
            f'FROM unsure t CROSS JOIN "{kind}" k ON k.no = t.no WHERE k.hidden = 0 '
            f"AND trim({words}, char(10)) <> ''"
        )
    db.execute(
        "INSERT INTO found (rowid, words) SELECT s.no, s.words FROM unsure t CROSS JOIN searchable s ON s.no = t.no"
    )


def _set_hidden(db: Any, moved: bool) -> list[int]:
    """A record is hidden while it or one it belongs to is deleted; what changes thereby is touched too.

    Returns the records that were hidden, or are shown again.
    """
    first = "SELECT 1 FROM cell WHERE field = '_deleted' LIMIT 1"
    if not moved and db.execute(first).fetchone() is None:
        return []
    for no, deleted in _deletable(db):
        now = int(_is_deleted(db, no))
        if now != deleted:
            db.execute("UPDATE object SET deleted = ? WHERE no = ?", (now, no))
            db.execute("INSERT OR IGNORE INTO moved VALUES (?)", (no,))
    changed: list[int] = []
    while True:
        # whatever stands below a record that moved may change with it
        db.execute(
            "WITH RECURSIVE below(no, id) AS (SELECT o.no, o.id FROM moved m CROSS JOIN object o ON o.no = m.no "
            "UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id) "
            "INSERT OR IGNORE INTO touched SELECT no FROM below"
        )
        now_hidden = _hidden_now(db)
        if not now_hidden:
            return changed
        db.executemany("UPDATE object SET hidden = ? WHERE no = ?", now_hidden)
        changed += [no for _, no in now_hidden]
        db.executemany("INSERT OR IGNORE INTO moved VALUES (?)", ((no,) for _, no in now_hidden))


def _hidden_now(db: Any) -> list[tuple[int, int]]:
    """Of the touched records those that are to be hidden (1) or shown again (0), with their numbers."""
    touched = db.execute(
        "SELECT o.no, o.owner, o.deleted, o.hidden FROM touched t CROSS JOIN object o ON o.no = t.no"
    ).fetchall()
    above = {id: (owner, deleted) for _, id, owner, deleted in _above(db, {row[1] for row in touched})}
    gone: dict[Id | None, int] = {}

    def is_gone(id: Id | None) -> int:
        way = []
        while id in above and id not in gone:
            owner, deleted = above[id]
            gone[id] = deleted
            way.append(id)
            if deleted:
                break
            id = owner
        found = gone.get(id, 0)
        for passed in way:
            gone[passed] = found
        return found

    now = ((int(deleted or is_gone(owner)), no, hidden) for no, owner, deleted, hidden in touched)
    return [(gone_now, no) for gone_now, no, hidden in now if gone_now != hidden]


def _above(db: Any, owners: set[Id | None]) -> list[tuple[int, Id, Id | None, int]]:
    """Records with these ids and all they belong to: number, id, owner, whether deleted."""
    found: list[tuple[int, Id, Id | None, int]] = []
    asked: set[Id | None] = {None}
    while wanted := owners - asked:
        asked |= wanted
        rows = looked_up(
            db,
            "SELECT o.no, o.id, o.owner, o.deleted FROM (VALUES {keys}) k CROSS JOIN object o ON o.id = k.column1",
            [(id,) for id in wanted],
        )
        above = list(rows)
        found += above
        owners = {row[2] for row in above}
    return found


def _deletable(db: Any) -> list[tuple[int, int]]:
    """Touched records and all they belong to, so far as a delete was ever written on them, and whether
    they counted as deleted so far."""
    touched = db.execute(
        "SELECT o.no, o.owner, o.deleted FROM touched t CROSS JOIN object o ON o.no = t.no"
    ).fetchall()
    deleted = {row[0]: row[2] for row in touched}
    deleted.update((no, now) for no, _, _, now in _above(db, {row[1] for row in touched}))
    on = "SELECT c.object FROM (VALUES {keys}) k CROSS JOIN cell c ON c.object = k.column1 AND c.field = '_deleted'"
    return [(no, deleted[no]) for (no,) in looked_up(db, on, [(no,) for no in deleted])]


def _is_deleted(db: Any, no: int) -> bool:
    return _deletes(db, no) != [] and not unseen_heads(db, no)


def _deletes(db: Any, no: int) -> list[tuple[int, bytes]]:
    return db.execute(
        "SELECT change, value FROM cell WHERE object = ?1 AND field = '_deleted' AND value IS NOT NULL "
        "UNION ALL SELECT change, value FROM rival WHERE object = ?1 AND field = '_deleted' AND value IS NOT NULL",
        (no,),
    ).fetchall()


def unseen_heads(db: Any, no: int) -> list[int]:
    """Changes that stand on a record, or on what it owns, which none of its deletes had seen."""
    heads = db.execute(
        "WITH RECURSIVE below(no, id) AS (SELECT no, id FROM object WHERE no = ?1 "
        "UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id) "
        "SELECT c.change FROM below b JOIN cell c ON c.object = b.no "
        "WHERE NOT (b.no = ?1 AND c.field = '_deleted' AND c.value IS NOT NULL) "
        "UNION SELECT r.change FROM below b JOIN rival r ON r.object = b.no "
        "WHERE NOT (b.no = ?1 AND r.field = '_deleted' AND r.value IS NOT NULL)",
        (no,),
    ).fetchall()
    views = [_tips_seen(db, change >> 20, value) for change, value in _deletes(db, no)]
    covered = {
        entry: any(_covers(db, view, entry) for view in views)
        for entry in {change >> 20 for (change,) in heads}
    }
    return [change for (change,) in heads if not covered[change >> 20]]


def _tips_seen(db: Any, own: int, value: bytes) -> list[int]:
    """Entry numbers of the tips that a delete's author held: its value is their hashes, 32 bytes each."""
    hashes = [value[at : at + 32] for at in range(0, len(value), 32)]
    found = (db.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone() for hash in hashes)
    return [own] + [row[0] for row in found if row]


def _covers(db: Any, tips: list[int], entry: int) -> bool:
    """Whether an entry is one of the tips or stands in the chain behind one."""
    branch, n = db.execute("SELECT branch, n FROM entry WHERE no = ?", (entry,)).fetchone()
    for tip in tips:
        at, reach = db.execute("SELECT branch, n FROM entry WHERE no = ?", (tip,)).fetchone()
        while at is not None:
            if at == branch:
                if n <= reach:
                    return True
                break
            at, reach = db.execute("SELECT base, base_n FROM branch WHERE no = ?", (at,)).fetchone()
    return False
