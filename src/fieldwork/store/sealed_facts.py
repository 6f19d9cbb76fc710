"""What the entries say of one sealed examination: who began it, who holds its key, its parts, finishes and releases.

Everything is read from the entries that count, never from the fields as they stand, which anybody may have written
over since. An examination's id is derived from its case file, examiner, laptop and key, so its beginning proves
itself; the laptops of its examiner may add parts to it and finish it; who was given its key by somebody who had it
may release it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.records import Device, Examination
from fieldwork.domain.values import Id, Value, derived_id
from fieldwork.store.entry import Entry, Group
from fieldwork.store.heads import SHIFT
from fieldwork.store.holding import reach
from fieldwork.store.opened import load_all
from fieldwork.store.sealing import Inner, commitment, digest_of, is_sequence, read_part, sealed_id
from fieldwork.store.sets import looked_up

FINISHED, CALLED_OFF = "finished", "called off"
_OF_EXAMINATION = frozenset({SealedPart.kind, SealedKey.kind, Release.kind})
_ALL = 1  # of an entry that counts whole


class Part(NamedTuple):
    """A sealed part and where it stands. change: the local number of its group's first change."""

    sequence: int
    entry: Entry
    change: int
    sealed: bytes


class Opening(NamedTuple):
    """A release in force: the key, and the parts it opens."""

    entry: Entry
    key: bytes
    finish: bytes
    parts: tuple[Part, ...]


@dataclass
class Facts:
    """A sealed examination. laptops: its examiner's; keys: by laptop, what was wrapped to it."""

    examination: Id
    file: Id
    member: Id
    device: Id
    sealing: bytes
    laptops: set[Id]
    holders: set[Id]
    parts: list[Part] = field(default_factory=list)
    finishes: dict[bytes, tuple[Entry, bytes]] = field(default_factory=dict)
    keys: list[tuple[Id, bytes]] = field(default_factory=list)


def note(db: Any, numbered: Iterable[tuple[int, Entry]]) -> set[Id]:
    """Keep which entries speak of which sealed examinations; returns these."""
    rows: set[tuple[Id, int]] = set()
    for number, entry in numbered:
        for group in entry.groups:
            if group.kind in _OF_EXAMINATION or group.kind == Examination.kind:
                rows |= {(id, number) for id in _spoken_of(group)}
    if rows:
        db.executemany("INSERT OR IGNORE INTO sealed_in VALUES (?, ?)", sorted(rows))
    return {id for id, _ in rows}


def _spoken_of(group: Group) -> list[Id]:
    if group.kind == Examination.kind:
        return [group.id] if {"sealing", "parts_digest"} & set(group.fields) else []
    id = _values(group).get("examination")
    return [id] if isinstance(id, bytes) and len(id) == 16 else []


def facts(db: Any, examination: Id) -> Facts | None:
    """What counts of all that was said of a sealed examination; None where nobody who could began it."""
    return facts_of(db, [examination]).get(examination)


def facts_of(db: Any, examinations: Collection[Id], *, parts: bool = True) -> dict[Id, Facts]:
    """As `facts`, of many. parts: False to leave these out, and entries that hold nothing else unread."""
    laptops: dict[Id, Collection[Id]] = {}
    found: dict[Id, Facts] = {}
    for examination, entries in _entries_of(db, examinations, parts=parts).items():
        begun = next((one for entry, _ in entries if (one := _begun(entry, examination))), None)
        if begun is None:
            continue
        if begun[1] not in laptops:
            laptops[begun[1]] = _laptops_of(db, begun[1])
        found[examination] = _gathered(examination, begun, laptops[begun[1]], entries)
    return found


def _gathered(
    examination: Id,
    begun: tuple[Id, Id, Id, bytes],
    laptops: Collection[Id],
    entries: Iterable[tuple[Entry, int]],
) -> Facts:
    file, member, device, sealing = begun
    found = Facts(examination, file, member, device, sealing, {device, *laptops}, set())
    found.holders = set(found.laptops)
    given: list[tuple[Id, Id]] = []
    for entry, number in entries:
        change = number << SHIFT
        for group in entry.groups:
            said = _values(group)
            if group.kind == Examination.kind and group.id == examination:
                digest = said.get("parts_digest")
                if (
                    entry.device in found.laptops
                    and _is_number(said.get("finished"))
                    and isinstance(digest, bytes)
                    and len(digest) == 32
                ):
                    found.finishes[entry.hash] = entry, digest
            elif said.get("examination") == examination:
                _take(found, group, said, entry, change, given)
            change += len(group.fields)
    while more := {to for giver, to in given if giver in found.holders} - found.holders:
        found.holders |= more
    found.parts.sort(key=lambda part: (part.sequence, part.entry.time, part.entry.device, part.entry.hash))
    return found


def _take(
    found: Facts, group: Group, said: dict[str, Value], entry: Entry, change: int, given: list[tuple[Id, Id]]
) -> None:
    if group.kind == SealedPart.kind and entry.device in found.laptops:
        sequence, sealed = said.get("sequence"), said.get("sealed")
        if is_sequence(sequence) and isinstance(sealed, bytes):
            assert isinstance(sequence, int)
            found.parts.append(Part(sequence, entry, change, sealed))
    elif group.kind == SealedKey.kind:
        to, wrapped = said.get("device"), said.get("wrapped")
        if isinstance(to, bytes) and isinstance(wrapped, bytes):
            given.append((entry.device, to))
            found.keys.append((to, wrapped))


