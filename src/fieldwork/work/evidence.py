"""Finding evidence again: search, what a hit is in words, and how much stands under each theme."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark
from fieldwork.domain.records import (
    KINDS,
    Answer,
    CaseFile,
    Finding,
    NoteLine,
    Record,
    Session,
    Theme,
    Visit,
)
from fieldwork.domain.values import Id
from fieldwork.store.reading import records
from fieldwork.store.searching import FOUND_BESIDE, KIND_GROUPS, search
from fieldwork.store.sifting import CAN_CARRY
from fieldwork.store.tag_counts import tag_counts
from fieldwork.store.workspace import Workspace
from fieldwork.work.excerpts import tags_within
from fieldwork.work.finding_counts import Point, points
from fieldwork.work.finding_kinds import offered
from fieldwork.work.inspections import body_names
from fieldwork.work.pieces import Piece, facts_of
from fieldwork.work.theme_tree import codebook
from fieldwork.work.visits import current_visit, session_title, visit_title

SCOPES = tuple(KIND_GROUPS)
AT_ONCE = 500  # ids asked for in one query
R = TypeVar("R", bound=Record)
Hit = tuple[str, Id, str]  # kind, id, words


@dataclass(frozen=True)
class Found:
    """A piece of evidence in a list. snippet: found words stand between characters 2 and 3; at: wall ms.

    parent: the session, case file or visit where it is at home; mark: of a line; answer: its code; body:
    what the body it is about is called; method: how it was gathered.
    """

    kind: str
    id: Id
    snippet: str
    where: str
    parent: Id | None
    author: str
    at: int | None
    themes: tuple[tuple[str, str], ...]
    mark: str = ""
    answer: str = ""
    body: str = ""
    method: str = ""


def look_up(workspace: Workspace, query: str, *, within: str | None = None, limit: int = 200) -> list[Found]:
    """Evidence that holds the words, best first; of a query without words nothing."""
    hits = search(workspace, query, within=within, limit=limit)
    return in_words(workspace, [(hit.kind, hit.id, hit.snippet) for hit in hits])


def _by_id(workspace: Workspace, cls: type[R], ids: Iterable[Id | None]) -> dict[Id, R]:
    """The records of a kind among these ids; those that are deleted are left out."""
    wanted = sorted({id for id in ids if id is not None})
    found: dict[Id, R] = {}
    for at in range(0, len(wanted), AT_ONCE):
        for one in records(workspace, cls, id=wanted[at : at + AT_ONCE]):
            found[one.id] = one
    return found


def in_words(workspace: Workspace, hits: Sequence[Hit]) -> list[Found]:
    """Hits with where they stand, who wrote them and the themes on them, read together and not one by one."""
    ids: dict[str, list[Id]] = {}
    for kind, id, _ in hits:
        ids.setdefault(kind, []).append(id)
    facts = facts_of(workspace, [id for _, id, _ in hits])
    answers = {
        one.id: one
        for cls in (Answer, AgreedAnswer, ModeratedMark, MarkingNote)
        for one in _by_id(workspace, cls, ids.get(cls.kind, ())).values()
    }
    marks = {line.id: line.mark for line in _by_id(workspace, NoteLine, ids.get(NoteLine.kind, ())).values()}
    sessions = _by_id(workspace, Session, [one.session for one in facts.values()])
    files = _by_id(workspace, CaseFile, [one.file for one in facts.values()])
    names = body_names(workspace)
    themes = _themes(workspace, [id for kind, id, _ in hits if kind in CAN_CARRY])
    return [
        Found(
            kind,
            id,
            snippet,
            _where(piece, sessions.get(piece.session or b""), files.get(piece.file or b""), answers.get(id)),
            piece.home if kind not in FOUND_BESIDE else None,
            piece.author if kind != Session.kind else "",
            piece.at if piece.file is None else None,
            themes.get(id, ()),
            marks.get(id, ""),
            getattr(answers.get(id), "value", ""),
            ", ".join(names.get(code, code) for code in piece.bodies),
            piece.method,
        )
        for kind, id, snippet in hits
        if (piece := facts.get(id)) is not None
    ]


_JUDGED = {AgreedAnswer.kind: ", agreed answer", ModeratedMark.kind: ", moderator's mark"}


def _where(piece: Piece, session: Session | None, file: CaseFile | None, judged: Record | None) -> str:
    """Where a piece stands, in words."""
    if piece.kind in (Session.kind, Finding.kind, *FOUND_BESIDE):
        return KINDS[piece.kind].words
    if piece.kind == NoteLine.kind:
        return session_title(session) if session else ""
    question = getattr(judged, "question", "")
    if piece.kind == MarkingNote.kind:
        return f"How we mark, {question}"
    return f"File {file.reference if file else '?'}, {question}{_JUDGED.get(piece.kind, '')}"


def _themes(workspace: Workspace, ids: list[Id]) -> dict[Id, tuple[tuple[str, str], ...]]:
    """Names and directions of the themes on each of these records."""
    names = {theme.id: theme.name for theme in records(workspace, Theme)}
    found: dict[Id, list[tuple[str, str]]] = {}
    for id, tag in tags_within(workspace, ids):
        if tag.theme in names:
            found.setdefault(id, []).append((names[tag.theme], tag.direction))
    return {id: tuple(dict.fromkeys(some)) for id, some in found.items()}


@dataclass(frozen=True)
class ThemeCount:
    """A theme of the codebook, how deep it stands (0 at the top), and how many pieces point each way."""

    theme: Theme
    depth: int
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)


def theme_board(workspace: Workspace) -> list[ThemeCount]:
    """All themes in the codebook's order, each below the one it belongs to, with its tags counted."""
    counts = tag_counts(workspace)
    order = ("strength", "concern", "mixed", "neutral")
    found = []
    for entry in codebook(workspace):
        of = counts.get(entry.theme.id, Counter[str]())
        found.append(ThemeCount(entry.theme, entry.depth, tuple((way, of[way]) for way in order if of[way])))
    return found


@dataclass(frozen=True)
class Board:
    """What stands beside the evidence: themes with their counts, and the points of the visit under way.

    new_kinds: what a new point is offered as, by code and name.
    """

    themes: tuple[ThemeCount, ...]
    visit: Visit | None
    visit_title: str
    points: tuple[Point, ...]
    new_kinds: tuple[tuple[str, str], ...] = ()


def board(workspace: Workspace, today: date) -> Board:
    """Themes and emerging points, in one go."""
    new = tuple(offered(workspace).items())
    visit = current_visit(workspace, today)
    some = tuple(points(workspace, visit.id)) if visit else ()
    title = visit_title(workspace, visit.id) if visit else ""
    usual = tuple(one for one in new if one[0] in ("strength", "concern"))
    return Board(tuple(theme_board(workspace)), visit, title, some, usual if len(usual) == 2 else new)


def search_rows(workspace: Workspace, query: str, *, within: str | None = None) -> list[dict[str, object]]:
    """Search for the command line: kind, id, where and snippet with «found» words."""
    return [
        {
            "kind": one.kind,
            "id": one.id.hex(),
            "where": one.where,
            "snippet": one.snippet.replace("\x02", "«").replace("\x03", "»"),
            "themes": [name for name, _ in one.themes],
        }
        for one in look_up(workspace, query, within=within)
    ]
