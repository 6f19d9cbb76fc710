"""What leads decide: who belongs to the team, which acts count, what is erased; and a merge taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldwork.domain.faults import Fault
from fieldwork.domain.progress import Told, untold
from fieldwork.domain.records import KINDS, Answer, Device, Erasing, Invitation, NoteLine
from fieldwork.domain.values import Id
from fieldwork.exchange import erasing, membership
from fieldwork.store import held, members
from fieldwork.store.ids import ids_like
from fieldwork.store.members import never_shared
from fieldwork.store.reading import kind_of, records_in
from fieldwork.store.recording import Recorded
from fieldwork.store.standing import DECIDING
from fieldwork.store.workspace import Workspace
from fieldwork.work import keeping
from fieldwork.work.describing import describe_record
from fieldwork.work.done import Done
from fieldwork.work.team import find_device

REMOVAL_PROTECTS = (
    "From now on its acts count for nothing and packages are closed to it. What it had received it keeps and can "
    "read; colleagues go on writing packages it can open until they have merged this removal."
)
ERASING_LEAVES = (
    "Not covered: laptops that never merge again, packages that were lost, reports that were exported, copies and "
    "backups kept elsewhere, blocks that a disk keeps of the file as it was (encrypted; when the file is next opened "
    "it gets a new key and the old one is written over), and who wrote when and of what kind, which the history keeps."
)


def _done(recorded: Recorded, id: Id | None = None) -> Done:
    return Done(id, recorded.entry, recorded.changed)


def appoint(workspace: Workspace, *, device: str) -> Done:
    """Make a laptop a lead's, by its label or the start of its id. A lead does that."""
    found = find_device(workspace, device)
    return _done(membership.appoint(workspace, found.id), found.id)


def remove(workspace: Workspace, *, device: str, reason: str = "", anyway: bool = False) -> Done:
    """End a laptop's membership; what it wrote so far stays. A lead does that.

    anyway: though keys of sealed answers go with it; without it that is refused, and the files are named.
    """
    found = find_device(workspace, device)
    if not anyway and not found.removed and workspace.device in members.leads(workspace):
        gone = keeping.loss(workspace, found.id)
        if gone:
            raise Fault(f"{gone.words} If {found.label} itself is lost, --anyway removes it all the same.")
    return _done(membership.remove(workspace, found.id, reason.strip()), found.id)


@dataclass(frozen=True)
class Pack:
    """A pack nobody has joined with yet. by: the laptop that made it; at: wall milliseconds.

    name: the end of its id; those made within a minute begin alike.
    """

    name: str
    by: str
    at: int

    @property
    def words(self) -> str:
        made = datetime.fromtimestamp(self.at / 1000)
        return f"A pack that {self.by} made on {made:%d %b %Y at %H:%M} is not used yet"

    def plain(self) -> dict[str, str | int]:
        return {"pack": self.name, "by": self.by, "at": self.at}


def open_packs(workspace: Workspace) -> list[Pack]:
    """The packs with which a laptop may still join, the oldest first."""
    with workspace.read() as db:
        labels = {device.id: device.label for device in records_in(db, Device)}
        return [
            Pack(one.id.hex()[-8:], labels.get(one.maker) or one.maker.hex()[:8], one.made)
            for one in members.open_packs(db)
        ]


def withdraw(workspace: Workspace, *, pack: str) -> Done:
    """Let nobody join with a pack any more, named by the end of its id. A lead does that."""
    fits = ids_like(workspace, pack, (Invitation.kind,)) if len(pack) >= 4 else []
    if len(fits) != 1:
        raise Fault(
            f'"{pack}" names no pack here; `fieldwork remove` and `fieldwork withdraw` list those not used yet.'
        )
    return _done(membership.withdraw(workspace, fits[0]), fits[0])


def accept(workspace: Workspace, *, device: str) -> Done:
    """Let what a removed laptop wrote since count, up to what is here now. A lead does that."""
    found = find_device(workspace, device)
    return _done(membership.accept_all(workspace, found.id), found.id)


def void(workspace: Workspace, *, change: str, reason: str = "") -> Done:
    """Let one act count for nothing, named by one of its changes; what it had replaced stands again."""
    return _done(membership.void(workspace, change, reason=reason.strip()))


def lift(workspace: Workspace, *, change: str, reason: str = "") -> Done:
    """Let a voided act count again."""
    return _done(membership.void(workspace, change, lift=True, reason=reason.strip()))


# -- erasing


@dataclass(frozen=True)
class Erasure:
    """An erasure in words. approved: labels of the laptops that said yes; needed: how many more must."""

    id: Id
    scope: str
    cause: str
    records: int
    approved: tuple[str, ...]
    in_force: bool
    mine: bool


