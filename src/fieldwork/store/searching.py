"""The full-text search: what a person typed, what the index is asked for it, and what is found.

The index keeps stems (Porter's, as FTS5 has them), and FTS5 stems a beginning too: `redacti*` would ask for words
whose stem begins with "redacti", while "redaction" stands there as "redact". So a beginning is asked for as it was
typed, and with it every stem that a word beginning so may have; which these are FTS5 itself is asked.
"""

import contextlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

import sqlcipher3.dbapi2 as sqlcipher

from fieldwork.domain.values import Id
from fieldwork.store.schema import TOKENS
from fieldwork.store.workspace import Workspace

APART = 10  # words that may stand between two that are near each other
MOST_WORDS = 40  # of a query; what is typed beyond them narrows nothing further
MOST_NEAR = 60  # ways in which words with several stems are looked for near each other


@dataclass(frozen=True)
class Hit:
    """A record found: the snippet marks each found word with the two control characters 2 and 3."""

    kind: str
    id: Id
    snippet: str


KIND_GROUPS: Mapping[str, tuple[str, ...]] = {
    "notes": ("note_line", "session"),
    "answers": ("answer", "agreed_answer", "moderated_mark", "marking_note"),
    "findings": ("finding",),
}
FOUND_BESIDE = ("document", "figure", "result_cell", "open_question")
"""Kinds that are found where no group is named."""
ALL_KINDS = (*(kind for group in KIND_GROUPS.values() for kind in group), *FOUND_BESIDE)
SNIPPET = "snippet(found, 0, char(2), char(3), '…', 24)"


def search(
    workspace: Workspace, query: str, *, within: str | None = None, limit: int = 200, after: int = 0
) -> list[Hit]:
    """Full text, best first: words (by their stem, accents folded), "a phrase", a begin*, one ~ other near it.

    A beginning also finds words of the same stem. At most `limit` hits, those after the first `after`.
    """
    match = match_of(query)
    if not match:
        return []
    kinds = KIND_GROUPS[within] if within else ALL_KINDS
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            f"SELECT o.kind, o.id, {SNIPPET} FROM found JOIN object o ON o.no = found.rowid "
            f"WHERE found MATCH ? AND o.kind IN ({', '.join('?' * len(kinds))}) "
            "ORDER BY found.rank LIMIT ? OFFSET ?",
            (match, *kinds, limit, after),
        ).fetchall()
    return [Hit(*row) for row in rows]


# -- what was typed


@dataclass(frozen=True)
class _Asked:
    """Words that follow each other; with `begins` the last is a beginning."""

    words: tuple[str, ...]
    begins: bool


def match_of(query: str) -> str:
    """What a person typed as an FTS5 expression, "" for nothing: nothing they type can be a syntax error."""
    return " AND ".join(_expression(group) for group in _groups(query))


def _expression(near: Sequence[_Asked]) -> str:
    """One of these, or several that stand near each other."""
    ways = [_ways(one) for one in near]
    if len(near) > 1:
        if prod(map(len, ways)) > MOST_NEAR:
            ways = [some[:1] for some in ways]
        found = [f"NEAR({' '.join(some)}, {APART})" for some in product(*ways)]
    else:
        found = ways[0]
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def _ways(one: _Asked) -> list[str]:
    """The phrases that are looked for."""
    if not one.begins:
        return [f'"{" ".join(one.words)}"']
    *before, last = one.words
    beginning, whole = beginnings(last)
    return [f'"{" ".join([*before, beginning])}"*'] + [f'"{" ".join([*before, word])}"' for word in whole]


def _groups(query: str) -> list[list[_Asked]]:
    """What was asked for; what stands near each other together."""
    groups: list[list[_Asked]] = []
    near = False
    parts = _parts(query[: MOST_WORDS * 200])
    for place, (text, quoted) in enumerate(parts):
        if text in ("~", "NEAR") and not quoted:
            if groups and place + 1 < len(parts):
                near = True
                continue
            if text == "~":
                continue
        words = tuple(words_of(text))
        if not words:
            continue
        asked = _Asked(words, text.rstrip().endswith("*"))
        if near:
            groups[-1].append(asked)
        else:
            groups.append([asked])
        near = False
        if sum(map(len, groups)) >= MOST_WORDS:
            break
    return groups


