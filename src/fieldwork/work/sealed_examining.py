"""The author's own side of a sealed examination: the only place that reads through its key before a release.

`examining` comes here for a file that is marked jointly. Others are told that it is closed, and nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any, TypeVar

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device, Examination, Record, Tag
from fieldwork.domain.values import Id
from fieldwork.store import sealed_own
from fieldwork.store.history import Undone
from fieldwork.store.reading import records, records_of
from fieldwork.store.recording import Change, Recorded
from fieldwork.store.sealed_facts import CALLED_OFF
from fieldwork.store.sealed_own import Standing
from fieldwork.store.sealed_reading import opened_ids
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done

R = TypeVar("R", bound=Record)
OPEN = "The answers of this file are open to both; what they do not agree on is settled at reconciliation."


def standings(workspace: Workspace, files: Collection[Id] | None = None) -> list[Standing]:
    """Every sealed examination here, of these case files if given."""
    wanted = set(files) if files is not None else None
    some = sealed_own.standings(workspace, files=wanted)
    return [one for one in some if wanted is None or one.file in wanted]


def standing_of(workspace: Workspace, examination: Id) -> Standing | None:
    """Where one sealed examination stands; None where nobody who could began it."""
    return standings_of(workspace, [examination]).get(examination)


def standings_of(workspace: Workspace, examinations: Collection[Id]) -> dict[Id, Standing]:
    """As `standing_of`, of many."""
    return {one.examination: one for one in sealed_own.standings(workspace, examinations)}


def of_member(some: Iterable[Standing], member: Id | None) -> Standing | None:
    """A member's of the sealed examinations of a file: an open one first, then the finished, then the one begun."""
    own = [one for one in some if one.member == member]
    return min(own, key=lambda one: (not one.released, one.finish is None, one.examination), default=None)


def begin(
    workspace: Workspace, fields: Mapping[str, Any], keepers: Collection[Id], at: int | None
) -> tuple[Id, Recorded]:
    """Begin a sealed examination; its key goes to this laptop and to its keepers."""
    laptops = [device for device in records(workspace, Device, id=list(keepers)) if not device.removed]
    return sealed_own.begin(workspace, fields, laptops, at=at)


def read(workspace: Workspace, some: Collection[Standing], cls: type[R]) -> dict[Id, list[R]]:
    """By examination what was answered or entered in it: by anybody once it is open, by its author before; else
    nothing."""
    open_ones = [one.examination for one in some if one.released]
    found: dict[Id, list[R]] = {
        one.examination: [] if one.released else _own(workspace, one, cls) for one in some
    }
    opened = opened_ids(workspace, open_ones)
    for record in records_of(workspace, cls, "examination", open_ones):
        examination: Id = vars(record)["examination"]
        if (examination, record.id) in opened:
            found[examination].append(record)
    return found


def tags(workspace: Workspace, standing: Standing) -> list[Tag]:
    """The themes on its answers that are not open yet, for its author."""
    return [] if standing.released else _own(workspace, standing, Tag)


def _own(workspace: Workspace, standing: Standing, cls: type[R]) -> list[R]:
    if not is_mine(workspace, standing):
        return []
    names = {one.name for one in fields_of(cls)}
    return [
        cls(
            id=id,
            **{
                name: value
                for name, (value, _) in record.fields.items()
                if name in names and value is not None
            },
        )
        for id, record in sealed_own.own(workspace, standing.examination).records.items()
        if record.kind == cls.kind
    ]


def is_mine(workspace: Workspace, standing: Standing) -> bool:
    """Whether this laptop's examiner is its author and holds its key."""
    return workspace.device in standing.laptops and standing.holds


def seal(
    workspace: Workspace,
    standing: Standing,
    act: str,
    changes: Sequence[Change],
    *,
    reason: str = "",
    reopens: bool = False,
    at: int | None = None,
) -> Done:
    """Write one act into it. reopens: it is finished no more. Raises Fault when it is open, or another's."""
    if standing.released:
        raise Fault(OPEN)
    others = [Change(Examination.kind, standing.examination, {"finished": None})] if reopens else []
    recorded = sealed_own.seal(
        workspace, standing.examination, act, changes, reason=reason, others=others, at=at
    )
    return Done(changes[0].id if changes else None, recorded.entry, recorded.changed)


def finish(workspace: Workspace, standing: Standing, at: int, wall: int | None) -> Done:
    """Finish it, with the digest of all its acts. at: the time it says, wall ms."""
    if standing.released:
        raise Fault(OPEN)
    recorded = sealed_own.finish(workspace, standing.examination, {"finished": at}, at=wall)
    return Done(standing.examination, recorded.entry, recorded.changed)


def holding(workspace: Workspace, id: Id) -> Standing | None:
    """This examiner's closed examination that holds a record, if one does."""
    for held in records(workspace, Examination, examiner=workspace.identity.member):
        one = standing_of(workspace, held.id) if held.sealing is not None else None
        if one is None or one.released or not is_mine(workspace, one):
            continue
        if id in sealed_own.own(workspace, one.examination).records:
            return one
    return None


def reverse(workspace: Workspace, entry: bytes) -> Undone | None:
    """Take back one's own sealed act, or do one again that was taken back; None where the entry is no such act."""
    examination = sealed_own.examination_of_act(workspace, entry)
    if examination is None:
        return None
    standing = standing_of(workspace, examination)
    if standing is None or standing.released:
        raise Fault(OPEN)
    if not sealed_own.is_part(workspace, entry):
        return None
    changes, act = sealed_own.before_act(workspace, examination, entry)
    recorded = sealed_own.seal(workspace, examination, act, changes, undoes=entry)
    return Undone(recorded, act, ())


def release(workspace: Workspace, finishes: Mapping[Id, bytes]) -> Recorded:
    """Write the keys held here of these examinations in clear; all their finishes stand behind it."""
    return sealed_own.release(workspace, finishes)


def call_off(workspace: Workspace, examinations: Sequence[Id], reason: str) -> Recorded:
    """Write the keys held here in clear though not all have finished."""
    return sealed_own.release(workspace, dict.fromkeys(examinations, b""), ground=CALLED_OFF, reason=reason)


def hand_on(
    workspace: Workspace, examinations: Sequence[Id], device: Device, others: Sequence[Change] = ()
) -> Recorded:
    """Wrap the keys held here of these examinations to another laptop. others: what is said beside it."""
    return sealed_own.hand_on(workspace, examinations, device, others)
