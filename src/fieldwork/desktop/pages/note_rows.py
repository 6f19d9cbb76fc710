"""What a line of a note shows, and the model the view paints from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from fieldwork.desktop.pages.note_words import WordMark, marks_of, spans_in
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
            "erased" if self.erased and not self.text else self.text,
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
    )


class NoteModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[NoteRow] = []

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
        """Where a line stands, -1 where it does not."""
        return next((i for i, row in enumerate(self.rows) if row.id == id), -1)

    def set_rows(self, rows: Sequence[NoteRow]) -> None:
        """Take other rows; where the same lines stand in the same order nothing is reset."""
        new = list(rows)
        if len(new) == len(self.rows) and all(a.id == b.id for a, b in zip(new, self.rows, strict=True)):
            old, self.rows = self.rows, new
            moved = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a is not b and a != b]
            if moved:
                self.dataChanged.emit(self.index(moved[0], 0), self.index(moved[-1], 0))
            return
        self.beginResetModel()
        self.rows = new
        self.endResetModel()

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
