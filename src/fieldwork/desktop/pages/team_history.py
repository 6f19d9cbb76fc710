"""What happened to one record, and putting an earlier value back as a new act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Field, Pane, Row, RowList, Text, flow
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import Id
from fieldwork.work import settling
from fieldwork.work.settling import Step, Told

ACTS = {"restore value": "put back", "resolve": "settled", "undo": "undone", "redo": "done again"}


class HistoryPanel(Pane):
    """The steps of a record, newest first; `shut` when it is put away."""

    shut = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(ground="sunken", lines="l", margins=(16, 16, 16, 12), space=8, width=340)
        self.desk, self._now = desk, now
        self._latest = Latest(desk)
        self.record: Id | None = None
        self.told: Told | None = None
        self.title = Text("History", "strong", wrap=True)
        self.steps = RowList(name="History of the record", fit=False, chooses=True, pad=8)
        self.steps.opened.connect(self._to_reason)
        self.label = Text("Why, in one line", "label", weight=600)
        self.reason = Field(name="Why the earlier value is put back, in one line")
        self.label.setBuddy(self.reason)
        self.reason.returnPressed.connect(self.restore)
        self.put_back = button("conflict.restore")
        self.leave = button("team.back", "quiet", words="Close")
        self.said = Text("", "small", "quiet", wrap=True)
        self.add(
            self.title,
            (self.steps, 1),
            self.label,
            self.reason,
            flow(self.put_back, self.leave, space=8),
            self.said,
        )
        self.said.hide()
        self.setAccessibleName("History")
        self.hide()

    def show_record(self, record: Id) -> None:
        """Open the panel on a record."""
        if record != self.record:
            self.reason.clear()
            self.steps.set_rows([])
            self.said.hide()
        self.record = record
        self.show()
        self.read()
        self.steps.setFocus()

    def read(self) -> None:
        if self.record is not None and not self.isHidden():
            self._latest.ask(settling.told, self.record, then=self._show)

    def _show(self, told: Told) -> None:
        self.told = told
        self.title.setText(f"History: {told.title}")
        self.steps.set_rows([self._row(step) for step in told.steps])
        if self.steps.row() < 0:
            self.steps.go(0)

    def _row(self, step: Step) -> Row:
        when = words.when_words(step.at, self._now().date())
        how = ACTS.get(step.act, "")
        parts = [when, how, "stands now" if step.standing else ""]
        return Row(
            step.sentence,
            ", ".join(part for part in parts if part),
            icon="check" if step.standing else "clock",
            tone="accent" if step.standing else "text2",
            ident=step.change,
        )

    def _to_reason(self, _: int) -> None:
        self.reason.setFocus()

    def restore(self) -> None:
        """Put the value of the chosen step back."""
        chosen = self.steps.current()
        if self.record is None or chosen is None:
            return
        self.put_back.setEnabled(False)
        self.desk.act(
            settling.restore,
            record=self.record,
            change=str(chosen.ident),
            reason=self.reason.text(),
            as_of=self.told.moment if self.told else None,
            then=lambda _: self._restored(),
            otherwise=self._failed,
        )

    def _restored(self) -> None:
        self.put_back.setEnabled(True)
        self.reason.clear()
        self._say("Put back, as a new step; the one before stays in the history.", "text")
        self.steps.setFocus()

    def _failed(self, error: BaseException) -> None:
        self.put_back.setEnabled(True)
        self._say(sentence_for(error), "danger")

    def _say(self, sentence: str, tone: str) -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.show()

    def close_panel(self) -> None:
        self.record = None
        self.hide()
        self.shut.emit()
