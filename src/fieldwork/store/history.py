"""Who changed what, when, from what to what; and taking back one's own acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS, field_words
from fieldwork.domain.values import Id, Value
from fieldwork.store.entry import NO_HASH, Base, Entry
from fieldwork.store.holding import reach
from fieldwork.store.opened import Entries, entries_on
from fieldwork.store.recording import DELETE, INDEX, Change, Recorded, record
from fieldwork.store.sealed_reading import SealedStep, sealed_steps
from fieldwork.store.standing import ALL, Standing, decides, standing, still_counts
from fieldwork.store.state import DELETED, SHIFT
from fieldwork.store.workspace import Workspace, get_meta, raw

# acts that found the inspection, concern laptops, settle something between colleagues or do themselves: not taken
# back by Ctrl+Z. What a lead adds later (a body, a stratum, a question set) is an act like any other.
LASTING = frozenset(
    {"found", "set up", "join", "admit", "invite", "appoint", "remove", "accept", "void", "lift"}
    | {"erase", "approve", "restore", "new identity", "resolve", "time worked", "have a file"}
    | {"pair a file", "start a sealed file", "release", "hand on a key"}
    | {"sign a finding", "withdraw a signature"}
)

_WRITTEN_BY_OTHERS = (
    "WITH RECURSIVE below(no, id) AS (SELECT no, id FROM object WHERE no = ?1 "
    "UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id), "
    "head(change) AS (SELECT c.change FROM below b JOIN cell c ON c.object = b.no "
    "WHERE NOT (b.no = ?1 AND c.field = '_deleted' AND c.value IS NOT NULL) "
    "UNION ALL SELECT r.change FROM below b JOIN rival r ON r.object = b.no "
    "WHERE NOT (b.no = ?1 AND r.field = '_deleted' AND r.value IS NOT NULL)) "
    "SELECT e.no FROM head h CROSS JOIN entry e ON e.no = h.change >> 20 "
    "CROSS JOIN device_known d ON d.no = e.device WHERE d.id <> ?2 LIMIT 1"
)


@dataclass(frozen=True)
class Step:
    """One change in a record's history. wall in milliseconds; `standing` says it is a head today.

    counts: False where it was voided, came after a removal, or was not its author's to say.
    erased: what it said was erased.
    """

    wall: int
    person: str
    device: Id
    act: str
    field: str
    before: tuple[Value, ...]
    after: Value
    reason: str
    change: str
    standing: bool
    counts: bool = True
    erased: bool = False


def entered_by(workspace: Workspace, ids: Sequence[Id]) -> dict[Id, tuple[str, int]]:
    """Who first wrote each of these records, and when (wall ms), by the earliest act on it that is here."""
    found: dict[Id, tuple[str, int]] = {}
    with workspace.read() as db:
        entries = Entries(raw(db))
        for id in ids:
            numbers = db.exec_driver_sql(
                "SELECT s.entry FROM object o JOIN seen s ON s.object = o.no JOIN entry e ON e.no = s.entry "
                "WHERE o.id = ? ORDER BY e.time, e.hash LIMIT 1",
                (id,),
            ).fetchone()
            if numbers is not None:
                entry = entries.entry(numbers[0])
                found[id] = entries.author(entry), entry.wall
    return found


def history(workspace: Workspace, id: Id) -> list[Step]:
    """Every change ever made to a record, oldest first by the logical clock: in the same order on every laptop.

    Raises Fault when there is no such record.
    """
    with workspace.read() as db:
        connection = raw(db)
        row = connection.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise Fault(f"There is no record {id.hex()} here.")
        no = row[0]
        entries = entries_on(connection, no)
        people = Entries(connection)
        void = dict(connection.execute("SELECT no, counts FROM entry WHERE counts <> 1"))
        now = (
            standing(connection) if void or any(map(decides, (entry for _, entry in entries))) else Standing()
        )
        sealed = sealed_steps(connection, id)
        authors = {number: people.author(entry) for number, entry in entries}
        numbers = {entry.hash: number for number, entry in entries}
        heads = {
            change
            for (change,) in connection.execute(
                "SELECT change FROM cell WHERE object = ?1 UNION SELECT change FROM rival WHERE object = ?1",
                (no,),
            )
        }
    values: dict[int, Value] = {}
    steps = _sealed(sealed, {entry.hash: authors[number] for number, entry in entries})
    for number, entry in sorted(entries, key=lambda one: (one[1].time, one[1].hash)):
        at = number << SHIFT
        for group in entry.groups:
            for place, name in enumerate(group.fields):
                if group.id == id:
                    change = at + place
                    value = group.values[place] if group.values is not None else None
                    values[change] = value
                    before = tuple(
                        values.get(numbers.get(entry.references[base.reference], 0) << SHIFT | base.index)
                        for base in group.bases[place]
                    )
                    steps.append(
                        Step(
                            entry.wall,
                            authors[number],
                            entry.device,
                            entry.act,
                            name,
                            before,
                            value,
                            entry.reason,
                            f"{entry.hash.hex()}:{change & INDEX}",
                            change in heads,
                            not sealed
                            and still_counts(void.get(number, ALL), group)
                            and (not now.leads or now.may(entry, group, name, value)),
                            group.values is None,
                        )
                    )
            at += len(group.fields)
    return steps


def _sealed(sealed: Sequence[SealedStep], authors: Mapping[bytes, str]) -> list[Step]:
    """What was sealed of a record and is open now, in the order it was done."""
    last = {step.field: place for place, step in enumerate(sealed) if step.counts}
    return [
        Step(
            step.entry.wall,
            authors.get(step.entry.hash, step.entry.person),
            step.entry.device,
            step.act,
            step.field,
            step.before,
            step.after,
            step.reason,
            f"{step.entry.hash.hex()}:{step.change & INDEX}",
            last.get(step.field) == place,
            step.counts,
        )
        for place, step in enumerate(sealed)
    ]


# -- undo and redo


def own_stacks(workspace: Workspace) -> tuple[list[bytes], list[bytes]]:
    """Own acts that can be taken back, and those taken back that can be done again; the last one first.

    Read from the history, so they survive a restart. Own is what stands in the chain behind this file's
    last act: what a copy of the file wrote under the same name was not done here.
    """
    with workspace.read() as db:
        connection = raw(db)
        reached = reach(connection, [get_meta(db, "tip", NO_HASH)])
        rows: list[tuple[bytes, str, bytes | None]] = []
        for branch, n in sorted(reached.items(), key=itemgetter(1), reverse=True):
            rows += connection.execute(
                "SELECT hash, act, undoes FROM entry WHERE branch = ? AND n <= ? ORDER BY n DESC LIMIT ?",
                (branch, n, 1000 - len(rows)),
            )
    done: list[bytes] = []
    undone: list[bytes] = []
    for hash, act, undoes in reversed(rows):
        if undoes is None:
            undone.clear()
            if act not in LASTING:
                done.append(hash)
        elif undoes in done:
            done.remove(undoes)
            undone.append(hash)
        elif undoes in undone:
            undone.remove(undoes)
            done.append(hash)
    return done[::-1], undone[::-1]


def first_of(workspace: Workspace, hash: bytes) -> tuple[str, list[tuple[str, Id]]]:
    """What was first done by an act, also where it was undone and done again, and the records it wrote, by kind."""
    with workspace.read() as db:
        entries = Entries(raw(db))
        entry = _first(entries, entries.entry(entries.number(hash)))
        return entry.act, [(group.kind, group.id) for group in entry.groups]


def _first(entries: Entries, entry: Entry) -> Entry:
    while entry.undoes is not None:
        entry = entries.entry(entries.number(entry.undoes))
    return entry


@dataclass(frozen=True)
class Undone:
    """What undo or redo did; `skipped` says who has changed a field since, so it was left alone.

    act: the name of what was first done, also where it was undone and done again before. called: that, and what about.
    """

    recorded: Recorded
    act: str
    skipped: tuple[str, ...]
    called: str = ""

    @property
    def changed(self) -> Mapping[str, frozenset[Id]]:
        return self.recorded.changed


def undo(workspace: Workspace) -> Undone:
    """Take back one's last act, as a new entry. Raises Fault when there is nothing to take back."""
    done, _ = own_stacks(workspace)
    if not done:
        raise Fault("There is nothing of yours to undo.")
    return _reverse(workspace, done[0], "undo")


