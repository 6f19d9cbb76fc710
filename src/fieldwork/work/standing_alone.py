"""A file of a pair that stands on the one examination that was begun, since no second examiner is to be had."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import Id
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import get
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do
from fieldwork.work.joint import PAIR, joint_of, members_of, stands_alone, without


def let_stand_alone(workspace: Workspace, *, file: Id, reason: str, at: int | None = None) -> Done:
    """Let the examination of the one of a pair who has begun count by itself, without a second; only a lead does.

    What the other would have been asked is asked of nobody. Where it is still sealed, its examiner finishes it, and
    a laptop that keeps its key opens it then. Pairing it again brings a second back.
    """
    lead_or_fault(workspace, "lets an examination stand alone")
    held, joint = get(workspace, CaseFile, file), joint_of(workspace, file)
    if joint is None or joint.purpose != PAIR:
        raise Fault(f"File {held.reference} is not marked by a pair.")
    if stands_alone(joint):
        raise Fault(f"File {held.reference} stands on one examination already.")
    if not reason.strip():
        raise Fault("Say in a few words why it stands without a second examiner.")
    some = [
        one
        for one in sealed_examining.standings(workspace, sets(workspace).members(held.id))
        if one.member in members_of(joint)
    ]
    if len({one.member for one in some}) != 1:
        raise Fault(
            f"Both examiners of file {held.reference} have begun; call the pair off and settle what they differ on."
            if some
            else f"Nobody has begun file {held.reference}; pair it with others instead."
        )
    one = min(some, key=lambda one: (not one.released, one.finish is None, one.examination))
    if one.released and one.finish is None:
        raise Fault(
            f"File {held.reference} was opened before its examiner had finished, so nothing can be added to it; pair "
            "it again, with another second examiner."
        )
    if not one.released and not one.keys - one.laptops:
        raise Fault(
            f"Nobody outside the pair keeps the key of file {held.reference}, so nobody could open it; let its "
            "examiner hand the key on first (Team, k)."
        )
    left = without(joint, set(members_of(joint)) - {one.member})
    change = Change(JointMarking.kind, joint.id, {"examiners": left})
    return do(workspace, "stand alone", [change], id=held.id, reason=reason.strip(), at=at)
