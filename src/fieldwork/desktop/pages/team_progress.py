"""How far taking packages in has come, in words and as a bar, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from fieldwork.desktop.jobs import Job
from fieldwork.desktop.kit import Button, Progress, Text, col, row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, READING

STEPS = (READING, CHECKING, APPLYING, COMMITTING)
SHARES = (0.0, 0.25, 0.3, 0.95, 1.0)  # of the whole, where each step begins
WHOLE = 1000


class Underway(Box):
    """Seen while a merge or a look at one runs. `follow` its job; `stop` while it can still be stopped."""

    def __init__(self, button: Callable[..., Button], renewed: Callable[[], object]) -> None:
        super().__init__(space=6)
        self._renewed = renewed
        self._job: Job | None = None
        self.dry = False
        self.step = Text("", "small", "quiet", wrap=True)
        self.bar = Progress(name="How far it has come")
        self.stop_button = button("team.stop")
        self.add(row((col(self.step, self.bar, space=6), 1), self.stop_button, space=16))
        self.hide()

    def follow(self, job: Job, dry: bool) -> None:
        """dry: nothing would be changed by what runs."""
        self._job, self.dry = job, dry
        job.finished.connect(lambda: self._ended(job))
        self._tell(0, "Starting\u2026")
        self.stop_button.show()
        self.show()
        self._renewed()

    def heard(self, phase: str, done: int, of: int) -> None:
        """One report of the job."""
        if phase not in STEPS or self._job is None:
            return
        at = STEPS.index(phase)
        share = done / of if of else 0.0
        whole = SHARES[at] + (SHARES[at + 1] - SHARES[at]) * share
        self._tell(round(whole * WHOLE), f"Step {at + 1} of {len(STEPS)}: {self._words(phase, done, of)}")
        if phase == COMMITTING:
            self.stop_button.hide()
            self._renewed()

    def _words(self, phase: str, done: int, of: int) -> str:
        if phase == READING:
            return f"reading, {done:,} of {words.counted(of, 'package')} read and their signatures checked"
        if phase == CHECKING:
            return "checking what builds on what"
        if phase == APPLYING:
            verb = "working out" if self.dry else "taking in"
            return f"{verb}, {done:,} of {of:,} changes"
        return "writing; it can no longer be stopped"

    def can_stop(self) -> bool:
        return self._job is not None and not self._job.stopping() and not self.stop_button.isHidden()

    def stop(self) -> None:
        if self._job is not None and self.can_stop():
            self._job.cancel()
            self.stop_button.hide()
            self._tell(0, "Stopping\u2026")
            self._renewed()

    def _tell(self, whole: int, sentence: str) -> None:
        self.step.setText(sentence)
        self.bar.set(whole, WHOLE)

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.hide()
            self._renewed()
