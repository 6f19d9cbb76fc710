"""The nouns of marking beyond one examiner's answers: pairs, calibration, moderation, results that are kept.

Conventions are those of `records`. Ids in a BLOB stand one after the other, 16 bytes each.
"""

from dataclasses import dataclass
from typing import ClassVar

from fieldwork.domain.fields import day as _day
from fieldwork.domain.fields import flag as _flag
from fieldwork.domain.fields import kept as _field
from fieldwork.domain.fields import number as _number
from fieldwork.domain.fields import reference as _reference
from fieldwork.domain.fields import text as _text
from fieldwork.domain.record import Record
from fieldwork.domain.values import Id


@dataclass(frozen=True, kw_only=True)
class JointMarking(Record):
    """A case file that several mark on purpose, unseen by each other. Derived id: the case file.

    purpose: "pair" or "calibration". examiners: members, the police examiner first.
    keepers: laptops that may open what is sealed once all have finished. scope: "led" (each marks
    the questions they lead) or "all". first_sections: codes, by spaces, of what is agreed before.
    """

    kind: ClassVar[str] = "joint_marking"
    words: ClassVar[str] = "joint marking"
    case_file: Id | None = _reference("case file", owner=True)
    purpose: str = _text("purpose")
    examiners: bytes | None = _field(None, "BLOB", "examiners")
    keepers: bytes | None = _field(None, "BLOB", "laptops that keep the keys")
    scope: str = _text("who marks what")
    first_sections: str = _text("sections agreed first")
    called_in: Id | None = _reference("called in")
    called_in_reason: str = _text("why they were called in", long=True)


@dataclass(frozen=True, kw_only=True)
class SealedPart(Record):
    """One act of a sealed examination, encrypted and padded. sequence: from 1, in the order it was done."""

    kind: ClassVar[str] = "sealed_part"
    words: ClassVar[str] = "sealed act"
    examination: Id | None = _reference("examination", owner=True)
    sequence: int | None = _number("place in the order")
    sealed: bytes | None = _field(None, "BLOB", "what is sealed")


@dataclass(frozen=True, kw_only=True)
class SealedKey(Record):
    """A sealed examination's key, encrypted to one laptop. Derived id: examination and laptop."""

    kind: ClassVar[str] = "sealed_key"
    words: ClassVar[str] = "key of a sealed examination for one laptop"
    examination: Id | None = _reference("examination", owner=True)
    device: Id | None = _reference("laptop")
    wrapped: bytes | None = _field(None, "BLOB", "encrypted key")


@dataclass(frozen=True, kw_only=True)
class Release(Record):
    """A sealed examination's key in clear, once all have finished. Derived id: the examination.

    finish: hash of the entry that finished it. ground: "finished" or "called off".
    """

    kind: ClassVar[str] = "release"
    words: ClassVar[str] = "opening of a sealed examination"
    examination: Id | None = _reference("examination", owner=True)
    key: bytes | None = _field(None, "BLOB", "key")
    finish: bytes | None = _field(None, "BLOB", "entry that finished it")
    ground: str = _text("ground")


@dataclass(frozen=True, kw_only=True)
class AgreedAnswer(Record):
    """What stands where several answered one question. Derived id: case file, question, instance.

    one, other: the original answers. stands_on: SHA-256 of what they were when this was agreed.
    source: "reconciled", "asked" (first at reconciliation), "called in" or "moderated".
    """

    kind: ClassVar[str] = "agreed_answer"
    words: ClassVar[str] = "agreed answer"
    case_file: Id | None = _reference("case file", owner=True)
    question: str = _text("question")
    instance: str = _text("repeat instance")
    value: str = _text("answer")
    reason: str = _text("reason", long=True, searched=True)
    comment: str = _text("comment", long=True, searched=True)
    one: Id | None = _reference("one answer")
    other: Id | None = _reference("the other answer")
    stands_on: bytes | None = _field(None, "BLOB", "what it was agreed upon")
    by: Id | None = _reference("agreed by")
    source: str = _text("how it came about")


@dataclass(frozen=True, kw_only=True)
class RepeatInstance(Record):
    """One of several of the same in an examination: a suspect, a submission."""

    kind: ClassVar[str] = "repeat_instance"
    words: ClassVar[str] = "repeat instance"
    examination: Id | None = _reference("examination", owner=True)
    repeat: str = _text("repeated section")
    label: str = _text("name")
    position: str = _text("place in the order")


