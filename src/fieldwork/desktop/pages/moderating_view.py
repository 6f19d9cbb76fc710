"""What stands on the moderation pane: head of the file, the examiners' answers, one's own mark and reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics
from fieldwork.desktop.kit import (
    AnswerBar,
    Bar,
    Box,
    Button,
    Card,
    ChoiceColumn,
    OptionFlow,
    Pane,
    Text,
    TextArea,
    answer_words,
    col,
    even,
    flow,
    paint_answer,
    row,
    scroll,
)
from fieldwork.desktop.kit.paint import elide
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_notes import NotesPart
from fieldwork.desktop.pages.marking_panels import PromptPanel
from fieldwork.desktop.pages.marking_question import QuestionHead
from fieldwork.domain.question_set import LIST_KINDS, Question
from fieldwork.domain.values import codes, typable
from fieldwork.questions.repeating import parted
from fieldwork.work.marking_notes import HowWeMark
from fieldwork.work.moderating import Beside, Moderated

KEYS = "Enter saves and goes on; Esc leaves the field"
CAUSES = {
    "dip": "dip sample",
    "trigger": "an answer that calls for it",
    "asked": "asked for",
    "changed": "answered otherwise since it was agreed",
}


def cause_words(causes: Sequence[tuple[str, str]]) -> str:
    """Why a file is moderated: "dip sample; an answer that calls for it: I01, N04"."""
    told: dict[str, dict[str, None]] = {}  # one of several suspects is not told from another here
    for cause, question in causes:
        told.setdefault(cause, {})[parted(question)[0]] = None
    parts = []
    for cause, some in told.items():
        named = ", ".join(code for code in some if code)
        parts.append(CAUSES.get(cause, cause) + (f": {named}" if named else ""))
    return "; ".join(parts)


class AnswerMark(Scaled, QWidget):
    """An answer as its shape and its words."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__()
        self._code, self._said = code, said
        self.setAccessibleName(said)

    def sizeHint(self) -> QSize:
        return QSize(dp(26) + metrics("label", 600).horizontalAdvance(self._said) + dp(4), dp(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(dp(80), dp(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = self.height() / 2
        paint_answer(painter, 0, middle - dp(9), dp(18), self._code)
        rect = QRectF(dp(26), 0, self.width() - dp(26), self.height())
        elide(painter, rect, self._said, font("label", 600), colours()["text"])


def worded(one: Beside, wording: str) -> str:
    """The words of a question, behind the suspect or submission it is asked of."""
    return f"{one.within} \u00b7 {wording}" if one.within else wording


def shape_of(question: Question, value: str) -> str:
    return value if question.scored else "given" if value else ""


class CaseHead(Pane):
    """The file, why it is moderated, how far it is, and who else does."""

    def __init__(self, button: Callable[..., Button]) -> None:
        self.title = Text("", "title")
        self.sub = Text("", "small", "quiet", wrap=True)
        self.count = Text("", "small", "quiet")
        self.all_files = button("file.back", "quiet")
        self.finish = button("moderate.finish", "plain", words="Finish")
        self._reference, self._code, self._short = "", "", False
        self._line = row(
            (col(self.title, self.sub, space=2), 1), self.count, self.all_files, self.finish, space=12
        )
        super().__init__(self._line, lines="b", margins=(24, 12, 24, 10))

    def shape(self, narrow: bool, short: bool) -> None:
        self.all_files.setVisible(not narrow and not short)
        self._short = short
        self._show_title()
        self.sub.setVisible(not short)
        self.title.set_kind("lead" if short else "title")
        side = 20 if narrow or short else 24
        self.spaced.margins = (side, 6 if short else 12, side, 6 if short else 10)
        self.spaced.apply()

    def _show_title(self) -> None:
        """In a short window the question's code stands here."""
        code = f"  {self._code}" if self._short else ""
        self.title.setText(f"{self._reference}{code}")

    def show_file(self, view: Moderated, code: str) -> None:
        needed = [one for one in view.rows if one.needed]
        done = sum(one.marked for one in needed)
        self._reference, self._code = view.pane.file.reference, code
        self._show_title()
        said = [
            f"To moderate: {cause_words(view.causes)}" if view.causes else "Moderated by choice",
            *view.others,
        ]
        self.sub.setText(". ".join(said))
        self.count.setText(f"{done} of {len(needed)} marked" if needed else "")
        self.finish.set_kind("primary" if needed and done == len(needed) and not view.open else "plain")


class AgreePanel(PromptPanel):
    """What both agree on, and why it is another answer now. `given(reason)`."""

    given = Signal(str)

    def __init__(self, answer: str, same: bool) -> None:
        why = "why it stands, if there is more to say" if same else "why the answer is another one now"
        super().__init__(f"Agreed: {answer}. In a line, {why}", "One line", "agree")
        self._same = same
        self.below.setText(
            "The examiner's answer counts, as it did."
            if same
            else "From now on this counts; the examiner's answer and your mark are kept."
        )
        self.field.submitted.connect(self._give)

    def _give(self, reason: str) -> None:
        if reason.strip() or self._same:
            self.given.emit(reason.strip())
        else:
            self.below.setText("A few words are needed: why is the answer another one now?")


class Judging(Box):
    """One question: `marked(value)`; `typed(text)` and `submitted()` of the reason."""

    marked = Signal(str)
    typed = Signal(str)
    submitted = Signal()

    def __init__(self, button: Callable[..., Button]) -> None:
        self.question: Question | None = None
        self._setting = self._full = self._short = False
        self._row: Beside | None = None
        self.head = QuestionHead()
        self.given = Box(space=8)
        self.mark_label = Text("Your mark", "label", weight=600)
        self._holder = Box()
        self.answers: QWidget | None = None
        self.reason = TextArea(hint=KEYS, lines=2, most=6, enter_submits=True)
        self.reason_label = Text("Why you mark it so", "label", weight=600)
        self.reason_label.setBuddy(self.reason)
        self.reason.setAccessibleName("Why you mark it so")
        self._reason = col(self.reason_label, self.reason, space=6)
        self.agreed = Box(space=4)
        self.slot = Box()
        self.said = Text("", "label", wrap=True)
        self.agree = button("moderate.agree", "primary")
        self.keep = button("moderate.keep")
        self.reason_button = button("moderate.reason", "quiet")
        self.next = button("moderate.next", "quiet")
        self.more = button("answer.guidance", "quiet", words="Guidance")
        self.tools = flow(self.agree, self.keep, self.reason_button, self.next, self.more, space=8)
        self.guidance = Text("", "small", "quiet", wrap=True)
        self.notes = NotesPart()
        self._guide = row(Bar(), (col(self.guidance, self.notes, space=6), 1), space=12)
        self.body = Box(
            self.given, self.agreed, self.mark_label, self._holder, self._reason, self.slot,
            self.tools, self._guide, None, space=10, margins=(32, 10, 32, 16),
        )  # fmt: skip
        self.area = scroll(Box(self.head, (self.body, 1), space=0), "Question")
        self.foot = Box(self.said, margins=(32, 6, 32, 6))
        super().__init__((self.area, 1), self.foot, space=0)
        self.slot.hide()
        self.foot.hide()
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
        self.mark_label.setVisible(not short)
        self.reason_label.setVisible(not short)
        if short != self._short and self._row is not None:
            self._short = short
            self._show_given(self._row)
        self._short = short

    # Showing

    def show_row(self, view: Moderated, one: Beside) -> None:
        other = self.question is None or self.question.code != one.question.code
        question, self._row = one.question, one
        self.question = question
        self.head.code.setText(parted(question.code)[0])
        self.head.lead.setText(words.lead_words(question))
        self.head.wording.setText(worded(one, view.pane.filled(question, question.label)))
        self.head.setAccessibleName(f"{parted(question.code)[0]}. {self.head.wording.text()}")
        self.head.state.set("calls for a second look" if one.triggers else "", "eye", "text2")
        self.head.state.setVisible(one.triggers)
        self._show_given(one)
        self._show_agreed(one)
        value = one.mark.value if one.mark else ""
        if other:
            self._full = False
            self._build(view, question, value)
            self.show_said(view.why_not)
        else:
            self.show_mark(value)
        self.head.setAccessibleDescription(
            f"{'; '.join(self._told)}; your mark: {words.in_words(question, value) or 'none yet'}"
        )
        if other or not self.reason.hasFocus():
            self.set_reason(typable(one.mark.reason) if one.mark else "")
        self._reason.setVisible(one.differs or bool(self.reason.text()) or self.reason.hasFocus())
        self.agree.set_text("Agree on your mark" if one.differs else "Agree with it")
        self.agree.set_kind("plain" if one.agreed else "primary")
        self.keep.setVisible(one.differs)
        self._holder.setEnabled(not view.why_not)
        self._show_guidance()

    def _show_given(self, one: Beside) -> None:
        self.given.clear()
        self._told: list[str] = []
        cards = []
        for answered in one.given:
            value, answer = answered.answer.value, answered.answer
            said = words.in_words(one.question, value) or answer_words(value) or "not answered"
            who = Text(answered.who, "caption", "quiet", wrap=not self._short)
            mark = AnswerMark(shape_of(one.question, value), said)
            parts: list[QWidget] = [row((mark, 1), who)] if self._short else [who, mark]
            parts += [Text(text, "small", wrap=True) for text in (answer.reason, answer.comment) if text]
            self._told.append(f"{answered.who}: {said}")
            cards.append(even(Card(*parts, pad=8 if self._short else 12, space=4)))
        if not cards:
            self._told.append("not answered")
            cards.append(Card(Text("The examiner left it blank.", "small", "quiet", wrap=True), pad=12))
        self.given.add(row(*((card, 1) for card in cards), space=12))

    def _show_agreed(self, one: Beside) -> None:
        self.agreed.clear()
        self.agreed.setVisible(one.agreed is not None)
        if one.agreed is None:
            return
        said = words.in_words(one.question, one.agreed.value)
        parts: list[QWidget] = [
            Text("Agreed; this counts", "caption", "accent", weight=600),
            AnswerMark(shape_of(one.question, one.agreed.value), said),
        ]
        if one.agreed.reason:
            parts.append(Text(one.agreed.reason, "small", wrap=True))
        self.agreed.add(Card(*parts, pad=12, space=4, edge="accent"))

    def _build(self, view: Moderated, question: Question, value: str) -> None:
        name = f"Your mark for {view.pane.called(question.code)}"
        if question.scored and isinstance(self.answers, AnswerBar):
            self.answers.setAccessibleName(name)
            self.answers.choose(value)
            return
        self._holder.clear()
        choices = [(c.code, view.pane.filled(question, c.label) or c.code) for c in question.choices]
        made: QWidget
        if question.scored:
            made = AnswerBar(value, name)
            made.chosen.connect(self.marked)
        elif question.kind in LIST_KINDS:
            made = OptionFlow(choices, codes(value), name)
            made.changed.connect(lambda some: self.marked.emit(" ".join(some)))
        else:
            made = ChoiceColumn(choices, value, name)
            made.chosen.connect(self.marked)
        self.answers = made
        self._holder.add(made)
        made.show()

    def show_mark(self, value: str) -> None:
        if isinstance(self.answers, AnswerBar | ChoiceColumn):
            self.answers.choose(value)
        elif isinstance(self.answers, OptionFlow):
            self.answers.choose(codes(value))

    def set_reason(self, text: str) -> None:
        """Put words into the reason without telling anybody."""
        if self.reason.text() != text:
            self._setting = True
            self.reason.set_text(text)
            self._setting = False
        self._reason.setVisible(self._reason.isVisibleTo(self) or bool(text))

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
        self._reason.show()
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

    def press(self, key: str) -> bool:
        """Mark by the key printed on a choice."""
        if not self._holder.isEnabled():
            return False
        if isinstance(self.answers, AnswerBar):
            if key and key in "12345":
                self.answers.press(int(key))
                return True
            return False
        if isinstance(self.answers, ChoiceColumn | OptionFlow):
            return self.answers.press(key)
        return False
