"""The sample: how far it is, what each draw chose, a draw from a case list, a file replaced by a reserve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import (
    Button,
    Empty,
    Field,
    Row,
    RowList,
    Segments,
    Text,
    col,
    page_head,
    row,
    scroll,
)
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.values import ERASED
from fieldwork.work import setting_up
from fieldwork.work.done import Done
from fieldwork.work.sample_progress import BY, Drawn, DrawnPart, Progress
from fieldwork.work.setting_up import SampleNow

_FIELDS = ("frame", "strata", "target", "seed")
_WANTED = {
    "frame": "Say which case list: its folder and file name.",
    "strata": "Say which columns of the list make the strata, parted by commas.",
    "target": "Say how many of each stratum: a number, or a list with the columns stratum and target.",
    "seed": "A draw needs a seed, so that it can be made again; any words will do.",
}


class SampleView(Box):
    """`renewed` when other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(space=10)
        self.desk, self._now = desk, now
        self._reads = Latest(desk)
        self.shown: SampleNow | None = None
        self.head = page_head("Sample", "", button("setup.draw"), button("setup.replace"))
        self.browse = button("setup.browse", "quiet")
        self.line = FormLine(
            "Draw from a case list (.csv or .xlsx) with a column reference",
            {
                "frame": ("Folder and file name of the list", Field(), 380),
                "strata": ("Columns of the strata", Field(hint="stratum, or force, unit"), 220),
                "target": ("Of each stratum", Field(hint="a number, or a list"), 180),
                "seed": ("Seed", Field(hint="any words"), 180),
                "overlap": ("For blind pairs, per cent", Field(hint="none"), 180),
                "tranche": ("Tranche", Field(hint="the first"), 120),
            },
            "Draw",
            {"frame": self.browse},
        )
        self.line.kept.connect(self.draw)
        self.line.left.connect(self._close)
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.by = Segments("By stratum", "By visit", "By examiner", name="How far the sample is")
        self.by.chosen.connect(lambda _: self.read())
        self.parts = RowList(name="Progress of the sample", fit=False)
        self.cases = RowList(name="Cases drawn", fit=False)
        self.cases.moved.connect(lambda _: self.renewed.emit())
        self.cases.opened.connect(lambda _: self.replace())
        self.empty = Empty("layers", "Nothing has been drawn yet", "n draws a sample from a case list.")
        self.body = Box(
            (col(row(self.by, None), (self.parts, 1), space=8), 4),
            (
                col(
                    Text("Cases drawn, in the order of the draw", "strong"),
                    (self.cases, 1),
                    self.empty,
                    space=8,
                ),
                5,
            ),
            down=False,
            space=24,
        )
        self.forms = scroll(col(self.line, None, space=0), "What is drawn")
        self.forms.hide()
        self.add(self.head, self.said, (self.forms, 1), (self.body, 1))
        self.empty.hide()

    # Reading

    def read(self) -> None:
        self._reads.ask(setting_up.sample_now, BY[self.by.current()], self._now().date(), then=self._take)

    def _take(self, now: SampleNow) -> None:
        self.shown = now
        finished, of = sum(p.finished for p in now.parts), sum(p.files for p in now.parts)
        self.head.set("Sample", f"{finished} of {words.counted(of, 'file', 'files')} finished")
        self.parts.set_rows([_part_row(part) for part in now.parts])
        self.cases.set_rows([one for drawn in now.draws for one in case_rows(drawn)])
        self.cases.setVisible(bool(now.draws))
        self.empty.setVisible(not now.draws)
        self.renewed.emit()

    # Drawing

    def ask(self) -> None:
        self.body.hide()
        self.forms.show()
        self.line.open_line()

    def _close(self) -> None:
        self.line.hide()
        self.forms.hide()
        self.body.show()
        self.take_focus()

    def pick(self) -> None:
        dialog = QFileDialog(self, "Draw from a case list")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("Case lists (*.csv *.xlsx)")
        dialog.fileSelected.connect(lambda path: self.line.put(frame=path))
        self.ask()
        dialog.open()

    def draw(self) -> None:
        typed = {name: self.line.text(name) for name in (*_FIELDS, "overlap", "tranche")}
        missing = next((name for name in _FIELDS if not typed[name]), "")
        if missing:
            self.line.wrong(missing, _WANTED[missing])
            return
        self.line.keep.setEnabled(False)
        self.desk.act(
            setting_up.draw_from,
            frame=Path(typed.pop("frame")),
            then=self._drawn,
            otherwise=self._not_drawn,
            **typed,
        )

    def _drawn(self, done: Done) -> None:
        self.line.keep.setEnabled(True)
        if done.entry is None:
            self._say("All of this was drawn already; nothing was changed.")
        else:
            files = len(done.changed.get("case_file", ()))
            self._say(f"Drawn at {self._now():%H:%M:%S}: {words.counted(files, 'file', 'files')} to examine.")
        self._close()

    def _not_drawn(self, error: BaseException) -> None:
        self.line.keep.setEnabled(True)
        self.line.wrong("frame", sentence_for(error))

    # Replacing

    def at(self) -> str:
        """The reference of the chosen case the list is at, "" for none."""
        current = self.cases.current()
        return current.title if current is not None and current.key == "r" else ""

    def replace(self) -> None:
        reference = self.at()
        if not reference:
            return
        self.desk.put(
            Question(
                f"Replace file {reference}",
                (
                    "The next reserve of its stratum takes its place, with whoever has it. The file and what is "
                    "answered of it stay, outside the sample.",
                ),
                "Replace it",
                setting_up.replace_named,
                lambda _: self._say(f"{reference} is replaced. Its place is taken by the next reserve."),
                {"reference": reference},
                wanted="Say in a few words why it is replaced.",
            )
        )

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()

    # What the page calls

    def shape(self, narrow: bool, short: bool) -> None:
        self.body.turn(down=narrow)
        self.head.sub.setVisible(not short)

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "setup.by": self._turn,
            "setup.list": lambda: self.cases.setFocus(Qt.FocusReason.ShortcutFocusReason),
        }
        if self.shown is not None and self.shown.lead:
            handlers |= {"setup.draw": self.ask, "setup.browse": self.pick}
            if self.at():
                handlers["setup.replace"] = self.replace
        return handlers

    def fit_buttons(self) -> None:
        offered = self.commands()
        draw, replace = self.head.findChildren(Button)[:2]
        draw.setVisible("setup.draw" in offered)
        replace.setVisible("setup.replace" in offered)

    def _turn(self) -> None:
        self.by.choose((self.by.current() + 1) % len(BY))
        self.read()

    def take_focus(self) -> None:
        (self.cases if self.cases.isVisible() else self.parts).setFocus()


