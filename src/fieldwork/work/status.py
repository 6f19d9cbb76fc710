"""What stands in the frame of the window: title, marking, what is not shared, the last merge, conflicts."""

from dataclasses import dataclass
from datetime import datetime

from fieldwork.exchange.sharing import unshared_changes
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.receipts import receipts
from fieldwork.store.workspace import Workspace
from fieldwork.work.belonging import outside
from fieldwork.work.inspections import inspection_of
from fieldwork.work.same import candidates
from fieldwork.work.team import laptops
from fieldwork.work.undoing import named


@dataclass(frozen=True)
class StatusNow:
    """unshared: changes no package has carried out; last_merge: when and with whom, or "".

    twice: pairs that look like one thing entered twice. outside: what to know where this laptop is no longer one of
    the team, "" while it is. undo, redo: what they would do, as `undoing.named` says.
    """

    title: str
    marking: str
    unshared: int
    last_merge: str
    conflicts: int
    twice: int = 0
    outside: str = ""
    undo: str = ""
    redo: str = ""

    @property
    def to_decide(self) -> int:
        return self.conflicts + self.twice


def status(workspace: Workspace, *, twice: int | None = None) -> StatusNow:
    """The status as it stands now. twice: where it is known that it has not changed."""
    inspection = inspection_of(workspace)
    last = next((receipt for receipt in receipts(workspace) if receipt.direction == "in"), None)
    words = ""
    if last is not None:
        names = {laptop.device.id: laptop.device.label for laptop in laptops(workspace)}
        when = datetime.fromtimestamp(last.at / 1000)
        day = f"{when:%H:%M}" if when.date() == datetime.now().date() else f"{when.day} {when:%b}"
        words = f"{day} with {names.get(last.device or b'', 'a laptop not known yet')}"
    return StatusNow(
        inspection.title,
        inspection.marking,
        unshared_changes(workspace),
        words,
        conflict_count(workspace),
        len(candidates(workspace)) if twice is None else twice,
        outside(workspace),
        *named(workspace),
    )
