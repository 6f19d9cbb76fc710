"""Signing findings: both inspectorates' leads, each on their own laptop, under one version and the evidence behind it.

A signature is judged whenever it is read: who wrote it leads and is of that inspectorate, and what it names still
stands. Nothing is taken away from one that has fallen; it is shown as what it was.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_digest import DELETED as GONE
from fieldwork.domain.finding_digest import FIELDS, Signed, kept_pieces, own_digest, signed
from fieldwork.domain.finding_records import SignOff
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import (
    Answer,
    Device,
    EvidenceLink,
    Examination,
    Finding,
    Inspection,
    NoteLine,
    TeamMember,
)
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.columns import columns, kinds_of
from fieldwork.store.heads_of import Heads, heads_of
from fieldwork.store.members import lead_or_fault, leads
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.inspections import inspection_of

State = Literal["open", "signed by one", "signed", "changed since signed"]
CHANGED: Final = "changed since signed"


@dataclass(frozen=True)
class Signature:
    """One inspectorate's signature under the version that stands. stands: what it names is as it was signed.

    changed: records behind the finding that were changed, added or taken away since.
    """

    inspectorate: str
    member: str
    at: int
    stands: bool
    changed: tuple[Id, ...] = ()


@dataclass(frozen=True)
class Signing:
    """Where a finding stands with its signatures. digest: what would be signed now.

    unsettled: records of which several versions stand, which must be settled before it can be signed.
    """

    finding: Id
    version: int
    state: State
    signatures: Mapping[str, Signature]
    missing: tuple[str, ...]
    digest: bytes
    unsettled: tuple[Id, ...] = ()

    @property
    def locked(self) -> bool:
        """Whether both have signed this version, so that only a new version can be changed."""
        return bool(self.signatures) and not self.missing

    @property
    def changed(self) -> tuple[Id, ...]:
        """What was changed since either signed."""
        return tuple(dict.fromkeys(id for one in self.signatures.values() for id in one.changed))


def sign_off_id(finding: Id, version: int, inspectorate: str) -> Id:
    return derived_id(SignOff.kind, finding, str(version), inspectorate)


# -- what there is to sign


def to_sign(workspace: Workspace, findings: Collection[Id]) -> dict[Id, tuple[Signed, tuple[Id, ...]]]:
    """What a signature under each of these findings stands for now, and what stands in several versions."""
    links: dict[Id, dict[Id, Id]] = {id: {} for id in findings}
    with workspace.read() as db:
        rows = columns(db, EvidenceLink, ("finding", "evidence"), findings, by="finding")
        for link, finding, evidence in rows:
            if evidence is not None:
                links[finding][link] = evidence
    chains = _chains(workspace, {evidence for some in links.values() for evidence in some.values()})
    kinds = {id: kind for chain in chains.values() for id, kind in chain}
    wanted: dict[Id, Collection[str]] = {id: FIELDS.get(kind, (GONE,)) for id, kind in kinds.items()}
    for finding, some in links.items():
        wanted[finding] = FIELDS[Finding.kind]
        wanted |= dict.fromkeys(some, FIELDS[EvidenceLink.kind])
    heads = heads_of(workspace, wanted)
    own = {id: own_digest(id, _plain(of)) for id, of in heads.items()}
    several = {id for id, of in heads.items() if kinds.get(id) != Excerpt.kind and _differ(of)}
    found = {}
    for finding, some in links.items():
        behind = {link: [id for id, _ in chains[evidence]] for link, evidence in some.items()}
        rivals: tuple[Id, ...] = ()
        if several:
            among = dict.fromkeys([finding, *behind, *(id for chain in behind.values() for id in chain)])
            rivals = tuple(id for id in among if id in several)
        found[finding] = signed(finding, own, behind), rivals
    return found


def _differ(heads: Heads) -> bool:
    """Whether a field says several things. Of an excerpt each is tried when it is read, so nothing is to settle."""
    return any(len(some) > 1 and len({repr(one.value) for one in some}) > 1 for some in heads.values())


def _plain(heads: Heads) -> dict[str, list[tuple[bytes, int]]]:
    return {field: [(one.entry, one.place) for one in some] for field, some in heads.items()}


def _chains(workspace: Workspace, evidence: Collection[Id]) -> dict[Id, list[tuple[Id, str]]]:
    """By piece of evidence, itself and what it hangs on, with their kinds; a piece that is gone alone."""
    with workspace.read() as db:
        kinds = kinds_of(db, evidence)
        excerpts = _of(db, Excerpt, "target", kinds)
        kinds |= kinds_of(db, excerpts.values())
        lines = _of(db, NoteLine, "session", kinds)
        answers = _of(db, Answer, "examination", kinds)
        agreed = _of(db, AgreedAnswer, "case_file", kinds)
        examinations = dict(columns(db, Examination, ("case_file",), answers.values()))
        kinds |= kinds_of(
            db,
            [
                id
                for id in (*lines.values(), *answers.values(), *agreed.values(), *examinations.values())
                if id
            ],
        )
    above = excerpts | lines | answers | agreed | examinations
    found = {}
    for piece in evidence:
        chain, at = [(piece, kinds.get(piece, ""))], above.get(piece)
        while at is not None and at in kinds and len(chain) < 5:
            chain.append((at, kinds[at]))
            at = above.get(at)
        found[piece] = chain
    return found


def _of(db: object, cls: type, name: str, kinds: Mapping[Id, str]) -> dict[Id, Id]:
    some = [id for id, kind in kinds.items() if kind == cls.kind]  # type: ignore[attr-defined]
    return {id: to for id, to in columns(db, cls, (name,), some) if to is not None} if some else {}  # type: ignore[arg-type]


# -- reading


def signings(workspace: Workspace, findings: Collection[Id]) -> dict[Id, Signing]:
    """Where each of these findings stands with its signatures."""
    inspection = find(workspace, Inspection, workspace.inspection)
    needed = [one for one in (inspection.lead, inspection.partner) if one] if inspection is not None else []
    now = to_sign(workspace, findings)
    versions = {
        one.id: one.version or 1 for one in records(workspace, Finding, id=list(findings), hidden=True)
    }
    kept: dict[Id, list[SignOff]] = {}
    for one in records(workspace, SignOff, finding=list(findings)):
        if one.finding is not None and one.version == versions.get(one.finding) and not one.withdrawn:
            kept.setdefault(one.finding, []).append(one)
    signers = counted_signers(workspace, [one for some in kept.values() for one in some])
    return {
        id: _signing(
            id,
            versions.get(id, 1),
            needed,
            now[id],
            [(one, signers[one.id]) for one in kept.get(id, ()) if one.id in signers],
        )
        for id in findings
    }


def _signing(
    finding: Id,
    version: int,
    needed: Sequence[str],
    now: tuple[Signed, tuple[Id, ...]],
    kept: Sequence[tuple[SignOff, str]],
) -> Signing:
    what, unsettled = now
    by = {
        one.inspectorate: Signature(
            one.inspectorate,
            who,
            one.signed or 0,
            one.digest == what.digest and not unsettled,
            _changed(one, what, unsettled),
        )
        for one, who in kept
        if one.inspectorate in needed
    }
    missing = tuple(one for one in needed if one not in by)
    state: State = "open"
    if any(not one.stands for one in by.values()):
        state = CHANGED
    elif by:
        state = "signed by one" if missing else "signed"
    return Signing(finding, version, state, by, missing, what.digest, unsettled)


def _changed(one: SignOff, now: Signed, unsettled: Sequence[Id]) -> tuple[Id, ...]:
    if one.digest == now.digest and not unsettled:
        return ()
    was = kept_pieces(one.pieces or b"")
    differ = [id for id in {**was, **now.pieces} if was.get(id) != now.pieces.get(id)]
    return tuple(dict.fromkeys([*sorted(differ), *unsettled]))


def counted_signers(workspace: Workspace, some: Sequence[SignOff]) -> dict[Id, str]:
    """Of the signatures that count, who signed: each written whole on one laptop that leads, of that inspectorate."""
    names = ("digest", "pieces", "version", "inspectorate")
    heads = heads_of(workspace, {one.id: names for one in some})
    leading = leads(workspace)
    devices = {one.id: one for one in records(workspace, Device, hidden=True)}
    people = {one.id: one for one in records(workspace, TeamMember, hidden=True)}
    found = {}
    for one in some:
        wrote = {head.device for kept in heads[one.id].values() for head in kept}
        single = all(len(kept) == 1 for kept in heads[one.id].values())
        device = devices.get(next(iter(wrote))) if len(wrote) == 1 and single else None
        member = people.get(device.member or b"") if device is not None else None
        if device is not None and device.id in leading and member and member.inspectorate == one.inspectorate:
            found[one.id] = member.label
    return found


# -- acts


def sign(workspace: Workspace, *, finding: Id, digest: str = "", at: int | None = None) -> Done:
    """Sign the version of a finding that stands, for one's own inspectorate; a lead does.

    digest: of what was shown, in hex, where somebody looked at it. Raises Fault where it is another one by now, where
    something behind the finding stands in several versions, and for a sentence nothing stands behind.
    """
    lead_or_fault(workspace, "signs a finding")
    held = get(workspace, Finding, finding)
    me = find(workspace, TeamMember, workspace.identity.member) if workspace.identity.member else None
    inspection = inspection_of(workspace)
    if me is None or me.inspectorate not in (inspection.lead, inspection.partner):
        raise Fault("Only a lead of one of the two inspectorates signs a finding; this laptop is neither's.")
    if held.visit is not None:
        raise Fault("This is an emerging point of a visit; take it up into a finding, and sign that.")
    standing = signings(workspace, [held.id])[held.id]
    what, unsettled = to_sign(workspace, [held.id])[held.id]
    if digest and digest != what.digest.hex():
        raise Fault("The finding or its evidence was changed while you read it; read it again, then sign.")
    if unsettled:
        raise Fault(
            "Something behind this finding was changed on two laptops at once; settle that, then sign."
        )
    if len(what.pieces) < 2:
        raise Fault("No evidence stands behind this finding; pin some before it is signed.")
    mine = standing.signatures.get(me.inspectorate)
    if mine is not None and mine.stands:
        return Done(sign_off_id(held.id, standing.version, me.inspectorate))
    id = sign_off_id(held.id, standing.version, me.inspectorate)
    fields = {
        "finding": held.id,
        "version": standing.version,
        "inspectorate": me.inspectorate,
        "digest": what.digest,
        "pieces": what.kept,
        "member": me.id,
        "signed": int(time.time() * 1000) if at is None else at,
        "withdrawn": 0,
    }
    change = Change(SignOff.kind, id, fields, again=True)
    return do(workspace, "sign a finding", [change], id=id, at=at)


def withdraw_signature(workspace: Workspace, *, finding: Id, reason: str, at: int | None = None) -> Done:
    """Take one's own inspectorate's signature back from the version that stands, for a reason; a lead does."""
    lead_or_fault(workspace, "withdraws a signature")
    me = find(workspace, TeamMember, workspace.identity.member) if workspace.identity.member else None
    standing = signings(workspace, [finding])[finding]
    if me is None or me.inspectorate not in standing.signatures:
        raise Fault("Your inspectorate has not signed this version of the finding.")
    if not reason.strip():
        raise Fault("Say in a line why the signature is withdrawn.")
    id = sign_off_id(finding, standing.version, me.inspectorate)
    change = Change(SignOff.kind, id, {"withdrawn": 1})
    return do(workspace, "withdraw a signature", [change], id=id, reason=reason.strip(), at=at)


def new_version(workspace: Workspace, *, finding: Id, reason: str, at: int | None = None) -> Done:
    """Open a finding that both have signed for changes, as its next version; the signed one stays in its history."""
    held = get(workspace, Finding, finding)
    if not signings(workspace, [held.id])[held.id].locked:
        raise Fault("This finding is open for changes: it is not signed by both.")
    if not reason.strip():
        raise Fault("Say in a line why the signed finding is opened again.")
    change = Change(Finding.kind, held.id, {"version": (held.version or 1) + 1})
    return do(workspace, "open a new version", [change], id=held.id, reason=reason.strip(), at=at)


def refuse_locked(workspace: Workspace, finding: Id) -> None:
    """Raises Fault for a finding that both have signed: only its next version can be changed."""
    if signings(workspace, [finding])[finding].locked:
        raise Fault(
            "Both inspectorates have signed this finding; open a new version of it before it or its evidence "
            "is changed."
        )
