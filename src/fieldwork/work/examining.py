"""Examining a case file: what is asked, what was answered, what is still to do."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question, QuestionSet, needs_reason
from fieldwork.domain.records import Answer, CaseFile, Examination, Inspection, QuestionSetVersion
from fieldwork.domain.values import Id, codes, derived_id, joined
from fieldwork.questions.applying import Applied, apply, initial_answers
from fieldwork.questions.codec import from_json
from fieldwork.questions.speaking import in_language
from fieldwork.store.history import history
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import pair_marking, sealed_examining
from fieldwork.work.claiming import claim_changes
from fieldwork.work.done import Done, do
from fieldwork.work.files import find_file, foremost
from fieldwork.work.joint import Share, agreed_id, joint_of, share_of, side_of


@lru_cache(maxsize=8)
def _decoded(definition: str) -> QuestionSet:
    return from_json(definition)


def question_set(workspace: Workspace, version: Id | None = None) -> QuestionSet:
    """A version of the question set, or the one in use."""
    if version is None:
        version = get(workspace, Inspection, workspace.inspection).question_set
    if version is None:
        raise Fault("This inspection has no question set yet; import one first.")
    definition = get(workspace, QuestionSetVersion, version).definition
    if derived_id(QuestionSetVersion.kind, definition) != version:
        definition = _first_definition(workspace, version)
    return _decoded(definition)


def _first_definition(workspace: Workspace, version: Id) -> str:
    """The definition a version is named after: whatever was written over it since does not count."""
    for step in history(workspace, version):
        written = step.after if step.field == "definition" else None
        if isinstance(written, str) and derived_id(QuestionSetVersion.kind, written) == version:
            return written
    raise Fault("The question set in use cannot be read here; ask a colleague for a package with everything.")


def examination_id(file: Id, member: Id | None) -> Id:
    """One examination for each examiner of a file: two who start it make two."""
    return derived_id(Examination.kind, file, member or b"")


def answer_id(examination: Id, question: str, instance: str = "") -> Id:
    return derived_id(Answer.kind, examination, question, instance)


@dataclass(frozen=True)
class Pane:
    """A file as its examiner sees it.

    answers: by question code, dormant ones included; applied says which questions are asked. Of a file that is
    marked jointly they hold what was agreed first, too, and nothing where the examination is closed to this laptop.
    """

    file: CaseFile
    examination: Examination
    questions: QuestionSet
    answers: Mapping[str, Answer]
    applied: Applied
    share: Share | None = None
    """What this examiner is asked, where the file is marked jointly."""
    closed: bool = False
    """Whether nobody but its author may read it yet."""
    released: bool = False
    """Whether it was sealed and is open to all: nothing in it changes any more."""
    differing: frozenset[str] = frozenset()
    """Of a pair's examinations read as one: what is still to settle between them."""

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that apply now, in order, without notes and calculations."""
        wanted = set(self.applied.asked)
        return tuple(
            q for q in self.questions.questions if q.answerable and not q.calculation and q.code in wanted
        )

    def answer(self, code: str) -> Answer | None:
        return self.answers.get(code)

    def answered(self, question: Question) -> bool:
        held = self.answers.get(question.code)
        return held is not None and held.value != ""

    def missing_reason(self, question: Question) -> bool:
        held = self.answers.get(question.code)
        return held is not None and needs_reason(question, held.value) and not held.reason.strip()

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """Asked and to be answered: without those that are shown only."""
        fixed = set(self.applied.read_only)
        return tuple(q for q in self.asked if not self.answered(q) and q.code not in fixed)

    @property
    def needed(self) -> tuple[Question, ...]:
        """Of the unanswered ones, those that keep the file from being finished.

        In a set that marks no question as required, every question is.
        """
        if not any(q.required for q in self.questions.questions):
            return self.unanswered
        required = set(self.applied.required)
        return tuple(q for q in self.unanswered if q.code in required)

    @property
    def dormant(self) -> tuple[Question, ...]:
        """Questions with a kept answer that are not asked now."""
        wanted = set(self.applied.asked)
        return tuple(q for q in self.questions.answerable if q.code not in wanted and self.answered(q))

    @property
    def without_reason(self) -> tuple[Question, ...]:
        return tuple(q for q in self.asked if self.missing_reason(q))

    @property
    def complete(self) -> bool:
        return not self.needed and not self.without_reason and not self.applied.faults

    def next_unanswered(self, after: str = "") -> Question | None:
        """The first question still to answer behind `after`, else the first of all."""
        asked = list(self.asked)
        place = next((n + 1 for n, q in enumerate(asked) if q.code == after), 0)
        open_ones = {q.code for q in self.unanswered}
        for question in asked[place:] + asked[:place]:
            if question.code in open_ones:
                return question
        return None


def open_file(workspace: Workspace, file: Id, examiner: Id | None = None) -> Pane:
    """The pane of a file: of this laptop's examiner, or of the one given. Nothing is written."""
    case = get(workspace, CaseFile, file)
    member = examiner if examiner is not None else workspace.identity.member
    examination = examination_of(workspace, case.id, member)
    if examination is None:
        in_use = get(workspace, Inspection, workspace.inspection).question_set
        id = examination_id(case.id, member)
        examination = Examination(id=id, case_file=case.id, examiner=member, question_set=in_use)
    return _pane(workspace, case, examination)


