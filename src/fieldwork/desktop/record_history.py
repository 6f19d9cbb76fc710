"""What happened to one record, beside it: a readable list, and putting an earlier value back as a new act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import Button, Field, Pane, Row, RowList, Text, flow
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import Id
from fieldwork.work import leading, settling
from fieldwork.work.leading import Erasable
from fieldwork.work.settling import Step, Told

ACTS = {"restore value": "put back", "resolve": "settled", "undo": "undone", "redo": "done again"}
WIDTH = 340
OWN_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class HistoryPanel(Pane):
    """The steps of a record, newest first; Enter puts the chosen one back. `shut` when it is put away.

    While the keyboard is in it, single letters and digits are not the page's.
    """

    shut = Signal()

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(ground="sunken", lines="l", margins=(16, 16, 16, 12), space=8, width=WIDTH)
        self.desk, self._now = desk, now
        self._latest = Latest(desk)
        self._back: QWidget | None = None
        self.record: Id | None = None
        self.told: Told | None = None
        self.title = Text("History", "strong", wrap=True)
        self.steps = RowList(name="History of the record", fit=False, chooses=True, pad=8)
        self.steps.opened.connect(lambda _: self.restore())
        self.label = Text("Why, in one line", "label", weight=600)
        self.reason = Field(name="Why the earlier value is put back, in one line", hint="may stay empty")
        self.label.setBuddy(self.reason)
        self.reason.returnPressed.connect(self.restore)
        self.put_back = Button("Put this value back", "Enter", icon="corner-down-left")
        self.put_back.clicked.connect(self.restore)
        self.void_key = Button("Let this act not count", "V", "quiet")
        self.void_key.clicked.connect(self.void)
        self.lift_key = Button("Let it count again", "L", "quiet")
        self.lift_key.clicked.connect(self.lift)
        self.erase_key = Button("Erase\u2026", "E", "quiet")
        self.erase_key.clicked.connect(self.erase)
        self.steps.installEventFilter(self)
        self.steps.moved.connect(lambda _: self._fit())
        self.leave = Button("Close", "Esc", "quiet")
        self.leave.clicked.connect(self.close_panel)
        self.said = Text("", "small", "quiet", wrap=True)
        self.add(
            self.title,
            (self.steps, 1),
            self.label,
            self.reason,
            flow(self.put_back, self.void_key, self.lift_key, self.erase_key, self.leave, space=8),
            self.said,
        )
        self.said.hide()
        self.setAccessibleName("History")
        self.hide()

    def beside(self, narrow: bool) -> None:
        """At its own width beside a page, or, narrow, as wide as there is room."""
        self._dp_width = None if narrow else WIDTH
        if narrow:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16777215)
        self.rescale()

    def show_record(self, record: Id) -> None:
        """Open the panel on a record; the keyboard comes here, and goes back when it is shut."""
        if record != self.record:
            self.reason.clear()
            self.steps.set_rows([])
            self.said.hide()
        if self.isHidden():
            self._back = QApplication.focusWidget()
        self.record = record
        self.show()
        self.read()
        self.steps.setFocus()

    def read(self) -> None:
        if self.record is not None and not self.isHidden():
            self._latest.ask(settling.told, self.record, then=self._show, otherwise=self._nothing)

    def _nothing(self, _: BaseException) -> None:
        self.title.setText("History")
        self._say("Nothing of this has been kept yet.", "quiet")

    def _show(self, told: Told) -> None:
        self.told = told
        self.title.setText(f"History: {told.title}")
        self.steps.set_rows([self._row(step) for step in told.steps])
        if self.steps.row() < 0:
            self.steps.go(0)
        self._fit()

    def _fit(self) -> None:
        """The keys for the step the list is at: only a lead voids and lifts."""
        step, lead = self._step(), self.told is not None and self.told.lead
        self.put_back.setVisible(step is not None and not step.erased)
        self.void_key.setVisible(lead and step is not None and not step.voided)
        self.lift_key.setVisible(lead and step is not None and step.voided)

    def _step(self) -> Step | None:
        chosen = self.steps.current()
        if self.told is None or chosen is None:
            return None
        return next((step for step in self.told.steps if step.change == chosen.ident), None)

    def _row(self, step: Step) -> Row:
        when = words.when_words(step.at, self._now().date())
        how = ACTS.get(step.act, "")
        stands = "stands now" if step.standing else ""
        return Row(
            step.sentence,
            ", ".join(part for part in (when, how, stands, step.note) if part),
            icon="check" if step.standing else "clock" if step.counts else "x",
            tone="accent" if step.standing else "text2",
            ident=step.change,
        )

    def restore(self) -> None:
        """Put the value of the chosen step back."""
        step = self._step()
        if self.record is None or self.told is None or step is None:
            return
        if step.standing and not self.told.rivalled(step.field):
            self._say("That is how it stands now.", "quiet")
            return
        self.put_back.setEnabled(False)
        self.desk.act(
            settling.restore_value,
            self.record,
            step.field,
            step.change,
            reason=self.reason.text(),
            as_of=self.told.moment,
            then=lambda _: self._restored(),
            otherwise=self._failed,
        )

    def _restored(self) -> None:
        self.put_back.setEnabled(True)
        self.reason.clear()
        undo = caps(find("undo").first_key)
        self._say(f"Put back, as a new step; the one before stays in the history. {undo} undoes it.", "text")
        self.read()
        self.steps.go(0)
        self.steps.setFocus()

    # What leads decide, and erasing

    def void(self) -> None:
        """Let the act the chosen step belongs to count for nothing, everywhere."""
        step = self._step()
        if step is None or self.told is None or not self.told.lead or step.voided:
            return
        self.desk.put(
            Question(
                "Let this act not count",
                (
                    step.sentence,
                    "The whole act counts for nothing, on this record and all others it touched; what it had "
                    "replaced stands again. It stays in the history, travels with your next package, and can be "
                    "lifted.",
                ),
                "Let it not count",
                leading.void,
                lambda _: self._decided("The act counts for nothing now; l lifts that again."),
                {"change": step.change},
                wanted="Say why; colleagues will read it.",
            )
        )

    def lift(self) -> None:
        """Let a voided act count again."""
        step = self._step()
        if step is None or self.told is None or not self.told.lead or not step.voided:
            return
        self.desk.put(
            Question(
                "Let this act count again",
                (step.sentence, "What it said stands again beside what was written since."),
                "Let it count",
                leading.lift,
                lambda _: self._decided("The act counts again."),
                {"change": step.change},
            )
        )

    def erase(self) -> None:
        """Ask first what erasing this record would mean, then on a sheet whether to."""
        if self.record is not None:
            self.desk.ask(leading.erasable, self.record, then=self._ask_erase, otherwise=self._failed)

    def _ask_erase(self, found: Erasable) -> None:
        if found.record == self.record:
            self.desk.put(erase_question(found, self._decided))

    def _decided(self, sentence: str) -> None:
        self._say(sentence, "text")
        self.read()
        self.steps.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters in the list of steps are keys of the panel."""
        if watched is self.steps and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            keys = {Qt.Key.Key_V: self.void, Qt.Key.Key_L: self.lift, Qt.Key.Key_E: self.erase}
            act = keys.get(Qt.Key(event.key())) if not event.modifiers() & OWN_KEYS else None
            if act is not None:
                act()
                return True
        return super().eventFilter(watched, event)

    def _failed(self, error: BaseException) -> None:
        self.put_back.setEnabled(True)
        self._say(sentence_for(error), "danger")

    def _say(self, sentence: str, tone: str) -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.show()

    def close_panel(self) -> None:
        if self.isHidden():
            return
        self.record = None
        self.hide()
        back, self._back = self._back, None
        if back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shut.emit()

    def event(self, event: QEvent) -> bool:
        """A key without Ctrl or Alt pressed in here is no shortcut of the page."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & OWN_KEYS
            and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            event.accept()  # nor does it reach what lies under the panel


def erase_question(found: Erasable, then: Callable[[str], object]) -> Question:
    """The sheet before an erasure. then: hears what came of it, in a sentence."""
    if found.own:
        how = "Your own words, never shared: they go at once."
        said = f"Erased: {found.scope}."
    else:
        how = "It waits for a second member, a lead among them; then each laptop that merges erases it."
        said = f"Asked for: {found.scope}. It waits for a second member, a lead among them; the Team page lists it."
    return Question(
        f"Erase: {found.scope}",
        (
            f"What it says is destroyed, with what was tagged or given as a reason; it reads [erased]. {how}",
            leading.ERASING_LEAVES,
        ),
        "Erase it" if found.own else "Ask for it",
        leading.erase,
        lambda _: then(said),
        {"records": [found.record]},
        name="cause",
        label="Cause, in one line",
        hint="stays, and stands on the certificate; name nobody",
        wanted="Say why this is erased; the certificate will carry it.",
        tick="I have checked that nothing requires this to be kept",
        ticked="hold_checked",
    )