def _parts(query: str) -> list[tuple[str, bool]]:
    """The words of a query and what stands between quotation marks (True)."""
    found: list[tuple[str, bool]] = []
    for number, piece in enumerate(unicodedata.normalize("NFC", query).split('"')):
        if number % 2:
            found.append((piece, True))
        else:
            if found and piece.startswith("*"):
                found[-1] = (found[-1][0] + "*", True)
            found += [(word, False) for word in piece.replace("~", " ~ ").split()]
    return found


def words_of(text: str) -> list[str]:
    """The words in a text as the index takes them: letters and digits with the marks that belong to them."""
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text).split()


# -- stems

_SUFFIXES = (
    "ability able ably age ages al alise alised alising alism alities ality ally ance ances ancies ancy ant antly ants "
    "ary ate ated ately ates ating ation ational ations ative atively ator ators atory ed edly eness ence ences encies "
    "ency ent ential entially entials ently ents er ers es ement ements ful fully fulness ibility ible ibly ical "
    "ically icate icated icates ication ications icity ied ies ily iness ing ingly ings ion ional ionally ions isation "
    "isations ise ised iser ises ising ism isms ist ists ities ity ive ively iveness ization ize ized izes izing less "
    "lessness ment mental ments ness nesses ological ologies ology ous ously ousness ties ty"
)
_COMPLETE = ("", "s", "d", "y", "l", "nal", "lity", "ity", "ation", "ness", "e", "ed")
_DOUBLED = ("ed", "er", "ing")
_UNCHANGED = ("", "ness", "e", "ed")  # endings of which one leaves the beginning before it as it was typed
_LONGEST = 40  # letters of a beginning that may have a stem of its own


def _tails() -> dict[str, tuple[str, ...]]:
    """By the first letters of an ending, the letters that are missing of it."""
    found: dict[str, set[str]] = {}
    for suffix in _SUFFIXES.split():
        for cut in range(1, len(suffix)):
            found.setdefault(suffix[:cut], set()).add(suffix[cut:])
    return {head: tuple(sorted(tails)) for head, tails in found.items()}


_TAILS = _tails()
_LONGEST_HEAD = max(map(len, _TAILS))


@lru_cache(maxsize=500)
def beginnings(typed: str) -> tuple[str, tuple[str, ...]]:
    """What finds the words that begin as typed: a beginning to look for, and whole words, one for each other stem."""
    if not 3 <= len(typed) <= _LONGEST:
        return typed, ()
    endings = set(_COMPLETE)
    for length in range(1, min(_LONGEST_HEAD, len(typed) - 2) + 1):
        endings.update(_TAILS.get(typed[-length:].lower(), ()))
    if typed[-1] == typed[-2]:
        endings.update(_DOUBLED)
    words = [typed + ending for ending in sorted(endings, key=lambda ending: (len(ending), ending))]
    with _index() as index:
        stems = index.stems(words)
        (plain,) = index.folded([typed])
    beginning = next((typed + e for e in _UNCHANGED if stems[typed + e] == plain), typed)
    found: dict[str, str] = {}
    for word in words:
        stem = stems[word]
        if stem is not None and not stem.startswith(stems[beginning] or typed):
            found.setdefault(stem, word)
    return beginning, tuple(found.values())


class _Index:
    """An index of nothing but a few words, in memory: what FTS5 makes of them."""

    def __init__(self, db: sqlcipher.Connection) -> None:
        self._db = db
        for name, tokens in (("stemmed", TOKENS), ("plain", TOKENS.removeprefix("porter "))):
            db.execute(f'CREATE VIRTUAL TABLE {name} USING fts5(words, tokenize="{tokens}")')
            db.execute(f"CREATE VIRTUAL TABLE {name}_terms USING fts5vocab({name}, 'instance')")

    def stems(self, words: Sequence[str]) -> dict[str, str | None]:
        """The stem of each word; None where it is more or less than one word to the index."""
        return dict(zip(words, self._terms("stemmed", words), strict=True))

    def folded(self, words: Sequence[str]) -> list[str | None]:
        """Each word in small letters and without its accents."""
        return self._terms("plain", words)

    def _terms(self, table: str, words: Sequence[str]) -> list[str | None]:
        self._db.executemany(f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", list(enumerate(words)))
        terms: dict[int, list[str]] = {}
        for number, term in self._db.execute(f"SELECT doc, term FROM {table}_terms"):
            terms.setdefault(number, []).append(term)
        return [some[0] if len(some := terms.get(number, [])) == 1 else None for number in range(len(words))]


@contextlib.contextmanager
def _index() -> Iterator[_Index]:
    with contextlib.closing(sqlcipher.connect(":memory:")) as db:
        yield _Index(db)
