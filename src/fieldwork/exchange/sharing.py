"""Out to colleagues and in from them: share and merge."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.faults import Fault, NotYet, standing
from fieldwork.domain.package import Head, Outcome
from fieldwork.domain.progress import READING, Told, untold
from fieldwork.domain.values import Id
from fieldwork.exchange import attached_files, package
from fieldwork.exchange.after_removal import written_after
from fieldwork.store import epochs, held
from fieldwork.store.entry import author_of, link, span
from fieldwork.store.holding import (
    Packed,
    awaited,
    changes_beyond,
    heads_held,
    held_hashes,
    introduction,
    known_to_all,
    lacking,
)
from fieldwork.store.intake import take_in
from fieldwork.store.keys import DeviceKeys
from fieldwork.store.members import open_packs, readers
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.parcel import Sealed
from fieldwork.store.receipts import Receipt, digests, keep_receipts, leave, stay
from fieldwork.store.workspace import Workspace, get_meta, raw

PART = 60 << 20  # bytes of entries in a package: whatever they are, it keeps all limits of who reads it


@dataclass(frozen=True)
class Shared:
    """A package that was written. further: those written with it where one would have been too large.

    files: attached files that laptops had asked for, beside it.
    """

    path: Path
    entries: int
    changes: int
    further: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass
class Merged:
    """What a merge did, or with a dry run would do. team: who leads or is removed by it, a sentence each.

    files: names of attached files that were asked for and came beside the packages.
    """

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    backup: Path | None = None  # made before it, where it changed something
    team: Sequence[str] = ()
    files: Sequence[str] = ()

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.refused]


def share(workspace: Workspace, to: Path, *, everything: bool = False) -> Shared:
    """Write a package with what some colleague may not have yet, or with everything.

    A colleague is known to have what the last package from them said they have, and no more: a
    package that was lost costs nothing but room in the next. to: a folder or a file name. What is too
    much for one package goes into several, and none is left behind when one cannot be written.
    """
    path = _package_path(Path(to))
    attached_files.say_what_came(workspace)
    now = int(time.time() * 1000)
    with workspace.read() as db:
        connection = raw(db)
        devices = readers(db)
        others = [device.id for device in devices if device.id != workspace.device]
        waited_for = awaited(connection, workspace.inspection, others)
        floor = [] if everything else known_to_all(connection, waited_for)
        contents = contents_beyond(db, workspace, floor, now)
        recipients = [d.recipient for d in devices if d.recipient]
        recipients.append(epochs.recipient_now(db))
    parts = _parts(contents, workspace.device_keys)
    paths = [path, *(_further(Path(to), path, number) for number in range(2, len(parts) + 1))]
    receipts: dict[Path, tuple[Receipt, bytes]] = {}
    before = leave(workspace)
    try:
        for at, part in zip(paths, parts, strict=True):
            data = package.seal(part, workspace.device_keys.sign, recipients)
            if len(data) > package.MAX_FILE:
                raise Fault("The changes of one laptop alone are more than a package can hold; use the hub.")
            write_out(at, data, "package", (b"age-encryption.org/",))
            receipt = Receipt("out", at.name, workspace.device, now, len(part.entries), _changes(part))
            receipts[at] = receipt, hashlib.sha256(data).digest()
        keep_receipts(workspace, receipts.values())
    except Fault:
        for at in receipts:
            with contextlib.suppress(OSError):
                at.unlink(missing_ok=True)  # nobody is to find a package that counts as not shared
        if not any(at.exists() for at in receipts):
            stay(workspace, before)
        raise
    files = attached_files.answer(workspace, path.parent)
    return Shared(path, len(contents.entries), _changes(contents), tuple(paths[1:]), files)


def contents_beyond(db: Any, workspace: Workspace, floor: Sequence[bytes], now: int) -> package.Contents:
    """What a package holds that brings all beyond these tips: with it goes who this laptop is, signed by itself."""
    connection = raw(db)
    heads, entries = heads_held(connection), lacking(connection, floor)
    keys = workspace.device_keys
    found = introduction(connection, get_meta(db, "tip", b""))
    if found is not None:
        hash, packed = found
        if all(body != packed[0] for body, _ in entries):
            entries.append(packed)
        if all(head.hash != hash for head in heads):
            heads.append(Head(keys.device, keys.public, 1, hash, keys.sign(hash)))
    return package.Contents(workspace.inspection, workspace.device, now, heads, entries)


def _changes(contents: package.Contents) -> int:
    return sum(span(body)[1] for body, _ in contents.entries)


def _parts(contents: package.Contents, keys: DeviceKeys) -> list[package.Contents]:
    """The same in packages of which none is too large.

    Only its own laptop can sign an entry in the middle of a chain: what another wrote goes into one
    package whole, one's own is parted anywhere.
    """
    if sum(map(_size, contents.entries)) <= PART:
        return [contents]
    blocks: dict[tuple[Id, int], list[Packed]] = {}
    for place, entry in enumerate(contents.entries):
        device = author_of(entry[0])
        blocks.setdefault((device, place if device == keys.device else 0), []).append(entry)
    parts: list[list[Packed]] = [[]]
    room = PART
    for block in blocks.values():
        size = sum(map(_size, block))
        if size > room and parts[-1]:
            parts.append([])
            room = PART
        parts[-1] += block
        room -= size
    return [replace(contents, entries=part, heads=_heads(contents.heads, part, keys)) for part in parts]


def _heads(heads: Sequence[Head], entries: Sequence[Packed], keys: DeviceKeys) -> list[Head]:
    """The heads of a part: those of the whole, and one for each end of one's own chain in it."""
    own = {}
    before = set()
    for body, _ in entries:
        if author_of(body) == keys.device:
            hash, n, previous = link(body)
            own[hash] = n
            before.add(previous)
    ends = own.keys() - before - {head.hash for head in heads}
    further = [Head(keys.device, keys.public, own[hash], hash, keys.sign(hash)) for hash in sorted(ends)]
    return [*heads, *further]


