"""Backups that are made without being asked for: before a merge, and once a day."""

from collections.abc import Callable
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.store import keeping
from fieldwork.store.workspace import Workspace


def before_merge(workspace: Workspace, stopping: Callable[[], bool] = lambda: False) -> Path:
    """A checked copy beside the workspace. Raises Fault, with a sentence why, when there can be none."""
    return keeping.keep(workspace, "merge", stopping)


def daily(workspace: Workspace, stopping: Callable[[], bool] = lambda: False) -> Path | None:
    """The day's backup if it is due; None when nothing changed, or it was stopped to give way."""
    if not workspace.writes or not keeping.due(workspace):
        return None
    try:
        return keeping.keep(workspace, "daily", stopping)
    except Fault:
        if stopping():
            return None
        raise
