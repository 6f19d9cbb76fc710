"""What the window remembers between starts: nothing of the evidence, only how the reader likes it.

Read before the first window is painted, so with the standard library alone.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

RECENT = 8


@dataclass
class Settings:
    """`geometry` is (x, y, width, height) of the window when not maximised; empty before the first close."""

    appearance: str = "system"
    text_size: float = 1.0
    geometry: tuple[int, int, int, int] | None = None
    maximised: bool = False
    recent: list[str] = field(default_factory=list)

    def remember(self, workspace: Path) -> None:
        """Put a workspace at the head of the recent ones."""
        name = str(workspace.resolve())
        self.recent = [name, *(other for other in self.recent if other != name)][:RECENT]


def settings_file() -> Path:
    """The file; FIELDWORK_HOME names another folder."""
    home = os.environ.get("FIELDWORK_HOME")
    return (Path(home) if home else user_config_path("fieldwork", appauthor=False)) / "settings.json"


def load_settings() -> Settings:
    """The settings; the usual ones where there is no file or it is damaged."""
    try:
        return _made(json.loads(settings_file().read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return Settings()


def _made(said: Any) -> Settings:
    """Settings out of a file's object. Raises ValueError or TypeError when a value is not what it should be."""
    if not isinstance(said, dict):
        raise ValueError
    usual = Settings()
    found = Settings(
        str(said.get("appearance", usual.appearance)),
        min(max(float(said.get("text_size", usual.text_size)), 1.0), 2.0),
        None,
        said.get("maximised") is True,
        [name for name in said.get("recent", ()) if isinstance(name, str)],
    )
    if said.get("geometry") is not None:
        x, y, width, height = (int(number) for number in said["geometry"])
        found.geometry = (x, y, width, height)
    return found


def save_settings(settings: Settings) -> None:
    """Write them whole or not at all; a folder that cannot be written is no reason to stop."""
    target = settings_file()
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(settings), indent=2), "utf-8")
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
