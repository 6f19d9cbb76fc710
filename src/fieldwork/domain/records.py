"""The nouns of the field that are kept as records, each defined once.

A record is a frozen value with an id and fields. The store makes one typed table from each
class, the history names fields by the names used here, and both are promises: a field name
is never reused and never renamed (what a person reads is its `words`).
Times are milliseconds since 1970 (UTC); days are ISO text, YYYY-MM-DD.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Any, ClassVar

from fieldwork.domain.evidence_records import EVIDENCE
from fieldwork.domain.evidence_records import EvidenceLink as EvidenceLink
from fieldwork.domain.evidence_records import Finding as Finding
from fieldwork.domain.evidence_records import NoteLine as NoteLine
from fieldwork.domain.evidence_records import Session as Session
from fieldwork.domain.evidence_records import Tag as Tag
from fieldwork.domain.evidence_records import Theme as Theme
from fieldwork.domain.evidence_records import Visit as Visit
from fieldwork.domain.fields import FieldRule
from fieldwork.domain.fields import day as _day
from fieldwork.domain.fields import flag as _flag
from fieldwork.domain.fields import kept as _field
from fieldwork.domain.fields import number as _number
from fieldwork.domain.fields import reference as _reference
from fieldwork.domain.fields import text as _text
from fieldwork.domain.finding_records import FINDINGS
from fieldwork.domain.marking_records import MARKING
from fieldwork.domain.note_records import NOTES
from fieldwork.domain.record import Record as Record
from fieldwork.domain.values import Id, derived_id


@dataclass(frozen=True, kw_only=True)
class Inspection(Record):
    """The whole piece of work. There is one in a workspace; its id names the inspection everywhere."""

    kind: ClassVar[str] = "inspection"
    words: ClassVar[str] = "inspection"
    title: str = _text("title")
    lead: str = _text("lead inspectorate")
    partner: str = _text("participating inspectorate")
    marking: str = _text("protective marking")
    marking_reason: str = _text("reason for the marking")
    question_set: Id | None = _reference("question set in use")
    phase: Id | None = _reference("current phase")
    methods_needed: int | None = _number("methods that support a finding")
    bodies_needed: int | None = _number("bodies that support a finding")


@dataclass(frozen=True, kw_only=True)
class Phase(Record):
    """A stage of the inspection: scoping, phase 1 fieldwork, interim report and so on."""

    kind: ClassVar[str] = "phase"
    words: ClassVar[str] = "phase"
    code: str = _text("code")
    name: str = _text("name")
    position: str = _text("place in the order")


@dataclass(frozen=True, kw_only=True)
class Body(Record):
    """A police force, a CPS Area or another body that is inspected. Identified by its code."""

    kind: ClassVar[str] = "body"
    words: ClassVar[str] = "body"
    code: str = _text("code")
    name: str = _text("name", searched=True)
    body_kind: str = _text("kind of body")
    region: str = _text("region")
    areas: str = _text("CPS Area codes")
    position: str = _text("place in the register")


@dataclass(frozen=True, kw_only=True)
class TeamMember(Record):
    """A member of the team, by role and never by name."""

    kind: ClassVar[str] = "team_member"
    words: ClassVar[str] = "team member"
    label: str = _text("label")
    inspectorate: str = _text("inspectorate")
    role: str = _text("role")


@dataclass(frozen=True, kw_only=True)
class Device(Record):
    """A laptop of the team. Its id is the first 16 bytes of the SHA-256 of its signing key."""

    kind: ClassVar[str] = "device"
    words: ClassVar[str] = "laptop"
    label: str = _text("label")
    inspectorate: str = _text("inspectorate")
    member: Id | None = _reference("team member")
    sign_key: bytes | None = _field(None, "BLOB", "signing key")
    recipient: str = _text("key that packages are encrypted to")
    invitation: Id | None = _reference("invitation it joined with")
    proof: bytes | None = _field(None, "BLOB", "proof that it held the invitation")
    admitted: int = _flag("admitted")
    leads: int = _flag("acts as a lead's")
    removed: int = _flag("removed")
    accepted: bytes | None = _field(None, "BLOB", "last entries accepted of it")


@dataclass(frozen=True, kw_only=True)
class Invitation(Record):
    """A single-use key, handed over in an inspection pack, with which one laptop may join."""

    kind: ClassVar[str] = "invitation"
    words: ClassVar[str] = "invitation"
    key: bytes | None = _field(None, "BLOB", "key")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class Epoch(Record):
    """A key of the inspection, from one removal of a laptop to the next. holders: ids of 16 bytes each."""

    kind: ClassVar[str] = "epoch"
    words: ClassVar[str] = "key of the inspection"
    recipient: str = _text("key that packages are encrypted to")
    holders: bytes | None = _field(None, "BLOB", "laptops it was given to")


@dataclass(frozen=True, kw_only=True)
class EpochKey(Record):
    """An epoch's secret half, encrypted to one laptop. Derived id: epoch and laptop."""

    kind: ClassVar[str] = "epoch_key"
    words: ClassVar[str] = "key of the inspection for one laptop"
    epoch: Id | None = _reference("key of the inspection")
    device: Id | None = _reference("laptop")
    wrapped: bytes | None = _field(None, "BLOB", "encrypted key")


