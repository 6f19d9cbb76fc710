"""Quiet lines under the live line: dotted where a word may be misspelt, dashed where words may name a person."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import appearance, colours, dp
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit.completion import Completion
from fieldwork.desktop.kit.rows import Row
from fieldwork.desktop.kit.text import Text
from fieldwork.desktop.pages.note_live import LiveText
from fieldwork.work import spelling
from fieldwork.work.spelling import Doubt, Speller

ADD = ""  # the team's words get one more
WORDS_MS = 700  # after a note was opened: reading the words of the language takes some two tenths of a second
UNDERLINES = {
    False: (QTextCharFormat.UnderlineStyle.DotLine, "text2"),
    True: (QTextCharFormat.UnderlineStyle.DashUnderline, "warn"),
}


class Underlines(QSyntaxHighlighter):
    """Draws the doubts of a text; nothing of it is changed. typing: up to where a word is being typed, -1 for none."""

    def __init__(self, document: QTextDocument) -> None:
        self.speller: Speller | None = None
        self.typing = -1
        document.contentsChange.connect(self._typed)  # known before the lines are drawn anew
        super().__init__(document)

    def _typed(self, at: int, removed: int, added: int) -> None:
        self.typing = at + added if added == 1 else -1

    def highlightBlock(self, text: str) -> None:
        if self.speller is None:
            return
        first = self.currentBlock().position()
        for one in self.speller.doubts(text):
            start, end = units(text, one.start), units(text, one.end)
            if first + end == self.typing and not one.personal:
                continue
            style, tone = UNDERLINES[one.personal]
            look = QTextCharFormat()
            look.setUnderlineStyle(style)
            look.setUnderlineColor(colours()[tone])
            self.setFormat(start, end - start, look)


class NoteSpelling(QObject):
    """Checks the live line and offers what may be meant. told: what nobody has to do anything about."""

    def __init__(self, text: LiveText, desk: Desk, host: QWidget) -> None:
        super().__init__(host)
        self._text, self._desk, self._host = text, desk, host
        self.on = True
        self.told = Text("", "caption", "quiet", wrap=True)
        self.told.hide()
        self._under = Underlines(text.document())
        self._at: tuple[int, int] = (0, 0)
        self._offered: list[str] = []
        text.cursorPositionChanged.connect(self._left)
        appearance.changed.connect(self._under.rehighlight)

    def begin(self) -> None:
        """A note was opened; its lines come first."""
        self.told.hide()
        QTimer.singleShot(WORDS_MS, self, self.load)

    def load(self) -> None:
        """Read the words and lists in their lane, once; lines come under words when they are there."""
        if self._under.speller is None and self.on:
            self._desk.ask(spelling.speller, then=self._take)

    def _take(self, found: Speller) -> None:
        self._under.speller = found
        self._under.rehighlight()

    def switch(self) -> None:
        """No lines, or lines again."""
        self.on = not self.on
        self._under.speller = None
        self._under.rehighlight()
        self.load()
        self._tell("Spelling is looked at." if self.on else "Spelling is not looked at.")

    def doubts(self) -> list[Doubt]:
        """The doubts of the live line as it stands."""
        speller = self._under.speller
        return speller.doubts(self._text.toPlainText()) if speller is not None else []

    def _left(self) -> None:
        """A word that was left is looked at."""
        if self._under.typing >= 0 and self._text.textCursor().position() != self._under.typing:
            self._under.typing = -1
            self._under.rehighlightBlock(self._text.textCursor().block())

    # What may be meant

    def ask(self) -> None:
        """Offer what may be meant by the word at the cursor, or by the next one that is in doubt."""
        speller, text = self._under.speller, self._text.toPlainText()
        doubts = self.doubts()
        if speller is None or not doubts:
            self._tell("Every word of this line is known.")
            return
        here = self._text.position()
        one = next((one for one in doubts if one.end >= here), doubts[0])
        self._at = one.start, one.end
        word = text[one.start : one.end]
        self._offered = [*(() if one.personal else speller.suggestions(word)), ADD]
        rows = [Row(each, ident=each) for each in self._offered[:-1]]
        rows.append(
            Row("It is no name: add to the team's words" if one.personal else "Add to the team's words")
        )
        cursor = self._text.textCursor()
        cursor.setPosition(units(text, one.end))
        self._text.setTextCursor(cursor)
        self._offer(f"\u201c{word}\u201d", rows)

    def _offer(self, title: str, rows: list[Row]) -> None:
        window = self._host.window()
        if self._text.spelling is None:  # only now is there a window to lie in
            self._text.spelling = Completion(window, (("Enter", "take"), ("Esc", "leave")))
            self._text.spelling.taken.connect(self._chosen)
        below = self._text.viewport().mapTo(window, self._text.cursorRect().bottomLeft()) + QPoint(0, dp(10))
        floor = self._host.mapTo(window, QPoint(0, self._host.height())).y()
        self._text.spelling.offer(title, rows, below, floor)

    def leave(self) -> bool:
        """Put away what is offered; whether anything was."""
        offered = self._text.spelling
        if offered is None or not offered.isVisible():
            return False
        offered.hide()
        return True

    def _chosen(self, index: int) -> None:
        if not 0 <= index < len(self._offered):
            return
        chosen, text = self._offered[index], self._text.toPlainText()
        word = text[self._at[0] : self._at[1]]
        if chosen == ADD:
            for part in word.split():
                self._desk.act(spelling.know_word, word=part, then=partial(self._known, part))
        else:
            cursor = QTextCursor(self._text.document())
            cursor.setPosition(units(text, self._at[0]))
            cursor.setPosition(units(text, self._at[1]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(chosen)

    def _tell(self, sentence: str) -> None:
        self.told.setText(sentence)
        self.told.show()

    def _known(self, word: str, _: object) -> None:
        if self._under.speller is not None:
            self._take(self._under.speller.knowing(word))


def units(text: str, at: int) -> int:
    """A place of a text as Qt counts it."""
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
