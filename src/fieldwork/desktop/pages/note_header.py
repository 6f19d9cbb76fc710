"""The header of a session inside the page: opened by a key, never over the typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.dialogs.session_header import SessionHeader, SessionHeaderSheet
from fieldwork.desktop.pages.suggesting import Suggesting, name_words, role_rows
from fieldwork.domain.values import Id, typable
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS, MODES, SESSION_METHODS
from fieldwork.work.drafting import describe_note
from fieldwork.work.interviews import HeaderWords, Note, header_words
from fieldwork.work.roles import Suggestion, may_name


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
        self._words: HeaderWords | None = None
        self._shown = SessionHeader()  # as the form showed it before anybody changed it
        self._keeping = 0  # changes on their way
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def open(self, session: Id) -> None:
        """Show the header of a session for changing; after what was just changed in it, if that still waits."""
        self._session = session
        lane = "write" if self._keeping else "read"
        self.desk.ask(header_words, session, date.today(), then=self._show, lane=lane)

    def _show(self, words: HeaderWords) -> None:
        if self.sheet is not None:
            self.sheet.setParent(None)
            self.sheet.deleteLater()
        self._words = words
        methods = [(code, METHODS[code].capitalize()) for code in SESSION_METHODS]
        modes = [("", "Not said yet"), *((code, name.capitalize()) for code, name in MODES.items())]
        bands = [("", "Not said yet"), *((code, name.capitalize()) for code, name in GRADE_BANDS.items())]
        self.sheet = SessionHeaderSheet(words.visits, methods, modes, bands, words.bodies, self)
        self.sheet.kept.connect(self._keep)
        self.sheet.left.connect(self.left)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.sheet)
        self.sheet.show_header(_header(words))
        self._shown = self.sheet.header()
        self._suggest(self.sheet, [one for one in words.suggestions if not one.method])
        self.sheet.take_focus()

    def _suggest(self, sheet: SessionHeaderSheet, some: Sequence[Suggestion]) -> None:
        """Roles by a few letters; one that is typed and looks like a name is quietly said to."""
        form = sheet.form
        offer = Suggesting(self, form.role)
        offer.set_rows(role_rows(some))
        offer.taken.connect(lambda place: _fill(sheet, some[place]))
        offer.paused.connect(
            lambda role: self.desk.ask(may_name, role, then=lambda name: self._say_name(sheet, name))
        )

    def _say_name(self, sheet: SessionHeaderSheet, name: str) -> None:
        if sheet is self.sheet:
            sheet.form.problem.set_tone("quiet")
            sheet.form.problem.setText(name_words(name))
            sheet.form.problem.setVisible(bool(name))

    def _keep(self, header: SessionHeader) -> None:
        """Write what the person changed; what was left alone, shown or not, is not touched."""
        words, changed = self._words, _changes(self._shown, header)
        if self._session is not None and words is not None and changed:
            if words.session is not None and words.session.title and "role" in changed:
                changed["title"] = header.role
            self._keeping += 1
            job = self.desk.act(
                describe_note,
                session=self._session,
                today=date.today(),
                as_of=words.moment if words.session is not None else None,
                **changed,
            )
            job.finished.connect(self._kept)
        self.left.emit()

    def _kept(self) -> None:
        self._keeping -= 1

    def take_focus(self) -> None:
        if self.sheet is not None:
            self.sheet.take_focus()


def _fill(sheet: SessionHeaderSheet, one: Suggestion) -> None:
    sheet.form.role.setText(one.role)
    if one.grade_band:
        sheet.form.band.set_code(one.grade_band)


def _header(words: HeaderWords) -> SessionHeader:
    """What stands in a session, for the form; how it begins for one of which nothing is stored."""
    held = words.session
    if held is None:
        return SessionHeader(words.begins_on.hex() if words.begins_on else "", "interview")
    planned = held.planned_start or held.started
    return SessionHeader(
        held.visit.hex() if held.visit else "",
        held.method or "interview",
        held.mode,
        typable(held.role) or typable(held.title),
        held.grade_band,
        held.present or 0,
        held.body,
        datetime.fromtimestamp(planned / 1000) if planned else None,
    )


def _changes(shown: SessionHeader, said: SessionHeader) -> dict[str, Any]:
    """The fields of the session that the person changed in the form."""
    before, after = asdict(shown), asdict(said)
    changed = {name: value for name, value in after.items() if value != before[name]}
    if "band" in changed:
        changed["grade_band"] = changed.pop("band")
    if "visit" in changed:
        changed["visit"] = bytes.fromhex(changed["visit"])
    if "planned" in changed:
        planned = changed.pop("planned")
        changed["planned_start"] = int(planned.timestamp() * 1000) if planned else 0
    return changed