@dataclass(frozen=True, kw_only=True)
class Voiding(Record):
    """A lead's word that one entry shall count for nothing. Derived id: the entry's hash."""

    kind: ClassVar[str] = "voiding"
    words: ClassVar[str] = "voided entry"
    entry: bytes | None = _field(None, "BLOB", "entry")
    voided: int = _flag("voided")


@dataclass(frozen=True, kw_only=True)
class Erasing(Record):
    """A request that what some records say is destroyed on every laptop. records: ids of 16 bytes each."""

    kind: ClassVar[str] = "erasing"
    words: ClassVar[str] = "erasure"
    records: bytes | None = _field(None, "BLOB", "records")
    scope: str = _text("what is erased, in words")
    cause: str = _text("cause", long=True)
    hold_checked: int = _flag("checked that nothing must be kept")
    unshared: int = _flag("own words that were never shared")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class Approval(Record):
    """One laptop's word for an erasure. Derived id: erasure, laptop and the records it is for."""

    kind: ClassVar[str] = "approval"
    words: ClassVar[str] = "approval of an erasure"
    erasing: Id | None = _reference("erasure")
    device: Id | None = _reference("laptop")
    approved: int = _flag("approved")


def approval_id(erasing: Id, device: Id, ids: Iterable[Id]) -> Id:
    """What a laptop's word for an erasure is called: it is for just these records, and for no others named later."""
    return derived_id(Approval.kind, erasing, device, b"".join(ids))


@dataclass(frozen=True, kw_only=True)
class Joining(Record):
    """Two records that are the same thing, entered twice. Derived id: the two ids, the smaller first."""

    kind: ClassVar[str] = "joining"
    words: ClassVar[str] = "same as"
    one: Id | None = _reference("one record")
    other: Id | None = _reference("the other record")
    joined: int = _flag("the same")


@dataclass(frozen=True, kw_only=True)
class QuestionSetVersion(Record):
    """One version of a question set, as canonical JSON; frozen once an answer was given under it."""

    kind: ClassVar[str] = "question_set"
    words: ClassVar[str] = "question set"
    code: str = _text("code")
    version: str = _text("version")
    title: str = _text("title")
    definition: str = _text("definition")


@dataclass(frozen=True, kw_only=True)
class Stratum(Record):
    """A part of the sample that has a target of its own."""

    kind: ClassVar[str] = "stratum"
    words: ClassVar[str] = "stratum"
    code: str = _text("code")
    name: str = _text("name")
    target: int | None = _number("target")


@dataclass(frozen=True, kw_only=True)
class CaseFile(Record):
    """A prosecution case that is examined: a reference and dates, never its documents."""

    kind: ClassVar[str] = "case_file"
    words: ClassVar[str] = "case file"
    reference: str = _text("reference", searched=True)
    stratum: Id | None = _reference("stratum")
    visit: Id | None = _reference("visit")
    force: str = _text("police force")
    area: str = _text("CPS Area")
    unit: str = _text("unit")
    allocated: Id | None = _reference("allocated to")
    has_victim: str = _text("has a victim")
    file_prepared: str = _text("a file was prepared")
    reported: str = _day("reported")
    submitted: str = _day("submitted")
    charged: str = _day("charged")
    first_hearing: str = _day("first hearing")
    position: int | None = _number("place in the draw")
    live: str = _text("the case is live")
    revisit: str = _day("to be looked at again on")


@dataclass(frozen=True, kw_only=True)
class Draw(Record):
    """A random draw from one list of cases. Derived id: seed, frame and columns.

    frame: SHA-256 of the references and strata, in hex. columns: the ones that make the strata.
    """

    kind: ClassVar[str] = "draw"
    words: ClassVar[str] = "draw"
    seed: str = _text("seed")
    frame: str = _text("digest of the frame")
    columns: str = _text("columns that make the strata")
    cases: int | None = _number("cases in the frame")


