"""Start an inspection: its title, who leads, this device, the passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.passphrase import fault_of, watch
from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_new_inspection import Ui_NewInspectionForm


@dataclass(frozen=True)
class NewInspection:
    title: str
    lead: str  # code of the inspectorate that leads
    partner: str  # code of the one that takes part
    device: str
    passphrase: str


class NewInspectionSheet(Sheet):
    made = Signal(object)  # a NewInspection

    def __init__(self, inspectorates: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`inspectorates` are (code, words); the second one is offered as the partner."""
        super().__init__(600, parent=parent)
        self.form = form = Ui_NewInspectionForm()
        form.setupUi(self.body)
        form.lead.set_options(inspectorates)
        form.partner.set_options(inspectorates)
        form.partner.setCurrentIndex(min(1, len(inspectorates) - 1))
        watch(form.passphrase, form.strength)
        form.problem.set_tone("danger")
        form.start.clicked.connect(self.accept)
        form.leave.clicked.connect(self.left)

    def accept(self) -> None:
        form = self.form
        if not form.name.text().strip():
            self.refuse("The inspection needs a title.", form.name)
        elif form.lead.code() == form.partner.code():
            self.refuse("It takes two inspectorates: choose another partner.", form.partner)
        elif not form.device.text().strip():
            self.refuse(
                "This device needs a name, so that packages can say where they come from.", form.device
            )
        elif fault := fault_of(form.passphrase.text(), form.again.text()):
            self.refuse(fault, form.passphrase)
        else:
            self.refuse("")
            self.made.emit(
                NewInspection(
                    form.name.text().strip(),
                    form.lead.code(),
                    form.partner.code(),
                    form.device.text().strip(),
                    form.passphrase.text(),
                )
            )

    def refuse(self, sentence: str, at: QWidget | None = None) -> None:
        self.form.problem.setText(sentence)
        if at is not None:
            at.setFocus()

    def take_focus(self) -> None:
        self.form.name.setFocus()
