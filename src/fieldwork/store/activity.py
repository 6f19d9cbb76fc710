"""The log of what left and what came: shares, merges, reports; a chain of its own on each laptop.

It stays on this laptop, is no evidence and is not carried in packages. A line altered or taken out of it is named
by `verify`; whoever holds the key can still cut off its end.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fieldwork.domain.faults import standing
from fieldwork.store.workspace import Workspace, raw


@dataclass(frozen=True)
class Line:
    """One line of the log. at: wall milliseconds; act: "share", "merge", "report" and so on."""

    n: int
    at: int
    act: str
    detail: str


def log(workspace: Workspace, act: str, detail: str, done: str = "") -> None:
    """Add one line to the log, of what was done; each carries the hash of all before it.

    Nothing on a read-only workspace. Raises Stands where the line cannot be written; done: the sentence it begins
    with.
    """
    if not workspace.writes:
        return
    with standing(done or f"It is done ({act}: {detail}).", "its line in this laptop's log"):
        _log(workspace, act, detail)


def lines(workspace: Workspace) -> list[Line]:
    """The whole log, the oldest line first."""
    with workspace.read() as db:
        return [Line(*row) for row in raw(db).execute("SELECT n, at, act, detail FROM activity ORDER BY n")]


def altered(connection: Any) -> Iterator[str]:
    """A sentence for each place where the log is not what was written."""
    before = bytes(32)
    rows = connection.execute("SELECT n, at, act, detail, hash FROM activity ORDER BY n").fetchall()
    for place, (n, at, act, detail, digest) in enumerate(rows, 1):
        if n != place or digest != _digest(before, n, at, act, detail):
            yield f"log of this laptop: line {place} was altered or taken out."
            return  # all after it hangs on it
        before = digest


def _log(workspace: Workspace, act: str, detail: str) -> None:
    at = int(time.time() * 1000)
    with workspace.write() as db:
        row = db.exec_driver_sql("SELECT n, hash FROM activity ORDER BY n DESC LIMIT 1").fetchone()
        n, before = (row[0] + 1, row[1]) if row else (1, bytes(32))
        db.exec_driver_sql(
            "INSERT INTO activity (n, at, act, detail, hash) VALUES (?, ?, ?, ?, ?)",
            (n, at, act, detail, _digest(before, n, at, act, detail)),
        )


def _digest(before: bytes, n: int, at: int, act: str, detail: str) -> bytes:
    return hashlib.sha256(before + f"{n}|{at}|{act}|{detail}".encode()).digest()
