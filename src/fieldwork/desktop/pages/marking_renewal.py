"""What comes into the open file without being typed there: others' changes, and drafts of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fieldwork.desktop.pages import marking_words as words
from fieldwork.desktop.pages.marking_dates import DatesPanel
from fieldwork.desktop.pages.marking_pairs import tell_standing
from fieldwork.desktop.pages.marking_saving import Typed
from fieldwork.domain.question_set import Question
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import examining, file_view
from fieldwork.work.examining import Pane, answer_id
from fieldwork.work.file_view import FileView
from fieldwork.work.undoing import Undone

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

MOST_TOLD = 4

#: kinds of record whose change can show on this pane
SHOWN = (
    "answer",
    "examination",
    "case_file",
    "stratum",
    "tag",
    "theme",
    "inspection",
    "question_set",
    "team_member",
    "evidence_link",
    "finding",
    "repeat_instance",
    "bank_holiday",
)


class Renewal:
    """Reads the file of one marking pane again. due: something came that is not shown yet."""

    def __init__(self, marking: MarkingPane) -> None:
        self._marking = marking
        self.due = False
        self._landing: tuple[str, frozenset[Id]] | None = None  # undo or redo, and the answers it changed
        self._added: Id | None = None
        self._turn = 0  # of readings: what an earlier one found may lack the latest change

    def take(self, changed: object) -> None:
        """What an act or a merge changed: kind to ids; None for everything."""
        if self._marking.view is None:
            return
        if isinstance(changed, Mapping):
            shown = {kind: ids for kind, ids in changed.items() if kind in SHOWN}
            if not shown or self._marking.saving.own(shown):
                return
        self.due = True
        self.read()

    def land(self, way: str, done: Undone) -> None:
        """The person took an act back or did it again: once that is read, go to the answer it changed."""
        changed = done.changed.get("answer", frozenset())
        if self._marking.view is not None and changed:
            self._landing = way, changed
        self.take_sealed()

    def take_sealed(self) -> None:
        """Read a pair's file again after an act in it: what is sealed does not say what it changed."""
        view = self._marking.view
        if view is not None and view.pane.share is not None:
            self.take(None)

    def go_to_instance(self, instance: Id | None) -> None:
        """One of several was added: once that is read, go to its first question."""
        self._added = instance

    def read(self) -> None:
        """Read the file once nothing of ours is on its way any more."""
        marking = self._marking
        if self.due and marking.view is not None and not marking.saving.busy() and marking.wanted is None:
            self._turn += 1
            edits, turn = marking.edits, self._turn
            marking.desk.ask(
                file_view.view_file,
                marking.view.pane.file.id,
                then=lambda view: self._merge(view, edits) if turn == self._turn else None,
            )

    def _merge(self, view: FileView, edits: int) -> None:
        marking = self._marking
        if marking.view is None or not self.due:
            return
        here, there = marking.view.pane, view.pane
        if here.file.id != there.file.id and here.examination.id != there.examination.id:
            return
        if edits != marking.edits or marking.saving.busy():
            self.read()
            return
        self.due = False
        pane = marking.with_unsaved(examining.spoken(view.pane, marking.language))
        if marking.typed is not None:
            pane = examining.revised(pane, marking.typed.question, **marking.typed.fields)
        before = marking.pane
        marking.view, marking.pane = view, pane
        marking.head.show_file(view)
        tell_standing(marking)
        marking.timer.turn_to(view)
        if isinstance(marking.extras.panel, DatesPanel):
            marking.extras.panel.take(pane.file)
        question = marking.current()
        if question is None or question.code not in {q.code for q in pane.asked}:
            marking.hand_over()
            following = pane.next_unanswered(marking.here)
            marking.show_question(following.code if following else pane.asked[0].code if pane.asked else "")
        else:
            self._show(question)
        marking.show_around()
        if self._added is not None:
            self._enter(self._added, pane)
        if self._landing is not None and before is not None:
            (way, changed), self._landing = self._landing, None
            self._land(way, changed, before, pane)

    def _enter(self, instance: Id, pane: Pane) -> None:
        first = next((q.code for q in pane.asked if parted(q.code)[1] == instance.hex()), "")
        if first:
            self._added = None
            self._marking.go_to(first)
            self._marking.say(f"{pane.instance_called(first)} added")

    def _land(self, way: str, changed: frozenset[Id], before: Pane, pane: Pane) -> None:
        marking = self._marking
        asked = [q for q in pane.asked if answer_id(pane.examination.id, q.code) in changed]
        if not asked:
            return
        marking.finishing.leave()
        if marking.here not in [q.code for q in asked]:
            marking.show_question(asked[0].code)
        marking.take_focus()
        word = "back to" if way == "undo" else "again"
        said = "; ".join(
            f"{pane.called(q.code)} {words.came_back(q, before.answer(q.code), pane.answer(q.code), word)}"
            for q in asked[:MOST_TOLD]
        )
        more = f"; and {len(asked) - MOST_TOLD} more" if len(asked) > MOST_TOLD else ""
        marking.question.show_news(said + more)
        marking.say(said + more)

    def _show(self, question: Question) -> None:
        marking = self._marking
        assert marking.pane is not None
        held = marking.pane.answer(question.code)
        fields = marking.typed.fields if marking.typed else {}
        if "value" not in fields:
            marking.question.show_value(held.value if held else "")
        for name in ("reason", "comment"):
            if name not in fields:
                marking.question.set_words(name, getattr(held, name) if held else "")
        marking.question.show_state(marking.pane, question)
        marking.show_tags()

    def recover(self, typed: Typed) -> None:
        """Put words that an earlier run left as a draft into the pane as if they were being typed."""
        marking = self._marking
        if marking.pane is None or marking.pane.file.id != typed.file:
            return
        if typed.question not in {q.code for q in marking.pane.asked}:
            marking.saving.write(typed)
            return
        marking.show_question(typed.question)
        marking.typed = typed
        marking.revise(typed.question, **typed.fields)
        for name in ("reason", "comment"):
            if name in typed.fields:
                marking.question.set_words(name, typed.fields[name])
        if "value" in typed.fields:
            marking.question.show_value(typed.fields["value"])
        question = marking.current()
        assert question is not None
        marking.question.show_state(marking.pane, question)
        if "reason" in typed.fields:
            marking.question.open_reason()
        elif "comment" in typed.fields:
            marking.question.open_comment()
        else:
            marking.question.take_focus()
        marking.show_around()
        marking.saving.typing(typed)