def redo(workspace: Workspace) -> Undone:
    """Do again what was taken back last. Raises Fault when there is nothing."""
    _, undone = own_stacks(workspace)
    if not undone:
        raise Fault("There is nothing to redo.")
    return _reverse(workspace, undone[0], "redo")


def _reverse(workspace: Workspace, hash: bytes, act: str) -> Undone:
    """Give every field that still stands as that entry left it the value it had before.

    What the entry made goes whole, unless somebody else has written on it or under it since.
    """
    changes: list[Change] = []
    skipped: list[str] = []
    with workspace.read() as db:
        connection = raw(db)
        entries = Entries(connection)
        number = entries.number(hash)
        entry = entries.entry(number)
        first = _first(entries, entry)
        at = number << SHIFT
        for group in entry.groups:
            fields: dict[str, Any] = {}
            no = connection.execute("SELECT no FROM object WHERE id = ?", (group.id,)).fetchone()[0]
            if _made_here(connection, no, number) and DELETED not in group.fields:
                other = _also_written_by(entries, no, workspace.device)
                if other is None:
                    fields[DELETED] = DELETE
                else:
                    skipped.append(f"{_kind_words(group.kind)}: changed since by {other}")
            else:
                for place, name in enumerate(group.fields):
                    since = _changed_since(entries, no, name, at + place)
                    if since is None:
                        value = _value_before(entries, entry, group.bases[place])
                        fields[name] = DELETE if name == DELETED and value is not None else value
                    else:
                        skipped.append(f"{field_words(group.kind, name)}: changed since by {since}")
            if fields:
                changes.append(Change(group.kind, group.id, fields))
            at += len(group.fields)
    recorded = record(workspace, act, changes, undoes=hash)
    if recorded.entry is None and skipped:
        named = list(dict.fromkeys(skipped))
        more = f"; and {len(named) - 3} more" if len(named) > 3 else ""
        raise Fault(f"Nothing was undone: {'; '.join(named[:3])}{more}.")
    return Undone(recorded, first.act, tuple(skipped))


