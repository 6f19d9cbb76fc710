"""Records of which several versions stand, each version by itself."""

from collections.abc import Mapping
from typing import Any

from fieldwork.domain.values import Id
from fieldwork.store.recording import INDEX
from fieldwork.store.state import SHIFT
from fieldwork.store.workspace import Workspace

_SEVERAL = (
    "SELECT DISTINCT r.object FROM rival r CROSS JOIN object o ON o.no = r.object "
    "WHERE o.kind = ?1 AND o.deleted = 0 AND r.field <> '_deleted'"
)
_HEADS = (
    f"SELECT o.id, h.change >> {SHIFT}, h.field, h.value FROM ("
    f"SELECT c.object, c.field, c.value, c.change, c.time FROM ({_SEVERAL}) s "
    "CROSS JOIN cell c ON c.object = s.object "
    f"UNION ALL SELECT r.object, r.field, r.value, r.change, r.time FROM ({_SEVERAL}) s "
    "CROSS JOIN rival r ON r.object = s.object) h "
    f"JOIN object o ON o.no = h.object JOIN entry e ON e.no = h.change >> {SHIFT} "
    "ORDER BY o.id, h.time DESC, e.hash"
)


_WRITTEN = (
    f"SELECT e.hash, c.change & {INDEX} FROM object o JOIN cell c ON c.object = o.no "
    f"JOIN entry e ON e.no = c.change >> {SHIFT} WHERE o.id = ? AND c.field = ?"
)


def version_of(workspace: Workspace, id: Id, field: str) -> bytes:
    """Which change wrote what stands in a field: the hash of its entry and its place there; empty for none."""
    with workspace.read() as db:
        row = db.exec_driver_sql(_WRITTEN, (id, field)).fetchone()
    return row[0] + row[1].to_bytes(4, "big") if row is not None else b""


def versions_of(workspace: Workspace, kind: str) -> Mapping[Id, tuple[Mapping[str, Any], ...]]:
    """The fields of every record of a kind that was changed on several sides, once for each of them.

    The latest comes first. What one side left as it was has the value that is shown.
    """
    found: dict[Id, dict[int, dict[str, Any]]] = {}
    shown: dict[Id, dict[str, Any]] = {}
    with workspace.read() as db:
        for id, entry, name, value in db.exec_driver_sql(_HEADS, (kind,)):
            found.setdefault(id, {}).setdefault(entry, {})[name] = value
            shown.setdefault(id, {}).setdefault(name, value)
    return {id: tuple({**shown[id], **said} for said in by_entry.values()) for id, by_entry in found.items()}
