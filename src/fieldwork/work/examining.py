"""Examining a case file: what is asked, what was answered, what is still to do."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking, RepeatInstance
from fieldwork.domain.question_set import LIST_KINDS, Question, QuestionSet
from fieldwork.domain.records import Answer, CaseFile, Examination, Inspection
from fieldwork.domain.values import Id, codes, derived_id, joined
from fieldwork.questions.applying import Applied, apply, initial_answers
from fieldwork.questions.given_values import checked_value as checked_value
from fieldwork.questions.repeating import by_place, parted, place_of, placed, sequence
from fieldwork.questions.speaking import in_language
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import pair_marking, sealed_examining
from fieldwork.work.claiming import claim_changes
from fieldwork.work.done import Done, do
from fieldwork.work.files import find_file, foremost
from fieldwork.work.instances import (
    Instances,
    Root,
    added_in_the_open,
    added_to,
    arranged,
    repeats_of,
    widened,
)
from fieldwork.work.joint import Share, agreed_id, joint_of, share_of, side_of
from fieldwork.work.kept_question_sets import question_set as question_set
from fieldwork.work.pane import Pane as Pane


def examination_id(file: Id, member: Id | None) -> Id:
    """One examination for each examiner of a file: two who start it make two."""
    return derived_id(Examination.kind, file, member or b"")


def answer_id(examination: Id, place: str) -> Id:
    """place: a question's code, or within a repeat its place (`questions.repeating`)."""
    return derived_id(Answer.kind, examination, *parted(place))


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
    answers: dict[Id, list[Answer]] = {}
    ids = [examination.id for examination in examinations if examination.sealing is None]
    for at in range(0, len(ids), 500):
        for held in records(workspace, Answer, examination=ids[at : at + 500]):
            answers.setdefault(held.examination or b"", []).append(held)
    versions = {id: question_set(workspace, id) for id in {e.question_set for e in examinations}}
    known = added_to(workspace, examinations, versions, answers)
    return [
        _made(
            files[e.case_file or b""],
            e,
            versions[e.question_set],
            answers.get(e.id, ()),
            known=known.get(e.id, ()),
        )
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
        return replace(_made(file, examination, questions, ()), closed=True)
    answers = records(workspace, Answer, examination=examination.id)
    known = added_to(
        workspace, [examination], {examination.question_set: questions}, {examination.id: answers}
    )
    return _made(file, examination, questions, answers, known=known.get(examination.id, ()))


def _joint_pane(
    workspace: Workspace,
    marked: JointMarking,
    file: CaseFile,
    examination: Examination,
    questions: QuestionSet,
) -> Pane:
    """What an examiner of a pair sees: what was agreed first, and their own; of another's that is closed, the first."""
    share = share_of(marked, questions, examination.examiner)
    several = bool(repeats_of(questions))
    before = agreed_id(file.id)
    answers = [
        held for held in records(workspace, Answer, examination=before) if held.question in share.first
    ]
    known = added_in_the_open(workspace, before, answers) if several else []
    known = [one for one in known if one.repeat in share.first_repeats]
    standing = None
    if examination.sealing is not None:
        standing = sealed_examining.standing_of(workspace, examination.id)
        own = sealed_examining.answers(workspace, standing) if standing else {}
        answers += [held for held in own.values() if held.question not in share.first]
        entered = sealed_examining.instances(workspace, standing) if standing and several else []
        known += [one for one in entered if one.repeat in share.repeats]
    released = standing is not None and standing.released
    mine = examination.sealing is None or (
        standing is not None and sealed_examining.is_mine(workspace, standing)
    )
    pane = _made(file, examination, questions, answers, share, known)
    closed = not released and (examination.examiner != workspace.identity.member or not mine)
    return replace(pane, closed=closed, released=released)


def _made(
    file: CaseFile,
    examination: Examination,
    questions: QuestionSet,
    answers: Iterable[Answer],
    share: Share | None = None,
    known: Iterable[RepeatInstance] = (),
) -> Pane:
    """known: the instances of repeats that people added, in order."""
    answers = list(answers)
    root = root_of(file, examination, share)
    instances: Instances = arranged(questions, root, known, answers)
    by = {place_of(held.question, held.instance): held for held in answers}
    applied = applied_to(questions, file, by, _moment_of(examination), instances)
    if instances:
        instances = widened(instances, root, applied.instances)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in instances.items()}
    applied = by_place(applied, ids)
    if share is not None:
        applied = replace(
            applied,
            asked=tuple(place for place in applied.asked if share.asks(place)),
            required=tuple(place for place in applied.required if share.asks(place)),
            faults=tuple(fault for fault in applied.faults if share.asks(fault.code)),
        )
    return Pane(
        file,
        examination,
        questions,
        by,
        applied,
        share,
        instances=instances,
        sequence=sequence(questions, ids),
    )


