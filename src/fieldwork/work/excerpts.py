"""Words of a line or an answer that are marked: where they are now, and how they go along when words change.

What is stored says what the words were; where they are is worked out at each reading. Tags stand on the
excerpt, so that to move it moves them all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from fieldwork.domain.anchors import Anchor, Span, described, located
from fieldwork.domain.carrying import carried
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.note_records import Excerpt, Mask, excerpt_id
from fieldwork.domain.records import Answer, EvidenceLink, NoteLine, Record, Tag, Theme
from fieldwork.domain.values import ERASED, Id, derived_id
from fieldwork.domain.vocabulary import DIRECTIONS, STRENGTHS
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.versions import version_of, versions_of
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.linking import linked_alike
from fieldwork.work.themes import tag_change

AT_ONCE = 500  # ids asked for in one query
PARTS: Mapping[type[Record], tuple[str, ...]] = {
    NoteLine: ("text", "tidied", "translation"),
    Answer: ("reason", "comment"),
    AgreedAnswer: ("reason", "comment"),
}


@dataclass(frozen=True)
class Marked:
    """An excerpt and where its words are in the part (a field) of its target; span None where they are lost."""

    id: Id
    target: Id
    part: str
    quote: str
    span: Span | None


@dataclass(frozen=True)
class Words:
    """What a part of a record says."""

    target: Id
    part: str
    text: str


# -- where they are


def spans(
    workspace: Workspace, ids: Iterable[Id], *, held: Mapping[Id, Record] | None = None
) -> Mapping[Id, tuple[Marked, ...]]:
    """The excerpts of lines or answers by the id of these, in the order of the words, lost ones last.

    held: those of the records that were read already. Several versions of an excerpt may stand: whichever is
    found counts, the latest first.
    """
    wanted = list(dict.fromkeys(ids))
    several = versions_of(workspace, Excerpt.kind)
    some: dict[Id, Excerpt] = {}
    for at in range(0, len(wanted), AT_ONCE):
        some |= {one.id: one for one in records(workspace, Excerpt, target=wanted[at : at + AT_ONCE])}
    beside = {id for id, said in several.items() if {one.get("target") for one in said} & set(wanted)}
    if beside - set(some):
        some |= {one.id: one for one in records(workspace, Excerpt, id=sorted(beside - set(some)))}
    tried = {id: _versions(one, several.get(id, ())) for id, one in some.items()}
    texts = texts_of(workspace, {one.target for kept in tried.values() for one in kept}, held or {})
    found: dict[Id, list[Marked]] = {}
    for kept in tried.values():
        mark = _found(kept, texts)
        if mark is not None:
            found.setdefault(mark.target, []).append(mark)
    asked = set(wanted)
    return {id: tuple(sorted(marks, key=_in_order)) for id, marks in found.items() if id in asked}


def _in_order(mark: Marked) -> tuple[bool, str, int, int, Id]:
    span = mark.span or Span(0, 0)
    return mark.span is None, mark.part, span.start, span.end, mark.id


def _versions(one: Excerpt, several: Sequence[Mapping[str, object]]) -> list[Excerpt]:
    """What is said of an excerpt: as it stands, then each version by itself."""
    made = [_version(one.id, said) for said in several]
    return [one, *(version for version in made if version is not None and version != one)]


def _version(id: Id, said: Mapping[str, object]) -> Excerpt | None:
    target, start = said.get("target"), said.get("start")
    words = [said.get(name) for name in ("part", "quote", "before", "after")]
    if type(target) is not bytes or not all(word is None or type(word) is str for word in words):
        return None
    part, quote, before, after = (str(word or "") for word in words)
    return Excerpt(
        id=id, target=target, part=part, quote=quote, before=before, after=after,
        start=start if type(start) is int else 0,
    )  # fmt: skip


def _found(versions: Sequence[Excerpt], texts: Mapping[Id, Record]) -> Marked | None:
    """The first version whose words are found; else the one that stands, lost. Nothing where words are erased."""
    for one in versions:
        text = said_by(texts, one.target, one.part)
        span = located(text, _anchor(one)) if text and one.quote != ERASED else None
        if span is not None and one.target is not None:
            return Marked(one.id, one.target, one.part, one.quote, span)
    shown = versions[0]
    if shown.target is None or shown.quote in ("", ERASED):
        return None
    return Marked(shown.id, shown.target, shown.part, shown.quote, None)


def _anchor(one: Excerpt) -> Anchor:
    return Anchor(one.quote, one.before, one.after, one.start or 0)


def texts_of(workspace: Workspace, ids: Iterable[Id | None], held: Mapping[Id, Record]) -> dict[Id, Record]:
    """The records with these ids that have words to mark."""
    texts = dict(held)
    missing = sorted({id for id in ids if id is not None} - set(texts))
    for cls in PARTS:
        for at in range(0, len(missing), AT_ONCE):
            texts |= {one.id: one for one in records(workspace, cls, id=missing[at : at + AT_ONCE])}
        missing = [id for id in missing if id not in texts]
    return texts


def said_by(texts: Mapping[Id, Record], target: Id | None, part: str) -> str:
    record = texts.get(target or b"")
    if record is None or part not in PARTS.get(type(record), ()):
        return ""
    return str(getattr(record, part, "") or "")


def homes(workspace: Workspace, ids: Iterable[Id | None]) -> dict[Id, Id]:
    """The line or answer that each of these excerpts is from; what is no excerpt is left out."""
    wanted = sorted({id for id in ids if id is not None})
    found: dict[Id, Id] = {}
    for at in range(0, len(wanted), AT_ONCE):
        for one in records(workspace, Excerpt, id=wanted[at : at + AT_ONCE]):
            if one.target is not None:
                found[one.id] = one.target
    return found


def tags_within(workspace: Workspace, ids: Sequence[Id]) -> list[tuple[Id, Tag]]:
    """The tags of lines or answers, on the whole or on words, each with the id of its line or answer."""
    found: list[tuple[Id, Tag]] = []
    for at in range(0, len(ids), AT_ONCE):
        some = list(ids[at : at + AT_ONCE])
        home = dict(zip(some, some, strict=True))
        home |= {one.id: one.target or b"" for one in records(workspace, Excerpt, target=some)}
        for part in range(0, len(home), AT_ONCE):
            targets = list(home)[part : part + AT_ONCE]
            found += [
                (home[tag.target or b""], tag) for tag in records(workspace, Tag, coder=None, target=targets)
            ]
    return found


# -- marking


def mark_out(workspace: Workspace, *, target: Id, start: int, end: int, part: str = "text") -> Change:
    """The change that marks words of a line or an answer; where just these are marked, it names that excerpt.

    start, end: characters of the part as it stands. Raises Fault where no words are.
    """
    texts = texts_of(workspace, [target], {})
    if target not in texts or part not in PARTS.get(type(texts[target]), ()):
        raise Fault("Only words of a note line, or of the reason or comment of an answer, can be marked.")
    text = said_by(texts, target, part)
    try:
        anchor = described(text, start, end)
    except ValueError as error:
        raise Fault(
            f"There are no words from character {start} to {end}; the text has {len(text)} characters."
        ) from error
    stop = anchor.start + len(anchor.quote)
    for mark in spans(workspace, [target], held=texts).get(target, ()):
        if mark.part == part and mark.span and (mark.span.start, mark.span.end) == (anchor.start, stop):
            return placed(mark.id, target, part, anchor)
    return placed(_free_id(workspace, target, part, anchor), target, part, anchor)


def _free_id(workspace: Workspace, target: Id, part: str, anchor: Anchor) -> Id:
    """The id of words at a place of this version; another where an excerpt that stands elsewhere by now has it."""
    version = version_of(workspace, target, part)
    ids = (excerpt_id(target, part, version, anchor.start, len(anchor.quote), again) for again in count())
    return next(id for id in ids if not records(workspace, Excerpt, id=id))


def placed(id: Id, target: Id, part: str, anchor: Anchor) -> Change:
    """The change that says where an excerpt is; all of it anew, so that no two versions are mixed."""
    fields = {
        "target": target,
        "part": part,
        "quote": anchor.quote,
        "before": anchor.before,
        "after": anchor.after,
        "start": anchor.start,
    }
    return Change(Excerpt.kind, id, {**fields, DELETED: None}, settles=True, again=True)


def tag_words(
    workspace: Workspace,
    *,
    target: Id,
    start: int,
    end: int,
    theme: Id,
    part: str = "text",
    words: str = "",
    direction: str = "neutral",
    strength: str = "",
    at: int | None = None,
) -> Done:
    """Put a theme on words of a line or an answer. start, end: characters; the outcome's id is the excerpt's.

    words: what was read there; where it is something else by now nothing is tagged.
    """
    one_of(direction, DIRECTIONS, "direction")
    one_of(strength, ("", *STRENGTHS), "strength")
    get(workspace, Theme, theme)
    marked = mark_out(workspace, target=target, start=start, end=end, part=part)
    if words and marked.fields["quote"] != words:
        raise Fault("The words were changed meanwhile; choose them again.")
    changes = [marked, tag_change(marked.id, theme, direction, strength)]
    return do(workspace, "tag", changes, id=marked.id, at=at)


# -- going along


def with_excerpts(workspace: Workspace, changes: Sequence[Change]) -> list[Change]:
    """Changes of lines and answers, and those that take the excerpts in them along."""
    followed: list[Change] = []
    parts = {cls.kind: parts for cls, parts in PARTS.items()}
    for change in changes:
        for part in parts.get(change.kind, ()):
            if part in change.fields:
                words = Words(change.id, part, str(change.fields[part] or ""))
                followed += carry(workspace, [(change.id, part)], [words])
    return [*changes, *followed]


def carry(
    workspace: Workspace,
    was: Sequence[tuple[Id, str]],
    now: Sequence[Words],
    *,
    known: Mapping[Id, tuple[int, int]] | None = None,
) -> list[Change]:
    """The changes that take excerpts along when words change.

    was: records and parts as they stand, in the order of their words: one line, a line and those that are
    joined to it. now: what they will say: one, or the parts of one that is split. known: by excerpt, from where to
    where its words are in the first of `now`, where that was followed while it was typed.
    What is not carried stays as it was described, and is looked for, or lost, at reading.
    """
    marks = spans(workspace, [target for target, _ in was])
    if not marks:
        return []
    texts = texts_of(workspace, [target for target, _ in was], {})
    old, starts = _together([said_by(texts, *place) for place in was])
    new, ends = _together([words.text for words in now])
    offsets = dict(zip(was, starts, strict=True))
    some = [
        (
            mark,
            offsets[mark.target, mark.part] + mark.span.start,
            offsets[mark.target, mark.part] + mark.span.end,
        )
        for kept in marks.values()
        for mark in kept
        if mark.span is not None and (mark.target, mark.part) in offsets
    ]
    if old == new and len(was) == len(now):
        return []
    went = carried(old, new, [(start, end) for _, start, end in some])
    changes: list[Change] = []
    for (mark, _, _), span in zip(some, went, strict=True):
        place = (known or {}).get(mark.id) or ((span.start, span.end) if span else None)
        if place is not None:
            changes += _parted(workspace, mark, _cut(place, now, ends))
    return changes


def _together(texts: Sequence[str]) -> tuple[str, list[int]]:
    """Texts one behind the other, and where each begins."""
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    return "\n".join(texts), starts[:-1]


def _cut(place: tuple[int, int], now: Sequence[Words], starts: Sequence[int]) -> list[tuple[Words, Anchor]]:
    """The pieces of a run, one in each text that it reaches into."""
    found = []
    for words, at in zip(now, starts, strict=True):
        start, end = max(place[0] - at, 0), min(place[1] - at, len(words.text))
        if start < end and words.text[start:end].strip():
            found.append((words, described(words.text, start, end)))
    return found


def _parted(workspace: Workspace, mark: Marked, pieces: Sequence[tuple[Words, Anchor]]) -> list[Change]:
    """An excerpt in its new place; where a cut goes through it, a second one has the same tags."""
    changes: list[Change] = []
    for number, (words, anchor) in enumerate(pieces):
        id = mark.id if number == 0 else derived_id(Excerpt.kind, mark.id, words.target)
        changes.append(placed(id, words.target, words.part, anchor))
        if number:
            changes += _tagged_alike(workspace, mark.id, id)
    if len(pieces) == 1 and not _differs(workspace, changes[0]):
        return []
    return changes


def _tagged_alike(workspace: Workspace, one: Id, other: Id) -> list[Change]:
    """The tags of one excerpt, what masks it and what it is evidence for, put on another."""
    changes = [
        tag_change(other, tag.theme, tag.direction, tag.strength)
        for tag in records(workspace, Tag, coder=None, target=one)
        if tag.theme is not None
    ]
    for mask in records(workspace, Mask, target=one):
        fields = {"target": other, "way": mask.way, "instead": mask.instead, "withdrawn": mask.withdrawn}
        changes.append(Change(Mask.kind, derived_id(Mask.kind, other), {**fields, DELETED: None}))
    for link in records(workspace, EvidenceLink, evidence=one):
        if link.finding is not None:
            changes.append(linked_alike(link, link.finding, other))
    return changes


def _differs(workspace: Workspace, change: Change) -> bool:
    held = get(workspace, Excerpt, change.id)
    return any(getattr(held, name) != value for name, value in change.fields.items() if name != DELETED)
