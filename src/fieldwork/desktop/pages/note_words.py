"""Words of a line that carry a theme: where they are while the line is typed, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from fieldwork.desktop.appearance.tokens import colours
from fieldwork.domain.carrying import carried, followed
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import DIRECTIONS
from fieldwork.work.notes import Line

SHOWN = 28  # characters of the words that a chip repeats


@dataclass(frozen=True)
class WordMark:
    """A theme on words of a line, from one character up to another; both 0 where the words are lost."""

    excerpt: Id
    start: int
    end: int
    theme: Id
    name: str
    direction: str
    quote: str = ""

    @property
    def lost(self) -> bool:
        return self.start >= self.end

    def chip(self, text: str) -> str:
        """The theme and its words, for the row of chips."""
        if self.lost:
            return f"{self.name}, words lost"
        said = text[self.start : self.end]
        return f"{self.name}: {said if len(said) <= SHOWN else said[: SHOWN - 1].rstrip() + '…'}"

    def spoken(self, text: str) -> str:
        said = (
            f"on words no longer found: {self.quote}"
            if self.lost
            else f"on the words {text[self.start : self.end]}"
        )
        return f"theme {self.name}, {DIRECTIONS.get(self.direction, '')}, {said}"


def marks_of(line: Line) -> tuple[WordMark, ...]:
    """The themes on words of a stored line, in the order of the words."""
    found = []
    for words in line.marked:
        if words.mark.part != "text":
            continue
        span = words.mark.span
        start, end = (span.start, span.end) if span else (0, 0)
        found += [
            WordMark(
                words.mark.id, start, end, theme.id, theme.name, tag.direction or "neutral", words.mark.quote
            )
            for theme, tag in words.tags
        ]
    return tuple(found)


def spans_in(marks: Sequence[WordMark]) -> tuple[tuple[Id, int, int], ...]:
    """What `OpenLine.spans` says of marks: those whose words are there."""
    return tuple(dict.fromkeys((mark.excerpt, mark.start, mark.end) for mark in marks if not mark.lost))


def shifted(marks: Sequence[WordMark], by: int) -> tuple[WordMark, ...]:
    """Marks of a line whose words come behind others."""
    return tuple(
        mark if mark.lost else replace(mark, start=mark.start + by, end=mark.end + by) for mark in marks
    )


def spans_after(
    old: str, new: str, spans: Sequence[tuple[Id, int, int]] | None
) -> tuple[tuple[Id, int, int], ...]:
    """Spans of one text in another that was made of it."""
    some = spans or ()
    went = carried(old, new, [(start, end) for _, start, end in some])
    return tuple((id, span.start, span.end) for (id, _, _), span in zip(some, went, strict=True) if span)


def marks_after(old: str, new: str, marks: Sequence[WordMark]) -> tuple[WordMark, ...]:
    """Marks of one text in another that was made of it; those not found there are lost."""
    went = {(id, start): (start, end) for id, start, end in spans_after(old, new, spans_in(marks))}
    by_id = {id: place for (id, _), place in went.items()}
    return tuple(
        replace(mark, start=by_id.get(mark.excerpt, (0, 0))[0], end=by_id.get(mark.excerpt, (0, 0))[1])
        for mark in marks
    )


def runs_of(shown: str, text: str, marks: Sequence[WordMark]) -> list[tuple[str, str]]:
    """A line's words as painted, in runs; shown: the text, perhaps between quotation marks."""
    shift = 1 if shown[:1] == "\u201c" and text[:1] != "\u201c" else 0
    edges = {0, len(shown)}
    for mark in marks:
        if not mark.lost:
            edges |= {min(mark.start + shift, len(shown)), min(mark.end + shift, len(shown))}
    order = sorted(edges)
    return [
        (
            shown[first:last],
            "theme"
            if any(m.start + shift <= first and last <= m.end + shift and not m.lost for m in marks)
            else "",
        )
        for first, last in pairwise(order)
    ]


class LiveWords(QObject):
    """The marks of the line that is typed: they follow each key, and are underlined in the field."""

    def __init__(self, field: QTextEdit) -> None:
        super().__init__(field)
        self._field = field
        self._marks: list[tuple[WordMark, tuple[int, int] | None]] = []  # where in UTF-16, as Qt counts
        self._whole: dict[Id, tuple[bool, bool]] = {}  # whether they began and ended with a word
        field.document().contentsChange.connect(self._follow)

    def load(self, text: str, marks: Sequence[WordMark]) -> None:
        """Take up the marks of a text that stands in the field now."""
        self._marks = [
            (mark, None if mark.lost else (_units(text[: mark.start]), _units(text[: mark.end])))
            for mark in marks
        ]
        self._whole = {
            mark.excerpt: (not _within(text, mark.start), not _within(text, mark.end)) for mark in marks
        }
        self._underline()

    def now(self) -> tuple[WordMark, ...]:
        """The marks as the words stand; those whose words were taken out are lost."""
        text = self._field.toPlainText()
        raw, found = text.encode("utf-16-le"), []
        for mark, place in self._marks:
            start, end = (len(raw[: at * 2].decode("utf-16-le", "ignore")) for at in place or (0, 0))
            first, last = self._whole[mark.excerpt]
            while place and first and _within(text, start):  # a word put right stays whole
                start -= 1
            while place and last and _within(text, end):
                end += 1
            found.append(replace(mark, start=start, end=end))
        return tuple(found)

    def _follow(self, at: int, removed: int, added: int) -> None:
        if not self._marks:
            return
        self._marks = [
            (mark, followed(place, at, removed, added) if place else None) for mark, place in self._marks
        ]
        self._underline()

    def _underline(self) -> None:
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        look.setUnderlineColor(colours()["accent"])
        last = self._field.document().characterCount() - 1
        drawn = []
        for _, place in self._marks:
            if place is None or place[1] > last:
                continue
            one = QTextEdit.ExtraSelection()
            one.cursor = QTextCursor(self._field.document())
            one.cursor.setPosition(place[0])
            one.cursor.setPosition(place[1], QTextCursor.MoveMode.KeepAnchor)
            one.format = look
            drawn.append(one)
        if drawn or self._field.extraSelections():
            self._field.setExtraSelections(drawn)


def _within(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