def _begun(entry: Entry, examination: Id) -> tuple[Id, Id, Id, bytes] | None:
    """File, examiner, laptop and sealing, where this entry began the examination."""
    for group in entry.groups:
        if group.kind == Examination.kind and group.id == examination:
            said = _values(group)
            file, member, sealing = (said.get(name) for name in ("case_file", "examiner", "sealing"))
            if (
                isinstance(file, bytes)
                and isinstance(member, bytes)
                and isinstance(sealing, bytes)
                and examination == sealed_id(file, member, entry.device, sealing)
            ):
                return file, member, entry.device, sealing
    return None


def releases(db: Any, found: Facts) -> tuple[list[Opening], list[Entry]]:
    """Releases of an examination, the one in force first; and those that open nothing."""
    good: list[Opening] = []
    void: list[Entry] = []
    for entry, _ in _entries_of(db, [found.examination]).get(found.examination, ()):
        for group in entry.groups:
            if group.kind == Release.kind and _values(group).get("examination") == found.examination:
                opening = _opening(db, found, entry, group)
                if opening is None:
                    void.append(entry)
                else:
                    good.append(opening)
    return sorted(good, key=lambda one: (one.entry.time, one.entry.device, one.entry.hash)), void


def _opening(db: Any, found: Facts, entry: Entry, group: Group) -> Opening | None:
    said = _values(group)
    key = said.get("key")
    if (
        group.id != derived_id(Release.kind, found.examination)
        or not isinstance(key, bytes)
        or commitment(key) != found.sealing
        or entry.device not in found.holders
    ):
        return None
    if said.get("ground") == CALLED_OFF:
        if entry.device in found.laptops:
            return None
        return Opening(entry, key, b"", behind(db, found, entry))
    finish = said.get("finish")
    if (
        said.get("ground") != FINISHED
        or not isinstance(finish, bytes)
        or finish not in found.finishes
        or finish not in entry.references
        or not _another_finished(db, found, entry.references)
    ):
        return None
    return Opening(entry, key, finish, behind(db, found, found.finishes[finish][0]))


def _another_finished(db: Any, found: Facts, references: Sequence[bytes]) -> bool:
    """Whether among these is a finish of the same case file, sealed too, by another examiner."""
    for hash in references:
        for (other,) in db.execute(
            "SELECT s.examination FROM entry e JOIN sealed_in s ON s.entry = e.no WHERE e.hash = ?", (hash,)
        ).fetchall():
            one = facts(db, other) if other != found.examination else None
            if one and one.file == found.file and one.member != found.member and hash in one.finishes:
                return True
    return False


def behind(db: Any, found: Facts, entry: Entry) -> tuple[Part, ...]:
    """The parts in the chains that end before this entry, and with what it refers to."""
    reached = reach(db, [entry.previous, *entry.references])
    places = {
        part.entry.hash: db.execute(
            "SELECT branch, n FROM entry WHERE hash = ?", (part.entry.hash,)
        ).fetchone()
        for part in found.parts
    }
    return tuple(
        part
        for part in found.parts
        if (place := places[part.entry.hash]) and place[1] <= reached.get(place[0], 0)
    )


def inners_of(db: Any, found: Facts, key: bytes, parts: Iterable[Part]) -> list[Inner | None]:
    """What parts hold, None for one that cannot be read."""
    inspection = db.execute("SELECT value FROM meta WHERE name = 'inspection'").fetchone()[0]
    return [
        read_part(key, inspection, found.examination, part.sequence, part.entry.device, part.sealed)
        for part in parts
    ]


def digest_of_parts(parts: Iterable[Part]) -> bytes:
    return digest_of((part.sequence, part.entry.hash) for part in parts)


# A beginning names the field "sealing", a finish "parts_digest", a key its kind: bodies without any of these words
# hold parts and releases alone, and there may be a hundred of those to each of the others.
_TELLING = [word.encode().hex() for word in ("sealing", "parts_digest", SealedKey.kind)]
_TELLS = " OR ".join(f"instr(e.body, x'{word}') > 0" for word in _TELLING)


def _entries_of(
    db: Any, examinations: Collection[Id], *, parts: bool = True
) -> dict[Id, list[tuple[Entry, int]]]:
    """By sealed examination the entries that count and speak of it, with their local numbers, in causal order."""
    rows = list(
        looked_up(
            db,
            "SELECT s.examination, e.no, e.body FROM (VALUES {keys}) k "
            "CROSS JOIN sealed_in s ON s.examination = k.column1 CROSS JOIN entry e ON e.no = s.entry "
            f"WHERE e.counts = {_ALL}{'' if parts else f' AND ({_TELLS})'}",
            [(id,) for id in dict.fromkeys(examinations)],
        )
    )
    loaded = load_all(db, {no: body for _, no, body in rows})
    found: dict[Id, list[tuple[Entry, int]]] = {}
    for examination, no, _ in sorted(rows, key=lambda row: row[1]):
        found.setdefault(examination, []).append((loaded[no], no))
    return found


def _laptops_of(db: Any, member: Id) -> Collection[Id]:
    return [
        id
        for (id,) in db.execute(
            "SELECT d.id FROM device_known d JOIN object o ON o.id = d.id AND o.kind = ? "
            "JOIN cell c ON c.object = o.no AND c.field = 'member' WHERE c.value = ?",
            (Device.kind, member),
        )
    ]


def _values(group: Group) -> dict[str, Value]:
    return dict(zip(group.fields, group.values, strict=True)) if group.values is not None else {}


def _is_number(value: Value) -> bool:
    return type(value) is int
