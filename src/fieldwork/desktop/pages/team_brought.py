"""What packages or the hub would bring, or have brought: figures, whose, of what kind, what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldwork.desktop.kit import Badge, Card, Row, RowList, Text, col, even, flow, row, section
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_counts import Counts, Line
from fieldwork.domain.package import Outcome
from fieldwork.work.handing import Preview

LINE = "\N{LINE SEPARATOR}"  # where a text that is laid out begins a new line
FIGURES = (
    ("new", "new"),
    ("changed", "changed"),
    ("conflicting", "to decide"),
    ("waiting", "waiting"),
    ("refused", "refused"),
)


class Brought(Box):
    """`show_preview`; the list of what would wait for a decision is seen while `expanded`."""

    def __init__(self, head: str) -> None:
        super().__init__(space=14)
        self.badges = {name: Badge("0", words_) for name, words_ in FIGURES}
        self.badges["conflicting"]._tone = "accent"
        self.packages = Counts(head, "New", "Changed", "To decide", name=f"{head}s found")
        self.kinds = Counts("What comes in", "Records", "To decide", name="By kind")
        self.coming = RowList(name="What would wait for a decision")
        self.after = Text("", "small", "quiet", wrap=True)
        self.totals = flow(*self.badges.values(), space=48)
        self.coming_head = section("To decide after the merge", indent=0)
        self.after_card = Card(Text("After the merge", "strong"), self.after, pad=16, space=4)
        left = col(
            section(f"{head}s", indent=0),
            self.packages,
            12,
            self.coming_head,
            self.coming,
            None,
            space=6,
        )
        right = col(section("By kind", indent=0), self.kinds, 16, self.after_card, None, space=6)
        self.beside = row((even(left), 6), (even(right), 5), space=48)
        self.add(self.totals, self.beside)

    def show_preview(self, preview: Preview, outcomes: Sequence[Outcome]) -> None:
        """outcomes: all that is told of, those refused before the merge among them."""
        refused = sum(1 for outcome in outcomes if outcome.refused)
        for name, words_ in FIGURES:
            figure = refused if name == "refused" else preview.total(name)
            shown = words_
            if name == "refused":
                shown = "package refused" if figure == 1 else "packages refused"
            self.badges[name].set(f"{figure:,}", shown)
            self.badges[name].setVisible(bool(figure) or name not in ("waiting", "refused"))
        self.packages.set_lines([_outcome_line(outcome) for outcome in outcomes])
        lines = [Line(kind.words, "", (kind.touched, kind.to_decide)) for kind in preview.kinds]
        if len(lines) > 1:
            sums = tuple(sum(line.figures[at] for line in lines) for at in (0, 1))
            lines.append(Line("All", "", sums, strong=True))
        self.kinds.set_lines(lines)
        self.coming.set_rows(
            [Row(clash.title, clash.where, icon="git-merge", ident=clash.key) for clash in preview.clashes]
        )
        self._tell_after(preview)

    def expand(self, on: bool) -> None:
        """Show the list of what would wait for a decision, or put it away."""
        self.coming_head.setVisible(on)
        self.coming.setVisible(on)

    def _tell_after(self, preview: Preview) -> None:
        waiting = len(preview.merged.conflicts)
        if waiting:
            fields = "field" if waiting == 1 else "fields"
            count = words.number(waiting).capitalize()
            sentence = f"{count} {fields} will wait for a decision; a value shows until then. "
        else:
            sentence = "Nothing will wait for a decision. "
        later = preview.total("waiting")
        if later:
            sentence += (
                f"{words.counted(later, 'entry waits', 'entries wait')} for a package that is still to come. "
            )
        team = "".join(f"{said}{LINE}" for said in preview.merged.team)
        self.after.setText(team + sentence + "Every value is kept in the history.")


def _outcome_line(outcome: Outcome) -> Line:
    name = Path(outcome.name).name
    if outcome.refused:
        return Line(f"Refused: {name}", outcome.refused, (), "shield-alert", "danger", "refused")
    parts = [words.counted(outcome.entries, "entry", "entries")]
    if outcome.duplicate:
        parts.append(f"{words.number(outcome.duplicate)} here already")
    if outcome.waiting:
        parts.append(f"{words.number(outcome.waiting)} waiting for what is still to come")
    figures = (outcome.new, outcome.changed, outcome.conflicting)
    nameless = outcome.name.startswith("hub ") or not outcome.sender
    said = ", ".join(parts) if nameless else f"{', '.join(parts)}; {name}"
    sub = ". ".join([said, *(note.removesuffix(".") for note in outcome.notes)])
    title = outcome.sender or f"{name[:1].upper()}{name[1:]}"
    return Line(title, sub, figures, "circle-check", "accent", "good")
