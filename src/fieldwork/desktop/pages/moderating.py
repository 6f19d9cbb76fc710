"""Moderating one file: what the examiner answered and why, one's own mark beside it, and what both agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Button, Row, RowList
from fieldwork.desktop.kit import Pane as Ground
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.moderating_view import AgreePanel, CaseHead, Judging, worded
from fieldwork.desktop.pages.team_typing import Typing
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import marking_notes, moderating
from fieldwork.work.marking_notes import HowWeMark
from fieldwork.work.moderating import Beside, Moderated

DRAFT = "moderation"
LABEL = 44  # characters of a question in the list
HEARD = frozenset(
    {"answer", "examination", "agreed_answer", "moderation", "moderated_mark", "dip_draw", "case_file"}
)


def _nothing() -> None:
    pass


class ModeratingPane(Box):
    """`closed(sentence)` when the person goes back to the list; `reshaped()` when other keys hold."""

    closed = Signal(str)
    reshaped = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(space=0)
        self.desk = desk
        self.setAccessibleName("Moderation")
        self.view: Moderated | None = None
        self.here = ""
        self.panel: AgreePanel | None = None
        self.typing = Typing(desk, self, DRAFT)
        self._wanted: tuple[Id, str] | None = None
        self._writing = 0
        self._flying: dict[tuple[Id, str], str] = {}
        self._notes: Mapping[str, tuple[HowWeMark, ...]] = {}
        self._recovered = False
        self.head = CaseHead(button)
        self.list = RowList(name="Questions to moderate", lead=44, fit=False, chooses=True)
        self.list.moved.connect(self._row_moved)
        self.list.opened.connect(lambda _: self.take_focus())
        self.side = Ground((self.list, 1), ground="sunken", lines="r", margins=(12, 12, 12, 12), width=288)
        self.judging = Judging(button)
        self.judging.marked.connect(self.mark)
        self.judging.typed.connect(self._type)
        self.judging.submitted.connect(self.keep_reason)
        self.judging.reason.installEventFilter(self)
        self.add(self.head, (Box(self.side, (self.judging, 1), down=False, space=0), 1))

    def shape(self, narrow: bool, short: bool) -> None:
        self.side.setVisible(not narrow and not short)
        self.head.shape(narrow, short)
        self.judging.shape(narrow, short)

    # Reading

    def open_file(self, file: Id, question: str = "") -> None:
        """Show a file for moderation, at that question or the first that is to be marked."""
        self.hand_over()
        self._wanted = (file, question)
        if not self._recovered:
            self._recovered = True
            self.typing.recover(self._fill_typed)
        self.desk.ask(marking_notes.notes_by_question, then=self._take_notes)
        self._read()

    def refresh(self, changed: object = None) -> None:
        if self.view is None or self._writing:
            return
        if not isinstance(changed, Mapping) or HEARD & changed.keys():
            self._wanted = (self.view.pane.file.id, self.here)
            self._read()
        if isinstance(changed, Mapping) and "marking_note" in changed:
            self.desk.ask(marking_notes.notes_by_question, then=self._take_notes)

    def _read(self) -> None:
        assert self._wanted is not None
        self.desk.ask(
            moderating.open_moderation, self._wanted[0], then=self._take_view, otherwise=self._refused
        )

    def _refused(self, error: BaseException) -> None:
        self._wanted = None
        self.desk.tell(error)
        self.closed.emit("")

    def _take_notes(self, notes: Mapping[str, tuple[HowWeMark, ...]]) -> None:
        self._notes = notes
        self._show_notes()

    def _show_notes(self) -> None:
        code = parted(self.here)[0]
        self.judging.show_notes(self._notes.get(code, ()), code)

    def _take_view(self, view: Moderated) -> None:
        if self._wanted is None or view.pane.file.id != self._wanted[0] or self._writing:
            return
        again = self.view is not None and self.view.pane.file.id == view.pane.file.id
        code, self._wanted = self._wanted[1], None
        self.view = view
        if not again or view.row(self.here) is None:
            todo = view.unmarked or view.open or view.rows
            self.show_question(code if view.row(code) else todo[0].question.code if todo else "")
            at = QApplication.focusWidget()
            if at is None or not self.isAncestorOf(at):
                self.take_focus()
        else:
            self._show_row()

    # Showing

    def row(self) -> Beside | None:
        return self.view.row(self.here) if self.view is not None else None

    def show_question(self, code: str) -> None:
        if code != self.here:
            self.hand_over()
            self.close_panel(back=False)
        self.here = code
        self._show_row()

    def _show_row(self) -> None:
        view, row = self.view, self.row()
        if view is None:
            return
        self.head.show_file(view, row.called if row is not None else self.here)
        self._show_list(view)
        if row is not None:
            self.judging.show_row(view, row)
            self._show_notes()
            self._fill_typed()
        self.reshaped.emit()

    def _show_list(self, view: Moderated) -> None:
        rows: list[Row] = []
        section: object = self
        for one in view.rows:
            if one.question.section != section:
                section = one.question.section
                name = words.section_of(view.pane.questions, one.question.section) or "Questions"
                rows.append(Row(name, head=True, ident=("section", section)))
            rows.append(
                Row(
                    shortened(worded(one, view.pane.filled(one.question, one.question.label))),
                    lead=parted(one.question.code)[0],
                    trail=state_of(one),
                    done=one.marked and not one.to_agree,
                    ident=one.question.code,
                )
            )
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        self.list.go(next((i for i, one in enumerate(rows) if one.ident == self.here), -1))
        self.list.blockSignals(False)

    def _row_moved(self, index: int) -> None:
        ident = self.list.rows[index].ident if 0 <= index < len(self.list.rows) else None
        if isinstance(ident, str) and ident != self.here:
            self.show_question(ident)

    def take_focus(self) -> None:
        self.judging.head.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, sentence: str) -> None:
        self.judging.show_said(sentence)
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    # Marking

    def mark(self, value: str) -> None:
        """Give one's own mark; on to the next where it is the examiner's, else to the reason."""
        row, view = self.row(), self.view
        if row is None or view is None:
            return
        if view.why_not:
            self.judging.show_mark(row.mark.value if row.mark else "")
            self.say(view.why_not)
            return
        self._revise(value)
        self._write(moderating.moderate, question=row.question.code, value=value)
        now = self.row()
        assert now is not None
        if now.differs:
            self._show_row()
            self.judging.open_reason()
        else:
            self.next()

    def clear(self) -> None:
        """Take one's mark back."""
        row = self.row()
        if row is not None and row.marked:
            self._revise("")
            self._write(moderating.moderate, question=row.question.code, value="")
            self._show_row()

    def _revise(self, value: str) -> None:
        """The mark in what is shown; the write follows."""
        view, row = self.view, self.row()
        assert view is not None and row is not None
        code, instance = parted(self.here)
        id = moderating.mark_id(view.look.id, code, instance)
        blank = moderating.ModeratedMark(id=id, question=code, instance=instance)
        new = replace(row, mark=replace(row.mark or blank, value=value))
        self.view = replace(view, rows=tuple(new if one is row else one for one in view.rows))
        self.judging.show_mark(value)

    def _write(
        self,
        act: Callable[..., object],
        then: Callable[[], object] = _nothing,
        otherwise: Callable[[], object] = _nothing,
        **fields: Any,
    ) -> None:
        assert self.view is not None
        self._writing += 1

        def done(_: object) -> None:
            self._writing -= 1
            then()
            self.refresh()

        def failed(error: BaseException) -> None:
            self._writing -= 1
            otherwise()
            self.desk.tell(error)
            self.refresh()

        self.desk.act(act, file=self.view.pane.file.id, then=done, otherwise=failed, **fields)

    # Reason

    def _type(self, text: str) -> None:
        if self.view is not None and self.here:
            place = (self.view.pane.file.id, self.here)
            self.typing.at(place).reason = text
            self.typing.touched(place)

    def _fill_typed(self) -> None:
        """Words that are no entry yet stand in their field, also after a crash."""
        row = self.row()
        if self.view is None or row is None:
            return
        typed = self.typing.under_way.get((self.view.pane.file.id, self.here))
        if typed is not None and typed.reason:
            self.judging.set_reason(typed.reason)

    def hand_over(self) -> None:
        """Make an entry of a reason that was typed."""
        view, row = self.view, self.row()
        if view is None or row is None:
            return
        place = (view.pane.file.id, self.here)
        typed = self.typing.under_way.get(place)
        if typed is None or not typed.reason or not row.marked or view.why_not:
            self.typing.hand_over()
            return
        text = typed.reason
        if self._flying.get(place) == text:
            return
        self._flying[place] = text

        def kept() -> None:
            self._flying.pop(place, None)
            now = self.typing.at(place)
            now.reason = "" if now.reason == text else now.reason
            if not now.typed:
                self.typing.settled(place)

        def not_kept() -> None:
            self._flying.pop(place, None)
            self.typing.touched(place)

        self._write(moderating.moderate, kept, not_kept, question=self.here, reason=text)

    def keep_reason(self) -> None:
        """Enter in the reason: keep it and go on."""
        self.hand_over()
        self.next()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.hand_over()
        return False

    # Agreeing

    def agree(self) -> None:
        """Agree: with the examiner where one has no mark or the same; else that one's own mark shall stand."""
        row, view = self.row(), self.view
        if row is None or view is None:
            return
        if view.why_not:
            self.say(view.why_not)
        elif not row.marked and row.original:
            self.mark(row.original)
        elif not row.marked:
            self.say("The examiners differ; give a mark of your own first.")
        elif not row.differs:
            self.next()
        else:
            assert row.mark is not None
            self._ask_agreed(row, row.mark.value)

    def keep_original(self) -> None:
        """Agree that the examiner's answer shall stand, though one marked otherwise."""
        row = self.row()
        if row is None or self.view is None or self.view.why_not:
            return
        if not row.original:
            self.say("The examiners differ; agree on a mark of your own with =.")
        elif row.marked:
            self._ask_agreed(row, row.original)
        else:
            self.mark(row.original)

    def _ask_agreed(self, row: Beside, value: str) -> None:
        assert self.view is not None
        self.hand_over()
        self.close_panel(back=False)
        place = (self.view.pane.file.id, self.here)
        same = value == row.original
        self.panel = AgreePanel(words.in_words(row.question, value), same)
        self.panel.field.setText(self.typing.at(place).text or "")
        self.panel.field.textChanged.connect(self._type_agreed)
        self.panel.given.connect(lambda reason: self._agreed(value, reason))
        self.panel.closed.connect(self.close_panel)
        self.judging.put_panel(self.panel)
        self.panel.take_focus()

    def _type_agreed(self, text: str) -> None:
        if self.view is not None:
            place = (self.view.pane.file.id, self.here)
            self.typing.at(place).text = text or None
            self.typing.touched(place)

    def _agreed(self, value: str, reason: str) -> None:
        assert self.view is not None
        place = (self.view.pane.file.id, self.here)

        def kept() -> None:
            self.typing.at(place).text = None
            if not self.typing.at(place).typed:
                self.typing.settled(place)

        self.close_panel()
        self._write(
            moderating.agree_moderated,
            kept,
            question=self.here,
            value=value,
            reason=reason,
            as_of=self.view.moment,
        )
        self.next()

    def close_panel(self, back: bool = True) -> None:
        panel, self.panel = self.panel, None
        if panel is not None:
            self.typing.hand_over()
            self.judging.take_panel()
            if back:
                self.take_focus()

    # Moving

    def next(self) -> None:
        """To the next question that is to be marked or agreed; once there is none, that it can be finished."""
        if self.view is None:
            return
        open_ones = [one.question.code for one in self.view.rows if (one.needed and not one.marked)]
        all_codes = [one.question.code for one in self.view.rows]
        at = all_codes.index(self.here) if self.here in all_codes else -1
        later = [code for code in all_codes[at + 1 :] if code in open_ones]
        if later or open_ones:
            self.show_question((later or open_ones)[0])
            self.say("")
        else:
            self._show_row()
            left = [one.called for one in self.view.open if one.question.code != self.here]
            rest = f" Not agreed yet: {', '.join(left)}." if left else " f finishes the moderation."
            self.say("Everything that is to be moderated is marked." + rest)
        self.take_focus()

    def step(self, by: int) -> None:
        codes = [one.question.code for one in self.view.rows] if self.view is not None else []
        if self.here in codes and 0 <= codes.index(self.here) + by < len(codes):
            self.say("")
            self.show_question(codes[codes.index(self.here) + by])
            self.take_focus()

    def finish(self) -> None:
        """Close the moderation, or say what is open and go there."""
        if self.view is None:
            return
        self.hand_over()
        file = self.view.pane.file
        self.desk.act(
            moderating.finish_moderation,
            file=file.id,
            then=lambda _: self.closed.emit(f"File {file.reference} is moderated."),
            otherwise=self._not_finished,
        )

    def _not_finished(self, error: BaseException) -> None:
        view = self.view
        todo = (view.unmarked or view.open) if view is not None else ()
        if todo:
            self.show_question(todo[0].question.code)
            self.take_focus()
        self.say(str(error))

    def back(self) -> None:
        """Escape: out of the panel, out of the field, out of the file."""
        if self.panel is not None:
            self.close_panel()
        elif QApplication.focusWidget() is self.judging.reason:
            self.take_focus()
        else:
            self.hand_over()
            self.closed.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.judging.press(event.text()):
            super().keyPressEvent(event)

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "moderate.agree": self.agree,
            "moderate.keep": self.keep_original,
            "moderate.reason": self.judging.open_reason,
            "moderate.next": self.next,
            "moderate.finish": self.finish,
            "answer.guidance": self.judging.toggle_guidance,
            "answer.down": lambda: self.step(1),
            "answer.up": lambda: self.step(-1),
            "answer.clear": self.clear,
            "file.back": self.back,
        }
        row = self.row()
        if row is not None and row.question.scored:
            for digit in "12345":
                handlers[f"answer.{digit}"] = lambda key=digit: self.judging.press(key)  # type: ignore[misc]
        return handlers

    def record_here(self) -> Id | None:
        row = self.row()
        if row is None:
            return None
        return row.agreed.id if row.agreed else next((one.answer.id for one in row.given), None)

    def unsaved(self) -> str:
        return ""


def shortened(label: str) -> str:
    """The beginning of a question, enough to know it by; all of it stands beside."""
    return label if len(label) <= LABEL else label[:LABEL].rsplit(" ", 1)[0] + " \u2026"


def state_of(one: Beside) -> str:
    """Where a question stands, in a word."""
    if one.to_agree:
        return "differs"
    if one.needed and not one.marked:
        return "to mark"
    if one.agreed is not None:
        return "agreed"
    return "same" if one.marked else ""
