"""The queue of case files an examiner goes through: the next one, and where one stands, without a record for each."""

from dataclasses import dataclass
from datetime import date

from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile, Examination
from fieldwork.domain.values import Id
from fieldwork.store.drawn import places
from fieldwork.store.file_order import Order, Row, file_order
from fieldwork.store.reading import get, records
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.files import file_states, foremost
from fieldwork.work.joint import members_of


def next_file(workspace: Workspace, after: Id | None = None, *, today: date | None = None) -> CaseFile | None:
    """The next file for this examiner: allocated to them or to nobody, theirs not finished, in list order.

    One that is to be looked at again counts as not finished once its day has come. With `after`, the one
    behind it in the same stratum goes first.
    """
    order = file_order(workspace)
    if order is None:
        return _next_of_states(workspace, after, today or date.today())
    waiting = _Waiting(workspace, order)
    day = today or date.today()
    at = next((n for n, one in enumerate(order.files) if one.id == after), None)
    if at is not None and waiting.listed(order.files[at]):
        stratum = order.files[at].stratum
        same = (one for one in order.files[at + 1 :] if one.stratum == stratum and waiting.open(one, day))
        if (following := next(same, None)) is not None:
            return get(workspace, CaseFile, following.id)
    mine = [one.id for one in order.files if one.id != after and waiting.open(one, day)]
    started = [id for id in mine if id in waiting.mine]
    return get(workspace, CaseFile, (started or mine)[0]) if mine else None


@dataclass(frozen=True)
class InQueue:
    """A file among those of this examiner: its number from 1, of how many, and its neighbours."""

    place: int
    all: int
    before: Id | None
    after: Id | None


def place_in_queue(workspace: Workspace, file: CaseFile) -> InQueue:
    """Where a file stands among those of this examiner, of its visit if it has one; it is one of them here."""
    ids = _queue(workspace, file)
    at = ids.index(file.id)
    before = ids[at - 1] if at else None
    return InQueue(at + 1, len(ids), before, ids[at + 1] if at + 1 < len(ids) else None)


def _queue(workspace: Workspace, file: CaseFile) -> list[Id]:
    order, me = file_order(workspace), workspace.identity.member
    if order is None:
        states = file_states(workspace, visit=file.visit, replaced=True, calibration=True)
        ids = [state.file.id for state in states if state.file.id == file.id or state.waits_for(me)]
        return ids if file.id in ids else [*ids, file.id]
    waiting = _Waiting(workspace, order)
    return [
        one.id
        for one in order.files
        if one.id == file.id or (file.visit in (None, one.visit) and waiting.waits(one))
    ]


class _Waiting:
    """Which files wait for this examiner, as `FileState` says it, without a state for each."""

    def __init__(self, workspace: Workspace, order: Order) -> None:
        self._me, self._begun = workspace.identity.member, order.begun
        self._drawn, self._apart = places(workspace), calibrating(workspace)
        self._joint = {
            one.case_file: members_of(one) for one in records(workspace, JointMarking) if one.case_file
        }
        own: dict[Id, list[Examination]] = {}
        for examination in records(workspace, Examination, examiner=self._me):
            if examination.case_file is not None:
                own.setdefault(examination.case_file, []).append(examination)
        self.mine = {file: foremost(some) for file, some in own.items()}

    def listed(self, one: Row) -> bool:
        """Whether it is in the sample or for calibration."""
        if one.id in self._apart:
            return True
        standing = self._drawn[one.id].standing if one.id in self._drawn else ""
        if standing == "reserve":
            return one.allocated is not None or one.id in self._begun
        return standing != "replaced"

    def waits(self, one: Row) -> bool:
        """Whether this examiner is to examine it, or has."""
        examiners = self._joint.get(one.id, ())
        for_me = self._me in examiners if examiners else one.allocated in (self._me, None)
        return for_me and self.listed(one)

    def open(self, one: Row, today: date) -> bool:
        """Whether it waits and is not done, by this examiner or, where it is nobody's, by anybody."""
        if not self.waits(one):
            return False
        mine = self.mine.get(one.id)
        if mine is not None:
            done = mine.finished and date.fromtimestamp(mine.finished / 1000).isoformat()
            return not done or (bool(one.revisit) and done < one.revisit <= today.isoformat())
        return not (one.allocated is None and self._begun.get(one.id) and not self._joint.get(one.id))


def _next_of_states(workspace: Workspace, after: Id | None, day: date) -> CaseFile | None:
    """As `next_file`, where some were entered twice."""
    me = workspace.identity.member
    states = file_states(workspace, calibration=True)
    here = next((s for s in states if after is not None and s.file.id == sets(workspace).of(after)), None)
    mine = [
        s
        for s in states
        if s is not here
        and s.waits_for(me)
        and not (s.mine and s.mine.finished and not s.due(day))
        and not (s.file.allocated is None and s.mine is None and s.finished and not s.examiners)
    ]
    if here is not None:
        place = {state.file.id: number for number, state in enumerate(states)}
        same = (s for s in mine if s.file.stratum == here.file.stratum)
        following = next((s for s in same if place[s.file.id] > place[here.file.id]), None)
        if following is not None:
            return following.file
    started = [s for s in mine if s.mine is not None]
    return (started or mine)[0].file if mine else None
