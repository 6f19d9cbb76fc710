"""Finding evidence again: search, and what a hit is in words."""

from dataclasses import dataclass

from fieldwork.domain.records import Answer, CaseFile, Examination, Finding, NoteLine, Session, Tag, Theme
from fieldwork.domain.values import Id
from fieldwork.store.reading import KIND_GROUPS, find, records, search
from fieldwork.store.workspace import Workspace
from fieldwork.work.visits import session_title

SCOPES = tuple(KIND_GROUPS)


@dataclass(frozen=True)
class Found:
    """A piece of evidence in a list. snippet: found words stand between characters 2 and 3; at: wall ms."""

    kind: str
    id: Id
    snippet: str
    where: str
    parent: Id | None
    author: str
    at: int | None
    themes: tuple[tuple[str, str], ...]


def look_up(
    workspace: Workspace,
    query: str,
    *,
    within: str | None = None,
    theme: Id | None = None,
    limit: int = 200,
) -> list[Found]:
    """Evidence for a query, best first; without a query the latest lines. Filtered by theme if given."""
    if query.strip():
        hits = [
            (hit.kind, hit.id, hit.snippet) for hit in search(workspace, query, within=within, limit=limit)
        ]
    else:
        lines = records(workspace, NoteLine, order="typed")[-limit:]
        hits = [(NoteLine.kind, line.id, line.text) for line in reversed(lines)]
    found = [_found(workspace, kind, id, snippet) for kind, id, snippet in hits]
    if theme is not None:
        tagged = {tag.target for tag in records(workspace, Tag, theme=theme)}
        found = [one for one in found if one.id in tagged]
    return found


def _found(workspace: Workspace, kind: str, id: Id, snippet: str) -> Found:
    themes = themes_on(workspace, id)
    if kind == NoteLine.kind:
        line = find(workspace, NoteLine, id)
        session = find(workspace, Session, line.session) if line else None
        where = session_title(session) if session else ""
        return Found(
            kind, id, snippet, where, session.id if session else None,
            line.author if line else "", line.typed if line else None, themes,
        )  # fmt: skip
    if kind == Answer.kind:
        held = find(workspace, Answer, id)
        examination = find(workspace, Examination, held.examination) if held else None
        file = find(workspace, CaseFile, examination.case_file) if examination else None
        where = f"File {file.reference}, {held.question}" if file and held else ""
        return Found(kind, id, snippet, where, file.id if file else None, "", None, themes)
    if kind == Session.kind:
        return Found(kind, id, snippet, "session", id, "", None, themes)
    return Found(kind, id, snippet, "finding" if kind == Finding.kind else kind, id, "", None, themes)


def themes_on(workspace: Workspace, id: Id) -> tuple[tuple[str, str], ...]:
    """Names and directions of the themes on a record."""
    names = {theme.id: theme.name for theme in records(workspace, Theme)}
    tags = records(workspace, Tag, target=id)
    return tuple((names[tag.theme], tag.direction) for tag in tags if tag.theme in names)


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
