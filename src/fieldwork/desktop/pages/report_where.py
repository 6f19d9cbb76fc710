"""Where a report goes: its format, and the folder and name of its file, each following the other."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.kit import Field, Segments, Text
from fieldwork.desktop.kit.layout import Box

FORMATS = (("PDF", ".pdf"), ("HTML", ".html"), ("Word", ".docx"), ("CSV", ".csv"))


class WhereTo(Box):
    """own: whether a person chose the path; replace: the path of which it was asked whether it may be replaced."""

    def __init__(self) -> None:
        self.own = False
        self.replace = ""
        self.formats = Segments(*(name for name, _ in FORMATS), name="Format")
        self.formats.chosen.connect(lambda _: self._format_chosen())
        label = Text("Where to", "label", weight=600)
        self.path = Field(name="Where to", hint="folder and file name")
        label.setBuddy(self.path)
        self.path.textEdited.connect(self._typed)
        super().__init__(self.formats, label, self.path, space=8)

    def suggest(self, name: str) -> None:
        """A file among one's documents, unless a place was chosen."""
        if not self.own:
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            self.path.setToolTip(folder)
            file = Path(folder or str(Path.home())) / (name + FORMATS[self.formats.current()][1])
            self.path.setText(str(file))

    def _typed(self, typed: str) -> None:
        self.own = True
        suffix = Path(typed).suffix.lower()
        at = next((i for i, (_, ending) in enumerate(FORMATS) if ending == suffix), None)
        if at is not None:
            self.formats.choose(at)

    def _format_chosen(self) -> None:
        typed = self.path.text().strip()
        if typed:
            path = Path(typed)
            known = path.suffix.lower() in {ending for _, ending in FORMATS}
            stem = path.with_suffix("") if known else path
            self.path.setText(f"{stem}{FORMATS[self.formats.current()][1]}")

    def browse(self) -> None:
        dialog = QFileDialog(self, "Export the report", self.path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([f"{name} (*{ending})" for name, ending in FORMATS])
        dialog.selectNameFilter(dialog.nameFilters()[self.formats.current()])
        dialog.selectFile(self.path.text())
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        if not Path(path).suffix:
            path += FORMATS[self.formats.current()][1]
        self.path.setText(path)
        self._typed(path)
        self.replace = path  # the dialogue has asked
        self.path.setFocus()
