"""What stands behind a finding, piece by piece, as it is read: what it says, where it is, for or against."""

from collections.abc import Collection
from dataclasses import dataclass

from fieldwork.domain.anchors import Span
from fieldwork.domain.finding_records import Document, Figure, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import Answer, EvidenceLink, Finding, NoteLine, Record, Session
from fieldwork.domain.values import Id
from fieldwork.store.columns import kinds_of
from fieldwork.store.reading import find_all, get, records, records_of
from fieldwork.store.workspace import Workspace
from fieldwork.work.evidence import in_words
from fieldwork.work.excerpts import spans
from fieldwork.work.finding_counts import AGAINST
from fieldwork.work.quote_releases import Released, released
from fieldwork.work.result_cells import words_of
from fieldwork.work.settling import value_words
from fieldwork.work.visits import session_title

SPEAKING = (NoteLine, Answer, AgreedAnswer, Session, Document, Figure, ResultCell)


@dataclass(frozen=True)
class Evidence:
    """A piece for or against a finding. where: where it stands; home: the session, file or visit to open for it.

    target: the piece itself; of words the line or answer they are in, and span where, None for a whole piece.
    link: the record that puts it there. released: for printing outside the team, if it is. gone: it was deleted, or has
    not come here. lost: its words are not found in their line any more. changed: it, or what it hangs on, was changed
    since the finding was signed.
    """

    id: Id
    kind: str
    words: str
    where: str
    home: Id | None
    against: bool
    note: str = ""
    mark: str = ""
    answer: str = ""
    answered: str = ""
    gone: bool = False
    lost: bool = False
    changed: bool = False
    target: Id = b""
    span: Span | None = None
    link: Id = b""
    released: Released | None = None


def evidence_of(workspace: Workspace, finding: Id, changed: Collection[Id] = ()) -> list[Evidence]:
    """All evidence behind a finding: for it, then against it, each in the order it was gathered.

    changed: records that were changed since it was signed.
    """
    get(workspace, Finding, finding)
    links = {one.evidence: one for one in records(workspace, EvidenceLink, finding=finding) if one.evidence}
    with workspace.read() as db:
        kinds = kinds_of(db, links)
    excerpts = find_all(workspace, Excerpt, [id for id, kind in kinds.items() if kind == Excerpt.kind])
    targets = {id: one.target for id, one in excerpts.items() if one.target}
    marks = {mark.id: mark for some in spans(workspace, targets.values()).values() for mark in some}
    stands_in = {id: targets.get(id, id) for id in links}
    said = _said(workspace, stands_in.values())
    held = {
        hit.id: hit for hit in in_words(workspace, [(kind, id, text) for id, (kind, text) in said.items()])
    }
    since, quotes = set(changed), released(workspace, list(links))
    made: list[tuple[bool, int, Evidence]] = []
    for id, link in links.items():
        hit, mark = held.get(stands_in[id]), marks.get(id)
        span = mark.span if mark is not None else None
        quote = excerpts[id].quote if id in excerpts else ""
        one = Evidence(
            id=id,
            kind=kinds.get(id, ""),
            words=quote or (hit.snippet if hit is not None else ""),
            where=hit.where if hit is not None else "",
            home=hit.parent if hit is not None else None,
            against=link.bearing == AGAINST,
            note=link.note,
            mark=hit.mark if hit is not None else "",
            answer=hit.answer if hit is not None else "",
            answered=link.answered,
            gone=hit is None,
            lost=hit is not None and id in excerpts and span is None,
            changed=bool({id, stands_in[id], link.id} & since),
            target=stands_in[id],
            span=span,
            link=link.id,
            released=quotes.get(id),
        )
        made.append((one.against, hit.at or 0 if hit is not None else 0, one))
    return [one for _, _, one in sorted(made, key=lambda each: (each[0], each[1], each[2].id))]


def _said(workspace: Workspace, ids: Collection[Id]) -> dict[Id, tuple[str, str]]:
    """Kind and words of pieces of evidence."""
    return {
        one.id: (one.kind, _words(workspace, one))
        for cls in SPEAKING
        for one in records_of(workspace, cls, "id", ids)
    }


def _words(workspace: Workspace, one: Record) -> str:
    if isinstance(one, NoteLine):
        return one.text  # what was typed: tidied words may be of an earlier text
    if isinstance(one, Answer | AgreedAnswer):
        return one.reason or getattr(one, "comment", "") or _answered(workspace, one)
    if isinstance(one, Session):
        return session_title(one)
    if isinstance(one, ResultCell):
        return words_of(one)
    if isinstance(one, Figure):
        return f"{one.title}: {one.figure}{f' {one.unit}' if one.unit else ''}"
    return next((said for name in ("shows", "title") if (said := getattr(one, name, ""))), "")


def _answered(workspace: Workspace, one: Answer | AgreedAnswer) -> str:
    """An answer that says nothing but what was chosen, as a person reads it."""
    return f"Answered {value_words(workspace, one.id, 'value', one.value)}"
