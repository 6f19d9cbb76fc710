"""One visit: its days planned and achieved, its files by stratum, the points that emerge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import appearance, gap
from fieldwork.desktop.kit import Button, Pane, Progress, Row, RowList, Text, col, even, flow, page_head, row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.week import ICONS, USUAL, Block, Week
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.work.finding_counts import Point
from fieldwork.work.planning import Achieved, walked_in
from fieldwork.work.visiting import VisitPage
from fieldwork.work.visits import session_title

POINT_ICONS = {"strength": "plus", "good_practice": "plus"}
BACK = "Visits (Esc goes back)"
TONES = {"open": "accent", "planned": "outline"}


def state_of(session: Session) -> str:
    """A session's state, with "walk_in" for one that was held without having been planned."""
    return "walk_in" if walked_in(session) else session.state


def achieved_words(one: Achieved) -> str:
    """What became of the sessions of a kind: "2 of 5 held, 1 cancelled, 1 walk-in"."""
    parts = [f"{one.done} of {one.planned} held"] if one.planned else []
    replaced = f" ({one.replaced} replaced)" if one.replaced else ""
    parts += [f"{one.cancelled} cancelled{replaced}"] if one.cancelled else []
    parts += [words.counted(one.walk_ins, "walk-in")] if one.walk_ins else []
    parts += [f"{one.moved} moved"] if one.moved else []
    return ", ".join(parts)


