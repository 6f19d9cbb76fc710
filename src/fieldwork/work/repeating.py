"""Adding one of several (a suspect, a submission) to an examination, and dropping it."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.order import between
from fieldwork.domain.question_set import Group
from fieldwork.domain.records import Answer
from fieldwork.domain.values import Id, new_id
from fieldwork.questions.applying import MOST_INSTANCES
from fieldwork.questions.repeating import parted
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, pair_marking
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane
from fieldwork.work.instances import repeats_of

ADD, DROP = "add one of several", "drop one of several"


def called(pane: Pane, group: Group) -> str:
    """A repeat as a person reads it."""
    return pane.applied.filled(str(group.label)) or group.code


def open_repeats(pane: Pane) -> list[Group]:
    """The repeats that apply to this file and that a person may add to."""
    share = pane.share
    return [
        group
        for group in repeats_of(pane.questions)
        if not group.repeat_count
        and group.code in pane.applied.instances
        and (share is None or group.code in share.first_repeats or group.code in share.repeats)
    ]


def add_instance(
    workspace: Workspace, *, file: Id, repeat: str, label: str = "", at: int | None = None
) -> Done:
    """Add one more of a repeat, behind the others. Raises Fault where the form itself says how many there are."""
    pane = examining.open_file(workspace, file)
    group = next((one for one in repeats_of(pane.questions) if one.code == repeat), None)
    if group is None:
        raise Fault(f'There is no repeat "{repeat}" in this question set.')
    if group.repeat_count:
        raise Fault(f"How many of {called(pane, group)} there are follows from other answers of the form.")
    if group not in open_repeats(pane):
        raise Fault(f"{called(pane, group)} is not asked of file {pane.file.reference}.")
    held = pane.instances[repeat]
    if len(held) >= MOST_INSTANCES:
        raise Fault(f"There are {MOST_INSTANCES} of {called(pane, group)} already; a file holds no more.")
    said = {"label": label.strip(), "position": between(held[-1].position if held else "", "")}
    if pane.share is not None:
        return pair_marking.enter(workspace, pane, ADD, repeat, said, at)
    id = new_id()
    fields = {"examination": pane.examination.id, "repeat": repeat, **said}
    changes = [*examining.begun(workspace, pane, at), Change(RepeatInstance.kind, id, fields)]
    return do(workspace, ADD, changes, id=id, at=at)


def drop_instance(
    workspace: Workspace, *, file: Id, instance: Id, reason: str, at: int | None = None
) -> Done:
    """Drop one of a repeat with the answers in it. An answer given elsewhere unseen brings it back."""
    pane = examining.open_file(workspace, file)
    if not reason.strip():
        raise Fault("Say in a few words why it is dropped.")
    found = next((one for some in pane.instances.values() for one in some if one.id == instance), None)
    if found is None or any(g.code == found.repeat and g.repeat_count for g in pane.questions.groups):
        raise Fault(f"File {pane.file.reference} has no such entry that could be dropped.")
    inside = [held for place, held in pane.answers.items() if parted(place)[1] == instance.hex()]
    changes = [
        Change(RepeatInstance.kind, instance, {DELETED: DELETE}),
        *(Change(Answer.kind, held.id, {DELETED: DELETE}) for held in inside),
    ]
    if pane.share is not None:
        return pair_marking.drop(workspace, pane, DROP, found.repeat, changes, reason.strip(), at)
    changes += examining.opened_again(pane)
    return do(workspace, DROP, changes, id=instance, reason=reason.strip(), at=at)
