"""The note as it is on the screen: what is stored, and over it what was typed since."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldwork.desktop.pages.note_rows import NoteRow, row_of
from fieldwork.domain.note_text import read_line, without_themes
from fieldwork.domain.order import behind, between
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id, new_id
from fieldwork.work.drafting import OpenLine
from fieldwork.work.interviews import Note
from fieldwork.work.themes import named

VIEWS = ("Everybody", "Mine", "By time", "Side by side")
TIMED = ("By time", "Side by side")  # in which nothing is moved: the times say where a line stands


@dataclass
class _Local:
    """A line that differs from what is stored; row None: it is gone. written: the moment it was stored."""

    row: NoteRow | None
    written: int | None = None


@dataclass
class Overlay:
    """Stored rows by id, and what is ahead of them."""

    base: dict[Id, NoteRow] = field(default_factory=dict)
    local: dict[Id, _Local] = field(default_factory=dict)
    _sorted: dict[str, list[NoteRow]] = field(default_factory=dict)  # by view, kept up with each change

    def load(self, note: Note) -> None:
        """Take what is stored as of the note's moment; what was written by then is no longer ahead of it."""
        present = note.session.present if note.session else None
        self.base = {line.record.id: row_of(line, note.me, present, note.moment) for line in note.lines}
        self.local = {
            id: local
            for id, local in self.local.items()
            if local.written is None or local.written > note.moment
        }
        self._sorted.clear()

    def put(self, row: NoteRow) -> None:
        self._set(row.id, _Local(row))

    def put_all(self, rows: Sequence[NoteRow]) -> None:
        """Many at once."""
        self.local |= {row.id: _Local(row) for row in rows}
        self._sorted.clear()

    def gone(self, id: Id) -> None:
        self._set(id, _Local(None))

    def _set(self, id: Id, local: _Local) -> None:
        """Only what changed is sorted anew: a key in a long note costs no more than one in a short one."""
        old = self.row(id)
        self.local[id] = local
        for view, rows in self._sorted.items():
            _take_out(rows, view, old)
            _put_in(rows, view, local.row)

    def written(
        self, lines: Collection[OpenLine], seen: dict[Id, int], later: Collection[Id]
    ) -> list[NoteRow]:
        """These lines are entries now; returns the rows that look different for it.

        later: lines of which a further entry is on its way, so that they are still ahead of what is stored.
        """
        changed = []
        for line in lines:
            for id in (line.id, *line.swallows):
                local = self.local.get(id)
                if local is None or id in later:
                    continue
                local.written = seen[line.id]
                if local.row is not None and id == line.id:
                    row = replace(local.row, waiting=False, seen=seen[line.id])
                    self._set(id, _Local(row, local.written))
                    changed.append(row)
        return changed

    def row(self, id: Id) -> NoteRow | None:
        local = self.local.get(id)
        return local.row if local is not None else self.base.get(id)

    def rows(self, view: str, live: NoteRow | None) -> list[NoteRow]:
        """All rows in the order of a view (one of VIEWS); the live line is among them in any case."""
        if view not in self._sorted:
            together = {**self.base, **{id: local.row for id, local in self.local.items()}}
            shown = [row for row in together.values() if row is not None and _belongs(row, view)]
            self._sorted[view] = sorted(shown, key=_key(view))
        rows = list(self._sorted[view])
        if live is not None:
            _take_out(rows, view, self.row(live.id))
            insort(rows, live, key=_key(view))
        return rows


def _belongs(row: NoteRow, view: str) -> bool:
    return view != "Mine" or not row.by


def _key(view: str) -> Callable[[NoteRow], tuple[Any, ...]]:
    """What a view is sorted by; no two rows have the same."""
    if view in TIMED:
        return lambda row: (row.noted or row.typed or 1 << 60, row.order)
    return lambda row: row.order


def _take_out(rows: list[NoteRow], view: str, row: NoteRow | None) -> None:
    if row is not None and _belongs(row, view):
        key = _key(view)
        at = bisect_left(rows, key(row), key=key)
        if at < len(rows) and rows[at].id == row.id:
            del rows[at]


def _put_in(rows: list[NoteRow], view: str, row: NoteRow | None) -> None:
    if row is not None and _belongs(row, view):
        insort(rows, row, key=_key(view))


def place_after(before: NoteRow | None, after: NoteRow | None) -> str:
    """A place for a new line between two; one's own lines typed one after another stay one run."""
    own = before is not None and not before.by
    return behind(before.place if before else "", after.place if after else "", own)


def place_between(before: NoteRow | None, after: NoteRow | None) -> str:
    """A place for a line that is moved there."""
    return between(before.place if before else "", after.place if after else "")


def themes_in(words: str, themes: Collection[Theme]) -> tuple[str, list[tuple[Id, str, str]]]:
    """The `#words` that are in the codebook, as (theme, name, direction), and the words without them."""
    if "#" not in words:
        return words, []
    typed = read_line(f"\u200b{words}", mark=False, speaker=False, nods=False).themes
    meant = [(word, named(themes, word), sign) for word, sign in typed]
    found = [(word, theme, sign) for word, theme, sign in meant if theme is not None]
    if not found:
        return words, []
    left = without_themes(words, {word for word, _, _ in found})
    return left, [(theme.id, theme.name, sign) for _, theme, sign in found]


def places_for(count: int, before: NoteRow | None, after: NoteRow | None) -> list[str]:
    """Places for lines one after another between two."""
    places, last = [], place_after(before, after)
    for _ in range(count):
        places.append(last)
        last = behind(last, after.place if after else "", True)
    return places


def pasted_rows(
    _: object,
    texts: Sequence[tuple[str, int]],
    places: Sequence[str],
    blank: NoteRow,
    themes: Collection[Theme],
    session: Id,
) -> tuple[list[NoteRow], list[OpenLine]]:
    """Pasted lines, taken apart as if they had been typed: as they are shown, and as they are written."""
    rows, lines = [], []
    for (text, indent), place in zip(texts, places, strict=True):
        parts = read_line(text)
        words, chips = themes_in(parts.text, themes)
        row = replace(
            blank, id=new_id(), place=place, text=words, mark=parts.mark, speaker=parts.speaker, nods=parts.nods,
            chips=tuple(chips), waiting=True, indent=indent,
        )  # fmt: skip
        rows.append(row)
        lines.append(replace(row.opened(session), themes=tuple((id, sign) for id, _, sign in chips)))
    return rows, lines
