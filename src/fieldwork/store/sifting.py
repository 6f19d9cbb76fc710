"""Evidence sifted: by words, by where it is at home, by the themes on it; found page by page and counted in sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import sqlalchemy as sa

from fieldwork.domain.values import Id
from fieldwork.store.searching import FOUND_BESIDE, SNIPPET
from fieldwork.store.workspace import raw

CAN_CARRY = ("note_line", "answer")  # what takes a theme
CAN_PIN = ("note_line", "answer", "session")
ANY_LEAD = 15
LEAD_BITS: Mapping[str, int] = {"P": 1, "C": 2, "J": 4, "": 8}

# by kind: the record it is at home in, who it is from, what was answered, when
_HOME = {
    "note_line": "k.session",
    "session": "k.id",
    "answer": "k.examination",
    "agreed_answer": "k.case_file",
    "moderated_mark": "k.moderation",
    "marking_note": "k.id",
    "finding": "k.id",
    **dict.fromkeys(FOUND_BESIDE, "k.id"),
}
_JUDGED = ("answer", "agreed_answer", "moderated_mark")
_WORDS = {
    "note_line": "k.text",
    "session": "k.title",
    "answer": "coalesce(nullif(k.comment, ''), nullif(k.reason, ''), k.value, '')",
    "agreed_answer": "coalesce(nullif(k.comment, ''), nullif(k.reason, ''), k.value, '')",
    "moderated_mark": "coalesce(nullif(k.reason, ''), k.value, '')",
    "marking_note": "k.text",
    "finding": "k.text",
    "document": "k.title",
    "figure": "k.title",
    "result_cell": "k.shows",
    "open_question": "k.text",
}
_DAY = "date(k.typed / 1000, 'unixepoch', 'localtime')"
_BIT = (
    "coalesce((SELECT l.bit FROM temp.led l JOIN temp.home h ON h.id = {home} "
    "WHERE l.version = h.version AND l.question = k.question), "
    "(SELECT l.bit FROM temp.led l WHERE l.version = x'' AND l.question = k.question), 8)"
)


class Home(NamedTuple):
    """A session, examination, case file, moderation, note on marking or finding that fits what is asked for.

    leads: whose questions in it do, bits of LEAD_BITS; version: of its question set; itself: whether a session
    fits, and not only its lines.
    """

    leads: int = ANY_LEAD
    version: Id = b""
    itself: bool = True


@dataclass(frozen=True)
class TagsWanted:
    """A tag that has one of each of these; nothing named: any."""

    themes: tuple[Id, ...] = ()
    directions: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.themes or self.directions or self.strengths)


@dataclass(frozen=True)
class Sieve:
    """What evidence has to be. match: as FTS5 takes it, "" for any words, or none.

    homes: those that fit, None for all; leads: bits of who leads a question, by version and code. since, until: wall
    ms of lines, the second outside. authors: of lines; members: who agreed an answer, b"" for nobody named.
    """

    match: str = ""
    kinds: tuple[str, ...] = ()
    homes: Mapping[Id, Home] | None = None
    leads: Mapping[Id, Mapping[str, int]] = field(default_factory=dict)
    tags: TagsWanted = TagsWanted()
    authors: tuple[str, ...] | None = None
    members: tuple[Id, ...] | None = None
    since: int | None = None
    until: int | None = None
    question: str = ""
    outcomes: tuple[str, ...] | None = None
    untagged: bool = False
    unpinned: bool = False


def page(db: sa.Connection, sieve: Sieve, limit: int, after: int) -> list[tuple[str, Id, str]]:
    """Kind, id and words of what fits: the best first where words are looked for, else kind by kind, the latest
    line first and findings in their order."""
    _prepare(db, sieve)
    if sieve.match:
        fits, values = _fits(sieve, "o.kind", "o.no")
        query = (
            f"SELECT o.kind, o.id, {SNIPPET} FROM found JOIN object o ON o.no = found.rowid "
            f"WHERE found MATCH ? AND {fits} ORDER BY found.rank LIMIT ? OFFSET ?"
        )
        return list(raw(db).execute(query, (sieve.match, *values, limit, after)))
    found: list[tuple[str, Id]] = []
    for kind in sieve.kinds:
        where, values = _where(sieve, kind)
        order = {"note_line": "k.typed DESC, k.id", "finding": "k.position, k.id"}.get(kind, "k.id DESC")
        query = f"{_from(sieve, 'k.id', kind, where)} ORDER BY {order} LIMIT ? OFFSET ?"
        some = raw(db).execute(query, (*values, limit - len(found), after)).fetchall()
        found += [(kind, id) for (id,) in some]
        if len(found) >= limit:
            break
        if some:
            after = 0
        elif after:
            after -= raw(db).execute(_from(sieve, "count(*)", kind, where), values).fetchone()[0]
    return _with_words(db, found)


def _with_words(db: sa.Connection, found: Sequence[tuple[str, Id]]) -> list[tuple[str, Id, str]]:
    words: dict[Id, str] = {}
    for kind in {kind for kind, _ in found}:
        ids = [id for one, id in found if one == kind]
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            words |= dict(
                raw(db).execute(
                    f"SELECT k.id, coalesce({_WORDS[kind]}, '') FROM object o JOIN \"{kind}\" k ON k.no = o.no "
                    f"WHERE o.id IN ({', '.join('?' * len(some))})",
                    some,
                )
            )
    return [(kind, id, words.get(id, "")) for kind, id in found]


def total(db: sa.Connection, sieve: Sieve) -> int:
    """How many pieces fit."""
    _prepare(db, sieve)
    _matches(db, sieve)
    number = 0
    for kind in sieve.kinds:
        where, values = _where(sieve, kind)
        number += raw(db).execute(_from(sieve, "count(*)", kind, where), values).fetchone()[0]
    return number


class Cell(NamedTuple):
    """So many pieces of a kind that are alike in all that is asked about.

    home: what they are at home in; author: of lines, text, of agreed answers a member's id; lead: bit; tagged: whether
    a theme is on them, or none can be; pinned likewise; fits: whether they carry the tag that was asked for.
    """

    kind: str
    home: Id | None
    author: Any
    day: str
    lead: int
    outcome: str
    fits: bool
    tagged: bool
    pinned: bool
    number: int


def cells(db: sa.Connection, sieve: Sieve, outcomes: Iterable[str]) -> Iterator[Cell]:
    """All pieces with the words of a sieve, and to its question, whatever else it asks for, counted by what they are.

    outcomes: the answers that are told apart.
    """
    _prepare(db, sieve)
    _matches(db, sieve)
    scale = ", ".join(f"'{one}'" for one in outcomes)
    for kind in sieve.kinds:
        judged = kind in _JUDGED
        wanted, values = _tag_wanted(sieve.tags)
        parts = [
            _HOME[kind],
            {"note_line": "k.author", "agreed_answer": 'k."by"'}.get(kind, "NULL"),
            _DAY if kind == "note_line" else "''",
            _BIT.format(home=_HOME[kind]) if judged else "8",
            f"CASE WHEN k.value IN ({scale}) THEN k.value ELSE '' END" if judged else "''",
            wanted or "1",
            _TAGGED if kind in CAN_CARRY else "1",
            _PINNED if kind in CAN_PIN else "1",
        ]
        where, more = _question(sieve, kind)
        query = _from(sieve, f"{', '.join(parts)}, count(*)", kind, where)
        for row in raw(db).execute(f"{query} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8", (*values, *more)):
            home, author, day, lead, outcome, fits, tagged, pinned, number = row
            yield Cell(
                kind, home, author, day or "", lead, outcome, bool(fits), bool(tagged), bool(pinned), number
            )


def tags(db: sa.Connection, sieve: Sieve, shown: Mapping[Id, Id]) -> dict[str, dict[Any, int]]:
    """How many pieces that fit, but for their tags, carry each theme, direction and strength.

    Each is counted without what was asked of it, and with what was asked of the other two. shown: themes that were
    entered twice.
    """
    _prepare(db, sieve)
    _matches(db, sieve)
    _table(db, "alias", "id BLOB PRIMARY KEY, shown BLOB", list(shown.items()))
    _table(db, "carried", "no, theme, direction, strength", [])
    fits, values = _fits(sieve, "o.kind", "o.no", tags_too=False)
    matched = "JOIN temp.matched m ON m.no = o.no " if sieve.match else ""
    raw(db).execute(
        "INSERT INTO temp.carried SELECT o.no, "
        "coalesce((SELECT a.shown FROM temp.alias a WHERE a.id = t.theme), t.theme), "
        "coalesce(nullif(t.direction, ''), 'neutral'), coalesce(t.strength, '') FROM tag t "
        f"CROSS JOIN object o ON o.id = t.target {matched}WHERE t.hidden = 0 AND o.hidden = 0 "
        f"AND t.theme IS NOT NULL AND {fits}",
        values,
    )
    wanted = {
        "theme": tuple({shown.get(id, id) for id in sieve.tags.themes}),
        "direction": sieve.tags.directions,
        "strength": sieve.tags.strengths,
    }
    found: dict[str, dict[Any, int]] = {}
    for name in wanted:
        others = [(other, some) for other, some in wanted.items() if other != name and some]
        where = " AND ".join(f"{other} IN ({', '.join('?' * len(some))})" for other, some in others) or "1"
        rows = raw(db).execute(
            f"SELECT {name}, count(DISTINCT no) FROM temp.carried WHERE {where} GROUP BY 1",
            [value for _, some in others for value in some],
        )
        found[name] = dict(rows.fetchall())
    return found


# -- how it is asked

_TAGGED = "EXISTS (SELECT 1 FROM tag t WHERE t.target = k.id AND t.hidden = 0 AND t.theme IS NOT NULL)"
_PINNED = "EXISTS (SELECT 1 FROM evidence_link e WHERE e.evidence = k.id AND e.hidden = 0)"


def _table(db: sa.Connection, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """A table of this connection alone, in memory."""
    at = raw(db)
    at.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns})")
    at.execute(f"DELETE FROM temp.{name}")
    if rows:
        at.executemany(f"INSERT INTO temp.{name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _prepare(db: sa.Connection, sieve: Sieve) -> None:
    """The homes that fit, and who leads what, in this connection's own tables; they stay for the next query."""
    known, turn = db.info.get("sieve", (None, 0))
    if known is not None and known.homes is sieve.homes and known.leads is sieve.leads and turn == _turn(db):
        return
    homes = [(id, one.leads, one.version, int(one.itself)) for id, one in (sieve.homes or {}).items()]
    _table(db, "home", "id BLOB PRIMARY KEY, leads INTEGER, version BLOB, itself INTEGER", homes)
    led = [(id, code, bit) for id, some in sieve.leads.items() for code, bit in some.items()]
    _table(db, "led", "version BLOB, question TEXT, bit INTEGER, PRIMARY KEY (version, question)", led)
    turn = next(_turns)
    _table(db, "turn", "no INTEGER", [(turn,)])  # a transaction that failed takes it back
    db.info["sieve"] = sieve, turn


