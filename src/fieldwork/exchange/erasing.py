"""Destroying what some records say, on every laptop that merges, while the chains still verify.

Own words that were never shared go at once. Anything else needs the word of two members of the team, a lead
among them. Each laptop then drops values and salts of what was said of those records before; what is said
later by somebody who knows of the erasure stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Attachment, QuoteRelease
from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.note_records import DiaryNote, Excerpt, KnownWord, Mask
from fieldwork.domain.records import (
    KINDS,
    Approval,
    CaseFile,
    Device,
    DrawnCase,
    Erasing,
    EvidenceLink,
    Record,
    Tag,
    approval_id,
    field_rules,
)
from fieldwork.domain.values import Id, new_id
from fieldwork.store.members import never_shared, standing_of
from fieldwork.store.reading import find, kind_of, records
from fieldwork.store.recording import Change, Recorded, record, tips
from fieldwork.store.sealed_reading import is_opened, sealed_copies
from fieldwork.store.standing import DECIDING
from fieldwork.store.workspace import Workspace

_NAMING = frozenset(
    {
        (DrawnCase.kind, "reference"),
        (Mask.kind, "instead"),
        (KnownWord.kind, "word"),
        (DiaryNote.kind, "sealed"),
        *((Attachment.kind, name) for name in ("name", "key", "digest", "came_as")),
    }
)
"""Fields that say who or what a record is about, or hold, open or prove what it says, though nobody searches them."""

_SEALED = (SealedPart.kind, SealedKey.kind, Release.kind)


@dataclass(frozen=True)
class Asked:
    """An erasure as it stands. approvals: laptops that said yes; mine: this one did; at: wall milliseconds."""

    erasing: Erasing
    records: tuple[Id, ...]
    approvals: tuple[Device, ...]
    in_force: bool
    mine: bool


def ask(
    workspace: Workspace, what: Sequence[Id], *, scope: str, cause: str, hold_checked: bool
) -> tuple[Id, Recorded]:
    """Ask that what these records say be erased; in force at once for own words that were never shared.

    Raises Fault when nothing is named, nobody has checked that nothing must be kept, or a record of the
    team itself (a laptop, an approval) is named.
    """
    if not hold_checked:
        raise Fault(
            "Check first that nothing requires these records to be kept, and say that you have (in a script: "
            '"hold_checked": true).'
        )
    if not cause.strip():
        raise Fault("Say why this is erased; the certificate will carry it.")
    ids = _with_copies(workspace, what)
    own = never_shared(workspace, ids)
    id = new_id()
    asked = {
        "records": b"".join(ids),
        "scope": scope,
        "cause": cause.strip(),
        "hold_checked": 1,
        "unshared": int(own),
    }
    changes = [Change(Erasing.kind, id, asked), _approval(workspace, id, ids), *_kept(workspace, ids)]
    return id, record(workspace, "erase", changes, builds_on=tips(workspace))


def approve(workspace: Workspace, erasing: Id) -> Recorded:
    """Say yes to an erasure that a colleague asked for."""
    one = next((asked for asked in erasures(workspace) if asked.erasing.id == erasing), None)
    if one is None:
        raise Fault("There is no such erasure here; it may not have been merged yet.")
    if one.in_force:
        raise Fault("This erasure is in force already.")
    if one.mine:
        raise Fault("This laptop has approved it already; another member of the team must.")
    return record(
        workspace, "approve", [_approval(workspace, erasing, one.records)], builds_on=tips(workspace)
    )


def erasures(workspace: Workspace) -> list[Asked]:
    """All erasures asked for, the latest last."""
    now = standing_of(workspace)
    devices = {device.id: device for device in records(workspace, Device)}
    approvals = {
        approval.id: approval.device
        for approval in records(workspace, Approval, approved=1)
        if approval.device
    }
    found = []
    for erasing in records(workspace, Erasing, order="id"):
        ids = tuple(_ids(erasing.records))
        said_yes = [device for id, device in approvals.items() if id == approval_id(erasing.id, device, ids)]
        found.append(
            Asked(
                erasing,
                ids,
                tuple(devices[id] for id in said_yes if id in devices),
                erasing.id in now.in_force,
                workspace.device in said_yes,
            )
        )
    return found


def _ids(blob: bytes | None) -> list[Id]:
    return [(blob or b"")[at : at + 16] for at in range(0, len(blob or b"") - 15, 16)]


def _with_copies(workspace: Workspace, what: Iterable[Id]) -> list[Id]:
    """The records named, all that repeats their words, and the case of a draw with its file: both name it."""
    named = dict.fromkeys(what)
    if not named:
        raise Fault("Name at least one record to erase.")
    for id in named:
        kind = kind_of(workspace, id)
        if kind is None:
            raise Fault(f"There is no record {id.hex()[:8]} here.")
        if kind in DECIDING:
            raise Fault(f"A {KINDS[kind].words} cannot be erased: who belongs to the team must stay known.")
    drawn = [one.id for one in records(workspace, DrawnCase, case_file=set(named), hidden=True)]
    files = [
        one.case_file
        for one in records(workspace, DrawnCase, id=set(named), hidden=True)
        if one.case_file is not None and kind_of(workspace, one.case_file) == CaseFile.kind
    ]
    named |= dict.fromkeys((*drawn, *files))
    copies = _copies(workspace, named)
    sealed = [copy for id in [*named, *copies] for copy in sealed_copies(workspace, id)]
    return list(dict.fromkeys([*named, *copies, *sealed]))


def _copies(workspace: Workspace, named: Iterable[Id]) -> list[Id]:
    """What repeats the words of these records, or is a part of them that was put away by itself."""
    pieces = set(named)
    excerpts = [one.id for one in records(workspace, Excerpt, target=pieces, hidden=True)]
    pieces |= set(excerpts)
    some: list[Record] = [
        *(tag for tag in records(workspace, Tag, target=pieces, hidden=True) if tag.quote),
        *records(workspace, Mask, target=pieces, hidden=True),
        *(
            link
            for link in records(workspace, EvidenceLink, evidence=pieces, hidden=True)
            if link.quote or link.before or link.after
        ),
        *records(workspace, QuoteRelease, belongs=pieces, hidden=True),
        *records(workspace, DiaryNote, session=pieces, hidden=True),
        *records(workspace, Attachment, belongs=pieces, hidden=True),
    ]
    return [*excerpts, *(one.id for one in some)]


def _approval(workspace: Workspace, erasing: Id, ids: Sequence[Id]) -> Change:
    id = approval_id(erasing, workspace.device, ids)
    return Change(Approval.kind, id, {"erasing": erasing, "device": workspace.device, "approved": 1})


def _kept(workspace: Workspace, ids: Iterable[Id]) -> Iterable[Change]:
    """Where each record belongs and when it was made, said again so that it outlives the erasure."""
    for id in ids:
        kind = kind_of(workspace, id)
        if kind in _SEALED or is_opened(workspace, id):
            continue  # what was sealed is never said again in clear
        held = find(workspace, KINDS[kind], id) if kind is not None and kind in KINDS else None
        if held is None or kind is None:
            continue
        fields = {
            name: getattr(held, name)
            for name, rule in field_rules(kind).items()
            if not (rule.long or rule.searched or (kind, name) in _NAMING)
            and getattr(held, name) not in (None, "")
        }
        if fields:
            yield Change(kind, id, fields, again=True)
