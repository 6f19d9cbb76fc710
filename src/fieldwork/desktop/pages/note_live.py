"""The one line that is a widget: what is typed, and the keys that mean something in a note."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QWidget

from fieldwork.desktop.appearance.painting import rounded
from fieldwork.desktop.appearance.tokens import colours, dp, metrics
from fieldwork.desktop.kit.completion import Completion
from fieldwork.desktop.kit.fields import TextArea
from fieldwork.desktop.kit.scaled import Scaled
from fieldwork.desktop.pages.note_lines import LEAD, STEP, extras, extras_height, paint_extras, paint_gutter
from fieldwork.desktop.pages.note_rows import KINDS, NoteRow
from fieldwork.desktop.pages.note_short import Expansion
from fieldwork.desktop.pages.note_words import LiveWords
from fieldwork.domain.faults import Fault
from fieldwork.domain.pasted import DEEPEST, pasted
from fieldwork.domain.values import ERASED
from fieldwork.domain.vocabulary import DIRECTIONS

SPEAKERS = "ABCDEFGH"
SIGNS = "+-\u2212\u00b1"
CHIP_SAYS = SIGNS + ".=1234"
_HASH = re.compile(r"(?:^|(?<=\s))#([\w-]*)$")
_WHO = re.compile(r"^([A-H]):\s")
NO_HASH = "\0"
TOP, BOTTOM = 17, 16


class LiveText(TextArea):
    """The words of the live line. Keys that leave or change the line are told, all others typed."""

    ended = Signal()  # Enter
    joined = Signal(bool)  # True: to the line before, False: the next one to this
    stepped = Signal(int)  # up or down out of the line
    moved = Signal(int)  # the line itself, up or down
    spoke = Signal(str)  # Alt and a letter
    pasted = Signal(object)  # domain.pasted.Pasted of several lines
    told = Signal(str)  # what is to be said of a paste
    emptied = Signal()  # Backspace where only the kind mark is left of the cursor
    signed = Signal(str)  # + or - or ± while themes are offered
    chose = Signal()  # # while words are chosen
    sought = Signal(str)  # a letter typed while themes for chosen words are offered; Backspace as ""
    spaced = Signal()  # a space is coming while themes are offered
    chipped = Signal(int)  # to the theme before or after; 0: away from them
    chip_said = Signal(str)  # a sign, a digit or "" typed at a theme
    covered = Signal(int)  # which topic of the guide
    indented = Signal(int)  # a level more, or one less
    counted = Signal(str, str)  # what was asked for ("nods", "noted"), the digits so far; "" ends it

    def __init__(self) -> None:
        super().__init__(name="Note line", lines=1, most=400)
        self.completion: Completion | None = None
        self.spelling: Completion | None = None  # what may be meant by a word
        self.marked = False
        self.level = 0
        self.for_words: tuple[int, int] | None = None  # the words chosen that something is offered for
        self.at_chip = False
        self._asking, self._digits = "", ""
        self.short = Expansion(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rescale()

    def rescale(self) -> None:
        super().rescale()
        self.document().setDocumentMargin(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (
            self._at_chip(event)
            or self._counting(event)
            or self._completing(event)
            or self.short.takes(event)
            or self._means(event)
        ):
            super().keyPressEvent(event)

    def _at_chip(self, event: QKeyEvent) -> bool:
        """At a theme signs and digits say more of it; any other key goes back to the words."""
        key, said, alt = event.key(), event.text(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.chipped.emit(1 if key == Qt.Key.Key_Right else -1)
            return True
        if not self.at_chip or key in (Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Control):
            return False
        if said and said in CHIP_SAYS and not alt:
            self.chip_said.emit(said)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.chip_said.emit("")
        else:
            self.chipped.emit(0)
            return key == Qt.Key.Key_Escape
        return True

    def ask_digits(self, what: str) -> None:
        """The digits typed next are a number of "nods" or the time "noted"; any other key ends it."""
        self._asking, self._digits = what, ""
        self.counted.emit(what, "?")

    def _counting(self, event: QKeyEvent) -> bool:
        if not self._asking or event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Control):
            return False
        what, most = self._asking, 2 if self._asking == "nods" else 4
        if event.text().isdigit() and event.text().isascii():
            self._digits += event.text()
            if len(self._digits) == most:
                self._asking = ""
            self.counted.emit(what, self._digits)
            return True
        if event.key() == Qt.Key.Key_Backspace and not event.modifiers():
            self._asking, self._digits = "", ""
            self.counted.emit(what, "")
            return True
        self._asking = ""
        self.counted.emit(what, self._digits or "?")
        return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)

    def _completing(self, event: QKeyEvent) -> bool:
        if self.spelling is not None and self.spelling.isVisible():
            used = self.spelling.handle(event)
            if not used:
                self.spelling.hide()
            return used
        offer = self.completion
        if event.text() == "#" and self.textCursor().hasSelection():
            self.chose.emit()
            return True
        if offer is None or not offer.isVisible():
            return False
        if self.for_words and self._seeking(event):
            return True
        if event.text() and event.text() in SIGNS:
            self.signed.emit(event.text())
            return True
        if event.text() == " ":
            self.spaced.emit()
            return False
        return offer.handle(event)

    def _seeking(self, event: QKeyEvent) -> bool:
        """Letters look for a theme: they never take the place of the words that are chosen."""
        said = event.text()
        if event.key() == Qt.Key.Key_Backspace:
            self.sought.emit("")
        elif len(said) == 1 and (said.isalpha() or said in "_ "):
            self.sought.emit(said)
        else:
            return False
        return True

    def _means(self, event: QKeyEvent) -> bool:
        key, held, cursor = event.key(), event.modifiers(), self.textCursor()
        held &= ~Qt.KeyboardModifier.KeypadModifier
        alone = held == Qt.KeyboardModifier.NoModifier and not cursor.hasSelection()
        up_down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and held == Qt.KeyboardModifier.NoModifier:
            self.ended.emit()
        elif held == Qt.KeyboardModifier.AltModifier and key in up_down:
            self.moved.emit(up_down[Qt.Key(key)])
        elif held == Qt.KeyboardModifier.AltModifier and Qt.Key.Key_A <= key <= Qt.Key.Key_H:
            self.spoke.emit(chr(key))
        elif held == Qt.KeyboardModifier.AltModifier and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.covered.emit(key - Qt.Key.Key_1)
        elif alone and key == Qt.Key.Key_Backspace and cursor.atStart():
            self.emptied.emit() if self.marked else self.joined.emit(True)
        elif alone and key == Qt.Key.Key_Delete and cursor.atEnd():
            self.joined.emit(False)
        elif alone and key in up_down and self._at_edge(up_down[Qt.Key(key)]):
            self.stepped.emit(up_down[Qt.Key(key)])
        else:
            return False
        return True

    def focusNextPrevChild(self, further: bool) -> bool:
        """Tab is a level of indent; Shift and Tab one less, and at the edge the way out of the line."""
        if not further and not self.level:
            return super().focusNextPrevChild(further)
        self.indented.emit(1 if further else -1)
        return True

    def _at_edge(self, step: int) -> bool:
        """Whether the cursor stands in the first (-1) or last (1) painted line of the words."""
        cursor = self.textCursor()
        move = QTextCursor.MoveOperation.Up if step < 0 else QTextCursor.MoveOperation.Down
        return not cursor.movePosition(move)

    def insertFromMimeData(self, source: QMimeData) -> None:
        try:
            said = pasted(source.text())
        except Fault as fault:
            self.told.emit(str(fault))
            return
        if len(said.lines) > 1:
            self.pasted.emit(said)
        elif said.lines:
            self.insertPlainText(said.lines[0][0])
        if said.told:
            self.told.emit(said.told)

    def position(self) -> int:
        """The cursor as a count of Python's characters."""
        before = self.toPlainText().encode("utf-16-le")[: self.textCursor().position() * 2]
        return len(before.decode("utf-16-le", "ignore"))

    def selected(self) -> tuple[int, int]:
        """From where to where words are chosen, in Python's characters."""
        raw, cursor = self.toPlainText().encode("utf-16-le"), self.textCursor()
        start, end = (
            len(raw[: at * 2].decode("utf-16-le", "ignore"))
            for at in (cursor.selectionStart(), cursor.selectionEnd())
        )
        return start, end

    def choose(self, start: int, end: int) -> None:
        """Choose words, in Python's characters."""
        self.put_cursor(start)
        cursor, text = self.textCursor(), self.toPlainText()
        cursor.setPosition(len(text[:end].encode("utf-16-le")) // 2, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def put_cursor(self, at: int) -> None:
        """The cursor behind so many of Python's characters."""
        cursor = self.textCursor()
        cursor.setPosition(len(self.toPlainText()[:at].encode("utf-16-le")) // 2)
        self.setTextCursor(cursor)


class LiveLine(Scaled, QWidget):
    """Time, speaker and kind of the live line, its field, and its themes below.

    `edited` after everything the person did to it; `row` says what it is now.
    """

    edited = Signal()
    grew = Signal()
    hashed = Signal(str, QPoint)  # what follows a # being typed, and where; NO_HASH when none is
    focus_came = Signal()
    chip_said = Signal(int, str)  # which of the themes, those of words last, and the sign or digit

    def __init__(self) -> None:
        super().__init__()
        self.row = NoteRow(b"", "")
        self.text = LiveText()
        self.text.setParent(self)
        self.setFocusProxy(self.text)
        self.marks = LiveWords(self.text)
        self._inserted = (0, 0, 0)
        self._loading = False
        self._height = 0
        self.text.document().contentsChange.connect(self._note_change)
        self.text.textChanged.connect(self._typed)
        self.text.cursorPositionChanged.connect(self._look_for_theme)
        self.text.emptied.connect(lambda: self.change(mark=""))
        self.text.spoke.connect(self._speak)
        self.text.indented.connect(self._indent)
        self.text.counted.connect(self._count)
        self.chip = -1  # the theme the person is at
        self.text.chipped.connect(self._walk_chips)
        self.text.chip_said.connect(lambda said: self.chip_said.emit(self.chip, said))

    def load(self, row: NoteRow, cursor: int | None = None) -> None:
        """Take up a line; the cursor goes to the end or behind so many characters."""
        self._loading = True
        stays = row.id == self.row.id and self.chip < len(row.chips) + len(row.words)
        self.chip = self.chip if stays else -1
        self.text.at_chip = self.chip >= 0
        self.row = row
        self.text.marked, self.text.level = bool(row.mark), row.indent
        self.text.setPlaceholderText(ERASED if row.erased else "")
        self.text.set_text(row.text)
        self.marks.load(row.text, row.words)
        self.text.put_cursor(len(row.text) if cursor is None else cursor)
        self._loading = False
        self._name()
        self._place()
        self.update()

    def words(self) -> str:
        return self.text.toPlainText().replace("\n", " ").replace("\u2028", " ")

    def change(self, **parts: object) -> None:
        """Change anything but the words, as the person asked."""
        self.row = replace(self.row, **parts)  # type: ignore[arg-type]
        self.text.marked, self.text.level = bool(self.row.mark), self.row.indent
        self._name()
        self._fit()
        self.update()
        self.edited.emit()

    def _speak(self, letter: str) -> None:
        self.change(speaker="" if self.row.speaker == letter else letter)

    def _indent(self, by: int) -> None:
        level = min(max(self.row.indent + by, 0), DEEPEST)
        if level != self.row.indent:
            self.change(indent=level)
            self._place()

    def _count(self, what: str, digits: str) -> None:
        """Digits asked for by a key: how many nod, or when it was noted on paper."""
        if digits == "?":
            return
        if what == "nods":
            self.change(nods=int(digits) if digits else None)
        elif not digits:
            self.change(noted=None)
        elif len(digits) >= 3:
            hour, minute = int(digits[:-2]), int(digits[-2:])
            if hour < 24 and minute < 60:
                day = datetime.fromtimestamp((self.row.typed or time.time() * 1000) / 1000)
                moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
                self.change(noted=int(moment.timestamp() * 1000))

    def _walk_chips(self, step: int) -> None:
        themes = [f"theme {name}, {DIRECTIONS.get(sign, '')}" for _, name, sign in self.row.chips]
        themes += [mark.spoken(self.row.text) for mark in self.row.words]
        if not step or not themes:
            self.chip = -1
        else:
            self.chip = (
                (self.chip + step) % len(themes) if self.chip >= 0 else (0 if step > 0 else -1) % len(themes)
            )
            says = f"{themes[self.chip]}; plus, minus, point, equals: direction; 1 to 4: how it is known"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.text, says))
        self.text.at_chip = self.chip >= 0
        self.update()

    def turn_chip(self, at: int, direction: str) -> None:
        """Show a theme with another direction."""
        chips, words = list(self.row.chips), list(self.row.words)
        if at < len(chips):
            chips[at] = (*chips[at][:2], direction)
        else:
            words[at - len(chips)] = replace(words[at - len(chips)], direction=direction)
        self.row = replace(self.row, chips=tuple(chips), words=tuple(words))
        self.marks.load(self.row.text, self.row.words)
        self._name()
        self.update()

    def _name(self) -> None:
        parts = [
            f"speaker {self.row.speaker}" if self.row.speaker else "",
            KINDS.get(self.row.mark, ""),
            f"indented {self.row.indent}" if self.row.indent else "",
            *(f"theme {name}" for _, name, _ in self.row.chips),
            *(mark.spoken(self.row.text) for mark in self.row.words),
            self.row.nod_words,
            "erased; what is typed here is new" if self.row.erased else "",
        ]
        about = ", ".join(part for part in parts if part)
        self.text.setAccessibleName(f"Note line {self.row.time}".strip())
        self.text.setAccessibleDescription(about)

    # -- what typing does

    def _note_change(self, position: int, removed: int, added: int) -> None:
        self._inserted = position, removed, added

    def _typed(self) -> None:
        if self._loading:
            return
        position, removed, added = self._inserted
        words = self.text.toPlainText()
        if position == 0 and added - removed == 1 and words[:1] in KINDS and not self.row.mark:
            self._take_out(1)
            self.row = replace(self.row, mark=words[0])
            self.text.marked = True
            self._name()
        elif words[:1] == " " and position == 0:  # a space after the mark is no part of the words
            self._take_out(len(words) - len(words.lstrip(" ")))
        elif position <= 3 and added == 1 and (said := _WHO.match(words)):
            self._take_out(said.end())
            self.row = replace(self.row, speaker=said[1])
            self._name()
        self.row = replace(self.row, text=self.words(), words=self.marks.now())
        self._fit()
        self.update()
        self.edited.emit()
        self._look_for_theme()

    def _take_out(self, first: int) -> None:
        """Take the first characters out of the words: they went into the gutter."""
        self._loading = True
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(first, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self.text.document().clearUndoRedoStacks()  # undoing it would put the mark there twice
        self._loading = False

    def _look_for_theme(self) -> None:
        if self._loading or (self.text.for_words and self.text.for_words == self.text.selected()):
            return
        found = _HASH.search(self.words()[: self.text.position()])
        where = self.text.cursorRect().bottomLeft()
        self.hashed.emit(found[1] if found else NO_HASH, self.text.viewport().mapTo(self.window(), where))

    def take_hash(self) -> None:
        """Take the #word before the cursor out of the words: it became a theme."""
        found = _HASH.search(self.words()[: self.text.position()])
        if not found:
            return
        cursor = self.text.textCursor()
        for _ in range(len(found[0])):
            cursor.deletePreviousChar()

    # -- size and painting

    def _lead(self) -> int:
        """Where the words begin."""
        return dp(LEAD) + dp(STEP) * self.row.indent

    def _room(self, width: int) -> int:
        return max(width - self._lead() - dp(8), dp(80))

    def _field_height(self, width: int) -> int:
        document = self.text.document()
        if document.textWidth() != width:
            document.setTextWidth(width)
        return max(round(document.size().height()), round(metrics("body").height() * 1.12))

    def heightForWidth(self, width: int) -> int:
        room = self._room(width)
        return dp(TOP) + self._field_height(room) + extras_height(extras(self.row, room)) + dp(BOTTOM)

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(dp(320), self.heightForWidth(max(self.width(), dp(320))))

    def _fit(self) -> None:
        height = self.heightForWidth(self.width())
        if height != self._height:
            self._height = height
            self._place()
            self.grew.emit()

    def _place(self) -> None:
        room = self._room(self.width())
        self.text.setGeometry(self._lead(), dp(TOP), room, self._field_height(room) + dp(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._height = self.height()
        self._place()
        self._look_for_theme()

    def moveEvent(self, event: QMoveEvent) -> None:
        self._look_for_theme()

    def rescale(self) -> None:
        self._place()
        super().rescale()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.text.setFocus(event.reason())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), colours()
        box = self.rect().adjusted(0, dp(4), -1, -dp(4))
        rounded(painter, box, palette["surface"], palette["focus"], palette.focus_width, dp(6))
        line = round(metrics("body").height() * 1.12)
        middle = dp(TOP) + line / 2
        paint_gutter(painter, 0, middle, self.row, live=True)
        high = self.text.height() - dp(2)
        if self.row.mark == '"':
            bar = self.rect().adjusted(self._lead() - dp(8), dp(TOP) + 2, 0, 0)
            bar.setSize(QSize(dp(2), high - 4))
            rounded(painter, bar, palette["accent"], None, radius=1)
        placed = extras(self.row, self._room(self.width()))
        paint_extras(painter, self._lead(), dp(TOP) + high, placed, "accent_soft", self.chip)
