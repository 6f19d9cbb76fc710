"""Results of the questions asked, counted once a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fieldwork.analysis.intervals import Share
from fieldwork.analysis.scores import (
    ChoiceResult,
    QuestionResult,
    Score,
    choice_result,
    question_result,
    section_score,
)
from fieldwork.domain.question_set import Question
from fieldwork.domain.records import Phase, Stratum, Visit
from fieldwork.domain.values import Id
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.counting import (
    DIFFER,
    Asked,
    FileAnswers,
    agreed_answer,
    counted_examinations,
    file_answers,
    of_each,
)
from fieldwork.work.standing_for import SEVERAL, Sample, Standing

BY = ("body", "stratum", "unit", "phase", "flag")
FLAGS: Final = "A03"
"""The question whose answers are a file's flags."""
NONE: Final = "(none)"
POINTS: Final = "points are no share of files"


@dataclass(frozen=True)
class Counted:
    """One question's result in one group of files.

    differing: files examined twice whose examiners do not agree yet; they stand outside the counts.
    older: the version of the question set it comes from, where the one in use no longer asks it.
    """

    question: Question
    met: QuestionResult | None
    choice: ChoiceResult | None
    differing: int
    older: str = ""

    @property
    def wording(self) -> str:
        """The question's words, and that it is of an older version where it is."""
        return f"{self.question.label}{f' (only in version {self.older})' if self.older else ''}"

    @property
    def outside(self) -> dict[str, int]:
        """Answers given that are not among its choices: how many files by code."""
        if self.met is not None:
            return dict(self.met.outside)
        return {code: part.count for code, part in self.choice.outside.items()} if self.choice else {}


@dataclass(frozen=True)
class Results:
    """All questions and sections of a group of finished files. files: how many."""

    group: str
    files: int
    questions: tuple[Counted, ...]
    scores: Mapping[str, Score]  # by section code
    labels: Mapping[str, str]  # of the sections, by code


def results(workspace: Workspace, *, visit: Id | None = None, by: str = "") -> list[Results]:
    """Results of all finished examinations: in one group, or one a body, stratum, unit ...

    Files are counted as `counting.file_answers` says. Shares carry an interval where the files of the group
    were drawn at random, one stratum or several in the same proportion; else they say why not.
    """
    asked, files = file_answers(workspace, visit)
    everywhere = counted_examinations(workspace)[0] if visit else ()
    counted = {e.case_file for e in everywhere if e.case_file} or {one.file.id for one in files}
    sample = Sample(workspace, counted)
    if not by:
        return [_counted("all files", asked, files, sample)]
    groups_of = grouping(workspace, by)
    groups: dict[str, list[FileAnswers]] = {}
    for file in files:
        for name in groups_of(file):
            groups.setdefault(name, []).append(file)
    return [_counted(name, asked, some, sample) for name, some in sorted(groups.items())]


def of_section(some: Sequence[Results], section: str) -> list[Results]:
    """These results with the questions of one section alone; with all where none is named."""
    if not section:
        return list(some)
    return [
        replace(
            group,
            questions=tuple(one for one in group.questions if one.question.section == section),
            scores={code: score for code, score in group.scores.items() if code == section},
        )
        for group in some
    ]


def grouping(workspace: Workspace, by: str) -> Callable[[FileAnswers], Sequence[str]]:
    """What says in which groups a file stands."""
    strata = {stratum.id: stratum.name for stratum in records(workspace, Stratum)}
    phases = {phase.id: phase.name for phase in records(workspace, Phase)}
    visits = {visit.id: phases.get(visit.phase or b"") for visit in records(workspace, Visit)}

    def groups(examined: FileAnswers) -> Sequence[str]:
        file = examined.file
        if by == "stratum":
            return [strata.get(file.stratum or b"", NONE)]
        if by == "body":
            return [code for code in (file.force, file.area) if code] or [NONE]
        if by == "unit":
            return [file.unit or NONE]
        if by == "flag":
            return _flags(examined)
        if by == "phase":
            return [visits.get(file.visit or b"") or NONE]
        return []

    return groups


def _flags(file: FileAnswers) -> Sequence[str]:
    """The flags its examiners agree on."""
    given = agreed_answer(file, FLAGS)
    if given == DIFFER:
        return [DIFFER]
    return given if isinstance(given, tuple) else [NONE]


