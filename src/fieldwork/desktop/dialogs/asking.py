"""One question over the page before an act that reaches far: what it does and does not, a reason, go or leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.act_panel import ActPanel
from fieldwork.desktop.kit import Field, Option, Text, col, flow


@dataclass(frozen=True)
class Question:
    """What is asked before `act(workspace, **given, <name>=what was typed)` runs in the write lane.

    wanted: the sentence said when nothing was typed; "" where the field may stay empty. tick: what the person
    confirms, handed over as `ticked`; "" for none. then: called with the result once the sheet has closed.
    """

    title: str
    says: tuple[str, ...]
    go: str
    act: Callable[..., Any]
    then: Callable[[Any], object]
    given: Mapping[str, Any] = field(default_factory=dict)
    name: str = "reason"
    label: str = "Why, in one line"
    hint: str = "stays in the history"
    wanted: str = ""
    tick: str = ""
    ticked: str = ""
    lane: str = "write"


class AskPanel(ActPanel):
    """Enter does it, Escape leaves everything as it is. It stays, with the sentence, when the act is refused."""

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(desk, host, "Question", "", "Leave it")
        self.question: Question | None = None
        self.busy = False
        self.paragraphs = col(space=6)
        self.label = Text("", "label", weight=600)
        self.field = Field(name=" ")
        self.label.setBuddy(self.field)
        self.tick = Option("", key="Space")
        self.asked.connect(self.accept)
        self.closed.connect(self._forget)
        self.tick.installEventFilter(self)
        self.fill((self.paragraphs, 8, self.label, self.field, 4, flow(self.tick)))

    def ask(self, question: Question) -> None:
        """Put a question; one that was open is left."""
        self.close_panel()
        self.question, self.busy = question, False
        self.set_title(question.title)
        self.paragraphs.clear()
        self.paragraphs.add(*(Text(words, "small", "quiet", wrap=True) for words in question.says))
        self.label.setText(question.label)
        self.field.setAccessibleName(question.label)
        self.field.setPlaceholderText(question.hint)
        self.field.setText("")
        self.tick.setText(question.tick)
        self.tick.setChecked(False)
        self.tick.setAccessibleName(question.tick)
        self.tick.setVisible(bool(question.tick))
        self.tick.rescale()
        self.go.set_text(question.go)
        self.go.setEnabled(True)
        self.open()
        self.field.setFocus()

    def accept(self) -> None:
        asked, typed = self.question, self.field.text().strip()
        if asked is None or self.busy:
            return
        if asked.wanted and not typed:
            self.say(asked.wanted, "danger")
            self.field.setFocus()
            return
        if asked.tick and not self.tick.isChecked():
            self.say("Tick the line above first: Space ticks it.", "danger")
            self.tick.setFocus()
            return
        given = {**asked.given, asked.name: typed}
        if asked.ticked:
            given[asked.ticked] = True
        self.busy = True
        self.go.setEnabled(False)
        self.say("Being done\u2026")
        self.desk.act(
            asked.act,
            lane=asked.lane,
            then=lambda result: self._done(asked, result),
            otherwise=lambda error: self._failed(asked, error),
            **given,
        )

    def _done(self, asked: Question, result: Any) -> None:
        if asked is self.question:
            self.close_panel()
        asked.then(result)

    def _failed(self, asked: Question, error: BaseException) -> None:
        if asked is not self.question:
            self.desk.tell(error)
            return
        self.busy = False
        self.go.setEnabled(True)
        self.say(sentence_for(error), "danger")
        self.field.setFocus()

    def _forget(self) -> None:
        self.question = None
        self.field.clear()
        self.said.hide()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Enter on the tick goes on; Space ticks."""
        if watched is self.tick and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
            return False
        return super().eventFilter(watched, event)
