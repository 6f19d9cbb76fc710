"""Evidence sifted: by words, by where it is at home, by the themes on it; found page by page and counted in sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from fieldwork.domain.values import Id
from fieldwork.store.own_tables import put_table, turn_of, turns
from fieldwork.store.searching import FOUND_BESIDE, SNIPPET
from fieldwork.store.workspace import raw

CAN_CARRY = ("note_line", "answer")  # what takes a theme
CAN_PIN = ("note_line", "answer", "session", "agreed_answer", "document", "figure", "result_cell")
RANKED = 25_000  # pieces with the words; to score so many takes some 30 ms
FEW = 5_000  # pieces that fit what narrows most; to tell so many one by one takes some 4 ms
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
STANDING = "k.hidden = 0"
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
_BIT = (
    "coalesce((SELECT l.bit FROM temp.home h CROSS JOIN temp.led l ON l.version = h.version "
    "AND l.question = k.question WHERE h.id = {home}), 8)"
)


class Home(NamedTuple):
    """A session, examination, case file, moderation, note on marking or finding that fits what is asked for.

    leads: whose questions in it do, bits of LEAD_BITS; version: which of the question sets it is of, 0 for none that is
    known; itself: whether a session fits, and not only its lines; ground: a number that homes share which are alike in
    all that is counted.
    """

    leads: int = ANY_LEAD
    version: int = 0
    itself: bool = True
    ground: int = 0


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

    homes: those that fit, None for all; leads: bits of who leads a question, by code, of each version. since,
    until: wall ms of lines, the second outside. authors: of lines; members: who agreed an answer, b"" for nobody named.
    """

    match: str = ""
    kinds: tuple[str, ...] = ()
    homes: Mapping[Id, Home] | None = None
    leads: Sequence[Mapping[str, int]] = ()
    tags: TagsWanted = TagsWanted()
    authors: tuple[str, ...] | None = None
    members: tuple[Id, ...] | None = None
    since: int | None = None
    until: int | None = None
    question: str = ""
    outcomes: tuple[str, ...] | None = None
    untagged: bool = False
    unpinned: bool = False


def is_ranked(db: sa.Connection, sieve: Sieve) -> bool:
    """Whether what holds the words can be ranked while somebody waits; else the last to come here stands first."""
    query = "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ? LIMIT ?)"
    return not sieve.match or raw(db).execute(query, (sieve.match, RANKED + 1)).fetchone()[0] <= RANKED


