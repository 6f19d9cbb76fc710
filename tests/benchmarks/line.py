"""A note line committed as one act, in a workspace that holds many, against a bare commit of one row."""

import statistics
import tempfile
import time
from pathlib import Path

from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import new_id
from fieldwork.store.connection import connect
from fieldwork.store.recording import Change, record
from laptops import START, team

from . import Pair
from ._workspaces import add_lines

HELD = 20_000  # lines there before
LINES = 400


def run(scale: float = 1.0) -> dict[str, Pair]:
    count = max(20, round(LINES * scale))
    with tempfile.TemporaryDirectory() as folder:
        here = team(Path(folder), 1)[0]
        sessions = add_lines(here, max(100, round(HELD * scale)))
        bare_file = connect(Path(folder) / "bare", here.file_key)
        bare_file.execute("CREATE TABLE line (no INTEGER PRIMARY KEY, words TEXT)")
        ours, bare = [], []
        for number in range(count):
            words = f"what was said in line {number}, in a sentence of usual length"
            fields = {
                "session": sessions[-1],
                "place": f"z{number:06}",
                "text": words,
                "author": "a",
                "typed": START,
            }
            began = time.perf_counter()
            record(here, "note", [Change(NoteLine.kind, new_id(), fields)])
            ours.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            bare_file.execute("INSERT INTO line (words) VALUES (?)", (words,))
            bare.append((time.perf_counter() - began) * 1000)
        bare_file.close()
        here.close()
    return {
        "a committed note line, median": Pair(statistics.median(ours), statistics.median(bare)),
        "a committed note line, 99th percentile": Pair(_highest(ours), _highest(bare)),
    }


def _highest(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]