def examination_of(workspace: Workspace, file: Id, member: Id | None) -> Examination | None:
    """A member's examination of a file, if there is one.

    Where the file was entered twice and they have examined both, the finished one, else the one started.
    """
    files = sets(workspace).members(file)
    marked = joint_of(workspace, file)
    if marked is not None and side_of(marked, member):
        standing = sealed_examining.of_member(workspace, files, member)
        return find(workspace, Examination, standing.examination) if standing else None
    found = (find(workspace, Examination, examination_id(one, member)) for one in files)
    return foremost(held for held in found if held is not None)


def pane_of(workspace: Workspace, examination: Examination) -> Pane:
    assert examination.case_file is not None
    return _pane(workspace, get(workspace, CaseFile, examination.case_file), examination)


def panes_of(
    workspace: Workspace, examinations: Sequence[Examination], files: Mapping[Id, CaseFile]
) -> list[Pane]:
    """The panes of many examinations, their answers read together; files: by id, all that are examined."""
    answers: dict[Id, dict[str, Answer]] = {}
    ids = [examination.id for examination in examinations if examination.sealing is None]
    for at in range(0, len(ids), 500):
        for held in records(workspace, Answer, examination=ids[at : at + 500]):
            answers.setdefault(held.examination or b"", {})[held.question] = held
    versions = {id: question_set(workspace, id) for id in {e.question_set for e in examinations}}
    return [
        _made(files[e.case_file or b""], e, versions[e.question_set], answers.get(e.id, {}))
        if e.sealing is None
        else _pane(workspace, files[e.case_file or b""], e)
        for e in examinations
    ]


def _pane(workspace: Workspace, file: CaseFile, examination: Examination) -> Pane:
    questions = question_set(workspace, examination.question_set)
    marked = joint_of(workspace, file.id)
    if marked is not None and side_of(marked, examination.examiner):
        return _joint_pane(workspace, marked, file, examination, questions)
    if examination.sealing is not None:  # of a pair that is one no more
        return replace(_made(file, examination, questions, {}), closed=True)
    answers = {answer.question: answer for answer in records(workspace, Answer, examination=examination.id)}
    return _made(file, examination, questions, answers)


def _joint_pane(
    workspace: Workspace,
    marked: JointMarking,
    file: CaseFile,
    examination: Examination,
    questions: QuestionSet,
) -> Pane:
    """What an examiner of a pair sees: what was agreed first, and their own; of another's that is closed, the first."""
    share = share_of(marked, questions, examination.examiner)
    answers = {
        held.question: held
        for held in records(workspace, Answer, examination=agreed_id(file.id))
        if held.question in share.first
    }
    standing = None
    if examination.sealing is not None:
        standing = sealed_examining.standing_of(workspace, examination.id)
        own = sealed_examining.answers(workspace, standing) if standing else {}
        answers |= {code: held for code, held in own.items() if code not in share.first}
    released = standing is not None and standing.released
    mine = examination.sealing is None or (
        standing is not None and sealed_examining.is_mine(workspace, standing)
    )
    pane = _made(file, examination, questions, answers, share)
    closed = not released and (examination.examiner != workspace.identity.member or not mine)
    return replace(pane, closed=closed, released=released)


def _made(
    file: CaseFile,
    examination: Examination,
    questions: QuestionSet,
    answers: Mapping[str, Answer],
    share: Share | None = None,
) -> Pane:
    applied = applied_to(questions, file, answers, _moment_of(examination))
    if share is not None:
        applied = replace(
            applied,
            asked=tuple(code for code in applied.asked if code in share.asked),
            required=tuple(code for code in applied.required if code in share.asked),
            faults=tuple(fault for fault in applied.faults if fault.code in share.asked),
        )
    return Pane(file, examination, questions, answers, applied, share)


def _moment_of(examination: Examination) -> datetime:
    """The time its conditions are read at: once it is finished that stands, and figures no longer change.

    While it is open it is today, or a date entered today would lie in the future of the day it was started.
    """
    at = examination.finished
    return datetime.now() if at is None else datetime.fromtimestamp(at / 1000)


