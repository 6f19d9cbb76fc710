"""The same thing entered twice: what looks so, calling two records the same, and taking that back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import (
    KINDS,
    CaseFile,
    Examination,
    Joining,
    Record,
    Session,
    Stratum,
    Theme,
    Visit,
    field_rules,
)
from fieldwork.domain.same import JOINABLE, alike, joining_id
from fieldwork.domain.values import Id, codes, typable
from fieldwork.store import history as histories
from fieldwork.store.reading import get, is_hidden, kind_of, records
from fieldwork.store.recording import Change
from fieldwork.store.same import Sets, sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.settling import value_words
from fieldwork.work.team import members
from fieldwork.work.themes import theme_code

_KEYS: Mapping[str, Callable[[Record], tuple[str, ...]]] = {
    CaseFile.kind: lambda one: (alike(typable(getattr(one, "reference", ""))),),
    Visit.kind: lambda one: _days_and_bodies(one),
    Theme.kind: lambda one: (theme_code(str(getattr(one, "code", ""))),),
    Stratum.kind: lambda one: (alike(str(getattr(one, "code", ""))),),
}
OWN = frozenset({"position"})
"""Fields in which two entries of one thing always differ."""


def _days_and_bodies(one: Record) -> tuple[str, ...]:
    assert isinstance(one, Visit)
    if not one.planned_start or not one.bodies.strip():
        return ("",)
    return (one.planned_start, one.planned_end or one.planned_start, *sorted(codes(one.bodies)))


@dataclass(frozen=True)
class Entered:
    """One entry of a thing: who made it on which day (wall ms), and what hangs on it, in words."""

    id: Id
    title: str
    who: str
    at: int
    holds: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A field that two entries say differently: `values` in words, in the order of the entries."""

    field: str
    words: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Twice:
    """Entries that look like one thing, or that are read as one: the first is shown, or would be.

    joined: they are read as one now.
    """

    kind: str
    noun: str
    title: str
    entries: tuple[Entered, ...]
    differences: tuple[Difference, ...]
    joined: bool

    def plain(self) -> dict[str, object]:
        """As `fieldwork conflicts` tells it."""
        return {
            "kind": self.kind,
            "words": self.title,
            "records": [
                {
                    "id": one.id.hex(),
                    "words": one.title,
                    "person": one.who,
                    "at": one.at,
                    "holds": list(one.holds),
                }
                for one in self.entries
            ],
            "differences": [
                {"field": one.field, "words": one.words, "values": list(one.values)}
                for one in self.differences
            ],
        }


def twice(workspace: Workspace) -> list[Twice]:
    """Pairs that look like one thing entered twice, and of which nobody has said yet whether they are."""
    pairs = candidates(workspace)
    told = _Telling(workspace, [id for _, pair in pairs for id in pair])
    return [told.of(kind, pair, joined=False) for kind, pair in pairs]


def candidates(workspace: Workspace) -> list[tuple[str, tuple[Id, Id]]]:
    """The pairs of `twice` by kind and ids, the smaller id first. Cheap: no history is read."""
    joined = sets(workspace)
    apart = {
        frozenset((said.one, said.other))
        for said in records(workspace, Joining, joined=0)
        if said.one is not None and said.other is not None
    }
    found: list[tuple[str, tuple[Id, Id]]] = []
    for kind in JOINABLE:
        groups: dict[tuple[str, ...], dict[Id, None]] = {}
        for one in records(workspace, KINDS[kind], apart=True):
            key = _KEYS[kind](one)
            if any(key):
                groups.setdefault(key, {})[joined.of(one.id)] = None
        for some in groups.values():
            first, *others = sorted(some)
            found += [
                (kind, (first, other)) for other in others if not _said_apart(joined, apart, first, other)
            ]
    return found


def _said_apart(joined: Sets, apart: set[frozenset[Id]], one: Id, other: Id) -> bool:
    return bool(apart) and any(
        frozenset((first, second)) in apart
        for first in joined.members(one)
        for second in joined.members(other)
    )


