"""Several pieces of evidence that were marked in a list, dealt with in one act that one undo takes back."""

from collections.abc import Sequence

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer, Finding, NoteLine, Theme
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import DIRECTIONS, STRENGTHS
from fieldwork.store.columns import kinds_of
from fieldwork.store.reading import get
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.findings import link_change
from fieldwork.work.signing import refuse_locked
from fieldwork.work.themes import tag_change


def tag_all(
    workspace: Workspace,
    *,
    targets: Sequence[Id],
    theme: Id,
    direction: str = "neutral",
    strength: str = "",
    at: int | None = None,
) -> Done:
    """Put a theme on several note lines and answers."""
    one_of(direction, DIRECTIONS, "direction")
    one_of(strength, ("", *STRENGTHS), "strength")
    get(workspace, Theme, theme)
    with workspace.read() as db:
        kinds = kinds_of(db, targets)
    if not targets or any(kinds.get(id) not in (NoteLine.kind, Answer.kind) for id in targets):
        raise Fault("Only note lines and answers can carry a theme; nothing was tagged.")
    changes = [tag_change(id, theme, direction, strength) for id in dict.fromkeys(targets)]
    return do(workspace, "tag", changes, id=changes[0].id, at=at)


def pin_all(
    workspace: Workspace,
    *,
    finding: Id,
    evidence: Sequence[Id],
    bearing: str = "for",
    at: int | None = None,
) -> Done:
    """Put several pieces for or against a finding."""
    get(workspace, Finding, finding)
    refuse_locked(workspace, finding)
    if not evidence:
        raise Fault("Nothing was marked to be pinned.")
    changes = [link_change(workspace, finding, id, bearing, "") for id in dict.fromkeys(evidence)]
    return do(workspace, "pin", changes, id=changes[0].id, at=at)
