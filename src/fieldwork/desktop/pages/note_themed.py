"""Themes chosen for the live line, or for words of it."""

from __future__ import annotations

from dataclasses import replace

from fieldwork.desktop.pages.note_open import OpenNote
from fieldwork.desktop.pages.note_overlay import themes_in
from fieldwork.desktop.pages.note_words import spans_after
from fieldwork.domain.values import Id
from fieldwork.work.excerpts import tag_words


class ThemedNote(OpenNote):
    """What a chosen theme does in a note."""

    def _connect(self) -> None:
        super()._connect()
        self.offer.chosen.connect(self._themed)
        self.offer.chosen_for.connect(self._themed_words)

    def _themed_words(self, id: Id, name: str, sign: str, start: int, end: int) -> None:
        """A theme was chosen for words of the live line, which is written first."""
        if self._open is None:
            return
        self.hand_over()
        text = self.live.row.text
        words, _ = themes_in(text, self.note.themes if self.note else ())
        for line, first, last in spans_after(text, words, ((self._open.id, start, end),)):
            self.desk.act(
                tag_words, target=line, start=first, end=last, words=words[first:last].strip(), theme=id,
                direction=sign, then=lambda _: self.read(),
            )  # fmt: skip
        self.live.text.put_cursor(end)

    def _themed(self, id: Id, name: str, sign: str) -> None:
        """A theme was chosen: it goes on the line, or off when it was there with that direction."""
        if self._open is None:
            return
        held = {theme: direction for theme, _, direction in self.live.row.chips}
        others = tuple(chip for chip in self.live.row.chips if chip[0] != id)
        put = tuple(item for item in self._open.themes if item[0] != id)
        self.live.take_hash()
        if held.get(id) == sign:
            self._open = replace(self._open, themes=put, off=(*self._open.off, id))
            self.live.change(chips=others)
        else:
            off = tuple(other for other in self._open.off if other != id)
            self._open = replace(self._open, themes=(*put, (id, sign)), off=off)
            self.live.change(chips=(*others, (id, name, sign)))
