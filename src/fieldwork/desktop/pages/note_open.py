"""A note on the screen: what is stored of it, the line that is live, and how its words come to disk."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Button, Pane, Segments, Text, page_head
from fieldwork.desktop.pages.note_header import NoteHeader, header_line
from fieldwork.desktop.pages.note_hints import hints
from fieldwork.desktop.pages.note_keeping import Keeper
from fieldwork.desktop.pages.note_lines import NoteView
from fieldwork.desktop.pages.note_live import LiveLine
from fieldwork.desktop.pages.note_overlay import (
    VIEWS,
    Overlay,
    place_after,
    themes_in,
)
from fieldwork.desktop.pages.note_rows import NoteModel, NoteRow
from fieldwork.desktop.pages.note_short import ShortPanel
from fieldwork.desktop.pages.note_side import NoteSide
from fieldwork.desktop.pages.note_spelling import NoteSpelling
from fieldwork.desktop.pages.note_themes import ThemeOffer
from fieldwork.desktop.pages.note_tidy import TidyPanel
from fieldwork.desktop.pages.note_words import marks_after, spans_after, spans_in
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.work.drafting import LeftOpen, OpenLine, Written
from fieldwork.work.interviews import Note, note_of

IDLE_MS = 30_000
GUIDES = ("topic_guide", "guide_topic", "covered_topic")
MANY_TAGS = 50  # to ask of each whose it is takes longer than to read the note again


class OpenNote(QWidget):
    """One session's note: `acknowledged(line, wall s)` when the live words are on disk, `loaded` when it was read."""

    acknowledged = Signal(object, float)
    loaded = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.session: Id | None = None
        self.note: Note | None = None
        self.overlay = Overlay()
        self.view = VIEWS[0]
        self.keeper = Keeper(desk, self)
        self._open: OpenLine | None = None  # the live line, but for what `live.row` says
        self._typed, self._sent = 0, 0  # how often the live line was edited, and as of when it was sent
        self._reading, self._read_again, self._begins = False, False, False
        self._narrow = False
        self._wanted: Id | None = None  # the line to open when the note is here
        self._build()
        self._connect()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self.hand_over)

    def _build(self) -> None:
        self.switch = Segments(*VIEWS, name="Whose lines, in which order")
        self.header_button = Button(find("session.header").words, caps(find("session.header").keys), "quiet")
        self.head = page_head("", "", self.header_button, self.switch, back="Interviews")
        self.model = NoteModel()
        self.lines = NoteView(self.model)
        self.live = LiveLine()
        self.live.hide()
        self.offer = ThemeOffer(self.live, self)
        self.spelling = NoteSpelling(self.live.text, self.desk, self)
        self.trouble = Text("", "label", "danger", wrap=True)
        self.trouble_pane = Pane(self.trouble, ground="surface", lines="b", margins=(24, 8, 24, 8))
        self.trouble_pane.hide()
        self.hints = hints(self.spelling.told)
        self.side = NoteSide()
        self.header = NoteHeader(self.desk)
        lines = Pane((self.lines, 1), margins=(16, 8, 16, 0))
        self.middle = QStackedWidget()
        self.middle.addWidget(lines)
        self.middle.addWidget(self.header)
        self.short = ShortPanel(self.desk)
        self.middle.addWidget(self.short)
        self.tidy = TidyPanel(self.desk)
        self.middle.addWidget(self.tidy)
        self.head_pane = Pane(self.head, lines="b", margins=(24, 16, 24, 12))
        self.main = Pane(self.head_pane, self.trouble_pane, (self.middle, 1), self.hints)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Pane((self.main, 1), self.side, down=False))

    def _connect(self) -> None:
        self.live.edited.connect(self._edited)
        self.live.grew.connect(self.lines.live_grew)
        self.header.left.connect(self.hide_header)
        self.tidy.left.connect(self.hide_header)
        self.tidy.refused.connect(lambda: self.middle.setCurrentWidget(self.tidy))
        self.keeper.kept.connect(self._kept)
        self.keeper.written.connect(self._written)
        self.keeper.troubled.connect(self._say)

    # -- which note

    def start(self) -> None:
        """A new note at once; nothing of it is stored before its first line or its header."""
        self.hand_over()
        self._enter(new_id())
        self._show_head()
        self.open_new(self.model.rows[-1] if self.model.rows else None)
        self.read()

    def show_session(self, session: Id, line: Id | None = None) -> None:
        """Show a session's note; with a line, take that one up, else a new one at the end."""
        self.hand_over()
        self._wanted = line
        self._enter(session)
        self._begins = True
        self.read()

    def reopen(self) -> None:
        """Come back to a note left in the list: the keyboard is in a new line at its end."""
        if self._open is None and not self._begins and self.model.rows:
            self.open_new(self.model.rows[-1])

    def resume(self, session: Id, found: LeftOpen) -> None:
        """Open a line again just as a crash left it: words, place and all."""
        self.hand_over()
        self._enter(session)
        line = found.lines[-1]
        names = {theme.id: theme.name for theme in self.note.themes} if self.note else {}
        row = NoteRow(
            line.id, line.place, line.text, line.mark, line.speaker, line.nods, None, line.typed, line.noted,
            tuple((id, names.get(id, "theme"), sign) for id, sign in line.themes), seen=line.as_of,
            indent=line.indent,
        )  # fmt: skip
        for gone in line.swallows:
            self.overlay.gone(gone)
        self._take_up(row, line)
        self._typed = 1
        self._show_head()
        self.read()

    def is_live(self) -> bool:
        return self._open is not None

    def is_typed_in(self) -> bool:
        """Whether the live line holds words that are no entry yet."""
        return self._open is not None and self._typed != self._sent

    def _enter(self, session: Id) -> None:
        self._begins = False
        self._close_live()
        known = self.note.themes if self.note else ()
        me = self.note.me if self.note else ""
        self.session = session
        self.note = Note(session, None, "Note without a header yet", "", "", (), known, me, 0)
        self.overlay = Overlay()
        self.model.set_rows(())
        self.hide_header()
        self.show_open_side()
        self.spelling.begin()

    def _begin(self) -> None:
        """The note asked for is here: take up the line that was asked for, or a new one."""
        self._begins = False
        wanted, self._wanted = self._wanted, None
        at = self.model.at(wanted) if wanted else -1
        if at >= 0:
            self.open_row(at)
        else:
            self.open_new(self.model.rows[-1] if self.model.rows else None)

    # -- reading

    def read(self) -> None:
        """Read the note again; readings asked for meanwhile become one."""
        if self.session is None:
            return
        if self._reading:
            self._read_again = True
            return
        self._reading = True
        self.desk.ask(note_of, self.session, then=self._take, otherwise=self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self._reading = False
        self.desk.tell(error)

    def _take(self, note: Note) -> None:
        self._reading = False
        again, self._read_again = self._read_again, False
        if note.id == self.session:
            self.note = note
            self.offer.themes = note.themes
            self.overlay.load(note)
            self._drop_vanished()
            self._refresh_live()
            self._name_chips()
            self.rebuild()
            self._show_head()
            if self._begins:
                self._begin()
            self.loaded.emit()
        if again or note.id != self.session:
            self.read()

    def refresh(self, changed: Any) -> None:
        """Something changed: read again, unless it is what was just typed here."""
        if not isinstance(changed, Mapping) or changed.get("abbreviation"):
            self.short.read()
        if self.session is None or not isinstance(changed, Mapping):
            self.read()
            return
        ids = changed.get("note_line", frozenset())
        own = self.keeper.writing() | self._swallowed()
        beside = ("session", "theme", "visit", "team_member", "excerpt", *GUIDES)
        others = [kind for kind in beside if changed.get(kind)]
        if others or not ids <= own or (changed.get("tag") and not self._own_tags(changed["tag"])):
            self.read()

    def _swallowed(self) -> set[Id]:
        return {id for id, local in self.overlay.local.items() if local.row is None}

    def _own_tags(self, ids: frozenset[Id]) -> bool:
        if len(ids) > MANY_TAGS:
            return False
        themes = [theme.id for theme in self.note.themes] if self.note else []
        own = {derived_id("tag", line, theme) for line in self.keeper.writing() for theme in themes}
        return ids <= own

    def rebuild(self) -> None:
        """Show the rows as they are now, the live one among them."""
        live = self.live.row if self._open else None
        self.model.set_rows(self.overlay.rows(self.view, live))
        self.lines.set_live(self.live if live else None, self.model.at(live.id) if live else -1)
        self._show_open_items()

    def _show_open_items(self) -> None:
        self.side.show_open(self.model.rows)

    def _drop_vanished(self) -> None:
        """The live line was taken away elsewhere (undone, deleted), and nothing was typed on it since."""
        line = self._open
        stored = line is not None and line.as_of is not None
        if line and stored and self.overlay.row(line.id) is None and self._typed == self._sent:
            self._close_live()

    def _refresh_live(self) -> None:
        """Take what changed elsewhere into the live line, as long as nothing was typed on it."""
        if self._open is None or self._typed != self._sent:
            return
        row, said = self.overlay.row(self._open.id), self.live.row.text
        if row is not None and row.text == said.rstrip():
            row = replace(row, text=said)  # the space before the next word is still to come
        if row is not None and not row.waiting and row != self.live.row:
            self._open = replace(self._open, as_of=row.seen, place=row.place)
            if row.text == said:
                self.live.load(row, self.live.text.position())
            else:
                self.live.load(row)

    def _name_chips(self) -> None:
        """A line taken up again before its note was read: its themes get their names, and those stored join."""
        if self._open is None or self.note is None:
            return
        names = {theme.id: theme.name for theme in self.note.themes}
        row, base = self.live.row, self.overlay.base.get(self._open.id)
        held = {id for id, _, _ in row.chips}
        stored = [chip for chip in (base.chips if base else ()) if chip[0] not in {*held, *self._open.off}]
        chips = (*stored, *((id, names.get(id, name), sign) for id, name, sign in row.chips))
        of = self.note.session.present if self.note.session else None
        if chips != row.chips or of != row.of:
            self.live.row = replace(row, chips=chips, of=of)
            self.live._fit()

    def _show_head(self) -> None:
        note = self.note
        if note is None:
            return
        where = "  /  ".join(part for part in ("Interviews", note.visit) if part)
        authors = {row.author for row in self.overlay.base.values() if row.by}
        self.head.set(note.title, header_line(note, len(authors)), back=where)
        self.switch.setVisible(bool(authors))
        self.head._fit()

    # -- the live line

    def open_row(self, at: int, cursor: int | None = None) -> None:
        """Make the line at a place the live one."""
        if not 0 <= at < len(self.model.rows) or self.session is None:
            return
        row = self.model.rows[at]
        self._take_up(row, row.opened(self.session), cursor)

    def open_new(self, after: NoteRow | None, before: NoteRow | None = None, indent: int = 0) -> None:
        """Begin a line; it is nothing until something is typed."""
        assert self.session is not None
        of = self.note.session.present if self.note and self.note.session else None
        me = self.note.me if self.note else ""
        row = NoteRow(new_id(), place_after(after, before), of=of, author=me, indent=indent)
        self._take_up(row, row.opened(self.session))

    def _take_up(self, row: NoteRow, line: OpenLine, cursor: int | None = None) -> None:
        self._open, self._typed, self._sent = line, 0, 0
        self.live.load(replace(row, waiting=False), cursor)
        self.rebuild()
        self.live.text.setFocus()
        self.offer.hide()

    def _close_live(self) -> None:
        self._open = None
        self.lines.set_live(None, -1)
        self.live.hide()
        self.offer.hide()

    def current(self) -> OpenLine:
        """The live line as it stands, fit to be kept or written."""
        assert self._open is not None
        row = self.live.row
        return replace(
            self._open, text=row.text, mark=row.mark, speaker=row.speaker, nods=row.nods, noted=row.noted,
            spans=spans_in(row.words), indent=row.indent,
        )  # fmt: skip

    def _edited(self) -> None:
        if self._open is None:
            return
        self._typed += 1
        if self._open.typed is None:
            now = int(time.time() * 1000)
            self._open = replace(self._open, typed=now)
            self.live.row = replace(self.live.row, typed=now)
            self.live.update()
        at = self.lines.live_row()
        if 0 <= at < len(self.model.rows):
            self.model.rows[at] = self.live.row
        id = self._open.id
        self.keeper.typed(id, lambda: (self.current(),) if self._open and self._open.id == id else ())
        self._idle.start()

    def _kept(self, draft: Id, lines: Sequence[OpenLine]) -> None:
        for line in lines:
            self.acknowledged.emit(line, time.time())

    def hideEvent(self, event: QHideEvent) -> None:
        """What is offered lies over the window, not in this page: it goes with the page."""
        self.offer.hide()
        super().hideEvent(event)

    def hand_over(self) -> None:
        """Make what was typed an entry; the line stays live."""
        self._idle.stop()
        if self._open is None or self._typed == self._sent:
            return
        line = self.current()
        if line.says_nothing and not self.live.row.chips:
            return
        self._send(line)
        self._sent = self._typed
        self.overlay.put(self._as_written())

    def _as_written(self) -> NoteRow:
        """The live line as it will be painted: themes written out in its words are chips."""
        row = self.live.row
        words, found = themes_in(row.text, self.note.themes if self.note else ())
        known = {id for id, _, _ in row.chips}
        chips = (*row.chips, *(chip for chip in found if chip[0] not in known))
        marks = marks_after(row.text, words, row.words)
        return replace(row, text=words, chips=chips, words=marks, waiting=True)

    def _send(self, line: OpenLine, act: str = "note") -> None:
        self.keeper.keep_now()
        words, found = themes_in(line.text, self.note.themes if self.note else ())
        if found:
            spans = spans_after(line.text, words, line.spans)
            line = replace(
                line, text=words, spans=spans, themes=(*line.themes, *((id, sign) for id, _, sign in found))
            )
        self.keeper.write([line], act=act, draft=line.id)

    def leave_line(self, *, for_another: bool = False) -> int:
        """End work on the live line; returns where the next line down now stands.

        for_another: one is taken up in the same breath, so that nothing is laid out in between.
        """
        at = self.lines.live_row()
        if self._open is None:
            return at + 1
        line, row, fresh = self.current(), self._as_written(), self._open.as_of is None
        typed = self._typed != self._sent
        self._idle.stop()
        if line.says_nothing and row.erased:
            if typed:
                self.keeper.drop(line.id)
        elif line.says_nothing and not row.chips:
            if typed and (not fresh or line.id in self.overlay.local or line.swallows):
                self._send(line)
                self.overlay.gone(line.id)
            elif typed:
                self.keeper.drop(line.id)
            self._left(for_another)
            return at
        elif typed:
            self._send(line)
            self.overlay.put(row)
        self._left(for_another)
        return at + 1

    def _left(self, for_another: bool) -> None:
        if for_another:
            self._open = None
            self.model.set_rows(self.overlay.rows(self.view, None))
        else:
            self._close_live()
            self.rebuild()

    def _written(self, lines: Sequence[OpenLine], written: Written) -> None:
        """Lines became an entry: they no longer wait, and what is typed on builds on them."""
        for row in self.overlay.written(lines, dict(written.seen), self.keeper.unwritten()):
            at = self.model.at(row.id)
            if at >= 0 and at != self.lines.live_row():
                self.model.put(at, row)
        for line in lines:
            if self._open is not None and line.id == self._open.id:
                self._open = replace(
                    self._open,
                    as_of=written.seen[line.id],
                    swallows=tuple(id for id in self._open.swallows if id not in line.swallows),
                    themes=tuple(item for item in self._open.themes if item not in line.themes),
                    off=tuple(id for id in self._open.off if id not in line.off),
                )
        self.lines.viewport().update()
        if any(line.swallows for line in lines):
            self.read()  # a line a colleague changed meanwhile was not deleted: it stands again

    def _say(self, sentence: str) -> None:
        if sentence and sentence != self.trouble.text():
            self.desk.failed.emit(sentence)
        elif not sentence and self.trouble.text():
            self.desk.mended.emit(self.trouble.text())
        self.trouble.setText(sentence)
        self.trouble_pane.setVisible(bool(sentence))

    # -- what stands beside it

    def show_open_side(self) -> None:
        self.side.setVisible(not self._narrow)
        self._show_open_items()

    def shape(self, narrow: bool, short: bool) -> None:
        """Narrow: what stands beside goes behind its key. Short: no hints."""
        self._narrow = narrow
        self.side.setVisible(not narrow)
        self.hints.setVisible(not short)
        self.head.back.setVisible(not short and bool(self.head.back.text()))

    def hide_header(self) -> None:
        self.tidy.keep()
        self.middle.setCurrentIndex(0)
        self.take_focus()

    def take_focus(self) -> None:
        if self.middle.currentWidget() is self.header:
            self.header.take_focus()
        elif self.middle.currentWidget() is self.short:
            self.short.take_focus()
        elif self.middle.currentWidget() is self.tidy:
            self.tidy.take_focus()
        else:
            (self.live.text if self._open is not None else self.lines).setFocus()
