"""Results of questions and sections, counted from answers. Numbers in, numbers out.

Not asked (the condition was false), not applicable and not known are three different things, and an answer
still missing is a fourth. Only fully, partially and not met are in the denominator. A section's score is all
its points over all possible points, not a mean of its questions' scores.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fieldwork.analysis.intervals import BY_HAND, Share, rounded_percent, share
from fieldwork.domain.question_set import MET_CODES, MET_POINTS

NOT_ASKED: Final = "not asked"
"""Stands for the answer of a file in which the question does not apply. None stands for a missing answer."""
_MOST_POINTS = max(MET_POINTS.values())


@dataclass(frozen=True)
class Score:
    """Points reached out of the points possible, with the number of answers that carry them.

    because: why its files say nothing of others, so that its points are told and no percentage of them.
    """

    points: int
    possible: int
    n: int
    because: str = ""

    @property
    def percent(self) -> float | None:
        """In per cent, rounded half up to one decimal from the points; None without answers or where not to be told."""
        return None if self.because else rounded_percent(self.points, self.possible)

    @property
    def words(self) -> str:
        """What screen and paper say of it: "65% of the points, n 10", or the points alone."""
        if not self.n:
            return "no points"
        told = f"{self.points} of {self.possible}" if self.percent is None else f"{self.percent:.0f}% of the"
        return f"{told} points, n {self.n}"

    def __str__(self) -> str:
        if not self.n:
            return "no answers (n = 0)"
        return self.words if self.percent is None else f"{self.percent:.1f}% (n = {self.n})"


@dataclass(frozen=True)
class QuestionResult:
    """How a scored question was answered. `n` counts fully, partially and not met only."""

    fully_met: int
    partially_met: int
    not_met: int
    not_applicable: int
    not_known: int
    not_asked: int
    unanswered: int
    shares: Mapping[str, Share]
    """Of FM, PM and NM out of n, with their intervals where the files were drawn at random."""
    outside: Mapping[str, int] = field(default_factory=dict)
    """Answers that are not on the scale, by code; they stand outside n."""

    @property
    def n(self) -> int:
        """The denominator."""
        return self.fully_met + self.partially_met + self.not_met

    @property
    def fully_met_share(self) -> Share:
        """The share of n that is printed where there is room for one."""
        return self.shares["FM"]

    @property
    def score(self) -> Score:
        """Points 2, 1, 0 out of 2 for each answer in n."""
        points = MET_POINTS["FM"] * self.fully_met + MET_POINTS["PM"] * self.partially_met
        return Score(points, _MOST_POINTS * self.n, self.n)


@dataclass(frozen=True)
class ChoiceResult:
    """How a question with choices (yes/no, one of several, several) was answered, over `n` files answered."""

    shares: Mapping[str, Share]
    """Choice code to its share of the n files; with several choices a file counts in each it chose."""
    n: int
    not_asked: int
    unanswered: int
    outside: Mapping[str, Share] = field(default_factory=dict)
    """Codes given that are not among the choices (any more), in the same way out of n."""


def question_result(
    answers: Iterable[str | None],
    *,
    at_random: bool = True,
    population: float | None = None,
    because: str = BY_HAND,
) -> QuestionResult:
    """The result of a question on the met scale, from one answer a file (code, NOT_ASKED or None).

    `population` is the number of files the sample was drawn from, if known; it narrows the interval.
    `because` says why there is no interval where `at_random` is False.
    A code that is not on the scale is kept apart. Raises ValueError on a population smaller than the sample.
    """
    counts = Counter(NOT_ASKED if answer == NOT_ASKED else answer or None for answer in answers)
    strange = sorted(code for code in counts if code is not None and code not in (*MET_CODES, NOT_ASKED))
    n = counts["FM"] + counts["PM"] + counts["NM"]
    return QuestionResult(
        fully_met=counts["FM"],
        partially_met=counts["PM"],
        not_met=counts["NM"],
        not_applicable=counts["NA"],
        not_known=counts["NK"],
        not_asked=counts[NOT_ASKED],
        unanswered=counts[None],
        shares={
            code: share(
                *(counts[code], n),
                at_random=at_random,
                population=population,
                drawn=counts.total(),
                because=because,
            )
            for code in MET_POINTS
        },
        outside={code: counts[code] for code in strange},
    )


def section_score(results: Iterable[QuestionResult], because: str = "") -> Score:
    """All points of a section's questions over all possible points; because: as of `Score`."""
    scores = [result.score for result in results]
    return Score(
        points=sum(score.points for score in scores),
        possible=sum(score.possible for score in scores),
        n=sum(score.n for score in scores),
        because=because,
    )


def choice_result(
    answers: Iterable[str | Sequence[str] | None],
    codes: Sequence[str],
    *,
    at_random: bool = True,
    population: float | None = None,
    because: str = BY_HAND,
) -> ChoiceResult:
    """The result of a question with choices, from one answer a file: a code, several, NOT_ASKED or None.

    `codes` are the question's choices in order. A code that is not among them is kept apart; the file that
    gave it has answered all the same.
    """
    counts: Counter[str] = Counter()
    n = not_asked = unanswered = 0
    for answer in answers:
        if answer == NOT_ASKED:
            not_asked += 1
        elif not answer:
            unanswered += 1
        else:
            n += 1
            counts.update({answer} if isinstance(answer, str) else set(answer))

    def shares(some: Iterable[str]) -> dict[str, Share]:
        drawn = n + not_asked + unanswered
        return {
            code: share(
                *(counts[code], n), at_random=at_random, population=population, drawn=drawn, because=because
            )
            for code in some
        }

    return ChoiceResult(shares(codes), n, not_asked, unanswered, shares(sorted(set(counts) - set(codes))))
