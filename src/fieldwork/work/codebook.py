"""The codebook: a tree of themes at most three levels deep, and every change a team makes to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.order import between
from fieldwork.domain.records import Tag, Theme
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import get, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.tag_counts import tag_counts
from fieldwork.store.workspace import Workspace
from fieldwork.work.describing import describe_record
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import homes
from fieldwork.work.same import parting, said_of
from fieldwork.work.settling import glimpse
from fieldwork.work.theme_tree import (
    MAX_DEPTH,
    Entry,
    checked_colour,
    checked_name,
    codebook,
    free_code,
    last_place,
    place_behind,
)
from fieldwork.work.themes import tag_change, theme_code


def add_theme(
    workspace: Workspace,
    *,
    name: str,
    parent: Id | None = None,
    guidance: str = "",
    examples: str = "",
    colour: str = "",
    heading: bool = False,
    at: int | None = None,
) -> Done:
    """Add a theme at the end of those below another one, or of the codebook. At most three levels.

    Raises Fault where a theme of that name stands there.
    """
    name = checked_name(name)
    entries = codebook(workspace)
    parent = get(workspace, Theme, parent).id if parent is not None else None
    depth = _depth_of(entries, parent) + 1 if parent is not None else 0
    if depth >= MAX_DEPTH:
        raise Fault(f"Themes go {MAX_DEPTH} levels deep; put this one higher up.")
    _refuse_twice(entries, name, parent)
    code = _code_for(entries, name, parent)
    fields = {
        "code": code,
        "name": name,
        "parent": parent,
        "guidance": guidance,
        "position": place_behind(last_place(entries), code),
        **({"examples": examples} if examples else {}),
        **({"colour": checked_colour(colour)} if colour else {}),
        **({"heading": 1} if heading else {}),
    }
    id = derived_id(Theme.kind, code)
    return do(workspace, "theme", [Change(Theme.kind, id, {**fields, DELETED: None})], id=id, at=at)


def rename_theme(
    workspace: Workspace, *, theme: Id, name: str, as_of: int | None = None, at: int | None = None
) -> Done:
    """Give a theme another name; what carries it carries it on, and its older names stay in its history."""
    held = get(workspace, Theme, theme)
    name = _new_name(workspace, held, name)
    if name == held.name:
        return Done(held.id)
    return _changed(workspace, "rename a theme", held.id, {"name": name}, as_of, at)


def describe_theme(
    workspace: Workspace,
    *,
    theme: Id,
    name: str | None = None,
    guidance: str | None = None,
    examples: str | None = None,
    colour: str | None = None,
    heading: bool | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Say when a theme is used, with examples; its colour (#rrggbb, "" for none); whether it only groups others.

    name: as in `rename_theme`.
    """
    held = get(workspace, Theme, theme)
    if name is not None:
        name = _new_name(workspace, held, name)
    if heading and any(one.theme == held.id for one in records(workspace, Tag, theme=held.id)):
        raise Fault(
            f'"{held.name}" is on evidence; move its tags to another theme before it only groups others.'
        )
    said = {
        "name": name,
        "guidance": guidance,
        "examples": examples,
        "colour": None if colour is None else checked_colour(colour),
        "heading": None if heading is None else int(heading),
    }
    fields = {
        name: value for name, value in said.items() if value is not None and value != getattr(held, name)
    }
    return _changed(workspace, "describe a theme", held.id, fields, as_of, at) if fields else Done(held.id)


