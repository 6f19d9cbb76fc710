"""Before an inspection is open: unlock it, join one, start one, or try the made-up one.

The window is painted first; the store and all it needs are imported in a lane after that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import colours
from fieldwork.desktop.desk import is_damage, sentence_for
from fieldwork.desktop.dialogs.damaged import DamagedSheet
from fieldwork.desktop.dialogs.first_run import FirstRunSheet
from fieldwork.desktop.dialogs.join import Joining, JoinSheet
from fieldwork.desktop.dialogs.new_inspection import NewInspection, NewInspectionSheet
from fieldwork.desktop.dialogs.recover import Recovering, RecoverSheet
from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.dialogs.unlock import UnlockSheet
from fieldwork.desktop.doorbell import ring
from fieldwork.desktop.frame import MarkingBar
from fieldwork.desktop.jobs import Job, Lanes
from fieldwork.desktop.settings import Settings

INSPECTORATES = (("HMCPSI", "HMCPSI (prosecution)"), ("HMICFRS", "HMICFRS (police)"))
WORKSPACES = "Fieldwork inspections (*.fieldwork)"
PACKS = "Inspection packs (*.fieldpack);;All files (*)"


@dataclass(frozen=True)
class Opened:
    """An open inspection: its workspace, its drafts, its title and protective marking.

    left: the drafts an earlier run left, read before this one can write any of its own.
    """

    workspace: Any
    drafts: Any
    left: list[Any]
    title: str
    marking: str
    warning: str = ""  # about where the file stands


def open_file(path: Path, passphrase: str) -> Opened:
    """Open a workspace with its drafts. Raises Fault with the one reason why it cannot be."""
    from fieldwork.store.clearing import open_workspace

    return opened(open_workspace(path, passphrase))


def opened(workspace: Any) -> Opened:
    from fieldwork.store.drafts import Drafts
    from fieldwork.store.places import warning
    from fieldwork.work.inspections import inspection_of

    try:
        inspection = inspection_of(workspace)
        told = warning(workspace.path)
        drafts = Drafts(workspace)
        return Opened(workspace, drafts, drafts.all(), inspection.title, inspection.marking, told)
    except BaseException:
        workspace.close()
        raise


class Front(QWidget):
    """The window before an inspection is open. `ready` with an Opened once there is one."""

    ready = Signal(object)
    meant = Signal(object)  # the path of the inspection it is about now
    closed = Signal()

    def __init__(self, path: Path | None, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.path = path
        self.lanes = Lanes(self)
        self.marking = MarkingBar(full=False)
        self.stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.marking)
        layout.addWidget(self.stack, 1)
        self.unlock = UnlockSheet()
        self.first_run = FirstRunSheet()
        self.new = NewInspectionSheet(INSPECTORATES)
        self.join = JoinSheet(INSPECTORATES)
        self.recover = RecoverSheet()
        self.damaged = DamagedSheet()
        for sheet in (self.unlock, self.first_run, self.new, self.join, self.recover, self.damaged):
            self.stack.addWidget(sheet)
        self._connect()
        self.setWindowTitle("Fieldwork")
        self.resize(1280, 800)
        if self.path is None:
            self.path = next((p for p in map(Path, settings.recent) if p.is_file()), None)
        self.show_unlock() if self.path else self._choose()
        QTimer.singleShot(0, self._prepare)

    def _connect(self) -> None:
        self.unlock.unlock_asked.connect(self._unlock)
        self.unlock.another_asked.connect(self._another)
        self.unlock.recovery_asked.connect(self._forgotten)
        self.recover.recovered.connect(self._recover)
        self.damaged.rescue_asked.connect(self._rescue)
        self.damaged.open_asked.connect(self._unlock)
        for sheet in (self.recover, self.damaged):
            sheet.left.connect(self._back)
        self.unlock.left.connect(self._choose)
        self.first_run.recent_asked.connect(self._open_recent)
        self.first_run.pack_asked.connect(lambda: self._show(self.join))
        self.first_run.start_asked.connect(lambda: self._show(self.new))
        self.first_run.try_asked.connect(self._try)
        self.first_run.left.connect(lambda: self.show_unlock() if self.path else None)
        self.new.left.connect(self._choose)
        self.join.left.connect(self._choose)
        self.new.made.connect(self._start)
        self.join.joined.connect(self._join)
        self.join.browse_asked.connect(self._browse_pack)

    def _prepare(self) -> None:
        """What is heavy is imported behind the first painted window; a scripted start unlocks at once."""
        self.lanes.start("open", lambda _: __import__("fieldwork.work.today"))
        given = os.environ.get("FIELDWORK_PASSPHRASE")
        if given and self.path is not None:
            self._unlock(given)

    # -- what is shown

    def _show(self, sheet: Sheet) -> None:
        self.stack.setCurrentWidget(sheet)
        sheet.take_focus()

    def _choose(self) -> None:
        """The three ways in, and the inspections opened here before."""
        self.first_run.show_recent([path for path in map(Path, self.settings.recent) if path.is_file()])
        self._show(self.first_run)

    def _open_recent(self, path: str) -> None:
        self.path = Path(path)
        self.show_unlock()

    def show_unlock(self, told: str = "") -> None:
        """Ask for the passphrase of the inspection this window is about."""
        assert self.path is not None
        self.meant.emit(self.path)
        self.unlock.forget()
        self.unlock.tell(told or f"{self.path.name} in {self.path.parent}")
        self._show(self.unlock)

    def _another(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open an inspection", self._folder(), WORKSPACES)
        if name:
            self.path = Path(name)
            self.show_unlock()
        else:
            self._choose()

    def _browse_pack(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open an inspection pack", self._folder(), PACKS)
        if name:
            self.join.set_pack(name)

    def _folder(self) -> str:
        return str(self.path.parent if self.path else Path.home())

    # -- what is done, each in a lane

    def _unlock(self, passphrase: str) -> None:
        path = self.path
        assert path is not None
        self.unlock.set_busy(True)
        job = self._run(lambda: open_file(path, passphrase), path, self.unlock.refuse)
        job.failed.connect(lambda error: self._not_opened(error, path, passphrase))

    def _not_opened(self, error: BaseException, path: Path, passphrase: str) -> None:
        """A damaged file is offered for rescue; one that another window has comes to the front there."""
        if is_damage(error):
            self.show_damaged(passphrase)
        elif "open in another Fieldwork" in str(error):
            ring(path)

    # -- the passphrase is forgotten, or the file damaged

    def _back(self) -> None:
        for sheet in (self.recover, self.damaged):
            sheet.forget()
        self.show_unlock()

    def _forgotten(self) -> None:
        if self.path is not None:
            self.recover.tell(self.path.name)
            self._show(self.recover)

    def _recover(self, said: Recovering) -> None:
        path = self.path
        assert path is not None

        def open_anew() -> Opened:
            from fieldwork.work.securing import recover

            return opened(recover(path, said.key, said.passphrase))

        self.recover.set_busy(True)
        self._run(open_anew, path, self.recover.refuse)

    def show_damaged(self, passphrase: str = "") -> None:
        """Offer to bring back what can be brought back of the file this window is about."""
        from fieldwork.work.rescuing import newest_backup

        assert self.path is not None
        self.unlock.forget()
        when = newest_backup(self.path)
        self.damaged.offer(self.path.name, f"{when:%d %b %Y, %H:%M}" if when else "", passphrase)
        self._show(self.damaged)

    def _rescue(self, passphrase: str) -> None:
        path = self.path
        assert path is not None

        def bring_back() -> Any:
            from fieldwork.work import rescuing

            return rescuing.told(rescuing.rescue(path, path, passphrase))

        self.damaged.set_busy()
        job = self.lanes.start("open", lambda _: bring_back())
        job.succeeded.connect(self.damaged.tell_done)
        job.failed.connect(lambda error: self.damaged.refuse(sentence_for(error)))

    def _start(self, said: NewInspection) -> None:
        path = self._free(said.title)

        def make() -> Opened:
            from fieldwork.work.inspections import new_inspection

            path.parent.mkdir(parents=True, exist_ok=True)
            return opened(
                new_inspection(
                    path,
                    said.passphrase,
                    title=said.title,
                    lead=said.lead,
                    partner=said.partner,
                    device=said.device,
                )
            )

        self.new.refuse("Setting up the inspection\u2026")
        self._run(make, path, self.new.refuse)

    def _join(self, said: Joining) -> None:
        path = self._free(Path(said.pack).stem)

        def take() -> Opened:
            from fieldwork.work.team import join

            path.parent.mkdir(parents=True, exist_ok=True)
            return opened(
                join(
                    Path(said.pack),
                    path,
                    said.passphrase,
                    code=said.code,
                    device=said.device,
                    inspectorate=said.inspectorate,
                )
            )

        self.join.refuse("Joining the inspection\u2026")
        self._run(take, path, self.join.refuse)

    def _try(self) -> None:
        folder = _inspections() / "Made-up inspection"

        def make() -> Opened:
            from fieldwork.work.demo import make_demo

            if not (folder / "lead.fieldwork").exists():
                make_demo(folder, "demo")
            return open_file(folder / "lead.fieldwork", "demo")

        self.first_run.form.tryIt.setEnabled(False)
        self.first_run.form.sub.setText(
            "Three laptops, a visit and a merge are being made up: half a minute."
        )
        self._run(make, folder / "lead.fieldwork", self.first_run.form.sub.setText)

    def _run(self, work: Callable[[], Opened], path: Path, refuse: Callable[[str], object]) -> Job:
        job: Job = self.lanes.start("open", lambda _: work())

        def done(result: Opened) -> None:
            self.path = path
            self.settings.remember(path)
            for sheet in (self.new, self.join):
                sheet.refuse("")
                sheet.form.passphrase.clear()
                sheet.form.again.clear()
            for known in (self.unlock, self.recover, self.damaged):
                known.forget()
            self.ready.emit(result)

        job.succeeded.connect(done)
        job.failed.connect(lambda error: refuse(sentence_for(error)))
        return job

    def _free(self, title: str) -> Path:
        """A file name for a new inspection that nothing has yet, in the person's own documents."""
        stem = "".join(c if c.isalnum() or c in " -_" else " " for c in title).strip()[:60] or "Inspection"
        folder = _inspections()
        names = (folder / f"{stem}{'' if n == 1 else f' {n}'}.fieldwork" for n in range(1, 1000))
        return next(path for path in names if not path.exists())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.lanes.wait_idle(5000)
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colours()["canvas"])


def _inspections() -> Path:
    """Where new inspections are kept: FIELDWORK_HOME if set, else the person's documents."""
    home = os.environ.get("FIELDWORK_HOME")
    if home:
        return Path(home) / "inspections"
    from platformdirs import user_documents_path

    return user_documents_path() / "Fieldwork"