class Figure(Box):
    """ "7 of 16 sessions held", with its bar."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.number, self.of = Text("0", "title"), Text("of 0", "small", "quiet")
        self.bar = Progress(thick=4, name=what.capitalize())
        words_below = Text(what, "caption", "quiet")
        super().__init__(row(self.number, self.of, None, space=6), self.bar, words_below, space=4)

    def set(self, done: int, of: int) -> None:
        self.number.setText(f"{done:,}")
        self.of.setText(f"of {of:,}")
        self.bar.set(done, of)


class VisitView(Pane):
    """Shows a VisitPage; says what is chosen, and leaves every act to the page it stands on."""

    chosen_changed = Signal()
    session_opened = Signal(object)
    file_opened = Signal(object)
    point_opened = Signal(object)

    def __init__(
        self, make_button: Callable[..., Button], forms: QWidget, now: Callable[[], datetime]
    ) -> None:
        super().__init__(margins=(32, 20, 24, 20), space=14)
        self._now, self._make = now, make_button
        self.shown: VisitPage | None = None
        self.as_list = False
        head_buttons = [
            make_button("visit.session"),
            make_button("visit.walk_in"),
            make_button("visit.summary", "primary"),
        ]
        self.head = page_head("", "", *head_buttons, back=BACK)
        self.figures = [
            Figure(what)
            for what in ("sessions held", "files examined", "documents received", "lines with a theme")
        ]
        figures = row(*((even(figure), 1) for figure in self.figures), space=24)
        self.body = row((even(self._schedule()), 3), (even(self._side()), 2), space=32)
        self.add(self.head, figures, forms, self.body, None)
        self.chosen_changed.connect(self._enable)

    def _schedule(self) -> QWidget:
        self.week = Week(self._now)
        self.week.moved.connect(lambda _: self.chosen_changed.emit())
        self.week.opened.connect(self.session_opened)
        self.sessions = RowList(lead=60, name="Schedule of the visit", chooses=True)
        self.sessions.moved.connect(self._list_moved)
        self.sessions.opened.connect(lambda index: self.session_opened.emit(self.sessions.rows[index].ident))
        self.sessions.hide()
        self.no_sessions = Text(
            "Who will be seen, and when, stands here: n plans a session, a takes a walk-in at once.",
            "small",
            "quiet",
            wrap=True,
        )
        self.planned_only = [
            self._make(command, "quiet")
            for command in ("visit.start", "visit.move", "visit.swap", "visit.replace")
        ]
        self.diary_button = self._make("visit.diary", "quiet")
        self.session_buttons = flow(
            *self.planned_only,
            self.diary_button,
            self._make("visit.view", "quiet"),
            space=4,
        )
        return col(self.session_buttons, self.week, self.sessions, self.no_sessions, None, space=8)

    def _side(self) -> QWidget:
        self.files_count = Text("", "caption", "quiet")
        self.strata = RowList(tall=34, name="Files by stratum")
        self.strata.opened.connect(lambda index: self.file_opened.emit(self.strata.rows[index].ident))
        self.no_files = Text("No file is allocated to this visit yet.", "small", "quiet", wrap=True)
        self.points = RowList(name="Emerging points", chooses=True)
        self.points.moved.connect(lambda _: self.chosen_changed.emit())
        self.points.opened.connect(lambda index: self.point_opened.emit(self.points.rows[index].ident))
        self.no_points = Text(
            "What begins to show stands here, strengths first, each with its evidence counted. "
            "Five to eight points make a hot debrief.",
            "small",
            "quiet",
            wrap=True,
        )
        self.on_point = [
            self._make("visit.reword", "quiet"),
            self._make("visit.pin", "quiet", words="Evidence"),
            self._make("visit.up", "quiet", words="Up"),
            self._make("visit.down", "quiet", words="Down"),
        ]
        self.point_buttons = flow(self._make("visit.point"), *self.on_point, space=4)
        trail = Text("strengths first", "caption", "quiet")
        self.achieved_title = row(Text("Planned and achieved", "strong"), None, margins=(10, 0, 10, 0))
        self.achieved = RowList(tall=34, name="Planned and achieved")
        return col(
            self.achieved_title,
            self.achieved,
            6,
            row(Text("Files by stratum", "strong"), None, self.files_count, margins=(10, 0, 10, 0)),
            self.strata,
            row((self.no_files, 1), margins=(10, 0, 10, 0)),
            12,
            row(Text("Emerging points", "strong"), None, trail, margins=(10, 0, 10, 0)),
            self.points,
            row((self.no_points, 1), margins=(10, 0, 10, 0)),
            self.point_buttons,
            None,
            space=6,
        )

    def shape(self, narrow: bool) -> None:
        self.body.turn(narrow)
        self.spaced.margins = (24, 12, 20, 16) if narrow else (32, 20, 24, 20)
        self.rescale()
        self._choose_view()

    # Showing

    def show_page(self, what: VisitPage) -> None:
        self.shown = what
        visit = what.visit
        where = visit.title or " and ".join(what.names.get(code, code) for code in visit.bodies.split())
        span = words.span_words(visit.planned_start, visit.planned_end)
        parts = [span, words.visit_words(visit, self._now().date())]
        bodies = ", ".join(what.names.get(code, code) for code in visit.bodies.split())
        self.head.set(where, ". ".join(part for part in (", ".join(parts), bodies) if part) + ".", BACK)
        figures = (what.sessions_held, what.files_examined, what.documents_received, what.lines_with_theme)
        for figure, counts in zip(self.figures, figures, strict=True):
            figure.set(*counts)
        self._show_sessions(what)
        self._show_achieved(what)
        self._show_files(what)
        self._show_points(what)
        self.chosen_changed.emit()

    def _show_sessions(self, what: VisitPage) -> None:
        days, blocks = self._days(what), [self._block(session, what) for session in what.sessions]
        notes = [self._note(day, what) for day in days]
        self.week.set_blocks(days, [block for block in blocks if block is not None], notes)
        rows: list[Row] = []
        for day in [*days, None]:
            some = [s for s in what.sessions if words.session_day(s) == day]
            if some:
                title = words.day_words(day) if day else "No day yet"
                rows.append(Row(title, head=True, ident=("day", title)))
                rows += [self._row(session, what) for session in some]
        self.sessions.set_rows(rows)
        if self.sessions.row() < 0 and rows:
            wanted = next((i for i, r in enumerate(rows) if r.ident == self.week.chosen), 1)
            self.sessions.go(wanted)
        self.no_sessions.setVisible(not what.sessions)
        self.session_buttons.setVisible(bool(what.sessions))
        self._choose_view()

    def _show_achieved(self, what: VisitPage) -> None:
        rows = [
            Row(METHODS.get(one.method, one.method).capitalize(), trail=achieved_words(one), ident=one.method)
            for one in what.achieved
        ]
        self.achieved.set_rows(rows)
        self.achieved.setVisible(bool(rows))
        self.achieved_title.setVisible(bool(rows))

    def _days(self, what: VisitPage) -> list[date]:
        found = {day for session in what.sessions if (day := words.session_day(session))}
        try:
            first = date.fromisoformat(what.visit.planned_start)
            last = date.fromisoformat(what.visit.planned_end or what.visit.planned_start)
        except ValueError:
            return sorted(found)
        if (last - first).days < 14:
            found |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        return sorted(found)

    def _note(self, day: date, what: VisitPage) -> str:
        some = [s for s in what.sessions if words.session_day(s) == day and s.state != "cancelled"]
        held = sum(s.state in ("open", "done") for s in some)
        if not some:
            return ""
        return f"{held} of {len(some)}" if held else f"{len(some)} planned"

    def _block(self, session: Session, what: VisitPage) -> Block | None:
        start = words.moment(session.started or session.planned_start)
        if start is None:
            return None
        begin = start.hour + start.minute / 60
        end = words.moment(session.ended)
        finish = end.hour + end.minute / 60 if end and end.date() == start.date() else begin + USUAL
        sub = words.session_words(session, lines=what.lines.get(session.id, 0))
        return Block(
            session.id, start.date(), begin, min(max(finish, begin + 0.5), 24.0), session_title(session), sub,
            state_of(session),
        )  # fmt: skip

    def _row(self, session: Session, what: VisitPage) -> Row:
        state = state_of(session)
        body = what.names.get(session.body, session.body)
        trail = {"walk_in": "not planned", "planned": ""}.get(state, state)
        return Row(
            session_title(session),
            words.session_words(session, body, what.lines.get(session.id, 0)),
            words.clock(session.planned_start or session.started),
            ICONS.get(state, "circle"),
            TONES.get(session.state, "text2"),
            trail or words.ahead_words(session.planned_start, self._now()),
            done=session.state in ("done", "cancelled"),
            ident=session.id,
        )

    def _show_files(self, what: VisitPage) -> None:
        done, of = what.files_examined
        self.files_count.setText(f"{done} of {of}" if of else "")
        self.strata.set_rows(
            [
                Row(
                    one.stratum.name if one.stratum else "no stratum",
                    progress=(one.examined, one.files),
                    ident=one.next_file or (one.stratum.id if one.stratum else None),
                )
                for one in what.strata
            ]
        )
        self.strata.setVisible(bool(what.strata))
        self.no_files.setVisible(not what.strata)

    def _show_points(self, what: VisitPage) -> None:
        self.points.set_rows([self._point_row(point) for point in what.points])
        if self.points.row() < 0:
            self.points.go(0)
        self.points.setVisible(bool(what.points))
        self.no_points.setVisible(not what.points)

    def _point_row(self, point: Point) -> Row:
        kind = point.finding.finding_kind
        counted = words.method_counts(point.methods) or "no evidence pinned yet"
        against = f", {point.against} against" if point.against else ""
        icon = POINT_ICONS.get(kind, "circle-alert")
        sub = f"{point.kind_name or kind}: {counted}{against}"
        tone = "accent" if kind in POINT_ICONS else "text2"
        return Row(
            point.finding.text, sub[:1].upper() + sub[1:], icon=icon, tone=tone, ident=point.finding.id
        )

    # Week or list

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_view()

    def _choose_view(self) -> None:
        if self.shown is None:
            return
        down = self.body.spaced.layout.direction() == self.body.spaced.layout.Direction.TopToBottom
        room = self.width() - gap(56)
        room = room if down else round((room - gap(32)) * 0.6)
        days = len(self.week.days)
        fits = self.week.fits(days, room) and appearance.factor < 1.6
        week = fits and not self.as_list and bool(self.shown.sessions)
        within = self.week.isAncestorOf(self.focusWidget()) or self.sessions.hasFocus()
        self.week.setVisible(week)
        self.sessions.setVisible(not week and bool(self.shown.sessions))
        if within:
            self.take_focus()  # the keyboard goes along to the other way of showing the same

    def toggle_view(self) -> None:
        self.as_list = not self.as_list
        self._choose_view()
        self.take_focus()

    def take_focus(self) -> None:
        if self.sessions.isVisibleTo(self):
            self.sessions.setFocus()
        elif self.week.isVisibleTo(self) and self.week.chosen is not None:
            self.week.setFocus()
        elif self.points.isVisibleTo(self):
            self.points.setFocus()
        else:
            self.setFocus()

    def _list_moved(self, index: int) -> None:
        ident = self.sessions.rows[index].ident if 0 <= index < len(self.sessions.rows) else None
        if isinstance(ident, bytes) and self.sessions.isVisibleTo(self):
            self.week.choose(ident)
        self.chosen_changed.emit()

    def _enable(self) -> None:
        """Only what can be done with the chosen session and point is offered."""
        session, point = self.session(), self.point()
        for button in self.planned_only:
            button.setEnabled(session is not None and session.state == "planned")
        self.diary_button.setEnabled(session is not None)
        for button in self.on_point:
            button.setVisible(point is not None)

    def session(self) -> Session | None:
        """The chosen one."""
        if self.shown is None:
            return None
        ident: Id | None = self.week.chosen
        if self.sessions.isVisibleTo(self):
            row_now = self.sessions.current()
            ident = row_now.ident if row_now is not None and isinstance(row_now.ident, bytes) else None
        return next((s for s in self.shown.sessions if s.id == ident), None)

    def kinds_of_points(self) -> Mapping[str, str]:
        """What a point can be, by code."""
        return self.shown.kinds if self.shown else {}

    def point(self) -> Point | None:
        row_now = self.points.current()
        some = self.shown.points if self.shown else ()
        return next((p for p in some if row_now is not None and p.finding.id == row_now.ident), None)
