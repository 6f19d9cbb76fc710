"""Taking back one's own acts, and doing them again."""

from fieldwork.store.history import Undone, redo, undo

__all__ = ["Undone", "redo", "undo"]