_turns = count(1)


def _turn(db: sa.Connection) -> int:
    there = raw(db).execute("SELECT 1 FROM sqlite_temp_schema WHERE name = 'turn'").fetchone()
    row = raw(db).execute("SELECT no FROM temp.turn").fetchone() if there else None
    return row[0] if row else -1


def _matches(db: sa.Connection, sieve: Sieve) -> None:
    """The numbers of what holds the words."""
    _table(db, "matched", "no INTEGER PRIMARY KEY", [])
    if sieve.match:
        raw(db).execute(
            "INSERT INTO temp.matched SELECT rowid FROM found WHERE found MATCH ?", (sieve.match,)
        )


def _from(sieve: Sieve, what: str, kind: str, where: str) -> str:
    matched = f'temp.matched m CROSS JOIN "{kind}" k ON k.no = m.no' if sieve.match else f'"{kind}" k'
    return f"SELECT {what} FROM {matched} WHERE {where}"


def _fits(sieve: Sieve, kind: str, no: str, tags_too: bool = True) -> tuple[str, list[Any]]:
    """Whether the record of a kind with a number fits, as an expression; asked of it only when its turn comes."""
    parts, values = [], []
    for one in sieve.kinds:
        where, more = _where(sieve, one, tags_too)
        parts.append(f"WHEN '{one}' THEN EXISTS (SELECT 1 FROM \"{one}\" k WHERE k.no = {no} AND {where})")
        values += more
    return (f"CASE {kind} {' '.join(parts)} ELSE 0 END" if parts else "0"), values


