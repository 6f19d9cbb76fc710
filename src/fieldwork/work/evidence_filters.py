"""Evidence narrowed by what it is, and counted: by body, method, theme and so on."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from fieldwork.domain.marking_records import MarkingNote, Moderation
from fieldwork.domain.question_set import MET_CODES
from fieldwork.domain.records import Finding
from fieldwork.domain.values import Id
from fieldwork.store import sifting
from fieldwork.store.columns import columns
from fieldwork.store.recording import moment
from fieldwork.store.same import Sets, sets, sets_in
from fieldwork.store.searching import ALL_KINDS, KIND_GROUPS, match_of
from fieldwork.store.sifting import ANY_LEAD, CAN_CARRY, CAN_PIN, LEAD_BITS, Home, Sieve, TagsWanted
from fieldwork.store.workspace import Workspace, go_on
from fieldwork.work.evidence import Found, in_words
from fieldwork.work.filters import FACETS as FACETS
from fieldwork.work.filters import FLAGS as FLAGS
from fieldwork.work.filters import GROUNDS, OF_TAGS, checked, id_of
from fieldwork.work.filters import Filters as Filters
from fieldwork.work.pieces import ExaminationHome, Homes, Piece, all_homes, beside

LEAD_OF_BIT = {bit: lead for lead, bit in LEAD_BITS.items()}

Count = tuple[str, int]
"""A code of a facet (of records the id in hex, "" for none) and how many pieces have it."""


@dataclass(frozen=True)
class Page:
    """Some of what was found, and whether there is more. ranked: the best first, where words were looked for."""

    found: tuple[Found, ...]
    more: bool
    ranked: bool = True


@dataclass(frozen=True)
class Facets:
    """How many pieces fit in all, and by facet how many have each code, were nothing chosen of that facet.

    Codes stand with the most first. flags: how many are untagged and unpinned.
    """

    total: int
    by: Mapping[str, tuple[Count, ...]]
    flags: Mapping[str, int]


def look_up(
    workspace: Workspace,
    query: str,
    filters: Filters,
    *,
    after: int = 0,
    limit: int = 30,
    stopping: Callable[[], bool] = go_on,
) -> Page:
    """Evidence for a query and filters, best first, the part after the first `after`; without a query all that fits.

    Raises StoppedError once `stopping` says that nobody waits for it.
    """
    sieve = _sieve(workspace, query, filters)
    if sieve is None:
        return Page((), False)
    with workspace.read(stopping) as db:
        ranked = sifting.is_ranked(db, sieve)
        hits = sifting.page(db, sieve, limit + 1, after, ranked)
    return Page(tuple(in_words(workspace, hits[:limit])), len(hits) > limit, ranked)


def total(workspace: Workspace, query: str, filters: Filters) -> int:
    """How many pieces fit."""
    sieve = _sieve(workspace, query, filters)
    if sieve is None:
        return 0
    with workspace.read() as db:
        return sifting.total(db, sieve)


def facets(
    workspace: Workspace, query: str, filters: Filters, *, stopping: Callable[[], bool] = go_on
) -> Facets:
    """The counts beside a list of evidence. Raises StoppedError once `stopping` says that nobody waits for them."""
    sieve = _sieve(workspace, query, filters)
    if sieve is None:
        return Facets(0, {}, {})
    places = _places(workspace)
    homes, grounds = places.counting(filters.since, filters.until)
    whole = replace(sieve, kinds=_kinds(filters), homes=homes, leads=places.bits)
    tagged: dict[str, dict[Any, int]] = {}
    with workspace.read(stopping) as db:
        cells = list(sifting.cells(db, whole))
        answered = sifting.outcomes(db, sieve, MET_CODES)
        pinned = 0 if filters.unpinned else sifting.pinned(db, sieve)
        carrying = 0
        if not filters.untagged:
            tagged, carrying = sifting.tags(db, sieve, sets_in(db).shown)
    counts, flags, number = _counted(places, filters, cells, grounds)
    counts["outcome"] = Counter(answered)
    if not filters.untagged:  # what carries a tag fits all the rest, and can carry one
        flags["untagged"] = 0 if sieve.tags else flags["untagged"] - carrying
    if not filters.unpinned:
        flags["unpinned"] -= pinned
    for facet in OF_TAGS:
        some = tagged.get(facet, {})
        counts[facet] = Counter(
            {(code.hex() if isinstance(code, bytes) else str(code)): many for code, many in some.items()}
        )
    return Facets(number, {facet: _ordered(counts[facet]) for facet in FACETS}, flags)


def _ordered(counts: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _counted(
    places: "_Places", filters: Filters, cells: Iterable[sifting.Cell], grounds: Sequence[Id]
) -> tuple[dict[str, Counter[str]], dict[str, int], int]:
    """Every cell goes to the facets of which alone it fails what was chosen; to all where it fails nothing.

    A flag that is not asked for counts what could have it.
    """
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    flags = dict.fromkeys(FLAGS, 0)
    number = 0
    at_home = by_home(filters)
    other = (*OF_TAGS, "outcome")
    chosen = {facet: frozenset(codes) for facet, codes in filters.chosen if facet not in other}
    for cell in cells:
        has, timely = places.codes_of(cell, filters, grounds)
        fails = {facet for facet, codes in chosen.items() if codes.isdisjoint(has[facet])}
        if at_home and not has["visit"]:
            fails.update(("home", "visit"))
        if not timely:
            fails.add("day")
        if not cell.fits:
            fails.add("tags")
        if not cell.answers:
            fails.add("outcome")
        state = {"untagged": not cell.tagged, "unpinned": not cell.pinned}
        fails.update(flag for flag in FLAGS if getattr(filters, flag) and not state[flag])
        if len(fails) > 1:
            continue
        number += cell.number if not fails else 0
        for facet in fails or counts:
            for code in has.get(facet, ()):
                counts[facet][code] += cell.number
        for flag, kinds in (("untagged", CAN_CARRY), ("unpinned", CAN_PIN)):
            if state[flag] and fails <= {flag} and cell.kind in kinds:
                flags[flag] += cell.number
    return counts, flags, number


def _within(day: str, filters: Filters) -> bool:
    if not (filters.since or filters.until):
        return True
    return bool(day) and (filters.since or day) <= day <= (filters.until or day)


# -- where everything is at home


@dataclass(frozen=True, eq=False)
class _Places:
    """All places where evidence is at home, as they stand at one moment.

    bits: who leads each question, by code, first as any version has it, then of each; numbers: which of these a version
    is; counted: what `counting` gave.
    """

    homes: Homes
    moderations: Mapping[Id, ExaminationHome]
    notes: Mapping[Id, str]
    findings: Mapping[Id, Id | None]
    beside: Mapping[Id, Piece]
    bits: Sequence[Mapping[str, int]]
    numbers: Mapping[Id, int]
    counted: "dict[tuple[str, str], tuple[dict[Id, Home], list[Id]]]"

    def piece(self, kind: str, home: Id | None, lead: str) -> Piece:
        """What a piece of a kind has from where it is at home."""
        held = home or b""
        if kind in ("note_line", "session"):
            session = self.homes.sessions.get(held)
            by = self.homes.people.get(session.noted_by or b"", "") if session and kind == "session" else ""
            at = session.at if session and kind == "session" else None
            return self.homes.in_session(held, kind, home, by, at)
        if kind in ("answer", "moderated_mark"):
            some = self.homes.examinations if kind == "answer" else self.moderations
            one = some.get(held)
            if one is None:
                return Piece(held, kind)
            return self.homes.in_file(held, kind, one.file, lead, one.by, one.at)
        if kind == "agreed_answer":
            return self.homes.in_file(held, kind, home, lead)
        if kind == "marking_note":
            return Piece(held, kind, held, author=self.notes.get(held, ""))
        if held in self.beside:
            return self.beside[held]
        visit = self.findings.get(held)
        return Piece(held, kind, held, phase=self.homes.phases.get(visit or b""), visit=visit)

    def codes_of(
        self, cell: sifting.Cell, filters: Filters, grounds: Sequence[Id]
    ) -> tuple[dict[str, tuple[str, ...]], bool]:
        """The codes that the pieces of a cell have of each facet but those of tags; whether its days are asked for."""
        home = grounds[cell.ground] if cell.ground is not None else None
        piece = self.piece(cell.kind, home, LEAD_OF_BIT.get(cell.lead, ""))
        author, timely = piece.author, cell.in_time
        if cell.kind == "note_line":
            author = cell.author or ""
        else:
            timely = _within(_day(piece.at), filters)
        if cell.kind == "agreed_answer":
            author = self.homes.people.get(cell.author or b"", "")
        return {**grounds_of(piece), "kind": (cell.kind,), "author": (author,)}, timely

    def counting(self, since: str, until: str) -> tuple[dict[Id, Home], list[Id]]:
        """Every home with the number of its ground, and one home of each ground: those are alike in all that counts."""
        if (since, until) not in self.counted:
            self.counted.clear()
            self.counted[since, until] = self._grounds(Filters(since=since, until=until))
        return self.counted[since, until]

    def _grounds(self, days: Filters) -> tuple[dict[Id, Home], list[Id]]:
        known: dict[Hashable, int] = {}
        found: dict[Id, Home] = {}
        grounds: list[Id] = []

        def put(id: Id, version: int, *alike: Hashable) -> None:
            number = known.setdefault(alike, len(known))
            if number == len(grounds):
                grounds.append(id)
            found[id] = Home(version=version, ground=number)

        for id, session in self.homes.sessions.items():
            put(id, 0, "session", *session[:-1], _within(_day(session.at), days))
        for kind, some in (("answer", self.homes.examinations), ("look", self.moderations)):
            for id, one in some.items():
                file = self.homes.files.get(one.file or b"")
                number = self.numbers.get(one.question_set or b"", 0)
                put(id, number, kind, file, one.by, _within(_day(one.at), days))
        for id, file in self.homes.files.items():
            put(id, 0, "file", file)
        for id, author in self.notes.items():
            put(id, 0, "note", author)
        for id, visit in self.findings.items():
            put(id, 0, "finding", visit)
        for id, piece in self.beside.items():
            put(id, 0, piece.kind, piece.method, piece.bodies, piece.visit)
        return found, grounds

    def fitting(self, filters: Filters) -> dict[Id, Home]:
        """The homes whose pieces fit, as far as that follows from the home."""
        return {id: home for id, home in self._fitting(filters) if home.leads}

    def _fitting(self, filters: Filters) -> Iterator[tuple[Id, Home]]:
        chosen = {facet: frozenset(filters.of(facet)) for facet in GROUNDS if filters.of(facet)}
        authors = filters.of("author")

        def leads(kind: str, home: Id) -> int:
            found = 0
            for lead, bit in LEAD_BITS.items() if "body" in chosen else (("", ANY_LEAD),):
                has = grounds_of(self.piece(kind, home, lead))
                found |= 0 if any(codes.isdisjoint(has[facet]) for facet, codes in chosen.items()) else bit
            return found

        def itself(kind: str, home: Id) -> bool:
            piece = self.piece(kind, home, "")
            return (not authors or piece.author in authors) and _within(_day(piece.at), filters)

        for id in self.homes.sessions:
            yield id, Home(ANY_LEAD if leads("session", id) else 0, itself=itself("session", id))
        for kind, some in (("answer", self.homes.examinations), ("moderated_mark", self.moderations)):
            for id, one in some.items():
                if itself(kind, id):
                    yield id, Home(leads(kind, id), self.numbers.get(one.question_set or b"", 0))
        for id in self.homes.files:
            yield id, Home(leads("agreed_answer", id))
        for id, piece in self.beside.items():
            if itself(piece.kind, id):
                yield id, Home(leads(piece.kind, id))
        for kind, ids in (("marking_note", self.notes), ("finding", self.findings)):
            for id in ids:
                if itself(kind, id):
                    yield id, Home(ANY_LEAD if leads(kind, id) else 0)


def by_home(filters: Filters) -> bool:
    """Whether these filters ask where a piece is at home: one whose home has not come here then fits nothing."""
    days = bool(filters.since or filters.until)
    return days or bool(filters.of("author")) or any(filters.of(facet) for facet in GROUNDS)


def grounds_of(piece: Piece) -> dict[str, tuple[str, ...]]:
    """The codes a piece has of what follows from where it is at home, "" where it has none; nothing of one without."""
    if piece.home is None:
        return dict.fromkeys(GROUNDS, ())
    return {
        "method": (piece.method,),
        "mode": (piece.mode,),
        "body": piece.bodies or ("",),
        "phase": (piece.phase.hex() if piece.phase else "",),
        "visit": (piece.visit.hex() if piece.visit else "",),
        "stratum": (piece.stratum.hex() if piece.stratum else "",),
    }


@lru_cache(maxsize=20_000)
def _day(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at / 1000).date().isoformat()


_known: "WeakKeyDictionary[Workspace, tuple[int, _Places]]" = WeakKeyDictionary()
_fitting: "WeakKeyDictionary[_Places, tuple[Filters, dict[Id, Home]]]" = WeakKeyDictionary()


def _places(workspace: Workspace) -> _Places:
    """As they stand now; read again when an act was done since."""
    now = moment(workspace)
    held = _known.get(workspace)
    if held is None or held[0] != now:
        held = _known[workspace] = (now, _read_places(workspace))
    return held[1]


def homes_now(workspace: Workspace) -> Homes:
    """Every session, examination and file where evidence is at home, kept until an act was done."""
    return _places(workspace).homes


def _read_places(workspace: Workspace) -> _Places:
    homes = all_homes(workspace)
    with workspace.read() as db:
        same = sets_in(db)
        looks = {
            id: ExaminationHome(same.of(file) if file else None, by, version, finished or started)
            for id, file, by, version, started, finished in columns(
                db, Moderation, ("case_file", "moderator", "question_set", "started", "finished")
            )
        }
        twice = {id: homes.files[shown] for id, shown in same.shown.items() if shown in homes.files}
        homes = replace(homes, files={**homes.files, **twice})
        notes = {
            id: homes.people.get(author or b"", "") for id, author in columns(db, MarkingNote, ("author",))
        }
        others = {one.id: replace(one, phase=homes.phases.get(one.visit or b"")) for one in beside(db, same)}
        findings = {id: same.of(visit) if visit else None for id, visit in columns(db, Finding, ("visit",))}
    known = sorted(homes.leads.by_version)
    every = {code for some in homes.leads.by_version.values() for code in some}
    bits = [
        {code: LEAD_BITS.get(homes.leads.of(code, version), 8) for code in every}
        for version in (None, *known)
    ]
    numbers = {version: number for number, version in enumerate(known, 1)}
    return _Places(homes, looks, notes, findings, others, bits, numbers, {})


# -- what the store is asked for


def _kinds(filters: Filters) -> tuple[str, ...]:
    return KIND_GROUPS[filters.within] if filters.within else ALL_KINDS


def _sieve(workspace: Workspace, query: str, filters: Filters) -> Sieve | None:
    """Filters as the store takes them; None where the query has no words that anything could hold."""
    checked(filters)
    match = match_of(query)
    if query.strip() and not match:
        return None
    kinds = tuple(kind for kind in _kinds(filters) if not filters.of("kind") or kind in filters.of("kind"))
    sieve = Sieve(match=match, kinds=kinds, question=filters.question)
    if not filters:
        return sieve
    places, same = _places(workspace), sets(workspace)
    authors = filters.of("author")
    if by_home(filters):
        sieve = replace(sieve, homes=_fitting_homes(places, filters), leads=places.bits)
    return replace(
        sieve,
        tags=_tags_wanted(filters, same),
        authors=authors or None,
        members=tuple(id for id, label in {b"": "", **places.homes.people}.items() if label in authors)
        if authors
        else None,
        since=_wall(filters.since),
        until=_wall(filters.until, after=1),
        outcomes=filters.of("outcome") or None,
        untagged=filters.untagged,
        unpinned=filters.unpinned,
    )


def _fitting_homes(places: _Places, filters: Filters) -> dict[Id, Home]:
    held = _fitting.get(places)
    if held is None or held[0] != filters:
        held = _fitting[places] = (filters, places.fitting(filters))
    return held[1]


def _tags_wanted(filters: Filters, same: Sets) -> TagsWanted:
    themes = [id for code in filters.of("theme") for id in same.members(id_of(code))]
    return TagsWanted(tuple(themes), filters.of("direction"), filters.of("strength"))


def _wall(day: str, after: int = 0) -> int | None:
    if not day:
        return None
    then = date.fromisoformat(day) + timedelta(days=after)
    return int(datetime(then.year, then.month, then.day).timestamp() * 1000)
