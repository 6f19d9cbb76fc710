"""Lines that are being typed: kept as drafts at every pause, written as one entry when they are left.

A draft says the whole of a line, under ids made before anything is stored. So writing it twice is writing
it once, and what a crash left can be written, or typed on, without asking what was already there.
"""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

import msgspec

from fieldwork.domain.carrying import carried
from fieldwork.domain.records import EvidenceLink, NoteLine, Session, Tag, Theme
from fieldwork.domain.values import Id, storable
from fieldwork.store.drafts import Draft, Drafts
from fieldwork.store.reading import changed_by_others, find, is_hidden, records
from fieldwork.store.recording import DELETE, Change, moment
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import Words, carry
from fieldwork.work.linking import linked_alike
from fieldwork.work.notes import line_changes
from fieldwork.work.themes import tag_change, untag_changes
from fieldwork.work.visits import current_visit, describe_session, finish_session, start_session

KIND = NoteLine.kind
AT_ONCE = 500  # ids asked for in one query


@dataclass(frozen=True)
class OpenLine:
    """A note line as it stands under the fingers.

    themes: (theme, direction) to put on it, off: themes to take off; swallows: lines that were joined to it;
    part_of: the line it was split from. spans: (excerpt, from, to) of its words that were followed while it was
    typed, None where nobody did.
    as_of: the `moment` at which the stored line was read, None for a line that is new. Times in wall ms.
    """

    id: Id
    session: Id
    place: str
    text: str = ""
    mark: str = ""
    speaker: str = ""
    nods: int | None = None
    typed: int | None = None
    noted: int | None = None
    themes: tuple[tuple[Id, str], ...] = ()
    off: tuple[Id, ...] = ()
    swallows: tuple[Id, ...] = ()
    as_of: int | None = None
    part_of: Id | None = None
    spans: tuple[tuple[Id, int, int], ...] | None = None
    indent: int = 0

    @property
    def says_nothing(self) -> bool:
        return not (self.text.strip() or self.themes)


@dataclass(frozen=True)
class Written:
    """What writing open lines did; seen: up to where the writer has now seen each of them.

    entry: its hash, None where nothing was different.
    """

    changed: Mapping[str, frozenset[Id]] = field(default_factory=dict)
    seen: Mapping[Id, int] = field(default_factory=dict)
    entry: bytes | None = None


@dataclass(frozen=True)
class LeftOpen:
    """A draft found on opening: its own id, the lines it holds, and when its last keystroke was kept."""

    draft: Id
    lines: tuple[OpenLine, ...]
    at: int


# -- the drafts file


def keep_draft(_: Workspace, drafts: Drafts, id: Id, lines: Sequence[OpenLine]) -> int:
    """Put lines on disk under one draft; returns the wall ms once the commit has returned."""
    as_of = min((line.as_of for line in lines if line.as_of is not None), default=None)
    held = [asdict(replace(line, text=str(storable(line.text)))) for line in lines]
    return drafts.keep(id, KIND, {"lines": msgspec.msgpack.encode(held)}, as_of)


def drop_draft(_: Workspace, drafts: Drafts, id: Id) -> None:
    """Forget a draft whose lines have become entries."""
    drafts.drop(id)


def left_open(workspace: Workspace, drafts: Iterable[Draft]) -> list[LeftOpen]:
    """The note lines among the drafts a crash left, oldest first, ready to be typed on or written.

    A stored line that nobody else has changed since is taken as seen up to now, so that one's own last
    words before the crash are no conflict with one's first ones after it.
    """
    now = moment(workspace)
    found = []
    for draft in drafts:
        if draft.kind != KIND:
            continue
        packed = draft.fields.get("lines")
        held = msgspec.msgpack.decode(packed) if isinstance(packed, bytes) else []
        lines = tuple(_seen_anew(workspace, _line(plain), now) for plain in held)
        if lines:
            found.append(LeftOpen(draft.id, lines, draft.at))
    return found


def _line(plain: Mapping[str, Any]) -> OpenLine:
    known = {item.name for item in fields(OpenLine)}
    values = {name: value for name, value in plain.items() if name in known}
    values["themes"] = tuple((theme, direction) for theme, direction in values.get("themes", ()))
    spans = values.get("spans")
    values["spans"] = None if spans is None else tuple((id, start, end) for id, start, end in spans)
    return OpenLine(**{**values, "off": tuple(values["off"]), "swallows": tuple(values["swallows"])})


def _seen_anew(workspace: Workspace, line: OpenLine, now: int) -> OpenLine:
    if find(workspace, NoteLine, line.id) is None:
        return replace(line, as_of=None)
    if changed_by_others(workspace, line.id, line.as_of or 0):
        return line
    return replace(line, as_of=now)


