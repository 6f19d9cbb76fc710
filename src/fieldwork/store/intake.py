"""Taking in what colleagues wrote: checked whole, put in causal order, applied in one transaction.

A large set is taken in group by group, each as if it were merged by itself: whatever order entries come in,
they end in the same state, and what waits for a later group is taken up with it.
"""

import gc
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.faults import Fault, NotYet
from fieldwork.domain.package import Head, Outcome
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, Told, untold
from fieldwork.domain.values import Id
from fieldwork.store import held
from fieldwork.store.clearing import clear_if_marked, without_erased
from fieldwork.store.conflicting import Arisen, conflicts_in, open_heads
from fieldwork.store.connection import large_cache
from fieldwork.store.entry import Entry, read_entry
from fieldwork.store.epochs import keep_given
from fieldwork.store.holding import held_hashes, keep_knowledge, keep_signatures
from fieldwork.store.known_laptops import (
    clock_words,
    forget_strangers,
    forked,
    hear_of,
    joined_twice,
    keep_clock,
    know,
    label_of,
    succeed,
)
from fieldwork.store.merge_words import called_otherwise, team_changes
from fieldwork.store.missing import fill_in, unexplained, wanted
from fieldwork.store.parcel import Parcel, Sealed
from fieldwork.store.placing import Placement, leave_out, place
from fieldwork.store.receipts import Receipt, write_receipt
from fieldwork.store.standing import standing
from fieldwork.store.state import SHIFT, Effect, take_effect
from fieldwork.store.workspace import Workspace, get_meta, raw, set_meta

BATCH = 100_000  # changes that take effect at a time, and that stand in memory at least

_STRANGER = (
    "It comes from a laptop that nobody here has invited or knows of yet; nothing was taken. If it is a colleague's, "
    "merge a package of one who knows it first, or ask it for one with everything."
)
_BROKEN = "The laptop that sent it has broken the chain of its own changes; nothing of it was taken."


@dataclass
class Intake:
    """What became of several packages that were taken in as one set. team: who leads or is removed by it, in words."""

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    team: list[str] = field(default_factory=list)


@dataclass
class _Taken:
    """What is remembered of a package whose entries were let go. goes_on: it shows this laptop's file elsewhere."""

    name: str
    sender: Id
    heads: tuple[Head, ...]
    digest: bytes
    made: int
    devices: set[Id]
    goes_on: bool
    left_out: bool


@dataclass
class _Set:
    """What was come to so far with a set of packages.

    parked: entries that wait; carried: which package brought them. bearers: by the order of taking effect, the
    place in `taken` of who brought an entry, -1 for what had waited before.
    """

    connection: Any
    workspace: Workspace
    now: int
    told: Told
    parked: list[Entry]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    taken: dict[str, _Taken] = field(default_factory=dict)
    carried: dict[bytes, str] = field(default_factory=dict)
    bearers: "array[int]" = field(default_factory=lambda: array("l"))
    changed: dict[str, set[Id]] = field(default_factory=dict)
    vouched: set[Id] = field(default_factory=set)
    disputed: set[int] = field(default_factory=set)
    goes_on: bool = False

    def note(self, touched: Mapping[str, Iterable[Id]]) -> None:
        for kind, ids in touched.items():
            self.changed.setdefault(kind, set()).update(ids)


class _DryRun(Exception):
    """Raised to roll the transaction back after everything was worked out."""


def take_in(
    workspace: Workspace,
    packages: Sequence[Parcel | Sealed],
    *,
    dry_run: bool = False,
    now: int = 0,
    told: Told = untold,
    check: Callable[[Any], None] | None = None,
    together: int = BATCH,
) -> Intake:
    """Apply all packages as one set, or, with dry_run, work out exactly what would happen and change nothing.

    check: is shown the connection when all has taken effect; what it raises rolls all of it back.
    together: packages are read until they hold so many changes, then these take effect. Earlier ones come first.
    """
    collecting = gc.isenabled()
    gc.disable()  # millions of short-lived values: the cyclic collector would double the time
    intake = Intake([])
    try:
        with workspace.write() as db, large_cache(raw(db)):
            intake, arisen = _take_in(db, workspace, packages, now, told, together)
            if check is not None:
                check(raw(db))
            if dry_run:
                intake.conflicts = conflicts_in(db, workspace.device, arisen)
                raise _DryRun
            if arisen:
                intake.conflicts = Arisen(workspace, arisen)
            told(COMMITTING, 0, 0)
    except _DryRun:
        pass
    finally:
        if collecting:
            gc.enable()
    if not dry_run:
        clear_if_marked(workspace)
    return intake


