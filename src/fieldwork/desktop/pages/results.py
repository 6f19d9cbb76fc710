"""Results on screen: bars, table and heat map of one count, and the files behind each figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Choice, Empty, Field, KeyHint, Segments, Text, col, flow, page_head, row
from fieldwork.desktop.kit.bars import StackedBars
from fieldwork.desktop.kit.grid import GridView
from fieldwork.desktop.kit.heat import HeatMap
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.kit.text import line_step
from fieldwork.desktop.pages import result_words
from fieldwork.desktop.pages.files_behind import FilesBehind
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.result_words import BARS, GRID, HEAT, Shown
from fieldwork.desktop.pages.words import counted
from fieldwork.domain.marking_records import EarlierResult, SavedResults
from fieldwork.domain.values import Id
from fieldwork.work import report_desk, result_desk, saved_results
from fieldwork.work.report_desk import Subject, TakenFault
from fieldwork.work.result_desk import Cell, Table

VIEWS = ("Bars", "Table", "Heat map")
BYS = tuple(result_words.BY_WORDS)
GROUPED = BYS[1]  # what a heat map is by where nothing was chosen

KEPT = {SavedResults.kind, EarlierResult.kind}


@dataclass(frozen=True)
class Exports:
    """What is written: as it was shown when the key was pressed. words: that, as a person reads it."""

    by: str = ""
    visit: Id | None = None
    section: str = ""
    words: str = ""


class ResultsPage(ReadingPage):
    """`left` when the person goes back to the reports, `kept_asked` when to what results are set against."""

    title = "Results"
    scope = "reports"
    watches: ClassVar = frozenset()
    left = Signal()
    kept_asked = Signal()

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._tables, self._visits, self._behind = Latest(desk), Latest(desk), Latest(desk)
        self.table: Table | None = None
        self.by, self.view = "", BARS
        self.cell: Cell | None = None
        self._some = True  # whether there is anything to show
        self._arriving = False  # the keyboard goes to the figures once they are there
        self._replace, self._proposed, self._exports = "", "", Exports()
        self._build()

    # Building

    def _build(self) -> None:
        self.bys = Segments(*result_words.BY_WORDS.values(), name="By")
        self.bys.chosen.connect(lambda index: self.show_by(BYS[index]))
        self.views = Segments(*VIEWS, name="Shown as")
        self.views.chosen.connect(self.show_view)
        buttons = [self.button("result.compare", words="Compare"), self.button("result.save", words="Save")]
        buttons += [self.button("result.export"), self.button("result.report")]
        self.head = page_head("Results", " ", *buttons, back="Reports")
        self.sections = Choice([("", "All sections")], "Only one section")
        self.sections.chosen.connect(lambda _: self._show())
        self.visits = Choice([("", "All visits")], "Only one visit")
        self.visits.chosen.connect(lambda _: self.read())
        self.by_choice = Choice([(by, f"By {by}" if by else "All files together") for by in BYS], "By")
        self.by_choice.chosen.connect(self.show_by)
        self.sections_hint, self.visits_hint = KeyHint("/", "Section"), KeyHint("v", "Visit")
        self.wide = [KeyHint("b", "By"), self.bys, KeyHint("t m", "As"), self.views, self.sections_hint]
        self.tools = flow(*self.wide, self.by_choice, self.sections, self.visits_hint, self.visits, space=10)
        self.bars = StackedBars("Results as bars")
        self.grid = GridView("Results as a table")
        self.heat = HeatMap("Results as a heat map")
        self.stack = QStackedWidget()
        for view in (self.bars, self.grid, self.heat):
            view.opened.connect(self._open)
            view.moved.connect(self._moved)
            self.stack.addWidget(view)
        self.said = Text("", "small", wrap=True)
        self.enter = KeyHint("Enter", "the files behind")
        self.notes = Text("", "caption", "quiet", wrap=True)
        self.form = FormLine(
            "Export what is shown", {"to": ("Where to: .csv or .xlsx", Field(), 520)}, "Write it"
        )
        self.form.kept.connect(self._write)
        self.form.left.connect(self.take_focus)
        self.save_form = FormLine("Save this table", {"title": ("Title", Field(), 420)}, "Save it")
        self.save_form.kept.connect(self._save)
        self.save_form.left.connect(self.take_focus)
        self.empty = Empty(
            "table-2",
            "Results will be here",
            "They are counted from finished case files, once a file however many examined it.",
        )
        self.empty.hide()
        below = col(row((self.said, 1), self.enter, space=12), self.notes, space=4)
        self.room = Box()
        self.room.hide()
        views = ((self.stack, 1), (self.empty, 1))
        parts = (self.head, self.tools, *views, below, self.form, self.save_form, (self.room, 1))
        self.body = Box(*parts, space=10, margins=(32, 24, 32, 12))
        self.fill(self.body)

    def shape(self, narrow: bool, short: bool) -> None:
        side = 20 if narrow else 32
        self.body.spaced.margins = (side, 12 if short else 24, side, 8 if short else 12)
        self.body.spaced.apply()
        for part in self.wide:
            part.setVisible(not narrow)
        self.by_choice.setVisible(narrow)
        self.notes.setVisible(not short)
        self._show()
        self.commands_changed.emit()

    def shown_view(self) -> int:
        """Bars, table or heat map; a narrow window has the table alone."""
        return GRID if self.narrow else self.view

    def grouping(self) -> str:
        """What the groups are: a heat map has some in any case."""
        return self.by or (GROUPED if self.shown_view() == HEAT else "")

    def figures(self) -> StackedBars | GridView:
        """The view that holds the figures now."""
        return (self.bars, self.grid, self.heat)[self.stack.currentIndex()]

    # Reading

    def read(self) -> None:
        self._say_head("Being counted\u2026")
        self._ask(fresh=True)
        self._visits.ask(report_desk.subjects, "visit", then=self._take_visits)

    def refresh(self, changed: object = None) -> None:
        if not isinstance(changed, dict) or changed.keys() - KEPT:  # what is kept beside them moves no figure
            super().refresh(changed)

    def _ask(self, fresh: bool = False) -> None:
        """Count, or take what was counted, and make it ready for the view that is wanted."""
        by, code = self.grouping(), self.visits.code()
        self.bys.choose(BYS.index(by))
        self.by_choice.set_code(by)
        visit = bytes.fromhex(code) if code else None
        same = self.table is not None and (self.table.by, self.table.visit) == (by, visit)
        held = self.table if same and not fresh else None
        what = (held, by, visit, self.shown_view(), self.sections.code(), self.narrow)
        self._tables.ask(result_words.shown, *what, then=self._take, otherwise=self._not_counted)

    def _say_head(self, words: str) -> None:
        """In a short window the head is one line, so that rows of figures remain."""
        self.head.set("Results", "" if self.short else words, back="" if self.short else "Reports")

    def _not_counted(self, error: BaseException) -> None:
        self._say_head("")
        self.desk.tell(error)

    def _take_visits(self, found: list[Subject]) -> None:
        self.visits.set_options([("", "All visits"), *((one.id.hex(), one.title) for one in found)])
        for part in (self.visits, self.visits_hint):
            part.setVisible(len(found) > 1)

    def _take(self, shown: Shown) -> None:
        table = self.table = shown.table
        self.sections.set_options(
            [("", "All sections"), *((one.code, f"{one.code}  {one.label}") for one in table.sections)]
        )
        of = f"{table.finished} of {counted(table.files, 'file')} examined"
        self._say_head(f"{of}, each counted once.")
        lines = 1 if self.short else 3 if self.narrow else 2  # so that nothing moves as one goes about
        self.said.setMinimumHeight(round(lines * line_step("small")))
        some = bool(table.rows) and any(group.files for group in table.groups)
        self._some = some
        self._make_room()
        self.notes.setVisible(some and not self.short)
        self.empty.setVisible(not some)
        here = self.cell
        self.stack.setCurrentIndex(shown.view)
        if shown.view == BARS:
            self.bars.put(shown.lines)
        else:
            (self.heat if shown.view == HEAT else self.grid).put(shown.columns, shown.rows)
        self.notes.setText(shown.notes)
        self._go_to(here)
        if self._arriving:
            self._arriving = False
            self.take_focus()

    def _show(self) -> None:
        """What was counted, in the view and of the section that are wanted."""
        if self.table is not None:
            self._ask()

    def _go_to(self, cell: Cell | None) -> None:
        """Where one was, as near as this view has it: the same question, then answer, then group."""
        view = self.figures()
        if cell is not None and not view.go_to(cell):
            same = [one for one in view.idents() if isinstance(one, Cell) and one.question == cell.question]
            order = {cell.outcome: 0, result_desk.COUNTED: 1}
            near = min(same, key=lambda c: (order.get(c.outcome, 2), c.group != cell.group), default=None)
            view.go_to(near)
        self._moved(view.ident())

    def _moved(self, ident: object) -> None:
        if isinstance(ident, Cell):
            self.cell = ident
        self._tell()

    def _tell(self) -> None:
        """The figure one is at, in words."""
        view = self.figures()
        ident = view.ident()
        words = self._words(ident) if isinstance(ident, Cell) else ""
        self.said.setText(words or "Arrow keys go from figure to figure; Enter opens the files behind it.")
        self.said.set_tone("text" if words else "quiet")

    def _words(self, cell: Cell) -> str:
        row = self.table.row(cell.question) if self.table is not None else None
        return result_words.cell_words(row, cell, self.figures() is self.heat) if row is not None else ""

    # What is shown, and how

    def show_by(self, by: str) -> None:
        self.by = by
        self.read()

    def show_view(self, view: int) -> None:
        self.view = view
        self.views.choose(view)
        self._arriving = True
        self._ask()

    def _next_by(self) -> None:
        some = BYS[1:] if self.shown_view() == HEAT else BYS
        self.show_by(some[(some.index(self.grouping()) + 1) % len(some)])

    # The files behind

    def _open(self, cell: object = None) -> None:
        """The files behind the figure one is at; from elsewhere on the page the keyboard goes to the figures."""
        view = self.figures()
        if cell is None and QApplication.focusWidget() is not view:
            view.setFocus()
            return
        wanted = cell if isinstance(cell, Cell) else self.cell
        if wanted is not None:
            words = self._words(wanted)
            self._behind.ask(
                result_desk.behind,
                wanted,
                then=lambda files: self._opened(files, wanted, words),
            )

    def _opened(self, files: list[Id], cell: Cell, words: str) -> None:
        self.desk.go("Files", FilesBehind(frozenset(files), words, cell.question))

    # Out

    def _export(self) -> None:
        by, visit, section = self.grouping(), self.visits.code(), self.sections.code()
        name = "-".join(part for part in ("results", section, by and f"by-{by}") if part)
        if self.form.text("to") in ("", self._proposed):
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            self._proposed = str(Path(folder or Path.home()) / f"{name}-{self._now():%Y-%m-%d}.csv")
            self.form.put(to=self._proposed)
        self.save_form.hide()
        self._exports = Exports(by, bytes.fromhex(visit) if visit else None, section, self._what(section))
        self.form.open_line(f"Export {self._exports.words}")
        self._make_room()

    def _what(self, section: str = "") -> str:
        """What is shown, in words: which questions, of which visit, in which groups."""
        visit = f" of {self.visits.currentText()}" if self.visits.code() else ""
        groups = f"by {self.grouping()}" if self.grouping() else "all files together"
        return f"{f'section {section}' if section else 'every question'}{visit}, {groups}"

    def _write(self) -> None:
        typed = self.form.text("to")
        if not typed:
            self.form.wrong("to", "Say where to: a folder and a file name.")
            return
        what = self._exports
        self.desk.act(
            result_desk.export,
            to=Path(typed),
            by=what.by,
            visit=what.visit,
            section=what.section,
            replace=self._replace == typed,
            then=lambda path: self._written(path, what.words),
            otherwise=lambda error: self._not_written(error, typed),
        )

    def _written(self, path: Path, words: str) -> None:
        self._replace = ""
        self.form.put(to="")
        self.form.hide()
        self.take_focus()
        self.said.set_tone("text")
        self.said.setText(f"Written at {self._now():%H:%M:%S}, {words}: {path}")

    def _not_written(self, error: BaseException, typed: str) -> None:
        self._replace = typed if isinstance(error, TakenFault) else ""
        self.form.wrong("to", sentence_for(error))

    # Keeping

    def _ask_title(self) -> None:
        self.form.hide()
        self.save_form.open_line(f"Save {self._what()}, as it stands now")
        self._make_room()

    def _make_room(self) -> None:
        """In a short window a form that is open stands in the place of the figures."""
        aside = self.short and not (self.form.isHidden() and self.save_form.isHidden())
        self.room.setVisible(aside)
        for part in (self.stack, self.said, self.enter, self.tools):
            part.setVisible(self._some and not aside)

    def _save(self) -> None:
        title, code = self.save_form.text("title"), self.visits.code()
        self.desk.act(
            saved_results.save_results,
            title=title,
            by=self.grouping(),
            visit=bytes.fromhex(code) if code else None,
            then=lambda _: self._saved(title),
            otherwise=lambda error: self.save_form.wrong("title", sentence_for(error)),
        )

    def _saved(self, title: str) -> None:
        self.save_form.put(title="")
        self.save_form.hide()
        self.take_focus()
        self.said.set_tone("text")
        self.said.setText(
            f"Saved at {self._now():%H:%M:%S} as {title}; c opens it and says what has moved since."
        )

    def _report(self) -> None:
        self.desk.go("Reports", ("results", None))

    # Commands

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "result.by": self._next_by,
            "result.open": self._open,
            "result.section": self.sections.setFocus,
            "result.export": self._export,
            "result.report": self._report,
            "result.save": self._ask_title,
            "result.compare": self.kept_asked.emit,
            "result.back": self.left.emit,
        }
        if not self.visits.isHidden():
            handlers["result.visit"] = self.visits.setFocus
        if not self.narrow:
            handlers["result.table"] = lambda: self.show_view(BARS if self.view == GRID else GRID)
            handlers["result.heat"] = lambda: self.show_view(BARS if self.view == HEAT else HEAT)
        return handlers

    def take_focus(self) -> None:
        self._make_room()
        (self.figures() if not self.stack.isHidden() else self.head).setFocus()
