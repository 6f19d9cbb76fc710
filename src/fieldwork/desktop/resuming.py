"""Where a person left off in each workspace: ids of this device's own, never words of the evidence."""

from __future__ import annotations

import threading

import msgspec

from fieldwork.desktop.settings import settings_file
from fieldwork.domain.values import Id

Places = dict[str, dict[str, list[str]]]
_lock = threading.Lock()


def _read() -> Places:
    try:
        return msgspec.json.decode(settings_file().with_name("left.json").read_bytes(), type=Places)
    except (OSError, msgspec.DecodeError):
        return {}


def remember(workspace: str, place: str, where: list[str]) -> None:
    """Keep where one is in a place of the window; a folder that cannot be written is no reason to stop."""
    with _lock:
        places = _read()
        if places.get(workspace, {}).get(place) == where:
            return
        places.setdefault(workspace, {})[place] = where
        target = settings_file().with_name("left.json")
        part = target.with_suffix(".part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(msgspec.json.encode(places))
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)


def recall(workspace: str, place: str) -> list[str]:
    """Where one was, [] for nowhere."""
    with _lock:
        return _read().get(workspace, {}).get(place, [])


def left_at(workspace: object) -> tuple[Id, str] | None:
    """The file and question this device left off at, None for nowhere."""
    inspection = getattr(workspace, "inspection", None)
    where = recall(inspection.hex(), "files") if isinstance(inspection, bytes) else []
    try:
        return (bytes.fromhex(where[0]), where[1]) if len(where) == 2 else None
    except ValueError:
        return None