def _size(entry: Packed) -> int:
    body, payloads = entry
    return len(body) + sum(len(packed[1]) + 32 for packed in payloads if packed)


def _further(to: Path, first: Path, number: int) -> Path:
    """Where a further package goes: beside the first, under a name of its own."""
    if to.is_dir():
        return to / package.random_name()
    path = first.with_name(f"{first.stem}-{number}{first.suffix}")
    check_target(path, "package", (b"age-encryption.org/",))
    return path


def _package_path(to: Path) -> Path:
    """The file to write: in a folder under a random name. A name without an ending means a folder."""
    if to.is_dir():
        return to / package.random_name()
    if not to.suffix and not to.exists():
        raise Fault(
            f"There is no folder {to}; is the stick in? A file needs a name that ends in {package.SUFFIX}."
        )
    check_target(to, "package", (b"age-encryption.org/",))
    return to


def unshared_changes(workspace: Workspace) -> int:
    """How many changes made here, under this laptop's name or an earlier one, some colleague may still lack.

    Not what a package has carried out, nor what everybody has by what they say or by the pack they were handed.
    """
    with workspace.read() as db:
        connection, floor = raw(db), [tip for tip in (get_meta(db, "shared_tip"),) if tip]
        earlier = get_meta(db, "old_tips", b"")
        tips = [get_meta(db, "tip", b""), *(earlier[at : at + 32] for at in range(0, len(earlier), 32))]
        if not (count := changes_beyond(connection, floor, tips)):
            return count
        others = [device.id for device in readers(db) if device.id != workspace.device]
        waited_for = awaited(connection, workspace.inspection, others)
        packs = [pack.entry for pack in open_packs(db) if pack.maker == workspace.device]
        return changes_beyond(connection, [*floor, *known_to_all(connection, waited_for, packs)], tips)