# -- entries


def describe_note(
    workspace: Workspace, *, session: Id, today: date, as_of: int | None = None, **header: Any
) -> Done:
    """Change the header of a session, as `describe_session`; one of which nothing is stored yet begins with it.

    It begins on today's visit, if there is one and no other was said.
    """
    if find(workspace, Session, session) is not None:
        return describe_session(workspace, session=session, as_of=as_of, **header)
    visit = header.pop("visit") if "visit" in header else visit_today(workspace, today)
    said = {name: value for name, value in header.items() if value}
    return start_session(workspace, new=session, visit=visit or None, **said)


def finish_note(workspace: Workspace, session: Id) -> Done:
    """Close a session; one of which nothing was ever stored is left at that."""
    if find(workspace, Session, session) is None:
        return Done(session)
    return finish_session(workspace, session=session)


def visit_today(workspace: Workspace, today: date) -> Id | None:
    """The visit under way on a day, on which a new note begins; None between visits."""
    visit = current_visit(workspace, today)
    under_way = visit and visit.planned_start <= today.isoformat() <= (
        visit.planned_end or visit.planned_start
    )
    return visit.id if visit and under_way else None


def write_open_lines(
    workspace: Workspace,
    lines: Sequence[OpenLine],
    *,
    act: str = "note",
    seen: MutableMapping[Id, int] | None = None,
    at: int | None = None,
) -> Written:
    """Write what stands under the fingers as one entry.

    seen: up to where the writer has seen each line since it was opened, by writing it; brought up to date
    here, because the next writing of the same line may come before anybody hears of this one. A new line that
    says nothing is not kept; a stored one whose text was taken away is deleted. A session that is not there
    yet (a crash came first) is begun with it.
    """
    changes: list[Change] = []
    stored, begun = _stored(workspace, lines), set[Id]()
    themes = records(workspace, Theme, order="position") if any("#" in line.text for line in lines) else ()
    for line in lines:
        if line.session not in begun and not line.says_nothing:
            begun.add(line.session)
            changes += _session_changes(workspace, line)
        known = _known(line, seen)
        changes += (replace(change, as_of=known) for change in _changes(workspace, line, stored, themes))
    said = {change.id: change for change in changes if change.kind == NoteLine.kind}
    for group in _groups(lines):
        known = _known(group[0], seen)
        changes += (
            replace(change, as_of=known) for change in _excerpts_along(workspace, group, stored, said)
        )
    done = do(workspace, act, changes, at=at) if changes else Done()
    by_now = moment(workspace)
    now = {line.id: by_now for line in lines}
    if seen is not None:
        seen.update(now)
    return Written(done.changed, now, done.entry)


def _stored(workspace: Workspace, lines: Sequence[OpenLine]) -> frozenset[Id]:
    """Which of these lines, and of those joined to them, are stored: asked once, as a paste brings thousands."""
    ids = [id for line in lines for id in (line.id, *line.swallows)]
    return frozenset(
        one.id
        for at in range(0, len(ids), AT_ONCE)
        for one in records(workspace, NoteLine, apart=True, hidden=True, id=ids[at : at + AT_ONCE])
    )


def _known(line: OpenLine, seen: Mapping[Id, int] | None) -> int | None:
    """Up to where the writer has seen a line."""
    return max((m for m in (line.as_of, (seen or {}).get(line.id)) if m is not None), default=None)


def _groups(lines: Sequence[OpenLine]) -> list[list[OpenLine]]:
    """Lines with those that were split from them."""
    groups: dict[Id, list[OpenLine]] = {}
    whole = {line.id: line.id for line in lines}
    for line in lines:
        whole[line.id] = whole.get(line.part_of or b"", line.id)
        groups.setdefault(whole[line.id], []).append(line)
    return list(groups.values())


def _excerpts_along(
    workspace: Workspace, group: Sequence[OpenLine], stored: Collection[Id], changes: Mapping[Id, Change]
) -> list[Change]:
    """What takes the excerpts of lines along when their words change, are split or joined to others.

    changes: what is said of lines, by their ids.
    """
    before = [
        id
        for line in group
        for id in (line.id, *line.swallows)
        if id in stored and not is_hidden(workspace, id)
    ]
    if not before:
        return []
    meant = {line.id: changes[line.id] for line in group if line.id in changes}
    said = {
        id: str(change.fields["text"])
        for id, change in meant.items()
        if "text" in change.fields and change.fields.get(DELETED) is not DELETE
    }
    after = [line for line in group if line.id in said]
    if not after:
        return []
    known: dict[Id, tuple[int, int]] = {}
    if len(after) == 1 and after[0].spans:
        typed = after[0].spans
        found = carried(after[0].text, said[after[0].id], [(start, end) for _, start, end in typed])
        known = {id: (span.start, span.end) for (id, _, _), span in zip(typed, found, strict=True) if span}
    words = [Words(line.id, "text", said[line.id]) for line in after]
    return carry(workspace, [(id, "text") for id in before], words, known=known)


