"""Words that are missing beside entries: whether an erasure explains it, and putting back what came again."""

from collections.abc import Iterable
from typing import Any

from fieldwork.store import sealed_facts
from fieldwork.store.entry import REASON, Entry
from fieldwork.store.standing import standing
from fieldwork.store.state import Effect, count_again


def unexplained(connection: Any, entries: Iterable[Entry]) -> set[bytes]:
    """Entries of which something is missing that no erasure names: they wait for a copy that has it."""
    lacking = [entry for entry in entries if entry.lacks]
    if not lacking:
        return set()
    now = standing(connection)
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('dropped', 0)")  # wanted again, should it lapse
    return {entry.hash for entry in lacking if not now.excuses(entry)}


def wanted(connection: Any) -> bool:
    """Whether words were dropped here that an erasure no longer in force had named."""
    return connection.execute("SELECT 1 FROM meta WHERE name = 'dropped'").fetchone() is not None


def fill_in(connection: Any, entries: Iterable[Entry]) -> Effect:
    """Put back what was dropped here for an erasure that is no longer in force, from entries that hold it."""
    now = standing(connection)
    objects: set[int] = set()
    for entry in entries:
        put_back = False
        row = connection.execute("SELECT no FROM entry WHERE hash = ?", (entry.hash,)).fetchone()
        gone = [now.erases(entry, group) for group in entry.groups] if row else []
        for place, packed in enumerate(entry.payloads() if row else (), REASON):
            if packed is None or (any(gone) if place == REASON else gone[place]):
                continue
            put = connection.execute(
                "INSERT OR IGNORE INTO payload VALUES (?, ?, ?, ?)", (row[0], place, *packed)
            )
            put_back |= put.rowcount > 0
            if put.rowcount and place != REASON:
                id = entry.groups[place].id
                objects.add(connection.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()[0])
        if put_back:
            sealed_facts.note(connection, [(row[0], entry)])
    return count_again(connection, objects) if objects else Effect()
