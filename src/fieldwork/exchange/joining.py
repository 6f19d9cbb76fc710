"""How a laptop becomes one of the team: an inspection pack under a one-time code, then joining with it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldwork.domain.faults import Fault
from fieldwork.domain.laptop_names import with_ending
from fieldwork.domain.records import Device, Invitation, TeamMember
from fieldwork.domain.values import Id, new_id
from fieldwork.exchange import package
from fieldwork.store import epochs
from fieldwork.store.backup import unpack
from fieldwork.store.holding import heads_held, held_hashes, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.keys import (
    DeviceKeys,
    device_id,
    join_statement,
    new_device_keys,
    open_under_code,
    seal_under_code,
)
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.receipts import leave, stay
from fieldwork.store.recording import Change, record, take_new_identity
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, get_meta, raw, set_meta

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is mistaken for another
PACK_MAGIC = b"FWPACK1"
_Sixteen = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_ThirtyTwo = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class Pack(TypedDict):
    """What a pack holds; epoch is the inspection's age identity and recipient.

    epochs_since: later keys of the inspection, each as recipient and identity.
    """

    inspection: _Sixteen
    founder: _ThirtyTwo
    epoch: tuple[str, str]
    epochs_since: NotRequired[list[tuple[str, str]]]
    invitation: _Sixteen
    invited_by: _ThirtyTwo
    seed: _ThirtyTwo
    content: bytes


def one_time_code() -> str:
    """Twenty letters in five groups: 100 random bits, easy to read out."""
    letters = "".join(_LETTERS[byte & 31] for byte in os.urandom(20))
    return "-".join(letters[at : at + 4] for at in range(0, 20, 4))


def _typed(code: str) -> str:
    """A code as it was read out: case, hyphens and look-alikes do not matter."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    return plain.replace("O", "0").replace("I", "1").replace("L", "1").replace("U", "V")


def make_pack(workspace: Workspace, to: Path) -> str:
    """Write an inspection pack for one more laptop; returns the one-time code that opens it."""
    check_target(Path(to), "pack", (PACK_MAGIC,))
    code = one_time_code()
    seed = os.urandom(32)
    invitation = new_id()
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    entry = record(workspace, "invite", [Change(Invitation.kind, invitation, {"key": key})]).entry
    with workspace.read() as db:
        connection = raw(db)
        contents = package.Contents(
            workspace.inspection,
            workspace.device,
            int(time.time() * 1000),
            heads_held(connection),
            lacking(connection, []),
        )
        founder = get_meta(db, "founder_public")
        epoch = get_meta(db, "epoch_identity"), get_meta(db, "epoch_recipient")
        later = epochs.made_since(db)
    body = package.plain(contents)
    pack = msgspec.msgpack.encode(
        {
            "inspection": workspace.inspection,
            "founder": founder,
            "epoch": epoch,
            "epochs_since": later,
            "invitation": invitation,
            "invited_by": entry,
            "seed": seed,
            "content": body + workspace.device_keys.sign(body),
        }
    )
    sealed = seal_under_code(package.pad(pack), _typed(code), PACK_MAGIC)
    before = leave(workspace)
    try:
        write_out(Path(to), PACK_MAGIC + sealed, "pack", (PACK_MAGIC,))
    except Fault:
        stay(workspace, before)
        raise
    return code


def open_pack(path: Path, code: str) -> Pack:
    """Read an inspection pack. Raises Fault when the code is wrong or the file is none."""
    path = Path(path)
    try:
        data = package.read_file(path)
    except Fault as fault:
        raise Fault(f"{path.name}: {fault}") from fault
    if not data.startswith(PACK_MAGIC):
        raise Fault(f"{path.name} is not an inspection pack.")
    try:
        plain = package.unpad(open_under_code(data[len(PACK_MAGIC) :], _typed(code), PACK_MAGIC))
        pack = msgspec.msgpack.decode(plain, type=Pack)
        later = ((identity, recipient) for recipient, identity in pack.get("epochs_since", []))
        for identity, recipient in (pack["epoch"], *later):
            pyrage.x25519.Identity.from_str(identity)
            pyrage.x25519.Recipient.from_str(recipient)
        return pack
    except (
        ValueError,
        RecursionError,
        msgspec.MsgspecError,
        pyrage.IdentityError,
        pyrage.RecipientError,
    ) as error:
        raise Fault(f"The code does not open {path.name}, or the pack is damaged; check the code.") from error


