"""Finding evidence again: search, what a hit is in words, and how much stands under each theme."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark, Moderation
from fieldwork.domain.records import (
    KINDS,
    Answer,
    CaseFile,
    Examination,
    Finding,
    NoteLine,
    Record,
    Session,
    Tag,
    TeamMember,
    Theme,
    Visit,
)
from fieldwork.domain.values import Id
from fieldwork.store.reading import newest, records
from fieldwork.store.searching import FOUND_BESIDE, KIND_GROUPS, search
from fieldwork.store.workspace import Workspace
from fieldwork.work.finding_counts import Point, points
from fieldwork.work.inspections import body_names
from fieldwork.work.visits import current_visit, session_title, visit_title

SCOPES = tuple(KIND_GROUPS)
AT_ONCE = 500  # ids asked for in one query
DEEP = 5000  # hits looked through for those with a theme
R = TypeVar("R", bound=Record)
Piece = tuple[str, Id, str]  # kind, id, words


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


def look_up(
    workspace: Workspace,
    query: str,
    *,
    within: str | None = None,
    theme: Id | None = None,
    limit: int = 200,
) -> list[Found]:
    """Evidence for a query, best first; without a query the latest lines. Filtered by theme if given."""
    tagged = {tag.target for tag in records(workspace, Tag, theme=theme)} if theme is not None else None
    if query.strip():
        wanted = limit if tagged is None else DEEP
        hits = [
            (hit.kind, hit.id, hit.snippet) for hit in search(workspace, query, within=within, limit=wanted)
        ]
    else:
        hits = _without_words(workspace, within, tagged, limit)
    if tagged is not None:
        hits = [hit for hit in hits if hit[1] in tagged]
    return _in_words(workspace, hits[:limit])


def _without_words(
    workspace: Workspace, within: str | None, tagged: set[Id | None] | None, limit: int
) -> list[Piece]:
    """What is shown before anything is typed: with a theme all that carries it, else what came last."""
    if within == "findings":
        return [(Finding.kind, one.id, one.text) for one in records(workspace, Finding, order="position")]
    lines: list[NoteLine] = []
    if within in (None, "notes"):
        if tagged is None:
            lines = newest(workspace, NoteLine, "typed", limit)
        else:
            lines = list(_by_id(workspace, NoteLine, tagged).values())
            lines.sort(key=lambda line: (-(line.typed or 0), line.id))
    pieces = [(NoteLine.kind, line.id, line.text) for line in lines]
    if tagged is not None and within in (None, "answers"):
        held = _by_id(workspace, Answer, tagged)
        pieces += [(Answer.kind, one.id, one.comment or one.reason or one.value) for one in held.values()]
    return pieces


def _by_id(workspace: Workspace, cls: type[R], ids: Iterable[Id | None]) -> dict[Id, R]:
    """The records of a kind among these ids; those that are deleted are left out."""
    wanted = sorted({id for id in ids if id is not None})
    found: dict[Id, R] = {}
    for at in range(0, len(wanted), AT_ONCE):
        for one in records(workspace, cls, id=wanted[at : at + AT_ONCE]):
            found[one.id] = one
    return found


def _in_words(workspace: Workspace, hits: list[Piece]) -> list[Found]:
    """Hits with where they stand, who wrote them and the themes on them, read together and not one by one."""
    ids: dict[str, list[Id]] = {}
    for kind, id, _ in hits:
        ids.setdefault(kind, []).append(id)
    lines = _by_id(workspace, NoteLine, ids.get(NoteLine.kind, ()))
    answers = _by_id(workspace, Answer, ids.get(Answer.kind, ()))
    findings = _by_id(workspace, Finding, ids.get(Finding.kind, ()))
    sessions = _by_id(
        workspace, Session, [*ids.get(Session.kind, ()), *(line.session for line in lines.values())]
    )
    examinations = _by_id(workspace, Examination, [held.examination for held in answers.values()])
    files = _by_id(workspace, CaseFile, [one.case_file for one in examinations.values()])
    names = body_names(workspace)
    members = {member.id: member.label for member in records(workspace, TeamMember)} if answers else {}
    themes = _themes(workspace, [*lines, *answers])
    judged = _judged(workspace, ids, names)
    found = []
    for kind, id, snippet in hits:
        if kind == NoteLine.kind and id in lines:
            found.append(_line_found(lines[id], sessions, names, snippet, themes.get(id, ())))
        elif kind == Answer.kind and id in answers:
            examination = examinations.get(answers[id].examination or b"")
            file = files.get(examination.case_file or b"") if examination else None
            who = members.get(examination.examiner or b"", "") if examination else ""
            found.append(_answer_found(answers[id], file, who, names, snippet, themes.get(id, ())))
        elif kind == Session.kind and id in sessions:
            body = names.get(sessions[id].body, sessions[id].body)
            method = sessions[id].method
            found.append(
                Found(kind, id, snippet, "session", id, "", sessions[id].started, (), "", "", body, method)
            )
        elif id in judged:
            found.append(replace(judged[id], snippet=snippet))
        elif kind == Finding.kind and id in findings:
            found.append(Found(kind, id, snippet, "finding", findings[id].visit or id, "", None, ()))
        elif kind in FOUND_BESIDE:
            found.append(Found(kind, id, snippet, KINDS[kind].words, None, "", None, ()))
    return found


def _judged(workspace: Workspace, ids: Mapping[str, list[Id]], names: Mapping[str, str]) -> dict[Id, Found]:
    """What was found of notes on marking, agreed answers and moderators' marks, without its words."""
    notes = _by_id(workspace, MarkingNote, ids.get(MarkingNote.kind, ()))
    agreed = _by_id(workspace, AgreedAnswer, ids.get(AgreedAnswer.kind, ()))
    marks = _by_id(workspace, ModeratedMark, ids.get(ModeratedMark.kind, ()))
    if not (notes or agreed or marks):
        return {}
    labels = {member.id: member.label for member in records(workspace, TeamMember)}
    looks = _by_id(workspace, Moderation, [mark.moderation for mark in marks.values()])
    on: dict[Id, tuple[Id | None, str, str, Id | None]] = {
        one.id: (one.case_file, f"{one.question}, agreed answer", one.value, one.by)
        for one in agreed.values()
    }
    for mark in marks.values():
        look = looks.get(mark.moderation or b"")
        on[mark.id] = (
            look.case_file if look else None,
            f"{mark.question}, moderator's mark",
            mark.value,
            look.moderator if look else None,
        )
    files = _by_id(workspace, CaseFile, [file for file, _, _, _ in on.values()])
    found = {
        note.id: Found(
            MarkingNote.kind,
            note.id,
            "",
            f"How we mark, {note.question}",
            note.id,
            labels.get(note.author or b"", ""),
            None,
            (),
        )
        for note in notes.values()
        if not note.withdrawn
    }
    for id, (at, where, value, by) in on.items():
        file = files.get(at or b"")
        kind = AgreedAnswer.kind if id in agreed else ModeratedMark.kind
        place = f"File {file.reference if file else '?'}, {where}"
        body = names.get(file.force, file.force) if file else ""
        found[id] = Found(
            kind, id, "", place, at, labels.get(by or b"", ""), None, (), "", value, body, "file_examination"
        )
    return found


