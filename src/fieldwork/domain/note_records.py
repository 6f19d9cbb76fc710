"""The nouns of notes beyond their lines: words marked out in them, names kept out, guides, diaries, coding checks.

Conventions are those of `records`. Ids in a BLOB stand one after the other, 16 bytes each.
"""

from dataclasses import dataclass
from typing import ClassVar

from fieldwork.domain.fields import flag as _flag
from fieldwork.domain.fields import kept as _field
from fieldwork.domain.fields import number as _number
from fieldwork.domain.fields import reference as _reference
from fieldwork.domain.fields import text as _text
from fieldwork.domain.record import Record
from fieldwork.domain.values import Id, derived_id


@dataclass(frozen=True, kw_only=True)
class Excerpt(Record):
    """Words in a line or an answer; tags, masks and links stand on it. Where they are is worked out at each reading.

    target: a note line, answer or agreed answer. part: "text", "tidied", "translation", "reason" or "comment".
    before, after: up to 32 characters around the words. start: characters before them when this was said.
    Derived id: target, part, quote and which occurrence, as they were when it was made.
    """

    kind: ClassVar[str] = "excerpt"
    words: ClassVar[str] = "excerpt"
    target: Id | None = _reference("record the words stand in", owner=True)
    part: str = _text("part of the record")
    quote: str = _text("words", long=True)
    before: str = _text("words before", long=True)
    after: str = _text("words after", long=True)
    start: int | None = _number("where the words begin")


def excerpt_id(target: Id, part: str, version: bytes, start: int, length: int, again: int = 0) -> Id:
    """What words are called that somebody marks out: by where they stand in which version of the text.

    version: of the change that wrote the text; never the words, which could be guessed at once they are erased.
    again: where an excerpt of that name stands elsewhere by now.
    """
    return derived_id(Excerpt.kind, target, part, version, f"{start}+{length}", str(again))


LOCATING = frozenset({"target", "part", "quote", "before", "after", "start"})
"""Fields of an excerpt that say where its words are: readers try what each side said, so that nobody is asked."""


@dataclass(frozen=True, kw_only=True)
class Mask(Record):
    """What leaves without its words. Derived id: the target.

    target: an excerpt, or a line or answer as a whole. way: "redact", "pseudonym", or "leave" (no name: flag it
    no more). instead: what is printed in its place, such as "Officer A".
    """

    kind: ClassVar[str] = "mask"
    words: ClassVar[str] = "mask"
    target: Id | None = _reference("what is masked", owner=True)
    way: str = _text("how it is masked")
    instead: str = _text("printed in its place")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class TopicGuide(Record):
    """What to ask in a sort of session. methods, roles: codes, by spaces. A shipped one has a derived id: its code."""

    kind: ClassVar[str] = "topic_guide"
    words: ClassVar[str] = "topic guide"
    code: str = _text("code")
    title: str = _text("title")
    methods: str = _text("methods it is for")
    roles: str = _text("roles it is for")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class GuideTopic(Record):
    """One topic of a guide, with its prompts. Of a shipped guide a derived id: guide and code."""

    kind: ClassVar[str] = "guide_topic"
    words: ClassVar[str] = "topic"
    guide: Id | None = _reference("topic guide", owner=True)
    title: str = _text("title")
    prompts: str = _text("prompts", long=True)
    position: str = _text("place in the guide")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class CoveredTopic(Record):
    """A topic that was ticked off in a session. Derived id: session and topic."""

    kind: ClassVar[str] = "covered_topic"
    words: ClassVar[str] = "topic covered"
    session: Id | None = _reference("session", owner=True)
    topic: Id | None = _reference("topic")
    covered: int = _flag("covered")


@dataclass(frozen=True, kw_only=True)
class SessionTemplate(Record):
    """What a session of one sort begins with when it is planned. Derived id: its code."""

    kind: ClassVar[str] = "session_template"
    words: ClassVar[str] = "session template"
    code: str = _text("code")
    name: str = _text("name")
    method: str = _text("method")
    mode: str = _text("mode")
    role: str = _text("role")
    grade_band: str = _text("grade band")
    present: int | None = _number("number expected")
    minutes: int | None = _number("minutes")
    guide: Id | None = _reference("topic guide")
    position: str = _text("place in the list")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class Role(Record):
    """A role of the register, which stands in place of a name. Derived id: its code.

    side: "police", "prosecution" or "other".
    """

    kind: ClassVar[str] = "role"
    words: ClassVar[str] = "role"
    code: str = _text("code")
    name: str = _text("name")
    side: str = _text("side")
    grade_band: str = _text("grade band")
    position: str = _text("place in the register")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class DiaryNote(Record):
    """A session's sealed diary, one of each who writes one. Derived id: session, and member or laptop."""

    kind: ClassVar[str] = "diary_note"
    words: ClassVar[str] = "sealed diary"
    session: Id | None = _reference("session", owner=True)
    sealed: bytes | None = _field(None, "BLOB", "what is sealed")


@dataclass(frozen=True, kw_only=True)
class Abbreviation(Record):
    """Letters that become words when they are typed. Derived id: member and letters."""

    kind: ClassVar[str] = "abbreviation"
    words: ClassVar[str] = "abbreviation"
    member: Id | None = _reference("team member")
    short: str = _text("letters")
    full: str = _text("what they stand for", long=True)
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class KnownWord(Record):
    """A word that is neither misspelt nor a name; who enters it twice makes two of it, read as one."""

    kind: ClassVar[str] = "known_word"
    words: ClassVar[str] = "known word"
    word: str = _text("word")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class CodingCheck(Record):
    """Sessions that several code unseen by each other. sessions, coders: ids; coders are members of the team."""

    kind: ClassVar[str] = "coding_check"
    words: ClassVar[str] = "coding check"
    title: str = _text("title")
    sessions: bytes | None = _field(None, "BLOB", "sessions coded")
    coders: bytes | None = _field(None, "BLOB", "coders")


@dataclass(frozen=True, kw_only=True)
class CodingDone(Record):
    """One coder's word that they have coded all of a check. Derived id: check and coder. finished: milliseconds."""

    kind: ClassVar[str] = "coding_done"
    words: ClassVar[str] = "coder's finish"
    check: Id | None = _reference("coding check", owner=True)
    coder: Id | None = _reference("coder")
    finished: int | None = _number("finished")


NOTES: tuple[type[Record], ...] = (
    Excerpt,
    Mask,
    TopicGuide,
    GuideTopic,
    CoveredTopic,
    SessionTemplate,
    Role,
    DiaryNote,
    Abbreviation,
    KnownWord,
    CodingCheck,
    CodingDone,
)
