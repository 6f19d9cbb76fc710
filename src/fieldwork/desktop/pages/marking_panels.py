"""What opens in place below the answers: go to a code, rest of the section, theme, history, finish check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import (
    Box,
    Button,
    Card,
    Completion,
    Field,
    KeyHint,
    Progress,
    Row,
    RowList,
    Tag,
    Text,
    flow,
    row,
)
from fieldwork.domain.question_set import Question
from fieldwork.domain.records import Theme
from fieldwork.questions.repeating import parted
from fieldwork.work.themes import ranked

DIRECTION_KEYS = {"+": "strength", "-": "concern", "\u2212": "concern", "~": "mixed", "=": "neutral"}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Prompt(Field):
    """One line that takes Enter and Escape for itself. `submitted(text)`, `cancelled()`."""

    submitted = Signal(str)
    cancelled = Signal()

    def __init__(self, hint: str, name: str) -> None:
        super().__init__("", hint, name)
        self.first: Completion | None = None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in (*_ENTER, Qt.Key.Key_Escape):
                event.accept()
                return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Tab
            and self.first is not None
            and self.first.handle(event)
        ):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.first is not None and event.key() != Qt.Key.Key_Escape and self.first.handle(event):
            return
        if event.key() in _ENTER:
            self.submitted.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


TIGHT = 320  # narrower than this the keys of a panel stand below what it asks


class PromptPanel(Card):
    """A label, a line to type in, and quiet words below that say what Enter will do."""

    closed = Signal()

    def __init__(self, title: str, hint: str, action: str) -> None:
        self.label = Text(title, "label", weight=600, wrap=True)
        self.field = Prompt(hint, title)
        self.label.setBuddy(self.field)
        self.below = Text("", "caption", "quiet", wrap=True)
        keys = row(KeyHint("Enter", action), KeyHint("Esc", "close"), None, space=12)
        self._top = row((self.label, 1), keys, space=12)
        super().__init__(
            self._top,
            self.field,
            self.below,
            pad=12,
            space=6,
            ground="sunken",
        )
        self.field.cancelled.connect(self.closed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._top.turn(self.width() < dp(TIGHT))

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)


class GoPanel(PromptPanel):
    """Type a code: D04, d4 or 4 in this section; S01 2 for the second of several. `chosen(code)`.

    here: the place one is at, so that within a repeat the same one is meant; number: which of its repeat a place is in.
    """

    chosen = Signal(str)

    def __init__(
        self,
        asked: Sequence[Question],
        dormant: Sequence[Question],
        section: str,
        apart: Mapping[str, str] = MappingProxyType({}),
        here: str = "",
        number: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        super().__init__("Go to question", "Code, for example D04", "go")
        self._here, self._number = parted(here)[1], number
        self._apart = apart  # by code why one is never asked of this examiner
        self._asked, self._dormant, self._section = asked, dormant, section
        self.field.textChanged.connect(self._look)
        self.field.submitted.connect(self._go)
        self._look("")

    def meant(self, typed: str) -> Question | None:
        """The question that is meant: its code, the code without zeros, or its number in this section.

        Of one that is asked of several, that of the number behind it, else of the one that one is at, else the first.
        """
        wanted, number = _numbered(typed)
        if not wanted:
            return None
        if wanted.isdigit():
            wanted = self._section.upper() + wanted
        some = [q for q in self._asked if _same(parted(q.code)[0], wanted)]
        some = some or [q for q in self._asked if q.code.upper().startswith(wanted)]
        some = [q for q in some if parted(q.code)[0] == parted(some[0].code)[0]]
        if number is not None:
            return next((q for q in some if self._number(q.code) == number), None)
        return next((q for q in some if parted(q.code)[1] == self._here), some[0] if some else None)

    def _look(self, typed: str) -> None:
        question = self.meant(typed)
        if question is not None:
            number = self._number(question.code)
            which = f" {number}" if number is not None else ""
            self.below.setText(f"{parted(question.code)[0]}{which}  {question.label}")
        elif not typed.strip():
            self.below.setText("A number alone means this section.")
        else:
            wanted = typed.strip().upper()
            kept = any(_same(parted(q.code)[0], wanted) for q in self._dormant)
            why = "is not asked of this file now; its answer is kept" if kept else "is not asked of this file"
            never = next((said for code, said in self._apart.items() if _same(code, wanted)), "")
            self.below.setText(never or f"{wanted} {why}.")

    def _go(self, typed: str) -> None:
        question = self.meant(typed)
        if question is not None:
            self.chosen.emit(question.code)


def _numbered(typed: str) -> tuple[str, int | None]:
    """What is typed as a code and, behind a space, the number of one of several: "S01 2"."""
    code, _, number = typed.strip().upper().partition(" ")
    return (
        (code, int(number))
        if number.strip().isdecimal() and number.isascii()
        else (typed.strip().upper(), None)
    )


def _same(code: str, typed: str) -> bool:
    """Whether a typed code means this one: "D4" is "D04"."""
    code = code.upper()
    head, digits = code.rstrip("0123456789"), code[len(code.rstrip("0123456789")) :]
    rest = typed[len(head) :]
    return code == typed or (
        bool(digits) and typed.startswith(head) and rest.isdigit() and int(rest) == int(digits)
    )


class RestPanel(PromptPanel):
    """The rest of a section does not apply: why. `given(reason)`."""

    given = Signal(str)

    def __init__(self, section: str, codes: Sequence[str]) -> None:
        super().__init__(f"Why does the rest of {section} not apply?", "One reason for all of them", "save")
        self._codes = ", ".join(codes)
        self.below.setText(f"Not applicable: {self._codes}")
        self.field.submitted.connect(self._give)

    def _give(self, reason: str) -> None:
        if reason.strip():
            self.given.emit(reason.strip())
        else:
            self.below.setText(f"A few words are needed. Not applicable: {self._codes}")


class ThemePanel(PromptPanel):
    """A theme out of the codebook. `chosen(theme, direction)`."""

    chosen = Signal(object, str)

    def __init__(
        self, themes: Sequence[Theme], direction: str, window: QWidget, recent: Sequence[bytes]
    ) -> None:
        super().__init__("Theme", "Begin to type; + strength, - concern, ~ mixed", "take")
        self._themes, self._direction = themes, direction
        self._recent = recent
        self._offered: list[Theme] = []
        self.completion = Completion(window)
        self.completion.taken.connect(self._take)
        self.field.first = self.completion
        self.field.textChanged.connect(self.offer)
        self.field.submitted.connect(lambda _: self._take(0))

    def direction(self) -> str:
        last = self.field.text()[-1:]
        return DIRECTION_KEYS.get(last, self._direction)

    def fits(self, typed: str) -> list[Theme]:
        """Themes for what was typed before a sign of direction."""
        wanted = typed.rstrip("".join(DIRECTION_KEYS)).strip()
        return ranked(self._themes, wanted, self._recent)

    def offer(self, *_: object) -> None:
        window = self.window()
        self._offered = self.fits(self.field.text())
        self.below.setText(f"As {self.direction()}" if self._offered else "No such theme in the codebook.")
        at = self.field.mapTo(window, QPoint(0, self.field.height() + dp(4)))
        rows = [Row(theme.name, trail=self.direction(), ident=theme.id) for theme in self._offered]
        self.completion.offer("Themes", rows, at, window.height() - dp(8))

    def take_focus(self) -> None:
        super().take_focus()
        QTimer.singleShot(0, self, self.offer)  # once it has its place

    def _take(self, index: int) -> None:
        if 0 <= index < len(self._offered):
            self.chosen.emit(self._offered[index], self.direction())

    def drop(self) -> None:
        """Take the popup, a child of the window, along."""
        self.completion.hide()
        self.completion.deleteLater()


class ListPanel(Card):
    """A heading over rows; Enter opens one, Escape closes. `opened(ident)`."""

    opened = Signal(object)
    closed = Signal()

    def __init__(self, title: str, rows: Sequence[Row], hint: str = "", empty: str = "") -> None:
        self.title = Text(title, "strong", wrap=True)
        self.list = RowList(rows, name=title, lead=44 if any(r.lead for r in rows) else 0)
        self.empty = Text(empty, "small", "quiet", wrap=True)
        hints = [KeyHint("Enter", hint)] if hint else []
        super().__init__(
            row((self.title, 1), *hints, KeyHint("Esc", "close"), space=12),
            self.list,
            self.empty,
            pad=12,
            space=6,
            ground="sunken",
        )
        self.list.opened.connect(lambda index: self.opened.emit(self.list.rows[index].ident))
        self.fill(rows, empty)

    def fill(self, rows: Sequence[Row], empty: str) -> None:
        """Other rows; the sentence to show where there are none."""
        had_focus = self.list.hasFocus() or self.hasFocus()
        self.list.set_rows(rows)
        self.empty.setText(empty)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if rows else Qt.FocusPolicy.StrongFocus)
        self.list.go(0 if rows else -1)
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        at = self.list if self.list.rows else self
        at.setFocus(Qt.FocusReason.OtherFocusReason)


class FinishPanel(Box):
    """The finish check: what keeps the file open, or that it is finished and what comes next.

    `jumped(code)` on Enter at a line; `onward()` on Enter once it is finished; `back()`.
    """

    jumped = Signal(str)
    onward = Signal()
    back = Signal()

    def __init__(self) -> None:
        self.title = Text("", "title", wrap=True)
        self.sub = Text("", "small", "quiet", wrap=True)
        self.state = Tag("")
        self.bar = Progress(name="Answered")
        self.list = RowList(name="Open questions", lead=44)
        self.next = Button("Next file", "Enter", "primary", "arrow-right", big=True)
        self.stay = Button("Back to the questions", "Esc", "quiet")
        super().__init__(
            self.title,
            self.sub,
            self.state,
            4,
            self.bar,
            4,
            self.list,
            8,
            flow(self.next, self.stay, space=8),
            None,
            space=8,
            margins=(32, 24, 32, 16),
        )
        self.list.opened.connect(self._open)
        self.next.clicked.connect(self.onward)
        self.stay.clicked.connect(self.back)

    def _open(self, index: int) -> None:
        ident = self.list.rows[index].ident
        if ident:
            self.jumped.emit(str(ident))

    def show_open(self, title: str, sub: str, rows: Sequence[Row], given: int, asked: int) -> None:
        """What is still open. Rows carry question codes as `ident`."""
        self.title.setText(title)
        self.sub.setText(sub)
        self.state.setVisible(False)
        self.bar.set(given, asked)
        self.bar.show()
        self.list.set_rows(rows)
        self.list.show()
        self.next.hide()
        self.list.go(next((i for i, r in enumerate(rows) if not r.head), -1))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_working(self, title: str) -> None:
        """The write is on its way."""
        self.title.setText(title)
        self.sub.setText("")
        for widget in (self.bar, self.list, self.next, self.state):
            widget.hide()
        self.stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_finished(self, title: str, sub: str, following: str) -> None:
        """following: where Enter goes, in words."""
        self.show_working(title)
        self.sub.setText(sub)
        self.state.set("finished", "circle-check", "accent")
        self.state.show()
        self.next.set_text(following)
        self.next.show()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