def page(
    db: sa.Connection, sieve: Sieve, limit: int, after: int, ranked: bool = True
) -> list[tuple[str, Id, str]]:
    """Kind, id and words of what fits: the best first where words are looked for, or, not ranked, the last to come
    here; else kind by kind, the latest line first and findings in their order."""
    _prepare(db, sieve)
    if sieve.match:
        fits, values = _fits(sieve, "o.kind", "o.no")
        order = "found.rank" if ranked else "found.rowid DESC"
        few = "+found.rowid IN (SELECT no FROM temp.few) AND " if _few(db, sieve) else ""
        query = (
            f"SELECT o.kind, o.id, {SNIPPET} FROM found JOIN object o ON o.no = found.rowid "
            f"WHERE found MATCH ? AND {few}{fits} ORDER BY {order} LIMIT ? OFFSET ?"
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


def _few(db: sa.Connection, sieve: Sieve) -> bool:
    """Whether few pieces carry the tag, are of the days or at home where it is asked for; these stand in a table then.

    Else a beginning that fifty thousand pieces have would have each of them looked at, to find the few.
    """
    time, values = _in_time(sieve)
    if sieve.tags:
        parts = [_tag_query(sieve.tags)]
    elif sieve.homes is not None:
        parts = [
            (f'SELECT k.no FROM "{kind}" k WHERE {time}', values)
            if kind == "note_line" and time
            else (f'SELECT k.no FROM "{kind}" k WHERE {_HOME[kind]} IN (SELECT id FROM temp.home)', [])
            for kind in sieve.kinds
        ]
    else:
        return False
    put_table(db, "few", "no INTEGER PRIMARY KEY", [])
    left = FEW + 1
    for query, some in parts:
        raw(db).execute(f"INSERT OR IGNORE INTO temp.few SELECT * FROM ({query}) LIMIT ?", (*some, left))
        left = FEW + 1 - raw(db).execute("SELECT count(*) FROM temp.few").fetchone()[0]
        if left <= 0:
            return False
    return True


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

    ground: of what they are at home in, None where that is not here; author: of lines, text, of agreed answers a
    member's id; in_time: whether a line is of the days that are asked for; lead: bit; answers: whether it is an outcome
    that is asked for; fits: whether they carry the tag that is asked for; tagged, pinned: whether they are, or cannot
    be; told where that is asked for, else False.
    """

    kind: str
    ground: int | None
    author: Any
    in_time: bool
    lead: int
    answers: bool
    fits: bool
    tagged: bool
    pinned: bool
    number: int


def cells(db: sa.Connection, sieve: Sieve) -> Iterator[Cell]:
    """All pieces with the words of a sieve, and to its question, whatever else it asks for, counted by what they are.

    Its homes are all there are, each with its ground.
    """
    _prepare(db, sieve)
    _matches(db, sieve)
    for kind in sieve.kinds:
        judged = kind in _JUDGED
        time, values = _in_time(sieve) if kind == "note_line" else ("", [])
        outcome, *some = _among("k.value", sieve.outcomes) if judged and sieve.outcomes else ("",)
        wanted, more = _tag_wanted(sieve.tags)
        parts = [
            "h.ground",
            {"note_line": "k.author", "agreed_answer": 'k."by"'}.get(kind, "NULL"),
            time or "1",
            "coalesce(l.bit, 8)" if judged else "8",
            outcome or ("0" if sieve.outcomes else "1"),
            wanted or "1",
            (_TAGGED if kind in CAN_CARRY else "1") if sieve.untagged else "0",
            (_PINNED if kind in CAN_PIN else "1") if sieve.unpinned else "0",
        ]
        where, last = _question(sieve, kind)
        places = [str(place) for place, part in enumerate(parts, 1) if part not in ("0", "1", "8", "NULL")]
        joined = f"LEFT JOIN temp.home h ON h.id = {_HOME[kind]}"
        if judged:
            joined += " LEFT JOIN temp.led l ON l.version = h.version AND l.question = k.question"
        query = _from(sieve, f"{', '.join(parts)}, count(*)", kind, where, joined)
        rows = raw(db).execute(f"{query} GROUP BY {', '.join(places)}", (*values, *some, *more, *last))
        for ground, author, timely, lead, answers, fits, tagged, is_pinned, number in rows:
            yield Cell(
                kind, ground, author, bool(timely), lead, bool(answers), bool(fits), bool(tagged),
                bool(is_pinned), number,
            )  # fmt: skip


def outcomes(db: sa.Connection, sieve: Sieve, scale: Iterable[str]) -> dict[str, int]:
    """How many pieces that fit were answered with each of a scale, whichever of them is asked for."""
    _prepare(db, sieve)
    _matches(db, sieve)
    found: dict[str, int] = {}
    codes = tuple(scale)
    for kind in sieve.kinds:
        if kind in _JUDGED:
            where, values = _where(replace(sieve, outcomes=None), kind)
            among, *some = _among("k.value", codes)
            query = _from(sieve, "k.value, count(*)", kind, f"{where} AND {among}")
            for code, number in raw(db).execute(f"{query} GROUP BY 1", (*values, *some)):
                found[code] = found.get(code, 0) + number
    return found


def tags(db: sa.Connection, sieve: Sieve, shown: Mapping[Id, Id]) -> tuple[dict[str, dict[Any, int]], int]:
    """How many pieces that fit, but for their tags, carry each theme, direction and strength; and how many carry any.

    Each is counted without what was asked of it, and with what was asked of the other two. shown: themes that were
    entered twice.
    """
    _prepare(db, sieve)
    _matches(db, sieve)
    carried_table(db)
    put_table(db, "alias", "id BLOB PRIMARY KEY, shown BLOB", list(shown.items()))
    put_table(db, "fitting", "no, kind, theme, direction, strength", [])
    fits, values = _fits(sieve, "c.kind", "c.no", tags_too=False)
    matched = "JOIN temp.matched m ON m.no = c.no " if sieve.match else ""
    theme = READ_AS if shown else "c.theme"
    raw(db).execute(
        f"INSERT INTO temp.fitting SELECT c.no, c.kind, {theme}, c.direction, c.strength FROM temp.carried c "
        f"{matched}WHERE {fits}",
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
            f"SELECT {name}, count(DISTINCT no) FROM temp.fitting WHERE {where} GROUP BY 1",
            [value for _, some in others for value in some],
        )
        found[name] = dict(rows.fetchall())
    among = ", ".join(f"'{kind}'" for kind in CAN_CARRY)
    number = (
        raw(db).execute(f"SELECT count(DISTINCT no) FROM temp.fitting WHERE kind IN ({among})").fetchone()[0]
    )
    return found, number


READ_AS = "coalesce((SELECT a.shown FROM temp.alias a WHERE a.id = c.theme), c.theme)"
"""The theme that one which was entered twice is read as."""


def pinned(db: sa.Connection, sieve: Sieve) -> int:
    """How many of the pieces that fit, whether or not they are pinned, stand behind a finding."""
    _prepare(db, sieve)
    _matches(db, sieve)
    carried_table(db)
    fits, values = _fits(replace(sieve, unpinned=False), "c.kind", "c.no")
    matched = "JOIN temp.matched m ON m.no = c.no " if sieve.match else ""
    query = f"SELECT count(*) FROM temp.linked c {matched}WHERE {fits}"
    return int(raw(db).execute(query, values).fetchone()[0])


def carried_table(db: sa.Connection) -> None:
    """All tags that stand, and what is pinned, by the number of what carries them.

    They are kept in this connection until an act was done.
    """
    now = raw(db).execute("SELECT coalesce(max(no), 0) FROM entry").fetchone()[0]
    if db.info.get("carried") == (now, turn_of(db, "carried_turn")):
        return
    put_table(db, "carried", "no INTEGER, kind TEXT, theme BLOB, direction TEXT, strength TEXT", [])
    raw(db).execute(
        "INSERT INTO temp.carried SELECT coalesce(b.no, o.no), coalesce(b.kind, o.kind), t.theme, "
        "coalesce(nullif(t.direction, ''), 'neutral'), coalesce(t.strength, '') "
        "FROM tag t CROSS JOIN object o ON o.id = t.target "
        "LEFT JOIN object b ON o.kind = 'excerpt' AND b.id = o.owner "
        "WHERE t.hidden = 0 AND o.hidden = 0 AND t.theme IS NOT NULL AND t.coder IS NULL"
    )
    put_table(db, "linked", "no INTEGER PRIMARY KEY, kind TEXT", [])
    among = ", ".join(f"'{kind}'" for kind in CAN_PIN)
    raw(db).execute(
        "INSERT OR IGNORE INTO temp.linked SELECT coalesce(b.no, o.no), coalesce(b.kind, o.kind) "
        "FROM evidence_link e CROSS JOIN object o ON o.id = e.evidence "
        "LEFT JOIN object b ON o.kind = 'excerpt' AND b.id = o.owner "
        f"WHERE e.hidden = 0 AND o.hidden = 0 AND coalesce(b.kind, o.kind) IN ({among})"
    )
    raw(db).execute("CREATE INDEX IF NOT EXISTS temp.carried_by_no ON carried (no)")
    turn = next(turns)
    put_table(db, "carried_turn", "no INTEGER", [(turn,)])
    db.info["carried"] = now, turn


# -- how it is asked

_COUNTS = "t.hidden = 0 AND t.theme IS NOT NULL AND t.coder IS NULL"  # what a coding check puts on is the check's alone
_TAGGED = (
    f"(EXISTS (SELECT 1 FROM tag t WHERE t.target = k.id AND {_COUNTS}) OR EXISTS (SELECT 1 FROM excerpt x "
    f"CROSS JOIN tag t ON t.target = x.id WHERE x.target = k.id AND x.hidden = 0 AND {_COUNTS}))"
)
_PINNED = (
    "(EXISTS (SELECT 1 FROM evidence_link e WHERE e.evidence = k.id AND e.hidden = 0) OR EXISTS ("
    "SELECT 1 FROM excerpt x CROSS JOIN evidence_link e ON e.evidence = x.id "
    "WHERE x.target = k.id AND x.hidden = 0 AND e.hidden = 0))"
)


def _prepare(db: sa.Connection, sieve: Sieve) -> None:
    """The homes that fit, and who leads what, in this connection's own tables; they stay for the next query."""
    known, turn = db.info.get("sieve", (None, 0))
    if (
        known is not None
        and known.homes is sieve.homes
        and known.leads is sieve.leads
        and turn == turn_of(db)
    ):
        return
    homes = [(id, *map(int, one)) for id, one in (sieve.homes or {}).items()]
    columns = "id BLOB PRIMARY KEY, leads INTEGER, version INTEGER, itself INTEGER, ground INTEGER"
    put_table(db, "home", columns, homes)
    led = [(number, code, bit) for number, some in enumerate(sieve.leads) for code, bit in some.items()]
    put_table(db, "led", "version INTEGER, question TEXT, bit INTEGER, PRIMARY KEY (version, question)", led)
    turn = next(turns)
    put_table(db, "turn", "no INTEGER", [(turn,)])  # a transaction that failed takes it back
    db.info["sieve"] = sieve, turn


def _matches(db: sa.Connection, sieve: Sieve) -> None:
    """The numbers of what holds the words."""
    put_table(db, "matched", "no INTEGER PRIMARY KEY", [])
    if sieve.match:
        raw(db).execute(
            "INSERT INTO temp.matched SELECT rowid FROM found WHERE found MATCH ?", (sieve.match,)
        )


def _from(sieve: Sieve, what: str, kind: str, where: str, joined: str = "") -> str:
    matched = f'temp.matched m CROSS JOIN "{kind}" k ON k.no = m.no' if sieve.match else f'"{kind}" k'
    return f"SELECT {what} FROM {matched} {joined} WHERE {where}"


def _fits(sieve: Sieve, kind: str, no: str, tags_too: bool = True) -> tuple[str, list[Any]]:
    """Whether a record that is not deleted, of a kind and a number, fits; it is looked at only where it must be."""
    parts, values = [], []
    for one in sieve.kinds:
        where, more = _where(sieve, one, tags_too)
        asked = f'EXISTS (SELECT 1 FROM "{one}" k WHERE k.no = {no} AND {where})'
        parts.append(f"WHEN '{one}' THEN {asked if where != STANDING else '1'}")
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
        time, more = _in_time(sieve)
        if time:
            add(time, *more)
    if kind == "agreed_answer":
        if sieve.members is not None:
            add(*_among("coalesce(k.\"by\", x'')", sieve.members))
        if sieve.since is not None or sieve.until is not None:
            add("0")
    if sieve.homes is not None:
        add(_at_home(kind))
    return " AND ".join(parts), values


def _in_time(sieve: Sieve) -> tuple[str, list[Any]]:
    """Whether a line is of the days asked for; one of no time is not."""
    parts = [("k.typed >= ?", sieve.since), ("k.typed < ?", sieve.until)]
    asked = [(part, at) for part, at in parts if at is not None]
    said = " AND ".join(part for part, _ in asked)
    return (f"coalesce({said}, 0)" if said else ""), [at for _, at in asked]


def _among(what: str, some: Sequence[Any]) -> tuple[Any, ...]:
    return (f"{what} IN ({', '.join('?' * len(some))})", *some) if some else ("0",)


def _at_home(kind: str) -> str:
    home = _HOME[kind]
    if kind in _JUDGED:
        return f"(SELECT h.leads FROM temp.home h WHERE h.id = {home}) & {_BIT.format(home=home)} <> 0"
    itself = " AND h.itself" if kind == "session" else ""
    return f"EXISTS (SELECT 1 FROM temp.home h WHERE h.id = {home}{itself})"


def _question(sieve: Sieve, kind: str) -> tuple[str, list[Any]]:
    standing = STANDING
    if kind == "marking_note":
        standing += " AND coalesce(k.withdrawn, 0) = 0"
    if not sieve.question:
        return standing, []
    return (f"{standing} AND k.question = ?", [sieve.question]) if kind in _JUDGED else ("0", [])


def _tag_wanted(wanted: TagsWanted) -> tuple[str, list[Any]]:
    if not wanted:
        return "", []
    query, values = _tag_query(wanted)
    return f"k.no IN ({query})", values


def _tag_query(wanted: TagsWanted) -> tuple[str, list[Any]]:
    """The numbers of what carries such a tag."""
    parts, values = [_COUNTS], []
    for column, some in (
        ("t.theme", wanted.themes),
        ("coalesce(nullif(t.direction, ''), 'neutral')", wanted.directions),
        ("coalesce(t.strength, '')", wanted.strengths),
    ):
        if some:
            part, *more = _among(column, some)
            parts.append(part)
            values += more
    return (
        "SELECT coalesce(b.no, o.no) FROM tag t CROSS JOIN object o ON o.id = t.target "
        f"LEFT JOIN object b ON o.kind = 'excerpt' AND b.id = o.owner WHERE {' AND '.join(parts)}"
    ), values