@dataclass(frozen=True, kw_only=True)
class DrawnStratum(Record):
    """How much of one stratum is drawn in one tranche. Derived id: draw, stratum, tranche."""

    kind: ClassVar[str] = "drawn_stratum"
    words: ClassVar[str] = "drawn stratum"
    draw: Id | None = _reference("draw", owner=True)
    stratum: Id | None = _reference("stratum")
    tranche: str = _text("tranche")
    target: int | None = _number("target")
    cases: int | None = _number("cases in the frame")
    overlap: str = _text("per cent for blind pairs")


@dataclass(frozen=True, kw_only=True)
class DrawnCase(Record):
    """A case of the frame and its place in a draw. Derived id: draw and reference.

    It is a reserve, and no case file, until it is chosen. rank: hex SHA-256 of seed and reference;
    header: what the frame says of it, as JSON, until then.
    """

    kind: ClassVar[str] = "drawn_case"
    words: ClassVar[str] = "drawn case"
    draw: Id | None = _reference("draw", owner=True)
    stratum: Id | None = _reference("stratum")
    reference: str = _text("reference")
    rank: str = _text("rank")
    header: str = _text("what the frame says of it", long=True)
    chosen: int = _flag("chosen")
    replaced: int = _flag("replaced")
    tranche: str = _text("tranche")
    paired: int = _flag("for a blind pair")
    case_file: Id | None = _reference("case file")
    replaces: Id | None = _reference("case it replaces")
    reason: str = _text("why it was replaced", long=True)

    @property
    def standing(self) -> str:
        """ "chosen", "replaced" of one that had been, or "" of a reserve."""
        return "replaced" if self.replaced else "chosen" if self.chosen else ""


@dataclass(frozen=True, kw_only=True)
class Examination(Record):
    """One examiner's examination of one case file under one version of the question set.

    sealing: SHA-256 that names the key its answers are sealed with; None where they are open.
    parts_digest: of all sealed acts, written when it is finished. worked: milliseconds.
    """

    kind: ClassVar[str] = "examination"
    words: ClassVar[str] = "examination"
    case_file: Id | None = _reference("case file", owner=True)
    examiner: Id | None = _reference("examiner")
    question_set: Id | None = _reference("question set version")
    started: int | None = _number("started")
    finished: int | None = _number("finished")
    sealing: bytes | None = _field(None, "BLOB", "what names its key")
    parts_digest: bytes | None = _field(None, "BLOB", "digest of its sealed acts")
    worked: int | None = _number("time worked")


@dataclass(frozen=True, kw_only=True)
class Answer(Record):
    """The answer to one question in one examination. Derived id: examination, question, instance."""

    kind: ClassVar[str] = "answer"
    words: ClassVar[str] = "answer"
    examination: Id | None = _reference("examination", owner=True)
    question: str = _text("question")
    instance: str = _text("repeat instance")
    value: str = _text("answer")
    reason: str = _text("reason", long=True, searched=True)
    comment: str = _text("comment", long=True, searched=True)


_ALL: tuple[type[Record], ...] = (
    Inspection,
    Phase,
    Body,
    TeamMember,
    Device,
    Invitation,
    Epoch,
    EpochKey,
    Voiding,
    Erasing,
    Approval,
    Joining,
    QuestionSetVersion,
    Stratum,
    CaseFile,
    Draw,
    DrawnStratum,
    DrawnCase,
    Examination,
    Answer,
    *EVIDENCE,
    *MARKING,
    *NOTES,
    *FINDINGS,
)
KINDS: Mapping[str, type[Record]] = {cls.kind: cls for cls in _ALL}


@cache
def field_rules(kind: str) -> Mapping[str, FieldRule]:
    """The rules of every field of a kind, in the order of its definition; id is not among them."""
    return {item.name: _rule(item) for item in fields(KINDS[kind]) if item.name != "id"}


def _rule(item: Field[Any]) -> FieldRule:
    assert item.default is not MISSING
    return FieldRule(item.name, **item.metadata)


@cache
def owner_field(kind: str) -> str | None:
    """The field that names the record a record of this kind belongs to."""
    if kind not in KINDS:
        return None
    return next((rule.name for rule in field_rules(kind).values() if rule.owner), None)


@cache
def field_words(kind: str, name: str) -> str:
    """What a person calls this field; a name from a newer version stands for itself."""
    rule = field_rules(kind).get(name) if kind in KINDS else None
    return rule.words if rule else name.replace("_", " ")