def applied_to(
    questions: QuestionSet, file: CaseFile, answers: Mapping[str, Answer], now: datetime
) -> Applied:
    """What is asked of this file with these answers; header fields of the file count as answers."""
    given: dict[str, str | float | list[str] | None] = {}
    for header in questions.headers:
        given[header.code] = getattr(file, header.code, "") or ""
    for code, held in answers.items():
        try:
            question = questions.question(code)
        except KeyError:
            continue
        given[code] = list(codes(held.value)) if question.kind in LIST_KINDS else held.value
    return apply(questions, given, now)


def revised(
    pane: Pane,
    question: str,
    *,
    value: str | None = None,
    reason: str | None = None,
    comment: str | None = None,
) -> Pane:
    """The pane as it will be once this is written; nothing is written and nothing is checked."""
    held = pane.answers.get(question) or Answer(
        id=answer_id(pane.examination.id, question), examination=pane.examination.id, question=question
    )
    held = replace(
        held,
        value=held.value if value is None else value,
        reason=held.reason if reason is None else reason,
        comment=held.comment if comment is None else comment,
    )
    answers = {**pane.answers, question: held}
    if value is None:
        return replace(pane, answers=answers)
    made = _made(pane.file, pane.examination, pane.questions, answers, pane.share)
    return replace(made, closed=pane.closed, released=pane.released)


def default_of(pane: Pane, question: Question) -> str:
    """What the form fills in at a question nobody has answered, "" for nothing.

    It is an answer only once its examiner has seen it and gone on.
    """
    if not question.default or question.code in pane.answers:
        return ""
    if question.repeat:
        return "" if question.default_is_expression else question.default
    given = initial_answers(pane.questions, _moment_of(pane.examination)).get(question.code)
    return joined(given) if isinstance(given, list) else str(given or "")


def spoken(pane: Pane, language: str, questions: QuestionSet | None = None) -> Pane:
    """The pane with its questions in a language; questions: the set as written, if the pane's is not."""
    said = in_language(questions or pane.questions, language)
    if said is pane.questions:
        return pane
    made = _made(pane.file, pane.examination, said, pane.answers, pane.share)
    return replace(made, closed=pane.closed, released=pane.released)


def start_examination(workspace: Workspace, *, file: Id, claim: bool = True, at: int | None = None) -> Done:
    """Begin this examiner's examination of a file, under the question set in use; one that nobody has is taken.

    claim: False to examine it beside whoever will take it.
    """
    get(workspace, CaseFile, file)
    pane = open_file(workspace, file)
    if pane.examination.started is not None:
        return Done(pane.examination.id)
    if pane.share is not None:
        _, done = pair_marking.begun(workspace, pane, at)
        return done
    changes = _start(workspace, pane, at, claim)
    return do(workspace, "start a file", changes, id=pane.examination.id, at=at)


def _start(workspace: Workspace, pane: Pane, at: int | None, claim: bool = True) -> list[Change]:
    fields = {
        "case_file": pane.file.id,
        "examiner": workspace.identity.member,
        "question_set": pane.examination.question_set,
        "started": int(time.time() * 1000) if at is None else at,
    }
    begin = Change(Examination.kind, pane.examination.id, fields)
    return [begin, *(claim_changes(workspace, pane.file) if claim else ())]


