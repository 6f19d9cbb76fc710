"""Interviews: the sessions by visit and day, and in their place the note of the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Button, Empty, Pane, Row, RowList, page_head
from fieldwork.desktop.page import Page
from fieldwork.desktop.pages.note_editor import NoteEditor
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS, SESSION_STATES
from fieldwork.store.drafts import Draft
from fieldwork.work.drafting import LeftOpen, left_open
from fieldwork.work.interviews import Fieldtrip, Listed, session_of, sessions_by_visit

ICONS = {"done": "circle-check", "open": "circle-dot", "cancelled": "x", "planned": "circle"}
NEW = "new"


class Interviews(Page):
    """`open` takes a session's id, a note line's id, (session, line), or "new"."""

    title = "Interviews"
    scope = "interviews"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.editor = NoteEditor(desk)
        self.list = RowList(lead=136, name="Sessions", fit=False)
        self.list.opened.connect(self._open_row)
        self._sessions: list[Id | None] = []
        self._read = False
        new = find("note.new")
        button = Button(new.words, caps(new.keys), "primary", new.icon)
        button.clicked.connect(self.new_note)
        start = Button(new.words, caps(new.keys), "plain", new.icon)
        start.clicked.connect(self.new_note)
        self.head = page_head("Interviews", "", button)
        self.empty = Empty(
            "messages-square",
            "No session yet",
            "Sessions planned on a visit stand here, and every note you begin. A note needs no header.",
            start,
        )
        self.places = QStackedWidget()
        self.places.addWidget(Pane((self.list, 1), margins=(24, 8, 24, 8)))
        self.places.addWidget(self.empty)
        self.overview = Pane(Pane(self.head, lines="b", margins=(32, 20, 24, 14)), (self.places, 1))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.overview)
        self.stack.addWidget(self.editor)
        self.editor.left.connect(self.show_list)
        self.fill(self.stack)
        self.setMinimumSize(1, 1)  # the window may become narrow first, and the page gives way then

    # -- what the window asks of a page

    def commands(self) -> dict[str, Callable[[], object]]:
        everywhere: dict[str, Callable[[], object]] = {"note.new": self.new_note}
        if not self.in_note():
            return {**everywhere, "session.new": self.new_session}
        editor = self.editor
        return {
            **everywhere,
            "session.header": editor.show_header,
            "session.topics": editor.show_side,
            "session.view": editor.next_view,
            "session.nods": lambda: editor.ask_digits("nods"),
            "session.paper": lambda: editor.ask_digits("noted"),
            "session.tick": editor.tick,
            "session.short": editor.show_short,
            "session.guide": editor.show_guide,
            "session.guide_in": editor.ask_for_guide,
            "session.tidy": editor.show_tidy,
            "session.tidied": editor.turn_tidied,
            "session.find": editor.finder.ask,
            "session.find_next": lambda: editor.finder.go(1),
            "session.find_previous": lambda: editor.finder.go(-1),
            "session.spelling": editor.spelling.ask,
            "session.spell": editor.spelling.switch,
            "session.finish": editor.finish,
            "session.back": self._back,
        }

    def _back(self) -> None:
        """Out of what is offered, else out of the line, else out of the note."""
        if not self.editor.spelling.leave():
            self.editor.escape()

    def record_here(self) -> Id | None:
        return self.editor.record_here() if self.in_note() else super().record_here()

    def in_note(self) -> bool:
        return self.stack.currentWidget() is self.editor

    def refresh(self, changed: object = None) -> None:
        if (
            changed is None
            or not isinstance(changed, dict)
            or changed.keys() & {"session", "visit", "note_line"}
        ):
            self._read = False
            if not self.in_note():
                self._read_list()
        self.editor.refresh(changed)

    def take_focus(self) -> None:
        if self.in_note():
            self.editor.take_focus()
            return
        if not self._read:
            self._read_list()
        self.list.setFocus()

    def leave(self) -> None:
        """What was typed becomes an entry; the line stays where it is."""
        self.editor.hand_over()
        if self.editor.middle.currentWidget() is self.editor.tidy:
            self.editor.hide_header()
        self.editor.keeper.press_on()

    def unsaved(self) -> str:
        return self.editor.keeper.unsaved() or self.editor.tidy.unsaved()

    def shape(self, narrow: bool, short: bool) -> None:
        self.editor.shape(narrow, short)

    def open(self, target: object) -> None:
        if target == NEW:
            self.new_note()
        elif isinstance(target, tuple) and len(target) == 2:
            self.show_note(*target)
        elif isinstance(target, bytes):
            self.desk.ask(session_of, target, then=self._found)

    def _found(self, found: tuple[Id, Id | None] | None) -> None:
        if found is not None:
            self.show_note(*found)

    def resume(self, drafts: list[Draft]) -> None:
        """What a crash left: the line typed last is opened again, all others become entries.

        So does that one where somebody has begun to type meanwhile: nobody is taken out of a line they are in.
        """
        self.desk.ask(left_open, drafts, then=self._resume)

    def _resume(self, found: list[LeftOpen]) -> None:
        own = [some for some in found if len(some.lines) == 1 and some.draft == some.lines[0].id]
        last = own[-1] if own and not self.editor.is_typed_in() else None
        for some in found:
            if some is not last:
                self.editor.keeper.write(some.lines, draft=some.draft)
        if last is not None:
            self.editor.resume(last.lines[0].session, last)
            self._show_editor()
            self.desk.go(self.title)

    # -- list and note

    def new_note(self) -> None:
        """A note at once; its header can wait."""
        self._show_editor()
        self.editor.start()

    def new_session(self) -> None:
        """A note whose header comes first."""
        self.new_note()
        self.editor.show_header()

    def show_note(self, session: Id, line: Id | None = None) -> None:
        self._show_editor()
        if session != self.editor.session or line is not None:
            self.editor.show_session(session, line)
        self.editor.take_focus()

    def _show_editor(self) -> None:
        self.stack.setCurrentWidget(self.editor)
        self.commands_changed.emit()

    def show_list(self) -> None:
        """All sessions; the one just left is the chosen one."""
        self.editor.leave_line()
        self.stack.setCurrentWidget(self.overview)
        self.commands_changed.emit()
        self._read_list()
        self.list.setFocus()

    def _read_list(self) -> None:
        self._read = True
        self.desk.ask(sessions_by_visit, then=self._show)

    def _show(self, trips: list[Fieldtrip]) -> None:
        rows: list[Row] = []
        self._sessions = []
        for trip in trips:
            rows.append(Row(trip.title, head=True))
            self._sessions.append(None)
            day = ""
            for listed in trip.sessions:
                shown = _when(listed)
                same = shown[: shown.rfind(" ")] == day
                rows.append(_row(listed, shown[shown.rfind(" ") + 1 :] if same else shown))
                day = shown[: shown.rfind(" ")]
                self._sessions.append(listed.session.id)
        self.list.set_rows(rows)
        sessions = sum(len(trip.sessions) for trip in trips)
        lines = sum(listed.lines for trip in trips for listed in trip.sessions)
        self.head.set("Interviews", f"{_many(sessions, 'session')}, {_many(lines, 'line')}." if rows else "")
        self.places.setCurrentIndex(0 if rows else 1)
        self._go_to_open()

    def _go_to_open(self) -> None:
        """The chosen row is the session left last, else the first one."""
        if self.editor.session in self._sessions:
            self.list.go(self._sessions.index(self.editor.session))
        elif self.list.row() < 0 and len(self._sessions) > 1:
            self.list.go(1)

    def _open_row(self, at: int) -> None:
        session = self._sessions[at] if 0 <= at < len(self._sessions) else None
        if session is not None:
            self.show_note(session)
            self.editor.reopen()


def _when(listed: Listed) -> str:
    moment = listed.session.started or listed.session.planned_start
    return datetime.fromtimestamp(moment / 1000).strftime("%a %d %b %H:%M") if moment else ""


def _row(listed: Listed, when: str) -> Row:
    session = listed.session
    about = [
        listed.body,
        METHODS.get(session.method, "") if session.method != "interview" else "",
        GRADE_BANDS.get(session.grade_band, ""),
        f"{session.present} present" if session.present else "",
        f"{_many(listed.open_items, 'item')} asked for and open" if listed.open_items else "",
    ]
    state = SESSION_STATES.get(session.state, "")
    trail = _many(listed.lines, "line") if listed.lines else state
    return Row(
        listed.title,
        ", ".join(part for part in about if part) or "The header can wait.",
        lead=when,
        icon=ICONS.get(session.state, "circle"),
        tone="accent" if session.state == "open" else "outline" if session.state == "planned" else "text2",
        trail=f"{trail}, {state}" if listed.lines and state in ("open", "cancelled") else trail,
        ident=session.id,
    )


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
