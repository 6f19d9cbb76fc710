"""Words that are not found: what was marked, the text as it stands, and which words of it are meant now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Card,
    Empty,
    KeyHint,
    Pane,
    Row,
    RowList,
    Text,
    TextArea,
    col,
    flow,
    page_head,
    scroll,
    section,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import Id
from fieldwork.work import excerpt_repair
from fieldwork.work.excerpt_repair import ToRepair

WHOLE = {"note_line": "line", "answer": "answer", "agreed_answer": "answer"}
PLACES = {"note_line": "Interviews", "answer": "Files", "agreed_answer": "Files"}


class WordsLost(Box):
    """The marked words that are not found, and the one that is looked at. `renewed`: other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(down=False, space=0)
        self.desk, self._latest = desk, Latest(desk)
        self.waiting: tuple[ToRepair, ...] = ()
        self.at: ToRepair | None = None
        self.later: set[Id] = set()
        self.busy = self._known = self.narrow = False
        self.list = RowList(name="Words not found", fit=False, chooses=True)
        self.list.moved.connect(self._moved)
        self.side = Pane((self.list, 1), ground="sunken", lines="r", margins=(12, 16, 12, 12), width=268)
        self.head = page_head("Words not found", " ", back="Team")
        self.quote = Text("", "strong", wrap=True)
        self.stands = Text("", "small", "quiet", wrap=True)
        self.was = Card(Text("What was marked", "caption", "quiet"), self.quote, self.stands, pad=16, space=4)
        self.text = TextArea(name="The text as it stands", lines=4, most=14)
        self.text.setReadOnly(True)
        self.list.opened.connect(lambda _: self.text.setFocus())
        by_keys = (
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.text.setTextInteractionFlags(by_keys)
        self.text.selectionChanged.connect(self._chosen)
        self.text.installEventFilter(self)
        self.hint = flow(KeyHint("Shift \u2190 \u2192", "other words"), KeyHint("Enter", "these"), space=8)
        self.now = col(
            section("As it stands, the likest words chosen", indent=0), self.text, self.hint, space=8
        )
        self.said = Text("", "small", wrap=True)
        self.said.hide()
        self.nothing = Empty(
            "circle-check",
            "All marked words are where they belong",
            "Words with a theme go along when a line is changed. Where colleagues changed a line so that its words "
            "can no longer be told for certain, they wait here.",
            button("team.back", words="Back to the team"),
        )
        self.these = button("lost.these", "primary", big=True)
        self.whole = button("lost.whole")
        self.put_off_button = button("lost.later", "quiet")
        self.open_button = button("lost.open", "quiet")
        self.kept = Text(
            "What stands on the words stays on them. It can be undone.", "caption", "quiet", wrap=True
        )
        buttons = flow(self.these, self.whole, self.put_off_button, self.open_button, space=8)
        self.foot = Pane(self.said, buttons, self.kept, lines="t", margins=(32, 12, 32, 12), space=8)
        self.inner = Pane(
            self.head, self.was, self.now, self.nothing, None, margins=(32, 24, 32, 12), space=16
        )
        self.area = scroll(self.inner, "Words not found")
        self.add(self.side, (col((self.area, 1), self.foot, space=0), 1))
        self._show()

    def shape(self, narrow: bool, short: bool) -> None:
        self.narrow = narrow
        edge = 24 if narrow else 32
        self.inner.spaced.margins = (edge, 12 if narrow or short else 24, edge, 12)
        self.foot.spaced.margins = (edge, 8 if narrow else 12, edge, 8 if narrow else 12)
        for pane in (self.inner, self.foot):
            pane.rescale()
        self._show()

    # Reading

    def read(self) -> None:
        self._latest.ask(excerpt_repair.to_repair, then=self._take)

    def _take(self, waiting: Sequence[ToRepair]) -> None:
        first, self._known = not self._known, True
        held = self.at
        self.waiting = tuple(sorted(waiting, key=lambda one: one.lost.excerpt in self.later))
        again = next((one for one in self.waiting if held and one.lost.excerpt == held.lost.excerpt), None)
        self.at = again or (self.waiting[0] if self.waiting else None)
        self._show(keep=self.at is not None and self.at == held)
        if first and self.isVisible():
            self.take_focus()

    # Showing

    def _show(self, keep: bool = False) -> None:
        one = self.at
        rows = [Row(f"To find again: {len(self.waiting)}", head=True, ident="head")] if self.waiting else []
        rows += [
            Row(
                f"\u201c{each.lost.quote}\u201d",
                each.where,
                icon="tag",
                trail="later" if each.lost.excerpt in self.later else "",
                ident=each.lost.excerpt,
            )
            for each in self.waiting
        ]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        wanted = one.lost.excerpt if one is not None else None
        self.list.go(next((i for i, each in enumerate(rows) if each.ident == wanted), -1))
        self.list.blockSignals(False)
        self.side.setVisible(bool(self.waiting) and not self.narrow)
        self.nothing.setVisible(one is None and self._known)
        for widget in (self.was, self.now, self.foot):
            widget.setVisible(one is not None)
        if one is None:
            self.head.set("Words not found", "", back="Team")
        elif not keep:
            self._show_one(one)
        self.renewed.emit()

    def _show_one(self, one: ToRepair) -> None:
        whole = WHOLE.get(one.kind, "text")
        self.head.set(
            "Which words are meant now?",
            f"{one.where}. The {whole} was changed.",
            back="Team  /  Words not found",
        )
        self.quote.setText(f"\u201c{one.lost.quote}\u201d")
        self.stands.setText(hangs(one))
        self.whole.set_text(f"The whole {whole}")
        self.text.set_text(one.lost.text)
        self._choose(one.lost.nearest)
        self._chosen()

    def _choose(self, span: tuple[int, int] | None) -> None:
        """Select characters of the text, which Qt counts in UTF-16."""
        cursor = QTextCursor(self.text.document())
        if span is not None and self.at is not None:
            start, end = (_units(self.at.lost.text[:place]) for place in span)
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.text.setTextCursor(cursor)

    def span(self) -> tuple[int, int]:
        """The characters that are selected; the same twice where none are."""
        cursor, said = self.text.textCursor(), self.text.text()
        encoded = said.encode("utf-16-le", "surrogatepass")
        start, end = (
            len(encoded[: 2 * at].decode("utf-16-le", "surrogatepass"))
            for at in (cursor.selectionStart(), cursor.selectionEnd())
        )
        return start, end

    def _chosen(self) -> None:
        self.these.setEnabled(not self.busy and self.text.textCursor().hasSelection())

    def _say(self, sentence: str, tone: str = "text") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Moving

    def _moved(self, index: int) -> None:
        rows = self.list.rows
        wanted = rows[index].ident if 0 <= index < len(rows) else None
        found = next((one for one in self.waiting if one.lost.excerpt == wanted), None)
        if found is not None and found is not self.at:
            self.go_to(found)

    def go_to(self, one: ToRepair) -> None:
        self.at = one
        self._say("")
        self.area.verticalScrollBar().setValue(0)
        self._show()

    def step(self, by: int) -> None:
        if self.at is not None:
            self.go_to(self.waiting[(self.waiting.index(self.at) + by) % len(self.waiting)])

    def put_off(self) -> None:
        """Decide later: to the end of the list, and on to the next."""
        if self.at is not None:
            self.later.add(self.at.lost.excerpt)
            self.waiting = tuple(sorted(self.waiting, key=lambda one: one.lost.excerpt in self.later))
            self.go_to(self.waiting[0])
            self.take_focus()

    def open_home(self) -> None:
        if self.at is not None and self.at.kind in PLACES:
            self.desk.go(PLACES[self.at.kind], self.at.lost.target)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the words; up and down beyond the text go on in it, as in any text."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if (
            watched is self.text
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in enter
        ):
            self.take_these()
            return True
        return super().eventFilter(watched, event)

    # Deciding

    def take_these(self) -> None:
        """The words that are selected are the ones that were marked."""
        start, end = self.span()
        if self.at is None:
            return
        if start == end:
            self._say("Choose the words with Shift and the arrows first.", "quiet")
            self.text.setFocus()
            return
        chosen = self.at.lost.text[start:end].strip()
        self._act(
            excerpt_repair.mend,
            f"Marked: \u201c{chosen}\u201d.",
            excerpt=self.at.lost.excerpt,
            start=start,
            end=end,
        )

    def take_whole(self) -> None:
        """No words of it are meant any more: what stood on them falls to the whole line or answer."""
        if self.at is not None:
            said = f"It stands on the whole {WHOLE.get(self.at.kind, 'text')} now."
            self._act(excerpt_repair.give_up, said, excerpt=self.at.lost.excerpt)

    def _act(self, act: Callable[..., object], said: str, **given: Any) -> None:
        if not self.busy:
            self.busy = True
            self.desk.act(act, then=lambda _: self._done(said), otherwise=self._failed, **given)

    def _done(self, said: str) -> None:
        self.busy = False
        self._say(said, "quiet")
        self.at = None
        self.read()
        self.take_focus()

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self._say(sentence_for(error), "danger")
        self.read()

    def take_focus(self) -> None:
        (self.list if self.side.isVisibleTo(self) else self.text).setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        if self.at is None:
            return {}
        return {
            "lost.these": self.take_these,
            "lost.whole": self.take_whole,
            "lost.later": self.put_off,
            "lost.open": self.open_home,
            "lost.next": lambda: self.step(1),
            "lost.previous": lambda: self.step(-1),
        }


def hangs(one: ToRepair) -> str:
    """What stands on the words."""
    said = [f"Themes: {'; '.join(one.themes)}."] if one.themes else []
    if one.backs:
        said.append(f"Evidence of {words.counted(len(one.backs), 'point or finding', 'points or findings')}.")
    if one.masked:
        said.append(
            "They are masked in what leaves the team: until they are found, look at the line yourself."
        )
    return " ".join(said)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
