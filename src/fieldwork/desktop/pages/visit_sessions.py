"""The sessions of a visit: planned, walked in, moved, cancelled, or put in another's place, in forms of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.kit import Choice, Field
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.suggesting import Suggesting, role_rows
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id, codes
from fieldwork.domain.vocabulary import GRADE_BANDS, METHODS, MODES, SESSION_METHODS
from fieldwork.work import planning, visits
from fieldwork.work.roles import Suggestion, may_name
from fieldwork.work.visiting import VisitPage
from fieldwork.work.visits import session_title

if TYPE_CHECKING:
    from fieldwork.desktop.pages.visits import VisitsPage

ROLE = "Role, never a name"
_HINT = "det serg: offers what fits"


def _kinds() -> Choice:
    return Choice([(code, METHODS[code]) for code in SESSION_METHODS], code="interview")


def _session_fields() -> dict[str, tuple[str, QWidget, int]]:
    return {
        "role": (ROLE, Field(hint=_HINT), 280),
        "method": ("Method", _kinds(), 160),
        "body": ("Body", Choice(), 220),
    }


class SessionForms(QObject):
    """The forms of a visit's sessions, and what each does; `forms` maps one to what keeps it."""

    def __init__(self, page: VisitsPage) -> None:
        super().__init__(page)
        self._page, self._desk = page, page.desk
        self._taken: Suggestion | None = None  # from the register, for the form that is open
        self._suggested: Sequence[Suggestion] = ()
        self._build()
        self.forms: dict[FormLine, Callable[[], object]] = {
            self.session_form: self._keep_session,
            self.walk_in_form: self._keep_walk_in,
            self.cancel_form: self._keep_cancel,
            self.move_form: self._keep_move,
            self.replace_form: self._keep_replace,
        }
        self._offers = [
            self._suggesting(form) for form in (self.session_form, self.walk_in_form, self.replace_form)
        ]

    def _build(self) -> None:
        bands = [("", "not said"), *GRADE_BANDS.items()]
        self.session_form = FormLine(
            "Plan a session",
            {
                **_session_fields(),
                "day": ("Day", Field(hint="24 Nov"), 110),
                "time": ("Time", Field(hint="14:30"), 90),
                "band": ("Grade band", Choice(bands), 150),
                "mode": ("Mode", Choice(list(MODES.items()), code="in_person"), 130),
                "expected": ("Expected", Field(hint="1"), 90),
            },
            "Keep",
        )
        self.walk_in_form = FormLine("Walk-in: it starts at once", _session_fields(), "Start")
        self.cancel_form = FormLine(
            "Cancel",
            {"reason": ("Why it does not take place", Field(hint="Called to court"), 420)},
            "Cancel it",
        )
        self.move_form = FormLine(
            "Move",
            {"day": ("Day", Field(hint="25 Nov"), 130), "time": ("Time", Field(hint="09:00"), 110)},
            "Move it",
        )
        self.replace_form = FormLine(
            "Another instead",
            {
                "role": (ROLE, Field(hint=_HINT), 280),
                "method": ("Method", _kinds(), 160),
                "reason": ("Why (need not)", Field(hint="Called to court"), 300),
            },
            "Replace it",
        )

    def commands(self, session: Session | None) -> dict[str, Callable[[], object]]:
        """What can be done with the sessions of a visit, and with the chosen one."""
        handlers: dict[str, Callable[[], object]] = {
            "visit.session": self.ask_session,
            "visit.walk_in": self._ask_walk_in,
        }
        if session is not None and session.state == "planned":
            handlers |= {
                "visit.start": self._start,
                "visit.swap": self._ask_cancel,
                "visit.replace": self._ask_replace,
                "visit.move": self._ask_move,
            }
        return handlers

    def show_visit(self, what: VisitPage) -> None:
        """Offer the bodies of this visit, and what sessions are planned from."""
        bodies = [(code, what.names.get(code, code)) for code in codes(what.visit.bodies)]
        for form in (self.session_form, self.walk_in_form):
            choice = form.widgets["body"]
            assert isinstance(choice, Choice)
            choice.set_options(bodies or [("", "not said")])
        self._suggested = what.suggestions
        for offer in self._offers:
            offer.set_rows(role_rows(what.suggestions))

    def _suggesting(self, form: FormLine) -> Suggesting:
        field = form.widgets["role"]
        assert isinstance(field, Field)
        offer = Suggesting(self._page, field)
        offer.taken.connect(lambda place: self._fill(form, self._suggested[place]))
        offer.paused.connect(lambda role: self._check(form, role))
        return offer

    def _check(self, form: FormLine, role: str) -> None:
        """Say quietly while a role is typed that it looks like a name; nothing is held up for it."""
        self._desk.ask(may_name, role, then=lambda name: self._page.say_name(name, form.isVisible()))

    def _fill(self, form: FormLine, one: Suggestion) -> None:
        """Put into a form what was chosen; what it says nothing of stays."""
        said = {
            "role": one.role,
            "method": one.method,
            "mode": one.mode,
            "band": one.grade_band,
            "expected": str(one.present or ""),
        }
        form.put(**{name: text for name, text in said.items() if text and name in form.widgets})
        self._taken = one

    def _of_register(self, role: str) -> Suggestion:
        """What was taken from the register, as long as its role still stands in the form."""
        taken = self._taken
        return taken if taken is not None and taken.role == role else Suggestion("", role)

    # Planning

    def ask_session(self) -> None:
        what = self._page.view.shown
        day = self._page.now().date().isoformat()
        if what is not None and not what.visit.planned_start <= day <= (what.visit.planned_end or day):
            day = what.visit.planned_start
        near = words.short_day(date.fromisoformat(day))[4:]
        self._taken = None
        self.session_form.put(role="", day=near, time="", expected="")
        self._page.open_form(self.session_form)

    def _moment(self, form: FormLine) -> int | None:
        """Day and time of a form as wall milliseconds; None when one of them is wrong, and that is said."""
        day = words.read_day(form.text("day"), self._page.now().date())
        if day is None:
            form.wrong("day", "The day is not a date; write it as 24 Nov or 24/11/2026.")
            return None
        time = words.read_time(form.text("time"))
        if time is None:
            form.wrong("time", "The time is not a time of day; write it as 14:30.")
            return None
        return int(datetime.combine(day, time).timestamp() * 1000)

    def _keep_session(self) -> None:
        form = self.session_form
        role, expected = form.text("role"), form.text("expected")
        if not role:
            form.wrong("role", "Say which role will be seen, such as detective sergeant.")
            return
        if expected and not (expected.isdigit() and 0 < int(expected) < 100):
            form.wrong("expected", "How many are expected is a number from 1 to 99.")
            return
        start = self._moment(form)
        if start is None:
            return
        self._desk.act(
            visits.plan_session,
            visit=self._page.visit,
            title=role,
            role=role,
            method=form.text("method"),
            mode=form.text("mode"),
            body=form.text("body"),
            grade_band=form.text("band"),
            planned_start=start,
            planned_present=int(expected) if expected else None,
            minutes=self._of_register(role).minutes,
            then=lambda done: self._planned(form, done.id, f"Planned: {role}. n plans the next one."),
        )

    def _planned(self, form: FormLine, id: Id, sentence: str) -> None:
        self._page.view.week.chosen = id
        self._page.kept(form, sentence)

    def _ask_walk_in(self) -> None:
        self._taken = None
        self.walk_in_form.put(role="")
        self._page.open_form(self.walk_in_form)

    def _keep_walk_in(self) -> None:
        form = self.walk_in_form
        role = form.text("role")
        form.hide()
        self._desk.act(
            visits.start_session,
            visit=self._page.visit,
            title=role,
            role=role,
            method=form.text("method"),
            mode="in_person",
            grade_band=self._of_register(role).grade_band,
            body=form.text("body"),
            then=lambda done: self._desk.go("Interviews", done.id),
        )

    # The chosen one

    def _chosen(self) -> Session | None:
        session = self._page.view.session()
        return session if session is not None and session.state == "planned" else None

    def _start(self) -> None:
        session = self._chosen()
        if session is not None:
            self._desk.act(
                visits.start_session,
                session=session.id,
                then=lambda done: self._desk.go("Interviews", done.id),
            )

    def _ask_cancel(self) -> None:
        session = self._chosen()
        if session is not None:
            self._page.see()
            self.cancel_form.put(reason="")
            self._page.open_form(self.cancel_form, f"Cancel: {session_title(session)}")

    def _keep_cancel(self) -> None:
        session, reason = self._chosen(), self.cancel_form.text("reason")
        if not reason:
            self.cancel_form.wrong("reason", "Say why, so that planned and achieved can be read later.")
        elif session is not None:
            said = f"Cancelled: {session_title(session)}. It stays in the schedule, struck out."
            self._desk.act(
                visits.cancel_session,
                session=session.id,
                reason=reason,
                as_of=self._page.as_of,
                then=lambda _: self._page.kept(self.cancel_form, said),
            )

    def _ask_replace(self) -> None:
        session = self._chosen()
        if session is not None:
            self._page.see()
            self._taken = None
            self.replace_form.put(role="", method=session.method or "interview", reason="")
            self._page.open_form(self.replace_form, f"Another instead of {session_title(session)}")

    def _keep_replace(self) -> None:
        session, form = self._chosen(), self.replace_form
        role = form.text("role")
        if not role:
            form.wrong("role", "Say which role will be seen instead, such as detective sergeant.")
        elif session is not None:
            said = f"{role} instead of {session_title(session)}. Ctrl Z takes it back."
            self._desk.act(
                planning.replace_session,
                session=session.id,
                role=role,
                method=form.text("method"),
                grade_band=self._of_register(role).grade_band,
                reason=form.text("reason"),
                as_of=self._page.as_of,
                then=lambda done: self._planned(form, done.id, said),
                otherwise=lambda error: form.wrong("role", sentence_for(error)),
            )

    def _ask_move(self) -> None:
        session = self._chosen()
        if session is not None:
            self._page.see()
            day = words.session_day(session)
            self.move_form.put(
                day=words.short_day(day)[4:] if day else "", time=words.clock(session.planned_start)
            )
            self._page.open_form(self.move_form, f"Move: {session_title(session)}")

    def _keep_move(self) -> None:
        session, start = self._chosen(), self._moment(self.move_form)
        if session is not None and start is not None:
            said = f"Moved: {session_title(session)}, {words.when_words(start, self._page.now().date())}."
            self._desk.act(
                visits.describe_session,
                session=session.id,
                planned_start=start,
                as_of=self._page.as_of,
                then=lambda _: self._page.kept(self.move_form, said),
            )
