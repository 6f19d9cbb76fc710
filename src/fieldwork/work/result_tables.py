"""What leaves beside the results: a row a file with what it answered, and the codebook to read it by."""

import hashlib
import json
from collections.abc import Sequence

from fieldwork.domain.question_set import MET_POINTS, Question
from fieldwork.domain.records import Stratum, Visit
from fieldwork.domain.values import Id
from fieldwork.store.drawn import places
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.counting import Answer, Asked, file_answers, of_each
from fieldwork.work.examining import question_set
from fieldwork.work.results import Results, result_rows

Table = tuple[list[str], list[list[str]]]
"""Heads, and rows of as many cells."""

FILE_HEADS = ("reference", "stratum", "visit", "force", "area", "unit", "drawn", "examinations")
BETWEEN = " | "
"""Stands between the answers of a question that is asked several times a file."""


def figures_digest(some: Sequence[Results]) -> str:
    """SHA-256 of all figures in hex: the same wherever the same evidence is counted the same way."""
    return digest_of(figures_text(some))


def figures_text(some: Sequence[Results]) -> str:
    """All figures as JSON: the heads, and the rows of as many cells."""
    return json.dumps(result_rows(some), ensure_ascii=False)


def digest_of(figures: str) -> str:
    """The digest of figures that were written as JSON."""
    return hashlib.sha256(figures.encode()).hexdigest()


def file_rows(workspace: Workspace, visit: Id | None = None, section: str = "") -> Table:
    """Every file that is counted by reference, with what it answers to each question: codes, else as it was written.

    visit, section: of which alone, where named.
    """
    asked, files = file_answers(workspace, visit)
    every = _of(asked, section)
    strata = {one.id: one.name for one in records(workspace, Stratum)}
    visits = {one.id: one.title for one in records(workspace, Visit)}
    drawn = places(workspace)
    rows = []
    for one in sorted(files, key=lambda one: (one.file.reference, one.file.id)):
        file = one.file
        place = drawn.get(file.id)
        stands = [strata.get(file.stratum or b"", ""), visits.get(file.visit or b"", "")]
        rows.append(
            [file.reference, *stands, file.force, file.area, file.unit, place.standing if place else "by hand",
             str(len(one.given)), *(_said(of_each(one, question)) for question, _ in every)]
        )  # fmt: skip
    return [*FILE_HEADS, *(question.code for question, _ in every)], rows


def _of(asked: Asked, section: str) -> list[tuple[Question, str]]:
    return [one for one in asked.every if not section or one[0].section == section]


def _said(answers: Sequence[Answer]) -> str:
    return BETWEEN.join(" ".join(one) if isinstance(one, tuple) else one or "" for one in answers)


def codebook_rows(workspace: Workspace, visit: Id | None = None, section: str = "") -> Table:
    """Every question with each of its choices: code, wording and points, and the version it is from.

    visit, section: of which alone, where named.
    """
    heads = ["question", "section", "wording", "kind", "choice", "choice wording", "points", "version"]
    asked, _ = file_answers(workspace, visit)
    now = question_set(workspace).version
    rows = []
    for question, older in _of(asked, section):
        start = [question.code, question.section, str(question.label), question.kind]
        if not question.choices:
            rows.append([*start, "", "", "", older or now])
        for choice in question.choices:
            points: float | None = choice.score
            if points is None and question.scored:
                points = MET_POINTS.get(choice.code)
            said = "" if points is None else f"{points:g}"
            rows.append([*start, choice.code, str(choice.label), said, older or now])
    return heads, rows
