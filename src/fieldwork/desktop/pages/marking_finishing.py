"""The finish check of a file, finishing it, and the way on to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages import marking_instances
from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_dates import fault_sentences, open_dates
from fieldwork.desktop.pages.marking_pairs import tell_finished
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import file_view, repeating
from fieldwork.work.examining import Pane

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane


DATES = "dates of the file"


class Finishing:
    """The finish panel of one marking pane."""

    def __init__(self, marking: MarkingPane) -> None:
        self._marking = marking
        self.panel = marking.finish_panel
        self.next: Id | None = None
        self._told: tuple[Id, list[str]] | None = None
        self.panel.onward.connect(self.onward)
        self.panel.back.connect(self.leave)
        self.panel.list.moved.connect(self._follow)
        self.panel.jumped.connect(self._jump)

    def _jump(self, ident: str) -> None:
        if ident == DATES:
            open_dates(self._marking)
        elif ident.startswith(words.ADD):
            self.leave()
            marking_instances.add(self._marking, ident.removeprefix(words.ADD))
        else:
            self._marking.go_to(ident)

    def check(self) -> None:
        """List what is open; with nothing open, finish at once.

        Dates that cannot be right are told once: a case may be as odd as they say, and f again finishes.
        """
        marking = self._marking
        if marking.pane is None or not marking.hand_over():
            return
        self.next = None
        pane, unsaved = marking.pane, self._unsaved()
        marking.extras.close(back=False)
        marking.stack.setCurrentIndex(1)
        dates = fault_sentences(pane)
        told, self._told = self._told, (pane.file.id, dates)
        if pane.complete and not unsaved and (not dates or told == self._told):
            marking.timer.rest()
            self.panel.show_working(f"Finishing file {pane.file.reference} \u2026")
            marking.desk.act(
                file_view.finish_file, file=pane.file.id, then=self._finished, otherwise=self._refused
            )
            return
        title, sub, rows = open_rows(pane, unsaved, dates)
        given = len(pane.asked) - len(pane.unanswered)
        self.panel.show_open(title, sub, rows, given, len(pane.asked))
        marking.say(title)

    def _follow(self, index: int) -> None:
        """Keep the row one is at in sight: the list is as tall as its rows and moves with the panel."""
        rows = self.panel.list
        if 0 <= index < len(rows.rows):
            place = rows.visualRect(rows.currentIndex())
            middle = rows.mapTo(self.panel, place.center())
            self._marking.finish_area.ensureVisible(0, middle.y(), 0, place.height())

    def _unsaved(self) -> list[str]:
        pane = self._marking.pane
        return [code for file, code in self._marking.saving.unsaved if pane and file == pane.file.id]

    def _finished(self, done: file_view.Finished) -> None:
        pane = self._marking.pane
        if pane is None or self._marking.stack.currentIndex() == 0:
            return
        self.next = done.next.id if done.next else None
        if done.next is None:
            sub, following = "That was the last file that waits for you.", "All files"
        else:
            sub = "An answer changed later opens it again."
            other = "" if done.same_stratum else ", another stratum"
            following = f"Next file {done.next.reference}{other}"
        title = f"File {pane.file.reference} is finished"
        self.panel.show_finished(title, sub, following)
        self._marking.say(title)
        tell_finished(self._marking, title)

    def _refused(self, error: BaseException) -> None:
        self.panel.show_working("Not finished")
        self.panel.sub.setText(sentence_for(error))

    def onward(self) -> None:
        """After finishing: the next file of the stratum, or the list after the last."""
        if self.next is not None:
            self._marking.open_file(self.next)
        else:
            self._marking.stack.setCurrentIndex(0)
            self._marking.leave()

    def leave(self) -> None:
        """Back to the questions."""
        self._marking.stack.setCurrentIndex(0)
        self._marking.question.take_focus()


def open_rows(pane: Pane, unsaved: Sequence[str], dates: Sequence[str]) -> tuple[str, str, list[Row]]:
    """Title, sentence and rows of what keeps a file open; rows carry the code as ident."""
    rows: list[Row] = []
    needed = {q.code for q in pane.needed}
    parts = (
        ("Not saved yet: F5 saves again", [q for q in pane.asked if q.code in unsaved]),
        ("Unanswered", [q for q in pane.unanswered if q.code in needed]),
        ("A reason is missing", list(pane.without_reason)),
        (
            "An answer breaks a rule",
            [q for q in pane.asked if any(f.code == q.code for f in pane.applied.faults)],
        ),
    )
    count = 0
    for title, questions in parts:
        if questions:
            rows.append(Row(title, head=True, ident=f"head {title}"))
        for question in questions:
            held = pane.answer(question.code)
            code = held.value if held and question.scored else "" if question in pane.unanswered else None
            why = pane.filled(question, question.required_message) if title == "Unanswered" else ""
            label = pane.filled(question, question.label)
            sub = " \u00b7 ".join(part for part in (pane.instance_called(question.code), why) if part)
            rows.append(Row(label, sub=sub, lead=parted(question.code)[0], answer=code, ident=question.code))
            count += 1
    if dates:
        rows.append(Row("Dates to look at", head=True, ident="head dates"))
        rows += [Row(sentence, icon="calendar-days", ident=DATES) for sentence in dates]
    may = [q for q in pane.unanswered if q.code not in needed]
    if may:
        rows.append(Row("May stay open", head=True, ident="head may"))
        rows += [
            Row(
                pane.filled(q, q.label),
                sub=pane.instance_called(q.code),
                lead=parted(q.code)[0],
                answer="",
                ident=q.code,
            )
            for q in may
        ]
    none_yet = [group for group in repeating.open_repeats(pane) if not pane.instances[group.code]]
    if none_yet:
        rows.append(Row("None entered", head=True, ident="head none"))
        rows += [
            Row(
                repeating.called(pane, group),
                sub="Enter adds one",
                icon="plus",
                ident=f"{words.ADD}{group.code}",
            )
            for group in none_yet
        ]
    if not count and dates:
        return "Are these dates right?", "Enter opens them. f finishes the file as it is.", rows
    noun = "thing keeps" if count == 1 else "things keep"
    return f"{count} {noun} this file open", "Enter goes there. Esc goes back to where you were.", rows
