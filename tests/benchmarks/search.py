"""The first page of evidence looked up against a bare full-text query on the same file that gives as many hits.

With FIELDWORK_LONG on the evidence of a whole national inspection (kept in the folder FIELDWORK_NATIONAL), else on
twenty thousand lines. Cold is the first time in a process just begun; the 95th of a hundred is told beside the median.
"""

import gc
import statistics
import tempfile
from pathlib import Path

from fieldwork.store.searching import match_of, search
from fieldwork.store.workspace import Workspace, raw
from fieldwork.work.evidence_filters import Filters, look_up

from . import Pair, interleaved, milliseconds
from ._workspaces import evidence_to_search

FIRST = 30  # what the window asks for at once
QUERIES = {
    "two words": "redaction gatekeepers",
    "a common word": "files",
    "a beginning": "disc*",
    "a beginning that stems hide": "redactio*",
    "a phrase": '"named lawyer"',
    "near": "feedback ~ late",
}
NARROWED = Filters().toggled("method", "interview").toggled("body", "P33")


def run(scale: float = 1.0) -> dict[str, Pair | float]:
    with tempfile.TemporaryDirectory() as folder, evidence_to_search(Path(folder), scale) as workspace:
        return measured(workspace, 25 if scale >= 1 else 2)


def measured(workspace: Workspace, times: int) -> dict[str, Pair | float]:
    found: dict[str, Pair | float] = {}
    for what, query in QUERIES.items():
        match = match_of(query)
        ways = {
            "hits": lambda query=query: search(workspace, query, limit=FIRST),
            "first page": lambda query=query: look_up(workspace, query, Filters(), limit=FIRST),
            "first page, narrowed": lambda query=query: look_up(workspace, query, NARROWED, limit=FIRST),
        }
        bare(workspace, match)
        for name, ours in ways.items():
            cold = milliseconds(ours)
            found[f"{what}, {name}"] = interleaved(
                lambda ours=ours: milliseconds(ours),
                lambda match=match: milliseconds(lambda: bare(workspace, match)),
                times,
            )
            if name == "first page":
                found[f"{what}, {name}, the first time, ms"] = cold
                found[f"{what}, {name}, 95th of a hundred, ms"] = slowest(ours, times)
    return found


def slowest(work, times: int) -> float:  # type: ignore[no-untyped-def]
    """The 95th of a hundred, in ms."""
    gc.collect()
    taken = [milliseconds(work) for _ in range(max(2, times))]
    return statistics.quantiles(taken, n=20)[-1]


def bare(workspace: Workspace, match: str) -> list[tuple[int, str]]:
    """The best hits with their snippets, and nothing about what they are."""
    with workspace.read() as db:
        return (
            raw(db)
            .execute(
                "SELECT rowid, snippet(found, 0, char(2), char(3), '…', 24) FROM found WHERE found MATCH ? "
                "ORDER BY rank LIMIT ?",
                (match, FIRST),
            )
            .fetchall()
        )
