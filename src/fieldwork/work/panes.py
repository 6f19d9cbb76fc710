"""The panes of case files, one or many read together: what is asked and answered, as its examiner sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fieldwork.domain.marking_records import JointMarking, RepeatInstance
from fieldwork.domain.question_set import LIST_KINDS, QuestionSet
from fieldwork.domain.records import Answer, CaseFile, Examination, Inspection
from fieldwork.domain.values import Id, codes, derived_id
from fieldwork.questions.applying import Applied, apply
from fieldwork.questions.repeating import by_place, parted, place_of, sequence
from fieldwork.store.reading import find, find_all, get, records, records_of
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.files import foremost
from fieldwork.work.instances import (
    Instances,
    Root,
    added_in_the_open,
    added_to,
    arranged,
    grouped,
    repeats_of,
    widened,
)
from fieldwork.work.joint import Share, agreed_id, joint_of, parting, share_of, side_of
from fieldwork.work.jointly import Jointly, joints_of
from fieldwork.work.kept_question_sets import question_set
from fieldwork.work.pane import Pane
from fieldwork.work.sealed_examining import Standing


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
        some = sealed_examining.standings(workspace, files)
        standing = sealed_examining.of_member(some, member)
        return find(workspace, Examination, standing.examination) if standing else None
    found = (find(workspace, Examination, examination_id(one, member)) for one in files)
    return foremost(held for held in found if held is not None)


def open_parts(workspace: Workspace, wanted: Sequence[tuple[Jointly, Id]]) -> list[Pane]:
    """As `open_file` for examiners of jointly marked files, read together."""
    return _part_panes(workspace, _parts(workspace, wanted))


def asked_parts(
    workspace: Workspace, wanted: Sequence[tuple[Jointly, Id]]
) -> list[tuple[QuestionSet, Share]]:
    """What examiners of jointly marked files are asked, each by the set in their examination; no answer is read."""
    parts = _parts(workspace, wanted)
    versions = _versions(workspace, parts)
    shares = _shares(parts, versions)
    return [(versions[one.examination.question_set], share) for one, share in zip(parts, shares, strict=True)]


def _parts(workspace: Workspace, wanted: Sequence[tuple[Jointly, Id]]) -> "list[_Part]":
    some = [(one, member, sealed_examining.of_member(one.sealed, member)) for one, member in wanted]
    held = find_all(workspace, Examination, [of.examination for _, _, of in some if of is not None])
    in_use = get(workspace, Inspection, workspace.inspection).question_set
    parts = []
    for one, member, standing in some:
        examination = held.get(standing.examination) if standing is not None else None
        if examination is None:
            id = examination_id(one.file.id, member)
            examination = Examination(id=id, case_file=one.file.id, examiner=member, question_set=in_use)
        parts.append(_Part(one.joint, one.file, examination, standing))
    return parts


def pane_of(workspace: Workspace, examination: Examination) -> Pane:
    assert examination.case_file is not None
    return _pane(workspace, get(workspace, CaseFile, examination.case_file), examination)


def panes_of(
    workspace: Workspace, examinations: Sequence[Examination], files: Mapping[Id, CaseFile]
) -> list[Pane]:
    """The panes of many examinations, their answers read together; files: by id, all that are examined."""
    plain = [examination.id for examination in examinations if examination.sealing is None]
    answers = grouped(records_of(workspace, Answer, "examination", plain))
    versions = {id: question_set(workspace, id) for id in {e.question_set for e in examinations}}
    known = added_to(workspace, examinations, versions, answers)
    sealed = [(files[e.case_file or b""], e) for e in examinations if e.sealing is not None]
    panes = {pane.examination.id: pane for pane in _sealed_panes(workspace, sealed)}
    return [
        panes[e.id]
        if e.id in panes
        else made(
            files[e.case_file or b""],
            e,
            versions[e.question_set],
            answers.get(e.id, ()),
            known=known.get(e.id, ()),
        )
        for e in examinations
    ]


def _pane(workspace: Workspace, file: CaseFile, examination: Examination) -> Pane:
    if examination.sealing is not None:
        return _sealed_panes(workspace, [(file, examination)])[0]
    questions = question_set(workspace, examination.question_set)
    marked = joint_of(workspace, file.id)
    if marked is not None and side_of(marked, examination.examiner):
        return _part_panes(workspace, [_Part(marked, file, examination, None)])[0]
    answers = records(workspace, Answer, examination=examination.id)
    known = added_to(
        workspace, [examination], {examination.question_set: questions}, {examination.id: answers}
    )
    return made(file, examination, questions, answers, known=known.get(examination.id, ()))


def _sealed_panes(workspace: Workspace, some: Sequence[tuple[CaseFile, Examination]]) -> list[Pane]:
    if not some:
        return []
    joints = joints_of(workspace, [file.id for file, _ in some])
    standings = sealed_examining.standings_of(workspace, [one.id for _, one in some])
    parts, panes = [], []
    for file, one in some:
        marked = joints.get(file.id)
        if marked is not None and side_of(marked, one.examiner):
            parts.append(_Part(marked, file, one, standings.get(one.id)))
        else:  # of a pair that is one no more
            questions = question_set(workspace, one.question_set)
            panes.append(replace(made(file, one, questions, ()), closed=True))
    return panes + _part_panes(workspace, parts)


@dataclass(frozen=True)
class _Part:
    """One examiner's part of a jointly marked file. standing: None where it is not begun."""

    joint: JointMarking
    file: CaseFile
    examination: Examination
    standing: Standing | None

    @property
    def sealed(self) -> Standing | None:
        return self.standing if self.examination.sealing is not None else None