def erase(workspace: Workspace, *, records: Sequence[Id], cause: str, hold_checked: bool) -> Done:
    """Ask that what records say be destroyed everywhere, once it is checked that nothing requires them kept.

    Own words never shared go at once.
    """
    ids = list(dict.fromkeys(records))
    words = "; ".join(describe_kind(workspace, id) for id in ids[:5])
    scope = f"{words}; and {len(ids) - 5} more" if len(ids) > 5 else words
    id, recorded = erasing.ask(workspace, ids, scope=scope, cause=cause, hold_checked=hold_checked)
    return _done(recorded, id)


def approve(workspace: Workspace, *, erasure: str) -> Done:
    """Say yes to an erasure a colleague asked for, by the start of its id. Two members must, a lead among them."""
    id = find_erasure(workspace, erasure)
    return _done(erasing.approve(workspace, id), id)


def find_erasure(workspace: Workspace, name: str) -> Id:
    """The erasure whose id begins so; the only one that waits where no name is given."""
    waiting = [one.id for one in erasures(workspace) if not one.in_force and not one.mine]
    if not name and len(waiting) == 1:
        return waiting[0]
    fits = ids_like(workspace, name, (Erasing.kind,)) if len(name) >= 4 else []
    if len(fits) != 1:
        raise Fault(f'"{name}" names no erasure here; the Team page and `fieldwork erasures` list them.')
    return fits[0]


def erasures(workspace: Workspace) -> list[Erasure]:
    """All erasures asked for, the latest last."""
    return [
        Erasure(
            one.erasing.id,
            one.erasing.scope,
            one.erasing.cause,
            len(one.records),
            tuple(device.label for device in one.approvals),
            one.in_force,
            one.mine,
        )
        for one in erasing.erasures(workspace)
    ]


def describe_kind(workspace: Workspace, id: Id) -> str:
    """What kind of thing a record is and where it belongs, without what it says."""
    kind = kind_of(workspace, id) or ""
    if kind in (NoteLine.kind, Answer.kind):
        return describe_record(workspace, id)
    return KINDS[kind].words.capitalize() if kind in KINDS else "Record"


@dataclass(frozen=True)
class Erasable:
    """What would be erased, in words that say nothing of it. own: its words were never shared, so it goes at once."""

    record: Id
    scope: str
    own: bool


def erasable(workspace: Workspace, record: Id) -> Erasable:
    """What asking for the erasure of a record would mean. Raises Fault for what cannot be erased."""
    kind = kind_of(workspace, record)
    if kind in DECIDING:
        raise Fault(f"A {KINDS[kind].words} cannot be erased: who belongs to the team must stay known.")
    return Erasable(record, describe_kind(workspace, record), never_shared(workspace, [record]))


# -- taking a merge back


@dataclass(frozen=True)
class TakenBack:
    """A merge that was put aside: how many acts, and what changed."""

    entries: int
    changed: dict[str, frozenset[Id]]


@dataclass(frozen=True)
class LastMerge:
    """The merge that could be taken back: when ("14:03", with the day where it was not today), or why it cannot.

    aside: acts of merges taken back before, that wait here to be merged again, and since when (wall milliseconds,
    0 where that is not known).
    """

    when: str = ""
    why_not: str = ""
    aside: int = 0
    since: int = 0


LOOKED_AT = 5000  # acts; of a larger merge only trying tells whether an act builds on it


def last_merge_now(workspace: Workspace) -> LastMerge:
    """The last merge as a page shows it."""
    at, aside = held.merged_at(workspace), held.put_aside(workspace)
    since = held.put_aside_since(workspace) if aside else 0
    if not at:
        return LastMerge(aside=aside, since=since)
    small = held.merge_size(workspace) <= LOOKED_AT
    moment = datetime.fromtimestamp(at / 1000)
    when = f"{moment:%H:%M}"
    if moment.date() != datetime.now().date():
        when += f" on {moment.day} {moment:%B}"
    return LastMerge(when, held.can_take_back(workspace) if small else "", aside, since)


def take_back(workspace: Workspace, told: Told = untold) -> TakenBack:
    """Put aside what the last merge brought, on this laptop, until it is merged again."""
    entries, effect = held.take_back(workspace, told)
    return TakenBack(entries, {kind: frozenset(ids) for kind, ids in effect.touched.items()})


def last_merge(workspace: Workspace) -> str:
    """When the last merge was that could be taken back, "14:03 on 22 Nov"; "" where there is none."""
    at = held.merged_at(workspace)
    return datetime.fromtimestamp(at / 1000).strftime("%H:%M on %d %b") if at else ""
