"""What the examiner of a sealed examination reads and writes in it: on their own laptop, and nowhere else.

Only `work/sealed_examining.py` may read through a key before a release (a test of the architecture holds it to that).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.records import Device, Examination
from fieldwork.domain.values import Id, Value, derived_id, new_id, storable
from fieldwork.store.entry import DELETED
from fieldwork.store.recording import DELETE, Change, Recorded, record, tips
from fieldwork.store.sealed_facts import FINISHED, Facts, Part, digest_of_parts, facts, facts_of, inners_of
from fieldwork.store.sealing import (
    Inner,
    Opened,
    Said,
    commitment,
    fold,
    make_part,
    new_key,
    sealed_id,
    unwrap,
    wrap,
)
from fieldwork.store.sets import looked_up
from fieldwork.store.since import moment_in
from fieldwork.store.workspace import Workspace, raw

ACT = "sealed"
START = "start a sealed file"
FINISH = "finish a sealed file"
RELEASE = "release"
HAND_ON = "hand on a key"


def begin(
    workspace: Workspace,
    fields: Mapping[str, Any],
    keepers: Sequence[Device],
    *,
    at: int | None = None,
) -> tuple[Id, Recorded]:
    """Begin a sealed examination under a new key, wrapped to this laptop and to its keepers.

    fields: of the examination, among them case_file and examiner.
    """
    key = new_key()
    sealing = commitment(key)
    keys = workspace.device_keys
    id = sealed_id(fields["case_file"], fields["examiner"], keys.device, sealing)
    changes = [Change(Examination.kind, id, {**fields, "sealing": sealing})]
    for device, recipient in {keys.device: keys.recipient, **{k.id: k.recipient for k in keepers}}.items():
        changes += _key_change(id, device, recipient, key)
    return id, record(workspace, START, changes, at=at)


def _key_change(examination: Id, device: Id, recipient: str, key: bytes) -> list[Change]:
    wrapped = wrap(key, recipient)
    if wrapped is None:
        return []
    fields = {"examination": examination, "device": device, "wrapped": wrapped}
    return [Change(SealedKey.kind, derived_id(SealedKey.kind, examination, device), fields, again=True)]


def hand_on(
    workspace: Workspace, examinations: Sequence[Id], device: Device, others: Sequence[Change] = ()
) -> Recorded:
    """Wrap the keys this laptop holds of these examinations to another laptop. others: what is said beside it."""
    changes = [
        change
        for examination in examinations
        if (key := key_of(workspace, examination)) is not None
        for change in _key_change(examination, device.id, device.recipient, key)
    ]
    return record(workspace, HAND_ON, [*changes, *others])


def key_of(workspace: Workspace, examination: Id) -> bytes | None:
    """An examination's key, where this laptop or a name it had before was given it; kept until it is locked."""
    kept: dict[Id, bytes] = workspace.__dict__.setdefault("sealing_keys", {})
    if examination not in kept:
        found = _facts(workspace, examination)
        return _key(workspace, found, _identities(workspace)) if found is not None else None
    return kept[examination]


def _identities(workspace: Workspace) -> tuple[str, ...]:
    """What opens what was wrapped to this laptop, or to a name it had before."""
    return (workspace.device_keys.identity, *str(workspace.meta("old_identity", "")).split())


def _key(workspace: Workspace, found: Facts, identities: tuple[str, ...]) -> bytes | None:
    kept: dict[Id, bytes] = workspace.__dict__.setdefault("sealing_keys", {})
    others: set[tuple[bytes, tuple[str, ...]]] = workspace.__dict__.setdefault(
        "sealing_keys_of_others", set()
    )
    here = workspace.device
    own_first = sorted(found.keys, key=lambda given: given[0] != here)
    for _, wrapped in own_first if found.examination not in kept else ():
        if (wrapped, identities) in others:
            continue
        key = unwrap(wrapped, identities)
        if key is not None and commitment(key) == found.sealing:
            kept[found.examination] = key
            break
        others.add((wrapped, identities))
    return kept.get(found.examination)


@dataclass(frozen=True)
class Own:
    """A sealed examination as its examiner has it: records by id, and the acts in order with their entries."""

    records: Mapping[Id, Opened]
    acts: Sequence[tuple[bytes, int, Inner]]

    @property
    def last(self) -> int:
        """The place of the last act, 0 where there is none."""
        return max((sequence for _, sequence, _ in self.acts), default=0)