def _part_panes(workspace: Workspace, parts: Sequence[_Part]) -> list[Pane]:
    """What examiners of pairs see: what was agreed first, and their own; of another's that is closed, the first."""
    versions = _versions(workspace, parts)
    shares = _shares(parts, versions)
    several = any(repeats_of(questions) for questions in versions.values())
    first = grouped(records_of(workspace, Answer, "examination", [agreed_id(one.file.id) for one in parts]))
    entered_first = _entered_first(workspace, parts, shares, first) if several else {}
    sealed = [one.sealed for one in parts if one.sealed is not None]
    own = sealed_examining.read(workspace, sealed, Answer)
    entered = sealed_examining.read(workspace, sealed, RepeatInstance) if several else {}
    panes = []
    for one, share in zip(parts, shares, strict=True):
        file, examination, standing = one.file, one.examination, one.sealed
        questions = versions[examination.question_set]
        answers = [held for held in first.get(agreed_id(file.id), ()) if held.question in share.first]
        known = [
            held
            for held in entered_first.get((agreed_id(file.id), share.first), ())
            if held.repeat in share.first_repeats
        ]
        if standing is not None:
            by_place = {place_of(held.question, held.instance): held for held in own[standing.examination]}
            answers += [held for held in by_place.values() if held.question not in share.first]
            some = sorted(entered.get(standing.examination, ()), key=lambda held: (held.position, held.id))
            known += [held for held in some if held.repeat in share.repeats]
        released = standing is not None and standing.released
        mine = examination.sealing is None or (
            standing is not None and sealed_examining.is_mine(workspace, standing)
        )
        closed = not released and (examination.examiner != workspace.identity.member or not mine)
        pane = made(file, examination, questions, answers, share, known if repeats_of(questions) else ())
        panes.append(replace(pane, closed=closed, released=released))
    return panes


def _versions(workspace: Workspace, parts: Sequence[_Part]) -> dict[Id | None, QuestionSet]:
    return {id: question_set(workspace, id) for id in {one.examination.question_set for one in parts}}


def _shares(parts: Sequence[_Part], versions: Mapping[Id | None, QuestionSet]) -> list[Share]:
    """What each is asked, worked out once for those that are asked the same."""
    known: dict[object, Share] = {}
    found = []
    for one in parts:
        member, version = one.examination.examiner, one.examination.question_set
        key = version, side_of(one.joint, member), parting(one.joint)
        if key not in known:
            known[key] = share_of(one.joint, versions[version], member)
        found.append(known[key])
    return found


def _entered_first(
    workspace: Workspace,
    parts: Sequence[_Part],
    shares: Sequence[Share],
    answers: Mapping[Id, Sequence[Answer]],
) -> dict[tuple[Id, frozenset[str]], list[RepeatInstance]]:
    """By examination and what is agreed first in it, the instances people added there."""
    found = {}
    for first in dict.fromkeys(share.first for share in shares):
        ids = [
            agreed_id(one.file.id) for one, share in zip(parts, shares, strict=True) if share.first == first
        ]
        given = {id: [held for held in answers.get(id, ()) if held.question in first] for id in ids}
        for id, some in added_in_the_open(workspace, ids, given).items():
            found[id, first] = some
    return found


def made(
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
    applied = applied_to(questions, file, by, moment_of(examination), instances)
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


def moment_of(examination: Examination) -> datetime:
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
