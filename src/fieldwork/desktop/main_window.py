"""The one window: marking, rail, the page of the place one is at, notice and status line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import APPEARANCE_WORDS, appearance, colours
from fieldwork.desktop.commands import CommandSet, caps
from fieldwork.desktop.desk import BACKUP_LANE, Desk
from fieldwork.desktop.frame import Banner, MarkingBar, Notice, Place, Rail, StatusLine
from fieldwork.desktop.key_sheet import KeySheet
from fieldwork.desktop.overlay import BlankScreen, Overlay
from fieldwork.desktop.page import Page
from fieldwork.desktop.palette import Hit, Palette
from fieldwork.desktop.settings import Settings, load_settings, save_settings
from fieldwork.domain.same import also_joined

if TYPE_CHECKING:
    from fieldwork.desktop.dialogs.asking import AskPanel, Question
    from fieldwork.desktop.record_history import HistoryPanel

NARROW = 900  # width over text size below which the rail shows icons only
SHORT = 560  # height over text size below which a page's head folds
LEAST = (
    400,
    300,
)  # said here, or the widest page, shown or not, would set it before pages take their narrow shape
CLOSING_MS = 1000  # for what is being written, before the person is told that it takes longer
AGAIN_SECONDS = 10  # closing twice within this long closes in spite of what is not saved
PANEL_COMMANDS = ("text.larger", "text.smaller", "text.usual", "appearance")


class MainWindow(QWidget):
    """Places are built on the first visit. Bind further commands with `commands.bind`.

    `lock_asked` when the person locks; `shown(place name)` after every change of place.
    `closed` once it has closed, with everything typed on disk or given up by the person.
    """

    lock_asked = Signal()
    shown = Signal(str)
    closed = Signal()

    def __init__(self, desk: Desk, places: Sequence[Place], settings: Settings | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.settings = settings or load_settings()
        self.places = list(places)
        self.here = ""
        self._leaving = self.locking = False
        self._refused_at = -float(AGAIN_SECONDS)
        self._finishing = QTimer(self, interval=200)
        self._finishing.timeout.connect(self._finish)
        self.pages: dict[str, Page] = {}
        self.commands = CommandSet(self)
        self.marking = MarkingBar()
        self.rail = Rail(self.places)
        self.stack = QStackedWidget()
        self.banner = Banner()
        self.notice = Notice()
        self.status = StatusLine()
        self._lay_out()
        self.key_sheet = KeySheet(self.middle)
        self.palette_panel = Palette(self.middle, desk.lanes)
        self.palette_panel.add_provider(self._command_hits)
        self.panels: list[Overlay] = []
        self.blank = BlankScreen(self.middle)
        self._bind()
        self._connect()
        self._take_status()
        self.setWindowTitle("Fieldwork")
        self.setMinimumSize(*LEAST)
        self._restore()

    # Building

    def _lay_out(self) -> None:
        self.middle = QWidget()
        beside = QHBoxLayout(self.middle)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.rail)
        beside.addWidget(self.stack, 1)
        self._beside = beside
        self.history: HistoryPanel | None = None
        self.ask_panel: AskPanel | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.marking)
        layout.addWidget(self.banner)
        layout.addWidget(self.middle, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.status)

    def _bind(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "palette": self._open_palette,
            "history": self._toggle_history,
            "keys": self._toggle_keys,
            "blank": self._toggle_blank,
            "lock": self.lock_asked.emit,
            "text.larger": lambda: self.set_text_size(appearance.next_size(1)),
            "text.smaller": lambda: self.set_text_size(appearance.next_size(-1)),
            "text.usual": lambda: self.set_text_size(1.0),
            "appearance": lambda: self.set_appearance(appearance.next_choice()),
            "quit": self.close,
        }
        for place in self.places:
            handlers[f"go.{place.key}"] = lambda name=place.name: self.go(name)  # type: ignore[misc]
        for name, handler in handlers.items():
            self.commands.bind(name, handler)

    def _connect(self) -> None:
        self.rail.asked.connect(self.go)
        self.rail.lock_asked.connect(lambda: self.commands.run("lock"))
        self.marking.find_asked.connect(lambda: self.commands.run("palette"))
        self.status.keys_asked.connect(lambda: self.commands.run("keys"))
        self.desk.status_changed.connect(self._take_status)
        self.desk.saved.connect(self.status.set_saved)
        self.desk.saved.connect(self.notice.fade)
        self.desk.failed.connect(self.notice.say)
        self.desk.mended.connect(self.notice.take_back)
        self.desk.changed.connect(self._take_change)
        self.desk.going.connect(self.go)
        self.desk.asking.connect(self._put)
        appearance.changed.connect(self._reshape)
        for panel in (self.palette_panel, self.key_sheet):
            self.add_panel(panel)

    def add_panel(self, panel: Overlay) -> None:
        """Let what lies under it take no keys while it is open."""
        self.panels.append(panel)
        panel.opened.connect(self._hold)
        panel.closed.connect(self._hold)

    # Places

    def page(self, name: str) -> Page:
        """The page of a place, built if this is the first time it is wanted."""
        if name not in self.pages:
            place = next(place for place in self.places if place.name == name)
            page = place.factory(self.desk)
            self.pages[name] = page
            page.commands_changed.connect(lambda: self._renew_commands(name))
            page.narrow, page.short = self._shape()
            page.shape(page.narrow, page.short)
            self.stack.addWidget(page)
            page.refresh()
        return self.pages[name]

    def go(self, name: str, target: object = None) -> None:
        """Show a place; with a target, open that record there."""
        if self.blank.isVisible():
            return
        page = self.page(name)
        if name != self.here:
            if self.history is not None:
                self.history.close_panel()
            if self.here:
                self.pages[self.here].leave()
            self.here = name
            self.stack.setCurrentWidget(page)
            self.rail.show_here(name)
            self.setWindowTitle(f"{page.title or name} \u2013 Fieldwork")
            self._renew_commands(name)
        if target is not None:
            page.open(target)
        page.take_focus()
        self.shown.emit(name)

    def _renew_commands(self, name: str) -> None:
        if name == self.here:
            self.commands.enter(self.pages[name].commands())

    def _take_change(self, changed: object) -> None:
        if isinstance(changed, Mapping):
            changed = also_joined(changed)
        for page in self.pages.values():
            page.refresh(changed)
        if self.history is not None:
            self.history.read()

    # Status and shape

    def _take_status(self) -> None:
        status = self.desk.status
        self.marking.set(status.title, status.marking)
        self.status.set_status(status)
        self.banner.tell(status.outside)
        self.rail.set_badges(status.badges)

    def _shape(self) -> tuple[bool, bool]:
        return self.width() / appearance.factor < NARROW, self.height() / appearance.factor < SHORT

    def _reshape(self) -> None:
        narrow, short = self._shape()
        self.rail.set_small(narrow)
        for page in self.pages.values():
            if (page.narrow, page.short) != (narrow, short):
                page.narrow, page.short = narrow, short
                page.shape(narrow, short)
        self._fit_history()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reshape()

    def set_text_size(self, factor: float) -> None:
        appearance.apply(factor=factor)
        self.settings.text_size = appearance.factor
        save_settings(self.settings)

    def set_appearance(self, choice: str) -> None:
        appearance.apply(choice)
        self.settings.appearance = appearance.choice
        save_settings(self.settings)

    # Panels

    def _put(self, question: Question) -> None:
        """Ask over the page; what lies under it takes no keys meanwhile."""
        if self.ask_panel is None:
            from fieldwork.desktop.dialogs.asking import AskPanel

            self.ask_panel = AskPanel(self.desk, self.middle)
            self.add_panel(self.ask_panel)
        self._close_others(self.ask_panel)
        self.ask_panel.ask(question)

    def _command_hits(self, typed: str) -> list[Hit]:
        hits = []
        for command in self.commands.available():
            if command.name == "palette":
                continue
            place = command.name.startswith("go.")
            sub = "place" if place else "" if not command.scope else "this screen"
            if command.name == "appearance":
                sub = f"now {APPEARANCE_WORDS[appearance.choice].lower()}"
            run = lambda name=command.name: self.commands.run(name)  # noqa: E731
            hits.append(Hit(command.words, sub, command.icon or "arrow-right", run, caps(command.first_key)))
        return hits

    def _toggle_history(self) -> None:
        """What happened to the record one is at, beside the page; once more shuts it."""
        if (
            self.history is not None
            and not self.history.isHidden()
            and self.history.isAncestorOf(self.focusWidget() or self)
        ):
            self.history.close_panel()
            return
        record = self.pages[self.here].record_here() if self.here else None
        if record is None:
            self.notice.say(
                "Go to a record first: a line, an answer, a row of a list. Then its history shows."
            )
            return
        panel = self._history_panel()
        panel.show_record(record)
        self._fit_history()

    def _history_panel(self) -> HistoryPanel:
        if self.history is None:
            from fieldwork.desktop.record_history import HistoryPanel

            self.history = HistoryPanel(self.desk)
            self.history.shut.connect(self._fit_history)
            self._beside.addWidget(self.history)
        return self.history

    def _fit_history(self) -> None:
        """In a narrow window the history stands in the place of the page."""
        if self.history is None:
            return
        narrow, _ = self._shape()
        self.history.beside(narrow)
        self.stack.setHidden(narrow and not self.history.isHidden())

    def _open_palette(self) -> None:
        self._close_others(self.palette_panel)
        self.palette_panel.open()

    def _toggle_keys(self) -> None:
        self._close_others(self.key_sheet)
        if self.key_sheet.isVisible():
            self.key_sheet.close_panel()
        else:
            self.key_sheet.show_keys(self.commands.available(), self.here or "This screen")

    def _close_others(self, but: Overlay) -> None:
        for panel in self.panels:
            if panel is not but:
                panel.close_panel()

    def _toggle_blank(self) -> None:
        for panel in self.panels:
            panel.close_panel()
        self.blank.toggle()
        self.desk.covered.emit(self.blank.isVisible())
        self._hold()

    def _hold(self) -> None:
        """What lies under a panel or a blanked screen takes no keys."""
        if self.blank.isVisible():
            self.commands.hold(("blank", "lock", "quit"))
        elif any(panel.isVisible() for panel in self.panels):
            self.commands.hold(("palette", "keys", "blank", "lock", "quit", *PANEL_COMMANDS))
        else:
            self.commands.hold(None)

    # Start and end

    def _restore(self) -> None:
        self.resize(1280, 800)
        if self.settings.geometry:
            wanted = QRect(*self.settings.geometry)
            if any(s.availableGeometry().intersects(wanted) for s in QGuiApplication.screens()):
                self.setGeometry(wanted)
        if self.settings.maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def leave_page(self) -> None:
        """Let the page shown hand over what is typed there."""
        if self.here:
            self.pages[self.here].leave()

    def unsaved(self) -> str:
        """One sentence naming what is typed and not on disk, "" when all of it is."""
        return next((words for page in self.pages.values() if (words := page.unsaved())), "")

    def cover(self, on: bool = True) -> None:
        """Blank the screen, or show it again."""
        if self.blank.isVisible() != on:
            self._toggle_blank()

    def close_to_lock(self) -> None:
        """Close once everything typed is on disk, and never before."""
        self.locking = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the page and close when everything is written; until then stay, and say so."""
        event.ignore()
        if self._leaving:
            return
        self._leaving = True
        self.desk.lanes.cancel(BACKUP_LANE)
        self.leave_page()
        idle = self.desk.lanes.wait_idle(CLOSING_MS)
        self._leaving = False
        if not idle:
            self._finishing.start()
            self._finish()
        elif (unsaved := self.unsaved()) and (self.locking or not self._insists()):
            self._stay(unsaved)
        else:
            self._finishing.stop()
            self._remember()
            event.accept()
            self.closed.emit()

    def _finish(self) -> None:
        """Something is still being written: cover what is to be locked, and close when it is done."""
        if self._leaving:
            return
        if not self.desk.lanes.busy():
            self._finishing.stop()
            self.close()
            return
        self.cover(self.locking or self.blank.isVisible())
        if not self.notice.text():
            self.notice.say(
                f"Finishing what is being written\u2026 The window {'locks' if self.locking else 'closes'} then."
            )

    def _insists(self) -> bool:
        return time.monotonic() - self._refused_at < AGAIN_SECONDS

    def _stay(self, unsaved: str) -> None:
        if self.locking:
            self.cover(False)
            told = "Nothing is locked until it is; F9 blanks the screen."
        else:
            self._refused_at = time.monotonic()
            told = f"Closing again within {AGAIN_SECONDS} seconds gives it up; else it is tried again."
        self.locking = False
        self._finishing.stop()
        self.notice.say(f"{unsaved} {told}")

    def _remember(self) -> None:
        self.settings.maximised = self.isMaximized()
        if not self.isMaximized():
            area = self.geometry()
            self.settings.geometry = (area.x(), area.y(), area.width(), area.height())
        save_settings(self.settings)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colours()["canvas"])
