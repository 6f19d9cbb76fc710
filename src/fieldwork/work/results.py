"""Results of the questions asked, counted once a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from fieldwork.analysis.intervals import Share
from fieldwork.analysis.scores import (
    NOT_ASKED,
    ChoiceResult,
    QuestionResult,
    Score,
    choice_result,
    question_result,
    section_score,
)
from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question, QuestionSet
from fieldwork.domain.records import CaseFile, Examination, Phase, QuestionSetVersion, Stratum, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.questions.carried import NamesNow, names_now
from fieldwork.questions.repeating import parted
from fieldwork.store.drawn import places
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import with_agreed
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.examining import Pane, panes_of, question_set
from fieldwork.work.joint import closed_examinations
from fieldwork.work.reconciling import as_one
from fieldwork.work.sampling import REPLACED

BY = ("body", "stratum", "unit", "phase", "flag")
FLAGS: Final = "A03"
"""The question whose answers are a file's flags."""
NONE: Final = "(none)"
DIFFER: Final = "(examiners differ)"

Answer = tuple[str, ...] | str | None
"""One examiner's answer to one question: its codes, NOT_ASKED, or None where it is blank."""


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


@dataclass(frozen=True)
class _File:
    """A case file with what each of its examinations answered, by question code."""

    file: CaseFile
    given: tuple[Mapping[str, Answer], ...]


@dataclass(frozen=True)
class _Asked:
    """What is counted: questions with the older version they come from ("" for the set in use), sections.

    names: what codes of older versions are called now.
    """

    questions: tuple[tuple[Question, str], ...]
    sections: Mapping[str, str]
    names: NamesNow


def results(workspace: Workspace, *, visit: Id | None = None, by: str = "") -> list[Results]:
    """Results of all finished examinations: in one group, or one a body, stratum, unit ...

    A file that two have examined is counted once. Only answers are compared, several choices without regard
    to their order: one answer beside a blank is the file's answer. Answers that are not the same differ, and
    so do asked and not asked. An examiner whose version of the set has no such question says nothing of it.
    """
    panes = finished_panes(workspace, visit)
    asked = _asked(workspace, panes)
    by_file: dict[Id, list[Pane]] = {}
    for pane in panes:
        by_file.setdefault(pane.file.id, []).append(pane)
    files = [
        _File(some[0].file, tuple(_given(pane, asked.names) for pane in some)) for some in by_file.values()
    ]
    if not by:
        return [_counted("all files", asked, files)]
    groups_of = _grouping(workspace, by)
    groups: dict[str, list[_File]] = {}
    for file in files:
        for name in groups_of(file):
            groups.setdefault(name, []).append(file)
    return [_counted(name, asked, some) for name, some in sorted(groups.items())]


def finished_panes(workspace: Workspace, visit: Id | None = None) -> list[Pane]:
    """Every finished examination that is open, of the files of one visit if given, those of a pair as one.

    Replaced files are outside the sample, and so are those for calibration.
    """
    some = records(workspace, CaseFile, visit=visit) if visit else records(workspace, CaseFile)
    drawn = places(workspace)
    outside = calibrating(workspace)
    files = {
        f.id: f
        for f in some
        if f.id not in outside and (f.id not in drawn or drawn[f.id].standing != REPLACED)
    }
    done = [e for e in records(workspace, Examination) if e.finished and e.case_file in files]
    closed = closed_examinations(workspace, done)
    panes = panes_of(workspace, [e for e in done if e.id not in closed], files)
    return as_one(workspace, with_agreed(workspace, panes))


def _asked(workspace: Workspace, panes: Sequence[Pane]) -> _Asked:
    """The questions of the set in use, then those that only older versions under these files ask."""
    versions: list[tuple[QuestionSet, str]] = [(question_set(workspace), "")]
    used = {pane.examination.question_set for pane in panes}
    held = [v for v in records(workspace, QuestionSetVersion, hidden=True) if v.id in used]
    held.sort(key=lambda v: (v.version, v.id), reverse=True)
    versions += [(question_set(workspace, v.id), v.version or v.id.hex()[-8:]) for v in held]
    names = names_now([some for some, version in versions if version], versions[0][0])
    questions: dict[str, tuple[Question, str]] = {}
    sections: dict[str, str] = {}
    for some, version in versions:
        for question in some.answerable:
            if question.scored or question.kind in CHOICE_KINDS:
                questions.setdefault(names.question(question.code), (question, version))
        for section in some.sections:
            sections.setdefault(section.code, str(section.label) or section.code)
    return _Asked(tuple(questions.values()), sections, names)


