"""The Qt application: fonts, style, colours, text size. Nothing heavy is imported here.

The first window must be painted before the store, the reports or the exchange are imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.icons import icon
from fieldwork.desktop.appearance.style import FieldworkStyle
from fieldwork.desktop.appearance.tokens import appearance, load_fonts
from fieldwork.desktop.doorbell import Doorbell, ring, to_front
from fieldwork.desktop.front import Front, Opened
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


class Fieldwork(QObject):
    """The application while it runs: the front while nothing is open, the window while something is."""

    def __init__(self, path: Path | None, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or load_settings()
        self.application = make_application(settings=self.settings)
        self.application.setQuitOnLastWindowClosed(False)
        self.front = Front(path, self.settings)
        self.front.ready.connect(self._open)
        self.front.closed.connect(self.application.quit)
        self.session: Any = None
        self.bell = Doorbell(self)
        self.bell.rung.connect(self._come_to_front)
        self.front.meant.connect(self.bell.listen)
        if self.front.path is not None:
            self.bell.listen(self.front.path)
        self.front.show()

    def _open(self, opened: Opened) -> None:
        from fieldwork.desktop.session import UnlockedSession

        self.bell.listen(opened.workspace.path)
        session = UnlockedSession(opened, self.settings)
        session.ended.connect(self._ended)
        self.session = session
        session.show()
        self.front.hide()

    def _ended(self, why: str) -> None:
        self.session = None
        if why == "locked":
            os.environ.pop("FIELDWORK_PASSPHRASE", None)
            self.front.show_unlock(
                f"{self.front.path.name if self.front.path else ''}, locked at {datetime.now():%H:%M}. "
                "What you typed is saved."
            )
            self.front.show()
        elif why == "damaged":
            os.environ.pop("FIELDWORK_PASSPHRASE", None)
            self.front.show_damaged()
            self.front.show()
        else:
            QTimer.singleShot(0, self.application.quit)

    def _come_to_front(self) -> None:
        to_front(self.session.window if self.session is not None else self.front)


def run(path: Path | None) -> int:
    """Open the window, on a workspace if one is given; returns when the person has closed it.

    Where a window has that workspace already, that one comes to the front and this start ends.
    """
    settings = load_settings()
    make_application(settings=settings)
    meant = path or next((p for p in map(Path, settings.recent) if p.is_file()), None)
    if meant is not None and ring(meant):
        return 0
    fieldwork = Fieldwork(path, settings)
    return fieldwork.application.exec()
