"""Reconciling a file that two have marked: what they do not agree on, and what they agree then, by keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Button, Row, RowList
from fieldwork.desktop.kit import Pane as Ground
from fieldwork.desktop.pages import reconciling_adding
from fieldwork.desktop.pages.marking_panels import ListPanel, PromptPanel
from fieldwork.desktop.pages.moderating import shortened
from fieldwork.desktop.pages.pair_words import kind_words
from fieldwork.desktop.pages.reconciling_view import ANOTHER, ONE, OTHER, SettleHead, Settling, code_of
from fieldwork.desktop.pages.team_typing import Deciding, Typing
from fieldwork.domain.question_set import LIST_KINDS, needs_reason
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import marking_notes, pairs, reconciling
from fieldwork.work.marking_notes import HowWeMark
from fieldwork.work.pairs import ToSettle
from fieldwork.work.reconciling import ASKED_NOW, Disagreement

DRAFT = "reconciliation"
HEARD = frozenset({"answer", "examination", "agreed_answer", "joint_marking", "release", "case_file"})


class ReconcilingPane(Box):
    """`closed(sentence)` when the person goes back to the list, `onward()` when to the next file; `reshaped()` when
    other keys hold.
    """

    closed = Signal(str)
    onward = Signal()
    reshaped = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(space=0)
        self.desk = desk
        self.setAccessibleName("Reconciliation")
        self.view: ToSettle | None = None
        self.here = ""
        self.panel: QWidget | None = None
        self.typing = Typing(desk, self, DRAFT)
        self._wanted: tuple[Id, str] | None = None
        self._settling: set[str] = set()
        self._put_off: list[str] = []
        self._notes: Mapping[str, tuple[HowWeMark, ...]] = {}
        self._recovered = False
        self.head = SettleHead(button)
        self.list = RowList(name="Questions to settle", lead=44, fit=False, chooses=True)
        self.list.moved.connect(self._row_moved)
        self.list.opened.connect(lambda _: self.take_focus())
        self.side = Ground((self.list, 1), ground="sunken", lines="r", margins=(12, 12, 12, 12), width=288)
        self.settling = Settling(button)
        self.settling.chosen.connect(self._another_value)
        self.settling.typed.connect(self._type)
        self.settling.submitted.connect(self.settle)
        self.add(self.head, (Box(self.side, (self.settling, 1), down=False, space=0), 1))

    def shape(self, narrow: bool, short: bool) -> None:
        self.side.setVisible(not narrow and not short)
        self.head.shape(narrow, short)
        self.settling.shape(narrow, short)

    # Reading

    def open_file(self, file: Id, question: str = "") -> None:
        """Show a file at that question, or at the first that is to be settled."""
        self.hand_over()
        self._wanted, self._put_off = (file, question), []
        if not self._recovered:
            self._recovered = True
            self.typing.recover(self._show_decided)
        self.desk.ask(marking_notes.notes_by_question, then=self._take_notes)
        self._read()

    def refresh(self, changed: object = None) -> None:
        if self.view is None or self._settling:
            return
        if not isinstance(changed, Mapping) or HEARD & changed.keys():
            self._wanted = (self.view.file.id, self.here)
            self._read()

    def _read(self) -> None:
        assert self._wanted is not None
        self.desk.ask(pairs.open_reconciling, self._wanted[0], then=self._take_view, otherwise=self._refused)

    def _refused(self, error: BaseException) -> None:
        self._wanted = None
        self.desk.tell(error)
        self.closed.emit("")

    def _take_notes(self, notes: Mapping[str, tuple[HowWeMark, ...]]) -> None:
        self._notes = notes
        self._show_notes()

    def _show_notes(self) -> None:
        code = parted(self.here)[0]
        self.settling.show_notes(self._notes.get(code, ()), code)

    def _take_view(self, view: ToSettle) -> None:
        if self._wanted is None or view.file.id != self._wanted[0] or self._settling:
            return
        again = self.view is not None and self.view.file.id == view.file.id
        code, self._wanted = self._wanted[1], None
        had_none = again and not self._left()
        self.view = view
        known = [one.question.code for one in view.standing.all]
        if again and self.here in known and not (had_none and self._left()):
            self._show_row()
            return
        left = [one.question.code for one in view.standing.open]
        self.here = ""
        self.say("")
        wanted = [one for one in (code, *left, *known) if one in known and parted(one)[0] == parted(code)[0]]
        start = next(iter([] if again else wanted), "") or next(iter(left or known), "")
        self.show_question(start)
        if not known:
            self._show_row()
            self.say("The two agree on every question: there is nothing to settle.")
        at = QApplication.focusWidget()
        if at is None or not self.isAncestorOf(at):
            self.take_focus()

    # Showing

    def row(self) -> Disagreement | None:
        some = self.view.standing.all if self.view is not None else ()
        return next((one for one in some if one.question.code == self.here), None)

    def _left(self) -> list[str]:
        """What is still to settle and is not being settled just now."""
        some = self.view.standing.open if self.view is not None else ()
        return [one.question.code for one in some if one.question.code not in self._settling]

    def show_question(self, code: str) -> None:
        if code != self.here:
            self.hand_over()
            self.close_panel(back=False)
        self.here = code
        self._show_row()

    def _show_row(self) -> None:
        view, one = self.view, self.row()
        if view is None:
            return
        self.head.show_file(view, one.called if one is not None else self.here)
        self.settling.area.setEnabled(one is not None)
        self._show_list(view)
        if one is not None:
            self.settling.show_row(view, one)
            self._show_notes()
            self._show_decided()
        self.reshaped.emit()

    def _show_list(self, view: ToSettle) -> None:
        rows = [
            Row(
                shortened(view.standing.worded(one)),
                lead=code_of(one),
                trail="settling" if one.question.code in self._settling else kind_words(one),
                done=one.settled,
                ident=one.question.code,
            )
            for one in view.standing.all
        ]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        self.list.go(next((i for i, one in enumerate(rows) if one.ident == self.here), -1))
        self.list.blockSignals(False)

    def _row_moved(self, index: int) -> None:
        ident = self.list.rows[index].ident if 0 <= index < len(self.list.rows) else None
        if isinstance(ident, str) and ident != self.here:
            self.say("")
            self.show_question(ident)

    def take_focus(self) -> None:
        self.settling.head.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, sentence: str) -> None:
        self.settling.show_said(sentence)
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    # Deciding

    def _place(self) -> tuple[Id, str]:
        assert self.view is not None
        return self.view.file.id, self.here

    def deciding(self) -> Deciding:
        """What is being decided here; nobody was asked before means there is nothing but another answer."""
        decided, one = self.typing.at(self._place()), self.row()
        if not decided.choice and one is not None and one.what == ASKED_NOW:
            decided.choice = ANOTHER
        return decided

    def _show_decided(self) -> None:
        if self.view is None or self.row() is None:
            return
        decided = self.deciding()
        self.settling.show_choice(decided.choice, decided.text or "")
        self.settling.set_reason(decided.reason)

    def _may(self) -> bool:
        if self.view is None or self.row() is None or self.here in self._settling:
            return False
        if self.view.why_not:
            self.say(self.view.why_not)
        return not self.view.why_not

    def choose(self, choice: str) -> None:
        """The police examiner's answer, the prosecution's, or another; on to the reason or the answers."""
        one = self.row()
        if not self._may() or one is None:
            return
        held = {ONE: one.one, OTHER: one.other}.get(choice)
        if choice != ANOTHER and (held is None or not held.value):
            side = "police" if choice == ONE else "prosecution"
            self.say(f"The {side} examiner gave no answer that could stand.")
            return
        self.say("")
        decided = self.deciding()
        decided.choice = choice
        self.typing.touched(self._place())
        self._show_decided()
        self.reshaped.emit()
        if choice != ANOTHER:
            self.settling.open_reason()
        elif self.settling.takes_words() and self.settling.answers is not None:
            self.settling.answers.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.take_focus()

    def _another_value(self, value: str) -> None:
        """Another answer was chosen or typed."""
        one = self.row()
        if one is None or not self._may():
            return
        decided = self.deciding()
        decided.choice, decided.text = ANOTHER, value
        self.typing.touched(self._place())
        self._show_decided()
        if one.question.choices and one.question.kind not in LIST_KINDS:
            self.settling.open_reason()

    def _type(self, text: str) -> None:
        if self.view is not None and self.here:
            self.deciding().reason = text
            self.typing.touched(self._place())

    def settle(self) -> None:
        """Let what is chosen stand, with its reason, and go to the next."""
        one = self.row()
        if not self._may() or one is None or self.view is None:
            return
        decided = self.deciding()
        held = {ONE: one.one, OTHER: one.other}.get(decided.choice)
        value = held.value if held is not None else (decided.text or "") if decided.choice == ANOTHER else ""
        reason = decided.reason.strip()
        undecided = not decided.choice or (one.what == ASKED_NOW and not decided.text)
        if one.settled and undecided:
            if self._left():
                self.next()
            else:
                self.onward.emit()
        elif not value:
            self.say(
                "Say first which answer is to stand." if one.what != ASKED_NOW else "Give the answer first."
            )
        elif not reason and (one.what != ASKED_NOW or needs_reason(one.question, value)):
            self.say("Say in a line why this is to stand.")
            self.settling.open_reason()
        else:
            self._write(self.here, value, reason)
            self.next()

    def _write(self, code: str, value: str, reason: str) -> None:
        assert self.view is not None
        place = self._place()
        self._settling.add(code)

        def kept(_: object) -> None:
            self._settling.discard(code)
            self.typing.settled(place)
            self.refresh()

        def failed(error: BaseException) -> None:
            self._settling.discard(code)
            self.desk.tell(error)
            if self.view is not None and self.view.file.id == place[0]:
                self.show_question(code)
            self.refresh()

        self.desk.act(
            reconciling.agree,
            file=place[0],
            question=code,
            value=value,
            reason=reason,
            as_of=self.view.moment,
            then=kept,
            otherwise=failed,
        )

    def later(self) -> None:
        """Leave this one for the end."""
        if self.here in self._put_off:
            self._put_off.remove(self.here)
        self._put_off.append(self.here)
        self.next()

    # Calling a third in

    def call_in(self) -> None:
        """Choose who is called in, then say why."""
        view = self.view
        if view is None:
            return
        self.hand_over()
        self.close_panel(back=False)
        rows = [Row(name, icon="users", ident=id) for id, name in view.others]
        panel = ListPanel("Call in a third: who?", rows, "take", "There is nobody in the team but the two.")
        panel.opened.connect(self._why_call)
        self.put(panel)

    def _why_call(self, member: object) -> None:
        view = self.view
        name = next((name for id, name in view.others if id == member), "") if view is not None else ""
        self.close_panel(back=False)
        panel = PromptPanel(f"Why is {name} called in?", "One line", "call in")
        panel.below.setText(f"{name} can settle this file then; so can the two, as before.")
        panel.field.submitted.connect(lambda reason: self._called(panel, member, name, reason))
        self.put(panel)

    def put(self, panel: ListPanel | PromptPanel) -> None:
        """Show a panel over what is being settled."""
        panel.closed.connect(self.close_panel)
        self.panel = panel
        self.settling.area.setEnabled(True)
        self.settling.put_panel(panel)
        panel.take_focus()

    def _called(self, panel: PromptPanel, member: object, name: str, reason: str) -> None:
        if not reason.strip():
            panel.below.setText("A few words are needed: why is a third person needed?")
            return
        assert self.view is not None
        self.desk.act(
            reconciling.call_in,
            file=self.view.file.id,
            member=member,
            reason=reason.strip(),
            then=lambda _: self.say(
                f"{name} is called in, and sees this file once your package has arrived."
            ),
        )
        self.close_panel()

    def close_panel(self, back: bool = True) -> None:
        panel, self.panel = self.panel, None
        if panel is not None:
            self.settling.take_panel()
            if back:
                self.take_focus()

    # Moving

    def next(self) -> None:
        """To the next that is to be settled, those put off last; once there is none, that all is settled."""
        codes = [one.question.code for one in self.view.standing.all] if self.view is not None else []
        left = self._left()
        at = codes.index(self.here) if self.here in codes else -1
        ahead = [code for code in codes[at + 1 :] + codes[: at + 1] if code in left]
        fresh = [code for code in ahead if code not in self._put_off]
        again = [code for code in self._put_off if code in left and code != self.here]
        wanted = (fresh or again or ahead)[:1]
        self.say("")
        if wanted:
            self.show_question(wanted[0])
        else:
            self._show_row()
            self.say("Everything is settled. Enter goes on to the next file, Esc back to the list.")
        self.take_focus()

    def step(self, by: int) -> None:
        codes = [one.question.code for one in self.view.standing.all] if self.view is not None else []
        if self.here in codes and 0 <= codes.index(self.here) + by < len(codes):
            self.say("")
            self.show_question(codes[codes.index(self.here) + by])
            self.take_focus()

    def hand_over(self) -> None:
        """Put what is typed on disk."""
        self.typing.hand_over()

    def back(self) -> None:
        """Escape: out of the panel, the field, the other answer, the file."""
        at = QApplication.focusWidget()
        if self.panel is not None:
            self.close_panel()
        elif at is self.settling.reason or (at is self.settling.answers and self.settling.takes_words()):
            self.hand_over()
            self.take_focus()
        elif self._answering() and (one := self.row()) is not None and one.what != ASKED_NOW:
            self.choose_again()
        else:
            self.hand_over()
            left = len(self._left())
            reference = self.view.file.reference if self.view is not None else ""
            self.closed.emit("" if left else f"File {reference} is reconciled." if self.view else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self._answering() and self.settling.press(event.text())):
            super().keyPressEvent(event)

    def _answering(self) -> bool:
        """Whether the keys of the answers hold: another one is to be chosen."""
        return self.view is not None and self.row() is not None and self.deciding().choice == ANOTHER

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "reconcile.settle": self.settle,
            "reconcile.history": self._show_history,
            "moderate.reason": self.settling.open_reason,
            "answer.guidance": self.settling.toggle_guidance,
            "answer.down": lambda: self.step(1),
            "answer.up": lambda: self.step(-1),
            "file.back": self.back,
        }
        one = self.row()
        if not (one is not None and self._answering() and self.settling.takes_letters()):
            handlers |= {"reconcile.later": self.later, "reconcile.call_in": self.call_in}
            handlers["instance.add"] = lambda: reconciling_adding.add(self)
        if one is not None and not self._answering():
            handlers["reconcile.one"] = lambda: self.choose(ONE)
            handlers["reconcile.other"] = lambda: self.choose(OTHER)
            handlers["reconcile.another"] = lambda: self.choose(ANOTHER)
        elif one is not None:
            if one.what != ASKED_NOW and not self.settling.takes_letters():
                handlers["reconcile.cards"] = self.choose_again
            for digit in "12345" if one.question.scored else "":
                handlers[f"answer.{digit}"] = lambda key=digit: self.settling.press(key)  # type: ignore[misc]
        return handlers

    def choose_again(self) -> None:
        """Back to the choice between the two."""
        decided = self.deciding()
        decided.choice, decided.text = "", None
        self._show_decided()
        self.reshaped.emit()
        self.take_focus()

    def _show_history(self) -> None:
        commands = getattr(self.window(), "commands", None)
        if commands is not None:
            commands.run("history")

    def record_here(self) -> Id | None:
        one = self.row()
        if one is None:
            return None
        return next(
            (held.id for held in (one.agreed, one.one, one.other) if held is not None and held.id), None
        )
