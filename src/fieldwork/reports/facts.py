"""What a report is composed from: plain values, gathered elsewhere and counted before they come here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fieldwork.analysis.scores import Score
from fieldwork.reports.document import ChainHead


@dataclass(frozen=True)
class Cover:
    """What stands on every report. date comes from the data: the last change the figures stand on."""

    inspection: str
    marking: str
    reference: str
    author: str
    date: datetime
    heads: tuple[ChainHead, ...]


@dataclass(frozen=True)
class PointFacts:
    """An emerging point: its kind and text, evidence counted by method, references for the working copy."""

    kind: str
    text: str
    methods: tuple[tuple[str, int], ...]
    bodies: tuple[str, ...]
    against: int
    supported: bool
    references: tuple[tuple[str, str], ...]  # printed reference, record id


@dataclass(frozen=True)
class SessionCount:
    """Sessions of one method: planned before the visit, held, of these unplanned and remote, cancelled."""

    method: str
    planned: int
    held: int
    unplanned: int
    remote: int
    cancelled: int
    people: int
    lines: int


@dataclass(frozen=True)
class StratumCount:
    """Case files of one stratum: target if set, in the sample, examined, being examined, examined twice."""

    name: str
    target: int | None
    files: int
    examined: int
    open: int
    twice: int


@dataclass(frozen=True)
class MetRow:
    """One question on the met scale: counts, n = fully + partially + not met, and what stands outside n.

    outside: codes given that are not on the scale, with the number of files.
    """

    code: str
    wording: str
    fully: int
    partially: int
    not_met: int
    not_applicable: int
    not_known: int
    not_asked: int
    differing: int
    outside: tuple[tuple[str, int], ...] = ()

    @property
    def n(self) -> int:
        return self.fully + self.partially + self.not_met


@dataclass(frozen=True)
class ChoiceRow:
    """A question with choices: every answer given, with how many of the n files that answered chose it.

    outside: codes given that are not among its choices, counted in the same way.
    """

    code: str
    wording: str
    answers: tuple[tuple[str, int], ...]
    n: int
    not_asked: int
    differing: int
    outside: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SectionFacts:
    """A section of the question set: its score, and its questions."""

    code: str
    label: str
    score: Score
    met: tuple[MetRow, ...]
    choices: tuple[ChoiceRow, ...]


@dataclass(frozen=True)
class VisitFacts:
    """Everything a visit summary says."""

    cover: Cover
    title: str
    bodies: tuple[str, ...]
    days: str
    achieved: str
    points: tuple[PointFacts, ...]
    sessions: tuple[SessionCount, ...]
    strata: tuple[StratumCount, ...]
    files_examined: int
    sections: tuple[SectionFacts, ...]
    open_conflicts: int


@dataclass(frozen=True)
class LineFacts:
    """A note line: time of the first keystroke, who spoke, kind in words, text, themes, nods."""

    time: str
    speaker: str
    kind: str
    text: str
    themes: str
    nods: int | None
    author: str


@dataclass(frozen=True)
class InterviewFacts:
    """A session's record."""

    cover: Cover
    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True)
class AnswerFacts:
    """One answered question of a file."""

    code: str
    wording: str
    answer: str
    reason: str
    comment: str


@dataclass(frozen=True)
class FileFacts:
    """One examination of a case file, section by section."""

    cover: Cover
    file: str
    facts: tuple[tuple[str, str], ...]
    sections: Mapping[str, tuple[AnswerFacts, ...]]


@dataclass(frozen=True)
class ResultsFacts:
    """Question results of all finished files."""

    cover: Cover
    files: int
    sections: tuple[SectionFacts, ...]
