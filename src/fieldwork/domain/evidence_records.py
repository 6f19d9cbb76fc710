"""The nouns of what is seen and heard: visits, sessions and their notes, themes, and findings with their evidence.

Conventions are those of `records`.
"""

from dataclasses import dataclass
from typing import ClassVar

from fieldwork.domain.fields import day as _day
from fieldwork.domain.fields import flag as _flag
from fieldwork.domain.fields import number as _number
from fieldwork.domain.fields import reference as _reference
from fieldwork.domain.fields import text as _text
from fieldwork.domain.record import Record
from fieldwork.domain.values import Id


@dataclass(frozen=True, kw_only=True)
class Visit(Record):
    """Days at a force, a CPS Area or both, planned and achieved."""

    kind: ClassVar[str] = "visit"
    words: ClassVar[str] = "visit"
    title: str = _text("title", searched=True)
    bodies: str = _text("bodies visited")
    phase: Id | None = _reference("phase")
    planned_start: str = _day("planned first day")
    planned_end: str = _day("planned last day")
    achieved_start: str = _day("first day achieved")
    achieved_end: str = _day("last day achieved")


@dataclass(frozen=True, kw_only=True)
class Session(Record):
    """One interview, focus group, observation or other piece of fieldwork, by role and never by name.

    first_planned: written once, when it is moved first. calendar_uid, calendar_revision: of a session that was
    read in from a calendar.
    """

    kind: ClassVar[str] = "session"
    words: ClassVar[str] = "session"
    visit: Id | None = _reference("visit", owner=True)
    title: str = _text("title", searched=True)
    method: str = _text("method")
    mode: str = _text("mode")
    body: str = _text("body")
    role: str = _text("role", searched=True)
    grade_band: str = _text("grade band")
    planned_start: int | None = _number("planned start")
    planned_present: int | None = _number("number expected")
    present: int | None = _number("number present")
    started: int | None = _number("started")
    ended: int | None = _number("ended")
    state: str = _text("state")
    state_reason: str = _text("reason for the state", long=True)
    noted_by: Id | None = _reference("noted by")
    planned_end: int | None = _number("planned end")
    venue: str = _text("room")
    first_planned: int | None = _number("start as first planned")
    replaces: Id | None = _reference("session it takes the place of")
    template: Id | None = _reference("template")
    guide: Id | None = _reference("topic guide")
    calendar_uid: str = _text("name in the calendar it came from")
    calendar_revision: int | None = _number("revision in that calendar")


@dataclass(frozen=True, kw_only=True)
class NoteLine(Record):
    """One line of a session's note, stamped at its first keystroke.

    text: as it was typed; tidied: as it is shown, "" where that is the text. language: of the text, "" for
    English, "cy" for Welsh. topic: of the topic guide. indent: 0 (as None) to 3.
    """

    kind: ClassVar[str] = "note_line"
    words: ClassVar[str] = "note line"
    session: Id | None = _reference("session", owner=True)
    place: str = _text("place in the note")
    mark: str = _text("kind of line")
    speaker: str = _text("speaker")
    text: str = _text("text", long=True, searched=True)
    nods: int | None = _number("number who nodded")
    author: str = _text("noted by")
    typed: int | None = _number("first keystroke")
    noted: int | None = _number("noted on paper at")
    settled: int = _flag("followed up")
    tidied: str = _text("tidied text", long=True, searched=True)
    translation: str = _text("translation", long=True, searched=True)
    language: str = _text("language")
    indent: int | None = _number("indent")
    topic: Id | None = _reference("topic")


@dataclass(frozen=True, kw_only=True)
class Theme(Record):
    """An entry of the codebook; at most three levels deep.

    colour: #rrggbb. heading: it groups others and is put on nothing. merged_into: the theme it is read as.
    guid: its name in exchange files.
    """

    kind: ClassVar[str] = "theme"
    words: ClassVar[str] = "theme"
    code: str = _text("code")
    name: str = _text("name", searched=True)
    parent: Id | None = _reference("theme above")
    guidance: str = _text("guidance", long=True)
    position: str = _text("place in the codebook")
    colour: str = _text("colour")
    examples: str = _text("examples", long=True)
    heading: int = _flag("heading only")
    withdrawn: int = _flag("withdrawn")
    merged_into: Id | None = _reference("theme it was merged into")
    guid: str = _text("name in exchange files")


@dataclass(frozen=True, kw_only=True)
class Tag(Record):
    """A theme put on a note line, an answer or an excerpt, with direction and strength.

    coder: whose it is, only within a coding check. quote: of old files alone, where no excerpt was.
    """

    kind: ClassVar[str] = "tag"
    words: ClassVar[str] = "tag"
    target: Id | None = _reference("tagged record", owner=True)
    theme: Id | None = _reference("theme")
    direction: str = _text("direction")
    strength: str = _text("strength")
    quote: str = _text("words tagged", long=True)
    coder: Id | None = _reference("coder")


@dataclass(frozen=True, kw_only=True)
class Finding(Record):
    """A sentence that can be tested. An emerging point is a finding that belongs to a visit.

    version: None is the first. taken_up: of a visit's point, the finding it went into.
    """

    kind: ClassVar[str] = "finding"
    words: ClassVar[str] = "finding"
    visit: Id | None = _reference("visit it emerged on")
    finding_kind: str = _text("kind of finding")
    text: str = _text("text", long=True, searched=True)
    position: str = _text("place in the list")
    title: str = _text("title", searched=True)
    theme: Id | None = _reference("theme")
    version: int | None = _number("version")
    taken_up: Id | None = _reference("finding it went into")


@dataclass(frozen=True, kw_only=True)
class EvidenceLink(Record):
    """A piece of evidence put for or against a finding. Derived id: finding and evidence; with words, these too.

    quote: the words that are meant, "" for the whole; before, after: as in an excerpt. answered: how contrary
    evidence is answered.
    """

    kind: ClassVar[str] = "evidence_link"
    words: ClassVar[str] = "evidence link"
    finding: Id | None = _reference("finding", owner=True)
    evidence: Id | None = _reference("evidence")
    bearing: str = _text("for or against")
    note: str = _text("what it shows", long=True)
    quote: str = _text("words", long=True)
    before: str = _text("words before", long=True)
    after: str = _text("words after", long=True)
    answered: str = _text("how it is answered", long=True)
    answered_by: Id | None = _reference("answered by")


EVIDENCE: tuple[type[Record], ...] = (
    Visit,
    Session,
    NoteLine,
    Theme,
    Tag,
    Finding,
    EvidenceLink,
)
