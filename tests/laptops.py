"""Laptops of one team to test with, made fast: keys and founding acts once, then copies of the files."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from filelock import FileLock

from fieldwork.domain.records import Invitation
from fieldwork.domain.values import Id, new_id
from fieldwork.exchange import joining, package, sharing
from fieldwork.store import migrations
from fieldwork.store.entry import Entry
from fieldwork.store.holding import known_to_all
from fieldwork.store.intake import take_in
from fieldwork.store.keys import FileKey, join_statement, new_device_keys, new_file_key
from fieldwork.store.parcel import Parcel
from fieldwork.store.receipts import Receipt, write_receipt
from fieldwork.store.recording import Change, record, take_new_identity
from fieldwork.store.workspace import Workspace, get_meta, raw

START = 1_795_000_000_000  # a morning in November 2026, wall milliseconds
DAY = 86_400_000


def workspace_at(path: Path, key: FileKey) -> Workspace:
    """An empty workspace without an envelope: nothing of it costs a passphrase."""
    workspace = Workspace(path, key, FileLock(path.with_name(path.name + "-lock")).acquire().lock)
    with workspace.write() as db:
        migrations.migrate(db, path.name)
    return workspace


def team(folder: Path, size: int) -> list[Workspace]:
    """Open laptops of one inspection, each knowing all others."""
    laptops = []
    for number, (template, key) in enumerate(_templates(size)):
        path = folder / f"laptop{number}.fieldwork"
        shutil.copy(template, path)
        laptops.append(Workspace.open_with_key(path, key))
    return laptops


def copy_of(workspace: Workspace, folder: Path, name: str) -> Workspace:
    """The same file carried to another folder by hand, and opened there."""
    with workspace.read() as db:
        raw(db).execute("SELECT 1").fetchone()
    connection = workspace._engine.raw_connection()
    try:
        connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    finally:
        connection.close()
    path = folder / f"{name}.fieldwork"
    shutil.copy(workspace.path, path)
    return Workspace.open_with_key(path, workspace.file_key)


@cache
def _templates(size: int) -> list[tuple[Path, FileKey]]:
    folder = Path(tempfile.mkdtemp(prefix="fieldwork-laptops-"))
    made: list[tuple[Path, FileKey]] = []
    laptops: list[Workspace] = []
    for number in range(size):
        key = new_file_key()
        path = folder / f"template{number}"
        workspace = workspace_at(path, key)
        if number == 0:
            _found(workspace)
        else:
            _join(workspace, laptops[0], number)
        laptops.append(workspace)
        made.append((path, key))
    for laptop in laptops:
        take_in(laptop, [parcel(other) for other in laptops if other is not laptop])
    for laptop in laptops:
        laptop.close()
        Path(str(laptop.path) + "-lock").unlink(missing_ok=True)
    return made


def _found(workspace: Workspace) -> None:
    keys, epoch = new_device_keys(), new_device_keys()
    with workspace.write() as db:
        joining.remember(db, keys, new_id(), keys.public, (epoch.identity, epoch.recipient))
    joining.introduce(workspace, keys, "laptop 0", "HMCPSI", "lead", act="found", admitted=1)


def newcomer(inviter: Workspace, folder: Path, name: str) -> Workspace:
    """A laptop that joins from a pack somebody at work hands out, with what stands there then."""
    workspace = workspace_at(folder / f"{name}.fieldwork", new_file_key())
    _join(workspace, inviter, name)
    return workspace


def restored(workspace: Workspace) -> Workspace:
    """What restoring does to a file from a backup, without the passphrase: a new name at once."""
    take_new_identity(workspace, "restore", f"{workspace.identity.label} (restored)")
    return workspace


def _join(workspace: Workspace, inviter: Workspace, name: object) -> None:
    keys, invitation_keys = new_device_keys(), new_device_keys()
    invitation = new_id()
    change = Change(Invitation.kind, invitation, {"key": invitation_keys.public})
    entry = record(inviter, "invite", [change]).entry
    assert entry is not None
    with inviter.read() as db:
        epoch = (get_meta(db, "epoch_identity"), get_meta(db, "epoch_recipient"))
        founder_public = get_meta(db, "founder_public")
    with workspace.write() as db:
        joining.remember(db, keys, inviter.inspection, founder_public, epoch)
    take_in(workspace, [parcel(inviter)])
    joining.introduce(
        workspace,
        keys,
        f"laptop {name}",
        "HMICFRS",
        "inspector",
        act="join",
        invitation=invitation,
        proof=invitation_keys.sign(join_statement(inviter.inspection, keys.device)),
        builds_on=[entry],
    )


# -- packages without a file


def content(workspace: Workspace, floor: Sequence[bytes] = (), only: Id | None = None) -> bytes:
    """What a package of this laptop holds inside its encryption, signed; from here on it counts as shared."""
    with workspace.read() as db:
        made = sharing.contents_beyond(db, workspace, list(floor), int(time.time() * 1000))
    heads, entries = list(made.heads), list(made.entries)
    if only is not None:
        heads = [head for head in heads if head.device == only]
        entries = [item for item in entries if item[0].startswith(b"\x9d\x01\xc4\x10" + only)]
    data = signed(workspace, heads, entries)
    with workspace.write() as db:
        write_receipt(db, Receipt("out", "a package", workspace.device, 0, len(entries), 0), b"")
    return data


def signed(workspace: Workspace, heads, entries) -> bytes:  # type: ignore[no-untyped-def]
    made = package.Contents(workspace.inspection, workspace.device, int(time.time() * 1000), heads, entries)
    body = package.plain(made)
    return body + workspace.device_keys.sign(body)


def known_of(workspace: Workspace, *others: Id) -> list[bytes]:
    with workspace.read() as db:
        return known_to_all(raw(db), others)


def parcel(workspace: Workspace, floor: Sequence[bytes] = ()) -> Parcel:
    return package.read_content(
        content(workspace, floor), workspace.inspection, f"from {workspace.path.name}"
    )


def give(giver: Workspace, *receivers: Workspace) -> None:
    """Everything one laptop holds, taken in by others; refusing it is a failure."""
    for receiver in receivers:
        taken = take_in(receiver, [parcel(giver)])
        assert not taken.outcomes[0].refused, taken.outcomes[0].refused


def together(*laptops: Workspace) -> None:
    """Everybody ends with everything."""
    for _ in range(2):
        for giver in laptops:
            give(giver, *(other for other in laptops if other is not giver))


def entries_in(workspace: Workspace) -> list[Entry]:
    return list(parcel(workspace).entries)
