"""What a record is called where a person reads of it: in a conflict, a history, a message."""

from collections.abc import Mapping
from datetime import datetime

from fieldwork.domain.finding_records import (
    Attachment,
    AttachmentWish,
    Document,
    Figure,
    FindingKind,
    OpenQuestion,
    QuoteRelease,
    ResultCell,
    SavedSearch,
    SignOff,
)
from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark, Moderation
from fieldwork.domain.note_records import (
    Abbreviation,
    CodingCheck,
    CodingDone,
    CoveredTopic,
    DiaryNote,
    Excerpt,
    GuideTopic,
    KnownWord,
    Mask,
    Role,
    SessionTemplate,
    TopicGuide,
)
from fieldwork.domain.records import (
    KINDS,
    Answer,
    CaseFile,
    DrawnCase,
    Examination,
    Finding,
    Joining,
    NoteLine,
    Record,
    Session,
)
from fieldwork.domain.values import Id, Value
from fieldwork.store.reading import find, kind_of
from fieldwork.store.workspace import Workspace
from fieldwork.work.visits import session_title

LONGEST = 60  # characters of a sentence that a record is called by

_CALLED: Mapping[str, str] = {
    Abbreviation.kind: "short",
    Attachment.kind: "name",
    CodingCheck.kind: "title",
    FindingKind.kind: "name",
    GuideTopic.kind: "title",
    KnownWord.kind: "word",
    ResultCell.kind: "question",
    Role.kind: "name",
    SavedSearch.kind: "title",
    SessionTemplate.kind: "name",
    TopicGuide.kind: "title",
}
"""Kinds of which the noun and one field say which it is."""

_SAYING: Mapping[str, tuple[str, ...]] = {
    Document.kind: ("title", "reference"),
    Figure.kind: ("title",),
    Finding.kind: ("text",),
    OpenQuestion.kind: ("text",),
}
"""Kinds that are called by the beginning of what they say: the first of these fields that says anything."""

_HANGING: Mapping[str, str] = {
    AttachmentWish.kind: "attachment",
    CodingDone.kind: "check",
    CoveredTopic.kind: "topic",
    Excerpt.kind: "target",
    Mask.kind: "target",
    QuoteRelease.kind: "belongs",
    SignOff.kind: "finding",
}
"""Kinds that are called by what they hang on, and by their own words where they have some."""

CALLED_IN_FULL = frozenset({*_CALLED, *_SAYING, *_HANGING, DiaryNote.kind})
"""Kinds of these that nothing need be added to."""


def describe_record(workspace: Workspace, id: Id, expected: str = "") -> str:
    """A record in a few words: what it is and where it belongs.

    expected: its kind where it may not be here yet, as in a preview of what a package brings.
    """
    kind = kind_of(workspace, id)
    if kind is None:
        words = KINDS[expected].words if expected in KINDS else "record"
        return f"A {words} that is not here yet"
    held = find(workspace, KINDS[kind], id) if kind in KINDS else None
    if held is None:
        return KINDS[kind].words.capitalize() if kind in KINDS else str(kind)
    if isinstance(held, (Answer, AgreedAnswer, ModeratedMark, Moderation, MarkingNote)):
        return _of_marking(workspace, held)
    if isinstance(held, NoteLine):
        session = find(workspace, Session, held.session)
        when = datetime.fromtimestamp((held.typed or 0) / 1000).strftime("%H:%M")
        return f"Note line {when}, {session_title(session) if session else 'a session not here yet'}"
    if isinstance(held, Session):
        return f"Session, {session_title(held)}"
    if isinstance(held, CaseFile):
        return f"Case file {held.reference}"
    if isinstance(held, DrawnCase):
        return f"Case {held.reference} of a draw"
    if isinstance(held, Joining):
        both = (describe_record(workspace, one) for one in (held.one, held.other) if one is not None)
        return f"Entered twice: {' and '.join(dict.fromkeys(both))}"
    return _by_its_fields(workspace, held)


def _by_its_fields(workspace: Workspace, held: Record) -> str:
    noun = held.words.capitalize()
    if held.kind in _SAYING:
        said = next((text for name in _SAYING[held.kind] if (text := getattr(held, name))), "")
        return f"{noun}: {said[:LONGEST]}"
    if held.kind in _CALLED:
        return f"{noun} {getattr(held, _CALLED[held.kind])}".strip()
    if isinstance(held, DiaryNote):
        session = find(workspace, Session, held.session)
        return f"{noun}, {session_title(session) if session else 'a session not here yet'}"
    if held.kind not in _HANGING:
        return noun
    on: Id | None = getattr(held, _HANGING[held.kind])
    where = describe_record(workspace, on) if on is not None else "nothing yet"
    said = getattr(held, "quote", "")
    words = f" \u201c{said[:LONGEST]}\u201d" if said else ""
    return f"{noun}{words}, {where[:1].lower()}{where[1:]}"


def _of_marking(
    workspace: Workspace, held: Answer | AgreedAnswer | ModeratedMark | Moderation | MarkingNote
) -> str:
    """An answer, a note on marking, an agreed answer, a moderation or a mark in it, in a few words."""
    if isinstance(held, MarkingNote):
        return f"How we mark {held.question}"
    if isinstance(held, Answer):
        examination = find(workspace, Examination, held.examination)
        words, file = f"Answer {held.question}", examination.case_file if examination else None
    elif isinstance(held, AgreedAnswer):
        words, file = f"Agreed answer {held.question}", held.case_file
    elif isinstance(held, ModeratedMark):
        look = find(workspace, Moderation, held.moderation)
        words, file = f"Moderator's mark {held.question}", look.case_file if look else None
    else:
        words, file = "Moderation", held.case_file
    case = find(workspace, CaseFile, file)
    return f"{words}, file {case.reference if case else '?'}"


def in_words(workspace: Workspace, value: Value) -> str:
    """A field's value as a person reads it; a reference by what it refers to."""
    if isinstance(value, bytes):
        if len(value) == 16 and kind_of(workspace, value):
            return describe_record(workspace, value)
        return value.hex()[:16]
    return "" if value is None else str(value)
