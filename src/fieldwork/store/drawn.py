"""Where case files stand in the draws, read without a record for each of the thousands that are only reserves."""

from collections.abc import Mapping
from dataclasses import dataclass

from fieldwork.domain.records import DrawnCase
from fieldwork.domain.values import Id
from fieldwork.store.same import sets_in
from fieldwork.store.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """A case file in the draws that know it: chosen in any, else replaced in any, else a reserve; for a blind pair."""

    standing: str
    paired: bool = False


def places(workspace: Workspace) -> Mapping[Id, Place]:
    """By case file. One that no draw knows is not among them."""
    found: dict[Id, Place] = {}
    with workspace.read() as db:
        joined = sets_in(db, DrawnCase.kind)
        rows = db.exec_driver_sql(
            "SELECT case_file, chosen, replaced, paired FROM drawn_case WHERE hidden = 0 AND case_file IS NOT NULL"
        ).fetchall()
    for file, chosen, replaced, paired in rows:
        standing = "replaced" if replaced == 1 else "chosen" if chosen == 1 else "reserve"
        one = Place(standing, paired == 1)
        id = joined.of(file)
        if id not in found or (_rank(one), one.paired) > (_rank(found[id]), found[id].paired):
            found[id] = one
    return found


def _rank(place: Place) -> int:
    return ("reserve", "replaced", "chosen").index(place.standing)
