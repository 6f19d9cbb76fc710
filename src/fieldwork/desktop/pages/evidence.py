"""Evidence: found as one types, narrowed by what it is, tagged and pinned by one key, the themes counted beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Empty, Field, KeyHint, Pane, Row, RowList, Segments, Text, col, flow, row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.evidence_asking import Asking
from fieldwork.desktop.pages.evidence_facets import FacetPane
from fieldwork.desktop.pages.evidence_finding import Beginning
from fieldwork.desktop.pages.evidence_pinning import Pinning
from fieldwork.desktop.pages.evidence_saved import SavedSearches
from fieldwork.desktop.pages.evidence_words import as_hit, home_of
from fieldwork.desktop.pages.hits import HitList
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.domain.values import Id
from fieldwork.store.sifting import CAN_CARRY, CAN_PIN
from fieldwork.work import evidence, evidence_facets, evidence_filters
from fieldwork.work.evidence import Board, Found, ThemeCount
from fieldwork.work.evidence_facets import Side
from fieldwork.work.evidence_filters import FLAGS, Filters, Page

FIRST, NEXT = 30, 60  # pieces asked for at once, and as one scrolls
FACETS_WIDTH, BOARD_WIDTH = 236, 300  # dp
BOTH_PANES = 1000  # dp of width that leave the list room between two panes
SCOPES = (("All", ""), ("Notes", "notes"), ("Answers", "answers"), ("Findings", "findings"))
EVERYTHING = "everything"
LIST, FACETS, BOARD = "list", "facets", "board"


class EvidencePage(ReadingPage):
    board_asked = Signal()
    title = "Evidence"
    scope = "evidence"
    watches: ClassVar = frozenset(
        {"note_line", "answer", "session", "finding", "tag", "theme", "evidence_link", "visit", "case_file"}
    )

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._search = Latest(desk, "search", stops=True)
        self._sides = Latest(desk, "facets", stops=True)
        self._boards = Latest(desk)
        self._found: list[Found] = []
        self._more = self._asking = False
        self._ranked = True
        self._board: Board | None = None
        self._side: Side | None = None
        self._filters = Filters()
        self._before = LIST  # which pane a narrow page shows
        self._build()

    # Building

    def _build(self) -> None:
        self.field = Field(
            hint="Words, \u201ca phrase\u201d, begin*, one ~ near another",
            name="Search notes, answers and findings",
            icon="search",
        )
        self.field.textChanged.connect(lambda _: self._look())
        self.field.installEventFilter(self)
        self.scopes = Segments(*(name for name, _ in SCOPES), name="Where to search")
        self.scopes.chosen.connect(lambda _: self._scoped())
        self.count = Text("", "caption", "quiet")
        self.hints = flow(
            KeyHint("Alt S", "where"),
            KeyHint("f", "narrow"),
            KeyHint("Space", "mark"),
            KeyHint("t", "theme"),
            KeyHint("p", "pin"),
            KeyHint("q", "ask"),
            KeyHint("Enter", "open"),
            space=8,
        )
        self.pin_line = Text("", "small", "accent", wrap=True)
        self.pin_line.hide()
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.pinning = Pinning(self, self.desk, lambda: self._board)
        self.tag_line, self.point_line = self.pinning.tag_line, self.pinning.point_line
        self.asking = Asking(self.desk, lambda: self._board)
        self.asking.left.connect(self._back_to_hits)
        self.asking.done.connect(self._asked)
        self.beginning = Beginning(self.desk, lambda: self._board)
        self.beginning.left.connect(self._back_to_hits)
        self.beginning.begun.connect(self._begun)
        self.saved = SavedSearches(self, self.desk)
        self.saved.left.connect(self._back_to_hits)
        self.saved.said.connect(self._say)
        self.saved.chosen.connect(self._run_saved)
        self.pinning.left.connect(self._back_to_hits)
        self.pinning.said.connect(self._say)
        self.pinning.done.connect(self._dealt_with)
        self.hits = HitList("Evidence found")
        self.hits.opened.connect(self._open_hit)
        self.hits.left_up.connect(self.take_focus)
        self.hits.moved.connect(lambda _: self.commands_changed.emit())
        self.hits.marks_changed.connect(self._tell_count)
        self.hits.near_end.connect(self._ask_more)
        self.nothing = Empty(
            "search",
            "What was noted and answered is found here",
            "Lines of notes, reasons and comments of files, and findings. The first note will be the first evidence.",
        )
        self.nothing.hide()
        self.middle = col(
            self.field,
            flow(self.scopes, self.hints, space=16),
            row(self.count, None, margins=(4, 0, 4, 0)),
            self.pin_line,
            self.tag_line,
            self.point_line,
            self.asking,
            self.beginning,
            self.saved,
            self.said,
            (self.hits, 1),
            self.nothing,
            space=8,
            margins=(20, 20, 12, 8),
        )
        self.facets = FacetPane(FACETS_WIDTH)
        self.facets.toggled.connect(self._toggle)
        self.facets.left.connect(self._back_to_hits)
        self.pane = self._board_pane()
        self.fill(row(self.facets, (self.middle, 1), self.pane, space=0))

    def _board_pane(self) -> QWidget:
        self.themes = RowList(name="Themes", fit=False, chooses=True)
        self.themes.moved.connect(self._theme_moved)
        self.themes.opened.connect(lambda _: self._back_to_hits())
        self.board_button = self.button("evidence.board", "quiet", words="Go there")
        note = Text(
            "Counts say which way the evidence points. Up and down show what stands under a theme.",
            "caption",
            "quiet",
            wrap=True,
        )
        return Pane(
            row(Text("Theme board", "strong"), None, self.board_button, margins=(10, 0, 0, 0)),
            (self.themes, 1),
            row((note, 1), margins=(10, 0, 10, 0)),
            ground="sunken",
            lines="l",
            margins=(10, 16, 10, 12),
            space=8,
            width=BOARD_WIDTH,
        )

    def shape(self, narrow: bool, short: bool) -> None:
        self._arrange(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.narrow)

    def _arrange(self, narrow: bool) -> None:
        """Wide enough, all three; else the list with its facets; narrow, one of them."""
        shown = self._before
        wide = not narrow and self.width() >= dp(BOTH_PANES)
        self.facets.setVisible(shown == FACETS if narrow else wide or shown != BOARD)
        self.pane.setVisible(shown == BOARD if narrow else wide or shown == BOARD)
        self.middle.setVisible(not narrow or shown == LIST)
        for pane, width in ((self.facets, FACETS_WIDTH), (self.pane, BOARD_WIDTH)):
            pane.setFixedWidth(self.width() if narrow else dp(width))

    def _put_before(self, pane: str) -> None:
        self._before = pane
        self._arrange(self.narrow)

    # Reading

    def read(self) -> None:
        self._boards.ask(evidence.board, self._now().date(), then=self._show_board)
        self._look()

    def _scoped(self) -> None:
        self._narrow(within=SCOPES[self.scopes.current()][1])

    def _toggle(self, facet: str, code: str) -> None:
        if code:
            self._filter(self._filters.toggled(facet, code))
        elif facet in FLAGS:
            self._narrow(**{facet: not getattr(self._filters, facet)})
        else:
            self._filter(self._filters.toggled(facet, code))

    def _narrow(self, **what: object) -> None:
        self._filter(replace(self._filters, **what))  # type: ignore[arg-type]

    def _filter(self, filters: Filters) -> None:
        if filters != self._filters:
            self._filters = filters
            self._look()

    def _look(self) -> None:
        if self.desk.workspace is None:
            return
        text, filters = self.field.text(), self._filters
        self._asking = True
        shown = max(
            FIRST, min(len(self._found), 10 * NEXT)
        )  # what was scrolled to stays there when it is read again
        limit = shown if (text, filters) == self._shown_for else FIRST
        self._search.ask(
            evidence_filters.look_up,
            text,
            filters,
            limit=limit,
            then=lambda page: self._show(page, (text, filters)),
        )
        self._sides.ask(evidence_facets.side, text, filters, then=self._show_side)

    _shown_for: tuple[str, Filters] | None = None

    def _ask_more(self) -> None:
        """What follows the last row that is there."""
        if not self._more or self._asking:
            return
        self._asking = True
        self._search.ask(
            evidence_filters.look_up,
            self.field.text(),
            self._filters,
            after=len(self._found),
            limit=NEXT,
            then=self._add,
        )

    def _add(self, page: Page) -> None:
        known = {one.id for one in self._found}
        fresh = [one for one in page.found if one.id not in known]
        self._found += fresh
        self._more, self._asking = page.more, False
        self.hits.add_hits([as_hit(one, self._now().date()) for one in fresh])
        self._tell_count()

    def _show(self, page: Page, asked: tuple[str, Filters]) -> None:
        self._found, self._more, self._asking = list(page.found), page.more, False
        self._ranked = page.ranked
        self._shown_for = asked
        self.hits.set_hits([as_hit(one, self._now().date()) for one in self._found])
        if self._found and self.hits.row() < 0:
            self.hits.go(0)
        self._tell_count()
        plain = not self.field.text().strip() and not self._filters and not self._filters.within
        self.nothing.setVisible(not self._found and plain)
        self.hits.setVisible(not self.nothing.isVisibleTo(self))
        self.commands_changed.emit()

    def _show_side(self, side: Side) -> None:
        self._side = side
        self.facets.show_side(side)
        self._tell_count()

    def _tell_count(self) -> None:
        if not self._found:
            self.count.setText("Nothing found" + self._under())
            return
        number = len(self._found)
        if not self._more:
            size = words.counted(number, "piece")
        else:
            size = f"{self._side.total:,} pieces" if self._side else f"{number} or more pieces"
        order = "best first" if self.field.text().strip() else "newest first"
        if not self._ranked:
            order = "what came here last first, since so many have these words"
        if not self.field.text().strip() and self._filters.within == "findings":
            order = "in their order"
        marked = len(self.hits.marked())
        some = f"; {marked} marked" if marked else ""
        self.count.setText(f"{size}{self._under()}, {order}{some}")

    def _under(self) -> str:
        """What it is narrowed by, in words."""
        names = [one.theme.name for one in self._counts() if one.theme.id.hex() in self._filters.of("theme")]
        by = [evidence_facets.TITLES[facet].lower() for facet, _ in self._filters.chosen if facet != "theme"]
        by += [evidence_facets.FLAG_WORDS[flag] for flag in FLAGS if getattr(self._filters, flag)]
        under = f" under {' or '.join(names)}" if names else ""
        return under + (f", narrowed by {' and '.join(by)}" if by else "")

    # Themes

    def _counts(self) -> tuple[ThemeCount, ...]:
        return self._board.themes if self._board else ()

    def _show_board(self, what: Board) -> None:
        self._board = what
        rows = [Row("All evidence", ident=EVERYTHING)]
        rows += [self._theme_row(one) for one in what.themes]
        self.themes.blockSignals(True)
        self.themes.set_rows(rows)
        if self.themes.row() < 0:
            self.themes.go(0)
        self.themes.blockSignals(False)

    def _theme_row(self, one: ThemeCount) -> Row:
        ways = ", ".join(f"{count} {way}" for way, count in one.counts) or "nothing yet"
        return Row(
            "\u2003" * one.depth + one.theme.name, ways, trail=str(one.total or ""), ident=one.theme.id
        )

    def _theme_moved(self, index: int) -> None:
        ident = self.themes.rows[index].ident if 0 <= index < len(self.themes.rows) else EVERYTHING
        self._filter(self._filters.only("theme", [ident.hex()] if isinstance(ident, bytes) else []))

    def _clear(self) -> None:
        self.themes.blockSignals(True)
        self.themes.go(0)
        self.themes.blockSignals(False)
        self._filter(self._filters.cleared())

    # Keys

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "evidence.find": self.take_focus,
            "evidence.narrow": self._to_facets,
            "evidence.board": self._to_board,
            "evidence.table": self.board_asked.emit,
            "evidence.scope": self._next_scope,
            "evidence.untagged": lambda: self._narrow(untagged=not self._filters.untagged),
            "evidence.saved": self.saved.ask,
            "evidence.unsave": lambda: self.saved.ask(drop=True),
            "evidence.unpinned": lambda: self._narrow(unpinned=not self._filters.unpinned),
        }
        if self._filters:
            handlers["evidence.clear"] = self._clear
        if self._filters or self._filters.within or self.field.text().strip():
            handlers["evidence.save"] = lambda: self.saved.ask_name(self.field.text(), self._filters)
        some = self._selected()
        if any(one.kind in CAN_CARRY for one in some):
            handlers["evidence.theme"] = self._ask_theme
        if any(one.kind in CAN_PIN for one in some):
            handlers["evidence.pin"] = self._ask_point
            handlers["evidence.finding"] = lambda: self.beginning.ask(self._selected())
            handlers["evidence.ask"] = lambda: self.asking.ask(self._selected()[0])
        return handlers

    def record_here(self) -> Id | None:
        """The theme or piece of evidence one is at, else the piece that is chosen."""
        chosen = self._chosen()
        return super().record_here() or (chosen.id if chosen is not None else None)

    def take_focus(self) -> None:
        self._put_before(LIST)
        self.field.setFocus()
        self.field.selectAll()

    def _back_to_hits(self) -> None:
        self._put_before(LIST)
        (self.hits if self._found else self.field).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._found:
                self.hits.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)

    def _next_scope(self) -> None:
        self.scopes.choose((self.scopes.current() + 1) % len(SCOPES))
        self._scoped()

    def _to_facets(self) -> None:
        self._to(FACETS, self.facets.list)

    def _to_board(self) -> None:
        self._to(BOARD, self.themes)

    def _to(self, pane: str, its_list: RowList) -> None:
        """There with the keyboard, and back again."""
        if its_list.hasFocus():
            self._back_to_hits()
        else:
            self._put_before(pane)
            its_list.setFocus()

    def _chosen(self) -> Found | None:
        index = self.hits.row()
        return self._found[index] if 0 <= index < len(self._found) else None

    def _selected(self) -> list[Found]:
        """What is marked, else the piece one is at."""
        chosen = self._chosen()
        marked = [self._found[index] for index in self.hits.marked() if index < len(self._found)]
        return marked or ([chosen] if chosen is not None else [])

    def _open_hit(self, index: int) -> None:
        place, target = home_of(self._found[index])
        if target is not None:
            self.desk.go(place, target)

    def open(self, target: object) -> None:
        """Words to search for, ("theme", its id) to narrow to, ("pin", point, its text): pinned to next, or ("wash-up",
        visit, day, its title): what came in then and is pinned to nothing yet.
        """
        if isinstance(target, str):
            self.field.setText(target)
        elif isinstance(target, tuple) and len(target) == 2 and target[0] == "theme":
            self._filter(Filters().only("theme", [target[1].hex()]))
        elif isinstance(target, tuple) and len(target) == 4 and target[0] == "wash-up":
            _, visit, day, title = target
            self.field.clear()
            self._filter(Filters(since=day, until=day, unpinned=True).only("visit", [visit.hex()]))
            self._say(
                f"Wash-up of {title}: what came in today and is pinned to no point yet. x shows everything again."
            )
        elif isinstance(target, tuple) and len(target) == 3 and target[0] == "pin":
            self.pinning.to = (target[1], target[2])
            self.pin_line.setText(f"p pins to \u201c{target[2]}\u201d until you leave this place.")
            self.pin_line.show()

    def narrow_to(self, filters: Filters) -> None:
        """All that fits these filters, whatever the words."""
        self.field.clear()
        self._filter(filters)
        self._back_to_hits()

    def leave(self) -> None:
        self.pin_line.hide()
        self.said.hide()
        self.pinning.close()
        self.asking.hide()
        self.beginning.hide()
        self.saved.close_lines()

    # Tagging and pinning

    def _ask_theme(self) -> None:
        self.said.hide()
        self.pinning.ask_theme(self._selected())

    def _ask_point(self) -> None:
        self.said.hide()
        self.pinning.ask_point(self._selected())

    def _begun(self, finding: Id) -> None:
        self.hits.unmark_all()
        self.desk.go("Findings", finding)

    def _run_saved(self, query: str, filters: Filters) -> None:
        self.scopes.choose(next((n for n, (_, within) in enumerate(SCOPES) if within == filters.within), 0))
        self._filters = filters
        if self.field.text() == query:
            self._look()
        else:
            self.field.setText(query)

    def _asked(self, sentence: str) -> None:
        self._say(sentence)
        self._back_to_hits()

    def _dealt_with(self, sentence: str) -> None:
        self.hits.unmark_all()
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()
