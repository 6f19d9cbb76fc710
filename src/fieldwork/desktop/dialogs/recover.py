"""Forgotten the passphrase: type the recovery key from its paper, and choose a new passphrase."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from fieldwork.desktop.dialogs.passphrase import fault_of, watch
from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.kit import Button, Field, Text, col, flow, row

LINES = 4


@dataclass(frozen=True)
class Recovering:
    key: str  # the four lines as typed
    passphrase: str


def secret(name: str) -> Field:
    """A field that does not show what is typed."""
    field = Field(name=name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def label(words: str, field: Field) -> Text:
    text = Text(words, "label", weight=600)
    text.setBuddy(field)
    return text


class RecoverSheet(Sheet):
    """A line with a slip in it is named as soon as it is left."""

    recovered = Signal(object)  # a Recovering

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(560, parent=parent)
        self.told = Text("", "small", "quiet", wrap=True)
        self.lines = [
            Field(name=f"Line {number} of the recovery key", hint="three groups of five")
            for number in range(1, LINES + 1)
        ]
        self.passphrase, self.again = secret("New passphrase"), secret("The new passphrase again")
        self.strength = Text("", "small", "quiet", wrap=True)
        self.problem = Text("", "small", "danger", wrap=True)
        self.open = Button("Open", "Enter", "primary", big=True)
        self.leave = Button("Back", "Esc", "quiet")
        self.open.clicked.connect(self.accept)
        self.leave.clicked.connect(self.left)
        for number, field in enumerate(self.lines):
            field.editingFinished.connect(lambda number=number: self._check(number))
        watch(self.passphrase, self.strength)
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        typed = [
            row((label(f"Line {number}", field), 0), (field, 1), space=12)
            for number, field in enumerate(self.lines, 1)
        ]
        layout.addWidget(
            col(
                Text("Open with the recovery key", "title", wrap=True),
                self.told,
                8,
                *typed,
                8,
                label("New passphrase", self.passphrase),
                self.passphrase,
                self.strength,
                label("The same again", self.again),
                self.again,
                self.problem,
                4,
                flow(self.open, self.leave, space=8),
                space=6,
            )
        )

    def tell(self, file: str) -> None:
        self.told.setText(
            f"For {file}: the four lines are on the page that was printed when the key was made. Capitals, spaces "
            "and hyphens do not matter."
        )

    def _check(self, number: int) -> None:
        from fieldwork.store.recovery import line_fault

        typed = self.lines[number].text()
        self.problem.setText(line_fault(number, typed) if typed.strip() else "")

    def accept(self) -> None:
        from fieldwork.store.recovery import line_fault

        if not self.open.isEnabled():
            return
        for number, field in enumerate(self.lines):
            if fault := line_fault(number, field.text()):
                self.refuse(fault, field)
                return
        if fault := fault_of(self.passphrase.text(), self.again.text()):
            self.refuse(fault, self.passphrase)
            return
        self.refuse("")
        key = "\n".join(field.text() for field in self.lines)
        self.recovered.emit(Recovering(key, self.passphrase.text()))

    def set_busy(self, busy: bool) -> None:
        self.open.setEnabled(not busy)

    def refuse(self, sentence: str, at: QWidget | None = None) -> None:
        self.set_busy(False)
        self.problem.setText(sentence)
        if at is not None:
            at.setFocus()

    def forget(self) -> None:
        """Nothing of the key stays behind."""
        for field in (*self.lines, self.passphrase, self.again):
            field.clear()
        self.refuse("")

    def take_focus(self) -> None:
        self.lines[0].setFocus()
