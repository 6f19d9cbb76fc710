"""The note editor: the lines of one session, one of them live, every change on disk before one can worry."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from fieldwork.desktop.pages.note_find import ACT, FindBar
from fieldwork.desktop.pages.note_overlay import (
    TIMED,
    VIEWS,
    pasted_rows,
    place_after,
    place_between,
    places_for,
)
from fieldwork.desktop.pages.note_rows import NoteRow
from fieldwork.desktop.pages.note_themed import ThemedNote
from fieldwork.desktop.pages.note_themes import DIRECTIONS
from fieldwork.desktop.pages.note_words import shifted
from fieldwork.domain.order import behind
from fieldwork.domain.pasted import Pasted
from fieldwork.domain.values import Id, new_id
from fieldwork.domain.vocabulary import STRENGTHS
from fieldwork.work import guides, notes, themes
from fieldwork.work.drafting import OpenLine, finish_note
from fieldwork.work.reshaping import parted, united

CHIP_SIGNS = {**DIRECTIONS, ".": "neutral", "=": "mixed"}


class NoteEditor(ThemedNote):
    """What the keys do in a note. `left` when the person goes back to the sessions."""

    left = Signal()

    def _connect(self) -> None:
        super()._connect()
        text = self.live.text
        text.ended.connect(self.end_line)
        text.joined.connect(self.join)
        text.stepped.connect(self.step)
        text.moved.connect(self.move_line)
        text.pasted.connect(self.paste)
        text.told.connect(self.desk.failed)
        text.covered.connect(self.side.guide.tick)
        self.side.guide.ticked.connect(self._ticked)
        self.loaded.connect(lambda: self.side.guide.show_guide(self.note.guide if self.note else None))
        self.finder = FindBar(self)
        self.main.spaced.layout.insertWidget(2, self.finder)
        self.short.renewed.connect(self._shortened)
        self.short.read()
        self.lines.asked.connect(self._asked)
        self.lines.acted.connect(self._acted)
        self.live.chip_said.connect(self._chip_said)
        self.switch.chosen.connect(lambda at: self.set_view(VIEWS[at]))
        self.header_button.clicked.connect(self.show_header)
        self.side.asked.connect(lambda id: self._asked(self.model.at(id)))

    def _shortened(self, known: Mapping[str, str]) -> None:
        self.live.text.short.known = known

    # -- what the keys do

    def end_line(self) -> None:
        """Enter: the next line, an empty one above, or the line in two."""
        row, at, pos = self.live.row, self.lines.live_row(), self.live.text.position()
        if self._open is None or (not row.text.strip() and not row.chips):
            return
        if not row.text[pos:].strip():
            after = self.leave_line(for_another=True)
            rows = self.model.rows
            below = rows[after] if after < len(rows) else None
            self.open_new(rows[after - 1] if after else None, below, row.indent)
        elif not row.text[:pos].strip():
            self.leave_line(for_another=True)
            self.open_new(self.model.rows[at - 1] if at else None, self.model.rows[at], row.indent)
        else:
            self._split(at, row, pos)

    def _split(self, at: int, row: NoteRow, pos: int) -> None:
        rows = self.model.rows
        place = place_after(row, rows[at + 1] if at + 1 < len(rows) else None)
        first, second = parted(replace(self.current(), text=row.text), pos, new_id(), place, _signs(row))
        tail = NoteRow(
            second.id, place, second.text, row.mark, row.speaker, of=row.of, typed=row.typed, noted=row.noted,
            chips=row.chips, by=row.by, author=row.author, waiting=True, indent=row.indent,
        )  # fmt: skip
        self.keeper.write([first, second], act="split a line")
        self.keeper.drop(first.id)
        self.overlay.put(replace(row, text=first.text, words=(), waiting=True))
        self.overlay.put(tail)
        self._take_up(tail, second, 0)

    def join(self, back: bool) -> None:
        """Backspace at the start, or Delete at the end: two lines become the upper one."""
        at = self.lines.live_row()
        other = at - 1 if back else at + 1
        if self._open is None or not 0 <= other < len(self.model.rows) or self.model.rows[other].by:
            return
        upper, lower = self.live.row, self.model.rows[other]
        live = self.current()
        if (upper.erased or lower.erased) and (upper.text or lower.text):
            return  # what was erased stays a line of its own
        if back and not upper.text and not upper.chips and self._typed == self._sent and live.as_of is None:
            self.leave_line()
            self.open_row(at - 1)
            return
        if back:
            upper, lower = lower, upper
        lines = [upper.opened(live.session), live] if back else [live, lower.opened(live.session)]
        line = united(lines[0], lines[1], _signs(upper), _signs(lower))
        new = [chip for chip in lower.chips if chip[0] not in {id for id, _, _ in upper.chips}]
        marks = (*upper.words, *shifted(lower.words, len(line.text) - len(lower.text)))
        joined = replace(upper, text=line.text, chips=(*upper.chips, *new), words=marks, nods=line.nods)
        typed = self._typed if not back else 0
        self.overlay.gone(lower.id)
        self._take_up(joined, line, len(line.text) - len(lower.text) if back else len(upper.text))
        self._typed, self._sent = typed + 1, 0
        self.keeper.keep(line.id, [self.current()])
        self.keeper.typed(line.id, lambda: (self.current(),))
        if back:
            self.keeper.drop(lower.id)

    def step(self, step: int) -> None:
        """Up or down into the next line."""
        at = self.lines.live_row()
        if not 0 <= at + step < len(self.model.rows):
            return
        below = self.leave_line(for_another=True)
        self.open_row(at - 1 if step < 0 else below)

    def move_line(self, step: int) -> None:
        """Alt Up, Alt Down: the live line changes places with its neighbour."""
        if self._open is None or self.view in TIMED:
            return
        place = self._place_moved(self.lines.live_row(), step)
        if place is None or (self.current().says_nothing and not self.live.row.chips):
            return
        self._open = replace(self._open, place=place)
        self.live.row = replace(self.live.row, place=place)
        self._typed += 1
        self.overlay.put(replace(self.live.row, waiting=True))
        self._send(self.current(), "move a line")
        self._sent = self._typed
        self.rebuild()

    def _place_moved(self, at: int, step: int) -> str | None:
        rows = [row for i, row in enumerate(self.model.rows) if i != at]
        to = at + step
        if not 0 <= to <= len(rows):
            return None
        return place_between(rows[to - 1] if to else None, rows[to] if to < len(rows) else None)

    def paste(self, said: Pasted) -> None:
        """Several lines at once, behind the live one; each is a line of its own.

        The line typed next is there at once; what was pasted is taken apart beside the window.
        """
        assert self.session is not None
        after = self.leave_line(for_another=True)
        rows = self.model.rows
        above, below = rows[after - 1] if after else None, rows[after] if after < len(rows) else None
        blank = NoteRow(b"", "", of=self.note.session.present if self.note and self.note.session else None)
        places = places_for(len(said.lines), above, below)
        self.open_new(replace(above or blank, place=places[-1], by=""), below)
        self.keeper.awaited += 1
        self.desk.ask(
            pasted_rows, said.lines, places, replace(blank, typed=int(time.time() * 1000)),
            self.note.themes if self.note else (), self.session, then=self._pasted,
            otherwise=self._not_pasted,
        )  # fmt: skip

    def _pasted(self, some: tuple[list[NoteRow], list[OpenLine]]) -> None:
        rows, lines = some
        self.keeper.awaited -= 1
        self.keeper.write(lines, act="paste")
        if lines[0].session == self.session:
            self.overlay.put_all(rows)
            self.rebuild()

    def _not_pasted(self, error: BaseException) -> None:
        self.keeper.awaited -= 1
        self.desk.tell(error)

    def choose_words(self, id: Id, start: int, end: int) -> None:
        """Take a line up and choose words of it; the keyboard stays where it is."""
        asked = QApplication.focusWidget()
        if not self.is_live() or self.live.row.id != id:
            self.leave_line(for_another=True)
            self.open_row(self.model.at(id))
        self.live.text.choose(start, end)
        if asked is not None:
            asked.setFocus()

    def replace_chosen(self, words: str) -> None:
        """Put words in the place of those chosen in the live line, as an act of its own."""
        self.hand_over()
        self.live.text.textCursor().insertText(words)
        if self._open is not None and not self.current().says_nothing:
            self._send(self.current(), ACT)
            self._sent = self._typed
            self.overlay.put(self._as_written())

    # -- acts on a line that is not being typed

    def _asked(self, at: int) -> None:
        if not 0 <= at < len(self.model.rows) or at == self.lines.live_row():
            return
        id = self.model.rows[at].id
        self.leave_line()
        self.open_row(self.model.at(id))

    def _acted(self, at: int, what: str) -> None:
        row = self.model.rows[at]
        if what == "settle":
            self.tick(row)
        elif what == "delete":
            self.desk.act(notes.delete_line, line=row.id)
        elif self.session is not None and self.view not in TIMED:
            self._move_together(self.lines.together(), -1 if what == "up" else 1)

    def _move_together(self, chosen: range, step: int) -> None:
        """Lines that are chosen change places with their neighbour: one act, and they stay chosen."""
        assert self.session is not None
        rows, first, last = self.model.rows, chosen.start, chosen.stop - 1
        to = first - 1 if step < 0 else last + 1
        if not chosen or not 0 <= to < len(rows):
            return
        above, below = (to - 1, to) if step < 0 else (to, to + 1)
        before = rows[above] if above >= 0 else None
        after = rows[below] if below < len(rows) else None
        place, moved = place_between(before, after), []
        for row in rows[first : last + 1]:
            moved.append(replace(row, place=place, waiting=True))
            place = behind(place, after.place if after else "", True)
        self.overlay.put_all(moved)
        lines = [row.opened(self.session) for row in moved]
        self.keeper.write(lines, act="move a line" if len(lines) == 1 else "move lines")
        self.rebuild()
        start = self.model.at(moved[0].id)
        anchor = start if step < 0 else start + len(moved) - 1
        if len(moved) > 1:
            self.lines.choose_together(start + len(moved) - 1 if anchor == start else start, anchor)
        else:
            self.lines.setCurrentIndex(self.model.index(start, 0))

    def chosen(self) -> NoteRow | None:
        """The line the person is at."""
        at = self.lines.live_row() if self._open else self.lines.currentIndex().row()
        return self.model.rows[at] if 0 <= at < len(self.model.rows) else None

    def tick(self, row: NoteRow | None = None) -> None:
        """Tick a follow-up or a document off, or open it again."""
        row = row or self.chosen()
        if row is None or row.mark not in ("!", "@"):
            self.desk.failed.emit("Only a follow-up (!) or a document asked for (@) can be ticked off.")
            return
        self.hand_over()
        self.desk.act(notes.settle_line, line=row.id, settled=not row.settled, then=lambda _: self.read())

    def _chip_said(self, at: int, said: str) -> None:
        """A theme of the live line, or of words of it, gets another direction, how it is known, or goes."""
        row = self.live.row
        if self._open is None or not 0 <= at < len(row.chips) + len(row.words):
            return
        if at < len(row.chips):
            target, (theme, _, direction) = row.id, row.chips[at]
        else:
            mark = row.words[at - len(row.chips)]
            target, theme, direction = mark.excerpt, mark.theme, mark.direction
        self.hand_over()
        if not said:
            self.desk.act(themes.untag, target=target, theme=theme, then=lambda _: self.read())
            return
        strength = list(STRENGTHS)[int(said) - 1] if said.isdigit() else ""
        direction = CHIP_SIGNS.get(said, direction)
        self.live.turn_chip(at, direction)  # at once: the next key may say more of it
        self.desk.act(
            themes.tag, target=target, theme=theme, direction=direction, strength=strength,
            then=lambda _: self.read(),
        )  # fmt: skip

    def ask_digits(self, what: str) -> None:
        """ "nods" or "noted": the digits typed next are that."""
        if self._open is not None:
            self.live.text.setFocus()
            self.live.text.ask_digits(what)

    # -- beside and instead of the lines

    def set_view(self, view: str) -> None:
        self.view = view
        self.lines.stand_apart(view == "Side by side")
        self.switch.choose(VIEWS.index(view))
        self.rebuild()

    def next_view(self) -> None:
        self.set_view(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    def record_here(self) -> Id | None:
        """The line one is at, handed over, or the session."""
        row = self.chosen()
        self.hand_over()
        return row.id if row is not None else self.session

    def show_side(self) -> None:
        """What was asked for and is still open; the keyboard goes there."""
        self.side.show()
        self._show_open_items()
        self.side.show()
        self.side.list.setFocus()

    def show_guide(self) -> None:
        """The topics of the guide; the keyboard goes there. Where there is none, a file is asked for."""
        if self.side.guide.guide is None:
            self.ask_for_guide()
            return
        self.side.show()
        self.side.guide.list.setFocus()

    def ask_for_guide(self) -> None:
        """Another guide for this session, from a file."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Read a topic guide in", "", "Topic guides (*.txt *.csv *.md)"
        )
        if name:
            self.read_guide(Path(name))

    def read_guide(self, path: Path) -> None:
        self.hand_over()
        self.desk.act(guides.read_guide, path, session=self.session, then=lambda _: self.read())

    def _ticked(self, topic: Id, covered: bool) -> None:
        """A topic was covered; the line being typed goes first, as the session may begin with it."""
        self.hand_over()
        self.desk.act(
            guides.cover_topic, session=self.session, topic=topic, covered=covered,
            then=lambda _: self.read(),
        )  # fmt: skip

    def show_header(self) -> None:
        """The session's header, in place of the lines; typing goes on after it."""
        if self.session is not None:
            self.hand_over()
            self.middle.setCurrentWidget(self.header)
            self.header.open(self.session)

    def show_tidy(self) -> None:
        """The words of the line one is at in good order and in English, in place of the lines."""
        row = self.chosen()
        self.hand_over()
        if row is None or not row.text.strip() or (self.is_live() and self.current().says_nothing):
            self.desk.failed.emit("Go to a line that has words; then it can be tidied or translated.")
            return
        self.tidy.open(row)
        self.middle.setCurrentWidget(self.tidy)
        self.tidy.take_focus()

    def turn_tidied(self) -> None:
        """Lines as they were typed, or tidied where they were."""
        self.lines.read_tidied(not self.lines.tidied)
        self.rebuild()

    def show_short(self) -> None:
        """One's own abbreviations, in place of the lines."""
        self.hand_over()
        self.middle.setCurrentWidget(self.short)
        self.short.read()
        self.short.take_focus()

    def finish(self) -> None:
        """The session is over: its note is closed and can still be changed."""
        if self.session is not None:
            self.leave_line()
            self.desk.act(finish_note, self.session, then=lambda _: self.left.emit())

    def escape(self) -> None:
        """One step out: of what is offered, of a panel, of the line, of the note."""
        if self.offer.showing():
            self.offer.hide()
        elif self.finder.isVisible():
            self.finder.hide()
            self.take_focus()
        elif self.middle.currentIndex():
            self.hide_header()
        elif self.side.list.hasFocus() or self.side.guide.list.hasFocus():
            self.side.setVisible(not self._narrow)
            self.take_focus()
        elif self._open is not None:
            at = self.lines.live_row()
            self.leave_line()
            self.lines.setFocus()
            last = len(self.model.rows) - 1
            self.lines.setCurrentIndex(self.model.index(min(at, last), 0))
        else:
            self.left.emit()


def _signs(row: NoteRow) -> tuple[tuple[Id, str], ...]:
    """The themes on a row as (theme, direction)."""
    return tuple((theme, sign) for theme, _, sign in row.chips)
