"""Many conflicts at once: only those of one kind or with one colleague, and all like this one in one act."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldwork.desktop.kit import Button, Card, Field, Row, RowList, Text, flow
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_versions import BOTH, WRITE
from fieldwork.work.settling import Clash
from fieldwork.work.settling_many import SIDES

SIDE_WORDS = {"ours": "ours", "theirs": "theirs", "shown": "the value that shows now"}
MOST_LISTED = 200
ICONS = {
    "answer": "folder-open",
    "examination": "folder-open",
    "case_file": "folder-open",
    "note_line": "messages-square",
    "session": "messages-square",
    "finding": "lightbulb",
    "visit": "calendar-days",
    "tag": "tag",
}


def kind_words(clash: Clash) -> str:
    """What sort of conflict it is: of which field of which noun, or a delete against a change."""
    noun = clash.kind.replace("_", " ")
    return (
        f"{noun}, deleted and changed"
        if clash.what == "deleted"
        else f"{noun}, {clash.field.replace('_', ' ')}"
    )


def colleagues(clash: Clash) -> set[str]:
    """The other laptops that have a value in it."""
    return {laptop for side in clash.sides if not side.ours for laptop in side.laptops}


class Filter:
    """Which conflicts are looked at. Each step goes to the next kind or colleague there is, then back to all."""

    def __init__(self) -> None:
        self.kind = self.colleague = ""

    def of(self, some: Sequence[Clash]) -> list[Clash]:
        return [
            clash
            for clash in some
            if self.kind in ("", kind_words(clash))
            and (not self.colleague or self.colleague in colleagues(clash))
        ]

    def next_kind(self, some: Sequence[Clash]) -> None:
        """All kinds there are; a colleague chosen before no longer counts."""
        self.colleague = ""
        self.kind = _after(self.kind, {kind_words(clash) for clash in some})

    def next_colleague(self, some: Sequence[Clash]) -> None:
        """Those who have a part in conflicts of the kind that is looked at."""
        of_kind = [clash for clash in some if self.kind in ("", kind_words(clash))]
        self.colleague = _after(self.colleague, {one for clash in of_kind for one in colleagues(clash)})

    def sentence(self, shown: int, all_: int) -> str:
        parts = [self.kind, f"with {self.colleague}" if self.colleague else ""]
        said = ", ".join(part for part in parts if part)
        return f"Only {said}: {shown} of {all_} open" if said else ""


def _after(now: str, some: set[str]) -> str:
    order = ["", *sorted(some)]
    return order[(order.index(now) + 1) % len(order)] if now in order else ""


class AllLike(Card):
    """What would be settled in one act, before it is: the list, the side that is kept, a reason."""

    def __init__(self, go: Callable[[], object], leave: Callable[[], object]) -> None:
        super().__init__(pad=20, space=8, edge="accent", width=2)
        self.some: list[Clash] = []
        self.keep = "shown"
        self.title = Text("", "strong", wrap=True)
        self.said = Text("", "small", "quiet", wrap=True)
        self.list = RowList(name="What would be settled", fit=False, pad=8)
        self.list.setMinimumHeight(120)
        self.list.opened.connect(lambda _: go())
        self.label = Text("Why, in one line", "label", weight=600)
        self.reason = Field(name="Why all of them are settled so, in one line", hint="may stay empty")
        self.label.setBuddy(self.reason)
        self.reason.returnPressed.connect(go)
        self.go = Button("Settle them all", "Enter", "primary")
        self.go.clicked.connect(go)
        self.leave = Button("Leave it", "Esc", "quiet")
        self.leave.clicked.connect(leave)
        for item in (
            self.title,
            self.said,
            self.list,
            self.label,
            self.reason,
            flow(self.go, self.leave, space=8),
        ):
            self.spaced.add(item)
        self.setAccessibleName("All like this")
        self.hide()

    def offer(self, like: Clash, some: Sequence[Clash], keep: str) -> None:
        """Show what settling all these would keep, value by value."""
        fits = [(clash, side) for clash in some if (side := _kept(clash, keep)) is not None]
        self.some, self.keep = [clash for clash, _ in fits], keep
        count = words.counted(len(fits), "conflict")
        self.title.setText(f"Settle {count} like this: keep {SIDE_WORDS[keep]}")
        left = len(some) - len(fits)
        said = f"All open ones of {kind_words(like)} that are listed now, as one act."
        if left:
            verb = "has" if left == 1 else "have"
            said += f" {words.counted(left, 'more').capitalize()} {verb} not one such value and stay open."
        self.said.setText(f"{said} 1, 2 or s says which to keep.")
        self.list.set_rows(
            [
                Row(value, f"{clash.title}, {clash.where}", ident=clash.key)
                for clash, value in fits[:MOST_LISTED]
            ]
        )
        self.go.setEnabled(bool(fits))
        self.show()
        self.list.setFocus()


def _kept(clash: Clash, keep: str) -> str | None:
    """The words that would stand, None where that side is no value or several."""
    assert keep in SIDES
    sides = [s for s in clash.sides if (s.shown if keep == "shown" else s.ours == (keep == "ours"))]
    return sides[0].words or "nothing" if len(sides) == 1 else None


def how_words(clash: Clash, choice: str) -> str:
    """What was decided, in two words."""
    if choice in (BOTH, WRITE):
        return "Kept both" if choice == BOTH else "New text"
    side = next((side for side in clash.sides if side.change == choice), clash.shown)
    if clash.what == "deleted":
        return "Deleted" if side.value == "deleted" else "Kept, not deleted"
    if not any(one.ours for one in clash.sides):
        return f"Kept {side.laptops[0]}"
    return "Kept ours" if side.ours else "Kept theirs"
