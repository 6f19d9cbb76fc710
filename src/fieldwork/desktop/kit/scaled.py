"""Widgets whose size comes from the text size: they measure again when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Scaled(_Base):
    """Mix in before the Qt class. `appearance.apply` calls `rescale`; override it where sizes are set."""

    def rescale(self) -> None:
        self.updateGeometry()
        self.update()


class Whole(Scaled):
    """Never squeezed below its size hint, so that no word is cut."""

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
