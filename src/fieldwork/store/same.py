"""Records that were entered twice, read as one: a joined set stands under the smallest of its ids."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa

from fieldwork.domain.records import Record, Tag
from fieldwork.domain.same import AFFECTED, JOINABLE, REFERS
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace

R = TypeVar("R", bound=Record)

_PAIRS = (
    "SELECT a.id, a.hidden, b.id, b.hidden FROM joining j "
    "JOIN object a ON a.id = j.one JOIN object b ON b.id = j.other "
    f"WHERE j.joined = 1 AND j.hidden = 0 AND a.kind = b.kind AND a.kind IN ({', '.join(map(repr, JOINABLE))})"
)
_MERGED = "SELECT id FROM theme WHERE merged_into IS NOT NULL"


@dataclass(frozen=True)
class Sets:
    """The joined sets that stand. shown: every member to the id its set is read under."""

    shown: Mapping[Id, Id] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.shown)

    def of(self, id: Id) -> Id:
        """The id under which a record is read."""
        return self.shown.get(id, id)

    def members(self, id: Id) -> list[Id]:
        """All ids of the set a record belongs to, the smallest first; itself alone outside any."""
        return self._together.get(self.of(id), [id])

    @cached_property
    def _together(self) -> dict[Id, list[Id]]:
        found: dict[Id, list[Id]] = {}
        for one in sorted(self.shown):
            found.setdefault(self.shown[one], []).append(one)
        return found

    def widened(self, kind: str, name: str, value: object) -> object:
        """What a field is asked for, so that links to any member of a set are found."""
        if name == "id" and kind in JOINABLE:
            if isinstance(value, (list, tuple, set, frozenset)):
                return [self.of(one) for one in value]
            return self.of(value) if isinstance(value, bytes) else value
        if name not in REFERS.get(kind, ()):
            return value
        if isinstance(value, (list, tuple, set, frozenset)):
            return [member for one in value for member in (self.members(one) if one is not None else [None])]
        return self.members(value) if isinstance(value, bytes) else value

    def as_one(self, cls: type[R], some: Iterable[R]) -> list[R]:
        """Records with every set read as one: its other members left out, links led to the one shown."""
        kept = [one for one in some if self.of(one.id) == one.id or cls.kind not in JOINABLE]
        if cls is Tag:
            kept = self._single_tags(kept)
        return [self.led(one) for one in kept]

    def led(self, one: R) -> R:
        """A record whose links name what is shown."""
        moved: dict[str, Any] = {}
        for name in REFERS.get(one.kind, ()):
            held = getattr(one, name)
            if held in self.shown and self.shown[held] != held:
                moved[name] = self.shown[held]
            if name in ("parent", "merged_into") and moved.get(name, held) == one.id:
                moved[name] = None
        return replace(one, **moved) if moved else one

    def _single_tags(self, tags: Sequence[R]) -> list[R]:
        """One tag for each thing tagged, theme and coder: two themes that are the same make no second one."""
        best: dict[tuple[object, ...], tuple[bool, Id, Id]] = {}
        for tag in tags:
            theme = getattr(tag, "theme", None) or b""
            key = getattr(tag, "target", None), self.of(theme) or tag.id, getattr(tag, "coder", None)
            rank = theme != self.of(theme), theme, tag.id
            best[key] = min(best.get(key, rank), rank)
        standing = {id for _, _, id in best.values()}
        return [tag for tag in tags if tag.id in standing]


NONE = Sets()


def sets_in(db: sa.Connection, kind: str = "") -> Sets:
    """The joined sets; for a kind that nothing of it can touch, none, without looking.

    A pair counts while both its records are here and of one kind. A set is read under the smallest id that
    is neither deleted nor a theme that was merged into another.
    """
    if kind and kind not in AFFECTED:
        return NONE
    pairs = db.exec_driver_sql(_PAIRS).fetchall()
    return Sets(_united(pairs, {id for (id,) in db.exec_driver_sql(_MERGED)})) if pairs else NONE


def sets(workspace: Workspace) -> Sets:
    """The joined sets that stand here now."""
    with workspace.read() as db:
        return sets_in(db)


def _united(pairs: Iterable[Sequence[object]], merged: Collection[Id]) -> dict[Id, Id]:
    above: dict[Id, Id] = {}
    gone: dict[Id, bool] = {}

    def top(id: Id) -> Id:
        while above[id] != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    for one, one_gone, other, other_gone in pairs:
        assert isinstance(one, bytes) and isinstance(other, bytes)
        gone[one], gone[other] = bool(one_gone), bool(other_gone)
        above.setdefault(one, one)
        above.setdefault(other, other)
        above[top(one)] = top(other)
    together: dict[Id, list[Id]] = {}
    for id in above:
        together.setdefault(top(id), []).append(id)
    shown = {
        top_id: min(ids, key=lambda id: (gone[id], id in merged, id)) for top_id, ids in together.items()
    }
    return {id: shown[top(id)] for id in above}
