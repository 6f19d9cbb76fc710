"""What a signature under a finding stands for: the changes that stand on its words and on all its evidence.

Changes, not words: the digest of words that were erased could be guessed at, the hash of a change tells nothing.
So a signature also falls when words are changed and changed back.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from fieldwork.domain.finding_records import Document, Figure, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import Answer, CaseFile, EvidenceLink, Examination, Finding, NoteLine, Session
from fieldwork.domain.values import Id

FORM: Final = 1
DELETED: Final = "_deleted"

FIELDS: Mapping[str, tuple[str, ...]] = {
    Finding.kind: ("text", "finding_kind", "title", "theme", "version", DELETED),
    EvidenceLink.kind: ("bearing", "note", "answered", DELETED),
    NoteLine.kind: ("text", "tidied", "translation", "mark", "speaker", "nods", "session", DELETED),
    Session.kind: ("method", "mode", "body", "role", "grade_band", DELETED),
    Excerpt.kind: ("target", "part", "quote", "before", "after", "start", DELETED),
    Answer.kind: ("value", "reason", "comment", "examination", DELETED),
    Examination.kind: ("case_file", DELETED),
    CaseFile.kind: ("force", "area", DELETED),
    AgreedAnswer.kind: ("value", "reason", DELETED),
    Document.kind: ("reference", "title", "dated", "shows", "body", DELETED),
    Figure.kind: ("title", "figure", "unit", "period", "source", "body", "provisional", "shows", DELETED),
    ResultCell.kind: ("count", "n", DELETED),
}
"""By kind, the fields that a signature stands for: not where a thing stands in a list, nor what is only kept beside."""

Standing = Mapping[str, Sequence[tuple[bytes, int]]]
"""By field, the changes that stand on it: the hash of an entry and the place in it."""


@dataclass(frozen=True)
class Signed:
    """What is signed: the digest of all of it, and of each record behind the finding."""

    digest: bytes
    pieces: Mapping[Id, bytes]

    @property
    def kept(self) -> bytes:
        """The pieces as a signature keeps them: 16 bytes of id and 8 of digest each, in the order of ids."""
        return b"".join(id + own for id, own in sorted(self.pieces.items()))


def own_digest(id: Id, standing: Standing) -> bytes:
    """Of one record, by the changes that stand on it."""
    heads = [(name, standing[name]) for name in sorted(standing)]
    return _digest((FORM, id, heads))


def signed(finding: Id, own: Mapping[Id, bytes], behind: Mapping[Id, Iterable[Id]]) -> Signed:
    """What a signature under a finding stands for.

    own: of the finding, its links, their evidence and what these hang on, the digest of each. behind: by link, the
    evidence and what it hangs on, in order.
    """
    chains = [(link, own[link], [(id, own[id]) for id in behind[link]]) for link in sorted(behind)]
    records = {finding, *behind, *(id for some in behind.values() for id in some)}
    return Signed(_digest((FORM, finding, own[finding], chains)), {id: own[id][:8] for id in records})


def kept_pieces(kept: bytes) -> dict[Id, bytes]:
    """The pieces of a signature, as `Signed.kept` writes them; what is no whole piece is left out."""
    return {kept[at : at + 16]: kept[at + 16 : at + 24] for at in range(0, len(kept) - 23, 24)}


def _digest(told: object) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(told)).digest()
