"""One question over the page before an act that reaches far: what it does and does not, a reason, go or leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Field, Option, Text, col, flow, scroll
from fieldwork.desktop.overlay import Overlay


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


class AskPanel(Overlay):
    """Enter does it, Escape leaves everything as it is. It stays, with the sentence, when the act is refused."""

    def __init__(self, desk: Desk, host: QWidget) -> None:
        super().__init__(host, 560)
        self.desk = desk
        self.question: Question | None = None
        self.busy = False
        self.title = Text("", "title", wrap=True)
        self.paragraphs = col(space=6)
        self.label = Text("", "label", weight=600)
        self.field = Field(name=" ")
        self.label.setBuddy(self.field)
        self.tick = Option("", key="Space")
        self.said = Text("", "body", wrap=True)
        self.go = Button("", "Enter", "primary")
        self.leave = Button("Leave it", "Esc", "quiet")
        self.go.clicked.connect(self.accept)
        self.leave.clicked.connect(self.close_panel)
        self.closed.connect(self._forget)
        self.tick.installEventFilter(self)
        self.inner = col(
            self.title,
            self.paragraphs,
            8,
            self.label,
            self.field,
            4,
            flow(self.tick),
            self.said,
            6,
            flow(self.go, self.leave, space=8),
            space=6,
            margins=(20, 16, 20, 16),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(scroll(self.inner, "Question"))
        self.said.hide()

    def ask(self, question: Question) -> None:
        """Put a question; one that was open is left."""
        self.close_panel()
        self.question, self.busy = question, False
        self.setAccessibleName(question.title)
        self.title.setText(question.title)
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

    def wanted_height(self) -> int:
        return self.inner.heightForWidth(dp(self._dp_width) - dp(8)) + dp(12)

    def say(self, sentence: str, tone: str = "danger") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self.place()

    def accept(self) -> None:
        asked, typed = self.question, self.field.text().strip()
        if asked is None or self.busy:
            return
        if asked.wanted and not typed:
            self.say(asked.wanted)
            self.field.setFocus()
            return
        if asked.tick and not self.tick.isChecked():
            self.say("Tick the line above first: Space ticks it.")
            self.tick.setFocus()
            return
        given = {**asked.given, asked.name: typed}
        if asked.ticked:
            given[asked.ticked] = True
        self.busy = True
        self.go.setEnabled(False)
        self.say("Being done\u2026", "quiet")
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
        self.say(sentence_for(error))
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)
