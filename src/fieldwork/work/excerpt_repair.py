"""Excerpts whose words are not found: what they were, and putting them right or letting them go."""

from dataclasses import dataclass

from fieldwork.domain.anchors import described, guessed
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Excerpt, Mask
from fieldwork.domain.records import EvidenceLink, Tag
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import DIRECTIONS
from fieldwork.store.reading import get, is_hidden, kind_of, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.describing import describe_record
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import placed, said_by, spans, texts_of
from fieldwork.work.linking import linked_alike
from fieldwork.work.settling import named
from fieldwork.work.themes import tag_change


@dataclass(frozen=True)
class Lost:
    """An excerpt whose words are not found. quote: what they were; text: what stands there now.

    nearest: from where to where the likest words are, if there are any like them.
    """

    excerpt: Id
    target: Id
    part: str
    quote: str
    text: str
    nearest: tuple[int, int] | None


def lost(workspace: Workspace) -> list[Lost]:
    """Every excerpt whose words are not found, by the line or answer it is from."""
    targets = {one.target for one in records(workspace, Excerpt) if one.target is not None}
    texts = texts_of(workspace, targets, {})
    found = []
    for marks in spans(workspace, sorted(targets), held=texts).values():
        for mark in marks:
            if mark.span is None:
                text = said_by(texts, mark.target, mark.part)
                nearest = guessed(text, mark.quote)
                found.append(Lost(mark.id, mark.target, mark.part, mark.quote, text, nearest))
    return sorted(found, key=lambda one: (one.target, one.part, one.excerpt))


@dataclass(frozen=True)
class ToRepair:
    """Lost words as a person puts them right.

    kind, where: of the record they are from; themes: names, each with its direction; backs: the findings they are
    evidence of; masked: whether they print as something else.
    """

    lost: Lost
    kind: str
    where: str
    themes: tuple[str, ...]
    backs: tuple[str, ...]
    masked: bool


def to_repair(workspace: Workspace) -> list[ToRepair]:
    """What a person has to put right: lost words on which anything stands, of lines and answers that are still here."""
    found = [_to_repair(workspace, one) for one in lost(workspace) if not is_hidden(workspace, one.target)]
    return [one for one in found if one.themes or one.backs or one.masked]


def _to_repair(workspace: Workspace, one: Lost) -> ToRepair:
    tags = records(workspace, Tag, coder=None, target=one.excerpt)
    links = records(workspace, EvidenceLink, evidence=one.excerpt)
    masks = records(workspace, Mask, target=one.excerpt)
    return ToRepair(
        one,
        kind_of(workspace, one.target) or "",
        describe_record(workspace, one.target),
        tuple(f"{named(workspace, tag.theme)}, {DIRECTIONS[tag.direction]}" for tag in tags if tag.theme),
        tuple(named(workspace, link.finding) for link in links if link.finding),
        any(not mask.withdrawn for mask in masks),
    )


def mend(workspace: Workspace, *, excerpt: Id, start: int, end: int, at: int | None = None) -> Done:
    """Say which words an excerpt is on, in the line or answer it is from."""
    held = get(workspace, Excerpt, excerpt)
    texts = texts_of(workspace, [held.target], {})
    text = said_by(texts, held.target, held.part)
    if held.target is None or not text[start:end].strip() or start < 0:
        raise Fault(f"There are no words from character {start} to {end}; name some of the {len(text)}.")
    change = placed(excerpt, held.target, held.part, described(text, start, end))
    return do(workspace, "mend an excerpt", [change], id=excerpt, at=at)


def give_up(workspace: Workspace, *, excerpt: Id, at: int | None = None) -> Done:
    """Let an excerpt go: its tags, and what it is evidence for, fall to the whole line or answer.

    Where they stand there already, what stands there stays as it is.
    """
    held = get(workspace, Excerpt, excerpt)
    if held.target is None:
        raise Fault("Nobody knows which line or answer this excerpt is from; merge the others' work first.")
    there = {tag.theme for tag in records(workspace, Tag, coder=None, target=held.target)}
    changes = [Change(Excerpt.kind, excerpt, {DELETED: DELETE})]
    for tag in records(workspace, Tag, coder=None, target=excerpt):
        changes.append(Change(Tag.kind, tag.id, {DELETED: DELETE}))
        if tag.theme is not None and tag.theme not in there:
            changes.append(tag_change(held.target, tag.theme, tag.direction, tag.strength))
    backed = {link.finding for link in records(workspace, EvidenceLink, evidence=held.target)}
    for link in records(workspace, EvidenceLink, evidence=excerpt):
        changes.append(Change(EvidenceLink.kind, link.id, {DELETED: DELETE}))
        if link.finding is not None and link.finding not in backed:
            changes.append(linked_alike(link, link.finding, held.target))
    return do(workspace, "give up an excerpt", changes, id=excerpt, at=at)
