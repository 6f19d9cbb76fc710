"""Words kept out of whatever leaves: left out, or printed as somebody else; in the database they stay as they are.

Where masked words are not found any more, the whole text they stood in is kept out: nothing slips through a mask.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Excerpt, Mask
from fieldwork.domain.record import Record
from fieldwork.domain.values import Id, derived_id
from fieldwork.domain.vocabulary import MASKS
from fieldwork.store.reading import records, records_of
from fieldwork.store.recording import Change
from fieldwork.store.searching import search
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.excerpts import PARTS, mark_out, said_by, spans, texts_of

LEFT_OUT = "[left out]"
WITHHELD = "[kept out: words that were masked here are not found any more]"
LEAVE = "leave"
MOST = 2000  # places of one word that are masked at once
LONGEST = 80  # characters of what is printed instead


@dataclass(frozen=True)
class Cover:
    """From where to where words are covered, and what is printed there."""

    start: int
    end: int
    instead: str


@dataclass(frozen=True)
class Covers:
    """What is covered of some lines and answers. whole: those of which nothing is printed, with what is instead.

    by: by line or answer and part, in order; lost: parts in which covered words are not found any more.
    """

    whole: Mapping[Id, str]
    by: Mapping[tuple[Id, str], Sequence[Cover]]
    lost: frozenset[tuple[Id, str]]

    def text(self, target: Id | None, part: str, text: str) -> str:
        """A part as it may leave."""
        return self.run(target, part, text, 0, len(text))

    def run(self, target: Id | None, part: str, text: str, start: int, end: int) -> str:
        """The words of a part from start up to end as they may leave; one that is covered in part is covered."""
        if target is None or not text[start:end].strip():
            return text[start:end]
        if target in self.whole:
            return self.whole[target]
        if (target, part) in self.lost or self._said_otherwise(target, part):
            return WITHHELD
        said, at = [], start
        for cover in self.by.get((target, part), ()):
            if cover.end > at and cover.start < end:
                said += [text[at : max(cover.start, at)], cover.instead]
                at = cover.end
        return "".join([*said, text[at:end]])

    def _said_otherwise(self, target: Id, part: str) -> bool:
        """Whether it is a line in other words, of which what was said is covered and these are not."""
        said = (target, "text")
        return (
            part in ("tidied", "translation")
            and (said in self.by or said in self.lost)
            and (target, part) not in self.by
        )

    def past(self, target: Id | None, words: str) -> str:
        """Words that once stood in one of these, where nothing of it is covered; else nobody knows what was in them."""
        touched = {id for id, _ in (*self.by, *self.lost)} | set(self.whole)
        return WITHHELD if target in touched else words


NOTHING = Covers({}, {}, frozenset())


def covers_of(workspace: Workspace, ids: Collection[Id | None]) -> Covers:
    """What is covered of these lines and answers."""
    wanted = {id for id in ids if id is not None}
    excerpts = {one.id: one for one in records_of(workspace, Excerpt, "target", wanted)}
    masks = {
        one.target: one.instead.strip() or LEFT_OUT
        for one in records_of(workspace, Mask, "target", [*wanted, *excerpts])
        if one.way != LEAVE and not one.withdrawn and one.target is not None
    }
    if not masks:
        return NOTHING
    covered: dict[tuple[Id, str], list[Cover]] = {}
    lost: set[tuple[Id, str]] = set()
    for marks in spans(workspace, wanted).values():
        for mark in marks:
            if mark.id in masks and mark.span is None:
                lost.add((mark.target, mark.part))
            elif mark.id in masks and mark.span is not None:
                cover = Cover(mark.span.start, mark.span.end, masks[mark.id])
                covered.setdefault((mark.target, mark.part), []).append(cover)
    whole = {id: said for id, said in masks.items() if id not in excerpts}
    return Covers(
        whole,
        {place: sorted(some, key=lambda one: (one.start, -one.end)) for place, some in covered.items()},
        frozenset(lost),
    )


# -- masking


def mask_words(
    workspace: Workspace,
    *,
    target: Id,
    start: int,
    end: int,
    part: str = "text",
    way: str = "redact",
    instead: str = "",
    at: int | None = None,
) -> Done:
    """Keep words of a line or an answer out of whatever leaves. instead: what is printed in their place."""
    marked = mark_out(workspace, target=target, start=start, end=end, part=part)
    return do(workspace, "mask", [marked, _mask(marked.id, way, instead)], id=marked.id, at=at)


def mask_whole(
    workspace: Workspace, *, target: Id, way: str = "redact", instead: str = "", at: int | None = None
) -> Done:
    """Keep a whole line or answer out."""
    if target not in texts_of(workspace, [target], {}):
        raise Fault("Only a note line, or an answer with its reason and comment, can be kept out.")
    change = _mask(target, way, instead)
    return do(workspace, "mask", [change], id=target, at=at)


def unmask(workspace: Workspace, *, target: Id, at: int | None = None) -> Done:
    """Let the words of a line, an answer or an excerpt leave again."""
    held = [one for one in records(workspace, Mask, target=target) if not one.withdrawn]
    if not held:
        raise Fault("That is not masked; nothing was changed.")
    changes = [Change(Mask.kind, one.id, {"withdrawn": 1}) for one in held]
    return do(workspace, "unmask", changes, id=target, at=at)


@dataclass(frozen=True)
class Place:
    """Where some words stand: a line or answer, its part, and from where to where."""

    target: Id
    part: str
    start: int
    end: int


def places_of(workspace: Workspace, words: str) -> list[Place]:
    """Every place where these words stand by themselves in a note or an answer, whatever their case; not yet masked."""
    hits = search(workspace, f'"{words.replace(chr(34), " ")}"', limit=MOST)
    texts = texts_of(workspace, [hit.id for hit in hits], {})
    found = list(_standing(texts.values(), words))
    covers = covers_of(workspace, list(texts))
    return [one for one in found if not _covered(covers, one)]


def _standing(some: Iterable[Record], words: str) -> Iterable[Place]:
    sought = re.compile(rf"(?<!\w){re.escape(words.strip())}(?!\w)", re.IGNORECASE)
    for record in some:
        for part in PARTS.get(type(record), ()):
            for match in sought.finditer(said_by({record.id: record}, record.id, part)):
                yield Place(record.id, part, match.start(), match.end())


def _covered(covers: Covers, one: Place) -> bool:
    held = covers.by.get((one.target, one.part), ())
    return one.target in covers.whole or any(c.start <= one.start and one.end <= c.end for c in held)


def mask_everywhere(
    workspace: Workspace,
    *,
    words: Sequence[str],
    way: str = "redact",
    instead: str = "",
    at: int | None = None,
) -> Done:
    """Keep these words out wherever they stand in notes and answers; one act. Raises Fault where they stand nowhere."""
    changes: dict[Id, list[Change]] = {}
    for one in dict.fromkeys(word.strip() for word in words if word.strip()):
        for place in places_of(workspace, one):
            marked = mark_out(
                workspace, target=place.target, start=place.start, end=place.end, part=place.part
            )
            changes.setdefault(marked.id, [marked, _mask(marked.id, way, instead)])
    if not changes:
        raise Fault(
            "These words stand in no note and no answer; they may be of the plan, a title or a finding."
        )
    return do(workspace, "mask", [change for some in changes.values() for change in some], at=at)


def _mask(target: Id, way: str, instead: str) -> Change:
    one_of(way, MASKS, "way of masking")
    said = " ".join(instead.split())[:LONGEST]
    if way == "pseudonym" and not said:
        raise Fault("Say what is printed in their place, such as Officer A.")
    fields = {"target": target, "way": way, "instead": said, "withdrawn": 0, DELETED: None}
    return Change(Mask.kind, derived_id(Mask.kind, target), fields)
