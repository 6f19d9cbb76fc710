"""What the window remembers between starts: nothing of the evidence, only how the reader likes it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from platformdirs import user_config_path

RECENT = 8


class Settings(msgspec.Struct, forbid_unknown_fields=False):
    """`geometry` is (x, y, width, height) of the window when not maximised; empty before the first close."""

    appearance: str = "system"
    text_size: float = 1.0
    geometry: tuple[int, int, int, int] | None = None
    maximised: bool = False
    recent: list[str] = []

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
        settings = msgspec.json.decode(settings_file().read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()
    settings.text_size = min(max(settings.text_size, 1.0), 2.0)
    return settings


def save_settings(settings: Settings) -> None:
    """Write them whole or not at all; a folder that cannot be written is no reason to stop."""
    target = settings_file()
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
