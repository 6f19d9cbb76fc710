"""Visits: the list, a visit's page, and planning both visits and sessions where one reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Choice, Empty, Field, Pane, Row, RowList, Text, page_head, scroll
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.visit_plan import Planned, VisitPlan
from fieldwork.desktop.pages.visit_view import VisitView
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id, codes, typable
from fieldwork.domain.vocabulary import FINDING_KINDS, GRADE_BANDS, METHODS, MODES, SESSION_METHODS
from fieldwork.work import findings, visiting, visits
from fieldwork.work.visiting import VisitLine, VisitList, VisitPage
from fieldwork.work.visits import session_title

LIST, PLAN, VISIT = range(3)


def _session_fields() -> dict[str, tuple[str, QWidget, int]]:
    methods = [(code, METHODS[code]) for code in SESSION_METHODS]
    return {
        "role": ("Role, never a name", Field(hint="Detective sergeant, response"), 280),
        "method": ("Method", Choice(methods, code="interview"), 160),
        "body": ("Body", Choice(), 220),
    }


class VisitsPage(ReadingPage):
    title = "Visits"
    scope = "visits"
    watches: ClassVar = frozenset(
        {
            "visit", "session", "note_line", "case_file", "examination", "stratum", "finding",
            "evidence_link", "tag", "body",
        }
    )  # fmt: skip

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._lists, self._pages = Latest(desk), Latest(desk)
        self.shown: VisitList | None = None
        self.visit: Id | None = None
        self._wanted: object = None  # asked for before the list was read
        self._reworded: Id | None = None
        self._as_of: int | None = None  # what stood when the form that is open was filled
        self._build()

    # Building

    def _build(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(scroll(self._list_page(), "Visits"))
        self.plan = VisitPlan(self)
        self.plan.kept.connect(self._keep_visit)
        self.plan.left.connect(self._to_list)
        self.stack.addWidget(scroll(Pane(self.plan, None, margins=(32, 24, 32, 20)), "Plan a visit"))
        self.view = VisitView(self.button, self._forms(), self._now)
        self.view.chosen_changed.connect(self.commands_changed)
        self.view.session_opened.connect(lambda id: self.desk.go("Interviews", id))
        self.view.file_opened.connect(lambda id: self.desk.go("Files", id))
        self.view.point_opened.connect(lambda _: self._reword())
        self.stack.addWidget(scroll(self.view, "Visit"))
        self.fill(self.stack)

    def _list_page(self) -> QWidget:
        self.head = page_head("Visits", " ", self.button("visit.new", "primary"))
        self.list = RowList(lead=200, name="Visits")
        self.list.opened.connect(lambda index: self.show_visit(self.list.rows[index].ident))
        self.list.clicked.connect(lambda index: self.show_visit(self.list.rows[index.row()].ident))
        self.nothing = Empty(
            "calendar-days",
            "Visits will be here",
            "A visit is to a police force, a CPS Area or both, over days: its sessions, files and points.",
            self.button("visit.new", big=True),
        )
        self.nothing.hide()
        return Pane(self.head, self.list, self.nothing, None, margins=(32, 24, 32, 20), space=16)

    def _forms(self) -> QWidget:
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
        self.kinds = Choice(list(FINDING_KINDS.items()), code="concern")
        self.point_form = FormLine(
            "New point",
            {
                "text": ("A sentence that can be tested", Field(hint="Redaction costs whole shifts"), 460),
                "kind": ("Kind", self.kinds, 200),
            },
            "Keep",
        )
        self.forms: dict[FormLine, Callable[[], object]] = {
            self.session_form: self._keep_session,
            self.walk_in_form: self._keep_walk_in,
            self.cancel_form: self._keep_cancel,
            self.move_form: self._keep_move,
            self.point_form: self._keep_point,
        }
        for form, keep in self.forms.items():
            form.kept.connect(keep)
            form.left.connect(self.take_focus)
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        return Box(*self.forms, self.said, space=0)

    def shape(self, narrow: bool, short: bool) -> None:
        self.view.shape(narrow)

    # Reading

    def read(self) -> None:
        self._lists.ask(visiting.visit_list, self._now().date(), then=self._show_list)
        if self.visit is not None:
            self._pages.ask(visiting.visit_page, self.visit, then=self._show_visit)

    def _show_list(self, what: VisitList) -> None:
        self.shown = what
        count = words.counted(len(what.visits), "visit")
        self.head.set("Visits", f"{count}, in the order of their days." if what.visits else "None yet.")
        self.list.set_rows([self._line(one, what.current) for one in what.visits])
        self.list.setVisible(bool(what.visits))
        self.nothing.setVisible(not what.visits)
        if what.visits and self.list.row() < 0:
            self.list.go(next((i for i, v in enumerate(what.visits) if v.visit.id == what.current), 0))
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.open(wanted)

    def _line(self, one: VisitLine, current: Id | None) -> Row:
        visit = one.visit
        sub = [
            f"{one.held} of {words.counted(one.sessions, 'session')} held"
            if one.sessions
            else "no session yet",
            f"{one.examined} of {words.counted(one.files, 'file')} examined" if one.files else "",
        ]
        return Row(
            visit.title or " and ".join(one.bodies),
            ", ".join(part for part in sub if part),
            words.span_words(visit.planned_start, visit.planned_end),
            trail=words.visit_words(visit, self._now().date()),
            on=visit.id == current,
            ident=visit.id,
        )

    def show_visit(self, visit: object) -> None:
        """Go from the list to a visit's page."""
        if isinstance(visit, bytes):
            if visit != self.visit:
                self._close_forms()
                self.view.week.chosen = None
            self.visit = visit
            self._pages.ask(visiting.visit_page, visit, then=lambda what: self._show_visit(what, arrive=True))

    def _show_visit(self, what: VisitPage, arrive: bool = False) -> None:
        bodies = [(code, what.names.get(code, code)) for code in codes(what.visit.bodies)]
        for form in (self.session_form, self.walk_in_form):
            choice = form.widgets["body"]
            assert isinstance(choice, Choice)
            choice.set_options(bodies or [("", "not said")])
        self.view.show_page(what)
        if arrive:
            self.stack.setCurrentIndex(VISIT)
            self.commands_changed.emit()
            self.take_focus()

    def open(self, target: object) -> None:
        """A visit's id; "new" for the form."""
        if target == "new":
            if self.shown is None:
                self._wanted = target
            else:
                self._begin_plan()
        elif isinstance(target, bytes):
            self.show_visit(target)

    def _to_list(self) -> None:
        self._close_forms()
        self.visit = None
        self.stack.setCurrentIndex(LIST)
        self.commands_changed.emit()
        self.take_focus()

    def record_here(self) -> Id | None:
        """The row one is at, else the visit that is shown."""
        return super().record_here() or self.visit

    def take_focus(self) -> None:
        here = self.stack.currentIndex()
        if here == VISIT:
            self.view.take_focus()
        elif here == PLAN:
            self.plan.pick.field.setFocus()
        elif self.list.isVisibleTo(self):
            self.list.setFocus()
        else:
            button = self.nothing.findChild(type(self.session_form.keep))
            if button is not None:
                button.setFocus()

    # Commands

    def commands(self) -> dict[str, Callable[[], object]]:
        here = self.stack.currentIndex()
        if here == LIST:
            return {"visit.new": self._begin_plan}
        if here == PLAN:
            return {"visit.keep": self.plan.keep, "visit.back": self._to_list}
        handlers: dict[str, Callable[[], object]] = {
            "visit.session": self._ask_session,
            "visit.walk_in": self._ask_walk_in,
            "visit.point": self._ask_point,
            "visit.summary": lambda: self.desk.go("Reports", ("visit_summary", self.visit)),
            "visit.board": lambda: self.desk.go("Evidence"),
            "visit.view": self.view.toggle_view,
            "visit.back": self._to_list,
        }
        session = self.view.session()
        if session is not None and session.state == "planned":
            handlers |= {
                "visit.start": self._start,
                "visit.swap": self._ask_cancel,
                "visit.move": self._ask_move,
            }
        if self.view.point() is not None:
            handlers |= {
                "visit.reword": self._reword,
                "visit.pin": self._pin,
                "visit.up": lambda: self._order(False),
                "visit.down": lambda: self._order(True),
            }
        return handlers

    def _close_forms(self) -> None:
        for form in self.forms:
            form.hide()
        self.said.hide()

    def _see(self) -> None:
        """The form that opens shows what stands now: what comes in later is not seen in it."""
        self._as_of = self.view.shown.moment if self.view.shown is not None else None

    def _open_form(self, form: FormLine, title: str = "") -> None:
        self._close_forms()
        form.open_line(title)

    def _kept(self, form: FormLine, sentence: str) -> None:
        form.hide()
        self.said.setText(sentence)
        self.said.show()
        self.take_focus()

    # Planning a visit

    def _begin_plan(self) -> None:
        self.stack.setCurrentIndex(PLAN)
        self.commands_changed.emit()
        self.plan.begin(self.shown.bodies if self.shown else (), self._now().date())

    def _keep_visit(self, planned: Planned) -> None:
        self.desk.act(
            visits.plan_visit,
            title=planned.title,
            bodies=planned.bodies,
            start=planned.start,
            end=planned.end,
            then=lambda done: self.show_visit(done.id),
            otherwise=lambda error: self.plan.line.wrong("start", str(error)),
        )

    # Sessions

    def _ask_session(self) -> None:
        what = self.view.shown
        day = self._now().date().isoformat()
        if what is not None and not what.visit.planned_start <= day <= (what.visit.planned_end or day):
            day = what.visit.planned_start
        near = words.short_day(date.fromisoformat(day))[4:]
        self.session_form.put(role="", day=near, time="", expected="")
        self._open_form(self.session_form)

    def _moment(self, form: FormLine) -> int | None:
        """Day and time of a form as wall milliseconds; None when one of them is wrong, and that is said."""
        day = words.read_day(form.text("day"), self._now().date())
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
        self.desk.act(
            visits.plan_session,
            visit=self.visit,
            title=role,
            role=role,
            method=form.text("method"),
            mode=form.text("mode"),
            body=form.text("body"),
            grade_band=form.text("band"),
            planned_start=start,
            planned_present=int(expected) if expected else None,
            then=lambda done: self._session_kept(done.id, f"Planned: {role}. n plans the next one."),
        )

    def _session_kept(self, id: Id, sentence: str) -> None:
        self.view.week.chosen = id
        self._kept(self.session_form, sentence)

    def _ask_walk_in(self) -> None:
        self.walk_in_form.put(role="")
        self._open_form(self.walk_in_form)

    def _keep_walk_in(self) -> None:
        form = self.walk_in_form
        role = form.text("role")
        form.hide()
        self.desk.act(
            visits.start_session,
            visit=self.visit,
            title=role,
            role=role,
            method=form.text("method"),
            mode="in_person",
            body=form.text("body"),
            then=lambda done: self.desk.go("Interviews", done.id),
        )

    def _chosen(self) -> Session | None:
        session = self.view.session()
        return session if session is not None and session.state == "planned" else None

    def _start(self) -> None:
        session = self._chosen()
        if session is not None:
            self.desk.act(
                visits.start_session,
                session=session.id,
                then=lambda done: self.desk.go("Interviews", done.id),
            )

    def _ask_cancel(self) -> None:
        session = self._chosen()
        if session is not None:
            self._see()
            self.cancel_form.put(reason="")
            self._open_form(self.cancel_form, f"Cancel: {session_title(session)}")

    def _keep_cancel(self) -> None:
        session, reason = self._chosen(), self.cancel_form.text("reason")
        if not reason:
            self.cancel_form.wrong("reason", "Say why, so that planned and achieved can be read later.")
        elif session is not None:
            said = f"Cancelled: {session_title(session)}. It stays in the schedule, struck out."
            self.desk.act(
                visits.cancel_session,
                session=session.id,
                reason=reason,
                as_of=self._as_of,
                then=lambda _: self._kept(self.cancel_form, said),
            )

    def _ask_move(self) -> None:
        session = self._chosen()
        if session is not None:
            self._see()
            day = words.session_day(session)
            self.move_form.put(
                day=words.short_day(day)[4:] if day else "", time=words.clock(session.planned_start)
            )
            self._open_form(self.move_form, f"Move: {session_title(session)}")

    def _keep_move(self) -> None:
        session, start = self._chosen(), self._moment(self.move_form)
        if session is not None and start is not None:
            said = f"Moved: {session_title(session)}, {words.when_words(start, self._now().date())}."
            self.desk.act(
                visits.describe_session,
                session=session.id,
                planned_start=start,
                as_of=self._as_of,
                then=lambda _: self._kept(self.move_form, said),
            )

    # Points

    def _ask_point(self) -> None:
        self._reworded = None
        self.kinds.set_options(list(self.view.kinds_of_points().items()))
        self.point_form.put(text="", kind="concern")
        self._open_form(self.point_form, "New point")

    def _reword(self) -> None:
        point = self.view.point()
        if point is not None:
            self._see()
            self._reworded = point.finding.id
            own = {point.finding.finding_kind: point.kind_name or point.finding.finding_kind}
            self.kinds.set_options(list({**own, **self.view.kinds_of_points()}.items()))
            self.point_form.put(text=typable(point.finding.text), kind=point.finding.finding_kind)
            self._open_form(self.point_form, "Reword the point")

    def _keep_point(self) -> None:
        text, kind = self.point_form.text("text"), self.point_form.text("kind")
        if not text:
            self.point_form.wrong("text", "A point is a sentence; write one.")
        elif self._reworded is not None:
            self.desk.act(
                findings.change_finding,
                finding=self._reworded,
                text=text,
                kind=kind,
                as_of=self._as_of,
                then=lambda _: self._point_kept("Reworded. Ctrl Z takes it back."),
            )
        else:
            self.desk.act(
                findings.add_finding,
                text=text,
                kind=kind,
                visit=self.visit,
                then=lambda _: self._point_kept("Kept. e finds evidence for the chosen point."),
            )

    def _point_kept(self, sentence: str) -> None:
        self._kept(self.point_form, sentence)
        self.view.points.setFocus()

    def _pin(self) -> None:
        point = self.view.point()
        if point is not None:
            self.desk.go("Evidence", ("pin", point.finding.id, point.finding.text))

    def _order(self, down: bool) -> None:
        point = self.view.point()
        if point is not None:
            self.desk.act(findings.move_finding, finding=point.finding.id, down=down)
