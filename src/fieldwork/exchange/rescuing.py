"""Rescue from a damaged workspace: the newest good backup, and on top of it what can still be read.

The damaged file is never opened, only copied and moved: it is set aside whole, for whoever may read more of it.
What neither backup nor file gives back comes with the next packages of colleagues, as ever.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.laptop_names import with_ending
from fieldwork.domain.package import Head
from fieldwork.exchange import attached_files
from fieldwork.exchange.joining import remember
from fieldwork.store import keeping, keys
from fieldwork.store.backup import SUFFIX as BACKUP
from fieldwork.store.backup import read_backup, unpack
from fieldwork.store.beside import files_of, key_of_another
from fieldwork.store.drafts import Drafts
from fieldwork.store.intake import take_in
from fieldwork.store.keys import DeviceKeys, FileKey
from fieldwork.store.parcel import Parcel
from fieldwork.store.recording import moment, take_new_identity
from fieldwork.store.rekeying import key_of_pages
from fieldwork.store.salvage import Salvage, salvage
from fieldwork.store.workspace import Workspace, in_use, set_meta

_OWN = ("inspection", "seed", "identity", "recipient", "founder_public", "epoch_identity", "epoch_recipient")


@dataclass
class Rescued:
    """What came back. backup: the one it stands on, None where all was read out of the damaged file.

    before: entries of the backup; brought: entries read beyond them; waiting: of these, how many wait for one that
    is missing; lost: entries that cannot be read, or not whole; unsigned: readable, but nobody vouches for them.
    drafts: how many texts that were being typed. set_aside: where the damaged file is now.
    """

    path: Path
    backup: Path | None = None
    made: datetime | None = None
    before: int = 0
    brought: int = 0
    waiting: int = 0
    lost: int = 0
    unsigned: int = 0
    drafts: int = 0
    damaged: int = 0
    set_aside: Path | None = None
    passed_over: list[str] = field(default_factory=list)  # why a newer backup was not taken


def backups_of(damaged: Path) -> list[Path]:
    """Backups that may be of this workspace, the newest first: those made by themselves, then those beside it."""
    own = [one.path for one in keeping.kept(damaged)]
    with contextlib.suppress(OSError):
        beside = [
            p for p in damaged.parent.iterdir() if p.name.startswith(damaged.stem) and p.suffix == BACKUP
        ]
        own += sorted(beside, key=lambda path: path.stat().st_mtime, reverse=True)
    return sorted(own, key=_made, reverse=True)


def _made(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def rescue(
    damaged: Path, to: Path, passphrase: str, *, backup: Path | None = None, even_so: bool = False
) -> Rescued:
    """Bring a workspace back under a new identity; `to` may be its own name, the damaged file then goes first.

    backup: the one to stand on, else the newest that opens. even_so: also when nothing is wrong with the file.
    Raises Fault when there is neither a backup nor enough of the file left, or nothing is wrong with it;
    everything is then as it was.
    """
    damaged, to = Path(damaged), Path(to)
    candidates = [Path(backup)] if backup is not None else backups_of(damaged)
    if not damaged.is_file():
        raise Fault(f"{damaged} is not there; check the name and the folder.")
    same = damaged.resolve() == to.resolve()
    if not same and any(path.exists() for path in (to, keys.envelope_path(to))):
        raise Fault(f"{to.name} exists already; choose another name.")
    with in_use(damaged):
        held, own = _held(damaged, passphrase, candidates)
        found = salvage(damaged, held[0], to.parent)
        if found.sound and own and not even_so:
            raise Fault(
                f"{damaged.name} is not damaged: it opens, and all of it verifies; open it as usual, or give "
                "--even-so to have it brought back under a new identity all the same."
            )
        moved = _set_aside(damaged) if same else None
    try:
        done = _brought_back(to, held, passphrase, candidates, found, damaged.parent)
    except BaseException:
        if moved is not None:
            _put_back(moved, damaged)
        raise
    if moved is None:
        with in_use(damaged):
            moved = _set_aside(damaged)
    done.set_aside = moved
    done.lost, done.damaged = found.lost, found.damaged
    return done


def _held(damaged: Path, passphrase: str, candidates: list[Path]) -> tuple[tuple[FileKey, bytes], bool]:
    """The key of the damaged file with its envelope, and True; that of a backup, and False, where its own is gone."""
    problem: Fault | None = None
    other = key_of_another(damaged)
    if other is not None and other.sure:
        raise Fault(other.words)
    try:
        return key_of_pages(damaged, lambda envelope: keys.unwrap(envelope, passphrase, damaged.name)), True
    except Fault as fault:
        if "passphrase does not open" in str(fault):
            raise
        problem = fault
    for candidate in candidates:
        with contextlib.suppress(Fault):
            envelope, _ = read_backup(candidate)
            return (keys.unwrap(envelope, passphrase, candidate.name), envelope), False
    raise problem


def _brought_back(
    to: Path,
    held: tuple[FileKey, bytes],
    passphrase: str,
    candidates: list[Path],
    found: Salvage,
    folder: Path,
) -> Rescued:
    done = Rescued(to)

    def settle(workspace: Workspace) -> None:
        done.before = moment(workspace)
        _take(workspace, found, done)
        take_new_identity(workspace, "rescue", with_ending(workspace.identity.label, "rescued"))

    workspace = None
    for candidate in candidates:
        try:
            workspace = unpack(candidate, to, passphrase, settle, held=held)
        except Fault as fault:
            done.passed_over.append(f"{candidate.name}: {fault}")
            continue
        done.backup, done.made = candidate, datetime.fromtimestamp(_made(candidate))
        break
    if workspace is None:
        if any(name not in found.meta for name in _OWN):
            why = f" ({done.passed_over[0].rstrip('.')})" if done.passed_over else ""
            raise Fault(
                f"There is no backup that opens{why}, and too little of the file can be read to go on; "
                "ask a lead for a new pack, and keep the damaged file."
            )
        workspace = Workspace.create(to, passphrase, _from_nothing(found, settle))
    try:
        done.drafts = _type_again(workspace, found)
        with contextlib.suppress(Fault):  # what is not taken over stands where it is, and can be asked for
            attached_files.bring_back(workspace, (folder,))
    finally:
        workspace.close()
    return done


def _from_nothing(found: Salvage, settle: Callable[[Workspace], None]) -> Callable[[Workspace], None]:
    def fill(workspace: Workspace) -> None:
        meta = found.meta
        own = DeviceKeys(meta["seed"], meta["identity"], meta["recipient"])
        epoch = (meta["epoch_identity"], meta["epoch_recipient"])
        with workspace.write() as db:
            remember(db, own, meta["inspection"], meta["founder_public"], epoch)
            if meta.get("old_identity"):
                set_meta(db, old_identity=meta["old_identity"])
        settle(workspace)

    return fill


def _take(workspace: Workspace, found: Salvage, done: Rescued) -> None:
    """What was read and somebody vouches for: colleagues by their signatures, this laptop by its own key."""
    own = workspace.device_keys
    ends = found.ends_of(workspace.device)
    mine = [Head(own.device, own.public, end.n, end.hash, own.sign(end.hash)) for end in ends]
    entries, done.unsigned = found.vouched_for(mine)
    heads = {head.hash: head for head in (*found.heads, *mine)}
    ours = {entry.hash for entry in entries}
    there = tuple(head for hash, head in heads.items() if hash in ours)
    parcel = Parcel("the damaged file", workspace.device, there, tuple(entries))
    outcome = take_in(workspace, [parcel], now=int(time.time() * 1000)).outcomes[0]
    if outcome.refused:
        done.unsigned += len(entries)
        return
    done.brought = outcome.entries - outcome.duplicate
    done.waiting = outcome.waiting


def _type_again(workspace: Workspace, found: Salvage) -> int:
    """Put back what was being typed."""
    if not found.drafts:
        return 0
    drafts = Drafts(workspace)
    try:
        for draft in found.drafts:
            drafts.keep(draft.id, draft.kind, draft.fields, None)
    finally:
        drafts.close()
    return len(found.drafts)


def _set_aside(damaged: Path) -> Path:
    """Move the file and all beside it into a folder of its own: only names change."""
    stem = damaged.stem if damaged.suffix else damaged.name
    folder = damaged.with_name(f"{stem}.damaged-{datetime.now():%Y%m%d-%H%M%S}")
    try:
        folder.mkdir()
        for part in _parts(damaged):
            part.rename(folder / part.name)
    except OSError as error:
        _put_back(folder, damaged)
        raise Fault(f"{damaged.name} cannot be set aside: {error.strerror or error}.") from error
    return folder


def _put_back(folder: Path, damaged: Path) -> None:
    with contextlib.suppress(OSError):
        for part in folder.iterdir():
            if not damaged.with_name(part.name).exists():
                part.rename(damaged.with_name(part.name))
        folder.rmdir()


def _parts(damaged: Path) -> list[Path]:
    there = [path for path in files_of(damaged) if not path.name.endswith("-lock")]
    typed = there[-1]
    there += [typed.with_name(typed.name + ending) for ending in ("-wal", "-shm")]
    return [path for path in there if path.exists()]
