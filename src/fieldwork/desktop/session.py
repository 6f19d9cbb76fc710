"""An unlocked inspection: the window with its places, its status, and how it is locked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.away import Away
from fieldwork.desktop.desk import BACKUP_LANE, Desk, is_damage, sentence_for
from fieldwork.desktop.frame import Place
from fieldwork.desktop.front import Opened
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.page import Page
from fieldwork.desktop.palette import Hit
from fieldwork.desktop.settings import Settings
from fieldwork.domain.acts import act_words
from fieldwork.domain.same import TELLS_TWICE

# name, icon, digit, module below desktop.pages, class
PLACES = (
    ("Today", "sun", "1", "today", "TodayPage"),
    ("Visits", "calendar-days", "2", "visits", "VisitsPage"),
    ("Interviews", "messages-square", "3", "interviews", "Interviews"),
    ("Files", "folder-open", "4", "files", "FilesPage"),
    ("Evidence", "search", "5", "evidence_place", "EvidencePlace"),
    ("Findings", "lightbulb", "6", "findings", "FindingsPage"),
    ("Team", "users", "7", "team", "TeamPage"),
    ("Reports", "file-text", "8", "reports_place", "ReportsPlace"),
    ("Set-up", "settings-2", "9", "set_up", "SetUpPage"),
)
IDLE_MINUTES = 10
INTERVIEW_MINUTES = 60
HAND_OVER_MS = 1000
AGAIN_MS = 1000
BACKUP_AFTER_MS = 20_000  # when the window has long been painted and read
_WATCHED = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin)


def places() -> list[Place]:
    """The places there are; each page's module is imported when it is first visited."""

    def factory(module: str, name: str) -> Callable[[Desk], Page]:
        return lambda desk: getattr(import_module(f"fieldwork.desktop.pages.{module}"), name)(desk)

    return [
        Place(name, icon, key, factory(module, cls))
        for name, icon, key, module, cls in PLACES
        if find_spec(f"fieldwork.desktop.pages.{module}")
    ]


