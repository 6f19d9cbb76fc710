"""Putting the answer one is at behind a point of the visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.marking_panels import ListPanel
from fieldwork.domain.values import Id
from fieldwork.work import findings, pinning

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

NONE_YET = "There is no point yet: points are written on the page of the visit."
SEALED = "This file is marked unseen by your colleague: its answers can be pinned once both have finished."


def ask_point(marking: MarkingPane) -> None:
    """List the points of the visit; Enter on one pins the answer to it."""
    pane = marking.pane
    if pane is None or not marking.here or marking.stack.currentIndex() == 1:
        return
    held = pane.answer(marking.here)
    if pane.examination.sealing is not None:
        marking.question.show_news(SEALED)
    elif held is None or not (held.value or held.comment):
        marking.question.show_news("Answer the question first; it is the answer that is pinned.")
    else:
        marking.hand_over()
        panel = ListPanel(
            f"Pin {pane.called(marking.here)} to a point", [], "pin", "Reading the points \u2026"
        )
        panel.opened.connect(lambda finding: _pin(marking, panel, held.id, finding))
        marking.extras.put(panel)
        marking.desk.ask(pinning.points_in_words, pane.file.id, then=lambda some: _fill(marking, panel, some))


def _fill(marking: MarkingPane, panel: ListPanel, some: Sequence[tuple[Id, str, str]]) -> None:
    if marking.extras.panel is panel:
        panel.fill([Row(text, trail=kind, ident=id) for id, text, kind in some], NONE_YET)
        marking.area.ensureWidgetVisible(panel)


def _pin(marking: MarkingPane, panel: ListPanel, answer: Id, finding: Id) -> None:
    sentence = next(row.title for row in panel.list.rows if row.ident == finding)
    code = marking.here
    called = marking.pane.called(code) if marking.pane else code
    marking.extras.close()

    def said(_: object) -> None:
        if marking.here == code:
            words = f"{called} is pinned to \u201c{sentence}\u201d. Ctrl Z takes it back."
            marking.question.show_news(words)
            marking.say(words)

    marking.desk.act(findings.pin, finding=finding, evidence=answer, then=said)
