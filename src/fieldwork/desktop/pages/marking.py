"""The marking pane: one case file, its questions answered by one key each.

What is shown is a pane in memory, changed at once by every answer; the writes follow in order
(`marking_saving`). What other laptops changed comes in by `refresh` and never over what is being typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Button, scroll
from fieldwork.desktop.pages import marking_commands, marking_instances
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_extras import Extras
from fieldwork.desktop.pages.marking_finishing import Finishing
from fieldwork.desktop.pages.marking_form import keep_preset, recall_language
from fieldwork.desktop.pages.marking_notes import MarkingNotes
from fieldwork.desktop.pages.marking_pairs import tell_standing
from fieldwork.desktop.pages.marking_panels import FinishPanel
from fieldwork.desktop.pages.marking_question import QuestionView
from fieldwork.desktop.pages.marking_renewal import Renewal
from fieldwork.desktop.pages.marking_saving import Saving, Typed
from fieldwork.desktop.pages.marking_sections import FileHead, Here, SectionList
from fieldwork.desktop.pages.marking_timer import WorkTimer
from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import Question, needs_reason
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import examining, file_view
from fieldwork.work.examining import Pane
from fieldwork.work.file_view import FileView


class MarkingPane(QWidget):
    """`closed()` when the person goes back to the list; `moved(file, code)` at every question shown.

    `reshaped()` when the commands that hold here change.
    """

    closed = Signal()
    moved = Signal(object, str)
    reshaped = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setAccessibleName("Marking pane")
        self.view: FileView | None = None
        self.pane: Pane | None = None
        self.here = ""
        self.language = ""
        self.typed: Typed | None = None
        self.wanted: tuple[Id, str] | None = None
        self.edits = 0
        self.on_scale: bool | None = None
        self.saving = Saving(desk, self)
        self.saving.stored.connect(self._stored)
        self.saving.refused.connect(self._refused)
        self.saving.idle.connect(self.hand_over)
        self._build(button)
        self.extras = Extras(self)
        self.notes = MarkingNotes(self)
        self.finishing = Finishing(self)
        self.renewal = Renewal(self)
        self.timer = WorkTimer(self)
        desk.undone.connect(self.renewal.land)
        recall_language(self)

    def _build(self, button: Callable[..., Button]) -> None:
        self.head = FileHead(button)
        self.sections = SectionList()
        self.where = Here()
        self.question = QuestionView(button, self.press_key)
        self.finish_panel = FinishPanel()
        self.area: QScrollArea = scroll(self.question, "Question")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.finish_area: QScrollArea = scroll(self.finish_panel, "Finish check")
        self.stack.addWidget(self.finish_area)
        right = Box(self.where, (self.stack, 1), space=0)
        beside = Box(self.sections, (right, 1), down=False, space=0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(beside, 1)
        self.head.chosen.connect(self.go_to)
        self.sections.chosen.connect(self._to_section)
        self.question.answered.connect(self.answer)
        self.question.typed.connect(self._type)
        self.question.entered.connect(lambda _: self.forward())
        self.question.left.connect(self.hand_over)

    def shape(self, narrow: bool, short: bool) -> None:
        self.head.shape(narrow, short)
        self.sections.setVisible(not narrow and not short)
        self.where.setVisible(narrow and not short)
        self.question.shape(narrow, short)

    # Opening

    def open_file(self, file: Id, question: str = "") -> None:
        """Show a file, at that question or at the first one still to answer."""
        self.hand_over()
        self.timer.rest()
        self.wanted = (file, question)
        self.desk.ask(file_view.view_file, file, then=self._take_view)

    def _take_view(self, view: FileView) -> None:
        if self.wanted is None or view.pane.file.id != self.wanted[0]:
            return
        _, code = self.wanted
        self.wanted, self.renewal.due = None, self.typed is not None
        self.hand_over()
        if self.pane is not None and self.pane.file.id != view.pane.file.id:
            self.timer.rest()  # while the file that was worked on is still here
        self.view, self.pane = view, self.with_unsaved(examining.spoken(view.pane, self.language))
        self.extras.close()
        self.stack.setCurrentIndex(0)
        self.head.show_file(view)
        tell_standing(self)
        self.timer.turn_to(view)
        asked = {q.code for q in self.pane.asked}
        first = self.pane.next_unanswered()
        if code not in asked:
            code = first.code if first else next(iter(q.code for q in self.pane.asked), "")
        self.here = ""
        self.question.show_news("")
        self.show_question(code)
        self.take_focus()

    def with_unsaved(self, pane: Pane) -> Pane:
        """The pane with what could not be written yet still shown as given."""
        for (file, code), failed in self.saving.unsaved.items():
            if file == pane.file.id:
                pane = examining.revised(pane, code, **failed.fields)
        return pane

    def refresh(self, changed: object = None) -> None:
        """Something changed: read the file again, unless it is only our own writes coming back."""
        self.renewal.take(changed)

    # Showing

    def current(self) -> Question | None:
        """The question shown."""
        if self.pane is None or not self.here:
            return None
        return self.pane.at(self.here)

    def show_question(self, code: str) -> None:
        """Put a question on the pane; what was typed at the last one is handed over first."""
        if self.view is None or self.pane is None or not code:
            self.show_around()
            return
        if code != self.here:
            self.hand_over()
        self.here = code
        self.stack.setCurrentIndex(0)
        self.extras.close(back=False)
        question = self.current()
        assert question is not None
        self.question.show_question(self.pane, question, self.language)
        self._show_unsaved()
        self.show_tags()
        self.show_around()
        self.area.verticalScrollBar().setValue(0)
        self.moved.emit(self.pane.file.id, code)
        if self.on_scale != question.scored:
            self.on_scale = question.scored
            self.reshaped.emit()

    def show_around(self) -> None:
        if self.view is None or self.pane is None:
            return
        view = replace(self.view, pane=self.pane)
        question = self.current()
        section = question.section if question else ""
        self.head.show_answers(view, self.here)
        self.sections.show_answers(view, words.section_key(question) if question else "")
        self.where.show_answers(view, section)
        self.question.show_forward(not self.pane.needed)

    def show_tags(self) -> None:
        if self.view is not None:
            self.question.show_tags(self.view.tags.get(self.here, ()))
            held = self.view.pane.answer(self.here)
            self.question.show_pins(self.view.pins.get(held.id, ()) if held else ())

    def _show_unsaved(self) -> None:
        assert self.pane is not None
        failed = self.saving.unsaved.get((self.pane.file.id, self.here))
        self.question.show_unsaved(failed.sentence if failed else "")

    def take_focus(self) -> None:
        if self.stack.currentIndex() == 1:
            self.finish_panel.setFocus()
        else:
            self.question.take_focus()

    def say(self, sentence: str) -> None:
        """Tell a screen reader."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    # Answering

    def answer(self, value: str) -> None:
        """Give the answer, show it at once, and go where work goes on."""
        question = self.current()
        if question is None or self.pane is None:
            return
        self.hand_over()
        before = self.pane
        self.store_value(question.code, value)
        self.question.show_value(value)
        self.question.show_state(self.pane, question)
        self._tell_opened(before)
        if needs_reason(question, value):
            self.show_around()
            self.question.open_reason()
        elif any(f.code == question.code for f in self.pane.applied.faults):
            self.show_around()
        else:
            self.next_unanswered()

    def revise(self, code: str, **fields: str) -> None:
        """Change the pane in memory only."""
        assert self.pane is not None
        self.edits += 1
        self.pane = examining.revised(self.pane, code, **fields)

    def store_value(self, code: str, value: str) -> None:
        """Change an answer in memory and send it on its way to the disk."""
        self.revise(code, value=value)
        self._write(code, value)

    def _write(self, code: str, value: str) -> None:
        assert self.pane is not None and self.view is not None
        seen = self.view.moment
        self.saving.write(Typed(self.pane.file.id, self.pane.examination.id, code, {"value": value}, seen))

    def _tell_opened(self, before: Pane) -> None:
        """Say which questions the last answer opened or closed."""
        assert self.pane is not None
        old, new = {q.code for q in before.asked}, {q.code for q in self.pane.asked}
        opened = [q for q in self.pane.asked if q.code not in old]
        closed = [q for q in before.asked if q.code not in new and before.answered(q)]
        said = []
        if len(opened) == 1:
            said.append("Your answer opened one more question")
        elif opened:
            said.append(f"Your answer opened {len(opened)} more questions")
        if closed:
            said.append(
                f"{words.told(len(closed), 'question is', 'questions are')} no longer asked; "
                f"what you answered is kept ({', '.join(before.called(q.code) for q in closed)})"
            )
        sentence = ". ".join(said)
        first = [(self.pane.called(q.code), self.pane.filled(q, q.label)) for q in opened[:3]]
        self.question.show_news(sentence, first)
        if sentence:
            self.say(sentence)

    def clear_answer(self) -> None:
        """Take the answer back; reason and comment stay."""
        question = self.current()
        if question is None or self.pane is None or self.stack.currentIndex() == 1:
            return
        if not self.pane.answered(question) or question.code in self.pane.applied.read_only:
            return
        self._drop_typed("value")
        before = self.pane
        self.store_value(question.code, "")
        self.question.show_value("")
        self.question.show_state(self.pane, question)
        self._tell_opened(before)
        self.show_around()

    # Typing

    def _type(self, name: str, text: str) -> None:
        question = self.current()
        if question is None or self.pane is None or self.view is None:
            return
        if self.typed is None:
            seen = self.view.moment
            self.typed = Typed(self.pane.file.id, self.pane.examination.id, question.code, {}, seen)
        self.typed.fields[name] = text
        before = self.pane
        self.revise(question.code, **{name: text})
        self.saving.typing(self.typed)
        if name == "value":
            self.question.show_state(self.pane, question)
            self._tell_opened(before)
            self.show_around()
        else:
            self.question.need.setVisible(self.pane.missing_reason(question))

    def _drop_typed(self, name: str) -> None:
        if self.typed is not None:
            self.typed.fields.pop(name, None)
            if not self.typed.fields:
                self.typed = None
                self.saving.rest()

    def hand_over(self) -> bool:
        """Make an entry of what is typed: on leaving the field, the question, the page, and when idle.

        False when the words are no answer to the question: they are kept, and shown as not saved.
        """
        typed, self.typed = self.typed, None
        self.saving.rest()
        if typed is None or self.pane is None or not typed.fields:
            return True
        question = self.pane.question(typed.question)
        try:
            if "value" in typed.fields:
                typed.fields["value"] = examining.checked_value(question, typed.fields["value"])
        except Fault as fault:
            self.saving.refuse(typed, str(fault))
            return False
        self.saving.write(typed)
        return True

    def _stored(self, file: Id, code: str, moment: int) -> None:
        if self.view is None or self.pane is None or file != self.pane.file.id:
            return
        if not self.renewal.due:
            self.view = replace(self.view, moment=max(moment, self.view.moment))
        if self.pane.examination.started is None or self.pane.examination.finished is not None:
            self.renewal.due = True
        if code == self.here:
            self._show_unsaved()
        self.renewal.read()

    def _refused(self, file: Id, code: str) -> None:
        failed = self.saving.unsaved[file, code]
        if self.pane is not None and file == self.pane.file.id and code == self.here:
            self.question.show_unsaved(failed.sentence)
            self.say(f"Not saved. {failed.sentence}")
        else:
            self.desk.failed.emit(f"{parted(code)[0]} is not saved. {failed.sentence}")

    def retry(self) -> None:
        """Write again what could not be written, here and at other questions of the file."""
        if self.pane is None:
            return
        for file, code in list(self.saving.unsaved):
            if file == self.pane.file.id:
                self.saving.retry(Typed(file, self.pane.examination.id, code))

    # Moving

    def next_unanswered(self) -> None:
        """To the next question still to answer; to the finish check's doorstep when there is none."""
        assert self.pane is not None
        following = self.pane.next_unanswered(self.here)
        if following is None:
            self.show_around()
            self.question.show_news("Everything is answered. f checks the file and finishes it.")
            self.say("Everything is answered.")
            self.question.head.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.show_question(following.code)
        self.question.take_focus()

    def forward(self) -> None:
        """Enter: save what is typed and go on; on a number or text that does not fit, stay."""
        question = self.current()
        if question is None or self.pane is None:
            return
        if self.stack.currentIndex() == 1:
            self.finishing.onward()
            return
        if not self.hand_over() or not keep_preset(self, question):
            return
        if any(f.code == question.code for f in self.pane.applied.faults):
            self.question.show_state(self.pane, question)
            return
        if [q.code for q in self.pane.unanswered] in ([], [self.here]):
            self.finish()
        else:
            self.next_unanswered()

    def step(self, by: int) -> None:
        """To the question before or after this one."""
        if self.pane is None or self.stack.currentIndex() == 1:
            return
        asked = [q.code for q in self.pane.asked]
        if self.here in asked and 0 <= asked.index(self.here) + by < len(asked):
            self.question.show_news("")
            self.show_question(asked[asked.index(self.here) + by])
            self.question.take_focus()

    def go_to(self, code: str) -> None:
        """To a question by its code, when it is asked."""
        if self.pane is None:
            return
        if code not in {q.code for q in self.pane.asked}:
            self.question.show_news(f"{parted(code)[0]} is not asked of this file now; its answer is kept.")
            return
        self.question.show_news("")
        self.show_question(code)
        question = self.current()
        if question is not None and self.pane.missing_reason(question):
            self.question.open_reason()
        else:
            self.question.take_focus()

    def _to_section(self, key: str) -> None:
        assert self.pane is not None
        if key.startswith(words.ADD):
            marking_instances.add(self, key.removeprefix(words.ADD))
        asked = [q for q in self.pane.asked if words.section_key(q) == key]
        open_ones = [q for q in asked if not self.pane.answered(q) or self.pane.missing_reason(q)]
        if asked:
            self.go_to((open_ones or asked)[0].code)

    def neighbour(self, by: int) -> None:
        """The next or the previous file in the list."""
        if self.view is None:
            return
        file = self.view.after if by > 0 else self.view.before
        if file is not None:
            self.open_file(file)

    # Finishing

    def finish(self) -> None:
        """The finish check: list what is open, or finish."""
        self.finishing.check()

    def back(self) -> None:
        """Escape: out of the panel, out of the field, out of the file."""
        if self.stack.currentIndex() == 1:
            self.finishing.leave()
        elif self.extras.panel is not None:
            self.extras.close()
        elif QApplication.focusWidget() in self.question.fields():
            self.question.head.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.leave()

    def leave(self) -> None:
        """Back to the list of files."""
        self.hand_over()
        self.closed.emit()

    # Keys

    def press_key(self, event: QKeyEvent) -> bool:
        """Keys that no field and no command used."""
        return marking_commands.press_key(self, event)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Handlers of the pane by command name; the digits of the scale only where it is asked."""
        return marking_commands.handlers(self)
