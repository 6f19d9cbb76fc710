"""Results of the questions asked, counted once a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from fieldwork.domain.records import CaseFile, Examination, Stratum
from fieldwork.domain.values import Id, codes
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import Pane, pane_of, question_set

BY = ("body", "stratum", "unit", "phase", "flag")


@dataclass(frozen=True)
class Counted:
    """One question's result in one group of files.

    differing: files examined twice whose examiners do not agree yet; they stand outside the counts.
    """

    question: Question
    met: QuestionResult | None
    choice: ChoiceResult | None
    differing: int


@dataclass(frozen=True)
class Results:
    """All questions and sections of a group of finished files. files: how many."""

    group: str
    files: int
    questions: tuple[Counted, ...]
    scores: Mapping[str, Score]  # by section code
    labels: Mapping[str, str]  # of the sections, by code


def results(workspace: Workspace, *, visit: Id | None = None, by: str = "") -> list[Results]:
    """Results of all finished examinations: in one group, or one a body, stratum, unit ..."""
    panes = finished_panes(workspace, visit)
    questions = question_set(workspace)
    if not by:
        return [_counted("all files", questions, panes)]
    groups: dict[str, list[Pane]] = {}
    for pane in panes:
        for name in _groups_of(workspace, pane, by):
            groups.setdefault(name, []).append(pane)
    return [_counted(name, questions, some) for name, some in sorted(groups.items())]


def finished_panes(workspace: Workspace, visit: Id | None = None) -> list[Pane]:
    """Every finished examination, of the files of one visit if given."""
    files = {
        f.id: f
        for f in (records(workspace, CaseFile, visit=visit) if visit else records(workspace, CaseFile))
    }
    done = [e for e in records(workspace, Examination) if e.finished and e.case_file in files]
    return [pane_of(workspace, examination) for examination in done]


def _groups_of(workspace: Workspace, pane: Pane, by: str) -> Iterable[str]:
    file = pane.file
    if by == "stratum":
        found = records(workspace, Stratum, id=file.stratum)
        return [found[0].name] if found else ["(none)"]
    if by == "body":
        return [code for code in (file.force, file.area) if code] or ["(none)"]
    if by == "unit":
        return [file.unit or "(none)"]
    if by == "flag":
        held = pane.answer("A03")
        return codes(held.value) if held else ["(none)"]
    if by == "phase":
        from fieldwork.domain.records import Phase, Visit

        visits = records(workspace, Visit, id=file.visit)
        phases = records(workspace, Phase, id=visits[0].phase) if visits else []
        return [phases[0].name if phases else "(none)"]
    return []


def _counted(group: str, questions: QuestionSet, panes: Sequence[Pane]) -> Results:
    by_file: dict[Id, list[Pane]] = {}
    for pane in panes:
        by_file.setdefault(pane.file.id, []).append(pane)
    counted = tuple(_question(q, by_file) for q in questions.answerable if q.scored or q.kind in CHOICE_KINDS)
    scores = {
        section.code: section_score(
            c.met for c in counted if c.met is not None and c.question.section == section.code
        )
        for section in questions.sections
    }
    labels = {section.code: str(section.label) or section.code for section in questions.sections}
    return Results(group, len(by_file), counted, scores, labels)


def _question(question: Question, by_file: Mapping[Id, Sequence[Pane]]) -> Counted:
    answers: list[Any] = []
    differing = 0
    for panes in by_file.values():
        given = {_answer_in(pane, question) for pane in panes}
        if len(given) > 1:
            differing += 1
            continue
        (one,) = given
        answers.append(codes(one) if one not in (None, NOT_ASKED) and question.kind in LIST_KINDS else one)
    if question.scored:
        return Counted(question, question_result(answers, at_random=False), None, differing)
    choices = [choice.code for choice in question.choices]
    return Counted(question, None, choice_result(answers, choices, at_random=False), differing)


def _answer_in(pane: Pane, question: Question) -> str | None:
    """The answer of one examination; a dormant one counts as not asked."""
    if question.code not in pane.applied.asked:
        return NOT_ASKED
    held = pane.answer(question.code)
    return held.value if held and held.value else None


def result_rows(some: Sequence[Results]) -> tuple[list[str], list[list[str]]]:
    """Results as a table, one row a question (and a choice): heads and rows, for CSV and XLSX."""
    heads = [
        "group", "section", "question", "wording", "choice", "fully met", "partially met", "not met", "n",
        "not applicable", "not known", "not asked", "unanswered", "examiners differ", "count",
        "share of n (%)", "low (%)", "high (%)",
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
    start = [group, q.section, q.code, str(q.label)]
    if counted.met is not None:
        met = counted.met
        interval = met.fully_met_share.interval
        numbers = [met.fully_met, met.partially_met, met.not_met, met.n, met.not_applicable, met.not_known,
                   met.not_asked, met.unanswered, counted.differing, met.fully_met]  # fmt: skip
        bounds = [_percent(interval.low * 100), _percent(interval.high * 100)] if interval else ["", ""]
        share = _percent(met.fully_met_share.percent)
        return [[*start, "FM", *(str(number) for number in numbers), share, *bounds]]
    choice = counted.choice
    assert choice is not None
    rows = []
    for code, part in choice.shares.items():
        label = q.choice(code)
        rows.append(
            [*start, f"{code} {label.label if label else ''}".strip(), "", "", "", str(choice.n), "", "",
             str(choice.not_asked), str(choice.unanswered), str(counted.differing), str(part.count),
             _percent(part.percent), "", ""]
        )  # fmt: skip
    return rows


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
