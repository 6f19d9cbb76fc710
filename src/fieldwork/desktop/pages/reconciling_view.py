"""What stands on the reconcile page: the head of the file, the two cards, another answer, the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import (
    AnswerBar,
    Bar,
    Box,
    Button,
    Card,
    ChoiceColumn,
    Field,
    OptionFlow,
    Pane,
    Text,
    TextArea,
    answer_words,
    col,
    even,
    flow,
    row,
    scroll,
)
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_notes import NotesPart
from fieldwork.desktop.pages.marking_question import QuestionHead
from fieldwork.desktop.pages.moderating_view import AnswerMark, shape_of
from fieldwork.desktop.pages.pair_words import kind_words
from fieldwork.domain.question_set import LIST_KINDS, Question
from fieldwork.domain.records import Answer
from fieldwork.domain.values import codes
from fieldwork.questions.repeating import parted
from fieldwork.work.marking_notes import HowWeMark
from fieldwork.work.pairs import ToSettle
from fieldwork.work.reconciling import ASKED_NOW, ENTERED_ALONE, Disagreement

ONE, OTHER, ANOTHER = "one", "other", "another"
KEYS = "Enter settles and goes on; Esc leaves the field"
NOT_ASKED = "was not asked this"
BLANK = "left it blank"
BESIDE = 440  # narrower than this the two cards stand one above the other


def code_of(one: Disagreement) -> str:
    """The code of a question; whether one of several is there has none."""
    return "" if one.what == ENTERED_ALONE else parted(one.question.code)[0]


def since_words(one: Disagreement) -> str:
    """Why a question is asked only now: what was answered elsewhere, by one of the two."""
    some = "; ".join(
        f"{question.code}: {words.in_words(question, value) or answer_words(value)}"
        for question, value in one.since
    )
    return f"Neither was asked this before: it hangs on {some}." if some else ""


class SettleHead(Pane):
    """The file, who marked it, and how much is left."""

    def __init__(self, button: Callable[..., Button]) -> None:
        self.title = Text("", "title")
        self.sub = Text("", "small", "quiet", wrap=True)
        self.count = Text("", "small", "quiet")
        self.all_files = button("file.back", "quiet")
        self.call_in = button("reconcile.call_in", "quiet")
        self._reference, self._code, self._short = "", "", False
        line = row(
            (col(self.title, self.sub, space=2), 1), self.count, self.call_in, self.all_files, space=12
        )
        super().__init__(line, lines="b", margins=(24, 12, 24, 10))

    def shape(self, narrow: bool, short: bool) -> None:
        self.all_files.setVisible(not narrow and not short)
        self.call_in.setVisible(not narrow and not short)
        self._short = short
        self.sub.setVisible(not short)
        self.title.set_kind("lead" if short else "title")
        side = 20 if narrow or short else 24
        self.spaced.margins = (side, 6 if short else 12, side, 6 if short else 10)
        self.spaced.apply()
        self._show_title()

    def _show_title(self) -> None:
        code = f"  {self._code}" if self._short else ""
        self.title.setText(f"{self._reference}{code}")

    def show_file(self, view: ToSettle, code: str) -> None:
        some = view.standing.all
        self._reference, self._code = view.file.reference, code
        self._show_title()
        called = f"; {view.called} was called in" if view.called else ""
        self.sub.setText(f"To reconcile: {view.names[0]} and {view.names[1]}{called}")
        self.count.setText(f"{len(some) - len(view.standing.open)} of {len(some)} settled")


class AnswerCard(Card):
    """One examiner's answer with reason and comment, and the button that lets it stand."""

    def __init__(self, side: str, take: Button) -> None:
        self.take, self._side = take, side
        self.who = Text("", "caption", "quiet", wrap=True)
        self.holder = Box(space=4)
        self.told = ""
        super().__init__(self.who, self.holder, None, take, pad=12, space=6)

    def show_answer(self, question: Question, name: str, answer: Answer | None, blank: str) -> None:
        self.who.setText(f"{self._side}: {name}")
        self.holder.clear()
        if answer is None or not answer.value:
            self.holder.add(Text(f"{name} {blank}.", "small", "quiet", wrap=True))
            self.told = f"{self._side}: {blank}"
        else:
            said = words.in_words(question, answer.value) or answer_words(answer.value)
            self.holder.add(AnswerMark(shape_of(question, answer.value), said))
            for text in (answer.reason, answer.comment):
                if text:
                    self.holder.add(Text(text, "small", wrap=True))
            self.told = f"{self._side}: {said}"
        self.take.setEnabled(bool(answer is not None and answer.value))

    def set_chosen(self, chosen: bool) -> None:
        """The answer that is to stand has a thicker edge, and its button says so."""
        self.set_edge("accent" if chosen else "line", 2 if chosen else 1)
        self.take.set_text("To stand" if chosen else f"{self._side}'s stands")