def _take_in(
    db: sa.Connection,
    workspace: Workspace,
    packages: Sequence[Parcel | Sealed],
    now: int,
    told: Told,
    together: int,
) -> tuple[Intake, dict[tuple[int, str], tuple[int, ...]]]:
    """What became of them, and where conflicts arose."""
    connection = raw(db)
    stood = held.as_it_stands(connection)
    before, split = open_heads(connection), forked(connection)
    team = standing(connection)
    some = _Set(connection, workspace, now, told, _parked(connection))
    told(CHECKING, 0, 0)
    groups = 0
    for parcels in _groups(sorted(packages, key=lambda one: one.made), some.outcomes, together):
        groups += 1
        _take_group(some, parcels)
        parcels.clear()  # before the next are read
    strangers = [one for one in packages if some.outcomes[one.name].refused == _STRANGER]
    if strangers and groups > 1:  # a later package may have vouched for them
        for parcels in _groups(strangers, some.outcomes, together):
            _take_group(some, parcels)
    if wanted(connection):
        for package in packages:
            if package.name in some.taken:
                some.note(fill_in(connection, _read_again(package).entries).touched)
    _park(connection, some.parked)
    keep_signatures(connection, [head for taken in some.taken.values() for head in taken.heads])
    forget_strangers(connection)
    if some.goes_on:
        set_meta(db, taken_over=1)
    for name in some.carried.values():
        some.outcomes[name].waiting += 1
    after = open_heads(connection)
    arisen = {where: heads for where, heads in after.items() if before.get(where) != heads}
    _count_conflicts(some, stood["last"], arisen.values())
    _close(db, some, forked(connection) - split)
    names = list(some.taken)
    noted = [*joined_twice(connection, stood["last"]), *called_otherwise(connection, some.disputed)]
    for number, sentence in noted if names else ():
        some.outcomes[names[some.bearers[number - stood["last"] - 1]]].notes.append(sentence)
    if get_meta(db, "seed"):  # else the file is only being made, from a pack
        keep_given(db, workspace.device_keys)
        held.note_merge(db, stood, now)
    changed = {kind: frozenset(ids) for kind, ids in some.changed.items()}
    decided = "SELECT 1 FROM entry WHERE decides = 1 AND no > ? LIMIT 1"
    newly = connection.execute(decided, (stood["last"],)).fetchone() is not None
    return Intake(
        [some.outcomes[package.name] for package in packages],
        changed,
        team=team_changes(connection, team, standing(connection)) if newly else [],
    ), arisen


def _groups(
    packages: Iterable[Parcel | Sealed], outcomes: dict[str, Outcome], together: int
) -> Iterator[list[Parcel]]:
    """Packages, read as they are needed; one that cannot be read is refused by itself."""
    group: list[Parcel] = []
    changes = 0
    for package in packages:
        try:
            group.append(package.opened())
        except Fault as fault:
            outcomes[package.name] = Outcome(
                package.name, refused=str(fault), later=isinstance(fault, NotYet)
            )
            continue
        changes += sum(entry.changes for entry in group[-1].entries)
        if changes >= together:
            yield group
            group, changes = [], 0
    if group:
        yield group


def _read_again(package: Parcel | Sealed) -> Parcel:
    try:
        return package.opened()
    except Fault as fault:
        raise Fault(
            f"{Path(package.name).name} could be read when the merge began, and cannot be any more: {fault} Nothing "
            "was merged; if it was on a stick, put that back, and merge again."
        ) from fault


def _take_group(some: _Set, parcels: list[Parcel]) -> None:
    """Let these packages take effect, as one set, with whatever waits."""
    connection, inspection = some.connection, some.workspace.inspection
    good = list(parcels)
    incomplete: set[bytes] = set()
    parked = some.parked
    while True:
        outcomes = {parcel.name: Outcome(parcel.name) for parcel in good}
        fresh, brought = _fresh(connection, good, parked, outcomes)
        pool = _whole(parked, fresh)
        placement = place(
            connection, inspection, pool, _signed(connection, [*some.taken.values(), *good]), incomplete
        )
        refused = _refused(good, placement)
        for name, reason in refused.items():
            some.outcomes[name] = Outcome(name, refused=reason, later=reason == _STRANGER)
        good = [parcel for parcel in good if parcel.name not in refused]
        if refused:
            continue
        lacking = any(entry.lacks for entry in placement.ready)
        if lacking:
            connection.execute("SAVEPOINT placed")
        left_out = leave_out(placement, {entry.hash for entry in parked})
        vouchers = [head for parcel in good for head in parcel.heads]
        know(connection, placement.admitted)
        hear_of(connection, {entry.device for entry in placement.waiting} - placement.vouched, vouchers)
        effect = _apply(connection, placement.ready, some.told) if placement.ready else Effect()
        if not lacking:
            break
        missing = unexplained(connection, placement.ready)
        if missing:
            connection.execute("ROLLBACK TO placed")
        connection.execute("RELEASE placed")
        if not missing:
            break
        incomplete |= missing
    for parcel in good:
        if parcel.sender != some.workspace.device:  # nobody waits for itself
            keep_knowledge(connection, parcel.sender, parcel.heads, some.now)
    succeed(connection, placement.admitted)
    some.outcomes |= outcomes
    some.note(effect.touched)
    some.disputed |= effect.disputed
    some.vouched = placement.vouched
    _remember(some, good, placement, brought, left_out)