def join(pack: Pack, path: Path, passphrase: str, *, device: str, inspectorate: str) -> Workspace:
    """Make this laptop's workspace from a pack and sign its first entry with the invitation."""
    keys = new_device_keys()

    def fill(workspace: Workspace) -> None:
        with workspace.write() as db:
            remember(db, keys, pack["inspection"], pack["founder"], pack["epoch"])
            epochs.keep(db, pack.get("epochs_since", []))
        parcel = package.read_content(pack["content"], pack["inspection"], "the inspection pack")
        outcome = take_in(workspace, [parcel], now=int(time.time() * 1000)).outcomes[0]
        if outcome.refused:
            raise Fault(f"The pack cannot be used: {outcome.refused}")
        with workspace.read() as db:
            if not held_hashes(raw(db), [pack["invited_by"]]):
                raise Fault("The pack cannot be used: its invitation is not in it; ask for a new one.")
        proof = Ed25519PrivateKey.from_private_bytes(pack["seed"]).sign(
            join_statement(pack["inspection"], keys.device)
        )
        introduce(
            workspace,
            keys,
            device,
            inspectorate,
            "inspector",
            act="join",
            invitation=pack["invitation"],
            proof=proof,
            builds_on=[pack["invited_by"]],
        )

    return Workspace.create(path, passphrase, fill)


def found(
    path: Path, passphrase: str, fill_inspection: Callable[[Workspace], None], *, device: str, lead: str
) -> Workspace:
    """Make the first workspace of an inspection: its laptop is the one every other is vouched for by."""
    keys = new_device_keys()
    epoch = new_device_keys()

    def fill(workspace: Workspace) -> None:
        with workspace.write() as db:
            remember(db, keys, new_id(), keys.public, (epoch.identity, epoch.recipient))
        introduce(workspace, keys, device, lead, "lead", act="found", admitted=1)
        fill_inspection(workspace)

    return Workspace.create(path, passphrase, fill)


def remember(db: Any, keys: DeviceKeys, inspection: Id, founder: bytes, epoch: tuple[str, str]) -> None:
    """Keep what belongs to this laptop, and whom it trusts to begin with."""
    set_meta(
        db,
        inspection=inspection,
        seed=keys.seed,
        identity=keys.identity,
        recipient=keys.recipient,
        founder_public=founder,
        epoch_identity=epoch[0],
        epoch_recipient=epoch[1],
    )
    for public in {founder, keys.public}:
        db.exec_driver_sql("INSERT INTO device_known (id, public) VALUES (?, ?)", (device_id(public), public))


def introduce(
    workspace: Workspace,
    keys: DeviceKeys,
    label: str,
    inspectorate: str,
    role: str,
    *,
    act: str,
    builds_on: list[bytes] | None = None,
    **more: Any,
) -> None:
    """A laptop's first entry: itself and the member of the team who works on it."""
    member = new_id()
    record(
        workspace,
        act,
        [
            Change(
                Device.kind,
                keys.device,
                {
                    "label": label,
                    "inspectorate": inspectorate,
                    "member": member,
                    "sign_key": keys.public,
                    "recipient": keys.recipient,
                    **more,
                },
            ),
            Change(TeamMember.kind, member, {"label": label, "inspectorate": inspectorate, "role": role}),
        ],
        builds_on=builds_on or (),
    )
    workspace.__dict__.pop("identity", None)  # read before the laptop had a name


def restore(backup: Path, path: Path, passphrase: str, *, recovery_key: str = "") -> Workspace:
    """A workspace back from a backup, under a new identity that the old one's key vouches for.

    With a recovery key as it was typed the passphrase is a new one.
    """

    def renew(workspace: Workspace) -> None:
        if verify(workspace):
            raise Fault(f"{Path(backup).name} is damaged; nothing was restored, try an earlier one.")
        take_new_identity(workspace, "restore", with_ending(workspace.identity.label, "restored"))

    return unpack(backup, path, passphrase, renew, recovery_key=recovery_key)
