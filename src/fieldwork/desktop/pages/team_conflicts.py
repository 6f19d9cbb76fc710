"""Settling what clashes: one after the other, by keys, and nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Empty,
    Pane,
    Progress,
    Row,
    RowList,
    Text,
    col,
    flow,
    page_head,
    row,
    scroll,
)
from fieldwork.desktop.kit.layout import Box, lay_out_now
from fieldwork.desktop.pages.reading import Latest
from fieldwork.desktop.pages.team_bulk import ICONS, AllLike, Filter, how_words
from fieldwork.desktop.pages.team_quick import Quick
from fieldwork.desktop.pages.team_typing import Deciding, Place, Typing
from fieldwork.desktop.pages.team_versions import WRITE, Deciders
from fieldwork.desktop.record_history import HistoryPanel
from fieldwork.domain.values import Id
from fieldwork.work import settling, team
from fieldwork.work.settling import Clash


class Conflicts(Box):
    """The list of what waits, and the one that is being decided. `renewed` when other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(down=False, space=0)
        self.desk, self._now = desk, now
        self._latest = Latest(desk)
        self.open: list[Clash] = []
        self.decided: list[tuple[str, Clash]] = []
        self.typing = Typing(desk, self)
        self.later: set[Place] = set()
        self.at: Clash | None = None
        self.gone = False  # the one on the screen was settled elsewhere meanwhile
        self.busy = False
        self._focus_owed = False  # the keyboard was to come here before there was anything to read
        self._own_change = False  # what changed was only a settling done here: no words of others did
        self._known = False  # whether the list has been read at all
        self.filter = Filter()
        self._settled: set[str] = set()  # conflicts settled here that a reading under way may still hold
        self.narrow = self.low = False  # low: 200% on a small laptop, so both values have few lines
        self.progress = Progress(name="Decided")
        self.figures = Text("", "caption", "quiet")
        self.filtered = Text("", "caption", "quiet", wrap=True)
        self.filtered.hide()
        self.quick = Quick(self)
        self.all_like = AllLike(self.quick.settle_alike, self.quick.leave_alike)
        self.list = RowList(name="Conflicts", fit=False, chooses=True)
        self.list.moved.connect(self._moved)
        self.list.opened.connect(lambda _: self.opened())
        self.side = Pane(
            row((self.progress, 1), self.figures, space=12),
            self.filtered,
            4,
            (self.list, 1),
            ground="sunken",
            lines="r",
            margins=(12, 16, 12, 12),
            space=6,
            width=268,
        )
        self.head = page_head("Conflicts", " ", back="Team")
        self.deciders = Deciders(button, now)
        self.deciders.chosen.connect(self.choose)
        self.deciders.settle.connect(self.settle)
        self.deciders.typed.connect(self._typed)
        self.said = Text("", "body", wrap=True)
        self.said.hide()
        self.nothing = Empty(
            "circle-check",
            "Nothing waits for a decision",
            "When two laptops changed one field unseen by each other, both values wait here.",
            button("team.back", words="Back to the team"),
        )
        self.go = button("conflict.settle", "primary", big=True)
        self.history_button = button("conflict.history", "quiet")
        self.undo_button = button("conflict.undo", "quiet", words="Look at the last again")
        self.kept = Text(
            "Nothing is thrown away: every value stays in the history.", "caption", "quiet", wrap=True
        )
        self.foot = Pane(
            flow(self.go, self.history_button, self.undo_button, self.kept, space=8),
            lines="t",
            margins=(32, 12, 32, 12),
        )
        self.inner = Pane(
            self.head,
            self.all_like,
            self.deciders,
            self.said,
            self.nothing,
            None,
            margins=(32, 24, 32, 12),
            space=12,
        )
        self.area = scroll(self.inner, "Conflict")
        self.middle = col((self.area, 1), self.foot, space=0)
        self.history = HistoryPanel(desk, now)
        self.history.shut.connect(self._history_shut)
        self.add(self.side, (self.middle, 1), self.history)
        self._show()
        self.typing.recover(self._recovered)

    def _recovered(self) -> None:
        if self.at is not None:
            self._show_current()

    def shape(self, narrow: bool, short: bool) -> None:
        self.narrow, self.low = narrow, narrow and short
        side = 24 if narrow else 32
        self.inner.spaced.margins = (side, 4 if self.low else 12 if narrow or short else 24, side, 12)
        self.inner.spaced.space = 6 if self.low else 12
        foot = 4 if self.low else 8 if narrow else 12
        self.foot.spaced.margins = (side, foot, side, foot)
        self.history.beside(narrow)
        self.deciders.be_low(self.low)
        for pane in (self.inner, self.foot):
            pane.rescale()
        self._show_current()

    def _arrange(self) -> None:
        history = not self.history.isHidden()
        listed = self.list.hasFocus()
        self.side.setVisible(not self.narrow and bool(self.open or self.decided))
        self.middle.setVisible(not (self.narrow and history))
        self.kept.setVisible(not self.narrow and not history)
        self.undo_button.setVisible(bool(self.decided) and not history)
        if listed and self.side.isHidden() and not history and self.at is not None:
            self.go.setFocus()

    # Reading

    def read(self) -> None:
        known = {clash.id: clash for clash in self.open} if self._own_change else {}
        self._own_change = False
        self._latest.ask(settling.clashes, known, then=self._take)
        self.history.read()

    def _take(self, found: list[Clash]) -> None:
        self._known = True
        known = {clash.id for clash in found}
        self._settled &= known
        self.open = [clash for clash in found if clash.id not in self._settled]
        self._follow()
        self._show()
        if self._focus_owed and self.at is not None and self.isVisible():
            self.take_focus()

    def _follow(self) -> None:
        """Stay at the place one is deciding, whatever came in."""
        if self.at is None:
            self.at = self._first()
            self.gone = False
            return
        same = next((clash for clash in self.open if clash.key == self.at.key), None)
        deciding = self.typing.under_way.get(self.at.key)
        if same is not None:
            if same.id != self.at.id:
                self._say("A package brought another value of this while you were deciding. Look again.")
                if deciding and deciding.choice not in (WRITE, *(side.change for side in same.sides)):
                    deciding.choice = ""
            self.at, self.gone = same, False
        elif deciding is not None and deciding.typed:
            self.gone = True
            self._say(
                "A package settled this while you were deciding. Nothing is left to decide here; "
                "what you typed stays until you go on."
            )
        else:
            self.at, self.gone = self._first(), False

    def _first(self) -> Clash | None:
        ordered = self._ordered()
        return ordered[0] if ordered else None

    def _ordered(self) -> list[Clash]:
        """Those that are looked at; put off ones come last."""
        return sorted(self.filter.of(self.open), key=lambda clash: clash.key in self.later)

    # Showing

    def _show(self) -> None:
        ordered = self._ordered()
        rows = [Row(f"To decide: {len(ordered)}", head=True, ident="open")] if ordered else []
        rows += [
            Row(
                clash.title,
                clash.where,
                icon=ICONS.get(clash.kind, "git-merge"),
                trail="later" if clash.key in self.later else "",
                ident=clash.key,
            )
            for clash in ordered
        ]
        if self.decided:
            rows.append(Row(f"Decided: {len(self.decided)}", head=True, ident="decided"))
            rows += [
                Row(
                    how,
                    f"{c.title}, {c.where}",
                    icon="check",
                    tone="accent",
                    done=True,
                    ident=("done", at, c.key),
                )
                for at, (how, c) in reversed(list(enumerate(self.decided)))
            ]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        if self.at is not None and not self._on_decided():
            self.list.go(next((i for i, r in enumerate(rows) if r.ident == self.at.key), -1))
        self.list.blockSignals(False)
        done, all_ = len(self.decided), len(self.decided) + len(self.open)
        self.progress.set(done, all_)
        self.figures.setText(f"{done} of {all_}")
        only = self.filter.sentence(len(ordered), len(self.open))
        self.filtered.setText(only)
        self.filtered.setVisible(bool(only))
        self._show_current()

    def _on_decided(self) -> bool:
        current = self.list.current()
        return current is not None and isinstance(current.ident, tuple) and current.ident[0] == "done"

    def _show_current(self) -> None:
        clash = self.at
        there = clash is not None
        alone = self.all_like.isVisibleTo(self)  # one primary button to a screen
        self.deciders.setVisible(there and not alone)
        self.nothing.setVisible(not there and self._known)
        self.go.setVisible(there)
        self.go.setEnabled(not self.busy and not self.gone)
        self.history_button.setVisible(there)
        self.foot.setVisible(not alone and (there or bool(self.decided)))
        if clash is not None:
            ordered = self._ordered()
            place = next((i for i, one in enumerate(ordered) if one.key == clash.key), 0)
            number = len(self.decided) + place + 1
            place_words = f"{number} of {len(self.decided) + len(self.open)}"
            sub = f"{clash.where}. {clash.question}" if clash.question else f"{clash.where}."
            if self.low:
                self.head.set(clash.title, f"Conflict {place_words}. {sub}")
            else:
                self.head.set(clash.title, sub, back=f"Team  /  Conflicts  /  {place_words}")
            self.deciders.show_clash(clash, self._deciding())
        else:
            sub = f"{len(self.decided)} settled now." if self.decided else ""
            self.head.set("Conflicts", sub, back="Team")
        self._arrange()
        lay_out_now()
        self.renewed.emit()

    def _deciding(self) -> Deciding:
        assert self.at is not None
        return self.typing.at(self.at.key)

    def tell(self, sentence: str) -> None:
        """What brought one here."""
        self._say(sentence, "quiet")

    def _say(self, sentence: str, tone: str = "text") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        if sentence:
            self._bring_up(self.said)

    def _bring_up(self, widget: QWidget) -> None:
        """Scroll to it once it has its place: in a small window it may lie below the edge."""
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(widget, 0, 24))

    # Moving

    def _moved(self, index: int) -> None:
        rows = self.list.rows
        wanted = rows[index].ident if 0 <= index < len(rows) else None
        clash = next((one for one in self.open if one.key == wanted), None)
        if clash is not None and (self.at is None or clash.key != self.at.key):
            self.go_to(clash)

    def go_to(self, clash: Clash | None) -> None:
        """Put another conflict on the screen; what was typed at the last one stays with it."""
        self.at, self.gone = clash, False
        self._say("")
        self.all_like.hide()
        self.area.verticalScrollBar().setValue(0)
        if not self._pick_in_list():
            self._show()
        self._show_current()

    def _pick_in_list(self) -> bool:
        """Choose the row of what is shown; False where the list has none: 200 rows are not laid out again."""
        wanted = self.at.key if self.at is not None else None
        at = next((i for i, one in enumerate(self.list.rows) if one.ident == wanted), -1)
        self.list.blockSignals(True)
        self.list.go(at)
        self.list.blockSignals(False)
        return at >= 0

    def step(self, by: int) -> None:
        ordered = self._ordered()
        keys = [clash.key for clash in ordered]
        at = keys.index(self.at.key) if self.at is not None and self.at.key in keys else 0
        if ordered:
            self.go_to(ordered[(at + by) % len(ordered)])

    def _following(self) -> Clash | None:
        """What comes after the one on the screen."""
        ordered = self._ordered()
        keys = [clash.key for clash in ordered]
        at = keys.index(self.at.key) if self.at is not None and self.at.key in keys else -1
        rest = [c for c in ordered[at + 1 :] + ordered[: max(at, 0)] if c.key not in self.later]
        return (
            rest[0] if rest else next((c for c in ordered if self.at is None or c.key != self.at.key), None)
        )

    def put_off(self) -> None:
        """Decide later: on to the next."""
        if self.at is None:
            return
        following = self._following()
        self.later.add(self.at.key)
        self.at, self.gone = following or self.at, False
        self._say("")
        self._show()
        self.list.setFocus()

    # Deciding

    def choose(self, choice: str) -> None:
        """Mark what is to be kept; the reason comes next, Enter settles."""
        if self.at is None or self.gone:
            return
        deciding = self._deciding()
        deciding.choice = choice
        if deciding.typed:
            self.typing.touched(self.at.key)
        if choice == WRITE and deciding.text is None:
            deciding.text = self.at.shown.words
        self._say("")
        self.deciders.show_deciding(deciding)
        if choice == WRITE:
            self.deciders.text.setFocus()
            self.deciders.text.to_end()
            self._bring_up(self.deciders.text)
        else:
            self.deciders.reason.setFocus()
            self._bring_up(self.deciders.reason)

    def _typed(self) -> None:
        if self.at is None:
            return
        deciding = self._deciding()
        deciding.reason = self.deciders.reason.text()
        if deciding.choice == WRITE:
            deciding.text = self.deciders.text.text()
        self.typing.touched(self.at.key)

    def opened(self) -> None:
        """Enter in the list: settle what is chosen; on a decided one, its history."""
        current = self.list.current()
        if current is not None and isinstance(current.ident, tuple) and current.ident[0] == "done":
            self.show_history(current.ident[2][0])
        else:
            self.settle()

    def enter(self) -> None:
        """What Enter means where the keyboard is."""
        if self.all_like.isVisibleTo(self):
            self.quick.settle_alike()
        else:
            self.settle()

    def settle(self) -> None:
        """Make the decision an act, and go to the next at once: the act is written behind it."""
        clash = self.at
        if clash is None or self.busy or self.gone:
            return
        deciding = self._deciding()
        if not deciding.choice:
            self._say("Choose first: 1, 2 or one of the other keys.")
            return
        how: dict[str, Any] = {"keep": deciding.choice}
        if deciding.choice == WRITE:
            text = (deciding.text or "").strip()
            how = {"value": text if clash.long else " ".join(text.split())}
        self._own_change = True
        self.desk.act(
            team.resolve,
            conflict=clash.id,
            reason=deciding.reason,
            then=lambda _: self.typing.settled(clash.key),
            otherwise=lambda error: self._not_settled(clash, error),
            **how,
        )
        self._go_on(clash, deciding)

    def _go_on(self, clash: Clash, deciding: Deciding) -> None:
        self._settled.add(clash.id)
        self.decided.append((how_words(clash, deciding.choice), clash))
        self.later.discard(clash.key)
        following = self._following()
        self.open = [one for one in self.open if one.id != clash.id]
        self.at = following if following is not None and following.id != clash.id else self._first()
        self._say("")
        self.area.verticalScrollBar().setValue(0)
        self._show()
        self.list.setFocus() if self.at is not None else self.setFocus()

    def _not_settled(self, clash: Clash, error: BaseException) -> None:
        """What could not be settled waits again, with what was typed of it."""
        self._settled.discard(clash.id)
        self.decided = [one for one in self.decided if one[1].id != clash.id]
        self.go_to(clash)
        self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.busy = False
        self.go.setEnabled(True)
        self._say(sentence_for(error), "danger")
        self.read()

    # History

    def show_history(self, record: Id | None = None) -> None:
        wanted = record or (self.at.record if self.at is not None else None)
        if wanted is None:
            return
        self.history.show_record(wanted)
        self._arrange()
        self.renewed.emit()

    def last(self) -> None:
        """The history of what was settled last, where any earlier value can be put back."""
        if self.decided:
            self.show_history(self.decided[-1][1].record)

    def _history_shut(self) -> None:
        self._arrange()
        self.take_focus()
        self.renewed.emit()

    # Commands

    def back(self) -> bool:
        """Esc: out of the history, out of a field; False when there is nothing left to leave."""
        if not self.history.isHidden():
            self.history.close_panel()
            return True
        if self.all_like.isVisibleTo(self):
            self.quick.leave_alike()
            return True
        if self.deciders.reason.hasFocus() or self.deciders.text.hasFocus():
            self.take_focus()
            return True
        return False

    def take_focus(self) -> None:
        self._focus_owed = self.at is None
        target = (
            self.list if self.side.isVisibleTo(self) else self.go if self.at is not None else self.nothing
        )
        target.setFocus()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {}
        handlers |= self.quick.filters()
        if self.at is not None:
            handlers |= self.deciders.picks() | self.quick.commands()
            handlers |= {
                "conflict.settle": self.enter,
                "conflict.later": self.put_off,
                "conflict.history": self.show_history,
                "conflict.next": lambda: self.step(1),
                "conflict.previous": lambda: self.step(-1),
            }
        if self.decided:
            handlers["conflict.undo"] = self.last
        return handlers
