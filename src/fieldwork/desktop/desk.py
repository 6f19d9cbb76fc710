"""What pages work with: the open workspace, and the one way in for every change."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from fieldwork.desktop.jobs import Job, Lanes
from fieldwork.domain.faults import Fault

BACKUP_LANE = "backup"  # beside reading and writing; what runs there gives way when the window closes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """What stands in the marking bar, the rail and the status line."""

    title: str = ""  # of the inspection
    marking: str = "OFFICIAL-SENSITIVE"
    unshared: int = 0  # changes on this device only
    last_merge: str = ""  # "13:20 with HMICFRS laptop 2"
    badges: dict[str, str] = field(default_factory=dict)  # place -> number to decide there
    outside: str = ""  # what to know where this laptop is no longer one of the team


def sentence_for(error: BaseException) -> str:
    """What to tell the person: a Fault's own words; for anything else what is safe and what to do."""
    if isinstance(error, Fault):
        return str(error)
    return (
        f"That did not work ({type(error).__name__}). Nothing was changed and what you typed is still here; "
        "try again, and tell your lead if it happens twice."
    )


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is at fault."""
    if not isinstance(error, Fault) or error.__cause__ is None:
        return False
    from fieldwork.store import connection  # heavy, and there already when a workspace is open

    return connection.is_damage(error)


class Desk(QObject):
    """Acts go through `act` (one at a time), questions through `ask`; views refresh from `changed` alone."""

    changed = Signal(object)  # what an act or a merge changed, as the act returned it
    saved = Signal(float)  # time.time() of a commit that has returned
    failed = Signal(str)  # one sentence
    damaged = Signal()  # a page of the file did not hold what was written to it
    mended = Signal(str)  # a sentence told by `failed` that no longer holds
    status_changed = Signal()
    asking = Signal(object)  # a dialogs.asking.Question, to be put over the page
    touched = Signal()  # a key or the mouse
    covered = Signal(bool)  # the screen was blanked, or is shown again
    undone = Signal(str, object)  # "undo" or "redo", and what it did
    going = Signal(str, object)  # place, what to open there

    def __init__(
        self, workspace: Any = None, lanes: Lanes | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.drafts: Any = None  # store.drafts.Drafts while a workspace is open
        self.lanes = lanes or Lanes(self)
        self.status = Status()

    def act(
        self,
        function: Callable[..., Any],
        *args: Any,
        then: Callable[[Any], object] | None = None,
        otherwise: Callable[[BaseException], object] | None = None,
        progress: Any = None,  # hears (phase, done, of) of a function that takes `told`
        lane: str = "write",
        **kw: Any,
    ) -> Job:
        """Run `function(workspace, *args, **kw)` in the write lane.

        On success: `changed` with result.changed (if it has one), `saved`, then `then(result)`.
        On failure: `otherwise(error)` if given, else `failed` with one sentence.
        """
        job = self._started(lane, function, args, kw, progress)
        job.succeeded.connect(lambda result: self._acted(result, then))
        job.failed.connect(otherwise or self.tell)
        return job

    def ask(
        self,
        function: Callable[..., Any],
        *args: Any,
        then: Callable[[Any], object],
        otherwise: Callable[[BaseException], object] | None = None,
        progress: Any = None,  # hears (phase, done, of) of a function that takes `told`
        lane: str = "read",
        **kw: Any,
    ) -> Job:
        """Run `function(workspace, *args, **kw)` in the read lane and hand the result to `then`."""
        job = self._started(lane, function, args, kw, progress)
        job.succeeded.connect(then)
        job.failed.connect(otherwise or self.tell)
        return job

    def _started(
        self,
        lane: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kw: dict[str, Any],
        progress: Callable[[str, int, int], object] | None,
    ) -> Job:
        if progress is None:
            return self.lanes.start(lane, lambda _: function(self.workspace, *args, **kw))
        job = self.lanes.start(lane, lambda job: function(self.workspace, *args, told=job.tell, **kw))
        job.phased.connect(progress)
        return job

    def tell(self, error: object) -> None:
        """Say what went wrong, quietly."""
        if not isinstance(error, BaseException):
            error = RuntimeError(str(error))
        if not isinstance(error, Fault):
            log.error("unexpected error in a job", exc_info=error)
        elif is_damage(error):
            self.damaged.emit()
        self.failed.emit(sentence_for(error))

    def go(self, place: str, target: object = None) -> None:
        """Show a place, and open a record there."""
        self.going.emit(place, target)

    def put(self, question: object) -> None:
        """Ask something over the page before an act that reaches far."""
        self.asking.emit(question)

    def set_status(self, **parts: Any) -> None:
        """Change parts of `status` (title, marking, unshared, last_merge, badges, outside)."""
        self.status = replace(self.status, **parts)
        self.status_changed.emit()

    def _acted(self, result: Any, then: Callable[[Any], object] | None) -> None:
        self.saved.emit(time.time())
        changed = getattr(result, "changed", None)
        if changed is not None:
            self.changed.emit(changed)
        if then is not None:
            then(result)
