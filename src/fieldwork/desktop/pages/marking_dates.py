"""The dates of the open file, typed in place: Enter keeps one and goes to the next."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import Card, KeyHint, Text, col, flow, row
from fieldwork.desktop.pages.marking_panels import Prompt
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import CaseFile
from fieldwork.work import file_dates
from fieldwork.work.examining import Pane

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

HINT = "4/3/2025"


class DayField(Prompt):
    """As wide as a date."""

    def sizeHint(self) -> QSize:
        return QSize(dp(136), dp(36))


class DatesPanel(Card):
    """One field a date. `kept(name, day)` when one that differs was typed whole; `closed()` on Escape.

    `went(field)` when the keyboard goes to one.
    """

    went = Signal(object)
    kept = Signal(str, str)
    closed = Signal()

    def __init__(self, pane: Pane) -> None:
        self._file: CaseFile = pane.file
        self._until = file_dates.looked_at(pane.examination.finished)
        self.title = Text("Dates of the file", "label", weight=600)
        self.fields = {name: DayField(HINT, words) for name, words in file_dates.DATES.items()}
        self.below = Text("", "caption", "danger", wrap=True)
        cells = []
        for name, field in self.fields.items():
            label = Text(file_dates.DATES[name], "caption", "quiet")
            label.setBuddy(field)
            cells.append(col(label, field, space=4))
            field.setText(getattr(self._file, name))
            field.submitted.connect(partial(self._enter, name))
            field.cancelled.connect(partial(self._cancel, name))
        super().__init__(
            row((self.title, 1), KeyHint("Enter", "next"), KeyHint("Esc", "close"), space=12),
            flow(*cells, space=12),
            self.below,
            pad=12,
            space=6,
            ground="sunken",
        )
        for field in self.fields.values():
            field.installEventFilter(self)
        self.judge()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            for name, field in self.fields.items():
                if watched is field:
                    self.keep(name)
        return False

    def take_focus(self) -> None:
        """To the first date that is missing or wrong, else to the first."""
        wrong = {fault.field for fault in file_dates.date_faults(self._file, self._until)}
        waiting = [name for name in self.fields if name in wrong or not getattr(self._file, name)]
        self._go(next(iter([*waiting, *self.fields])))

    def _go(self, name: str) -> None:
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[name].selectAll()
        QTimer.singleShot(0, self, lambda: self.went.emit(self.fields[name]))  # once it has its place

    def _enter(self, name: str, _typed: str) -> None:
        if not self.keep(name):
            return
        names = list(self.fields)
        following = names.index(name) + 1
        if following < len(names):
            self._go(names[following])
        else:
            self.closed.emit()

    def _cancel(self, name: str) -> None:
        self.fields[name].setText(getattr(self._file, name))
        self.closed.emit()

    def keep(self, name: str) -> bool:
        """Take over what stands in a field; False, and a sentence, where it is no date."""
        try:
            day = file_dates.read_day(self.fields[name].text())
        except Fault as fault:
            self.below.setText(str(fault))
            return False
        self.fields[name].setText(day)
        if day != getattr(self._file, name):
            self._file = replace(self._file, **{name: day})  # type: ignore[arg-type]
            self.kept.emit(name, day)
        self.judge()
        return True

    def judge(self) -> None:
        """Say what is wrong with the dates as they stand now."""
        found = file_dates.date_faults(self._file, self._until)
        self.below.setText(" ".join(fault.sentence for fault in found))
        self.below.setVisible(bool(found) or any(field.hasFocus() for field in self.fields.values()))

    def take(self, file: CaseFile) -> None:
        """The file as it stands now: others may have changed a date that is not being typed."""
        self._file = file
        for name, field in self.fields.items():
            if not field.hasFocus():
                field.setText(getattr(file, name))
        self.judge()


def open_dates(marking: MarkingPane) -> None:
    """Open the dates of the file that is shown."""
    pane = marking.pane
    if pane is None:
        return
    if marking.stack.currentIndex() == 1:
        marking.finishing.leave()
    marking.hand_over()
    panel = DatesPanel(pane)
    panel.kept.connect(partial(_store, marking, pane))
    panel.went.connect(marking.area.ensureWidgetVisible)
    marking.extras.put(panel)


def _store(marking: MarkingPane, pane: Pane, name: str, day: str) -> None:
    marking.desk.act(file_dates.set_date, file=pane.file.id, name=name, day=day)


def fault_sentences(pane: Pane) -> list[str]:
    """What is wrong with the dates of a file, in sentences."""
    until = file_dates.looked_at(pane.examination.finished)
    return [fault.sentence for fault in file_dates.date_faults(pane.file, until)]