def _remember(
    some: _Set,
    parcels: Iterable[Parcel],
    placement: Placement,
    brought: Mapping[bytes, str],
    left_out: set[bytes],
) -> None:
    """Keep of a group what is told of it at the end, and what waits."""
    own = some.workspace.device
    takers = {id for id, one in placement.admitted.items() if one.takes_over == own}
    spoken = {
        entry.hash
        for entry in (*placement.ready, *placement.waiting)
        if entry.device == own and entry.hash in brought
    }
    some.goes_on = some.goes_on or bool(takers or spoken)
    places = {name: place for place, name in enumerate(some.taken)}
    for parcel in parcels:
        mine = {entry.hash for entry in parcel.entries}
        devices = {entry.device for entry in parcel.entries}
        places[parcel.name] = len(some.taken)
        some.taken[parcel.name] = _Taken(
            *(parcel.name, parcel.sender, parcel.heads, parcel.digest, parcel.made, devices),
            goes_on=bool(mine & spoken or devices & takers),
            left_out=bool(mine & left_out),
        )
    bearers = {**some.carried, **brought}
    for entry in placement.ready:
        bearer = bearers.get(entry.hash)
        some.bearers.append(-1 if bearer is None else places[bearer])
        if bearer is not None:
            _count(entry, some.outcomes[bearer])
    some.parked = placement.waiting
    some.carried = {entry.hash: bearers[entry.hash] for entry in placement.waiting if entry.hash in bearers}


def _close(db: sa.Connection, some: _Set, split: set[Id]) -> None:
    """Name who sent each package, note what else a person should know of it, and keep a receipt."""
    connection, own = some.connection, some.workspace.device
    introduced = {some.carried.get(e.hash) for e in some.parked if e.device not in some.vouched}
    for taken in some.taken.values():
        said = some.outcomes[taken.name]
        said.sender = label_of(connection, taken.sender)
        said.notes += _noted(connection, own, taken, split, taken.name in introduced)
        clock = keep_clock(connection, taken.sender, taken.made, taken.heads, some.now)
        if clock:
            said.notes.append(f"The clock of {said.sender} is {clock_words(clock)}.")
        write_receipt(
            db,
            Receipt(
                *("in", Path(taken.name).name, taken.sender, some.now),
                *(said.entries, said.new + said.changed),
            ),
            taken.digest,
        )


def _apply(connection: Any, ready: list[Entry], told: Told) -> Effect:
    """Let entries take effect in order, in batches, so that memory stays bounded and progress can be told."""
    total = sum(entry.changes for entry in ready)
    effect = Effect()
    done = at = 0
    while at < len(ready):
        told(APPLYING, done, total)
        start, wanted = at, done + BATCH
        while at < len(ready) and (at == start or done + ready[at].changes <= wanted):
            done += ready[at].changes
            at += 1
        some = take_effect(connection, ready[start:at])
        effect.entries |= some.entries
        for kind, ids in some.touched.items():
            effect.touched.setdefault(kind, set()).update(ids)
        effect.disputed |= some.disputed
    told(APPLYING, total, total)
    return effect


def _refused(parcels: Iterable[Parcel], placement: Placement) -> dict[str, str]:
    """Packages to refuse whole: of strangers, and of who broke the chain of their own laptop.

    What somebody else broke is left out, and its bearer believed in all else. What a bearer brings
    of laptops that nobody here knows yet waits.
    """
    broken = {entry.hash for entry in placement.broken}
    refused: dict[str, str] = {}
    for parcel in parcels:
        if any(entry.hash in broken and entry.device == parcel.sender for entry in parcel.entries):
            refused[parcel.name] = _BROKEN
        elif parcel.sender not in placement.vouched:
            refused[parcel.name] = _STRANGER
    return refused