def _counted(group: str, asked: Asked, files: Sequence[FileAnswers], sample: Sample) -> Results:
    standing = sample.standing([file.file.id for file in files])
    counted = tuple(_question(question, older, files, standing) for question, older in asked.questions)
    scores = {
        section: section_score(
            (c.met for c in counted if c.met is not None and c.question.section == section), standing.because
        )
        for section in asked.sections
    }
    return Results(group, len(files), counted, scores, asked.sections)


def _question(question: Question, older: str, files: Sequence[FileAnswers], standing: Standing) -> Counted:
    if question.repeat:
        agreed = [answer for file in files for answer in of_each(file, question)]
    else:
        agreed = [agreed_answer(file, question.code) for file in files]
    answers = [given for given in agreed if given != DIFFER]
    differing = len(agreed) - len(answers)
    sure = Standing(because=standing.because or SEVERAL) if question.repeat else standing
    if question.scored:
        single = [" ".join(given) if isinstance(given, tuple) else given for given in answers]
        met = question_result(
            single, at_random=sure.at_random, population=sure.population, because=sure.because
        )
        return Counted(question, met, None, differing, older)
    choices = [choice.code for choice in question.choices]
    chosen = choice_result(
        answers, choices, at_random=sure.at_random, population=sure.population, because=sure.because
    )
    return Counted(question, None, chosen, differing, older)


def result_rows(some: Sequence[Results]) -> tuple[list[str], list[list[str]]]:
    """Results as a table, one row a question (and a choice): heads and rows, for CSV and XLSX."""
    heads = [
        "group", "section", "question", "wording", "choice", "fully met", "partially met", "not met", "n",
        "not applicable", "not known", "not asked", "unanswered", "examiners differ", "count",
        "share of n (%)", "low (%)", "high (%)", "no interval because",
    ]  # fmt: skip
    rows: list[list[str]] = []
    for group in some:
        for counted in group.questions:
            rows += _rows(group.group, counted)
        for code, score in group.scores.items():
            if not score.n:
                continue
            row = [""] * len(heads)
            row[0], row[1], row[2], row[3] = group.group, code, f"section {code}", group.labels[code]
            points = f"{score.points} of {score.possible}"
            percent = _percent(score.percent)
            row[8], row[14], row[15], row[18] = str(score.n), points, percent, score.because or POINTS
            rows.append(row)
    return heads, rows


def _rows(group: str, counted: Counted) -> list[list[str]]:
    q = counted.question
    start = [group, q.section, q.code, counted.wording]
    if counted.met is not None:
        met = counted.met
        numbers = [met.fully_met, met.partially_met, met.not_met, met.n, met.not_applicable, met.not_known,
                   met.not_asked, met.unanswered, counted.differing]  # fmt: skip
        gone = [
            [*start, _gone(code), *[""] * 9, str(count), "", "", "", ""]
            for code, count in met.outside.items()
        ]
        on_scale = [
            [*start, code, *(str(number) for number in numbers), str(part.count), *_share(part)]
            for code, part in met.shares.items()
        ]
        return [*on_scale, *gone]
    choice = counted.choice
    assert choice is not None
    labels = {code: _choice_words(q, code) for code in choice.shares} | {
        code: _gone(code) for code in choice.outside
    }
    return [
        [*start, labels[code], "", "", "", str(choice.n), "", "", str(choice.not_asked),
         str(choice.unanswered), str(counted.differing), str(part.count), *_share(part)]
        for code, part in (*choice.shares.items(), *choice.outside.items())
    ]  # fmt: skip


def _share(part: Share) -> list[str]:
    """A share in per cent, blank where counts alone may be told, the bounds of its interval, why there is none."""
    interval = part.interval
    bounds = [_percent(interval.low * 100), _percent(interval.high * 100)] if interval else ["", ""]
    return [_percent(part.percent), *bounds, part.without]


def _choice_words(question: Question, code: str) -> str:
    choice = question.choice(code)
    return f"{code} {choice.label if choice else ''}".strip()


def _gone(code: str) -> str:
    return f"no longer a choice: {code}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
