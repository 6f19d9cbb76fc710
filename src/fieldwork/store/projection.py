"""From cells to what is read: who belongs to whom, what is hidden, typed tables, the search index."""

from functools import cache
from typing import Any

from fieldwork.domain.records import KINDS, field_rules, owner_field

_OWNERS = {kind: owner_field(kind) for kind in KINDS if owner_field(kind)}


def temporary_tables(db: Any) -> None:
    """Empty lists of what was touched and what came to belong elsewhere."""
    for name in ("touched", "moved"):
        db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} (no INTEGER PRIMARY KEY)")
        db.execute(f"DELETE FROM {name}")


def project(db: Any, *, moved: bool = False) -> None:
    """Bring everything derived up to date for the records in the temporary table `touched`.

    Those that came to belong elsewhere, or were deleted or brought back, are kept in `moved`; it says
    whether there are some already.
    """
    _set_owners(db)
    _set_hidden(db, moved)
    kinds = _kinds_touched(db)
    for kind in kinds:
        db.execute(_typed(kind), (kind,))
    _index(db, [kind for kind in kinds if _searched(kind)])


def _kinds_touched(db: Any) -> list[str]:
    """Kinds of the touched records, so far as this version knows them."""
    kinds = db.execute("SELECT DISTINCT o.kind FROM touched t CROSS JOIN object o USING (no)").fetchall()
    return [kind for (kind,) in kinds if kind in KINDS]


def _set_owners(db: Any) -> None:
    """Whom each record belongs to; whom it belonged to before is looked at again as well."""
    moved = (
        "FROM touched t CROSS JOIN object o ON o.no = t.no CROSS JOIN cell c ON c.object = o.no AND c.field = ?2 "
        "WHERE o.kind = ?1 AND o.owner IS NOT CASE WHEN typeof(c.value) = 'blob' THEN c.value END"
    )
    for kind in _kinds_touched(db):
        name = _OWNERS.get(kind)
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
        f"SELECT o.no, o.id, o.hidden, {values} FROM touched t CROSS JOIN object o ON o.no = t.no "
        f"JOIN cell c ON c.object = o.no WHERE o.kind = ? GROUP BY o.no"
    )


@cache
def _searched(kind: str) -> tuple[str, ...]:
    return tuple(rule.name for rule in field_rules(kind).values() if rule.searched)


def _index(db: Any, kinds: list[str]) -> None:
    db.execute(
        "INSERT INTO found (found, rowid, words) "
        "SELECT 'delete', s.no, s.words FROM touched t CROSS JOIN searchable s ON s.no = t.no"
    )
    db.execute("DELETE FROM searchable WHERE no IN (SELECT no FROM touched)")
    for kind in kinds:
        words = " || char(10) || ".join(f"coalesce(k.\"{name}\", '')" for name in _searched(kind))
        db.execute(
            f"INSERT INTO searchable (no, words) SELECT k.no, trim({words}, char(10)) "
            f'FROM touched t CROSS JOIN "{kind}" k ON k.no = t.no WHERE k.hidden = 0'
        )
    db.execute(
        "INSERT INTO found (rowid, words) SELECT s.no, s.words FROM touched t CROSS JOIN searchable s ON s.no = t.no"
    )


def _set_hidden(db: Any, moved: bool) -> None:
    """A record is hidden while it or one it belongs to is deleted; what changes thereby is touched too."""
    first = "SELECT 1 FROM cell WHERE field = '_deleted' LIMIT 1"
    if not moved and db.execute(first).fetchone() is None:
        return
    for no, deleted in _deletable(db):
        now = int(_is_deleted(db, no))
        if now != deleted:
            db.execute("UPDATE object SET deleted = ? WHERE no = ?", (now, no))
            db.execute("INSERT OR IGNORE INTO moved VALUES (?)", (no,))
    # whatever stands below a record that moved may change with it
    db.execute(
        "WITH RECURSIVE below(no, id) AS (SELECT o.no, o.id FROM moved m CROSS JOIN object o ON o.no = m.no "
        "UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id) "
        "INSERT OR IGNORE INTO touched SELECT no FROM below"
    )
    db.execute(
        "WITH RECURSIVE up(no, owner, gone) AS ("
        "SELECT o.no, o.owner, o.deleted FROM touched t CROSS JOIN object o ON o.no = t.no "
        "UNION SELECT u.no, p.owner, p.deleted FROM up u JOIN object p ON p.id = u.owner WHERE u.gone = 0) "
        "UPDATE object SET hidden = h.now FROM (SELECT no, max(gone) AS now FROM up GROUP BY no) AS h "
        "WHERE h.no = object.no AND object.hidden <> h.now"
    )


def _deletable(db: Any) -> list[tuple[int, int]]:
    """Touched records and all they belong to, so far as a delete was ever written on them, and whether
    they counted as deleted so far."""
    return db.execute(
        "WITH RECURSIVE above(no, owner, deleted) AS ("
        "SELECT o.no, o.owner, o.deleted FROM touched t CROSS JOIN object o ON o.no = t.no "
        "UNION SELECT o.no, o.owner, o.deleted FROM above a JOIN object o ON o.id = a.owner) "
        "SELECT a.no, a.deleted FROM above a JOIN cell c ON c.object = a.no AND c.field = '_deleted'"
    ).fetchall()


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
