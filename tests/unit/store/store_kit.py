"""Short words for what the tests of the store do over and over."""

from typing import Any

from fieldwork.domain.values import Value
from fieldwork.store.recording import Change, Recorded, record
from fieldwork.store.workspace import Workspace, raw

VISIT = b"visit-0000000000"
SESSION = b"session-00000000"
LINE = b"line-00000000000"


def put(workspace: Workspace, kind: str, id: bytes, **fields: Any) -> Recorded:
    return record(workspace, "act", [Change(kind, id, fields)])


def shown(workspace: Workspace, id: bytes, name: str) -> Value:
    with workspace.read() as db:
        row = (
            raw(db)
            .execute(
                "SELECT c.value FROM cell c JOIN object o ON o.no = c.object WHERE o.id = ? AND field = ?",
                (id, name),
            )
            .fetchone()
        )
    return row[0] if row else None


def heads(workspace: Workspace, id: bytes, name: str) -> list[Value]:
    """All values that stand, the one shown first."""
    with workspace.read() as db:
        rivals = (
            raw(db)
            .execute(
                "SELECT r.value FROM rival r JOIN object o ON o.no = r.object WHERE o.id = ? AND field = ?",
                (id, name),
            )
            .fetchall()
        )
    return [shown(workspace, id, name), *(value for (value,) in rivals)]


def times(workspace: Workspace) -> list[int]:
    with workspace.read() as db:
        return [time for (time,) in raw(db).execute("SELECT time FROM entry ORDER BY no")]
