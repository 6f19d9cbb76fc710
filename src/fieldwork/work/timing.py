"""The time an examiner worked on a file."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Examination
from fieldwork.domain.values import Id
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining
from fieldwork.work.done import Done, do


def add_time(workspace: Workspace, *, file: Id, ms: int, at: int | None = None) -> Done:
    """Add milliseconds to what this examiner has worked on a file.

    Nothing is written where they have not begun, or where the file is marked unseen by a colleague: how long
    an answer took tells something of it.
    """
    if ms < 0:
        raise Fault("Time worked cannot be less than none.")
    held = examining.open_file(workspace, file).examination
    if held.started is None or held.sealing is not None or not ms:
        return Done(held.id)
    change = Change(Examination.kind, held.id, {"worked": (held.worked or 0) + ms})
    return do(workspace, "time worked", [change], id=held.id, at=at)