def _parked(connection: Any) -> list[Entry]:
    return [
        read_entry(body, msgspec.msgpack.decode(payloads, type=list[tuple[bytes, bytes] | None]))
        for body, payloads in connection.execute("SELECT body, payloads FROM parked ORDER BY hash").fetchall()
    ]


def _fresh(
    connection: Any, parcels: Iterable[Parcel], parked: list[Entry], outcomes: Mapping[str, Outcome]
) -> tuple[list[Entry], dict[bytes, str]]:
    """Entries nobody here holds, each with the package that brought it first.

    What waits here because something of it is missing is taken again from who has all of it, and so is what
    another of these packages brings with something missing.
    """
    waiting = {entry.hash for entry in parked}
    lacking = {entry.hash for entry in parked if entry.lacks}
    fresh: dict[bytes, Entry] = {}
    carried_by: dict[bytes, str] = {}
    for parcel in parcels:
        duplicate = 0
        here = held_hashes(connection, [entry.hash for entry in parcel.entries])
        for entry in parcel.entries:
            held = fresh.get(entry.hash)
            if (
                entry.hash in here
                or (held is not None and (entry.lacks or not held.lacks))
                or entry.hash in waiting - lacking
                or (entry.hash in lacking and entry.lacks)
            ):
                duplicate += 1
            else:
                carried_by[entry.hash] = parcel.name
                fresh[entry.hash] = entry
        outcomes[parcel.name].duplicate = duplicate
        outcomes[parcel.name].entries = len(parcel.entries)
    return list(fresh.values()), carried_by


def _whole(parked: list[Entry], fresh: list[Entry]) -> list[Entry]:
    """All that may take effect, each once: what came anew stands for what waited with something missing."""
    again = {entry.hash for entry in fresh}
    return [*(entry for entry in parked if entry.hash not in again), *fresh]


def _signed(connection: Any, parcels: Iterable[Parcel | _Taken]) -> set[tuple[Id, bytes]]:
    """Whose entries there are signatures for, here or in these packages, with the hash of each."""
    kept = connection.execute(
        "SELECT d.id, s.hash FROM signature s JOIN device_known d ON d.no = s.device"
    ).fetchall()
    return {*kept, *((head.device, head.hash) for parcel in parcels for head in parcel.heads)}


def _park(connection: Any, waiting: list[Entry]) -> None:
    connection.execute("DELETE FROM parked")
    erased = connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() if waiting else None
    now = standing(connection) if erased else None
    connection.executemany(
        "INSERT INTO parked (hash, device, n, body, payloads) VALUES (?, ?, ?, ?, ?)",
        (
            (
                *(entry.hash, entry.device, entry.n, entry.body),
                msgspec.msgpack.encode(without_erased(now, entry) if now else entry.payloads()),
            )
            for entry in waiting
        ),
    )


def _count(entry: Entry, outcome: Outcome) -> None:
    outcome.new += entry.changes
    for group in entry.groups:
        if group.replaces:
            edits = sum(1 for bases in group.bases if bases)
            outcome.changed += edits
            outcome.new -= edits
        else:
            outcome.by_kind[group.kind] = outcome.by_kind.get(group.kind, 0) + 1


def _count_conflicts(some: _Set, last: int, arisen: Iterable[Sequence[int]]) -> None:
    """Each package counts the conflicts it has a change in. last: the number of the last entry from before."""
    names = list(some.taken)
    for heads in arisen:
        numbers = {(change >> SHIFT) - last - 1 for change in heads}
        bearers = {some.bearers[number] for number in numbers if number >= 0}
        for bearer in bearers - {-1}:
            some.outcomes[names[bearer]].conflicting += 1


def _noted(connection: Any, own: Id, taken: _Taken, split: set[Id], strange: bool) -> list[str]:
    """What else a person should know of a package, one sentence each.

    strange: some of what it brought waits for an introduction.
    """
    notes = []
    if taken.goes_on:
        notes.append(
            f"{label_of(connection, own)} goes on in another copy of this file; both histories are kept, and "
            "this laptop takes a new name before its next act."
        )
    for device in sorted(split & taken.devices - {own}):
        notes.append(
            f"{label_of(connection, device)} goes on in two copies of its file; both histories are kept."
        )
    if strange:
        notes.append(
            "It carries changes of a laptop that nobody here knows of yet; they wait until its introduction comes."
        )
    if taken.left_out:
        notes.append(
            "It carries too many changes of laptops that nobody here knows of yet, and those were left out; "
            "merge a package of a colleague who knows them, then this one again."
        )
    return notes
