"""Several of the same on the marking pane: add one, drop one, go from one to the next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.marking_panels import ListPanel, PromptPanel
from fieldwork.domain.question_set import Group
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import repeating
from fieldwork.work.done import Done

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane


class ReasonPanel(PromptPanel):
    """Why one of several is dropped."""

    def __init__(self, called: str, answers: int) -> None:
        super().__init__(f"Why is {called} dropped?", "A few words", "drop")
        kept = f"Its {answers} answers go with it." if answers > 1 else "Its answer goes with it."
        self.below.setText(f"{kept if answers else 'It has no answer yet.'} Ctrl Z brings all of it back.")


def add(marking: MarkingPane, repeat: str = "") -> None:
    """Add one more of a repeat: the one given, else the one one is in; where one is in none, ask which."""
    pane = marking.pane
    if pane is None or marking.stack.currentIndex() == 1:
        return
    marking.hand_over()
    groups = repeating.open_repeats(pane)
    here = marking.current()
    wanted = repeat or (here.repeat if here is not None else "")
    inside = [group for group in groups if group.code == wanted]
    if not groups:
        marking.question.show_news("Nothing in these questions is entered several times.")
    elif inside or len(groups) == 1:
        _add(marking, (inside or groups)[0])
    else:
        rows = [Row(repeating.called(pane, group), ident=group.code) for group in groups]
        panel = ListPanel("Add one more", rows, "add")
        by_code = {group.code: group for group in groups}
        panel.opened.connect(lambda code: _add(marking, by_code[code]))
        marking.extras.put(panel)


def _add(marking: MarkingPane, group: Group) -> None:
    assert marking.pane is not None
    marking.extras.close()
    file = marking.pane.file.id

    def then(done: Done) -> None:
        marking.renewal.go_to_instance(done.id)
        marking.renewal.take_sealed()

    marking.desk.act(repeating.add_instance, file=file, repeat=group.code, then=then)


def drop(marking: MarkingPane) -> None:
    """Drop the one whose question is shown, for a reason."""
    pane, here = marking.pane, marking.here
    if pane is None or marking.stack.currentIndex() == 1:
        return
    instance = parted(here)[1]
    if not instance:
        marking.question.show_news("This question is asked once; there is nothing to drop.")
        return
    question = marking.current()
    if question is not None and pane.questions.group(question.repeat).repeat_count:
        marking.question.show_news("How many there are follows from other answers; nothing is dropped here.")
        return
    marking.hand_over()
    answers = sum(parted(place)[1] == instance and bool(a.value) for place, a in pane.answers.items())
    panel = ReasonPanel(pane.instance_called(here), answers)
    panel.field.submitted.connect(partial(_drop, marking, panel, pane.file.id, bytes.fromhex(instance)))
    marking.extras.put(panel)


def _drop(marking: MarkingPane, panel: ReasonPanel, file: Id, instance: Id, reason: str) -> None:
    if not reason.strip():
        panel.below.setText("A few words are needed.")
        return
    marking.extras.close()
    marking.desk.act(
        repeating.drop_instance,
        file=file,
        instance=instance,
        reason=reason,
        then=lambda _: marking.renewal.take_sealed(),
    )


def step(marking: MarkingPane, by: int) -> None:
    """To the same question of the next or the previous one."""
    pane, question = marking.pane, marking.current()
    if pane is None or question is None or marking.stack.currentIndex() == 1:
        return
    code, instance = parted(question.code)
    held = [one.id.hex() for one in pane.instances.get(question.repeat, ())]
    if instance not in held:
        return
    at = held.index(instance) + by
    asked = {q.code for q in pane.asked}
    if 0 <= at < len(held):
        place = f"{code}/{held[at]}"
        first = next((q.code for q in pane.asked if parted(q.code)[1] == held[at]), "")
        marking.go_to(place if place in asked else first)