def _line_found(
    line: NoteLine,
    sessions: Mapping[Id, Session],
    names: Mapping[str, str],
    snippet: str,
    themes: tuple[tuple[str, str], ...],
) -> Found:
    session = sessions.get(line.session or b"")
    return Found(
        NoteLine.kind,
        line.id,
        snippet,
        session_title(session) if session else "",
        session.id if session else None,
        line.author,
        line.typed,
        themes,
        line.mark,
        "",
        names.get(session.body, session.body) if session else "",
        session.method if session else "",
    )


def _answer_found(
    held: Answer,
    file: CaseFile | None,
    examiner: str,
    names: Mapping[str, str],
    snippet: str,
    themes: tuple[tuple[str, str], ...],
) -> Found:
    where = f"File {file.reference}, {held.question}" if file else ""
    body = names.get(file.force, file.force) if file else ""
    parent = file.id if file else None
    return Found(
        Answer.kind,
        held.id,
        snippet,
        where,
        parent,
        examiner,
        None,
        themes,
        "",
        held.value,
        body,
        "file_examination",
    )


def _themes(workspace: Workspace, ids: list[Id]) -> dict[Id, tuple[tuple[str, str], ...]]:
    """Names and directions of the themes on each of these records."""
    names = {theme.id: theme.name for theme in records(workspace, Theme)}
    found: dict[Id, list[tuple[str, str]]] = {}
    for at in range(0, len(ids), AT_ONCE):
        for tag in records(workspace, Tag, target=ids[at : at + AT_ONCE]):
            if tag.theme in names and tag.target is not None:
                found.setdefault(tag.target, []).append((names[tag.theme], tag.direction))
    return {id: tuple(some) for id, some in found.items()}


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
    counts: dict[Id, Counter[str]] = {}
    for tag in records(workspace, Tag):
        if tag.theme is not None:
            counts.setdefault(tag.theme, Counter())[tag.direction or "neutral"] += 1
    themes = records(workspace, Theme, order="position")
    below: dict[Id | None, list[Theme]] = {}
    known = {theme.id for theme in themes}
    for theme in themes:
        below.setdefault(theme.parent if theme.parent in known else None, []).append(theme)
    counted: dict[Id, ThemeCount] = {}

    def put(some: Iterable[Theme], depth: int) -> None:
        for theme in some:
            if theme.id in counted:
                continue
            of = counts.get(theme.id, Counter())
            order = ("strength", "concern", "mixed", "neutral")
            counted[theme.id] = ThemeCount(theme, depth, tuple((way, of[way]) for way in order if of[way]))
            put(below.get(theme.id, ()), depth + 1)

    put(below.get(None, ()), 0)
    for theme in themes:  # those that colleagues have put below each other hang from none of the others
        put([theme], 0)
    return list(counted.values())


@dataclass(frozen=True)
class Board:
    """What stands beside the evidence: themes with their counts, and the points of the visit under way."""

    themes: tuple[ThemeCount, ...]
    visit: Visit | None
    visit_title: str
    points: tuple[Point, ...]


def board(workspace: Workspace, today: date) -> Board:
    """Themes and emerging points, in one go."""
    visit = current_visit(workspace, today)
    some = tuple(points(workspace, visit.id)) if visit else ()
    title = visit_title(workspace, visit.id) if visit else ""
    return Board(tuple(theme_board(workspace)), visit, title, some)


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