class Settling(Box):
    """One question: `chosen(value)` of another answer; `typed(text)`, `submitted()` of the reason."""

    chosen = Signal(str)
    typed = Signal(str)
    submitted = Signal()

    def __init__(self, button: Callable[..., Button]) -> None:
        self.question: Question | None = None
        self._setting = self._full = False
        self.head = QuestionHead()
        self.police = AnswerCard("Police", button("reconcile.one"))
        self.prosecution = AnswerCard("Prosecution", button("reconcile.other"))
        self.cards = row((even(self.police), 1), (even(self.prosecution), 1), space=12)
        self.since = Text("", "small", "quiet", wrap=True)
        self.agreed = Box(space=4)
        self.another = button("reconcile.another", "quiet")
        self.label = Text("Another answer", "label", weight=600)
        self.holder = Box()
        self.answers: QWidget | None = None
        self._another = col(self.label, self.holder, space=6)
        self.reason = TextArea(hint=KEYS, lines=2, most=6, enter_submits=True)
        self.reason_label = Text("Why this stands", "label", weight=600)
        self.reason_label.setBuddy(self.reason)
        self.reason.setAccessibleName("Why this stands")
        self.reason_part = col(self.reason_label, self.reason, space=6)
        self.said = Text("", "label", wrap=True)
        self.foot = Pane(
            self.said, lines="t", margins=(32, 8, 32, 8)
        )  # beneath what scrolls: always to be seen
        self.slot = Box()
        self.settle = button("reconcile.settle", "primary")
        self.later = button("reconcile.later", "quiet")
        self.history = button("reconcile.history", "quiet")
        self.more = button("answer.guidance", "quiet", words="Guidance")
        self.tools = flow(self.settle, self.another, self.later, self.history, self.more, space=8)
        self.guidance = Text("", "small", "quiet", wrap=True)
        self.notes = NotesPart()
        self._guide = row(Bar(), (col(self.guidance, self.notes, space=6), 1), space=12)
        self.body = Box(
            self.cards, self.since, self.agreed, self._another, self.reason_part, self.slot, self.tools,
            self._guide, None, space=10, margins=(32, 10, 32, 16),
        )  # fmt: skip
        self.area = scroll(Box(self.head, (self.body, 1), space=0), "Question")
        super().__init__((self.area, 1), self.foot, space=0)
        for part in (self.slot, self.foot, self.since, self._another):
            part.hide()
        self.reason.textChanged.connect(self._tell)
        self.reason.submitted.connect(self.submitted)

    def _tell(self) -> None:
        if not self._setting:
            self.typed.emit(self.reason.text())

    def shape(self, narrow: bool, short: bool) -> None:
        self.head.set_shape(narrow, short)
        side = 20 if narrow or short else 32
        self.body.spaced.margins = (side, 8, side, 12)
        self.body.spaced.space = 6 if short else 10
        self.body.spaced.apply()
        self.foot.spaced.margins = (side, 6, side, 6)
        self.foot.spaced.apply()
        self.reason_label.setVisible(not short)
        self.label.setVisible(not short)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cards.turn(self.width() < dp(BESIDE))

    def show_row(self, view: ToSettle, one: Disagreement) -> None:
        """All of one disagreement but what is being decided about it."""
        question = one.question
        if self.question is None or self.question.code != question.code:
            self._full = False
            self._build(view, question)
            self.show_said(view.why_not)
        self.question = question
        self.head.code.setText(code_of(one))
        self.head.lead.setText(words.lead_words(question))
        self.head.wording.setText(view.standing.worded(one))
        self.head.state.set(kind_words(one), "circle-check" if one.settled else "scale", "text2")
        asked = one.what == ASKED_NOW
        self.cards.setVisible(not asked)
        blank = NOT_ASKED if one.what == "asked of one alone" else BLANK
        self.police.show_answer(question, view.names[0], one.one, blank)
        self.prosecution.show_answer(question, view.names[1], one.other, blank)
        self._show_agreed(one)
        self.label.setText("The answer" if asked else "Another answer")
        self.since.setText(since_words(one))
        self.since.setVisible(bool(one.since))
        told = "nobody was asked before" if asked else f"{self.police.told}; {self.prosecution.told}"
        spoken = f"{code_of(one)}. " if code_of(one) else ""
        self.head.setAccessibleName(f"{spoken}{self.head.wording.text()}")
        self.head.setAccessibleDescription(f"{kind_words(one)}; {told}")
        for part in (self.holder, self.police.take, self.prosecution.take, self.reason, self.settle):
            if view.why_not:
                part.setEnabled(False)
        self._show_guidance()

    def _show_agreed(self, one: Disagreement) -> None:
        self.agreed.clear()
        held = one.agreed
        self.agreed.setVisible(held is not None and bool(held.value))
        if held is None or not held.value:
            return
        title = (
            "Agreed on other answers than today's; settle it again" if one.stale else "Agreed; this counts"
        )
        parts: list[QWidget] = [
            Text(title, "caption", "danger" if one.stale else "accent", weight=600, wrap=True),
            AnswerMark(shape_of(one.question, held.value), words.in_words(one.question, held.value)),
        ]
        if held.reason:
            parts.append(Text(held.reason, "small", wrap=True))
        self.agreed.add(Card(*parts, pad=12, space=4, edge="accent"))

    def _build(self, view: ToSettle, question: Question) -> None:
        name = f"Answer for {parted(question.code)[0]}"
        filled, number = view.standing.applied.filled, view.standing.pane.number_of(question.code)
        choices = [(c.code, filled(str(c.label), number) or c.code) for c in question.choices]
        self.holder.clear()
        made: QWidget
        if question.scored:
            made = AnswerBar("", name)
            made.chosen.connect(self.chosen)
        elif question.kind in LIST_KINDS:
            made = OptionFlow(choices, (), name)
            made.changed.connect(lambda some: self.chosen.emit(" ".join(some)))
        elif choices:
            made = ChoiceColumn(choices, "", name)
            made.chosen.connect(self.chosen)
        else:
            made = Field(name=name, hint="A date as 2025-03-31" if question.kind == "date" else "A value")
            made.textEdited.connect(self.chosen)
            made.returnPressed.connect(self.submitted)
        self.answers = made
        self.holder.add(made)
        made.show()

    def show_choice(self, choice: str, value: str) -> None:
        """What is to stand: one's, the other's, or another value."""
        self.police.set_chosen(choice == ONE)
        self.prosecution.set_chosen(choice == OTHER)
        self._another.setVisible(choice == ANOTHER)
        self.another.setVisible(choice != ANOTHER)
        shown = value if choice == ANOTHER else ""
        if isinstance(self.answers, AnswerBar | ChoiceColumn):
            self.answers.choose(shown)
        elif isinstance(self.answers, OptionFlow):
            self.answers.choose(codes(shown))
        elif isinstance(self.answers, Field) and self.answers.text() != shown:
            self.answers.setText(shown)

    def set_reason(self, text: str) -> None:
        """Put words into the reason without telling anybody."""
        if self.reason.text() != text:
            self._setting = True
            self.reason.set_text(text)
            self._setting = False

    def show_notes(self, notes: Sequence[HowWeMark], code: str) -> None:
        self.notes.set_notes(notes, code)
        self._show_guidance()

    def show_said(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.foot.setVisible(bool(sentence))

    def toggle_guidance(self) -> None:
        self._full = not self._full
        self._show_guidance()

    def _show_guidance(self) -> None:
        question = self.question
        if question is None:
            return
        text = " ".join(part for part in (str(question.hint), str(question.guidance)) if part)
        self.guidance.setText(text if self._full else "")
        self.guidance.setVisible(self._full and bool(text))
        self.notes.set_full(self._full)
        self._guide.setVisible((self._full and bool(text)) or bool(self.notes.count))

    def open_reason(self) -> None:
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reason.to_end()
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.reason))  # once it is laid out

    def put_panel(self, panel: QWidget) -> None:
        self.slot.clear()
        self.slot.add(panel)
        self.slot.show()
        panel.show()
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.slot))

    def take_panel(self) -> None:
        self.slot.clear()
        self.slot.hide()

    def takes_words(self) -> bool:
        """Whether another answer is typed, not chosen."""
        return isinstance(self.answers, Field)

    def takes_letters(self) -> bool:
        """Whether there are more choices than digits: letters answer then."""
        return self.question is not None and len(self.question.choices) > 9

    def press(self, key: str) -> bool:
        """Choose by the key printed on a choice."""
        if not self.holder.isEnabled() or not key:
            return False
        if isinstance(self.answers, AnswerBar):
            if key in "12345":
                self.answers.press(int(key))
                return True
            return False
        if isinstance(self.answers, ChoiceColumn | OptionFlow):
            return self.answers.press(key)
        return False
