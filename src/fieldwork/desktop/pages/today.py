"""Today: three big things to do, then the day's schedule, what is still open, what is not shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    Card,
    Empty,
    KeyHint,
    Pane,
    Progress,
    Row,
    RowList,
    Text,
    col,
    even,
    page_head,
    row,
    scroll,
)
from fieldwork.desktop.kit.layout import Item
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.release_offer import HEARD, ReleaseOffer
from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.work import notes, open_questions, visits
from fieldwork.work.today import Today, today
from fieldwork.work.visits import session_title

FEW = 4  # open items shown before the rest is asked for
ICONS = {"done": "circle-check", "open": "circle-dot", "cancelled": "x", "planned": "circle"}
TONES = {"open": "accent", "planned": "outline"}
EACH_MINUTE = 60_000


class ActCard(Card):
    """One of the three big things: what it is, two lines about it, how far, and the button that does it."""

    def __init__(self, head: str, button: QWidget, main: bool = False) -> None:
        self.head = Text(head, "overline", "accent" if main else "quiet")
        self.title = Text("", "lead", wrap=True)
        self.sub = Text("", "small", "quiet", wrap=True)
        self.progress = Progress(name="Files")
        self.button = button
        items: list[Item] = [self.head, 2, self.title, self.sub, self.progress, 8, None, row(button, None)]
        edge, width = ("accent", 2) if main else ("line", 1)
        super().__init__(*items, pad=20, space=4, edge=edge, width=width)

    def say(self, head: str, title: str, sub: str, progress: tuple[int, int] | None = None) -> None:
        self.head.setText(head)
        self.title.setText(title)
        self.sub.setText(sub)
        self.progress.setVisible(progress is not None)
        if progress is not None:
            self.progress.set(*progress)


class TickList(RowList):
    """A list whose current row Space ticks off."""

    def __init__(self, name: str, tick: Callable[[int], object]) -> None:
        super().__init__(name=name)
        self._tick = tick
        self.setAccessibleDescription("Space ticks off, Enter opens the note")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.row() >= 0:
            self._tick(self.row())
        else:
            super().keyPressEvent(event)


class TodayPage(ReadingPage):
    title = "Today"
    scope = "today"
    watches: ClassVar = HEARD | {"visit", "session", "note_line", "case_file", "stratum"} | {"open_question"}

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._latest = Latest(desk)
        self.shown: Today | None = None
        self._all_open = False
        self._starting = False
        self._build()
        self._minute = QTimer(self)
        self._minute.setInterval(EACH_MINUTE)
        self._minute.timeout.connect(self._tell_time)
        self._minute.start()
        desk.status_changed.connect(self._take_status)

    # Building

    def _build(self) -> None:
        self.week = self.button("today.week", "quiet")
        self.wash_up = self.button("today.wash_up", "quiet")
        self.head = page_head(words.day_words(self._now().date()), " ", self.wash_up, self.week)
        self.start = self.button("today.session", "primary", big=True)
        self.file = self.button("today.file", big=True)
        self.resume = self.button("today.resume", big=True)
        self.interview_card = ActCard("Next interview", self.start, main=True)
        self.file_card = ActCard("Next file", self.file)
        self.left_card = ActCard("Where you left", self.resume)
        cards = (self.interview_card, self.file_card, self.left_card)
        self.acts = row(*((even(card), 1) for card in cards), space=16)
        self.lists = row((even(self._schedule()), 1), (even(self._still_open()), 1), space=40)
        self.nothing = Empty(
            "calendar-days",
            "Your next interview, your next file and what you left open will be here",
            "It begins with a visit: which force or Area, and when. A colleague's package brings theirs.",
            self.button("today.plan", "primary", big=True),
        )
        self.nothing.hide()
        self.offer = ReleaseOffer(self.desk, self.button)
        self.offer.renewed.connect(lambda _: self.commands_changed.emit())
        self.inner = Pane(
            self.head,
            self.offer,
            self.acts,
            4,
            self.lists,
            self.nothing,
            None,
            margins=(32, 24, 32, 20),
            space=20,
        )
        self.fill(scroll(self.inner, "Today"))

    def _schedule(self) -> QWidget:
        self.schedule_title = Text("Today's schedule", "strong")
        self.schedule = RowList(lead=60, name="Today's schedule")
        self.schedule.opened.connect(self._open_session)
        self.no_schedule = Text("", "small", "quiet", wrap=True)
        self.plan = self.button("today.plan")
        self.plan_line = row(self.plan, None, margins=(10, 0, 10, 0))
        trail = Text("planned and achieved", "caption", "quiet")
        return col(
            row(self.schedule_title, None, trail, margins=(10, 0, 10, 0)),
            self.schedule,
            row((self.no_schedule, 1), margins=(10, 0, 10, 0)),
            self.plan_line,
            None,
            space=8,
        )

    def _still_open(self) -> QWidget:
        self.open_count = Text("", "caption", "quiet")
        self.items = TickList("Still open", self._tick)
        self.items.opened.connect(self._open_item)
        self.no_items = Text(
            "Lines that begin with ! (follow up) or @ (document asked for) and what is still to be asked wait here "
            "until ticked off.",
            "small",
            "quiet",
            wrap=True,
        )
        self.more = self.button("today.open", "quiet")
        self.tick_hint = KeyHint("Space", "ticks off")
        self.more_line = row(self.more, None, self.tick_hint)
        self.unshared = Text("", "strong", wrap=True)
        self.unshared_sub = Text("Colleagues see them after a package.", "small", "quiet", wrap=True)
        self.share = self.button("today.share")
        self.share_card = Card(
            row((col(self.unshared, self.unshared_sub, space=2), 1), self.share, space=12), pad=16
        )
        return col(
            row(Text("Still open", "strong"), None, self.open_count, margins=(10, 0, 10, 0)),
            self.items,
            row((self.no_items, 1), margins=(10, 0, 10, 0)),
            self.more_line,
            12,
            self.share_card,
            None,
            space=8,
        )

    def shape(self, narrow: bool, short: bool) -> None:
        self.acts.turn(narrow)
        self.lists.turn(narrow)
        self.inner.spaced.margins = (24, 12, 24, 16) if narrow else (32, 24, 32, 20)
        self.inner.spaced.space = 12 if narrow else 20
        self.inner.rescale()

    # Showing

    def read(self) -> None:
        self._latest.ask(today, self._now(), then=self._show)
        self.offer.read()

    def _show(self, what: Today) -> None:
        self.shown = what
        self._show_head(what)
        empty = what.visit is None and not (what.next_file or what.open_session or what.follow_ups)
        for part in (self.acts, self.lists):
            part.setVisible(not empty)
        self.nothing.setVisible(empty)
        if not empty:
            self._show_interview(what)
            self._show_file(what)
            self._show_left(what)
            self._show_schedule(what)
            self._show_open(what)
        self._tell_unshared()
        self.commands_changed.emit()

    def _show_head(self, what: Today) -> None:
        sub = "No visit yet."
        if what.visit is not None:
            where = what.visit.title or " and ".join(what.bodies)
            sub = f"{where}, {words.visit_words(what.visit, what.day)}"
        self.head.set(words.day_words(what.day), sub)
        self.week.setVisible(what.visit is not None)

    def _show_interview(self, what: Today) -> None:
        session = what.next_session
        if session is None:
            sub = "Start a note at once; who and where can be filled in later."
            self.interview_card.say("Next interview", "None is planned", sub)
            self.start.set_text("Start a note")
            return
        when = words.clock(session.planned_start)
        day = words.session_day(session)
        if day is not None and day != what.day:
            when = f"{words.short_day(day)}, {when}"
        head = f"Next interview, {when}" if when else "Next interview"
        body = what.names.get(session.body, "")
        self.interview_card.say(head, session_title(session), words.session_words(session, body))
        self.start.set_text("Start the session")

    def _show_file(self, what: Today) -> None:
        file = what.next_file
        if file is None:
            title = "All your files are finished" if what.files_all else "No file is waiting"
            sub = "Files come with a case list or a colleague's package; the next one waits here."
            self.file_card.say("Next file", title, sub)
            self.file.set_text("Go to files")
            return
        pane = what.pane
        asked = len(pane.asked) if pane else 0
        answered = asked - len(pane.unanswered) if pane else 0
        title = f"File {file.reference}" + (f", {what.stratum}" if what.stratum else "")
        sub = f"{words.counted(asked, 'question applies', 'questions apply')}."
        if answered:
            sub = f"{answered} of {words.counted(asked, 'question')} answered."
        if what.files_all:
            sub = f"{what.files_done} of {what.files_all} for you are finished. {sub}"
        self.file_card.say(
            "Next file", title, sub, (what.files_done, what.files_all) if what.files_all else None
        )
        self.file.set_text("Open the file")

    def _show_left(self, what: Today) -> None:
        session, pane = what.open_session, what.pane
        self.resume.setVisible(self._left() is not None)
        if session is not None:
            since = words.when_words(session.started, what.day)
            lines = "line" if what.open_lines == 1 else "lines"
            sub = f"{words.number(what.open_lines).capitalize()} {lines} so far."
            self.left_card.say("Where you left", session_title(session), f"{sub} Started {since}.")
        elif pane is not None and pane.examination.started:
            asked = len(pane.asked)
            sub = f"{asked - len(pane.unanswered)} of {asked} questions answered."
            self.left_card.say("Where you left", f"File {pane.file.reference}", sub)
        else:
            sub = "A note or a file that you leave unfinished waits here."
            self.left_card.say("Where you left", "Nothing is left open", sub)

    def _show_schedule(self, what: Today) -> None:
        today_only = [s for s in what.schedule if words.session_day(s) == what.day]
        some = today_only or list(what.schedule)
        self.schedule_title.setText("Today's schedule" if today_only or not some else "The visit's schedule")
        self.schedule.set_rows([self._session_row(session, what, bool(today_only)) for session in some])
        self.schedule.setVisible(bool(some))
        if what.visit is None:
            self.no_schedule.setText("A visit's sessions stand here on the day, planned and achieved.")
        else:
            self.no_schedule.setText(
                "No session is planned on this visit yet. My week (w) is the place to plan them."
            )
        self.no_schedule.setVisible(not some)
        self.plan_line.setVisible(what.visit is None)

    def _session_row(self, session: Session, what: Today, times: bool) -> Row:
        start = session.planned_start or session.started
        day = words.session_day(session)
        lead = words.clock(start) if times or day is None else words.short_day(day)[4:]
        trail = {"done": "done", "open": "open", "cancelled": "cancelled"}.get(session.state, "")
        return Row(
            session_title(session),
            words.session_words(session, lines=what.lines.get(session.id, 0)),
            lead,
            ICONS.get(session.state, "circle"),
            TONES.get(session.state, "text2"),
            trail or words.ahead_words(session.planned_start, self._now()),
            on=what.next_session is not None and session.id == what.next_session.id,
            done=session.state in ("done", "cancelled"),
            ident=session.id,
        )

    def _show_open(self, what: Today) -> None:
        some = self._open_rows(what)
        self.items.set_rows(some if self._all_open else some[:FEW])
        counts = (
            ("follow-up", what.follow_ups),
            ("document", what.documents),
            ("question", what.questions),
        )
        said = [words.counted(len(some), noun) for noun, some in counts if some or noun != "question"]
        self.open_count.setText(", ".join(said))
        self.items.setVisible(bool(some))
        self.no_items.setVisible(not some)
        self.more_line.setVisible(bool(some))
        self.more.setVisible(len(some) > FEW)
        self.more.set_text("Fewer" if self._all_open else f"All {words.number(len(some))}")

    def _open_rows(self, what: Today) -> list[Row]:
        """Follow-ups, what is to be asked, documents; the newest first: what was just heard is what one still knows."""
        newest = lambda line: -(line.typed or 0)  # noqa: E731
        return [
            *(self._item_row(line, what) for line in sorted(what.follow_ups, key=newest)),
            *(self._question_row(one, what) for one in reversed(what.questions)),
            *(self._item_row(line, what) for line in sorted(what.documents, key=newest)),
        ]

    def _question_row(self, one: OpenQuestion, what: Today) -> Row:
        of = what.names.get(one.body, one.body)
        sub = ", ".join(part for part in ("to ask", of, METHODS.get(one.method, "").lower()) if part)
        return Row(one.text, sub, icon="circle-help", ident=one.id)

    def _item_row(self, line: NoteLine, what: Today) -> Row:
        where = what.sources.get(line.session or b"", "a note not here yet")
        sub = f"{where}, {words.when_words(line.typed, what.day)}"
        return Row(line.text, sub, mark=line.mark, ident=line.id)

    def _tell_unshared(self) -> None:
        if self.shown is None:
            return
        count = self.shown.unshared
        self.share_card.setVisible(count > 0)
        self.unshared.setText(f"{words.counted(count, 'change is', 'changes are')} on this laptop only")

    def _take_status(self) -> None:
        if self.shown is not None and self.desk.status.unshared != self.shown.unshared:
            self.refresh({"visit": frozenset()})

    def _tell_time(self) -> None:
        """The minutes until the next session run on; at midnight it is another day."""
        if self.shown is None or not self.isVisible():
            return
        if self._now().date() != self.shown.day:
            self.read()
        else:
            self._show_schedule(self.shown)

    # Acting

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "today.session": self._start,
            "today.file": self._open_file,
            "today.share": lambda: self.desk.go("Team"),
            "pair.waiting": lambda: self.desk.go("Files", "reconcile"),
            **self.offer.commands(),
        }
        what = self.shown
        if self._left() is not None:
            handlers["today.resume"] = self._resume
        if what is not None and what.visit is not None:
            handlers["today.week"] = lambda: self.desk.go("Visits", what.visit.id)  # type: ignore[union-attr]
            handlers["today.wash_up"] = self._wash_up
        else:
            handlers["today.plan"] = lambda: self.desk.go("Visits", "new")
        if what is not None and len(what.follow_ups) + len(what.documents) + len(what.questions) > FEW:
            handlers["today.open"] = self._toggle_open
        return handlers

    def take_focus(self) -> None:
        target = self.nothing if self.nothing.isVisibleTo(self) else self.start
        if target is self.nothing:
            target = self.nothing.findChild(type(self.start)) or self.start
        target.setFocus()

    def _start(self) -> None:
        what = self.shown
        if what is None or self._starting:
            return
        self._starting = True  # a key pressed twice starts one session
        session = what.next_session.id if what.next_session else None
        visit = what.visit.id if what.visit else None
        self.desk.act(
            visits.start_session,
            session=session,
            visit=visit,
            then=self._started,
            otherwise=self._not_started,
        )

    def _started(self, done: visits.Done) -> None:
        self._starting = False
        self.desk.go("Interviews", done.id)

    def _not_started(self, error: BaseException) -> None:
        self._starting = False
        self.desk.tell(error)

    def _open_file(self) -> None:
        file = self.shown.next_file if self.shown else None
        self.desk.go("Files", file.id if file else None)

    def _left(self) -> tuple[str, Id] | None:
        """The place and the record that "carry on" opens."""
        what = self.shown
        if what is None:
            return None
        if what.open_session is not None:
            return "Interviews", what.open_session.id
        if what.pane is not None and what.pane.examination.started:
            return "Files", what.pane.file.id
        return None

    def _resume(self) -> None:
        left = self._left()
        if left is not None:
            self.desk.go(*left)

    def _toggle_open(self) -> None:
        self._all_open = not self._all_open
        if self.shown is not None:
            self._show_open(self.shown)
        self.items.setFocus()

    def _open_session(self, index: int) -> None:
        self.desk.go("Interviews", self.schedule.rows[index].ident)

    def _open_item(self, index: int) -> None:
        line, question = self._line(index), self._question(index)
        if line is not None:
            self.desk.go("Interviews", line.id)
        elif question is not None and question.finding is not None:
            self.desk.go("Findings", question.finding)

    def _tick(self, index: int) -> None:
        line, question = self._line(index), self._question(index)
        if line is not None:
            self.desk.act(notes.settle_line, line=line.id)
        elif question is not None:
            self.desk.act(open_questions.settle, question=question.id)

    def _line(self, index: int) -> NoteLine | None:
        some = (*self.shown.follow_ups, *self.shown.documents) if self.shown else ()
        return next((line for line in some if line.id == self.items.rows[index].ident), None)

    def _question(self, index: int) -> OpenQuestion | None:
        some = self.shown.questions if self.shown else ()
        return next((one for one in some if one.id == self.items.rows[index].ident), None)

    def _wash_up(self) -> None:
        """What came in today on this visit and is pinned to no point yet."""
        if self.shown is not None and self.shown.visit is not None:
            day = self.shown.day.isoformat()
            self.desk.go("Evidence", ("wash-up", self.shown.visit.id, day, self.shown.visit.title))