def own(workspace: Workspace, examination: Id) -> Own:
    """What this laptop's examiner has answered. Raises Fault where it is another's, or the key is not here."""
    found = _facts(workspace, examination)
    if found is None or workspace.device not in found.laptops:
        raise Fault("This examination is sealed; only its examiner reads it until both have finished.")
    key = key_of(workspace, examination)
    if key is None:
        raise Fault(
            "This examination was sealed on another laptop; ask who keeps its key to hand it on to this one."
        )
    kept = workspace.__dict__["sealing_read"]
    if ("own", examination) in kept:
        return kept["own", examination]
    with workspace.read() as db:
        inners = inners_of(raw(db), found, key, found.parts)
    acts = [
        (part.entry.hash, part.sequence, inner)
        for part, inner in zip(found.parts, inners, strict=True)
        if inner is not None
    ]
    kept["own", examination] = Own(fold(examination, inners), acts)
    return kept["own", examination]


def _facts(workspace: Workspace, examination: Id) -> Facts | None:
    """As `facts`, kept until something is written: an act asks for it more than once."""
    with workspace.read() as db:
        last = moment_in(db)
        if workspace.__dict__.get("sealing_read", {}).get("last") != last:
            workspace.__dict__["sealing_read"] = {"last": last}
        kept = workspace.__dict__["sealing_read"]
        if examination not in kept:
            kept[examination] = facts(raw(db), examination)
    found: Facts | None = kept[examination]
    return found


def seal(
    workspace: Workspace,
    examination: Id,
    act: str,
    changes: Sequence[Change],
    *,
    reason: str = "",
    undoes: bytes | None = None,
    others: Sequence[Change] = (),
    at: int | None = None,
) -> Recorded:
    """Write one act of a sealed examination: what it changes goes into one part, others stand in clear beside it."""
    before = own(workspace, examination)
    said = _said(before.records, changes)
    if not said:
        return record(workspace, ACT, others, at=at) if others else Recorded(None)
    key = key_of(workspace, examination)
    assert key is not None
    sequence = before.last + 1
    inner = Inner(act, str(storable(reason)), tuple(said))
    sealed = make_part(key, workspace.inspection, examination, sequence, workspace.device, inner)
    part = Change(
        SealedPart.kind, new_id(), {"examination": examination, "sequence": sequence, "sealed": sealed}
    )
    return record(workspace, ACT, [part, *others], undoes=undoes, at=at)


def _said(before: Mapping[Id, Opened], changes: Sequence[Change]) -> list[Said]:
    """What is different; fields that say where a record belongs go along."""
    said: list[Said] = []
    for change in changes:
        held = before.get(change.id)
        fields: dict[str, Value] = {}
        for name, value in change.fields.items():
            if name == DELETED:
                if value is DELETE and held is not None:
                    fields[DELETED] = 1
            elif DELETED not in fields:
                kept = storable(value)
                if held is None or held.fields.get(name, (None, 0))[0] != kept:
                    fields[name] = kept
        if fields:
            where = {name: value for name, value in _place(change, held).items() if name not in fields}
            said.append((change.kind, change.id, {**where, **fields}))
    return said


_PLACES = ("examination", "question", "instance", "target", "theme", "finding", "evidence")


def _place(change: Change, held: Opened | None) -> dict[str, Value]:
    kept = {name: value for name, (value, _) in held.fields.items()} if held is not None else {}
    every = {**kept, **{name: value for name, value in change.fields.items() if name in _PLACES}}
    return {name: every[name] for name in _PLACES if every.get(name) is not None}


def examination_of_act(workspace: Workspace, entry: bytes) -> Id | None:
    """The sealed examination that an act of this laptop wrote in, or finished; None where it did neither."""
    with workspace.read() as db:
        row = db.exec_driver_sql(
            "SELECT s.examination FROM entry e JOIN sealed_in s ON s.entry = e.no WHERE e.hash = ? AND e.act IN (?, ?)",
            (entry, ACT, FINISH),
        ).fetchone()
    return row[0] if row else None


def is_part(workspace: Workspace, entry: bytes) -> bool:
    """Whether an entry is a sealed act, and not one in the open about a sealed examination."""
    with workspace.read() as db:
        row = db.exec_driver_sql("SELECT act FROM entry WHERE hash = ?", (entry,)).fetchone()
    return row is not None and row[0] == ACT


def before_act(workspace: Workspace, examination: Id, entry: bytes) -> tuple[list[Change], str]:
    """The changes that give each field an act set the value it had before it, and what the act was.

    Raises Fault when it is not here any more.
    """
    now = own(workspace, examination)
    place = next((at for at, (hash, _, _) in enumerate(now.acts) if hash == entry), None)
    if place is None:
        raise Fault("That act is not here any more.")
    earlier = fold(examination, [inner for _, _, inner in now.acts[:place]])
    changes = []
    for kind, id, fields in now.acts[place][2].said:
        held = earlier.get(id)
        if held is None:
            changes.append(Change(kind, id, {DELETED: DELETE}))
        else:
            names = set(held.fields) if DELETED in fields else fields.keys() - {DELETED}
            given = {name: held.fields.get(name, (None, 0))[0] for name in names}
            changes.append(Change(kind, id, given))
    return changes, now.acts[place][2].act


