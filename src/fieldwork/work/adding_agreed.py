"""Adding one of several (a suspect) that both examiners of a file missed, where they settle what they differ on."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer
from fieldwork.domain.records import Answer
from fieldwork.domain.values import Id, new_id
from fieldwork.questions.applying import MOST_INSTANCES
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work import reconciling
from fieldwork.work.agreed import agreed_id, stood_on
from fieldwork.work.done import Done, do
from fieldwork.work.reconciling import NOT_THERE, THERE
from fieldwork.work.repeating import called, open_repeats


def add_agreed(
    workspace: Workspace, *, file: Id, repeat: str, reason: str, label: str = "", at: int | None = None
) -> Done:
    """Add one more of a repeat that neither examiner has entered: what is asked of it is asked then.

    An agreed answer to the repeat itself says that it is there, and can say later that it is not.
    """
    standing = reconciling.to_reconcile(workspace, file)
    source = reconciling.source_of(workspace, standing)
    group = next((one for one in open_repeats(standing.pane) if one.code == repeat), None)
    if group is None:
        raise Fault(f'File {standing.file.reference}: nothing is entered several times in "{repeat}".')
    if len(standing.pane.instances[repeat]) >= MOST_INSTANCES:
        named = called(standing.pane, group)
        raise Fault(f"There are {MOST_INSTANCES} of {named} already; a file holds no more.")
    if not reason.strip():
        raise Fault("Say in a line why it is there though neither entered it.")
    instance = new_id().hex()
    neither = [Answer(id=b"", question=repeat, instance=instance, value=NOT_THERE)] * 2
    fields = {
        "case_file": standing.file.id,
        "question": repeat,
        "instance": instance,
        "value": THERE,
        "reason": reason.strip(),
        "comment": label.strip(),
        "stands_on": stood_on(neither),
        "by": workspace.identity.member if source == reconciling.CALLED_IN else None,
        "source": source,
    }
    id = agreed_id(workspace, standing.file.id, repeat, instance)
    return do(workspace, "agree", [Change(AgreedAnswer.kind, id, fields)], id=id, at=at)
