"""Visits: the list, a visit's page, and planning both visits and sessions where one reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Button, Empty, Pane, Row, RowList, Text, col, flow, page_head, scroll
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.suggesting import name_words
from fieldwork.desktop.pages.visit_diary import DiaryForm
from fieldwork.desktop.pages.visit_plan import Planned, VisitPlan
from fieldwork.desktop.pages.visit_points import PointForm
from fieldwork.desktop.pages.visit_schedule import ScheduleFiles
from fieldwork.desktop.pages.visit_sessions import SessionForms
from fieldwork.desktop.pages.visit_view import VisitView
from fieldwork.domain.values import Id
from fieldwork.work import visiting, visits
from fieldwork.work.visiting import VisitLine, VisitList, VisitPage

LIST, PLAN, VISIT = range(3)


class VisitsPage(ReadingPage):
    title = "Visits"
    scope = "visits"
    watches: ClassVar = frozenset(
        {
            "visit", "session", "note_line", "case_file", "examination", "stratum", "finding",
            "evidence_link", "tag", "body", "role", "session_template",
        }
    )  # fmt: skip

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self.now = now
        self._lists, self._pages = Latest(desk), Latest(desk)
        self.shown: VisitList | None = None
        self.visit: Id | None = None
        self._wanted: object = None  # asked for before the list was read
        self.as_of: int | None = None  # what stood when the form that is open was filled
        self._build()

    # Building

    def _build(self) -> None:
        self.stack = QStackedWidget()
        self.sessions, self.points, self.schedule = SessionForms(self), PointForm(self), ScheduleFiles(self)
        self.diary = DiaryForm(self)
        self.stack.addWidget(scroll(self._list_page(), "Visits"))
        self.plan = VisitPlan(self)
        self.plan.kept.connect(self._keep_visit)
        self.plan.left.connect(self._to_list)
        self.stack.addWidget(scroll(Pane(self.plan, None, margins=(32, 24, 32, 20)), "Plan a visit"))
        self.view = VisitView(self.button, self._forms(), self.now)
        self.view.chosen_changed.connect(self.commands_changed)
        self.view.session_opened.connect(lambda id: self.desk.go("Interviews", id))
        self.view.file_opened.connect(lambda id: self.desk.go("Files", id))
        self.view.point_opened.connect(lambda _: self.points.reword())
        self.stack.addWidget(scroll(self.view, "Visit"))
        self.top = Pane(*self.of_schedule, self.said, margins=(32, 20, 32, 0), space=0)
        self.top.hide()
        self.fill(col(self.top, (self.stack, 1), space=0))

    def _list_page(self) -> QWidget:
        self.head = page_head("Visits", " ", self.button("visit.new", "primary"))
        files = flow(self.button("visit.import", "quiet"), self.button("visit.export", "quiet"), space=4)
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
        return Pane(self.head, self.list, self.nothing, files, None, margins=(32, 24, 32, 20), space=16)

    def _forms(self) -> QWidget:
        self.forms: dict[FormLine, Callable[[], object]] = {
            **self.sessions.forms,
            self.points.form: self.points.keep,
        }
        for form, keep in self.forms.items():
            form.kept.connect(keep)
        self.of_schedule = (self.schedule.reading, self.schedule.writing)
        for form in (*self.forms, *self.of_schedule):
            form.left.connect(self._show_top)
            form.left.connect(self.take_focus)
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        return Box(*self.forms, self.diary, space=0)

    def shape(self, narrow: bool, short: bool) -> None:
        self.view.shape(narrow)

    # Reading

    def read(self) -> None:
        self._lists.ask(visiting.visit_list, self.now().date(), then=self._show_list)
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
            trail=words.visit_words(visit, self.now().date()),
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
        self.sessions.show_visit(what)
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
            button = self.nothing.findChild(Button)
            if button is not None:
                button.setFocus()

    # Commands

    def commands(self) -> dict[str, Callable[[], object]]:
        here = self.stack.currentIndex()
        if here == PLAN:
            return {"visit.keep": self.plan.keep, "visit.back": self._to_list}
        handlers: dict[str, Callable[[], object]] = {
            "visit.import": self.schedule.ask_for_file,
            "visit.export": self.schedule.ask_where,
            "visit.browse": self.schedule.browse,
        }
        if here == LIST:
            return {"visit.new": self._begin_plan, **handlers}
        return {
            **handlers,
            "visit.summary": lambda: self.desk.go("Reports", ("visit_summary", self.visit)),
            "visit.board": lambda: self.desk.go("Evidence"),
            "visit.view": self.view.toggle_view,
            "visit.back": self._to_list,
            **({"visit.diary": self.diary.ask} if self.view.session() is not None else {}),
            **self.sessions.commands(self.view.session()),
            **self.points.commands(),
        }

    def leave(self) -> None:
        """What stands in the sealed diary is kept, and it is shut before anything else is shown."""
        self.diary.close_diary()

    def unsaved(self) -> str:
        return self.diary.unsaved()

    def _close_forms(self) -> None:
        self.diary.close_diary()
        for form in (*self.forms, *self.of_schedule):
            form.hide()
        self.said.hide()
        self._show_top()

    def _show_top(self) -> None:
        """What stands above all of the page takes room only while there is something."""
        self.top.setVisible(any(not one.isHidden() for one in (*self.of_schedule, self.said)))

    def see(self) -> None:
        """The form that opens shows what stands now: what comes in later is not seen in it."""
        self.as_of = self.view.shown.moment if self.view.shown is not None else None

    def open_form(self, form: FormLine, title: str = "") -> None:
        """One form at a time, with the keyboard in it."""
        self._close_forms()
        form.open_line(title)
        self._show_top()

    def kept(self, form: FormLine, sentence: str) -> None:
        """What a form was for is done: say so where it was."""
        form.hide()
        self.said.setText(sentence)
        self.said.show()
        self._show_top()
        self.take_focus()

    def say_name(self, name: str, typing: bool) -> None:
        """Say quietly that a role which is typed may name somebody, and no more once it does not."""
        if not typing:
            return
        self.said.setText(name_words(name))
        self.said.setVisible(bool(name))
        self._show_top()

    # Planning a visit

    def _begin_plan(self) -> None:
        self.stack.setCurrentIndex(PLAN)
        self.commands_changed.emit()
        self.plan.begin(self.shown.bodies if self.shown else (), self.now().date())

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
