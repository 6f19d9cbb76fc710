"""Coding checks: several put themes on the same sessions, each by themselves, and it is counted how far they agree.

A coder's tags stand beside the team's, are counted nowhere else, and are shown to others once all have finished.
They are not sealed: whoever reads a database by other means can find them.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldwork.analysis.agreement import Figure, agreement
from fieldwork.analysis.ratings import ratings
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import CodingCheck, CodingDone
from fieldwork.domain.records import NoteLine, Session, Tag, TeamMember, Theme
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.domain.vocabulary import DIRECTIONS
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import counts_by, get, records, records_of
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.file_view import called
from fieldwork.work.themes import tag_change
from fieldwork.work.visits import session_title

LONGEST_TITLE = 80
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Check:
    """A coding check. coders: members and what they are called; finished: those who said so; mine: one is a coder."""

    id: Id
    title: str
    sessions: tuple[Id, ...]
    coders: Mapping[Id, str]
    finished: frozenset[Id]
    mine: bool
    done: bool  # whether this member has finished

    @property
    def whole(self) -> bool:
        """Whether all have finished, so that it is shown."""
        return self.finished >= self.coders.keys()


@dataclass(frozen=True)
class ToCode:
    """A line to be coded. themes: those this coder has put on it, with the direction of each."""

    line: Id
    session: str
    text: str
    themes: tuple[tuple[Id, str, str], ...]


@dataclass(frozen=True)
class Differing:
    """A line that not all have put a theme on: who did, and who did not."""

    line: Id
    text: str
    put: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class ThemeAgreement:
    """How far coders agree on a theme, line by line. all: lines all put it on; differing: some did; none: nobody."""

    theme: Id
    name: str
    all: int
    none: int
    differing: tuple[Differing, ...]
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Coded:
    """A finished check. lines: that say something; left: agreed tags that are not the team's yet."""

    check: Check
    lines: int
    themes: tuple[ThemeAgreement, ...]
    left: int


# -- beginning


def begin_check(
    workspace: Workspace,
    *,
    sessions: Sequence[Id],
    coders: Sequence[Id],
    title: str = "",
    at: int | None = None,
) -> Done:
    """Let members code sessions, each by themselves. Raises Fault for fewer than two, or sessions without a line."""
    lead_or_fault(workspace, "begins a coding check")
    chosen, who = list(dict.fromkeys(sessions)), sorted(set(coders))
    for session in chosen:
        held = get(workspace, Session, session)
        if not _lines(workspace, [session]):
            raise Fault(f'"{session_title(held)}" has no lines yet; choose a session with a note.')
    for member in who:
        get(workspace, TeamMember, member)
    if not chosen:
        raise Fault("Choose a session to code.")
    if len(who) < 2:
        raise Fault("A coding check needs two coders or more.")
    first = session_title(get(workspace, Session, chosen[0]))
    more = f" and {len(chosen) - 1} more" if len(chosen) > 1 else ""
    said = " ".join(title.split())[:LONGEST_TITLE] or f"{first}{more}"
    fields = {"title": said, "sessions": b"".join(chosen), "coders": b"".join(who)}
    change = Change(CodingCheck.kind, new_id(), fields)
    return do(workspace, "coding check", [change], id=change.id, at=at)


def drop_check(workspace: Workspace, *, check: Id, at: int | None = None) -> Done:
    """Take a check back; what was coded goes with it, and can be brought back."""
    lead_or_fault(workspace, "drops a coding check")
    get(workspace, CodingCheck, check)
    return do(workspace, "drop a coding check", [Change(CodingCheck.kind, check, {DELETED: DELETE})], at=at)


def checks(workspace: Workspace) -> list[Check]:
    """The coding checks, those this member has to code first."""
    me = workspace.identity.member
    people = {one.id: called(one) for one in records(workspace, TeamMember)}
    finished: dict[Id, set[Id]] = {}
    for one in records(workspace, CodingDone):
        if one.finished and one.check and one.coder:
            finished.setdefault(one.check, set()).add(one.coder)
    found = []
    for held in records(workspace, CodingCheck):
        coders = {id: people.get(id, "a colleague") for id in _ids(held.coders)}
        done = frozenset(finished.get(held.id, ())) & coders.keys()
        mine = me in coders
        found.append(Check(held.id, held.title, _ids(held.sessions), coders, done, mine, me in done))
    return sorted(found, key=lambda one: (not one.mine or one.done, one.whole, one.title, one.id))


