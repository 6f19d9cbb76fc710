"""Merging again what a merge that was taken back has left here, without its package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_merging import Taking
from fieldwork.work import apart
from fieldwork.work.handing import Preview


class Again(Taking):
    """As packages are taken in, but for the question where they are: a look at once, then the same as done."""

    title = "Merge what was taken back"
    begins = "It waits on this laptop; its package is not needed."
    noun = "Merge"
    stopped_words = "Stopped. Nothing was changed; what was taken back still waits here."

    def _recall(self) -> None:
        for asking in (self.label, self.path, self.browse_button):
            asking.hide()

    def start(self) -> None:
        super().start()
        self.look_at()

    def places(self) -> tuple[Path | str, ...]:
        return (self.title,)

    def _look_act(self) -> Callable[..., Preview]:
        return apart.preview_put_aside

    def _look_given(self) -> tuple[object, ...]:
        return ()

    def _take_act(self) -> Callable[..., Preview]:
        return apart.take_put_aside

    def _take_given(self) -> tuple[object, ...]:
        return ()

    def looked(self, preview: Preview, wanted: bool) -> None:
        """No folder is to be remembered."""

    def _failed(self, error: BaseException) -> None:
        super()._failed(error)
        self._say(sentence_for(error), "danger")
        self.leave.setFocus()

    def taking_words(self) -> str:
        return "It is being merged again. You can go on working."

    def go_words(self, standing: bool) -> str:
        return "Merge it again" if standing else "Look at it"

    def report(self) -> str:
        if self.preview is None:
            return ""
        waiting = self.preview.total("conflicting")
        came = f"{self.preview.total('new'):,} new and {words.counted(self.preview.total('changed'), 'changed value')}"
        return f"Merged again: {came}, {words.number(waiting) if waiting else 'nothing'} to decide."

    def _tell_found(self, preview: Preview, count: int) -> None:
        if self.finished:
            self._say(self.report())
            self.head.set("Merged again", f"at {self._now():%H:%M:%S}", back="Team")
            return
        entries = sum(outcome.entries for outcome in preview.merged.outcomes)
        sub = f"{words.counted(entries, 'act').capitalize()} put aside, read and checked."
        self.head.set(self.title, f"{sub} Nothing has been changed yet.", back="Team")
        self.said.hide()

    def take_focus(self) -> None:
        if self.finished or not self.can_take():
            super().take_focus() if self.finished else self.leave.setFocus()
        else:
            self.go.setFocus()
