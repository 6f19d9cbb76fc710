"""Agreed answers: what stands in the results where several judged one question of one file."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking, ModeratedMark, Moderation
from fieldwork.domain.question_set import Question
from fieldwork.domain.records import Answer, Examination
from fieldwork.domain.values import Id, derived_id
from fieldwork.questions.repeating import place_of
from fieldwork.store.reading import find, records, records_of
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import Pane, question_set, revised
from fieldwork.work.joint import members_of
from fieldwork.work.matching import Matched, by_file, matched

MODERATED = "moderated"

Place = tuple[str, str]
"""A question's code and its repeat instance, "" outside a repeat."""


def agreed_answers(
    workspace: Workspace, files: Collection[Id] | None = None
) -> Mapping[Id, Mapping[Place, AgreedAnswer]]:
    """The agreed answers that count, by case file and place; of these files if given.

    One that somebody moderated whose own file it is does not, however it came here; nor do two that contradict
    each other, which a file that was entered twice may have.
    """
    by_file: dict[Id, dict[Place, list[AgreedAnswer]]] = {}
    if files is None:
        every = records(workspace, AgreedAnswer)
    else:
        every = records_of(workspace, AgreedAnswer, "case_file", files)
    for one in every:
        if one.case_file is not None and one.value:
            of_file = by_file.setdefault(one.case_file, {})
            of_file.setdefault((one.question, one.instance), []).append(one)
    moderated = {
        file for file, some in by_file.items() if any(a.source == MODERATED for s in some.values() for a in s)
    }
    hands = hands_on(workspace, moderated) if moderated else {}
    found: dict[Id, dict[Place, AgreedAnswer]] = {}
    for file, of_file in by_file.items():
        for place, some in of_file.items():
            valid = [a for a in some if a.source != MODERATED or a.by not in hands.get(file, ())]
            if valid and len({one.value for one in valid}) == 1:
                found.setdefault(file, {})[place] = min(valid, key=lambda one: one.id)
    return found


def with_agreed(workspace: Workspace, panes: Sequence[Pane]) -> list[Pane]:
    """These panes with what was agreed in the place of what their examiners answered, and what that asks.

    Those that several mark stay as they are: their agreed answers are put in where the examiners' are made one.
    """
    agreed = agreed_answers(workspace)
    plain = [pane for pane in panes if pane.by_itself and pane.file.id in agreed]
    settled = {
        pane.examination.id: _revised(pane, number, together, agreed[file])
        for file, some in by_file(plain).items()
        for together in [matched(some)]
        for number, pane in enumerate(some)
    }
    return [settled.get(pane.examination.id, pane) for pane in panes]


def _revised(pane: Pane, number: int, together: Matched, agreed: Mapping[Place, AgreedAnswer]) -> Pane:
    """A pane with what was agreed; number: its place among those that were matched."""
    for (code, instance), one in agreed.items():
        place = together.place_in(number, together.common(place_of(code, instance)))
        held = pane.answer(place) if place is not None else None
        if place is not None and (held is None or held.value != one.value):
            pane = revised(pane, place, value=one.value)
    return pane


def hands_on(workspace: Workspace, files: Collection[Id]) -> Mapping[Id, frozenset[Id]]:
    """By case file, the members whose own file it is: who examine it, agreed it as examiners or were called in."""
    found: dict[Id, set[Id]] = {file: set() for file in files}

    def add(file: Id | None, *members: Id | None) -> None:
        if file in found:
            found[file].update(member for member in members if member is not None)

    for examination in records_of(workspace, Examination, "case_file", files):
        if examination.started is not None:
            add(examination.case_file, examination.examiner)
    for joint in records_of(workspace, JointMarking, "case_file", files):
        add(joint.case_file, joint.called_in, *members_of(joint))
    for agreed in records_of(workspace, AgreedAnswer, "case_file", files):
        if agreed.source != MODERATED:
            add(agreed.case_file, agreed.by)
    return {file: frozenset(members) for file, members in found.items()}


def agreed_id(workspace: Workspace, file: Id, question: str, instance: str = "") -> Id:
    """The id of a file's agreed answer: of one that was entered twice, that of the entry that has one already."""
    ids = [derived_id(AgreedAnswer.kind, one, question, instance) for one in sets(workspace).members(file)]
    held = {one.id for one in records(workspace, AgreedAnswer, id=ids)}
    return next((id for id in ids if id in held), ids[0])


def stood_on(answers: Iterable[Answer]) -> bytes:
    """Digest of what the original answers said when something was agreed upon them: 32 bytes."""
    lines = sorted(f"{one.id.hex()}\t{one.value}\n" for one in answers)
    return hashlib.sha256("".join(lines).encode()).digest()


def question_judged(workspace: Workspace, record: Id) -> Question | None:
    """The question that an answer, an agreed answer or a moderator's mark is to, in the version it was asked in."""
    version: Id | None = None
    if answer := find(workspace, Answer, record):
        examination = find(workspace, Examination, answer.examination)
        code, version = answer.question, examination.question_set if examination else None
    elif mark := find(workspace, ModeratedMark, record):
        look = find(workspace, Moderation, mark.moderation)
        code, version = mark.question, look.question_set if look else None
    elif agreed := find(workspace, AgreedAnswer, record):
        some = records(workspace, Examination, case_file=agreed.case_file) if agreed.case_file else []
        code, version = agreed.question, next((one.question_set for one in some if one.question_set), None)
    else:
        return None
    try:
        return question_set(workspace, version).question(code)
    except (Fault, KeyError):
        return None
