"""All results of an inspection against one plain aggregate over the same answers."""

import os
import tempfile
from pathlib import Path

from fieldwork.store.workspace import Workspace, raw
from fieldwork.work.results import results
from worlds import bare_inspection

from . import Pair, interleaved, milliseconds
from ._marked import files_marked

FILES = 3_000
PLAIN = "SELECT question, value, count(*) FROM answer WHERE hidden = 0 GROUP BY question, value"


def run(scale: float = 1.0) -> dict[str, Pair | float]:
    """A tenth of a national inspection unless FIELDWORK_LONG is set."""
    whole = FILES if os.environ.get("FIELDWORK_LONG") else FILES // 10
    with tempfile.TemporaryDirectory() as folder, bare_inspection(Path(folder)) as workspace:
        answers = files_marked(workspace, max(3, round(whole * scale)))
        for by in ("", "stratum"):
            results(workspace, by=by)
        times = 5 if scale >= 1 else 1
        return {"answers": float(answers)} | {
            f"results by {by or 'nothing'}": interleaved(
                lambda by=by: milliseconds(lambda: results(workspace, by=by)),
                lambda: milliseconds(lambda: plain(workspace)),
                times,
            )
            for by in ("", "stratum")
        }


def plain(workspace: Workspace) -> list[tuple[str, str, int]]:
    with workspace.read() as db:
        return raw(db).execute(PLAIN).fetchall()
