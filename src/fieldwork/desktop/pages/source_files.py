"""The files of a document or a figure: listed, taken in, looked at, copied out, asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Field, Row, RowList, Text
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import Id
from fieldwork.work import attachments
from fieldwork.work.attachments import Attached, Picture, Prepared

LANE = "files"  # cleaning a photograph takes a second, and typing never waits for it
WIDE, TALL = 520, 360  # dp that a picture is shown in
KINDS = "Pictures and PDFs (*.jpg *.jpeg *.png *.webp *.pdf)"


class Shown(Scaled, QWidget):
    """A picture as it is kept, decrypted into memory only."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def put(self, picture: Picture | None, name: str = "") -> None:
        self._image = QImage()
        if picture is not None:
            wide, tall = picture.size
            held = QImage(picture.points, wide, tall, 3 * wide, QImage.Format.Format_RGB888)
            self._image = held.copy()  # the bytes are not ours to keep
            self.setAccessibleName(f"Picture {name}")
        self.setVisible(picture is not None)
        self.rescale()

    def rescale(self) -> None:
        size = self._image.size()
        size.scale(QSize(min(dp(WIDE), size.width()), dp(TALL)), Qt.AspectRatioMode.KeepAspectRatio)
        self.setFixedSize(size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)


class SourceFiles(Box):
    """`said(sentence)`; `renewed` when other keys hold; `left` when the keyboard goes back to the list."""

    said = Signal(str)
    renewed = Signal()
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(space=8)
        self.desk, self._pictures = desk, Latest(desk, LANE)
        self._belongs: Id | None = None
        self._files: tuple[Attached, ...] = ()
        self._looked_at: Id | None = None
        self.head = Text("", "label", weight=600)
        self.list = RowList(name="Attached files")
        self.list.opened.connect(lambda _: self.open_file())
        self.list.moved.connect(lambda _: self._moved())
        self.picture = Shown()
        self.taking = FormLine("Attach a picture or a PDF", {"path": ("Which file", Field(), 420)}, "Attach")
        self.taking.kept.connect(lambda: self.take(self.taking.text("path")))
        self.copying = FormLine("Save a copy, in clear", {"path": ("Where to", Field(), 420)}, "Save")
        self.copying.kept.connect(self._copy)
        for form in (self.taking, self.copying):
            form.left.connect(self.left)
        self.add(self.head, self.list, self.picture, self.taking, self.copying)

    def put(self, belongs: Id | None, files: tuple[Attached, ...]) -> None:
        """Show the files of another document or figure, or of the same one as they are now."""
        if belongs != self._belongs:
            self.close_lines()
        if self._looked_at not in {one.id for one in files if one.here}:
            self.picture.put(None)
        self._belongs, self._files = belongs, files
        at = self.list.row()
        self.list.set_rows([_row(one) for one in files])
        self.list.go(min(max(at, 0), len(files) - 1))
        self.list.setVisible(bool(files))
        self.head.setText(f"Attached: {words.counted(len(files), 'file')}" if files else "")
        self.head.setVisible(bool(files))

    def _moved(self) -> None:
        self.picture.put(None)
        self.renewed.emit()

    def current(self) -> Attached | None:
        at = self.list.row()
        return self._files[at] if 0 <= at < len(self._files) else None

    def commands(self) -> dict[str, Callable[[], object]]:
        if self._belongs is None:
            return {}
        handlers: dict[str, Callable[[], object]] = {"source.attach": self.ask_which}
        one = self.current()
        if one is not None and one.here:
            handlers |= {"source.open": self.open_file, "source.copy": self.ask_where}
        elif one is not None and not one.wished:
            handlers["source.wish"] = self.wish
        if one is not None:
            handlers["source.detach"] = self.detach
        return handlers

    def close_lines(self) -> None:
        self.taking.hide()
        self.copying.hide()

    def writing(self) -> bool:
        return not (self.taking.isHidden() and self.copying.isHidden())

    # Taking in

    def ask_which(self) -> None:
        """The file's folder and name are typed; with nothing typed Enter opens the system's own dialogue."""
        self.close_lines()
        self.taking.put(path="")
        self.taking.open_line("Attach a picture or a PDF; Enter with nothing typed looks for it")

    def take(self, path: str) -> None:
        """Read and clean a file beside the keyboard's way, then attach it."""
        if not path:
            self._browse()
            return
        belongs = self._belongs
        self.said.emit(f"{Path(path).name} is being read\u2026")
        self.desk.ask(
            attachments.prepare,
            Path(path),
            lane=LANE,
            then=lambda prepared: self._attach(belongs, prepared),
            otherwise=self._refused,
        )

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Attach a picture or a PDF")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(KINDS)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def _attach(self, belongs: Id | None, prepared: Prepared) -> None:
        if belongs is not None:
            self.desk.act(
                attachments.attach,
                belongs=belongs,
                prepared=prepared,
                then=lambda _: self._attached(prepared),
                otherwise=self._refused,
            )

    def _attached(self, prepared: Prepared) -> None:
        self.taking.hide()
        made = prepared.cleaned
        without = f", without {made.taken_out}" if made.taken_out else ""
        self.said.emit(f"{made.name} is attached{without}. It goes to colleagues who ask for it.")
        self.left.emit()

    def _refused(self, error: BaseException) -> None:
        if self.taking.isHidden():
            self.said.emit(sentence_for(error))
        else:
            self.said.emit("")
            self.taking.wrong("path", sentence_for(error))

    # What is there

    def open_file(self) -> None:
        one = self.current()
        if one is None:
            return
        if not one.here:
            self.wish()
        elif one.record.media.startswith("image/"):
            name, self._looked_at = one.record.name, one.id
            self._pictures.ask(
                attachments.picture,
                one.id,
                then=lambda picture: self.picture.put(picture, name),
                otherwise=lambda error: self.said.emit(sentence_for(error)),
            )
        else:
            self.ask_where()

    def ask_where(self) -> None:
        one = self.current()
        if one is not None:
            self.close_lines()
            self.copying.put(path=str(Path.home() / one.record.name))
            self.copying.open_line(f"Save a copy of {one.record.name}: anybody can read it there")

    def _copy(self) -> None:
        one, path = self.current(), self.copying.text("path")
        if one is None or not path:
            self.copying.wrong("path", "Say where to: a folder and a file name.")
            return
        self.desk.ask(
            attachments.save_copy,
            attachment=one.id,
            to=Path(path),
            lane=LANE,
            then=self._copied,
            otherwise=lambda error: self.copying.wrong("path", sentence_for(error)),
        )

    def _copied(self, path: Path) -> None:
        self.copying.hide()
        self.said.emit(f"Saved as {path}, in clear.")
        self.left.emit()

    def wish(self) -> None:
        one = self.current()
        if one is not None:
            said = f"{one.record.name} is asked for: who has it puts it beside their next package."
            self.desk.act(attachments.wish, attachment=one.id, then=lambda _: self.said.emit(said))

    def detach(self) -> None:
        one = self.current()
        if one is not None:
            said = f"{one.record.name} is taken off. Ctrl Z brings it back; only an erasure destroys it."
            self.desk.act(
                attachments.remove_attachment, attachment=one.id, then=lambda _: self.said.emit(said)
            )


def _row(one: Attached) -> Row:
    held = one.record
    size = f"{max(1, round((held.size or 0) / 1024)):,} KB"
    pages = words.counted(held.pages, "page") if held.pages else ""
    without = f"without {held.cleaned}" if held.cleaned else ""
    where = "" if one.here else "asked for" if one.wished else "not on this laptop: r asks for it"
    sub = ", ".join(part for part in (pages, size, without) if part)
    return Row(held.name, sub, icon="file-text", trail=where, ident=one.id)
