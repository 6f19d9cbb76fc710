"""The passphrase, before anything else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_unlock import Ui_UnlockForm


class UnlockSheet(Sheet):
    unlock_asked = Signal(str)  # the passphrase as typed
    recovery_asked = Signal()
    another_asked = Signal()

    def __init__(self, told: str = "", parent: QWidget | None = None) -> None:
        super().__init__(480, parent=parent)
        self.form = Ui_UnlockForm()
        self.form.setupUi(self.body)
        self._hint = self.form.hint.text()
        self.form.told.setText(told)
        self.form.unlock.clicked.connect(self.accept)
        self.form.recovery.clicked.connect(self.recovery_asked)
        self.form.another.clicked.connect(self.another_asked)

    def tell(self, told: str) -> None:
        """Which workspace this is, when it was locked and what is saved."""
        self.form.told.setText(told)

    def accept(self) -> None:
        if self.form.passphrase.text() and self.form.unlock.isEnabled():
            self.unlock_asked.emit(self.form.passphrase.text())

    def set_busy(self, busy: bool) -> None:
        """While the key is worked out."""
        self.form.unlock.setEnabled(not busy)
        self.form.hint.set_tone("quiet")
        self.form.hint.setText("Working out the key\u2026" if busy else self._hint)

    def refuse(self, sentence: str) -> None:
        """The passphrase did not open it: say so and let it be typed again."""
        self.set_busy(False)
        self.form.hint.set_tone("danger")
        self.form.hint.setText(sentence)
        self.form.passphrase.selectAll()
        self.form.passphrase.setFocus()

    def forget(self) -> None:
        """Drop what was typed, once it is no longer needed."""
        self.form.passphrase.clear()
        self.set_busy(False)

    def take_focus(self) -> None:
        self.form.passphrase.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_F8:
            self.recovery_asked.emit()
        elif event.key() == Qt.Key.Key_O and control:
            self.another_asked.emit()
        else:
            super().keyPressEvent(event)