def _where(sieve: Sieve, kind: str, tags_too: bool = True) -> tuple[str, list[Any]]:
    """What a record `k` of a kind has to be, the words aside."""
    first, values = _question(sieve, kind)
    parts = [first]

    def add(part: str, *more: Any) -> None:
        parts.append(part)
        values.extend(more)

    if tags_too:
        wanted, more = _tag_wanted(sieve.tags)
        if wanted:
            add(wanted, *more)
        if sieve.untagged:
            add(f"NOT {_TAGGED}" if kind in CAN_CARRY else "0")
    if sieve.unpinned:
        add(f"NOT {_PINNED}" if kind in CAN_PIN else "0")
    if sieve.outcomes is not None:
        add(*(_among("k.value", sieve.outcomes) if kind in _JUDGED else ("0",)))
    if kind == "note_line":
        if sieve.authors is not None:
            add(*_among("coalesce(k.author, '')", sieve.authors))
        if sieve.since is not None:
            add("k.typed >= ?", sieve.since)
        if sieve.until is not None:
            add("k.typed < ?", sieve.until)
    if kind == "agreed_answer":
        if sieve.members is not None:
            add(*_among("coalesce(k.\"by\", x'')", sieve.members))
        if sieve.since is not None or sieve.until is not None:
            add("0")
    if sieve.homes is not None:
        add(_at_home(kind))
    return " AND ".join(parts), values


