"""Taking back one's own acts, and doing them again; what is sealed is taken back in what is sealed."""

from fieldwork.store import history
from fieldwork.store.history import Undone
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining

__all__ = ["Undone", "redo", "undo"]


def undo(workspace: Workspace) -> Undone:
    """Take back one's last act, as a new entry. Raises Fault when there is nothing to take back."""
    done, _ = history.own_stacks(workspace)
    return (sealed_examining.reverse(workspace, done[0]) if done else None) or history.undo(workspace)


def redo(workspace: Workspace) -> Undone:
    """Do again what was taken back last. Raises Fault when there is nothing."""
    _, undone = history.own_stacks(workspace)
    return (sealed_examining.reverse(workspace, undone[0]) if undone else None) or history.redo(workspace)
