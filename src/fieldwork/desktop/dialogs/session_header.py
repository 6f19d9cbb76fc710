"""The header of a session: where, how, with which role; never with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.forms.ui_session_header import Ui_SessionHeaderForm

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SessionHeader:
    """Codes out of the lists given; `planned` is local time, `present` 1 to 99, 0 for not counted."""

    visit: str = ""
    method: str = ""
    mode: str = ""
    role: str = ""
    band: str = ""
    present: int = 0
    body: str = ""
    planned: datetime | None = None


class SessionHeaderSheet(Sheet):
    kept = Signal(object)  # a SessionHeader

    def __init__(
        self,
        visits: Options,
        methods: Options,
        modes: Options,
        bands: Options,
        bodies: Options,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(640, parent=parent)
        self.form = form = Ui_SessionHeaderForm()
        form.setupUi(self.body)
        for choice, options in (
            (form.visit, visits),
            (form.method, methods),
            (form.mode, modes),
            (form.band, bands),
            (form.body, bodies),
        ):
            choice.set_options(options)
        form.present.setMinimum(0)
        form.present.setSpecialValueText("Not counted")
        form.problem.set_tone("danger")
        form.problem.hide()
        form.keep.clicked.connect(self.accept)
        form.leave.clicked.connect(self.left)

    def show_header(self, header: SessionHeader) -> None:
        form = self.form
        form.visit.set_code(header.visit)
        form.method.set_code(header.method)
        form.mode.set_code(header.mode)
        form.band.set_code(header.band)
        form.body.set_code(header.body)
        form.role.setText(header.role)
        form.present.setValue(header.present)
        moment = header.planned or datetime.now().replace(second=0, microsecond=0)
        form.planned.setDateTime(QDateTime(moment))  # type: ignore[call-overload]

    def header(self) -> SessionHeader:
        form = self.form
        planned = form.planned.dateTime().toPython()
        return SessionHeader(
            form.visit.code(),
            form.method.code(),
            form.mode.code(),
            form.role.text().strip(),
            form.band.code(),
            form.present.value(),
            form.body.code(),
            planned if isinstance(planned, datetime) else None,
        )

    def accept(self) -> None:
        self.kept.emit(self.header())

    def take_focus(self) -> None:
        self.form.role.setFocus()
