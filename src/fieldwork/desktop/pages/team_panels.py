"""Out of the door: a package for colleagues, a pack for one more laptop; panels in the page, never modal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldwork.desktop import resuming
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Button, Card, Field, Text, col, flow
from fieldwork.desktop.pages import words
from fieldwork.exchange.sharing import Shared
from fieldwork.work import handing
from fieldwork.work.handing import HandedOut


class Remembered:
    """The folder one used last for something, kept among the window's settings."""

    def __init__(self, desk: Desk, what: str, field: Field) -> None:
        self._desk, self._what, self._field = desk, f"team {what}", field
        inspection = getattr(desk.workspace, "inspection", None)
        self._key = inspection.hex() if isinstance(inspection, bytes) else ""
        if self._key:
            desk.ask(lambda _: resuming.recall(self._key, self._what), then=self._take, lane="settings")

    def _take(self, where: list[str]) -> None:
        if where and not self._field.text():
            self._field.setText(where[0])

    def offer(self, what: str) -> None:
        """Where nothing stands in the field: the folder used last for something else, selected to be typed over."""
        if self._key and not self._field.text():
            self._desk.ask(
                lambda _: resuming.recall(self._key, f"team {what}"), then=self._offered, lane="settings"
            )

    def _offered(self, where: list[str]) -> None:
        self._take(where)
        if where and self._field.hasFocus():
            self._field.selectAll()

    def keep(self, folder: str) -> None:
        if self._key:
            self._desk.ask(
                lambda _: resuming.remember(self._key, self._what, [folder]),
                then=lambda _: None,
                lane="settings",
            )


class Panel(Card):
    """A path, what is written there, and what came of it. `done` once it was written, `left` on Cancel."""

    done = Signal()
    title = ""
    says = ""
    what = ""

    def __init__(self, desk: Desk, go: Button, browse: Button, leave: Button, cancel: Callable[[], object]):
        super().__init__(pad=20, space=8, edge="accent", width=2)
        self.desk = desk
        self.go_button = go
        self.label = Text("Folder, or folder and file name", "label", weight=600)
        self.path = Field(name="Folder, or folder and file name", hint="the stick, or a shared folder")
        self.label.setBuddy(self.path)
        self.path.returnPressed.connect(self.write)
        self.said = Text("", "small", "quiet", wrap=True)
        self.busy = False
        self.written = False  # Enter once more must not write it a second time
        self.path.textEdited.connect(lambda _: self.renew())
        for item in (
            Text(self.title, "strong"),
            Text(self.says, "small", "quiet", wrap=True),
            4,
            self.label,
            self.path,
            flow(go, browse, leave, space=8),
            self.said,
        ):
            self.spaced.add(item)
        self.said.hide()
        self.setAccessibleName(self.title)
        self.remembered = Remembered(desk, self.what, self.path)
        leave.clicked.disconnect()
        leave.clicked.connect(cancel)

    def renew(self) -> None:
        """Ready to write once more."""
        self.written = False
        self.go_button.show()

    def write(self) -> None:
        """Do it, in the write lane; the window stays free."""
        typed = self.path.text().strip()
        if self.busy or self.written:
            return
        if not typed:
            self.say("Say where to: a folder, or a folder and a file name.", "danger")
            self.path.setFocus()
            return
        self.busy = True
        self.go_button.setEnabled(False)
        self.say("Being written\u2026")
        self.begin(Path(typed).expanduser())

    def begin(self, to: Path) -> None:
        """Start the act."""
        raise NotImplementedError

    def ended(self, folder: Path) -> None:
        self.busy = False
        self.go_button.setEnabled(True)
        self.written = True
        self.go_button.hide()
        self.remembered.keep(str(folder))
        # what counts as shared, and who is invited, stands in no record: views read it again all the same
        self.desk.changed.emit({"receipt": frozenset()})
        self.done.emit()

    def failed(self, error: BaseException) -> None:
        self.busy = False
        self.go_button.setEnabled(True)
        self.say(sentence_for(error), "danger")
        self.path.setFocus()

    def say(self, sentence: str, tone: str = "quiet") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.show()

    def browse(self) -> None:
        dialog = QFileDialog(self, self.title, self.path.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.path.setText(path)
        self.path.setFocus()


class MakePanel(Panel):
    title = "Make a package"
    says = "Everything some colleague may not have yet, encrypted for the team. The same package is for all of them."
    what = "share"

    def begin(self, to: Path) -> None:
        self.desk.act(handing.share, to, then=self._shared, otherwise=self.failed)

    def _shared(self, shared: Shared) -> None:
        changes = words.counted(shared.changes, "change")
        entries = words.counted(shared.entries, "entry", "entries")
        files = (
            f" {words.counted(len(shared.files), 'attached file')} beside it, asked for."
            if shared.files
            else ""
        )
        self.say(f"{changes} in {entries}, written to {shared.path}.{files}", "text")
        self.ended(shared.path.parent)


class PackPanel(Panel):
    title = "Hand out a pack"
    says = (
        "An inspection pack brings one more laptop into the team. It opens once, with a code; "
        "each laptop needs a pack of its own."
    )
    what = "pack"

    def __init__(self, desk: Desk, go: Button, browse: Button, leave: Button, cancel: Callable[[], object]):
        super().__init__(desk, go, browse, leave, cancel)
        self.code_label = Text("One-time code", "label", weight=600)
        self.code = Text("", "display", wrap=True)
        self.code_label.setBuddy(self.code)
        self.advice = Text(
            "Say the code to your colleague, in person or by telephone. Never send it along with the pack. "
            "It is shown only now.",
            "body",
            wrap=True,
        )
        self.code_box: QWidget = col(self.code_label, self.code, self.advice, space=4)
        self.code_box.hide()
        self.spaced.add(self.code_box)

    def begin(self, to: Path) -> None:
        self.code_box.hide()
        self.desk.act(handing.hand_out, to, then=self._handed, otherwise=self.failed)

    def _handed(self, out: HandedOut) -> None:
        self.say(f"The pack is written to {out.path}.", "text")
        self.code.setText(out.code.replace("-", " "))
        self.code.setAccessibleName(f"One-time code: {', '.join(' '.join(g) for g in out.code.split('-'))}")
        self.code_box.show()
        self.ended(out.path.parent)

    def forget(self) -> None:
        """The code is seen once; it does not stay behind a closed panel."""
        self.code.setText("")
        self.code.setAccessibleName("")
        self.code_box.hide()
        self.said.hide()
