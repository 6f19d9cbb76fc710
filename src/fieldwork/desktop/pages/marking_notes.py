"""How we mark: the team's dated notes on a question, below its guidance, and the line to write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.kit import Box, Row, RowList, Text
from fieldwork.desktop.pages.marking_panels import PromptPanel
from fieldwork.domain.values import Id
from fieldwork.work import marking_notes
from fieldwork.work.marking_notes import HowWeMark

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane


def day_words(noted: str) -> str:
    """An ISO day as it is said; as it stands where it is none."""
    try:
        day = date.fromisoformat(noted)
    except ValueError:
        return noted
    return f"{day.day} {day:%B %Y}"


def told(note: HowWeMark, code: str) -> str:
    """When and by whom; and under which code, where the question was called otherwise then."""
    who = f", {note.author}" if note.author else ""
    then = f", when it was {note.question}" if note.question != code else ""
    return f"{day_words(note.noted)}{who}{then}"


class NotesPart(Box):
    """Under the guidance: that there are notes, or with the full guidance all of them, the newest first."""

    def __init__(self) -> None:
        super().__init__(space=4)
        self._notes: Sequence[HowWeMark] = ()
        self._code = ""
        self._full = False
        self.hide()

    def set_notes(self, notes: Sequence[HowWeMark], code: str) -> None:
        self._notes, self._code = notes, code
        self._show()

    @property
    def count(self) -> int:
        return len(self._notes)

    def set_full(self, full: bool) -> None:
        self._full = full
        self._show()

    def _show(self) -> None:
        self.clear()
        some = self._notes
        if some and not self._full:
            count = "1 note" if len(some) == 1 else f"{len(some)} notes, the latest"
            self.add(
                Text(f"How we mark: {count} of {day_words(some[0].noted)}", "caption", "quiet", wrap=True)
            )
        elif some:
            self.add(Text("How we mark", "label", weight=600))
            for note in some:
                self.add(Text(told(note, self._code), "caption", "quiet", wrap=True))
                self.add(Text(note.text, "small", wrap=True))
        self.setVisible(bool(some))


class _NoteRows(RowList):
    """Notes that hold; Delete withdraws the one it is at."""

    withdrawn = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.current()
        if event.key() == Qt.Key.Key_Delete and current is not None:
            self.withdrawn.emit(current.ident)
        else:
            super().keyPressEvent(event)


class NotePanel(PromptPanel):
    """Write how a question is marked, or withdraw a note. `given(text)`, `withdrawn(id)`."""

    given = Signal(str)
    withdrawn = Signal(object)

    def __init__(self, code: str, notes: Sequence[HowWeMark]) -> None:
        self._code = code
        super().__init__(f"How do we mark {code}?", "One rule, for everybody who marks it", "save")
        self.list = _NoteRows([], name=f"Notes on {code}")
        self.spaced.add(self.list)
        self.list.withdrawn.connect(self.withdrawn)
        self.field.submitted.connect(self._give)
        self.show_notes(notes)

    def show_notes(self, notes: Sequence[HowWeMark]) -> None:
        self.list.set_rows([Row(note.text, sub=told(note, self._code), ident=note.id) for note in notes])
        self.list.setVisible(bool(notes))
        self.below.setText("Tab goes to the notes; Delete withdraws one." if notes else "Dated today.")

    def _give(self, text: str) -> None:
        if text.strip():
            self.given.emit(text.strip())
        else:
            self.below.setText("Say in a sentence how it is marked.")


class MarkingNotes:
    """The notes of one marking pane: read with the place, and again when one was written."""

    def __init__(self, marking: MarkingPane) -> None:
        self._marking = marking
        self._by_question: Mapping[str, tuple[HowWeMark, ...]] = {}
        marking.moved.connect(lambda *_: self.show())
        marking.desk.changed.connect(self._take)
        self._read()

    def _read(self) -> None:
        self._marking.desk.ask(marking_notes.notes_by_question, then=self._show_all)

    def _take(self, changed: object) -> None:
        if not isinstance(changed, Mapping) or {"marking_note", "question_set_version"} & changed.keys():
            self._read()

    def _show_all(self, found: Mapping[str, tuple[HowWeMark, ...]]) -> None:
        self._by_question = found
        self.show()
        panel = self._marking.extras.panel
        if isinstance(panel, NotePanel):
            panel.show_notes(self._of(self._marking.here))

    def _of(self, code: str) -> tuple[HowWeMark, ...]:
        return self._by_question.get(code, ())

    def show(self) -> None:
        """Put the notes on the question that is shown below its guidance."""
        code = self._marking.here
        self._marking.question.notes.set_notes(self._of(code), code)

    def write(self, show: Callable[[NotePanel], object]) -> None:
        """Open the line in which how the question is marked is written."""
        code = self._marking.here
        if not code or self._marking.stack.currentIndex() != 0:
            return
        self._marking.hand_over()
        panel = NotePanel(code, self._of(code))
        panel.given.connect(lambda text: self._write(code, text))
        panel.withdrawn.connect(self._withdraw)
        show(panel)

    def _write(self, code: str, text: str) -> None:
        self._marking.desk.act(
            marking_notes.note_marking, question=code, text=text, then=lambda _: self._written(code)
        )

    def _written(self, code: str) -> None:
        self._marking.extras.close()
        self._marking.say(f"Noted how {code} is marked.")

    def _withdraw(self, note: Id) -> None:
        self._marking.desk.act(marking_notes.withdraw_marking_note, note=note)
