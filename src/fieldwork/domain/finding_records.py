"""The nouns around findings: what they may be, who signed them, documents, figures and what hangs on these.

Conventions are those of `records`. Digests are SHA-256.
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
class FindingKind(Record):
    """A kind a finding may be of. Derived id: its code. Where there is none, those of the vocabulary hold."""

    kind: ClassVar[str] = "finding_kind"
    words: ClassVar[str] = "kind of finding"
    code: str = _text("code")
    name: str = _text("name")
    favourable: int = _flag("favourable")
    position: str = _text("place in the list")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class SignOff(Record):
    """An inspectorate's signature under one version of a finding. Derived id: finding, version, inspectorate.

    digest: of the changes that stood on the finding and all its evidence; pieces: an id of 16 bytes and the
    first 8 of its own digest for each piece, sorted. signed: milliseconds.
    """

    kind: ClassVar[str] = "sign_off"
    words: ClassVar[str] = "signature"
    finding: Id | None = _reference("finding", owner=True)
    version: int | None = _number("version signed")
    inspectorate: str = _text("inspectorate")
    digest: bytes | None = _field(None, "BLOB", "digest of what was signed")
    pieces: bytes | None = _field(None, "BLOB", "pieces of evidence signed")
    member: Id | None = _reference("signed by")
    signed: int | None = _number("signed")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class Document(Record):
    """A document that was read: what it is and what it shows, never its words."""

    kind: ClassVar[str] = "document"
    words: ClassVar[str] = "document"
    reference: str = _text("reference", searched=True)
    title: str = _text("title", searched=True)
    dated: str = _day("dated")
    shows: str = _text("what it shows", long=True, searched=True)
    body: str = _text("body")
    visit: Id | None = _reference("visit")
    asked_in: Id | None = _reference("line that asks for it")
    received: str = _day("received")
    seen_by: Id | None = _reference("read by")


@dataclass(frozen=True, kw_only=True)
class Figure(Record):
    """A published or supplied figure, exactly as it was printed; a revision is a change of it with a reason."""

    kind: ClassVar[str] = "figure"
    words: ClassVar[str] = "figure"
    title: str = _text("title", searched=True)
    figure: str = _text("figure")
    unit: str = _text("unit")
    period: str = _text("period")
    body: str = _text("body")
    visit: Id | None = _reference("visit")
    source: str = _text("source")
    address: str = _text("where it is published")
    read_on: str = _day("read on")
    provisional: int = _flag("provisional")
    shows: str = _text("what it shows", long=True, searched=True)


@dataclass(frozen=True, kw_only=True)
class Attachment(Record):
    """A file that belongs to a document, figure, session or note line; it stands encrypted beside the workspace.

    size, digest: of what is kept, in bytes; came_as: digest of what came in; key: random, of this file alone;
    file: random, its name on disk; cleaned: what was taken out of it, in words.
    """

    kind: ClassVar[str] = "attachment"
    words: ClassVar[str] = "attachment"
    belongs: Id | None = _reference("what it belongs to", owner=True)
    name: str = _text("name")
    media: str = _text("kind of file")
    size: int | None = _number("bytes")
    digest: bytes | None = _field(None, "BLOB", "digest of what is kept")
    came_as: bytes | None = _field(None, "BLOB", "digest of what came in")
    key: bytes | None = _field(None, "BLOB", "key")
    file: bytes | None = _field(None, "BLOB", "name on disk")
    cleaned: str = _text("what was taken out", long=True)
    pages: int | None = _number("pages")
    added_by: Id | None = _reference("added by")


@dataclass(frozen=True, kw_only=True)
class AttachmentWish(Record):
    """A laptop's wish for a file that is not on it. Derived id: attachment and laptop."""

    kind: ClassVar[str] = "attachment_wish"
    words: ClassVar[str] = "wish for an attachment"
    attachment: Id | None = _reference("attachment", owner=True)
    device: Id | None = _reference("laptop")
    wanted: int = _flag("wanted")


@dataclass(frozen=True, kw_only=True)
class ResultCell(Record):
    """One figure of the results as it stood when it was cited. Derived id: question, outcome, grouped, group, visit.

    low, high: ends of its interval per mille, None without one. heads: digest of the evidence behind it.
    read: milliseconds.
    """

    kind: ClassVar[str] = "result_cell"
    words: ClassVar[str] = "figure of the results"
    question: str = _text("question")
    outcome: str = _text("outcome")
    grouped: str = _text("grouped by")
    group: str = _text("group")
    visit: Id | None = _reference("limited to the visit")
    count: int | None = _number("files that have it")
    n: int | None = _number("files counted")
    low: int | None = _number("low end per mille")
    high: int | None = _number("high end per mille")
    heads: bytes | None = _field(None, "BLOB", "evidence it stands on")
    read: int | None = _number("read")
    shows: str = _text("what it shows", long=True, searched=True)


@dataclass(frozen=True, kw_only=True)
class QuoteRelease(Record):
    """Words that may be printed outside the team. Derived id: the line, answer or excerpt they are.

    quote: as they stand in the note; wording: as they are printed, names out.
    """

    kind: ClassVar[str] = "quote_release"
    words: ClassVar[str] = "released quote"
    belongs: Id | None = _reference("what it comes from", owner=True)
    quote: str = _text("words", long=True)
    before: str = _text("words before", long=True)
    after: str = _text("words after", long=True)
    wording: str = _text("wording as printed", long=True)
    attribution: str = _text("attribution")
    body_named: int = _flag("names the body")
    by: Id | None = _reference("released by")
    withdrawn: int = _flag("withdrawn")


@dataclass(frozen=True, kw_only=True)
class OpenQuestion(Record):
    """What is still to be asked, and where."""

    kind: ClassVar[str] = "open_question"
    words: ClassVar[str] = "open question"
    text: str = _text("text", long=True, searched=True)
    finding: Id | None = _reference("finding it is for")
    theme: Id | None = _reference("theme")
    body: str = _text("body")
    method: str = _text("method")
    visit: Id | None = _reference("visit to ask it on")
    settled: int = _flag("answered")
    answered_in: Id | None = _reference("session that answered it")
    by: Id | None = _reference("asked by")


@dataclass(frozen=True, kw_only=True)
class SavedSearch(Record):
    """A search under a name. filters: canonical JSON."""

    kind: ClassVar[str] = "saved_search"
    words: ClassVar[str] = "saved search"
    title: str = _text("title")
    query: str = _text("words looked for")
    filters: str = _text("filters")
    by: Id | None = _reference("saved by")
    position: str = _text("place in the list")
    withdrawn: int = _flag("withdrawn")


FINDINGS: tuple[type[Record], ...] = (
    FindingKind,
    SignOff,
    Document,
    Figure,
    Attachment,
    AttachmentWish,
    ResultCell,
    QuoteRelease,
    OpenQuestion,
    SavedSearch,
)
