"""Reports: which, about what, how it looks, and out of the door, with the marking always in sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from fieldwork.desktop.appearance.tokens import appearance, dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Field,
    Option,
    Pane,
    Row,
    RowList,
    Tag,
    Text,
    col,
    flow,
    row,
    scroll,
)
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.paper import PageImage, Sheet, draw_page
from fieldwork.desktop.pages.pick import fitting
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.report_making import Composed, compose, file_name
from fieldwork.desktop.pages.report_masking import KeepingOut
from fieldwork.desktop.pages.report_where import WhereTo
from fieldwork.domain.values import Id
from fieldwork.work import report_desk, reporting
from fieldwork.work.finding_places import FoundPlace, place_of
from fieldwork.work.report_desk import Subject, TakenFault
from fieldwork.work.reporting import Exported

ICONS = {
    "visit_summary": "calendar-check",
    "interview_record": "messages-square",
    "file_record": "folder-open",
    "results": "table-2",
    "findings_register": "lightbulb",
    "interim_themes": "layers",
}
ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
WIDEST = 860  # dp: a page that fills a large screen is harder to read, not easier
SETTLE_MS = 400
MOST_SUBJECTS = 200
LANE = "preview"  # pdfium lets one thread in at a time


class ReportsPage(ReadingPage):
    results_asked = Signal()
    title = "Reports"
    scope = "reports"
    watches: ClassVar = frozenset()

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._lists, self._previews, self._drawings = Latest(desk), Latest(desk, LANE), Latest(desk, LANE)
        self._subjects: list[Subject] = []
        self._subjects_of = ""
        self._about: dict[str, Id] = {}
        self._wanted: Id | None = None
        self._composed: Composed | None = None
        self._number = 0
        self._zoom = ZOOMS.index(1.0)
        self._preview_shown = False
        self._moved = self._timer(self._compose)
        self._resized = self._timer(self._draw)
        self._build()
        appearance.changed.connect(self._fit_subjects)

    def _timer(self, then: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(SETTLE_MS)
        timer.timeout.connect(then)
        return timer

    # Building

    def _build(self) -> None:
        self.kinds = RowList(
            [
                Row(kind.title, icon=ICONS.get(code, "file-text"), ident=code)
                for code, kind in reporting.KINDS.items()
            ],
            name="Which report",
            chooses=True,
        )
        self.kinds.go(0)
        self.kinds.moved.connect(lambda _: self._kind_chosen())
        self.about_label = Text("About", "strong")
        self.filter = Field(hint="Type to find", name="Find what the report is about", icon="search")
        self.filter.textChanged.connect(lambda _: self._show_subjects())
        self.subjects = RowList(name="About what", fit=False, chooses=True)
        self.subjects.moved.connect(lambda _: self._subject_chosen())
        self.no_subjects = Text("", "small", "quiet", wrap=True)
        self.side_area = scroll(self._side(), "Which report, and where it goes")
        self.side_pane = Pane((self.side_area, 1), ground="sunken", lines="r", width=340)
        self.preview = self._preview()
        self.fill(row(self.side_pane, (self.preview, 1), space=0))

    def _side(self) -> QWidget:
        heads = [
            row(Text(words_, "strong"), None, self.button(command, "quiet", words="Go there"))
            for words_, command in (("Which report", "report.kind"),)
        ]
        self.about_row = row(self.about_label, None, self.button("report.subject", "quiet", words="Go there"))
        return col(
            *heads,
            self.kinds,
            flow(self.button("report.results")),
            8,
            self.about_row,
            self.filter,
            self.subjects,
            self.no_subjects,
            8,
            *self._way_out(),
            None,
            margins=(16, 16, 16, 16),
            space=8,
        )

    def _way_out(self) -> list[QWidget]:
        self.where = WhereTo()
        self.formats, self.path = self.where.formats, self.where.path
        self.path.returnPressed.connect(self._export)
        self.published = Option("Without evidence references", key="p")
        self.published.clicked.connect(self._compose)
        self.export_button = self.button("report.export", "primary", big=True)
        self.look_button = self.button("report.preview", big=True)
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.keeping = KeepingOut(self.desk)
        self.keeping.changed.connect(self.commands_changed)
        self.keeping.done.connect(self._kept_out)
        return [
            Text("Export", "strong"),
            self.where,
            flow(self.button("report.browse"), self.published, space=8),
            flow(self.export_button, self.look_button, space=8),
            self.said,
        ]

    def _preview(self) -> QWidget:
        self.report_title = Text("", "strong", wrap=True)
        self.marking = Tag("", "shield-check", "text")
        self.state = Text("", "caption", "quiet", wrap=True)
        self.flags = Text("", "small", "warn", wrap=True)
        self.flags.hide()
        self.page_count = Text("", "caption", "quiet")
        self.choices_button = self.button("report.kind", words="Choices")
        bar = flow(
            self.choices_button,
            self.button("report.earlier", "quiet", words="Before"),
            self.button("report.further", "quiet", words="After"),
            self.button("report.slimmer", "quiet", words="Smaller"),
            self.button("report.wider", "quiet", words="Larger"),
            self.page_count,
            space=4,
        )
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the width then stays
        self.area.viewport().installEventFilter(self)
        self.area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setAccessibleName("Preview of the report")
        self.sheet = Sheet(self.area)
        self.area.setWidget(self.sheet)
        self.sheet.followed.connect(self._follow)
        return col(
            row((self.report_title, 1), self.marking),
            bar,
            self.state,
            self.flags,
            self.keeping,
            (self.area, 1),
            margins=(20, 16, 20, 8),
            space=8,
        )

    def shape(self, narrow: bool, short: bool) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self.side_pane.setVisible(not self.narrow or not self._preview_shown)
        self.preview.setVisible(not self.narrow or self._preview_shown)
        self.look_button.setVisible(self.narrow)
        self.choices_button.setVisible(self.narrow)
        self.side_pane._dp_width = None if self.narrow else 340
        if self.narrow:
            self.side_pane.setMinimumWidth(0)
            self.side_pane.setMaximumWidth(16777215)
        self.side_pane.rescale()

    # Reading: kinds and subjects

    def _kind(self) -> str:
        chosen = self.kinds.current()
        return str(chosen.ident) if chosen else next(iter(reporting.KINDS))

    def read(self) -> None:
        """Subjects again, and the preview once things have settled: many changes come in a row."""
        self._lists.ask(report_desk.subjects, self._needs(), then=self._take_subjects)

    def _needs(self) -> str:
        return reporting.KINDS[self._kind()].needs

    def _kind_chosen(self) -> None:
        self._number = 0
        self._about = {}
        self.where.own = False
        self.filter.clear()
        self.sheet.clear()
        self._composed = None
        self.commands_changed.emit()
        self.read()

    def _take_subjects(self, found: list[Subject]) -> None:
        self._subjects, self._subjects_of = found, self._needs()
        self._show_subjects()
        if self._moved.isActive() or self._composed is None:
            self._compose()
        else:
            self._moved.start()

    def _show_subjects(self) -> None:
        needs = self._needs()
        rows = [self._subject_row(one) for one in self._subjects]
        shown = fitting(self.filter.text(), rows)[:MOST_SUBJECTS]
        for part in (self.about_row, self.filter, self.subjects):
            part.setVisible(bool(needs) and bool(self._subjects))
        nothing = {
            "visit": "There is no visit yet; Ctrl 2 is the place to plan one.",
            "session": "No session was held yet; its record will be here.",
            "file": "No file examination has begun yet; its record will be here.",
        }
        self.no_subjects.setText(nothing.get(needs, "It covers the whole inspection."))
        self.no_subjects.setVisible(not needs or not self._subjects)
        self.about_label.setText(
            {"visit": "Which visit", "session": "Which session", "file": "Which file"}.get(needs, "")
        )
        self.subjects.blockSignals(True)
        self.subjects.set_rows(shown)
        wanted = self._wanted or self._about.get(needs)
        at = next((i for i, one in enumerate(shown) if one.ident == wanted), 0)
        if shown and (self.subjects.row() < 0 or self._wanted is not None):
            self.subjects.go(at)
        self._wanted = None
        self.subjects.blockSignals(False)
        self._fit_subjects()
        self._subject_chosen()

    def _subject_row(self, one: Subject) -> Row:
        day = words.span_words(one.day, one.last)
        return Row(one.title, ", ".join(part for part in (day, one.sub) if part), ident=one.id)

    def _subject_chosen(self) -> None:
        needs, chosen = self._needs(), self.subjects.current()
        about = {needs: chosen.ident} if needs and chosen and isinstance(chosen.ident, bytes) else {}
        if about != self._about:
            self._about = about
            self._number = 0
            self.where.own = False
            self._compose()
        self._suggest_path()
        self.commands_changed.emit()

    def _ready(self) -> bool:
        return not self._needs() or bool(self._about)

    # Preview

    def _compose(self) -> None:
        self._moved.stop()
        if not self._ready():
            self._previews.drop()
            self._composed = None
            self.sheet.clear()
            self.report_title.setText(reporting.KINDS[self._kind()].title)
            self._tell(None)
            return
        self.state.setText("Being drawn from the evidence as it stands\u2026")
        self._previews.ask(
            compose,
            self._kind(),
            self.published.isChecked(),
            dict(self._about),
            then=self._take_composed,
            otherwise=self._not_composed,
        )

    def _not_composed(self, error: BaseException) -> None:
        self.state.setText(sentence_for(error))

    def _take_composed(self, made: Composed) -> None:
        self._composed = made
        self.flags.setText(f"{made.flags} m keeps words out." if made.flags else "")
        self.flags.setVisible(bool(made.flags))
        self.report_title.setText(made.title)
        self.marking.set(made.marking, "shield-check", "text")
        self._draw()
        self.commands_changed.emit()

    def _draw(self) -> None:
        if self._composed is None:
            return
        wide = self._width()
        self.sheet.set_wide(wide)
        pixels = round(wide * self.devicePixelRatioF())
        made = self._composed
        self._drawings.ask(draw_page, made.pdf, self._number, pixels, made.references, then=self._take_page)

    def _width(self) -> int:
        room = max(self.area.viewport().width() - 2, 200)
        return round(min(room, dp(WIDEST)) * ZOOMS[self._zoom])

    def _take_page(self, page: PageImage) -> None:
        self._number = page.number
        self.sheet.show_page(page)
        self._tell(page)

    def _tell(self, page: PageImage | None) -> None:
        zoom = f", {round(ZOOMS[self._zoom] * 100)}% of the width" if self._zoom != ZOOMS.index(1.0) else ""
        self.page_count.setText(f"Page {page.number + 1} of {page.of}{zoom}" if page else "")
        self.state.setText(
            f"As the evidence stood at {self._now():%H:%M:%S}. It follows every change." if page else ""
        )
        self.marking.setVisible(page is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.area.viewport() and event.type() == QEvent.Type.Resize:
            self.sheet.set_wide(self._width())
            self._resized.start()
        return super().eventFilter(watched, event)

    def _fit_subjects(self) -> None:
        """As tall as its rows, up to four of them."""
        width = self.subjects.viewport().width()
        self.subjects.setFixedHeight(min(max(self.subjects.heightForWidth(width), dp(40)), dp(216)))

    def _turn(self, by: int) -> None:
        page = self.sheet.page
        if page is not None and 0 <= page.number + by < page.of:
            self._number = page.number + by
            self.area.verticalScrollBar().setValue(0)
            self._draw()

    def _scale(self, by: int) -> None:
        self._zoom = min(max(self._zoom + by, 0), len(ZOOMS) - 1)
        self._draw()

    def _kept_out(self, sentence: str) -> None:
        self._say(sentence)
        self._compose()
        self.take_focus()

    def _next_reference(self) -> None:
        """To the next evidence reference on the page; beyond the last page to the first."""
        if self.sheet.page is not None and not self.sheet.page.references:
            self._turn(1)
        self._preview_shown = True
        self._arrange()
        self.sheet.step()

    def _follow(self, evidence: str) -> None:
        self.desk.ask(place_of, bytes.fromhex(evidence), then=self._go_home)

    def _go_home(self, found: FoundPlace | None) -> None:
        if found is None:
            self._say("This window has no place that shows it; fieldwork history tells what happened to it.")
        else:
            self.desk.go(found.place, found.id)

    # Out of the door

    def _suggest_path(self) -> None:
        chosen = self.subjects.current() if self._needs() else None
        self.where.suggest(file_name(self._kind(), chosen.title if chosen else "", self._now()))

    def _export(self) -> None:
        typed = self.path.text().strip()
        if not typed or not self._ready():
            self._say(
                "Say where to: a folder and a file name." if not typed else self.no_subjects.text(), "danger"
            )
            self.path.setFocus()
            return
        self.export_button.setEnabled(False)
        self._say("Being written\u2026")
        self.desk.act(
            report_desk.export,
            self._kind(),
            Path(typed),
            published=self.published.isChecked(),
            replace=self.where.replace == typed,
            lane=LANE,
            then=self._exported,
            otherwise=lambda error: self._not_exported(error, typed),
            **self._about,
        )

    def _exported(self, done: Exported) -> None:
        self.where.replace = ""
        self.export_button.setEnabled(True)
        self._say(f"Written at {self._now():%H:%M:%S}: " + ", ".join(str(path) for path in done.paths))

    def _not_exported(self, error: BaseException, typed: str) -> None:
        self.export_button.setEnabled(True)
        self.where.replace = typed if isinstance(error, TakenFault) else ""
        self._say(sentence_for(error), "danger")

    def _say(self, sentence: str, tone: str = "quiet") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.show()

    # Commands

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "report.kind": self.take_focus,
            "report.place": self._to_path,
            "report.browse": self.where.browse,
            "report.published": self.published.click,
            "report.earlier": lambda: self._turn(-1),
            "report.further": lambda: self._turn(1),
            "report.wider": lambda: self._scale(1),
            "report.slimmer": lambda: self._scale(-1),
            "report.preview": self._to_preview,
            "report.export": self._export,
            "report.results": self.results_asked.emit,
        }
        if self._composed is not None and self._composed.named:
            named = self._composed.named
            handlers["report.mask"] = lambda: self.keeping.ask(named)
        if self.keeping.panel is not None:
            handlers["report.leave"] = self.keeping.shut
        if self._needs():
            handlers["report.subject"] = self._to_subjects
        if self._composed is not None and self._composed.references:
            handlers |= {"report.reference": self._next_reference, "report.follow": self.sheet.follow}
        return handlers

    def _show_side(self) -> None:
        self._preview_shown = False
        self._arrange()

    def take_focus(self) -> None:
        self._show_side()
        self.kinds.setFocus()

    def _to_subjects(self) -> None:
        self._show_side()
        self.filter.setFocus()

    def _to_path(self) -> None:
        self._show_side()
        self.path.setFocus()
        self.path.selectAll()

    def _to_preview(self) -> None:
        if self.narrow and self._preview_shown:
            self.take_focus()
            return
        self._preview_shown = True
        self._arrange()
        self.sheet.setFocus()

    def open(self, target: object) -> None:
        """A kind of report and what it is about: ("visit_summary", id)."""
        if not (isinstance(target, tuple) and len(target) == 2 and target[0] in reporting.KINDS):
            return
        kind, self._wanted = target
        at = next(i for i, one in enumerate(self.kinds.rows) if one.ident == kind)
        if at != self.kinds.row():
            self.kinds.go(at)
        else:
            self.read()
