"""The Qt application: fonts, style, colours, text size. Nothing heavy is imported here.

The first window must be painted before the store, the reports or the exchange are imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.icons import icon
from fieldwork.desktop.appearance.style import FieldworkStyle
from fieldwork.desktop.appearance.tokens import appearance, load_fonts
from fieldwork.desktop.settings import Settings, load_settings


def make_application(
    arguments: Sequence[str] | None = None, settings: Settings | None = None
) -> QApplication:
    """The one QApplication, dressed; the one there is already, if there is one."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(arguments or sys.argv[:1]))
    app.setApplicationName("fieldwork")
    app.setApplicationDisplayName("Fieldwork")
    app.setOrganizationName("Fieldwork")
    app.setStyle(FieldworkStyle())
    load_fonts()
    chosen = settings or load_settings()
    appearance.apply(chosen.appearance, chosen.text_size)
    appearance.follow_system()
    app.setWindowIcon(_window_icon())
    return app


def _window_icon() -> QIcon:
    return icon("clipboard-check", "accent", 32)
