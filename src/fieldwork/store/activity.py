"""The log of what left and what came: shares, merges, reports; a chain of its own on each laptop."""

import hashlib
import time

from fieldwork.domain.faults import standing
from fieldwork.store.workspace import Workspace


def log(workspace: Workspace, act: str, detail: str, done: str = "") -> None:
    """Add one line to the log, of what was done; each carries the hash of all before it.

    Nothing on a read-only workspace. Raises Stands where the line cannot be written; done: the sentence it begins
    with.
    """
    if not workspace.writes:
        return
    with standing(done or f"It is done ({act}: {detail}).", "its line in this laptop's log"):
        _log(workspace, act, detail)


def _log(workspace: Workspace, act: str, detail: str) -> None:
    at = int(time.time() * 1000)
    with workspace.write() as db:
        row = db.exec_driver_sql("SELECT n, hash FROM activity ORDER BY n DESC LIMIT 1").fetchone()
        n, before = (row[0] + 1, row[1]) if row else (1, bytes(32))
        digest = hashlib.sha256(before + f"{n}|{at}|{act}|{detail}".encode()).digest()
        db.exec_driver_sql(
            "INSERT INTO activity (n, at, act, detail, hash) VALUES (?, ?, ?, ?, ?)",
            (n, at, act, detail, digest),
        )
