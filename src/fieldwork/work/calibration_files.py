"""Which files are for calibration: marked by several to see where they agree, and outside all results."""

from collections.abc import Mapping

from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.values import Id
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.joint import CALIBRATION, members_of


def calibrating(workspace: Workspace) -> Mapping[Id, frozenset[Id]]:
    """The calibration files, each with the members who are to mark it."""
    return {
        one.case_file: frozenset(members_of(one))
        for one in records(workspace, JointMarking)
        if one.purpose == CALIBRATION and one.case_file is not None
    }
