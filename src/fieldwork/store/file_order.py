"""The case files in their order with how far they are, read without a record for each: to find the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import Id
from fieldwork.store.same import sets_in
from fieldwork.store.workspace import Workspace, raw


class Row(NamedTuple):
    """What says whether a file waits. allocated: to whom; revisit: the day to look at it again, "" for none."""

    id: Id
    stratum: Id | None
    allocated: Id | None
    visit: Id | None
    revisit: str


@dataclass(frozen=True)
class Order:
    """files: by stratum and place in the list.

    begun: by case file, whether any of its examinations is finished.
    """

    files: tuple[Row, ...]
    begun: Mapping[Id, bool]


def file_order(workspace: Workspace) -> Order | None:
    """The order of all files; None where some were entered twice, whose records have to be put together."""
    with workspace.read() as db:
        if sets_in(db, CaseFile.kind):
            return None
        files = (
            raw(db)
            .execute(
                "SELECT f.id, f.stratum, f.allocated, f.visit, coalesce(f.revisit, '') FROM case_file f "
                "LEFT JOIN stratum s ON s.id = f.stratum AND s.hidden = 0 WHERE f.hidden = 0 "
                "ORDER BY coalesce(s.code, ''), coalesce(f.position, 0), coalesce(f.reference, ''), f.id"
            )
            .fetchall()
        )
        begun = (
            raw(db)
            .execute(
                "SELECT case_file, max(coalesce(finished, 0) != 0) FROM examination "
                "WHERE hidden = 0 AND case_file IS NOT NULL GROUP BY case_file"
            )
            .fetchall()
        )
    return Order(tuple(map(Row._make, files)), {file: bool(finished) for file, finished in begun})