def merge(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    before: Callable[[], Path | None] = lambda: None,
    told: Told = untold,
) -> Merged:
    """Take packages in, as one set and each all or nothing; refused ones are named and leave a receipt only.

    before: what makes a backup, called once all are read and one brings something; what it raises stops the merge.
    What `told` raises stops it, and nothing has happened then.
    """
    packages: list[Sealed] = []
    files: Sequence[str] = ()
    outcomes: dict[str, Outcome] = {}
    found: dict[str, bytes] = {}
    identities = _identities(workspace)
    meant = list(dict.fromkeys(Path(path) for path in paths))
    for number, path in enumerate(meant):
        told(READING, number, len(meant))
        name = str(path)
        try:
            data = package.read_file(path)
            found[name] = hashlib.sha256(data).digest()
            packages.append(package.sealed(path, data, identities, workspace.inspection))
            outcomes[name] = Outcome(name)
        except Fault as fault:
            outcomes[name] = Outcome(name, refused=str(fault), later=isinstance(fault, NotYet))
    told(READING, len(meant), len(meant))
    now = int(time.time() * 1000)
    backup = before() if not dry_run and _brings_something(workspace, packages) else None
    without_effect = written_after(workspace, packages)
    intake = take_in(workspace, packages, dry_run=dry_run, now=now, told=told)
    outcomes.update({outcome.name: outcome for outcome in intake.outcomes})
    for name, sentences in without_effect.items():
        outcomes[name].notes += sentences if not outcomes[name].refused else []
    if not dry_run:
        with standing("What could be taken in is taken in.", "the receipt of those that were refused"):
            _keep_refusals(workspace, outcomes, found, {one.name: one.sender for one in packages}, now)
        with standing("What could be taken in is taken in.", "the attached files that were asked for"):
            files = attached_files.take(workspace, meant)
    if backup is not None and not backup.exists():  # an erasure came in: a new backup stands in its place
        backup = None
    return Merged(list(outcomes.values()), intake.changed, intake.conflicts, backup, intake.team, files)


def merge_again(
    workspace: Workspace, *, dry_run: bool, before: Callable[[], Path | None] | None, told: Told = untold
) -> Merged:
    """Merge what merges that were taken back have left here put aside; their packages are not needed."""
    parcel = held.parcel(workspace)
    backup = None if dry_run or before is None else before()
    intake = take_in(workspace, [parcel], dry_run=dry_run, now=int(time.time() * 1000), told=told)
    return Merged(intake.outcomes, intake.changed, intake.conflicts, backup, intake.team)


def _brings_something(workspace: Workspace, packages: Iterable[Sealed]) -> bool:
    """Whether any of them holds an entry that does not stand here."""
    with workspace.read() as db:
        for one in packages:
            with contextlib.suppress(Fault):  # it will be said when its turn comes
                hashes = set(one.hashes())
                if len(held_hashes(raw(db), sorted(hashes))) < len(hashes):
                    return True
    return False


def _keep_refusals(
    workspace: Workspace,
    outcomes: Mapping[str, Outcome],
    found: Mapping[str, bytes],
    senders: Mapping[str, Id],
    now: int,
) -> None:
    """A receipt for every package that was refused, once for each way it ended."""
    known = digests(workspace)
    refused = []
    for name, outcome in outcomes.items():
        end = "not yet" if outcome.later else "refused"
        if outcome.refused and name in found and known.get(found[name]) != end:
            receipt = Receipt(end, Path(name).name, senders.get(name), now, 0, 0, outcome.refused)
            refused.append((receipt, found[name]))
    if refused:
        keep_receipts(workspace, refused)


def _identities(workspace: Workspace) -> list[str]:
    """Secret keys that open packages: this laptop's, those of its earlier names, the inspection's."""
    with workspace.read() as db:
        earlier = get_meta(db, "old_identity", "").split()
        known = epochs.known(db).values()
        return [get_meta(db, "identity"), *(key.identity for key in known), *earlier]
