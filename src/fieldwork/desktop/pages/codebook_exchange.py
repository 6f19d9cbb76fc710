"""The codebook read in from a file, what it changes said first, and written out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Field
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.work import codebook_files
from fieldwork.work.codebook_files import Taking, Told

LANE = "preview"
_FILES = "Codebooks (*.qdc *.csv *.xlsx)"


class CodebookFiles(QObject):
    """The two forms. `opened(form, title)` when one is asked for; `done(sentence)` once it is read in or written."""

    opened = Signal(object, str)
    done = Signal(str)

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__()
        self.desk, self._now = desk, now
        self._told: list[Told] = []
        self.reading = FormLine(
            "Read a codebook in (.qdc, .csv or .xlsx): what it changes is said before anything is changed",
            {"path": ("Folder and file name", Field(), 420)},
            "Look at it",
            {"path": button("setup.browse", "quiet")},
        )
        self.writing = FormLine(
            "Write the codebook: .qdc for other programs, .csv or .xlsx for a spreadsheet",
            {"path": ("Folder and file name", Field(), 420)},
            "Write it",
        )
        self.reading.kept.connect(self.look)
        self.writing.kept.connect(self.write)

    def ask_for_file(self) -> None:
        self._told = []
        self.reading.keep.setText("Look at it")
        self.opened.emit(self.reading, "")

    def browse_for_file(self) -> None:
        dialog = QFileDialog(self.reading, "Read a codebook in")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(_FILES)
        dialog.fileSelected.connect(lambda path: self.reading.put(path=path))
        self.ask_for_file()
        dialog.open()

    def look(self) -> None:
        """First what the file would change; a second Enter takes it."""
        path = self.reading.text("path")
        if not path:
            self.reading.wrong("path", "Say which codebook: its folder and file name.")
        elif self._told:
            self.desk.act(
                codebook_files.take_codebook,
                told=self._told,
                then=lambda _: self.done.emit(f"Read in at {self._now():%H:%M:%S}."),
                otherwise=lambda error: self.reading.wrong("path", sentence_for(error)),
            )
        else:
            self.desk.ask(
                _looked_at,
                Path(path),
                then=self._offer,
                otherwise=lambda error: self.reading.wrong("path", sentence_for(error)),
            )

    def _offer(self, found: tuple[list[Told], Taking]) -> None:
        told, taking = found
        said = _offered(taking)
        self._told = told if taking.changes else []
        if self._told:
            self.reading.keep.setText("Take it")
            said = f"{said} Enter takes it."
        self.reading.wrong("path", said)

    def ask_where(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.writing.put(path=str(Path(folder or Path.home()) / "codebook.qdc"))
        self.opened.emit(self.writing, "")

    def write(self) -> None:
        path = self.writing.text("path")
        if not path:
            self.writing.wrong("path", "Say where to: a folder and a file name.")
            return
        self.desk.act(
            codebook_files.write_codebook,
            to=Path(path),
            lane=LANE,
            then=lambda _: self.done.emit(f"Written at {self._now():%H:%M:%S}: {path}"),
            otherwise=lambda error: self.writing.wrong("path", sentence_for(error)),
        )


def _looked_at(workspace: object, path: Path) -> tuple[list[Told], Taking]:
    told = codebook_files.read_codebook(path)
    return told, codebook_files.taking(workspace, told)  # type: ignore[arg-type]


def _offered(taking: Taking) -> str:
    """What reading a file in would do, in a sentence."""
    if not taking.changes:
        return "All of it stands in the codebook already; nothing would change."
    parts = [
        f"{words.counted(len(some), 'theme', 'themes')} {what} ({', '.join(some[:4])}{' …' if len(some) > 4 else ''})"
        for some, what in ((taking.new, "new"), (taking.changed, "described anew"))
        if some
    ]
    left = f"; {len(taking.left)} as they are" if taking.left else ""
    return f"{' and '.join(parts)}{left}."
