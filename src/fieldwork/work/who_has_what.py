"""Who has what: how far each colleague's laptop, and the hub, is from this one, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.store.comparing import Distance, distances, hub_distances
from fieldwork.store.reading import device_standing, records
from fieldwork.store.workspace import Workspace


@dataclass(frozen=True)
class Having:
    """What one laptop has, as far as its last package said (heard: wall ms; None: none came yet).

    lacks_ours, lacks_others: changes that stand here and that it is not known to hold, by this laptop and by
    others. ahead: acts it holds that are not here. of: the label of every laptop that is concerned and how many.
    split: two copies of it speak with one name, so nothing it said can be relied on.
    """

    id: Id
    label: str
    heard: int | None
    lacks_ours: int = 0
    lacks_others: int = 0
    ahead: int = 0
    of: Mapping[str, int] | None = None
    split: bool = False

    @property
    def sentence(self) -> str:
        if self.heard is None:
            return "No package came from it yet, so nothing is known of what it has"
        if self.split:
            return "Two copies of it speak with one name, so what it has cannot be relied on"
        parts = []
        if self.ahead:
            parts.append(f"is {_counted(self.ahead, 'act')} ahead of us")
        lacks = []
        if self.lacks_ours:
            lacks.append(f"{_counted(self.lacks_ours, 'change')} of ours")
        if self.lacks_others:
            count = f"{self.lacks_others:,}" if lacks else _counted(self.lacks_others, "change")
            lacks.append(f"{count} of others")
        if lacks:
            parts.append(f"has not {' and '.join(lacks)}")
        said = "; ".join(parts)
        return f"{said[:1].upper()}{said[1:]}" if said else "Has all that is here, and nothing beyond"


@dataclass(frozen=True)
class HubStatus:
    """A hub as it was when last used (at: wall ms). lacks: changes of ours; ahead: acts that are not here."""

    address: str
    at: int
    lacks: int
    ahead: int


def who_has_what(workspace: Workspace) -> list[Having]:
    """Every other laptop that was not removed, by label."""
    devices = records(workspace, Device, order="label")
    standing, far = device_standing(workspace), distances(workspace)
    labels = {device.id: device.label or device.id.hex()[:8] for device in devices}
    found = []
    for device in devices:
        if device.id == workspace.device or device.removed:
            continue
        known = far.get(device.id)
        if known is None:
            found.append(Having(device.id, labels[device.id], None))
            continue
        split = device.id in standing and standing[device.id].forked
        found.append(
            Having(
                device.id,
                labels[device.id],
                known.heard,
                known.lacks.get(workspace.device, 0),
                sum(count for id, count in known.lacks.items() if id != workspace.device),
                sum(known.ahead.values()),
                _of(known, labels),
                split,
            )
        )
    return found


def hub_status(workspace: Workspace) -> HubStatus | None:
    """The hub used last, from memory alone; None where none ever was."""
    far = hub_distances(workspace)
    if not far:
        return None
    address, last = max(far.items(), key=lambda one: one[1].heard)
    return HubStatus(address, last.heard, last.lacks.get(workspace.device, 0), sum(last.ahead.values()))


def _of(known: Distance, labels: Mapping[Id, str]) -> dict[str, int]:
    of: dict[str, int] = {}
    for id, count in known.lacks.items():
        label = labels.get(id, id.hex()[:8])
        of[label] = of.get(label, 0) + count
    return of


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
