"""Coding checks: lines coded by oneself, and once all have finished, how far the coders agree on each theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal

from fieldwork.analysis.agreement import Coefficient
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Empty,
    Pane,
    Row,
    RowList,
    Text,
    col,
    flow,
    page_head,
    row,
    scroll,
    section,
)
from fieldwork.desktop.kit.layout import Box, even
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.choosing import SeveralPanel
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.desktop.pages.reading import Latest
from fieldwork.desktop.pages.team_agreement import figure_words
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace
from fieldwork.work import coding, themes
from fieldwork.work.coding import Check, Coded, ThemeAgreement, ToCode

SIGNS = {"strength": "+", "concern": "\u2212", "neutral": "", "mixed": "="}
FIGURES = (("Raw agreement", "raw"), ("Kappa", "cohen_kappa"), ("Alpha", "alpha"), ("AC1", "ac1"))


@dataclass(frozen=True)
class Shown:
    """The checks, the one that is looked at, and what there is to see of it."""

    checks: tuple[Check, ...]
    at: Check | None
    lines: tuple[ToCode, ...]
    coded: Coded | None
    themes: tuple[Theme, ...]


def _read(workspace: Workspace, wanted: Id | None) -> Shown:
    some = tuple(coding.checks(workspace))
    at = next((one for one in some if one.id == wanted), some[0] if some else None)
    coding_now = at is not None and at.mine and not at.whole
    lines = tuple(coding.to_code(workspace, at.id)) if coding_now and at is not None else ()
    whole = coding.coded(workspace, at.id) if at is not None and at.whole else None
    return Shown(some, at, lines, whole, tuple(themes.complete(workspace, "")) if coding_now else ())


class Coding(Box):
    """The checks, and the one that is looked at. `renewed`: other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button]) -> None:
        super().__init__(down=False, space=0)
        self.desk, self._latest = desk, Latest(desk)
        self.shown = Shown((), None, (), None, ())
        self.leads = False
        self.panel: SeveralPanel | None = None
        self.busy = self.narrow = self._known = False
        self.list = RowList(name="Coding checks", fit=False, chooses=True)
        self.list.moved.connect(self._moved)
        self.list.opened.connect(lambda _: self._into())
        self.side = Pane((self.list, 1), ground="sunken", lines="r", margins=(12, 16, 12, 12), width=268)
        self.head = page_head("Coding checks", " ", back="Team")
        self.said = Text("", "small", wrap=True)
        self.said.hide()
        self.slot = Box()
        self.pick = PickLine(self, "Theme", "Type a theme; + \u2212 . = say which way it points", True)
        self.pick.picked.connect(self._put)
        self.lines = RowList(name="Lines to code", lead=0, fit=False)
        self.pick.left.connect(self.lines.setFocus)
        self.lines.opened.connect(lambda _: self.ask_theme())
        self.empty = Empty(
            "users",
            "No coding check yet",
            "A lead chooses sessions and two or more coders (n). Each puts themes on the lines without seeing the "
            "others'; once all have finished, it is counted how far they agree.",
            button("team.back", words="Back to the team"),
        )
        self.new = button("coding.new", "plain")
        self.theme_button = button("coding.theme", "primary", big=True)
        self.off = button("coding.off")
        self.finish_button = button("coding.finish")
        self.go_on = button("coding.again")
        self.adopt_button = button("coding.adopt", "primary", big=True)
        self.kept = Text(
            "Your codes stand beside the team's themes, and count nowhere else. They are not shown to the others, "
            "but not sealed either.",
            "caption",
            "quiet",
            wrap=True,
        )
        tools = flow(
            self.theme_button, self.off, self.finish_button, self.go_on, self.adopt_button, self.new, space=8
        )
        self.foot = Pane(tools, self.kept, lines="t", margins=(32, 12, 32, 12), space=8)
        self.themes = RowList(name="Themes that were put on", chooses=True)
        self.figures = Box(space=4)
        self.differing = RowList(name="Lines that differ")
        beside = col(section("Lines that differ"), self.figures, self.differing, None, space=8)
        self.compared = row((even(col(self.themes, None)), 4), (even(beside), 5), space=32)
        self.area = scroll(self.compared, "Themes compared")
        self.themes.moved.connect(lambda _: self._show_theme())
        self.themes.opened.connect(lambda _: self.differing.setFocus())
        self.differing.opened.connect(lambda _: self.open_line())
        self.work = col(self.pick, (self.lines, 1), space=8)
        self.inner = Pane(
            self.head, self.said, self.slot, (self.work, 9), (self.area, 9), self.empty, None,
            margins=(32, 24, 32, 12), space=12,
        )  # fmt: skip
        self.add(self.side, (col((self.inner, 1), self.foot, space=0), 1))
        self._show()

    def shape(self, narrow: bool, short: bool) -> None:
        self.narrow = narrow
        edge = 24 if narrow else 32
        self.inner.spaced.margins = (edge, 12 if narrow or short else 24, edge, 12)
        self.foot.spaced.margins = (edge, 8 if narrow else 12, edge, 8 if narrow else 12)
        self.compared.turn(narrow)
        for pane in (self.inner, self.foot):
            pane.rescale()
        self._show()

    # Reading

    def read(self) -> None:
        at = self.shown.at
        self._latest.ask(_read, at.id if at else None, then=self._take)

    def _take(self, shown: Shown) -> None:
        first, self._known = not self._known, True
        other = self.shown.at is None or shown.at is None or self.shown.at.id != shown.at.id
        if shown.coded is not None and self.shown.coded is None:
            self._say("")
        self.shown = shown
        self._show()
        if other:
            self.lines.go(0)
            self.themes.go(0)
            self._show_theme()
        if first and self.isVisible():
            self.take_focus()

    # Showing

    def _show(self) -> None:
        at = self.shown.at
        rows = [Row(one.title, _state(one), icon="tag", ident=one.id) for one in self.shown.checks]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        self.list.go(next((n for n, one in enumerate(rows) if at is not None and one.ident == at.id), -1))
        self.list.blockSignals(False)
        self.side.setVisible(bool(rows) and not self.narrow)
        coding_now = bool(at and at.mine and not at.whole)
        self.head.set(at.title if at else "Coding checks", _sub(self.shown), back="Team")
        self.empty.setVisible(self._known and at is None)
        self.work.setVisible(coding_now)
        self.area.setVisible(self.shown.coded is not None)
        place = self.lines.row()
        self.lines.set_rows([_line_row(one) for one in self.shown.lines])
        self.lines.go(min(place, len(self.shown.lines) - 1))
        if self.shown.coded is not None:
            kept = self.themes.row()
            self.themes.set_rows([_theme_row(one) for one in self.shown.coded.themes])
            self.themes.go(max(kept, 0))
            self._show_theme()
        self._show_tools(coding_now)
        self.renewed.emit()

    def _show_tools(self, coding_now: bool) -> None:
        at = self.shown.at
        here = coding_now and at is not None and not at.done
        left = self.shown.coded.left if self.shown.coded is not None else 0
        for button, wanted in (
            (self.theme_button, here), (self.off, here), (self.finish_button, here),
            (self.go_on, coding_now and not here), (self.adopt_button, left > 0), (self.new, self.leads),
        ):  # fmt: skip
            button.setVisible(wanted and self.panel is None)
        self.adopt_button.set_text(f"Put the {words.counted(left, 'agreed theme')} on for the team")
        self.kept.setVisible(coding_now)
        self.foot.setVisible(self.panel is None and (coding_now or left > 0 or self.leads))

    def _show_theme(self) -> None:
        found, at = self.shown.coded, self.themes.row()
        self.figures.clear()
        if found is None or not 0 <= at < len(found.themes):
            self.differing.set_rows([])
            return
        one = found.themes[at]
        self.figures.add(
            Text(one.name, "body", wrap=True, weight=500),
            *(
                Text(figure_words(name, one.figures[code]), "small", "quiet", wrap=True)
                for name, code in FIGURES
                if code in one.figures
            ),
        )
        self.differing.set_rows(
            [
                Row(each.text, f"put on by {_and(each.put)}, not by {_and(each.left)}", ident=each.line)
                for each in one.differing
            ]
        )

    def _say(self, sentence: str, tone: str = "quiet") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Moving

    def _moved(self, index: int) -> None:
        checks = self.shown.checks
        if 0 <= index < len(checks) and (self.shown.at is None or checks[index].id != self.shown.at.id):
            self._say("")
            self._latest.ask(_read, checks[index].id, then=self._take)

    def _into(self) -> None:
        (self.themes if self.shown.coded is not None else self.lines).setFocus()

    def open_line(self) -> None:
        current = self.differing.current()
        if current is not None:
            self.desk.go("Interviews", current.ident)

    # Coding

    def _line(self) -> ToCode | None:
        at = self.lines.row()
        return self.shown.lines[at] if 0 <= at < len(self.shown.lines) else None

    def ask_theme(self) -> None:
        """Which theme the line one is at carries."""
        line = self._line()
        if line is not None and self.shown.at is not None and not self.shown.at.done:
            rows = [Row(one.name, ident=one.id) for one in self.shown.themes]
            self.pick.ask(f"Theme for \u201c{_short(line.text)}\u201d", rows)

    def _put(self, theme: Id) -> None:
        line, at = self._line(), self.shown.at
        if line is not None and at is not None:
            name = next((one.name for one in self.shown.themes if one.id == theme), "")
            way = self.pick.direction()
            self._act(
                coding.code_line, f"{name}, {way}.", check=at.id, line=line.line, theme=theme, direction=way
            )
        self.lines.setFocus()

    def take_off(self) -> None:
        """Take the theme put on last off the line again."""
        line, at = self._line(), self.shown.at
        if line is not None and at is not None and line.themes:
            theme, name, _ = line.themes[-1]
            self._act(
                coding.code_line, f"{name} taken off.", check=at.id, line=line.line, theme=theme, off=True
            )

    def finish(self) -> None:
        if self.shown.at is not None:
            self._act(
                coding.finish_coding, "Finished. Share your work with the others.", check=self.shown.at.id
            )

    def again(self) -> None:
        if self.shown.at is not None:
            self._act(coding.finish_coding, "You go on with it.", check=self.shown.at.id, finished=False)

    def adopt(self) -> None:
        if self.shown.at is not None:
            self._act(coding.adopt, "They stand on their lines for the team now.", check=self.shown.at.id)

    # Beginning

    def begin(self) -> None:
        """Choose sessions, then coders."""
        self.desk.ask(coding.to_choose, then=self._ask_sessions)

    def _ask_sessions(self, asked: coding.ToChoose) -> None:
        if not asked.sessions:
            self._say("There is no session with lines yet.", "danger")
            return
        rows = [Row(title, words.counted(count, "line"), ident=id) for id, title, count in asked.sessions]
        panel = SeveralPanel("Which sessions are coded?", rows, (), "go on", (1, "Choose a session."))
        panel.chosen.connect(lambda some: self._ask_coders(asked, some))
        self._open(panel)

    def _ask_coders(self, asked: coding.ToChoose, sessions: Sequence[Id]) -> None:
        rows = [Row(name, ident=id) for id, name in asked.members]
        panel = SeveralPanel("Who codes them?", rows, (), "begin", (2, "Choose two coders or more."))
        panel.chosen.connect(lambda some: self._begin(sessions, some))
        self._open(panel)

    def _begin(self, sessions: Sequence[Id], coders: Sequence[Id]) -> None:
        self.shut()
        self._act(
            coding.begin_check, "Begun. The coders find it here once your next package has come to them.",
            sessions=sessions, coders=coders,
        )  # fmt: skip

    def _open(self, panel: SeveralPanel) -> None:
        self.shut()
        self.panel = panel
        panel.closed.connect(self.shut)
        self.slot.add(panel)
        self.work.hide()
        self.area.hide()
        self.empty.hide()
        self._show_tools(False)
        panel.take_focus()
        self.renewed.emit()

    def shut(self) -> None:
        if self.panel is not None:
            self.panel = None
            self.slot.clear()
            self._show()
            self.take_focus()

    def _act(self, act: Callable[..., object], said: str, **given: Any) -> None:
        if not self.busy:
            self.busy = True
            self.desk.act(act, then=lambda _: self._done(said), otherwise=self._failed, **given)

    def _done(self, said: str) -> None:
        self.busy = False
        self._say(said)
        self.read()

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self._say(sentence_for(error), "danger")

    def take_focus(self) -> None:
        at = self.shown.at
        if self.panel is not None:
            self.panel.take_focus()
        elif at is not None and at.mine and not at.whole:
            self.lines.setFocus()
        elif self.shown.coded is not None:
            self.themes.setFocus()
        else:
            self.setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {}
        at = self.shown.at
        if self.panel is not None:
            return {"team.back": self.shut}
        if self.leads:
            handlers["coding.new"] = self.begin
        if len(self.shown.checks) > 1:
            handlers["coding.next"] = lambda: self.list.go((self.list.row() + 1) % len(self.shown.checks))
        if at is not None and at.mine and not at.whole and not at.done:
            handlers |= {
                "coding.theme": self.ask_theme,
                "coding.off": self.take_off,
                "coding.finish": self.finish,
            }
        elif at is not None and at.mine and not at.whole:
            handlers["coding.again"] = self.again
        if self.shown.coded is not None:
            handlers["coding.open"] = self.open_line
            if self.shown.coded.left:
                handlers["coding.adopt"] = self.adopt
        return handlers


