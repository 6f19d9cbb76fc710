"""What the form itself says around a question: its notes, what it calculates, what it fills in, its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldwork.desktop import resuming
from fieldwork.desktop.kit import Box, Text
from fieldwork.desktop.pages import marking_words as words
from fieldwork.domain.question_set import Question, needs_reason
from fieldwork.work import examining
from fieldwork.work.examining import Pane

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

PRESET = "Filled in by the form. Enter keeps it; another answer takes its place."
FIXED = "Shown only: this cannot be changed here."


class FormWords(Box):
    """Notes and calculated values above the question they precede."""

    def __init__(self) -> None:
        super().__init__(space=6, margins=(32, 14, 32, 0))
        self.lines: list[str] = []

    def show_before(self, pane: Pane, question: Question) -> None:
        """What the form says before this question; after the last one, what it says at its end too."""
        self.clear()
        self.lines = []
        for said, quiet in said_before(pane, question):
            self.add(Text(said, "caption" if quiet else "body", "quiet" if quiet else "text", wrap=True))
            self.lines.append(said)
        self.setVisible(bool(self.lines))

    def shape(self, narrow: bool, short: bool) -> None:
        side = 20 if narrow or short else 32
        self.spaced.margins = (side, 8 if short else 14, side, 0)
        self.spaced.apply()


def said_before(pane: Pane, question: Question) -> list[tuple[str, bool]]:
    """Each note and calculated value before a question, as words, and whether it is to be shown quietly."""
    asked = [q.code for q in pane.asked]
    told, shown = set(pane.applied.asked), set(asked)
    found: list[tuple[str, bool]] = []
    here = False
    for one in pane.sequence:
        if one.code in shown:
            if here:
                return found
            here = one.code == question.code
            if not here:
                found = []
            elif one.code != asked[-1]:
                return found
        elif one.kind == "note" and one.code in told:
            found += [(pane.filled(one, one.label), False)]
        elif one.label and one.code in pane.applied.calculated:
            value = pane.applied.calculated[one.code]
            if value is not None and value != "":
                found.append((f"{pane.filled(one, one.label)}: {value}", True))
    return found


def keep_preset(marking: MarkingPane, question: Question) -> bool:
    """Make what the form filled in the person's answer, now that they go on from it; whether to go on."""
    assert marking.pane is not None
    value = examining.default_of(marking.pane, question)
    if not value:
        return True
    marking.store_value(question.code, value)
    if needs_reason(question, value):
        marking.show_around()
        marking.question.open_reason()
        return False
    return True


def next_language(marking: MarkingPane) -> None:
    """Put the questions in the next of their languages, and keep that on this laptop."""
    if marking.view is None:
        return
    languages = marking.view.pane.questions.languages
    if len(languages) < 2:
        marking.question.show_news("These questions are written in one language.")
        return
    now = marking.language or marking.view.pane.questions.default_language
    at = languages.index(now) if now in languages else -1
    language = languages[(at + 1) % len(languages)]
    speak(marking, language)
    marking.say(f"Questions in {language}")
    key = _key(marking)
    if key:
        marking.desk.lanes.start("settings", lambda _: resuming.remember(key, "language", [language]))


def speak(marking: MarkingPane, language: str) -> None:
    """Show the questions in a language, where they have it."""
    marking.language = language
    if marking.view is None or marking.pane is None:
        return
    marking.hand_over()
    marking.pane = examining.spoken(marking.pane, language, marking.view.pane.questions)
    marking.show_question(marking.here)
    if marking.stack.currentIndex() == 0:
        marking.question.take_focus()


def recall_language(marking: MarkingPane) -> None:
    """Go on in the language this laptop was left in."""
    key = _key(marking)
    if key:
        marking.desk.ask(
            lambda _: resuming.recall(key, "language"),
            then=lambda kept: speak(marking, kept[0]) if kept else None,
        )


def _key(marking: MarkingPane) -> str:
    inspection = getattr(marking.desk.workspace, "inspection", None)
    return inspection.hex() if isinstance(inspection, bytes) else ""


def language_words(pane: Pane, marking_language: str) -> str:
    """The language on show, where there is more than one."""
    languages = pane.questions.languages
    return (marking_language or pane.questions.default_language) if len(languages) > 1 else ""


def fixed_words(pane: Pane, question: Question) -> str:
    """What stands at a question that is shown only."""
    held = pane.answer(question.code)
    value = held.value if held else examining.default_of(pane, question)
    return words.in_words(question, value) or "No answer."