def _part_row(part: Progress) -> Row:
    told = [
        f"target {part.target}" if part.target is not None else "",
        f"{part.begun} begun" if part.begun else "",
        f"{part.paired_finished} of {part.paired} blind pairs finished" if part.paired else "",
        f"{part.replaced} replaced" if part.replaced else "",
        f"{part.reserves} in reserve" if part.reserves else "",
        f"{part.live} live" if part.live else "",
        f"{part.due} to be looked at again" if part.due else "",
    ]
    return Row(
        part.name,
        ", ".join(one for one in told if one) or words.counted(part.files, "file", "files"),
        progress=(part.finished, part.files),
        ident=part.name,
    )


def case_rows(drawn: Drawn) -> list[Row]:
    """A draw in one tranche: its seed, then each stratum with who was chosen, replaced, and the next reserves."""
    title = f"Seed {drawn.seed}, tranche {drawn.tranche}, {words.counted(drawn.cases, 'case', 'cases')} in the list"
    rows = [Row(title, head=True, ident=("draw", drawn.id, drawn.tranche))]
    for part in drawn.strata:
        rows += _stratum_rows(drawn, part)
    return rows


def _stratum_rows(drawn: Drawn, part: DrawnPart) -> list[Row]:
    where = (drawn.id, drawn.tranche, part.stratum)
    left = f", {len(part.reserves)} in reserve" if part.reserves else ", no reserve left"
    head = f"{part.stratum}: {len(part.chosen)} chosen of {part.cases}{left}"
    return [
        Row(head, head=True, ident=("stratum", *where)),
        *_chosen_rows(where, part),
        *(
            Row(name, "replaced", icon="x", tone="outline", ident=("replaced", *where, name))
            for name in part.replaced
        ),
    ]


def _chosen_rows(where: tuple[object, ...], part: DrawnPart) -> Sequence[Row]:
    return [
        Row(
            name,
            "for a blind pair" if name in part.overlap else "",
            icon="circle-dot",
            key="" if name == ERASED else "r",
            ident=("chosen", *where, name),
        )
        for name in part.chosen
    ]
