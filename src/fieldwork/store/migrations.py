"""From one version of the tables to the next, in order, each in the transaction that opens the file.

The history never changes: a migration touches tables and projections only.
"""

from collections.abc import Callable

import sqlalchemy as sa

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS
from fieldwork.store import schema, state


def _widened(db: sa.Connection) -> None:
    """New kinds and fields: what newer colleagues had sent already stood in the cells, and is shown now."""
    state.catch_up(db.connection.driver_connection, schema.widen(db))


def _noting_packs(db: sa.Connection) -> None:
    _widened(db)
    # packs were not noted before: all that was done here may have left
    db.exec_driver_sql("INSERT INTO meta (name, value) SELECT 'gone_out', value FROM meta WHERE name = 'tip'")


def _looked_up_by_number(db: sa.Connection) -> None:
    _widened(db)
    for kind in KINDS:  # each was as large as the index of `object`, and written beside it
        db.exec_driver_sql(f'DROP INDEX IF EXISTS "{kind}_by_id"')


# version reached -> how one that is a version older gets there; sample workspaces in tests/samples prove each
STEPS: dict[int, Callable[[sa.Connection], None]] = {
    2: _noting_packs,
    3: _widened,  # draws from a list of cases
    4: _looked_up_by_number,  # blind pairs, moderation, repeats, saved results
    5: _widened,  # excerpts, masks, guides, sealed diaries, coding checks; documents, figures, sign-off
}
CURRENT = max(STEPS)


def version_of(db: sa.Connection) -> int:
    return db.exec_driver_sql("PRAGMA user_version").scalar_one()


def migrate(db: sa.Connection, name: str) -> bool:
    """Bring the tables to the current version. True when something was done.

    Raises Fault, before anything is changed, when the workspace is of a newer version.
    """
    found = version_of(db)
    if found > CURRENT:
        raise Fault(
            f"{name} was made by a newer Fieldwork (format {found}; this one reads up to {CURRENT}). "
            "Install the newer version; the file was not changed."
        )
    if found == 0:
        schema.create_all(db)
    else:
        for number in range(found + 1, CURRENT + 1):
            STEPS[number](db)
    db.exec_driver_sql(f"PRAGMA user_version = {CURRENT}")
    if found == 0:
        db.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    return found < CURRENT
