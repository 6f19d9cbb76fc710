"""What a line of a note shows, and the model the view paints from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from fieldwork.desktop.pages.note_words import WordMark, marks_of, spans_in
from fieldwork.domain.pasted import DEEPEST
from fieldwork.domain.values import ERASED, Erased, Id, typable
from fieldwork.domain.vocabulary import DIRECTIONS
from fieldwork.work.drafting import OpenLine
from fieldwork.work.notes import Line

Index = QModelIndex | QPersistentModelIndex
NoteRole = Qt.ItemDataRole.UserRole
KINDS = {'"': "quote", ">": "paraphrase", "!": "follow-up", "@": "document asked for"}


@dataclass(frozen=True)
class NoteRow:
    """One line. chips: (theme id, name, direction); by: who noted it, "" for oneself; seen: a `moment`.

    waiting: what the line says is on disk, but not yet an entry of the note. erased: its words are gone; what
    is typed on it is new. words: themes on words of it.
    """

    id: Id
    place: str
    text: str = ""
    mark: str = ""
    speaker: str = ""
    nods: int | None = None
    of: int | None = None
    typed: int | None = None
    noted: int | None = None
    chips: tuple[tuple[Id, str, str], ...] = ()
    by: str = ""
    author: str = ""
    settled: bool = False
    waiting: bool = False
    seen: int | None = None
    erased: bool = False
    words: tuple[WordMark, ...] = ()
    indent: int = 0
    tidied: str = ""
    translation: str = ""

    @property
    def order(self) -> tuple[str, str, int, Id]:
        """Sorts as the note is read."""
        return self.place, self.author, self.typed or 0, self.id

    @property
    def time(self) -> str:
        return clock(self.noted or self.typed)

    @property
    def shown(self) -> str:
        """The text as it is painted: a quote between quotation marks."""
        if self.erased and not self.text:
            return ERASED
        if self.mark != '"' or self.text[:1] in ('"', "\u201c"):
            return self.text
        closed = self.text.count('"') == 1 and self.text.endswith('"')  # the one that closes the mark
        return f"\u201c{self.text[:-1] if closed else self.text}\u201d"

    def read_as(self, tidied: bool) -> str:
        """As it is painted: what was typed, or tidied where it was; a translation behind it in brackets."""
        words = replace(self, text=self.tidied, erased=False).shown if tidied and self.tidied else self.shown
        return f"{words} [{self.translation}]" if self.translation else words

    @property
    def nod_words(self) -> str:
        if self.nods is None:
            return ""
        return f"{self.nods} of {self.of} nod" if self.of else f"{self.nods} nod"

    def spoken(self) -> str:
        """What a screen reader says: time, speaker, kind, text, themes."""
        parts = [
            self.time,
            f"speaker {self.speaker}" if self.speaker else "",
            KINDS.get(self.mark, ""),
            f"indented {self.indent}" if self.indent else "",
            "erased" if self.erased and not self.text else self.text,
            f"tidied: {self.tidied}" if self.tidied else "",
            f"in English: {self.translation}" if self.translation else "",
            *(f"theme {name}, {DIRECTIONS.get(direction, '')}" for _, name, direction in self.chips),
            *(mark.spoken(self.text) for mark in self.words),
            self.nod_words,
            "followed up" if self.settled else "",
            f"noted by {self.by}" if self.by else "",
            f"typed at {clock(self.typed)}" if self.noted else "",
            "not yet in the note" if self.waiting else "",
        ]
        return ", ".join(part for part in parts if part)

    def opened(self, session: Id) -> OpenLine:
        """The line as it is taken up to be typed on."""
        return OpenLine(
            self.id,
            session,
            self.place,
            self.text,
            self.mark,
            self.speaker,
            self.nods,
            self.typed,
            self.noted,
            as_of=self.seen,
            spans=spans_in(self.words),
            indent=self.indent,
        )


def clock(moment: int | None) -> str:
    """Wall milliseconds as the hour and minute of this laptop."""
    return datetime.fromtimestamp(moment / 1000).strftime("%H:%M") if moment else ""


def row_of(line: Line, me: str, present: int | None, seen: int) -> NoteRow:
    """A stored line as a row; `seen` is the moment it was read."""
    record = line.record
    return NoteRow(
        record.id,
        record.place,
        typable(record.text),
        record.mark,
        record.speaker,
        record.nods,
        present,
        record.typed,
        record.noted,
        tuple((theme.id, theme.name, tag.direction or "neutral") for theme, tag in line.tags),
        "" if record.author == me else record.author,
        record.author,
        bool(record.settled),
        seen=seen,
        erased=isinstance(record.text, Erased),
        words=marks_of(line),
        indent=min(max(record.indent or 0, 0), DEEPEST),
        tidied=typable(record.tidied),
        translation=typable(record.translation),
    )


def alike(one: Sequence[NoteRow], other: Sequence[NoteRow]) -> int:
    """How many lines, from the first on, say the same; slices are compared, since that is done in C."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high) // 2
        if one[low : middle + 1] == other[low : middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low


def common(one: Sequence[NoteRow], other: Sequence[NoteRow]) -> int:
    """How many lines, from the first on, are the same ones, whatever they say."""
    at = start = alike(one, other)
    for a, b in zip(one[start:], other[start:], strict=False):
        if a.id != b.id:
            break
        at += 1
    return at


class NoteModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[NoteRow] = []
        self._last = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role == NoteRole:
            return self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.rows[index.row()].spoken()
        return None

    def at(self, id: Id | None) -> int:
        """Where a line stands, -1 where it does not; looked for first where the last one was."""
        near, rows = self._last, self.rows
        for i in (near, near + 1, near - 1, len(rows) - 1, len(rows) - 2):
            if 0 <= i < len(rows) and rows[i].id == id:
                self._last = i
                return i
        found = next((i for i, row in enumerate(rows) if row.id == id), -1)
        self._last = max(found, 0)
        return found

    def set_rows(self, rows: Sequence[NoteRow]) -> None:
        """Take other rows; only what lies between the first and the last line that is another one moves."""
        old, new = self.rows, list(rows)
        first = common(old, new)
        last = common(old[first:][::-1], new[first:][::-1])
        if first < len(old) - last:
            self.beginRemoveRows(QModelIndex(), first, len(old) - last - 1)
            self.rows = old[:first] + old[len(old) - last :]
            self.endRemoveRows()
        if first < len(new) - last:
            self.beginInsertRows(QModelIndex(), first, len(new) - last - 1)
            self.rows = new
            self.endInsertRows()
        self.rows = new
        self._tell(old[:first], new[:first], 0)
        self._tell(old[len(old) - last :], new[len(new) - last :], len(new) - last)

    def _tell(self, old: Sequence[NoteRow], new: Sequence[NoteRow], shift: int) -> None:
        """Of the same lines, tell which say something else."""
        first = alike(old, new)
        if first < len(new):
            last = len(new) - alike(old[::-1], new[::-1]) - 1
            self.dataChanged.emit(self.index(first + shift, 0), self.index(last + shift, 0))

    def put(self, at: int, row: NoteRow) -> None:
        """Replace the row at a place."""
        self.rows[at] = row
        self.dataChanged.emit(self.index(at, 0), self.index(at, 0))

    def insert(self, at: int, row: NoteRow) -> None:
        self.beginInsertRows(QModelIndex(), at, at)
        self.rows.insert(at, row)
        self.endInsertRows()

    def remove(self, at: int) -> None:
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.rows[at]
        self.endRemoveRows()