def place_theme(
    workspace: Workspace,
    *,
    theme: Id,
    parent: Id | None = None,
    after: Id | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Put a theme, with all below it, under another one (or at the top), behind a sister; first without one."""
    entries = codebook(workspace)
    held = get(workspace, Theme, theme)
    parent = get(workspace, Theme, parent).id if parent is not None else None
    family = _family(entries, held.id)
    if parent in family:
        raise Fault(f'"{held.name}" cannot stand below itself; choose another place.')
    depth = _depth_of(entries, parent) + 1 if parent is not None else 0
    if depth + _height(entries, held.id) >= MAX_DEPTH:
        raise Fault(
            f'Themes go {MAX_DEPTH} levels deep; "{held.name}" with what is below it would stand lower.'
        )
    _refuse_twice([e for e in entries if e.theme.id != held.id], held.name, parent)
    sisters = [e.theme for e in entries if _above(e, entries) == parent and e.theme.id != held.id]
    if after is not None and after not in {one.id for one in sisters}:
        raise Fault(f'"{held.name}" can be put behind a theme of the same place only.')
    at_place = next((place + 1 for place, one in enumerate(sisters) if one.id == after), 0)
    before = sisters[at_place - 1].position if at_place else ""
    behind = sisters[at_place].position if at_place < len(sisters) else ""
    fields: dict[str, object] = {"position": between(before, behind if behind > before else "")}
    if parent != held.parent:
        fields["parent"] = parent
    return _changed(workspace, "move a theme", held.id, fields, as_of, at)


def merge_themes(
    workspace: Workspace, *, theme: Id, into: Id, reason: str = "", at: int | None = None
) -> Done:
    """Read a theme as another from now on: what carries it counts there, once. Nothing is rewritten."""
    one, other = get(workspace, Theme, theme), get(workspace, Theme, into)
    joined = sets(workspace)
    if joined.of(one.id) == joined.of(other.id):
        raise Fault(f'"{one.name}" is read as "{other.name}" already.')
    if other.heading:
        raise Fault(f'"{other.name}" only groups others and takes no tag; choose a theme below it.')
    entries = codebook(workspace)
    family = _family(entries, one.id)
    if other.id in family or one.id in _family(entries, other.id):
        raise Fault("One of these themes stands below the other; move it first, then merge them.")
    if _depth_of(entries, other.id) + _height(entries, one.id) >= MAX_DEPTH:
        raise Fault(f'Themes go {MAX_DEPTH} levels deep; what is below "{one.name}" would stand lower.')
    changes = [said_of(one.id, other.id, 1), Change(Theme.kind, one.id, {"merged_into": other.id})]
    return do(workspace, "merge themes", changes, id=one.id, reason=reason, at=at)


def part_themes(workspace: Workspace, *, theme: Id, reason: str = "", at: int | None = None) -> Done:
    """Read a theme that was merged into another by itself again."""
    held = next(iter(records(workspace, Theme, id=[theme], apart=True)), None)
    if held is None or held.merged_into is None:
        raise Fault("This theme is not merged into another one.")
    changes = [*parting(workspace, held.merged_into, theme), Change(Theme.kind, theme, {"merged_into": None})]
    return do(workspace, "part themes", changes, id=theme, reason=reason, at=at)


@dataclass(frozen=True)
class Carried:
    """A piece of evidence that carries a theme: its tag, its words, where it is, and which way it points."""

    tag: Id
    words: str
    where: str
    direction: str


def carried_by(workspace: Workspace, theme: Id) -> list[Carried]:
    """What carries a theme, the last to come first."""
    some = records(workspace, Tag, apart=True, coder=None, theme=sets(workspace).members(theme))
    at_home = homes(workspace, [tag.target for tag in some])
    found = []
    for tag in sorted(some, key=lambda one: one.target or b"", reverse=True):
        if tag.target is not None:
            where = describe_record(workspace, at_home.get(tag.target, tag.target))
            found.append(Carried(tag.id, glimpse(workspace, tag.target), where, tag.direction or "neutral"))
    return found


def split_theme(
    workspace: Workspace, *, theme: Id, name: str, tags: Sequence[Id], at: int | None = None
) -> Done:
    """Make a theme beside another and put it, in its stead, on what these tags stand on; one act."""
    held, name = get(workspace, Theme, theme), checked_name(name)
    wanted = set(tags)
    some = [
        one
        for one in records(workspace, Tag, apart=True, coder=None, theme=sets(workspace).members(held.id))
        if one.id in wanted
    ]
    if not some or len(some) < len(wanted):
        raise Fault(f'Choose evidence that carries "{held.name}"; what is chosen goes to the new theme.')
    entries = codebook(workspace)
    _refuse_twice(entries, name, held.parent)
    code = _code_for(entries, name, held.parent)
    id = derived_id(Theme.kind, code)
    following = [e.theme.position for e in entries if e.theme.position > held.position]
    fields = {"code": code, "name": name, "parent": held.parent, DELETED: None}
    fields["position"] = between(held.position, min(following, default=""))
    changes = [Change(Theme.kind, id, fields)]
    for one in some:
        if one.target is not None:
            changes.append(tag_change(one.target, id, one.direction or "neutral", one.strength))
            changes.append(Change(Tag.kind, one.id, {DELETED: DELETE}))
    return do(workspace, "split a theme", changes, id=id, at=at)


def withdraw_theme(
    workspace: Workspace,
    *,
    theme: Id,
    withdrawn: bool = True,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Offer a theme no more, or again; what carries it keeps it."""
    held = get(workspace, Theme, theme)
    fields = {"withdrawn": int(withdrawn)}
    return _changed(workspace, "withdraw a theme", held.id, fields, as_of, at)


# -- what the acts share


def _new_name(workspace: Workspace, held: Theme, name: str) -> str:
    name = checked_name(name)
    if name != held.name:
        _refuse_twice([e for e in codebook(workspace) if e.theme.id != held.id], name, held.parent)
    return name


def _changed(
    workspace: Workspace, act: str, id: Id, fields: Mapping[str, object], as_of: int | None, at: int | None
) -> Done:
    return do(workspace, act, [Change(Theme.kind, id, fields)], id=id, as_of=as_of, at=at)


def _refuse_twice(entries: Sequence[Entry], name: str, parent: Id | None) -> None:
    for entry in entries:
        same_name = theme_code(entry.theme.name) == theme_code(name)
        if same_name and _above(entry, entries) == parent:
            was = ", withdrawn; offer it again" if entry.theme.withdrawn else "; give another name"
            raise Fault(f'There is a theme "{entry.theme.name}" in that place already{was}.')


def _code_for(entries: Sequence[Entry], name: str, parent: Id | None) -> str:
    above = next((e.theme.code for e in entries if e.theme.id == parent), "")
    return free_code({entry.theme.code for entry in entries}, name, above)


def _above(entry: Entry, entries: Sequence[Entry]) -> Id | None:
    """The theme it stands below, None at the top."""
    return entry.theme.parent if entry.depth else None


def _depth_of(entries: Sequence[Entry], theme: Id) -> int:
    found = next((entry.depth for entry in entries if entry.theme.id == theme), None)
    if found is None:
        raise Fault("That theme is not in the codebook.")
    return found


def _height(entries: Sequence[Entry], theme: Id) -> int:
    """How many levels stand below a theme."""
    family = _family(entries, theme)
    return max(e.depth for e in entries if e.theme.id in family) - _depth_of(entries, theme)


def _family(entries: Sequence[Entry], theme: Id) -> set[Id]:
    """A theme and all below it."""
    found = {theme}
    for entry in entries:
        if entry.theme.parent in found:
            found.add(entry.theme.id)
    return found


# -- as the window shows it


@dataclass(frozen=True)
class Shown:
    """A theme in the codebook's order. counts: pieces by direction; merged: what is read as it, by id and name."""

    theme: Theme
    depth: int
    counts: Mapping[str, int]
    merged: tuple[tuple[Id, str], ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def codebook_now(workspace: Workspace) -> tuple[Shown, ...]:
    """The whole codebook with what each theme stands on."""
    counts, joined = tag_counts(workspace), sets(workspace)
    away = [one for one in records(workspace, Theme, apart=True) if joined.of(one.id) != one.id]
    return tuple(
        Shown(
            entry.theme,
            entry.depth,
            counts.get(entry.theme.id, {}),
            tuple((one.id, one.name) for one in away if joined.of(one.id) == entry.theme.id),
        )
        for entry in codebook(workspace)
    )
