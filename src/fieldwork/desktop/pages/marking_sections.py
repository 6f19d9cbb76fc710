"""What stands around the question: head of the file, glance strip, section list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import (
    Button,
    DateTrack,
    GlanceStrip,
    KeyHint,
    Pane,
    Progress,
    RowList,
    Rule,
    Tag,
    Text,
    col,
    even,
    row,
)
from fieldwork.desktop.pages import marking_words as words
from fieldwork.work.file_view import FileView

TIGHT = 400  # narrower than this the one line of a short window holds what is asked, and the file
_Button = Callable[..., Button]


class FileHead(Pane):
    """The file in one line, its facts, and every answer at a glance.

    Wide: all of it. Narrow: facts behind `h`. Short: one line; the rest behind `h`.
    """

    chosen = Signal(str)

    def __init__(self, button: _Button) -> None:
        self.title = Text("", "title")
        self.place = Text("", "small", "quiet", wrap=True)
        self._placed = ""
        self._dated = True
        self.track = DateTrack()
        self.wide_track = DateTrack()
        self.previous = button("file.previous", "quiet", words="Previous")
        self.next = button("file.next")
        self.all_files = button("file.back", "quiet")
        self.facts = Text("", "caption", wrap=True)
        self.others = Text("", "caption", "quiet", wrap=True, weight=500)
        self._others = row(Tag("", "eye"), (self.others, 1), space=4)
        self.glance = GlanceStrip()
        self.code = Text("", "lead", "accent", weight=600)
        self.where = Text("", "small", "quiet", wrap=True)
        self.unfold = button("file.head", "quiet")
        self._next_short = button("file.next")
        self._titled = row(
            (col(self.title, self.place, None, space=2), 2),
            24,
            (even(self.wide_track), 5),
            16,
            self.all_files,
            self.previous,
            self.next,
            space=4,
        )
        self._told = row((self.facts, 3), (self._others, 2), space=16)
        self._rule = Rule()
        self._full = col(self._titled, self.track, self._told, self._rule, self.glance, space=8)
        self._line = row(self.code, (self.where, 1), self.unfold, self._next_short, space=8)
        super().__init__(self._line, self._full, lines="b", margins=(24, 14, 24, 8), space=4)
        self.glance.chosen.connect(self.chosen)
        self._narrow = self._short = self._open = False
        self.shape(False, False)

    def shape(self, narrow: bool, short: bool) -> None:
        if (narrow, short) != (self._narrow, self._short):
            self._open = False
        self._narrow, self._short = narrow, short
        self._line.setVisible(short)
        self._full.setVisible(not short or self._open)
        self._titled.setVisible(not short)
        for widget in (self.all_files, self.previous):
            widget.setVisible(not narrow)
        self.wide_track.setVisible(self._dated and not narrow)
        self.track.setVisible(self._dated and (narrow or short) and (not short or self._open))
        self._told.setVisible(not (narrow or short) or self._open)
        self._rule.setVisible(not (narrow or short))
        margins = (20, 4, 20, 4) if short else (20, 12, 20, 8) if narrow else (24, 14, 24, 8)
        self.spaced.margins = margins
        self.spaced.apply()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        tight = self.width() < dp(TIGHT)
        self.code.set_wrap(tight)
        self.where.setVisible(not tight)
        self._next_short.setVisible(not tight)

    def toggle(self) -> bool:
        """Fold or unfold what the shape hides; whether it is unfolded now."""
        self._open = not self._open
        self.shape(self._narrow, self._short)
        return self._open

    def show_file(self, view: FileView) -> None:
        file = view.pane.file
        self.title.setText(f"File {file.reference}")
        self.unfold.set_text(f"File {file.reference}")
        where = "for you on this visit" if view.on_visit else "for you"
        state = "  \u00b7  finished" if view.pane.examination.finished else ""
        self._placed = f"{view.place} of {view.all} {where}{state}"
        steps, days, working = words.dates(file, view.holidays)
        for track in (self.track, self.wide_track):
            track.set_steps(steps, days, working)
        self._dated = bool(steps)
        self.shape(self._narrow, self._short)
        self._tell_others(view)
        self.previous.setEnabled(view.before is not None)
        for button in (self.next, self._next_short):
            button.setEnabled(view.after is not None)

    def show_pair(self, sentence: str) -> None:
        """How a file of a pair stands, in place of who else examines it."""
        self.others.setText(f"{sentence[:1].upper()}{sentence[1:]}")
        self._others.setVisible(True)

    def _tell_others(self, view: FileView) -> None:
        others = "; ".join(view.others)
        told = f"{others[:1].upper()}{others[1:]}: their answers stay closed here"
        self.others.setText(told if others else "")
        self._others.setVisible(bool(others))

    def show_time(self, worked: str) -> None:
        """The time worked on the file, in words."""
        self.place.setText(f"{self._placed}  \u00b7  {worked}" if self._placed else "")

    def show_answers(self, view: FileView, here: str) -> None:
        pane = view.pane
        self.facts.setText("   \u00b7   ".join(words.facts(pane, view.stratum)))
        self.glance.set_sections(words.glance(pane), here)
        question = pane.at(here)
        self.code.setText(pane.called(here) if question else "")
        section = question.section if question else ""
        asked = [q for q in pane.asked if q.section == section]
        given = sum(pane.settled(q) for q in asked)
        name = words.section_of(pane.questions, section)
        self.where.setText(f"{name}, {given} of {len(asked)}" if question else "")


class SectionList(Pane):
    """Sections with answered of asked. `chosen(section code)` on Enter or a click."""

    chosen = Signal(str)

    def __init__(self) -> None:
        self.count = Text("", "strong")
        self.bar = Progress(thick=4, name="Answered")
        self.list = RowList(lead=18, tall=32, name="Sections", kind="small", fit=False, pad=6)
        super().__init__(
            row(self.count, None, KeyHint("g", "go to"), margins=(6, 0, 4, 0)),
            row((self.bar, 1), margins=(6, 0, 6, 0)),
            4,
            (self.list, 1),
            ground="sunken",
            lines="r",
            margins=(10, 16, 10, 12),
            space=6,
            width=268,
        )
        self.list.opened.connect(self._choose)
        self.list.clicked.connect(lambda index: self._choose(index.row()))

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.list.rows):
            self.chosen.emit(str(self.list.rows[index].ident))

    def show_answers(self, view: FileView, section: str) -> None:
        pane = view.pane
        asked = pane.asked
        given = len(asked) - len(pane.unanswered)
        self.count.setText(f"{given} of {len(asked)} answered")
        self.bar.set(given, len(asked))
        self.list.set_rows(words.section_rows(pane, section))


class Here(Pane):
    """Narrow windows: the section one is in, in one line, instead of the list."""

    def __init__(self) -> None:
        self.letter = Text("", "label", "accent", weight=700)
        self.name = Text("", "label", wrap=True)
        self.count = Text("", "caption", "quiet")
        super().__init__(
            self.letter,
            (self.name, 1),
            self.count,
            KeyHint("g", "go to"),
            ground="sunken",
            lines="b",
            margins=(20, 6, 20, 6),
            space=10,
            down=False,
        )

    def show_answers(self, view: FileView, section: str) -> None:
        pane = view.pane
        asked = [q for q in pane.asked if q.section == section]
        self.letter.setText(section)
        self.letter.setVisible(0 < len(section) <= 2)  # a longer code is no letter, its name says it
        self.name.setText(words.section_of(pane.questions, section))
        self.count.setText(f"{sum(pane.settled(q) for q in asked)} of {len(asked)}")
