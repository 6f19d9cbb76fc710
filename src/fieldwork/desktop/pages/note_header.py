"""The header of a session inside the page: opened by a key, never over the typing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.dialogs.session_header import SessionHeader, SessionHeaderSheet
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS, MODES, SESSION_METHODS
from fieldwork.work.interviews import HeaderWords, Note, header_words
from fieldwork.work.visits import describe_session


def header_line(note: Note, others: int) -> str:
    """One quiet line: where, how, how many, which band; and whether somebody else notes too."""
    session = note.session
    parts: list[str] = []
    if session is not None:
        method = METHODS.get(session.method, "")
        parts = [
            note.body,
            method if session.method != "interview" or not session.role else "",
            MODES.get(session.mode, ""),
            f"{session.present} present" if session.present else "",
            GRADE_BANDS.get(session.grade_band, ""),
        ]
    words = ", ".join(part for part in parts if part)
    noting = f"{('Two', 'Three', 'Four')[min(others, 3) - 1]} of you are noting." if others else ""
    lines = f"{words[:1].upper()}{words[1:]}." if words else "The header can wait."
    return f"{lines} {noting}".strip()


class NoteHeader(QWidget):
    """The session header sheet, made when first wanted. `left` when kept or left alone."""

    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.sheet: SessionHeaderSheet | None = None
        self._session: Id | None = None
        self._held: Session | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def open(self, session: Id, held: Session | None) -> None:
        """Show the header of a session for changing; `held` is what stands."""
        self._session, self._held = session, held
        self.desk.ask(header_words, then=self._show)

    def _show(self, words: HeaderWords) -> None:
        if self.sheet is not None:
            self.sheet.setParent(None)
            self.sheet.deleteLater()
        methods = [(code, METHODS[code].capitalize()) for code in SESSION_METHODS]
        modes = [(code, name.capitalize()) for code, name in MODES.items()]
        bands = [("", "Not said yet"), *((code, name.capitalize()) for code, name in GRADE_BANDS.items())]
        self.sheet = SessionHeaderSheet(words.visits, methods, modes, bands, words.bodies, self)
        self.sheet.kept.connect(self._keep)
        self.sheet.left.connect(self.left)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.sheet)
        self.sheet.show_header(self._header())
        self.sheet.take_focus()

    def _header(self) -> SessionHeader:
        held = self._held
        if held is None:
            return SessionHeader(method="interview", mode="in_person")
        planned = held.planned_start or held.started
        return SessionHeader(
            held.visit.hex() if held.visit else "",
            held.method or "interview",
            held.mode or "in_person",
            held.role or held.title,
            held.grade_band,
            held.present or held.planned_present or 1,
            held.body,
            datetime.fromtimestamp(planned / 1000) if planned else None,
        )

    def _keep(self, header: SessionHeader) -> None:
        """Write what was changed; what was left alone is not touched."""
        if self._session is None:
            return
        before = self._header()
        texts = {"method": header.method, "mode": header.mode, "role": header.role, "body": header.body}
        was = {"method": before.method, "mode": before.mode, "role": before.role, "body": before.body}
        changed: dict[str, Any] = {name: value for name, value in texts.items() if value != was[name]}
        if header.band != before.band:
            changed["grade_band"] = header.band
        if self._held is not None and self._held.title and "role" in changed:
            changed["title"] = header.role
        planned = int(header.planned.timestamp() * 1000) if header.planned else None
        self.desk.act(
            describe_session,
            session=self._session,
            visit=bytes.fromhex(header.visit) if header.visit else None,
            present=header.present,
            planned_start=planned if header.planned != before.planned and before.planned else None,
            **changed,
        )
        self.left.emit()

    def take_focus(self) -> None:
        if self.sheet is not None:
            self.sheet.take_focus()
