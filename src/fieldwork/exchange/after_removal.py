"""What packages bring of laptops that were removed: named to who takes it in, since it counts for nothing."""

from collections.abc import Sequence
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.store.holding import held_hashes
from fieldwork.store.parcel import Sealed
from fieldwork.store.reading import records_in
from fieldwork.store.workspace import Workspace, raw


def written_after(workspace: Workspace, packages: Sequence[Sealed]) -> dict[str, list[str]]:
    """By the name of a package, a sentence for each removed laptop of whose later acts it brings some.

    Asked before they are taken in. What a removed laptop wrote up to its removal may still arrive, and is not meant.
    """
    told: dict[str, list[str]] = {}
    with workspace.read() as db:
        removed = [device for device in records_in(db, Device, removed=1) if _ended(raw(db), device)]
        for package in packages if removed else ():
            try:
                entries = package.opened().entries
            except Fault:  # said when its turn comes
                continue
            for device in removed:
                written = [entry.hash for entry in entries if entry.device == device.id]
                fresh = len(written) - len(held_hashes(raw(db), sorted(written)))
                if fresh:
                    told.setdefault(package.name, []).append(_sentence(device, fresh))
    return told


def _ended(connection: Any, device: Device) -> bool:
    """Whether all that was accepted of a removed laptop stands here."""
    accepted = bytes(device.accepted or b"")
    tips = {accepted[at : at + 32] for at in range(0, len(accepted), 32)}
    return len(held_hashes(connection, sorted(tips))) == len(tips)


def _sentence(device: Device, count: int) -> str:
    since = "1 act it wrote since is" if count == 1 else f"{count:,} acts it wrote since are"
    counts, them = ("counts", "it") if count == 1 else ("count", "them")
    return (
        f"{device.label} was removed from the inspection: {since} kept and {counts} for nothing until a lead "
        f"accepts {them}."
    )
