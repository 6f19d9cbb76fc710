"""Examining a case file: what is asked, what was answered, what is still to do."""

import time
from collections.abc import Mapping
from dataclasses import replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.domain.records import Answer, CaseFile, Examination
from fieldwork.domain.values import Id, joined
from fieldwork.questions.applying import initial_answers
from fieldwork.questions.given_values import checked_value as checked_value
from fieldwork.questions.repeating import parted, placed
from fieldwork.questions.speaking import in_language
from fieldwork.store.reading import get
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work import pair_marking
from fieldwork.work.claiming import claim_changes
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import with_excerpts
from fieldwork.work.files import find_file
from fieldwork.work.joint import PAIR
from fieldwork.work.jointly import joint_of
from fieldwork.work.kept_question_sets import question_set as question_set
from fieldwork.work.pane import Pane as Pane
from fieldwork.work.panes import answer_id as answer_id
from fieldwork.work.panes import applied_to as applied_to
from fieldwork.work.panes import examination_id as examination_id
from fieldwork.work.panes import examination_of as examination_of
from fieldwork.work.panes import made, moment_of
from fieldwork.work.panes import open_file as open_file
from fieldwork.work.panes import pane_of as pane_of
from fieldwork.work.panes import panes_of as panes_of
from fieldwork.work.panes import root_of as root_of


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
    again = made(pane.file, pane.examination, questions, answers.values(), pane.share, known)
    return replace(again, closed=pane.closed, released=pane.released)


def default_of(pane: Pane, question: Question) -> str:
    """What the form fills in at a question nobody has answered, "" for nothing.

    It is an answer only once its examiner has seen it and gone on.
    """
    if not question.default or question.code in pane.answers:
        return ""
    if question.repeat:
        return "" if question.default_is_expression else question.default
    given = initial_answers(pane.questions, moment_of(pane.examination)).get(question.code)
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
    marked = joint_of(workspace, pane.file.id)
    if marked is not None and marked.purpose == PAIR:
        raise Fault(f"File {pane.file.reference} is marked by a pair; only its examiners mark it.")
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
    return do(workspace, "answer", with_excerpts(workspace, changes), id=id, as_of=as_of, at=at)


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


def rest_of(pane: Pane, section: str, reason: str, instance: str = "") -> dict[str, dict[str, str]]:
    """By place, "not applicable" with the reason for what is still open in a section; nothing is written.

    instance: only in that one of a repeat, an id in hex. The reason stands below an earlier comment.
    """
    return {
        q.code: {"value": "NA", "comment": _below(pane.answer(q.code), reason.strip())}
        for q in pane.unanswered
        if q.section == section and q.choice("NA") is not None and parted(q.code)[1].startswith(instance)
    }


def _below(held: Answer | None, reason: str) -> str:
    return f"{held.comment}\n{reason}" if held is not None and held.comment else reason


def rest_not_applicable(
    workspace: Workspace, *, file: Id, section: str, reason: str, instance: str = "", at: int | None = None
) -> Done:
    """Answer what `rest_of` finds still open in a section with "not applicable", for one stated reason."""
    if not reason.strip():
        raise Fault("Say in a few words why the rest of the section does not apply.")
    pane = open_file(workspace, file)
    given = rest_of(pane, section, reason, instance)
    if not given:
        raise Fault("Nothing in this section is open that could be not applicable.")
    if pane.share is not None:
        return pair_marking.write(workspace, pane, "rest not applicable", given, reason=reason.strip(), at=at)
    changes = [_answer_change(pane, place, fields) for place, fields in given.items()]
    changes = with_excerpts(workspace, [*begun(workspace, pane, at), *changes])
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