@dataclass(frozen=True, kw_only=True)
class DipDraw(Record):
    """A draw among finished files for moderation. Derived id: seed, per cent and frame.

    frame: SHA-256 of the finished files and their strata, in hex. files: those that were drawn.
    """

    kind: ClassVar[str] = "dip_draw"
    words: ClassVar[str] = "dip sample"
    seed: str = _text("seed")
    percent: int | None = _number("per cent")
    frame: str = _text("digest of the frame")
    files: bytes | None = _field(None, "BLOB", "files drawn")


@dataclass(frozen=True, kw_only=True)
class Moderation(Record):
    """A second look at a finished file by somebody who did not mark it. Derived id: case file and moderator.

    cause: "dip", "trigger" or "asked". Times are milliseconds since 1970.
    """

    kind: ClassVar[str] = "moderation"
    words: ClassVar[str] = "moderation"
    case_file: Id | None = _reference("case file", owner=True)
    moderator: Id | None = _reference("moderator")
    cause: str = _text("cause")
    cause_question: str = _text("question that asked for it")
    question_set: Id | None = _reference("question set version")
    started: int | None = _number("started")
    finished: int | None = _number("finished")


@dataclass(frozen=True, kw_only=True)
class ModeratedMark(Record):
    """What a moderator would have answered. Derived id: moderation, question, instance."""

    kind: ClassVar[str] = "moderated_mark"
    words: ClassVar[str] = "moderator's mark"
    moderation: Id | None = _reference("moderation", owner=True)
    question: str = _text("question")
    instance: str = _text("repeat instance")
    value: str = _text("answer")
    reason: str = _text("reason", long=True, searched=True)


@dataclass(frozen=True, kw_only=True)
class MarkingNote(Record):
    """How the team marks one question, from a day on. question: its stable code."""

    kind: ClassVar[str] = "marking_note"
    words: ClassVar[str] = "note on how we mark"
    question: str = _text("question")
    text: str = _text("text", long=True, searched=True)
    noted: str = _day("noted on")
    author: Id | None = _reference("noted by")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class SavedResults(Record):
    """A table of results as it stood. figures: JSON of heads and rows, whose SHA-256 is the digest of the results.

    grouped: by what; limits: the visit's id in hex, "" for all; heads: SHA-256 of the evidence behind it.
    """

    kind: ClassVar[str] = "saved_results"
    words: ClassVar[str] = "saved results"
    title: str = _text("title")
    grouped: str = _text("grouped by")
    limits: str = _text("limited to")
    figures: str = _text("figures", long=True)
    heads: bytes | None = _field(None, "BLOB", "evidence it stands on")
    made: int | None = _number("made")


@dataclass(frozen=True, kw_only=True)
class EarlierResult(Record):
    """A published figure of an earlier inspection. Derived id: source, group, question.

    counts: canonical JSON, `files` by choice and `random` (true, false, or null where it is not said how the
    files were drawn); n: files it is of.
    """

    kind: ClassVar[str] = "earlier_result"
    words: ClassVar[str] = "earlier result"
    source: str = _text("source")
    address: str = _text("where it is published")
    read_on: str = _day("read on")
    group: str = _text("group")
    question: str = _text("question")
    counts: str = _text("counts")
    n: int | None = _number("files")
    provisional: int = _flag("provisional")


@dataclass(frozen=True, kw_only=True)
class BankHoliday(Record):
    """A day on which courts and offices are closed. Derived id: day and division."""

    kind: ClassVar[str] = "bank_holiday"
    words: ClassVar[str] = "bank holiday"
    day: str = _day("day")
    division: str = _text("part of the United Kingdom")
    name: str = _text("name")
    withdrawn: int = _flag("withdrawn")


MARKING: tuple[type[Record], ...] = (
    JointMarking,
    SealedPart,
    SealedKey,
    Release,
    AgreedAnswer,
    RepeatInstance,
    DipDraw,
    Moderation,
    ModeratedMark,
    MarkingNote,
    SavedResults,
    EarlierResult,
    BankHoliday,
)
