"""The answers of ordinary examinations, thousands at once: what their panes would say, without making them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fieldwork.analysis.scores import NOT_ASKED
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.question_set import LIST_KINDS, Question, QuestionSet
from fieldwork.domain.records import CaseFile, Examination
from fieldwork.domain.values import Id, codes
from fieldwork.questions.asking import asking
from fieldwork.questions.carried import NamesNow
from fieldwork.store.answer_values import answer_values
from fieldwork.store.reading import records
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import agreed_answers
from fieldwork.work.kept_question_sets import question_set

Answer = tuple[str, ...] | str | None
"""One examiner's answer to one question: its codes, NOT_ASKED, or None where it is blank."""


def plain_answers(
    workspace: Workspace, done: Sequence[Examination], files: Mapping[Id, CaseFile], names: NamesNow
) -> dict[Id, dict[str, Answer]]:
    """By examination, what `counting.answers_of` says of its pane.

    Left out is whatever is more than one person's own answers: joint and sealed ones, files with agreed
    answers, files that were entered twice, sets with repeats.
    """
    joined = sets(workspace)
    apart = {joined.of(one.case_file) for one in records(workspace, JointMarking) if one.case_file}
    apart |= agreed_answers(workspace).keys()
    versions = {id: question_set(workspace, id) for id in {e.question_set for e in done}}
    simple = {
        id: _Reading(one, names)
        for id, one in versions.items()
        if not any(group.repeats for group in one.groups)
    }
    some = [
        e
        for e in done
        if e.sealing is None
        and e.question_set in simple
        and e.case_file not in apart
        and len(joined.members(e.case_file or b"")) < 2
    ]
    values, twice = answer_values(workspace, [e.id for e in some])
    found: dict[Id, dict[str, Answer]] = {}
    for version, reading in simple.items():
        places = [place for place, e in enumerate(some) if e.question_set == version]
        own = {code: [said[place] for place in places] for code, said in values.items()}
        of_it = [some[place] for place in places]
        answers = reading.answers(
            [files[e.case_file or b""] for e in of_it], own, [e.finished or 0 for e in of_it]
        )
        found |= {e.id: given for e, given in zip(of_it, answers, strict=True) if e.id not in twice}
    return found


class _Reading:
    """A version of the question set, with what its answers are called now."""

    def __init__(self, questions: QuestionSet, names: NamesNow) -> None:
        self._asking, self._names = asking(questions), names
        self._headers = [header.code for header in questions.headers]
        self._lists = {q.code for q in questions.questions if q.kind in LIST_KINDS}
        self._answerable = [
            (q, q.code, names.question(q.code), dict[str, tuple[str, ...]]()) for q in questions.answerable
        ]

    def answers(
        self, files: Sequence[CaseFile], values: Mapping[str, Sequence[str | None]], finished: Sequence[int]
    ) -> list[dict[str, Answer]]:
        """What each of these examinations of a file answered, from its values and the time it was finished."""
        given: dict[str, Sequence[object]] = {
            code: [getattr(file, code, "") or "" for file in files] for code in self._headers
        }
        for code in values.keys() & given.keys():
            pairs = zip(values[code], given[code], strict=True)
            given[code] = [of_file if said is None else said for said, of_file in pairs]
        given = {**values, **given}
        for code in self._lists & values.keys():
            given[code] = [None if said is None else list(codes(said)) for said in values[code]]
        asked = self._asking.asked(given, [datetime.fromtimestamp(at / 1000) for at in finished])
        nothing = [None] * len(files)
        names = [name for _, _, name, _ in self._answerable]
        columns = [
            [
                (known.get(value) or self._of(question, name, value, known) if value else None)
                if applies
                else NOT_ASKED
                for applies, value in zip(asked[code], values.get(code, nothing), strict=True)
            ]
            for question, code, name, known in self._answerable
        ]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _of(
        self, question: Question, now: str, value: str, known: dict[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        if question.kind in LIST_KINDS:
            several = tuple(self._names.choice(now, code) for code in codes(value))
            read = several if question.kind == "rank" else tuple(sorted(set(several)))
        else:
            read = (self._names.choice(now, value),)
        if question.choices:
            known[value] = read
        return read
