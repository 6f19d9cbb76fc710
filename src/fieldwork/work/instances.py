"""Several of the same in one examination: suspects, submissions. Which there are, adding one, dropping one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.question_set import Group, QuestionSet
from fieldwork.domain.records import Answer, Examination
from fieldwork.domain.values import Id, derived_id
from fieldwork.questions.applying import MOST_INSTANCES
from fieldwork.store.reading import AT_ONCE, records
from fieldwork.store.workspace import Workspace

Instances = Mapping[str, tuple[RepeatInstance, ...]]
"""By the repeat's code, in order."""

Root = Callable[[str], Id]
"""By a repeat's code, what the ids of those the form counts derive from: an examination, begun or not."""


def repeats_of(questions: QuestionSet) -> list[Group]:
    return [group for group in questions.groups if group.repeats]


def grouped(answers: Iterable[Answer]) -> dict[Id, list[Answer]]:
    """Answers by their examination."""
    found: dict[Id, list[Answer]] = {}
    for held in answers:
        found.setdefault(held.examination or b"", []).append(held)
    return found


def added_in_the_open(
    workspace: Workspace, examinations: Iterable[Id], answers: Mapping[Id, Sequence[Answer]]
) -> dict[Id, list[RepeatInstance]]:
    """The instances people added to examinations that are not sealed, by examination, in order; answers: theirs.

    One that was dropped is there again where an answer in it is: somebody gave it who had not seen it go.
    """
    found: dict[Id, list[RepeatInstance]] = {}
    ids = list(dict.fromkeys(examinations))
    for at in range(0, len(ids), AT_ONCE):
        batch = ids[at : at + AT_ONCE]
        standing = {one.id for one in records(workspace, RepeatInstance, examination=batch)}
        every = records(workspace, RepeatInstance, examination=batch, hidden=True, order="position")
        used = {(id, held.instance) for id in batch for held in answers.get(id, ()) if held.value}
        for one in every:
            if one.id in standing or (one.examination, one.id.hex()) in used:
                found.setdefault(one.examination or b"", []).append(one)
    return found


def added_to(
    workspace: Workspace,
    examinations: Sequence[Examination],
    versions: Mapping[Id | None, QuestionSet],
    answers: Mapping[Id, Sequence[Answer]],
) -> dict[Id, list[RepeatInstance]]:
    """The instances people added, by examination, in order; versions, answers: theirs.

    Read only for sets that have repeats.
    """
    some = [e.id for e in examinations if repeats_of(versions[e.question_set])]
    return added_in_the_open(workspace, some, answers)


def arranged(
    questions: QuestionSet, root: Root, known: Iterable[RepeatInstance], answers: Iterable[Answer]
) -> dict[str, tuple[RepeatInstance, ...]]:
    """The instances of every repeat of a set: those added, or of a counted one those up to the last answered."""
    repeats = repeats_of(questions)
    if not repeats:
        return {}
    inside = {question.code: question.repeat for question in questions.questions}
    used: dict[str, set[str]] = {}
    for answer in answers:
        if answer.instance:
            used.setdefault(inside.get(answer.question, ""), set()).add(answer.instance)
    known = list(known)
    return {
        group.code: _answered(root(group.code), group.code, used.get(group.code, set()))
        if group.repeat_count
        else tuple(one for one in known if one.repeat == group.code)[:MOST_INSTANCES]
        for group in repeats
    }


def _answered(root: Id, repeat: str, used: set[str]) -> tuple[RepeatInstance, ...]:
    some: list[RepeatInstance] = []
    left = set(used)
    while left and len(some) < MOST_INSTANCES:
        some.append(counted(root, repeat, len(some) + 1))
        left.discard(some[-1].id.hex())
    return tuple(some)


@lru_cache(maxsize=4096)
def counted(examination: Id, repeat: str, number: int) -> RepeatInstance:
    """One of a repeat whose number the form works out: the same on every laptop, and no record."""
    id = derived_id(RepeatInstance.kind, examination, repeat, str(number))
    return RepeatInstance(id=id, examination=examination, repeat=repeat)


def widened(instances: Instances, root: Root, counts: Mapping[str, int]) -> Instances:
    """With as many of each counted repeat as the form asks for; counts: by repeat."""
    found = dict(instances)
    for repeat, wanted in counts.items():
        held = found.get(repeat, ())
        found[repeat] = held + tuple(
            counted(root(repeat), repeat, number) for number in range(len(held) + 1, wanted + 1)
        )
    return found