class UnlockedSession(QObject):
    """The window on one open workspace. `ended` with why ("locked", "damaged" or "closed") once all is shut."""

    ended = Signal(str)

    def __init__(self, opened: Opened, settings: Settings) -> None:
        super().__init__()
        self.opened = opened
        self.desk = Desk(opened.workspace)
        self.desk.drafts = opened.drafts
        self.window = MainWindow(self.desk, places(), settings)
        self._reading = self._again = self._ending = False
        self.desk.set_status(title=opened.title, marking=opened.marking)
        self._twice: int | None = None
        self.desk.changed.connect(self._changed)
        self.window.lock_asked.connect(self.lock)
        self.window.closed.connect(self._end)
        self._bind()
        self.window.palette_panel.add_provider(self._record_hits, slow=True)
        self.damaged = False
        self.desk.damaged.connect(self._found_damage)
        self._away = Away(self)
        self._away.gone.connect(self.leave_alone)
        self._panels: dict[str, Any] = {}
        self._idle = QTimer(self, interval=IDLE_MINUTES * 60_000, singleShot=True)
        self._idle.timeout.connect(self._idle_out)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def show(self) -> None:
        """Show the window at Today, or at the line that was being typed when it last ended."""
        self.window.show()
        self.window.go("Today")
        self._idle.start()
        self._away.watch(int(self.window.winId()))
        QTimer.singleShot(BACKUP_AFTER_MS, self, self.back_up)
        self._read_status()
        self._resume(self.opened.left)
        if self.opened.drafts.set_aside:
            self.window.notice.say(
                "What was being typed when this last ended could not be read; "
                f"it is kept as {self.opened.drafts.set_aside.name}. Tell your lead."
            )
        elif self.opened.warning:
            self.window.notice.say(self.opened.warning)

    def _bind(self) -> None:
        bind = self.window.commands.bind
        bind("note.new", self._new_note)
        bind("undo", lambda: self._take_back("undo"))
        bind("redo", lambda: self._take_back("redo"))
        bind("moderate.waiting", lambda: self.desk.go("Files", "moderate"))
        bind("pair.waiting", lambda: self.desk.go("Files", "reconcile"))
        bind("workspace.open", self.lock)
        bind("passphrase", lambda: self._show_panel("PassphrasePanel"))
        bind("results", lambda: self.desk.go("Reports", "results"))
        bind("recovery", lambda: self._show_panel("RecoveryPanel"))
        if any(place.name == "Team" for place in self.window.places):
            bind("package.make", lambda: self.desk.go("Team", "share"))

    # -- keys, backups, damage

    def _show_panel(self, name: str) -> None:
        if name not in self._panels:
            keys = import_module("fieldwork.desktop.dialogs.keys")
            self._panels[name] = getattr(keys, name)(self.desk, self.window.middle)
            self.window.add_panel(self._panels[name])
        for other in self.window.panels:
            other.close_panel()
        self._panels[name].show_panel()

    def back_up(self) -> None:
        """The day's backup, beside everything else."""
        if self._ending:
            return
        from fieldwork.work import backups

        job = self.desk.lanes.start(
            BACKUP_LANE, lambda job: backups.daily(self.opened.workspace, job.stopping)
        )
        job.failed.connect(self._no_backup)

    def _no_backup(self, error: BaseException) -> None:
        if is_damage(error):
            self.desk.tell(error)
        else:
            self.window.notice.say(f"Today's backup was not made. {sentence_for(error)}")

    def _found_damage(self) -> None:
        self.damaged = True
        self.window.notice.say(
            f"A page of {self.path.name} is damaged. Lock it (Ctrl L), to bring back what can still be read."
        )

    # -- after a crash

    def _resume(self, drafts: list[Any]) -> None:
        """Open again what was being typed; the interview last, so that it is what is shown."""
        if not drafts:
            return
        files: Any = self.window.page("Files")
        if files.resume(drafts):
            self.desk.go("Files")
        lines = [
            draft
            for draft in drafts
            if draft.kind not in ("answer", "conflict", "moderation", "reconciliation", "diary_note")
        ]
        if any(draft.kind == "diary_note" for draft in drafts):
            from fieldwork.work.diary import write_left

            self.desk.act(write_left, drafts, self.desk.drafts)
        if lines:
            interviews: Any = self.window.page("Interviews")
            interviews.resume(lines)

    # -- commands that belong to no page

    def _new_note(self) -> None:
        self.desk.go("Interviews")
        interviews: Any = self.window.page("Interviews")
        interviews.new_note()

    def _take_back(self, way: str) -> None:
        from fieldwork.work import undoing

        self.desk.act(getattr(undoing, way), then=lambda done: self._told(way, done))

    def _told(self, way: str, done: Any) -> None:
        self.desk.undone.emit(way, done)
        words = f"{'Undone' if way == 'undo' else 'Done again'}: {done.called or act_words(done.act)}."
        if done.skipped:
            words += f" Left alone: {'; '.join(done.skipped)}."
        self.window.notice.say(words)

    def _record_hits(self, typed: str) -> list[Hit]:
        from fieldwork.work.finding_places import FoundPlace, find_places

        def hit(found: FoundPlace) -> Hit:
            return Hit(found.title, found.sub, found.icon, lambda: self.desk.go(found.place, found.id))

        return [hit(found) for found in find_places(self.desk.workspace, typed)]

    # -- status

    def _changed(self, changed: object) -> None:
        if not isinstance(changed, Mapping) or changed.keys() & TELLS_TWICE:
            self._twice = None
        self._read_status()

    def _read_status(self) -> None:
        """One reading at a time; what changes meanwhile is read once more after it."""
        if self._reading:
            self._again = True
            return
        from fieldwork.work.status import status

        self._reading = True
        job = self.desk.ask(status, twice=self._twice, then=self._take_status, otherwise=lambda _: None)
        job.finished.connect(self._status_read)

    def _status_read(self) -> None:
        self._reading = False
        if self._again:
            self._again = False
            self._read_status()

    def _take_status(self, now: Any) -> None:
        self.window.commands.reword("undo", f"Undo {now.undo}" if now.undo else "")
        self.window.commands.reword("redo", f"Redo {now.redo}" if now.redo else "")
        self._twice = None if self._again else now.twice
        self.desk.set_status(
            title=now.title,
            marking=now.marking,
            unshared=now.unshared,
            last_merge=now.last_merge,
            badges={"Team": str(now.to_decide)} if now.to_decide else {},
            outside=now.outside,
        )

    # -- locking and closing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WATCHED and not self._ending:
            self.desk.touched.emit()
            self._idle.start(IDLE_MINUTES * 60_000)  # also back from the longer wait of an interview
        return False

    def _idle_out(self) -> None:
        """Nobody has touched a key: lock, but leave an open interview an hour."""
        if self.window.here == "Interviews" and self._idle.interval() == IDLE_MINUTES * 60_000:
            self._idle.start((INTERVIEW_MINUTES - IDLE_MINUTES) * 60_000)
            return
        self.leave_alone()

    def leave_alone(self) -> None:
        """Nobody is there, or the laptop goes to sleep: blank the screen and lock as soon as all is saved."""
        if self._ending:
            return
        self.desk.lanes.cancel(BACKUP_LANE)
        self.window.cover()
        self._lock_when_saved()

    def _lock_when_saved(self) -> None:
        """Behind the blanked screen: lock as soon as everything typed is on disk, unless somebody is back."""
        if self._ending or not self.window.blank.isVisible():
            return
        self.window.leave_page()
        idle = self.desk.lanes.wait_idle(HAND_OVER_MS)
        if idle and not self.window.unsaved() and self.window.blank.isVisible():
            self.lock()
        else:
            QTimer.singleShot(AGAIN_MS, self, self._lock_when_saved)

    def lock(self) -> None:
        """Hand over what is typed, close the file, and ask for the passphrase again.

        While something typed is not on disk nothing is locked, and the window says so.
        """
        self.window.close_to_lock()

    def _end(self) -> None:
        if not self._ending:
            self._ending = True
            self._idle.stop()
            self._away.stop()
            QTimer.singleShot(0, self, self._shut)

    def _shut(self) -> None:
        """Close the file once nothing is being written any more, however long that takes."""
        if self.desk.lanes.busy():
            QTimer.singleShot(50, self, self._shut)
            return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.opened.drafts.close()
        self.opened.workspace.drop_keys()
        why = "locked" if self.window.locking else "closed"
        self.ended.emit("damaged" if self.damaged and why == "locked" else why)
        self.window.deleteLater()

    @property
    def path(self) -> Path:
        return self.opened.workspace.path