def _grouping(workspace: Workspace, by: str) -> Callable[[_File], Sequence[str]]:
    """What says in which groups a file stands."""
    strata = {stratum.id: stratum.name for stratum in records(workspace, Stratum)}
    phases = {phase.id: phase.name for phase in records(workspace, Phase)}
    visits = {visit.id: phases.get(visit.phase or b"") for visit in records(workspace, Visit)}

    def groups(examined: _File) -> Sequence[str]:
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


def _flags(file: _File) -> Sequence[str]:
    """The flags its examiners agree on."""
    given = _agreed(file, FLAGS)
    if given == DIFFER:
        return [DIFFER]
    return given if isinstance(given, tuple) else [NONE]


def _counted(group: str, asked: _Asked, files: Sequence[_File]) -> Results:
    counted = tuple(_question(question, older, files) for question, older in asked.questions)
    scores = {
        section: section_score(c.met for c in counted if c.met is not None and c.question.section == section)
        for section in asked.sections
    }
    return Results(group, len(files), counted, scores, asked.sections)


def _question(question: Question, older: str, files: Sequence[_File]) -> Counted:
    agreed = [answer for file in files for answer in _of_each(file, question)]
    answers = [given for given in agreed if given != DIFFER]
    differing = len(agreed) - len(answers)
    if question.scored:
        single = [" ".join(given) if isinstance(given, tuple) else given for given in answers]
        return Counted(question, question_result(single, at_random=False), None, differing, older)
    choices = [choice.code for choice in question.choices]
    return Counted(question, None, choice_result(answers, choices, at_random=False), differing, older)


def _agreed(file: _File, code: str) -> Answer:
    """The one answer of a file's examinations to a question, or DIFFER."""
    given = {answers[code] for answers in file.given if code in answers}
    if not given or given == {NOT_ASKED}:
        return NOT_ASKED
    if NOT_ASKED in given:
        return DIFFER
    answered = given - {None}
    if len(answered) > 1:
        return DIFFER
    return answered.pop() if answered else None


def _given(pane: Pane, names: NamesNow) -> dict[str, Answer]:
    """The answers of one examination to every question of its version; a dormant one is not asked.

    Codes are those of now, where the set has changed them since.
    """
    asked = set(pane.applied.asked)
    given: dict[str, Answer] = {}
    for question in pane.sequence:
        if not question.answerable or (pane.share is not None and question.code not in pane.share.asked):
            continue
        held, now = pane.answer(question.code), names.question(parted(question.code)[0])
        name = _numbered(now, pane.number(question.code))
        if question.code in pane.differing:
            given[name] = DIFFER
        elif question.code not in asked:
            given[name] = NOT_ASKED
        elif held is None or not held.value:
            given[name] = None
        elif question.kind in LIST_KINDS:
            several = tuple(names.choice(now, code) for code in codes(held.value))
            given[name] = several if question.kind == "rank" else tuple(sorted(set(several)))
        else:
            given[name] = (names.choice(now, held.value),)
    return given


def _numbered(code: str, number: int | None) -> str:
    """A question by its code, in a repeat with the number of the one it was asked of."""
    return code if number is None else f"{code}[{number}]"


def _of_each(file: _File, question: Question) -> list[Answer]:
    """A file's answer to a question, in a repeat one for each that was entered.

    The first of every examiner stands beside the first, and so on; where not all have entered as many,
    they differ.
    """
    if not question.repeat:
        return [_agreed(file, question.code)]
    found: list[Answer] = []
    for number in count(1):
        name = _numbered(question.code, number)
        if not any(name in answers for answers in file.given):
            break
        entered = all(name in answers for answers in file.given)
        found.append(_agreed(file, name) if entered else DIFFER)
    return found or [NOT_ASKED]


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
            row[8], row[14], row[15] = (
                str(score.n),
                f"{score.points} of {score.possible}",
                _percent(score.percent),
            )
            rows.append(row)
    return heads, rows


def _rows(group: str, counted: Counted) -> list[list[str]]:
    q = counted.question
    start = [group, q.section, q.code, counted.wording]
    if counted.met is not None:
        met = counted.met
        numbers = [met.fully_met, met.partially_met, met.not_met, met.n, met.not_applicable, met.not_known,
                   met.not_asked, met.unanswered, counted.differing, met.fully_met]  # fmt: skip
        gone = [
            [*start, _gone(code), *[""] * 9, str(count), "", "", "", ""]
            for code, count in met.outside.items()
        ]
        return [[*start, "FM", *(str(number) for number in numbers), *_share(met.fully_met_share)], *gone]
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
    """A share in per cent, the bounds of its interval, and why there is none."""
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
