"""Evidence counted: facets, themes, findings with all that stands behind them, against one bare query each.

On the same evidence as `search`. Given up: how long after nobody waits any more a count of facets ends, in ms.
"""

import tempfile
import threading
import time
from pathlib import Path

from fieldwork.domain.records import EvidenceLink, Finding, NoteLine, Tag, Theme
from fieldwork.domain.values import derived_id
from fieldwork.store.connection import StoppedError
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.searching import match_of
from fieldwork.store.workspace import Workspace, raw
from fieldwork.work.evidence import theme_board
from fieldwork.work.evidence_filters import Filters, facets
from fieldwork.work.finding_counts import points
from fieldwork.work.finding_evidence import evidence_of
from fieldwork.work.finding_matrix import matrix
from fieldwork.work.references import references
from fieldwork.work.signing import signings
from fieldwork.work.theme_table import theme_table

from . import Pair, interleaved, milliseconds
from ._workspaces import AT_ONCE, evidence_to_search

NARROWED = Filters().toggled("method", "interview")
LINKED = "SELECT finding, bearing, count(*) FROM evidence_link WHERE hidden = 0 GROUP BY 1, 2"
TAGGED = "SELECT theme, direction, count(*) FROM tag WHERE hidden = 0 GROUP BY 1, 2"
LINES = "SELECT count(*) FROM note_line WHERE hidden = 0"


def run(scale: float = 1.0) -> dict[str, Pair | float]:
    with tempfile.TemporaryDirectory() as folder, evidence_to_search(Path(folder), scale) as workspace:
        put_behind(workspace)
        return measured(workspace, 5 if scale >= 1 else 1)


def put_behind(workspace: Workspace) -> None:
    """Themes on every fourth line and findings over every tenth, where none are there yet."""
    if records(workspace, Finding):
        return
    lines = [line.id for line in records(workspace, NoteLine)]
    themes = [theme.id for theme in records(workspace, Theme)] or [bytes([n]) * 16 for n in range(8)]
    changes: list[Change] = []
    for n, line in enumerate(lines[::4]):
        theme = themes[n % len(themes)]
        put = {"target": line, "theme": theme}
        changes.append(Change(Tag.kind, derived_id(Tag.kind, line, theme), put))
    for n, line in enumerate(lines[::10]):
        finding = derived_id(Finding.kind, str(n % 57))
        if n < 57:
            changes.append(Change(Finding.kind, finding, {"text": f"Finding {n}", "finding_kind": "concern"}))
        link = {"finding": finding, "evidence": line, "bearing": "for"}
        changes.append(Change(EvidenceLink.kind, derived_id(EvidenceLink.kind, finding, line), link))
    for at in range(0, len(changes), AT_ONCE):
        record(workspace, "script", changes[at : at + AT_ONCE])


def measured(workspace: Workspace, times: int) -> dict[str, Pair | float]:
    found: dict[str, Pair | float] = {}

    def against(what: str, ours, query: str, *values: str) -> None:  # type: ignore[no-untyped-def]
        ours()
        found[what] = interleaved(
            lambda: milliseconds(ours), lambda: milliseconds(lambda: bare(workspace, query, *values)), times
        )

    for what, words in (("two words", "redaction gatekeepers"), ("a common word", "files")):
        counted = "SELECT count(*) FROM found WHERE found MATCH ?"
        match = match_of(words)
        against(f"facets of {what}", lambda words=words: facets(workspace, words, Filters()), counted, match)
        narrowed = f"facets of {what}, narrowed"
        against(narrowed, lambda words=words: facets(workspace, words, NARROWED), counted, match)
    against("facets of everything", lambda: facets(workspace, "", Filters()), LINES)
    found["facets given up, ms"] = given_up(workspace)
    against("themes counted", lambda: theme_board(workspace), TAGGED)
    against("theme board by body and method", lambda: theme_table(workspace), TAGGED)
    against("findings with their evidence counted", lambda: points(workspace), LINKED)
    some = [one.id for one in records(workspace, Finding)]
    against("signatures of all findings judged", lambda: signings(workspace, some), LINKED)
    against("a finding by method and body", lambda: matrix(workspace, some[0]), LINKED)
    against("a finding with its evidence in words", lambda: evidence_of(workspace, some[0]), LINKED)
    cited = [link.evidence for link in records(workspace, EvidenceLink)[:200] if link.evidence]
    against("references of two hundred pieces", lambda: references(workspace, cited), LINES)
    return found


def given_up(workspace: Workspace) -> float:
    """How long a count of everything goes on once nobody waits for it; 0 where it had ended before."""
    unwanted, ended = threading.Event(), []

    def count() -> None:
        try:
            facets(workspace, "", Filters().toggled("kind", NoteLine.kind), stopping=unwanted.is_set)
        except StoppedError:
            ended.append(time.perf_counter())

    counting = threading.Thread(target=count)
    counting.start()
    time.sleep(0.05)
    said = time.perf_counter()
    unwanted.set()
    counting.join()
    return (ended[0] - said) * 1000 if ended else 0.0


def bare(workspace: Workspace, query: str, *values: str) -> None:
    with workspace.read() as db:
        raw(db).execute(query, values).fetchall()
