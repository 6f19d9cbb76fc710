"""Records worked out from their whole history, where some of it does not count: slow, and rarely needed."""

from collections.abc import Iterable
from typing import Any

from fieldwork.domain.records import KINDS
from fieldwork.domain.values import Id
from fieldwork.store import heads, standing
from fieldwork.store.entry import Entry
from fieldwork.store.heads import SHIFT, Row
from fieldwork.store.opened import load


def work_out(db: Any, now: standing.Standing, objects: set[int]) -> None:
    """Give these records the state that follows from what counts of all that was ever said of them.

    What a change replaces that does not count itself is replaced too: whoever came later had it behind them.
    """
    found = _Found(db, now)
    for no in objects:
        found.ids[db.execute("SELECT id FROM object WHERE no = ?", (no,)).fetchone()[0]] = no
    entries = {
        row
        for no in objects
        for row in db.execute(
            "SELECT e.no, e.counts, e.body FROM seen s JOIN entry e ON e.no = s.entry WHERE s.object = ?",
            (no,),
        ).fetchall()
    }
    for number, counts, body in sorted(entries):
        found.read(number, counts, load(db, number, body))
    _clear(db, found)
    heads.set_anew(db, objects, found.heads())


def let_go(db: Any, objects: Iterable[int]) -> None:
    """Take away what stands of these records, before they are forgotten; what is around them is touched."""
    for no in objects:
        kind, owner, id = db.execute("SELECT kind, owner, id FROM object WHERE no = ?", (no,)).fetchone()
        for table in ("cell", "rival"):
            db.execute(f"DELETE FROM {table} WHERE object = ?", (no,))
        if kind in KINDS:
            db.execute(f'DELETE FROM "{kind}" WHERE no = ?', (no,))
        db.execute(
            "INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?1 OR no = ?2", (owner, no)
        )
        db.execute("INSERT OR IGNORE INTO moved VALUES (?)", (no,))
        db.execute("INSERT OR IGNORE INTO touched SELECT no FROM object WHERE owner = ?", (id,))
        db.execute("UPDATE object SET owner = NULL, deleted = 0 WHERE no = ?", (no,))


class _Found:
    """What was said of some records, and what of it counts."""

    def __init__(self, db: Any, now: standing.Standing) -> None:
        self.db = db
        self.now = now
        self.ids: dict[Id, int] = {}
        self._claims: dict[
            int, tuple[bool, bool, str]
        ] = {}  # uncounted, by anybody, the kind: the least holds
        self._counted: list[tuple[str, Row]] = []
        self._bases: dict[tuple[int, str, int], list[int]] = {}
        self._void: set[tuple[int, str, int]] = set()
        self._numbers: dict[bytes, int] = {}

    def read(self, number: int, counts: int, entry: Entry) -> None:
        self._numbers[entry.hash] = number
        change = number << SHIFT
        for group in entry.groups:
            no = self.ids.get(group.id)
            for place, name in enumerate(group.fields if no is not None else ()):
                assert no is not None
                value = group.values[place] if group.values is not None else None
                counted = standing.still_counts(counts, group) and self.now.may(entry, group, name, value)
                at = change + place
                claim = (not counted, not (counted and self.now.names_kind(entry, group)), group.kind)
                self._claims[no] = min(claim, self._claims.get(no, claim))
                if counted:
                    self._counted.append((group.kind, (no, name, value, at, entry.time)))
                else:
                    self._void.add((no, name, at))
                self._bases[no, name, at] = [
                    self._number(entry.references[base.reference]) << SHIFT | base.index
                    for base in group.bases[place]
                ]
            change += len(group.fields)

    def _number(self, hash: bytes) -> int:
        if hash not in self._numbers:
            row = self.db.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()
            self._numbers[hash] = row[0]
        return self._numbers[hash]

    def kinds(self) -> dict[int, str]:
        """What kind each record is: as who has the say calls it, else the smallest name."""
        return {no: claim[2] for no, claim in self._claims.items()}

    def heads(self) -> list[Row]:
        """What stands and is replaced by nothing that counts; of what decides, only what names its kind."""
        counted = []
        for kind, row in self._counted:
            _, anybody, holds = self._claims[row[0]]
            if anybody or kind == holds:
                counted.append(row)
            else:
                self._void.add((row[0], row[1], row[3]))
        replaced: set[tuple[int, str, int]] = set()
        waiting = [(no, name, at) for no, name, _, at, _ in counted]
        while waiting:
            no, name, at = waiting.pop()
            for base in self._bases[no, name, at]:
                behind = (no, name, base)
                if behind not in replaced:
                    replaced.add(behind)
                    if behind in self._void:
                        waiting.append(behind)
        return [row for row in counted if (row[0], row[1], row[3]) not in replaced]


def _clear(db: Any, found: _Found) -> None:
    """Take what follows from the heads of these records away, so that it is made anew."""
    for no, named in found.kinds().items():
        kind, owner = db.execute("SELECT kind, owner FROM object WHERE no = ?", (no,)).fetchone()
        for name in {kind} & KINDS.keys():
            db.execute(f'DELETE FROM "{name}" WHERE no = ?', (no,))
        db.execute("INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?", (owner,))
        db.execute(
            "UPDATE object SET kind = ?, owner = NULL, deleted = 0, hidden = 0 WHERE no = ?",
            (named, no),
        )
        db.execute("INSERT OR IGNORE INTO touched VALUES (?)", (no,))
        db.execute("INSERT OR IGNORE INTO moved VALUES (?)", (no,))