def joined_sets(workspace: Workspace) -> list[Twice]:
    """What is read as one now, so that it can be put right or parted again."""
    joined = sets(workspace)
    told = _Telling(workspace, list(joined.shown))
    found = []
    for first in sorted(set(joined.shown.values())):
        kind = kind_of(workspace, first)
        entries = [first, *(id for id in joined.members(first) if id != first)]
        entries = [id for id in entries if not is_hidden(workspace, id)]
        if kind and len(entries) > 1:
            found.append(told.of(kind, entries, joined=True))
    return found


class _Telling:
    """Puts entries into words."""

    def __init__(self, workspace: Workspace, ids: Sequence[Id]) -> None:
        self.workspace = workspace
        self.sets = sets(workspace)
        self.people = members(workspace)
        self.writers = histories.entered_by(workspace, ids)

    def of(self, kind: str, ids: Sequence[Id], joined: bool) -> Twice:
        held = {
            one.id: one for one in records(self.workspace, KINDS[kind], id=list(ids), apart=True, hidden=True)
        }
        some = [held[id] for id in ids if id in held]
        noun = KINDS[kind].words
        title = f"{noun.capitalize()} {_called(some[0])}"
        entries = tuple(self._entered(one) for one in some)
        return Twice(kind, noun, title, entries, self._differences(kind, some), joined)

    def _entered(self, one: Record) -> Entered:
        who, at = self.writers.get(one.id, ("", 0))
        return Entered(one.id, _called(one), who, at, self._holds(one))

    def _holds(self, one: Record) -> tuple[str, ...]:
        if isinstance(one, CaseFile):
            return tuple(
                f"{'finished' if e.finished else 'begun'} by {self.people.get(e.examiner or b'', 'an examiner')}"
                for e in records(self.workspace, Examination, apart=True, case_file=one.id, order="started")
                if e.started is not None
            )
        if isinstance(one, Visit):
            sessions = len(records(self.workspace, Session, apart=True, visit=one.id))
            files = len(records(self.workspace, CaseFile, apart=True, visit=one.id))
            return tuple(_counted(n, noun) for n, noun in ((sessions, "session"), (files, "file")) if n)
        if isinstance(one, Stratum):
            files = len(records(self.workspace, CaseFile, apart=True, stratum=one.id))
            return (_counted(files, "file"),) if files else ()
        return ()

    def _differences(self, kind: str, some: Sequence[Record]) -> tuple[Difference, ...]:
        found = []
        for rule in field_rules(kind).values():
            values = [getattr(one, rule.name) for one in some]
            values = [self.sets.of(v) if isinstance(v, bytes) else v for v in values]
            if rule.name == "bodies":  # in whichever order
                values = [" ".join(sorted(codes(str(value)))) for value in values]
            if rule.name in OWN or len(set(values)) < 2:
                continue
            words = tuple(
                value_words(self.workspace, one.id, rule.name, value)
                for one, value in zip(some, values, strict=True)
            )
            found.append(Difference(rule.name, rule.words, words))
        return tuple(found)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _called(one: Record) -> str:
    if isinstance(one, Visit):
        return one.title or " and ".join(codes(one.bodies))
    for name in ("reference", "name", "code"):
        if getattr(one, name, ""):
            return str(getattr(one, name))
    return one.id.hex()[-8:]


# -- acts


def join_records(
    workspace: Workspace, *, one: Id, other: Id, reason: str = "", at: int | None = None
) -> Done:
    """Say that two case files, visits, themes or strata are the same thing, entered twice.

    They are read as one under the smaller id; what hangs on either stays. Raises Fault for records that are
    not here, deleted or of two kinds.
    """
    kind = _of_one_kind(workspace, one, other)
    if kind == Theme.kind and (_above(workspace, one, other) or _above(workspace, other, one)):
        raise Fault("One of these themes stands below the other; move it first, then they can be the same.")
    done = do(workspace, "same as", [said_of(one, other, 1)], id=joining_id(one, other), reason=reason, at=at)
    return _with_records(workspace, done, kind, [one, other])


