"""What a key opens in place on the marking pane, one at a time: go to, rest, theme, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldwork.desktop.pages.marking_dates import DatesPanel
from fieldwork.desktop.pages.marking_pairs import not_asked
from fieldwork.desktop.pages.marking_panels import GoPanel, ListPanel, PromptPanel, RestPanel, ThemePanel
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.work import examining, file_view, themes
from fieldwork.work.examining import Pane, answer_id

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

Panel = PromptPanel | ListPanel | DatesPanel
DIRECTION_OF = {"FM": "strength", "PM": "concern", "NM": "concern"}


class Extras:
    """The panels of one marking pane."""

    def __init__(self, marking: MarkingPane) -> None:
        self._marking = marking
        self.panel: Panel | None = None
        self._recent: list[bytes] = []

    def put(self, panel: Panel) -> None:
        """Open a panel below the answers, with the keyboard."""
        self.close(back=False)
        self.panel = panel
        self._marking.question.slot.add(panel)
        self._marking.question.slot.show()
        panel.closed.connect(self.close)
        panel.show()
        self._marking.area.ensureWidgetVisible(panel)
        panel.take_focus()

    def close(self, back: bool = True) -> None:
        """Take the panel away; back: the keyboard goes to the question."""
        panel, self.panel = self.panel, None
        if panel is None:
            return
        if isinstance(panel, ThemePanel):
            panel.drop()
        self._marking.question.slot.clear()
        self._marking.question.slot.hide()
        if back:
            self._marking.question.take_focus()

    def comment(self) -> None:
        if self._pane() is not None:
            self._marking.question.open_comment()

    def note(self) -> None:
        if self._pane() is not None:
            self._marking.notes.write(self.put)

    def go(self) -> None:
        if self._marking.stack.currentIndex() == 1:
            self._marking.finishing.leave()
        pane = self._pane()
        question = self._marking.current()
        if pane is None:
            return
        section, here = (question.section, question.code) if question else ("", "")
        panel = GoPanel(pane.asked, pane.dormant, section, not_asked(pane), here, pane.number)
        panel.chosen.connect(self._gone)
        self.put(panel)

    def _gone(self, code: str) -> None:
        self.close(back=False)
        self._marking.go_to(code)

    # Rest of the section

    def rest(self) -> None:
        pane, question = self._pane(), self._marking.current()
        if pane is None or question is None:
            return
        self._marking.hand_over()
        instance = parted(question.code)[1]
        open_codes = list(examining.rest_of(pane, question.section, "", instance))
        if not open_codes:
            self._marking.question.show_news("Nothing in this section is open that could be not applicable.")
            return
        panel = RestPanel(
            pane.instance_called(question.code) or question.section,
            [pane.called(code) for code in open_codes],
        )
        panel.given.connect(lambda reason: self._give_rest(question.section, instance, reason))
        self.put(panel)

    def _give_rest(self, section: str, instance: str, reason: str) -> None:
        marking, pane = self._marking, self._pane()
        if pane is None:
            return
        for code, fields in examining.rest_of(pane, section, reason, instance).items():
            marking.revise(code, **fields)
        self.close(back=False)
        file = pane.file.id

        def otherwise(error: BaseException) -> None:
            marking.desk.tell(error)
            marking.refresh()

        marking.desk.act(
            file_view.store_rest,
            file=file,
            section=section,
            reason=reason,
            instance=instance,
            seen=marking.saving.seen,
            otherwise=otherwise,
        )
        marking.next_unanswered()

    # Theme

    def theme(self) -> None:
        pane, view, question = self._pane(), self._marking.view, self._marking.current()
        if pane is None or view is None or question is None:
            return
        held = pane.answer(question.code)
        if held is None or not (held.value or held.comment):
            self._marking.question.show_news("Answer the question first; the theme goes on the answer.")
            return
        self._marking.hand_over()
        direction = DIRECTION_OF.get(held.value, "neutral") if question.scored else "neutral"
        panel = ThemePanel(view.themes, direction, self._marking.window(), self._recent)
        panel.chosen.connect(self._put_theme)
        self.put(panel)

    def _put_theme(self, theme: Theme, direction: str) -> None:
        pane, marking = self._pane(), self._marking
        if pane is None:
            return
        self._recent = [theme.id, *(id for id in self._recent if id != theme.id)][:9]
        target = answer_id(pane.examination.id, marking.here)
        self.close()
        marking.desk.act(themes.tag, target=target, theme=theme.id, direction=direction)

    def record_here(self) -> Id | None:
        """The answer one is at; where there is none yet, the examination, whose header is shown then."""
        pane = self._pane()
        if pane is None:
            return None
        self._marking.hand_over()
        held = pane.answer(self._marking.here) if self._marking.here else None
        return held.id if held is not None else pane.examination.id

    def _pane(self) -> Pane | None:
        """The pane, while a question is shown."""
        return self._marking.pane if self._marking.stack.currentIndex() == 0 else None
