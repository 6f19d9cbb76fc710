"""The very first start: open a pack, start an inspection, or try it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_first_run import Ui_FirstRunForm


class FirstRunSheet(Sheet):
    pack_asked = Signal()
    start_asked = Signal()
    try_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(600, card=False, parent=parent)
        self.form = form = Ui_FirstRunForm()
        form.setupUi(self.body)
        form.glyph.set_icon("clipboard-check")
        form.title.set_kind("display")
        form.sub.set_kind("lead")
        form.pack.set(
            "1", "package", "Open an inspection pack", "From a stick or a folder; your lead gave it to you"
        )
        form.start.set(
            "2", "folder-plus", "Start an inspection", "For leads: bodies, question set, codebook, team"
        )
        form.tryIt.set("3", "compass", "Try it with a made-up inspection", "Delete it when you like")
        form.pack.clicked.connect(self.pack_asked)
        form.start.clicked.connect(self.start_asked)
        form.tryIt.clicked.connect(self.try_asked)

    def take_focus(self) -> None:
        self.form.pack.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = {"1": self.form.pack, "2": self.form.start, "3": self.form.tryIt}.get(event.text())
        if button is not None:
            button.click()
        else:
            super().keyPressEvent(event)