def lift_joining(
    workspace: Workspace, *, one: Id, other: Id, reason: str = "", at: int | None = None
) -> Done:
    """Say that two records are not the same: `other` leaves the set they were joined in, the rest stays one.

    They are not offered for joining again, until somebody joins them.
    """
    kind = _of_one_kind(workspace, one, other, deleted=True)
    concerned = [*sets(workspace).members(one), other]
    changes = parting(workspace, one, other)
    done = do(workspace, "not the same", changes, id=joining_id(one, other), reason=reason, at=at)
    return _with_records(workspace, done, kind, concerned)


def parting(workspace: Workspace, one: Id, other: Id) -> list[Change]:
    """The changes by which `other` leaves the set it is joined in, and the rest stays one."""
    concerned = sets(workspace).members(one)
    if other not in concerned:
        return [said_of(one, other, 0)]
    rest = [id for id in concerned if id != other]
    changes = [said_of(other, id, 0) for id in rest]
    return [*changes, *(said_of(rest[0], id, 1) for id in _loose(workspace, rest))]


def put_right(
    workspace: Workspace, *, record: Id, field: str, value_of: Id, reason: str = "", at: int | None = None
) -> Done:
    """Where joined entries differ, give the one that is shown what another of them says in a field."""
    kind = _of_one_kind(workspace, record, value_of, deleted=True)
    shown = sets(workspace).of(record)
    if value_of not in sets(workspace).members(shown):
        raise Fault("These two are not joined; join them first.")
    if field not in field_rules(kind):
        known = ", ".join(field_rules(kind))
        raise Fault(f'A {KINDS[kind].words} has no field "{field}"; it has {known}.')
    held = records(workspace, KINDS[kind], id=[value_of], apart=True, hidden=True)[0]
    change = Change(kind, shown, {field: getattr(held, field)})
    return do(workspace, "put right", [change], id=shown, reason=reason, at=at)


def said_of(one: Id, other: Id, joined: int) -> Change:
    """What is said about two records: 1 that they are one thing, 0 that they are not."""
    first, second = sorted((one, other))
    return Change(Joining.kind, joining_id(one, other), {"one": first, "other": second, "joined": joined})


def _of_one_kind(workspace: Workspace, one: Id, other: Id, deleted: bool = False) -> str:
    kinds = [kind_of(workspace, id) for id in (one, other)]
    for id, kind in zip((one, other), kinds, strict=True):
        if kind is None:
            raise Fault(f"There is no record {id.hex()[:8]} here; it may not have been merged yet.")
        if not deleted and is_hidden(workspace, id):
            noun = KINDS[kind].words if kind in KINDS else "record"
            raise Fault(f"The {noun} {id.hex()[:8]} was deleted; bring it back first.")
    if one == other:
        raise Fault("That is one record, not two; name the other entry.")
    if kinds[0] != kinds[1] or kinds[0] not in JOINABLE:
        raise Fault("Only two case files, two visits, two themes or two strata can be the same thing.")
    return str(kinds[0])


def _above(workspace: Workspace, upper: Id, lower: Id) -> bool:
    joined, seen = sets(workspace), set()
    above: Id | None = get(workspace, Theme, lower).parent
    while above is not None and above not in seen:
        if joined.of(above) == joined.of(upper):
            return True
        seen.add(above)
        above = get(workspace, Theme, above).parent
    return False


def _loose(workspace: Workspace, rest: Sequence[Id]) -> list[Id]:
    """Those of a set that no standing word joins to its first any more, now that one has left."""
    links = [(said.one, said.other) for said in records(workspace, Joining, joined=1)]
    reached = {rest[0]}
    for _ in rest:
        for one, other in links:
            if one in rest and other in rest and (one in reached or other in reached):
                reached |= {id for id in (one, other) if id is not None}
    return [id for id in rest if id not in reached]


def _with_records(workspace: Workspace, done: Done, kind: str, ids: Iterable[Id]) -> Done:
    if done.entry is None:
        return done
    return replace(done, changed={**done.changed, kind: frozenset(ids)})
