"""What each finished case file answers to each question, whoever examined it: what all results count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from fieldwork.analysis.scores import NOT_ASKED
from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question, QuestionSet
from fieldwork.domain.records import CaseFile, Examination, QuestionSetVersion
from fieldwork.domain.values import Id, codes
from fieldwork.questions.carried import NamesNow, names_now
from fieldwork.questions.repeating import parted
from fieldwork.store.drawn import places
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import with_agreed
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.examining import Pane, panes_of, question_set
from fieldwork.work.joint import uncounted_examinations
from fieldwork.work.plain_answers import Answer as Answer
from fieldwork.work.plain_answers import plain_answers
from fieldwork.work.reconciling import as_one
from fieldwork.work.sampling import REPLACED

DIFFER: Final = "(examiners differ)"


@dataclass(frozen=True)
class FileAnswers:
    """A case file with what each of its examinations answered, by question code."""

    file: CaseFile
    given: tuple[Mapping[str, Answer], ...]


@dataclass(frozen=True)
class Asked:
    """What is counted: questions with the older version they come from ("" for the set in use), sections.

    every: these and, between them, the questions that are answered in words, numbers and dates.
    names: what codes of older versions are called now.
    """

    questions: tuple[tuple[Question, str], ...]
    every: tuple[tuple[Question, str], ...]
    sections: Mapping[str, str]
    names: NamesNow


def file_answers(workspace: Workspace, visit: Id | None = None) -> tuple[Asked, list[FileAnswers]]:
    """The questions that are counted, and every file whose examination counts, of one visit if given.

    A file that two have examined stands once. Only answers are compared, several choices without regard
    to their order: one answer beside a blank is the file's answer. Answers that are not the same differ, and
    so do asked and not asked. An examiner whose version of the set has no such question says nothing of it.
    """
    done, files = counted_examinations(workspace, visit)
    asked = asked_in(workspace, done)
    given = plain_answers(workspace, done, files, asked.names)
    by_file: dict[Id, list[Mapping[str, Answer]]] = {}
    for examination in done:
        if examination.id in given and examination.case_file is not None:
            by_file.setdefault(examination.case_file, []).append(given[examination.id])
    for pane in _panes(workspace, [e for e in done if e.id not in given], files):
        by_file.setdefault(pane.file.id, []).append(answers_of(pane, asked.names))
    return asked, [FileAnswers(files[id], tuple(some)) for id, some in by_file.items()]


def counted_examinations(
    workspace: Workspace, visit: Id | None = None
) -> tuple[list[Examination], dict[Id, CaseFile]]:
    """Every finished examination that is open, of the files of one visit if given; and the files by id.

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
    without = uncounted_examinations(workspace, done)
    return [e for e in done if e.id not in without], files


def finished_panes(workspace: Workspace, visit: Id | None = None) -> list[Pane]:
    """The panes of the examinations that count, of one visit if given, those of a pair as one."""
    return _panes(workspace, *counted_examinations(workspace, visit))


def _panes(workspace: Workspace, done: Sequence[Examination], files: Mapping[Id, CaseFile]) -> list[Pane]:
    return as_one(workspace, with_agreed(workspace, panes_of(workspace, done, files)))


def asked_in(workspace: Workspace, done: Sequence[Examination]) -> Asked:
    """The questions of the set in use, then those that only older versions under these examinations ask."""
    versions: list[tuple[QuestionSet, str]] = [(question_set(workspace), "")]
    used = {examination.question_set for examination in done}
    held = [v for v in records(workspace, QuestionSetVersion, hidden=True) if v.id in used]
    held.sort(key=lambda v: (v.version, v.id), reverse=True)
    versions += [(question_set(workspace, v.id), v.version or v.id.hex()[-8:]) for v in held]
    names = names_now([some for some, version in versions if version], versions[0][0])
    questions: dict[str, tuple[Question, str]] = {}
    sections: dict[str, str] = {}
    for some, version in versions:
        for question in some.answerable:
            questions.setdefault(names.question(question.code), (question, version))
        for section in some.sections:
            sections.setdefault(section.code, str(section.label) or section.code)
    every = tuple(questions.values())
    counted = tuple(one for one in every if one[0].scored or one[0].kind in CHOICE_KINDS)
    return Asked(counted, every, sections, names)


def agreed_answer(file: FileAnswers, code: str) -> Answer:
    """The one answer of a file's examinations to a question, or DIFFER."""
    if len(file.given) == 1:
        return file.given[0].get(code, NOT_ASKED)
    given = {answers[code] for answers in file.given if code in answers}
    if len(given) < 2:
        return given.pop() if given else NOT_ASKED
    if NOT_ASKED in given:
        return DIFFER
    answered = given - {None}
    if len(answered) > 1:
        return DIFFER
    return answered.pop() if answered else None


def answers_of(pane: Pane, names: NamesNow) -> dict[str, Answer]:
    """The answers of one examination to every question of its version; a dormant one is not asked.

    Codes are those of now, where the set has changed them since.
    """
    asked = set(pane.applied.asked)
    given: dict[str, Answer] = {}
    for question in pane.sequence:
        if not question.answerable or (pane.share is not None and not pane.share.asks(question.code)):
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


def of_each(file: FileAnswers, question: Question) -> list[Answer]:
    """A file's answer to a question, in a repeat one for each that was entered.

    The first of every examiner stands beside the first, and so on; where not all have entered as many,
    they differ.
    """
    if not question.repeat:
        return [agreed_answer(file, question.code)]
    found: list[Answer] = []
    for number in count(1):
        name = _numbered(question.code, number)
        if not any(name in answers for answers in file.given):
            break
        entered = all(name in answers for answers in file.given)
        found.append(agreed_answer(file, name) if entered else DIFFER)
    return found or [NOT_ASKED]