def _among(what: str, some: Sequence[Any]) -> tuple[Any, ...]:
    return (f"{what} IN ({', '.join('?' * len(some))})", *some) if some else ("0",)


def _at_home(kind: str) -> str:
    home = _HOME[kind]
    if kind in _JUDGED:
        return f"(SELECT h.leads FROM temp.home h WHERE h.id = {home}) & {_BIT.format(home=home)} <> 0"
    itself = " AND h.itself" if kind == "session" else ""
    return f"EXISTS (SELECT 1 FROM temp.home h WHERE h.id = {home}{itself})"


def _question(sieve: Sieve, kind: str) -> tuple[str, list[Any]]:
    standing = "k.hidden = 0"
    if kind == "marking_note":
        standing += " AND coalesce(k.withdrawn, 0) = 0"
    if not sieve.question:
        return standing, []
    return (f"{standing} AND k.question = ?", [sieve.question]) if kind in _JUDGED else ("0", [])


def _tag_wanted(wanted: TagsWanted) -> tuple[str, list[Any]]:
    if not wanted:
        return "", []
    parts, values = ["t.hidden = 0", "t.theme IS NOT NULL"], []
    for column, some in (
        ("t.theme", wanted.themes),
        ("coalesce(nullif(t.direction, ''), 'neutral')", wanted.directions),
        ("coalesce(t.strength, '')", wanted.strengths),
    ):
        if some:
            part, *more = _among(column, some)
            parts.append(part)
            values += more
    query = f"SELECT o.no FROM tag t CROSS JOIN object o ON o.id = t.target WHERE {' AND '.join(parts)}"
    return f"k.no IN ({query})", values
