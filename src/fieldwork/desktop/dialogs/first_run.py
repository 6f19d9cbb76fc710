"""With no inspection open: open a pack, start one, try it, or go back to a recent one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_first_run import Ui_FirstRunForm
from fieldwork.desktop.kit import Row, RowList, Text


class FirstRunSheet(Sheet):
    pack_asked = Signal()
    start_asked = Signal()
    try_asked = Signal()
    recent_asked = Signal(str)  # the path of an inspection opened here before

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
        self.recent_label = Text("Opened here before", "label", weight=600)
        self.recent = RowList(name="Opened here before")
        self.recent.opened.connect(self._open_recent)
        self.recent.clicked.connect(lambda index: self._open_recent(index.row()))
        at = form.column.indexOf(form.promise)
        form.column.insertWidget(at, self.recent_label)
        form.column.insertWidget(at + 1, self.recent)
        self.show_recent([])

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer inspections opened here before; their digits follow those of the three choices."""
        rows = [
            Row(path.stem, str(path.parent), icon="folder-open", key=str(key), ident=str(path))
            for key, path in enumerate(paths[:6], 4)
        ]
        self.recent.set_rows(rows)
        for part in (self.recent_label, self.recent):
            part.setVisible(bool(rows))

    def _open_recent(self, index: int) -> None:
        if 0 <= index < len(self.recent.rows):
            self.recent_asked.emit(str(self.recent.rows[index].ident))

    def take_focus(self) -> None:
        self.form.pack.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = {"1": self.form.pack, "2": self.form.start, "3": self.form.tryIt}.get(event.text())
        keys = [row.key for row in self.recent.rows]
        if button is not None:
            button.click()
        elif event.text() in keys:
            self._open_recent(keys.index(event.text()))
        else:
            super().keyPressEvent(event)