def _session_changes(workspace: Workspace, line: OpenLine) -> list[Change]:
    held = find(workspace, Session, line.session)
    if held is not None and held.state != "planned":
        return []
    started = line.typed
    values: dict[str, object] = {"state": "open", "started": started, "noted_by": workspace.identity.member}
    if held is None:
        day = date.fromtimestamp(started / 1000) if started else date.today()
        values |= {"visit": visit_today(workspace, day), "method": "interview"}
    return [Change(Session.kind, line.session, values)]


def _changes(
    workspace: Workspace, line: OpenLine, stored: Collection[Id], themes: Sequence[Theme]
) -> list[Change]:
    held = find(workspace, NoteLine, line.id) if line.id in stored else None
    gone = _swallowed(workspace, line)
    unseen = held is not None and _changed_unseen(workspace, line.id, line.as_of)
    if line.says_nothing and not unseen and (held is None or not _tagged(workspace, line)):
        hidden = held is None or is_hidden(workspace, line.id)
        return gone if hidden else [*gone, Change(NoteLine.kind, line.id, {DELETED: DELETE})]
    changes = line_changes(
        workspace,
        line.id,
        held,
        session=line.session,
        text=line.text or " ",
        place=line.place,
        mark=line.mark,
        speaker=line.speaker,
        nods=line.nods,
        typed=line.typed,
        noted=line.noted,
        author=_author(workspace, line),
        themes=themes,
        indent=line.indent,
    )
    if not changes:  # only themes were put on it
        new = {"session": line.session, "place": line.place, "typed": line.typed, "mark": line.mark}
        new |= {"indent": line.indent} if line.indent else {}
        changes = [Change(NoteLine.kind, line.id, {**new, "author": _author(workspace, line)})]
    if held is not None and is_hidden(workspace, line.id):  # words typed on bring a deleted line back
        changes.append(Change(NoteLine.kind, line.id, {DELETED: None}))
    strengths = _strengths(workspace, line)
    changes += [tag_change(line.id, theme, sign, strengths.get(theme, "")) for theme, sign in line.themes]
    for theme in line.off:
        changes += untag_changes(workspace, line.id, theme)
    return changes + gone


def _swallowed(workspace: Workspace, line: OpenLine) -> list[Change]:
    """The lines that were joined to this one go; what they are evidence for has this one instead."""
    changes = []
    for other in line.swallows:
        if find(workspace, NoteLine, other) is None or is_hidden(workspace, other):
            continue
        if _changed_unseen(workspace, other, line.as_of):
            continue
        changes.append(Change(NoteLine.kind, other, {DELETED: DELETE}))
        changes += _pinned_anew(workspace, other, line.id)
    return changes


def _pinned_anew(workspace: Workspace, old: Id, new: Id) -> list[Change]:
    held = {link.finding for link in records(workspace, EvidenceLink, evidence=new)}
    return [
        linked_alike(link, link.finding, new)
        for link in records(workspace, EvidenceLink, evidence=old)
        if link.finding is not None and link.finding not in held
    ]


def _author(workspace: Workspace, line: OpenLine) -> str:
    """Whose words a line holds: of a part split off, whose line it was."""
    whole = find(workspace, NoteLine, line.part_of)
    return (whole.author if whole else "") or workspace.identity.person


def _strengths(workspace: Workspace, line: OpenLine) -> dict[Id, str]:
    """How strong the themes are on the lines that this one takes over or was split from."""
    others = [*line.swallows, *([line.part_of] if line.part_of else ())]
    tags = records(workspace, Tag, coder=None, target=others) if others else []
    return {tag.theme: tag.strength for tag in tags if tag.theme is not None}


def _changed_unseen(workspace: Workspace, id: Id, as_of: int | None) -> bool:
    """Whether a colleague's change came in that was not on the screen: then nothing is deleted over it."""
    return as_of is not None and changed_by_others(workspace, id, as_of)


def _tagged(workspace: Workspace, line: OpenLine) -> bool:
    return any(tag.theme not in line.off for tag in records(workspace, Tag, coder=None, target=line.id))
