"""Keeping what is typed: to the drafts file at every pause, to the note when a line is left.

Nothing here waits for anything: the drafts have a lane and a connection of their own, so a merge that
holds the write lane delays an entry, never a draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import Shiboken

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.retrying import Retry
from fieldwork.domain.values import Id, new_id
from fieldwork.work.drafting import OpenLine, Written, drop_draft, keep_draft, write_open_lines

PAUSE_MS = 400  # after the last keystroke
LONGEST_MS = 1200  # into continuous typing; with the commit itself this stays below two seconds


@dataclass
class _Entry:
    """Lines on their way to becoming one entry, and the draft that holds them until then."""

    lines: tuple[OpenLine, ...]
    act: str
    draft: Id
    stamp: int  # how often the draft had been kept when this was sent
    number: int
    refused: bool = False  # once before


class Keeper(QObject):
    """The drafts and entries of one editor.

    `kept(draft id, lines)`: that commit has returned. `written(lines, Written)`: they became an entry.
    `troubled(sentence)`: something cannot be written just now ("" when all is well again).
    """

    kept = Signal(object, object)
    written = Signal(object, object)
    troubled = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.seen: dict[Id, int] = {}  # up to where a line was seen, because it was written here
        self._pending: dict[Id, tuple[OpenLine, ...] | None] = {}  # draft -> lines to keep, None: to drop
        self._flying = False
        self._refused: list[_Entry] = []
        self.awaited = 0  # pastes that are being taken apart
        self._stamps: dict[Id, int] = {}
        self._number = 0
        self._latest: dict[Id, int] = {}  # line -> number of the entry sent last for it
        self._in_flight: list[_Entry] = []
        self._drafts_fail = False
        self._waiting: tuple[Id, Callable[[], tuple[OpenLine, ...]]] | None = None
        self._pause = self._timer(PAUSE_MS, self.keep_now)
        self._longest = self._timer(LONGEST_MS, self.keep_now)
        self._retry = Retry(self._again, self)

    def _timer(self, milliseconds: int, call: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    # -- drafts

    def typed(self, draft: Id, lines: Callable[[], tuple[OpenLine, ...]]) -> None:
        """A key was pressed: `lines()` goes to disk at the next pause, and soon in any case."""
        if self._waiting is not None and self._waiting[0] != draft:
            self.keep_now()
        self._stamps[draft] = self._stamps.get(draft, 0) + 1
        self._waiting = draft, lines
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def keep_now(self) -> None:
        """Send what waits for a pause to disk without one."""
        self._pause.stop()
        self._longest.stop()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.keep(waiting[0], waiting[1]())

    def keep(self, draft: Id, lines: Sequence[OpenLine]) -> None:
        """Put these lines on disk under a draft, in place of what it held."""
        self._pending.pop(draft, None)
        self._pending[draft] = tuple(lines)
        self._stamps.setdefault(draft, 1)
        self._pump()

    def drop(self, draft: Id) -> None:
        """Forget a draft, and what of it still waited to be kept."""
        if self._waiting is not None and self._waiting[0] == draft:
            self._waiting = None
        self._pending.pop(draft, None)
        self._pending[draft] = None
        self._pump()

    def _pump(self) -> None:
        drafts = getattr(self.desk, "drafts", None)
        if self._flying or not self._pending or drafts is None or self._drafts_fail:
            return
        draft = next(iter(self._pending))
        lines = self._pending.pop(draft)
        self._flying = True
        if lines is None:
            self.desk.ask(
                drop_draft,
                drafts,
                draft,
                then=lambda _: self._landed(),
                otherwise=lambda error: self._missed(draft, None, error),
                lane="drafts",
            )
            return
        self.desk.act(
            keep_draft,
            drafts,
            draft,
            lines,
            then=lambda _: self._landed(draft, lines),
            otherwise=lambda error: self._missed(draft, lines, error),
            lane="drafts",
        )

    def _landed(self, draft: Id | None = None, lines: tuple[OpenLine, ...] | None = None) -> None:
        self._flying = False
        if lines is not None and Shiboken.isValid(self):
            self.kept.emit(draft, lines)
        self._clear_up()
        self._pump()

    def _missed(self, draft: Id, lines: tuple[OpenLine, ...] | None, error: BaseException) -> None:
        """The drafts file cannot be written: keep at it, and say so once."""
        self._flying = False
        self._pending = {draft: lines, **self._pending} if draft not in self._pending else self._pending
        self._drafts_fail = True
        self._retry.again()
        self._trouble(f"What you type is not on disk yet. {sentence_for(error)}")

    def _trouble(self, sentence: str) -> None:
        """Nothing once the page is gone: closing waited for all it had, so this failed with what outlived it."""
        if Shiboken.isValid(self):
            self.troubled.emit(sentence)

    # -- entries

    def write(self, lines: Sequence[OpenLine], *, act: str = "note", draft: Id | None = None) -> None:
        """Make lines one entry, and drop their draft once that is committed and nothing was typed since.

        Without a draft of their own they are given one, so that they are on disk while the entry waits.
        """
        if draft is None:
            draft = new_id()
            self.keep(draft, lines)
        self._number += 1
        for line in lines:
            self._latest[line.id] = self._number
        self._send(_Entry(tuple(lines), act, draft, self._stamps.get(draft, 0), self._number))

    def writing(self) -> set[Id]:
        """The lines on their way to the note."""
        return {line.id for entry in self._in_flight for line in entry.lines}

    def unwritten(self) -> set[Id]:
        """The lines of which an entry is still to be written, also one that was refused."""
        return {line.id for entry in (*self._in_flight, *self._refused) for line in entry.lines}

    def _send(self, entry: _Entry) -> None:
        self._in_flight.append(entry)
        self.desk.act(
            write_open_lines,
            entry.lines,
            act=entry.act,
            seen=self.seen,
            then=lambda written: self._written(entry, written),
            otherwise=lambda error: self._not_written(entry, error),
        )

    def _written(self, entry: _Entry, written: Written) -> None:
        self._in_flight.remove(entry)
        newest = all(self._latest.get(line.id) == entry.number for line in entry.lines)
        own = any(line.id == entry.draft for line in entry.lines)
        if not own or (newest and self._stamps.get(entry.draft, 0) == entry.stamp):
            self.drop(entry.draft)
        if Shiboken.isValid(self):
            self.written.emit(entry.lines, written)
        self._clear_up()

    def _not_written(self, entry: _Entry, error: BaseException) -> None:
        self._in_flight.remove(entry)
        if self._stamps.get(entry.draft, 0) == entry.stamp == 0:  # sent without a key pressed: no draft yet
            self.keep(entry.draft, entry.lines)
            entry = replace(entry, stamp=self._stamps[entry.draft])
        self._refused.append(entry)
        self._retry.again()
        what = "A line is" if len(self._refused) == 1 else f"{len(self._refused)} lines are"
        self._trouble(
            f"{what} kept on this laptop but not yet in the note; it is tried again. {sentence_for(error)}"
        )

    def _again(self) -> None:
        self._drafts_fail = False
        refused, self._refused = self._refused, []
        for entry in refused:
            lines = tuple(line for line in entry.lines if self._latest.get(line.id) == entry.number)
            if lines:
                self._send(replace(entry, lines=lines, refused=True))
            elif all(line.id != entry.draft for line in entry.lines):
                self.drop(entry.draft)  # all of it was written since by later entries
        self._pump()

    def _clear_up(self) -> None:
        trying = any(entry.refused for entry in self._in_flight)
        if not self._refused and not self._drafts_fail and not trying:
            self._retry.worked()
            self._trouble("")

    def press_on(self) -> None:
        """Send what waits for a pause, and try again at once what did not work."""
        self.keep_now()
        if self._drafts_fail or self._refused:
            self._again()

    def unsaved(self) -> str:
        """What is neither an entry nor a draft on disk, in one sentence; "" when nothing is."""
        if getattr(self.desk, "drafts", None) is None:
            left = bool(self._refused or self._in_flight or self.awaited)
        else:
            left = bool(self._waiting or self._flying or any(self._pending.values()) or self.awaited)
        return "What you typed in the note is not on disk yet." if left else ""
