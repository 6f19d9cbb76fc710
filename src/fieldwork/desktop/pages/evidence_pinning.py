"""Themes and pins put on the evidence one is at, or on all that is marked, from lines that open in the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.hits import snippet_runs
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.domain.values import Id
from fieldwork.store.sifting import CAN_CARRY, CAN_PIN
from fieldwork.work import findings, selection
from fieldwork.work.evidence import Board, Found

BEARINGS = ("for", "against")


class Pinning(QObject):
    """The two lines, and what they do. `done(sentence)` once it is saved; `left` when a line closes."""

    said = Signal(str)
    done = Signal(str)
    left = Signal()

    def __init__(self, page: QWidget, desk: Desk, board: Callable[[], Board | None]) -> None:
        super().__init__(page)
        self._desk, self._board = desk, board
        self._for: list[Found] = []
        self.to: tuple[Id, str] | None = None  # the point Visits sent here to be given evidence
        self.tag_line = PickLine(page, "Theme", "Type a theme; + \u2212 . = say which way it points", True)
        self.tag_line.picked.connect(self._tag)
        self.point_line = PickLine(
            page, "Point", "Type a point's words, or a new sentence; \u2212 first: against it", bearings=True
        )
        self.point_line.picked.connect(self._pin)
        for line in (self.tag_line, self.point_line):
            line.left.connect(self.left)

    def close(self) -> None:
        self.to = None
        self.tag_line.close_line()
        self.point_line.close_line()

    # Tagging

    def ask_theme(self, some: Sequence[Found]) -> None:
        """Which theme these are to carry."""
        self._for = [one for one in some if one.kind in CAN_CARRY]
        if self._for:
            self.tag_line.ask(f"Theme for {_named(self._for)}", self._theme_rows())

    def _theme_rows(self) -> list[Row]:
        board = self._board()
        return [
            Row(one.theme.name, trail=str(one.total or ""), ident=one.theme.id)
            for one in (board.themes if board else ())
        ]

    def _tag(self, theme: Id) -> None:
        direction = self.tag_line.direction()
        name = next((row.title for row in self._theme_rows() if row.ident == theme), "")
        said = f"Tagged {name}, {direction}{self._several()}. Ctrl Z takes it back."
        self._desk.act(
            selection.tag_all,
            targets=[one.id for one in self._for],
            theme=theme,
            direction=direction,
            then=lambda _: self.done.emit(said),
        )
        self.left.emit()

    # Pinning

    def ask_point(self, some: Sequence[Found]) -> None:
        """Which point these are to stand behind; at once where Visits has said it."""
        self._for = [one for one in some if one.kind in CAN_PIN]
        if not self._for:
            return
        if self.to is not None:
            self._put(self.to[0], self.to[1], "for")
            return
        board = self._board()
        points = board.points if board else ()
        rows = [
            Row(
                one.finding.text,
                trail=one.kind_name,
                ident=one.finding.id,
            )
            for one in points
        ]
        to = f"to a point of {board.visit_title}" if board and board.visit_title else "to a point"
        self.point_line.ask(f"Pin {_named(self._for)} {to}", rows, self._new_points)
        if not rows:
            self.said.emit(
                "There is no point yet: type its sentence, and Enter writes it with this as evidence."
            )

    def _new_points(self, typed: str) -> list[Row]:
        board = self._board()
        return [
            Row(f"New: {typed.strip()}", trail=name, ident=(kind, typed.strip()))
            for kind, name in (board.new_kinds if board else ())
        ]

    def _pin(self, to: Id | tuple[str, str]) -> None:
        board = self._board()
        if isinstance(to, tuple):
            kind, text = to
            self._desk.act(
                findings.add_finding,
                text=text,
                kind=kind,
                visit=board.visit.id if board and board.visit else None,
                evidence=[one.id for one in self._for],
                then=lambda _: self.done.emit(
                    f"Written as a new point: \u201c{text}\u201d. Ctrl Z takes it back."
                ),
            )
            self.left.emit()
            return
        text = next((p.finding.text for p in board.points if p.finding.id == to), "") if board else ""
        self._put(to, text, BEARINGS[self.point_line.bearing()])

    def _put(self, point: Id, text: str, bearing: str) -> None:
        how = "Pinned to" if bearing == "for" else "Pinned against"
        said = f"{how} \u201c{text or 'the point'}\u201d{self._several()}. Ctrl Z takes it back."
        self._desk.act(
            selection.pin_all,
            finding=point,
            evidence=[one.id for one in self._for],
            bearing=bearing,
            then=lambda _: self.done.emit(said),
        )
        self.left.emit()

    def _several(self) -> str:
        return f" ({len(self._for)} pieces)" if len(self._for) > 1 else ""


def _named(some: Sequence[Found]) -> str:
    """A piece's first words in quotation marks; several by their number."""
    if len(some) > 1:
        return f"{len(some)} marked pieces"
    text = "".join(words for words, _ in snippet_runs(some[0].snippet))
    return f"\u201c{text[:44].rstrip()}\u2026\u201d" if len(text) > 48 else f"\u201c{text}\u201d"
