"""How we mark: dated notes of the team on a question, kept by its code so that they outlive a version of the set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import MarkingNote
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.records import Inspection, QuestionSetVersion, TeamMember
from fieldwork.domain.values import Id, new_id
from fieldwork.questions.carried import said_of
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.examining import question_set


@dataclass(frozen=True)
class HowWeMark:
    """A note on how a question is marked. noted: ISO day; author: what the member is called, "" for nobody."""

    id: Id
    question: str
    text: str
    noted: str
    author: str


def note_marking(workspace: Workspace, *, question: str, text: str, at: int | None = None) -> Done:
    """Write down, with today's date, how a question is marked."""
    code = question.strip()
    if not text.strip():
        raise Fault(f"{code}: say in a sentence how the question is marked.")
    if not any(code == known.code for some in _versions(workspace) for known in some.answerable):
        raise Fault(f'There is no question "{code}" in this question set.')
    day = date.today() if at is None else date.fromtimestamp(at / 1000)
    fields = {
        "question": code,
        "text": text.strip(),
        "noted": day.isoformat(),
        "author": workspace.identity.member,
    }
    id = new_id()
    return do(workspace, "note on marking", [Change(MarkingNote.kind, id, fields)], id=id, at=at)


def withdraw_marking_note(workspace: Workspace, *, note: Id, at: int | None = None) -> Done:
    """Say that a note on how a question is marked no longer holds; its history keeps it."""
    id = get(workspace, MarkingNote, note).id
    change = Change(MarkingNote.kind, id, {"withdrawn": 1})
    return do(workspace, "withdraw a note on marking", [change], id=id, at=at)


def notes_by_question(workspace: Workspace) -> Mapping[str, tuple[HowWeMark, ...]]:
    """What holds, by question code, newest first; of a renamed question also what was noted under its older codes."""
    labels = {member.id: member.label for member in records(workspace, TeamMember)}
    held: dict[str, list[HowWeMark]] = {}
    for one in records(workspace, MarkingNote):
        if one.withdrawn:
            continue
        author = labels.get(one.author or b"", "")
        held.setdefault(one.question, []).append(HowWeMark(one.id, one.question, one.text, one.noted, author))
    if not held:
        return {}
    before = _earlier_codes(workspace)
    wanted = {*held, *(code for code, older in before.items() if held.keys() & older)}
    return {code: _in_order(held, {code} | before.get(code, set())) for code in sorted(wanted)}


def notes_of(workspace: Workspace, question: str) -> tuple[HowWeMark, ...]:
    """As `notes_by_question`, of one question."""
    return notes_by_question(workspace).get(question, ())


def _in_order(held: Mapping[str, list[HowWeMark]], under: set[str]) -> tuple[HowWeMark, ...]:
    some = [note for code in under for note in held.get(code, ())]
    return tuple(sorted(some, key=lambda note: (note.noted, note.id), reverse=True))


def _versions(workspace: Workspace) -> list[QuestionSet]:
    """The question set in use, then what other versions can be read here."""
    in_use = get(workspace, Inspection, workspace.inspection).question_set
    found = [question_set(workspace)]
    for version in records(workspace, QuestionSetVersion, hidden=True):
        try:
            if version.id != in_use:
                found.append(question_set(workspace, version.id))
        except Fault:
            continue
    return found


def _earlier_codes(workspace: Workspace) -> dict[str, set[str]]:
    """For each question that was called otherwise in an older version: all the codes it had, by any number of steps."""
    steps: dict[str, set[str]] = {}
    for some in _versions(workspace):
        for question in some.answerable:
            if older := said_of(question):
                steps.setdefault(question.code, set()).update(older)
    found: dict[str, set[str]] = {}
    for code in steps:
        seen, todo = {code}, [code]
        while todo:
            new = steps.get(todo.pop(), set()) - seen
            seen |= new
            todo += new
        found[code] = seen - {code}
    return found
