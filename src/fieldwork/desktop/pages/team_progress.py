"""How far long work on the team's packages has come, in words and as a bar, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldwork.desktop.jobs import Job
from fieldwork.desktop.kit import Button, Progress, Text, col, row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, ENTERING, FETCHING, READING, SENDING

WHOLE = 1000


@dataclass(frozen=True)
class Step:
    """A phase in words. ends: the share of the whole at its end. final: once begun it cannot be stopped."""

    phase: str
    ends: float
    words: Callable[[int, int], str]
    final: bool = False


def _steps(verb: str, noun: str) -> tuple[Step, ...]:
    return (
        Step(CHECKING, 0.3, lambda done, of: "checking what builds on what"),
        Step(APPLYING, 0.95, lambda done, of: f"{verb}, {done:,} of {of:,} {noun}"),
        Step(COMMITTING, 1.0, lambda done, of: "writing; it can no longer be stopped", True),
    )


_READ = Step(
    READING,
    0.25,
    lambda done, of: f"reading, {done:,} of {words.counted(of, 'package')} read and their signatures checked",
)
_ENTER = Step(ENTERING, 0.1, lambda done, of: "entering the hub")
LOOKING = (_READ, *_steps("working out", "changes"))
MERGING = (_READ, *_steps("taking in", "changes"))
TAKING_BACK = _steps("putting aside", "acts")
HUB_LOOKING = (_ENTER,)
HUB = (
    _ENTER,
    Step(FETCHING, 0.7, lambda done, of: f"fetching, {done:,} of {of:,} acts taken in"),
    Step(SENDING, 1.0, lambda done, of: f"sending, {done:,} of {of:,} acts sent"),
)


class Underway(Box):
    """Seen while long work runs. `follow` its job; `stop` while it can still be stopped."""

    def __init__(self, button: Callable[..., Button], renewed: Callable[[], object]) -> None:
        super().__init__(space=6)
        self._renewed = renewed
        self._job: Job | None = None
        self._steps: Sequence[Step] = ()
        self.step = Text("", "small", "quiet", wrap=True)
        self.bar = Progress(name="How far it has come")
        self.stop_button = button("team.stop")
        self.add(row((col(self.step, self.bar, space=6), 1), self.stop_button, space=16))
        self.hide()

    def follow(self, job: Job, steps: Sequence[Step]) -> None:
        """steps: the phases the job may tell of, in order."""
        self._job, self._steps = job, steps
        job.finished.connect(lambda: self._ended(job))
        self._tell(0, "Starting\u2026")
        self.stop_button.show()
        self.show()
        self._renewed()

    def heard(self, phase: str, done: int, of: int) -> None:
        """One report of the job."""
        at = next((i for i, step in enumerate(self._steps) if step.phase == phase), -1)
        if at < 0 or self._job is None:
            return
        step, before = self._steps[at], self._steps[at - 1].ends if at else 0.0
        whole = before + (step.ends - before) * (done / of if of else 0.0)
        number = f"Step {at + 1} of {len(self._steps)}: " if len(self._steps) > 1 else ""
        sentence = step.words(done, of)
        self._tell(
            round(whole * WHOLE), number + (sentence if number else sentence[:1].upper() + sentence[1:])
        )
        if step.final:
            self.stop_button.hide()
            self._renewed()

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