def root_of(file: CaseFile, examination: Examination, share: Share | None) -> Root:
    """What the ids of those the form counts derive from: the same before a sealed examination is begun and after."""
    if share is None:
        return lambda _: examination.id
    own = examination_id(examination.case_file or file.id, examination.examiner)
    before = agreed_id(file.id)
    return lambda repeat: before if repeat in share.first_repeats else own


def _moment_of(examination: Examination) -> datetime:
    """The time its conditions are read at: once it is finished that stands, and figures no longer change.

    While it is open it is today, or a date entered today would lie in the future of the day it was started.
    """
    at = examination.finished
    return datetime.now() if at is None else datetime.fromtimestamp(at / 1000)


def applied_to(
    questions: QuestionSet,
    file: CaseFile,
    answers: Mapping[str, Answer],
    now: datetime,
    instances: Instances = MappingProxyType({}),
) -> Applied:
    """What is asked of this file with these answers; header fields of the file count as answers."""
    given: dict[str, Any] = {repeat: [{} for _ in some] for repeat, some in instances.items()}
    at = {one.id.hex(): n for some in instances.values() for n, one in enumerate(some)}
    for header in questions.headers:
        given[header.code] = getattr(file, header.code, "") or ""
    for held in answers.values():
        try:
            question = questions.question(held.question)
        except KeyError:
            continue
        value = list(codes(held.value)) if question.kind in LIST_KINDS else held.value
        if not held.instance:
            given[held.question] = value
        elif question.repeat in given and held.instance in at:
            given[question.repeat][at[held.instance]][held.question] = value
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
    code, instance = parted(question)
    held = pane.answers.get(question) or Answer(
        id=answer_id(pane.examination.id, question),
        examination=pane.examination.id,
        question=code,
        instance=instance,
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
    return _again(pane, pane.questions, answers)


def _again(pane: Pane, questions: QuestionSet, answers: Mapping[str, Answer]) -> Pane:
    known = [one for some in pane.instances.values() for one in some]
    made = _made(pane.file, pane.examination, questions, answers.values(), pane.share, known)
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
    return pane if said is pane.questions else _again(pane, said, pane.answers)


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


def begun(workspace: Workspace, pane: Pane, at: int | None = None) -> list[Change]:
    """What goes with the first act on a file, and with any that changes a finished one."""
    if pane.examination.started is None:
        return _start(workspace, pane, at)
    return opened_again(pane)


def opened_again(pane: Pane) -> list[Change]:
    """A finished examination that is changed is open again."""
    again = Change(Examination.kind, pane.examination.id, {"finished": None})
    return [again] if pane.examination.finished else []


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
    id = answer_id(pane.examination.id, asked.code)
    return do(workspace, "answer", changes, id=id, as_of=as_of, at=at)


def _answer_change(pane: Pane, code: str, fields: Mapping[str, str]) -> Change:
    id = answer_id(pane.examination.id, code)
    question, instance = parted(code)
    within = {"instance": instance} if instance else {}
    named = {"examination": pane.examination.id, "question": question, **within}
    return Change(Answer.kind, id, {**named, **fields})


def _asked(pane: Pane, code: str, also_dormant: bool = False) -> Question:
    """also_dormant: words on an answer that is kept though its question is not asked now are let in."""
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in pane.instances.items()}
    code = placed(code, ids)
    try:
        question = pane.question(code)
        if question.repeat and not parted(code)[1]:
            number = f"{question.repeat}[1]/{code}"
            raise Fault(f"{code} is asked of each {question.repeat}; say which, as {number}.")
    except KeyError:
        raise Fault(f'There is no question "{code}" in this question set.') from None
    kept = also_dormant and pane.answered(question)
    if question.calculation or question.kind == "note":
        raise Fault(f"{code} is told or calculated by the form; there is nothing to answer.")
    if pane.share is not None and not pane.share.asks(code):
        raise Fault(pane.share.why_not(question))
    if code not in pane.applied.asked and not kept:
        raise Fault(
            f"{pane.called(code)} is not asked of file {pane.file.reference}: its condition is not met."
        )
    return question


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
            place_of(str(c.fields["question"]), str(c.fields.get("instance", ""))): {
                name: c.fields[name] for name in ("value", "comment")
            }
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
        named = ", ".join(pane.called(q.code) for q in pane.needed[:8])
        named += " …" if len(pane.needed) > 8 else ""
        raise Fault(f"File {pane.file.reference}: {len(pane.needed)} unanswered ({named}).")
    if pane.without_reason:
        named = ", ".join(pane.called(q.code) for q in pane.without_reason[:8])
        raise Fault(f"File {pane.file.reference}: a reason is missing at {named}.")
    if pane.applied.faults:
        first = pane.applied.faults[0]
        raise Fault(f"File {pane.file.reference}, {pane.called(first.code)}: {first.message}")
    now = int(time.time() * 1000) if at is None else at
    if pane.share is not None:
        return pair_marking.finish(workspace, pane, now, at)
    change = Change(Examination.kind, pane.examination.id, {"finished": now})
    return do(workspace, "finish a file", [change], id=pane.examination.id, at=at)
