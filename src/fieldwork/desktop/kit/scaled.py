"""Widgets whose size comes from the text size: they measure again when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Scaled(_Base):
    """Mix in before the Qt class. `appearance.apply` calls `rescale`; override it where sizes are set."""

    def rescale(self) -> None:
        self.updateGeometry()
        self.update()
