"""One question: code, wording, guidance, its answers, reason and comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import colours, dp, gap
from fieldwork.desktop.kit import (
    AnswerBar,
    Bar,
    Box,
    Button,
    Chip,
    ChoiceColumn,
    Field,
    Flow,
    OptionFlow,
    Rule,
    Tag,
    Text,
    TextArea,
    answer_words,
    col,
    even,
    flow,
    row,
)
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_form import FIXED, PRESET, FormWords, fixed_words, language_words
from fieldwork.desktop.pages.marking_notes import NotesPart
from fieldwork.domain.question_set import Question, needs_reason
from fieldwork.domain.values import Erased, codes, typable
from fieldwork.work.examining import Pane, default_of

SHORT_GUIDANCE = 110
ONE_COLUMN = 5
KEYS = "Enter saves and goes on; Esc leaves the field"
HINTS = {
    "integer": "A whole number",
    "decimal": "A number",
    "date": "2025-07-31",
    "time": "14:05",
    "dateTime": "2025-07-31T14:05",
}


class QuestionHead(Box):
    """Code, lead and wording. It has the keyboard while one answers by keys: a bar at its left shows it."""

    def __init__(self) -> None:
        self.code = Text("", "label", "accent", weight=600)
        self.lead = Text("", "caption", "quiet")
        self.state = Tag("")
        self.wording = Text("", "question", wrap=True)
        self._line = row(self.code, self.lead, None, self.state, space=12)
        super().__init__(self._line, self.wording, space=8, margins=(32, 20, 32, 0))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_shape(self, narrow: bool, short: bool) -> None:
        self._line.setVisible(not short or bool(self.state.accessibleName()))
        self.code.setVisible(not short)
        self.lead.setVisible(not short)
        self.wording.set_kind("lead" if short else "question")
        side = 20 if narrow or short else 32
        self.spaced.margins = (side, 10 if short else 16, side, 0)
        self.spaced.apply()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            palette = colours()
            left = gap(self.spaced.margins[0]) - gap(12)
            top = gap(self.spaced.margins[1])
            bar = QRectF(left, top, max(3, palette.focus_width + 1), self.height() - top)
            rounded(QPainter(self), bar, palette["focus"], None, radius=1.5)


class TwoColumns(ChoiceColumn):
    """A long list of choices in two columns, read downwards, so that all keys stay in sight."""

    def __init__(self, choices: Sequence[tuple[str, str]], code: str, name: str) -> None:
        super().__init__(choices, code, name)
        half = (len(self.lines) + 1) // 2
        sides = [col(*self.lines[:half], None, space=6), col(*self.lines[half:], None, space=6)]
        self.add(row(*((even(side), 1) for side in sides), space=12))


class QuestionView(Box):
    """`answered(value)` for one choice; `typed(field, text)` for what is not an entry yet.

    `keys` gets every key press that no field used, before the scroll area would.
    """

    answered = Signal(str)
    typed = Signal(str, str)
    entered = Signal(str)  # Enter in the field of that name
    left = Signal()  # the keyboard went from a text field elsewhere

    def __init__(self, button: Callable[..., Button], keys: Callable[[QKeyEvent], bool]) -> None:
        self._keys = keys
        self.question: Question | None = None
        self._setting = False
        self._full = self._short = self._narrow = False
        self._choices: Sequence[tuple[str, str]] = ()
        self.answers: QWidget | None = None
        self.before = FormWords()
        self.head = QuestionHead()
        self.guidance = Text("", "small", "quiet", wrap=True)
        self.more = button("answer.guidance", "quiet")
        self.notes = NotesPart()
        self._guide = row(Bar(), (col(self.guidance, self.notes, space=6), 1), self.more, space=12)
        self._holder = Box()
        self.preset = Text("", "caption", "quiet", wrap=True)
        self.fault = Text("", "label", "danger", wrap=True)
        self.reason = TextArea(hint=KEYS, lines=2, most=8, enter_submits=True)
        self.comment = TextArea(name="Comment", hint=KEYS, lines=2, most=8, enter_submits=True)
        self.reason_label = Text("", "label", weight=600)
        self.reason_label.setBuddy(self.reason)
        self.need = Text("needed before the file is finished", "caption", "quiet")
        self._reason = col(row(self.reason_label, None, self.need), self.reason, space=6)
        label = Text("Comment", "label", weight=600)
        label.setBuddy(self.comment)
        self._comment = col(label, self.comment, space=6)
        self.slot = Box()
        self.retry = button("answer.retry", "plain")
        self.unsaved = Text("", "label", "danger", wrap=True)
        self._unsaved = row((self.unsaved, 1), self.retry, space=12)
        self.forward = button("answer.next", "primary")
        self.finish = button("answer.finish", "plain", words="Finish")
        self.rest = button("answer.rest", "quiet")
        self.theme = button("answer.theme")
        self.several = button("instance.add", "quiet")
        self.tools = flow(
            self.forward,
            button("answer.comment"),
            self.theme,
            self.finish,
            self.rest,
            self.several,
            space=8,
        )
        self.chips = Flow()
        self.pins = Text("", "caption", "quiet", wrap=True)
        self.forward.setAccessibleName("Next unanswered")
        self.rest.setAccessibleName("Rest of section not applicable")
        for tool in (self.forward, self.finish, self.theme):
            tool.set_icon_name("")
        self.slot.hide()
        self.news = Text("", "caption", "quiet", wrap=True)
        self._news_lines = Box(space=6)
        self._news = col(Rule(), 2, self.news, self._news_lines, space=6)
        self.body = Box(
            self._guide,
            self._holder,
            self.preset,
            self.fault,
            self._reason,
            self._comment,
            self._unsaved,
            self.slot,
            self.tools,
            self.chips,
            self.pins,
            self._news,
            None,
            space=10,
            margins=(32, 8, 32, 16),
        )
        super().__init__(self.before, self.head, (self.body, 1), space=0)
        for name, area in (("reason", self.reason), ("comment", self.comment)):
            self._wire(name, area)
        self.shape(False, False)

    def _wire(self, name: str, area: TextArea) -> None:
        area.textChanged.connect(lambda: self._tell(name, area.text()))
        area.submitted.connect(lambda: self.entered.emit(name))
        area.installEventFilter(self)

    def _tell(self, name: str, text: str) -> None:
        if not self._setting:
            self.typed.emit(name, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return False

    def shape(self, narrow: bool, short: bool) -> None:
        self._narrow, self._short = narrow, short
        self._relist()
        self.before.shape(narrow, short)
        self.head.set_shape(narrow, short)
        side = 20 if narrow or short else 32
        self.body.spaced.margins = (side, 8, side, 16)
        self.body.spaced.space = 8 if short else 10
        self.body.spaced.apply()
        tight = narrow or short
        self.rest.set_text("Rest N/A" if tight else "Rest not applicable")
        self.forward.set_text("Next" if tight else "Next unanswered")
        self.more.set_text("Guidance" if tight else "Full guidance")
        self._order(short)

    def _order(self, short: bool) -> None:
        """In a short window guidance stands below, so that question, answers and reason fit together."""
        layout = self.body.spaced.layout
        layout.removeWidget(self._guide)
        layout.insertWidget(layout.indexOf(self.tools) + 1 if short else 0, self._guide)

    # Showing

    def show_question(self, pane: Pane, question: Question, language: str = "") -> None:
        """Put another question, with what is kept for it."""
        self.question, self._full = question, False
        held = pane.answer(question.code)
        self.head.code.setText(pane.called(question.code))
        said = (words.lead_words(question), language_words(pane, language))
        self.head.lead.setText(" \u00b7 ".join(part for part in said if part))
        self.before.show_before(pane, question)
        several = words.several_words(pane, question)
        self.several.set_text(several)
        self.several.setVisible(bool(several))
        self.head.wording.setText(pane.filled(question, question.label))
        preset = default_of(pane, question)
        fixed = question.code in pane.applied.read_only
        if fixed:
            self._show_fixed(fixed_words(pane, question))
        else:
            self._build_answers(pane, question, held.value if held else preset)
        self.preset.setText(FIXED if fixed else PRESET if preset else "")
        self.preset.setVisible(fixed or bool(preset))
        self._setting = True
        for area, text in ((self.reason, held.reason), (self.comment, held.comment)) if held else ():
            area.setPlaceholderText(text if isinstance(text, Erased) else KEYS)
        self.reason.set_text(typable(held.reason) if held else "")
        self.comment.set_text(typable(held.comment) if held else "")
        self._setting = False
        self._comment.setVisible(bool(held and held.comment))
        self._show_guidance()
        self.show_state(pane, question)

    def _build_answers(self, pane: Pane, question: Question, value: str) -> None:
        name = f"Answer to {pane.called(question.code)}"
        choices = [(c.code, pane.filled(question, c.label) or c.code) for c in question.choices]
        open_codes = pane.applied.choices.get(question.code)
        if open_codes is not None:
            choices = [choice for choice in choices if choice[0] in open_codes]
        if question.scored and isinstance(self.answers, AnswerBar):
            self.answers.setAccessibleName(name)
            self.answers.choose(value)
            return
        self._holder.clear()
        made: QWidget
        if question.scored:
            made = AnswerBar(value, name)
            made.chosen.connect(self.answered)
        elif question.kind == "select_one":
            made = self._list_of(choices, value, name)
        elif question.kind in ("select_multiple", "rank"):
            made = OptionFlow(choices, codes(value), name)
            made.changed.connect(lambda some: self.typed.emit("value", " ".join(some)))
        elif question.kind == "acknowledge":
            made = ChoiceColumn([("OK", "Seen and done")], value, name)
            made.chosen.connect(self.answered)
        elif question.kind == "text":
            made = TextArea(value, name, f"No names. {KEYS}", lines=3, most=10, enter_submits=True)
            self._wire("value", made)
        else:
            made = Field(value, HINTS.get(question.kind, ""), name)
            made.textEdited.connect(lambda text: self._tell("value", text))
            made.installEventFilter(self)
            made.setMaximumWidth(dp(280))
        self.answers = made
        self._holder.add(made)
        made.show()  # now, so that it can take the keyboard at once

    def _show_fixed(self, said: str) -> None:
        self._holder.clear()
        self.answers = None
        self._holder.add(Text(said, "strong", wrap=True))

    def _list_of(self, choices: Sequence[tuple[str, str]], value: str, name: str) -> ChoiceColumn:
        self._choices = choices
        kind = TwoColumns if self._wants_two() else ChoiceColumn
        made = kind(choices, value, name)
        made.chosen.connect(self.answered)
        return made

    def _wants_two(self) -> bool:
        return len(self._choices) > ONE_COLUMN and (self._short or not self._narrow)

    def _relist(self) -> None:
        """Put a list of choices into one or two columns as the window now asks for."""
        now, question = self.answers, self.question
        if not isinstance(now, ChoiceColumn) or question is None or question.kind != "select_one":
            return
        if isinstance(now, TwoColumns) != self._wants_two():
            value, name = now.code(), now.accessibleName()
            self._holder.clear()
            self.answers = self._list_of(self._choices, value, name)
            self._holder.add(self.answers)

    def show_value(self, value: str) -> None:
        """Put the answer in the controls without telling anybody."""
        self._setting = True
        if isinstance(self.answers, (AnswerBar, ChoiceColumn)):
            self.answers.choose(value)
        elif isinstance(self.answers, OptionFlow):
            self.answers.choose(codes(value))
        elif isinstance(self.answers, TextArea):
            self.answers.set_text(value)
        elif isinstance(self.answers, Field):
            self.answers.setText(value)
        self._setting = False

    def set_words(self, name: str, text: str) -> None:
        """Put words into the reason or the comment without telling anybody."""
        area = self.reason if name == "reason" else self.comment
        if area.text() == text:
            return
        self._setting = True
        area.set_text(text)
        self._setting = False

    def show_state(self, pane: Pane, question: Question) -> None:
        """What hangs on the answer: reason, fault of a rule, accessible name."""
        held = pane.answer(question.code)
        value = held.value if held else ""
        if value and self.preset.text() == PRESET:
            self.preset.hide()
        wanted = needs_reason(question, value)
        typing = self.reason.hasFocus() or bool(self.reason.text())
        self._reason.setVisible(wanted or (typing and bool(value) and question.scored))
        label = f"Reason for {answer_words(value).lower()}" if question.scored and value else "Reason"
        self.reason_label.setText(label)
        self.reason.setAccessibleName(label)
        self.reason.setAccessibleDescription("Enter saves and goes on; Shift Enter starts a new line")
        self.need.setVisible(wanted and not self.reason.text().strip())
        fault = next((f.message for f in pane.applied.faults if f.code == question.code), "")
        self.show_fault(fault)
        said = words.in_words(question, value) or "not answered"
        self.head.setAccessibleName(f"{pane.called(question.code)}. {self.head.wording.text()}")
        self.head.setAccessibleDescription(
            f"{words.lead_words(question)}; {words.kind_words(question)}; {said}"
        )

    def show_fault(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))

    def show_unsaved(self, sentence: str) -> None:
        """That the answer is not saved, and why; "" when it is."""
        self.unsaved.setText(f"Not saved. {sentence}" if sentence else "")
        self._unsaved.setVisible(bool(sentence))
        self.head.state.set("not saved" if sentence else "", "triangle-alert" if sentence else "", "danger")
        self.head.state.setVisible(bool(sentence))
        if self._short:
            self.head.set_shape(True, True)

    def show_tags(self, tags: Sequence[tuple[str, str]]) -> None:
        self.chips.clear()
        for name, direction in tags:
            self.chips.add(Chip(name, direction))
        self.chips.setVisible(bool(tags))

    def show_pins(self, sentences: Sequence[str]) -> None:
        """The points this answer stands behind."""
        said = "; ".join(f"\u201c{sentence}\u201d" for sentence in sentences)
        self.pins.setText(f"Pinned to {said}" if said else "")
        self.pins.setVisible(bool(said))

    def show_news(self, sentence: str, lines: Sequence[tuple[str, str]] = ()) -> None:
        """What the last answer opened or closed: a sentence, and (code, wording) of the questions."""
        self.news.setText(sentence)
        self._news_lines.clear()
        for code, wording in lines:
            self._news_lines.add(
                row(Text(code, "label", "accent", weight=600), (Text(wording, wrap=True), 1), space=12)
            )
        self._news.setVisible(bool(sentence))

    def show_forward(self, done: bool) -> None:
        """Once everything is answered, finishing is what comes next."""
        self.forward.set_kind("plain" if done else "primary")
        self.finish.set_kind("primary" if done else "plain")

    # Guidance, comment, focus

    def toggle_guidance(self) -> None:
        self._full = not self._full
        self._show_guidance()

    def _show_guidance(self) -> None:
        question = self.question
        if question is None:
            return
        hint, guidance = str(question.hint), str(question.guidance)
        if self._full:
            parts = [hint, guidance, words.because(question)]
            parts.append(f"{words.kind_words(question).capitalize()}.")
            parts.append("Counts towards the score." if question.scored else "Not scored.")
            text = " ".join(_sentence(part) for part in parts if part)
        else:
            text = " ".join(part for part in (hint, guidance) if part)
            if len(text) > SHORT_GUIDANCE:
                text = text[:SHORT_GUIDANCE].rsplit(" ", 1)[0] + " \u2026"
        self.guidance.setText(text or words.because(question))
        self.guidance.updateGeometry()
        self.notes.set_full(self._full)

    def open_comment(self) -> None:
        self._comment.show()
        self.comment.setFocus(Qt.FocusReason.OtherFocusReason)
        self.comment.to_end()

    def open_reason(self) -> None:
        self._reason.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reason.to_end()

    def fields(self) -> list[QWidget]:
        """The controls one types in."""
        own = [self.answers] if isinstance(self.answers, (Field, TextArea)) else []
        return [self.reason, self.comment, *own]

    def take_focus(self) -> None:
        """To the field where the answer is typed, else to the question itself."""
        if isinstance(self.answers, (Field, TextArea)):
            self.answers.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.head.setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self, key: str) -> bool:
        """Answer by the key printed on a choice."""
        if isinstance(self.answers, AnswerBar):
            if key in "12345" and key:
                self.answers.press(int(key))
                return True
            return False
        if isinstance(self.answers, (ChoiceColumn, OptionFlow)):
            return self.answers.press(key)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys(event):
            super().keyPressEvent(event)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