def finish(workspace: Workspace, examination: Id, fields: Mapping[str, Any], *, at: int | None) -> Recorded:
    """Finish a sealed examination: with the digest of all its parts here, on what they stand in."""
    found = _facts(workspace, examination)
    if found is None:
        raise Fault("This examination is not sealed.")
    own(workspace, examination)  # who cannot read it cannot finish it
    digest = digest_of_parts(found.parts)
    change = Change(Examination.kind, examination, {**fields, "parts_digest": digest}, again=True)
    with workspace.read() as db:
        ends = _ends(raw(db), found.parts)
    return record(workspace, FINISH, [change], builds_on=ends, at=at)


def _ends(db: Any, parts: Sequence[Part]) -> list[bytes]:
    """The last part on every branch."""
    last: dict[int, tuple[int, bytes]] = {}
    for part in parts:
        branch, n = db.execute("SELECT branch, n FROM entry WHERE hash = ?", (part.entry.hash,)).fetchone()
        last[branch] = max(last.get(branch, (0, b"")), (n, part.entry.hash))
    return sorted(hash for _, hash in last.values())


# -- releases


@dataclass(frozen=True)
class Standing:
    """Where a sealed examination stands. finished: entries that finished it and still stand as its last word.

    released: whether it is open to all; holds: of a closed one, whether this laptop can open its key; keys: the
    laptops to which somebody who has it wrapped it.
    """

    examination: Id
    file: Id
    member: Id
    finish: bytes | None
    released: bool
    holds: bool
    laptops: frozenset[Id]
    holders: frozenset[Id]
    keys: frozenset[Id]


def standings(
    workspace: Workspace,
    examinations: Collection[Id] | None = None,
    files: Collection[Id] | None = None,
) -> list[Standing]:
    """Every sealed examination here; or these alone, or those of these case files."""
    identities = _identities(workspace)
    with workspace.read() as db:
        connection = raw(db)
        some = _sealed(connection, files) if examinations is None else examinations
        known = facts_of(connection, some, parts=False)
        open_now = {id for (id,) in connection.execute("SELECT examination FROM unsealed").fetchall()}
        last = _last_finishes(connection, known)
    return [
        Standing(
            id,
            found.file,
            found.member,
            last.get(id),
            id in open_now,
            id not in open_now and _key(workspace, found, identities) is not None,
            frozenset(found.laptops),
            frozenset(found.holders),
            frozenset(device for device, _ in found.keys if device in found.holders),
        )
        for id, found in sorted(known.items())
    ]


def _sealed(connection: Any, files: Collection[Id] | None) -> list[Id]:
    """The sealed examinations here, of these case files if given."""
    if files is None:
        rows = connection.execute("SELECT DISTINCT examination FROM sealed_in").fetchall()
    else:
        query = (
            "SELECT DISTINCT s.examination FROM (VALUES {keys}) k CROSS JOIN object o ON o.owner = k.column1 "
            "CROSS JOIN sealed_in s ON s.examination = o.id"
        )
        rows = looked_up(connection, query, [(file,) for file in dict.fromkeys(files)])
    return [id for (id,) in rows]


def _last_finishes(connection: Any, known: Mapping[Id, Facts]) -> dict[Id, bytes]:
    """The finishes that stand: none where it was reopened since."""
    rows = looked_up(
        connection,
        "SELECT o.id, e.hash, c.value FROM (VALUES {keys}) k CROSS JOIN object o ON o.id = k.column1 "
        "CROSS JOIN cell c ON c.object = o.no AND c.field = 'finished' "
        "CROSS JOIN entry e ON e.no = c.change >> 20",
        [(id,) for id in known],
    )
    return {id: hash for id, hash, value in rows if value is not None and hash in known[id].finishes}


def release(
    workspace: Workspace, finishes: Mapping[Id, bytes], *, ground: str = FINISHED, reason: str = ""
) -> Recorded:
    """Write the keys this laptop holds of these examinations in clear; it builds on all these finishes.

    finishes: by examination, the entry that finished it; all of a case file must be among them.
    """
    changes = []
    for examination, finish in sorted(finishes.items()):
        key = key_of(workspace, examination)
        if key is not None:
            fields = {"examination": examination, "key": key, "ground": ground}
            if ground == FINISHED:
                fields["finish"] = finish
            id = derived_id(Release.kind, examination)
            changes.append(Change(Release.kind, id, fields, again=True))
    if not changes:
        raise Fault("This laptop holds no key of these files.")
    behind = sorted(set(finishes.values()) - {b""}) if ground == FINISHED else tips(workspace)
    return record(workspace, RELEASE, changes, reason=reason, builds_on=behind)
