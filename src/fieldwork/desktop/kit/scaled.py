"""Widgets whose size comes from the text size: they measure again when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Base
else:
    _Base = object


class Scaled(_Base):
    """Mix in before the Qt class. Override `rescale` for what sizeHint alone cannot follow."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.rescale()
        super().changeEvent(event)

    def rescale(self) -> None:
        self.updateGeometry()
        self.update()
