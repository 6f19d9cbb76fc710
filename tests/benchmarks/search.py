"""Looking evidence up among twenty thousand lines against a bare full-text query on the same file."""

import tempfile
from pathlib import Path

from fieldwork.store.searching import search
from fieldwork.store.workspace import Workspace, raw
from fieldwork.work.evidence import look_up
from laptops import team

from . import Pair, interleaved, milliseconds
from ._workspaces import add_lines

QUERIES = {"two words": "redaction gatekeepers", "a common word": "triage", "a beginning": "disc*"}
LINES = 20_000
SHOWN = 200


def run(scale: float = 1.0) -> dict[str, Pair]:
    with tempfile.TemporaryDirectory() as folder:
        (workspace,) = team(Path(folder), 1)
        with workspace:
            add_lines(workspace, max(50, round(LINES * scale)))
            return measured(workspace, 15 if scale >= 1 else 1)


def measured(workspace: Workspace, times: int) -> dict[str, Pair]:
    found: dict[str, Pair] = {}
    for what, query in QUERIES.items():
        match = f'"{query[:-1]}"*' if query.endswith("*") else query
        bare(workspace, match)
        for name, ours in (("hits", search), ("evidence in words", look_up)):
            found[f"{what}, {name}"] = interleaved(
                lambda ours=ours, query=query: milliseconds(lambda: ours(workspace, query)),
                lambda match=match: milliseconds(lambda: bare(workspace, match)),
                times,
            )
    return found


def bare(workspace: Workspace, match: str) -> list[tuple[int, str]]:
    """The best hits with their snippets, and nothing about what they are."""
    with workspace.read() as db:
        return (
            raw(db)
            .execute(
                "SELECT rowid, snippet(found, 0, char(2), char(3), '…', 24) FROM found WHERE found MATCH ? "
                "ORDER BY rank LIMIT ?",
                (match, SHOWN),
            )
            .fetchall()
        )
