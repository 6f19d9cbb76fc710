"""The hub, for teams that outgrow a stick: one PostgreSQL that every laptop pushes to and pulls from.

It keeps sealed rows and knows ids, numbers, sizes and times. `hub_setup` makes it, `hub_door` lets this
laptop in under its own role, `hub_push` and `hub_pull` bring both up to date, `hub_memory` knows what the hub
had before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fieldwork.exchange import hub_door, hub_memory, hub_pull, hub_push, hub_setup
from fieldwork.exchange.hub_door import Hub, entered
from fieldwork.exchange.hub_pull import Pulled
from fieldwork.exchange.hub_push import Progress, Pushed, never, nothing_said
from fieldwork.exchange.hub_setup import SetUp
from fieldwork.store.branches import chains_beyond, present
from fieldwork.store.workspace import Workspace, raw

__all__ = [
    "Progress",
    "Pulled",
    "Pushed",
    "SetUp",
    "Standing",
    "foresee",
    "init",
    "keep_address",
    "kept_address",
    "pull",
    "push",
    "status",
]


@dataclass
class Standing:
    """How far laptop and hub are apart, in acts. elsewhere: acts of colleagues that are here and not there."""

    at: str
    held: int
    to_push: int
    to_pull: int
    elsewhere: dict[str, int] = field(default_factory=dict)
    forked: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


def init(workspace: Workspace, url: str, *, logins: Path | None = None, renew: Sequence[str] = ()) -> SetUp:
    """Make the hub, or bring it up to date, and enrol the laptops that are known here."""
    return hub_setup.init(workspace, url, logins=logins, renew=renew)


def push(
    workspace: Workspace,
    url: str,
    *,
    progress: Progress = nothing_said,
    cancelled: Callable[[], bool] = never,
) -> Pushed:
    """Send what the hub lacks of what was written on this laptop."""
    with entered(workspace, url) as hub:
        return hub_push.push(workspace, hub, progress, cancelled)


def pull(
    workspace: Workspace,
    url: str,
    *,
    progress: Progress = nothing_said,
    cancelled: Callable[[], bool] = never,
) -> Pulled:
    """Fetch what this laptop lacks, and take it in."""
    with entered(workspace, url) as hub:
        return hub_pull.pull(workspace, hub, progress, cancelled)


def foresee(workspace: Workspace, url: str) -> tuple[Pulled, int]:
    """What a pull would bring, and how many acts a push would send. Changes nothing."""
    with entered(workspace, url) as hub:
        pulled = hub_pull.foresee(workspace, hub)
        to_push, notices = hub_push.lacking(workspace, hub)
        pulled.notices += [notice for notice in notices if notice not in pulled.notices]
        return pulled, to_push


def keep_address(workspace: Workspace, url: str) -> str:
    """Keep how to reach the hub used last in the workspace, with the login; returns the address without it."""
    return hub_door.keep_address(workspace, url)


def kept_address(workspace: Workspace) -> str:
    """The address of the hub used last in the window, "" where none was."""
    return str(workspace.meta(hub_door.ADDRESS, ""))


def status(workspace: Workspace, url: str) -> Standing:
    """How far laptop and hub are apart, and what is wrong at the hub. Changes nothing."""
    with entered(workspace, url) as hub:
        past = hub_memory.compare(workspace, hub)
        to_pull, found = hub_pull.lacking(workspace, hub, past)
        to_push, notices = hub_push.lacking(workspace, hub)
        return Standing(
            hub.at,
            _held(hub),
            to_push,
            to_pull,
            _elsewhere(workspace, hub),
            _forked(workspace, hub),
            [*hub.notices, *notices],
            [*past.found, *found, *_holes(workspace, hub)],
        )


def _held(hub: Hub) -> int:
    row = hub.connection.execute(
        "SELECT count(*) FROM fieldwork.entry WHERE inspection = %s", (hub.inspection,)
    ).fetchone()
    return row[0] if row else 0


def _elsewhere(workspace: Workspace, hub: Hub) -> dict[str, int]:
    """Acts of colleagues that came here another way: only their own laptop may push them."""
    with workspace.read() as db:
        connection = raw(db)
        there = hub_memory.tips_of(hub)
        held = present(connection, [hash for _, _, hash in there])
        labels = hub_memory.labels_in(db)
        ahead: dict[str, int] = {}
        for id, label in labels.items():
            ends = [(hash, hash in held) for owner, _, hash in there if owner == id]
            if id not in hub.devices and all(known for _, known in ends):
                beyond = chains_beyond(connection, id, [hash for hash, _ in ends])
                ahead[label] = ahead.get(label, 0) + sum(map(len, beyond))
    return {label: count for label, count in ahead.items() if count}


def _forked(workspace: Workspace, hub: Hub) -> list[str]:
    rows = hub.connection.execute(
        "SELECT DISTINCT device FROM fieldwork.fork WHERE inspection = %s", (hub.inspection,)
    ).fetchall()
    with workspace.read() as db:
        labels = hub_memory.labels_in(db)
    return sorted(labels.get(bytes(device), bytes(device).hex()[:8]) for (device,) in rows)


def _holes(workspace: Workspace, hub: Hub) -> list[str]:
    """Laptops of whose one chain the hub has fewer rows than it has numbers."""
    rows = hub.connection.execute(
        "SELECT device, max(n) - count(*) FROM fieldwork.entry e WHERE inspection = %s AND NOT EXISTS "
        "(SELECT FROM fieldwork.fork f WHERE f.inspection = e.inspection AND f.device = e.device) "
        "GROUP BY device HAVING count(*) < max(n)",
        (hub.inspection,),
    ).fetchall()
    with workspace.read() as db:
        labels = hub_memory.labels_in(db)
    return [
        f"The hub has lost {count} of the acts of {labels.get(bytes(device), bytes(device).hex()[:8])}; "
        "that laptop sends them again when it pushes."
        for device, count in rows
    ]
