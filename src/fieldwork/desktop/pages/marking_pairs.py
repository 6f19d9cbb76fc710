"""The marking pane on a file of a blind pair: how it stands, what is not asked of this examiner, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldwork.desktop.pages.pair_words import after_finishing, standing_words
from fieldwork.work import pairs
from fieldwork.work.examining import Pane
from fieldwork.work.pairs import Standing

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane


def tell_standing(marking: MarkingPane) -> None:
    """Say on the head of the file how it stands, where a pair marks it."""
    pane = marking.pane
    if pane is None or pane.share is None:
        return
    file = pane.file.id

    def told(one: Standing | None) -> None:
        if one is not None and marking.pane is not None and marking.pane.file.id == file:
            marking.head.show_pair(standing_words(one))

    marking.desk.ask(pairs.standing, file, then=told)


def tell_finished(marking: MarkingPane, title: str) -> None:
    """After finishing one's own part: what happens next."""
    pane = marking.pane
    if pane is None or pane.share is None:
        return
    file = pane.file.id

    def told(one: Standing | None) -> None:
        if one is not None and marking.pane is not None and marking.pane.file.id == file:
            marking.finish_panel.sub.setText(after_finishing(one))
            marking.say(f"{title}. {after_finishing(one)}")

    marking.desk.ask(pairs.standing, file, then=told)


def not_asked(pane: Pane) -> dict[str, str]:
    """By question code why it is not asked of this examiner of a pair."""
    share = pane.share
    if share is None:
        return {}
    return {q.code: share.why_not(q) for q in pane.questions.answerable if not share.asks(q.code)}
