"""Join an inspection from a pack: the file, the one-time code, this device, the passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.passphrase import fault_of, watch
from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_join import Ui_JoinForm


@dataclass(frozen=True)
class Joining:
    pack: str  # path as typed or chosen
    code: str
    device: str
    inspectorate: str
    passphrase: str


class JoinSheet(Sheet):
    joined = Signal(object)  # a Joining
    browse_asked = Signal()  # answer with set_pack

    def __init__(self, inspectorates: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(600, parent=parent)
        self.form = form = Ui_JoinForm()
        form.setupUi(self.body)
        form.inspectorate.set_options(inspectorates)
        watch(form.passphrase, form.strength)
        form.problem.set_tone("danger")
        form.browse.clicked.connect(self.browse_asked)
        form.join.clicked.connect(self.accept)
        form.leave.clicked.connect(self.left)

    def set_pack(self, path: str) -> None:
        self.form.pack.setText(path)
        self.form.code.setFocus()

    def accept(self) -> None:
        form = self.form
        needed = (
            (form.pack, "Say where the pack is."),
            (form.code, "The one-time code is missing: your lead has it."),
            (form.device, "This device needs a name, so that packages can say where they come from."),
        )
        missing = next(((field, words) for field, words in needed if not field.text().strip()), None)
        if missing:
            self.refuse(missing[1], missing[0])
        elif fault := fault_of(form.passphrase.text(), form.again.text()):
            self.refuse(fault, form.passphrase)
        else:
            self.refuse("")
            self.joined.emit(
                Joining(
                    form.pack.text().strip(),
                    form.code.text().strip(),
                    form.device.text().strip(),
                    form.inspectorate.code(),
                    form.passphrase.text(),
                )
            )

    def refuse(self, sentence: str, at: QWidget | None = None) -> None:
        self.form.problem.setText(sentence)
        if at is not None:
            at.setFocus()

    def take_focus(self) -> None:
        self.form.pack.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.browse_asked.emit()
        else:
            super().keyPressEvent(event)
