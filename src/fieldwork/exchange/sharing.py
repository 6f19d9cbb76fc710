"""Out to colleagues and in from them: share and merge."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldwork.domain.conflict import Conflict
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Outcome
from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.exchange import package
from fieldwork.store.entry import span
from fieldwork.store.holding import changes_beyond, heads_held, known_to_all, lacking
from fieldwork.store.intake import Parcel, take_in
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.reading import records_in
from fieldwork.store.receipts import Receipt, keep_receipt
from fieldwork.store.workspace import Workspace, get_meta, raw


@dataclass(frozen=True)
class Shared:
    """A package that was written."""

    path: Path
    entries: int
    changes: int


@dataclass
class Merged:
    """What a merge did, or with a dry run would do."""

    outcomes: list[Outcome]
    changed: dict[str, frozenset[Id]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.refused]


def share(workspace: Workspace, to: Path, *, everything: bool = False) -> Shared:
    """Write a package with what some colleague may not have yet, or with everything.

    A colleague is known to have what the last package from them said they have, and no more: a
    package that was lost costs nothing but room in the next. to: a folder or a file name.
    """
    path = _package_path(Path(to))
    now = int(time.time() * 1000)
    with workspace.read() as db:
        connection = raw(db)
        devices = records_in(db, Device)
        others = [device.id for device in devices if device.id != workspace.device and not device.removed]
        floor = [] if everything else known_to_all(connection, others)
        entries = lacking(connection, floor)
        heads = heads_held(connection)
        recipients = [d.recipient for d in devices if d.recipient and not d.removed]
        recipients.append(get_meta(db, "epoch_recipient"))
    contents = package.Contents(workspace.inspection, workspace.device, now, heads, entries)
    data = package.seal(contents, workspace.device_keys.sign, recipients)
    write_out(path, data, "package", (b"age-encryption.org/",))
    changes = sum(span(body)[1] for body, _ in entries)
    try:
        keep_receipt(workspace, Receipt("out", path.name, workspace.device, now, len(entries), changes), data)
    except Fault:
        path.unlink(missing_ok=True)  # a package nobody knows of would count as not shared
        raise
    return Shared(path, len(entries), changes)


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
    """How many changes made here no colleague is known to have and no package has carried out."""
    with workspace.read() as db:
        connection = raw(db)
        floor = get_meta(db, "shared_tip")
        return changes_beyond(connection, [floor] if floor else [], workspace.device)


def merge(workspace: Workspace, paths: Sequence[Path], *, dry_run: bool = False) -> Merged:
    """Take packages in, as one set and each all or nothing; refused ones are named and leave no trace."""
    parcels: list[Parcel] = []
    outcomes: dict[str, Outcome] = {}
    identities = _identities(workspace)
    for path in dict.fromkeys(Path(path) for path in paths):
        name = str(path)
        try:
            data = package.read_file(path)
            parcel = package.unseal(data, identities, workspace.inspection, name)
            parcels.append(replace(parcel, digest=hashlib.sha256(data).digest()))
            outcomes[name] = Outcome(name)
        except Fault as fault:
            outcomes[name] = Outcome(name, refused=str(fault))
    intake = take_in(workspace, parcels, dry_run=dry_run, now=int(time.time() * 1000))
    outcomes.update({outcome.name: outcome for outcome in intake.outcomes})
    return Merged(list(outcomes.values()), intake.changed, intake.conflicts)


def _identities(workspace: Workspace) -> list[str]:
    with workspace.read() as db:
        return [get_meta(db, "identity"), get_meta(db, "epoch_identity")]
