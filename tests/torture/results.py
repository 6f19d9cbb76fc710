"""RESULTS.md: a row for every run that was kept, and the sums of all of them."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path

from . import Tally

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = """# What the torture came to

`make torture` tries the numbered promises of safety at full length and adds a row for each; `python -m tests.torture
PROMISE --rounds N --seed S --write` adds one for a shorter run. A row is of the code of its commit, and of what was
changed beside it where the commit ends in +; minutes are those of all parts of a run, one after the other.

## Runs

| promise | date | commit | seed | rounds | failures | minutes | what it came to |
|---:|---|---|---:|---:|---:|---:|---|
"""
_SUMS = """
## Together

| promise | runs | rounds | failures |
|---:|---:|---:|---:|
"""


def words(tally: Tally) -> str:
    """What a promise came to, in a line."""
    counts = [f"{count:,} {what}" for what, count in tally.counts.items()]
    worst = [f"longest {what} {seconds:.2f} s" for what, seconds in tally.worst.items()]
    return "; ".join([f"{tally.rounds:,} rounds", *counts, *worst])


def keep(tally: Tally, seed: int, minutes: float, commit: str, wanted: int | None) -> None:
    """Add a row, in place of that of the same run when it was interrupted; two runs at once may both do so.

    wanted: the rounds of the whole, of a run that was interrupted.
    """
    RESULTS.touch()
    with RESULTS.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        rows = [text for text in file.read().split(_SUMS.strip("\n"))[0].splitlines() if _is_run(text)]
        said = words(tally).partition("; ")[2]
        said += "".join(f"; failed: {text[:200]}" for text in tally.failures[:5]).replace("|", "/")
        own = [str(tally.promise), commit, str(seed)]
        rows = [row for row in rows if _run_of(row) != own or " of " not in _cells(row)[4]]
        done = str(tally.rounds) if wanted is None else f"{tally.rounds} of {wanted or 'all'}, interrupted"
        rows.append(
            f"| {tally.promise} | {time.strftime('%Y-%m-%d')} | {commit} | {seed} | {done} | "
            f"{len(tally.failures)} | {minutes:.1f} | {said} |".replace("\n", " ")
        )
        rows.sort(key=lambda row: int(_cells(row)[0]))
        file.seek(0)
        file.truncate()
        file.write(_HEAD + "\n".join(rows) + "\n" + _SUMS + _sums(rows))


def _is_run(text: str) -> bool:
    return text.startswith("| ") and text.split("|")[1].strip().isdigit()


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")[1:-1]]


def _run_of(row: str) -> list[str]:
    """Promise, commit and seed."""
    cells = _cells(row)
    return [cells[0], *cells[2:4]]


def _sums(rows: list[str]) -> str:
    text = ""
    for promise in dict.fromkeys(_cells(row)[0] for row in rows):
        some = [_cells(row) for row in rows if _cells(row)[0] == promise]
        rounds, failures = (sum(int(row[k].split()[0]) for row in some) for k in (4, 5))
        text += f"| {promise} | {len(some)} | {rounds:,} | {failures:,} |\n"
    return text