def answer(
    workspace: Workspace,
    *,
    file: str,
    question: str,
    value: str | None = None,
    reason: str | None = None,
    comment: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Answer a question of a file, by the file's reference and the question's code.

    value: a choice's code, codes separated by spaces, a number or text; "" takes the answer back.
    Raises Fault when the question is not asked of this file or the value is not one of its answers.
    """
    return answer_file(
        workspace,
        file=find_file(workspace, file).id,
        question=question,
        value=value,
        reason=reason,
        comment=comment,
        as_of=as_of,
        at=at,
    )


def answer_file(
    workspace: Workspace,
    *,
    file: Id,
    question: str,
    value: str | None = None,
    reason: str | None = None,
    comment: str | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """As `answer`, with the id of the case file."""
    pane = open_file(workspace, file)
    asked = _asked(pane, question, also_dormant=value is None)
    fields: dict[str, str] = {}
    if value is not None:
        fields["value"] = checked_value(asked, value)
        if asked.code in pane.applied.read_only and fields["value"] != default_of(pane, asked):
            raise Fault(f"{asked.code} is shown only; its answer cannot be changed.")
    if reason is not None:
        fields["reason"] = reason.strip()
    if comment is not None:
        fields["comment"] = comment.strip()
    if not fields:
        raise Fault(f"{question}: give an answer, a reason or a comment.")
    if pane.share is not None:
        return pair_marking.write(workspace, pane, "answer", {asked.code: fields}, as_of=as_of, at=at)
    changes: list[Change] = []
    if pane.examination.started is None:
        changes += _start(workspace, pane, at)
    changes.append(_answer_change(pane, asked.code, fields))
    if pane.examination.finished and value is not None:
        changes.append(Change(Examination.kind, pane.examination.id, {"finished": None}))
    return do(workspace, "answer", changes, id=answer_id(pane.examination.id, question), as_of=as_of, at=at)


def _answer_change(pane: Pane, code: str, fields: Mapping[str, str]) -> Change:
    id = answer_id(pane.examination.id, code)
    return Change(Answer.kind, id, {"examination": pane.examination.id, "question": code, **fields})


def _asked(pane: Pane, code: str, also_dormant: bool = False) -> Question:
    """also_dormant: words on an answer that is kept though its question is not asked now are let in."""
    try:
        question = pane.questions.question(code)
    except KeyError:
        raise Fault(f'There is no question "{code}" in this question set.') from None
    kept = also_dormant and pane.answered(question)
    if question.calculation or question.kind == "note":
        raise Fault(f"{code} is told or calculated by the form; there is nothing to answer.")
    if pane.share is not None and code not in pane.share.asked:
        raise Fault(pane.share.why_not(question))
    if code not in pane.applied.asked and not kept:
        raise Fault(f"{code} is not asked of file {pane.file.reference}: its condition is not met.")
    return question


def checked_value(question: Question, value: str) -> str:
    """The value as it is kept, several choices in the order of the question; a ranking keeps its own.

    Raises Fault when it is not an answer to this question.
    """
    value = value.strip()
    if not value or question.kind not in (*CHOICE_KINDS, "integer", "decimal"):
        return value
    if question.kind in ("integer", "decimal"):
        try:
            number = float(value)
        except ValueError:
            raise Fault(f'{question.code}: "{value}" is not a number.') from None
        if question.kind == "integer" and number != int(number):
            raise Fault(f'{question.code}: "{value}" is not a whole number.')
        return value
    given = codes(value) if question.kind in LIST_KINDS else (value,)
    for code in given:
        if question.choice(code) is None:
            known = ", ".join(choice.code for choice in question.choices)
            raise Fault(f'{question.code}: "{code}" is not one of its answers ({known}).')
    if question.kind == "select_multiple":
        return joined(choice.code for choice in question.choices if choice.code in given)
    return joined(dict.fromkeys(given))


def rest_not_applicable(
    workspace: Workspace, *, file: Id, section: str, reason: str, at: int | None = None
) -> Done:
    """Answer what is still open in a section with "not applicable", for one stated reason."""
    if not reason.strip():
        raise Fault("Say in a few words why the rest of the section does not apply.")
    pane = open_file(workspace, file)
    changes = [
        _answer_change(pane, q.code, {"value": "NA", "comment": reason.strip()})
        for q in pane.unanswered
        if q.section == section and q.choice("NA") is not None
    ]
    if not changes:
        raise Fault("Nothing in this section is open that could be not applicable.")
    if pane.share is not None:
        given = {
            str(c.fields["question"]): {name: c.fields[name] for name in ("value", "comment")}
            for c in changes
        }
        return pair_marking.write(workspace, pane, "rest not applicable", given, reason=reason.strip(), at=at)
    if pane.examination.started is None:
        changes = [*_start(workspace, pane, at), *changes]
    return do(workspace, "rest not applicable", changes, id=pane.examination.id, reason=reason, at=at)


def finish_examination(workspace: Workspace, *, file: Id, at: int | None = None) -> Done:
    """Close the examination. Raises Fault that names what is unanswered or lacks a reason."""
    pane = open_file(workspace, file)
    if pane.needed:
        named = ", ".join(q.code for q in pane.needed[:8]) + (" …" if len(pane.needed) > 8 else "")
        raise Fault(f"File {pane.file.reference}: {len(pane.needed)} unanswered ({named}).")
    if pane.without_reason:
        named = ", ".join(q.code for q in pane.without_reason[:8])
        raise Fault(f"File {pane.file.reference}: a reason is missing at {named}.")
    if pane.applied.faults:
        first = pane.applied.faults[0]
        raise Fault(f"File {pane.file.reference}, {first.code}: {first.message}")
    now = int(time.time() * 1000) if at is None else at
    if pane.share is not None:
        return pair_marking.finish(workspace, pane, now, at)
    change = Change(Examination.kind, pane.examination.id, {"finished": now})
    return do(workspace, "finish a file", [change], id=pane.examination.id, at=at)
