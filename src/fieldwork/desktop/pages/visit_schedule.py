"""A schedule read in from a calendar, what it changes said first, and written out for one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.kit import Field
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace
from fieldwork.work import calendar_in, calendar_out, calendar_taking
from fieldwork.work.calendar_in import Schedule
from fieldwork.work.calendar_taking import Comparison, Taken

if TYPE_CHECKING:
    from fieldwork.desktop.pages.visits import VisitsPage

LANE = "preview"
NAMED = 4
"""Sessions or sentences of one sort that are named."""


class ScheduleFiles(QObject):
    """The two forms, of all visits in the list and of the one that is shown."""

    def __init__(self, page: VisitsPage) -> None:
        super().__init__(page)
        self._page, self._desk = page, page.desk
        self._read: Schedule | None = None  # what was looked at, and its path
        self._path = ""
        self.reading = FormLine(
            "Read a schedule in (.ics): what it changes is said before anything is changed",
            {"path": ("Folder and file name", Field(), 420)},
            "Look at it",
            {"path": page.button("visit.browse", "quiet")},
        )
        self.writing = FormLine(
            "Write the schedule for a calendar: method, role, body and room, never a title or a note",
            {"path": ("Folder and file name", Field(), 420)},
            "Write it",
        )
        self.reading.kept.connect(self.look)
        self.writing.kept.connect(self.write)

    def ask_for_file(self) -> None:
        self._read = None
        self.reading.keep.setText("Look at it")
        self._page.open_form(self.reading)

    def browse(self) -> None:
        dialog = QFileDialog(self.reading, "Read a schedule in")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("Calendars (*.ics)")
        dialog.fileSelected.connect(lambda path: self.reading.put(path=path))
        self.ask_for_file()
        dialog.open()

    def look(self) -> None:
        """First what the file would change; a second Enter takes it."""
        path = self.reading.text("path")
        if not path:
            self.reading.wrong("path", "Say which calendar: its folder and file name.")
        elif self._read is not None and path == self._path:
            self._desk.act(
                calendar_taking.take_schedule,
                schedule=self._read,
                visit=self._page.visit,
                then=self._taken,
                otherwise=lambda error: self.reading.wrong("path", sentence_for(error)),
            )
        else:
            self._path = path
            self._desk.ask(
                _looked_at,
                Path(path),
                self._page.visit,
                then=self._offer,
                otherwise=lambda error: self.reading.wrong("path", sentence_for(error)),
            )

    def _offer(self, found: tuple[Schedule, Comparison]) -> None:
        schedule, told = found
        self._read = schedule if told.changes else None
        self.reading.keep.setText("Take it" if told.changes else "Look at it")
        more = " Enter takes it." if told.changes else " Nothing would change."
        self.reading.wrong("path", said(told) + more)

    def _taken(self, taken: Taken) -> None:
        self._read = None
        self._page.kept(self.reading, f"Read in. {said(taken.told)} Ctrl Z takes it back.")

    def ask_where(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.writing.put(path=str(Path(folder or Path.home()) / "schedule.ics"))
        self._page.open_form(self.writing)

    def write(self) -> None:
        path = self.writing.text("path")
        if not path:
            self.writing.wrong("path", "Say where to: a folder and a file name.")
            return
        self._desk.act(
            calendar_out.write_calendar,
            to=Path(path),
            visit=self._page.visit,
            lane=LANE,
            then=lambda _: self._page.kept(self.writing, f"Written at {datetime.now():%H:%M:%S}: {path}"),
            otherwise=lambda error: self.writing.wrong("path", sentence_for(error)),
        )


def _looked_at(workspace: Workspace, path: Path, visit: Id | None) -> tuple[Schedule, Comparison]:
    schedule = calendar_in.read_schedule(path)
    return schedule, calendar_taking.compared(workspace, schedule, visit)


def said(told: Comparison) -> str:
    """What reading in does: the counts, then what a person should look at by name."""
    named = [
        *(f"{what}: {', '.join(some[:NAMED])}{' …' if len(some) > NAMED else ''}."
          for what, some in (("New", told.new), ("Moved", told.moved), ("Cancelled", told.cancelled),
                             ("Deleted here, which stays", told.deleted),
                             ("On the days of no visit, so under Interviews", told.apart)) if some),
        *told.kept[:NAMED],
        *told.masked[:NAMED],
        *told.left_out[:NAMED],
    ]  # fmt: skip
    return " ".join([calendar_taking.summary(told), *named])