def check_of(workspace: Workspace, id: Id) -> Check:
    """One coding check. Raises Fault when there is none."""
    get(workspace, CodingCheck, id)
    return next(one for one in checks(workspace) if one.id == id)


def _ids(joined: bytes | None) -> tuple[Id, ...]:
    some = joined or b""
    return tuple(some[at : at + 16] for at in range(0, len(some) - 15, 16))


def _lines(workspace: Workspace, sessions: Sequence[Id]) -> list[NoteLine]:
    """The lines that say something, session by session in reading order."""
    order = {id: place for place, id in enumerate(sessions)}
    some = [one for one in records_of(workspace, NoteLine, "session", sessions) if one.text.strip()]
    return sorted(some, key=lambda one: (order.get(one.session or b"", 0), one.place, one.typed or 0, one.id))


@dataclass(frozen=True)
class ToChoose:
    """What a check can be begun with: sessions with how many lines they have, the latest first; members by name."""

    sessions: tuple[tuple[Id, str, int], ...]
    members: tuple[tuple[Id, str], ...]


def to_choose(workspace: Workspace) -> ToChoose:
    counts = counts_by(workspace, NoteLine, "session")
    some = sorted(
        records(workspace, Session), key=lambda one: one.started or one.planned_start or 0, reverse=True
    )
    members = sorted((called(one), one.id) for one in records(workspace, TeamMember))
    return ToChoose(
        tuple((one.id, session_title(one), counts[one.id]) for one in some if counts.get(one.id)),
        tuple((id, name) for name, id in members),
    )


# -- coding


def to_code(workspace: Workspace, check: Id) -> list[ToCode]:
    """The lines of a check with this coder's own tags; nobody else's, the team's neither."""
    held = _own(workspace, check)
    titles = {one.id: session_title(one) for one in records_of(workspace, Session, "id", held.sessions)}
    lines = _lines(workspace, held.sessions)
    names = {one.id: one.name for one in records(workspace, Theme, hidden=True)}
    mine: dict[Id, list[tuple[Id, str, str]]] = {}
    for tag in _tags(workspace, held, [one.id for one in lines]):
        if tag.coder == workspace.identity.member and tag.target and tag.theme:
            said = (tag.theme, names.get(tag.theme, "a theme"), tag.direction or "neutral")
            mine.setdefault(tag.target, []).append(said)
    return [
        ToCode(one.id, titles.get(one.session or b"", ""), one.text, tuple(mine.get(one.id, ())))
        for one in lines
    ]


def code_line(
    workspace: Workspace,
    *,
    check: Id,
    line: Id,
    theme: Id,
    direction: str = "neutral",
    off: bool = False,
    at: int | None = None,
) -> Done:
    """Put a theme on a line as a coder of a check, or take it off."""
    held = _coding(workspace, check)
    one_of(direction, DIRECTIONS, "direction")
    if get(workspace, NoteLine, line).session not in held.sessions:
        raise Fault("That line is of a session that this check does not code.")
    if get(workspace, Theme, theme).heading:
        raise Fault("That theme only groups others; choose a theme below it.")
    me = workspace.identity.member
    assert me is not None
    id = derived_id(Tag.kind, line, theme, check, me)
    put = {"target": line, "theme": theme, "direction": direction, "coder": me, DELETED: None}
    change = Change(Tag.kind, id, {DELETED: DELETE} if off else put)
    return do(workspace, "uncode" if off else "code", [change], id=id, at=at)


def finish_coding(workspace: Workspace, *, check: Id, finished: bool = True, at: int | None = None) -> Done:
    """Say that one has coded all of it; or, until all have, that one goes on."""
    held = _own(workspace, check)
    if not finished and held.whole:
        raise Fault("All have finished and it is open to all; begin a new check to code again.")
    me = workspace.identity.member
    assert me is not None
    id = derived_id(CodingDone.kind, check, me)
    when = time.time_ns() // 1_000_000 if at is None else at
    fields = {"check": check, "coder": me, "finished": when if finished else None, DELETED: None}
    return do(workspace, "finish coding", [Change(CodingDone.kind, id, fields)], id=id, at=at)


def _own(workspace: Workspace, check: Id) -> Check:
    held = check_of(workspace, check)
    if not held.mine:
        raise Fault(f'"{held.title}" is coded by {" and ".join(held.coders.values())}.')
    return held