def _kind_words(kind: str) -> str:
    return KINDS[kind].words if kind in KINDS else kind


def _made_here(connection: Any, no: int, number: int) -> bool:
    first = connection.execute("SELECT min(entry) FROM seen WHERE object = ?", (no,)).fetchone()[0]
    return first == number


def _also_written_by(entries: Entries, no: int, here: Id) -> str | None:
    """Somebody on another laptop whose change stands on a record or on what it owns."""
    row = entries.connection.execute(_WRITTEN_BY_OTHERS, (no, here)).fetchone()
    return entries.author(entries.entry(row[0])) if row else None


def _changed_since(entries: Entries, no: int, name: str, change: int) -> str | None:
    """Who changed a field after this change, or None where it still stands alone."""
    heads = [
        at
        for (at,) in entries.connection.execute(
            "SELECT change FROM cell WHERE object = ?1 AND field = ?2 "
            "UNION ALL SELECT change FROM rival WHERE object = ?1 AND field = ?2",
            (no, name),
        )
    ]
    left = _stands_for(entries, change)
    others = [at for at in heads if _stands_for(entries, at) != left]
    if len(heads) == 1 and not others:
        return None
    other = others[0] if others else change
    return entries.author(entries.entry(other >> SHIFT))


def _stands_for(entries: Entries, change: int) -> int:
    """The change a field is back at: an undo puts back what stood before the change it undoes."""
    while entries.entry(change >> SHIFT).undoes is not None:
        undone = _base_of(entries, change)
        before = None if undone is None else _base_of(entries, undone)
        if before is None:
            return change
        change = before
    return change


def _base_of(entries: Entries, change: int) -> int | None:
    """The change that one change replaced first."""
    found = entries.group(change >> SHIFT, change & INDEX)
    if found is None or not found[0].bases[found[1]]:
        return None
    base = found[0].bases[found[1]][0]
    return entries.number(entries.entry(change >> SHIFT).references[base.reference]) << SHIFT | base.index


def _value_before(entries: Entries, entry: Entry, bases: tuple[Base, ...]) -> Value:
    if not bases:
        return None
    found = entries.group(entries.number(entry.references[bases[0].reference]), bases[0].index)
    return found[0].values[found[1]] if found is not None and found[0].values is not None else None
