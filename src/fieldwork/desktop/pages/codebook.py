"""The codebook: the tree of themes, what each is for, and every change to it by a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Choice,
    Empty,
    Field,
    Row,
    RowList,
    Text,
    TextArea,
    col,
    page_head,
    scroll,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.kit.theme_colour import SHIPPED, ThemeChip
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.codebook_exchange import CodebookFiles
from fieldwork.desktop.pages.codebook_split import Splitting
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import Id
from fieldwork.work import codebook
from fieldwork.work.codebook import Shown
from fieldwork.work.done import Done
from fieldwork.work.theme_tree import MAX_DEPTH

_STEP = "\u2003"  # of a theme below another one
_DIRECTIONS = ("strength", "concern", "mixed", "neutral")


class CodebookView(Box):
    """`renewed` when other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(space=10)
        self.desk, self._now = desk, now
        self._reads = Latest(desk)
        self.shown: tuple[Shown, ...] = ()
        self._parent: Id | None = None  # of the theme that is being added
        self._theme: Id | None = None  # that is being described, None for a new one
        self._wanted: Id | None = None  # to be at once the list is read again
        self._narrow = False
        self.head = page_head(
            "Codebook",
            "",
            button("setup.theme"),
            button("setup.describe"),
            button("setup.read"),
            button("setup.write"),
        )
        self.said = Text("", "small", "quiet", wrap=True)
        self.list = RowList(name="Themes", fit=False)
        self.list.moved.connect(lambda _: self._show_detail())
        self.list.opened.connect(lambda _: self.describe())
        self.list.let_drag()
        self.list.dropped.connect(self._dropped)
        self.empty = Empty("tag", "No theme yet", "a adds one; i reads a codebook in.")
        self.detail = col(space=10, margins=(4, 0, 4, 8))
        self.about = scroll(self.detail, "About the theme")
        self.body = Box((col((self.list, 1), self.empty), 5), (self.about, 4), down=False, space=24)
        self.pick = PickLine(self, "Merge into", "the theme it is read as from now on")
        self.pick.picked.connect(self._merge_into)
        self.pick.left.connect(self.take_focus)
        self._lines(button)
        self.forms = scroll(col(*self._forms(), self.splitting, None, space=0), "What is asked for")
        self.add(self.head, self.said, self.pick, (self.forms, 1), (self.body, 1))
        for part in (self.said, self.forms, self.empty):
            part.hide()

    def _lines(self, button: Callable[..., Button]) -> None:
        colours = [("", "none"), *SHIPPED]
        self.line = FormLine(
            "A new theme",
            {
                "name": ("Name", Field(), 260),
                "guidance": ("When it is used", TextArea(lines=2, most=6), 420),
                "examples": ("Examples", TextArea(lines=2, most=6), 420),
                "colour": ("Colour", Choice(colours), 160),
                "heading": (
                    "Put on evidence",
                    Choice([("", "yes"), ("1", "no, it only groups others")]),
                    220,
                ),
            },
            "Keep",
        )
        self.line.kept.connect(self.keep)
        self.files = CodebookFiles(self.desk, button, self._now)
        self.reading, self.writing = self.files.reading, self.files.writing
        self.files.opened.connect(self._open)
        self.files.done.connect(self._read_or_written)
        self.splitting = Splitting(self.desk)
        self.splitting.opened.connect(self._open)
        self.splitting.asked.connect(self.renewed)
        self.splitting.split.connect(self._kept)
        for line in self._forms():
            line.left.connect(self._close)

    def _forms(self) -> tuple[FormLine, ...]:
        return self.line, self.reading, self.writing, self.splitting.naming

    # Reading

    def read(self) -> None:
        self._reads.ask(codebook.codebook_now, then=self._take)

    def _take(self, shown: tuple[Shown, ...]) -> None:
        self.shown = shown
        levels = max((one.depth for one in shown), default=-1) + 1
        self.head.set(
            "Codebook",
            f"{words.counted(len(shown), 'theme', 'themes')} on {words.counted(levels, 'level', 'levels')}",
        )
        self.list.set_rows([_row(one) for one in shown])
        if self._wanted is not None:
            place = next((at for at, one in enumerate(shown) if one.theme.id == self._wanted), None)
            if place is not None:
                self.list.go(place)
                self._wanted = None
        elif self.list.row() < 0:
            self.list.go(0)
        self._arrange()
        self._show_detail()
        self.renewed.emit()

    def at(self) -> Shown | None:
        current = self.list.current()
        return next(
            (one for one in self.shown if current is not None and one.theme.id == current.ident), None
        )

    def _show_detail(self) -> None:
        self.detail.clear()
        one = self.at()
        if one is not None:
            theme = one.theme
            name: QWidget = (
                ThemeChip(theme.name, theme.colour) if theme.colour else Text(theme.name, "strong", wrap=True)
            )
            self.detail.add(name)
            for caption, text in _told_of(one):
                lines = [Text(line, "small", wrap=True) for line in text.split("\n")]
                self.detail.add(col(Text(caption, "caption", "quiet"), *lines, space=2))
        self.detail.add(None)
        self.renewed.emit()

    # Adding and describing

    def add_theme(self) -> None:
        """A theme beside the one the list is at."""
        one = self.at()
        self._ask_new(one.theme.parent if one is not None and one.depth else None)

    def add_below(self) -> None:
        one = self.at()
        if one is not None:
            self._ask_new(one.theme.id)

    def _ask_new(self, parent: Id | None) -> None:
        self._theme, self._parent = None, parent
        above = next((one.theme.name for one in self.shown if one.theme.id == parent), "")
        self.line.put(name="", guidance="", examples="", colour="", heading="")
        self._open(self.line, f"A new theme below {above}" if above else "A new theme")

    def describe(self) -> None:
        one = self.at()
        if one is None:
            return
        theme = one.theme
        self._theme = theme.id
        choice = self.line.widgets["colour"]
        assert isinstance(choice, Choice)
        own = [] if theme.colour in {code for code, _ in SHIPPED} | {""} else [(theme.colour, theme.colour)]
        choice.set_options([("", "none"), *SHIPPED, *own])
        self.line.put(
            name=theme.name,
            guidance=theme.guidance,
            examples=theme.examples,
            colour=theme.colour,
            heading="1" if theme.heading else "",
        )
        self._open(self.line, f"The theme {theme.name}")

    def keep(self) -> None:
        typed = {name: self.line.text(name) for name in ("name", "guidance", "examples", "colour")}
        heading = self.line.text("heading") == "1"
        if self._theme is None:
            self.desk.act(
                codebook.add_theme,
                parent=self._parent,
                heading=heading,
                then=self._kept,
                otherwise=self._not_kept,
                **typed,
            )
        else:
            self.desk.act(
                codebook.describe_theme,
                theme=self._theme,
                heading=heading,
                then=self._kept,
                otherwise=self._not_kept,
                **typed,
            )

    def _kept(self, done: Done) -> None:
        self._wanted = done.id
        self._close()
        self.read()

    def _not_kept(self, error: BaseException) -> None:
        self.line.wrong("name", sentence_for(error))

    # Moving

    def shift(self, step: int) -> None:
        """One place up or down among the themes of its level."""
        one = self.at()
        if one is None:
            return
        sisters = self._sisters(one)
        place = sisters.index(one) + step
        if not 0 <= place < len(sisters):
            return
        after = sisters[place] if step > 0 else (sisters[place - 1] if place else None)
        self._put(one, one.theme.parent if one.depth else None, after)

    def inwards(self) -> None:
        """Below the theme before it."""
        one = self.at()
        if one is None:
            return
        sisters = self._sisters(one)
        place = sisters.index(one)
        if place:
            above = sisters[place - 1]
            below = [each for each in self.shown if each.depth and each.theme.parent == above.theme.id]
            self._put(one, above.theme.id, below[-1] if below else None)

    def outwards(self) -> None:
        """Behind the theme it stands below."""
        one = self.at()
        above = next((each for each in self.shown if one and each.theme.id == one.theme.parent), None)
        if one is not None and one.depth and above is not None:
            self._put(one, above.theme.parent if above.depth else None, above)

    def _dropped(self, source: int, target: int, onto: bool) -> None:
        """Onto a theme: first below it. Behind one: beside it, or, where others stand below it, first of these."""
        one, over = self.shown[source], self.shown[target] if target >= 0 else None
        following = self.shown[target + 1] if target + 1 < len(self.shown) else None
        if over is None:
            self._put(one, None, None)
        elif onto or (following is not None and following.depth > over.depth):
            self._put(one, over.theme.id, None)
        else:
            self._put(one, over.theme.parent if over.depth else None, over)

    def _sisters(self, one: Shown) -> list[Shown]:
        parent = one.theme.parent if one.depth else None
        return [each for each in self.shown if (each.theme.parent if each.depth else None) == parent]

    def _put(self, one: Shown, parent: Id | None, after: Shown | None) -> None:
        self._wanted = one.theme.id
        self.desk.act(
            codebook.place_theme,
            theme=one.theme.id,
            parent=parent,
            after=after.theme.id if after is not None else None,
            then=lambda _: self.read(),
            otherwise=self._refused,
        )

    # Merging, parting, withdrawing

    def merge(self) -> None:
        one = self.at()
        if one is None:
            return
        rows = [
            Row(other.theme.name, trail=self._path(other), ident=other.theme.id)
            for other in self.shown
            if other.theme.id != one.theme.id and not other.theme.heading
        ]
        self.pick.ask(f"Merge {one.theme.name} into", rows)

    def _path(self, one: Shown) -> str:
        return next(
            (each.theme.name for each in self.shown if one.depth and each.theme.id == one.theme.parent), ""
        )

    def _merge_into(self, into: Id) -> None:
        one = self.at()
        if one is not None:
            self._wanted = into
            self.desk.act(
                codebook.merge_themes, theme=one.theme.id, into=into, then=self._done, otherwise=self._refused
            )
        self.take_focus()

    def part(self) -> None:
        one = self.at()
        if one is not None and one.merged:
            self._wanted = one.merged[-1][0]
            self.desk.act(
                codebook.part_themes, theme=one.merged[-1][0], then=self._done, otherwise=self._refused
            )

    def withdraw(self) -> None:
        one = self.at()
        if one is not None:
            self.desk.act(
                codebook.withdraw_theme,
                theme=one.theme.id,
                withdrawn=not one.theme.withdrawn,
                then=self._done,
                otherwise=self._refused,
            )

    def _done(self, _: Done) -> None:
        self.said.hide()
        self.read()

    def _refused(self, error: BaseException) -> None:
        self._wanted = None
        self._say(sentence_for(error))

    # What the page calls

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()

    def _read_or_written(self, sentence: str) -> None:
        self._say(sentence)
        self._close()
        self.read()

    def _open(self, line: QWidget, title: str = "") -> None:
        self.splitting.clear()
        for other in self._forms():
            other.hide()
        self.body.hide()
        self.forms.show()
        line.show()
        if isinstance(line, FormLine):
            line.open_line(title)
        self.renewed.emit()

    def _close(self) -> None:
        self.splitting.clear()
        for line in self._forms():
            line.hide()
        self.forms.hide()
        self.body.show()
        self._arrange()
        self.take_focus()
        self.renewed.emit()

    def _arrange(self) -> None:
        self.empty.setVisible(not self.shown)
        self.list.setVisible(bool(self.shown))

    def shape(self, narrow: bool, short: bool) -> None:
        self._narrow = narrow
        self.body.turn(down=narrow)
        self.head.sub.setVisible(not short)

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "setup.theme": self.add_theme,
            "setup.read": self.files.ask_for_file,
            "setup.browse": self.files.browse_for_file,
            "setup.list": self.take_focus,
        }
        one = self.at()
        if self.shown:
            handlers["setup.write"] = self.files.ask_where
        if self.splitting.panel is not None:
            handlers["setup.leave"] = self._close
        if one is None or self.forms.isVisible():
            return handlers
        handlers |= {
            "setup.describe": self.describe,
            "setup.up": lambda: self.shift(-1),
            "setup.down": lambda: self.shift(1),
            "setup.inwards": self.inwards,
            "setup.outwards": self.outwards,
            "setup.merge": self.merge,
            "setup.split": lambda: self.splitting.ask(one.theme),
            "setup.withdraw": self.withdraw,
            "setup.evidence": lambda: self.desk.go("Evidence", ("theme", one.theme.id)),
        }
        if one.depth + 1 < MAX_DEPTH:
            handlers["setup.below"] = self.add_below
        if one.merged:
            handlers["setup.part"] = self.part
        return handlers

    def record_here(self) -> Id | None:
        one = self.at()
        return one.theme.id if one is not None else None

    def fit_buttons(self) -> None:
        offered = self.commands()
        names = ("setup.theme", "setup.describe", "setup.read", "setup.write")
        for shown, name in zip(self.head.findChildren(Button), names, strict=False):
            shown.setVisible(name in offered)

    def take_focus(self) -> None:
        (self.list if self.list.isVisible() else self).setFocus()


def _row(one: Shown) -> Row:
    theme = one.theme
    state = "withdrawn" if theme.withdrawn else "only groups others" if theme.heading else ""
    return Row(
        f"{_STEP * one.depth}{theme.name}",
        trail=state or (str(one.total) if one.total else ""),
        done=bool(theme.withdrawn),
        swatch=theme.colour,
        ident=theme.id,
    )


def _told_of(one: Shown) -> list[tuple[str, str]]:
    theme = one.theme
    told = [
        ("When it is used", theme.guidance),
        ("Examples", theme.examples),
        (
            "Evidence",
            ", ".join(f"{one.counts[way]} {way}" for way in _DIRECTIONS if one.counts.get(way)) or "none yet",
        ),
        ("Read as it", ", ".join(name for _, name in one.merged)),
        ("Typed as", f"#{theme.name.replace(' ', '-')}"),
    ]
    if one.depth >= MAX_DEPTH:
        told.append(
            (
                "To put right",
                f"It stands {one.depth + 1} levels deep; themes go {MAX_DEPTH} deep. Move it out.",
            )
        )
    return [(caption, text) for caption, text in told if text]
