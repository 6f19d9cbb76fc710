"""Evidence: found as one types, tagged and pinned to a point by one key, with the themes counted beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Empty, Field, KeyHint, Pane, Row, RowList, Segments, Text, col, flow, row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.hits import Hit, HitList, snippet_runs
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import FINDING_KINDS
from fieldwork.work import evidence, evidence_filters, findings, themes
from fieldwork.work.evidence import Board, Found, ThemeCount
from fieldwork.work.evidence_filters import Filters

FIRST, MOST = 30, 200  # hits asked for at once, and then
SCOPES = (("All", None), ("Notes", "notes"), ("Answers", "answers"), ("Findings", "findings"))
ICONS = {
    "session": "messages-square",
    "finding": "lightbulb",
    "answer": "file-text",
    "agreed_answer": "file-text",
    "moderated_mark": "file-text",
    "marking_note": "circle-help",
    "note_line": "messages-square",
}
OF_FILES = dict.fromkeys(("answer", "agreed_answer", "moderated_mark", "marking_note"), "Files")
CAN_CARRY = ("note_line", "answer")  # what takes a theme
CAN_PIN = ("note_line", "answer", "session")
EVERYTHING = "everything"


class EvidencePage(ReadingPage):
    title = "Evidence"
    scope = "evidence"
    watches: ClassVar = frozenset(
        {"note_line", "answer", "session", "finding", "tag", "theme", "evidence_link", "visit", "case_file"}
    )

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._search, self._boards = Latest(desk), Latest(desk)
        self._found: list[Found] = []
        self._board: Board | None = None
        self._theme: Id | None = None
        self._pin_to: tuple[Id, str] | None = None  # the point Visits sent here to be given evidence
        self._picked_for: Found | None = None
        self._board_shown = False
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
        self.scopes.chosen.connect(lambda _: self._look())
        self.count = Text("", "caption", "quiet")
        self.hints = flow(
            KeyHint("Alt S", "where"),
            KeyHint("t", "theme"),
            KeyHint("p", "pin"),
            KeyHint("Enter", "open"),
            KeyHint("b", "themes"),
            space=8,
        )
        self.pin_line = Text("", "small", "accent", wrap=True)
        self.pin_line.hide()
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.tag_line = PickLine(self, "Theme", "Type a theme; + \u2212 . = say which way it points", True)
        self.tag_line.picked.connect(self._tag)
        self.point_line = PickLine(self, "Point", "Type a point's words, or a new sentence")
        self.point_line.picked.connect(self._pin)
        for line in (self.tag_line, self.point_line):
            line.left.connect(self._back_to_hits)
        self.hits = HitList("Evidence found")
        self.hits.opened.connect(self._open_hit)
        self.hits.left_up.connect(self.take_focus)
        self.hits.moved.connect(lambda _: self.commands_changed.emit())
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
            self.said,
            (self.hits, 1),
            self.nothing,
            space=8,
            margins=(20, 20, 12, 8),
        )
        self.pane = self._side()
        self.fill(row((self.middle, 1), self.pane, space=0))

    def _side(self) -> QWidget:
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
            width=300,
        )

    def shape(self, narrow: bool, short: bool) -> None:
        self._arrange(narrow)

    def _arrange(self, narrow: bool) -> None:
        self.pane.setVisible(not narrow or self._board_shown)
        self.middle.setVisible(not narrow or not self._board_shown)

    # Reading

    def read(self) -> None:
        self._boards.ask(evidence.board, self._now().date(), then=self._show_board)
        self._look()

    def _look(self) -> None:
        self._ask(FIRST)

    def _ask(self, limit: int) -> None:
        if self.desk.workspace is None:
            return
        within = SCOPES[self.scopes.current()][1]
        filters = Filters(within=within or "")
        if self._theme is not None:
            filters = filters.only("theme", [self._theme.hex()])
        self._search.ask(
            evidence_filters.look_up,
            self.field.text(),
            filters,
            limit=limit,
            then=lambda page: self._show(list(page.found), limit),
        )

    def _show(self, found: list[Found], limit: int) -> None:
        self._found = found
        self.hits.set_hits([self._hit(one) for one in found])
        if found and self.hits.row() < 0:
            self.hits.go(0)
        self._tell_count(found, limit)
        plain = not self.field.text().strip() and self._theme is None
        self.nothing.setVisible(not found and plain and self.scopes.current() == 0)
        self.hits.setVisible(not self.nothing.isVisibleTo(self))
        self.commands_changed.emit()
        if len(found) == limit and limit < MOST:
            self._ask(MOST)  # the first ones are there; the rest follows

    def _tell_count(self, found: list[Found], limit: int) -> None:
        typed, scope = self.field.text().strip(), self.scopes.current()
        size = f"{len(found)} or more pieces" if len(found) >= limit else words.counted(len(found), "piece")
        if typed:
            order = "best first"
        elif scope == 2 and self._theme is None:
            order = "type words to search the answers"
        elif scope == 3:
            order = "in their order"
        else:
            order = "newest first"
        theme = next((c.theme.name for c in self._counts() if c.theme.id == self._theme), "")
        where = f" under {theme}" if theme else ""
        text = f"{size}{where}, {order}" if found else f"Nothing found{where}"
        self.count.setText(order.capitalize() if not found and scope == 2 and not typed else text)

    def _hit(self, one: Found) -> Hit:
        runs = snippet_runs(one.snippet)
        when = words.when_words(one.at, self._now().date())
        who = one.author if one.kind in OF_FILES else ""  # two may have examined one file
        trail = ", ".join(part for part in (who, one.body, when) if part)
        where = one.where or {"session": "Session", "finding": "Finding"}.get(one.kind, "")
        return Hit(
            "".join(text for text, _ in runs),
            where[:1].upper() + where[1:],
            icon=ICONS.get(one.kind, "messages-square"),
            trail=trail,
            mark=one.mark,
            answer=one.answer if one.kind in OF_FILES and one.answer else None,
            chips=one.themes,
            ident=one.id,
            runs=runs or (("(no words)", "quiet"),),
            carries=one.kind in CAN_CARRY,
        )

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
        theme = ident if isinstance(ident, bytes) else None
        if theme != self._theme:
            self._theme = theme
            self._look()

    def _all_themes(self) -> None:
        self.themes.go(0)

    # Keys

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "evidence.find": self.take_focus,
            "evidence.board": self._to_board,
            "evidence.scope": self._next_scope,
        }
        if self._theme is not None:
            handlers["evidence.clear"] = self._all_themes
        chosen = self._chosen()
        if chosen is not None and chosen.kind in CAN_CARRY:
            handlers["evidence.theme"] = self._ask_theme
        if chosen is not None and chosen.kind in CAN_PIN:
            handlers["evidence.pin"] = self._ask_point
        return handlers

    def record_here(self) -> Id | None:
        """The theme or piece of evidence one is at, else the piece that is chosen."""
        chosen = self._chosen()
        return super().record_here() or (chosen.id if chosen is not None else None)

    def take_focus(self) -> None:
        if self._board_shown and self.narrow:
            self._to_board()
        self.field.setFocus()
        self.field.selectAll()

    def _back_to_hits(self) -> None:
        if self.narrow and self._board_shown:
            self._to_board()
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
        self._look()

    def _to_board(self) -> None:
        if self.narrow:
            self._board_shown = not self._board_shown
            self._arrange(True)
            if not self._board_shown:
                self._back_to_hits()
                return
        if self.themes.hasFocus():
            self._back_to_hits()
        else:
            self.themes.setFocus()

    def _chosen(self) -> Found | None:
        index = self.hits.row()
        return self._found[index] if 0 <= index < len(self._found) else None

    def _open_hit(self, index: int) -> None:
        one = self._found[index]
        place = {"finding": "Visits", **OF_FILES}.get(one.kind, "Interviews")
        target = one.id if one.kind in CAN_CARRY else one.parent
        if target is not None:
            self.desk.go(place, target)

    def open(self, target: object) -> None:
        """Words to search for, or ("pin", point, its text): what is pinned next goes to that point."""
        if isinstance(target, str):
            self.field.setText(target)
        elif isinstance(target, tuple) and len(target) == 3 and target[0] == "pin":
            self._pin_to = (target[1], target[2])
            self.pin_line.setText(f"p pins to \u201c{target[2]}\u201d until you leave this place.")
            self.pin_line.show()

    def leave(self) -> None:
        self._pin_to = None
        self.pin_line.hide()
        self.said.hide()
        self.tag_line.close_line()
        self.point_line.close_line()

    # Tagging

    def _ask_theme(self) -> None:
        self._picked_for = self._chosen()
        if self._picked_for is None:
            return
        rows = [Row(one.theme.name, trail=str(one.total or ""), ident=one.theme.id) for one in self._counts()]
        self.said.hide()
        self.tag_line.ask(f"Theme for {_short(self._picked_for.snippet)}", rows)

    def _tag(self, theme: Id) -> None:
        one, direction = self._picked_for, self.tag_line.direction()
        if one is not None:
            name = next((c.theme.name for c in self._counts() if c.theme.id == theme), "")
            said = f"Tagged {name}, {direction}. Ctrl Z takes it back."
            self.desk.act(
                themes.tag, target=one.id, theme=theme, direction=direction, then=lambda _: self._say(said)
            )
        self._back_to_hits()

    # Pinning

    def _ask_point(self) -> None:
        self._picked_for = self._chosen()
        if self._picked_for is None:
            return
        if self._pin_to is not None:
            self._pin(self._pin_to[0])
            return
        some = self._board.points if self._board else ()
        rows = [
            Row(
                point.finding.text,
                trail=FINDING_KINDS.get(point.finding.finding_kind, ""),
                ident=point.finding.id,
            )
            for point in some
        ]
        where = self._board.visit_title if self._board else ""
        self.said.hide()
        to = f"to a point of {where}" if where else "to a point"
        self.point_line.ask(f"Pin {_short(self._picked_for.snippet)} {to}", rows, self._new_points)
        if not rows:
            self._say(
                "There is no point yet: type its sentence, and Enter writes it with this piece as evidence."
            )

    def _new_points(self, typed: str) -> list[Row]:
        return [
            Row(f"New: {typed.strip()}", trail=FINDING_KINDS[kind], ident=(kind, typed.strip()))
            for kind in ("strength", "concern")
        ]

    def _pin(self, to: Id | tuple[str, str]) -> None:
        one = self._picked_for
        if one is not None and isinstance(to, tuple):
            kind, text = to
            visit = self._board.visit.id if self._board and self._board.visit else None
            self.desk.act(
                findings.add_finding,
                text=text,
                kind=kind,
                visit=visit,
                evidence=[one.id],
                then=lambda _: self._say(
                    f"Written as a new point: \u201c{text}\u201d. Ctrl Z takes it back."
                ),
            )
        elif one is not None:
            said = f"Pinned to \u201c{self._text_of(to)}\u201d. Ctrl Z takes it back."
            self.desk.act(findings.pin, finding=to, evidence=one.id, then=lambda _: self._say(said))
        self._back_to_hits()

    def _text_of(self, point: object) -> str:
        if self._pin_to is not None and self._pin_to[0] == point:
            return self._pin_to[1]
        some = self._board.points if self._board else ()
        return next((p.finding.text for p in some if p.finding.id == point), "the point")

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()


def _short(snippet: str) -> str:
    """A piece's first words in quotation marks."""
    text = "".join(words for words, _ in snippet_runs(snippet))
    return f"\u201c{text[:44].rstrip()}\u2026\u201d" if len(text) > 48 else f"\u201c{text}\u201d"
