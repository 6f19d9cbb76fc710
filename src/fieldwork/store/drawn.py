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


Part = tuple[Id, Id]
"""A draw and a stratum of it."""


@dataclass(frozen=True)
class Frames:
    """What was drawn from: how many cases each part has, and which of its parts a file was chosen in.

    shared: draws that have a case in common with another draw.
    """

    cases: Mapping[Part, int]
    chosen: Mapping[Id, frozenset[Part]]
    shared: frozenset[Id]


def frames(workspace: Workspace) -> Frames:
    """Of all draws, without a record for each case."""
    with workspace.read() as db:
        joined = sets_in(db, DrawnCase.kind)
        held = "FROM drawn_case WHERE hidden = 0 AND draw IS NOT NULL AND stratum IS NOT NULL"
        counted = db.exec_driver_sql(
            f"SELECT draw, stratum, count(*) {held} GROUP BY draw, stratum"
        ).fetchall()
        rows = db.exec_driver_sql(
            f"SELECT case_file, draw, stratum {held} AND chosen = 1 AND replaced IS NOT 1 AND case_file IS NOT NULL"
        ).fetchall()
        twice = db.exec_driver_sql(
            f"SELECT DISTINCT draw {held} AND reference IN (SELECT reference {held} AND reference != '' "
            "GROUP BY reference HAVING count(DISTINCT draw) > 1)"
        ).fetchall()
    cases: dict[Part, int] = {}
    for draw, stratum, number in counted:
        part = (draw, joined.of(stratum))
        cases[part] = cases.get(part, 0) + number
    chosen: dict[Id, set[Part]] = {}
    for file, draw, stratum in rows:
        chosen.setdefault(joined.of(file), set()).add((draw, joined.of(stratum)))
    return Frames(
        cases, {file: frozenset(some) for file, some in chosen.items()}, frozenset(draw for (draw,) in twice)
    )


def _rank(place: Place) -> int:
    return ("reserve", "replaced", "chosen").index(place.standing)