def _coding(workspace: Workspace, check: Id) -> Check:
    held = _own(workspace, check)
    if held.done:
        raise Fault("You have finished this check; say that you go on with it to change anything.")
    return held


def _tags(workspace: Workspace, check: Check, lines: Sequence[Id]) -> list[Tag]:
    """The tags of this check's coders on these lines, those of other checks left out; themes as they are read."""
    same = sets(workspace)
    found = []
    for tag in records_of(workspace, Tag, "target", lines):
        line, theme, coder = tag.target, tag.theme, tag.coder
        if line is None or theme is None or coder is None or coder not in check.coders:
            continue
        if any(tag.id == derived_id(Tag.kind, line, one, check.id, coder) for one in same.members(theme)):
            found.append(tag)
    return found


# -- comparing


Put = Mapping[Id, Mapping[Id, Mapping[Id, str]]]
"""By theme and line, the direction that each coder gave it."""


def _put_on(workspace: Workspace, check: Check, lines: Sequence[NoteLine]) -> Put:
    found: dict[Id, dict[Id, dict[Id, str]]] = {}
    for tag in _tags(workspace, check, [one.id for one in lines]):
        assert tag.theme is not None and tag.target is not None and tag.coder is not None
        found.setdefault(tag.theme, {}).setdefault(tag.target, {})[tag.coder] = tag.direction or "neutral"
    return found


def coded(workspace: Workspace, check: Id) -> Coded:
    """How far the coders of a check agree on each theme that any of them used.

    Raises Fault until all have finished.
    """
    held = _whole(workspace, check)
    lines = _lines(workspace, held.sessions)
    put = _put_on(workspace, held, lines)
    names = {one.id: one.name for one in records(workspace, Theme, hidden=True)}
    themes = [_agreement(held, lines, theme, names.get(theme, "a theme"), on) for theme, on in put.items()]
    left = len(_to_adopt(workspace, held, put))
    return Coded(held, len(lines), tuple(sorted(themes, key=lambda one: one.name)), left)


def _whole(workspace: Workspace, check: Id) -> Check:
    held = check_of(workspace, check)
    if not held.whole:
        left = [name for id, name in held.coders.items() if id not in held.finished]
        raise Fault(
            f"It opens once all have finished; {' and '.join(left)} {'has' if len(left) == 1 else 'have'} not."
        )
    return held


def _agreement(
    check: Check, lines: Sequence[NoteLine], theme: Id, name: str, on: Mapping[Id, Mapping[Id, str]]
) -> ThemeAgreement:
    marks = [
        (line.id, coder, YES if coder in on.get(line.id, ()) else NO)
        for line in lines
        for coder in check.coders
    ]
    differing = tuple(
        Differing(
            line.id,
            line.text,
            tuple(who for id, who in check.coders.items() if id in on[line.id]),
            tuple(who for id, who in check.coders.items() if id not in on[line.id]),
        )
        for line in lines
        if on.get(line.id) and len(on[line.id]) < len(check.coders)
    )
    every = sum(len(coders) == len(check.coders) for coders in on.values())
    figures = agreement(ratings(marks, scale="nominal", order=(NO, YES)))
    return ThemeAgreement(theme, name, every, len(lines) - every - len(differing), differing, figures)


def adopt(workspace: Workspace, *, check: Id, at: int | None = None) -> Done:
    """Put the themes that all coders put on a line on it for the team; where directions differ, as mixed."""
    held = _whole(workspace, check)
    changes = _to_adopt(workspace, held, _put_on(workspace, held, _lines(workspace, held.sessions)))
    if not changes:
        raise Fault("Whatever all have put on stands on its line already.")
    return do(workspace, "adopt coding", changes, at=at)


def _to_adopt(workspace: Workspace, check: Check, put: Put) -> list[Change]:
    """The team's tags that are still to be put: agreed by all, and not on the line yet."""
    agreed = {
        (line, theme): set(ways.values())
        for theme, on in put.items()
        for line, ways in on.items()
        if len(ways) == len(check.coders)
    }
    there = {
        (tag.target, tag.theme)
        for tag in records_of(workspace, Tag, "target", {line for line, _ in agreed})
        if tag.coder is None
    }
    return [
        tag_change(line, theme, min(ways) if len(ways) == 1 else "mixed")
        for (line, theme), ways in agreed.items()
        if (line, theme) not in there
    ]
