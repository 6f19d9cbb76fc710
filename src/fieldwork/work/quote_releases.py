"""Words that may be printed outside the team: released by a lead, with a wording and an attribution without names.

A release is of words as they stood. Once they stand otherwise it does not hold, until a lead releases them again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import QuoteRelease
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import Answer, NoteLine, Session
from fieldwork.domain.values import ERASED, Id, derived_id
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import find, find_all, records_of
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import said_by, spans, texts_of
from fieldwork.work.inspections import body_names
from fieldwork.work.masking import NOTHING, covers_of
from fieldwork.work.pieces import facts_of

MARKS = "\"\u201c\u201d\u2018\u2019' "  # that stand around words that were said


@dataclass(frozen=True)
class Released:
    """Words that a lead released. wording: as printed; body: whose they are, "" where it is not to be named.

    stands: the words are still those that were released.
    """

    belongs: Id
    wording: str
    attribution: str
    body: str
    stands: bool


@dataclass(frozen=True)
class Offered:
    """Words that could be released, as they stand and with what is masked out of them; what they could be attributed
    to, and a release there is.
    """

    belongs: Id
    words: str
    masked: str
    attribution: str
    held: Released | None


def words_of(workspace: Workspace, ids: Collection[Id], *, leaving: bool = False) -> dict[Id, str]:
    """What these lines, answers and excerpts say now; what says nothing, or is not found, is left out.

    leaving: with what is masked out of it.
    """
    wanted = set(ids)
    excerpts = find_all(workspace, Excerpt, wanted)
    targets = {one.target for one in excerpts.values() if one.target is not None}
    texts = texts_of(workspace, targets, {})
    whole = texts_of(workspace, wanted - set(excerpts), {})
    covers = covers_of(workspace, [*targets, *whole]) if leaving else NOTHING
    found: dict[Id, str] = {}
    for marks in spans(workspace, sorted(targets), held=texts).values():
        for mark in marks:
            if mark.id in wanted and mark.span is not None:
                text = said_by(texts, mark.target, mark.part)
                found[mark.id] = covers.run(mark.target, mark.part, text, mark.span.start, mark.span.end)
    for id, one in whole.items():
        if isinstance(one, NoteLine):
            part = "text"  # tidied words may be of an earlier text
        elif isinstance(one, Answer | AgreedAnswer):
            part = "reason" if one.reason else "comment"
        found[id] = covers.text(id, part, said_by(whole, id, part))
    return {id: said for id, said in found.items() if said.strip() and said != ERASED}


def released(workspace: Workspace, ids: Collection[Id]) -> Mapping[Id, Released]:
    """The releases of these lines, answers and excerpts."""
    held = [
        one
        for one in records_of(workspace, QuoteRelease, "belongs", ids)
        if not one.withdrawn and one.wording and one.wording != ERASED and one.belongs is not None
    ]
    now = words_of(workspace, [one.belongs for one in held if one.belongs])
    names = body_names(workspace)
    facts = facts_of(workspace, [one.belongs for one in held if one.belongs and one.body_named])
    found = {}
    for one in held:
        assert one.belongs is not None
        piece = facts.get(one.belongs)
        body = ", ".join(names.get(code, code) for code in piece.bodies) if piece and one.body_named else ""
        stands = now.get(one.belongs) == one.quote
        found[one.belongs] = Released(one.belongs, one.wording, one.attribution, body, stands)
    return found


def to_release(workspace: Workspace, belongs: Id) -> Offered:
    """What a lead looks at before releasing words. Raises Fault where there are none."""
    said = words_of(workspace, [belongs]).get(belongs)
    if said is None:
        raise Fault("There are no words to release here: a line, an answer's reason, or marked words of one.")
    piece = facts_of(workspace, [belongs]).get(belongs)
    masked = words_of(workspace, [belongs], leaving=True)[belongs]
    session = find(workspace, Session, piece.session) if piece is not None else None
    by = ", ".join(part for part in (session.role, session.grade_band) if part) if session is not None else ""
    if piece is not None and piece.file is not None:
        by = "case-file examination"
    return Offered(belongs, said, masked, by, released(workspace, [belongs]).get(belongs))


def release_quote(
    workspace: Workspace,
    *,
    belongs: Id,
    attribution: str,
    wording: str = "",
    body_named: bool = False,
    at: int | None = None,
) -> Done:
    """Let words be printed outside the team; only a lead does. wording: as printed, else as they stand.

    Raises Fault where there are no words, or nothing says whose they are.
    """
    lead_or_fault(workspace, "releases a quote")
    offered = to_release(workspace, belongs)
    said = offered.words
    printed = " ".join((wording or offered.masked).split()).strip(MARKS)
    whose = " ".join(attribution.split())
    if not printed:
        raise Fault("Say how the words are printed.")
    if not whose:
        raise Fault("Say whose words they are, by role and never by name.")
    fields = {
        "belongs": belongs,
        "quote": said,
        "wording": printed,
        "attribution": whose,
        "body_named": int(body_named),
        "by": workspace.identity.member,
        "withdrawn": 0,
        DELETED: None,
    }
    id = derived_id(QuoteRelease.kind, belongs)
    return do(workspace, "release a quote", [Change(QuoteRelease.kind, id, fields)], id=id, at=at)


def withdraw_quote(workspace: Workspace, *, belongs: Id, at: int | None = None) -> Done:
    """Let words no longer be printed; only a lead does."""
    lead_or_fault(workspace, "withdraws a quote")
    if belongs not in released(workspace, [belongs]):
        raise Fault("These words are not released; nothing was withdrawn.")
    id = derived_id(QuoteRelease.kind, belongs)
    return do(workspace, "withdraw a quote", [Change(QuoteRelease.kind, id, {"withdrawn": 1})], id=id, at=at)