# words


def _and(some: Sequence[str]) -> str:
    return " and ".join((", ".join(some[:-1]), some[-1])) if len(some) > 1 else "".join(some)


def _short(text: str) -> str:
    return f"{text[:44].rstrip()}\u2026" if len(text) > 48 else text


def _state(one: Check) -> str:
    if one.whole:
        return "finished by all"
    if one.mine and not one.done:
        return "for you to code"
    left = [name for id, name in one.coders.items() if id not in one.finished]
    return f"waits for {_and(left)}"


def _sub(shown: Shown) -> str:
    at = shown.at
    if at is None:
        return "How far several agree on what a line is about."
    if shown.coded is not None:
        return f"{words.counted(shown.coded.lines, 'line')} coded by {_and(list(at.coders.values()))}."
    if not at.mine or at.done:
        return f"It opens once all have finished; it {_state(at)}."
    put = sum(bool(line.themes) for line in shown.lines)
    of = words.counted(len(shown.lines), "line")
    return f"{put} of {of} with a theme. What others put on shows once all have finished."


def _line_row(one: ToCode) -> Row:
    said = ", ".join(
        f"{name}{' ' if SIGNS.get(way) else ''}{SIGNS.get(way, '')}" for _, name, way in one.themes
    )
    return Row(one.text, said or "no theme", icon="tag" if one.themes else "circle", ident=one.line)


def _theme_row(one: ThemeAgreement) -> Row:
    ac1 = one.figures["ac1"]
    figure = f"AC1 {ac1.value:.2f}" if isinstance(ac1, Coefficient) else "AC1 not computable"
    return Row(
        one.name,
        f"all {one.all}, differing {len(one.differing)}, none {one.none}",
        trail=figure,
        ident=one.theme,
    )
