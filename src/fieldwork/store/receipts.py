"""Receipts: every package that went out, came in or was refused, and what that says of who has what."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id, Value
from fieldwork.store.workspace import Workspace, forget_meta, get_meta, set_meta

LEFT = "left"  # meta: since the last merge something left this laptop, or was about to


@dataclass(frozen=True)
class Receipt:
    """A package that went "out", came "in" or was "refused"; "not yet" may be taken another day. at: wall ms."""

    direction: str
    name: str
    device: Id | None
    at: int
    entries: int
    changes: int
    reason: str = ""


def keep_receipts(workspace: Workspace, receipts: Iterable[tuple[Receipt, bytes]]) -> None:
    """Keep receipts, each with the digest of its package's bytes, all or none; what went out counts as shared."""
    with workspace.write() as db:
        for receipt, digest in receipts:
            write_receipt(db, receipt, digest)


def write_receipt(db: sa.Connection, receipt: Receipt, digest: bytes, *, shared: bool = True) -> None:
    """The same inside a transaction that is open already. shared: all that was written here went out."""
    db.exec_driver_sql(
        "INSERT INTO receipt (direction, digest, name, device, at, entries, changes, reason) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (
            receipt.direction,
            digest,
            receipt.name,
            receipt.device,
            receipt.at,
            receipt.entries,
            receipt.changes,
            receipt.reason,
        ),
    )
    if receipt.direction == "out":
        _count_as_gone_out(db)
        if shared:
            _count_as_shared(db)


def _count_as_shared(db: sa.Connection) -> None:
    """All that was done here so far went out to colleagues."""
    db.exec_driver_sql(
        "INSERT OR REPLACE INTO meta (name, value) SELECT 'shared_tip', value FROM meta WHERE name = 'tip'"
    )
    forget_meta(db, "old_tips")


def _count_as_gone_out(db: sa.Connection) -> None:
    """All that was done here so far has left this laptop, if only in a pack for somebody who may never join."""
    db.exec_driver_sql(
        "INSERT OR REPLACE INTO meta (name, value) SELECT 'gone_out', value FROM meta WHERE name = 'tip'"
    )


def leave(workspace: Workspace) -> dict[str, Value]:
    """Count what stands here as gone out, before it goes: a program that is killed as it goes cannot say so after.

    Returns what `stay` is given where nothing went after all.
    """
    with workspace.write() as db:
        before = {name: get_meta(db, name) for name in ("gone_out", LEFT)}
        _count_as_gone_out(db)
        set_meta(db, **{LEFT: 1})
    return before


def stay(workspace: Workspace, before: Mapping[str, Value]) -> None:
    """Nothing went. Where that cannot be written down, all goes on counting as gone."""
    with contextlib.suppress(Fault), workspace.write() as db:
        for name, value in before.items():
            if value is None:
                forget_meta(db, name)
            else:
                set_meta(db, **{name: value})


def receipts(workspace: Workspace) -> list[Receipt]:
    """All packages in and out, the newest first."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT direction, name, device, at, entries, changes, reason FROM receipt ORDER BY no DESC"
        ).fetchall()
    return [Receipt(*row) for row in rows]


def digests(workspace: Workspace) -> dict[bytes, str]:
    """The digests of all packages there are receipts for, and what became of them; having come "in" counts most."""
    with workspace.read() as db:
        rows = db.exec_driver_sql(
            "SELECT digest, direction FROM receipt WHERE direction <> 'back'"
        ).fetchall()
    order = ("not yet", "refused", "out", "in")
    ranked = sorted(rows, key=lambda row: order.index(row[1]))
    return {bytes(digest): direction for digest, direction in ranked if digest}
