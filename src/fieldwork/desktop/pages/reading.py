"""How pages read: when they are seen, from what changed alone, and only the newest question counts."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any, ClassVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QShowEvent
from shiboken6 import Shiboken

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.jobs import CancelledError, Job
from fieldwork.desktop.page import Page


class Latest:
    """Questions of one kind: a new one makes the one before it void, whether or not it had begun.

    stops: the functions take `stopping` and give up once they are no longer wanted.
    """

    def __init__(self, desk: Desk, lane: str = "read", *, stops: bool = False) -> None:
        self._desk, self._lane, self._stops = desk, lane, stops
        self._turn = 0
        self._unwanted = Event()
        self._job: Job | None = None

    def ask(self, function: Callable[..., Any], *args: Any, then: Callable[[Any], object], **kw: Any) -> Job:
        """As `Desk.ask`; `then` is called only if nothing newer was asked meanwhile, and its page is still there."""
        self.drop()
        turn = self._turn

        def newest(result: Any) -> None:
            if turn == self._turn:
                self._job = None
                if _there(then):
                    then(result)

        if self._stops:
            self._unwanted = Event()
            function = _giving_up(function, self._unwanted)
        self._job = self._desk.ask(function, *args, then=newest, lane=self._lane, **kw)
        return self._job

    def drop(self) -> None:
        """Whatever is still under way is no longer wanted."""
        self._turn += 1
        self._unwanted.set()
        if self._job is not None:
            self._job.cancel()
            self._job = None


def _giving_up(function: Callable[..., Any], unwanted: Event) -> Callable[..., Any]:
    def run(*args: Any, **kw: Any) -> Any:
        from fieldwork.store.connection import (
            StoppedError,
        )  # heavy, and there already when a workspace is open

        try:
            return function(*args, stopping=unwanted.is_set, **kw)
        except StoppedError:
            raise CancelledError from None

    return run


def _there(call: Callable[..., object]) -> bool:
    owner = getattr(call, "__self__", None)
    return not isinstance(owner, QObject) or Shiboken.isValid(owner)


class ReadingPage(Page):
    """A page with one `read`: at the start, when a kind it watches changed, late if it was out of sight."""

    watches: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._stale = False
        self.setMinimumSize(1, 1)  # the window may become narrow first, and the page gives way then

    def read(self) -> None:
        """Ask for what is shown."""

    def refresh(self, changed: object = None) -> None:
        if self.desk.workspace is None:
            return
        if changed is None:
            self._read_now()
        elif not self.watches or not isinstance(changed, dict) or self.watches & changed.keys():
            if self.isVisible():
                self._read_now()
            else:
                self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._read_now()

    def _read_now(self) -> None:
        self._stale = False
        self.read()
